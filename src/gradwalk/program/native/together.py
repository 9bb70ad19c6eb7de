"""Neighbouring calls that one instruction does: fewer passes over memory, and fewer instructions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradwalk.program.listing import Call, Cell
from gradwalk.program.native.encode import NO_LOOP, Encoder, encoder, types_of
from gradwalk.program.native.instructions import AXPY_4, AXPY_8, DATA, OUTER_AXPY_4, OUTER_AXPY_8, SIZES, STEPS
from gradwalk.program.native.memory import FIXED, Memory, Operand
from gradwalk.program.native.products import own_rows
from gradwalk.program.native.rows import Rows, begun, merged
from gradwalk.program.native.tiling import repeated
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


class Axpy(NamedTuple):
    """``out = y − factor · x``, entry by entry."""

    factor: Any
    x: Any
    y: Any
    out: Cell


def axpy_of(scaling: Call, moving: Call, readers: Readers) -> Axpy | None:
    """What a product and a difference are together, if nobody else reads the product."""
    factor, x = sorted((as_operand(value, scaling) for value in scaling.arguments), key=np.size)
    y, change = moving.arguments
    found = Axpy(factor, x, y, moving.result)
    if change is not scaling.result or not readers.passing(change) or scaling.keywords or moving.keywords:
        return None
    alike = np.shape(x) == np.shape(y) == moving.result.shape and np.size(factor) == 1
    return found if alike and types_of(found[:3], moving.result) in AXPY else None


def descent(calls: Sequence[Call], readers: Readers) -> Encoder | None:
    """A step against the gradient, as an optimizer takes it."""
    scaling, moving = calls
    found = axpy_of(scaling, moving, readers)
    return found and (lambda memory: axpy_rows(found, memory))


def axpy_rows(found: Axpy, memory: Memory) -> Rows:
    """The instructions for that: the result may lie where an operand does, but not shifted or turned."""
    factor, *operands, out = (memory.operand(value) for value in found)
    layout = out.slot, out.offset, out.array.strides
    moved = [x for x in operands if (x.slot, x.offset, x.array.strides) != layout]
    dims = merged(out.array.shape, [x.array.strides for x in (*operands, out)])
    if not apart(out, [factor, *moved]) or len(dims) > 3:
        return []
    return repeated(AXPY[types_of(found[:3], found.out)], NO_LOOP, [factor, *operands, out], memory)


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


def outer_rows(columns: Any, rows: Any, found: Axpy, memory: Memory) -> Rows:
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
    if not (fits and readers.passing(product.result) and result.shape == product.result.shape and not adding.keywords):
        return None
    if types_of([a, b, bias], result) not in AXPY:
        return None

    def encode(memory: Memory) -> Rows:
        *reads, out = (memory.operand(x) for x in (a, b, bias, result))
        return own_rows([*reads, out], memory) if apart(out, reads) else []

    return encode


AXPY = {"fff->f": AXPY_4, "ddd->d": AXPY_8}
Join = Callable[[Sequence[Call], Readers], Encoder | None]
TOGETHER: dict[tuple[Any, ...], Join] = {
    (np.matmul, np.multiply, np.subtract): outer_descent,
    (np.multiply, np.subtract): descent,
    (np.matmul, np.add): biased_product,
}
SIZES_TOGETHER = sorted({len(functions) for functions in TOGETHER}, reverse=True)
