"""`Timeline`: a training as something to move about in: forward by training on, back to any step that was.

Where a training stands follows from its settings and its data alone, so nothing of the past has to be kept for its own
sake: snapshots only make going back quick. When there are many, every other one is dropped.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from gradwalk.data import Dataset
from gradwalk.train.settings import Settings
from gradwalk.train.training import Phase, Training

SNAPSHOTS = 256  # kept at most
SNAPSHOT_BYTES = 64_000_000  # in all


class Timeline:
    """A training and the way it came: ``training`` stands at one of its steps, ``furthest`` is the last one reached.

    ``losses`` has the loss of every batch so far, in the order of the steps.

    >>> timeline = Timeline(Settings(data="xor", hidden=(4,), lr=0.5, epochs=50))
    >>> early = timeline.go(3).weights()["output.linear.bias"]
    >>> _ = timeline.go(40)
    >>> bool((timeline.go(3).weights()["output.linear.bias"] == early).all())
    True
    """

    def __init__(self, settings: Settings, data: Dataset | None = None):
        self.training = Training(settings, data)
        self.furthest = 0
        self.losses: list[float] = []
        self.stride = 1  # a snapshot every so many steps
        self.snapshots: dict[int, dict[str, Any]] = {0: self.training.state_dict()}
        size = sum(value.nbytes for value in self.training.weights().values()) * 3  # with what an optimizer remembers
        self.most = max(2, min(SNAPSHOTS, SNAPSHOT_BYTES // max(size, 1)))

    @property
    def last(self) -> int:
        """The step after which the training is over, as far as the settings say."""
        return self.training.settings.epochs * len(self.training.batches)

    def go(self, step: int, phase: Phase | None = None) -> Training:
        """The training at the beginning of a step, or after one of that step's phases."""
        training = self.training
        if step < training.step or not training.is_between_batches:
            training.load_state_dict(self.snapshots[max(kept for kept in self.snapshots if kept <= step)])
        while training.step < step and not training.is_finished:
            self._finish_batch()
        while phase is not None and phase != training.advance():
            pass
        return training

    def train_for(self, seconds: float, until: int) -> Training:
        """Train on for about so many seconds, and not beyond a step."""
        end = time.perf_counter() + seconds
        while self.training.step < until and not self.training.is_finished:
            self._finish_batch()
            if time.perf_counter() >= end:
                break
        return self.training

    def _finish_batch(self) -> None:
        training = self.training
        training.finish_batch()
        if training.step > self.furthest:
            self.furthest = training.step
            self.losses.append(float(training.loss.value))
        if training.step % self.stride == 0 and training.step not in self.snapshots:
            self._keep(training.step)

    def _keep(self, step: int) -> None:
        self.snapshots[step] = self.training.state_dict()
        if len(self.snapshots) > self.most:
            self.stride *= 2
            self.snapshots = {step: state for step, state in self.snapshots.items() if step % self.stride == 0}
