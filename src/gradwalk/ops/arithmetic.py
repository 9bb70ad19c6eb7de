"""Sums, products, powers, comparisons and choices."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.formula import COMPARISON, CONDITION, NEGATION, POWER, PRODUCT, SUM
from gradwalk.ops.declare import Array, case, composite, normal, op, truths, uniform, values

PAIRS = [case(2.0, -3.0), case(normal(3, 4), normal(4)), case(normal(2, 1, 3), normal(4, 1)), case(normal(0, 3), normal(3))]
NONZERO_PAIRS = [case(2.0, -3.0), case(normal(3, 4), uniform(0.5, 2, 4)), case(normal(2, 1, 3), uniform(-2, -0.5, 4, 1))]
ANYWHERE = [case(-1.5), case(normal(3, 4)), case(normal(0, 2))]


@op(
    "{a} + {b}",
    "{a} + {b}",
    binds=SUM,
    elementwise=True,
    linear=True,
    operator="__add__",
    numpy=np.add,
    vjp={"a": lambda g, out, a, b: g, "b": lambda g, out, a, b: g},
    cases=PAIRS,
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
    cases=PAIRS,
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


def _power_slope(out: Array, x: Array, *, exponent: float) -> Array:
    if exponent in (0, 1, 2):  # written out: 0 · x⁻¹ would be NaN at 0, and x¹ is noise
        return x * 0 if exponent == 0 else 2 * x if exponent == 2 else x * 0 + 1
    return exponent * pow_constant(x, exponent=exponent - 1)


@op(
    "{x}^{exponent}",
    "{x}^{{exponent}}",
    binds=POWER,
    name="pow_constant",
    method=False,
    local={"x": _power_slope},
    cases=[case(normal(3), exponent=2), case(uniform(0.5, 2, 3), exponent=-1.5), case(-2.0, exponent=3)],
)
def pow_constant(x: Array, *, exponent: float) -> Array:
    """Raise to a constant power: bring the exponent down, and lower it by one."""
    return np.power(x, exponent)


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
    vjp={"a": lambda g, out, a, b: where(b == 0, 0, g * b * power(a, b - 1)), "b": _power_exponent},
    cases=[case(uniform(0.5, 2, 3, 4), normal(4)), case(2.0, 3.0), case(values([0.0, 0.0, 2.0]), values([2.0, 1.0, 0.0]), smooth=False, twice=False)],
)
def power(a: Array, b: Array) -> Array:
    """Raise one number to the power of another."""
    return np.power(a, b)


@composite(method=True, grouped=False, cases=[case(normal(3), 2), case(uniform(0.5, 2, 3), 0.5), case(2.0, uniform(0.5, 2, 3)), case(normal(3), 0)])
def pow_(input: Array, exponent: Any) -> Array:
    """Raise to a power, constant or not."""
    return pow_constant(input, exponent=exponent) if isinstance(exponent, int | float) else power(input, exponent)


# --- comparisons: whole facts without a slope ------------------------------------------------------------------------

COMPARED = [case(normal(3, 4), normal(4), smooth=False), case(2.0, 2.0, smooth=False)]


@op("{a} > {b}", "{a} > {b}", binds=COMPARISON, operator="__gt__", numpy=np.greater, elementwise=True, cases=COMPARED)
def gt(a: Array, b: Array) -> Array:
    """True where ``a`` is greater than ``b``."""
    return np.greater(a, b)


@op("{a} ≥ {b}", r"{a} \ge {b}", binds=COMPARISON, operator="__ge__", numpy=np.greater_equal, elementwise=True, cases=COMPARED)
def ge(a: Array, b: Array) -> Array:
    """True where ``a`` is greater than or equal to ``b``."""
    return np.greater_equal(a, b)


@op("{a} < {b}", "{a} < {b}", binds=COMPARISON, operator="__lt__", numpy=np.less, elementwise=True, cases=COMPARED)
def lt(a: Array, b: Array) -> Array:
    """True where ``a`` is less than ``b``."""
    return np.less(a, b)


@op("{a} ≤ {b}", r"{a} \le {b}", binds=COMPARISON, operator="__le__", numpy=np.less_equal, elementwise=True, cases=COMPARED)
def le(a: Array, b: Array) -> Array:
    """True where ``a`` is less than or equal to ``b``."""
    return np.less_equal(a, b)


@op("{a} = {b}", "{a} = {b}", binds=COMPARISON, operator="__eq__", numpy=np.equal, elementwise=True, cases=COMPARED)
def eq(a: Array, b: Array) -> Array:
    """True where the two are equal."""
    return np.equal(a, b)


@op("{a} ≠ {b}", r"{a} \ne {b}", binds=COMPARISON, operator="__ne__", numpy=np.not_equal, elementwise=True, cases=COMPARED)
def ne(a: Array, b: Array) -> Array:
    """True where the two differ."""
    return np.not_equal(a, b)


BOTH = [case(truths(3, 4), truths(4), smooth=False)]


@op("{a} and {b}", r"{a} \land {b}", binds=COMPARISON, operator="__and__", numpy=(np.bitwise_and,), elementwise=True, name="bitwise_and", cases=BOTH)
def bitwise_and(a: Array, b: Array) -> Array:
    """True where both are; on whole numbers, bit by bit."""
    return np.bitwise_and(a, b)


@op("{a} or {b}", r"{a} \lor {b}", binds=COMPARISON, operator="__or__", numpy=(np.bitwise_or,), elementwise=True, name="bitwise_or", cases=BOTH)
def bitwise_or(a: Array, b: Array) -> Array:
    """True where either is; on whole numbers, bit by bit."""
    return np.bitwise_or(a, b)


@op("not {x}", r"\lnot {x}", binds=COMPARISON, operator="__invert__", numpy=(np.invert,), elementwise=True, name="bitwise_not", cases=[case(truths(3), smooth=False)])
def bitwise_not(x: Array) -> Array:
    """True where it was False; on whole numbers, every bit turned."""
    return np.invert(x)


@op(
    "{a} if {condition} else {b}",
    r"\begin{cases} {a} & \text{if } {condition} \\ {b} & \text{else} \end{cases}",
    binds=CONDITION,
    elementwise=True,
    numpy=np.where,
    vjp={
        "a": lambda g, out, condition, a, b: where(condition, g, 0),
        "b": lambda g, out, condition, a, b: where(condition, 0, g),
    },
    cases=[case(truths(3, 4), normal(3, 4), normal(4)), case(truths(2), 1.0, normal(2))],
)
def where(condition: Array, a: Array, b: Array) -> Array:
    """Choose: the gradient goes to the one that was chosen, and nothing to the other."""
    return np.where(condition, a, b)


@op("{x} as {dtype}", r"{x} \text{ as } \text{{dtype}}", binds=CONDITION, linear=True, elementwise=False, method=False, vjp={"x": lambda g, out, x, *, dtype: cast(g, dtype=x.dtype)})
def cast(x: Array, *, dtype: Any) -> Array:
    """The same numbers in another type."""
    return np.asarray(x).astype(dtype)
