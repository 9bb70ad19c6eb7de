"""Tensors filled with random numbers in place, under PyTorch's names: ``weight.normal_(0, 0.02)``.

The settings are PyTorch's, with their defaults; the numbers come from gradwalk's own streams.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from gradwalk.backward import value_of
from gradwalk.random import Generator, stream
from gradwalk.tensor import Tensor

Draw = Callable[..., Any]
MANTISSA = {"float16": 11, "float32": 24, "float64": 53}  # up to 2 to this power a type has every whole number


def refuse(method: str, fits: bool, sentence: str) -> None:
    """An error where settings don't fit."""
    if not fits:
        raise ValueError(f"{method}: {sentence}")


def filler(draw: Draw) -> Callable[..., Tensor]:
    """The method that puts drawn numbers into a tensor: ``draw`` is given a stream, the tensor and the settings."""

    @functools.wraps(draw)
    def method(self: Tensor, *settings: Any, generator: Generator | None = None, **named: Any) -> Tensor:
        drawn = np.asarray(draw(stream(generator), self, *settings, **named))
        return self.copy_(drawn.astype(self.dtype))  # type: ignore[no-any-return]

    return method


def floating(draw: Draw) -> Callable[..., Tensor]:
    """The same for numbers with fractions, which a tensor of whole numbers can't hold."""

    @functools.wraps(draw)
    def checked(stream: np.random.Generator, tensor: Tensor, *settings: Any, **named: Any) -> Any:
        refuse(draw.__name__, tensor.dtype.kind == "f", f"numbers with fractions don't fit into {tensor.dtype}")
        return draw(stream, tensor, *settings, **named)

    return filler(checked)


@floating
def normal_(stream: np.random.Generator, tensor: Tensor, mean: float = 0, std: float = 1) -> Any:
    """Normally distributed numbers. In place."""
    refuse("normal_", std >= 0, f"a standard deviation can't be negative, and std is {std}")
    return stream.normal(mean, std, tensor.shape)


@floating
def uniform_(stream: np.random.Generator, tensor: Tensor, low: float = 0, high: float = 1) -> Any:
    """Numbers spread evenly from ``low`` up to ``high``. In place."""
    refuse("uniform_", low <= high, f"it goes from the lower number to the higher one, not from {low} to {high}")
    return stream.uniform(low, high, tensor.shape)


@filler
def random_(stream: np.random.Generator, tensor: Tensor, low: int = 0, high: int | None = None) -> Any:
    """Whole numbers from ``low`` up to and without ``high``; one number alone is ``high``. In place.

    Without either, all that the tensor's type has from 0 up.
    """
    if (low, high) == (0, None):
        return stream.integers(0, _largest(tensor.dtype), tensor.shape, endpoint=True)
    low, high = (0, low) if high is None else (low, high)
    refuse("random_", low < high, f"there is no whole number from {low} up to and without {high}")
    return stream.integers(low, high, tensor.shape)


def _largest(dtype: Any) -> int:
    if dtype.kind == "f":
        return int(2 ** MANTISSA[dtype.name])
    return 1 if dtype.kind == "b" else int(np.iinfo(dtype).max)


@filler
def bernoulli_(stream: np.random.Generator, tensor: Tensor, p: Any = 0.5) -> Any:
    """1 with probability ``p`` (one for all, or one for each), else 0. In place."""
    chance = np.asarray(value_of(p))
    refuse(
        "bernoulli_", bool(np.all((chance >= 0) & (chance <= 1))), f"a probability lies between 0 and 1, and p is {p}"
    )
    return stream.random(tensor.shape) < chance


@floating
def exponential_(stream: np.random.Generator, tensor: Tensor, lambd: float = 1) -> Any:
    """Waiting times of events that come at the rate ``lambd``. In place."""
    refuse("exponential_", lambd > 0, f"the rate is above 0, and lambd is {lambd}")
    return stream.exponential(1 / lambd, tensor.shape)


@floating
def cauchy_(stream: np.random.Generator, tensor: Tensor, median: float = 0, sigma: float = 1) -> Any:
    """Cauchy's distribution, whose tails are so heavy that it has no mean. In place."""
    refuse("cauchy_", sigma > 0, f"the width is above 0, and sigma is {sigma}")
    return median + sigma * stream.standard_cauchy(tensor.shape)


@floating
def log_normal_(stream: np.random.Generator, tensor: Tensor, mean: float = 1, std: float = 2) -> Any:
    """Numbers whose logarithms are normally distributed with this mean and spread. In place."""
    refuse("log_normal_", std > 0, f"a standard deviation is above 0, and std is {std}")
    return stream.lognormal(mean, std, tensor.shape)


@filler
def geometric_(stream: np.random.Generator, tensor: Tensor, p: float) -> Any:
    """How many tries it takes to succeed once, each with probability ``p``: from 1 up. In place."""
    refuse("geometric_", 0 < p < 1, f"a probability lies between 0 and 1, and p is {p}")
    return stream.geometric(p, tensor.shape)


def install() -> None:
    """Give Tensor these methods."""
    for method in (normal_, uniform_, random_, bernoulli_, exponential_, cauchy_, log_normal_, geometric_):
        setattr(Tensor, method.__name__, method)


install()
