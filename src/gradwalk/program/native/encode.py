"""From a NumPy call to the instructions that do the same; calls that have none are left to NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradwalk.program.into import SIDE_BY_SIDE
from gradwalk.program.listing import Call, Cell, put
from gradwalk.program.native.casting import CONVERSIONS, in_types, matched
from gradwalk.program.native.indexing import INDEXED
from gradwalk.program.native.instructions import LOOP, SELECT_4, SELECT_8, SIZES, STEPS
from gradwalk.program.native.loops import Loop, loop_of
from gradwalk.program.native.memory import Memory
from gradwalk.program.native.picking import PICKED
from gradwalk.program.native.products import product
from gradwalk.program.native.reductions import REDUCTIONS, reduction
from gradwalk.program.native.rows import Encoder, Rows, Unencodable
from gradwalk.program.native.tiling import at_least, repeated
from gradwalk.program.native.typed import type_of, types_of
from gradwalk.program.native.windows import WINDOWS
from gradwalk.program.replay import as_operand


def encoder(call: Call) -> Encoder | None:
    """How to write a call's instructions; None if it has none."""
    if type_of(call.result) is None or 0 in (x.size for x in (call.result, *call.cells())):
        return None
    if call.function in SPECIAL:
        return SPECIAL[call.function](call)
    if call.function in REDUCTIONS:
        return reduction(call)
    return None if call.keywords or not isinstance(call.function, np.ufunc) else _elementwise(call)


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
        rows = (at_least(found) if call.function is np.maximum else []) or repeated(LOOP, loop, found, memory)
        if call.function in SIDE_BY_SIDE and any(row[SIZES] > 1 and row[STEPS + 1] != 1 for row in rows):
            raise Unencodable("NumPy's loop would write only some of the results")
        return rows

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


SPECIAL: dict[Any, Callable[[Call], Encoder | None]] = {
    put: _put,
    np.where: _select,
    np.matmul: product,
    **INDEXED,
    **PICKED,
    **CONVERSIONS,
    **WINDOWS,
}
