"""What networks bend their numbers with: activation functions, each for every entry by itself."""

from __future__ import annotations

import math

import numpy as np

from gradwalk.ops.arithmetic import where
from gradwalk.ops.declare import Array, case, composite, normal, op, values
from gradwalk.ops.elementwise import ANYWHERE, WITH_EXTREMES, sigmoid, tanh
from gradwalk.ops.shape import reshape
from gradwalk.ops.special import normal_cdf, normal_density

UNDEFINED = case(values([np.nan, np.inf, -np.inf]), smooth=False, twice=False)
KINKS = case(values([-800.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0, 800.0]), smooth=False)
WITH_KINKS = [*ANYWHERE, KINKS, UNDEFINED]
WITH_BEND = [
    *ANYWHERE,
    UNDEFINED,
    case(values([-800.0, -3.0, -1.0, 1.0, 3.0, 800.0])),
    case(values([0.0]), smooth=False, twice=False),
]  # PyTorch counts a bend as straight


@op(
    "relu({x})",
    r"\operatorname{ReLU}({x})",
    inplace=True,
    elementwise=True,
    vjp={"x": lambda g, out, x: where(x <= 0, 0, g)},
    cases=[*ANYWHERE, case(values([-1.0, 0.0, 2.0]), smooth=False), UNDEFINED],
)
def relu(x: Array) -> Array:
    """Let positive numbers through and stop the rest; at zero the slope counts as 0."""
    return np.maximum(x, 0)


@op(
    "relu6({x})",
    r"\operatorname{ReLU6}({x})",
    inplace=True,
    elementwise=True,
    vjp={"x": lambda g, out, x: where((x <= 0) | (x >= 6), 0, g)},
    cases=WITH_KINKS,
)
def relu6(x: Array) -> Array:
    """Let numbers between 0 and 6 through, and stop at the ends."""
    return np.clip(x, 0, 6)


@op(
    "leaky_relu({x}, {negative_slope})",
    r"\operatorname{LeakyReLU}({x}, {negative_slope})",
    floating=True,
    inplace=True,
    elementwise=True,
    vjp={"x": lambda g, out, x, *, negative_slope: where(x > 0, g, negative_slope * g)},
    cases=[*WITH_KINKS, case(normal(3, 4), negative_slope=0.2), case(normal(3), negative_slope=1.5)],
)
def leaky_relu(x: Array, *, negative_slope: float = 0.01) -> Array:
    """Let positive numbers through and a little of the negative ones, so that no unit dies."""
    return np.where(x > 0, x, x * negative_slope)[()]


@composite(
    cases=[case(normal(3, 4), normal(1)), case(normal(2, 3, 4), normal(3)), case(normal(5, 3), normal(3))],
)
def prelu(input: Array, weight: Array) -> Array:
    """A leaky relu whose slope is learned: one for all numbers, or one for each channel (dimension 1)."""
    shape = () if math.prod(weight.shape) == 1 else (-1, *[1] * (input.ndim - 2))
    return where(input > 0, input, reshape(weight, shape=shape) * input)


@op(
    "hardtanh({x}, {min_val}, {max_val})",
    r"\operatorname{hardtanh}({x}, {min_val}, {max_val})",
    inplace=True,
    elementwise=True,
    vjp={"x": lambda g, out, x, *, min_val, max_val: where((x <= min_val) | (x >= max_val), 0, g)},
    cases=[*WITH_KINKS, case(normal(3, 4), min_val=-0.5, max_val=2.0), case(normal(3), max_val=0.5)],
)
def hardtanh(x: Array, *, min_val: float = -1.0, max_val: float = 1.0) -> Array:
    """Let numbers between two bounds through, and stop at the bounds: tanh drawn with a ruler."""
    low, high = np.asarray([min_val, max_val]).astype(np.asarray(x).dtype)
    return np.clip(x, low, high)


@op(
    "hardsigmoid({x})",
    r"\operatorname{hardsigmoid}({x})",
    floating=True,
    inplace=True,
    elementwise=True,
    vjp={"x": lambda g, out, x: where((x > -3) & (x < 3), g / 6, 0)},
    cases=[*ANYWHERE, KINKS],
)
def hardsigmoid(x: Array) -> Array:
    """Rise straight from 0 at −3 to 1 at 3: the sigmoid drawn with a ruler."""
    return np.clip(x + 3, 0, 6) / 6


@op(
    "hardswish({x})",
    r"\operatorname{hardswish}({x})",
    floating=True,
    inplace=True,
    elementwise=True,
    vjp={"x": lambda g, out, x: where(x <= -3, 0, where(x < 3, g * (x / 3 + 0.5), g))},
    cases=WITH_KINKS,
)
def hardswish(x: Array) -> Array:
    """x times the hard sigmoid of x: nothing below −3, x itself above 3, a parabola between."""
    return x * np.clip(x + 3, 0, 6) / 6


@op(
    "elu({x}, {alpha})",
    r"\operatorname{ELU}({x}, {alpha})",
    floating=True,
    inplace=True,
    elementwise=True,
    vjp={"x": lambda g, out, x, *, alpha: where(x <= 0, g * (out + alpha), g)},
    cases=[*WITH_BEND, case(normal(3, 4), alpha=0.5), case(normal(3), alpha=2.0)],
)
def elu(x: Array, *, alpha: float = 1.0) -> Array:
    """x where positive; else a curve that levels off at −α, whose slope the output tells: out + α."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))[()]


@op(
    "celu({x}, {alpha})",
    r"\operatorname{CELU}({x}, {alpha})",
    floating=True,
    inplace=True,
    elementwise=True,
    vjp={"x": lambda g, out, x, *, alpha: where(x <= 0, g * ((out if alpha == 1 else out / alpha) + 1), g)},
    cases=[*WITH_BEND, case(normal(3, 4), alpha=0.5), case(normal(3), alpha=2.0)],
)
def celu(x: Array, *, alpha: float = 1.0) -> Array:
    """The elu whose slope at zero is 1 whatever α is."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / alpha))[()]


# The α and scale at which layer after layer keeps mean 0 and variance 1 (Klambauer et al., 2017).
SELU_ALPHA, SELU_SCALE = 1.6732632423543772848, 1.0507009873554804934


@op(
    "selu({x})",
    r"\operatorname{SELU}({x})",
    floating=True,
    inplace=True,
    elementwise=True,
    vjp={"x": lambda g, out, x: where(x <= 0, g * (out + SELU_SCALE * SELU_ALPHA), SELU_SCALE * g)},
    cases=WITH_BEND,
)
def selu(x: Array) -> Array:
    """A scaled elu that keeps mean 0 and variance 1 from layer to layer."""
    return SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0)))


def _softplus_slope(g: Array, out: Array, x: Array, *, beta: float, threshold: float) -> Array:
    scaled = x if beta == 1 else beta * x
    return where(scaled > threshold, g, g * sigmoid(scaled))


@op(
    "softplus({x}, β={beta})",
    r"\operatorname{softplus}({x}, \beta={beta})",
    floating=True,
    elementwise=True,
    vjp={"x": _softplus_slope},
    cases=[
        *WITH_EXTREMES,
        case(normal(3, 4), 2),
        case(values([-1.0, 0.5, 3.0]), beta=3.0, threshold=2.0),
        case(values([19.0, 21.0])),
    ],
)
def softplus(x: Array, *, beta: float = 1.0, threshold: float = 20.0) -> Array:
    """ln(1 + e^(βx)) / β: a smooth relu, whose slope is the sigmoid; beyond the threshold, x itself."""
    return np.where(x * beta > threshold, x, np.logaddexp(0, x * beta) / beta)[()]


@op("ln σ({x})", r"\ln \sigma({x})", floating=True, local={"x": lambda out, x: sigmoid(-x)}, cases=WITH_EXTREMES)
def logsigmoid(x: Array) -> Array:
    """The logarithm of the sigmoid, exact where the sigmoid itself is too small for a float."""
    return -np.logaddexp(0, -x)


@op(
    "silu({x})",
    r"\operatorname{SiLU}({x})",
    floating=True,
    inplace=True,
    local={"x": lambda out, x: sigmoid(x) + out * (1 - sigmoid(x))},
    cases=WITH_EXTREMES,
)
def silu(x: Array) -> Array:
    """x · σ(x): each number is its own gate."""
    return x * sigmoid(x)


def _mish_slope(out: Array, x: Array) -> Array:
    gate = tanh(softplus(x))
    return gate + x * sigmoid(x) * (1 - gate**2)


@op(
    "mish({x})",
    r"\operatorname{mish}({x})",
    floating=True,
    inplace=True,
    local={"x": _mish_slope},
    cases=[*ANYWHERE, case(values([-800.0, -40.0, 0.0, 40.0])), case(800.0, twice=False)],
)
def mish(x: Array) -> Array:
    """x · tanh(softplus(x)): a gate that opens a little sooner than silu's."""
    return x * np.tanh(np.logaddexp(0, x))


TANH_GELU = 2 * math.sqrt(2 / math.pi)


def _gelu_slope(out: Array, x: Array, *, approximate: str) -> Array:
    if approximate == "none":
        return normal_cdf(x) + x * normal_density(x)
    gate = sigmoid(TANH_GELU * (x + 0.044715 * x**3))
    return gate + x * gate * (1 - gate) * (TANH_GELU * (1 + 0.134145 * x**2))


@op(
    "gelu({x})",
    r"\operatorname{GELU}({x})",
    floating=True,
    local={"x": _gelu_slope},
    cases=[
        *WITH_EXTREMES,
        case(normal(3, 4), approximate="tanh"),
        case(values([-800.0, -3.0, 0.0, 3.0, 800.0]), approximate="tanh"),
    ],
)
def gelu(x: Array, *, approximate: str = "none") -> Array:
    """x times the chance that a normal number is below x; approximate='tanh' is the older, quicker curve."""
    if approximate == "none":
        return x * normal_cdf(x)
    if approximate == "tanh":
        return x * sigmoid(TANH_GELU * (x + 0.044715 * x**3))  # (1 + tanh u) / 2 is σ(2u)
    raise ValueError(f"approximate must be 'none' or 'tanh', not {approximate!r}")


@op(
    "softsign({x})",
    r"\operatorname{softsign}({x})",
    floating=True,
    elementwise=True,
    vjp={"x": lambda g, out, x: g / (1 + np.abs(x)) ** 2},
    cases=[*ANYWHERE, KINKS],
)
def softsign(x: Array) -> Array:
    """x / (1 + |x|): squash into (−1, 1) like tanh, but approach the ends slowly."""
    return x / (1 + np.abs(x))
