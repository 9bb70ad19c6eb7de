"""The backward pass: consumers before their inputs, one edge at a time.

This module knows nothing of `Tensor`. A *node* is anything with ``op``, ``inputs``, ``params``, ``value``, ``index`` and
``requires_grad``; what the rules are read on (arrays or Tensors) is for the caller to choose.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

from gradwalk.errors import BackwardError
from gradwalk.ops.arithmetic import cast
from gradwalk.ops.shape import fold

Node = Any


class Edge(NamedTuple):
    """One edge crossed backward: ``contribution`` flows from ``node`` into ``input``, whose gradient is then ``total``."""

    node: Node
    slot: int
    input: Node
    upstream: Any
    contribution: Any
    total: Any


class FreedError(BackwardError):
    """A backward pass through a part of the tape that an earlier one freed."""


def value_of(node: Node) -> Any:
    """Read a rule on arrays: a node stands for its value."""
    return getattr(node, "value", node)


def itself(node: Node) -> Any:
    """Read a rule on Tensors: a node stands for itself, so that the backward pass is recorded too."""
    return node


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


def wants_gradient(node: Node) -> bool:
    """Whether a gradient flows into this input (a Python number has none)."""
    return getattr(node, "requires_grad", False)


def sweep(
    output: Node,
    seed: Any,
    read: Callable[[Node], Any] = value_of,
    history: History | None = None,
    arrive: Callable[[Node, Any], Any] | None = None,
) -> list[Edge]:
    """Walk the tape from ``output`` to its leaves: every edge, with what flows over it."""
    crossed: list[Edge] = []
    propagate(output, seed, read, history, arrive, cross=crossed.append)
    return crossed


def propagate(
    output: Node,
    seed: Any,
    read: Callable[[Node], Any] = value_of,
    history: History | None = None,
    arrive: Callable[[Node, Any], Any] | None = None,
    oldest: float = 0,
    cross: Callable[[Edge], object] | None = None,
) -> None:
    """Walk the tape from ``output`` to its leaves, telling ``cross`` of every edge.

    A node is visited once all its consumers have been: nodes are numbered as they are made, so the youngest waiting
    node has no consumer left. ``history`` knows of changes in place; ``arrive`` sees each node's complete gradient, and
    may replace it. What was made before ``oldest`` is left alone.
    """
    totals: dict[int, Any] = {id(output): seed}
    waiting = [(-output.index, id(output), output)]
    while waiting and -waiting[0][0] >= oldest:
        _, key, node = heapq.heappop(waiting)
        upstream = totals.pop(key)
        if arrive is not None:
            upstream = arrive(node, upstream)
        if node.op is None:
            continue
        for slot, input, contribution in contributions(node, upstream, read, history):
            key = id(input)
            if key in totals:
                total = totals[key] + contribution  # not in place: the edge before keeps its own total
            else:
                total = contribution
                heapq.heappush(waiting, (-input.index, key, input))
            totals[key] = total
            if cross is not None:
                cross(Edge(node, slot, input, upstream, contribution, total))


def contributions(
    node: Node, upstream: Any, read: Callable[[Node], Any], history: History | None
) -> Iterator[tuple[int, Node, Any]]:
    """What one node hands to each of its inputs: ``(slot, input, contribution)``."""
    if node.inputs is None:
        raise FreedError(
            f"the tape behind {node.op.name} was freed by an earlier backward pass, to save memory; compute the forward pass again, "
            "or call the earlier one as backward(retain_graph=True)"
        )
    inputs = seen = node.inputs
    changes = history if history is not None and history.concerns(node) else None
    if changes is not None:
        inputs = [changes.resolve(x, node) for x in node.inputs]
        seen = [changes.seen(x, node) for x in inputs]
    op, params, operands = node.op, node.params, [read(node), *map(read, seen)]
    for slot, input in enumerate(inputs):
        if not getattr(input, "requires_grad", False):  # a Python number has none
            continue
        rule = op.rule(slot)
        if rule is None:
            continue
        if changes is not None:
            changes.refuse_stale(node, slot)
        contribution, value = rule(upstream, *operands, **params), input.value
        if getattr(contribution, "shape", None) != value.shape:
            contribution = unbroadcast(contribution, node, slot, value.shape)
        yield slot, input, contribution if contribution.dtype == value.dtype else cast(contribution, dtype=value.dtype)


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


def unbroadcast(contribution: Any, node: Node, slot: int, shape: tuple[int, ...]) -> Any:
    """Undo broadcasting, here and nowhere else: a contribution gets the shape of what it flows into."""
    _refuse_unfitting(node, slot, contribution, shape)
    return fold(contribution, shape=shape)
