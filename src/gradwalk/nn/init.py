"""What parameters are before training, under PyTorch's names; the numbers come from gradwalk's own generator.

A layer's numbers should neither fade nor grow on their way through a deep network: so the spread of a weight goes by
the number of its inputs (*fan in*) or outputs (*fan out*), and by what the activation does to the spread (*gain*).
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np

from gradwalk.errors import ShapeError
from gradwalk.random import Generator, stream
from gradwalk.recording import no_grad
from gradwalk.tensor import Tensor


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


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Normally distributed numbers, those outside of [a, b] drawn anew.

    Computed by the inverse of the distribution function, so that it takes no longer where few numbers fit.
    """
    standard = NormalDist()
    low, high = standard.cdf((a - mean) / std), standard.cdf((b - mean) / std)
    chances = stream(generator).uniform(low, high, tensor.shape).clip(1e-300, 1 - 2**-53)
    drawn = np.vectorize(standard.inv_cdf, otypes=[float])(chances)
    return filled(tensor, np.clip(drawn * std + mean, a, b))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """One number everywhere."""
    return filled(tensor, np.full(tensor.shape, val))


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros: for biases, never for the weights of two layers in a row (all units would stay equal)."""
    return constant_(tensor, 0.0)


def ones_(tensor: Tensor) -> Tensor:
    """Ones."""
    return constant_(tensor, 1.0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity: a linear layer that changes nothing, as far as the sizes allow."""
    if tensor.ndim != 2:
        raise ValueError(f"Only tensors with 2 dimensions are supported, and this has shape {tensor.shape}")
    return filled(tensor, np.eye(tensor.shape[0], tensor.shape[1]))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A convolution that changes nothing: each channel is handed on by a single 1 in the middle of its window."""
    if tensor.ndim not in (3, 4, 5):
        raise ValueError(f"Only tensors with 3, 4, or 5 dimensions are supported, and this has shape {tensor.shape}")
    if tensor.shape[0] % groups:
        raise ValueError(f"dim 0 must be divisible by groups: {tensor.shape[0]} rows, {groups} groups")
    rows = tensor.shape[0] // groups
    made = np.zeros(tensor.shape)
    middle = tuple(size // 2 for size in tensor.shape[2:])
    for group in range(groups):
        for channel in range(min(rows, tensor.shape[1])):
            made[(group * rows + channel, channel, *middle)] = 1
    return filled(tensor, made)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """A matrix whose rows (or columns) are at right angles: it keeps all lengths (Saxe et al. 2013)."""
    if tensor.ndim < 2:
        raise ValueError(f"Only tensors with 2 or more dimensions are supported, and this has shape {tensor.shape}")
    if not tensor.value.size:
        return tensor
    rows, columns = tensor.shape[0], math.prod(tensor.shape[1:])
    drawn = stream(generator).standard_normal((rows, columns))
    q, r = np.linalg.qr(drawn if rows >= columns else drawn.T)
    q = q * np.sign(np.diag(r))  # without this, some directions would be likelier than others
    return filled(tensor, gain * (q if rows >= columns else q.T).reshape(tensor.shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Normally distributed numbers, with a share of zeros in each column (Martens 2010)."""
    if tensor.ndim != 2:
        raise ValueError(f"Only tensors with 2 dimensions are supported, and this has shape {tensor.shape}")
    rows, columns = tensor.shape
    drawn = stream(generator).normal(0, std, tensor.shape)
    for column in range(columns):
        drawn[stream(generator).permutation(rows)[: math.ceil(sparsity * rows)], column] = 0
    return filled(tensor, drawn)


# --- spreads that keep the scale of signals --------------------------------------------------------------------------

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


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Normally distributed numbers whose spread suits relus: He initialisation (He et al. 2015)."""
    if 0 in tensor.shape:
        return tensor
    return normal_(tensor, 0.0, kaiming_spread(tensor, a, mode, nonlinearity), generator)


def xavier_spread(tensor: Tensor, gain: float) -> float:
    """The standard deviation between what would keep the spread of results and what would keep that of gradients."""
    return gain * math.sqrt(2 / sum(fans(tensor)))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Evenly spread numbers whose spread suits tanh: Glorot initialisation (Glorot & Bengio 2010)."""
    bound = math.sqrt(3) * xavier_spread(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normally distributed numbers whose spread suits tanh: Glorot initialisation (Glorot & Bengio 2010)."""
    return normal_(tensor, 0.0, xavier_spread(tensor, gain), generator)
