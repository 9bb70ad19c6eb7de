"""One call of a compiled function: its ops are noted, and computed together when a number is asked for.

Each op leads to the next spot in the trie, and computes nothing. What leads to no known spot is explored
(`gradwalk.program.exploring`). What the trie can't follow *thaws* the call: all its tensors become ordinary ones, with
the tape that they would have, and the rest of the call runs as it is (`gradwalk.program.ending`).
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from gradwalk.ops import Op
from gradwalk.program import changing, computing, ending, exploring, sweeping, updating
from gradwalk.program.keys import key_of, part_of_key
from gradwalk.program.native.loading import Loading
from gradwalk.program.traced import Noted, Traced, Watched, array_of
from gradwalk.program.trie import Place, Ran, Spot
from gradwalk.recording import recording
from gradwalk.tensor import NO_PARAMS, Tensor

place_of = operator.attrgetter("params")
MISSES = (KeyError, AttributeError, TypeError)


class Trace:
    """What one call has noted so far, and what is known of it; one serves all calls of a function, one after the other.

    ``arrays`` are the values known by slot; they are complete up to the spot ``known``. ``outside`` are the tensors that
    came in from outside by slot, ``tapes`` the params of those that were computed there. ``marked`` are results that
    somebody wrote on. ``freed`` are the slots whose tape a backward pass has used up, ``changes`` what was changed in
    place; ``behind`` says that some of it is still as it was. ``shown`` are the slots whose arrays were given out.
    ``explored`` says that it went a way that no call went before, ``reason`` why it was thawed, ``looks`` how often numbers
    were looked at. If it is ``broken``, because computing failed, ``undone`` has what optimizers remembered.
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
        self.changes: list[changing.Change] = []
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
        for slot in self.tapes:
            self.let_go(self.outside[slot])
        for x in self.outside.values():
            if type(x) is Watched:
                x.params = NO_PARAMS
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

    # --- all else that a call does ---

    sweep = sweeping.sweep
    change = changing.change
    update = updating.note
    compute = computing.compute
    value_of, shared, catch_up = computing.value_of, computing.shared, computing.catch_up
    end, abandon, thaw = ending.end, ending.abandon, ending.thaw


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
