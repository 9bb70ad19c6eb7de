"""tinygrad (an option): a step of training that its JIT captures as a list of kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tinygrad import Tensor, TinyJit

from benchmarks.peers.contest import Contestant, training
from benchmarks.peers.workloads import RATE, Array, Network

NAME = "tinygrad"


def network(net: Network) -> Iterator[Contestant]:
    """A step of training; it waits for the loss."""
    x, y, arrays = net.arrays()
    given = Tensor(x), Tensor(y)
    parameters = [Tensor(array).contiguous().realize() for array in arrays]

    @TinyJit
    def compiled() -> Any:
        loss = loss_of(net, parameters, *given)
        gradients = loss.gradient(*parameters)
        updates = [p.assign(p - RATE * g) for p, g in zip(parameters, gradients, strict=True)]
        return loss.realize(*updates)

    def write(values: Sequence[Array]) -> None:
        for p, value in zip(parameters, values, strict=True):
            p.assign(Tensor(value)).realize()

    yield training(NAME, lambda: compiled().item(), lambda: [p.numpy() for p in parameters], write)


def loss_of(net: Network, parameters: Sequence[Tensor], x: Tensor, y: Tensor) -> Tensor:
    """The loss of the network."""
    *hidden, (w, b) = zip(parameters[::2], parameters[1::2], strict=True)
    for weights, biases in hidden:
        x = getattr(x @ weights + biases, net.activation)()
    out = x @ w + b
    return ((out - y) ** 2).mean() if net.loss == "mse" else out.sparse_categorical_crossentropy(y)


WAYS: dict[type, Callable[..., Iterator[Contestant]]] = {Network: network}
