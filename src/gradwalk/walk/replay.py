"""Computing a walk again: with other leaf values, with a value rounded, or for several updates in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from gradwalk.backward import sweep
from gradwalk.inputs import Reader
from gradwalk.walk.model import Elided, Node, Step, WalkData, WalkError
from gradwalk.walk.record import crossing, gradient_name
from gradwalk.walk.rules import op_of, operand, run

W = TypeVar("W", bound=WalkData)

Adjust = Callable[[Node, Any], Any]  # sees each node's fresh value, and may replace it


def unchanged(node: Node, value: Any) -> Any:
    """Leave every value as it was computed."""
    return value


def forward(nodes: Sequence[Node], leaves: Mapping[int, Any], adjust: Adjust = unchanged) -> dict[int, Any]:
    """The value of every node, from these leaves (by id) and the leaves' own values where none is given."""
    values: dict[int, Any] = {}
    for node in nodes:
        if node.op is None:
            value = leaves.get(node.id, node.value)
        else:
            value = run(node, [values[i] for i in node.inputs])
        values[node.id] = operand(node, adjust(node, value))
    return values


class Computed(Reader):
    """A node with the value that it has this time, for the backward pass."""

    def __init__(self, **told: Any):
        for name, found in told.items():
            setattr(self, name, found)


def backward(nodes: Sequence[Node], output: int, values: Mapping[int, Any]) -> list[Any]:
    """The edges of the backward pass through nodes with these values."""
    tape: dict[int, Any] = {}
    for node in nodes:
        tape[node.id] = Computed(
            id=node.id,
            index=node.id,
            op=op_of(node) if node.op and node.wants_gradient else None,
            inputs=tuple(tape[i] for i in node.inputs),
            params=node.params,
            value=operand(node, np.asarray(values[node.id])[()]),
            requires_grad=node.wants_gradient,
        )
    return sweep(tape[output], np.ones_like(values[output])[()])


def retold(walk: W, nodes: Sequence[Node], output: int, values: Mapping[int, Any]) -> tuple[list[Node], list[Step]]:
    """Nodes with these values, and the forward, seed and backward steps that they lead to."""
    fresh = [replace(node, value=np.array(values[node.id]), shape=np.shape(values[node.id])) for node in nodes]
    by_id = {node.id: node for node in fresh}
    steps = [Step("forward", node.id) for node in fresh if node.op is not None]
    steps.append(Step("seed", output, total=np.ones_like(by_id[output].value)))
    for edge in backward(fresh, output, values):
        steps.append(
            crossing(
                by_id,
                by_id[output].name,
                by_id[edge.node.id],
                edge.slot,
                by_id[edge.input.id],
                edge.upstream,
                edge.contribution,
                edge.total,
            )
        )
    return fresh, steps


def replay(walk: W, leaves: Mapping[str | int, Any] | None = None, adjust: Adjust = unchanged, **named: Any) -> W:
    """The same walk from other leaf values: ``walk.replay(w=0.7)`` or ``walk.replay({"w#2": 0.7})``.

    The other turns of a walk with updates follow from the first one's leaves.
    """
    changes: dict[str | int, Any] = dict(leaves or {})
    changes.update(named)
    rate, parameters, steps = _updates(walk)
    first = [node for node in walk.nodes if node.turn == 0]
    given = {_leaf(first, walk, name).id: _fitting(_leaf(first, walk, name), value) for name, value in changes.items()}
    output = walk.outputs()[0].id
    values = forward(first, given, adjust)
    nodes, story = retold(walk, first, output, values)
    single = replace(walk, output=output, nodes=tuple(nodes), steps=tuple(story))
    return update(single, rate, [walk.nodes[i].name for i in parameters], steps, adjust) if steps else single


def _leaf(nodes: Sequence[Node], walk: WalkData, name: str | int) -> Node:
    found = next((node for node in nodes if node.name == name or node.id == name), None) or walk.node(name)
    if not found.is_leaf:
        raise WalkError(f"{found.name} is computed ({found.op}), so it can't be given; give the leaves it comes from")
    return found


def _fitting(node: Node, value: Any) -> Any:
    array = np.array(value, dtype=node.dtype)
    if array.shape != node.shape:
        raise WalkError(f"{node.name} has shape {node.shape}, and the value given has shape {array.shape}")
    return array


def _updates(walk: WalkData) -> tuple[float, list[int], int]:
    """The rate, the parameters (ids in the first turn) and the number of updates that a walk was made with."""
    updates = [step for step in walk.steps if step.phase == "update"]
    if not updates:
        return 0.0, [], 0
    parameters = [step.input for step in updates if step.input is not None and walk.nodes[step.input].turn == 0]
    return -float(updates[0].local), parameters, walk.turns - 1


def update(walk: W, rate: float, params: Sequence[str] = (), steps: int = 1, adjust: Adjust = unchanged) -> W:
    """Go on training: ``steps`` times a plain gradient step on ``params`` (all parameters, if none is named).

    The result holds every turn: forward, backward, update, and again; and after the last update a forward and backward
    pass with the final values.
    """
    if steps < 0 or not np.isfinite(rate):
        raise WalkError("an update needs a finite rate and a whole number of steps, 0 or more")
    trained = [walk.node(name) for name in params] or [n for n in walk.nodes if n.role == "parameter" and n.turn == 0]
    for node in trained:
        _refuse_untrainable(walk, node)
    for _ in range(steps):
        walk = _one_update(walk, rate, [node.name for node in trained], adjust)
    return walk


def _refuse_untrainable(walk: WalkData, node: Node) -> None:
    if not node.is_leaf:
        raise WalkError(f"{node.name} is computed ({node.op}), so there is nothing to update; name a leaf")
    if node.id not in walk.gradients:
        walk.gradient(node.id)  # says why there is none


def _one_update(walk: W, rate: float, names: Sequence[str], adjust: Adjust) -> W:
    turn, offset = walk.turns - 1, len(walk.nodes)
    now = list(walk.in_turn(turn))
    start = now[0].id
    shift = offset - start
    following = [_shifted(node, shift, turn + 1) for node in now]
    output = walk.outputs()[-1]
    trained = [node for node in now if node.name in names and node.is_leaf]
    updates = [_update_step(walk, node, shift, rate, output.name) for node in trained]
    leaves = {step.node: step.total for step in updates}
    values = forward(following, leaves, adjust)
    fresh, story = retold(walk, following, output.id + shift, values)
    return replace(walk, output=output.id + shift, nodes=(*walk.nodes, *fresh), steps=(*walk.steps, *updates, *story))


def _shifted(node: Node, shift: int, turn: int) -> Node:
    return replace(
        node, id=node.id + shift, call=node.call + shift, inputs=tuple(i + shift for i in node.inputs), turn=turn
    )


def _update_step(walk: WalkData, node: Node, shift: int, rate: float, output: str) -> Step:
    gradient = np.asarray(walk.gradients[node.id])
    change = -rate * gradient
    formula = f"{node.name} − {rate:g} · {gradient_name(output, node.name)}"
    return Step(
        "update",
        node.id + shift,
        node.id,
        None,
        gradient,
        np.array(-rate),
        change,
        (node.value + change).astype(node.dtype),
        formula,
    )


def rounded(walk: W, name: str | int, digits: int) -> W:
    """Round one node's value to ``digits`` decimals, and let everything after it, backward too, follow from that."""
    target = walk.node(name)

    def adjust(node: Node, value: Any) -> Any:
        return np.round(value, digits) if node.id == target.id else value

    if isinstance(target.value, Elided) or np.asarray(target.value).dtype.kind != "f":
        raise WalkError(f"{target.name} holds no floats that could be rounded")
    return replay(walk, None, adjust)


def restored(walk: W) -> W:
    """A walk whose elided values have been computed again."""
    return replay(walk) if any(isinstance(node.value, Elided) for node in walk.nodes) else walk
