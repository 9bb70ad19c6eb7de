"""What a compiled function has done in earlier calls: a trie of the steps that it took, one after the other.

A `Spot` is a place in the course of a call; the next step leads to the next spot. Along a course inputs and results are
numbered as they appear (their *slots*), so that equal courses have equal numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradwalk.ops import Op


@dataclass(eq=False, slots=True)
class Place:
    """What a slot holds in every call that comes this way: a shape, a type, and whether it wants a gradient.

    ``tensor`` stands for it in the next call that comes this way, if it is a result.
    """

    slot: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    requires_grad: bool = False
    op: Op | None = None  # what made it
    tensor: Any = field(default=None, repr=False)


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

    ``behind`` are all slots that it came through: their tape is used up. ``reads`` are the slots of inputs that its rules
    read on the way. ``hand`` gives all leaves their gradients, if none has one yet.
    """

    output: Place
    gradients: tuple[tuple[Place, Place], ...]
    behind: frozenset[int]
    reads: frozenset[int]
    hand: Callable[[Mapping[int, Any]], bool] = field(repr=False)


@dataclass(eq=False, frozen=True, slots=True)
class Put:
    """A change in place: numbers were written into the memory of a tensor from outside."""

    target: Place
    source: Place


@dataclass(eq=False, frozen=True, slots=True)
class Move:
    """How an optimizer moved one parameter.

    ``state`` is what it remembered of it, by name: in memory that is written into, or numbers. ``created`` is what it
    remembers from now on, a first count included; ``forgotten`` what it doesn't any more. Settings that change from step to
    step are slots.
    """

    param: Place
    grad: Place
    state: Mapping[str, Place]
    created: Mapping[str, Place | int]
    forgotten: tuple[str, ...]
    settings: Mapping[str, Any]


@dataclass(eq=False, frozen=True, slots=True)
class Updated:
    """An optimizer's step: its rule, what it moved, the slots of the numbers that it was given, and what it writes into."""

    rule: Any
    moves: tuple[Move, ...]
    numbers: tuple[Place, ...]
    changed: tuple[Place, ...]
    remembers: bool  # whether anything was remembered before or after it


Step = Ran | Swept | Put | Updated


@dataclass(eq=False, slots=True, repr=False)  # it is part of a tree that has no end of text
class Spot:
    """How a call got here from the spot before, and where calls went on from here.

    ``result`` is the one tensor that came up on the way, ``size`` is how many slots there are by now, ``depth`` how many
    steps. ``entering`` is where the latest tensor from outside came in, ``gate`` takes in those that the latest call
    started with, ``inside`` those that come before this spot. ``programs`` compute what is wanted here from what was known
    at an earlier spot. ``updates`` are the latest steps of optimizers from here, by rule; ``taken`` is the one that leads
    here. ``endings`` say what is left to do for calls that end here, by what is known and held. ``results`` are the places
    on the way here that tensors stand for.
    """

    before: Spot | None = None
    steps: tuple[Step, ...] = ()
    result: Place | None = None
    size: int = 0
    depth: int = 0
    entering: Spot | None = None
    gate: Any = None
    inside: Any = None
    taken: Any = None
    next: dict[Any, Spot] = field(default_factory=dict)
    programs: dict[Any, Any] = field(default_factory=dict)
    endings: dict[Any, Any] = field(default_factory=dict)
    updates: dict[Any, Any] = field(default_factory=dict)
    results: tuple[Place, ...] | None = None

    def after(self, *steps: Step) -> Spot:
        """A new spot behind this one."""
        return Spot(self, steps, size=self.size, depth=self.depth + 1)

    def course(self, since: Spot | None = None) -> list[Step]:
        """The steps after ``since`` (after the start, if left out) up to this spot."""
        found: list[tuple[Step, ...]] = []
        spot: Spot | None = self
        while spot is not None and spot is not since:
            found.append(spot.steps)
            spot = spot.before
        return [step for steps in reversed(found) for step in steps]

    def places(self) -> tuple[Place, ...]:
        """The places on the way from the start to this spot that tensors stand for."""
        if self.results is None:
            self.results = tuple(place for step in self.course() for place in made_by(step))
        return self.results


def made_by(step: Step) -> Iterable[Place]:
    """The places of a step's results."""
    if isinstance(step, Ran):
        return step.results
    if isinstance(step, Swept):
        return [gradient for _, gradient in step.gradients]
    if isinstance(step, Updated):
        return [place for move in step.moves for place in move.created.values() if isinstance(place, Place)]
    return ()
