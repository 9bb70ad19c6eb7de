"""Activations: the bend between two layers, without which they would be one.

``inplace`` is taken for the sake of PyTorch's signatures and changes nothing: a walk shows the value before, too.
"""

from __future__ import annotations

from typing import Any

from gradwalk.nn.declared import Declared
from gradwalk.nn.init import constant_
from gradwalk.nn.module import Module
from gradwalk.nn.parameter import empty_parameter
from gradwalk.ops.activation import prelu
from gradwalk.tensor import Tensor


class ReLU(Declared, function="relu"):
    """What is positive stays, the rest is 0."""

    inplace: bool = False


class ReLU6(Declared, function="relu6"):
    """A relu that doesn't grow beyond 6."""

    inplace: bool = False


class LeakyReLU(Declared, function="leaky_relu"):
    """A relu with a small slope for what is negative, so that no unit dies."""

    negative_slope: float = 0.01
    inplace: bool = False


class PReLU(Module):
    """A leaky relu that learns its slope: one for all numbers, or one for each of ``num_parameters`` channels."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = empty_parameter(num_parameters, device=device, dtype=dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Begin with the same slope again."""
        constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        """What is positive stays, the rest is made smaller."""
        return prelu(input, self.weight)  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        """How many slopes are learned."""
        return f"num_parameters={self.num_parameters}"


class ELU(Declared, function="elu"):
    """A relu that bends smoothly towards −α for what is negative."""

    alpha: float = 1.0
    inplace: bool = False


class CELU(Declared, function="celu"):
    """An elu whose slope is the same on both sides of 0, for every α."""

    alpha: float = 1.0
    inplace: bool = False


class SELU(Declared, function="selu"):
    """An elu with the two constants that keep mean and spread from layer to layer."""

    inplace: bool = False


class GELU(Declared, function="gelu"):
    """Each number times the chance that a normally distributed one is smaller; ``approximate`` may be "tanh"."""

    approximate: str = "none"


class SiLU(Declared, function="silu"):
    """Each number times its own sigmoid."""

    inplace: bool = False


class Mish(Declared, function="mish"):
    """Each number times the tanh of its softplus."""

    inplace: bool = False


class Sigmoid(Declared, function="sigmoid"):
    """Squash any number into (0, 1)."""


class LogSigmoid(Declared, function="logsigmoid"):
    """The logarithm of the sigmoid, without rounding small ones to 0."""


class Tanh(Declared, function="tanh"):
    """Squash any number into (−1, 1)."""


class Softplus(Declared, function="softplus"):
    """A smooth relu; β says how sharp it is."""

    beta: float = 1.0
    threshold: float = 20.0


class Softsign(Declared, function="softsign"):
    """Squash any number into (−1, 1), more slowly than tanh."""


class Hardtanh(Declared, function="hardtanh"):
    """Cut off what is outside of two bounds."""

    min_val: float = -1.0
    max_val: float = 1.0
    inplace: bool = False


class Hardsigmoid(Declared, function="hardsigmoid"):
    """A sigmoid of three straight pieces."""

    inplace: bool = False


class Hardswish(Declared, function="hardswish"):
    """Each number times its hard sigmoid."""

    inplace: bool = False


class Softmax(Declared, function="softmax"):
    """Turn numbers along a dimension into shares that add up to 1."""

    dim: int | None = None


class Softmin(Declared, function="softmin"):
    """Shares that add up to 1, the largest one for the smallest number."""

    dim: int | None = None


class LogSoftmax(Declared, function="log_softmax"):
    """The logarithm of the softmax, without rounding small shares to 0."""

    dim: int | None = None
