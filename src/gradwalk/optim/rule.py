"""What an update rule is: a pure function from a parameter and its gradient to the parameter's next value.

A rule reads ``(param, grad, state, group)`` and gives back ``(next param, next state)``; it changes nothing. ``state``
is what it remembers of earlier steps of this parameter, ``{}`` before the first; ``group`` holds the settings. Rules are
ordinary arithmetic, so they also run on a `Formula` and then write themselves down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

State = dict[str, Any]
Group = Mapping[str, Any]
Rule = Callable[[Any, Any, State, Group], tuple[Any, State]]


def effective(param: Any, grad: Any, group: Group) -> Any:
    """The gradient that a rule goes by: turned round to climb (``maximize``), plus λ·θ (``weight_decay``).

    Weight decay is the gradient of a penalty ½·λ·θ² on large weights.
    """
    grad = -grad if group["maximize"] else grad
    return grad + group["weight_decay"] * param if group["weight_decay"] else grad


def average(previous: Any, latest: Any, keep: float) -> Any:
    """The moving average: keep a share of what was (None: nothing yet), and take the rest from the latest."""
    return plus(previous, (1 - keep) * latest, keep)


def plus(previous: Any, latest: Any, keep: float) -> Any:
    """The latest, plus a share of what was (None: nothing yet)."""
    return latest if previous is None else keep * previous + latest
