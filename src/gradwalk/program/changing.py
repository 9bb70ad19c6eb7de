"""Changes in place: noted as steps that write into memory, or carried out at once where that can't be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradwalk import inplace
from gradwalk.ops import Op
from gradwalk.program.exploring import extend
from gradwalk.program.traced import Traced, array_of, is_writable, settle, stand_for, write
from gradwalk.program.trie import Place, Put, Ran, Spot
from gradwalk.recording import clock, recording
from gradwalk.tensor import Tensor

if TYPE_CHECKING:
    from gradwalk.program.trace import Trace


class Change(NamedTuple):
    """Arrays that were changed in place when there were ``size`` slots, with the stamps of their memory."""

    size: int
    arrays: Sequence[Any]
    stamps: Sequence[inplace.Stamp]


def change_at(size: int, arrays: Sequence[Any]) -> Change:
    """A change of arrays, which may come again in later calls."""
    return Change(size, arrays, [inplace.stamp_of(array) for array in arrays])


def note_change(trace: Trace, arrays: Sequence[Any]) -> None:
    """Note that arrays were changed in place here."""
    trace.changes.append(change_at(trace.spot.size, arrays))


def stamp_changes(trace: Trace) -> None:
    """Let tapes know of the changes in place."""
    for change in trace.changes:
        inplace.mark(clock(), change.stamps)


def change(trace: Trace, target: Tensor, op: Op, others: Sequence[Any], params: Mapping[str, Any]) -> bool:
    """Note that a tensor becomes an op's result; False if that is to be done at once, now that its readers are computed."""
    inputs = target, *others
    if recording.scope is not None and any(isinstance(x, Tensor) and x.requires_grad for x in inputs):
        trace.thaw("it changes a tensor in place, with a gradient")
        return False
    noted = renewed if type(target) is Traced else overwritten
    done = noted(trace, target, op, inputs, params)
    if not done and recording.trace is trace:
        make_way(trace, target)
    return done


def renewed(trace: Trace, target: Any, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> bool:
    """Give a result another place, if no other tensor shares its memory."""
    place = target.params
    if target.requires_grad or place.slot in trace.shown or is_viewed(trace.spot, place):
        return False
    result = trace.record(op, inputs, params)
    if type(result) is not Traced or result.shape != place.shape or result.dtype != place.dtype:
        return False
    later: Any = result.params
    write(target, "params", later)
    later.tensor = target
    stand_for(place, trace)
    return True


def overwritten(trace: Trace, target: Tensor, op: Op, inputs: tuple[Any, ...], params: Mapping[str, Any]) -> bool:
    """Note that numbers go into the memory of a tensor from outside."""
    if not is_writable(target):
        return False
    place, result = trace.enter(target), trace.record(op, inputs, params)
    fits = type(result) is Traced and result.shape == place.shape
    if not fits or not np.can_cast(result.dtype, place.dtype, "same_kind"):
        return False
    key = (Put, place, result.params)
    spot = trace.spot.next.get(key)
    if spot is None:
        put(trace, key, Put(place, result.params))
    else:
        trace.spot, trace.behind = spot, True
    note_change(trace, [array_of(target)])
    return True


def put(trace: Trace, key: Any, step: Put) -> None:
    """Write numbers into the memory of a tensor from outside, and note that."""
    trace.compute()
    array = array_of(trace.outside[step.target.slot])
    np.copyto(array, trace.arrays[step.source.slot], casting="same_kind")
    inplace.stamp(clock(), array)
    extend(trace, key, trace.spot.after(step))


def make_way(trace: Trace, target: Any) -> None:
    """Compute what was noted, because a tensor that it may read is about to be changed."""
    trace.compute()
    if type(target) is not Traced:
        note_change(trace, [target._array()])
    elif not target.requires_grad and not is_viewed(trace.spot, target.params):  # type: ignore[arg-type]
        settle(trace, [target.params], [trace.value_of(target)])  # type: ignore[list-item]
    else:
        trace.thaw("it changes a computed tensor in place")


def is_viewed(spot: Spot, place: Place) -> bool:
    """Whether a result may share its memory with another one: it is a view, or was looked into."""
    key = is_viewed, place
    if key not in spot.programs:
        made_by_view = place.op is not None and place.op.view
        spot.programs[key] = made_by_view or any(
            isinstance(step, Ran) and step.op.view and place in step.inputs for step in spot.course()
        )
    return spot.programs[key]  # type: ignore[no-any-return]
