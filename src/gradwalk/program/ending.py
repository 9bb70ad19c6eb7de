"""How a traced call ends: computed and settled, thawed half way, or abandoned after an error."""

from __future__ import annotations

import contextlib
import copy
from typing import TYPE_CHECKING, NamedTuple

from gradwalk import inplace
from gradwalk.program.tape import put_on_tape
from gradwalk.program.traced import Traced, Watched, counts, settle, stand_for, write
from gradwalk.recording import clock, recording
from gradwalk.tensor import Tensor

if TYPE_CHECKING:
    from gradwalk.program.segment import Segment
    from gradwalk.program.trace import Trace
    from gradwalk.program.trie import Place


MOST = 64  # ways to end at one spot that are kept


class Left(NamedTuple):
    """What is left to do when a call ends: a segment computes what these places hold, others are known."""

    segment: Segment | None
    places: list[Place]
    known: list[Place]


def end(trace: Trace) -> None:
    """Turn what outlives the call into ordinary tensors."""
    if trace.ended:
        return
    spot = trace.spot
    key = trace.known, counts(spot.places())
    left = spot.endings.get(key) or left_to_do(trace)
    if left is None:
        thaw(trace, "it gives back what wants a gradient later; call backward() inside, or use no_grad")
        return
    spot.endings[key] = left
    segment, places, known = left
    values = () if segment is None else trace.run(segment)
    trace.ended = True
    settle(trace, places, values)
    settle(trace, known, [trace.arrays[place.slot] for place in known])
    stamp_changes(trace)


def stamp_changes(trace: Trace) -> None:
    """Let tapes know of the changes in place."""
    for _, arrays in trace.changes:
        inplace.stamp(clock(), *arrays)


def left_to_do(trace: Trace) -> Left | None:
    """What is left to do, in every call that comes this way; None if a gradient may be wanted later."""
    held = trace.alive()
    if trace.is_open(held):
        return None
    if len(trace.spot.endings) >= MOST:
        trace.spot.endings.clear()
    missing = trace.missing(held)
    places = [x.params for x in held]
    segment = None if trace.known is trace.spot else trace.segment(missing)
    return Left(
        segment,
        [place for place in places if place.slot in missing],
        [place for place in places if place.slot not in missing],
    )


def thaw(trace: Trace, reason: str) -> None:
    """Go on with ordinary tensors, as if nothing were compiled."""
    trace.reason, recording.trace, trace.ended = reason, None, True
    trace.compute(trace.unknown())
    put_on_tape(trace)
    trace.release()


def abandon(trace: Trace) -> None:
    """End after an error: what the user still holds becomes what it would be."""
    if not trace.ended and not trace.broken:
        with contextlib.suppress(Exception):  # the error that is told is the one that came first
            thaw(trace, "")
    if trace.broken:  # there was no gradient either, and no step
        take_back(trace)
        for state, before in reversed(trace.undone):
            state.clear()
            state.update(before)


def take_back(trace: Trace) -> None:
    """Take results that will never be computed from the leaves that have them as gradients, and from the next call."""
    lost = copy.copy(trace)
    for x in trace.outside.values():
        if type(x.grad) is Traced:
            x.grad = None
    for place in trace.spot.places():
        write(place.tensor, "scope", lost)
        stand_for(place, trace)


def sent_on(trace: Trace, to: Tensor, gradient: Traced) -> None:
    """Send a gradient on along the tape of what was computed outside."""
    upstream = gradient.value
    stamp_changes(trace)
    computed = [(trace.outside[slot], trace.outside[slot].params) for slot in trace.tapes]
    for x, _ in computed:
        trace.let_go(x)
    try:
        to.backward(upstream, retain_graph=True)
    finally:
        for x, place in computed:
            x.__class__, x.params = Watched, place
