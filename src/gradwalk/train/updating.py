"""One update: clip the gradients, let the optimizer move the weights, and let the rate follow its schedule."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk import nn, optim
from gradwalk.tensor import Tensor
from gradwalk.train.choices import OPTIMIZERS, SCHEDULES
from gradwalk.train.settings import Settings


class Updating:
    """The optimizer with its schedule and clipping; ``before`` has the weights as they were before the last update."""

    def __init__(self, settings: Settings, model: nn.Module):
        self.settings = settings
        self.parameters: dict[str, Tensor] = dict(model.named_parameters())
        made = getattr(optim, OPTIMIZERS[settings.optimizer].name)
        self.optimizer = made(list(self.parameters.values()), lr=settings.lr, **settings.optimizer_options)
        self.schedule = schedule(settings, self.optimizer)
        self.before: dict[str, Any] = {}

    @property
    def lr(self) -> float:
        """The present rate."""
        return float(self.optimizer.param_groups[0]["lr"])

    def forget(self) -> None:
        """Begin with no gradients."""
        self.optimizer.zero_grad()

    def gradients(self) -> list[Tensor]:
        """The gradients that have arrived."""
        return [tensor.grad for tensor in self.parameters.values() if tensor.grad is not None]

    def update(self) -> None:
        """Clip, and move the weights."""
        tensors = list(self.parameters.values())
        if self.settings.clip_value is not None:
            nn.utils.clip_grad_value_(tensors, self.settings.clip_value)
        if self.settings.clip is not None:
            nn.utils.clip_grad_norm_(tensors, self.settings.clip)
        self.before = {name: np.array(tensor.value) for name, tensor in self.parameters.items()}
        self.optimizer.step()

    def end_epoch(self) -> None:
        """Let the rate follow its schedule."""
        self.schedule.step()

    def state_dict(self) -> dict[str, Any]:
        """What the optimizer and the schedule remember."""
        return {"optimizer": self.optimizer.state_dict(), "schedule": self.schedule.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Remember what was remembered then."""
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])


def schedule(settings: Settings, optimizer: Any) -> Any:
    """The schedule of the rate, from epoch to epoch: a linear rise over the warm-up, and then what was chosen."""
    scheduler = optim.lr_scheduler
    options: dict[str, Any] = dict(settings.schedule_options)
    if settings.schedule == "constant":
        chosen = scheduler.ConstantLR(optimizer, factor=1.0)
    else:
        if settings.schedule == "cosine":
            options["T_max"] = max(1, settings.epochs - settings.warmup)
        chosen = getattr(scheduler, SCHEDULES[settings.schedule].name)(optimizer, **options)
    if not settings.warmup:
        return chosen
    rise = scheduler.LinearLR(optimizer, start_factor=1 / (settings.warmup + 1), total_iters=settings.warmup)
    return scheduler.SequentialLR(optimizer, [rise, chosen], [settings.warmup])
