"""How a traced call ends: computed and settled, thawed half way, or abandoned after an error."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from gradwalk import inplace
from gradwalk.program.tape import put_on_tape
from gradwalk.program.traced import Traced, Watched, alive, settle
from gradwalk.recording import clock, recording
from gradwalk.tensor import Tensor

if TYPE_CHECKING:
    from gradwalk.program.trace import Trace


def end(trace: Trace) -> None:
    """Turn what outlives the call into ordinary tensors."""
    if trace.ended:
        return
    held = alive(trace.made)
    wanted = left_to_compute(trace, held)
    if wanted is None:
        thaw(trace, "it gives back what wants a gradient later; call backward() inside, or use no_grad")
        return
    trace.compute(wanted)
    trace.ended, arrays = True, trace.arrays
    for x in held:
        place: Any = x.params
        settle(x, arrays[place.slot], place.op if place.requires_grad else None)
    for _, array in trace.changes:
        inplace.stamp(array, clock())


def left_to_compute(trace: Trace, held: list[Any]) -> tuple[int, ...] | None:
    """The slots of what is held that aren't computed, None if a gradient may be wanted later: as in every call this way."""
    key = trace.known, *[x.params for x in held]
    known = trace.spot.endings
    if key not in known:
        known[key] = None if trace.is_open(held) else trace.missing(held)
    return known[key]


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
        for x in trace.handed:
            x.grad = None
        for state, before in reversed(trace.undone):
            state.clear()
            state.update(before)


def sent_on(trace: Trace, to: Tensor, gradient: Traced) -> None:
    """Send a gradient on along the tape of what was computed outside."""
    upstream = gradient.value
    computed = [(trace.outside[slot], trace.outside[slot].params) for slot in trace.tapes]
    for x, _ in computed:
        trace.let_go(x)
    try:
        to.backward(upstream, retain_graph=True)
    finally:
        for x, place in computed:
            x.__class__, x.params = Watched, place
