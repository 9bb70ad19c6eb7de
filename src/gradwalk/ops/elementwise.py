"""Functions of one number, applied to every entry."""

from __future__ import annotations

import math

import numpy as np

from gradwalk.formula import POWER, PRODUCT, SUM
from gradwalk.ops.arithmetic import no_slope, where
from gradwalk.ops.declare import ALIASES, Array, case, integers, normal, op, truths, uniform, values

ANYWHERE = [case(-1.5), case(normal(3, 4)), case(normal(0, 2))]
POSITIVE = [case(0.5), case(uniform(0.1, 3, 3, 4)), case(uniform(1, 2, 0, 2))]
WITH_EXTREMES = [*ANYWHERE, case(values([-800.0, -40.0, 0.0, 40.0, 800.0]), smooth=False)]


@op("exp({x})", r"e^{{x}}", floating=True, numpy=np.exp, local={"x": lambda out, x: out}, cases=ANYWHERE)
def exp(x: Array) -> Array:
    """e to the power x: the function that is its own slope."""
    return np.exp(x)


@op(
    "ln({x})",
    r"\ln({x})",
    floating=True,
    numpy=np.log,
    vjp={"x": lambda g, out, x: g / x},
    elementwise=True,
    cases=POSITIVE,
)
def log(x: Array) -> Array:
    """The natural logarithm: the slope is 1 / x."""
    return np.log(x)


@op(
    "√({x})",
    r"\sqrt{{x}}",
    floating=True,
    binds=POWER,
    numpy=np.sqrt,
    vjp={"x": lambda g, out, x: g / (2 * out)},
    elementwise=True,
    cases=POSITIVE,
)
def sqrt(x: Array) -> Array:
    """The square root: steeper and steeper towards zero."""
    return np.sqrt(x)


@op(
    "tanh({x})",
    r"\tanh({x})",
    floating=True,
    numpy=np.tanh,
    local={"x": lambda out, x: 1 - out * out},
    cases=WITH_EXTREMES,
)
def tanh(x: Array) -> Array:
    """Squash any number into (−1, 1); the slope is at most 1, at zero."""
    return np.tanh(x)


@op("σ({x})", r"\sigma({x})", floating=True, local={"x": lambda out, x: out * (1 - out)}, cases=WITH_EXTREMES)
def sigmoid(x: Array) -> Array:
    """Squash any number into (0, 1); the slope needs only the output, and is at most 1/4."""
    small = np.exp(-np.abs(x))  # never exp of a large number: that overflows above 709
    return np.where(x >= 0, 1, small) / (1 + small)


@op(
    "exp({x}) − 1",
    r"e^{{x}} - 1",
    binds=SUM,
    floating=True,
    numpy=np.expm1,
    local={"x": lambda out, x: out + 1},
    cases=WITH_EXTREMES[:-1],
)
def expm1(x: Array) -> Array:
    """exp(x) − 1, exact to the last digit even where x is tiny."""
    return np.expm1(x)


@op(
    "ln(1 + {x})",
    r"\ln(1 + {x})",
    floating=True,
    numpy=np.log1p,
    elementwise=True,
    vjp={"x": lambda g, out, x: g / (1 + x)},
    cases=[*POSITIVE, case(-0.5), case(values([1e-12, 1e12]))],
)
def log1p(x: Array) -> Array:
    """ln(1 + x), exact to the last digit even where x is tiny."""
    return np.log1p(x)


def _xlogy_factor(g: Array, out: Array, a: Array, b: Array) -> Array:
    """g · ln b, with 0 where a is 0 and ln b has no finite value: there a · ln b stays 0."""
    return where((a == 0) & (b <= 0), 0, g * np.log(b))


@op(
    "{a} · ln({b})",
    r"{a} \cdot \ln({b})",
    binds=PRODUCT,
    floating=True,
    elementwise=True,
    vjp={"a": _xlogy_factor, "b": lambda g, out, a, b: g * a / b},
    cases=[
        case(normal(3, 4), uniform(0.1, 3, 4)),
        case(2.0, 0.5),
        case(values([0.0, 0.0, 0.0, 1.0, np.nan]), values([0.0, -1.0, np.nan, 0.0, 2.0]), smooth=False, twice=False),
    ],
)
def xlogy(a: Array, b: Array) -> Array:
    """a · ln b, which counts as 0 where a is 0: what entropies are made of."""
    return np.where(np.equal(a, 0) & ~np.isnan(b), 0, np.multiply(a, np.log(b)))[()]


@op(
    "exp2({x})", r"2^{{x}}", floating=True, numpy=np.exp2, local={"x": lambda out, x: math.log(2) * out}, cases=ANYWHERE
)
def exp2(x: Array) -> Array:
    """2 to the power x: its slope is ln 2 ≈ 0.693 times itself."""
    return np.exp2(x)


@op(
    "log₂({x})",
    r"\log_2({x})",
    floating=True,
    numpy=np.log2,
    elementwise=True,
    vjp={"x": lambda g, out, x: g / (math.log(2) * x)},
    cases=POSITIVE,
)
def log2(x: Array) -> Array:
    """How often to double 1 to get x."""
    return np.log2(x)


@op(
    "log₁₀({x})",
    r"\log_{10}({x})",
    floating=True,
    numpy=np.log10,
    elementwise=True,
    vjp={"x": lambda g, out, x: g / (math.log(10) * x)},
    cases=POSITIVE,
)
def log10(x: Array) -> Array:
    """How many digits to move 1 to get x."""
    return np.log10(x)


@op(
    "1/√({x})",
    r"\frac{1}{\sqrt{{x}}}",
    binds=PRODUCT,
    floating=True,
    elementwise=True,
    vjp={"x": lambda g, out, x: -g * out**3 / 2},
    cases=POSITIVE,
)
def rsqrt(x: Array) -> Array:
    """One over the square root: what normalizing multiplies by."""
    return 1 / np.sqrt(x)


@op(
    "1/{x}",
    r"\frac{1}{{x}}",
    binds=PRODUCT,
    associative=False,
    floating=True,
    numpy=np.reciprocal,
    elementwise=True,
    vjp={"x": lambda g, out, x: -g * out**2},
    cases=[*POSITIVE, case(-2.0)],
)
def reciprocal(x: Array) -> Array:
    """One over x: it falls wherever it is defined."""
    return np.true_divide(1, x)


# --- sizes, signs and steps ------------------------------------------------------------------------------------------

FLAT = {"x": lambda g, out, x: no_slope(g)}
STEPS = [
    case(-1.3),
    case(normal(3, 4)),
    case(values([-2.5, -1.5, -0.5, 0.0, 0.5, 1.5, 2.5]), smooth=False),
    case(integers(-3, 3, 4)),
]


@op(
    "|{x}|",
    r"\lvert {x} \rvert",
    operator="__abs__",
    numpy=np.absolute,
    local={"x": lambda out, x: sign(x)},
    cases=[*ANYWHERE, case(values([-2.0, 0.0, 3.0, np.nan, np.inf]), smooth=False), case(integers(-3, 3, 4))],
)
def abs_(x: Array) -> Array:
    """The distance from zero; at zero itself the slope counts as 0."""
    return np.absolute(x)


@op(
    "sign({x})",
    r"\operatorname{sign}({x})",
    numpy=(np.sign,),
    elementwise=True,
    vjp=FLAT,
    cases=[*ANYWHERE, case(values([-2.0, 0.0, 3.0, np.nan]), smooth=False), case(truths(3))],
)
def sign(x: Array) -> Array:
    """−1, 0 or 1 (0 for NaN too): flat, so no gradient passes."""
    return np.subtract(np.greater(x, 0), np.less(x, 0), dtype=np.int8).astype(np.asarray(x).dtype)


@op("⌊{x}⌋", r"\lfloor {x} \rfloor", numpy=np.floor, elementwise=True, vjp=FLAT, cases=STEPS)
def floor(x: Array) -> Array:
    """Down to the next whole number: flat between the steps, so no gradient passes."""
    return np.floor(x)


@op("⌈{x}⌉", r"\lceil {x} \rceil", numpy=np.ceil, elementwise=True, vjp=FLAT, cases=STEPS)
def ceil(x: Array) -> Array:
    """Up to the next whole number: flat between the steps, so no gradient passes."""
    return np.ceil(x)


@op("trunc({x})", r"\operatorname{trunc}({x})", numpy=np.trunc, elementwise=True, vjp=FLAT, cases=STEPS)
def trunc(x: Array) -> Array:
    """Cut the digits after the point off: flat between the steps, so no gradient passes."""
    return np.trunc(x)


@op(
    "round({x}, {decimals})",
    r"\operatorname{round}({x}, {decimals})",
    numpy=np.round,
    elementwise=True,
    vjp={"x": lambda g, out, x, *, decimals: no_slope(g)},
    cases=[*STEPS, case(normal(3, 4), decimals=2)],
)
def round_(x: Array, *, decimals: int = 0) -> Array:
    """To the nearest number with so many decimals, halves to the even one: flat, so no gradient passes."""
    return np.round(x, decimals)


ODD_ONES = [case(values([np.nan, np.inf, -np.inf, 0.0, 1.0]), smooth=False), case(1.0, smooth=False)]


@op("isnan({x})", r"\operatorname{isnan}({x})", numpy=np.isnan, elementwise=True, cases=ODD_ONES)
def isnan(x: Array) -> Array:
    """True where a number is none: 0/0, ∞ − ∞, and whatever was computed from it."""
    return np.isnan(x)


@op("isinf({x})", r"\operatorname{isinf}({x})", numpy=np.isinf, elementwise=True, cases=ODD_ONES)
def isinf(x: Array) -> Array:
    """True where a number is ∞ or −∞."""
    return np.isinf(x)


@op("isfinite({x})", r"\operatorname{isfinite}({x})", numpy=np.isfinite, elementwise=True, cases=ODD_ONES)
def isfinite(x: Array) -> Array:
    """True where a number is neither infinite nor NaN."""
    return np.isfinite(x)


# --- angles and hyperbolas -------------------------------------------------------------------------------------------

INSIDE = [case(-0.5), case(uniform(-0.9, 0.9, 3, 4))]  # where arcsin, arccos and artanh are defined
PLANE = [case(0.5, -1.5), case(normal(3, 4), normal(4)), case(normal(2, 1, 3), normal(4, 1))]


@op("sin({x})", r"\sin({x})", floating=True, numpy=np.sin, local={"x": lambda out, x: np.cos(x)}, cases=ANYWHERE)
def sin(x: Array) -> Array:
    """The sine: its slope is the cosine."""
    return np.sin(x)


@op(
    "cos({x})",
    r"\cos({x})",
    floating=True,
    numpy=np.cos,
    elementwise=True,
    vjp={"x": lambda g, out, x: -g * np.sin(x)},
    cases=ANYWHERE,
)
def cos(x: Array) -> Array:
    """The cosine: its slope is minus the sine."""
    return np.cos(x)


@op(
    "tan({x})",
    r"\tan({x})",
    floating=True,
    numpy=np.tan,
    local={"x": lambda out, x: 1 + out**2},
    cases=[case(-1.2), case(uniform(-1.2, 1.2, 3, 4))],
)
def tan(x: Array) -> Array:
    """The tangent: the steeper the farther from zero."""
    return np.tan(x)


@op(
    "arcsin({x})",
    r"\arcsin({x})",
    floating=True,
    numpy=np.arcsin,
    elementwise=True,
    vjp={"x": lambda g, out, x: g / np.sqrt(1 - x**2)},
    cases=INSIDE,
)
def asin(x: Array) -> Array:
    """The angle whose sine is x."""
    return np.arcsin(x)


@op(
    "arccos({x})",
    r"\arccos({x})",
    floating=True,
    numpy=np.arccos,
    elementwise=True,
    vjp={"x": lambda g, out, x: -g / np.sqrt(1 - x**2)},
    cases=INSIDE,
)
def acos(x: Array) -> Array:
    """The angle whose cosine is x."""
    return np.arccos(x)


@op(
    "arctan({x})",
    r"\arctan({x})",
    floating=True,
    numpy=np.arctan,
    elementwise=True,
    vjp={"x": lambda g, out, x: g / (1 + x**2)},
    cases=WITH_EXTREMES,
)
def atan(x: Array) -> Array:
    """The angle whose tangent is x."""
    return np.arctan(x)


def _unless_origin(y: Array, x: Array, slope: Array) -> Array:
    """A slope, with 0 at the origin, where the angle isn't defined."""
    return where((x == 0) & (y == 0), 0, slope)


@op(
    "arctan2({y}, {x})",
    r"\operatorname{arctan2}({y}, {x})",
    floating=True,
    numpy=np.arctan2,
    elementwise=True,
    vjp={
        "y": lambda g, out, y, x: _unless_origin(y, x, g * x / (x**2 + y**2)),
        "x": lambda g, out, y, x: _unless_origin(y, x, -g * y / (x**2 + y**2)),
    },
    cases=[*PLANE, case(values([0.0, 0.0, -1.0]), values([0.0, -1.0, 0.0]), smooth=False, twice=False)],
)
def atan2(y: Array, x: Array) -> Array:
    """The angle at which the point (x, y) is seen from the origin."""
    return np.arctan2(y, x)


@op(
    "hypot({a}, {b})",
    r"\operatorname{hypot}({a}, {b})",
    floating=True,
    numpy=np.hypot,
    elementwise=True,
    vjp={"a": lambda g, out, a, b: g * a / out, "b": lambda g, out, a, b: g * b / out},
    cases=[*PLANE, case(3e30, 4e30)],
)
def hypot(a: Array, b: Array) -> Array:
    """√(a² + b²), the long side of a right triangle, even where the squares would overflow."""
    return np.hypot(a, b)


@op("sinh({x})", r"\sinh({x})", floating=True, numpy=np.sinh, local={"x": lambda out, x: np.cosh(x)}, cases=ANYWHERE)
def sinh(x: Array) -> Array:
    """The hyperbolic sine, (eˣ − e⁻ˣ) / 2."""
    return np.sinh(x)


@op("cosh({x})", r"\cosh({x})", floating=True, numpy=np.cosh, local={"x": lambda out, x: np.sinh(x)}, cases=ANYWHERE)
def cosh(x: Array) -> Array:
    """The hyperbolic cosine, (eˣ + e⁻ˣ) / 2: the shape of a hanging chain."""
    return np.cosh(x)


@op(
    "arsinh({x})",
    r"\operatorname{arsinh}({x})",
    floating=True,
    numpy=np.arcsinh,
    elementwise=True,
    vjp={"x": lambda g, out, x: g / np.sqrt(x**2 + 1)},
    cases=WITH_EXTREMES,
)
def asinh(x: Array) -> Array:
    """The number whose hyperbolic sine is x."""
    return np.arcsinh(x)


@op(
    "arcosh({x})",
    r"\operatorname{arcosh}({x})",
    floating=True,
    numpy=np.arccosh,
    elementwise=True,
    vjp={"x": lambda g, out, x: g / np.sqrt(x**2 - 1)},
    cases=[case(1.5), case(uniform(1.2, 4, 3, 4))],
)
def acosh(x: Array) -> Array:
    """The number from 0 up whose hyperbolic cosine is x."""
    return np.arccosh(x)


@op(
    "artanh({x})",
    r"\operatorname{artanh}({x})",
    floating=True,
    numpy=np.arctanh,
    elementwise=True,
    vjp={"x": lambda g, out, x: g / (1 - x**2)},
    cases=INSIDE,
)
def atanh(x: Array) -> Array:
    """The number whose tanh is x."""
    return np.arctanh(x)


@op(
    "ln(e^{a} + e^{b})",
    r"\ln(e^{{a}} + e^{{b}})",
    floating=True,
    numpy=np.logaddexp,
    local={"a": lambda out, a, b: sigmoid(a - b), "b": lambda out, a, b: sigmoid(b - a)},
    cases=[*PLANE, case(values([-800.0, 800.0, 0.0]), values([800.0, 800.0, -800.0]), twice=False)],
)
def logaddexp(a: Array, b: Array) -> Array:
    """Add two numbers given by their logarithms: a smooth maximum, shared out by the sigmoid of the difference."""
    return np.logaddexp(a, b)


ALIASES.update(
    absolute="abs", fix="trunc", arcsin="asin", arccos="acos", arctan="atan", arctan2="atan2",
    arcsinh="asinh", arccosh="acosh", arctanh="atanh",
)  # fmt: skip
