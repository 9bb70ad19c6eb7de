"""Normalization: centre and scale, so that the layers behind always see numbers of a common size."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from gradwalk.creation import ones, zeros
from gradwalk.errors import ShapeError
from gradwalk.nn import init
from gradwalk.nn.module import Module
from gradwalk.nn.parameter import Parameter
from gradwalk.ops.normalize import batch_norm, group_norm, instance_norm, layer_norm, rms_norm
from gradwalk.tensor import Tensor


class Normalization(Module):
    """What all of them may learn: a ``weight`` to multiply by (ones at first) and a ``bias`` to add (zeros at first)."""

    def _learn(self, shape: tuple[int, ...], weight: bool, bias: bool, device: Any, dtype: Any) -> None:
        self.register_parameter("weight", Parameter(ones(shape, device=device, dtype=dtype)) if weight else None)
        self.register_parameter("bias", Parameter(zeros(shape, device=device, dtype=dtype)) if bias else None)

    def reset_parameters(self) -> None:
        """Multiply by 1 and add 0 again."""
        for name, start in (("weight", 1.0), ("bias", 0.0)):
            parameter = self._parameters.get(name)
            if parameter is not None:
                init.constant_(parameter, start)


class LayerNorm(Normalization):
    """Centre and scale each example by itself, over its last dimensions, which have shape ``normalized_shape``."""

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__()
        self.normalized_shape = as_shape(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self._learn(self.normalized_shape, elementwise_affine, elementwise_affine and bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Centred and scaled examples."""
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        """The settings."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Normalization):
    """Divide each example by its root mean square, over its last dimensions."""

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__()
        self.normalized_shape = as_shape(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        weight = Parameter(ones(self.normalized_shape, device=device, dtype=dtype)) if elementwise_affine else None
        self.register_parameter("weight", weight)

    def forward(self, input: Tensor) -> Tensor:
        """Scaled examples."""
        return rms_norm(input, self.normalized_shape, self.weight, self.eps)  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        """The settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Normalization):
    """Centre and scale groups of channels, each example by itself; then scale and shift each channel."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ):
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels {num_channels} must be divisible by num_groups {num_groups}")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self._learn((num_channels,), affine, affine and bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Centred and scaled groups."""
        return group_norm(input, self.num_groups, self.weight, self.bias, self.eps)  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        """The settings."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"


class Running(Normalization):
    """A normalization of channels that remembers their mean and variance, for when it is no longer training.

    The buffers ``running_mean`` and ``running_var`` move towards each batch's by ``momentum`` (None: they are the plain
    average of all batches so far, counted in ``num_batches_tracked``).
    """

    _ranks: ClassVar[tuple[int, ...]]  # how many dimensions an input may have

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ):
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self._learn((num_features,), affine, affine and bias, device, dtype)
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, dtype=dtype) if tracked else None)
        self.register_buffer("running_var", ones(num_features, dtype=dtype) if tracked else None)
        self.register_buffer("num_batches_tracked", zeros((), dtype=np.int64) if tracked else None)

    def reset_running_stats(self) -> None:
        """Forget the batches so far."""
        if self.track_running_stats:
            for buffer, start in ((self.running_mean, 0), (self.running_var, 1), (self.num_batches_tracked, 0)):
                init.constant_(buffer, start)

    def reset_parameters(self) -> None:
        """Forget the batches so far, multiply by 1 and add 0 again."""
        self.reset_running_stats()
        super().reset_parameters()

    def _check(self, input: Tensor) -> None:
        """Refuse an input of the wrong rank."""
        if input.ndim not in self._ranks:
            wanted = " or ".join(f"{rank}D" for rank in self._ranks)
            raise ShapeError(f"{type(self).__name__}: expected {wanted} input, and this has shape {input.shape}")

    def extra_repr(self) -> str:
        """The settings."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm(Running):
    """Centre and scale each channel over the batch in training, by the running statistics in evaluation."""

    def forward(self, input: Tensor) -> Tensor:
        """Centred and scaled channels."""
        self._check(input)
        momentum = self._momentum()
        by_batch = self.training or self.running_mean is None
        tracked = not self.training or self.track_running_stats
        mean, var = (self.running_mean, self.running_var) if tracked else (None, None)
        return batch_norm(input, mean, var, self.weight, self.bias, by_batch, momentum, self.eps)  # type: ignore[no-any-return]

    def _momentum(self) -> float:
        """How far the running statistics move in this step; the batch is counted (outside of the tape)."""
        if not (self.training and self.num_batches_tracked is not None):
            return 0.0 if self.momentum is None else self.momentum
        self.num_batches_tracked.add_(1)
        return 1 / self.num_batches_tracked.item() if self.momentum is None else self.momentum


class BatchNorm1d(BatchNorm):
    """Batch norm of (batch, channels) or (batch, channels, length)."""

    _ranks = (2, 3)


class BatchNorm2d(BatchNorm):
    """Batch norm of images: (batch, channels, height, width)."""

    _ranks = (4,)


class BatchNorm3d(BatchNorm):
    """Batch norm of volumes: (batch, channels, depth, height, width)."""

    _ranks = (5,)


class InstanceNorm(Running):
    """Centre and scale each channel of each example by itself."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ):
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        """Centred and scaled channels; an example without batch is a batch of one."""
        self._check(input)
        if input.ndim > min(self._ranks):
            return self._normalized(input)
        return self._normalized(input[None])[0]

    def _normalized(self, input: Tensor) -> Tensor:
        by_input = self.training or not self.track_running_stats
        return instance_norm(  # type: ignore[no-any-return]
            input, self.running_mean, self.running_var, self.weight, self.bias, by_input, self.momentum or 0.0, self.eps
        )


class InstanceNorm1d(InstanceNorm):
    """Instance norm of (batch, channels, length), with or without batch."""

    _ranks = (2, 3)


class InstanceNorm2d(InstanceNorm):
    """Instance norm of images: (batch, channels, height, width), with or without batch."""

    _ranks = (3, 4)


class InstanceNorm3d(InstanceNorm):
    """Instance norm of volumes: (batch, channels, depth, height, width), with or without batch."""

    _ranks = (4, 5)


def as_shape(given: Any) -> tuple[int, ...]:
    """One size, or several, as a tuple."""
    return (int(given),) if isinstance(given, int | np.integer) else tuple(int(n) for n in given)
