"""All numbers of a walk, again and again with other leaf values: the fast path under every slider.

The structure of a walk (which op reads what, in which order edges are crossed) doesn't change with its values. So it is
worked out once, as a `Program` of plain instructions, and a run does arithmetic only. The result goes out as the four
buffers of the protocol, or becomes a `Walk` again for views and questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.ops.arithmetic import cast
from gradwalk.ops.shape import fold
from gradwalk.studio.clock import Deadline
from gradwalk.studio.reach import Stretches
from gradwalk.studio.signs import Signs
from gradwalk.views.numbers import DIGITS
from gradwalk.walk import Elided, Node, Step, Walk, WalkError
from gradwalk.walk.rules import op_of, operand

PARTS = ("upstream", "local", "contribution", "total")
PATIENCE = 64  # instructions between two looks at the clock


class Told(NamedTuple):
    """The numbers of one step; None where a step has none."""

    upstream: Any = None
    local: Any = None
    contribution: Any = None
    total: Any = None


@dataclass
class Numbers:
    """Every node's value and gradient (by id), and what each step says."""

    values: list[Any]
    gradients: list[Any]
    steps: list[Told]


Adjust = Callable[[int, Any], Any]  # a node's id and its fresh value -> the value to go on with


class Run:
    """One run of a program: the numbers so far."""

    __slots__ = ("adjust", "gradients", "steps", "values")

    def __init__(self, values: list[Any], adjust: Adjust | None):
        self.values, self.adjust = values, adjust
        self.gradients: list[Any] = [None] * len(values)
        self.steps: list[Told] = []


Instruction = Callable[[Run], None]


class Program:
    """A walk's arithmetic as a list of instructions, one for each step."""

    def __init__(self, walk: Walk):
        self.walk = walk
        self.given = [_given(node) for node in walk.nodes]
        self.follows = dict(_following(walk))
        self.instructions = [MAKERS[step.phase](walk, step) for step in walk.steps]

    def run(self, leaves: Mapping[int, Any], adjust: Adjust | None = None, deadline: Deadline | None = None) -> Numbers:
        """The numbers with these leaf values (by id)."""
        run = Run(self._start(leaves, adjust), adjust)
        with np.errstate(all="ignore"):
            for position, instruction in enumerate(self.instructions):
                if deadline is not None and position % PATIENCE == 0:
                    deadline.check()
                try:
                    instruction(run)
                except (ArithmeticError, IndexError, TypeError, ValueError) as error:
                    raise self._refusal(self.walk.steps[position], error) from None
        return Numbers(run.values, run.gradients, run.steps)

    def _start(self, leaves: Mapping[int, Any], adjust: Adjust | None) -> list[Any]:
        values = list(self.given)
        for key, earlier in self.follows.items():
            values[key] = values[earlier] if earlier not in leaves else leaves[earlier]
        for key, value in leaves.items():
            values[key] = operand(self.walk.nodes[key], np.asarray(value)[()])
        if adjust is not None:
            values = [
                adjust(node.id, value) if node.is_leaf else value
                for node, value in zip(self.walk.nodes, values, strict=True)
            ]
        return values

    def _refusal(self, step: Step, error: Exception) -> WalkError:
        said = " ".join(str(error).split())[:200]
        if isinstance(error, GradwalkError):
            return WalkError(said)
        return WalkError(f"{self.walk.nodes[step.node].name} can't be computed from these values: {said}")


def _given(node: Node) -> Any:
    """What a node starts with: a leaf's value, as its ops are given it."""
    return None if isinstance(node.value, Elided) else operand(node, np.asarray(node.value)[()])


def _following(walk: Walk) -> Iterator[tuple[int, int]]:
    """Each later turn's leaf with the one of the turn before that it repeats: those that no update made."""
    updated = {step.node for step in walk.steps if step.phase == "update"}
    turns: list[list[Node]] = [[] for _ in range(walk.turns)]
    for node in walk.nodes:
        turns[node.turn].append(node)
    for before, after in pairwise(turns):
        if len(before) == len(after):
            for old, new in zip(before, after, strict=True):
                if new.is_leaf and new.id not in updated and old.is_leaf and old.name == new.name:
                    yield new.id, old.id


# --- instructions ----------------------------------------------------------------------------------------------------


def _forward(walk: Walk, step: Step) -> Instruction:
    node = walk.nodes[step.node]
    op, key, inputs, params = op_of(node), node.id, node.inputs, dict(node.params)
    forward = op.compute if "slot" in params else None

    def compute(run: Run) -> None:
        values = run.values
        given = [values[i] for i in inputs]
        found = op.forward(*given, **params) if forward is None else forward(given, params)
        values[key] = found if run.adjust is None else run.adjust(key, found)
        run.steps.append(NOTHING)

    return compute


NOTHING = Told()


def _seed(walk: Walk, step: Step) -> Instruction:
    key = step.node

    def seed(run: Run) -> None:
        total = np.ones_like(run.values[key])[()]
        run.gradients[key] = total
        run.steps.append(Told(total=total))

    return seed


def _backward(walk: Walk, step: Step) -> Instruction:
    assert step.input is not None
    assert step.slot is not None
    node, source = walk.nodes[step.node], walk.nodes[step.input]
    op, key, target, inputs, params = op_of(node), node.id, source.id, node.inputs, dict(node.params)
    rule = op.rule(step.slot)
    if rule is None:
        raise WalkError(f"{node.op} hands nothing back to {source.name}: the file is damaged")
    fit = _fitting(source)
    single = node.size == 1 and source.size == 1
    has_local = step.local is not None or single or op.elementwise
    one = np.ones(node.shape, node.dtype)[()]
    shape = node.shape

    def cross(run: Run) -> None:
        values, gradients = run.values, run.gradients
        out, given, upstream = values[key], [values[i] for i in inputs], gradients[key]
        contribution = fit(rule(upstream, out, *given, **params))
        before = gradients[target]
        total = gradients[target] = contribution if before is None else before + contribution
        local = rule(one, out, *given, **params) if has_local else None
        if shape and local is not None:
            local = np.reshape(local, shape) if single else np.broadcast_to(local, shape)
        run.steps.append(Told(upstream, local, contribution, total))

    return cross


def _fitting(source: Node) -> Callable[[Any], Any]:
    """Undo broadcasting: give a contribution the shape and type of what it flows into."""
    shape, dtype = source.shape, np.dtype(source.dtype)

    def fit(contribution: Any) -> Any:
        if contribution.shape != shape:
            contribution = fold(contribution, shape=shape)
        return contribution if contribution.dtype == dtype else cast(contribution, dtype=dtype)

    return fit


def _update(walk: Walk, step: Step) -> Instruction:
    assert step.input is not None
    after, before, rate = step.node, step.input, float(-np.asarray(step.local, dtype=float))
    dtype, negative = walk.nodes[after].dtype, np.array(step.local)

    def update(run: Run) -> None:
        gradient = run.gradients[before]
        change = -rate * np.asarray(gradient)
        new = np.asarray(run.values[before] + change).astype(dtype)[()]
        run.values[after] = new if run.adjust is None else run.adjust(after, new)
        run.steps.append(Told(gradient, negative, change, new))

    return update


MAKERS = {"forward": _forward, "seed": _seed, "backward": _backward, "update": _update}


# --- a walk's own numbers, and back to a walk ------------------------------------------------------------------------


def numbers_of(walk: Walk) -> Numbers:
    """The numbers that a walk holds already."""
    gradients: list[Any] = [None] * len(walk.nodes)
    for key, value in walk.gradients.items():
        gradients[key] = value
    steps = [Told(*(getattr(step, part) for part in PARTS)) for step in walk.steps]
    return Numbers([node.value for node in walk.nodes], gradients, steps)


def walk_with(walk: Walk, numbers: Numbers) -> Walk:
    """The same walk with other numbers."""
    nodes = tuple(
        replace(node, value=np.array(value, dtype=node.dtype))
        for node, value in zip(walk.nodes, numbers.values, strict=True)
    )
    steps = tuple(_retold(step, told) for step, told in zip(walk.steps, numbers.steps, strict=True))
    return replace(walk, nodes=nodes, steps=steps, derived=None)


def _retold(step: Step, told: Told) -> Step:
    found: dict[str, Any] = {
        part: None if value is None else np.array(value) for part, value in zip(PARTS, told, strict=True)
    }
    return replace(step, **found) if step.phase != "forward" else step


# --- buffers ---------------------------------------------------------------------------------------------------------


class Places:
    """Where everything stands in the buffers: worked out once for a walk."""

    def __init__(self, walk: Walk):
        sizes = [node.size for node in walk.nodes]
        self.nodes = [0, *np.cumsum(sizes).tolist()]
        self.sizes = sizes
        self.steps: list[list[int]] = []
        self.step_sizes: list[list[int]] = []
        self.length = 0
        for step in walk.steps:
            self._place(step)
        self.signs = Signs(walk)
        self.by_node = Stretches(self.nodes[:-1], sizes)
        self.totals = Stretches([at[-1] for at in self.steps], [size[-1] for size in self.step_sizes])

    def _place(self, step: Step) -> None:
        offsets, sizes = [], []
        for part in PARTS:
            value = getattr(step, part)
            size = 0 if value is None else int(np.size(value))
            offsets.append(-1 if value is None else self.length)
            sizes.append(size)
            self.length += size
        self.steps.append(offsets)
        self.step_sizes.append(sizes)

    def buffers(self, numbers: Numbers, digits: int = DIGITS) -> list[Any]:
        """Values, gradients, steps, signs and reach, as Float64 arrays."""
        values, gradients = self._by_node(numbers.values), self._by_node(numbers.gradients)
        steps = self._by_step(numbers.steps)
        signs = self.signs.all(numbers, values, gradients, self.nodes, digits)
        found = [self.by_node.reach(values), self.by_node.reach(gradients), self.totals.reach(steps)]
        return [values, gradients, steps, signs, np.concatenate(found)]

    def _by_node(self, found: Sequence[Any]) -> Any:
        buffer = np.full(self.nodes[-1], np.nan)
        for place, size, value in zip(self.nodes, self.sizes, found, strict=False):
            if value is None or isinstance(value, Elided):
                continue
            if size == 1:
                buffer[place] = value if isinstance(value, float) else np.asarray(value).item()
            else:
                buffer[place : place + size] = np.ravel(value)
        return buffer

    def _by_step(self, steps: Sequence[Told]) -> Any:
        buffer = np.full(self.length, np.nan)
        for offsets, sizes, told in zip(self.steps, self.step_sizes, steps, strict=True):
            if told is NOTHING:
                continue
            for place, size, value in zip(offsets, sizes, told, strict=True):
                if place < 0 or value is None or isinstance(value, Elided):
                    continue
                if size == 1:
                    buffer[place] = value if isinstance(value, float) else np.asarray(value).item()
                else:
                    buffer[place : place + size] = np.ravel(value)
        return buffer
