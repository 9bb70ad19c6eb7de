"""Adagrad: the more a parameter has been moved, the smaller its steps become."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.optim.optimizer import Optimizer
from gradwalk.optim.rule import Group, State, effective


def adagrad(param: Any, grad: Any, state: State, group: Group) -> tuple[Any, State]:
    """θ ← θ − γₜ·g / (√S + ε), with S the sum of all g² so far and γₜ = γ / (1 + (t − 1)·η) at step t (η: lr_decay).

    Source: Duchi, Hazan & Singer (2011).
    """
    step = state.get("step", 0) + 1
    grad = effective(param, grad, group)
    total = state.get("sum", group["initial_accumulator_value"]) + np.square(grad)
    rate = group["lr"] / (1 + (step - 1) * group["lr_decay"])
    return param - rate * grad / (np.sqrt(total) + group["eps"]), {"step": step, "sum": total}


class Adagrad(Optimizer):
    """Divide each step by the root of the sum of all squared gradients so far."""

    rule = staticmethod(adagrad)

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ):
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "eps": eps,
        }
        super().__init__(params, {**defaults, "maximize": maximize})
