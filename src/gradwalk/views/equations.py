"""What each step of a walk says, as an equation: what is computed, from which formula, of which quantities.

The LaTeX and MathML views write these down; nothing here knows a notation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradwalk.formula import Formula
from gradwalk.ops import OPS
from gradwalk.views.expression import called
from gradwalk.views.numbers import DIGITS, is_single, sign
from gradwalk.walk.model import Node, Step, WalkData
from gradwalk.walk.record import gradient_name
from gradwalk.walk.rules import traced


@dataclass(frozen=True)
class Quantity:
    """A node's value, or its gradient, as an equation speaks of it."""

    name: str
    value: Any
    shape: tuple[int, ...]
    node: int
    is_gradient: bool = False
    is_number: bool = False  # a constant without a name: its number stands for it


@dataclass(frozen=True)
class Equation:
    """One step: ``left relation formula``, where the formula's symbols stand for quantities, and what it comes to.

    ``relation`` is ``=``, ``+=`` where this contribution is added to earlier ones (then ``total`` is their sum so far),
    or ``←`` for an update. Without a formula (the op isn't declared here) ``spoken`` is the text kept in the walk.
    ``output`` is the position among several outputs of one call.
    """

    step: Step
    left: Quantity
    result: Quantity
    formula: Formula | None = None
    relation: str = "="
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    total: Quantity | None = None
    spoken: str = ""
    output: int | None = None

    def sign(self, digits: int = DIGITS) -> str:
        """Whether the displayed numbers make the displayed result (``=``), or nearly (``≈``)."""
        return sign(self.formula, {name: x.value for name, x in self.quantities.items()}, self.result.value, digits)


def equations(walk: WalkData) -> Iterator[Equation]:
    """Every step of a walk as an equation, in the order in which the steps happened."""
    reached: set[int] = set()
    for step in walk.steps:
        yield equation_of(walk, step, step.input in reached)
        if step.phase == "backward" and step.input is not None:
            reached.add(step.input)


def equation_of(walk: WalkData, step: Step, again: bool = False) -> Equation:
    """One step as an equation; ``again`` says that its input had a contribution before."""
    return WRITERS[step.phase](walk, step, again)


def givens(walk: WalkData) -> Iterator[Quantity]:
    """The leaves that the first turn starts from (a constant that is one number speaks for itself)."""
    return (x for x in map(quantity, walk.leaves(0)) if not x.is_number)


def quantity(node: Node) -> Quantity:
    """A node's value."""
    number = node.role == "constant" and is_single(node.value)
    return Quantity(node.name, node.value, node.shape, node.id, is_number=number)


def gradient(walk: WalkData, node: Node, value: Any) -> Quantity:
    """A gradient of the output for one node: a contribution, or a total."""
    name = gradient_name(walk.nodes[walk.output].name, node.name)
    return Quantity(name, value, node.shape, node.id, is_gradient=True)


def _forward(walk: WalkData, step: Step, again: bool) -> Equation:
    node = walk.nodes[step.node]
    inputs = [walk.nodes[i] for i in node.inputs]
    symbols = [Formula.symbol(f"in{i}", 0.0) for i in range(len(inputs))]
    formula = Formula(OPS.get(node.op or "") or called(node.op or ""), tuple(symbols), _written_params(node), None)
    output = node.slot if "slot" in node.params else None
    return Equation(step, quantity(node), quantity(node), formula, quantities=_inputs(inputs), output=output)


def _written_params(node: Node) -> dict[str, Any]:
    return node.params if node.op in OPS else {}


def _inputs(nodes: list[Node]) -> dict[str, Quantity]:
    return {f"in{i}": quantity(node) for i, node in enumerate(nodes)}


def _seed(walk: WalkData, step: Step, again: bool) -> Equation:
    left = gradient(walk, walk.nodes[step.node], step.total)
    return Equation(step, left, left)


def _backward(walk: WalkData, step: Step, again: bool) -> Equation:
    assert step.input is not None
    assert step.slot is not None
    node, source = walk.nodes[step.node], walk.nodes[step.input]
    inputs = [walk.nodes[i] for i in node.inputs]
    return Equation(
        step,
        gradient(walk, source, step.total),
        gradient(walk, source, step.contribution),
        traced(node, step.slot, inputs),
        "+=" if again else "=",
        {"g": gradient(walk, node, step.upstream), "out": quantity(node), **_inputs(inputs)},
        gradient(walk, source, step.total) if again else None,
        step.formula,
    )


def _update(walk: WalkData, step: Step, again: bool) -> Equation:
    assert step.input is not None
    before, after = walk.nodes[step.input], walk.nodes[step.node]
    slope = gradient(walk, before, step.upstream)
    old, g = Formula.symbol("old", 0.0), Formula.symbol("g", 0.0)
    rate = -np.asarray(step.local, dtype=float).item()
    quantities = {"old": quantity(before), "g": slope}
    return Equation(step, quantity(after), quantity(after), old - rate * g, "←", quantities, spoken=step.formula)


WRITERS = {"forward": _forward, "seed": _seed, "backward": _backward, "update": _update}
