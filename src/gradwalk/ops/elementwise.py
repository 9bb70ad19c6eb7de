"""Functions of one number, applied to every entry."""

from __future__ import annotations

import numpy as np

from gradwalk.formula import POWER
from gradwalk.ops.arithmetic import where
from gradwalk.ops.declare import Array, case, normal, op, uniform, values

ANYWHERE = [case(-1.5), case(normal(3, 4)), case(normal(0, 2))]
POSITIVE = [case(0.5), case(uniform(0.1, 3, 3, 4)), case(uniform(1, 2, 0, 2))]
WITH_EXTREMES = [*ANYWHERE, case(values([-800.0, -40.0, 0.0, 40.0, 800.0]), smooth=False)]


@op("exp({x})", r"e^{{x}}", floating=True, numpy=np.exp, local={"x": lambda out, x: out}, cases=ANYWHERE)
def exp(x: Array) -> Array:
    """e to the power x: the function that is its own slope."""
    return np.exp(x)


@op("ln({x})", r"\ln({x})", floating=True, numpy=np.log, vjp={"x": lambda g, out, x: g / x}, elementwise=True, cases=POSITIVE)
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


@op("tanh({x})", r"\tanh({x})", floating=True, numpy=np.tanh, local={"x": lambda out, x: 1 - out * out}, cases=WITH_EXTREMES)
def tanh(x: Array) -> Array:
    """Squash any number into (−1, 1); the slope is at most 1, at zero."""
    return np.tanh(x)


@op("σ({x})", r"\sigma({x})", floating=True, local={"x": lambda out, x: out * (1 - out)}, cases=WITH_EXTREMES)
def sigmoid(x: Array) -> Array:
    """Squash any number into (0, 1); the slope needs only the output, and is at most 1/4."""
    return np.exp(-np.logaddexp(0, -x))  # logaddexp: exp(-x) overflows for x below −709


@op(
    "relu({x})",
    r"\operatorname{ReLU}({x})",
    elementwise=True,
    vjp={"x": lambda g, out, x: where(x > 0, g, 0)},
    cases=[*ANYWHERE, case(values([-1.0, 0.0, 2.0]), smooth=False)],
)
def relu(x: Array) -> Array:
    """Let positive numbers through and stop the rest; at zero the slope counts as 0."""
    return np.maximum(x, 0)
