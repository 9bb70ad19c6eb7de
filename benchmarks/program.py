"""Compiled training steps beside eager ones, and beside NumPy written by hand into buffers allocated beforehand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import gradwalk as gw
from benchmarks.timing import together

NETWORKS = {  # the sizes of the layers, the number of rows, and how often a burst repeats a step
    "2-4-1, 4 rows": ((2, 4, 1), 4, 500),
    "2-16-16-1, 100 rows": ((2, 16, 16, 1), 100, 200),
    "64-128-10, 64 rows": ((64, 128, 10), 64, 50),
    "100 layers of 32, 32 rows": ((32,) * 101, 32, 10),
}


def arrays(sizes: tuple[int, ...], rows: int) -> tuple[Any, Any, list[Any]]:
    """Inputs, targets, and the weights and biases of all layers, in float32."""
    random = np.random.default_rng(0)
    shapes = [shape for ins, outs in itertools.pairwise(sizes) for shape in ((ins, outs), (outs,))]
    made = [
        random.standard_normal(shape) / np.sqrt(shape[0]) for shape in [(rows, sizes[0]), (rows, sizes[-1]), *shapes]
    ]
    x, y, *parameters = (array.astype(np.float32) for array in made)
    return x, y, parameters


def by_hand(x: Any, y: Any, parameters: list[Any]) -> Callable[[], list[Any]]:
    """Loss gradients of a tanh network in plain NumPy, without allocating anything while it runs."""
    weights, biases = parameters[::2], parameters[1::2]
    hidden = [x, *(np.empty((len(x), len(b)), np.float32) for b in biases)]
    slopes = [np.empty_like(h) for h in hidden]
    gradients = [np.empty_like(p) for p in parameters]
    turned = [h.T for h in hidden], [w.T for w in weights]
    one, scale = np.array(1, np.float32), np.array(2 / y.size, np.float32)
    last = len(weights) - 1

    def step() -> list[Any]:
        for i, (w, b) in enumerate(zip(weights, biases, strict=True)):
            out = hidden[i + 1]
            np.matmul(hidden[i], w, out=out)
            np.add(out, b, out=out)
            if i < last:
                np.tanh(out, out=out)
        g = np.subtract(hidden[-1], y, out=slopes[-1])
        np.multiply(g, scale, out=g)
        for i in range(last, -1, -1):
            np.matmul(turned[0][i], g, out=gradients[2 * i])
            np.add.reduce(g, 0, out=gradients[2 * i + 1])
            if i:
                local = np.multiply(hidden[i], hidden[i], out=hidden[i])
                np.subtract(one, local, out=local)
                g = np.multiply(np.matmul(g, turned[1][i], out=slopes[i]), local, out=slopes[i])
        return gradients

    return step


def stepped(parameters: list[gw.Tensor]) -> Callable[[gw.Tensor, gw.Tensor], None]:
    """The same with tensors."""
    layers = list(zip(parameters[::2], parameters[1::2], strict=True))

    def step(x: gw.Tensor, y: gw.Tensor) -> None:
        for p in parameters:
            p.grad = None
        for i, (w, b) in enumerate(layers):
            x = x @ w + b
            if i < len(layers) - 1:
                x = gw.tanh(x)
        ((x - y) ** 2).mean().backward()

    return step


def compiled_steps() -> Iterator[tuple[str, str, str, str]]:
    """One training step of each network: forward, backward, all gradients."""
    for name, (sizes, rows, repeat) in NETWORKS.items():
        mine, alone, slow, bare = (t * 1e6 for t in together(works(sizes, rows), repeat))
        yield (
            f"compiled step, {name}",
            f"{mine:.0f} µs (its program {alone:.0f} µs)",
            f"eager {slow:.0f} µs, NumPy by hand {bare:.0f} µs",
            f"× {mine / slow:.2f}, × {mine / bare:.2f} (program × {alone / bare:.2f})",
        )


def works(sizes: tuple[int, ...], rows: int) -> list[Callable[[], object]]:
    """A step compiled, its program alone, eager, and by hand; with the same gradients."""
    x, y, parameters = arrays(sizes, rows)
    hand = by_hand(x, y, parameters)
    tensors = [gw.tensor(p, requires_grad=True) for p in parameters]
    given = gw.tensor(x), gw.tensor(y)
    eager = stepped(tensors)
    compiled = gw.compile(eager)
    for _ in range(4):
        compiled(*given)
    for ours, theirs in zip(tensors, hand(), strict=True):
        np.testing.assert_allclose(ours.grad.value, theirs, rtol=1e-3, atol=1e-5)
    return [lambda: compiled(*given), last_program(compiled), lambda: eager(*given), hand]


def last_program(compiled: Any) -> Callable[[], Any]:
    """The program of the latest course alone, on arrays like those it was made for."""
    spot = list(compiled.starts.values())[-1]  # the first calls started with fewer known leaves
    while spot.next:
        spot = list(spot.next.values())[-1]
    segment = list(spot.programs.values())[-1]  # the first one only completes the call that explored
    inputs = [np.array(cell.value) for cell in segment.replay.given]
    return lambda: segment.replay.run(*inputs)
