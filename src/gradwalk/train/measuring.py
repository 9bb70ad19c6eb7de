"""How good a network is: its loss and its metric on a set of rows, and what it says about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradwalk import nn
from gradwalk.data import Dataset
from gradwalk.nn.functional import sigmoid, softmax
from gradwalk.program.compiled import Compiled
from gradwalk.recording import no_grad
from gradwalk.tensor import leaf
from gradwalk.train.looking import used

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Measured:
    """The loss and the metric on some rows: accuracy for classes, R² for a regression (1 perfect, 0 no better than the mean)."""

    loss: float
    metric: float


METRICS = {"binary": "accuracy", "classes": "accuracy", "regression": "R²"}


def outputs(model: nn.Module | Compiled, inputs: Array) -> Array:
    """What the network gives for rows of inputs, as it is used."""
    with used(model), no_grad():
        return np.asarray(model(leaf(inputs)).value)


def measured(model: nn.Module | Compiled, loss: nn.Module, data: Dataset) -> Measured:
    """Loss and metric on all rows."""
    given = outputs(model, data.inputs)
    with no_grad():
        value = loss(leaf(given), leaf(data.targets)).item()
    return Measured(value, SCORES[data.task](given, data.targets, isinstance(loss, nn.MSELoss)))


def probabilities(given: Array, task: str, is_probability: bool = False) -> Array:
    """The network's outputs as a reader wants them: a probability for each class (for two, that of class 1), else numbers."""
    if task == "classes":
        return np.asarray(softmax(leaf(given), dim=1).value)
    return given if task == "regression" or is_probability else np.asarray(sigmoid(leaf(given)).value)


def decided(given: Array, task: str, is_probability: bool = False) -> Array:
    """What the network decides for each row: the class, or for a regression the number."""
    if task == "classes":
        return np.asarray(given.argmax(1))
    if task == "binary":
        return np.asarray((given[:, 0] > (0.5 if is_probability else 0)).astype(np.int64))
    return given[:, 0]


def _accuracy(task: str) -> Callable[[Array, Array, bool], float]:
    return lambda given, targets, is_probability: float(
        np.mean(decided(given, task, is_probability) == targets.reshape(-1))
    )


def _r_squared(given: Array, targets: Array, is_probability: bool) -> float:
    """The share of the targets' variance that is explained; of equal targets, 1 if they are met and else 0."""
    left, spread = np.sum((targets - given) ** 2), np.sum((targets - targets.mean()) ** 2)
    return float(1 - left / spread if spread else left == 0)


SCORES = {"binary": _accuracy("binary"), "classes": _accuracy("classes"), "regression": _r_squared}
