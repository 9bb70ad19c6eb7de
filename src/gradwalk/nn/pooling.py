"""Pooling: one number for each window, so that images become smaller and places matter less."""

from __future__ import annotations

from typing import Any, ClassVar

from gradwalk.nn.declared import Declared
from gradwalk.ops.conv import Sizes, per_direction


class Pool(Declared):
    """A window that slides; without a ``stride``, by its own size, so that windows lie side by side."""

    kernel_size: Sizes
    stride: Sizes | None = None
    padding: Sizes = 0
    _shown: ClassVar[tuple[str, ...]] = ("kernel_size", "stride", "padding")

    def settle(self) -> None:
        """Windows side by side, unless a stride was given."""
        if self.stride is None:
            self.stride = self.kernel_size

    def extra_repr(self) -> str:
        """The window, and little of how it counts."""
        return ", ".join(f"{name}={getattr(self, name)}" for name in self._shown)


class Largest(Pool):
    """The largest number in each window; with ``return_indices``, its place in the flattened input as well."""

    dilation: Sizes = 1
    return_indices: bool = False
    ceil_mode: bool = False
    _shown: ClassVar[tuple[str, ...]] = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")


class MaxPool1d(Largest, function="max_pool1d"):
    """The largest number in each window of signals."""


class MaxPool2d(Largest, function="max_pool2d"):
    """The largest number in each window of images."""


class MaxPool3d(Largest, function="max_pool3d"):
    """The largest number in each window of volumes."""


class Average(Pool):
    """The mean of each window; the padding counts as zeros, unless told otherwise."""

    ceil_mode: bool = False
    count_include_pad: bool = True


class AvgPool1d(Average, function="avg_pool1d"):
    """The mean of each window of signals."""

    def settle(self) -> None:
        """As PyTorch has it, the numbers of this one are tuples."""
        super().settle()
        for name in self._shown:
            setattr(self, name, per_direction(name, getattr(self, name), 1))


class AvgPool2d(Average, function="avg_pool2d"):
    """The mean of each window of images."""

    divisor_override: int | None = None


class AvgPool3d(Average, function="avg_pool3d"):
    """The mean of each window of volumes."""

    divisor_override: int | None = None


class AdaptiveAvgPool1d(Declared, function="adaptive_avg_pool1d"):
    """Means of as many windows as are asked for, whatever the size of the signals."""

    output_size: Sizes


class AdaptiveAvgPool2d(Declared, function="adaptive_avg_pool2d"):
    """Means of as many windows as are asked for, whatever the size of the images; None keeps a size."""

    output_size: Any


class AdaptiveLargest(Declared):
    """The largest number in each of as many windows as are asked for; with ``return_indices``, its place as well."""

    output_size: Any
    return_indices: bool = False

    def extra_repr(self) -> str:
        """How many windows."""
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(AdaptiveLargest, function="adaptive_max_pool1d"):
    """The largest number in each of as many windows as are asked for, whatever the size of the signals."""


class AdaptiveMaxPool2d(AdaptiveLargest, function="adaptive_max_pool2d"):
    """The largest number in each of as many windows as are asked for, whatever the size of the images; None keeps a size."""
