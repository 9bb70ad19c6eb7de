"""A deadline that is looked at between steps, so that no request keeps the kernel busy for long."""

from __future__ import annotations

import time

from gradwalk.studio.errors import too_slow


class Deadline:
    """The moment after which an answer is given up."""

    def __init__(self, seconds: float):
        self.end = time.perf_counter() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return self.end - time.perf_counter()

    def check(self) -> None:
        """Give up if the time is over."""
        if time.perf_counter() > self.end:
            raise too_slow()
