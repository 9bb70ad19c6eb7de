"""A backward pass as one step of a trace: every leaf behind its output is handed a gradient that is computed later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradwalk.ops import OPS
from gradwalk.program.changing import stamp_changes
from gradwalk.program.exploring import swept
from gradwalk.program.tape import refuse_used
from gradwalk.program.traced import Traced, Watched
from gradwalk.program.trie import Place, Swept
from gradwalk.recording import no_grad
from gradwalk.tensor import NO_PARAMS, Tensor

if TYPE_CHECKING:
    from gradwalk.program.trace import Trace


def sweep(trace: Trace, output: Place) -> bool:
    """Note a backward pass: every leaf behind ``output`` gets a gradient, which is computed later.

    False if the call had to be thawed instead, so that the backward pass is still to be made.
    """
    key = Swept, output
    spot = trace.spot.next.get(key) or swept(trace, output)
    step: Any = spot.steps[0]
    if trace.changes or trace.freed:
        refuse_used(trace, step)
    outside, tapes, others = trace.outside, trace.tapes, []
    for place, _ in step.gradients:
        if outside[place.slot].hooks:
            trace.thaw("a leaf has a hook")
            return False
    trace.spot.next[key] = trace.spot = spot
    trace.freed = trace.freed | step.behind if trace.freed else step.behind
    for place, gradient in step.gradients:
        x = outside[place.slot]
        if x.grad is None and place.slot not in tapes:
            x.grad = gradient.tensor
        else:
            others.append((place, x, gradient.tensor))
    for place, x, made in others:
        add(trace, place, x, made)
    return True


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
