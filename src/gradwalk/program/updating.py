"""An optimizer's step as one step of a trace: its rule is listed like an op's, and writes into memory that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradwalk.program.moves import explore
from gradwalk.program.same_step import SameStep
from gradwalk.program.telling import counts_of, key_of_step, once, scheduled_numbers, tensors_of

if TYPE_CHECKING:
    from gradwalk.optim.optimizer import Optimizer
    from gradwalk.program.trace import Trace


def note(trace: Trace, optimizer: Any) -> None:
    """Note an optimizer's step; or take it at once, where no call has been or its rule can't be listed."""
    latest: SameStep | None = trace.spot.updates.get(optimizer.rule)
    numbers = None if latest is None else latest.numbers_again(optimizer)
    if latest is None or numbers is None:
        find(trace, optimizer)
    else:
        latest.note(trace, optimizer, numbers)


def find(trace: Trace, optimizer: Optimizer) -> None:
    """Note a step that calls took before the latest one, or explore it."""
    numbers = [*scheduled_numbers(optimizer), *once(counts_of(optimizer))]
    try:
        key = len(numbers), *key_of_step(optimizer)
        hash(key)
    except (AttributeError, TypeError):  # a tensor or a list is new here
        for x in tensors_of(optimizer):
            trace.enter(x)
        key = len(numbers), *(tuple(part) if isinstance(part, list) else part for part in key_of_step(optimizer))
    spot = trace.spot.next.get(key)
    if spot is None:
        explore(trace, key, optimizer, numbers)
        return
    step = spot.taken = trace.spot.updates[optimizer.rule] = spot.taken or SameStep(optimizer, spot)
    step.renew(optimizer)
    step.note(trace, optimizer, step.numbered(numbers))
