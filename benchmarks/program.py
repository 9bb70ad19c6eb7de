"""A compiled function's program by itself: what each call replays, without the recording around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import gradwalk as gw

TIERS: dict[str, Callable[..., Any]] = {"NumPy": gw.compile}  # by name: how a function is compiled for it


def program_of(compiled: Any) -> Callable[[], object]:
    """Run the programs of the latest course, on arrays like those that they were made for."""
    runs = [(replay.run, [np.array(cell.value) for cell in replay.given]) for replay in replays(compiled)]

    def run() -> None:
        for replay, inputs in runs:
            replay(*inputs)

    return run


def replays(compiled: Any) -> list[Any]:
    """What a call that goes the latest way computes, from one reading of numbers to the next."""
    (spot,) = compiled.starts.values()
    found = []
    while spot.next:
        spot = list(spot.next.values())[-1]
        found += [segment.replay for segment in list(spot.programs.values())[-1:]]  # the first only completes a call
    return found
