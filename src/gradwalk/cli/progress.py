"""How a training is shown while it runs: a bar on a terminal, plain lines elsewhere, JSON lines for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from types import TracebackType
from typing import Any, Protocol

import click

from gradwalk.cli.output import spelled
from gradwalk.train import Record, Training
from gradwalk.train.summary import measured_text

PAUSE = 0.05  # seconds between two moves of the bar
LINES = 10  # so many plain lines a training has, whatever its length


class Display(Protocol):
    """What is told of a training: entered before its first step, told of every step, left at the end."""

    def __enter__(self) -> Display: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def stepped(self, training: Training) -> None:
        """A step is done."""
        ...


def told(record: Record, task: str) -> str:
    """One epoch in a line.

    >>> from gradwalk.train.measuring import Measured
    >>> told(Record(3, 12, 0.1, Measured(0.25, 0.9), Measured(0.5, 0.8), {}), "binary")
    'loss 0.25  accuracy 0.9, held out: loss 0.5  accuracy 0.8'
    """
    held_out = f", held out: {measured_text(record.held_out, task)}" if record.held_out else ""
    return measured_text(record.train, task) + held_out


class Quiet:
    """What all displays share: new records are passed on, once each."""

    def __init__(self, training: Training):
        self.training, self.seen, self.start = training, len(training.history), time.perf_counter()
        self.first_step = training.step

    def __enter__(self) -> Display:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def stepped(self, training: Training) -> None:
        """Pass on the records that are new."""
        for record in training.history[self.seen :]:
            self.recorded(record)
        self.seen = len(training.history)

    def recorded(self, record: Record) -> None:
        """An epoch is done."""

    @property
    def rate(self) -> float:
        """Steps per second so far."""
        return (self.training.step - self.first_step) / max(time.perf_counter() - self.start, 1e-9)


class Lines(Quiet):
    """A plain line now and then, for files and pipes."""

    def recorded(self, record: Record) -> None:
        """Write every tenth part's epoch."""
        epochs = self.training.settings.epochs
        if record.epoch % max(1, epochs // LINES) == 0 or record.epoch == epochs:
            click.echo(
                f"epoch {record.epoch}/{epochs}  {told(record, self.training.data.train.task)}  {self.rate:,.0f} steps/s",
                err=True,
            )


class JsonLines(Quiet):
    """Every epoch as a line of JSON on standard output."""

    def recorded(self, record: Record) -> None:
        """Write the record."""
        click.echo(json.dumps(spelled(asdict(record))))


class Bar(Quiet):
    """A bar that moves, with the latest epoch's numbers and the rate."""

    def __enter__(self) -> Display:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"), TimeRemainingColumn(),
            console=Console(stderr=True),
        )  # fmt: skip
        settings = self.training.settings
        self.task = self.bar.add_task("", total=settings.epochs, completed=self.training.epoch, told="")
        self.moved, self.latest = 0.0, ""
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.move()
        self.bar.stop()

    def stepped(self, training: Training) -> None:
        """Move on, within epochs too; not so often that it would slow the training."""
        super().stepped(training)
        if time.perf_counter() - self.moved > PAUSE:
            self.move()

    def recorded(self, record: Record) -> None:
        """Show the record with the next move."""
        self.latest = told(record, self.training.data.train.task)

    def move(self) -> None:
        """Draw the present state."""
        done = self.training.step / len(self.training.batches)
        self.bar.update(self.task, completed=done, told=f"{self.latest}  {self.rate:,.0f} steps/s")
        self.moved = time.perf_counter()


def display_for(training: Training, as_json: bool) -> Display:
    """The display that suits where the output goes."""
    kind: Callable[[Any], Quiet] = JsonLines if as_json else Bar if sys.stderr.isatty() else Lines
    return kind(training)
