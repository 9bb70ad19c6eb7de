"""PyTorch's `torch.utils`, as far as training on a CPU needs it."""

from gradwalk.utils import data

__all__ = ["data"]
