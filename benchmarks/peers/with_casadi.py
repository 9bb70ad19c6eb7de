"""CasADi (an option): a step as one symbolic function, which its virtual machine runs in float64."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import casadi
import numpy as np

from benchmarks.peers.contest import Contestant, training
from benchmarks.peers.workloads import RATE, Array, Network, ScalarNetwork

NAME = "CasADi"


def network(net: Network, symbol: Any = casadi.MX) -> Iterator[Contestant]:
    """A step of training on matrices of symbols."""
    x, y, arrays = net.arrays()
    y = np.eye(net.sizes[-1])[y] if net.loss == "cross_entropy" else y
    given = [casadi.DM(x.astype(float)), casadi.DM(y.astype(float))]
    symbols = [symbol.sym(f"p{i}", *np.atleast_2d(array).shape) for i, array in enumerate([x, y, *arrays])]
    parameters = symbols[2:]
    loss = loss_of(net, *symbols[:2], parameters)
    updated = [p - RATE * casadi.gradient(loss, p) for p in parameters]
    compiled = casadi.Function("step", symbols, [loss, *updated])
    now: list[Any] = []

    def step() -> Any:
        loss, *now[:] = compiled(*given, *now)
        return loss

    def read() -> list[Array]:
        return [np.array(p).reshape(array.shape) for p, array in zip(now, arrays, strict=True)]

    def write(values: Sequence[Array]) -> None:
        now[:] = [casadi.DM(np.atleast_2d(value).astype(float)) for value in values]

    write(arrays)
    yield training(NAME, step, read, write)


def scalars(net: ScalarNetwork) -> Iterator[Contestant]:
    """The same on a symbol for every number."""
    return network(net, casadi.SX)


def loss_of(net: Network, x: Any, y: Any, parameters: Sequence[Any]) -> Any:
    """The loss as an expression."""
    *hidden, (w, b) = zip(parameters[::2], parameters[1::2], strict=True)
    for weights, biases in hidden:
        x = ACTIVATIONS[net.activation](x @ weights + casadi.repmat(biases, net.rows, 1))
    decay = net.decay * sum(casadi.sumsqr(p) for p in parameters) if net.decay else 0
    return LOSSES[net.loss](x @ w + casadi.repmat(b, net.rows, 1), y) + decay


def cross_entropy(out: Any, y: Any) -> Any:
    """The mean of −log softmax at the right classes, which are given as rows of zeros with a one."""
    right = casadi.sum2(out * y)
    return casadi.sum1(casadi.log(casadi.sum2(casadi.exp(out))) - right) / out.shape[0]


ACTIVATIONS = {"tanh": casadi.tanh, "relu": lambda x: casadi.fmax(x, 0)}
LOSSES = {
    "mse": lambda out, y: casadi.sumsqr(out - y) / (out.shape[0] * out.shape[1]),
    "cross_entropy": cross_entropy,
    "max_margin": lambda out, y: casadi.sum1(casadi.fmax(1 - y * out, 0)) / out.shape[0],
}
WAYS: dict[type, Callable[..., Iterator[Contestant]]] = {Network: network, ScalarNetwork: scalars}
