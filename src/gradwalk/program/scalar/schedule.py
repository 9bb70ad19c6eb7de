"""In which order a graph's nodes are computed: level by level, like ones together."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gradwalk.program.scalar.graph import Array, Computing, Graph


class Schedule(NamedTuple):
    """Runs of like nodes that don't read each other. Results lie in the order of the runs, behind what is given.

    A row of ``runs`` has a run's kind, its first place, and where its operands begin: all first inputs, then all second
    ones. A last row ends the last run. ``kinds`` has for each kind its op, and which inputs want gradients.
    ``output`` is where the graph's last result lies.
    """

    runs: Array
    operands: Array
    kinds: list[tuple[Computing, tuple[bool, ...]]]
    output: int


def schedule(graph: Graph, level: Any) -> Schedule:
    """Order a graph's nodes; ``level`` computes `levels`, perhaps compiled."""
    count, given = len(graph.ops), graph.given
    arity = np.diff(graph.begins)
    kinds, kind = kinds_of(graph, arity)
    depth = level(graph.begins, graph.operands, given, np.zeros(given + count, np.int32))[given:]
    key = depth.astype(np.int64) * len(kinds) + kind
    order = np.argsort(key.astype(np.min_scalar_type(key.max())), kind="stable")  # 16 bits are sorted in no time
    places = np.arange(given + count, dtype=np.int32)
    places[given + order] = np.arange(given, given + count, dtype=np.int32)
    key = key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    runs = np.zeros((len(first) + 1, 3), np.int32)
    runs[:-1, 0], runs[:-1, 1], runs[-1, 1] = kind[order[first]], given + first, given + count
    sizes = np.diff(runs[:, 1])
    runs[1:, 2] = np.cumsum(sizes * arity[order[first]])
    operands = np.empty(len(graph.operands), np.int32)
    within = np.arange(count) - np.repeat(first, sizes)  # a node's place in its run
    targets, widths = np.repeat(runs[:-1, 2], sizes) + within, np.repeat(sizes, sizes)
    moved, begins, arities = places[graph.operands], graph.begins[:-1][order], arity[order]
    for slot in range(int(arity.max())):
        taking = slice(None) if arity.min() > slot else arities > slot
        operands[(targets + slot * widths)[taking]] = moved[(begins + slot)[taking]]
    return Schedule(runs, operands, kinds, int(places[-1]))


def kinds_of(graph: Graph, arity: Array) -> tuple[list[tuple[Computing, tuple[bool, ...]]], Array]:
    """What makes nodes alike, each once: the op, and which of its inputs want gradients; and each node's kind."""
    wanting = np.zeros(len(arity), np.int64)
    wants = graph.wants[graph.operands]
    for slot in range(int(arity.max())):
        has = arity > slot
        wanting[has] |= wants[(graph.begins[:-1] + slot)[has]].astype(np.int64) << slot
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
