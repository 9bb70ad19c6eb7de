"""A compiled function's program by itself: what each call replays, without the recording around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import gradwalk as gw

TIERS: dict[str, Callable[..., Any]] = {"NumPy": gw.compile}  # by name: how a function is compiled for it


@dataclass(frozen=True)
class Program:
    """What a call that goes the latest way computes, on arrays of its own."""

    runs: list[tuple[Callable[..., object], list[Any]]]

    def run(self) -> None:
        """Compute it all once."""
        for replay, inputs in self.runs:
            replay(*inputs)

    def updates(self) -> bool:
        """Whether it changes what it is given: an optimizer's step may be a part of it, or come after it."""
        before = [np.array(x) for _, inputs in self.runs for x in inputs]
        self.run()
        after = [x for _, inputs in self.runs for x in inputs]
        return any(not np.array_equal(old, new) for old, new in zip(before, after, strict=True))


def program_of(compiled: Any) -> Program:
    """A compiled function's program, with arrays like those that it was made for."""
    spot = list(compiled.starts.values())[-1]
    runs = []
    while spot.next:
        spot = list(spot.next.values())[-1]
        for segment in list(spot.programs.values())[-1:]:  # the first one only completes the call that explored
            runs.append((segment.replay.run, [np.array(cell.value) for cell in segment.replay.given]))
    return Program(runs)
