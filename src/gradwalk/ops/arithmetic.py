"""Sums, products, powers, comparisons and choices."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.formula import COMPARISON, CONDITION, NEGATION, POWER, PRODUCT, SUM
from gradwalk.ops.declare import (
    ALIASES,
    Array,
    case,
    composite,
    fixed,
    integers,
    normal,
    op,
    truths,
    uniform,
    values,
)

PAIRS = [
    case(2.0, -3.0),
    case(normal(3, 4), normal(4)),
    case(normal(2, 1, 3), normal(4, 1)),
    case(normal(0, 3), normal(3)),
]
NONZERO_PAIRS = [
    case(2.0, -3.0),
    case(normal(3, 4), uniform(0.5, 2, 4)),
    case(normal(2, 1, 3), uniform(-2, -0.5, 4, 1)),
]
ANYWHERE = [case(-1.5), case(normal(3, 4)), case(normal(0, 2))]
SCALED = [case(normal(3), normal(2, 3), alpha=2), case(normal(3), normal(3), alpha=-0.5)]


def _bind_scaled(a: Array, b: Array, *, alpha: float = 1) -> tuple[tuple[Array, Array], dict[str, Any]]:
    """PyTorch's ``add(a, b, alpha=2)`` is a + 2 · b: the product is a step of its own."""
    return (a, b if alpha == 1 else mul(alpha, b)), {}


@op(
    "{a} + {b}",
    "{a} + {b}",
    binds=SUM,
    elementwise=True,
    linear=True,
    operator="__add__",
    numpy=np.add,
    vjp={"a": lambda g, out, a, b: g, "b": lambda g, out, a, b: g},
    bind=_bind_scaled,
    cases=[*PAIRS, *SCALED],
)
def add(a: Array, b: Array) -> Array:
    """Add two numbers: each passes its upstream gradient on unchanged."""
    return np.add(a, b)


@op(
    "{a} − {b}",
    "{a} - {b}",
    binds=SUM,
    elementwise=True,
    linear=True,
    operator="__sub__",
    numpy=np.subtract,
    vjp={"a": lambda g, out, a, b: g, "b": lambda g, out, a, b: -g},
    bind=_bind_scaled,
    cases=[*PAIRS, *SCALED],
)
def sub(a: Array, b: Array) -> Array:
    """Subtract: the gradient passes to ``a`` unchanged and to ``b`` with its sign turned."""
    return np.subtract(a, b)


@op(
    "{a} · {b}",
    r"{a} \cdot {b}",
    binds=PRODUCT,
    operator="__mul__",
    numpy=np.multiply,
    linear=True,
    local={"a": lambda out, a, b: b, "b": lambda out, a, b: a},
    cases=PAIRS,
)
def mul(a: Array, b: Array) -> Array:
    """Multiply: the slope for one factor is the other factor."""
    return np.multiply(a, b)


@op(
    "{a} / {b}",
    r"\frac{{a}}{{b}}",
    binds=PRODUCT,
    associative=False,
    elementwise=True,
    floating=True,
    operator="__truediv__",
    numpy=np.true_divide,
    vjp={"a": lambda g, out, a, b: g / b, "b": lambda g, out, a, b: -g * out / b},
    cases=NONZERO_PAIRS,
)
def div(a: Array, b: Array) -> Array:
    """Divide: growing the denominator shrinks the result by out / b."""
    return np.true_divide(a, b)


@op(
    "−{x}",
    "-{x}",
    binds=NEGATION,
    elementwise=True,
    linear=True,
    operator="__neg__",
    numpy=np.negative,
    vjp={"x": lambda g, out, x: -g},
    cases=ANYWHERE,
)
def neg(x: Array) -> Array:
    """Turn the sign, of the value and of the gradient."""
    return np.negative(x)


@op("{x}²", "{x}^2", binds=POWER, numpy=np.square, local={"x": lambda out, x: 2 * x}, cases=ANYWHERE)
def square(x: Array) -> Array:
    """Multiply a number by itself; its slope is twice the number."""
    return np.square(x)


def _power_rule(g: Array, out: Array, x: Array, *, exponent: float) -> Array:
    if exponent == 0:
        return no_slope(x)
    if exponent == 1:
        return g
    return g * exponent * (x if exponent == 2 else pow_constant(x, exponent=exponent - 1))


@op(
    "{x}^{exponent}",
    "{x}^{{exponent}}",
    binds=POWER,
    name="pow_constant",
    method=False,
    elementwise=True,
    vjp={"x": _power_rule},
    cases=[
        case(normal(3), exponent=2),
        case(values([-1.0, 0.0, np.inf, np.nan]), exponent=0, smooth=False),
        case(values([-1.0, 0.0, np.inf, np.nan]), exponent=1, smooth=False),
        case(uniform(0.5, 2, 3), exponent=-1.5),
        case(-2.0, exponent=3),
    ],
)
def pow_constant(x: Array, *, exponent: float) -> Array:
    """Raise to a constant power: bring the exponent down, and lower it by one."""
    return np.power(x, exponent)


def _power_base(g: Array, out: Array, a: Array, b: Array) -> Array:
    return where(b == 0, 0, g * b * power(a, b - 1))


def _power_exponent(g: Array, out: Array, a: Array, b: Array) -> Array:
    """out · ln a, with 0 where the base is 0 and the exponent is not negative (there the power stays 0)."""
    return where((a == 0) & (b >= 0), 0, g * out * np.log(a))


@op(
    "{a}^{b}",
    "{a}^{{b}}",
    binds=POWER,
    elementwise=True,
    numpy=np.power,
    method=False,
    vjp={"a": _power_base, "b": _power_exponent},
    cases=[
        case(uniform(0.5, 2, 3, 4), normal(4)),
        case(2.0, 3.0),
        case(values([0.0, 0.0, 2.0]), values([2.0, 1.0, 0.0]), smooth=False, twice=False),
    ],
)
def power(a: Array, b: Array) -> Array:
    """Raise one number to the power of another."""
    return np.power(a, b)


@composite(
    method=True,
    grouped=False,
    cases=[case(normal(3), 2), case(uniform(0.5, 2, 3), 0.5), case(2.0, uniform(0.5, 2, 3)), case(normal(3), 0)],
)
def pow_(input: Array, exponent: Any) -> Array:
    """Raise to a power, constant or not."""
    return pow_constant(input, exponent=exponent) if isinstance(exponent, int | float) else power(input, exponent)


# --- comparisons: whole facts without a slope ------------------------------------------------------------------------

COMPARED = [case(normal(3, 4), normal(4), smooth=False), case(2.0, 2.0, smooth=False)]


@op("{a} > {b}", "{a} > {b}", binds=COMPARISON, operator="__gt__", numpy=np.greater, elementwise=True, cases=COMPARED)
def gt(a: Array, b: Array) -> Array:
    """True where ``a`` is greater than ``b``."""
    return np.greater(a, b)


@op(
    "{a} ≥ {b}",
    r"{a} \ge {b}",
    binds=COMPARISON,
    operator="__ge__",
    numpy=np.greater_equal,
    elementwise=True,
    cases=COMPARED,
)
def ge(a: Array, b: Array) -> Array:
    """True where ``a`` is greater than or equal to ``b``."""
    return np.greater_equal(a, b)


@op("{a} < {b}", "{a} < {b}", binds=COMPARISON, operator="__lt__", numpy=np.less, elementwise=True, cases=COMPARED)
def lt(a: Array, b: Array) -> Array:
    """True where ``a`` is less than ``b``."""
    return np.less(a, b)


@op(
    "{a} ≤ {b}",
    r"{a} \le {b}",
    binds=COMPARISON,
    operator="__le__",
    numpy=np.less_equal,
    elementwise=True,
    cases=COMPARED,
)
def le(a: Array, b: Array) -> Array:
    """True where ``a`` is less than or equal to ``b``."""
    return np.less_equal(a, b)


@op("{a} = {b}", "{a} = {b}", binds=COMPARISON, operator="__eq__", numpy=np.equal, elementwise=True, cases=COMPARED)
def eq(a: Array, b: Array) -> Array:
    """True where the two are equal."""
    return np.equal(a, b)


@op(
    "{a} ≠ {b}",
    r"{a} \ne {b}",
    binds=COMPARISON,
    operator="__ne__",
    numpy=np.not_equal,
    elementwise=True,
    cases=COMPARED,
)
def ne(a: Array, b: Array) -> Array:
    """True where the two differ."""
    return np.not_equal(a, b)


ODD_AND_EVEN = [*COMPARED, case(normal(3, 4), truths(4)), case(values([0.0, np.nan, 2.0]), values([0.0, 1.0, 0.0]))]


@op("{a} and {b}", r"{a} \land {b}", binds=COMPARISON, numpy=np.logical_and, elementwise=True, cases=ODD_AND_EVEN)
def logical_and(a: Array, b: Array) -> Array:
    """True where neither is zero (or False)."""
    return np.logical_and(a, b)


@op("{a} or {b}", r"{a} \lor {b}", binds=COMPARISON, numpy=np.logical_or, elementwise=True, cases=ODD_AND_EVEN)
def logical_or(a: Array, b: Array) -> Array:
    """True where at least one isn't zero (or False)."""
    return np.logical_or(a, b)


@op(
    "{a} xor {b}",
    r"{a} \text{ xor } {b}",
    binds=COMPARISON,
    associative=False,
    numpy=np.logical_xor,
    elementwise=True,
    cases=ODD_AND_EVEN,
)
def logical_xor(a: Array, b: Array) -> Array:
    """True where just one isn't zero (or False)."""
    return np.logical_xor(a, b)


@op(
    "not {x}",
    r"\lnot {x}",
    binds=COMPARISON,
    numpy=np.logical_not,
    elementwise=True,
    cases=[case(values([0.0, -1.0, np.nan])), case(truths(3))],
)
def logical_not(x: Array) -> Array:
    """True where a number is zero (or False)."""
    return np.logical_not(x)


BOTH = [case(integers(0, 8, 3, 4), integers(0, 8, 4)), case(truths(3, 4), truths(4), smooth=False)]


@op(
    "{a} and {b}",
    r"{a} \land {b}",
    binds=COMPARISON,
    operator="__and__",
    numpy=(np.bitwise_and,),
    elementwise=True,
    name="bitwise_and",
    cases=BOTH,
)
def bitwise_and(a: Array, b: Array) -> Array:
    """True where both are; on whole numbers, bit by bit."""
    return np.bitwise_and(a, b)


@op(
    "{a} or {b}",
    r"{a} \lor {b}",
    binds=COMPARISON,
    operator="__or__",
    numpy=(np.bitwise_or,),
    elementwise=True,
    name="bitwise_or",
    cases=BOTH,
)
def bitwise_or(a: Array, b: Array) -> Array:
    """True where either is; on whole numbers, bit by bit."""
    return np.bitwise_or(a, b)


@op(
    "{a} xor {b}",
    r"{a} \text{ xor } {b}",
    binds=COMPARISON,
    operator="__xor__",
    numpy=(np.bitwise_xor,),
    elementwise=True,
    cases=BOTH,
)
def bitwise_xor(a: Array, b: Array) -> Array:
    """True where just one is; on whole numbers, bit by bit."""
    return np.bitwise_xor(a, b)


@op(
    "not {x}",
    r"\lnot {x}",
    binds=COMPARISON,
    operator="__invert__",
    numpy=(np.invert,),
    elementwise=True,
    name="bitwise_not",
    cases=[case(truths(3), smooth=False)],
)
def bitwise_not(x: Array) -> Array:
    """True where it was False; on whole numbers, every bit turned."""
    return np.invert(x)


def _chosen(g: Array, out: Array, condition: Array, a: Array, b: Array) -> Array:
    return where(condition, g, 0)


def _not_chosen(g: Array, out: Array, condition: Array, a: Array, b: Array) -> Array:
    return where(condition, 0, g)


def _bind_where(condition: Array, input: Any = None, other: Any = None) -> tuple[tuple[Array, ...], dict[str, Any]]:
    if input is None or other is None:
        raise TypeError(
            "where takes a condition and what to choose from, where(c, a, b); for the positions where c is true, nonzero(c, as_tuple=True)"
        )
    return (condition, input, other), {}


@op(
    "{a} if {condition} else {b}",
    r"\begin{cases} {a} & \text{if } {condition} \\ {b} & \text{else} \end{cases}",
    binds=CONDITION,
    elementwise=True,
    numpy=np.where,
    bind=_bind_where,
    method=False,
    vjp={"a": _chosen, "b": _not_chosen},
    cases=[case(truths(3, 4), normal(3, 4), normal(4)), case(truths(2), 1.0, normal(2))],
)
def where(condition: Array, a: Array, b: Array) -> Array:
    """Choose: the gradient goes to the one that was chosen, and nothing to the other."""
    return np.where(condition, a, b)


def _cast_back(g: Array, out: Array, x: Array, *, dtype: Any) -> Array:
    return cast(g, dtype=x.dtype)


@op(
    "{x} as {dtype}",
    r"{x} \text{ as } \text{{dtype}}",
    binds=CONDITION,
    linear=True,
    elementwise=False,
    method=False,
    vjp={"x": _cast_back},
)
def cast(x: Array, *, dtype: Any) -> Array:
    """The same numbers in another type."""
    return np.asarray(x).astype(dtype)


def _flat(g: Array, out: Array, x: Array) -> Array:
    return no_slope(g)


@op("0", "0", elementwise=True, linear=True, method=False, vjp={"x": _flat})
def no_slope(x: Array) -> Array:
    """What a flat function hands on of any gradient, even an infinite one: nothing."""
    return np.zeros_like(x)


# --- division with whole results -------------------------------------------------------------------------------------

WHOLE = [
    case(normal(3, 4), uniform(0.5, 2, 4)),
    case(values([5.0, -5.0, 5.0, -5.0, 6.0, 0.0]), values([3.0, 3.0, -3.0, -3.0, 2.0, -1.0]), smooth=False),
    case(integers(-9, 9, 3, 4), fixed([1, -2, 3, -4])),
    case(normal(3), 0.75, smooth=False),
    case(integers(-9, 9, 4), fixed(2.5), smooth=False),
]


class DivisionByZeroError(GradwalkError, RuntimeError, ZeroDivisionError):
    """A whole number divided by zero. (PyTorch raises RuntimeError here, Python ZeroDivisionError: this is both.)"""


def divisible(name: str, a: Array, b: Array) -> None:
    """Refuse whole numbers divided by zero, for which there is no whole ∞ or NaN."""
    if np.any(np.equal(b, 0)) and np.result_type(a, b).kind in "biu":
        raise DivisionByZeroError(
            f"{name}: a whole number can't be divided by 0; convert to floats first (x.double()), which have ∞ and NaN"
        )


@op(
    "⌊{a} / {b}⌋",
    r"\lfloor {a} / {b} \rfloor",
    operator="__floordiv__",
    numpy=(np.floor_divide,),
    elementwise=True,
    vjp={"a": lambda g, out, a, b: no_slope(g), "b": lambda g, out, a, b: no_slope(g)},
    cases=WHOLE,
)
def floor_divide(a: Array, b: Array) -> Array:
    """How often ``b`` fits into ``a``, rounded down: flat between the steps, so no gradient passes."""
    divisible("floor_divide", a, b)
    return np.floor_divide(a, b)


@op(
    "trunc({a} / {b})",
    r"\operatorname{trunc}({a} / {b})",
    method=False,
    elementwise=True,
    vjp={"a": lambda g, out, a, b: no_slope(g), "b": lambda g, out, a, b: no_slope(g)},
    cases=WHOLE,
)
def trunc_divide(a: Array, b: Array) -> Array:
    """How often ``b`` fits into ``a``, rounded towards zero: flat between the steps, so no gradient passes."""
    divisible("div(rounding_mode='trunc')", a, b)
    if np.result_type(a, b).kind == "f":
        return np.trunc(np.true_divide(a, b))
    return (a - np.fmod(a, b)) // b  # whole numbers stay exact, however long


@op(
    "{a} mod {b}",
    r"{a} \operatorname{mod} {b}",
    binds=PRODUCT,
    associative=False,
    operator="__mod__",
    numpy=(np.remainder,),
    elementwise=True,
    vjp={"a": lambda g, out, a, b: g, "b": lambda g, out, a, b: -g * floor_divide(a, b)},
    cases=WHOLE,
)
def remainder(a: Array, b: Array) -> Array:
    """What is left when ``b`` was taken out of ``a`` as often as it fits; it has the sign of ``b``, as in Python."""
    divisible("remainder", a, b)
    return np.remainder(a, b)


@op(
    "fmod({a}, {b})",
    r"\operatorname{fmod}({a}, {b})",
    numpy=(np.fmod,),
    elementwise=True,
    vjp={"a": lambda g, out, a, b: g, "b": lambda g, out, a, b: -g * trunc_divide(a, b)},
    cases=WHOLE,
)
def fmod(a: Array, b: Array) -> Array:
    """The remainder that has the sign of ``a``, as in C."""
    divisible("fmod", a, b)
    return np.fmod(a, b)


ROUNDED_DIVISIONS = {None: div, "floor": floor_divide, "trunc": trunc_divide}


@composite(
    method=True,
    grouped=False,
    cases=[case(normal(3, 4), uniform(0.5, 2, 4), rounding_mode=mode) for mode in ROUNDED_DIVISIONS]
    + [case(integers(-9, 9, 6), fixed([2, -3, 4, -2, 3, 4]), rounding_mode=mode) for mode in ROUNDED_DIVISIONS],
)
def divide(input: Array, other: Array, *, rounding_mode: str | None = None) -> Array:
    """Divide, and round down ('floor') or towards zero ('trunc') if asked."""
    if rounding_mode not in ROUNDED_DIVISIONS:
        raise ValueError(f"div: rounding_mode must be None, 'floor' or 'trunc', not {rounding_mode!r}")
    return ROUNDED_DIVISIONS[rounding_mode](input, other)


# PyTorch's second names. `div` is the one that takes rounding_mode; the operator `/` stays the plain op.
ALIASES.update(
    subtract="sub", multiply="mul", div="divide", true_divide="divide", negative="neg",
    greater="gt", greater_equal="ge", less="lt", less_equal="le", not_equal="ne",
)  # fmt: skip
