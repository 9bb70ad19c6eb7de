"""What parameters are before training, under PyTorch's names; the numbers come from gradwalk's own generator.

A layer's numbers should neither fade nor grow on their way through a deep network: so the spread of a weight goes by
the number of its inputs (*fan in*) or outputs (*fan out*), and by what the activation does to the spread (*gain*).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradwalk.errors import ShapeError
from gradwalk.random import Generator, default_generator
from gradwalk.recording import no_grad
from gradwalk.tensor import Tensor


def stream(generator: Generator | None) -> np.random.Generator:
    """Where the random numbers come from."""
    return (generator or default_generator).numpy


def filled(tensor: Tensor, values: Any) -> Tensor:
    """Put these values into a tensor, outside of the tape."""
    with no_grad():
        return tensor.copy_(np.asarray(values, tensor.dtype))  # type: ignore[no-any-return]


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Numbers spread evenly over [a, b)."""
    return filled(tensor, stream(generator).uniform(a, b, tensor.shape))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normally distributed numbers."""
    return filled(tensor, stream(generator).normal(mean, std, tensor.shape))


GAINS = {
    **dict.fromkeys(
        ["linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid"],
        1.0,
    ),
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much weights should be larger, to make up for what an activation does to the spread."""
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity not in GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}; there are leaky_relu, {', '.join(GAINS)}")
    return GAINS[nonlinearity]


def fans(tensor: Tensor) -> tuple[int, int]:
    """How many numbers flow into one output of a weight, and how many outputs one input flows into."""
    if tensor.ndim < 2:
        raise ShapeError(
            f"fan in and fan out need a weight of at least 2 dimensions, and this has shape {tensor.shape}"
        )
    places = math.prod(tensor.shape[2:])
    return tensor.shape[1] * places, tensor.shape[0] * places


def kaiming_spread(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    """The standard deviation that keeps the spread of a layer's results (fan_in) or gradients (fan_out)."""
    modes = {"fan_in": 0, "fan_out": 1}
    if mode.lower() not in modes:
        raise ValueError(f"Mode {mode} not supported, please use one of {list(modes)}")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(tensor)[modes[mode.lower()]])


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Evenly spread numbers whose spread suits relus: He initialisation (He et al. 2015)."""
    if 0 in tensor.shape:
        return tensor
    bound = math.sqrt(3) * kaiming_spread(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)
