"""A stretch of a compiled function's course as a program: its ops and backward passes, read as NumPy calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk.backward import sweep
from gradwalk.contributions import in_general
from gradwalk.inputs import Reader
from gradwalk.ops import Op
from gradwalk.program.listing import Cell, Listing, Number
from gradwalk.program.native.loading import Loading
from gradwalk.program.native.native import Native
from gradwalk.program.plan import Plan
from gradwalk.program.replay import Replay
from gradwalk.program.straight import reader
from gradwalk.program.trie import Place, Put, Ran, Step, Swept, Updated


class Segment:
    """Runs the steps since one spot: ``run(arrays)`` takes the arrays that are known by slot, and gives those wanted."""

    def __init__(
        self,
        earlier: Iterable[Step],
        steps: Sequence[Step],
        arrays: Mapping[int, Any],
        wanted: Sequence[int],
        loading: Loading | None = None,
    ):
        reading = Reading(arrays, {place.slot for step in steps for place in changed_by(step)})
        for step in earlier:
            reading.enter(step)
        for step in steps:
            reading.read(step)
        self.given, self.wanted = list(reading.given), wanted
        self.read = reader(self.given)
        given, results = list(reading.given.values()), [reading.cells[slot] for slot in wanted]
        own = {reading.cells[slot] for slot in wanted if slot in reading.own}
        self.parts = Plan(reading.listing.calls, given, results), given, results, own
        self.loading = loading  # None once it is used, or if it isn't to be
        self.replay = self._made()

    def _made(self) -> Replay:
        if self.loading is None or self.loading.kernel is None:
            return Replay(*self.parts)
        kernel, self.loading = self.loading.kernel, None
        return Native(*self.parts, kernel)

    def run(self, arrays: Mapping[int, Any]) -> Sequence[Any]:
        """What is wanted, computed from what is known: with the kernel from when it is there."""
        if self.loading is not None and self.loading.kernel is not None:
            self.replay = self._made()
        return self.replay.run(*self.read(arrays))  # type: ignore[no-any-return]


class Reading:
    """Steps being read: the cell of each slot, and those cells that come from outside, in the order of first use.

    Calls are made once while they are listed: on copies of the arrays that are ``changed`` by them. ``own`` are slots
    whose arrays share no memory with others.
    """

    def __init__(self, arrays: Mapping[int, Any], changed: Collection[int] = frozenset()):
        self.listing, self.arrays, self.changed = Listing(), arrays, changed
        self.cells: dict[int, Cell] = {}
        self.given: dict[int, Cell] = {}
        self.nodes: dict[int, Recorded] = {}
        self.own: set[int] = set()

    def cell(self, slot: int) -> Cell:
        """A slot's cell; one that no step here makes is given."""
        if slot not in self.cells:
            array = self.arrays[slot]
            self.cells[slot] = self.given[slot] = self.listing.cell(np.array(array) if slot in self.changed else array)
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
        READERS[type(step)](self, step)

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
            self.own.add(gradient.slot)

    def _put(self, step: Put) -> None:
        self.listing.put(self.cell(step.target.slot), self.cell(step.source.slot))

    def _update(self, step: Updated) -> None:
        for move in step.moves:
            group = {name: self._setting(value) for name, value in move.settings.items()}
            state = {name: self.cell(place.slot) for name, place in move.state.items()}
            value, remembered = step.rule(self.cell(move.param.slot), self.cell(move.grad.slot), state, group)
            for name, place in move.created.items():
                if isinstance(place, Place):
                    self.cells[place.slot] = self.listing.run(np.positive, (remembered[name],), {})
                    self.own.add(place.slot)
            for name in state.keys() & remembered.keys():
                if not isinstance(state[name], Number):
                    self.listing.put(state[name], remembered[name])
            self.listing.put(self.cell(move.param.slot), value)

    def _setting(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._setting(item) for item in value)
        return self.cell(value.slot) if isinstance(value, Place) else value


READERS: dict[type, Callable[[Reading, Any], None]] = {
    Ran: Reading._run,
    Swept: Reading._sweep,
    Put: Reading._put,
    Updated: Reading._update,
}


def changed_by(step: Step) -> Iterable[Place]:
    """What a step writes into."""
    if isinstance(step, Put):
        return (step.target,)
    return step.changed if isinstance(step, Updated) else ()


class Recorded(Reader):
    """A slot as a node of the tape: what `gradwalk.backward.sweep` asks of one."""

    __slots__ = ("index", "op", "params", "reading", "requires_grad", "slot")

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
        self.name, self.inputs, self.variadic, self.hand = op.name, op.inputs, op.variadic, in_general

    def rule(self, slot: int) -> Callable[..., Any] | None:
        """The VJP for one slot, on cells."""
        rule = self.op.rule(slot)
        if rule is None:
            return None
        return lambda *arguments, **params: self.listing.listed(rule, arguments, params)


def output_of(op: Op) -> Callable[..., Any]:
    """The function that computes one of an op's several outputs."""
    return lambda *inputs, **params: op.compute(inputs, params)
