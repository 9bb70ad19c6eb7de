"""The workloads written with PyTorch's names, once for every library that has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.peers.workloads import Array, Convolutions, Elements, Network

Tensor = Any


def leaves(library: Any, arrays: Sequence[Array]) -> list[Tensor]:
    """Tensors that want a gradient."""
    return [library.tensor(array, requires_grad=True) for array in arrays]


def network_loss(library: Any, net: Network, parameters: Sequence[Tensor]) -> Callable[..., Tensor]:
    """The forward pass of a network: from inputs and targets to the loss."""
    layers = list(zip(parameters[::2], parameters[1::2], strict=True))
    activate = getattr(library, net.activation)
    loss = getattr(library.nn.functional, "mse_loss" if net.loss == "mse" else net.loss)
    (last_w, last_b) = layers.pop()

    def forward(x: Tensor, y: Tensor) -> Tensor:
        for w, b in layers:
            x = activate(x @ w + b)
        return loss(x @ last_w + last_b, y)

    return forward


def convolutions_loss(library: Any, work: Convolutions, parameters: Sequence[Tensor]) -> Callable[..., Tensor]:
    """The forward pass of the convolutional network."""
    w1, b1, w2, b2, w3, b3 = parameters
    functional = library.nn.functional

    def forward(x: Tensor, y: Tensor) -> Tensor:
        x = functional.max_pool2d(library.relu(functional.conv2d(x, w1, b1)), 2)
        x = library.relu(functional.conv2d(x, w2, b2))
        return functional.cross_entropy(x.flatten(1) @ w3 + b3, y)

    return forward


def training_step(
    forward: Callable[..., Tensor], parameters: Sequence[Tensor], update: Callable[[], object]
) -> Callable[..., Tensor]:
    """A whole step on inputs and targets; it gives the loss."""

    def step(x: Tensor, y: Tensor) -> Tensor:
        for p in parameters:
            p.grad = None
        loss = forward(x, y)
        loss.backward()
        update()
        return loss

    return step


def elements_step(library: Any, work: Elements, parameters: Sequence[Tensor]) -> Callable[[], Tensor]:
    """The sum of elementwise ops and its three gradients."""
    a, b, c = parameters

    def step() -> Tensor:
        for p in parameters:
            p.grad = None
        loss = (library.tanh(a * b + c) * library.sigmoid(a) - library.exp(-c * c)).sum()
        loss.backward()
        return loss

    return step


LOSSES = {Network: network_loss, Convolutions: convolutions_loss}
