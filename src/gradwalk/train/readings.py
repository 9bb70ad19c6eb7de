"""Readings of each layer at one step: how strong the gradients are, how far the weights moved, what the units do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradwalk.tensor import Tensor

OUTPUT = "output"  # the last layer, which has no activation
# Where an activation's flat ends begin, .97 of the way to its limits: beyond, tanh's slope is below .06.
FLAT = {"tanh": (-0.97, 0.97), "sigmoid": (0.015, 0.985)}


@dataclass(frozen=True)
class Activity:
    """What a layer's units did on some rows: ``dead`` is the share of units that were 0 on all of them, ``saturated`` the
    share of values at the flat ends of tanh or sigmoid (None for activations without flat ends)."""

    mean: float
    std: float
    dead: float
    saturated: float | None


@dataclass(frozen=True)
class Reading:
    """One layer at one step: Euclidean norms of its gradients, its weights and its last update; None before the first."""

    layer: str
    gradient: float | None
    weight: float
    update: float | None
    activity: Activity

    @property
    def update_to_weight(self) -> float | None:
        """By which share the last update changed the weights: about a thousandth is usual."""
        return None if self.update is None or not self.weight else self.update / self.weight


def norm(arrays: Iterable[Any]) -> float:
    """The Euclidean norm of all numbers in some arrays together."""
    return float(np.sqrt(sum(float(np.vdot(array, array)) for array in arrays)))


def by_layer(parameters: Mapping[str, Tensor]) -> dict[str, list[str]]:
    """The parameters' names, grouped by the layer that they belong to."""
    layers: dict[str, list[str]] = {}
    for name in parameters:
        layers.setdefault(name.split(".")[0], []).append(name)
    return layers


def gradient_norms(parameters: Mapping[str, Tensor]) -> dict[str, float]:
    """The norm of each layer's gradients, where there are any."""
    gradients = {name: tensor.grad.value for name, tensor in parameters.items() if tensor.grad is not None}
    layers = {layer: [name for name in names if name in gradients] for layer, names in by_layer(parameters).items()}
    return {layer: norm(gradients[name] for name in names) for layer, names in layers.items() if names}


def readings(
    parameters: Mapping[str, Tensor], before: Mapping[str, Any], activations: Mapping[str, Any], activation: str
) -> list[Reading]:
    """One reading for each layer with weights, first to last.

    ``before`` has the weights before the last update (empty if there was none), ``activations`` each layer's results.
    """
    gradients = gradient_norms(parameters)
    return [
        Reading(
            layer,
            gradients.get(layer),
            norm(parameters[name].value for name in names),
            norm(parameters[name].value - before[name] for name in names) if before else None,
            activity(activations[layer], "" if layer == OUTPUT else activation),
        )
        for layer, names in by_layer(parameters).items()
    ]


def activity(values: Any, activation: str) -> Activity:
    """What the units did: rows first, then units (of pictures: channels, then places)."""
    array = np.asarray(values)
    still = np.all(array.reshape(len(array), array.shape[1], -1) == 0, axis=(0, 2))
    return Activity(float(array.mean()), float(array.std()), float(still.mean()), saturated(array, activation))


def saturated(values: Any, activation: str) -> float | None:
    """The share of values at the flat ends of the activation's range; None where it has none."""
    return float(np.mean(at_flat_ends(values, activation))) if activation in FLAT else None


def at_flat_ends(values: Any, activation: str) -> Any:
    """Which of the values lie at a flat end of the activation's range."""
    low, high = FLAT[activation]
    return (values < low) | (values > high)
