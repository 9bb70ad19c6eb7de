"""An optimizer's step as one step of a trace: its rule is listed like an op's, and writes into memory that is there."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk.program.exploring import extend, untraced
from gradwalk.program.listing import Unlistable
from gradwalk.program.segment import Reading
from gradwalk.program.traced import stand_for
from gradwalk.program.trie import Move, Place, Spot, Updated
from gradwalk.tensor import Tensor

if TYPE_CHECKING:
    from gradwalk.optim.optimizer import Optimizer
    from gradwalk.program.trace import Trace

SCHEDULED = {"lr", "momentum", "betas"}  # settings that may change from step to step in one program
NUMBER = np.dtype("float64")


def note(trace: Trace, optimizer: Any) -> None:
    """Note an optimizer's step; or take it at once, where no call has been or its rule can't be listed."""
    latest: Latest | None = trace.spot.updates.get(optimizer.rule)
    numbers = None if latest is None else latest.numbers_again(optimizer)
    if latest is not None and numbers is not None:
        note_known(trace, optimizer, latest.spot, numbers)
        return
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
        trace.spot.updates[optimizer.rule] = Latest(optimizer, spot)
        note_known(trace, optimizer, spot, numbers)


def note_known(trace: Trace, optimizer: Optimizer, spot: Spot, numbers: Sequence[float]) -> None:
    """Note a step that calls took before."""
    step: Any = spot.steps[0]
    trace.spot, trace.behind = spot, True
    arrays = trace.arrays
    for place, number in zip(step.numbers, numbers, strict=True):
        arrays[place.slot] = number
    if step.remembers:
        for param, move in zip(moved(optimizer), step.moves, strict=True):
            remember(trace, optimizer.state[param], move)
    trace.changes.append((spot.size, [arrays[place.slot] for place in step.changed]))


class Latest:
    """The latest step that was noted at a spot, with all that is told of it: most steps are the same again."""

    def __init__(self, optimizer: Optimizer, spot: Spot):
        self.spot, self.scheduled = spot, scheduled_numbers(optimizer)
        self.remembers = any(optimizer.state.values())
        self.settings = reader(tuple(optimizer.defaults))
        self.groups = [
            (self.settings(group), list(map(places_of, params)), [remembered(optimizer.state[p]) for p in params])
            for group, params in optimizer.moves()
        ]

    def numbers_again(self, optimizer: Optimizer) -> list[float] | None:
        """The numbers of the step that an optimizer is about to take, if all else is the same again."""
        if len(optimizer.param_groups) != len(self.groups):
            return None
        for group, (settings, places, _) in zip(optimizer.param_groups, self.groups, strict=True):
            if self.settings(group) != settings or len(group["params"]) != len(places):
                return None
            for param, (place, grad) in zip(group["params"], places, strict=True):
                if param.params is not place or param.grad is None or param.grad.params is not grad:
                    return None
        if any(optimizer.state.values()):
            return self._counted(optimizer)
        return self.scheduled if not self.remembers else None

    def _counted(self, optimizer: Optimizer) -> list[float] | None:
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
        numbers = [*self.scheduled, *once(counts)]
        step: Any = self.spot.steps[0]
        return numbers if len(numbers) == len(step.numbers) else None


def remembered(state: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """What is remembered of a parameter: names, and places; None for numbers."""
    return list(state), [getattr(held, "params", None) for held in state.values()]


def once(counts: list[int]) -> list[int]:
    """How often parameters were moved: one number, if that is equally often."""
    return counts[:1] if len(set(counts)) == 1 else counts


def moved(optimizer: Optimizer) -> list[Tensor]:
    """All parameters that are moved."""
    return [param for _, params in optimizer.moves() for param in params]


def tensors_of(optimizer: Optimizer) -> list[Tensor]:
    """Parameters, gradients, and what is remembered in arrays."""
    found = [x for param in moved(optimizer) for x in (param, param.grad, *optimizer.state[param].values())]
    return [x for x in found if isinstance(x, Tensor)]


def key_of_step(optimizer: Optimizer) -> list[Any]:
    """What is the same in equal steps: the rule, its settings, and the places of parameters, gradients and what is remembered.

    Of numbers that may differ only the number is told, and whether they are zero.
    """
    fixed, scheduled = readers(tuple(optimizer.defaults))
    parts: list[Any] = [Updated, optimizer.rule]
    for group in optimizer.param_groups:
        parts += fixed(group)
        parts += map(bool, scheduled(group))
        params = group["params"]
        try:
            places = list(map(places_of, params))
        except AttributeError:  # not all have a gradient
            params = [param for param in params if param.grad is not None]
            places = list(map(places_of, params))
        parts += places
        parts += [tuple(part) for param in params for part in remembered(optimizer.state[param])]
    return parts


places_of = operator.attrgetter("params", "grad.params")


@lru_cache
def readers(names: tuple[str, ...]) -> tuple[Callable[..., Iterable[Any]], Callable[..., Iterable[Any]]]:
    """What read from a group the settings that are the same in equal steps, and those that may differ."""
    return reader([name for name in names if name not in SCHEDULED]), reader([n for n in names if n in SCHEDULED])


def reader(names: Sequence[str]) -> Callable[..., Iterable[Any]]:
    """What reads some settings from a group."""
    if len(names) > 1:
        return operator.itemgetter(*names)
    return lambda group: [group[name] for name in names]


def scheduled_numbers(optimizer: Optimizer) -> list[float]:
    """The settings that may differ in equal steps."""
    _, scheduled = readers(tuple(optimizer.defaults))
    values = [value for group in optimizer.param_groups for value in scheduled(group)]
    return [float(x) for value in values for x in (value if isinstance(value, tuple | list) else (value,))]


def counts_of(optimizer: Optimizer) -> list[int]:
    """How often each parameter was moved, if that is remembered."""
    return [held for param in moved(optimizer) for held in optimizer.state[param].values() if type(held) is int]


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


# --- a way that no call went before ---


def explore(trace: Trace, key: Any, optimizer: Optimizer, numbers: Sequence[float]) -> None:
    """Take the step at once, and note what it did."""
    trace.compute()
    before = [dict(optimizer.state[param]) for param in moved(optimizer)]
    with untraced():
        optimizer.move_all()
    spot = trace.spot.after()
    places = [number_at(trace, spot, number) for number in numbers]
    step = told(trace, spot, optimizer, before, places)
    spot.steps = (step,)
    if is_listable(trace, step):
        extend(trace, key, spot)
    trace.changes.append((trace.spot.size, [trace.arrays[place.slot] for place in step.changed]))


def number_at(trace: Trace, spot: Spot, number: float) -> Place:
    """A place for a number, from a spot on."""
    place = Place(spot.size, (), NUMBER)
    trace.arrays[place.slot] = number
    spot.size += 1
    return place


def told(trace: Trace, spot: Spot, optimizer: Optimizer, before: list[dict[str, Any]], numbers: list[Place]) -> Updated:
    """What a step did: from what was remembered before it, and what is now."""
    waiting, moves = iter(numbers), optimizer.moves()
    settings = [with_slots(group, optimizer.defaults, waiting) for group, _ in moves]
    counted = list(waiting)
    counts = itertools.repeat(counted[0]) if len(counted) == 1 else iter(counted)
    owners = [own for own, (_, params) in zip(settings, moves, strict=True) for _ in params]
    made = []
    for param, own, earlier in zip(moved(optimizer), owners, before, strict=True):
        state = {name: held.params if isinstance(held, Tensor) else next(counts) for name, held in earlier.items()}
        now = optimizer.state[param]
        created = {name: created_at(trace, spot, held) for name, held in now.items() if name not in earlier}
        forgotten = tuple(name for name in earlier if name not in now)
        made.append(Move(param.params, param.grad.params, state, created, forgotten, own))  # type: ignore[union-attr, arg-type]
    changed = [place for move in made for place in (move.param, *move.state.values()) if place not in counted]
    remembers = any(before) or any(move.created for move in made)
    return Updated(optimizer.rule, tuple(made), tuple(numbers), tuple(changed), remembers)


def with_slots(group: Mapping[str, Any], names: Iterable[str], numbers: Iterator[Place]) -> dict[str, Any]:
    """A group's settings, with slots for those that may change."""
    settings = {name: group[name] for name in names}
    for name in filter(SCHEDULED.__contains__, settings):
        several = isinstance(settings[name], tuple | list)
        settings[name] = tuple(next(numbers) for _ in settings[name]) if several else next(numbers)
    return settings


def created_at(trace: Trace, spot: Spot, held: Any) -> Place | int:
    """A place for what is remembered from now on; a counter is what it is."""
    if isinstance(held, int):
        return held
    place = Place(spot.size, held.shape, held.dtype)
    stand_for(place, trace)
    spot.size += 1
    trace.take_in(held, place)
    return place


def is_listable(trace: Trace, step: Updated) -> bool:
    """Whether a rule's course is the same for all numbers."""
    try:
        Reading(trace.arrays, {place.slot for place in step.changed}).read(step)
    except (Unlistable, TypeError, ValueError):
        return False
    return True
