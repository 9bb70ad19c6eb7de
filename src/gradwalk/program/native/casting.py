"""Instructions that turn one type of number into another, by themselves and for operands that don't match."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradwalk.ops.arithmetic import cast
from gradwalk.program.listing import Call, Cell
from gradwalk.program.native.instructions import CAST, CASTS
from gradwalk.program.native.loops import Loop, loop_of
from gradwalk.program.native.memory import Memory, Operand
from gradwalk.program.native.rows import Encoder, Rows
from gradwalk.program.native.tiling import copied, repeated


def castable(source: Any, target: Any) -> bool:
    """Whether there is an instruction from one type to another, or both are the same."""
    return source == target or source.char + target.char in CASTS


def casting(source: Operand, target: Operand, memory: Memory) -> Rows:
    """The instructions that write an array's numbers into another one of the same shape."""
    pair = source.array.dtype.char + target.array.dtype.char
    if pair not in CASTS:
        return copied(source, target)
    return repeated(CAST, Loop(0, CASTS.index(pair)), [source, target], memory)


def _cast(call: Call) -> Encoder | None:
    x, result = call.arguments[0], call.result
    if x.dtype == result.dtype or not castable(x.dtype, result.dtype):
        return None
    return lambda memory: casting(memory.operand(x), memory.operand(result), memory)


CONVERSIONS: dict[Any, Callable[[Call], Encoder | None]] = {cast.forward: _cast, np.ndarray.astype: _cast}


def matched(ufunc: Any, operands: Sequence[Any], result: Cell) -> tuple[Loop, list[np.dtype[Any]]] | None:
    """The loop of a ufunc for operands of several types, and the types that it wants them in; None if there is none."""
    if any(not hasattr(x, "dtype") for x in operands):
        return None
    try:
        *wanted, made = ufunc.resolve_dtypes((*[x.dtype for x in operands], None))
    except TypeError:
        return None
    loop = loop_of(ufunc, f"{''.join(dtype.char for dtype in wanted)}->{made.char}")
    fits = all(castable(x.dtype, dtype) for x, dtype in zip(operands, wanted, strict=True))
    return (loop, wanted) if loop and fits and made == result.dtype else None


def in_types(operands: Sequence[Operand], wanted: Sequence[Any], memory: Memory) -> tuple[list[Operand], Rows]:
    """Operands in the types that a loop wants them in, and the instructions that bring them there."""
    found: list[Operand] = []
    rows: Rows = []
    for operand, dtype in zip(operands, wanted, strict=True):
        if operand.array.dtype != dtype:
            made = memory.operand(np.empty(operand.array.shape, dtype))
            rows += casting(operand, made, memory)
            operand = made
        found.append(operand)
    return found, rows
