"""What gives a part of an array's memory, or the same memory in another order."""

from __future__ import annotations

from types import EllipsisType
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gradwalk.program.listing import Call, item_of

# Of their first argument: always, and as a rule.
ALWAYS_VIEWS = {
    np.broadcast_to, np.diagonal, np.expand_dims, np.flip, np.moveaxis, np.permute_dims, np.squeeze, np.swapaxes,
    np.transpose, np.ndarray.diagonal, np.ndarray.squeeze, np.ndarray.swapaxes, np.ndarray.transpose,
    sliding_window_view,
}  # fmt: skip
VIEWS = {*ALWAYS_VIEWS, item_of, np.ravel, np.reshape, np.ndarray.ravel, np.ndarray.reshape, np.ndarray.view}

PARTS = {int, slice, EllipsisType, type(None)}  # True isn't among them, though it is an int


def always_view(call: Call) -> bool:
    """Whether a call gives a view of any array, contiguous or not."""
    picks = call.function is item_of and PARTS.issuperset(map(type, as_tuple(call.arguments[1])))
    return picks or call.function in ALWAYS_VIEWS


def as_tuple(index: Any) -> tuple[Any, ...]:
    """An index for each dimension."""
    return index if isinstance(index, tuple) else (index,)
