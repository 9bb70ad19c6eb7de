"""From a NumPy call to the instructions that do the same; calls that have none are left to NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from gradwalk.program.listing import Call, Cell, put
from gradwalk.program.native.casting import CONVERSIONS, in_types, matched
from gradwalk.program.native.indexing import INDEXED
from gradwalk.program.native.instructions import COUNT, LOOP, SELECT_4, SELECT_8
from gradwalk.program.native.loops import Loop, loop_of
from gradwalk.program.native.memory import Memory, Operand
from gradwalk.program.native.picking import PICKED
from gradwalk.program.native.products import column_sums, product_rows
from gradwalk.program.native.rows import Rows
from gradwalk.program.native.tiling import NARROW, at_least, halved, largest, repeated
from gradwalk.program.native.windows import WINDOWS, nested_sum
from gradwalk.program.replay import as_operand

Encoder = Callable[[Memory], Rows]  # what is left to do once the result has its place
NO_LOOP = Loop(0, 0)


def encoder(call: Call) -> Encoder | None:
    """How to write a call's instructions; None if it has none."""
    if type_of(call.result) is None or 0 in (x.size for x in (call.result, *call.cells())):
        return None
    if call.function in SPECIAL:
        return SPECIAL[call.function](call)
    if call.function in REDUCTIONS:
        return _reduction(call)
    return None if call.keywords or not isinstance(call.function, np.ufunc) else _elementwise(call)


def copyable(cell: Cell) -> bool:
    """Whether an array of this type can be copied by an instruction."""
    return loop_of(np.positive, types_of([cell], cell)) is not None


def copying(source: Any, target: Cell, memory: Memory) -> Rows:
    """The instructions that copy one array to another of the same type."""
    loop = loop_of(np.positive, types_of([target], target)) or NO_LOOP
    return repeated(LOOP, loop, [memory.operand(source), memory.operand(target)], memory)


def type_of(x: Any) -> np.dtype[Any] | None:
    """The type of an array's numbers; None for what is no array."""
    return getattr(x.value if isinstance(x, Cell) else x, "dtype", None)


def types_of(operands: Iterable[Any], result: Any) -> str:
    """The types of a call as NumPy writes them; no loop has ``O``, which stands for what is no array."""
    found = [type_of(x) for x in operands]
    return f"{''.join('O' if dtype is None else dtype.char for dtype in found)}->{result.dtype.char}"


# --- calls -----------------------------------------------------------------------------------------------------------


def _elementwise(call: Call) -> Encoder | None:
    operands = [as_operand(value, call) for value in call.arguments]
    loop = loop_of(call.function, types_of(operands, call.result))
    if getattr(call.function, "signature", None) is not None:
        return None
    if loop is None:
        return _mixed(call, operands)

    def encode(memory: Memory) -> Rows:
        found = [*map(memory.source, operands), memory.operand(call.result)]
        return (at_least(found) if call.function is np.maximum else []) or repeated(LOOP, loop, found, memory)

    return encode


def _mixed(call: Call, operands: list[Any]) -> Encoder | None:
    found = matched(call.function, operands, call.result)
    if found is None:
        return None
    loop, wanted = found

    def encode(memory: Memory) -> Rows:
        read, rows = in_types([memory.operand(x) for x in operands], wanted, memory)
        return [*rows, *repeated(LOOP, loop, [*read, memory.operand(call.result)], memory)]

    return encode


def _put(call: Call) -> Encoder | None:
    target, value = call.arguments
    loop = loop_of(np.positive, types_of([value], target))
    if loop is None:
        return None
    return lambda memory: repeated(LOOP, loop, [memory.operand(value), memory.operand(target)], memory)


def _select(call: Call) -> Encoder | None:
    result = call.result
    opcode = {4: SELECT_4, 8: SELECT_8}.get(result.dtype.itemsize)
    if opcode is None or len(call.arguments) != 3:
        return None
    choices = [value if isinstance(value, Cell) else np.asarray(value, result.dtype) for value in call.arguments[1:]]
    operands = (call.arguments[0], *choices, result)
    if types_of(operands[:-1], result) != f"?{2 * result.dtype.char}->{result.dtype.char}":
        return None
    kind = Loop(0, ord(result.dtype.char))  # for those who want to know what is selected
    return lambda memory: repeated(opcode, kind, [memory.operand(x) for x in operands], memory)


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


def _reduction(call: Call) -> Encoder | None:
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
            sums = column_sums(rows, target, memory) if ufunc is np.add else []
            return sums or halved(loop, rows, target.seen(target.array.reshape(-1)), memory)
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


def _product(call: Call) -> Encoder | None:
    a, b = call.arguments
    types = types_of([a, b], call.result)
    loop, outer = loop_of(np.matmul, types), loop_of(np.multiply, types)
    if call.keywords or not loop or not outer or call.result.dtype.kind != "f" or max(a.ndim, b.ndim) > 3:
        return None

    def encode(memory: Memory) -> Rows:
        first, second, out = (memory.operand(x) for x in (a, b, call.result))
        if a.ndim == 1:
            first, out = with_axis(first, -2), with_axis(out, -2 if b.ndim > 1 else -1)
        if b.ndim == 1:
            second, out = with_axis(second, -1), with_axis(out, -1)
        if first.array.shape[-1] == 1 and out.array.ndim == 2:
            return repeated(LOOP, outer, [first, second, out], memory)
        return product_rows(loop, first, second, out, memory)

    return encode


def with_axis(operand: Operand, axis: int) -> Operand:
    """The same with one more axis, of size 1."""
    return operand._replace(array=np.expand_dims(operand.array, axis))


SPECIAL: dict[Any, Callable[[Call], Encoder | None]] = {
    put: _put,
    np.where: _select,
    np.matmul: _product,
    **INDEXED,
    **PICKED,
    **CONVERSIONS,
    **WINDOWS,
}
