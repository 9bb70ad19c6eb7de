"""Sums, means, products and extremes over dimensions, and how they are undone."""

from __future__ import annotations

import numpy as np

from gradwalk.ops.declare import Array, case, normal, op
from gradwalk.ops.shape import reshape, spread

Dims = int | tuple[int, ...] | None

REDUCED = [
    case(normal(3, 4)),
    case(normal(3, 4), 0),
    case(normal(3, 4), -1, True),
    case(normal(2, 3, 4), (0, 2)),
    case(normal(2, 3, 4), dim=(-1, 0), keepdim=True),
    case(1.5),
    case(normal(0, 3), 0),
]


def kept(shape: tuple[int, ...], dim: Dims) -> tuple[int, ...]:
    """The shape after a reduction with ``keepdim``: every reduced dimension is 1."""
    reduced = range(len(shape)) if dim is None else [d % max(len(shape), 1) for d in np.atleast_1d(dim)]
    return tuple(1 if i in reduced else size for i, size in enumerate(shape))


def undo_sum(g: Array, shape: tuple[int, ...], dim: Dims) -> Array:
    """Undo a sum: hand the same gradient to every entry that was summed."""
    return spread(reshape(g, shape=kept(shape, dim)), shape=shape)


@op(
    "Σ({x}, dim={dim})",
    r"\sum_{{dim}} {x}",
    linear=True,
    numpy=np.sum,
    vjp={"x": lambda g, out, x, *, dim, keepdim: undo_sum(g, x.shape, dim)},
    cases=REDUCED,
)
def sum_(x: Array, *, dim: Dims = None, keepdim: bool = False) -> Array:
    """Add up entries, all of them or along some dimensions."""
    return np.sum(x, axis=dim, keepdims=keepdim)


def count(shape: tuple[int, ...], dim: Dims) -> int:
    """How many entries go into each result of a reduction."""
    return int(np.prod(shape)) // max(int(np.prod(kept(shape, dim))), 1)


@op(
    "mean({x}, dim={dim})",
    r"\operatorname{mean}_{{dim}}({x})",
    linear=True,
    numpy=np.mean,
    vjp={"x": lambda g, out, x, *, dim, keepdim: undo_sum(g, x.shape, dim) / count(x.shape, dim)},
    cases=REDUCED[:-1],
)
def mean(x: Array, *, dim: Dims = None, keepdim: bool = False) -> Array:
    """Average entries: each gets an equal share of the gradient."""
    return np.mean(x, axis=dim, keepdims=keepdim)
