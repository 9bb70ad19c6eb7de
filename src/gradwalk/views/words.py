"""Values and steps in words: short ones for pictures and tables, exact ones for what is told on hover."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.formula import TEXT, number, renamed, write
from gradwalk.views.equations import Equation, Quantity, equation_of
from gradwalk.views.numbers import DIGITS, displayed, is_single
from gradwalk.walk.model import Elided, Node, Step, WalkData


def in_symbols(equation: Equation) -> str:
    """A step's formula in the names of its quantities: ``∂L/∂z1 · x``."""
    if equation.formula is None:
        return equation.spoken
    return write(
        equation.formula,
        TEXT,
        renamed({key: _number(q) if q.is_number else q.name for key, q in equation.quantities.items()}),
    )


def in_numbers(equation: Equation, digits: int = DIGITS) -> str:
    """A step's formula with the numbers put in: ``−2 · 2``; what isn't one number keeps its name."""
    if equation.formula is None:
        return ""
    shown = {key: _number(q, digits) if is_single(q.value) else q.name for key, q in equation.quantities.items()}
    return write(equation.formula, TEXT, renamed(shown))


def _number(quantity: Quantity, digits: int = DIGITS) -> Any:
    return displayed(single(quantity.value), digits)


def told(walk: WalkData, step: Step) -> str:
    """One step as a line of formulas: what was computed, from what, and what came out."""
    equation = equation_of(walk, step, step.phase == "backward" and not _is_first(step))
    total = f", in all {brief(equation.total.value)}" if equation.total is not None else ""
    shown = dict.fromkeys([in_symbols(equation), brief(equation.result.value)])
    written = " = ".join(text for text in shown if text not in ("", equation.left.name))
    return f"{equation.left.name} {equation.relation} {written}{total}"


def _is_first(step: Step) -> bool:
    """Whether nothing had arrived before (unknown of large values, which a file keeps as statistics)."""
    return isinstance(step.total, Elided) or np.array_equal(step.contribution, step.total, equal_nan=True)


def forward_formula(walk: WalkData, node: Node) -> str:
    """What a node computes, in the names of its inputs: ``w1 · x``."""
    return in_symbols(equation_of(walk, Step("forward", node.id)))


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
