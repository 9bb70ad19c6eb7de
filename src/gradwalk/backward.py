"""The backward pass: consumers before their inputs, one edge at a time.

This module knows nothing of `Tensor`. A *node* is any `Reader` with ``params``, ``value``, ``index`` and ``requires_grad``;
what the rules are read on (arrays or Tensors) is for the caller to choose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container
from heapq import heappop, heappush
from typing import Any, NamedTuple

from gradwalk.contributions import UNCHANGED, History, Node, Reading, fitted, hand_of, in_general, values
from gradwalk.errors import BackwardError
from gradwalk.ops import Op


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
    """The array or number that a node stands for, or what was given."""
    return getattr(node, "value", node)


def as_it_is(node: Node, total: Any) -> Any:
    """Let a gradient go on as it arrived."""
    return total


def sweep(output: Node, seed: Any, history: History = UNCHANGED) -> list[Edge]:
    """Walk the tape from ``output`` to its leaves: every edge, with what flows over it."""
    crossed: list[Edge] = []
    propagate(output, seed, history=history, cross=crossed.append)
    return crossed


def propagate(
    output: Node,
    seed: Any,
    read: Reading = values,
    history: History = UNCHANGED,
    arrive: Callable[[Node, Any], Any] = as_it_is,
    wanted: Container[int] | None = None,
    oldest: float = 0,
    cross: Callable[[Edge], object] | None = None,
) -> dict[Op, list[Node]]:
    """Walk the tape from ``output`` to its leaves, telling ``cross`` of every edge; the results visited, by their op.

    A node is visited once all its consumers have been: nodes are numbered as they are made, so the youngest waiting
    node has no consumer left. ``history`` knows of changes in place. ``arrive`` sees the complete gradients of the
    nodes whose ids are ``wanted`` (of the leaves, if it is None) and of those that are watched, and may replace them.
    What was made before ``oldest`` is left alone.
    """
    visited: dict[Op, list[Node]] = defaultdict(list)
    arrived: dict[float, tuple[Node, Any]] = {output.index: (output, seed)}  # two of one number share their tape
    waiting = [-output.index]
    on_arrays = read is values

    def give(node: Node, slot: int, input: Node, upstream: Any, contribution: Any) -> None:
        """Let a contribution flow over one edge."""
        index = input.index
        if index < history.latest and input.op is not None:  # perhaps a view of what was changed since
            input = history.resolve(input, node)
            index = input.index
        value = input.value
        if getattr(contribution, "shape", None) != value.shape or contribution.dtype is not value.dtype:
            contribution = fitted(contribution, node, slot, value)
        if index in arrived:
            total = arrived[index][1] + contribution  # not in place: the edge before keeps its own total
        else:
            total = contribution
            heappush(waiting, -index)
        arrived[index] = input, total
        if cross is not None:
            cross(Edge(node, slot, input, upstream, contribution, total))

    while waiting:
        index = -heappop(waiting)
        if index < oldest:
            break
        node, upstream = arrived.pop(index)
        op = node.op
        if node.watched or (op is None if wanted is None else id(node) in wanted):
            upstream = arrive(node, upstream)
        if op is None:
            continue
        if node.first is None:
            raise FreedError(
                f"the tape behind {op.name} was freed by an earlier backward pass, to save memory; "
                "compute the forward pass again, or call the earlier one as backward(retain_graph=True)"
            )
        visited[op].append(node)
        if on_arrays and index > history.latest and not node.params:
            (op.hand or hand_of(op))(node, upstream, give)
        else:
            in_general(node, upstream, give, read, history)
    return visited
