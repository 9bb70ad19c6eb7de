"""A deadline that is looked at between steps, so that no request keeps the kernel busy for long."""

from __future__ import annotations

import time
from collections.abc import Callable

from gradwalk.studio.errors import too_slow

Clock = Callable[[], float]  # seconds since some moment


class Deadline:
    """The moment after which an answer is given up."""

    def __init__(self, seconds: float, clock: Clock = time.perf_counter):
        self.clock = clock
        self.end = clock() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return self.end - self.clock()

    def check(self) -> None:
        """Give up if the time is over."""
        if self.left < 0:
            raise too_slow()
