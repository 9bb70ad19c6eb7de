"""Rows of the table: where operands begin, and how a loop goes from element to element, row to row, plane to plane."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gradwalk.program.native.instructions import (
    DATA,
    FUNCTION,
    OFFSETS,
    OPCODE,
    PLANE_STEPS,
    PLANES,
    ROW_STEPS,
    ROWS,
    SIZES,
    SLOTS,
    STEPS,
    WIDTH,
)
from gradwalk.program.native.loops import Loop
from gradwalk.program.native.memory import Memory, Operand

Rows = list[list[int]]
Encoder = Callable[[Memory], Rows]  # what is left to do of a call once its result has its place
Dim = tuple[int, tuple[int, ...]]  # a size, and the step of each operand in bytes


class Unencodable(ValueError):
    """A call that only NumPy can make."""


def row_of(opcode: int, loop: Loop, operands: Sequence[Operand], dims: Sequence[Dim]) -> list[int]:
    """A loop over the innermost dimension, repeated over two more at most."""
    row = begun(opcode, loop, operands)
    places = (SIZES, STEPS), (ROWS, ROW_STEPS), (PLANES, PLANE_STEPS)
    for (size, steps), (count, start) in zip(dims, places, strict=False):
        row[count] = size
        row[start : start + len(steps)] = steps
    return row


def work(stretches: Iterable[Rows]) -> int:
    """About how many operations instructions do; those of a product are cheaper than others."""
    factors = ((*row[SIZES : SIZES + 4], row[ROWS], row[PLANES]) for rows in stretches for row in rows)
    return sum(math.prod(max(1, factor) for factor in found) for found in factors)


def begun(opcode: int, loop: Loop, operands: Sequence[Operand]) -> list[int]:
    """A row whose operands have their place."""
    row = [0] * WIDTH
    row[OPCODE], row[FUNCTION], row[DATA], row[PLANES], row[ROWS] = opcode, *loop, 1, 1
    row[SLOTS : SLOTS + len(operands)] = [x.slot for x in operands]
    row[OFFSETS : OFFSETS + len(operands)] = [x.offset for x in operands]
    return row


def steps_of(array: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """An array's strides when it is broadcast to a shape."""
    found = [0 if size == 1 else step for size, step in zip(array.shape, array.strides, strict=True)]
    return (*[0] * (len(shape) - len(found)), *found)


def merged(shape: tuple[int, ...], strides: Sequence[tuple[int, ...]]) -> list[Dim]:
    """The dimensions as (size, steps of each operand), innermost first; those that are one after another count as one."""
    dims: list[Dim] = []
    for axis in reversed(range(len(shape))):
        size, steps = shape[axis], tuple(found[axis] for found in strides)
        if size == 1:
            continue
        if dims and steps == tuple(dims[-1][0] * inner for inner in dims[-1][1]):
            dims[-1] = dims[-1][0] * size, dims[-1][1]
        else:
            dims.append((size, steps))
    return dims or [(1, (0,) * len(strides))]
