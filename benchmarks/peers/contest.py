"""Contestants: implementations of one workload, checked against one another before they are timed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.peers.workloads import RATE, Array

WARM = 5  # steps before any is timed: what compiles does so at its third or fourth


@dataclass(frozen=True)
class Contestant:
    """One implementation: ``step`` does all of the work once, and gives the loss.

    ``gradients`` are those that a step finds from the first parameters, to which ``reset`` goes back. Without them there
    is nothing to check: the work is a part of another contestant's.
    """

    name: str
    step: Callable[[], object]
    gradients: Callable[[], Sequence[Array]] | None = None
    reset: Callable[[], object] = lambda: None


def training(
    name: str,
    step: Callable[[], object],
    read: Callable[[], Sequence[Array]],
    write: Callable[[Sequence[Array]], object] | None = None,
) -> Contestant:
    """A contestant that updates parameters; its gradients are told from how far a step moves them.

    So what is checked is the very step that is timed, its update included. ``read`` gives the parameters, which are
    written in place if there is no ``write``.
    """
    first = [np.array(p) for p in read()]
    put = write or functools.partial(write_in_place, read)

    def gradients() -> list[Array]:
        put(first)
        step()
        return [(before - after) / RATE for before, after in zip(first, read(), strict=True)]

    return Contestant(name, step, gradients, lambda: put(first))


def write_in_place(read: Callable[[], Sequence[Array]], values: Sequence[Array]) -> None:
    """Put numbers where the parameters are."""
    for parameter, value in zip(read(), values, strict=True):
        parameter[...] = value


def check(contestants: Iterable[Contestant], expected: Sequence[Array]) -> None:
    """Compare what everybody finds, in the first steps as in those that are replayed, with gradients written by hand."""
    for contestant in contestants:
        for _ in range(WARM):
            found = contestant.gradients() if contestant.gradients else ()
            for number, (ours, theirs) in enumerate(zip(found, expected, strict=bool(found))):
                np.testing.assert_allclose(
                    ours,
                    theirs,
                    rtol=2e-3,
                    atol=1e-3 * np.abs(theirs).max() + 5e-6,
                    err_msg=f"{contestant.name}: gradient {number}",
                )
            contestant.step()
        contestant.reset()
