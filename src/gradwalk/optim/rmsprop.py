"""RMSprop: divide each step by the root of the mean square of recent gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.optim.optimizer import Optimizer
from gradwalk.optim.rule import Group, State, average, effective, plus


def rmsprop(param: Any, grad: Any, state: State, group: Group) -> tuple[Any, State]:
    """θ ← θ − γ·g / (√s + ε), with s the moving average of g²; centred, s is their variance: minus (average of g)².

    With momentum the quotient goes into a velocity, v ← μ·v + g / (√s + ε), and θ ← θ − γ·v. Sources: Tieleman & Hinton
    (2012), lecture 6.5; Graves (2013) for the centred form.
    """
    grad = effective(param, grad, group)
    square = average(state.get("square_avg"), np.square(grad), group["alpha"])
    remembered = {"step": state.get("step", 0) + 1, "square_avg": square}
    if group["centered"]:
        mean = remembered["grad_avg"] = average(state.get("grad_avg"), grad, group["alpha"])
        square = square - np.square(mean)
    direction = grad / (np.sqrt(square) + group["eps"])
    if group["momentum"]:
        direction = remembered["momentum_buffer"] = plus(state.get("momentum_buffer"), direction, group["momentum"])
    return param - group["lr"] * direction, remembered


class RMSprop(Optimizer):
    """Divide each step by the usual size of that gradient, as a moving average knows it."""

    rule = staticmethod(rmsprop)

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ):
        defaults = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "centered": centered,
        }
        super().__init__(params, {**defaults, "maximize": maximize})
