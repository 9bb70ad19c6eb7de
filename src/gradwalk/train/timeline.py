"""`Timeline`: a training as something to move about in: forward by training on, back to any step that was.

Where a training stands follows from its settings and its data alone, so nothing of the past has to be kept for its own
sake: snapshots only make going back quick. When there are many, every other one is dropped.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from typing import Any

from gradwalk.data import Dataset
from gradwalk.train.nonfinite import NotFinite
from gradwalk.train.record import Record
from gradwalk.train.settings import Settings
from gradwalk.train.training import Phase, Training

SNAPSHOTS = 256  # kept at most
SNAPSHOT_BYTES = 32_000_000  # in all
STRIDE = 8  # steps from one snapshot to the next, to begin with


def _nothing() -> None:
    """What is done between two batches, unless something else is wanted."""


class Timeline:
    """A training and the way it came: `go` to any of its steps, or into one; `train_for` some seconds.

    ``losses`` has the loss of every batch so far (the whole batch's, however many pieces it is computed in), ``records``
    what each finished epoch came to; both stay when one goes back. A NaN ends the timeline at the step it began in.

    >>> timeline = Timeline(Settings(data="xor", hidden=(4,), lr=0.5, epochs=50))
    >>> early = timeline.go(3).weights()["output.linear.bias"]
    >>> _ = timeline.go(40)
    >>> bool((timeline.go(3).weights()["output.linear.bias"] == early).all())
    True
    """

    def __init__(self, settings: Settings, data: Dataset | None = None):
        self.training = Training(settings, data)
        self.losses = array("d")
        self.records: list[Record] = []
        self.failure: NotFinite | None = None
        self.phase: Phase | None = None  # the last one done of the step, when the training stands inside one
        self.piece = 0
        self.loss: float | None = None  # of the batch that was worked on last, as far as it is known
        self.stride = STRIDE
        self.snapshots: dict[int, dict[str, Any]] = {0: self.training.state_dict()}
        size = sum(value.nbytes for value in self.training.weights().values()) * 3  # with what an optimizer remembers
        self.most = max(2, min(SNAPSHOTS, SNAPSHOT_BYTES // max(size, 1)))

    # --- where it stands ---

    @property
    def step(self) -> int:
        """The step that the training is about to do, or stands in; after an update, the step that it belongs to."""
        return self.training.step - (self.phase == "update")

    @property
    def furthest(self) -> int:
        """The last step that was reached."""
        return len(self.losses)

    @property
    def last(self) -> int:
        """The step after which the training is over, as far as the settings say."""
        return self.training.settings.epochs * len(self.training.batches)

    @property
    def pieces(self) -> int:
        """In how many pieces the batch of this step is computed."""
        return min(self.training.settings.accumulate, len(self.training.batch_rows()))

    @property
    def stopped(self) -> str:
        """Why the training can't go on from here, before its epochs are done; "" where it can."""
        training, best = self.training, self.training.best
        if self.failure and self.failure.step == training.step:
            return str(self.failure)
        if training.has_stopped_early and best and self.phase is None:
            return (
                f"stopped after epoch {training.epoch}: no loss since epoch {best[0]} was below {best[1]:.6g}, "
                f"and patience is {training.settings.patience}"
            )
        return ""

    # --- moving ---

    def go(
        self, step: int, phase: Phase | None = None, piece: int | None = None, between: Callable[[], None] = _nothing
    ) -> Training:
        """The training at the beginning of a step, or after one of that step's phases.

        Of a batch in pieces, ``piece`` says which one's phase is meant; without it, the last one's. A step beyond the
        end means the end. ``between`` is called after every batch on the way; what it raises leaves the timeline
        where it came to.
        """
        self._start(max(0, step))
        while self.training.step < step and self._goes_on:
            self._finish_batch()
            between()
        if phase is not None and not self.training.is_finished:
            self._enter(phase, self.pieces if piece is None else min(max(piece, 0) + 1, self.pieces))
        return self.training

    def train_for(self, seconds: float, until: int) -> Training:
        """Train on for about so many seconds (a batch at least), and not beyond a step."""
        end = time.perf_counter() + seconds
        if self.phase is not None:
            self.go(self.step)
        while self.training.step < until and self._goes_on:
            self._finish_batch()
            if time.perf_counter() >= end:
                break
        return self.training

    @property
    def _goes_on(self) -> bool:
        return not self.training.is_finished and (self.failure is None or self.training.step < self.failure.step)

    def _start(self, step: int) -> None:
        """Stand between two batches, not after a step, and so that what the batch before it left behind is known."""
        earlier = max(kept for kept in self.snapshots if kept <= max(0, step - 1))
        if self.phase is None and earlier <= self.training.step <= step:
            return
        self.training.load_state_dict(self.snapshots[earlier])
        self.training.history = [record for record in self.records if record.step <= earlier]
        self.phase, self.loss = None, None

    def _finish_batch(self) -> None:
        self._go_on(self.training.finish_batch)
        self.phase = None
        training = self.training
        if self.furthest < training.step and self.loss is not None and self.failure is None:
            self.losses.append(self.loss)
            self.records += training.history[len(self.records) :]
        if training.step % self.stride == 0 and training.step not in self.snapshots:
            self._keep(training.step)

    def _enter(self, phase: Phase, times: int) -> None:
        """Go on until a phase was done so many times."""
        self._go_on(lambda: self._advance(phase, 1 if phase == "update" else times))

    def _go_on(self, go: Callable[[], None]) -> None:
        """Go on by one batch, or a part of one; a NaN on the way leads back to the step's beginning."""
        try:
            go()
            self.loss = self.training.batch_loss
        except NotFinite as failure:
            self.failure = failure
            self.go(failure.step)

    def _advance(self, phase: Phase, times: int) -> None:
        done: list[Phase] = []
        while done.count(phase) < times:
            done.append(self.training.advance())
        self.phase, self.piece = phase, done.count("forward") - 1

    def _keep(self, step: int) -> None:
        self.snapshots[step] = self.training.state_dict()
        if len(self.snapshots) > self.most:
            self.stride *= 2
            self.snapshots = {step: state for step, state in self.snapshots.items() if step % self.stride == 0}
