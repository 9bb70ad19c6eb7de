"""Stochastic gradient descent: step against the gradient, with momentum if wanted."""

from __future__ import annotations

from typing import Any

from gradwalk.optim.optimizer import Optimizer
from gradwalk.optim.rule import Group, State, effective, plus
from gradwalk.optim.settings import OptimizerError


def sgd(param: Any, grad: Any, state: State, group: Group) -> tuple[Any, State]:
    """θ ← θ − γ·v, where v is the gradient g, or with momentum v ← μ·v + (1 − τ)·g (τ: dampening; v = g at first).

    Nesterov's variant looks ahead: θ ← θ − γ·(g + μ·v). Source: Sutskever et al. (2013), in the form that PyTorch uses.
    """
    grad, momentum = effective(param, grad, group), group["momentum"]
    if not momentum:
        return param - group["lr"] * grad, {}
    velocity = state.get("momentum_buffer")
    damped = (1 - group["dampening"]) * grad if group["dampening"] and velocity is not None else grad
    velocity = plus(velocity, damped, momentum)
    direction = grad + momentum * velocity if group["nesterov"] else velocity
    return param - group["lr"] * direction, {"momentum_buffer": velocity}


class SGD(Optimizer):
    """Step against the gradient: ``θ ← θ − lr · ∂L/∂θ``, with momentum, Nesterov's variant and weight decay.

    >>> import gradwalk as gw
    >>> w = gw.tensor(2.0, requires_grad=True)
    >>> optimizer = gw.optim.SGD([w], lr=0.1)
    >>> (w**2).backward()  # ∂L/∂w = 2w = 4
    >>> optimizer.step()
    >>> w.item()
    1.6
    """

    rule = staticmethod(sgd)

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ):
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
        }
        super().__init__(params, {**defaults, "maximize": maximize})

    def check(self, group: Group) -> None:
        """Nesterov's variant needs something to look ahead with."""
        super().check(group)
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise OptimizerError(
                "Nesterov momentum looks ahead along the momentum, so it needs momentum above 0 and dampening 0; "
                f"got momentum={group['momentum']} and dampening={group['dampening']}"
            )
