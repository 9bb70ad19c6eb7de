"""A backward pass as one step of a trace: every leaf behind its output is handed a gradient that is computed later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradwalk.ops import OPS
from gradwalk.program.changing import stamp_changes
from gradwalk.program.straight import joined, numbered, straight
from gradwalk.program.tape import read_back, refuse_used
from gradwalk.program.traced import Traced, Watched, stand_for
from gradwalk.program.trie import Place, Ran, Spot, Swept
from gradwalk.recording import no_grad
from gradwalk.tensor import NO_PARAMS, Tensor

if TYPE_CHECKING:
    from gradwalk.program.trace import Trace


def sweep(trace: Trace, output: Place) -> bool:
    """Note a backward pass: every leaf behind ``output`` gets a gradient, which is computed later.

    False if the call had to be thawed instead, so that the backward pass is still to be made.
    """
    key = Swept, output
    spot = trace.spot.next.get(key)
    if spot is None:
        spot = trace.spot.next[key] = swept(trace, output)
    step: Any = spot.steps[0]
    if trace.changes or trace.freed:
        refuse_used(trace, step)
    handed = not trace.tapes and step.hand(trace.outside)
    if not handed and any(trace.outside[place.slot].hooks for place, _ in step.gradients):
        trace.thaw("a leaf has a hook")
        return False
    trace.spot = spot
    trace.freed = trace.freed | step.behind if trace.freed else step.behind
    if not handed:
        hand_out(trace, step)
    return True


def swept(trace: Trace, output: Place) -> Spot:
    """The spot that a backward pass leads to."""
    behind, reads = {output.slot: output}, set()
    for step in reversed(trace.spot.course()):
        if isinstance(step, Ran) and any(place.slot in behind for place in step.results):
            behind.update({place.slot: place for place in step.sources()})
            reads |= {place.slot for places in read_back(step).values() for place in places}
    leaves = [place for slot, place in sorted(behind.items()) if slot in trace.outside]
    size = trace.spot.size
    gradients = tuple((place, Place(size + i, place.shape, place.dtype)) for i, place in enumerate(leaves))
    for _, place in gradients:
        stand_for(place, trace)
    through = frozenset(behind).difference(trace.outside)
    spot = trace.spot.after(Swept(output, gradients, through, frozenset(reads), hand_for(leaves, gradients)))
    spot.size += len(leaves)
    return spot


HAND = """
def hand(outside):
    {leaves}
    if {taken}:
        return False
    {gradients}
    return True
"""


def hand_for(leaves: Sequence[Place], gradients: Sequence[tuple[Place, Place]]) -> Callable[[Mapping[int, Any]], bool]:
    """What hands each leaf its gradient, if none has one yet, nor a hook."""
    source = HAND.format(
        leaves=joined("; ", "x{i} = outside[{place.slot}]", leaves),
        taken=joined(" or ", "x{i}.grad is not None or x{i}.hooks", leaves) or False,
        gradients=joined("; ", "x{i}.grad = g{i}.tensor", leaves),
    )
    return straight("hand", source, numbered("g", [place for _, place in gradients]))  # type: ignore[no-any-return]


def hand_out(trace: Trace, step: Swept) -> None:
    """Hand leaves their gradients, where some have one already, or were computed outside."""
    made = [(place, trace.outside[place.slot], gradient.tensor) for place, gradient in step.gradients]
    for place, x, gradient in made:
        if x.grad is None and place.slot not in trace.tapes:
            x.grad = gradient
        else:
            add(trace, place, x, gradient)


def add(trace: Trace, place: Place, to: Tensor, gradient: Traced) -> None:
    """Add a gradient to a leaf's; or send it on along the tape of what was computed outside."""
    if place.slot in trace.tapes:
        send_on(trace, to, gradient)
        return
    assert to.grad is not None
    with no_grad():
        if not trace.change(to.grad, OPS["add"], (gradient,), NO_PARAMS):
            to.grad = trace.record(OPS["add"], (to.grad, gradient))


def send_on(trace: Trace, to: Tensor, gradient: Traced) -> None:
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
