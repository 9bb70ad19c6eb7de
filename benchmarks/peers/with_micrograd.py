"""micrograd: a Python object for every number."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from micrograd.engine import Value

from benchmarks.peers.contest import Contestant
from benchmarks.peers.scalars import demo_loss, numbers, scalar_training
from benchmarks.peers.workloads import RATE, ScalarNetwork

NAME = "micrograd"
DEEP = 100_000  # its backward pass calls itself along the longest path


def network(net: ScalarNetwork) -> Iterator[Contestant]:
    """A step of training as its demo does it."""
    x, y, arrays = net.arrays()
    parameters = numbers(Value, arrays)
    flat = [p for array in parameters for p in array]
    forward, labels = demo_loss(net, parameters), y[:, 0].tolist()

    def step() -> Any:
        loss = forward([[Value(entry) for entry in row] for row in x.tolist()], labels)
        for p in flat:
            p.grad = 0
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(DEEP)
        loss.backward()
        sys.setrecursionlimit(before)
        for p in flat:
            p.data -= RATE * p.grad
        return loss

    yield scalar_training(NAME, step, parameters, arrays)


WAYS: dict[type, Callable[..., Iterator[Contestant]]] = {ScalarNetwork: network}
