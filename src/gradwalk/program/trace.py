"""One call of a compiled function: its ops are noted, and computed together when a number is asked for.

Ops find their next spot in the trie and compute nothing. The first call that comes some way computes op by op instead, so
that errors show the line they belong to, and leaves new spots behind. What the trie can't follow *thaws* the call: all
its tensors become ordinary ones, with the tape that they would have, and the rest of the call runs as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk.ops import OPS, Op
from gradwalk.program.keys import key_of, part_of_key
from gradwalk.program.native.loading import Loading
from gradwalk.program.segment import Segment
from gradwalk.program.tape import put_on_tape, refuse_used
from gradwalk.program.traced import Traced, alive, settle
from gradwalk.program.trie import Place, Ran, Spot, Swept
from gradwalk.recording import no_grad, recording
from gradwalk.tensor import NO_PARAMS, NUMBERS, Tensor, apply, common_dtype, given, leaf, promoted

WAYS = 32  # from one spot: a function that goes on in more different ways than these isn't worth following
LONGEST = 20_000  # steps of one call
CHANGING = 3  # different numbers at one spot, after which a number there is an input
SHAPED_BY_NUMBERS = {"masked_select", "nonzero_rows", "bincount"}


class Trace:
    """What one call has noted so far, and what is known of it.

    ``arrays`` are the values known by slot; they are complete up to the spot ``known``. ``places`` are those of the
    tensors that came in from outside, by id; ``outside`` are these tensors by slot. ``freed`` are the slots whose tape a
    backward pass has used up, ``changes`` the arrays changed in place, with how many slots there were then.
    """

    def __init__(self, start: Spot, kernel: Loading | None = None):
        self.kernel = kernel
        self.spot = self.known = start
        self.arrays: dict[int, Any] = {}
        self.places: dict[int, Place] = {}
        self.outside: dict[int, Tensor] = {}
        self.made: list[Traced] = []
        self.freed: frozenset[int] = frozenset()
        self.changes: list[tuple[int, Any]] = []
        self.handed: list[tuple[Tensor, Tensor | None, Traced]] = []  # gradients: to which leaf, and its own before
        self.reason, self.ended = "", False  # why the call was thawed
        self.explored = False  # whether it went a way that no call went before

    # --- noting ---

    def record(self, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any] = NO_PARAMS) -> Any:
        """The result of an op; on a known way nothing is computed."""
        places = self.places
        try:
            parts: list[Any] = [op, recording.scope is None, key_of(params) if params else None]
            for x in inputs:
                parts.append(x.params if type(x) is Traced else places.get(id(x)) or self._newcomer(x, inputs))
            key = tuple(parts)
            spot = self.spot.next.get(key)
        except TypeError:
            spot = key = None
        if spot is None:
            return self._explore(key, op, inputs, params)
        if spot.entered:
            self._enter(inputs, spot)
        self.spot = spot
        return self._results(spot)

    def _newcomer(self, x: Any, inputs: tuple[Any, ...]) -> Any:
        """What must be equal for an input that has no place yet to be the same in another call."""
        if isinstance(x, Tensor):
            value = x.value
            return value.shape, value.dtype, x.requires_grad, first(x, inputs)
        return part_of_key(x)

    def _enter(self, inputs: Sequence[Any], spot: Spot) -> None:
        """Take in the tensors that are new at a spot."""
        for place, x in zip(spot.entered, self._newcomers(inputs), strict=True):
            self.places[id(x)], self.outside[place.slot], self.arrays[place.slot] = place, x, x.value

    def _newcomers(self, inputs: Sequence[Any]) -> Iterable[Tensor]:
        found = {id(x): x for x in inputs if isinstance(x, Tensor) and type(x) is not Traced}
        return [x for key, x in found.items() if key not in self.places]

    def _results(self, spot: Spot) -> Any:
        if spot.result is not None:
            return self.noted(spot.result)
        step = spot.steps[-1]
        assert isinstance(step, Ran)
        return tuple([self.noted(place) for place in step.results])

    def noted(self, place: Place) -> Traced:
        """A tensor for what a place will hold."""
        made: Traced = object.__new__(Traced)
        made.scope, made.params, made.requires_grad = self, place, place.requires_grad  # type: ignore[assignment]
        self.made.append(made)
        return made

    # --- a way that no call went before ---

    def _explore(self, key: Any, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
        """Go on where no call has been: run the op for real, and note it; or thaw, if that can't be noted."""
        if key is None or any(not self._plain(x) for x in inputs):
            inputs = tuple(x if self._plain(x) else given(x) for x in inputs)
            return self.record(op, inputs, params) if key is not None else self._give_up(op, inputs, params)
        if op.elementwise and any(type(x) in NUMBERS for x in inputs) and self._varies(op):
            dtype = common_dtype(inputs)
            return self.record(op, tuple(number_as_tensor(x, dtype) for x in inputs), params)
        if op.name in SHAPED_BY_NUMBERS:
            return self._thawed(f"the shape of {op.name}'s result depends on numbers", op, inputs, params)
        if len(self.spot.next) >= WAYS:
            return self._thawed("it goes a different way in nearly every call", op, inputs, params)
        if self.spot.depth >= LONGEST:
            return self._thawed(f"one call takes more than {LONGEST:,} steps", op, inputs, params)
        self.compute()
        spot = self._ran(op, inputs, params)
        self.spot.next[key] = spot
        self.spot = self.known = spot
        self.explored = True
        return self._results(spot)

    def _plain(self, x: Any) -> bool:
        return x is None or type(x) in NUMBERS or isinstance(x, Tensor)

    def _varies(self, op: Op) -> bool:
        return sum(key[0] is op for key in self.spot.next) >= CHANGING

    def _give_up(self, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
        reason = f"{op.name} has a parameter that is no number, text, slice or small array"
        return self._thawed(reason, op, inputs, params)

    def _thawed(self, reason: str, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
        self.thaw(reason)
        return apply(op, inputs, params)

    def _ran(self, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Spot:
        """Run an op: the spot that it leads to."""
        new = {id(x): x for x in self._newcomers(inputs)}
        spot = Spot(self.spot, size=self.spot.size, depth=self.spot.depth + 1)
        spot.entered = tuple(self._place(x, spot) for x in new.values())
        self._enter(inputs, spot)
        places = [x.params if type(x) is Traced else self.places.get(id(x), x) for x in inputs]
        arguments = tuple(self._stand_in(x) for x in places)
        with untraced():
            same_type = promoted(op, arguments) if op.floating or op.elementwise else arguments
            found = apply(op, same_type, params)
        casts = {i: x for i, x in enumerate(same_type) if x is not arguments[i]}
        for i, x in casts.items():
            cast = self._place(x, spot, OPS["cast"])
            spot.steps += (Ran(OPS["cast"], (places[i],), {"dtype": cast.dtype}, (cast,)),)
            places[i] = cast
        several = isinstance(found, tuple)
        results = tuple(self._place(x, spot, op) for x in (found if several else (found,)))
        spot.steps += (Ran(op, tuple(places), dict(params), results, several),)
        spot.result = None if several else results[0]
        return spot

    def _stand_in(self, x: Any) -> Any:
        return leaf(self.arrays[x.slot], x.requires_grad) if isinstance(x, Place) else x

    def _place(self, x: Tensor, spot: Spot, op: Op | None = None) -> Place:
        """A place for a tensor's value, from a spot on."""
        place = Place(spot.size, x.value.shape, x.value.dtype, x.requires_grad, op)
        self.arrays[place.slot] = x.value
        spot.size += 1
        return place

    # --- backward ---

    def sweep(self, output: Place) -> bool:
        """Note a backward pass: every leaf behind ``output`` gets a gradient, which is computed later.

        False if the call had to be thawed instead, so that the backward pass is still to be made.
        """
        key = (Swept, output)
        spot = self.spot.next.get(key)
        if spot is None:
            spot = self._swept(output)
        step = spot.steps[0]
        assert isinstance(step, Swept)
        if self.changes or not self.freed.isdisjoint(step.behind):
            refuse_used(self, step)
        leaves = [self.outside[place.slot] for place, _ in step.gradients]
        if any(x.hooks for x in leaves):
            self.thaw("a leaf has a hook")
            return False
        self.spot.next[key] = self.spot = spot
        self.freed |= step.behind
        made = [self.noted(gradient) for _, gradient in step.gradients]
        for x, gradient in zip(leaves, made, strict=True):
            self._hand(x, gradient)
        return True

    def _swept(self, output: Place) -> Spot:
        """The spot that a backward pass leads to."""
        behind = {output.slot: output}
        for step in reversed(self.spot.course()):
            if isinstance(step, Ran) and any(place.slot in behind for place in step.results):
                behind.update({place.slot: place for place in step.sources()})
        leaves = [place for slot, place in sorted(behind.items()) if slot in self.outside]
        size = self.spot.size
        gradients = tuple((place, Place(size + i, place.shape, place.dtype)) for i, place in enumerate(leaves))
        step = Swept(output, gradients, frozenset(behind).difference(self.outside))
        return Spot(self.spot, steps=(step,), size=size + len(leaves), depth=self.spot.depth + 1)

    def _hand(self, to: Tensor, gradient: Traced) -> None:
        """Add a gradient to a leaf's; or send it on along the tape of what was computed outside."""
        if to.op is not None:
            to.backward(gradient.value, retain_graph=True)
        elif to.grad is None:
            self.handed.append((to, None, gradient))
            to.grad = gradient
        else:
            with no_grad():
                total = self.record(OPS["add"], (to.grad, gradient))
            self.handed.append((to, to.grad, total))
            to.grad = total

    # --- computing ---

    def compute(self, wanted: tuple[int, ...] | None = None) -> None:
        """Bring the arrays up to where the call is: those that are wanted, or that may be from here on."""
        if self.known is self.spot:
            return
        if wanted is None:
            wanted = self._wanted()
        key = self.known, wanted
        segment = self.spot.programs.get(key)
        if segment is None:
            steps = self.spot.course(self.known)
            segment = self.spot.programs[key] = Segment(self.known.course(), steps, self.arrays, wanted, self.kernel)
        segment.run(self.arrays)
        self.known = self.spot

    def _wanted(self) -> tuple[int, ...]:
        """What must be known for the call to go on: what is held, and all if a backward pass is still to come."""
        held = alive(self.made)
        if any(x.requires_grad and x.params.slot not in self.freed for x in held):  # type: ignore[attr-defined]
            return tuple(slot for slot in range(self.known.size, self.spot.size) if slot not in self.arrays)
        return self._unknown(held)

    def _unknown(self, held: Iterable[Any]) -> tuple[int, ...]:
        return tuple([x.params.slot for x in held if x.params.slot not in self.arrays])

    def value_of(self, x: Traced) -> Any:
        """A tensor's value."""
        place: Any = x.params
        if place.slot not in self.arrays:
            self.compute()
        x.value = self.arrays[place.slot]
        return x.value

    def before_change(self, target: Tensor) -> None:
        """Compute what was noted, because a tensor that it may read is about to be changed in place."""
        place: Any = target.params
        if type(target) is Traced and place.op is not None:
            self.thaw("it changes a computed tensor in place")
        elif type(target) is Traced:  # a gradient: nothing shares its memory
            settle(target, self.value_of(target))
        else:
            self.compute()
            self.changes.append((self.spot.size, target.value))

    def replace(self, x: Tensor) -> None:
        """Compute what was noted, because a tensor is about to get another array."""
        self.compute()
        self.places.pop(id(x), None)

    # --- coming to an end ---

    def end(self) -> None:
        """Turn what outlives the call into ordinary tensors."""
        if self.ended:
            return
        held = alive(self.made)
        if any(x.requires_grad and x.params.slot not in self.freed for x in held):  # type: ignore[attr-defined]
            self.thaw("it gives back what wants a gradient later; call backward() inside, or use no_grad")
            return
        self.compute(self._unknown(held))
        for x in held:
            place: Any = x.params
            settle(x, self.arrays[place.slot], place.op if x.requires_grad else None)
        self._accumulate()

    def abandon(self) -> None:
        """End after an error: what the user still holds becomes what it would be."""
        try:
            if not self.ended:
                self.thaw("")
        except Exception:  # it was computing that failed: no gradient was computed either
            for to, before, total in reversed(self.handed):
                if to.grad is total:
                    to.grad = before

    def _accumulate(self) -> None:
        """Put sums of gradients where they are accumulated: in the gradient that was there before."""
        self.ended = True
        for to, before, total in self.handed:
            if before is not None and to.grad is total and isinstance(before.value, np.ndarray):
                before.value[...] = total.value
                to.grad = before

    def thaw(self, reason: str) -> None:
        """Go on with ordinary tensors, as if nothing were compiled."""
        self.reason, recording.trace = reason, None
        self.compute(tuple(slot for slot in range(self.known.size, self.spot.size) if slot not in self.arrays))
        put_on_tape(self)
        self._accumulate()


class untraced:
    """Run ops as they are, for a moment."""

    def __enter__(self) -> None:
        self.trace, recording.trace = recording.trace, None

    def __exit__(self, *error: object) -> None:
        recording.trace = self.trace


def first(x: Any, inputs: Sequence[Any]) -> int:
    """Where an object stands first: it tells ``x * x`` from ``x * y``."""
    return next(i for i, y in enumerate(inputs) if y is x)


def number_as_tensor(x: Any, dtype: Any) -> Any:
    """A plain number as a tensor without dimensions, which changes no type."""
    return leaf(np.array(x, dtype)) if type(x) in NUMBERS else x
