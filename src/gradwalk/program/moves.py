"""An optimizer's step that no call took before: it is taken at once, and told as moves of parameters."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk.program.changing import note_change
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
    note_change(trace, [trace.arrays[place.slot] for place in step.changed])


def moved(optimizer: Optimizer) -> list[Tensor]:
    """All parameters that are moved."""
    return [param for _, params in optimizer.moves() for param in params]


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
