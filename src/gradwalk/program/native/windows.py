"""Copies between arrays of any layout, and what goes on in windows: calls with many dimensions as instructions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradwalk.ops.conv import first_largest, largest, unwindow, windows
from gradwalk.program.into import RESHAPES, copied
from gradwalk.program.listing import Call
from gradwalk.program.native.instructions import (
    ADD_4,
    ADD_8,
    COPY_4,
    COPY_8,
    FIRST_4,
    FIRST_8,
    LARGER_4,
    LARGER_8,
    LOOP,
    PLANE_STEPS,
    PLANES,
    ROW_STEPS,
    ROWS,
    SIZES,
    STEPS,
)
from gradwalk.program.native.loops import NO_LOOP, copying_loop, loop_of
from gradwalk.program.native.memory import Memory, Operand
from gradwalk.program.native.rows import Dim, Encoder, Rows, begun, merged, row_of
from gradwalk.program.native.tiling import dims_of, moved, repeated

INSIDE = 4  # dimensions that an instruction goes through by itself; the kernel repeats it over two more
COPY = {4: COPY_4, 8: COPY_8}  # by the size of an entry
ADD, LARGER, FIRST = {"f": ADD_4, "d": ADD_8}, {"f": LARGER_4, "d": LARGER_8}, {"f": FIRST_4, "d": FIRST_8}  # by type
REDUCTIONS: dict[Any, dict[str, int]] = {np.add: ADD, np.maximum: LARGER}


def nested(opcode: int, source: Operand, target: Operand) -> Rows:
    """Combine each entry of a source with one of a target of the same shape, where several may be the same one."""
    dims = by_target(source.array, target.array)
    inner, outer = dims[: INSIDE + 2], dims[INSIDE + 2 :]
    return [nest_row(opcode, operands, inner) for operands in moved([source, target], outer)]


def swept(opcode: int, operands: Sequence[Operand]) -> Rows:
    """A loop with two dimensions inside, repeated over two more."""
    inner, second, *others = [*dims_of(operands), (1, (0,) * len(operands))]
    rows = [row_of(opcode, NO_LOOP, each, [inner, *others[:2]]) for each in moved(operands, others[2:])]
    for row in rows:
        row[SIZES + 1], row[STEPS + len(operands) : STEPS + 2 * len(operands)] = second
    return rows


def nested_sum(ufunc: np.ufunc, source: Operand, target: Operand) -> Rows:
    """A reduction over many dimensions, into what is there; nothing if there are few, or no instruction."""
    opcode = REDUCTIONS.get(ufunc, {}).get(target.array.dtype.char)
    many = len(by_target(source.array, target.array)) > 3
    return nested(opcode, source, target) if many and opcode is not None else []


def by_target(source: Any, target: Any) -> list[Dim]:
    """The dimensions, innermost first, in the order of the target's memory; those that it has no steps along are outside."""
    steps = list(zip(target.strides, source.strides, strict=True))
    axes = sorted(range(target.ndim), key=lambda axis: [-abs(step) or -np.inf for step in steps[axis]])
    shape = tuple(target.shape[axis] for axis in axes)
    return merged(shape, [tuple(array.strides[axis] for axis in axes) for array in (source, target)])


def nest_row(opcode: int, operands: Sequence[Operand], dims: Sequence[Dim]) -> list[int]:
    """The instruction for up to six dimensions."""
    row = begun(opcode, NO_LOOP, operands)
    row[SIZES : SIZES + INSIDE] = [1] * INSIDE
    for i, (size, steps) in enumerate(dims[:INSIDE]):
        place = INSIDE - 1 - i
        row[SIZES + place] = size
        row[STEPS + place], row[STEPS + INSIDE + place] = steps
    for (size, steps), count, start in zip(dims[INSIDE:], (ROWS, PLANES), (ROW_STEPS, PLANE_STEPS), strict=False):
        row[count] = size
        row[start : start + 2] = steps
    return row


# --- calls -----------------------------------------------------------------------------------------------------------


def _copied(call: Call) -> Encoder | None:
    x, result = call.arguments[0], call.result
    opcode = COPY.get(result.dtype.itemsize)
    if opcode is None or call.keywords or x.dtype != result.dtype or not result.value.flags.c_contiguous:
        return None

    def encode(memory: Memory) -> Rows:
        source, target = memory.operand(x), memory.operand(result)
        return nested(opcode, source, target.seen(target.array.reshape(source.array.shape)))

    return encode


def _unwindow(call: Call) -> Encoder | None:
    (x,), result, opcode = call.arguments, call.result, ADD.get(call.result.dtype.char)
    if opcode is None:
        return None
    steps = {name: call.keywords[name] for name in ("stride", "dilation")}

    def encode(memory: Memory) -> Rows:
        source, target = memory.operand(x), memory.operand(result)
        seen = windows(target.array, size=x.shape[-len(steps["stride"]) :], **steps)
        reached = target.seen(seen[(..., *(slice(n) for n in x.shape[-2 * len(steps["stride"]) :]))])
        if x.size == result.size and apart(x, **steps):
            return nested(COPY[result.dtype.itemsize], source, reached)
        return [*filled(0, target, memory), *nested(opcode, source, reached)]

    return encode


def apart(seen: Any, stride: Sequence[int], dilation: Sequence[int]) -> bool:
    """Whether no two windows show the same entry."""
    size = seen.shape[-len(stride) :]
    return all(s > d * (n - 1) for s, d, n in zip(stride, dilation, size, strict=True))


def _largest(call: Call) -> Encoder | None:
    (x,), result, opcode = call.arguments, call.result, LARGER.get(call.result.dtype.char)
    if opcode is None:
        return None
    inside = call.keywords["dims"]

    def encode(memory: Memory) -> Rows:
        source, target = memory.operand(x), memory.operand(result)
        first = source.seen(source.array[(..., *(0,) * inside)])
        everywhere = np.broadcast_to(target.array[(..., *(None,) * inside)], x.shape)
        start = nested(COPY[result.dtype.itemsize], first, target)
        return [*start, *nested(opcode, source, target._replace(array=everywhere))]

    return encode


def _first_largest(call: Call) -> Encoder | None:
    (x, best), result, opcode = call.arguments, call.result, FIRST.get(call.arguments[0].dtype.char)
    if opcode is None:
        return None
    size = x.shape[-call.keywords["dims"] :]

    def encode(memory: Memory) -> Rows:
        source, largest, target = (memory.operand(cell) for cell in (x, best, result))
        waiting = memory.operand(np.empty_like(largest.array, bool))
        rows = repeated(LOOP, loop_of(np.logical_not, "?->?") or NO_LOOP, [memory.operand(np.False_), waiting], memory)
        for place in itertools.product(*map(range, size)):
            here, first = (each.seen(each.array[(..., *place)]) for each in (source, target))
            rows += swept(opcode, [here, largest, waiting, first])
        return rows

    return encode


def _padded(call: Call) -> Encoder | None:
    x, margins = call.arguments[:2]
    opcode, result = COPY.get(call.result.dtype.itemsize), call.result
    if opcode is None or len(call.arguments) > 2 or not call.keywords.keys() <= {"constant_values"}:
        return None
    inside = tuple(slice(before, before + n) for n, (before, _) in zip(x.shape, margins, strict=True))

    def encode(memory: Memory) -> Rows:
        target = memory.operand(result)
        around = filled(call.keywords.get("constant_values", 0), target, memory)
        return [*around, *nested(opcode, memory.operand(x), target.seen(target.array[inside]))]

    return encode


def filled(number: float, target: Operand, memory: Memory) -> Rows:
    """Put one number everywhere."""
    dtype = target.array.dtype
    return repeated(LOOP, copying_loop(dtype) or NO_LOOP, [memory.operand(np.array(number, dtype)), target], memory)


WINDOWS: dict[Any, Callable[[Call], Encoder | None]] = {
    np.pad: _padded,
    copied: _copied,
    **dict.fromkeys(RESHAPES, _copied),
    first_largest.forward: _first_largest,
    largest.forward: _largest,
    unwindow.forward: _unwindow,
}
