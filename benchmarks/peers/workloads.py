"""What every library computes, as plain data: shapes, and the numbers to start from."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any
RATE = 0.05  # of every update


@dataclass(frozen=True)
class Network:
    """A step of training: forward, backward, and the update of all weights and biases.

    ``activation`` stands between layers; ``decay`` times the sum of all squared parameters is added to the loss.
    """

    name: str
    sizes: tuple[int, ...]
    rows: int
    activation: str = "tanh"
    loss: str = "mse"
    decay: float = 0.0
    dtype: str = "float32"

    def arrays(self) -> tuple[Array, Array, list[Array]]:
        """Inputs, targets, and the weights and biases of all layers, one after the other."""
        random = np.random.default_rng(0)
        x = random.standard_normal((self.rows, self.sizes[0])).astype(self.dtype)
        y = TARGETS[self.loss](random, self.rows, self.sizes[-1], self.dtype)
        weights = [random.standard_normal(pair) / np.sqrt(pair[0]) for pair in itertools.pairwise(self.sizes)]
        biases = [0.1 * random.standard_normal(size) for size in self.sizes[1:]]
        return x, y, [p.astype(self.dtype) for layer in zip(weights, biases, strict=True) for p in layer]


TARGETS = {
    "mse": lambda random, rows, outputs, dtype: random.standard_normal((rows, outputs)).astype(dtype),
    "cross_entropy": lambda random, rows, outputs, dtype: random.integers(0, outputs, rows),
    "max_margin": lambda random, rows, outputs, dtype: random.choice([-1.0, 1.0], (rows, outputs)).astype(dtype),
}


class ScalarNetwork(Network):
    """The same, with a node for every single number."""


@dataclass(frozen=True)
class Convolutions:
    """A step of training of a small convolutional network.

    Convolution (3 × 3), relu, the largest of 2 × 2, convolution (3 × 3), relu, a linear layer; cross-entropy.
    """

    name: str
    rows: int
    side: int = 16
    channels: tuple[int, int, int] = (1, 8, 16)
    classes: int = 10

    def arrays(self) -> tuple[Array, Array, list[Array]]:
        """Images, classes, and the weights and biases of the three layers."""
        random = np.random.default_rng(0)
        given, first, second = self.channels
        flat = second * ((self.side - 2) // 2 - 2) ** 2
        shapes = [
            (first, given, 3, 3),
            (first,),
            (second, first, 3, 3),
            (second,),
            (flat, self.classes),
            (self.classes,),
        ]
        scales = [1 / 3, 0.1, 1 / np.sqrt(9 * first), 0.1, 1 / np.sqrt(flat), 0.1]
        x = random.standard_normal((self.rows, given, self.side, self.side)).astype("float32")
        parameters = [
            (scale * random.standard_normal(shape)).astype("float32")
            for shape, scale in zip(shapes, scales, strict=True)
        ]
        return x, random.integers(0, self.classes, self.rows), parameters


@dataclass(frozen=True)
class Elements:
    """sum(tanh(a·b + c)·σ(a) − exp(−c·c)) and its three gradients; nothing is updated."""

    name: str
    size: int

    def arrays(self) -> list[Array]:
        """The numbers a, b and c."""
        random = np.random.default_rng(0)
        return [random.standard_normal(self.size).astype("float32") for _ in range(3)]


Workload = Network | Convolutions | Elements

WORKLOADS: dict[str, Workload] = {
    "a": ScalarNetwork(
        "micrograd's demo, scalar by scalar",
        (2, 16, 16, 1), 100, "relu", "max_margin", decay=1e-4, dtype="float64",
    ),
    "b": Network("2-4-1, batch 4", (2, 4, 1), 4),
    "c": Network("2-16-16-1, batch 100", (2, 16, 16, 1), 100),
    "d": Network("64-128-10, batch 64", (64, 128, 10), 64, "relu", "cross_entropy"),
    "e256": Network("784-512-256-10, batch 256", (784, 512, 256, 10), 256, "relu", "cross_entropy"),
    "e512": Network("784-512-256-10, batch 512", (784, 512, 256, 10), 512, "relu", "cross_entropy"),
    "f": Network("100 layers of 32, batch 32", (32,) * 101, 32),
    "g": Elements("elementwise ops, 10⁶ elements", 10**6),
    "i": Convolutions("convolutional network, batch 32", 32),
    "k": Network("784-512-256-10, batch 1", (784, 512, 256, 10), 1, "relu", "cross_entropy"),
}  # fmt: skip

# The same kinds of work, small: for tests, which compare gradients and time nothing.
SMALL: dict[str, Workload] = {
    "a": ScalarNetwork("scalar by scalar", (2, 4, 3, 1), 5, "relu", "max_margin", decay=1e-4, dtype="float64"),
    "b": WORKLOADS["b"],
    "d": Network("6-5-3, batch 7", (6, 5, 3), 7, "relu", "cross_entropy"),
    "f": Network("4 layers of 8, batch 6", (8,) * 5, 6),
    "g": Elements("100 elements", 100),
    "i": Convolutions("convolutional network, batch 2", 2, side=8, channels=(1, 2, 3), classes=4),
}
