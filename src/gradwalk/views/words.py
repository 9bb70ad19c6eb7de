"""Values and steps in words: short ones for pictures and tables, exact ones for what is told on hover."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.formula import TEXT, number, write
from gradwalk.views import text
from gradwalk.walk.model import Elided, Node, Step, WalkData
from gradwalk.walk.record import gradient_name


def told(walk: WalkData, step: Step) -> str:
    """One step as a line of formulas: what was computed, from what, and what came out."""
    node = walk.nodes[step.node]
    output = walk.nodes[walk.output].name
    if step.phase == "forward":
        return _equals(node.name, forward_formula(walk, node), node.value)
    if step.phase == "seed":
        return f"{gradient_name(output, node.name)} = {brief(step.total)}"
    assert step.input is not None
    if step.phase == "update":
        return f"{node.name} ← {step.formula} = {brief(step.total)}"
    first = isinstance(step.total, Elided) or np.array_equal(step.contribution, step.total, equal_nan=True)
    sign, after = ("=", "") if first else ("+=", f", in all {brief(step.total)}")
    return f"{gradient_name(output, walk.nodes[step.input].name)} {sign} {step.formula or '…'} = {brief(step.contribution)}{after}"


def _equals(name: str, formula: str, value: Any) -> str:
    return " = ".join(dict.fromkeys([name, formula, brief(value)]))


def forward_formula(walk: WalkData, node: Node) -> str:
    """What a node computes, in the names of its inputs: ``w1 · x``."""
    inputs = [walk.nodes[i] for i in node.inputs]
    written = text.forward_formula(node, inputs)
    if written is None:
        return f"{node.op}({', '.join(x.name for x in inputs)})"
    return write(written, TEXT, text.names_of(inputs))


def single(value: Any) -> Any:
    """The one number in a value of size 1."""
    return np.asarray(value).reshape(-1)[0].item()


def brief(value: Any, digits: int = 3) -> str:
    """A value in a few characters: a number, or the range of many (with fewer ``digits``)."""
    if isinstance(value, Elided):
        return f"{number(value.minimum, digits)} … {number(value.maximum, digits)}"
    array = np.asarray(value)
    if array.size == 1:
        return number(single(array))
    if array.size == 0:
        return "empty"
    low, high = number(array.min().item(), digits), number(array.max().item(), digits)
    return low if low == high else f"{low} … {high}"


MOST_NUMBERS = 64  # a tooltip holds no more


def full(value: Any) -> str:
    """A value at full precision; of a large one, its range and mean."""
    if isinstance(value, Elided):
        return f"from {_exact(value.minimum)} to {_exact(value.maximum)}, mean {_exact(value.mean)}"
    array = np.asarray(value)
    if array.size <= MOST_NUMBERS:
        return _listed(array.tolist())
    return f"from {_exact(array.min().item())} to {_exact(array.max().item())}, mean {_exact(float(array.mean()))}"


def _listed(value: Any) -> str:
    return f"[{', '.join(map(_listed, value))}]" if isinstance(value, list) else _exact(value)


def _exact(value: Any) -> str:
    return repr(value).replace("inf", "∞").replace("-", "−")


def counted(count: int, noun: str) -> str:
    """How many: 1 step, 2 steps."""
    return f"{count:,} {noun}{'s' * (count != 1)}"
