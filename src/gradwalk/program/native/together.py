"""Neighbouring calls that one instruction does: fewer passes over memory, and fewer instructions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradwalk.program.listing import Call, Cell
from gradwalk.program.native.blocks import LONG
from gradwalk.program.native.encode import encoder
from gradwalk.program.native.instructions import (
    AXPY_4,
    AXPY_8,
    DATA,
    OUTER_AXPY_4,
    OUTER_AXPY_8,
    SIZES,
    SLOPE_4,
    SLOPE_8,
    STEPS,
)
from gradwalk.program.native.loops import NO_LOOP
from gradwalk.program.native.memory import FIXED, Memory, Operand
from gradwalk.program.native.products import own_rows
from gradwalk.program.native.rows import Encoder, Rows, begun, merged
from gradwalk.program.native.tiling import repeated
from gradwalk.program.native.typed import types_of
from gradwalk.program.plan import Plan, Step
from gradwalk.program.replay import as_operand

STREAMED = 1 << 18  # bytes: larger arrays that are written for whoever called go past the cache


class Readers:
    """Who needs results: calls, and whoever called."""

    def __init__(self, plan: Plan):
        self.counts = Counter(cell for call in plan.calls for cell in call.cells())
        self.wanted = plan.wanted

    def one_only(self, cell: Cell) -> bool:
        """Whether a result has one reader among the calls."""
        return self.counts[cell] == 1

    def passing(self, cell: Cell) -> bool:
        """Whether nobody needs a result but the one call that reads it."""
        return self.one_only(cell) and cell not in self.wanted


def encoders(plan: Plan, steps: Sequence[Step]) -> dict[Step, Encoder | None]:
    """How to write each step's instructions; of those that go together the last one writes them."""
    found, readers, start = {step: encoder(step.call) for step in plan.steps}, Readers(plan), 0
    while start < len(steps):
        groups = (grouped(steps[start : start + size], found, readers) for size in SIZES_TOGETHER)
        group = next(filter(None, groups), {})
        found |= group
        start += max(1, len(group))
    return found


def grouped(steps: Sequence[Step], found: dict[Step, Encoder | None], readers: Readers) -> dict[Step, Encoder | None]:
    """How to write steps that go together; nothing if they don't."""
    calls = [step.call for step in steps]
    join = TOGETHER.get(tuple(call.function for call in calls))
    alone = [encode for step in steps if (encode := found[step])]
    joined = join(calls, readers) if join and len(alone) == len(steps) else None
    if joined is None:
        return {}
    return {**dict.fromkeys(steps[:-1], nothing), steps[-1]: joined_or_alone(joined, alone)}


def nothing(memory: Memory) -> Rows:
    """No instructions: a later step writes them."""
    return []


def joined_or_alone(joined: Encoder, alone: Sequence[Encoder]) -> Encoder:
    """The instructions for steps together; if they can't be for arrays that lie as these do, those of one after the other."""
    return lambda memory: joined(memory) or [row for encode in alone for row in encode(memory)]


def apart(out: Operand, reads: Sequence[Operand]) -> bool:
    """Whether writing a result leaves what is read as it is: it may lie where something was that only the first call read."""
    return not any(np.may_share_memory(out.array, x.array) for x in reads)


# --- what goes together: instructions, or none if arrays lie in another way than they need ---------------------------


class Entrywise(NamedTuple):
    """What is computed entry by entry from a number and two arrays."""

    number: Any
    x: Any
    y: Any
    out: Cell

    @property
    def alike(self) -> bool:
        """Whether the arrays have one shape, and all one type."""
        shapes = np.shape(self.x) == np.shape(self.y) == self.out.shape
        return shapes and np.size(self.number) == 1 and types_of(self[:3], self.out) in FLOATS


def axpy_of(scaling: Call, moving: Call, readers: Readers) -> Entrywise | None:
    """``y − factor · x``, if nobody else reads the product."""
    factor, x = sorted((as_operand(value, scaling) for value in scaling.arguments), key=np.size)
    y, change = moving.arguments
    if change is not scaling.result or not readers.passing(change):
        return None
    found = Entrywise(factor, x, y, moving.result)
    return found if found.alike else None


def descent(calls: Sequence[Call], readers: Readers) -> Encoder | None:
    """A step against the gradient, as an optimizer takes it."""
    scaling, moving = calls
    found = axpy_of(scaling, moving, readers)
    return found and (lambda memory: entrywise_rows(AXPY, found, memory))


def slope(calls: Sequence[Call], readers: Readers) -> Encoder | None:
    """``(start − x²) · y``, what tanh makes of a gradient."""
    squaring, falling, scaling = calls
    x, again = squaring.arguments
    start, square = (as_operand(value, falling) for value in falling.arguments)
    y: Any = next((value for value in scaling.arguments if value is not falling.result), None)
    found = Entrywise(start, x, y, scaling.result)
    chained = x is again and square is squaring.result and falling.result in set(scaling.cells())
    if not (chained and readers.passing(square) and readers.passing(falling.result) and found.alike):
        return None
    return lambda memory: entrywise_rows(SLOPE, found, memory)


def entrywise_rows(opcodes: dict[int, int], found: Entrywise, memory: Memory) -> Rows:
    """The instructions: the result may lie where an operand does, but not shifted or turned.

    Long arrays go through in blocks with all others, but for parameters, which are moved where they are.
    """
    number, *operands, out = (memory.operand(value) for value in found)
    layout = out.slot, out.offset, out.array.strides
    elsewhere = [x for x in operands if (x.slot, x.offset, x.array.strides) != layout]
    dims = merged(out.array.shape, [x.array.strides for x in (*operands, out)])
    in_place = out.slot != FIXED and len(elsewhere) < len(operands)
    if (out.array.size >= LONG and not in_place) or not apart(out, [number, *elsewhere]) or len(dims) > 3:
        return []
    return repeated(opcodes[out.array.itemsize], NO_LOOP, [number, *operands, out], memory)


def outer_descent(calls: Sequence[Call], readers: Readers) -> Encoder | None:
    """The same, where the gradient is an outer product that is written for whoever called."""
    product, scaling, moving = calls
    found = axpy_of(scaling, moving, readers)
    columns, rows = product.arguments
    is_outer = np.ndim(columns) == np.ndim(rows) == 2 and columns.shape[-1] == 1
    large = product.result.value.nbytes >= STREAMED
    if found and found.x is product.result and readers.one_only(found.x) and is_outer and large:
        return lambda memory: outer_rows(columns, rows, found, memory)
    return None


def outer_rows(columns: Any, rows: Any, found: Entrywise, memory: Memory) -> Rows:
    """The instruction for that: parameters are moved where they are."""
    x, y, factor, outer, start, out = (memory.operand(value) for value in (columns, rows, *found))
    in_rows = all(operand.array.flags.c_contiguous for operand in (y, outer, out))
    ahead = x.array.strides[0] >= 0
    if factor.slot != FIXED or start[:2] != out[:2] or not (in_rows and ahead and apart(out, [x, y, outer])):
        return []
    row = begun(OUTER_AXPY_4 if out.array.itemsize == 4 else OUTER_AXPY_8, NO_LOOP, [x, y, outer, out])
    row[DATA], row[STEPS] = factor.offset, x.array.strides[0]
    row[SIZES : SIZES + 2] = out.array.shape[::-1]
    return [row]


def biased_product(calls: Sequence[Call], readers: Readers) -> Encoder | None:
    """A small product of matrices, and a row that is added to each of its rows."""
    product, adding = calls
    a, b = product.arguments
    bias: Any = next((x for x in adding.arguments if x is not product.result), None)
    result = adding.result
    row = result.shape[-1:]
    fits = np.ndim(a) == np.ndim(b) == result.ndim == 2 and np.shape(bias) in (row, (1, *row))
    if not (fits and readers.passing(product.result) and result.shape == product.result.shape):
        return None
    if types_of([a, b, bias], result) not in FLOATS:
        return None

    def encode(memory: Memory) -> Rows:
        *reads, out = (memory.operand(x) for x in (a, b, bias, result))
        return own_rows([*reads, out], memory) if apart(out, reads) else []

    return encode


FLOATS = {"fff->f", "ddd->d"}
AXPY, SLOPE = {4: AXPY_4, 8: AXPY_8}, {4: SLOPE_4, 8: SLOPE_8}
Join = Callable[[Sequence[Call], Readers], Encoder | None]
TOGETHER: dict[tuple[Any, ...], Join] = {
    (np.matmul, np.multiply, np.subtract): outer_descent,
    (np.multiply, np.subtract, np.multiply): slope,
    (np.multiply, np.subtract): descent,
    (np.matmul, np.add): biased_product,
}
SIZES_TOGETHER = sorted({len(functions) for functions in TOGETHER}, reverse=True)
