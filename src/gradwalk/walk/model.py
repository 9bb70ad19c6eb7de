"""What a walk is made of: plain data, stated once.

A walk is a tape that has been frozen together with its backward pass. Everything else in gradwalk reads walks: the
text, LaTeX and SVG views, the explanation of a gradient, the checks, the studio.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Literal

from gradwalk.errors import GradwalkError
from gradwalk.source import Span

FORMAT = "gradwalk/1"

Role = Literal["parameter", "input", "constant", "result"]
Phase = Literal["forward", "seed", "backward", "update"]

Tick = Callable[[], None]  # called between the steps of a long computation; raises to give it up


def unhurried() -> None:
    """The tick of whoever waits as long as it takes."""


class WalkError(GradwalkError, ValueError):
    """A question that a walk can't answer, with what to ask instead."""


@dataclass(frozen=True, slots=True)
class Elided:
    """What is kept of a value too large to store: replaying the walk computes it again."""

    minimum: float
    maximum: float
    mean: float
    deviation: float
    zeros: int
    nans: int


@dataclass(frozen=True, slots=True)
class Node:
    """One output of one call: a value on the tape, and where it came from.

    ``call`` is the id of the first output of the same call, ``slot`` the position among them. ``scope`` is the path of
    layers and functions that it was made in, ``calls`` numbers their calls. ``turn`` counts updates before it.
    """

    id: int
    name: str
    role: Role
    op: str | None
    call: int
    slot: int
    inputs: tuple[int, ...]
    params: dict[str, Any]
    shape: tuple[int, ...]
    dtype: str
    value: Any
    wants_gradient: bool = False
    span: Span | None = None
    scope: tuple[str, ...] = ()
    calls: tuple[int, ...] = ()
    turn: int = 0

    @property
    def size(self) -> int:
        """How many numbers the value holds."""
        return math.prod(self.shape)

    @property
    def is_leaf(self) -> bool:
        """Whether this was given, not computed."""
        return self.op is None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the story: a value computed, the seed, one edge crossed backward, or one update.

    A backward step crosses the edge from ``node`` to ``input`` (its ``slot``-th): ``contribution`` is ``upstream`` times
    ``local``, and ``total`` the gradient of ``input`` so far. ``local`` is given where it is one number per entry (an
    elementwise op, or one number to one number); elsewhere only the ``formula`` says it. In an update, ``node`` is the
    parameter's next value, ``input`` the one before, ``local`` the negative rate, and ``total`` the new value.
    """

    phase: Phase
    node: int
    input: int | None = None
    slot: int | None = None
    upstream: Any = None
    local: Any = None
    contribution: Any = None
    total: Any = None
    formula: str = ""


@dataclass(frozen=True)
class WalkData:
    """A frozen tape with its backward pass: nodes in the order they were made, and steps in the order they happened.

    ``source`` maps each file that nodes point into to its text. ``derived`` is what an export embeds for readers
    without an engine. ``output`` is the last turn's output; ``outputs`` has one per turn.
    """

    title: str
    output: int
    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]
    source: dict[str, str] = field(default_factory=dict)
    derived: dict[str, Any] | None = None
    format: str = FORMAT

    def node(self, name: str | int) -> Node:
        """The node with this id, or name: ``w1``; ``h#2`` for the second of that name; ``w1@3`` after three updates."""
        if isinstance(name, int):
            if not 0 <= name < len(self.nodes):
                raise WalkError(f"there is no node {name}: this walk has nodes 0 to {len(self.nodes) - 1}")
            return self.nodes[name]
        plain, _, turn = name.rpartition("@") if name.rpartition("@")[2].isdigit() else (name, "", "0")
        found = next((node for node in self.in_turn(int(turn)) if node.name == plain), None)
        if found is None:
            raise WalkError(f"nothing here is called {name!r}; {self._suggestion(plain, int(turn))}")
        return found

    def _suggestion(self, name: str, turn: int) -> str:
        if turn >= self.turns:
            return f"this walk has turns 0 to {self.turns - 1}"
        near = get_close_matches(name, [node.name for node in self.nodes], 1)
        known = dict.fromkeys(node.name for node in self.nodes if node.role in ("parameter", "input"))
        return f"did you mean {near[0]!r}?" if near else f"the leaves are {', '.join(known)}"

    @property
    def gradients(self) -> dict[int, Any]:
        """The complete gradient of every node that one flowed into, by id."""
        cached: dict[int, Any] | None = self.__dict__.get("_gradients")
        if cached is None:
            cached = {}
            for step in self.steps:
                if step.phase == "seed":
                    cached[step.node] = step.total
                elif step.phase == "backward" and step.input is not None:
                    cached[step.input] = step.total
            self.__dict__["_gradients"] = cached
        return cached

    def gradient(self, name: str | int) -> Any:
        """The gradient of the output for one node, by name or id."""
        node = self.node(name)
        if node.id not in self.gradients:
            raise WalkError(f"no gradient flows into {node.name}: {_why_not(node)}")
        return self.gradients[node.id]

    def value(self, name: str | int) -> Any:
        """The value of one node, by name or id."""
        return self.node(name).value

    @property
    def turns(self) -> int:
        """How many forward passes there are: one more than updates."""
        return 1 + max((node.turn for node in self.nodes), default=0)

    def in_turn(self, turn: int) -> Iterator[Node]:
        """The nodes of one forward pass."""
        return (node for node in self.nodes if node.turn == turn)

    def alone(self, turn: int) -> list[Node]:
        """The nodes of one forward pass, with what they use of earlier ones as leaves."""
        own = list(self.in_turn(turn))
        borrowed = {i for node in own for i in node.inputs} - {node.id for node in own}
        return [replace(self.nodes[i], op=None, inputs=()) for i in sorted(borrowed)] + own

    def outputs(self) -> list[Node]:
        """The output of every turn."""
        cached: list[Node] | None = self.__dict__.get("_outputs")
        if cached is None:
            name = self.nodes[self.output].name
            last = {node.turn: node for node in self.nodes if node.name == name}  # of one turn, the youngest
            cached = self.__dict__["_outputs"] = [last[turn] for turn in sorted(last)]
        return list(cached)

    def leaves(self, turn: int | None = None) -> list[Node]:
        """What was given: parameters, inputs and constants (of one turn, or all)."""
        return [node for node in self.nodes if node.is_leaf and (turn is None or node.turn == turn)]


def _why_not(node: Node) -> str:
    if not node.wants_gradient:
        return (
            "it was made without requires_grad=True" if node.is_leaf else "nothing it was computed from requires grad"
        )
    return "the output doesn't depend on it"
