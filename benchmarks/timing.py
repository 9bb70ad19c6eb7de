"""Timing in turns, so that noise hits all alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

Row = tuple[str, str, str, str]  # what, gradwalk, its peer (or what is wanted), the difference


def seconds(work: Callable[[], object], repeat: int) -> float:
    """Seconds for one call, averaged over a burst of ``repeat`` calls."""
    start = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - start) / repeat


def paired(
    ours: Callable[[], object], theirs: Callable[[], object], repeat: int = 1000, rounds: int = 15
) -> tuple[float, float]:
    """Median seconds per call of both, timed alternately."""
    mine, other = together([ours, theirs], repeat, rounds)
    return mine, other


def together(works: Sequence[Callable[[], object]], repeat: int = 1000, rounds: int = 15) -> list[float]:
    """Median seconds per call of each, timed in turns."""
    found = [[seconds(work, repeat) for work in works] for _ in range(rounds)]
    return [statistics.median(times) for times in zip(*found, strict=True)]


class Measured(NamedTuple):
    """A figure: its median over the rounds, and how far its middle half goes, as a share of it."""

    median: float
    spread: float = 0.0

    @property
    def restless(self) -> bool:
        """Whether rounds differ too much to be trusted."""
        return self.spread > 0.2


def measured(times: Sequence[float]) -> Measured:
    """Median and spread of several rounds."""
    low, middle, high = statistics.quantiles(times, n=4, method="inclusive")
    return Measured(middle, (high - low) / middle)


Reset = Callable[[], object]


LONG = 0.5  # seconds of a round, above which fewer rounds must do


def interleaved(works: Sequence[tuple[Callable[[], object], Reset]], burst: float = 0.01) -> list[Measured]:
    """Seconds per call of each, timed in turns in bursts of about equal length, each of which starts afresh."""
    gc.collect()
    gc.freeze()  # what is loaded is nobody's garbage: collections look only at what a step leaves behind
    once = [seconds(work, 2) for work, _ in works]
    repeats = [max(1, round(burst / time)) for time in once]
    found: list[list[float]] = [[] for _ in works]
    for _ in range(15 if sum(once) < LONG else 7):
        for times, repeat, (work, reset) in zip(found, repeats, works, strict=True):
            reset()
            gc.collect()  # nobody's time is taken by what another left behind
            times.append(seconds(work, repeat))
    gc.unfreeze()
    return [measured(times) for times in found]


def median(work: Callable[[], object], rounds: int = 5) -> float:
    """Median seconds of one call."""
    return statistics.median(seconds(work, 1) for _ in range(rounds))


def percentile(numbers: Sequence[float], share: int) -> float:
    """The number below which this share of them lies, in percent."""
    return statistics.quantiles(numbers, n=100, method="inclusive")[share - 1]
