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
from gradwalk.program.native.rows import Rows, begun
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
        group = next(
            filter(None, (grouped(steps[start : start + size], found, readers) for size in SIZES_TOGETHER)), {}
        )
        found |= group
        start += max(1, len(group))
    return found


def grouped(steps: Sequence[Step], found: dict[Step, Encoder | None], readers: Readers) -> dict[Step, Encoder | None]:
    """How to write steps that go together; nothing if they don't."""
    calls = [step.call for step in steps]
    join = TOGETHER.get(tuple(call.function for call in calls))
    alone = [encode for step in steps if (encode := found[step])]
    joined = join(calls, alone, readers) if join and len(alone) == len(steps) else None
    return {**dict.fromkeys(steps[:-1], nothing), steps[-1]: joined} if joined else {}


def nothing(memory: Memory) -> Rows:
    """No instructions: a later step writes them."""
    return []


# --- what goes together ----------------------------------------------------------------------------------------------


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
    alike = np.shape(x) == np.shape(y) == moving.result.shape and np.size(factor) == 1 and np.ndim(x) <= 3
    return found if alike and types_of(found[:3], moving.result) in AXPY else None


def descent(calls: Sequence[Call], alone: Sequence[Encoder], readers: Readers) -> Encoder | None:
    """A step against the gradient, as an optimizer takes it."""
    scaling, moving = calls
    found = axpy_of(scaling, moving, readers)
    return found and (lambda memory: axpy_rows(found, memory))


def axpy_rows(found: Axpy, memory: Memory) -> Rows:
    """The instructions for that."""
    opcode = AXPY[types_of(found[:3], found.out)]
    return repeated(opcode, NO_LOOP, [memory.operand(value) for value in found], memory)


def outer_descent(calls: Sequence[Call], alone: Sequence[Encoder], readers: Readers) -> Encoder | None:
    """The same, where the gradient is an outer product that is written for whoever called."""
    product, scaling, moving = calls
    found = axpy_of(scaling, moving, readers)
    columns, rows = product.arguments
    is_outer = np.ndim(columns) == np.ndim(rows) == 2 and columns.shape[-1] == 1
    large = product.result.value.nbytes >= STREAMED
    if not (found and found.x is product.result and readers.one_only(found.x) and is_outer and large):
        return None

    def encode(memory: Memory) -> Rows:
        row = outer_row([memory.operand(x) for x in (columns, rows, found.x, found.out)], memory.operand(found.factor))
        in_place = memory.operand(found.y)[:2] == memory.operand(found.out)[:2]
        return [row] if row and in_place else [*alone[0](memory), *axpy_rows(found, memory)]

    return encode


def outer_row(operands: Sequence[Operand], factor: Operand) -> list[int] | None:
    """The instruction for operands that lie as it needs them."""
    x, y, outer, out = (operand.array for operand in operands)
    in_rows = outer.flags.c_contiguous and out.flags.c_contiguous and y.flags.c_contiguous
    if factor.slot != FIXED or not in_rows:
        return None
    row = begun(OUTER_AXPY_4 if out.itemsize == 4 else OUTER_AXPY_8, NO_LOOP, operands)
    row[DATA], row[STEPS] = factor.offset, x.strides[0]
    row[SIZES : SIZES + 2] = out.shape[1], out.shape[0]
    return row


AXPY = {"fff->f": AXPY_4, "ddd->d": AXPY_8}
Join = Callable[[Sequence[Call], Sequence[Encoder], Readers], Encoder | None]
TOGETHER: dict[tuple[Any, ...], Join] = {
    (np.matmul, np.multiply, np.subtract): outer_descent,
    (np.multiply, np.subtract): descent,
}
SIZES_TOGETHER = sorted({len(functions) for functions in TOGETHER}, reverse=True)
