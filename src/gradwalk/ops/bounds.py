"""The larger, the smaller, what lies within bounds, and what lies between two numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.formula import NUMPY_HEADS, SUM
from gradwalk.ops.arithmetic import PAIRS, where
from gradwalk.ops.declare import ALIASES, Array, Op, case, composite, integers, normal, op, uniform, values

TIES = case(values([1.0, 2.0, 3.0, 4.0]), values([3.0, 2.0, 1.0, 4.0]), smooth=False)
MEETING = [*PAIRS, TIES, case(values([np.nan, 1.0]), values([1.0, np.nan]), smooth=False)]


@op(
    "max({a}, {b})",
    r"\max({a}, {b})",
    numpy=np.maximum,
    elementwise=True,
    vjp={
        "a": lambda g, out, a, b: where(a < b, 0, where(a == b, g / 2, g)),
        "b": lambda g, out, a, b: where(b < a, 0, where(a == b, g / 2, g)),
    },
    cases=MEETING,
)
def maximum(a: Array, b: Array) -> Array:
    """The larger of the two gets the whole gradient; equals share it."""
    return np.maximum(a, b)


@op(
    "min({a}, {b})",
    r"\min({a}, {b})",
    numpy=np.minimum,
    elementwise=True,
    vjp={
        "a": lambda g, out, a, b: where(a > b, 0, where(a == b, g / 2, g)),
        "b": lambda g, out, a, b: where(b > a, 0, where(a == b, g / 2, g)),
    },
    cases=MEETING,
)
def minimum(a: Array, b: Array) -> Array:
    """The smaller of the two gets the whole gradient; equals share it."""
    return np.minimum(a, b)


@op(
    "clamp({x}, min={low})",
    r"\operatorname{clamp}({x}, \min={low})",
    elementwise=True,
    vjp={"x": lambda g, out, x, low: where(x >= low, g, 0), "low": lambda g, out, x, low: where(x < low, g, 0)},
    cases=[*PAIRS, TIES, case(normal(3, 4), 0.25)],
)
def clamp_min(x: Array, low: Array) -> Array:
    """Lift whatever is below a bound to the bound, which then gets the gradient."""
    return np.maximum(x, low)


@op(
    "clamp({x}, max={high})",
    r"\operatorname{clamp}({x}, \max={high})",
    elementwise=True,
    vjp={"x": lambda g, out, x, high: where(x <= high, g, 0), "high": lambda g, out, x, high: where(x > high, g, 0)},
    cases=[*PAIRS, TIES, case(normal(3, 4), 0.25)],
)
def clamp_max(x: Array, high: Array) -> Array:
    """Lower whatever is above a bound to the bound, which then gets the gradient."""
    return np.minimum(x, high)


@op(
    "clamp({x}, {low}, {high})",
    r"\operatorname{clamp}({x}, {low}, {high})",
    elementwise=True,
    method=False,
    vjp={
        "x": lambda g, out, x, low, high: where((x >= low) & (x <= high), g, 0),
        "low": lambda g, out, x, low, high: where((x < low) & (low < high), g, 0),
        "high": lambda g, out, x, low, high: where((x > high) | (low > high), g, 0),
    },
    cases=[
        case(normal(3, 4), uniform(-1, 0, 4), uniform(0, 1, 3, 1)),
        case(
            values([0.0, 1.0, 2.0, 3.0, 4.0, 2.0]),
            values([1.0, 1, 1, 1, 1, 5]),
            values([3.0, 3, 3, 3, 3, 3]),
            smooth=False,
        ),
    ],
)
def clamp_between(x: Array, low: Array, high: Array) -> Array:
    """Keep numbers between two bounds: only those strictly inside, or on a bound, pass their gradient on."""
    return np.minimum(np.maximum(x, low), high)


def clamping(x: Array, low: Array, high: Array) -> tuple[Op, tuple[Array, ...]]:
    """The op that applies the bounds that were given, with its inputs."""
    if low is None and high is None:
        raise ValueError("clamp: give min, max, or both")
    if high is None:
        return clamp_min, (x, low)
    return (clamp_max, (x, high)) if low is None else (clamp_between, (x, low, high))


@composite(
    method=True,
    grouped=False,
    cases=[
        case(normal(3, 4), min=-0.5, max=0.5),
        case(normal(3, 4), min=0),
        case(normal(3, 4), max=0.25),
        case(normal(3, 4), normal(4), uniform(0, 1, 4)),
        case(normal(3, 4), max=normal(4)),
        case(values([0.0, 1.0, 2.0, np.nan]), min=1, max=2, smooth=False),
        case(integers(-5, 5, 4), min=-1, max=2),
    ],
)
def clamp(input: Array, min: Array = None, max: Array = None) -> Array:
    """Keep numbers between two bounds, which may be numbers or tensors; one may be left out."""
    made, inputs = clamping(input, min, max)
    return made(*inputs)


def _numpy_clip(
    a: Array, a_min: Array = None, a_max: Array = None, *, min: Array = None, max: Array = None
) -> tuple[Op, tuple[Array, ...], dict[str, Any]]:
    return (*clamping(a, min if a_min is None else a_min, max if a_max is None else a_max), {})


NUMPY_HEADS[np.clip] = _numpy_clip


@op(
    "{start} + {weight} · ({end} − {start})",
    r"{start} + {weight} \cdot ({end} - {start})",
    binds=SUM,
    elementwise=True,
    vjp={
        "start": lambda g, out, start, end, weight: g * (1 - weight),
        "end": lambda g, out, start, end, weight: g * weight,
        "weight": lambda g, out, start, end, weight: g * (end - start),
    },
    cases=[
        case(normal(3, 4), normal(4), uniform(0, 1, 3, 1)),
        case(1.0, 3.0, 0.25),
        case(normal(3), normal(3), weight=0.3),
        case(normal(3), normal(3), weight=1),
    ],
)
def lerp(start: Array, end: Array, weight: Array) -> Array:
    """Go part of the way from one number to another: not at all with weight 0, all the way with 1."""
    near = np.less(weight, 0.5)  # from the nearer end, so that both ends are reached exactly
    return np.where(near, start + weight * (end - start), end - (1 - weight) * (end - start))[()]


THREE = (normal(3, 4), normal(4), uniform(0.5, 2, 3, 1))


@composite(method=True, cases=[case(*THREE), case(*THREE, value=0.5)])
def addcmul(input: Array, tensor1: Array, tensor2: Array, *, value: float = 1) -> Array:
    """Add a product: input + value · tensor1 · tensor2."""
    product = tensor1 * tensor2
    return input + (product if value == 1 else value * product)


@composite(method=True, cases=[case(*THREE), case(*THREE, value=0.5)])
def addcdiv(input: Array, tensor1: Array, tensor2: Array, *, value: float = 1) -> Array:
    """Add a quotient: input + value · tensor1 / tensor2."""
    quotient = tensor1 / tensor2
    return input + (quotient if value == 1 else value * quotient)


ALIASES["clip"] = "clamp"
