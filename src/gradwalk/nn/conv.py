"""Convolutions: the same small weights at every place of a signal, an image or a volume."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from gradwalk.errors import ShapeError
from gradwalk.nn import init
from gradwalk.nn.module import Module
from gradwalk.nn.parameter import empty_parameter
from gradwalk.ops import OPS
from gradwalk.ops.conv import (
    Sizes,
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    per_direction,
)
from gradwalk.tensor import Tensor

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class Convolution(Module):
    """What all convolutions have in common.

    ``weight`` has shape (out_channels, in_channels / groups, \\*kernel_size), ``bias`` (out_channels); both start evenly
    spread over ±1/√(number of inputs of one output).
    """

    _rank: ClassVar[int]  # in how many directions the window slides
    _transposed: ClassVar[bool] = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__()
        if in_channels % groups or out_channels % groups:
            raise ValueError(f"{in_channels} channels in and {out_channels} out don't divide into {groups} groups")
        if padding_mode not in PADDING_MODES:
            raise ValueError(f"padding_mode must be one of {', '.join(PADDING_MODES)}, and is '{padding_mode}'")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size = per_direction("kernel_size", kernel_size, self._rank)
        self.stride = per_direction("stride", stride, self._rank)
        self.padding = padding if isinstance(padding, str) else per_direction("padding", padding, self._rank)
        self.dilation = per_direction("dilation", dilation, self._rank)
        self.output_padding = (0,) * self._rank
        self.padding_mode = padding_mode
        self.weight = empty_parameter(*self._weight_shape(), device=device, dtype=dtype)
        self.register_parameter("bias", empty_parameter(out_channels, dtype=dtype) if bias else None)
        self.reset_parameters()

    def _weight_shape(self) -> tuple[int, ...]:
        """Outputs first; in a transposed convolution, inputs first."""
        channels = (self.out_channels, self.in_channels)
        first, second = reversed(channels) if self._transposed else channels
        return (first, second // self.groups, *self.kernel_size)

    def reset_parameters(self) -> None:
        """Draw new weights."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = init.fans(self.weight)[0]
        if self.bias is not None and fan_in:
            bound = 1 / math.sqrt(fan_in)
            init.uniform_(self.bias, -bound, bound)

    def margins(self) -> tuple[int, ...]:
        """The padding in numbers, for each direction."""
        return per_direction("padding", self.padding, self._rank)

    def extra_repr(self) -> str:
        """The channels and the window; the other settings where they aren't the usual ones."""
        zeros, ones = (0,) * self._rank, (1,) * self._rank
        settings = [
            ("padding", self.padding, zeros),
            ("dilation", self.dilation, ones),
            ("output_padding", self.output_padding, zeros),
            ("groups", self.groups, 1),
            ("bias", self.bias is not None, True),
            ("padding_mode", self.padding_mode, "zeros"),
        ]
        shown = "".join(f", {name}={value}" for name, value, usual in settings if value != usual)
        return f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}{shown}"


class Forward(Convolution):
    """A convolution that looks at its input through a sliding window."""

    _function: ClassVar[Any]

    def forward(self, input: Tensor) -> Tensor:
        """The products of the weights with what the window shows, at each place."""
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input = OPS["pad"](input, pad=self._widths(), mode=self.padding_mode, value=0)
            padding = 0
        return self._function(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)  # type: ignore[no-any-return]

    def _widths(self) -> tuple[int, ...]:
        """How much to put before and after, the last dimension first."""
        if self.padding == "valid":
            return (0, 0) * self._rank
        if self.padding == "same":
            extra = [d * (n - 1) for d, n in zip(self.dilation, self.kernel_size, strict=True)]
            pairs = [(n // 2, n - n // 2) for n in extra]
        else:
            pairs = [(n, n) for n in self.margins()]
        return tuple(width for pair in reversed(pairs) for width in pair)


class Conv1d(Forward):
    """Slide small weights along a signal of shape (batch, channels, length)."""

    _rank, _function = 1, conv1d


class Conv2d(Forward):
    """Slide small weights over images of shape (batch, channels, height, width)."""

    _rank, _function = 2, conv2d


class Conv3d(Forward):
    """Slide small weights through volumes of shape (batch, channels, depth, height, width)."""

    _rank, _function = 3, conv3d


class Transposed(Convolution):
    """A convolution's gradient used as a layer: each input stamps the weights onto a larger output.

    ``weight`` has shape (in_channels, out_channels / groups, \\*kernel_size).
    """

    _transposed = True
    _function: ClassVar[Any]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ):
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, device=device, dtype=dtype
        )
        self.output_padding = per_direction("output_padding", output_padding, self._rank)

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """The stamped output; ``output_size`` chooses among the sizes that a stride leaves open."""
        extra = self.output_padding if output_size is None else self._extra_for(input, tuple(output_size))
        return self._function(  # type: ignore[no-any-return]
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    def _extra_for(self, input: Tensor, wanted: tuple[int, ...]) -> tuple[int, ...]:
        """The output padding that leads to a size."""
        wanted = wanted[-self._rank :]
        smallest = tuple(
            (size - 1) * s - 2 * p + d * (k - 1) + 1
            for size, s, p, d, k in zip(
                input.shape[-self._rank :], self.stride, self.margins(), self.dilation, self.kernel_size, strict=True
            )
        )
        extra = tuple(w - n for w, n in zip(wanted, smallest, strict=True))
        if any(not 0 <= e < s for e, s in zip(extra, self.stride, strict=True)):
            largest = tuple(n + s - 1 for n, s in zip(smallest, self.stride, strict=True))
            raise ShapeError(f"output_size {wanted} can't be reached: sizes go from {smallest} to {largest}")
        return extra


class ConvTranspose1d(Transposed):
    """Make signals of shape (batch, channels, length) longer."""

    _rank, _function = 1, conv_transpose1d


class ConvTranspose2d(Transposed):
    """Make images of shape (batch, channels, height, width) larger."""

    _rank, _function = 2, conv_transpose2d


class ConvTranspose3d(Transposed):
    """Make volumes of shape (batch, channels, depth, height, width) larger."""

    _rank, _function = 3, conv_transpose3d
