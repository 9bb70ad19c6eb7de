"""Which settings of an optimizer make sense, and what to say of those that don't."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from gradwalk.errors import GradwalkError


class OptimizerError(GradwalkError, ValueError):
    """An optimizer that can't work with what it was given. (PyTorch raises ValueError.)"""


class Limit(NamedTuple):
    """What a setting must be: the test, and the sentence for what fails it."""

    holds: Callable[[Any], bool]
    sentence: str


NUMBER = (int, float, np.integer, np.floating)  # a rate in a tensor isn't offered


def _at_least_0(value: Any) -> bool:
    return isinstance(value, NUMBER) and 0 <= float(value) < math.inf


def _share(value: Any) -> bool:
    return _at_least_0(value) and float(value) < 1


LIMITS: dict[str, Limit] = {
    "lr": Limit(_at_least_0, "the learning rate says how far to step, and is a number from 0 up; 0.01 is a usual start"),
    "momentum": Limit(_at_least_0, "momentum is the share of the last step that is kept, from 0 (none) to below 1"),
    "weight_decay": Limit(_at_least_0, "weight decay pulls weights towards 0, and is a number from 0 up; below 0 they'd grow"),
    "eps": Limit(_at_least_0, "eps keeps the division from dividing by 0, and is a small number from 0 up, such as 1e-8"),
    "alpha": Limit(_at_least_0, "alpha is the share of the average of squares that is kept, from 0 to below 1"),
    "lr_decay": Limit(_at_least_0, "lr_decay makes the rate fall over the steps, and is a number from 0 up"),
    "initial_accumulator_value": Limit(_at_least_0, "the sum of squares starts from a number from 0 up"),
    "betas": Limit(
        lambda betas: isinstance(betas, tuple | list) and len(betas) == 2 and all(map(_share, betas)),
        "betas are two shares, of the averages of gradients and of their squares that are kept, from 0 to below 1",
    ),
}  # fmt: skip


def refuse_senseless(group: Mapping[str, Any]) -> None:
    """An error for the first setting that is outside its limits; NaN is outside all of them."""
    for name, limit in LIMITS.items():
        if name in group and not limit.holds(group[name]):
            raise OptimizerError(f"{name}={group[name]}: {limit.sentence}")
