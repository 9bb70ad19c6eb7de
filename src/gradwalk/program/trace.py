"""One call of a compiled function: its ops are noted, and computed together when a number is asked for.

A `Traced` tensor has a shape and a type but no value yet. Ops on it find their next spot in the trie and compute
nothing. The first call that comes some way computes op by op instead, so that errors show the line they belong to, and
leaves new spots behind. What the trie can't follow *thaws* the call: all its tensors become ordinary ones.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk.ops import OPS, Op
from gradwalk.program.segment import Segment
from gradwalk.program.trie import Place, Ran, Spot, Swept
from gradwalk.recording import enable_grad, no_grad, recording
from gradwalk.tensor import DEFERRED, NO_PARAMS, NUMBERS, Tensor, apply, leaf, promoted

LARGEST_INDEX = 4096  # bytes: an index array up to this size may be a parameter


class Traced(Tensor):
    """A tensor of a call that is being traced; it becomes an ordinary `Tensor` when the call ends.

    Until then ``scope`` holds its trace and ``params`` its place, because both classes must have one layout; the other
    slots are unset. Asking for its value computes it; asking for its tape thaws the trace.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name not in Tensor.__slots__:
            raise AttributeError(f"a tensor has no {name!r}")
        if name == "value":
            return self.scope.value_of(self)  # type: ignore[union-attr]
        self.scope.thaw(f"it asks for a tensor's {name}")  # type: ignore[union-attr]
        return getattr(self, name)

    shape = property(lambda self: self.params.shape, doc="The size of each dimension.")  # type: ignore[assignment]
    ndim = property(lambda self: len(self.params.shape), doc="How many dimensions there are.")  # type: ignore[assignment]
    dtype = property(lambda self: self.params.dtype, doc="The type of the elements.")  # type: ignore[assignment]

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | None = None,
    ) -> None:
        """Note a backward pass of the usual kind; thaw for any other."""
        trace: Any = self.scope
        usual = gradient is None and not retain_graph and not create_graph and inputs is None
        if usual and self.requires_grad and not self.shape:
            trace.sweep(self.params)
        else:
            trace.thaw("it calls backward() with arguments, or on what has no gradient")
            self.backward(gradient, retain_graph, create_graph, inputs)


def record(op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
    """Note an op in the trace that its inputs belong to."""
    return recording.trace.record(op, inputs, params)


DEFERRED[Traced] = record


class Trace:
    """What one call has noted so far, and what is known of it.

    ``arrays`` are the values known by slot; they are complete up to the spot ``known``. ``places`` are those of the
    tensors that came in from outside, by id; ``outside`` are these tensors by slot.
    """

    def __init__(self, start: Spot):
        self.spot = self.known = start
        self.arrays: dict[int, Any] = {}
        self.places: dict[int, Place] = {}
        self.outside: dict[int, Tensor] = {}
        self.made: list[Traced] = []
        self.swept = self.changed = False
        self.thawed = ""

    # --- noting ---

    def wrap(self, arguments: Sequence[Any]) -> list[Any]:
        """The arguments of the call, its tensors traced."""
        tensors = [x for x in arguments if type(x) is Tensor]
        key = ("arguments", *[_described(x) for x in tensors])
        spot = self.spot.next.get(key)
        if spot is None:
            spot = self.spot.next[key] = Spot(self.spot, size=self.spot.size)
            self._admit(tensors, spot)
        self._enter(tensors, spot)
        self.known = spot
        return [self._made(self.places[id(x)]) if type(x) is Tensor else x for x in arguments]

    def record(self, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
        """The result of an op; on a known way nothing is computed."""
        inputs = tuple(x if isinstance(x, Tensor) or type(x) in PLAIN else leaf(np.asarray(x)) for x in inputs)
        try:
            key = (op, recording.scope is None, *[self._key(x) for x in inputs], frozen(params))
            spot = self.spot.next.get(key)
        except TypeError:
            self.thaw(f"{op.name} has a parameter that is no number, text, slice or small array")
            return apply(op, inputs, params)
        if spot is None:
            spot = self._explored(op, inputs, params)
            self.spot.next[key] = spot
            self._enter(inputs, spot)
            self.known = spot
        else:
            self._enter(inputs, spot)
        return self._results(spot)

    def _key(self, x: Any) -> Any:
        if type(x) is Traced:
            return x.params.slot  # type: ignore[attr-defined]
        if type(x) is Tensor:
            place = self.places.get(id(x))
            return _described(x) if place is None else place.slot
        return type(x), x

    def _enter(self, inputs: Sequence[Any], spot: Spot) -> None:
        """Move on to a spot, and take in the tensors that are new there."""
        self.spot = spot
        if spot.entered:
            new = {id(x): x for x in inputs if type(x) is Tensor and id(x) not in self.places}
            for place, x in zip(spot.entered, new.values(), strict=True):
                self.places[id(x)], self.outside[place.slot], self.arrays[place.slot] = place, x, x.value

    def _results(self, spot: Spot) -> Any:
        step = spot.steps[-1]
        assert isinstance(step, Ran)
        made = tuple([self._made(place) for place in step.results])
        return made if step.several else made[0]

    def _made(self, place: Place) -> Traced:
        made: Any = object.__new__(Traced)
        made.scope, made.params, made.requires_grad = self, place, place.requires_grad
        self.made.append(made)
        return made  # type: ignore[no-any-return]

    # --- a way that no call went before ---

    def _explored(self, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Spot:
        """Run an op for real: the spot that it leads to."""
        self.compute()
        spot = Spot(self.spot, size=self.spot.size)
        entering = self._admit(inputs, spot)
        places = [self._place(x, entering) for x in inputs]
        arguments = tuple(self._stand_in(x, entering) for x in places)
        if op.floating or op.elementwise:
            cast = promoted(op, arguments)
            places = [self._cast(*each, spot) for each in zip(places, arguments, cast, strict=True)]
            arguments = cast
        found = apply(op, arguments, params)
        results = tuple(self._new(x, spot) for x in (found if isinstance(found, tuple) else (found,)))
        spot.steps = (*spot.steps, Ran(op, tuple(places), dict(params), results, isinstance(found, tuple)))
        return spot

    def _admit(self, inputs: Sequence[Any], spot: Spot) -> dict[int, tuple[Place, Tensor]]:
        """Give places to the tensors that are new at a spot."""
        new = {id(x): x for x in inputs if type(x) is Tensor and id(x) not in self.places}
        entering = {
            key: (Place(spot.size + i, x.value.shape, x.value.dtype, x.requires_grad), x)
            for i, (key, x) in enumerate(new.items())
        }
        spot.entered, spot.size = tuple(place for place, _ in entering.values()), spot.size + len(entering)
        self.arrays.update({place.slot: x.value for place, x in entering.values()})
        return entering

    def _place(self, x: Any, entering: Mapping[int, tuple[Place, Tensor]]) -> Any:
        if type(x) is Traced:
            return x.params
        if type(x) is Tensor:
            return entering[id(x)][0] if id(x) in entering else self.places[id(x)]
        return x

    def _stand_in(self, x: Any, entering: Mapping[int, tuple[Place, Tensor]]) -> Any:
        return leaf(self.arrays[x.slot], x.requires_grad) if isinstance(x, Place) else x

    def _cast(self, place: Any, before: Any, after: Any, spot: Spot) -> Any:
        if after is before:
            return place
        result = self._new(after, spot)
        spot.steps = (*spot.steps, Ran(OPS["cast"], (place,), {"dtype": after.dtype}, (result,)))
        return result

    def _new(self, x: Tensor, spot: Spot) -> Place:
        place = Place(spot.size, x.value.shape, x.value.dtype, x.requires_grad)
        self.arrays[place.slot] = x.value
        spot.size += 1
        return place

    # --- backward ---

    def sweep(self, output: Place) -> None:
        """Note a backward pass: every leaf behind ``output`` gets a gradient, which is computed later."""
        key = (Swept, output.slot)
        if key not in self.spot.next:
            behind = self._behind(output)
            leaves = [self.places[id(x)] for slot, x in self.outside.items() if slot in behind and x.requires_grad]
            gradients = tuple(
                (place, Place(self.spot.size + i, place.shape, place.dtype, False)) for i, place in enumerate(leaves)
            )
            self.spot.next[key] = Spot(self.spot, (), (Swept(output, gradients),), self.spot.size + len(gradients))
        self.spot, self.swept = self.spot.next[key], True
        step = self.spot.steps[0]
        assert isinstance(step, Swept)
        for place, gradient in step.gradients:
            self._hand(self.outside[place.slot], self._made(gradient))

    def _behind(self, output: Place) -> set[int]:
        """The slots that a gradient flows to from one slot."""
        found = {output.slot}
        for spot in reversed(self.spot.course()):
            for step in reversed(spot.steps):
                if isinstance(step, Ran) and not found.isdisjoint(place.slot for place in step.results):
                    found |= {x.slot for x in step.inputs if isinstance(x, Place) and x.requires_grad}
        return found

    def _hand(self, to: Tensor, gradient: Traced) -> None:
        """Add a gradient to a leaf's; or send it on along the tape of what was computed outside."""
        if to.op is not None:
            to.backward(gradient.value, retain_graph=True)
        elif to.grad is None:
            to.grad = gradient
        else:
            with no_grad():
                to.grad = self.record(OPS["add"], (to.grad, gradient), NO_PARAMS)

    # --- computing ---

    def compute(self, wanted: tuple[int, ...] | None = None) -> None:
        """Bring the arrays up to where the call is: all of them, or those that are wanted."""
        if self.known is self.spot:
            return
        if wanted is None:
            wanted = tuple(range(self.known.size, self.spot.size))
        wanted = tuple(slot for slot in wanted if slot not in self.arrays)
        key = self.known, wanted
        if key not in self.spot.programs:
            earlier = [step for spot in self.known.course() for step in spot.steps]
            steps = [step for spot in self.spot.course(self.known) for step in spot.steps]
            self.spot.programs[key] = Segment(earlier, steps, self.arrays, wanted)
        self.spot.programs[key].run(self.arrays)
        self.known = self.spot

    def value_of(self, x: Traced) -> Any:
        """A tensor's value, its own from now on: a program's arrays serve again in the next call."""
        place: Any = x.params
        if place.slot not in self.arrays:
            self.compute()
        value = self.arrays[place.slot]
        x.value = np.array(value) if isinstance(value, np.ndarray) else value
        return x.value

    def before_change(self, target: Tensor) -> None:
        """Compute what was noted, because a tensor that it may read is about to be changed in place."""
        if type(target) is Traced:
            self.thaw("it changes a computed tensor in place")
            return
        self.compute()
        self.changed = True
        self.places.clear()

    # --- coming to an end ---

    def end(self) -> None:
        """Turn what outlives the call into ordinary tensors."""
        alive = [x for x in self.made if sys.getrefcount(x) > 3]  # the list, the loop and the question hold one each
        if not self.swept and any(x.requires_grad for x in alive):
            self.thaw("it gives back what wants a gradient later; call backward() inside, or use no_grad")
            return
        self.compute(tuple(x.params.slot for x in alive))  # type: ignore[attr-defined]
        for x in alive:
            settle(x, self.value_of(x), freed=x.requires_grad)
        self.made.clear()

    def thaw(self, reason: str) -> None:
        """Go on with ordinary tensors, as if nothing were compiled."""
        self.thawed = self.thawed or reason
        self.compute()
        tensors = {} if self.changed else self._recorded_again()
        for x in self.made:
            place: Any = x.params
            if place.slot in tensors:
                become(x, tensors[place.slot])
            else:
                settle(x, self.value_of(x), freed=x.requires_grad)
        self.made.clear()

    def _recorded_again(self) -> dict[int, Tensor]:
        """The tape of this call as it is when nothing is compiled, by slot."""
        tensors = dict(self.outside)
        for step in [step for spot in self.spot.course() for step in spot.steps if isinstance(step, Ran)]:
            inputs = tuple(tensors[x.slot] if isinstance(x, Place) else x for x in step.inputs)
            with enable_grad() if any(place.requires_grad for place in step.results) else no_grad():
                found = apply(step.op, inputs, step.params)
            for place, x in zip(step.results, found if step.several else (found,), strict=True):
                tensors[place.slot] = x
        return tensors


PLAIN = NUMBERS | {type(None)}


def _described(x: Tensor) -> Any:
    return x.value.shape, x.value.dtype, x.requires_grad


def become(x: Traced, tensor: Tensor) -> None:
    """Make a traced tensor the twin of an ordinary one."""
    x.__class__ = Tensor  # type: ignore[assignment]
    for slot in ("value", "requires_grad", "op", "inputs", "params", "index", "code", "offset", "scope"):
        setattr(x, slot, getattr(tensor, slot))
    for name in ("slot", "siblings"):
        setattr(x, name, getattr(tensor, name))


def settle(x: Traced, value: Any, freed: bool) -> None:
    """Make a traced tensor an ordinary one with a value, whose tape (if it had one) is used up."""
    become(x, leaf(value))
    if freed:
        x.requires_grad, x.op, x.inputs = True, OPS["clone"], None


def frozen(part: Any) -> Any:
    """A parameter as part of a key: equal keys mean equal computations (1, 1.0 and True aren't the same here)."""
    if isinstance(part, Mapping):
        return tuple([(name, frozen(value)) for name, value in part.items()])
    if isinstance(part, tuple | list):
        return tuple([frozen(item) for item in part])
    if isinstance(part, slice):
        return "slice", part.start, part.stop, part.step
    if isinstance(part, np.ndarray) and part.nbytes <= LARGEST_INDEX:
        return part.shape, part.dtype, part.tobytes()
    return type(part), part
