"""How far numbers go: the largest size in each stretch of a buffer, for what is said beside a tensor (±3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class Stretches:
    """Parts of a buffer, by where they start (−1 for one that isn't there) and how long they are."""

    def __init__(self, starts: Sequence[int], sizes: Sequence[int]):
        first, many = np.maximum(np.array(starts, dtype=int), 0), np.array(sizes, dtype=int)
        self.ends = np.stack([first, first + many], axis=1).ravel()
        self.is_empty = many == 0

    def reach(self, buffer: Any) -> Any:
        """The largest finite size in each stretch; 0 in an empty one.

        >>> Stretches([0, 2, -1], [2, 2, 0]).reach(np.array([1.0, -3.0, np.inf, 2.0])).tolist()
        [3.0, 2.0, 0.0]
        """
        if not len(self.ends):
            return np.zeros(0)
        sizes = np.append(np.abs(buffer), 0.0)  # a stretch may end where the buffer does
        sizes[~np.isfinite(sizes)] = 0.0
        largest = np.maximum.reduceat(sizes, self.ends)[::2]
        largest[self.is_empty] = 0.0
        return largest
