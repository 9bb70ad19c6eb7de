"""PyTorch, eager, on one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch

from benchmarks.peers.contest import Contestant, training
from benchmarks.peers.tensors import LOSSES, elements_step, leaves, training_step
from benchmarks.peers.workloads import RATE, Convolutions, Elements, Network

NAME = "PyTorch"
torch.set_num_threads(1)


def network(
    work: Network | Convolutions, prepare: Callable[..., Any] = lambda forward: forward
) -> Iterator[Contestant]:
    """A step of training, its forward pass as it is ``prepare``d; the update is written out, which takes half the time of ``torch.optim.SGD``."""
    x, y, arrays = work.arrays()
    parameters = leaves(torch, arrays)
    forward = prepare(LOSSES[type(work)](torch, work, parameters))

    def update() -> None:
        with torch.no_grad():
            for p in parameters:
                p.add_(p.grad, alpha=-RATE)

    step = training_step(forward, parameters, update)
    given = torch.tensor(x), torch.tensor(y)
    yield training(NAME, lambda: step(*given), lambda: [p.detach().numpy() for p in parameters])


def elements(work: Elements) -> Iterator[Contestant]:
    """The sum of elementwise ops and its three gradients."""
    parameters = leaves(torch, work.arrays())
    step = elements_step(torch, work, parameters)

    def gradients() -> list[Any]:
        step()
        return [p.grad.numpy() for p in parameters]

    yield Contestant(NAME, step, gradients)


WAYS: dict[type, Callable[..., Iterator[Contestant]]] = {
    Network: network,
    Elements: elements,
    Convolutions: network,
}
