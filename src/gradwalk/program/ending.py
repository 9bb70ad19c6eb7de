"""How a traced call ends: computed and settled, thawed half way, or abandoned after an error."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

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
    if trace.is_open(held):
        thaw(trace, "it gives back what wants a gradient later; call backward() inside, or use no_grad")
        return
    trace.compute(trace.missing(held))
    trace.ended = True
    for x in held:
        place, arrays = x.params, trace.arrays
        settle(x, arrays[place.slot], place.op if x.requires_grad else None)  # type: ignore[attr-defined]
    for _, array in trace.changes:
        inplace.stamp(array, clock())


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
