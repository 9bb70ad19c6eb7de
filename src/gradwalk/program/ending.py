"""How a traced call ends: computed and settled, thawed half way, or abandoned after an error."""

from __future__ import annotations

import contextlib
import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from gradwalk.program.changing import stamp_changes
from gradwalk.program.computing import alive, compute, is_open, missing, run, segment_to, unknown
from gradwalk.program.tape import put_on_tape
from gradwalk.program.traced import Traced, counts, settle, stand_for, write
from gradwalk.recording import recording

if TYPE_CHECKING:
    from gradwalk.program.segment import Segment
    from gradwalk.program.trace import Trace
    from gradwalk.program.trie import Place


MOST = 64  # ways to end at one spot that are kept


class Left(NamedTuple):
    """What is left to do when a call ends: these places' tensors outlive it; a segment computes what the first of them hold."""

    places: list[Place]
    segment: Segment | None
    known: list[int]  # the slots of the others


def end(trace: Trace) -> None:
    """Turn what outlives the call into ordinary tensors."""
    if trace.ended:
        return
    spot = trace.spot
    key = trace.known, counts(spot.places())
    left = spot.endings.get(key) or left_to_do(trace, key)
    if left is None:
        thaw(trace, "it gives back what wants a gradient later; call backward() inside, or use no_grad")
        return
    places, segment, known = left
    values = () if segment is None else run(trace, segment)
    trace.ended = True
    settle(trace, places, [*values, *[trace.arrays[slot] for slot in known]] if known else values)
    stamp_changes(trace)


def left_to_do(trace: Trace, key: Any) -> Left | None:
    """What is left to do, in every call that ends with this key; None if a gradient may be wanted later."""
    held = alive(trace)
    if is_open(trace, held):
        return None
    if len(trace.spot.endings) >= MOST:
        trace.spot.endings.clear()
    wanted = missing(trace, held)
    segment = None if trace.known is trace.spot else segment_to(trace, wanted)
    places = sorted([x.params for x in held], key=lambda place: place.slot not in wanted)
    left = trace.spot.endings[key] = Left(places, segment, [place.slot for place in places[len(wanted) :]])
    return left


def thaw(trace: Trace, reason: str) -> None:
    """Go on with ordinary tensors, as if nothing were compiled."""
    trace.reason, recording.trace, trace.ended = reason, None, True
    compute(trace, unknown(trace))
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
