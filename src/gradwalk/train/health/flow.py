"""One real backward pass, layer by layer: how long the gradient is, and which factor made it longer or shorter.

Along a layer the gradient passes five stations, from the layer's output back to its input. The ratio of its lengths at
two neighbouring stations is a factor, so the factors multiply to the layer's attenuation, and the attenuations of all
layers to what has become of the gradient on its whole way. (A length is the square root of the sum of squares, over units
and examples.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from gradwalk import nn
from gradwalk.tensor import Tensor
from gradwalk.train.health.network import DeepNetwork, Passage, loss_of

SATURATED = 0.1  # of an activation's greatest slope: below that a unit is on the flat part
GREATEST = {"sigmoid": 0.25}  # slope; the others' is about 1


@dataclass(frozen=True)
class LayerFlow:
    """What one layer does to the gradient.

    ``gradient`` is the length of ∂L/∂(its output), ``weight_gradient`` that of ∂L/∂(its weights). On the way to its input
    the gradient is multiplied by the activation's ``slope``, by the ``normalization`` (1 without one), by the ``weight``
    matrix, and by what the way ``around`` the layer adds (1 without one); the product is ``attenuation``. ``product`` is
    that of all layers from the output to here. 0/0 is NaN: no gradient came. ``dead`` is the share of units whose slope is
    0 for every example, ``saturated`` the share of slopes below a tenth of the activation's greatest.
    """

    name: str
    gradient: float
    weight_gradient: float
    slope: float
    normalization: float
    weight: float
    around: float
    attenuation: float
    product: float
    dead: float
    saturated: float


FACTORS = ("slope", "normalization", "weight", "around")


@dataclass(frozen=True)
class Flow:
    """A backward pass: the loss, the length of its gradient for the output, and each layer from the input's side on."""

    loss: float
    seed: float
    layers: list[LayerFlow]


def flow(network: DeepNetwork, inputs: Tensor, targets: Tensor) -> Flow:
    """Run forward and backward on one batch, and measure the gradient at every station."""
    passages = network.passages(inputs.detach().requires_grad_())
    for value in (value for passage in passages for value in passage):
        value.retain_grad()
    loss = loss_of(passages[-1].output, targets)
    loss.backward()
    seed = length(gradient_of(passages[-1].output))
    layers = [_layer(network, number, passage, seed) for number, passage in enumerate(passages)]
    return Flow(loss.item(), seed, layers)


def _layer(network: DeepNetwork, number: int, passage: Passage, seed: float) -> LayerFlow:
    """The gradient's lengths at the stations of one layer, and the ratios between them."""
    weight = network.linears[number].weight
    input, sums, normalized, _, output = (gradient_of(value) for value in passage)
    through_weights = sums @ weight.value  # what reaches the input without the way around
    lengths = [length(station) for station in (output, normalized, sums, through_weights, input)]
    slope, normalization, weighting, around = (ratio(after, before) for before, after in pairwise(lengths))
    return LayerFlow(
        name=network.names[number],
        gradient=lengths[0],
        weight_gradient=length(gradient_of(weight)),
        slope=slope,
        normalization=normalization,
        weight=weighting,
        around=around,
        attenuation=ratio(lengths[-1], lengths[0]),
        product=ratio(lengths[-1], seed),
        dead=dead_share(network, number, passage.normalized),
        saturated=saturated_share(network, number, passage.normalized),
    )


def slopes(network: DeepNetwork, number: int, sums: Tensor) -> Any:
    """The slope of a layer's activation at each of its sums: its backward pass with a gradient of 1."""
    at = sums.detach().requires_grad_()
    activation = network.hidden[number].activation if number < len(network.hidden) else nn.Identity()
    activation(at).sum().backward()
    return gradient_of(at)


def dead_share(network: DeepNetwork, number: int, sums: Tensor) -> float:
    """The share of units whose slope is 0 for every example: nothing ever moves them."""
    return float(np.mean((slopes(network, number, sums) == 0).all(axis=0)))


def saturated_share(network: DeepNetwork, number: int, sums: Tensor) -> float:
    """The share of slopes, over units and examples, that are nearly flat."""
    least = SATURATED * GREATEST.get(network.settings.activation, 1.0)
    return float(np.mean(np.abs(slopes(network, number, sums)) < least))


def gradient_of(value: Tensor) -> Any:
    """The gradient that a backward pass left in a tensor, as an array."""
    assert value.grad is not None
    return value.grad.value


def length(array: Any) -> float:
    """The square root of the sum of squares."""
    with np.errstate(over="ignore"):  # beyond all numbers is infinite
        return float(np.linalg.norm(array))


def ratio(after: float, before: float) -> float:
    """By how much a length was multiplied; NaN where there was none."""
    return float(np.float64(after) / np.float64(before)) if before else float("nan") if after == 0 else float("inf")


def dominating(layers: Sequence[LayerFlow]) -> tuple[str, float]:
    """The factor that did most of what became of the gradient, and its geometric mean per layer."""
    with np.errstate(divide="ignore"):
        powers = {name: np.nansum([np.log10(getattr(layer, name)) for layer in layers]) for name in FACTORS}
    whole = sum(powers.values())
    name = max(FACTORS, key=lambda one: powers[one] * np.sign(whole))
    return name, float(10 ** (powers[name] / len(layers)))
