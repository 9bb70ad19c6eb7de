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
    last: Last | None = trace.spot.updates.get(optimizer.rule)
    if last is not None and last.is_again(optimizer):
        note_again(trace, optimizer, last.spot, last.numbers)
        return
    try:
        key = tuple(key_of_step(optimizer))
        hash(key)
    except (AttributeError, TypeError):  # a tensor or a list is new here
        for x in tensors_of(optimizer):
            trace.enter(x)
        key = tuple(tuple(part) if isinstance(part, list) else part for part in key_of_step(optimizer))
    before, spot, numbers = trace.spot, trace.spot.next.get(key), numbers_of(optimizer)
    if spot is None:
        explore(trace, key, optimizer, numbers)
    else:
        note_again(trace, optimizer, spot, numbers)
        if not any(optimizer.state.values()):
            before.updates[optimizer.rule] = Last(optimizer, spot, numbers)


def note_again(trace: Trace, optimizer: Optimizer, spot: Spot, numbers: Sequence[float]) -> None:
    """Note a step that is known."""
    step: Any = spot.steps[0]
    trace.spot, trace.behind = spot, True
    arrays = trace.arrays
    for place, number in zip(step.numbers, numbers, strict=True):
        arrays[place.slot] = number
    if step.remembers:
        for param, move in zip(moved(optimizer), step.moves, strict=True):
            remember(trace, optimizer.state[param], move)
    trace.changes.append((spot.size, [arrays[place.slot] for place in step.changed]))


class Last:
    """The latest step that was noted at a spot, if it remembers nothing: the next is mostly the same in all its settings."""

    def __init__(self, optimizer: Optimizer, spot: Spot, numbers: Sequence[float]):
        self.spot, self.numbers = spot, numbers
        self.settings = reader(tuple(optimizer.defaults))
        self.groups = [(self.settings(group), list(map(places_of, params))) for group, params in optimizer.moves()]

    def is_again(self, optimizer: Optimizer) -> bool:
        """Whether an optimizer is about to take that step again."""
        if len(optimizer.param_groups) != len(self.groups):
            return False
        for group, (settings, places) in zip(optimizer.param_groups, self.groups, strict=True):
            params = group["params"]
            if self.settings(group) != settings or len(params) != len(places):
                return False
            for param, (place, grad) in zip(params, places, strict=True):
                if param.params is not place or param.grad is None or param.grad.params is not grad:
                    return False
        return not any(optimizer.state.values())


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
        states = list(map(optimizer.state.__getitem__, params))
        if any(states):
            parts += [(name, getattr(held, "params", None)) for state in states for name, held in state.items()]
            parts.append(len({held for state in states for held in state.values() if isinstance(held, int)}) > 1)
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


def numbers_of(optimizer: Optimizer) -> list[float]:
    """The numbers that may differ in equal steps.

    They are scheduled settings, and how often parameters were moved: once, if that is equally often, else for each.
    """
    _, scheduled = readers(tuple(optimizer.defaults))
    numbers: list[float] = []
    for group in optimizer.param_groups:
        for value in scheduled(group):
            numbers += map(float, value if isinstance(value, tuple | list) else (value,))
    if any(optimizer.state.values()):
        counted = [held for param in moved(optimizer) for held in optimizer.state[param].values() if type(held) is int]
        numbers += counted[:1] if len(set(counted)) == 1 else counted
    return numbers


def remember(trace: Trace, state: dict[str, Any], move: Move) -> None:
    """What is remembered of a parameter after its move: counters at once, the rest as soon as it is computed."""
    trace.undone.append((state, dict(state)))
    for name, held in state.items():
        if isinstance(held, int):
            state[name] = held + 1
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
