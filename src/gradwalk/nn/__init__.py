"""Networks: the functions that layers are made of."""

from gradwalk.nn import functional

__all__ = ["functional"]
