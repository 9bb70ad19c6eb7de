"""What a compiled function has done in earlier calls: a trie of the steps that it took, one after the other.

A `Spot` is a place in the course of a call; the next step leads to the next spot. Along a course inputs and results are
numbered as they appear (their *slots*), so that equal courses have equal numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradwalk.ops import Op


@dataclass(eq=False, frozen=True, slots=True)
class Place:
    """What a slot holds in every call that comes this way: a shape, a type, and whether it wants a gradient."""

    slot: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    requires_grad: bool = False
    op: Op | None = None  # what made it


@dataclass(eq=False, frozen=True, slots=True)
class Ran:
    """An op that ran: on slots and plain numbers, into slots."""

    op: Op
    inputs: tuple[Place | Any, ...]
    params: Mapping[str, Any]
    results: tuple[Place, ...]
    several: bool = False  # whether it gives a tuple

    def sources(self) -> Iterator[Place]:
        """The slots that it hands a gradient to."""
        for i, x in enumerate(self.inputs):
            if isinstance(x, Place) and x.requires_grad and self.op.rule(i) is not None:
                yield x


@dataclass(eq=False, frozen=True, slots=True)
class Swept:
    """A backward pass that ran: from one slot, with the gradient's place for the slot of each leaf.

    ``behind`` are all slots that it came through: their tape is used up.
    """

    output: Place
    gradients: tuple[tuple[Place, Place], ...]
    behind: frozenset[int]


Step = Ran | Swept


@dataclass(eq=False, slots=True)
class Spot:
    """How a call got here from the spot before, and where calls went on from here.

    ``entered`` are the tensors that came in on the way, ``result`` is what an op gave (if it is one tensor), ``size`` is how many slots there are by now, ``depth`` how many
    steps. ``programs`` compute what is wanted here from what was known at an earlier spot.
    """

    before: Spot | None = None
    entered: tuple[Place, ...] = ()
    steps: tuple[Step, ...] = ()
    result: Place | None = None
    size: int = 0
    depth: int = 0
    next: dict[Any, Spot] = field(default_factory=dict)
    programs: dict[Any, Any] = field(default_factory=dict)

    def course(self, since: Spot | None = None) -> list[Step]:
        """The steps after ``since`` (after the start, if left out) up to this spot."""
        found: list[tuple[Step, ...]] = []
        spot: Spot | None = self
        while spot is not None and spot is not since:
            found.append(spot.steps)
            spot = spot.before
        return [step for steps in reversed(found) for step in steps]
