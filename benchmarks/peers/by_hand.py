"""NumPy written by hand: gradients worked out on paper, and not one array allocated while a step runs.

It is both a peer and what all others are checked against.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.peers.contest import Contestant, training
from benchmarks.peers.workloads import RATE, Array, Convolutions, Elements, Network, ScalarNetwork, Workload

NAME = "NumPy by hand"


def gradients(workload: Workload) -> Sequence[Array]:
    """The gradients of a workload, in float64."""
    ways = {**WAYS, ScalarNetwork: network}  # by itself it is no peer of those that go scalar by scalar
    (contestant,) = ways[type(workload)](workload, np.float64)
    assert contestant.gradients is not None
    return contestant.gradients()


# --- networks ---------------------------------------------------------------------------------------------------------


def network(net: Network, dtype: Any = None) -> Iterator[Contestant]:
    """A step of training, into buffers allocated beforehand."""
    x, y, parameters = net.arrays()
    dtype = dtype or net.dtype
    x, y = x.astype(dtype), y.astype(dtype) if y.dtype.kind == "f" else y
    parameters = [p.astype(dtype) for p in parameters]
    weights, biases = parameters[::2], parameters[1::2]
    hidden = [x, *(np.empty((len(x), len(b)), dtype) for b in biases)]
    slopes = [np.empty_like(h) for h in hidden]
    found = [np.empty_like(p) for p in parameters]
    turned = [h.T for h in hidden], [w.T for w in weights]
    activate, pull_back = ACTIVATIONS[net.activation](dtype)
    loss_of = LOSSES[net.loss](hidden[-1], y, slopes[-1])
    update = descent(parameters, found, net.decay)
    penalized = parameters if net.decay else []
    last = len(weights) - 1

    def step() -> Any:
        for i, (w, b) in enumerate(zip(weights, biases, strict=True)):
            out = hidden[i + 1]
            np.matmul(hidden[i], w, out=out)
            np.add(out, b, out=out)
            if i < last:
                activate(out)
        loss = loss_of() + net.decay * sum(np.vdot(p, p) for p in penalized)
        for i in range(last, -1, -1):
            g = slopes[i + 1]
            np.matmul(turned[0][i], g, out=found[2 * i])
            np.add.reduce(g, 0, out=found[2 * i + 1])
            if i:
                np.matmul(g, turned[1][i], out=slopes[i])
                pull_back(hidden[i], slopes[i])
        update()
        return loss

    yield training(NAME, step, lambda: parameters)


def descent(parameters: list[Array], found: list[Array], decay: float = 0.0) -> Callable[[], None]:
    """The update of all parameters; ``decay`` pulls them towards zero."""
    rate, kept = (np.array(number, parameters[0].dtype) for number in (RATE, 1 - 2 * decay * RATE))
    pairs = list(zip(parameters, found, strict=True))

    def update() -> None:
        for parameter, gradient in pairs:
            np.multiply(gradient, rate, out=gradient)
            if decay:
                np.multiply(parameter, kept, out=parameter)
            np.subtract(parameter, gradient, out=parameter)

    return update


def tanh(dtype: Any) -> tuple[Callable[[Array], object], Callable[[Array, Array], object]]:
    """Forward in place; backward from the output, which is used up."""
    one = np.array(1, dtype)

    def pull_back(out: Array, g: Array) -> None:
        np.multiply(out, out, out=out)
        np.subtract(one, out, out=out)
        np.multiply(g, out, out=g)

    return lambda out: np.tanh(out, out=out), pull_back


def relu(dtype: Any) -> tuple[Callable[[Array], object], Callable[[Array, Array], object]]:
    """Forward in place; backward from the output, which is used up."""
    zero = np.array(0, dtype)

    def pull_back(out: Array, g: Array) -> None:
        np.sign(out, out=out)
        np.multiply(g, out, out=g)

    return lambda out: np.maximum(out, zero, out=out), pull_back


ACTIVATIONS = {"tanh": tanh, "relu": relu}


def mse(out: Array, y: Array, g: Array) -> Callable[[], Any]:
    """The mean squared error; its gradient goes into ``g``."""
    scale = np.array(2 / y.size, g.dtype)

    def loss() -> Any:
        np.subtract(out, y, out=g)
        value = np.vdot(g, g) / y.size
        np.multiply(g, scale, out=g)
        return value

    return loss


def cross_entropy(out: Array, y: Array, g: Array) -> Callable[[], Any]:
    """The mean of −log softmax at the right classes."""
    rows, scale = np.arange(len(y)), np.array(1 / len(y), g.dtype)
    column, right = np.empty((len(y), 1), g.dtype), np.empty(len(y), g.dtype)

    def loss() -> Any:
        np.subtract(out, np.maximum.reduce(out, 1, out=column, keepdims=True), out=g)
        right[:] = g[rows, y]
        np.exp(g, out=g)
        np.add.reduce(g, 1, out=column, keepdims=True)
        np.divide(g, column, out=g)
        g[rows, y] -= 1
        np.multiply(g, scale, out=g)
        np.log(column, out=column)
        return (column.sum() - right.sum()) / len(y)

    return loss


def max_margin(out: Array, y: Array, g: Array) -> Callable[[], Any]:
    """The mean of relu(1 − y·score)."""
    slope = -y / len(y)

    def loss() -> Any:
        margin = 1 - y * out
        np.multiply(margin > 0, slope, out=g)
        return np.maximum(margin, 0).mean()

    return loss


LOSSES = {"mse": mse, "cross_entropy": cross_entropy, "max_margin": max_margin}

# --- elements ---------------------------------------------------------------------------------------------------------


def elements(work: Elements, dtype: Any = "float32") -> Iterator[Contestant]:
    """The sum and its gradients: with t = tanh(a·b + c) and s = σ(a), ∂/∂a = s(1 − t²)·b + t·s(1 − s), and so on."""
    a, b, c = (array.astype(dtype) for array in work.arrays())
    one = np.array(1, dtype)
    t, s, bell, by_a, by_b, by_c = (np.empty_like(a) for _ in range(6))

    def step() -> Any:
        np.multiply(a, b, out=t)
        np.add(t, c, out=t)
        np.tanh(t, out=t)
        np.negative(a, out=s)
        np.exp(s, out=s)
        np.add(s, one, out=s)
        np.reciprocal(s, out=s)
        np.multiply(c, c, out=bell)
        np.negative(bell, out=bell)
        np.exp(bell, out=bell)
        loss = np.vdot(t, s) - bell.sum()
        np.multiply(t, s, out=by_a)  # t·s(1 − s), with s no longer needed afterwards
        np.multiply(t, t, out=t)
        np.subtract(one, t, out=t)
        np.multiply(t, s, out=t)  # s(1 − t²), the gradient of a·b + c
        np.subtract(one, s, out=s)
        np.multiply(by_a, s, out=by_a)
        np.multiply(t, b, out=by_b)
        np.add(by_a, by_b, out=by_a)
        np.multiply(t, a, out=by_b)
        np.multiply(c, bell, out=by_c)
        np.add(by_c, by_c, out=by_c)
        np.add(by_c, t, out=by_c)
        return loss

    def gradients() -> list[Array]:
        step()
        return [by_a, by_b, by_c]

    yield Contestant(NAME, step, gradients)


# --- convolutions -----------------------------------------------------------------------------------------------------


def convolutions(work: Convolutions, dtype: Any = "float32") -> Iterator[Contestant]:
    """Convolutions as products with the windows of an image, rows of windows being copied out."""
    x, y, parameters = work.arrays()
    x, parameters = x.astype(dtype), [p.astype(dtype) for p in parameters]
    w1, b1, w2, b2, w3, b3 = parameters
    found = [np.empty_like(p) for p in parameters]
    rows = len(x)
    out = np.empty((rows, work.classes), dtype)
    g = np.empty_like(out)
    activate, pull_back = ACTIVATIONS["relu"](dtype)
    loss_of = LOSSES["cross_entropy"](out, y, g)
    update = descent(parameters, found)

    def step() -> Any:
        windows1, h1 = convolved(x, w1, b1)
        activate(h1)
        tiles = tiled(h1)
        pooled = tiles.max(axis=(3, 5))
        windows2, h2 = convolved(pooled, w2, b2)
        activate(h2)
        flat = h2.reshape(rows, -1)
        np.add(np.matmul(flat, w3, out=out), b3, out=out)
        loss = loss_of()
        np.matmul(flat.T, g, out=found[4])
        np.add.reduce(g, 0, out=found[5])
        g2 = np.matmul(g, w3.T)
        pull_back(flat, g2)
        to_pooled = deconvolved(g2.reshape(h2.shape), windows2, w2, found[2], found[3])
        g1 = np.multiply(tiles == pooled[:, :, :, None, :, None], to_pooled[:, :, :, None, :, None]).reshape(h1.shape)
        pull_back(h1, g1)
        weigh(g1, windows1, found[0], found[1])
        update()
        return loss

    yield training(NAME, step, lambda: parameters)


def convolved(x: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """The windows of an image as a matrix (a row for each entry of a window), and their products with the weights."""
    rows, side = len(x), x.shape[2] - 2
    windows = sliding_window_view(x, (3, 3), (2, 3)).transpose(0, 1, 4, 5, 2, 3).reshape(rows, -1, side * side)
    product = np.matmul(w.reshape(len(w), -1), windows)
    np.add(product, b[:, None], out=product)
    return windows, product.reshape(rows, len(w), side, side)


def weigh(g: Array, windows: Array, by_w: Array, by_b: Array) -> Array:
    """The gradients of a convolution's weights and biases; ``g`` with its images flattened."""
    flat = g.reshape(*g.shape[:2], -1)
    np.add.reduce(np.matmul(flat, windows.transpose(0, 2, 1)), 0, out=by_w.reshape(len(by_w), -1))
    np.add.reduce(flat, (0, 2), out=by_b)
    return flat


def deconvolved(g: Array, windows: Array, w: Array, by_w: Array, by_b: Array) -> Array:
    """All gradients of a convolution: what each entry of a window gets is added where it was taken from."""
    flat, side = weigh(g, windows, by_w, by_b), g.shape[2]
    spread = np.matmul(w.reshape(len(w), -1).T, flat).reshape(len(g), w.shape[1], 3, 3, side, side)
    total = np.zeros((len(g), w.shape[1], side + 2, side + 2), g.dtype)
    for i, j in itertools.product(range(3), range(3)):
        total[:, :, i : i + side, j : j + side] += spread[:, :, i, j]
    return total


def tiled(x: Array) -> Array:
    """Images as tiles of 2 × 2."""
    return x.reshape(*x.shape[:2], x.shape[2] // 2, 2, x.shape[3] // 2, 2)


WAYS: dict[type, Callable[..., Iterator[Contestant]]] = {
    Network: network,
    Elements: elements,
    Convolutions: convolutions,
}
