"""Sums, largest and smallest numbers along some axes, and counts of truths, as instructions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradwalk.program.listing import Call
from gradwalk.program.native.instructions import COUNT, LOOP
from gradwalk.program.native.loops import NO_LOOP, loop_of
from gradwalk.program.native.memory import Memory, Operand
from gradwalk.program.native.rows import Encoder, Rows
from gradwalk.program.native.tiling import NARROW, halved, largest, repeated
from gradwalk.program.native.typed import copying, types_of
from gradwalk.program.native.windows import nested_sum

# Reductions as ufuncs, with what leaves every number as it is.
REDUCTIONS: dict[Any, tuple[np.ufunc, float]] = {
    np.sum: (np.add, 0.0),
    np.add.reduce: (np.add, 0.0),
    np.ndarray.sum: (np.add, 0.0),
    np.max: (np.maximum, -np.inf),
    np.maximum.reduce: (np.maximum, -np.inf),
    np.ndarray.max: (np.maximum, -np.inf),
    np.min: (np.minimum, np.inf),
    np.ndarray.min: (np.minimum, np.inf),
}


def reduction(call: Call) -> Encoder | None:
    """The instructions of a reduction, if it is one of numbers as they are."""
    ufunc, neutral = REDUCTIONS[call.function]
    (x, *more), result = call.arguments, call.result
    opcode, loop = (COUNT, NO_LOOP) if x.dtype == bool else (LOOP, loop_of(ufunc, types_of([x, x], result)))
    if more or loop is None or not is_known(ufunc, neutral, call):
        return None
    axis = call.keywords.get("axis", 0 if isinstance(getattr(call.function, "__self__", None), np.ufunc) else None)
    kept = [i for i in range(x.ndim) if axis is not None and i not in positive(axis, x.ndim)]

    def encode(memory: Memory) -> Rows:
        source, target = memory.operand(x), memory.operand(result)
        lying, last = in_memory_order(source, kept)
        if opcode == LOOP and in_short_rows(lying.array, last) and target.array.flags.c_contiguous:
            rows = source.seen(lying.array.reshape(-1, result.size))
            return halved(loop, rows, target.seen(target.array.reshape(-1)), memory)
        filling = copying(np.array(neutral, result.dtype), result, memory)
        shape = [size if i in kept else 1 for i, size in enumerate(x.shape)]
        spread = target._replace(array=np.broadcast_to(np.reshape(target.array, shape), x.shape))
        if ufunc is np.maximum and (short_rows := largest(source, spread)):
            return short_rows
        if opcode == LOOP and (nest := nested_sum(ufunc, source, spread)):
            return [*filling, *nest]
        operands = [source, spread] if opcode == COUNT else [spread, source, spread]
        return [*filling, *repeated(opcode, loop, operands, memory)]

    return encode


def is_known(ufunc: np.ufunc, neutral: float, call: Call) -> bool:
    """Whether a reduction is of numbers as they are, or counts truths, and starts with what leaves every number as it is."""
    kind, dtype = call.arguments[0].dtype.kind, call.result.dtype
    settings = {"axis", "keepdims", "initial", "dtype"}
    counting = ufunc is np.add and dtype == np.int64 and kind in "bi"
    usual = call.keywords.get("initial", neutral) == neutral and call.keywords.get("dtype", dtype) == dtype
    return call.keywords.keys() <= settings and usual and (counting or dtype.kind == kind == "f")


def in_memory_order(source: Operand, kept: list[int]) -> tuple[Operand, list[int]]:
    """An array with its axes as they lie in memory, and where those are that are kept; they stay in their order."""
    steps = source.array.strides
    axes = sorted(range(source.array.ndim), key=lambda axis: -abs(steps[axis]))
    last = [axes.index(axis) for axis in kept]
    return (source._replace(array=source.array.transpose(axes)), last) if last == sorted(last) else (source, kept)


def in_short_rows(array: Any, kept: list[int]) -> bool:
    """Whether the axes that are kept are the last ones, and what they hold is a short row of the array's memory."""
    last = kept == list(range(array.ndim - len(kept), array.ndim))
    columns = math.prod(array.shape[i] for i in kept)
    return last and array.flags.c_contiguous and 1 < columns <= NARROW and columns < array.size


def positive(axis: Any, ndim: int) -> set[int]:
    """Axes counted from the first."""
    return {i % ndim for i in (axis if isinstance(axis, tuple) else (axis,))}
