"""Instructions for matrix products: of small ones our own, which also add a row to each; of others the library's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradwalk.program.listing import Call
from gradwalk.program.native.instructions import (
    LOOP,
    PRODUCT_4,
    PRODUCT_8,
    ROW_STEPS,
    ROWS,
    SIZES,
    STEPS,
    TURN_4,
    TURN_8,
)
from gradwalk.program.native.loops import NO_LOOP, Loop, loop_of
from gradwalk.program.native.memory import Memory, Operand
from gradwalk.program.native.rows import Encoder, Rows, begun
from gradwalk.program.native.tiling import repeated
from gradwalk.program.native.typed import types_of

TINY, SMALL = 1 << 8, 1 << 18  # multiplications: it isn't worth calling a library for; it has no more to gain from
NARROW = 64  # bytes: of shorter rows a vector holds too little
FEW = 8  # rows: for fewer, registers aren't full


def is_small(a: Any, b: Any) -> bool:
    """Whether a product of matrices, or of a stack of them, is one for our own loop."""
    rows, columns = a.shape[-2], b.shape[-1]
    size: int = rows * a.shape[-1] * columns
    full: bool = rows >= FEW and columns * b.dtype.itemsize >= NARROW
    return size <= TINY or (size <= SMALL and full)


def product_rows(loop: Loop, a: Operand, b: Operand, out: Operand, memory: Memory) -> Rows:
    """A matrix product, or a stack of them."""
    return own_rows([a, b, out], memory) or [product_row(LOOP, loop, [a, b, out])]


def own_rows(operands: Sequence[Operand], memory: Memory) -> Rows:
    """The same by our own loop, with a row between b and out that is added to each; nothing if that isn't for these."""
    a, b, *bias, out = operands
    opcode = PRODUCT_4 if out.array.itemsize == 4 else PRODUCT_8
    if not (is_small(a.array, b.array) and all(side_by_side(x.array) for x in (*bias, out))):
        return []
    if side_by_side(b.array):
        return [product_row(opcode, Loop(len(bias), 0), operands)]
    if b.array.ndim > 2 or not side_by_side(b.array.T):
        return []
    turned = memory.operand(np.empty(b.array.shape, b.array.dtype))
    return [turning_row(b, turned), product_row(opcode, Loop(len(bias), 0), [a, turned, *bias, out])]


def side_by_side(array: Any) -> bool:
    """Whether the columns of a matrix follow one another."""
    found: bool = array.strides[-1] == array.itemsize or array.shape[-1] == 1
    return found


def turning_row(x: Operand, out: Operand) -> list[int]:
    """The copy of a matrix whose rows lie where columns should."""
    row = begun(TURN_4 if out.array.itemsize == 4 else TURN_8, NO_LOOP, [x, out])
    row[SIZES : SIZES + 3] = 1, *out.array.shape
    row[STEPS] = x.array.strides[1]
    return row


def product_row(opcode: int, loop: Loop, operands: Sequence[Operand]) -> list[int]:
    """The instruction for a product, by whatever loop."""
    a, b, *_, out = (x.array for x in operands)
    row = begun(opcode, loop, operands)
    row[SIZES : SIZES + 4] = 1, *a.shape[-2:], b.shape[-1]
    row[STEPS + 3 : STEPS + 9] = [step for x in (a, b, out) for step in matrix_steps(x)]
    stack = out.shape[:-2]
    for i, x in enumerate(operands):
        row[ROW_STEPS + i] = x.array.strides[0] if x.array.ndim == 3 and x.array.shape[0] > 1 else 0
    row[ROWS] = stack[0] if stack else 1
    return row


def matrix_steps(array: Any) -> tuple[int, int]:
    """Bytes from row to row and from column to column; where there is only one, as if there were more."""
    rows, columns = array.shape[-2:]
    down, right = array.strides[-2:]
    if columns == 1:
        right = array.itemsize
    if rows == 1:
        down = columns * right
    return down, right


def product(call: Call) -> Encoder | None:
    """The instructions of a matrix product of up to three dimensions."""
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
