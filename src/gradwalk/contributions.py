"""What one node hands to its inputs in the backward pass: its rules, read on arrays or on Tensors.

Most nodes have one input or two, no parameters, and no change in place near them. For those an op has a function of its
own, made when it is first needed: the general way, which does the same, takes twice as long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from gradwalk.errors import BackwardError
from gradwalk.ops import Op
from gradwalk.ops.arithmetic import cast
from gradwalk.ops.declare import Rule
from gradwalk.ops.shape import fold

Node = Any
Handed = list[tuple[int, Node, Any]]  # (slot, input, contribution)
Way = Callable[[Node, Any], Handed]  # from a node and its upstream gradient
Reading = Callable[[Node, Sequence[Node]], list[Any]]  # the output and the inputs, as a rule reads them


def values(node: Node, inputs: Sequence[Node]) -> list[Any]:
    """Read a rule on arrays: nodes stand for their values, and numbers for themselves."""
    return [node.value, *[getattr(x, "value", x) for x in inputs]]


def themselves(node: Node, inputs: Sequence[Node]) -> list[Any]:
    """Read a rule on Tensors: nodes stand for themselves, so that the backward pass is recorded too."""
    return [node, *inputs]


class History(Protocol):
    """What the sweep asks about changes in place."""

    def concerns(self, node: Node) -> bool:
        """Whether a change may matter to ``node``; if not, the sweep asks no more about it."""

    def resolve(self, input: Node, node: Node) -> Node:
        """The version of an input that ``node`` read."""

    def seen(self, input: Node, node: Node) -> Node:
        """What ``node`` read in that version: its own copy, if it went on to change it."""

    def refuse_stale(self, node: Node, slot: int) -> None:
        """An error if a rule would read what was changed since."""


def contributions(node: Node, upstream: Any, read: Reading, history: History | None) -> Handed:
    """What one node hands to each of its inputs: ``(slot, input, contribution)``."""
    changes = history if history is not None and history.concerns(node) else None
    if node.params or changes is not None or read is not values:
        return in_general(node, upstream, read, changes)
    op = node.op
    if op.hand is None:
        op.hand = way_of(op)
    return op.hand(node, upstream)  # type: ignore[no-any-return]


def in_general(node: Node, upstream: Any, read: Reading = values, changes: History | None = None) -> Handed:
    """Any number of inputs, with parameters, on whatever the rules are read on, after changes in place."""
    inputs = seen = node.inputs
    if changes is not None:
        inputs = [changes.resolve(x, node) for x in node.inputs]
        seen = [changes.seen(x, node) for x in inputs]
    op, params, operands = node.op, node.params, read(node, seen)
    handed: Handed = []
    for slot, input in enumerate(inputs):
        rule = op.rule(slot) if wants_gradient(input) else None
        if rule is None:
            continue
        if changes is not None:
            changes.refuse_stale(node, slot)
        contribution = rule(upstream, *operands, **params)
        handed.append((slot, input, fitted(contribution, node, slot, input.value)))
    return handed


def wants_gradient(node: Node) -> bool:
    """Whether a gradient flows into this input (a Python number has none)."""
    return getattr(node, "requires_grad", False)


def to_one(rule: Rule) -> Way:
    """The way back through an op of one input."""

    def hand(node: Node, upstream: Any) -> Handed:
        x = node.first
        value = x.value
        return [(0, x, fitted(rule(upstream, node.value, value), node, 0, value))] if x.requires_grad else []

    return hand


def to_two(left: Rule | None, right: Rule | None) -> Way:
    """The way back through an op of two inputs, of which one may be a number or want no gradient."""

    def hand(node: Node, upstream: Any) -> Handed:
        a, b = node.first, node.second
        out, x, y = node.value, getattr(a, "value", a), getattr(b, "value", b)
        handed: Handed = []
        if left is not None and getattr(a, "requires_grad", False):  # `wants_gradient`, but calls take time
            handed.append((0, a, fitted(left(upstream, out, x, y), node, 0, x)))
        if right is not None and getattr(b, "requires_grad", False):
            handed.append((1, b, fitted(right(upstream, out, x, y), node, 1, y)))
        return handed

    return hand


BY_ARITY: dict[int, Callable[..., Way]] = {1: to_one, 2: to_two}


def way_of(op: Op) -> Way:
    """The quickest way back through an op's nodes without parameters."""
    if op.variadic or len(op.inputs) not in BY_ARITY:
        return in_general
    return BY_ARITY[len(op.inputs)](*map(op.rule, range(len(op.inputs))))


def fitted(contribution: Any, node: Node, slot: int, value: Any) -> Any:
    """A contribution in the shape and type of what it flows into: here and nowhere else is broadcasting undone."""
    if getattr(contribution, "shape", None) != value.shape:
        _refuse_unfitting(node, slot, contribution, value.shape)
        contribution = fold(contribution, shape=value.shape)
    dtype = value.dtype
    return contribution if contribution.dtype == dtype else cast(contribution, dtype=dtype)


def _refuse_unfitting(node: Node, slot: int, contribution: Any, shape: tuple[int, ...]) -> None:
    """An error if a rule's result isn't the input's shape, perhaps broadcast (a rule may be one that a user declared)."""
    found = getattr(contribution, "shape", None)
    said = f"the rule of {node.op.name} for its input {node.op.inputs[0 if node.op.variadic else slot]!r} returned"
    if found is None:
        raise BackwardError(
            f"{said} {contribution!r:.40}, and must return an array: the upstream gradient times something"
        )
    trailing = found[len(found) - len(shape) :]
    if len(found) < len(shape) or any(size not in (1, got) for size, got in zip(shape, trailing, strict=True)):
        raise BackwardError(
            f"{said} shape {found}, and must return the input's shape {shape} (or what {shape} broadcasts to)"
        )
