"""One open walk: its numbers with other leaves or a rounding, and what a reader should know of them."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from gradwalk.studio.clock import Deadline
from gradwalk.studio.numbers import Numbers, Places, Program, numbers_of, walk_with
from gradwalk.studio.protocol import State
from gradwalk.studio.wire import WireError, as_json
from gradwalk.walk import Elided, Node, Step, Walk, WalkError
from gradwalk.walk.nonfinite import first_nonfinite

KEPT_NUMBERS = 4  # of one walk, with other leaves
MOST_DIGITS = 17


class Opened:
    """One walk with all that is worked out once: where its numbers stand, how they are computed, its formulas."""

    def __init__(
        self, key: str, walk: Walk, formula: str = "", again: Callable[[Mapping[str, Any]], Walk] | None = None
    ):
        self.key, self.walk, self.formula = key, walk, formula
        self.again = again  # makes the walk anew from named values, where a replay would keep an old comparison or mask
        self.places = Places(walk)
        self.base = numbers_of(walk)
        self._program: Program | None = None
        self._recent: OrderedDict[str, Numbers] = OrderedDict()
        self._asked: tuple[str, Walk] = ("", walk)

    @property
    def program(self) -> Program:
        """The walk's arithmetic; a `WalkError` when an op isn't known here."""
        if self._program is None:
            self._program = Program(self.walk)
        return self._program

    def numbers(self, state: State, deadline: Deadline) -> Numbers:
        """All numbers with the leaf values and the rounding of a state; the last few are kept, because questions follow."""
        name = _name(state)
        if name not in self._recent:
            self._recent[name] = self._computed(state, deadline) if name else self.base
        self._recent.move_to_end(name)
        while len(self._recent) > KEPT_NUMBERS:
            self._recent.popitem(last=False)
        return self._recent[name]

    def _computed(self, state: State, deadline: Deadline) -> Numbers:
        leaves = {self._leaf(name).id: self._fitting(name, value) for name, value in state.leaves.items()}
        if self.again is not None and leaves:
            fresh = self.again(
                {
                    self.walk.nodes[key].name: value
                    for key, value in leaves.items()
                    if self.walk.nodes[key].role == "parameter"
                }
            )
            return Program(fresh).run({}, self._rounding(state), deadline)
        return self.program.run(leaves, self._rounding(state), deadline)

    def at(self, state: State, deadline: Deadline) -> Walk:
        """The walk with the values of a state; the last one is kept, because questions come in a row."""
        name = _name(state)
        if not name:
            return self.walk
        if self._asked[0] != name:
            self._asked = name, walk_with(self.walk, self.numbers(state, deadline))
        return self._asked[1]

    def node(self, number: int) -> Node:
        """One node by its id."""
        if not 0 <= number < len(self.walk.nodes):
            raise WalkError(f"there is no node {number}: this walk has nodes 0 to {len(self.walk.nodes) - 1}")
        return self.walk.nodes[number]

    def step(self, number: int) -> Step:
        """One step by its position."""
        if not 0 <= number < len(self.walk.steps):
            raise WalkError(f"there is no step {number}: this walk has steps 0 to {len(self.walk.steps) - 1}")
        return self.walk.steps[number]

    def _leaf(self, name: str) -> Node:
        if not name.isdecimal() or len(name) > 9:
            raise WireError(f"leaves should map a leaf's id to its value, and {name[:40]!r} is no id")
        node = self.node(int(name))
        if not node.is_leaf:
            raise WalkError(f"{node.name} is computed ({node.op}), so it can't be given; give the leaves it comes from")
        return node

    def _fitting(self, name: str, value: Any) -> Any:
        node = self._leaf(name)
        try:
            found = np.array(value, dtype=float)
        except (TypeError, ValueError):
            found = np.array(np.nan)
        if not np.isfinite(found).all():
            raise WalkError(f"{node.name} takes numbers: one, or a list of them for each row")
        if found.shape != node.shape:
            raise WalkError(f"{node.name} has shape {node.shape}, and the value given has shape {found.shape}")
        return found.astype(node.dtype)

    def _rounding(self, state: State) -> Callable[[int, Any], Any] | None:
        if state.rounding is None:
            return None
        target, digits = self.node(state.rounding.node), max(-300, min(300, state.rounding.digits))
        if np.dtype(target.dtype).kind != "f":
            raise WalkError(f"{target.name} holds no floats that could be rounded")
        return lambda key, value: np.round(value, digits) if key == target.id else value

    def stale(self, state: State) -> list[str]:
        """The comparisons and masks that keep what they were when the walk was recorded, though leaves have changed."""
        if self.again is not None or not state.leaves:
            return []
        kept = [
            node.name
            for node in self.walk.leaves(0)
            if node.dtype == "bool" and node.span and str(node.id) not in state.leaves
        ]
        return [f"{', '.join(kept[:6])}: computed without recording, so kept as recorded"] if kept else []

    def warnings(self, numbers: Numbers) -> list[str]:
        """What a reader should know of these numbers: where the first NaN or infinity comes from."""
        if all(_finite(value) for value in (*numbers.values, *numbers.gradients)):
            return []
        found = first_nonfinite(walk_with(self.walk, numbers) if numbers is not self.base else self.walk)
        return [str(found)] if found else []


def digits(state: State) -> int:
    """How many digits of a number are displayed: 1 to 17, which is all that a float has."""
    return max(1, min(MOST_DIGITS, state.digits))


def _name(state: State) -> str:
    """What tells the values of a state from others; "" for those that the walk was opened with."""
    if not state.leaves and state.rounding is None:
        return ""
    return as_json({"leaves": state.leaves, "rounding": asdict(state.rounding) if state.rounding else None})


def _finite(value: Any) -> bool:
    if isinstance(value, float):  # nearly every number of a slider's move; NumPy takes ten times as long to say it
        return math.isfinite(value)
    if value is None or isinstance(value, Elided):
        return True
    return bool(np.isfinite(value).all()) if np.asarray(value).dtype.kind == "f" else True
