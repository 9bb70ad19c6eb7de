"""Fewer and longer loops: a NumPy loop over 16 numbers costs nearly as much as one over 200.

A row that is added to every row of an array is laid out several times in a block, which is added to several rows at once.
Rows are summed by halves: the first half plus the second, again and again, which is also more exact than one by one; the
last few hundred of them are added up four at a time.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from gradwalk.program.native.blocks import LONG
from gradwalk.program.native.instructions import AT_LEAST, LARGEST, LOOP, SIZES, STEPS, SUM_OF_ROWS
from gradwalk.program.native.loops import NO_LOOP, Loop, copying_loop, loop_of
from gradwalk.program.native.memory import Memory, Operand
from gradwalk.program.native.rows import Dim, Rows, Unencodable, begun, merged, row_of, steps_of

SHORT = 8  # numbers: a loop over fewer is better repeated less often
AT_ONCE = 256  # rows: so few are added up one after the other
SHORT_ROW = 32  # numbers: a row whose largest one is found by a loop of our own
NARROW = 128  # numbers: longer rows aren't laid out side by side
MANY = 48  # rows: for fewer, laying out a block takes as long as it saves
INSTRUCTIONS = 64  # for one call: more of them aren't worth their place
BLOCK = 512  # numbers that are laid out in a block


def repeated(opcode: int, loop: Loop, operands: Sequence[Operand], memory: Memory) -> Rows:
    """An elementwise loop over all dimensions of the last operand."""
    dims = dims_of(operands)
    if opcode == LOOP and len(dims) == 2 and tileable(operands, *dims):
        return tiled(loop, operands, dims, memory)
    if dims[0][0] < SHORT:
        dims.sort(key=lambda dim: dim[0], reverse=True)
    return [row_of(opcode, loop, each, dims[:3]) for each in moved(operands, dims[3:])]


def moved(operands: Sequence[Operand], dims: Sequence[Dim]) -> list[Sequence[Operand]]:
    """Where operands begin at each place of the dimensions that no instruction goes through: each has one of its own."""
    if math.prod(size for size, _ in dims) > INSTRUCTIONS:
        raise Unencodable("more dimensions than an instruction goes through, none of which go together")
    places = itertools.product(*(range(size) for size, _ in dims))
    steps = [
        tuple(sum(i * by[k] for i, (_, by) in zip(place, dims, strict=True)) for k in range(len(operands)))
        for place in places
    ]
    return [[x._replace(offset=x.offset + by) for x, by in zip(operands, found, strict=True)] for found in steps]


def dims_of(operands: Sequence[Operand]) -> list[Dim]:
    """The dimensions that a loop goes over, innermost first, in the order in which they lie in memory."""
    shape = operands[-1].array.shape
    strides = [steps_of(x.array, shape) for x in operands]
    whole = max(reversed(strides), key=np.count_nonzero)  # the result, unless that is a sum
    axes = sorted(range(len(shape)), key=lambda axis: -abs(whole[axis]))
    return merged(tuple(shape[axis] for axis in axes), [tuple(found[axis] for axis in axes) for found in strides])


def tileable(operands: Sequence[Operand], inner: Dim, outer: Dim) -> bool:
    """Whether all operands but some narrow rows go on from row to row as within one, the result among them."""
    (columns, steps), (rows, row_steps) = inner, outer
    goes_on = [far == columns * near for near, far in zip(steps, row_steps, strict=True)]
    narrow = [near == x.array.itemsize and far == 0 for x, near, far in zip(operands, steps, row_steps, strict=True)]
    fits = all(a or b for a, b in zip(goes_on, narrow, strict=True)) and goes_on[-1]
    return fits and columns <= NARROW and rows >= MANY and all(copies(x) for x in operands)


def tiled(loop: Loop, operands: Sequence[Operand], dims: Sequence[Dim], memory: Memory) -> Rows:
    """The same over several rows at a time."""
    (columns, steps), (rows, row_steps) = dims
    count = 1 << (min(rows, BLOCK // columns).bit_length() - 1)
    found: Rows = []
    blocks = list(operands)
    for i, (near, far) in enumerate(zip(steps, row_steps, strict=True)):
        if near and not far:
            blocks[i], laid = laid_out(operands[i], columns, count, memory)
            found += laid
    whole, rest = divmod(rows, count)
    far_steps = tuple(count * step for step in row_steps)
    found.append(row_of(LOOP, loop, blocks, [(count * columns, steps), (whole, far_steps)]))
    if rest:
        ends = [x._replace(offset=x.offset + whole * far) for x, far in zip(blocks, far_steps, strict=True)]
        found.append(row_of(LOOP, loop, ends, [(rest * columns, steps)]))
    return found


def laid_out(narrow: Operand, columns: int, count: int, memory: Memory) -> tuple[Operand, Rows]:
    """A block of copies of one row, made by doubling what is there."""
    row = narrow.seen(as_strided(narrow.array, (columns,), (narrow.array.itemsize,)))
    block = memory.operand(np.empty(count * columns, narrow.array.dtype))
    found, filled = copied(row, block.seen(block.array[:columns])), columns
    while filled < block.array.size:
        found += copied(block.seen(block.array[:filled]), block.seen(block.array[filled : 2 * filled]))
        filled *= 2
    return block, found


def halved(loop: Loop, source: Operand, target: Operand, memory: Memory) -> Rows:
    """Put the rows of a matrix together to one: by halves, the odd row last; a few are added up at once."""
    rows, columns = source.array.shape
    if rows == 1:
        return copied(source, target)
    if rows <= AT_ONCE and loop == adding(source.array.dtype):
        return [sum_of_rows(source, target)]
    half = rows // 2
    into = target if half == 1 else memory.operand(np.empty((half, columns), source.array.dtype))
    found = [flat(loop, source.seen(source.array[:half]), source.seen(source.array[half : 2 * half]), into)]
    if rows % 2:
        first = into.seen(into.array.reshape(-1)[:columns])
        found.append(flat(loop, first, source.seen(source.array[-1]), first))
    return found if half == 1 else found + halved(loop, into, target, memory)


def sum_of_rows(source: Operand, target: Operand) -> list[int]:
    """Add up a few rows that lie one after the other."""
    row = begun(SUM_OF_ROWS, Loop(0, source.array.itemsize), [source, target])
    row[SIZES : SIZES + 2] = source.array.shape[::-1]
    row[STEPS] = source.array.strides[0]
    return row


def adding(dtype: np.dtype[Any]) -> Loop | None:
    """The loop that adds numbers of a type."""
    return loop_of(np.add, f"{dtype.char}{dtype.char}->{dtype.char}") if dtype.kind == "f" else None


def largest(source: Operand, spread: Operand) -> Rows:
    """The largest number of each short row; nothing if there are no such rows, or several have one result.

    ``spread`` is the result over the source.
    """
    array = source.array
    (columns, steps), *rest = merged(array.shape, [x.array.strides for x in (source, spread)])
    if steps[1] != 0 or columns > SHORT_ROW or len(rest) > 1 or any(to == 0 for _, (_, to) in rest):
        return []
    rows, far = rest[0] if rest else (1, (0, 0))
    row = begun(LARGEST, Loop(0, array.itemsize), [source, spread])
    row[SIZES : SIZES + 2] = columns, rows
    row[STEPS : STEPS + 3] = steps[0], *far
    return [row]


def at_least(operands: Sequence[Operand]) -> Rows:
    """The larger one of each number and a single one; nothing if they don't lie side by side, or are to go through in blocks."""
    x, number, out = operands
    dims = merged(out.array.shape, [steps_of(operand.array, out.array.shape) for operand in operands])
    size = out.array.itemsize
    if out.array.dtype.kind != "f" or len(dims) > 1 or out.array.size >= LONG or dims[0][1] != (size, 0, size):
        return []
    return [row_of(AT_LEAST, Loop(0, size), [x, number, out], dims)]


def copies(x: Operand) -> bool:
    """Whether there is a loop that copies this type of number."""
    return copying_loop(x.array.dtype) is not None


def copied(source: Operand, target: Operand) -> Rows:
    """Copy from one array into another of the same size."""
    return [flat(copying_loop(target.array.dtype) or NO_LOOP, source, target)]


def flat(loop: Loop, *operands: Operand) -> list[int]:
    """A loop over contiguous operands of the same size."""
    return row_of(LOOP, loop, operands, [(operands[-1].array.size, tuple(x.array.itemsize for x in operands))])
