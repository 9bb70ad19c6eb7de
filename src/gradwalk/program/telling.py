"""What tells one step of an optimizer from another: its settings, the places of what it moves, and numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gradwalk.program.moves import SCHEDULED, moved
from gradwalk.program.straight import reader
from gradwalk.program.trie import Updated
from gradwalk.tensor import Tensor

if TYPE_CHECKING:
    from gradwalk.optim.optimizer import Optimizer

places_of = operator.attrgetter("params", "grad.params")


def key_of_step(optimizer: Optimizer) -> list[Any]:
    """What is the same in equal steps: the rule, its settings, and the places of parameters, gradients and what is remembered.

    Of numbers that may differ only the number is told, and whether they are zero.
    """
    parts: list[Any] = [Updated, optimizer.rule, *told_settings(optimizer)]
    for group in optimizer.param_groups:
        params = group["params"]
        try:
            places = list(map(places_of, params))
        except AttributeError:  # not all have a gradient
            params = [param for param in params if param.grad is not None]
            places = list(map(places_of, params))
        parts += [len(places), *places]
        parts += [tuple(part) for param in params for part in remembered(optimizer.state[param])]
    return parts


def told_settings(optimizer: Optimizer) -> list[Any]:
    """The settings that are the same in equal steps; of the others, whether they are zero."""
    fixed, scheduled = readers(tuple(optimizer.defaults))
    return [x for group in optimizer.param_groups for x in (*fixed(group), *map(bool, scheduled(group)))]


def remembered(state: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """What is remembered of a parameter: names, and places; None for numbers."""
    return list(state), [getattr(held, "params", None) for held in state.values()]


def tensors_of(optimizer: Optimizer) -> list[Tensor]:
    """Parameters, gradients, and what is remembered in arrays."""
    found = [x for param in moved(optimizer) for x in (param, param.grad, *optimizer.state[param].values())]
    return [x for x in found if isinstance(x, Tensor)]


@lru_cache
def readers(names: tuple[str, ...]) -> tuple[Callable[..., Iterable[Any]], Callable[..., Iterable[Any]]]:
    """What read from a group the settings that are the same in equal steps, and those that may differ."""
    return reader([name for name in names if name not in SCHEDULED]), reader([n for n in names if n in SCHEDULED])


def scheduled_numbers(optimizer: Optimizer) -> list[float]:
    """The settings that may differ in equal steps."""
    _, scheduled = readers(tuple(optimizer.defaults))
    values = [value for group in optimizer.param_groups for value in scheduled(group)]
    return [float(x) for value in values for x in (value if isinstance(value, tuple | list) else (value,))]


def counts_of(optimizer: Optimizer) -> list[int]:
    """How often each parameter was moved, if that is remembered."""
    return [held for param in moved(optimizer) for held in optimizer.state[param].values() if type(held) is int]


def once(counts: list[int]) -> list[int]:
    """How often parameters were moved: one number, if that is equally often."""
    return counts[:1] if len(set(counts)) == 1 else counts
