"""The backward pass: consumers before their inputs, one edge at a time.

This module knows nothing of `Tensor`. A *node* is any `Reader` with ``params``, ``value``, ``index`` and ``requires_grad``;
what the rules are read on (arrays or Tensors) is for the caller to choose.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, NamedTuple

from gradwalk.contributions import History, Node, Reading, contributions, values
from gradwalk.errors import BackwardError


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


def sweep(
    output: Node,
    seed: Any,
    read: Reading = values,
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
    read: Reading = values,
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
    while waiting:
        _, key, node = heappop(waiting)
        if node.index < oldest:
            return
        upstream = totals.pop(key)
        if arrive is not None:
            upstream = arrive(node, upstream)
        if node.op is None:
            continue
        if node.first is None:
            raise FreedError(
                f"the tape behind {node.op.name} was freed by an earlier backward pass, to save memory; "
                "compute the forward pass again, or call the earlier one as backward(retain_graph=True)"
            )
        for slot, input, contribution in contributions(node, upstream, read, history):
            key = id(input)
            if key in totals:
                total = totals[key] + contribution  # not in place: the edge before keeps its own total
            else:
                total = contribution
                heappush(waiting, (-input.index, key, input))
            totals[key] = total
            if cross is not None:
                cross(Edge(node, slot, input, upstream, contribution, total))
