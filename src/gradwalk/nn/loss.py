"""Losses: how wrong the predictions are, as one number (or one for each, with ``reduction="none"``)."""

from __future__ import annotations

from typing import Any

from gradwalk.nn.declared import Declared
from gradwalk.tensor import Tensor


class Loss(Declared):
    """A function of predictions and targets; settings that are tensors are kept as buffers."""

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Tensor) and name in self._settings and name not in self._buffers:
            self.register_buffer(name, value)
        else:
            super().__setattr__(name, value)

    def extra_repr(self) -> str:
        """Nothing: PyTorch prints losses without their settings."""
        return ""


class MSELoss(Loss, function="mse_loss"):
    """The mean of the squared errors."""

    size_average: bool | None = None
    reduce: bool | None = None
    reduction: str = "mean"


class L1Loss(Loss, function="l1_loss"):
    """The mean of the absolute errors."""

    size_average: bool | None = None
    reduce: bool | None = None
    reduction: str = "mean"


class SmoothL1Loss(Loss, function="smooth_l1_loss"):
    """Squares for errors below β, absolute values above."""

    size_average: bool | None = None
    reduce: bool | None = None
    reduction: str = "mean"
    beta: float = 1.0


class HuberLoss(Loss, function="huber_loss"):
    """Squares for errors below δ, and δ times absolute values above: outliers count less."""

    reduction: str = "mean"
    delta: float = 1.0


class BCELoss(Loss, function="binary_cross_entropy"):
    """How surprising yes-or-no answers are, given the predicted probabilities of yes."""

    weight: Tensor | None = None
    size_average: bool | None = None
    reduce: bool | None = None
    reduction: str = "mean"


class BCEWithLogitsLoss(Loss, function="binary_cross_entropy_with_logits"):
    """How surprising yes-or-no answers are, given logits; ``pos_weight`` makes a missed yes count more (or less)."""

    weight: Tensor | None = None
    size_average: bool | None = None
    reduce: bool | None = None
    reduction: str = "mean"
    pos_weight: Tensor | None = None


class CrossEntropyLoss(Loss, function="cross_entropy"):
    """How surprising the right class is, given a logit for each."""

    weight: Tensor | None = None
    size_average: bool | None = None
    ignore_index: int = -100
    reduce: bool | None = None
    reduction: str = "mean"
    label_smoothing: float = 0.0


class NLLLoss(Loss, function="nll_loss"):
    """Minus the log-probability that the input gives to the right class."""

    weight: Tensor | None = None
    size_average: bool | None = None
    ignore_index: int = -100
    reduce: bool | None = None
    reduction: str = "mean"


class KLDivLoss(Loss, function="kl_div"):
    """How far the target distribution is from the predicted one, whose log-probabilities are the input."""

    size_average: bool | None = None
    reduce: bool | None = None
    reduction: str = "mean"
    log_target: bool = False
