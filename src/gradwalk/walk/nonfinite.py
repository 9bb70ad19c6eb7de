"""Where a NaN or an infinity first appears in a walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gradwalk.walk.causes import cause
from gradwalk.walk.model import Elided, Node, Step, WalkData
from gradwalk.walk.record import gradient_name


@dataclass(frozen=True)
class NonFinite:
    """The first NaN or infinity: at which node, and in which step of the story (None where it was given)."""

    kind: Literal["NaN", "infinity"]
    phase: Literal["given", "forward", "backward", "update"]
    node: int
    step: int | None
    what: str
    place: str
    cause: str = ""

    def __str__(self) -> str:
        if self.phase == "given":
            return f"{self.what} is given with {'a NaN' if self.kind == 'NaN' else 'an infinity'}"
        after = " after its update" if self.phase == "update" else ""
        return f"the first {self.kind} is {self.what}{after}{self.place}{': ' if self.cause else ''}{self.cause}"


def first_nonfinite(walk: WalkData) -> NonFinite | None:
    """The first value, in the order of the story, that isn't a finite number; None when all are.

    >>> import gradwalk as gw
    >>> x = gw.tensor(0.0, requires_grad=True)
    >>> y = gw.log(x)
    >>> print(first_nonfinite(gw.walk(y * 2)).kind)
    infinity
    """
    for phase, step, node, what, value in _told(walk):
        kind = _kind(value)
        if kind is not None:
            told = phase in ("forward", "backward") and not isinstance(node.value, Elided)
            return NonFinite(
                kind, phase, node.id, step, what, _place(node),
                cause(walk.nodes, node, phase == "backward") if told else "",
            )  # fmt: skip
    return None


def _told(walk: WalkData) -> Iterator[tuple[Any, int | None, Node, str, Any]]:
    """Every value in the order in which it comes about: phase, step, node, its name, itself."""
    for node in walk.leaves(0):
        yield "given", None, node, node.name, node.value
    for position, step in enumerate(walk.steps):
        node = walk.nodes[step.node]
        if step.phase == "forward":
            yield "forward", position, node, node.name, node.value
        elif step.phase == "update":
            yield "update", position, node, node.name, step.total
        else:
            yield from _backward(walk, position, step, node)


def _backward(
    walk: WalkData, position: int, step: Step, node: Node
) -> Iterator[tuple[Any, int | None, Node, str, Any]]:
    output = walk.nodes[walk.output].name
    target = node if step.input is None else walk.nodes[step.input]
    for value in (step.contribution, step.total):
        if value is not None:
            yield "backward", position, node, gradient_name(output, target.name), value


def _kind(value: Any) -> Literal["NaN", "infinity"] | None:
    if isinstance(value, Elided):
        return "NaN" if value.nans else None
    array = np.asarray(value)
    if array.dtype.kind not in "fc" or np.isfinite(array).all():
        return None
    return "NaN" if np.isnan(array).any() else "infinity"


def _place(node: Node) -> str:
    return (
        f" ({node.op}, {node.span.file} line {node.span.line})"
        if node.op and node.span
        else f" ({node.op})"
        if node.op
        else ""
    )
