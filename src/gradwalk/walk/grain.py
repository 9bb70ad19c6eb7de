"""Reading a walk's steps more coarsely: edge by edge, node by node, by source line, or by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from gradwalk.walk.model import Node, Step, WalkData, WalkError


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps that follow each other and belong together: ``label`` says to what; ``steps`` are positions in the walk."""

    phase: str
    label: str
    steps: tuple[int, ...]


DEPTH = 2  # a network is a group, and its layers are groups in there
Key = Callable[[WalkData, int, Step], object]


def _node(walk: WalkData, step: Step) -> Node:
    return walk.nodes[step.node]


def _line(walk: WalkData, position: int, step: Step) -> object:
    span = _node(walk, step).span
    return (span.file, span.line) if span else step.node


def _layer(walk: WalkData, position: int, step: Step) -> object:
    """The layer that a step's node was made in: a group, or a group within one (a network's layers are inside of it).

    Outside of any group, it is the source line.
    """
    node = _node(walk, step)
    return (node.scope[:DEPTH], node.calls[:DEPTH]) if node.scope else _line(walk, position, step)


GRAINS: dict[str, Key] = {
    "edge": lambda walk, position, step: position,
    "node": lambda walk, position, step: step.node,
    "line": _line,
    "layer": _layer,
}


def stretches(walk: WalkData, grain: str = "edge") -> Iterator[Stretch]:
    """The walk's steps in order, those that one reader's step covers together."""
    if grain not in GRAINS:
        raise WalkError(f"steps can be read by {', '.join(GRAINS)}, not by {grain!r}")
    key = GRAINS[grain]
    numbered = list(enumerate(walk.steps))
    for (phase, _), together in groupby(numbered, lambda pair: (pair[1].phase, key(walk, *pair))):
        positions = tuple(position for position, _ in together)
        yield Stretch(phase, _label(walk, walk.steps[positions[0]], grain), positions)


def _label(walk: WalkData, step: Step, grain: str) -> str:
    node = _node(walk, step)
    if grain == "layer" and node.scope:
        return ".".join(node.scope[:DEPTH])
    if grain in ("line", "layer") and node.span:
        return f"{node.span.file}:{node.span.line}"
    if grain == "edge" and step.input is not None:
        return f"{node.name} → {walk.nodes[step.input].name}"
    return node.name
