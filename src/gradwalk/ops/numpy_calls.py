"""NumPy's functions on rearranging and picking, in NumPy's own conventions, as ops.

Each function here takes the arguments that NumPy's function takes, and gives the op that does it, its inputs and its
parameters. It may call other ops on the way (NumPy flattens where PyTorch wouldn't).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradwalk.formula import NUMPY_HEADS
from gradwalk.ops.declare import Array
from gradwalk.ops.index import aligned, diagonal, gather, index_select, tril, triu
from gradwalk.ops.join import _bind_cat, _bind_repeat_interleave, cat, repeat, repeat_interleave, stack
from gradwalk.ops.shape import (
    T,
    axes,
    complete,
    flip,
    moved,
    permute,
    ravel,
    reshape,
    roll,
    shape_of,
    sizes,
    spread,
    squeeze,
    stretched,
    transpose,
    unsqueeze,
)  # fmt: skip

Call = tuple[Any, tuple[Any, ...], dict[str, Any]]


def replaces(function: Any) -> Callable[[Callable[..., Call]], Callable[..., Call]]:
    """Say what a call of one NumPy function becomes."""

    def enter(adapter: Callable[..., Call]) -> Callable[..., Call]:
        NUMPY_HEADS[function] = adapter
        return adapter

    return enter


@replaces(np.reshape)
def _(a: Array, /, shape: Any, order: str = "C") -> Call:
    if order != "C":
        raise TypeError(f"np.reshape(…, order={order!r}) isn't recorded; transpose first")
    return reshape, (a,), {"shape": complete(sizes((shape,)), shape_of(a))}


@replaces(np.ravel)
def _(a: Array) -> Call:
    return reshape, (a,), {"shape": complete((-1,), shape_of(a))}


@replaces(np.transpose)
def _(a: Array, axes: Any = None) -> Call:
    return (T, (a,), {}) if axes is None else (permute, (a,), {"dims": sizes((axes,))})


@replaces(np.swapaxes)
def _(a: Array, axis1: int, axis2: int) -> Call:
    return transpose, (a,), {"dim0": axis1, "dim1": axis2}


@replaces(np.moveaxis)
def _(a: Array, source: Any, destination: Any) -> Call:
    return permute, (a,), {"dims": moved(a.ndim, source, destination)}


@replaces(np.squeeze)
def _(a: Array, axis: Any = None) -> Call:
    return squeeze, (a,), {"dim": axis}


@replaces(np.expand_dims)
def _(a: Array, axis: int) -> Call:
    return unsqueeze, (a,), {"dim": axis}


@replaces(np.broadcast_to)
def _(array: Array, shape: Any) -> Call:
    return spread, (array,), {"shape": stretched(sizes((shape,)), shape_of(array), "broadcast_to")}


@replaces(np.flip)
def _(m: Array, axis: Any = None) -> Call:
    return flip, (m,), {"dims": axes(axis, m.ndim)}


@replaces(np.roll)
def _(a: Array, shift: Any, axis: Any = None) -> Call:
    return roll, (a,), {"shifts": sizes((shift,)), "dims": None if axis is None else sizes((axis,))}


@replaces(np.concatenate)
def _(arrays: Any, /, axis: int | None = 0) -> Call:
    tensors = [ravel(x) for x in arrays] if axis is None else arrays
    return (cat, *_bind_cat(tensors, axis or 0))


@replaces(np.stack)
def _(arrays: Any, axis: int = 0) -> Call:
    return stack, tuple(arrays), {"dim": axis}


@replaces(np.tile)
def _(A: Array, reps: Any) -> Call:
    times = sizes((reps,))
    return repeat, (A,), {"repeats": (*[1] * (A.ndim - len(times)), *times)}


@replaces(np.repeat)
def _(a: Array, repeats: Any, axis: int | None = None) -> Call:
    return (repeat_interleave, *_bind_repeat_interleave(a, repeats, axis))


@replaces(np.tril)
def _(m: Array, k: int = 0) -> Call:
    return tril, (m,), {"diagonal": k}


@replaces(np.triu)
def _(m: Array, k: int = 0) -> Call:
    return triu, (m,), {"diagonal": k}


@replaces(np.diagonal)
def _(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Call:
    return diagonal, (a,), {"offset": offset, "dim1": axis1, "dim2": axis2}


@replaces(np.take)
def _(a: Array, indices: Any, axis: int | None = None) -> Call:
    return index_select, (ravel(a) if axis is None else a, np.asarray(indices)), {"dim": axis or 0}


@replaces(np.take_along_axis)
def _(arr: Array, indices: Any, axis: int | None = -1) -> Call:
    if axis is None:
        return gather, (ravel(arr), ravel(indices)), {"dim": 0}
    return gather, aligned(arr, indices, axis), {"dim": axis}
