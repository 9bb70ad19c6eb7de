"""The network that is examined: equal layers in a row, each of which shows the values along its way."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

import gradwalk as gw
from gradwalk import data, nn
from gradwalk.data import Dataset
from gradwalk.nn import functional
from gradwalk.recording import entered
from gradwalk.tensor import Tensor
from gradwalk.train.health.settings import LEAK, NOISE, POINTS, HealthSettings

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(LEAK),
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "identity": nn.Identity,
}
INITS: dict[str, Callable[..., Any]] = {
    "default": lambda weight, generator: nn.init.kaiming_uniform_(weight, a=5**0.5, generator=generator),  # as Linear's
    "xavier_normal": nn.init.xavier_normal_,
    "kaiming_normal": lambda weight, generator: nn.init.kaiming_normal_(
        weight, nonlinearity="relu", generator=generator
    ),
    "normal": nn.init.normal_,
}


class Passage(NamedTuple):
    """The values along one layer, in the order in which they are computed."""

    input: Tensor
    sums: Tensor
    normalized: Tensor
    activated: Tensor
    output: Tensor


class Layer(nn.Module):
    """Weighted sums, perhaps normalised, an activation, and perhaps the input added on a way around."""

    def __init__(self, inputs: int, settings: HealthSettings):
        super().__init__()
        self.linear = nn.Linear(inputs, settings.width)
        self.norm = nn.LayerNorm(settings.width) if settings.normalization == "layer" else nn.Identity()
        self.activation = ACTIVATIONS[settings.activation]()
        self.residual = settings.residual and inputs == settings.width  # other sizes can't be added

    def passage(self, input: Tensor) -> Passage:
        """All values along the way."""
        sums = self.linear(input)
        normalized = self.norm(sums)
        activated = self.activation(normalized)
        return Passage(input, sums, normalized, activated, activated + input if self.residual else activated)

    def forward(self, input: Tensor) -> Tensor:
        """The layer's output."""
        return self.passage(input).output


class DeepNetwork(nn.Module):
    """``depth`` hidden layers of ``width`` units, and one score at the end."""

    def __init__(self, settings: HealthSettings):
        super().__init__()
        self.settings = settings
        widths = [2] + [settings.width] * (settings.depth - 1)
        self.hidden = nn.ModuleList([Layer(inputs, settings) for inputs in widths])
        self.output = nn.Linear(settings.width, 1)
        self._start(settings)

    def _start(self, settings: HealthSettings) -> None:
        """All weights anew, from the settings' seed alone."""
        generator = gw.Generator().manual_seed(settings.seed)
        for linear in self.linears:
            INITS[settings.init](linear.weight, generator=generator)
            with gw.no_grad():
                linear.weight.mul_(settings.init_scale)
                linear.bias.fill_(settings.bias if linear is not self.output else 0.0)

    @property
    def linears(self) -> list[nn.Linear]:
        """The weights of every layer, from the input to the output."""
        return [*(layer.linear for layer in self.hidden), self.output]

    @property
    def names(self) -> list[str]:
        """What the layers are called."""
        return [*(f"layer {number}" for number in range(1, len(self.hidden) + 1)), "output"]

    def passages(self, input: Tensor) -> list[Passage]:
        """The values along the hidden layers and the output, which has neither activation nor way around."""
        found = []
        for name, layer in zip(self.names, self.hidden, strict=False):
            with entered(name):
                found.append(layer.passage(input))
            input = found[-1].output
        score = self.output(input)
        return [*found, Passage(input, score, score, score, score)]

    def forward(self, input: Tensor) -> Tensor:
        """One score for each row: the logarithm of the odds for class 1."""
        return self.passages(input)[-1].output


def loss_of(score: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy, averaged over the batch."""
    loss: Tensor = functional.binary_cross_entropy_with_logits(score, target)
    return loss


@lru_cache(maxsize=8)
def points(name: str, seed: int) -> Dataset:
    """All points to learn from."""
    return data.make(name, count=POINTS, noise=NOISE, seed=seed)


def batch(settings: HealthSettings, step: int = 0) -> tuple[Tensor, Tensor]:
    """The inputs and targets of one update: drawn without repeats, from the seed and the step's number."""
    rows = np.random.default_rng((settings.seed, step)).permutation(POINTS)[: settings.batch_size]
    chosen = points(settings.data, settings.seed).take(rows)
    return gw.tensor(chosen.inputs, name="x"), gw.tensor(chosen.targets, name="y")
