"""An optimizer's step as one step of a trace: its rule is listed like an op's, and writes into memory that is there."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk.program.exploring import extend, untraced
from gradwalk.program.listing import Unlistable
from gradwalk.program.segment import Reading
from gradwalk.program.trie import Move, Place, Spot, Updated
from gradwalk.tensor import Tensor

if TYPE_CHECKING:
    from gradwalk.optim.optimizer import Moves
    from gradwalk.program.trace import Trace

SCHEDULED = {"lr", "momentum", "betas"}  # settings that may change from step to step in one program
NUMBER = np.dtype("float64")


def note(trace: Trace, optimizer: Any, moves: Moves) -> None:
    """Note an optimizer's step; or take it at once, where no call has been or its rule can't be listed."""
    try:
        key, numbers = key_of_step(optimizer, moves)
        spot = trace.spot.next[key]
    except (KeyError, AttributeError, TypeError):  # no call went this way, or a tensor is new here
        for x in tensors_of(optimizer, moves):
            trace.enter(x)
        key, numbers = key_of_step(optimizer, moves)
        if key not in trace.spot.next:
            explore(trace, key, optimizer, moves, numbers)
            return
        spot = trace.spot.next[key]
    step: Any = spot.steps[0]
    trace.spot, trace.behind = spot, True
    for place, number in zip(step.numbers, numbers, strict=True):
        trace.arrays[place.slot] = number
    for param, move in zip(moved(moves), step.moves, strict=True) if step.remembers else ():
        remember(trace, optimizer.state[param], move)
    note_changes(trace, step)


def moved(moves: Moves) -> list[Tensor]:
    """All parameters that are moved."""
    return [param for _, params in moves for param in params]


def tensors_of(optimizer: Any, moves: Moves) -> list[Tensor]:
    """Parameters, gradients, and what is remembered in arrays."""
    found = [x for param in moved(moves) for x in (param, param.grad, *optimizer.state[param].values())]
    return [x for x in found if isinstance(x, Tensor)]


def key_of_step(optimizer: Any, moves: Moves) -> tuple[Any, list[float]]:
    """What is the same in equal steps; and the numbers that may differ.

    They are scheduled settings, and how often parameters were moved: once, if that is equally often, else for each.
    """
    parts: list[Any] = [Updated, optimizer.rule]
    numbers: list[float] = []
    counted: list[int] = []
    names, states = tuple(optimizer.defaults), optimizer.state
    for group, params in moves:
        fixed, scheduled = settings_of(group, names)
        parts += fixed
        numbers += scheduled
        for param in params:
            parts += param.params, param.grad.params  # type: ignore[union-attr]
            if state := states[param]:
                parts += [(name, None if isinstance(held, int) else held.params) for name, held in state.items()]
                counted += [held for held in state.values() if isinstance(held, int)]
    if counted:
        numbers += counted[:1] if len(set(counted)) == 1 else counted
    return (len(numbers), *parts), numbers


def settings_of(group: Mapping[str, Any], names: tuple[str, ...]) -> tuple[tuple[Any, ...], tuple[float, ...]]:
    """A group's settings as parts of a key, and those that may differ in equal steps."""
    try:
        return parted(names, *map(group.__getitem__, names))
    except TypeError:  # there is a list among them
        return parted(names, *[tuple(x) if isinstance(x, list) else x for x in map(group.__getitem__, names)])


@lru_cache(maxsize=256, typed=True)  # 1, 1.0 and True aren't the same setting
def parted(names: tuple[str, ...], *settings: Any) -> tuple[tuple[Any, ...], tuple[float, ...]]:
    """The same for settings that can be looked up."""
    fixed: list[Any] = []
    numbers: list[float] = []
    for name, value in zip(names, settings, strict=True):
        fixed.append(bool(value) if name in SCHEDULED else value)
        if name in SCHEDULED:
            numbers += map(float, value if isinstance(value, tuple) else (value,))
    return tuple(fixed), tuple(numbers)


def remember(trace: Trace, state: dict[str, Any], move: Move) -> None:
    """What is remembered of a parameter after its move: counters at once, the rest as soon as it is computed."""
    trace.undone.append((state, dict(state)))
    for name, held in state.items():
        if isinstance(held, int):
            state[name] = held + 1
    for name in move.forgotten:
        del state[name]
    for name, made in move.created.items():
        state[name] = trace.noted(made) if isinstance(made, Place) else made


def note_changes(trace: Trace, step: Updated) -> None:
    """Keep in mind which arrays aren't what earlier ops read."""
    size, arrays = trace.spot.size, trace.arrays
    trace.changes += [(size, arrays[place.slot]) for place in step.changed]


# --- a way that no call went before ---


def explore(trace: Trace, key: Any, optimizer: Any, moves: Moves, numbers: list[float]) -> None:
    """Take the step at once, and note what it did."""
    trace.compute()
    before = [dict(optimizer.state[param]) for param in moved(moves)]
    with untraced():
        optimizer.move_all(moves)
    spot = trace.spot.after()
    places = [number_at(trace, spot, number) for number in numbers]
    step = told(trace, spot, optimizer, moves, before, places)
    spot.steps = (step,)
    if is_listable(trace, step):
        extend(trace, key, spot)
    note_changes(trace, step)


def number_at(trace: Trace, spot: Spot, number: float) -> Place:
    """A place for a number, from a spot on."""
    place = Place(spot.size, (), NUMBER)
    trace.arrays[place.slot] = number
    spot.size += 1
    return place


def told(
    trace: Trace, spot: Spot, optimizer: Any, moves: Moves, before: list[dict[str, Any]], numbers: list[Place]
) -> Updated:
    """What a step did: from what was remembered before it, and what is now."""
    waiting = iter(numbers)
    settings = [with_slots(group, optimizer.defaults, waiting) for group, _ in moves]
    counted = list(waiting)
    counts = itertools.repeat(counted[0]) if len(counted) == 1 else iter(counted)
    owners = [own for own, (_, params) in zip(settings, moves, strict=True) for _ in params]
    made = []
    for param, own, earlier in zip(moved(moves), owners, before, strict=True):
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
