"""The eager engine beside NumPy and PyTorch: single ops, a small network's step, long chains."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import gradwalk as gw
from benchmarks.timing import Row, median, paired

FOUR = np.array([1.0, 2.0, 3.0, 4.0])


def eager_ops() -> Iterator[Row]:
    """What recording adds to one op on four numbers, the user's position included."""
    a, b = gw.tensor(FOUR, requires_grad=True), gw.tensor(FOUR)
    pairs = {
        "a + b": (lambda: a + b, lambda: FOUR + FOUR),
        "a * b": (lambda: a * b, lambda: FOUR * FOUR),
        "a * 2.0": (lambda: a * 2.0, lambda: FOUR * 2.0),
        "exp(a)": (lambda: gw.exp(a), lambda: np.exp(FOUR)),
        "tanh(a)": (lambda: gw.tanh(a), lambda: np.tanh(FOUR)),
    }
    for name, (ours, theirs) in pairs.items():
        mine, bare = paired(ours, theirs, 20_000)
        yield (
            f"eager `{name}`, 4 numbers",
            f"{mine * 1e6:.2f} µs",
            f"NumPy {bare * 1e6:.2f} µs",
            f"+{(mine - bare) * 1e6:.2f} µs",
        )


def training_step() -> Iterator[Row]:
    """Forward and backward of a small network, beside PyTorch on one thread."""
    import torch

    torch.set_num_threads(1)
    random = np.random.default_rng(0)
    arrays = [random.standard_normal(shape) for shape in ((64, 20), (20, 32), (32,), (32, 1), (1,))]

    def step(library, tensors):
        x, w1, b1, w2, b2 = tensors
        out = library.tanh(x @ w1 + b1) @ w2 + b2
        (out * out).mean().backward()
        for tensor in tensors[1:]:
            tensor.grad = None

    ours = [gw.tensor(a, requires_grad=i > 0) for i, a in enumerate(arrays)]
    theirs = [torch.tensor(a, requires_grad=i > 0) for i, a in enumerate(arrays)]
    mine, other = paired(lambda: step(gw, ours), lambda: step(torch, theirs), 200)
    yield (
        "training step, 64×20 → 32 → 1",
        f"{mine * 1e6:.0f} µs",
        f"PyTorch {other * 1e6:.0f} µs",
        f"× {mine / other:.2f}",
    )

    def chain(library):
        w = library.tensor(0.5, requires_grad=True)
        x = w
        for _ in range(1000):
            x = x * 0.999 + 0.001
        x.backward()

    mine, other = paired(lambda: chain(gw), lambda: chain(torch), 3)
    yield (
        "2,000 scalar ops, forward and backward",
        f"{mine * 1e3:.1f} ms",
        f"PyTorch {other * 1e3:.1f} ms",
        f"× {mine / other:.2f}",
    )


def long_chain() -> Iterator[Row]:
    """A chain of 100,000 ops: forward, backward, and letting go of it."""

    def run() -> None:
        x = gw.tensor(1.0, requires_grad=True)
        y = x
        for _ in range(100_000):
            y = y * 0.999999
        y.backward()
        del y

    yield "100,000-op chain, forward, backward, freed", f"{median(run, 3):.2f} s", "", ""
