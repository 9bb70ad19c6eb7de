"""The same numbers in another arrangement; and broadcasting, written down and undone."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.ops.declare import Array, case, normal, op


def sizes(given: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape given as one tuple or as several numbers: ``x.reshape(2, 3)`` and ``x.reshape((2, 3))``."""
    return tuple(int(n) for n in (given[0] if len(given) == 1 and isinstance(given[0], tuple | list) else given))


def _bind_reshape(x: Array, *shape: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return (x,), {"shape": sizes(shape)}


@op(
    "reshape({x}, {shape})",
    r"\operatorname{reshape}_{{shape}}({x})",
    linear=True,
    view=True,
    numpy=np.reshape,
    bind=_bind_reshape,
    vjp={"x": lambda g, out, x, *, shape: reshape(g, shape=x.shape)},
    cases=[case(normal(3, 4), (2, 6)), case(normal(3, 4), (-1,)), case(normal(2, 0), (0, 5)), case(2.0, (1, 1))],
)
def reshape(x: Array, *, shape: tuple[int, ...]) -> Array:
    """The same numbers, in the same order, in another shape."""
    return np.reshape(x, shape)


@op(
    "fold({x}, {shape})",
    r"\operatorname{fold}_{{shape}}({x})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, *, shape: spread(g, shape=x.shape)},
)
def fold(x: Array, *, shape: tuple[int, ...]) -> Array:
    """Undo broadcasting: add up the entries that came from one."""
    extra = np.ndim(x) - len(shape)
    stretched = tuple(i for i, size in enumerate(np.shape(x)) if i < extra or shape[i - extra] == 1 != size)
    return np.sum(x, axis=stretched, keepdims=True).reshape(shape) if stretched else np.reshape(x, shape)


@op(
    "spread({x}, {shape})",
    r"\operatorname{spread}_{{shape}}({x})",
    linear=True,
    method=False,
    vjp={"x": lambda g, out, x, *, shape: fold(g, shape=x.shape)},
)
def spread(x: Array, *, shape: tuple[int, ...]) -> Array:
    """Hand the same number to every entry of a larger shape: broadcasting, written down."""
    return np.broadcast_to(x, shape)


@op("{x}ᵀ", r"{x}^\top", linear=True, view=True, name="mT", method=False, vjp={"x": lambda g, out, x: mT(g)}, cases=[])
def mT(x: Array) -> Array:
    """Turn the last two dimensions round: rows become columns."""
    return np.swapaxes(x, -1, -2)


@op(
    "unsqueeze({x}, {dim})",
    r"\operatorname{unsqueeze}_{{dim}}({x})",
    linear=True,
    view=True,
    numpy=np.expand_dims,
    vjp={"x": lambda g, out, x, *, dim: reshape(g, shape=x.shape)},
    cases=[case(normal(3, 4), 1), case(normal(3), -1), case(2.0, 0)],
)
def unsqueeze(x: Array, *, dim: int) -> Array:
    """Put a dimension of size 1 in."""
    return np.expand_dims(x, dim)
