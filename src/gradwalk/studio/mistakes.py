"""The usual mistakes in predicting a number, one kind after the other, and the number that each leads to.

Every one of them is computed from the walk itself: a contribution without its local derivative, a total without what was
there before, a rule read at the wrong point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gradwalk.formula import number
from gradwalk.studio.answers import right, same
from gradwalk.walk import Node, Step, Walk
from gradwalk.walk.record import gradient_name, grouped
from gradwalk.walk.rules import op_of, operand

Mistake = Literal["", "sign", "factor", "path", "slope", "rounding", "other"]
NEAR = 0.01  # a wrong answer no further off than this was rounded on the way


@dataclass(frozen=True)
class Slip:
    """A number that a certain mistake leads to, and what to say of it."""

    mistake: Mistake
    number: float
    sentence: str

    def explains(self, answer: float, expected: float) -> bool:
        """Whether the answer is this number (one that is the expected number too explains nothing)."""
        return right(answer, self.number) and not math.isclose(self.number, expected, rel_tol=1e-9, abs_tol=1e-12)


class Rounded(Slip):
    """The right number, rounded too coarsely: in the answer, or on the way to it."""

    def explains(self, answer: float, expected: float) -> bool:
        """Whether the answer is near the expected number, or that number at too few digits."""
        return answer != 0 and (same(answer, expected) or abs(answer - expected) <= NEAR * abs(expected))


def slips(walk: Walk, position: int, asked: str, expected: float) -> Iterator[Slip]:
    """The usual mistakes, the plainest first; an answer that is only rounded differently last."""
    step = walk.steps[position]
    if expected:
        yield Slip("sign", -expected, "The size is right and the sign is turned.")
    yield from SLIPS[step.phase](walk, position, asked)
    for constant in _constants(walk, step):
        yield Slip("factor", expected / constant, f"The factor {number(constant)} is missing.")
        yield Slip("factor", expected * constant, f"The factor {number(constant)} is in there once too often.")
    yield from _roundings(expected)


def _roundings(expected: float) -> Iterator[Slip]:
    if expected and math.isfinite(expected):
        yield Rounded(
            "rounding",
            expected,
            f"Nearly: some number was rounded too coarsely on the way. To four digits it is {number(expected)}.",
        )


@dataclass(frozen=True)
class Crossing:
    """An edge crossed backward: its four numbers, and what its two factors and the value it leads to are called."""

    upstream: float
    local: float
    contribution: float
    total: float
    upstream_name: str
    local_name: str
    source: str

    @property
    def before(self) -> float:
        """What the value held before this edge."""
        return self.total - self.contribution

    @property
    def is_first(self) -> bool:
        """Whether the value held nothing before."""
        return math.isclose(self.before, 0, abs_tol=1e-300)


def _crossing(walk: Walk, step: Step) -> Crossing:
    node, source = walk.nodes[step.node], walk.nodes[input_of(step)]
    return Crossing(
        upstream=_one(step.upstream),
        local=_one(step.local),
        contribution=_one(step.contribution),
        total=_one(step.total),
        upstream_name=gradient_name(walk.nodes[walk.output].name, node.name),
        local_name=gradient_name(node.name, source.name),
        source=grouped(source.name),
    )


def _backward(walk: Walk, position: int, asked: str) -> Iterator[Slip]:
    step = walk.steps[position]
    edge = _crossing(walk, step)
    yield from CROSSED[asked](edge) if asked in CROSSED else ()
    yield from _wrong_points(walk, step, asked, edge.upstream, edge.before)


def _instead_of_local(edge: Crossing) -> Iterator[Slip]:
    yield Slip(
        "factor",
        edge.contribution,
        f"That is the whole contribution; the local derivative {edge.local_name} comes before {edge.upstream_name} is "
        "multiplied in.",
    )
    yield Slip(
        "factor", edge.upstream, f"That is what arrives, {edge.upstream_name}; asked is the slope of this one op."
    )


def _instead_of_contribution(edge: Crossing) -> Iterator[Slip]:
    yield from _missing_factors(edge, 0.0)
    if not edge.is_first:
        sentence = f"That is the total so far; asked is only what this edge brings to {edge.source}."
        yield Slip("path", edge.total, sentence)


def _instead_of_total(edge: Crossing) -> Iterator[Slip]:
    if not edge.is_first:
        held = f"the {number(edge.before)} that {edge.source} holds already"
        yield Slip("path", edge.contribution, f"That is what this edge brings; add it (+=) to {held}.")
        yield Slip("path", edge.before, f"That is what {edge.source} held before; add what this edge brings.")
    yield from _missing_factors(edge, edge.before)


def _missing_factors(edge: Crossing, held: float) -> Iterator[Slip]:
    yield Slip(
        "factor",
        held + edge.upstream,
        f"The local derivative {edge.local_name} is missing: multiply what arrives by it.",
    )
    yield Slip(
        "factor",
        held + edge.local,
        f"The upstream gradient {edge.upstream_name} is missing: multiply the local derivative by it.",
    )
    yield Slip("factor", held + edge.upstream + edge.local, "The two were added; the chain rule multiplies them.")


CROSSED: dict[str, Callable[[Crossing], Iterator[Slip]]] = {
    "local": _instead_of_local,
    "contribution": _instead_of_contribution,
    "total": _instead_of_total,
}


def _wrong_points(walk: Walk, step: Step, asked: str, upstream: float, before: float) -> Iterator[Slip]:
    """The op's own slope, taken at some other number: at its output, its input, or another value of the walk."""
    node = walk.nodes[step.node]
    inputs = [walk.nodes[i] for i in node.inputs]
    if step.slot is None or any(x.size != 1 for x in (node, *inputs)):
        return
    for where, out, given in _points(node, inputs):
        slope = _slope(node, step.slot, out, given)
        wrong = {"local": slope, "contribution": upstream * slope, "total": before + upstream * slope}.get(
            asked, math.nan
        )
        yield Slip("slope", wrong, f"That is the slope taken at {where}; look which number the rule wants.")


def _points(node: Node, inputs: list[Node]) -> Iterator[tuple[str, Any, list[Any]]]:
    """Where a slope may be taken by mistake: each a phrase, and values to put into the rule."""
    out, values = node.value, [operand(x, x.value) for x in inputs]
    for x in inputs:
        yield f"the input {grouped(x.name)} where the output belongs", x.value, values
    for i, x in enumerate(inputs):
        yield (
            f"the output {grouped(node.name)} instead of the input {grouped(x.name)}",
            out,
            [*values[:i], node.value, *values[i + 1 :]],
        )
        yield f"0 instead of {grouped(x.name)}", out, [*values[:i], np.zeros_like(x.value), *values[i + 1 :]]
        yield f"1 instead of {grouped(x.name)}", out, [*values[:i], np.ones_like(x.value), *values[i + 1 :]]
    if len(inputs) == 2:
        yield (
            f"the other input: {grouped(inputs[0].name)} and {grouped(inputs[1].name)} are exchanged",
            out,
            values[::-1],
        )


def _slope(node: Node, slot: int, out: Any, inputs: list[Any]) -> float:
    rule = op_of(node).rule(slot)
    try:
        with np.errstate(all="ignore"):
            found = rule(np.ones_like(node.value), out, *inputs, **node.params) if rule else math.nan
        return _one(found)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return math.nan


def _update(walk: Walk, position: int, asked: str) -> Iterator[Slip]:
    step = walk.steps[position]
    old, gradient, change = _one(walk.nodes[input_of(step)].value), _one(step.upstream), _one(step.contribution)
    rate = -_one(step.local)
    if asked in ("value", "total"):
        yield Slip("sign", old - change, "The step goes downhill: subtract rate times gradient, don't add it.")
        yield Slip("factor", old - gradient, f"The rate {number(rate)} is missing: multiply the gradient by it first.")
        yield Slip("path", change, f"That is the change alone; add it to the old value, {number(old)}.")
    if asked == "contribution":
        yield Slip("factor", -gradient, f"The rate {number(rate)} is missing.")


def _forward(walk: Walk, position: int, asked: str) -> Iterator[Slip]:
    """A value that is still one of its inputs: the op itself was forgotten."""
    node = walk.nodes[walk.steps[position].node]
    for x in (walk.nodes[i] for i in node.inputs):
        if x.size == 1:
            yield Slip(
                "other", _one(x.value), f"That is {grouped(x.name)} itself; the op ({node.op}) is still to be done."
            )


def _seed(walk: Walk, position: int, asked: str) -> Iterator[Slip]:
    output = walk.nodes[walk.steps[position].node]
    if output.size == 1:
        yield Slip(
            "other",
            _one(output.value),
            f"That is the value of {grouped(output.name)}; the gradient of a number for itself is 1.",
        )


SLIPS: dict[str, Callable[[Walk, int, str], Iterator[Slip]]] = {
    "forward": _forward,
    "seed": _seed,
    "backward": _backward,
    "update": _update,
}


def _constants(walk: Walk, step: Step) -> Iterator[float]:
    """The numbers that stand in an op: an exponent, a factor. Forgetting one is a mistake of its own."""
    node = walk.nodes[step.node]
    written = [
        value for value in node.params.values() if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    written += [_one(x.value) for x in map(walk.nodes.__getitem__, node.inputs) if x.role == "constant" and x.size == 1]
    written += [2.0] if node.op == "square" else []
    return (float(value) for value in dict.fromkeys(written) if math.isfinite(value) and value not in (0, 1, -1))


def input_of(step: Step) -> int:
    """The node that a backward step or an update arrives at."""
    assert step.input is not None
    return step.input


def _one(value: Any) -> float:
    """The one number in a value; NaN where there is none."""
    return math.nan if value is None or np.size(value) != 1 else float(np.asarray(value).item())
