"""What was noted as the tape that it stands for: to be refused where that tape is used up, or put in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradwalk import inplace
from gradwalk.backward import FreedError
from gradwalk.errors import InPlaceError
from gradwalk.program.traced import Traced, array_of, settle
from gradwalk.program.trie import Place, Ran, Swept
from gradwalk.recording import clock

if TYPE_CHECKING:
    from gradwalk.program.trace import Trace


def refuse_used(trace: Trace, swept: Swept) -> None:
    """The errors that a backward pass would end in: over a freed tape, or reading what was changed since."""
    if trace.freed.isdisjoint(swept.behind) and changed_slots(trace).isdisjoint(swept.reads):
        return
    for step in trace.spot.course():
        if isinstance(step, Ran) and any(place.slot in swept.behind for place in step.results):
            _refuse(trace, step)


def changed_slots(trace: Trace) -> set[int]:
    """The slots of tensors from outside whose memory was changed."""
    changed = {id(inplace.storage(array)) for change in trace.changes for array in change.arrays}
    return {slot for slot, x in trace.outside.items() if id(inplace.storage(array_of(x))) in changed}


def read_back(step: Ran) -> dict[str, list[Place]]:
    """What the rules of an op that ran read, if a gradient comes to it: names, with the places of inputs."""
    wanted = [i for i, x in enumerate(step.inputs) if isinstance(x, Place) and x.requires_grad]
    found: dict[str, list[Place]] = {name: [] for i in wanted for name in step.op.saves(i)}
    for i, place in enumerate(step.inputs):
        name = step.op.inputs[0 if step.op.variadic else i]
        if name in found and isinstance(place, Place):
            found[name].append(place)
    return found


def _refuse(trace: Trace, step: Ran) -> None:
    slot, reads = step.results[0].slot, read_back(step)
    if reads and slot in trace.freed:
        raise FreedError(
            f"the tape behind {step.op.name} was freed by an earlier backward pass, to save memory; "
            "compute the forward pass again, or call the earlier one as backward(retain_graph=True)"
        )
    for name, places in reads.items():
        if any(_changed_since(trace, place, slot) for place in places):
            raise InPlaceError(
                f"{step.op.name} needs {name} for its backward pass, and it was changed in place since; "
                "change it after backward(), or compute the forward pass again"
            )


def _changed_since(trace: Trace, place: Place, slot: int) -> bool:
    x = trace.outside.get(place.slot)
    return x is not None and any(
        slot < change.size and inplace.storage(array) is inplace.storage(array_of(x))
        for change in trace.changes
        for array in change.arrays
    )


def put_on_tape(trace: Trace) -> None:
    """Turn all that was noted, and is computed by now, into ordinary tensors with the tape that they would have."""
    traced = {place.slot: place.tensor for place in trace.spot.places()}
    changes = list(trace.changes)
    for step in trace.spot.course():
        if isinstance(step, Ran):
            while changes and step.results[0].slot >= changes[0].size:
                inplace.mark(clock(), changes.pop(0).stamps)
            _put(trace, step, traced)
    for change in changes:
        inplace.mark(clock(), change.stamps)
    for slot, x in traced.items():
        if type(x) is Traced and slot in trace.arrays:
            settle(trace, [x.params], [trace.arrays[slot]])  # type: ignore[list-item]


def _put(trace: Trace, step: Ran, traced: dict[int, Traced]) -> None:
    if any(place.slot not in trace.arrays for place in step.results):
        return  # nothing holds it, and its tape is used up
    inputs = tuple(_tensor(trace, x, traced) if isinstance(x, Place) else x for x in step.inputs)
    siblings = clock() if step.several else 0
    for i, place in enumerate(step.results):
        x = _tensor(trace, place, traced)
        settle(trace, [place], [trace.arrays[place.slot]])
        if place.requires_grad and place.slot not in trace.freed:
            x.inputs, x.params = inputs, {**step.params, "slot": i} if step.several else step.params
        if siblings:
            x.slot, x.siblings = i, siblings


def _tensor(trace: Trace, place: Place, traced: dict[int, Traced]) -> Any:
    return trace.outside[place.slot] if place.slot in trace.outside else traced[place.slot]
