"""Predict, then reveal: is this the number, and if not, which mistake was made?

A wrong answer is compared with the numbers that the usual mistakes lead to (`gradwalk.studio.mistakes`).
"""

from __future__ import annotations

import math

from gradwalk.formula import number
from gradwalk.studio.answers import right
from gradwalk.studio.mistakes import Slip, input_of, slips
from gradwalk.studio.protocol import AnswerReply
from gradwalk.views.numbers import is_single
from gradwalk.views.words import single
from gradwalk.walk import Step, Walk, WalkError
from gradwalk.walk.record import grouped


def verdict(walk: Walk, position: int, asked: str, answer: float) -> AnswerReply:
    """Right, or what went wrong, in one number of one step."""
    step = walk.steps[position]
    expected = predicted(walk, step, asked)
    if right(answer, expected):
        return AnswerReply(True, "", _praise(answer, expected), expected)
    slip = next((found for found in slips(walk, position, asked, expected) if found.explains(answer, expected)), None)
    if slip is None:
        slip = Slip("other", math.nan, f"Not this one. {_advice(walk, step, asked)}")
    return AnswerReply(False, slip.mistake, slip.sentence, expected)


def _praise(answer: float, expected: float) -> str:
    return "Right." if answer == expected else f"Right: to more digits it is {number(expected, 6)}."


def predicted(walk: Walk, step: Step, asked: str) -> float:
    """The number that is asked for; a `WalkError` where the step has none."""
    value = walk.nodes[step.node].value if asked == "value" else getattr(step, asked)
    if value is None:
        raise WalkError(f"this step ({step.phase}) has no {asked} to predict")
    if not is_single(value):
        raise WalkError("this step is about a whole tensor; predict a step of single numbers")
    return float(single(value))


# --- advice -----------------------------------------------------------------------------------------------------------


def _advice(walk: Walk, step: Step, asked: str) -> str:
    """What to do, where no known mistake explains the answer."""
    node = grouped(walk.nodes[step.node].name)
    if step.phase == "forward":
        return f"Compute {node} from its inputs: {', '.join(grouped(walk.nodes[i].name) for i in walk.nodes[step.node].inputs)}."
    if step.phase == "seed":
        return f"How much does {node} change per unit of change in {node} itself?"
    if step.phase == "update":
        return "The new value is the old one minus rate times gradient."
    source = grouped(walk.nodes[input_of(step)].name)
    return ADVICE[asked].format(node=node, source=source)


ADVICE = {
    "value": "Compute {node} from its inputs.",
    "local": "Ask only for this op: how much does {node} change per unit of change in {source}?",
    "contribution": "Multiply the gradient that {node} holds by the local derivative of {node} for {source}.",
    "total": "Add what this edge brings to {source} to what {source} holds already.",
}
