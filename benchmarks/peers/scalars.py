"""micrograd's demo, written out number by number, for every library whose numbers know ``+``, ``*`` and ``relu()``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.peers.contest import Contestant, training
from benchmarks.peers.workloads import Array, Network

Number = Any
Neuron = tuple[Sequence[Number], Number]  # weights and bias


def numbers(number: Callable[[float], Number], parameters: Sequence[Array]) -> list[list[Number]]:
    """A number of the library's own for each entry of each array, row after row."""
    return [[number(float(entry)) for entry in array.flat] for array in parameters]


def demo_loss(net: Network, parameters: Sequence[Sequence[Number]]) -> Callable[..., Number]:
    """The loss on points and their labels (1 or −1): the mean of relu(1 − label·score), and the decay of all parameters."""
    layers = [neurons(w, b) for w, b in zip(parameters[::2], parameters[1::2], strict=True)]
    flat = [p for array in parameters for p in array]

    def forward(points: Sequence[Sequence[Number]], labels: Sequence[float]) -> Number:
        scores = [score(layers, point) for point in points]
        losses = [(1 + -label * found).relu() for label, found in zip(labels, scores, strict=True)]
        return sum(losses) * (1.0 / len(losses)) + net.decay * sum(p * p for p in flat)

    return forward


def scalar_training(
    name: str, step: Callable[[], object], parameters: Sequence[Sequence[Number]], arrays: Sequence[Array]
) -> Contestant:
    """A contestant whose parameters are numbers of a library, with what they hold in ``data``."""

    def read() -> list[Array]:
        pairs = zip(parameters, arrays, strict=True)
        return [np.array([float(p.data) for p in row]).reshape(array.shape) for row, array in pairs]

    def write(values: Sequence[Array]) -> None:
        for row, value in zip(parameters, values, strict=True):
            for p, entry in zip(row, value.ravel().tolist(), strict=True):
                p.data = entry

    return training(name, step, read, write)


def neurons(weights: Sequence[Number], biases: Sequence[Number]) -> list[Neuron]:
    """The neurons of a layer: each with its column of the weights."""
    return [(weights[i :: len(biases)], bias) for i, bias in enumerate(biases)]


def score(layers: Sequence[Sequence[Neuron]], point: Sequence[Number]) -> Number:
    """What the network says of a point."""
    *hidden, [last] = layers
    for layer in hidden:
        point = [output(neuron, point).relu() for neuron in layer]
    return output(last, point)


def output(neuron: Neuron, inputs: Sequence[Number]) -> Number:
    """A neuron's weighted sum, before it is squashed."""
    weights, bias = neuron
    return sum((w * x for w, x in zip(weights, inputs, strict=True)), bias)
