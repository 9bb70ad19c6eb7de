"""How far numbers go: the largest size in each stretch of a buffer, for what is said beside a tensor (±3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def reach(buffer: Any, starts: Sequence[int], sizes: Sequence[int]) -> Any:
    """The largest finite size in each stretch of a buffer; 0 where a stretch is empty.

    >>> reach(np.array([1.0, -3.0, np.inf, 2.0]), [0, 2, 4], [2, 2, 0]).tolist()
    [3.0, 2.0, 0.0]
    """
    if not len(starts):
        return np.zeros(0)
    found = np.append(
        np.where(np.isfinite(buffer), np.abs(buffer), 0.0), 0.0
    )  # a stretch may end where the buffer does
    first, many = np.maximum(starts, 0), np.asarray(sizes)
    largest = np.maximum.reduceat(found, np.stack([first, first + many], axis=1).ravel())[::2]
    return np.where(many > 0, largest, 0.0)
