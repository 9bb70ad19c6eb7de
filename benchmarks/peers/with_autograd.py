"""HIPS autograd: NumPy, traced anew in every call. It has no convolutions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import autograd.numpy as anp
from autograd import value_and_grad

from benchmarks.peers import functional
from benchmarks.peers.contest import Contestant, training
from benchmarks.peers.workloads import RATE, Elements, Network

NAME = "HIPS autograd"


def network(net: Network) -> Iterator[Contestant]:
    """A step of training; the parameters are changed in place."""
    x, y, parameters = net.arrays()
    differentiated = value_and_grad(functional.network_loss(anp, net))
    rate = parameters[0].dtype.type(RATE)

    def step() -> Any:
        loss, gradients = differentiated(parameters, x, y)
        for p, g in zip(parameters, gradients, strict=True):
            p -= rate * g
        return loss

    yield training(NAME, step, lambda: parameters)


def elements(work: Elements) -> Iterator[Contestant]:
    """The sum of elementwise ops and its three gradients."""
    parameters = work.arrays()
    differentiated = value_and_grad(functional.elements_loss(anp, work))
    yield Contestant(NAME, lambda: differentiated(parameters), lambda: differentiated(parameters)[1])


WAYS: dict[type, Callable[..., Iterator[Contestant]]] = {Network: network, Elements: elements}
