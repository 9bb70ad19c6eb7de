"""Going a way that no call went before: ops run for real, so that errors show the line they belong to, and leave spots behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk.ops import OPS, Op
from gradwalk.program.traced import array_of, stand_for
from gradwalk.program.trie import Place, Ran, Spot
from gradwalk.recording import recording
from gradwalk.tensor import NUMBERS, Tensor, apply, common_dtype, given, leaf, promoted

if TYPE_CHECKING:
    from gradwalk.program.trace import Trace

WAYS = 32  # from one spot: a function that goes on in more different ways than these isn't worth following
LONGEST = 20_000  # steps of one call
CHANGING = 3  # different numbers at one spot, after which a number there is an input
SHAPED_BY_NUMBERS = {"masked_select", "nonzero_rows", "bincount", "unique_parts"}


def refuse(trace: Trace, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
    """Take what has no key as a tensor; or thaw, if it is a parameter."""
    if all(map(is_plain, inputs)):
        reason = f"{op.name} has a parameter that is no number, text, slice or small array"
        return thawed(trace, reason, op, inputs, params)
    return trace.record(op, tuple(x if is_plain(x) else given(x) for x in inputs), params)


def is_plain(x: Any) -> bool:
    """Whether an op takes something as it is."""
    return x is None or type(x) in NUMBERS or isinstance(x, Tensor)


def explore(trace: Trace, key: Any, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
    """Go on where no call has been: run the op for real, and note it; or thaw, if that can't be noted."""
    if not all(map(is_plain, inputs)):
        return refuse(trace, op, inputs, params)
    if op.elementwise and any(type(x) in NUMBERS for x in inputs) and varies(trace.spot, op):
        dtype = common_dtype(inputs)
        return trace.record(op, tuple(number_as_tensor(x, dtype) for x in inputs), params)
    reason = unfollowable(trace.spot, op)
    if reason:
        return thawed(trace, reason, op, inputs, params)
    trace.compute()
    extend(trace, key, ran(trace, op, inputs, params))
    return trace.arrive(trace.spot)


def extend(trace: Trace, key: Any, spot: Spot) -> None:
    """Go on to a new spot, where everything is known."""
    trace.spot.next[key] = trace.spot = trace.known = spot
    trace.explored = True


def unfollowable(spot: Spot, op: Op) -> str:
    """Why a trie shouldn't go on from a spot with an op, if it shouldn't."""
    if op.name in SHAPED_BY_NUMBERS:
        return f"the shape of {op.name}'s result depends on numbers"
    if len(spot.next) >= WAYS:
        return "it goes a different way in nearly every call"
    return f"one call takes more than {LONGEST:,} steps" if spot.depth >= LONGEST else ""


def varies(spot: Spot, op: Op) -> bool:
    """Whether calls went on from a spot with an op and many different numbers."""
    return sum(isinstance(key, tuple) and key[0] is op for key in spot.next) >= CHANGING


def thawed(trace: Trace, reason: str, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
    """An op's result after all: eagerly."""
    trace.thaw(reason)
    return apply(op, inputs, params)


def ran(trace: Trace, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> Spot:
    """Run an op: the spot that it leads to."""
    spot = trace.spot.after()
    places = [x.params if isinstance(x, Tensor) else x for x in inputs]
    if op.view:  # a number has no memory that could be shared
        trace.arrays.update({x.slot: np.asarray(trace.arrays[x.slot]) for x in places if isinstance(x, Place)})
    arguments = tuple(stand_in(trace, x) for x in places)
    with untraced():
        same_type = promoted(op, arguments) if op.floating or op.elementwise else arguments
        found = apply(op, same_type, params)
    casts = {i: x for i, x in enumerate(same_type) if x is not arguments[i]}
    for i, x in casts.items():
        cast = place_of(trace, x, spot, OPS["cast"])
        spot.steps += (Ran(OPS["cast"], (places[i],), {"dtype": cast.dtype}, (cast,)),)
        places[i] = cast
    several = isinstance(found, tuple)
    results = tuple(place_of(trace, x, spot, op) for x in (found if several else (found,)))
    spot.steps += (Ran(op, tuple(places), dict(params), results, several),)
    spot.result = None if several else results[0]
    return spot


def stand_in(trace: Trace, x: Any) -> Any:
    """A leaf with a slot's numbers."""
    return leaf(trace.arrays[x.slot], x.requires_grad) if isinstance(x, Place) else x


def place_of(trace: Trace, x: Tensor, spot: Spot, op: Op | None = None) -> Place:
    """A place for a tensor's value, from a spot on."""
    value = array_of(x)
    place = Place(spot.size, value.shape, value.dtype, x.requires_grad, op)
    stand_for(place, trace)
    trace.arrays[place.slot] = value
    spot.size += 1
    return place


class untraced:
    """Run ops as they are, for a moment."""

    def __enter__(self) -> None:
        self.trace, recording.trace = recording.trace, None

    def __exit__(self, *error: object) -> None:
        recording.trace = self.trace


def number_as_tensor(x: Any, dtype: Any) -> Any:
    """A plain number as a tensor without dimensions, which changes no type."""
    return leaf(np.array(x, dtype)) if type(x) in NUMBERS else x
