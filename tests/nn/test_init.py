"""Initialisations: the bounds and spreads of PyTorch's formulas, and what each promises."""

import inspect
import math

import numpy as np
import pytest
import torch
from scipy import stats

import gradwalk as gw
from gradwalk.nn import init

SHAPE = (40, 30, 3, 2)
FAN_IN, FAN_OUT = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(SHAPE))
NAMES = [name for name in dir(torch.nn.init) if name.endswith("_") and not name.startswith("_")] + ["calculate_gain"]


def drawn(name, *arguments, shape=SHAPE, **keywords):
    """What one initialisation puts into a parameter, as an array."""
    gw.manual_seed(1)
    parameter = gw.nn.Parameter(gw.full(shape, math.nan))
    assert getattr(init, name)(parameter, *arguments, **keywords) is parameter
    return parameter.detach().numpy()


@pytest.mark.parametrize("name", NAMES)
def test_signatures_are_pytorchs(name):
    own, theirs = (inspect.signature(getattr(module, name)).parameters for module in (init, torch.nn.init))
    assert {key: p.default for key, p in own.items()} == {key: p.default for key, p in theirs.items()}


UNIFORM = [
    ("uniform_", (-1.0, 3.0), {}, (-1, 3)),
    ("xavier_uniform_", (), {}, math.sqrt(6 / (FAN_IN + FAN_OUT))),
    ("xavier_uniform_", (2.0,), {}, 2 * math.sqrt(6 / (FAN_IN + FAN_OUT))),
    ("kaiming_uniform_", (), {}, math.sqrt(2) * math.sqrt(3 / FAN_IN)),
    ("kaiming_uniform_", (math.sqrt(5),), {}, 1 / math.sqrt(FAN_IN)),
    ("kaiming_uniform_", (), {"mode": "fan_out", "nonlinearity": "tanh"}, 5 / 3 * math.sqrt(3 / FAN_OUT)),
]
NORMAL = [
    ("normal_", (2.0, 0.5), {}, (2, 0.5)),
    ("xavier_normal_", (3.0,), {}, 3 * math.sqrt(2 / (FAN_IN + FAN_OUT))),
    ("kaiming_normal_", (), {}, math.sqrt(2 / FAN_IN)),
    ("kaiming_normal_", (0.2,), {"mode": "fan_out"}, math.sqrt(2 / (1.04 * FAN_OUT))),
    ("kaiming_normal_", (), {"nonlinearity": "relu"}, math.sqrt(2 / FAN_IN)),
]


@pytest.mark.parametrize(("name", "arguments", "keywords", "bounds"), UNIFORM)
def test_evenly_spread(name, arguments, keywords, bounds):
    low, high = bounds if isinstance(bounds, tuple) else (-bounds, bounds)
    values = drawn(name, *arguments, **keywords).ravel()
    assert low <= values.min()
    assert values.max() <= high
    assert stats.kstest(values, stats.uniform(low, high - low).cdf).pvalue > 0.01


@pytest.mark.parametrize(("name", "arguments", "keywords", "expected"), NORMAL)
def test_normally_distributed(name, arguments, keywords, expected):
    mean, std = expected if isinstance(expected, tuple) else (0, expected)
    assert stats.kstest(drawn(name, *arguments, **keywords).ravel(), stats.norm(mean, std).cdf).pvalue > 0.01


@pytest.mark.parametrize(
    ("mean", "std", "a", "b"), [(0, 1, -2, 2), (1, 0.5, 0.9, 5), (0, 1, 4, 6), (3, 2, -math.inf, 0)]
)
def test_truncated(mean, std, a, b):
    values = drawn("trunc_normal_", mean, std, a, b).ravel()
    expected = stats.truncnorm((a - mean) / std, (b - mean) / std, mean, std)
    assert a <= values.min()
    assert values.max() <= b
    assert stats.kstest(values, expected.cdf).pvalue > 0.01


@pytest.mark.parametrize("nonlinearity", [*init.GAINS, "leaky_relu"])
def test_gains_are_pytorchs(nonlinearity):
    assert init.calculate_gain(nonlinearity) == pytest.approx(torch.nn.init.calculate_gain(nonlinearity), rel=1e-15)
    assert init.calculate_gain("leaky_relu", 0.3) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.3))


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (4, 2, 3)])
def test_orthogonal_rows_or_columns(shape):
    matrix = drawn("orthogonal_", 2.0, shape=shape).reshape(shape[0], -1)
    smaller = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(smaller, 4 * np.eye(min(matrix.shape)), atol=1e-14)


def test_orthogonal_matrices_have_no_favourite_direction():
    gw.manual_seed(0)
    signs = [init.orthogonal_(gw.empty(2, 2)).numpy()[0, 0] > 0 for _ in range(200)]
    assert 70 < sum(signs) < 130


def test_sparse_has_its_share_of_zeros_in_each_column():
    values = drawn("sparse_", 0.3, 2.0, shape=(25, 400))
    assert set((values == 0).sum(axis=0)) == {8}
    assert stats.kstest(values[values != 0], stats.norm(0, 2).cdf).pvalue > 0.01


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("constant_", (0.3,), (2, 3)),
        ("ones_", (), (2, 3)),
        ("zeros_", (), (2,)),
        ("eye_", (), (2, 3)),
        ("dirac_", (), (3, 2, 5)),
        ("dirac_", (2,), (4, 2, 3, 4)),
        ("dirac_", (), (2, 3, 1, 2, 3)),
    ],
)
def test_without_chance_they_are_pytorchs(name, arguments, shape):
    expected = getattr(torch.nn.init, name)(torch.empty(shape, dtype=torch.double), *arguments)
    assert np.array_equal(drawn(name, *arguments, shape=shape), expected.numpy())


def test_a_generator_of_its_own():
    values = [init.normal_(gw.empty(3), generator=gw.Generator().manual_seed(4)).tolist() for _ in range(2)]
    assert values[0] == values[1]


def test_a_part_of_a_parameter_can_be_filled():
    bias = gw.zeros(6)
    init.ones_(bias[2:4])
    assert bias.tolist() == [0, 0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: init.xavier_normal_(gw.empty(3)), "at least 2 dimensions"),
        (lambda: init.kaiming_uniform_(gw.empty(3, 3), mode="fan"), "Mode fan not supported"),
        (lambda: init.calculate_gain("step"), "Unsupported nonlinearity step"),
        (lambda: init.eye_(gw.empty(3)), "2 dimensions"),
        (lambda: init.dirac_(gw.empty(3, 3)), "3, 4, or 5 dimensions"),
        (lambda: init.dirac_(gw.empty(3, 3, 3), 2), "divisible by groups"),
        (lambda: init.orthogonal_(gw.empty(3)), "2 or more dimensions"),
        (lambda: init.sparse_(gw.empty(3), 0.1), "2 dimensions"),
    ],
)
def test_what_cannot_be_is_told(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_nothing_to_fill_is_no_mistake():
    assert init.kaiming_uniform_(gw.empty(0, 3)).shape == (0, 3)
    assert init.kaiming_normal_(gw.empty(0, 3)).shape == (0, 3)
    assert init.orthogonal_(gw.empty(0, 3)).shape == (0, 3)
