"""Adam and AdamW: steps of about the same size for every parameter, whatever the size of its gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.optim.optimizer import Optimizer
from gradwalk.optim.rule import Group, State, average, effective


def adam(param: Any, grad: Any, state: State, group: Group) -> tuple[Any, State]:
    """θ ← θ − γ·m̂ / (√v̂ + ε), with moving averages of the gradient, m, and of its square, v.

    Both start from 0 and are too small at first, so m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) at step t. With amsgrad v̂
    takes the largest v so far. Sources: Kingma & Ba (2015); Reddi et al. (2018) for amsgrad.
    """
    step, (beta1, beta2) = state.get("step", 0) + 1, group["betas"]
    grad = effective(param, grad, group)
    mean = average(state.get("exp_avg"), grad, beta1)
    square = average(state.get("exp_avg_sq"), np.square(grad), beta2)
    remembered = {"step": step, "exp_avg": mean, "exp_avg_sq": square}
    if group["amsgrad"]:
        square = np.maximum(state["max_exp_avg_sq"], square) if "max_exp_avg_sq" in state else square
        remembered["max_exp_avg_sq"] = square
    scale = np.sqrt(square) / (1 - beta2**step) ** 0.5 + group["eps"]
    return param - group["lr"] / (1 - beta1**step) * mean / scale, remembered


def adamw(param: Any, grad: Any, state: State, group: Group) -> tuple[Any, State]:
    """θ ← (1 − γ·λ)·θ, and then Adam's step: the decay isn't rescaled along with the gradient.

    Source: Loshchilov & Hutter (2019).
    """
    shrunk = param * (1 - group["lr"] * group["weight_decay"])
    return adam(shrunk, grad, state, {**group, "weight_decay": 0})


class Adam(Optimizer):
    """Divide each step by the usual size of that gradient, and average over recent steps.

    >>> import gradwalk as gw
    >>> w = gw.tensor([2.0, 200.0], requires_grad=True)
    >>> optimizer = gw.optim.Adam([w], lr=0.1)
    >>> (w**2).sum().backward()  # gradients 4 and 400, and yet the first steps are equally long
    >>> optimizer.step()
    >>> w
    tensor([  1.9, 199.9], requires_grad=True)
    """

    rule = staticmethod(adam)

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ):
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad}
        super().__init__(params, {**defaults, "maximize": maximize})


class AdamW(Adam):
    """Adam whose weight decay shrinks the weights directly, by ``lr · weight_decay`` of themselves in each step."""

    rule = staticmethod(adamw)

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ):
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)
