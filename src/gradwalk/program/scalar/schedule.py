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
    code = codes(graph)
    depth = level(graph.begins, graph.operands, given, np.zeros(given + count, np.int32))[given:]
    key = depth.astype(np.int64) * (int(code.max()) + 1) + code
    order = np.argsort(key.astype(np.min_scalar_type(key.max())), kind="stable")  # 16 bits are sorted in no time
    begins, operands = moved(graph, order)
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    distinct, kind = np.unique(code[order[first]], return_inverse=True)
    runs = np.zeros((len(first) + 1, 3), np.int32)
    runs[:-1] = np.stack([kind, given + first, begins[first]], axis=1)
    runs[-1] = 0, given + count, len(operands)
    kinds = [kind_of(graph, code) for code in distinct.tolist()]
    return Schedule(runs, operands, kinds, given + int(np.flatnonzero(order == count - 1)[0]))


def moved(graph: Graph, order: Array) -> tuple[Array, Array]:
    """Where each result's operands begin in another order, and the operands in that order."""
    arity = np.diff(graph.begins)[order]
    begins = np.cumsum(arity) - arity
    sources = np.repeat(graph.begins[order] - begins, arity) + np.arange(len(graph.operands))
    places = np.arange(len(graph.wants), dtype=np.int32)
    places[graph.given + order] = places[graph.given :].copy()
    return begins, places.take(graph.operands.take(sources))  # twice as fast as in brackets


def codes(graph: Graph) -> Array:
    """A number for what makes nodes alike: in its last bits which inputs want gradients, before those the op."""
    arity = np.diff(graph.begins)
    slots = np.arange(len(graph.operands), dtype=np.int32) - np.repeat(graph.begins[:-1], arity)
    wanting = np.add.reduceat(graph.wants.take(graph.operands) << slots, graph.begins[:-1])
    return (graph.ops << widest(graph)) + wanting


def kind_of(graph: Graph, code: int) -> tuple[Computing, tuple[bool, ...]]:
    """What a number of `codes` stands for."""
    computing = graph.computing[code >> widest(graph)]
    return computing, tuple(bool(code >> slot & 1) for slot in range(len(computing[0].inputs)))


def widest(graph: Graph) -> int:
    """The most inputs that an op has."""
    return max(len(op.inputs) for op, _ in graph.computing)


def levels(begins: Array, operands: Array, given: int, depth: Array) -> Array:
    """How far each place is from what is given: one further than the furthest that it reads."""
    for node in range(len(begins) - 1):
        furthest = 0
        for position in range(begins[node], begins[node + 1]):
            furthest = max(furthest, depth[operands[position]])
        depth[given + node] = furthest + 1
    return depth
