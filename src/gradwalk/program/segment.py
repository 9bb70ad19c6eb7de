"""A stretch of a compiled function's course as a program: its ops and backward passes, read as NumPy calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk.backward import sweep
from gradwalk.ops import Op
from gradwalk.program.listing import Cell, Listing
from gradwalk.program.native.loading import Loading
from gradwalk.program.native.native import Native
from gradwalk.program.plan import Plan
from gradwalk.program.replay import Replay
from gradwalk.program.trie import Place, Ran, Step, Swept


class Segment:
    """Runs the steps since one spot: ``run(arrays)`` takes and extends the arrays that are known, by slot."""

    def __init__(
        self,
        earlier: Iterable[Step],
        steps: Sequence[Step],
        arrays: Mapping[int, Any],
        wanted: Sequence[int],
        kernel: Loading | None = None,
    ):
        reading = Reading(arrays)
        for step in earlier:
            reading.enter(step)
        for step in steps:
            reading.read(step)
        self.given, self.wanted = list(reading.given), list(wanted)
        given, results = list(reading.given.values()), [reading.cells[slot] for slot in wanted]
        own = {reading.cells[slot] for slot in wanted if slot in reading.gradients}
        self.parts = Plan(reading.listing.calls, given, results), given, results, own
        self.kernel = kernel  # None once it is used, or if it isn't to be
        self.replay = self._made()

    def _made(self) -> Replay:
        if self.kernel is None or self.kernel.interpret is None:
            return Replay(*self.parts)
        interpret, self.kernel = self.kernel.interpret, None
        return Native(*self.parts, interpret)

    def run(self, arrays: dict[int, Any]) -> None:
        """Compute what is wanted from what is known: with the kernel from when it is there."""
        if self.kernel is not None and self.kernel.interpret is not None:
            self.replay = self._made()
        arrays.update(zip(self.wanted, self.replay.run(*[arrays[slot] for slot in self.given]), strict=True))


class Reading:
    """Steps being read: the cell of each slot, and those cells that come from outside, in the order of first use."""

    def __init__(self, arrays: Mapping[int, Any]):
        self.listing, self.arrays = Listing(), arrays
        self.cells: dict[int, Cell] = {}
        self.given: dict[int, Cell] = {}
        self.nodes: dict[int, Recorded] = {}
        self.gradients: set[int] = set()

    def cell(self, slot: int) -> Cell:
        """A slot's cell; one that no step here makes is given."""
        if slot not in self.cells:
            self.cells[slot] = self.given[slot] = self.listing.cell(self.arrays[slot])
        return self.cells[slot]

    def node(self, place: Place) -> Recorded:
        """A slot as the backward pass sees it."""
        if place.slot not in self.nodes:
            self.nodes[place.slot] = Recorded(self, place)
        return self.nodes[place.slot]

    def enter(self, step: Step) -> None:
        """Take note of a step that ran earlier, for backward passes that come to it."""
        if isinstance(step, Ran):
            for number, place in enumerate(step.results):
                params = {**step.params, "slot": number} if step.several else step.params
                inputs = tuple(self.node(x) if isinstance(x, Place) else x for x in step.inputs)
                self.nodes[place.slot] = Recorded(self, place, Listed(step.op, self.listing), inputs, params)

    def read(self, step: Step) -> None:
        """List what a step does."""
        self.enter(step)
        if isinstance(step, Ran):
            self._run(step)
        else:
            self._sweep(step)

    def _run(self, step: Ran) -> None:
        inputs = [self.cell(x.slot) if isinstance(x, Place) else x for x in step.inputs]
        if step.several:
            for number, place in enumerate(step.results):
                params = {**step.params, "slot": number}
                self.cells[place.slot] = self.listing.run(output_of(step.op), inputs, params)
        else:
            self.cells[step.results[0].slot] = self.listing.listed(step.op.forward, inputs, step.params)

    def _sweep(self, step: Swept) -> None:
        output = self.node(step.output)
        seed = self.listing.cell(np.ones(step.output.shape, step.output.dtype)[()])
        totals = {edge.input.slot: edge.total for edge in sweep(output, seed)}
        for leaf, gradient in step.gradients:
            self.cells[gradient.slot] = totals[leaf.slot]
            self.gradients.add(gradient.slot)


class Recorded:
    """A slot as a node of the tape: what `gradwalk.backward.sweep` asks of one."""

    __slots__ = ("index", "inputs", "op", "params", "reading", "requires_grad", "slot")

    def __init__(
        self,
        reading: Reading,
        place: Place,
        op: Listed | None = None,
        inputs: tuple[Any, ...] = (),
        params: Mapping[str, Any] | None = None,
    ):
        self.reading, self.slot, self.index, self.requires_grad = reading, place.slot, place.slot, place.requires_grad
        self.op = op if place.requires_grad else None
        self.inputs, self.params = inputs, params or {}

    @property
    def value(self) -> Cell:
        """The cell that a rule reads."""
        return self.reading.cell(self.slot)


class Listed:
    """An op whose rules are listed: call by call, or as one call where their course depends on numbers."""

    def __init__(self, op: Op, listing: Listing):
        self.op, self.listing = op, listing
        self.name, self.inputs, self.variadic = op.name, op.inputs, op.variadic

    def rule(self, slot: int) -> Callable[..., Any] | None:
        """The VJP for one slot, on cells."""
        rule = self.op.rule(slot)
        if rule is None:
            return None
        return lambda *arguments, **params: self.listing.listed(rule, arguments, params)


def output_of(op: Op) -> Callable[..., Any]:
    """The function that computes one of an op's several outputs."""
    return lambda *inputs, **params: op.compute(inputs, params)
