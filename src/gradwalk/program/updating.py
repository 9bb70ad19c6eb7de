"""An optimizer's step as one step of a trace: its rule is listed like an op's, and writes into memory that is there."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk.program.exploring import extend, untraced
from gradwalk.program.keys import key_of
from gradwalk.program.listing import Unlistable
from gradwalk.program.segment import Reading
from gradwalk.program.trie import Move, Place, Spot, Updated
from gradwalk.tensor import Tensor

if TYPE_CHECKING:
    from gradwalk.program.trace import Trace

Moves = Sequence[tuple[Tensor, dict[str, Any]]]  # parameters with the settings of their group

SCHEDULED = ("lr", "momentum", "betas")  # settings that may change from step to step in one program
NUMBER = np.dtype("float64")


def note(trace: Trace, optimizer: Any, moves: Moves) -> None:
    """Note an optimizer's step; or take it at once, where no call has been or its rule can't be listed."""
    for x in tensors_of(optimizer, moves):
        trace.enter(x)
    key, numbers = described(optimizer, moves)
    spot = trace.spot.next.get(key)
    if spot is None:
        explore(trace, key, optimizer, moves, numbers)
        return
    step: Any = spot.steps[0]
    trace.spot, trace.behind = spot, True
    trace.arrays.update(zip([place.slot for place in step.numbers], numbers, strict=True))
    for (param, _), move in zip(moves, step.moves, strict=True):
        remember(trace, optimizer.state[param], move)
    note_changes(trace, step)


def note_changes(trace: Trace, step: Updated) -> None:
    """Keep in mind which arrays aren't what earlier ops read."""
    trace.changes += [(trace.spot.size, trace.arrays[place.slot]) for place in step.changed]


def tensors_of(optimizer: Any, moves: Moves) -> list[Tensor]:
    """Parameters, gradients, and what is remembered in arrays."""
    found: list[Any] = []
    for param, _ in moves:
        found += param, param.grad, *optimizer.state[param].values()
    return [x for x in found if isinstance(x, Tensor)]


def described(optimizer: Any, moves: Moves) -> tuple[Any, list[float]]:
    """What is the same in equal steps, and the numbers that may differ."""
    parts: list[Any] = [Updated, optimizer.rule]
    numbers: list[float] = []
    for group in groups_of(moves):
        scheduled = scheduled_of(group)
        fixed = {name: value for name, value in group.items() if name in optimizer.defaults and name not in SCHEDULED}
        parts += key_of(fixed), *map(bool, scheduled)
        numbers += scheduled
    for param, _ in moves:
        for name, held in optimizer.state[param].items():
            parts += name, held.params if isinstance(held, Tensor) else None
        parts += param.params, param.grad.params  # type: ignore[union-attr]
    counted = counters(optimizer, moves)
    return (*parts, len(counted)), [*numbers, *counted]


def groups_of(moves: Moves) -> list[dict[str, Any]]:
    """The groups of parameters that are moved, each once."""
    return list({id(group): group for _, group in moves}.values())


def scheduled_of(group: Mapping[str, Any]) -> list[float]:
    """The settings of a group that may change from step to step."""
    lr, momentum, betas = (group.get(name, ()) for name in SCHEDULED)
    return [
        float(number)
        for part in (lr, momentum, betas)
        for number in (part if isinstance(part, tuple | list) else (part,))
    ]


def counters(optimizer: Any, moves: Moves) -> list[int]:
    """How often parameters were moved: once if all were moved equally often, else for each."""
    counted = [held for param, _ in moves for held in optimizer.state[param].values() if isinstance(held, int)]
    return counted[:1] if len(set(counted)) == 1 else counted


def remember(trace: Trace, state: dict[str, Any], move: Move) -> None:
    """What is remembered of a parameter after its move: counters at once, the rest as soon as it is computed."""
    before = dict(state)
    for name, held in before.items():
        if isinstance(held, int):
            state[name] = held + 1
    for name in move.forgotten:
        del state[name]
    for name, made in move.created.items():
        state[name] = trace.noted(made) if isinstance(made, Place) else made
    trace.undone.append(lambda: replace(state, before))


def replace(state: dict[str, Any], before: dict[str, Any]) -> None:
    """Put back what was remembered."""
    state.clear()
    state.update(before)


# --- a way that no call went before ---


def explore(trace: Trace, key: Any, optimizer: Any, moves: Moves, numbers: list[float]) -> None:
    """Take the step at once, and note what it did."""
    trace.compute()
    before = [dict(optimizer.state[param]) for param, _ in moves]
    with untraced():
        for param, group in moves:
            optimizer.move(param, group)
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
    settings = {id(group): with_slots(group, optimizer.defaults, waiting) for group in groups_of(moves)}
    counted = list(waiting)
    counts = itertools.repeat(counted[0]) if len(counted) == 1 else iter(counted)
    made = []
    for (param, group), earlier in zip(moves, before, strict=True):
        state = {name: held.params if isinstance(held, Tensor) else next(counts) for name, held in earlier.items()}
        now = optimizer.state[param]
        created = {name: created_at(trace, spot, held) for name, held in now.items() if name not in earlier}
        forgotten = tuple(name for name in earlier if name not in now)
        made.append(Move(param.params, param.grad.params, state, created, forgotten, settings[id(group)]))  # type: ignore[union-attr, arg-type]
    changed = [place for move in made for place in (move.param, *move.state.values()) if place not in counted]
    return Updated(optimizer.rule, tuple(made), tuple(numbers), tuple(changed))


def with_slots(group: Mapping[str, Any], names: Iterable[str], numbers: Iterator[Place]) -> dict[str, Any]:
    """A group's settings, with slots for those that may change."""
    settings = {name: group[name] for name in names}
    for name in SCHEDULED:
        if name in settings:
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
