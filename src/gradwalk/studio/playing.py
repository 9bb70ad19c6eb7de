"""A training that plays: each request trains on for as long as a picture is seen, and meanwhile nothing stands still."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from gradwalk.studio import protocol as p
from gradwalk.train.timeline import Timeline

Shown = TypeVar("Shown")
LONGEST = 0.1  # seconds of training for one reply
LEAST = 0.5  # of a picture's seconds are for training, however long the picture takes
AHEAD = 0.04  # seconds that a training goes on after an answer, while the next request is on its way
MOMENT = 0.001  # seconds of training between two looks at whether it has come


class Play:
    """One training on its way: requests with the same ``word`` go on from one another, ``step`` is how far they came.

    A picture has the request's seconds: for making it, for the way of the next request, and for training. As the
    training goes on while that request is on its way, nothing is lost by waiting.
    """

    def __init__(self, timeline: Timeline, word: str = "", step: int = 0):
        self.timeline, self.word, self.step = timeline, word, step
        self.until = step
        self.making = 0.0  # seconds that the last picture took
        self.answered = time.perf_counter()  # when it was there

    def go_on(self, request: p.LabRequest | p.PictureRequest, between: Callable[[], None]) -> None:
        """Train for what is left of the seconds, and not beyond the step that the request names."""
        seconds = min(request.seconds, LONGEST)
        waited = min(time.perf_counter() - self.answered, AHEAD)
        self.until = self.timeline.last if request.until is None else request.until
        self.timeline.go(self.step, between=between)
        self._train(max(LEAST * seconds, seconds - self.making) - waited)

    def go_ahead(self) -> bool:
        """Train on for a moment without being asked; whether there is more to do before anybody asks."""
        before = self.step
        if before >= self.until or time.perf_counter() > self.answered + AHEAD:
            return False
        self._train(MOMENT)
        return self.step > before

    def _train(self, seconds: float) -> None:
        self.timeline.train_for(seconds, self.until)
        self.step = self.timeline.step

    def shown(self, show: Callable[[], Shown]) -> Shown:
        """Where it stands, as it is shown; how long that takes is remembered."""
        start = time.perf_counter()
        shown = show()
        self.answered = time.perf_counter()
        self.making = self.answered - start
        return shown
