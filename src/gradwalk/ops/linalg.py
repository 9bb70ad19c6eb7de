"""Products of vectors and matrices."""

from __future__ import annotations

import numpy as np

from gradwalk.formula import PRODUCT
from gradwalk.ops.declare import Array, case, normal, op
from gradwalk.ops.shape import mT, reshape, unsqueeze


def _matmul_left(g: Array, out: Array, a: Array, b: Array) -> Array:
    if b.ndim > 1:
        if a.ndim > 1:
            return matmul(g, mT(b))
        return reshape(matmul(b, unsqueeze(g, dim=-1)), shape=b.shape[:-1])
    return g * b if a.ndim == 1 else unsqueeze(g, dim=-1) * b


def _matmul_right(g: Array, out: Array, a: Array, b: Array) -> Array:
    if a.ndim > 1:
        if b.ndim > 1:
            return matmul(mT(a), g)
        return matmul(mT(a), g) if a.ndim == 2 else unsqueeze(g, dim=-1) * a
    return g * a if b.ndim == 1 else unsqueeze(a, dim=-1) * unsqueeze(g, dim=-2)


@op(
    "{a} @ {b}",
    r"{a} \; {b}",
    binds=PRODUCT,
    operator="__matmul__",
    numpy=np.matmul,
    linear=True,
    vjp={"a": _matmul_left, "b": _matmul_right},
    cases=[
        case(normal(2, 3), normal(3, 4)),
        case(normal(3), normal(3)),
        case(normal(2, 3), normal(3)),
        case(normal(3), normal(3, 2)),
        case(normal(5, 2, 3), normal(5, 3, 4)),
        case(normal(2, 1, 2, 3), normal(4, 3, 2)),
        case(normal(5, 2, 3), normal(3)),
        case(normal(3), normal(5, 3, 2)),
        case(normal(2, 0), normal(0, 3)),
    ],
)
def matmul(a: Array, b: Array) -> Array:
    """Multiply matrices: each row of ``a`` meets each column of ``b``."""
    return np.matmul(a, b)
