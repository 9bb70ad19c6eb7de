"""The same numbers in memory of their own."""

from __future__ import annotations

import numpy as np

from gradwalk.ops.declare import Array, case, normal, op


@op(
    "clone({x})",
    r"\operatorname{clone}({x})",
    linear=True,
    numpy=np.copy,
    vjp={"x": lambda g, out, x: g},
    cases=[case(normal(2, 3)), case(1.5), case(normal(0))],
)
def clone(x: Array) -> Array:
    """Copy: the numbers are the same, the gradient passes through, and the memory is new."""
    return np.array(x)


@op(
    "contiguous({x})",
    r"\operatorname{contiguous}({x})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x: g},
    cases=[case(normal(2, 3)), case(1.5), case(normal(0))],
)
def contiguous(x: Array) -> Array:
    """Copy: the numbers are the same, and lie in memory in their order."""
    return np.array(x, order="C")
