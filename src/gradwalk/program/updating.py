"""An optimizer's step as one step of a trace: its rule is listed like an op's, and writes into memory that is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradwalk.program.changing import Change, change_at
from gradwalk.program.moves import explore, moved
from gradwalk.program.telling import (
    counts_of,
    key_of_step,
    once,
    places_of,
    reader,
    remembered,
    scheduled_numbers,
    tensors_of,
)
from gradwalk.program.trie import Move, Place, Spot

if TYPE_CHECKING:
    from gradwalk.optim.optimizer import Optimizer
    from gradwalk.program.trace import Trace


def note(trace: Trace, optimizer: Any) -> None:
    """Note an optimizer's step; or take it at once, where no call has been or its rule can't be listed."""
    latest: Latest | None = trace.spot.updates.get(optimizer.rule)
    numbers = None if latest is None else latest.numbers_again(optimizer)
    if latest is None or numbers is None:
        find(trace, optimizer)
    else:
        latest.note(trace, optimizer, numbers)


def find(trace: Trace, optimizer: Optimizer) -> None:
    """Note a step that calls took before, or explore it."""
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
    else:
        latest = trace.spot.updates[optimizer.rule] = Latest(trace, optimizer, spot)
        latest.note(trace, optimizer, numbers)


class Latest:
    """The latest step that was noted at a spot, with all that is told of it: most steps are the same again."""

    def __init__(self, trace: Trace, optimizer: Optimizer, spot: Spot):
        step: Any = spot.steps[0]
        self.spot, self.step, self.scheduled = spot, step, scheduled_numbers(optimizer)
        self.numbers, self.changed = slots_of(step.numbers), slots_of(step.changed)
        self.change = self._change(trace.arrays)
        self.remembers = any(optimizer.state.values())
        self.settings = reader(tuple(optimizer.defaults))
        self.groups = [
            (self.settings(group), list(map(places_of, params)), [remembered(optimizer.state[p]) for p in params])
            for group, params in optimizer.moves()
        ]

    def numbers_again(self, optimizer: Optimizer) -> Sequence[float] | None:
        """The numbers of the step that an optimizer is about to take, if all else is the same again."""
        if len(optimizer.param_groups) != len(self.groups):
            return None
        for group, (settings, places, _) in zip(optimizer.param_groups, self.groups, strict=True):
            params = group["params"]
            if self.settings(group) != settings or len(params) != len(places):
                return None
            for param, (place, gradient) in zip(params, places, strict=True):
                grad = param.grad
                if param.params is not place or grad is None or grad.params is not gradient:
                    return None
        if any(optimizer.state.values()):
            return self._counted(optimizer)
        return self.scheduled if not self.remembers else None

    def _counted(self, optimizer: Optimizer) -> Sequence[float] | None:
        counts: list[int] = []
        for group, (_, _, states) in zip(optimizer.param_groups, self.groups, strict=True):
            for param, (names, places) in zip(group["params"], states, strict=True):
                state = optimizer.state[param]
                if list(state) != names:
                    return None
                for held, place in zip(state.values(), places, strict=True):
                    if type(held) is int:
                        counts.append(held)
                    elif getattr(held, "params", None) is not place:
                        return None
        return [*self.scheduled, *once(counts)]

    def note(self, trace: Trace, optimizer: Optimizer, numbers: Sequence[float]) -> None:
        """Note the same step again, with other numbers perhaps."""
        trace.spot, trace.behind = self.spot, True
        trace.arrays.update(zip(self.numbers, numbers, strict=True))
        if self.step.remembers:
            for param, move in zip(moved(optimizer), self.step.moves, strict=True):
                remember(trace, optimizer.state[param], move)
        for slot, array in zip(self.changed, self.change.arrays, strict=True):
            if trace.arrays[slot] is not array:
                self.change = self._change(trace.arrays)
                break
        trace.changes.append(self.change)

    def _change(self, arrays: Mapping[int, Any]) -> Change:
        return change_at(self.spot.size, [arrays[slot] for slot in self.changed])


def slots_of(places: Iterable[Place]) -> list[int]:
    """The slots of places."""
    return [place.slot for place in places]


def remember(trace: Trace, state: dict[str, Any], move: Move) -> None:
    """What is remembered of a parameter after its move: counters at once, the rest as soon as it is computed."""
    trace.undone.append((state, state.copy()))
    for name, held in state.items():
        if type(held) is int:
            state[name] = held + 1
    if move.forgotten or move.created:
        for name in move.forgotten:
            del state[name]
        for name, made in move.created.items():
            state[name] = made.tensor if isinstance(made, Place) else made
