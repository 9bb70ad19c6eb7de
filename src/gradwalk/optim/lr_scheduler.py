"""Learning-rate schedules, under PyTorch's names: how the rate changes from epoch to epoch.

The rate at an epoch is a function of the epoch and of the rate that the optimizer started with, and of nothing else
(but for `ReduceLROnPlateau`, which goes by a metric). (In
PyTorch most schedules go by the rate of the epoch before; that is the same unless someone changes the rate in between.)
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from gradwalk.optim.optimizer import Optimizer
from gradwalk.optim.settings import OptimizerError

__all__ = [
    "CosineAnnealingLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]

# What a schedule doesn't save: the optimizer has its own state, and functions can't be written down.
UNSAVED = ("optimizer", "lr_lambdas", "schedulers")


class LRScheduler:
    """Sets the rate of an optimizer's groups, anew with each `step`: usually once per epoch, after `Optimizer.step`.

    A subclass gives `rate`. ``last_epoch`` counts from 0, the epoch that the schedule is made for.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1):
        self.optimizer, self.last_epoch = optimizer, last_epoch
        for group in optimizer.param_groups:
            if last_epoch != -1 and "initial_lr" not in group:
                raise OptimizerError(
                    f"to go on after epoch {last_epoch}, load the optimizer's state first: it has initial_lr"
                )
            group.setdefault("initial_lr", group["lr"])
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.step()

    def rate(self, base: float, epoch: int) -> float:
        """The rate at an epoch, of a group that started with ``base``."""
        raise NotImplementedError

    def rates(self, epoch: int) -> list[float]:
        """The rate of every group at an epoch."""
        return [self.rate(base, epoch) for base in self.base_lrs]

    def step(self) -> None:
        """Go on to the next epoch."""
        self.last_epoch += 1
        for group, rate in zip(self.optimizer.param_groups, self.rates(self.last_epoch), strict=True):
            group["lr"] = rate

    def get_last_lr(self) -> list[float]:
        """The rate that each group has now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """What a later run needs to go on: the epoch and the settings, but no functions."""
        return {name: value for name, value in vars(self).items() if name not in UNSAVED}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a saved epoch; the rate itself comes with the optimizer's own state."""
        vars(self).update({name: value for name, value in state_dict.items() if name in self.state_dict()})


class LambdaLR(LRScheduler):
    """The starting rate times a function of the epoch (or one function for each group)."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Any, last_epoch: int = -1):
        given: Sequence[Callable[[int], float]] = (
            lr_lambda if isinstance(lr_lambda, list | tuple) else [lr_lambda] * len(optimizer.param_groups)
        )
        if len(given) != len(optimizer.param_groups):
            raise OptimizerError(f"{len(given)} functions for {len(optimizer.param_groups)} groups; give one for each")
        self.lr_lambdas = given
        super().__init__(optimizer, last_epoch)

    def rates(self, epoch: int) -> list[float]:
        """λ · f(epoch)."""
        return [base * factor(epoch) for base, factor in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class StepLR(LRScheduler):
    """Every ``step_size`` epochs, the rate times ``gamma``: a staircase downwards."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1):
        at_least_1("step_size", step_size)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, base: float, epoch: int) -> float:
        """λ · γ^⌊epoch / step_size⌋."""
        return base * self.gamma ** (epoch // self.step_size)


class MultiStepLR(LRScheduler):
    """At each milestone, an epoch, the rate times ``gamma``."""

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1):
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, base: float, epoch: int) -> float:
        """λ · γ^(milestones reached)."""
        return base * self.gamma ** bisect_right(self.milestones, epoch)


class ExponentialLR(LRScheduler):
    """After every epoch, the rate times ``gamma``."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1):
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, base: float, epoch: int) -> float:
        """λ · γ^epoch."""
        return float(base * self.gamma**epoch)


class LinearLR(LRScheduler):
    """From a share of the rate to another in a straight line over ``total_iters`` epochs: a warm-up, as it stands.

    >>> import gradwalk as gw
    >>> optimizer = gw.optim.SGD([gw.tensor(1.0, requires_grad=True)], lr=0.5)
    >>> warm_up = LinearLR(optimizer, start_factor=0.2, total_iters=4)
    >>> [round(rate, 2) for rate in (warm_up.rate(0.5, epoch) for epoch in range(6))]
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ):
        at_least_1("total_iters", total_iters)
        if not (0 < start_factor <= 1 and 0 <= end_factor <= 1):
            raise OptimizerError(
                f"start_factor={start_factor} and end_factor={end_factor} are shares of the rate, between 0 and 1; "
                "the first must be above 0"
            )
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def rate(self, base: float, epoch: int) -> float:
        """λ · (start + (end − start) · epoch / total), and λ · end from there on."""
        share = min(epoch, self.total_iters) / self.total_iters
        return base * (self.start_factor + (self.end_factor - self.start_factor) * share)


class CosineAnnealingLR(LRScheduler):
    """Down to ``eta_min`` over ``T_max`` epochs along half a cosine: slowly, fast, slowly (and up again after that).

    Source: Loshchilov & Hutter (2017).
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1):
        at_least_1("T_max", T_max)
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def rate(self, base: float, epoch: int) -> float:
        """λ_min + (λ − λ_min) · (1 + cos(π · epoch / T_max)) / 2."""
        return self.eta_min + (base - self.eta_min) * (1 + math.cos(math.pi * epoch / self.T_max)) / 2


class OneCycleLR(LRScheduler):
    """Up to ``max_lr`` for a share of the steps, and then down to almost nothing; stepped after every batch.

    Momentum, or Adam's β₁, goes the other way. Source: Smith & Topin (2019).
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float,
        total_steps: int,
        *,
        pct_start: float = 0.3,
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        last_epoch: int = -1,
    ):
        at_least_1("total_steps", total_steps)
        if not 0 <= pct_start < 1:
            raise OptimizerError(
                f"pct_start={pct_start}: it is the share of the steps that the rate rises for, 0 to below 1"
            )
        if cycle_momentum and not {"momentum", "betas"} & optimizer.defaults.keys():
            raise OptimizerError("this optimizer has no momentum to cycle; say cycle_momentum=False")
        self.max_lr, self.total_steps, self.pct_start, self.cycle_momentum = (
            max_lr,
            total_steps,
            pct_start,
            cycle_momentum,
        )
        self.low_lr, self.last_lr = max_lr / div_factor, max_lr / div_factor / final_div_factor
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        for group in optimizer.param_groups:
            group["initial_lr"] = self.low_lr
        super().__init__(optimizer, last_epoch)

    def along(self, step: int, low: float, high: float, last: float) -> float:
        """From low to high and on to last, each along half a cosine."""
        top = self.pct_start * self.total_steps - 1
        if step < top:
            return half_cosine(low, high, step / top)
        return half_cosine(high, last, (step - top) / (self.total_steps - 1 - top))

    def rate(self, base: float, epoch: int) -> float:
        """Where the cycle is at this step."""
        if epoch > self.total_steps:
            raise OptimizerError(
                f"the cycle was made for {self.total_steps} steps, and this is one more; make a longer one"
            )
        return self.along(epoch, self.low_lr, self.max_lr, self.last_lr)

    def step(self) -> None:
        """Go on to the next step, momentum included."""
        super().step()
        if self.cycle_momentum:
            momentum = self.along(self.last_epoch, self.max_momentum, self.base_momentum, self.max_momentum)
            for group in self.optimizer.param_groups:
                group.update({"betas": (momentum, group["betas"][1])} if "betas" in group else {"momentum": momentum})


class SequentialLR(LRScheduler):
    """One schedule after the other, changing at milestones; each counts its epochs from its own beginning.

    A warm-up and then a cosine: ``SequentialLR(optimizer, [LinearLR(…), CosineAnnealingLR(…)], milestones=[5])``.
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ):
        if len(milestones) != len(schedulers) - 1:
            raise OptimizerError(
                f"{len(schedulers)} schedules change {len(schedulers) - 1} times, and {len(milestones)} milestones are given"
            )
        if any(schedule.optimizer is not optimizer for schedule in schedulers):
            raise OptimizerError("the schedules of a sequence must all be of the same optimizer")
        self.schedulers, self.milestones = list(schedulers), list(milestones)
        super().__init__(optimizer, last_epoch)

    def rates(self, epoch: int) -> list[float]:
        """What the schedule of this epoch says, at its own count."""
        turn = bisect_right(self.milestones, epoch)
        return self.schedulers[turn].rates(epoch - (self.milestones[turn - 1] if turn else 0))


class ReduceLROnPlateau(LRScheduler):
    """When a metric hasn't got better for more than ``patience`` epochs, the rate times ``factor``.

    The one schedule that goes by what happened: ``step(loss)`` after each epoch. Better than the best so far means by more
    than ``threshold``, as a share of it ("rel") or as such ("abs"); ``mode`` says whether less ("min") or more is better.
    After a reduction, bad epochs don't count for ``cooldown`` epochs; no rate falls below ``min_lr`` (one, or one for each
    group), and changes up to ``eps`` aren't made.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ):
        if (mode, threshold_mode) not in BARS:
            raise OptimizerError(
                f"mode={mode!r} must be 'min' or 'max', and threshold_mode={threshold_mode!r} 'rel' or 'abs'"
            )
        if factor >= 1:
            raise OptimizerError(f"factor={factor}: a factor below 1 lowers the rate")
        groups = len(optimizer.param_groups)
        self.min_lrs = list(min_lr) if isinstance(min_lr, list | tuple) else [min_lr] * groups
        if len(self.min_lrs) != groups:
            raise OptimizerError(f"{len(self.min_lrs)} values of min_lr for {groups} groups; give one for each")
        self.optimizer, self.last_epoch = optimizer, 0
        self.mode, self.threshold_mode, self.threshold = mode, threshold_mode, threshold
        self.factor, self.patience, self.cooldown, self.eps = factor, patience, cooldown, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = 0

    def step(self, metrics: Any) -> None:  # type: ignore[override]
        """Go on to the next epoch, after one that came to this metric."""
        self.last_epoch += 1
        metric = float(metrics)
        if self.is_better(metric):
            self.best, self.num_bad_epochs = metric, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown_counter - 1, 0
        if self.num_bad_epochs > self.patience:
            self.reduce()

    def is_better(self, metric: float) -> bool:
        """Whether a metric is better than the best so far, by more than the threshold."""
        bar = BARS[self.mode, self.threshold_mode](self.best, self.threshold)
        return metric < bar if self.mode == "min" else metric > bar

    def reduce(self) -> None:
        """Lower the rates, and begin to count anew."""
        for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
            lower = max(group["lr"] * self.factor, least)
            if group["lr"] - lower > self.eps:
                group["lr"] = lower
        self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0


# What a metric must pass to be better than the best so far.
BARS: dict[tuple[str, str], Callable[[float, float], float]] = {
    ("min", "rel"): lambda best, threshold: best * (1 - threshold),
    ("min", "abs"): lambda best, threshold: best - threshold,
    ("max", "rel"): lambda best, threshold: best * (1 + threshold),
    ("max", "abs"): lambda best, threshold: best + threshold,
}


def at_least_1(setting: str, value: int) -> None:
    """An error for a length of no epochs."""
    if value < 1:
        raise OptimizerError(f"{setting}={value}: at least 1 is needed")


def half_cosine(start: float, end: float, share: float) -> float:
    """From start to end, slowly at both ends."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))
