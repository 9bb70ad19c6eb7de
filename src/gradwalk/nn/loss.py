"""Losses: how wrong the predictions are, as one number (or one for each, with ``reduction="none"``)."""

from __future__ import annotations

from typing import Any

from gradwalk.nn.declared import Declared
from gradwalk.tensor import Tensor


class Loss(Declared):
    """A function of predictions and targets; settings that are tensors are kept as buffers."""

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Tensor) and name in self._signature.parameters and name not in self._buffers:
            self.register_buffer(name, value)
        else:
            super().__setattr__(name, value)

    def extra_repr(self) -> str:
        """Nothing: PyTorch prints losses without their settings."""
        return ""


class Reduced(Loss):
    """A loss whose numbers are averaged or added up; ``size_average`` and ``reduce`` are older ways of saying which."""

    size_average: bool | None = None
    reduce: bool | None = None
    reduction: str = "mean"


class MSELoss(Reduced, function="mse_loss"):
    """The mean of the squared errors."""


class L1Loss(Reduced, function="l1_loss"):
    """The mean of the absolute errors."""


class SmoothL1Loss(Reduced, function="smooth_l1_loss"):
    """Squares for errors below β, absolute values above."""

    beta: float = 1.0


class KLDivLoss(Reduced, function="kl_div"):
    """How far the target distribution is from the predicted one, whose log-probabilities are the input."""

    log_target: bool = False


class HuberLoss(Loss, function="huber_loss"):
    """Squares for errors below δ, and δ times absolute values above: outliers count less."""

    reduction: str = "mean"
    delta: float = 1.0


class YesOrNo(Loss):
    """A loss of yes-or-no answers; ``weight`` says how much each counts."""

    weight: Tensor | None = None
    size_average: bool | None = None
    reduce: bool | None = None
    reduction: str = "mean"


class BCELoss(YesOrNo, function="binary_cross_entropy"):
    """How surprising yes-or-no answers are, given the predicted probabilities of yes."""


class BCEWithLogitsLoss(YesOrNo, function="binary_cross_entropy_with_logits"):
    """How surprising yes-or-no answers are, given logits; ``pos_weight`` makes a missed yes count more (or less)."""

    pos_weight: Tensor | None = None


class OneOfSeveral(Loss):
    """A loss of classes; ``weight`` says how much each class counts, ``ignore_index`` which target doesn't."""

    weight: Tensor | None = None
    size_average: bool | None = None
    ignore_index: int = -100
    reduce: bool | None = None
    reduction: str = "mean"


class NLLLoss(OneOfSeveral, function="nll_loss"):
    """Minus the log-probability that the input gives to the right class."""


class CrossEntropyLoss(OneOfSeveral, function="cross_entropy"):
    """How surprising the right class is, given a logit for each."""

    label_smoothing: float = 0.0
