"""What the cases of the elementwise ops don't say: digits, extremes, aliases and refusals."""

import numpy as np
import pytest
import torch
from scipy import special

import gradwalk as gw
from gradwalk.ops import ALIASES, COMPOSITES, OPS
from gradwalk.transforms import gradients

LINE = np.concatenate(
    [np.linspace(-6, 6, 24001), np.geomspace(1e-300, 1, 2000), [1.0, -1.0, 0.5, np.inf, -np.inf, 1e300]]
)


def test_erf_is_exact_to_the_last_digits():
    np.testing.assert_allclose(gw.erf(gw.tensor(LINE)).value, special.erf(LINE), rtol=1e-15, atol=0)


def test_erfc_and_the_normal_distribution_keep_their_digits_far_out():
    far = np.linspace(-6, 26, 32001)
    np.testing.assert_allclose(
        gw.erfc(gw.tensor(far)).value, special.erfc(far), rtol=2e-13, atol=0
    )  # exp(-x²) loses x² · ε
    np.testing.assert_allclose(gw.normal_cdf(gw.tensor(-far)).value, special.ndtr(-far), rtol=2e-13, atol=0)


def test_erf_hands_nan_on_and_keeps_zeros_sign():
    found = gw.erf(gw.tensor([np.nan, -0.0])).value
    assert np.isnan(found[0])
    assert np.signbit(found[1])


def test_sigmoid_and_its_derivatives_at_the_extremes():
    x = gw.tensor([-800.0, -700.0, -40.0, 0.0, 40.0, 800.0], requires_grad=True)
    out = gw.sigmoid(x)
    np.testing.assert_allclose(out.value, special.expit(x.value), rtol=1e-15)
    (first,) = gradients(out, [x], np.ones(6), create_graph=True)
    (second,) = gradients(first, [x], np.ones(6))
    slope = special.expit(x.value) * special.expit(-x.value)
    np.testing.assert_allclose(first.value, slope, rtol=1e-15, atol=1e-16)
    np.testing.assert_allclose(second.value, slope * (1 - 2 * special.expit(x.value)), rtol=1e-15, atol=1e-16)


STABLE = [
    "elu", "celu", "selu", "gelu", "silu", "mish", "softplus", "logsigmoid", "softsign", "sigmoid", "tanh", "erf", "erfc",
    "relu", "relu6", "leaky_relu", "hardtanh", "hardsigmoid", "hardswish", "atan", "asinh", "normal_cdf",
]  # fmt: skip


@pytest.mark.parametrize("name", STABLE)
def test_huge_inputs_overflow_nowhere(name):
    x = gw.tensor([-1e100, -1e4, -750.0, 0.0, 750.0, 1e4, 1e100], requires_grad=True)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        out = getattr(gw, name)(x)
        (first,) = gradients(out, [x], np.ones(7), create_graph=True)
    assert np.isfinite(out.value).all()
    assert np.isfinite(first.value).all()
    if first.requires_grad:
        assert np.isfinite(gradients(first, [x], np.ones(7))[0].value).all()


@pytest.mark.parametrize("name", [n for n, op in OPS.items() if op.inplace])
def test_inplace_is_accepted_when_false_and_explained_when_true(name):
    x = gw.tensor([-1.0, 2.0])
    function = getattr(gw, name)
    assert function(x, inplace=False).tolist() == function(x).tolist()
    with pytest.raises(ValueError, match=rf"write x = {name}\(x\)"):
        function(x, inplace=True)


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_is_the_function_itself(alias):
    assert getattr(gw, alias) is getattr(gw, ALIASES[alias])
    assert getattr(gw.Tensor, alias) is getattr(gw, alias)
    assert hasattr(torch, alias)
    assert ALIASES[alias] in {**OPS, **COMPOSITES}


def test_python_operators():
    a, b = gw.tensor([5.0, -5.0]), gw.tensor([3.0, 3.0])
    assert (a // b).tolist() == [1, -2]
    assert (a % b).tolist() == [2, 1]
    assert (7 // b).tolist() == [2, 2]
    assert (7 % b).tolist() == [1, 1]
    assert (abs(a) == +a).tolist() == [True, False]
    assert (gw.tensor([True, False]) ^ gw.tensor([True, True])).tolist() == [False, True]


def test_alpha_is_a_product_of_its_own_and_the_plain_operator_has_none():
    a, b = gw.tensor(1.0, requires_grad=True), gw.tensor(2.0, requires_grad=True)
    assert gw.add(a, b).inputs[1] is b
    scaled = a.sub(b, alpha=3)
    assert scaled.item() == -5
    assert scaled.inputs[1].op.name == "mul"


def test_clamp_wants_a_bound_and_numpys_clip_is_clamp():
    x = gw.tensor([-2.0, 0.5, 2.0], requires_grad=True)
    with pytest.raises(ValueError, match="min, max, or both"):
        x.clamp()
    assert np.clip(x, -1, 1).tolist() == x.clip(-1, 1).tolist() == [-1, 0.5, 1]
    assert np.clip(x, None, 1).op.name == "clamp_max"


def test_misspelt_options_are_explained():
    x = gw.tensor([1.0])
    with pytest.raises(ValueError, match="'none' or 'tanh'"):
        gw.gelu(x, approximate="erf")
    with pytest.raises(ValueError, match="'floor' or 'trunc'"):
        gw.div(x, x, rounding_mode="up")


WHOLE_DIVISIONS = {
    "floor_divide": lambda a, b: gw.floor_divide(a, b),
    "operator": lambda a, b: a // 0,
    "remainder": lambda a, b: gw.remainder(a, b),
    "fmod": lambda a, b: gw.fmod(a, b),
    "trunc": lambda a, b: gw.div(a, b, rounding_mode="trunc"),
}


@pytest.mark.parametrize("divide", WHOLE_DIVISIONS.values(), ids=WHOLE_DIVISIONS)
def test_whole_numbers_refuse_to_be_divided_by_zero(divide):
    with pytest.raises(RuntimeError, match="can't be divided by 0"):
        divide(gw.tensor([1, 2]), gw.tensor([1, 0]))
    with pytest.raises(ZeroDivisionError):
        divide(gw.tensor([1, 2]), gw.tensor([1, 0]))
    assert not np.isfinite(divide(gw.tensor([1.0, 2.0]), gw.tensor([0.0, 0.0])).value).any()


def test_where_as_a_method_chooses_from_the_tensor():
    x, c = gw.tensor([1.0, 2.0], requires_grad=True), gw.tensor([True, False])
    assert x.where(c, 0).tolist() == [1, 0]
    assert gw.where(c, x, 0).tolist() == [1, 0]
    with pytest.raises(TypeError, match="nonzero"):
        gw.where(c)
