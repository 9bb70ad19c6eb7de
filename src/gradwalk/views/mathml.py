"""Formulas as MathML, made from their LaTeX: each symbol can carry attributes, so that a page can link it to a picture.

>>> from gradwalk.formula import Formula
>>> out = Formula.symbol("ŷ", 0.75)
>>> print(mathml(out * 2, attributes=lambda symbol: {"data-node": "3"}))
<math alttext="ŷ · 2" aria-label="ŷ · 2"><mover accent="true" data-node="3"><mi>y</mi><mo>^</mo></mover><mo>·</mo><mn>2</mn></math>
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from gradwalk.formula import TEXT, Formula, Leaf, Style, Written, names, number, renamed, write, written
from gradwalk.views.convert import Attributes, Element, converted
from gradwalk.views.equations import Equation, Quantity, equations
from gradwalk.views.latex import LATEX, RELATIONS, Writer, grown, worth_saying
from gradwalk.views.numbers import DIGITS, is_single
from gradwalk.views.words import single
from gradwalk.walk.model import WalkData


def math(latex: str, label: str = "", marks: Sequence[Attributes] = (), display: bool = False) -> str:
    """LaTeX as a ``<math>`` element, with the words or characters that a screen reader says."""
    attributes = {"display": "block"} if display else {}
    attributes |= {"alttext": label, "aria-label": label} if label else {}
    return str(Element("math", converted(latex, marks), attributes))


def mathml(
    part: Any, leaf: Leaf = names, attributes: Callable[[Formula], Attributes] | None = None, label: str = ""
) -> str:
    """A formula as MathML; ``attributes`` gives what each of its symbols carries."""
    marks: list[Attributes] = []

    def marked(symbol: Formula) -> Written:
        shown = written(Formula.symbol(symbol.name, symbol.value), LATEX, leaf)
        marks.append(attributes(symbol) if attributes else {})
        return Written(rf"\marked{{{len(marks) - 1}}}{{{shown.text}}}", shown.binds)

    return math(grown(write(part, LATEX, marked)), label or write(part, TEXT, leaf), marks)


class StepMathML(NamedTuple):
    """One step in three pieces that follow each other: in symbols, with the numbers put in, and the result."""

    symbols: str
    numbers: str
    result: str


def steps_mathml(walk: WalkData, digits: int = DIGITS) -> list[StepMathML]:
    """Each step of a walk in MathML; a value carries its node's id as ``data-node``, a gradient as ``data-gradient``."""
    return [step_mathml(equation, digits) for equation in equations(walk)]


def step_mathml(equation: Equation, digits: int = DIGITS) -> StepMathML:
    """One step: ``ŷ = σ(z)``, ``= σ(1.1)`` and ``= 0.7503``. Numbers that only repeat what stands beside them are left out."""
    marks, writer = _marking(digits)
    spoken = Spoken(equation, digits)
    has_numbers = worth_saying(equation, digits)[1]
    return StepMathML(
        symbols_mathml(equation, digits),
        math(f"= {writer.numeric(equation)}", spoken.numbers, marks) if has_numbers else "",
        math(writer.result(equation), spoken.result, marks),
    )


def symbols_mathml(equation: Equation, digits: int = DIGITS) -> str:
    """The first of a step's pieces by itself: it doesn't change with the values."""
    marks, writer = _marking(digits)
    left = writer.name(equation.left).text
    if not worth_saying(equation, digits)[0]:
        return math(left, equation.left.name, marks)
    return math(
        f"{left} {RELATIONS[equation.relation]} {writer.symbolic(equation)}", Spoken(equation, digits).symbols, marks
    )


def _marking(digits: int) -> tuple[list[Attributes], Writer]:
    """A writer that marks values and gradients with their nodes and rounded numbers with all their digits; and its marks."""
    marks: list[Attributes] = []

    def mark(x: Quantity, text: str, is_number: bool) -> str:
        whole = {"data-value": repr(single(x.value))} if is_number else {}
        marks.append({"data-gradient" if x.is_gradient else "data-node": str(x.node), **whole})
        return rf"\marked{{{len(marks) - 1}}}{{{text}}}"

    return marks, Writer(digits, mark)


class Spoken:
    """The three pieces of a step as plain text, for those who hear them."""

    def __init__(self, equation: Equation, digits: int):
        self.equation, self.digits = equation, digits
        self.style: Style = replace(TEXT, number=partial(number, digits=digits))

    @property
    def symbols(self) -> str:
        """What is computed, in names."""
        return f"{self.equation.left.name} {self.equation.relation} {self.side(self.equation, self.name)}"

    @property
    def numbers(self) -> str:
        """The same with the numbers put in."""
        return f"= {self.side(self.equation, self.number)}"

    @property
    def result(self) -> str:
        """What it comes to."""
        total = f", total {self.amount(self.equation.total)}" if self.equation.total is not None else ""
        return f"{self.equation.sign(self.digits)} {self.amount(self.equation.result)}{total}"

    def side(self, equation: Equation, show: Callable[[Quantity], Any]) -> str:
        """The right-hand side, in names or in numbers."""
        if equation.formula is None:
            return equation.spoken
        return write(equation.formula, self.style, renamed({name: show(x) for name, x in equation.quantities.items()}))

    def name(self, x: Quantity) -> Any:
        """A quantity's name; for a constant, its number."""
        return self.number(x) if x.is_number else x.name

    def number(self, x: Quantity) -> Any:
        """A quantity's number, or the name of a tensor."""
        return np.asarray(x.value).item() if is_single(x.value) else x.name

    def amount(self, x: Quantity) -> str:
        """What a quantity comes to; of a tensor, the shape."""
        return write(self.number(x), self.style) if is_single(x.value) else f"of shape {' × '.join(map(str, x.shape))}"
