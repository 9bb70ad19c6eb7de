"""Random numbers in place: their distributions beside SciPy's, their settings beside PyTorch's."""

import numpy as np
import pytest
import scipy.stats as stats
import torch

import gradwalk as gw
from gradwalk.errors import InPlaceError

COUNT = 4000

DISTRIBUTIONS = [
    ("normal_", (), stats.norm()),
    ("normal_", (3, 0.5), stats.norm(3, 0.5)),
    ("uniform_", (), stats.uniform()),
    ("uniform_", (-2, 4), stats.uniform(-2, 6)),
    ("exponential_", (), stats.expon()),
    ("exponential_", (4,), stats.expon(scale=0.25)),
    ("cauchy_", (1, 2), stats.cauchy(1, 2)),
    ("log_normal_", (), stats.lognorm(2, scale=np.e)),
]
COUNTS = [
    ("geometric_", (0.3,), stats.geom(0.3)),
    ("bernoulli_", (), stats.bernoulli(0.5)),
    ("bernoulli_", (0.2,), stats.bernoulli(0.2)),
    ("random_", (6,), stats.randint(0, 6)),
    ("random_", (-3, 3), stats.randint(-3, 3)),
]


def filled(method, settings, dtype="float64"):
    tensor = gw.zeros(COUNT, dtype=dtype)
    assert getattr(tensor, method)(*settings, generator=gw.Generator().manual_seed(5)) is tensor
    return tensor.numpy()


@pytest.mark.parametrize(("method", "settings", "distribution"), DISTRIBUTIONS)
def test_continuous_distributions_are_scipys(method, settings, distribution):
    assert stats.kstest(filled(method, settings), distribution.cdf).pvalue > 0.01


@pytest.mark.parametrize(("method", "settings", "distribution"), COUNTS)
@pytest.mark.parametrize("dtype", ["float64", "int64"])
def test_counts_are_scipys(method, settings, distribution, dtype):
    values, times = np.unique(filled(method, settings, dtype), return_counts=True)
    often = times > 20
    expected = COUNT * distribution.pmf(values)
    assert stats.chisquare(times[often], expected[often] * times[often].sum() / expected[often].sum()).pvalue > 0.01
    assert (distribution.pmf(values) > 0).all()


WRONG = [
    ("normal_", (0, -1), "float64"),
    ("uniform_", (3, 1), "float64"),
    ("exponential_", (-1,), "float64"),
    ("cauchy_", (0, -1), "float64"),
    ("log_normal_", (0, -1), "float64"),
    ("bernoulli_", (2,), "float64"),
    ("geometric_", (0,), "float64"),
    ("random_", (3, 3), "float64"),
    ("normal_", (), "int64"),
    ("exponential_", (), "int64"),
]


@pytest.mark.parametrize(("method", "settings", "dtype"), WRONG)
def test_what_pytorch_refuses_is_refused(method, settings, dtype):
    with pytest.raises(RuntimeError):
        getattr(torch.zeros(2, dtype=getattr(torch, dtype)), method)(*settings)
    with pytest.raises(ValueError, match=f"^{method}: "):
        getattr(gw.zeros(2, dtype=dtype), method)(*settings)


@pytest.mark.parametrize(("dtype", "most"), [("uint8", 255), ("bool", 1), ("float32", 2**24), ("int32", 2**31 - 1)])
def test_without_bounds_random_takes_what_the_type_has(dtype, most):
    found = filled("random_", (), dtype)
    assert found.dtype == dtype and found.min() >= 0 and found.max() <= most
    assert found.astype(float).max() > 0.9 * most


def test_each_probability_of_its_own():
    chances = gw.tensor([0.0, 1.0, 0.0, 1.0])
    assert gw.full((4,), 7.0).bernoulli_(chances).tolist() == [0, 1, 0, 1]


def test_a_seed_fixes_the_numbers():
    gw.manual_seed(3)
    first = gw.empty(4).normal_()
    gw.manual_seed(3)
    assert gw.equal(first, gw.empty(4).normal_())


def test_what_was_there_gets_no_gradient_as_in_pytorch():
    for library in (gw, torch):
        x = library.ones(3, requires_grad=True)
        y = x * 2
        y.uniform_()
        y.sum().backward()
        assert x.grad.tolist() == [0, 0, 0]


def test_leaves_that_learn_are_filled_without_recording_only():
    weight = gw.nn.Parameter(gw.zeros(3))
    with pytest.raises(InPlaceError, match="no_grad"):
        weight.normal_()
    with gw.no_grad():
        weight.normal_()
    weight.data.fill_(0)
    weight.data.normal_(0, 0.02)
    assert weight.requires_grad and np.all(weight.detach().numpy() != 0)
