"""The types of what a call reads and writes, as NumPy's loops are told apart by them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from gradwalk.program.listing import Cell
from gradwalk.program.native.instructions import LOOP
from gradwalk.program.native.loops import NO_LOOP, copying_loop
from gradwalk.program.native.memory import Memory
from gradwalk.program.native.rows import Rows
from gradwalk.program.native.tiling import repeated


def copyable(cell: Cell) -> bool:
    """Whether an array of this type can be copied by an instruction."""
    return copying_loop(cell.dtype) is not None


def copying(source: Any, target: Cell, memory: Memory) -> Rows:
    """The instructions that copy one array to another of the same type."""
    loop = copying_loop(target.dtype) or NO_LOOP
    return repeated(LOOP, loop, [memory.operand(source), memory.operand(target)], memory)


def type_of(x: Any) -> np.dtype[Any] | None:
    """The type of an array's numbers; None for what is no array."""
    return getattr(x.value if isinstance(x, Cell) else x, "dtype", None)


def types_of(operands: Iterable[Any], result: Any) -> str:
    """The types of a call as NumPy writes them; no loop has ``O``, which stands for what is no array."""
    found = [type_of(x) for x in operands]
    return f"{''.join('O' if dtype is None else dtype.char for dtype in found)}->{result.dtype.char}"
