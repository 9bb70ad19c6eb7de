"""In which order a graph's nodes are computed: level by level, like ones together."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gradwalk.program.scalar.graph import Array, Computing, Graph


class Schedule(NamedTuple):
    """Runs of like nodes that don't read each other. Results lie in the order of the runs, behind what is given.

    A row of ``runs`` has a run's kind, its first place, and where its operands begin; a last row ends the last run. ``kinds`` has for each kind its op, and which inputs want gradients.
    ``output`` is where the graph's last result lies.
    """

    runs: Array
    operands: Array
    kinds: list[tuple[Computing, tuple[bool, ...]]]
    output: int


def schedule(graph: Graph, level: Any) -> Schedule:
    """Order a graph's nodes; ``level`` computes `levels`, perhaps compiled."""
    count, given = len(graph.ops), graph.given
    kinds, kind = kinds_of(graph)
    depth = level(graph.begins, graph.operands, given, np.zeros(given + count, np.int32))[given:]
    key = depth.astype(np.int64) * len(kinds) + kind
    order = np.argsort(key.astype(np.min_scalar_type(key.max())), kind="stable")  # 16 bits are sorted in no time
    begins, operands = moved(graph, order)
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    runs = np.zeros((len(first) + 1, 3), np.int32)
    runs[:-1] = np.stack([kind[order[first]], given + first, begins[first]], axis=1)
    runs[-1] = 0, given + count, len(operands)
    return Schedule(runs, operands, kinds, given + int(np.flatnonzero(order == count - 1)[0]))


def moved(graph: Graph, order: Array) -> tuple[Array, Array]:
    """Where each result's operands begin in another order, and the operands in that order."""
    arity = np.diff(graph.begins)[order]
    begins = np.cumsum(arity) - arity
    sources = np.repeat(graph.begins[order] - begins, arity) + np.arange(len(graph.operands))
    places = np.arange(len(graph.wants), dtype=np.int32)
    places[graph.given + order] = places[graph.given :].copy()
    return begins, places[graph.operands[sources]]


def kinds_of(graph: Graph) -> tuple[list[tuple[Computing, tuple[bool, ...]]], Array]:
    """What makes nodes alike, each once: the op, and which of its inputs want gradients; and each node's kind."""
    arity = np.diff(graph.begins)
    slots = np.arange(len(graph.operands)) - np.repeat(graph.begins[:-1], arity)
    wanting = np.add.reduceat(graph.wants[graph.operands].astype(np.int64) << slots, graph.begins[:-1])  # bit by bit
    widest = 1 << int(arity.max())
    code = graph.ops * widest + wanting
    present = np.flatnonzero(np.bincount(code))
    number = np.zeros(present[-1] + 1, np.int32)
    number[present] = np.arange(len(present))
    kinds = []
    for found in present.tolist():
        computing, bits = graph.computing[found // widest], found % widest
        kinds.append((computing, tuple(bool(bits >> slot & 1) for slot in range(len(computing[0].inputs)))))
    return kinds, number[code]


def levels(begins: Array, operands: Array, given: int, depth: Array) -> Array:
    """How far each place is from what is given: one further than the furthest that it reads."""
    for node in range(len(begins) - 1):
        furthest = 0
        for position in range(begins[node], begins[node + 1]):
            furthest = max(furthest, depth[operands[position]])
        depth[given + node] = furthest + 1
    return depth
