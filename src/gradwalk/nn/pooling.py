"""Pooling: one number for each window, so that images become smaller and places matter less."""

from __future__ import annotations

from typing import Any

from gradwalk.nn.declared import Declared
from gradwalk.ops.conv import Sizes


class Pool(Declared):
    """A window that slides; the usual ``stride`` is the window's own size, so that windows don't overlap."""

    kernel_size: Any
    stride: Any = None

    def settle(self) -> None:
        """Windows side by side, unless a stride was given."""
        if self.stride is None:
            self.stride = self.kernel_size

    def extra_repr(self) -> str:
        """The window; not how it counts."""
        hidden = ("return_indices", "count_include_pad", "divisor_override")
        shown = [name for name in self._settings if name not in hidden]
        return ", ".join(f"{name}={getattr(self, name)}" for name in shown)


class MaxPool1d(Pool, function="max_pool1d"):
    """The largest number in each window of signals."""

    kernel_size: Sizes
    stride: Sizes | None = None
    padding: Sizes = 0
    dilation: Sizes = 1
    return_indices: bool = False
    ceil_mode: bool = False


class MaxPool2d(Pool, function="max_pool2d"):
    """The largest number in each window of images."""

    kernel_size: Sizes
    stride: Sizes | None = None
    padding: Sizes = 0
    dilation: Sizes = 1
    return_indices: bool = False
    ceil_mode: bool = False


class MaxPool3d(Pool, function="max_pool3d"):
    """The largest number in each window of volumes."""

    kernel_size: Sizes
    stride: Sizes | None = None
    padding: Sizes = 0
    dilation: Sizes = 1
    return_indices: bool = False
    ceil_mode: bool = False


class AvgPool1d(Pool, function="avg_pool1d"):
    """The mean of each window of signals."""

    kernel_size: Sizes
    stride: Sizes | None = None
    padding: Sizes = 0
    ceil_mode: bool = False
    count_include_pad: bool = True


class AvgPool2d(Pool, function="avg_pool2d"):
    """The mean of each window of images."""

    kernel_size: Sizes
    stride: Sizes | None = None
    padding: Sizes = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: int | None = None


class AvgPool3d(Pool, function="avg_pool3d"):
    """The mean of each window of volumes."""

    kernel_size: Sizes
    stride: Sizes | None = None
    padding: Sizes = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: int | None = None


class AdaptiveAvgPool1d(Declared, function="adaptive_avg_pool1d"):
    """Means of as many windows as are asked for, whatever the size of the signals."""

    output_size: Sizes


class AdaptiveAvgPool2d(Declared, function="adaptive_avg_pool2d"):
    """Means of as many windows as are asked for, whatever the size of the images; None keeps a size."""

    output_size: Any
