"""A compiled function's program by itself: what each call replays, without the recording around it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from unittest import mock

import numpy as np

import gradwalk as gw
from gradwalk.program.segment import Segment

# By name: how a function is compiled for each tier that can be had here.
TIERS: dict[str, Callable[..., Any]] = {"NumPy": functools.partial(gw.compile, tier="numpy")}
if find_spec("numba") is not None:
    TIERS["Numba"] = functools.partial(gw.compile, tier="numba")


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


def program_of(step: Callable[[], object]) -> Program:
    """What a compiled step replays in its next call, on copies of the arrays that it is given then."""
    runs = []
    run = Segment.run

    def watched(segment: Any, arrays: dict[int, Any]) -> Any:
        inputs = [copied(arrays[slot]) for slot in segment.given]
        results = run(segment, arrays)
        runs.append((segment.replay.run, inputs))
        return results

    with mock.patch.object(Segment, "run", watched):
        step()
    return Program(runs)


def copied(value: Any) -> Any:
    """An array's copy, so that a program changes nothing but its own; a number as it is."""
    return np.array(value) if isinstance(value, np.ndarray) else value
