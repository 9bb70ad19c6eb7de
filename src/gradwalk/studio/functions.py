"""A walk, or a part of it, as a function of one or two numbers: values and slopes at many points at once.

Where every op on the way works number by number, the points go through as arrays. Elsewhere (a mean over data lies in
between) they go one by one, and the clock is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk import expression
from gradwalk.expression import Program
from gradwalk.formula import Formula
from gradwalk.ops import OPS
from gradwalk.ops.shape import fold
from gradwalk.studio.clock import Deadline
from gradwalk.views.expression import called
from gradwalk.walk import Elided, Node, Walk, WalkError
from gradwalk.walk.rules import op_of, operand


class Function:
    """``output`` as a function of ``variables`` (single numbers); everything else stays as it is in the walk."""

    def __init__(self, walk: Walk, variables: Sequence[Node], output: Node, deadline: Deadline):
        self.walk, self.variables, self.output, self.deadline = walk, list(variables), output, deadline
        for node in (*self.variables, output):
            if node.size != 1:
                raise WalkError(f"{node.name} has shape {node.shape}, and a curve is drawn over single numbers")
        self.nodes = between(walk, self.variables, output)
        self.moving = {node.id for node in (*self.variables, *self.nodes)}
        self.still = {i: _value(walk.nodes[i]) for node in self.nodes for i in node.inputs if i not in self.moving}
        self.together = all(_is_scalar(node) for node in (*self.variables, *self.nodes))
        self.plan = [
            (node, op_of(node).compute, [op_of(node).rule(slot) for slot in range(len(node.inputs))])
            for node in self.nodes
        ]

    @property
    def depends(self) -> bool:
        """Whether the output depends on a variable at all."""
        return self.output.id in self.moving

    def values(self, *points: Any) -> Any:
        """The output at each point; the arrays are the variables' values, all of one shape."""
        return self._many(points, lambda given: (self._forward(given)[self.output.id],))[0]

    def slopes(self, *points: Any) -> tuple[Any, ...]:
        """The output at each point, and its slope along each variable."""
        return self._many(points, self._both)

    def _many(self, points: Sequence[Any], compute: Callable[[Sequence[Any]], tuple[Any, ...]]) -> tuple[Any, ...]:
        arrays = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in points))
        with np.errstate(all="ignore"):
            if self.together:
                return tuple(
                    np.broadcast_to(np.asarray(found, dtype=float), arrays[0].shape) for found in compute(arrays)
                )
            rows = [self._single(compute, given) for given in zip(*(x.ravel().tolist() for x in arrays), strict=True)]
        return tuple(np.array(column).reshape(arrays[0].shape) for column in zip(*rows, strict=True))

    def _single(self, compute: Callable[[Sequence[Any]], tuple[Any, ...]], given: Sequence[float]) -> list[float]:
        self.deadline.check()
        shaped = [
            np.full(node.shape, value, dtype=node.dtype)[()] for node, value in zip(self.variables, given, strict=True)
        ]
        return [float(np.asarray(found).item()) for found in compute(shaped)]

    def _forward(self, given: Sequence[Any]) -> dict[int, Any]:
        values = dict(self.still)
        values |= {node.id: value for node, value in zip(self.variables, given, strict=True)}
        for node, compute, _ in self.plan:
            values[node.id] = compute([values[i] for i in node.inputs], node.params)
        return values

    def _both(self, given: Sequence[Any]) -> tuple[Any, ...]:
        values = self._forward(given)
        result = values[self.output.id]
        gradients: dict[int, Any] = {self.output.id: np.ones_like(result)}
        for node, _, rules in reversed(self.plan):
            upstream = gradients.get(node.id)
            if upstream is None:
                continue
            inputs = [values[i] for i in node.inputs]
            for key, rule in zip(node.inputs, rules, strict=True):
                if key in self.moving and rule is not None:
                    share = _fitted(rule(upstream, values[node.id], *inputs, **node.params), values[key])
                    gradients[key] = gradients[key] + share if key in gradients else share
        found = (gradients.get(node.id, np.zeros_like(result)) for node in self.variables)
        return result, *(_slope(result, slope) for slope in found)


class Recomputed:
    """The same for a formula that compares values or works with masks: those aren't on the tape, so every point is a walk of its own."""

    depends = True

    def __init__(self, program: Program, values: Mapping[str, Any], names: Sequence[str], deadline: Deadline):
        self.program, self.given, self.names, self.deadline = program, dict(values), list(names), deadline

    def values(self, *points: Any) -> Any:
        """The result at each point."""
        return self._many(points, lambda given: [float(expression.evaluate(self.program, given).output.item())])[0]

    def slopes(self, *points: Any) -> tuple[Any, ...]:
        """The result at each point, and its slope along each name."""
        return self._many(points, self._both)

    def _both(self, given: Mapping[str, Any]) -> list[float]:
        walk = expression.walk(self.program, given)
        ids = {node.name: node.id for node in walk.leaves()}
        value = float(walk.nodes[walk.output].value.item())
        slopes = (np.asarray(walk.gradients.get(ids.get(name, -1), 0.0)).item() for name in self.names)
        return [value, *(float(_slope(value, slope)) for slope in slopes)]

    def _many(self, points: Sequence[Any], compute: Callable[[Mapping[str, Any]], list[float]]) -> tuple[Any, ...]:
        arrays = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in points))
        rows = []
        for given in zip(*(x.ravel().tolist() for x in arrays), strict=True):
            self.deadline.check()
            rows.append(compute({**self.given, **dict(zip(self.names, given, strict=True))}))
        columns = zip(*rows, strict=True) if rows else [[]] * (1 + len(self.names))
        return tuple(np.array(column).reshape(arrays[0].shape) for column in columns)


def off_tape(walk: Walk) -> list[Node]:
    """What a formula computed without recording it (a comparison, a mask): it has a place in the text, and no op."""
    return [node for node in walk.leaves(0) if node.role != "parameter" and node.span is not None]


def _slope(value: Any, slope: Any) -> Any:
    """A slope, except where the function itself has no value: a rule such as 1/x for ln(x) gives one there, too."""
    return np.where(np.isnan(value), np.nan, slope)


def _fitted(contribution: Any, value: Any) -> Any:
    shape = np.shape(value)
    if np.shape(contribution) == shape:
        return contribution
    return (
        np.broadcast_to(contribution, shape)
        if np.size(contribution) < np.size(value)
        else fold(contribution, shape=shape)
    )


def _is_scalar(node: Node) -> bool:
    return node.shape == () and (node.op is None or (op_of(node).elementwise and "slot" not in node.params))


def _value(node: Node) -> Any:
    if isinstance(node.value, Elided):
        raise WalkError(f"{node.name} isn't kept in this file")
    return operand(node, np.asarray(node.value)[()])


def between(walk: Walk, variables: Sequence[Node], output: Node) -> list[Node]:
    """The nodes that depend on a variable and that the output depends on, in order."""
    moving = {node.id for node in variables}
    start = dict.fromkeys(moving)
    for node in walk.nodes:
        if node.op is not None and node.id not in start and any(i in moving for i in node.inputs):
            moving.add(node.id)
    wanted = {output.id}
    for node in reversed(walk.nodes):
        if node.id in wanted and node.id not in start:
            wanted.update(node.inputs)
    return [node for node in walk.nodes if node.id in moving and node.id in wanted and node.id not in start]


def narrows(walk: Walk, variable: Node, output: Node) -> list[Node]:
    """The nodes that every path from a variable to the output passes: the links of the chain, the output last."""
    nodes = between(walk, [variable], output)
    own = {variable.id, *(node.id for node in nodes)}
    down = {variable.id: 1}  # paths from the variable
    for node in nodes:
        down[node.id] = sum(down[i] for i in node.inputs if i in own)
    up = dict.fromkeys(own, 0) | {output.id: 1}  # paths to the output
    for node in reversed(nodes):
        for i in node.inputs:
            if i in own:
                up[i] += up[node.id]
    total = down.get(output.id, 0)
    return [node for node in nodes if down[node.id] * up[node.id] == total]


def composed(walk: Walk, output: Node, inputs: Mapping[int, str]) -> Formula:
    """What ``output`` computes from some nodes (by id, with the names to give them), as one formula."""
    inner = {node.id for node in between(walk, [walk.nodes[i] for i in inputs], output)}

    def part(key: int) -> Any:
        node = walk.nodes[key]
        if key in inner:
            params = node.params if node.op in OPS else {}
            return Formula(OPS.get(node.op or "") or called(node.op or ""), tuple(map(part, node.inputs)), params, None)
        if node.role == "constant" and node.size == 1 and not isinstance(node.value, Elided):
            return np.asarray(node.value).item()
        return Formula.symbol(inputs.get(key, node.name), 0.0)

    made: Formula = part(output.id)
    return made
