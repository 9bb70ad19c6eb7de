"""What is done for all nodes of one kind: an op's forward and rules, on a block of numbers instead of one.

A rule that works entry by entry does for a block of independent nodes what it does for each of them. So nothing is
written twice here: NumPy runs the rules themselves, and the kernel what they are listed as.

Numba keeps the compiled kernel until `kernel.py` changes: whoever changes a number here, touches that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from gradwalk.program.listing import Cell, Listing, item_of
from gradwalk.program.native.encode import encoder
from gradwalk.program.native.instructions import AT_LEAST, LOOP, OPCODE, SELECT_8, SLOTS, WIDTH
from gradwalk.program.native.memory import Memory
from gradwalk.program.native.rows import Rows
from gradwalk.program.plan import Plan, Step
from gradwalk.program.scalar.graph import Array, Computing

BLOCK = 512  # numbers that are computed together: what they need stays in the fastest cache
GATHER, SCATTER = 100, 101  # opcodes beside those of arrays
INPUT, ARITY = 1, 2  # what they have in a row: the input's number, and how many inputs a node has
TABLE, OPERANDS, VALUES, GRADIENTS, PLACES, SCRATCH = range(6)  # the head of a program: where everything begins
OUT, UPSTREAM, INPUTS = 1, 2, 3  # slots: the run's results, their gradients, and from there on what is gathered


class Kind:
    """An op with its parameters, and which of its inputs want gradients."""

    def __init__(self, computing: Computing, wanting: Sequence[bool]):
        self.op, self.params = computing
        self.slots = [slot for slot, wants in enumerate(wanting) if wants and self.op.rule(slot) is not None]
        self.arity = len(wanting)
        self.kept: list[Memory] = []  # the buffers and constants whose addresses its instructions know

    # --- by NumPy ---

    def compute(self, values: Array, out: slice, inputs: Array) -> None:
        """Compute a run's results from the places of their inputs (one row for each)."""
        values[out] = self.op.forward(*values[inputs], **self.params)

    def send_back(self, values: Array, gradients: Array, out: slice, inputs: Array) -> None:
        """Add what the run's nodes contribute to the gradients of their inputs."""
        operands = values[out], *values[inputs]
        for slot in self.slots:
            contribution = self._rule(slot, gradients[out], *operands)
            np.add.at(gradients, inputs[slot], contribution)

    def _rule(self, slot: int, *operands: Array) -> Array:
        rule = self.op.rule(slot)
        assert rule is not None
        return rule(*operands, **self.params)

    # --- by the kernel ---

    @cached_property
    def instructions(self) -> tuple[Rows, Rows] | None:
        """Forward and backward as rows of the kernel's table; None if it can't do all of it."""
        with np.errstate(all="ignore"):
            forward, backward = self._forward(), self._backward()
        return None if forward is None or backward is None else (forward, backward)

    def _forward(self) -> Rows | None:
        page = Page(self.arity)
        found = page.listing.listed(self.op.forward, page.inputs, self.params)
        page.listing.put(page.out, found)
        rows = page.rows(self.kept)
        return None if rows is None else [*gathering(rows, self.arity), *rows]

    def _backward(self) -> Rows | None:
        page, scattering = Page(self.arity), []
        for slot in self.slots:
            operands = page.upstream, page.out, *page.inputs
            found = page.listing.listed(self._rule, (slot, *operands), {})
            source = page.home(found, slot)
            scattering.append(row(SCATTER, slot, source, self.arity))
        rows = page.rows(self.kept)
        return None if rows is None else [*gathering([*rows, *scattering], self.arity), *rows, *scattering]


class Page:
    """A listing for one block: cells for what the nodes have and read, and for what they contribute."""

    def __init__(self, arity: int):
        self.listing = Listing()
        self.cells = [self.listing.cell(np.full(BLOCK, 0.5)) for _ in range(2 + 2 * arity)]
        self.out, self.upstream, *more = self.cells
        self.inputs, self.contributions = more[:arity], more[arity:]

    def home(self, found: Cell, slot: int) -> int:
        """The slot where a contribution lies: where it is already, or a row of its own."""
        slots = {cell: number for number, cell in enumerate(self.cells, 1)}
        if found in slots:
            return slots[found]
        self.listing.put(self.contributions[slot], found)
        return slots[self.contributions[slot]]

    def rows(self, kept: list[Memory]) -> Rows | None:
        """The calls as instructions; None if one has none."""
        plan = Plan(self.listing.calls, self.cells, [])
        rows: Rows = []
        memory = Memory(plan)
        kept.append(memory)
        for step in plan.steps:
            found = encoded(step, memory)
            if found is None or any(instruction[OPCODE] not in (LOOP, SELECT_8, AT_LEAST) for instruction in found):
                return None
            rows += found
        return rows


def encoded(step: Step, memory: Memory) -> Rows | None:
    """A step as instructions, None if there are none for it."""
    encode, result = encoder(step.call), step.call.result
    if step.call.function is item_of and step.call.arguments[1] == ():  # the array as it is
        memory.share(result, step.call.arguments[0])
        return []
    if encode is None:
        return None
    if isinstance(step.into, Cell):
        memory.share(result, step.into)
    elif step.into is None:
        memory.stay(result)
    return encode(memory)


def gathering(rows: Rows, arity: int) -> Rows:
    """The instructions that gather the inputs that others read."""
    read = {slot for found in rows for slot in found[SLOTS : SLOTS + 4]}
    return [row(GATHER, slot, INPUTS + slot, arity) for slot in range(arity) if INPUTS + slot in read]


def row(opcode: int, number: int, slot: int, arity: int) -> list[int]:
    """An instruction that moves numbers between a slot and the places of an input, one of so many."""
    made = [0] * WIDTH
    made[OPCODE], made[INPUT], made[ARITY], made[SLOTS] = opcode, number, arity, slot
    return made
