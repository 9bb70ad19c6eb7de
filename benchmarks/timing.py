"""Paired timing: two things timed in turns, so that noise hits both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

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


def median(work: Callable[[], object], rounds: int = 5) -> float:
    """Median seconds of one call."""
    return statistics.median(seconds(work, 1) for _ in range(rounds))


def percentile(numbers: Sequence[float], share: int) -> float:
    """The number below which this share of them lies, in percent."""
    return statistics.quantiles(numbers, n=100, method="inclusive")[share - 1]
