"""The workloads as functions of their parameters, once for every library that has NumPy's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.peers.workloads import Array, Elements, Network


def network_loss(np: Any, net: Network) -> Callable[[Sequence[Array], Array, Array], Array]:
    """The loss of a network as a function of parameters, inputs and targets."""
    activate, loss = ACTIVATIONS[net.activation], LOSSES[net.loss]

    def forward(parameters: Sequence[Array], x: Array, y: Array) -> Array:
        *hidden, (w, b) = zip(parameters[::2], parameters[1::2], strict=True)
        for weights, biases in hidden:
            x = activate(np, x @ weights + biases)
        return loss(np, x @ w + b, y)

    return forward


def cross_entropy(np: Any, out: Array, y: Array) -> Array:
    """The mean of −log softmax at the right classes."""
    out = out - out.max(1, keepdims=True)
    return (np.log(np.exp(out).sum(1)) - out[np.arange(len(y)), y]).mean()


ACTIVATIONS = {"tanh": lambda np, x: np.tanh(x), "relu": lambda np, x: np.maximum(x, 0)}
LOSSES = {"mse": lambda np, out, y: ((out - y) ** 2).mean(), "cross_entropy": cross_entropy}


def elements_loss(np: Any, work: Elements) -> Callable[[Sequence[Array]], Array]:
    """The sum of elementwise ops."""

    def forward(parameters: Sequence[Array]) -> Array:
        a, b, c = parameters
        return (np.tanh(a * b + c) / (1 + np.exp(-a)) - np.exp(-c * c)).sum()

    return forward
