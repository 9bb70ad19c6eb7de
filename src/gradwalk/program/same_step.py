"""Recognising a step of an optimizer that calls took before: most steps are the same again, but for numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from gradwalk.program.changing import change_at
from gradwalk.program.moves import moved
from gradwalk.program.straight import joined, numbered, reader, straight
from gradwalk.program.telling import once, remembered, scheduled_numbers, told_settings
from gradwalk.program.trie import Move, Place, Spot

if TYPE_CHECKING:
    from gradwalk.optim.optimizer import Optimizer
    from gradwalk.program.trace import Trace


class SameStep:
    """The step that leads to a spot, with all that is told of it."""

    def __init__(self, optimizer: Optimizer, spot: Spot):
        step: Any = spot.steps[0]
        self.spot, self.step = spot, step
        self.fit, self.told = fit_for(optimizer), told_settings(optimizer)
        self.states = [remembered(optimizer.state[param]) for param in moved(optimizer)]
        self.remembers = any(names for names, _ in self.states)
        self.written: list[tuple[int, Any]] = [(place.slot, None) for place in step.changed]
        self.change = change_at(spot.size, [])
        self.renew(optimizer)

    def renew(self, optimizer: Optimizer) -> None:
        """Go by the settings that an optimizer has now: some may differ from step to step."""
        settings = reader(tuple(optimizer.defaults))
        self.fit.__globals__.update(numbered("s", map(settings, optimizer.param_groups)), settings=settings)
        self.scheduled = scheduled_numbers(optimizer)
        self.again = None if self.remembers else self.numbered(self.scheduled)

    def numbers_again(self, optimizer: Optimizer) -> Mapping[int, float] | None:
        """The numbers by slot of the step that an optimizer is about to take, if all else is the same again."""
        if not (self.fit(optimizer.param_groups) or self._rescheduled(optimizer)):
            return None
        return self._counted(optimizer) if any(optimizer.state.values()) else self.again

    def _rescheduled(self, optimizer: Optimizer) -> bool:
        """Whether nothing differs but numbers that may."""
        if told_settings(optimizer) != self.told:
            return False
        self.renew(optimizer)
        return self.fit(optimizer.param_groups)

    def _counted(self, optimizer: Optimizer) -> Mapping[int, float] | None:
        counts: list[int] = []
        for param, (names, places) in zip(moved(optimizer), self.states, strict=True):
            state = optimizer.state[param]
            if list(state) != names:
                return None
            for held, place in zip(state.values(), places, strict=True):
                if type(held) is int:
                    counts.append(held)
                elif getattr(held, "params", None) is not place:
                    return None
        numbers = [*self.scheduled, *once(counts)]
        return self.numbered(numbers) if len(numbers) == len(self.step.numbers) else None

    def numbered(self, numbers: Sequence[float]) -> Mapping[int, float]:
        """The step's numbers by slot."""
        return {place.slot: number for place, number in zip(self.step.numbers, numbers, strict=True)}

    def note(self, trace: Trace, optimizer: Optimizer, numbers: Mapping[int, float]) -> None:
        """Note the step again."""
        arrays = trace.arrays
        trace.spot, trace.behind = self.spot, True
        arrays.update(numbers)
        if self.step.remembers:
            for param, move in zip(moved(optimizer), self.step.moves, strict=True):
                remember(trace, optimizer.state[param], move)
        for slot, array in self.written:
            if arrays[slot] is not array:
                self._write(arrays)
                break
        trace.changes.append(self.change)

    def _write(self, arrays: Mapping[int, Any]) -> None:
        """Remember which arrays it writes into: their stamps are known then."""
        self.written = [(place.slot, arrays[place.slot]) for place in self.step.changed]
        self.change = change_at(self.spot.size, [array for _, array in self.written])


FIT = """
def fit(groups):
    try:
        [{groups}] = groups
        {params}
        return {alike}
    except (AttributeError, KeyError, ValueError):  # no gradient, other settings, more groups or parameters
        return False
"""
SETTINGS, PLACES = "settings(g{i}) == s{i}", "x{i}.params is p{i} and x{i}.grad.params is d{i}"


def fit_for(optimizer: Optimizer) -> Callable[[Sequence[Any]], bool]:
    """Whether groups have the same settings, and in the same places the same parameters with their gradients."""
    groups, params = optimizer.param_groups, moved(optimizer)
    names = (f"x{i}" for i in range(len(params)))
    unpacked = [f"[{', '.join(islice(names, len(g['params'])))}] = g{i}['params']" for i, g in enumerate(groups)]
    source = FIT.format(
        groups=joined(", ", "g{i}", groups),
        params="; ".join(unpacked),
        alike=" and ".join(filter(None, (joined(" and ", SETTINGS, groups), joined(" and ", PLACES, params)))),
    )
    places = numbered("p", [x.params for x in params]) | numbered("d", [x.grad.params for x in params])  # type: ignore[union-attr]
    return straight("fit", source, places)  # type: ignore[no-any-return]


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
