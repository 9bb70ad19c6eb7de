"""One update: clip the gradients, let the optimizer move the weights, and let the rate follow its schedule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradwalk import nn, optim
from gradwalk.optim import lr_scheduler
from gradwalk.optim.lr_scheduler import LRScheduler
from gradwalk.optim.optimizer import copied
from gradwalk.optim.rule import Group, State
from gradwalk.tensor import Tensor, leaf
from gradwalk.train.choices import OPTIMIZERS
from gradwalk.train.settings import Settings


@dataclass(frozen=True)
class Ingredients:
    """What an update is made of, by the parameters' names: weights, (clipped) gradients, what is remembered; the settings."""

    weights: dict[str, Any] = field(default_factory=dict)
    gradients: dict[str, Any] = field(default_factory=dict)
    remembered: dict[str, State] = field(default_factory=dict)
    group: Group = field(default_factory=dict)


class Updating:
    """The optimizer with its schedule and clipping; ``last`` has what the last update was made of (nothing before the first)."""

    def __init__(self, settings: Settings, model: nn.Module):
        self.settings = settings
        self.parameters: dict[str, Tensor] = dict(model.named_parameters())
        made = getattr(optim, OPTIMIZERS[settings.optimizer].name)
        self.optimizer: optim.Optimizer = made(
            list(self.parameters.values()), lr=settings.lr, **settings.optimizer_options
        )
        self.schedule = schedule_of(settings, self.optimizer)
        self.last = Ingredients()

    @property
    def lr(self) -> float:
        """The present rate."""
        return float(self.optimizer.param_groups[0]["lr"])

    @property
    def group(self) -> dict[str, Any]:
        """The optimizer's settings as they are now."""
        return {
            name: value for name, value in self.optimizer.param_groups[0].items() if name in self.optimizer.defaults
        }

    def forget(self) -> None:
        """Begin with no gradients, and no update made of them."""
        self.optimizer.zero_grad()
        self.last = Ingredients()

    def gradients(self) -> list[Tensor]:
        """The gradients that have arrived."""
        return [tensor.grad for tensor in self.parameters.values() if tensor.grad is not None]

    def update(self) -> None:
        """Clip, and move the weights."""
        clip(list(self.parameters.values()), self.settings)
        self.last = self._ingredients(self.parameters)
        self.optimizer.step()

    def coming(self) -> Ingredients:
        """What the next update will be made of, its gradients clipped as they will be; nothing is changed."""
        copies = {name: leaf(np.array(tensor.value)) for name, tensor in self.parameters.items()}
        for name, copy in copies.items():
            grad = self.parameters[name].grad
            copy.grad = None if grad is None else leaf(np.array(grad.value))
        clip(list(copies.values()), self.settings)
        return self._ingredients(copies)

    def _ingredients(self, parameters: Mapping[str, Tensor]) -> Ingredients:
        state = self.optimizer.state
        return Ingredients(
            {name: np.array(tensor.value) for name, tensor in parameters.items()},
            {name: tensor.grad.value for name, tensor in parameters.items() if tensor.grad is not None},
            {
                name: {key: copied(held) for key, held in state.get(tensor, {}).items()}
                for name, tensor in self.parameters.items()
            },
            self.group,
        )

    def end_epoch(self) -> None:
        """Let the rate follow its schedule."""
        self.schedule.step()

    def state_dict(self) -> dict[str, Any]:
        """What the optimizer remembers. (The rate at an epoch follows from the settings.)"""
        return self.optimizer.state_dict()

    def load_state_dict(self, state: Mapping[str, Any], epoch: int) -> None:
        """Remember what was remembered then."""
        self.optimizer.load_state_dict(state)
        self.forget()
        self.schedule.last_epoch = epoch


def clip(tensors: Sequence[Tensor], settings: Settings) -> None:
    """Bound each entry of the gradients, then the norm of all of them together, as the settings say."""
    if settings.clip_value is not None:
        nn.utils.clip_grad_value_(tensors, settings.clip_value)
    if settings.clip is not None:
        nn.utils.clip_grad_norm_(tensors, settings.clip)


def schedule_of(settings: Settings, optimizer: optim.Optimizer) -> LRScheduler:
    """How the rate goes from epoch to epoch: a linear rise over the warm-up, and then what was chosen."""
    epochs = max(1, settings.epochs - settings.warmup)
    after = SCHEDULED[settings.schedule](optimizer, epochs, dict(settings.schedule_options))
    if not settings.warmup:
        return after
    rise = lr_scheduler.LinearLR(optimizer, 1 / (settings.warmup + 1), total_iters=settings.warmup)
    return lr_scheduler.SequentialLR(optimizer, [rise, after], [settings.warmup])


# name -> the schedule, made of the optimizer, the epochs that it has, and the options that were given
SCHEDULED: dict[str, Callable[[optim.Optimizer, int, dict[str, Any]], LRScheduler]] = {
    "constant": lambda optimizer, epochs, options: lr_scheduler.LambdaLR(optimizer, lambda epoch: 1.0),
    "step": lambda optimizer, epochs, options: lr_scheduler.StepLR(
        optimizer, **{"step_size": -(-epochs // 3), **options}
    ),
    "exponential": lambda optimizer, epochs, options: lr_scheduler.ExponentialLR(
        optimizer, **{"gamma": 0.95, **options}
    ),
    "cosine": lambda optimizer, epochs, options: lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs, **options),
}
