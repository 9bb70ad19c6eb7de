"""Layers that only rearrange numbers, or let some of them through."""

from __future__ import annotations

from typing import Any

from gradwalk.nn.declared import Declared
from gradwalk.ops.conv import Sizes
from gradwalk.tensor import Tensor


class Flatten(Declared, function="flatten"):
    """Run dimensions together into one: all but the batch's, unless told otherwise."""

    start_dim: int = 1
    end_dim: int = -1


class Unflatten(Declared, function="unflatten"):
    """Take one dimension apart into several."""

    dim: int
    unflattened_size: Any

    def settings(self) -> dict[str, Any]:
        """The same under the function's names."""
        return {"dim": self.dim, "sizes": self.unflattened_size}


class Unfold(Declared, function="unfold_columns"):
    """What a sliding window shows of images, each place as a column."""

    kernel_size: Sizes
    dilation: Sizes = 1
    padding: Sizes = 0
    stride: Sizes = 1


class Fold(Declared, function="fold_columns"):
    """Add columns of windows up to images again."""

    output_size: Sizes
    kernel_size: Sizes
    dilation: Sizes = 1
    padding: Sizes = 0
    stride: Sizes = 1


class Dropout(Declared, function="dropout"):
    """In training, set entries to 0 at random with probability p and scale up the rest; in evaluation, change nothing.

    The random numbers are those of `gradwalk.manual_seed`.
    """

    p: float = 0.5
    inplace: bool = False

    def settle(self) -> None:
        """Refuse what is no probability."""
        if not 0 <= self.p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {self.p}")

    def forward(self, input: Tensor) -> Tensor:
        """What is left, scaled up."""
        return super().forward(input) if self.training else input

    def extra_repr(self) -> str:
        """Both settings."""
        return f"p={self.p}, inplace={self.inplace}"
