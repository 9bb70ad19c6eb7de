"""An optimizer's step as one step of a trace: its rule is listed like an op's, and writes into memory that is there."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradwalk.program.exploring import extend, untraced
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
    states = [optimizer.state[param] for param, _ in moves]
    numbers = numbers_of(moves, states)
    try:
        spot = trace.spot.next[key_of_step(optimizer, moves, states, len(numbers))]
    except (KeyError, AttributeError, TypeError):  # no call went this way, or a tensor is new here
        for x in tensors_of(moves, states):
            trace.enter(x)
        key = key_of_step(optimizer, moves, states, len(numbers))
        if key not in trace.spot.next:
            explore(trace, key, optimizer, moves, numbers)
            return
        spot = trace.spot.next[key]
    step: Any = spot.steps[0]
    trace.spot, trace.behind = spot, True
    for place, number in zip(step.numbers, numbers, strict=True):
        trace.arrays[place.slot] = number
    for state, move in zip(states, step.moves, strict=True):
        if state or move.created:
            remember(trace, state, move)
    note_changes(trace, step)


def tensors_of(moves: Moves, states: Sequence[dict[str, Any]]) -> list[Tensor]:
    """Parameters, gradients, and what is remembered in arrays."""
    found: list[Any] = []
    for (param, _), state in zip(moves, states, strict=True):
        found += param, param.grad, *state.values()
    return [x for x in found if isinstance(x, Tensor)]


def key_of_step(optimizer: Any, moves: Moves, states: Sequence[dict[str, Any]], numbers: int) -> Any:
    """What is the same in equal steps."""
    parts: list[Any] = [Updated, optimizer.rule, numbers]
    group: Any = None
    for (param, own), state in zip(moves, states, strict=True):
        if own is not group:
            group = own
            parts += [bool(group[name]) if name in SCHEDULED else group[name] for name in optimizer.defaults]
        parts += param.params, param.grad.params  # type: ignore[union-attr]
        for name, held in state.items():
            parts += name, None if isinstance(held, int) else held.params
    return tuple(parts)


def numbers_of(moves: Moves, states: Sequence[dict[str, Any]]) -> list[float]:
    """The numbers that may differ in equal steps: scheduled settings, and how often parameters were moved.

    That is once, if all were moved equally often, else for each.
    """
    numbers: list[float] = []
    for group in groups_of(moves):
        for name in SCHEDULED:
            value = group.get(name, ())
            numbers += map(float, value if isinstance(value, tuple | list) else (value,))
    counted = [held for state in states for held in state.values() if isinstance(held, int)]
    return numbers + (counted[:1] if len(set(counted)) == 1 else counted)


def groups_of(moves: Moves) -> list[dict[str, Any]]:
    """The groups of parameters that are moved, each once."""
    return list({id(group): group for _, group in moves}.values())


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
