"""PyTorch's questions about graphics cards, so that code which asks runs: there is none here, the engine uses the CPU."""

from __future__ import annotations


def is_available() -> bool:
    """Whether there is a graphics card to compute on: never.

    >>> import gradwalk as torch
    >>> torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device(type='cpu')
    """
    return False


def device_count() -> int:
    """How many graphics cards there are: none."""
    return 0
