"""One call of a compiled function: its ops are noted, and computed together when a number is asked for.

Each op leads to the next spot in the trie, and computes nothing. What leads to no known spot is explored
(`gradwalk.program.exploring`). What the trie can't follow *thaws* the call: all its tensors become ordinary ones, with
the tape that they would have, and the rest of the call runs as it is (`gradwalk.program.ending`).
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk.ops import OPS, Op
from gradwalk.program import changing, ending, exploring, updating
from gradwalk.program.keys import key_of, part_of_key
from gradwalk.program.native.loading import Loading
from gradwalk.program.segment import Segment
from gradwalk.program.tape import refuse_used
from gradwalk.program.traced import UNHELD, Noted, Traced, Watched, array_of, counts
from gradwalk.program.trie import Place, Ran, Spot, Swept
from gradwalk.recording import no_grad, recording
from gradwalk.tensor import NO_PARAMS, Tensor

if TYPE_CHECKING:
    from gradwalk.optim.optimizer import Optimizer

place_of = operator.attrgetter("params")
MISSES = (KeyError, AttributeError, TypeError)


class Trace:
    """What one call has noted so far, and what is known of it; one serves all calls of a function, one after the other.

    ``arrays`` are the values known by slot; they are complete up to the spot ``known``. ``outside`` are the tensors that
    came in from outside by slot, ``tapes`` the params of those that were computed there. ``marked`` are results that
    somebody wrote on. ``freed`` are the slots whose tape a backward pass has used up, ``changes`` the arrays changed in place, with how many
    slots there were then; ``behind`` says that some of them are still as they were. ``shown`` are the slots whose arrays
    were given out. ``explored`` says that it went a way that no call went before, ``reason`` why it was thawed, ``looks``
    how often numbers were looked at. If it is ``broken``, because computing failed, ``undone`` has what optimizers
    remembered.
    """

    def __init__(self, loading: Loading | None = None):
        self.loading = loading
        self.spot = self.known = Spot()
        self.forget()

    def forget(self) -> None:
        """Let go of all that belongs to one call."""
        self.arrays: dict[int, Any] = {}
        self.outside: dict[int, Tensor] = {}
        self.tapes: dict[int, Mapping[str, Any]] = {}
        self.marked: list[Traced] = []
        self.changes: list[tuple[int, Sequence[Any]]] = []
        self.shown: set[int] = set()
        self.undone: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.freed: frozenset[int] = frozenset()
        self.behind = self.broken = self.ended = self.explored = False
        self.reason, self.looks = "", 0

    # --- tensors from outside ---

    def take_in(self, x: Tensor, place: Place) -> None:
        """Give a tensor from outside its place."""
        slot = place.slot
        self.outside[slot], self.arrays[slot] = x, x.value
        if x.op is not None:
            self.tapes[slot] = x.params
        x.__class__, x.params = Watched, place  # type: ignore[assignment]

    def enter(self, x: Tensor) -> Place:
        """The place of a tensor from outside, which may be new here."""
        if type(x) is not Tensor:  # it is noted
            return x.params  # type: ignore[return-value]
        before, value = self.spot, array_of(x)
        spot = before.entering
        place: Any = spot and spot.result
        if (
            spot is None
            or place.shape != value.shape
            or place.dtype is not value.dtype
            or place.requires_grad is not x.requires_grad
        ):
            spot = before.entering = entrance(before, x)
            place = spot.result
        self.take_in(x, place)
        if self.known is before:
            self.known = spot
        self.spot = spot
        return place  # type: ignore[no-any-return]

    def move_to(self, spot: Spot) -> None:
        """Go on to a spot with nothing to compute on the way."""
        if self.known is self.spot:
            self.known = spot
        self.spot = spot

    def params_of(self, x: Tensor) -> Mapping[str, Any]:
        """What a watched tensor's params are when it isn't watched."""
        return self.tapes.get(x.params.slot, NO_PARAMS)  # type: ignore[attr-defined]

    def let_go(self, x: Tensor) -> None:
        """Make a watched tensor an ordinary one again."""
        if type(x) is Watched:
            x.params = self.params_of(x)
            x.__class__ = Tensor  # type: ignore[assignment]

    def release(self) -> None:
        """Make all watched tensors ordinary ones again."""
        for x in self.outside.values():
            if type(x) is Watched:
                x.params = self.params_of(x) if self.tapes else NO_PARAMS
                x.__class__ = Tensor  # type: ignore[assignment]

    # --- noting ---

    def record(self, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any] = NO_PARAMS) -> Any:
        """The result of an op; on a known way nothing is computed."""
        try:
            key = (op, *map(place_of, inputs), key_of(params)) if params else (op, *map(place_of, inputs))
            return self.arrive(self.spot.next[key])
        except MISSES:  # there is a number, or a tensor that is new here, or no spot
            return self._found(op, inputs, params)

    def _found(self, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
        try:
            parts = [self.part(x) for x in inputs]
            key = (op, *parts, key_of(params)) if params else (op, *parts)
            spot = self.spot.next.get(key)
        except TypeError:
            return exploring.refuse(self, op, inputs, params)
        return exploring.explore(self, key, op, inputs, params) if spot is None else self.arrive(spot)

    def part(self, x: Any) -> Any:
        """An input's part in a key: its place, or what must be equal for it to be the same in another call."""
        if isinstance(x, Noted):
            return x.params
        return self.enter(x) if isinstance(x, Tensor) else part_of_key(x)

    def arrive(self, spot: Spot) -> Any:
        """Go on to a spot, and give what an op makes there."""
        self.spot = spot
        place = spot.result
        if place is not None:
            return place.tensor
        step = spot.steps[-1]
        assert isinstance(step, Ran)
        return tuple([place.tensor for place in step.results])

    def met(self) -> tuple[Any, ...]:
        """What changes when a call does more than to note ops: computes, looks at numbers, takes in or changes tensors."""
        return self.known, self.looks, len(self.outside), len(self.changes), recording.trace

    def switch(self, enabled: bool) -> None:
        """Note that gradients are wanted from here on, or aren't."""
        spot = self.spot.next.get(enabled)
        if spot is None:
            spot = self.spot.next[enabled] = self.spot.after()
        self.move_to(spot)

    # --- backward ---

    def sweep(self, output: Place) -> bool:
        """Note a backward pass: every leaf behind ``output`` gets a gradient, which is computed later.

        False if the call had to be thawed instead, so that the backward pass is still to be made.
        """
        key = (Swept, output)
        spot = self.spot.next.get(key) or exploring.swept(self, output)
        step: Any = spot.steps[0]
        if self.changes or not self.freed.isdisjoint(step.behind):
            refuse_used(self, step)
        outside = self.outside
        leaves = [outside[place.slot] for place, _ in step.gradients]
        for x in leaves:
            if x.hooks:
                self.thaw("a leaf has a hook")
                return False
        self.spot.next[key] = self.spot = spot
        self.freed = self.freed | step.behind if self.freed else step.behind
        tapes, made = self.tapes, [gradient.tensor for _, gradient in step.gradients]
        for (place, _), x, gradient in zip(step.gradients, leaves, made, strict=True):
            if x.grad is None and place.slot not in tapes:
                x.grad = gradient
            else:
                self._add(place, x, gradient)
        return True

    def _add(self, place: Place, to: Tensor, gradient: Traced) -> None:
        """Add a gradient to a leaf's; or send it on along the tape of what was computed outside."""
        if place.slot in self.tapes:
            ending.sent_on(self, to, gradient)
            return
        assert to.grad is not None
        with no_grad():
            if not self.change(to.grad, OPS["add"], (gradient,), NO_PARAMS):
                to.grad = self.record(OPS["add"], (to.grad, gradient))

    # --- changes in place ---

    def change(self, target: Tensor, op: Op, others: Sequence[Any], params: Mapping[str, Any]) -> bool:
        """Note a change in place; False if it must be carried out at once."""
        return changing.change(self, target, op, (target, *others), params)

    def update(self, optimizer: Optimizer) -> None:
        """Note an optimizer's step."""
        updating.note(self, optimizer)

    # --- computing ---

    def compute(self, wanted: tuple[int, ...] | None = None) -> None:
        """Bring the arrays up to where the call is: those that are wanted, or that may be from here on."""
        if self.known is self.spot:
            return
        if wanted is None:
            wanted = self._wanted()
        segment = self.segment(wanted)
        self.arrays.update(zip(segment.wanted, self.run(segment), strict=True))

    def segment(self, wanted: tuple[int, ...]) -> Segment:
        """What computes the slots that are wanted here from what is known."""
        key = self.known, wanted
        segment = self.spot.programs.get(key)
        if segment is None:
            steps = self.spot.course(self.known)
            segment = self.spot.programs[key] = Segment(self.known.course(), steps, self.arrays, wanted, self.loading)
        return segment

    def run(self, segment: Segment) -> Sequence[Any]:
        """What a segment computes: all is up to date then."""
        self.broken = True
        values = segment.run(self.arrays)
        self.known, self.behind, self.broken = self.spot, False, False
        return values

    def _wanted(self) -> tuple[int, ...]:
        """What must be known for the call to go on: what is held, and all if a backward pass is still to come."""
        alive = self.alive()
        return self.unknown() if self.is_open(alive) else self.missing(alive)

    def alive(self) -> list[Any]:
        """The results that somebody holds, or has written on."""
        places = self.spot.places()
        return [place.tensor for place, count in zip(places, counts(places), strict=True) if count > UNHELD]

    def is_open(self, held: Sequence[Any]) -> bool:
        """Whether a backward pass may still come to what is held."""
        return any(x.requires_grad and x.params.slot not in self.freed for x in held)

    def missing(self, held: Sequence[Any]) -> tuple[int, ...]:
        """The slots of those that aren't computed."""
        arrays = self.arrays
        return tuple([slot for x in held if (slot := x.params.slot) not in arrays])

    def unknown(self) -> tuple[int, ...]:
        """All slots that aren't computed since the latest spot where all was known."""
        return tuple([slot for slot in range(self.known.size, self.spot.size) if slot not in self.arrays])

    def value_of(self, x: Traced) -> Any:
        """A tensor's value."""
        place: Any = x.params
        if self.behind or place.slot not in self.arrays:
            self.compute()
        self.shown.add(place.slot)
        self.looks += 1
        return self.arrays[place.slot]

    def shared(self, x: Traced) -> Any:
        """A tensor's value as an array that others may look at too; a number is made one."""
        slot = x.params.slot  # type: ignore[attr-defined]
        value = self.arrays[slot] = np.asarray(self.value_of(x))
        return value

    def catch_up(self) -> None:
        """Carry out the changes in place that were noted, because someone looks."""
        self.looks += 1
        if self.behind:
            self.compute()

    # --- coming to an end ---

    def end(self) -> None:
        """Turn what outlives the call into ordinary tensors."""
        ending.end(self)

    def abandon(self) -> None:
        """End after an error: what the user still holds becomes what it would be."""
        ending.abandon(self)

    def thaw(self, reason: str) -> None:
        """Go on with ordinary tensors, as if nothing were compiled."""
        ending.thaw(self, reason)


def entrance(before: Spot, x: Tensor) -> Spot:
    """The spot where such a tensor comes in from outside."""
    value = array_of(x)
    key = "enter", value.shape, value.dtype, x.requires_grad
    spot = before.next.get(key)
    if spot is None:
        spot = before.next[key] = before.after()
        spot.result = Place(spot.size, value.shape, value.dtype, x.requires_grad)
        spot.size += 1
    return spot
