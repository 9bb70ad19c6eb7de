"""Predict, then reveal: what a learner is asked, number by number, in the order in which they arise.

A forward step has a value to predict; an edge of the backward pass its local derivative, its contribution, and the total
where something had arrived before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Literal

from gradwalk.formula import number
from gradwalk.studio.practice import predicted
from gradwalk.studio.protocol import QuestionInfo
from gradwalk.views.equations import Equation, equations
from gradwalk.views.numbers import is_single
from gradwalk.views.words import in_symbols, single
from gradwalk.walk import Step, Walk
from gradwalk.walk.record import gradient_name, grouped

Asked = Literal["value", "local", "contribution", "total"]
MOST = 500  # questions; nobody answers more

KINDS: dict[str, tuple[Asked, ...]] = {
    "forward": ("value",),
    "seed": ("total",),
    "backward": ("local", "contribution", "total"),
    "update": ("value",),
}


def questions(walk: Walk) -> Iterator[QuestionInfo]:
    """The first `MOST` numbers to predict.

    >>> from gradwalk import expression
    >>> for question in questions(expression.walk("h = 2*x\\nL = h*h", {"x": 3})):
    ...     print(question.text, question.expected)
    What is h = 2 · x? 6.0
    What is L = h · h? 36.0
    The backward pass starts at L. What is ∂L/∂L? 1.0
    How much does L change per unit of h (on this edge): what is ∂L/∂h? 6.0
    ∂L/∂L is 1. What does L pass back to h? 6.0
    How much does L change per unit of h (on this edge): what is ∂L/∂h? 6.0
    ∂L/∂L is 1. What does L pass back to h? 6.0
    ∂L/∂h was 6 before this arrived. What is it now? 12.0
    How much does h change per unit of x: what is ∂h/∂x? 2.0
    ∂L/∂h is 12. What does h pass back to x? 24.0
    """
    return islice(_all(walk), MOST)


def _all(walk: Walk) -> Iterator[QuestionInfo]:
    for position, equation in enumerate(equations(walk)):
        for asked in KINDS[equation.step.phase]:
            if _can_be_asked(walk, equation, asked):
                text, symbol = WORDS[equation.step.phase, asked](walk, equation)
                yield QuestionInfo(position, asked, text, symbol, predicted(walk, equation.step, asked))


def _can_be_asked(walk: Walk, equation: Equation, asked: Asked) -> bool:
    """Whether it is one finite number, and new: a total that is the contribution alone has been asked for already."""
    step = equation.step
    value = walk.nodes[step.node].value if asked == "value" else getattr(step, asked)
    is_new = asked != "total" or step.phase == "seed" or equation.relation == "+="
    return is_new and is_single(value) and math.isfinite(single(value))


# --- in words --------------------------------------------------------------------------------------------------------

Words = tuple[str, str]  # the question, and how the number is written


def _names(walk: Walk, step: Step) -> tuple[str, str]:
    """What passes something back, and to what."""
    assert step.input is not None
    return walk.nodes[step.node].name, walk.nodes[step.input].name


def _value(walk: Walk, equation: Equation) -> Words:
    name, formula = equation.left.name, in_symbols(equation)
    return f"What is {name}?" if formula == name else f"What is {name} = {formula}?", name


def _seed(walk: Walk, equation: Equation) -> Words:
    name = walk.nodes[equation.step.node].name
    return f"The backward pass starts at {name}. What is {equation.left.name}?", equation.left.name


def _local(walk: Walk, equation: Equation) -> Words:
    step = equation.step
    node, source = _names(walk, step)
    symbol = gradient_name(node, source)
    edge = " (on this edge)" if walk.nodes[step.node].inputs.count(step.input) > 1 else ""
    return f"How much does {grouped(node)} change per unit of {grouped(source)}{edge}: what is {symbol}?", symbol


def _contribution(walk: Walk, equation: Equation) -> Words:
    step = equation.step
    node, source = _names(walk, step)
    upstream = gradient_name(walk.outputs()[walk.nodes[step.node].turn].name, node)
    known = f"{upstream} is {number(single(step.upstream))}. " if is_single(step.upstream) else ""
    return f"{known}What does {grouped(node)} pass back to {grouped(source)}?", f"{grouped(node)} → {grouped(source)}"


def _total(walk: Walk, equation: Equation) -> Words:
    step = equation.step
    before = number(single(step.total) - single(step.contribution))
    return f"{equation.left.name} was {before} before this arrived. What is it now?", equation.left.name


def _update(walk: Walk, equation: Equation) -> Words:
    name = walk.nodes[equation.step.node].name
    return f"What is {name} after the update, {in_symbols(equation)}?", name


WORDS: dict[tuple[str, Asked], Callable[[Walk, Equation], Words]] = {
    ("forward", "value"): _value,
    ("seed", "total"): _seed,
    ("backward", "local"): _local,
    ("backward", "contribution"): _contribution,
    ("backward", "total"): _total,
    ("update", "value"): _update,
}
