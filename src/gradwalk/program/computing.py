"""Computing what a call has noted: all that is wanted from here on, as one program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk.program.segment import Segment
from gradwalk.program.traced import UNHELD, Traced, counts

if TYPE_CHECKING:
    from gradwalk.program.trace import Trace


def compute(trace: Trace, wanted: tuple[int, ...] | None = None) -> None:
    """Bring the arrays up to where the call is: those that are wanted, or that may be from here on."""
    if trace.known is trace.spot:
        return
    segment = segment_to(trace, wanted_on(trace) if wanted is None else wanted)
    trace.arrays.update(zip(segment.wanted, run(trace, segment), strict=True))


def segment_to(trace: Trace, wanted: tuple[int, ...]) -> Segment:
    """What computes the slots that are wanted here from what is known."""
    key = trace.known, wanted
    segment = trace.spot.programs.get(key)
    if segment is None:
        steps = trace.spot.course(trace.known)
        segment = trace.spot.programs[key] = Segment(trace.known.course(), steps, trace.arrays, wanted, trace.loading)
    return segment


def run(trace: Trace, segment: Segment) -> Sequence[Any]:
    """What a segment computes: all is up to date then."""
    trace.broken = True
    values = segment.run(trace.arrays)
    trace.known, trace.behind, trace.broken = trace.spot, False, False
    return values


# --- what is wanted ---


def wanted_on(trace: Trace) -> tuple[int, ...]:
    """What must be known for the call to go on: what is held, and all if a backward pass is still to come."""
    held = alive(trace)
    return unknown(trace) if is_open(trace, held) else missing(trace, held)


def alive(trace: Trace) -> list[Any]:
    """The results that somebody holds, or has written on."""
    places = trace.spot.places()
    return [place.tensor for place, count in zip(places, counts(places), strict=True) if count > UNHELD]


def is_open(trace: Trace, held: Sequence[Any]) -> bool:
    """Whether a backward pass may still come to what is held."""
    return any(x.requires_grad and x.params.slot not in trace.freed for x in held)


def missing(trace: Trace, held: Sequence[Any]) -> tuple[int, ...]:
    """The slots of those that aren't computed."""
    return tuple([slot for x in held if (slot := x.params.slot) not in trace.arrays])


def unknown(trace: Trace) -> tuple[int, ...]:
    """All slots that aren't computed since the latest spot where all was known."""
    return tuple([slot for slot in range(trace.known.size, trace.spot.size) if slot not in trace.arrays])


# --- being asked ---


def value_of(trace: Trace, x: Traced) -> Any:
    """A tensor's value."""
    place: Any = x.params
    if trace.behind or place.slot not in trace.arrays:
        compute(trace)
    trace.shown.add(place.slot)
    trace.looks += 1
    return trace.arrays[place.slot]


def shared(trace: Trace, x: Traced) -> Any:
    """A tensor's value as an array that others may look at too; a number is made one."""
    slot = x.params.slot  # type: ignore[attr-defined]
    value = trace.arrays[slot] = np.asarray(value_of(trace, x))
    return value


def catch_up(trace: Trace) -> None:
    """Carry out the changes in place that were noted, because someone looks."""
    trace.looks += 1
    if trace.behind:
        compute(trace)
