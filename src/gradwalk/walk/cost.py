"""What a gradient costs: multiplications for every path by itself, for forward mode and for reverse mode.

Counted are the multiplications of local derivatives with each other (the local derivatives themselves cost the same in
all three). A path of k factors takes k − 1. For tensors, each entry's links count one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gradwalk.ops.shape import fold
from gradwalk.walk.model import Node, WalkData
from gradwalk.walk.record import gradient_name
from gradwalk.walk.rules import op_of, run, vjp
from gradwalk.walk.walk import RENDERERS

DENSE = 4_000_000  # a Jacobian with at most this many entries is looked at one by one


@dataclass(frozen=True)
class Cost:
    """Multiplications in three ways; ``shared`` names factors with the number of paths that contain them.

    ``saved_entries`` and ``saved_bytes`` are what the ops kept for their backward pass. ``estimated`` says that some
    op's pattern was too large to look at, and was counted as if every entry depended on every other.
    """

    path_by_path: int
    forward_mode: int
    reverse_mode: int
    paths: int
    leaves: int
    shared: tuple[tuple[str, int], ...]
    saved_entries: int
    saved_bytes: int
    estimated: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return RENDERERS["cost"](self)

    __repr__ = __str__


Pull = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge between nodes: ``pull`` carries counts per entry backward, ``links`` is its number of single links."""

    node: Node
    input: Node
    pull: Pull
    links: int


def cost(walk: WalkData) -> Cost:
    """Count the multiplications that the first turn's gradients take in each of the three ways."""
    nodes = list(walk.in_turn(0))
    output = walk.outputs()[0]
    estimated: list[str] = []
    edges = [edge for node in reversed(nodes) if node.id in walk.gradients for edge in _edges(walk, node, estimated)]
    leaves = [node for node in nodes if node.is_leaf and node.id in walk.gradients]
    above = _paths_above(edges, output)
    paths = sum(int(np.sum(above[leaf.id][0])) for leaf in leaves)
    factors = sum(int(np.sum(above[leaf.id][1])) for leaf in leaves)
    saved = _saved(walk, nodes)
    return Cost(
        path_by_path=factors - paths,
        forward_mode=sum(leaf.size * _downstream(edges, leaf) for leaf in leaves),
        reverse_mode=sum(edge.links for edge in edges if edge.node.id != output.id),
        paths=paths,
        leaves=sum(leaf.size for leaf in leaves),
        shared=_shared(edges, above, leaves) if all(node.size == 1 for node in nodes) else (),
        saved_entries=sum(node.size for node in saved),
        saved_bytes=sum(node.size * np.dtype(node.dtype).itemsize for node in saved),
        estimated=bool(estimated),
    )


def _edges(walk: WalkData, node: Node, estimated: list[str]) -> list[Edge]:
    if node.op is None:
        return []
    inputs = [walk.nodes[i] for i in node.inputs]
    made = []
    for slot, source in enumerate(inputs):
        if source.wants_gradient and op_of(node).rule(slot) is not None:
            pull = _pull(node, slot, inputs, estimated)
            made.append(Edge(node, source, pull, int(np.sum(pull(_ones(node))))))
    return made


def _ones(node: Node) -> Any:
    """Ones as Python integers: path counts outgrow every fixed-size integer."""
    return np.full(node.shape, 1, dtype=object)


def _pull(node: Node, slot: int, inputs: Sequence[Node], estimated: list[str]) -> Pull:
    """How counts flow over one edge: along each link, whatever its value."""
    source = inputs[slot]
    if op_of(node).elementwise or node.size == 1 == source.size:
        return lambda counts: np.asarray(fold(counts, shape=source.shape), dtype=object).reshape(source.shape)
    if node.size * source.size <= DENSE:
        return _sparse_pull(source, *np.nonzero(_pattern(node, slot, inputs)))
    if op_of(node).linear:
        return _linear_pull(node, slot, inputs)
    estimated.append(node.name)
    return lambda counts: np.full(source.shape, counts.sum(), dtype=object)


def _pattern(node: Node, slot: int, inputs: Sequence[Node]) -> Any:
    """Which entries of the node depend on which of the input: the Jacobian at generic values, as True and False."""
    values = _generic(node, inputs)
    out = np.asarray(run(node, values))
    rows = [np.ravel(vjp(node, slot, row.reshape(node.shape), out, values)) != 0 for row in np.eye(node.size)]
    return np.array(rows).reshape(node.size, inputs[slot].size)


def _sparse_pull(source: Node, rows: Any, columns: Any) -> Pull:
    """Carry counts along the links from entries ``rows`` of a node to entries ``columns`` of its input."""

    def pull(counts: Any) -> Any:
        total = np.zeros(source.size, dtype=object)
        np.add.at(total, columns, counts.ravel()[rows])
        return total.reshape(source.shape)

    return pull


def _generic(node: Node, inputs: Sequence[Node]) -> list[Any]:
    if op_of(node).linear:
        return [np.ones(x.shape) if x.dtype.startswith("float") else np.asarray(x.value) for x in inputs]
    random = np.random.default_rng(0)
    return [random.uniform(0.5, 1.5, x.shape) if x.dtype.startswith("float") else np.asarray(x.value) for x in inputs]


def _linear_pull(node: Node, slot: int, inputs: Sequence[Node]) -> Pull:
    """A linear op at ones has one and the same coefficient on every link (1, or 1/n for a mean)."""
    values = _generic(node, inputs)
    out = np.asarray(run(node, values))
    first = np.zeros(node.size)
    first[0] = 1
    coefficient = float(np.max(np.abs(vjp(node, slot, first.reshape(node.shape), out, values)))) or 1.0

    def pull(counts: Any) -> Any:
        spread = np.abs(vjp(node, slot, counts.astype(float), out, values)) / coefficient
        return np.vectorize(lambda count: round(count), otypes=[object])(spread)

    return pull


def _paths_above(edges: Sequence[Edge], output: Node) -> Mapping[int, tuple[Any, Any]]:
    """For every entry: how many paths lead to it from the output, and how many factors they have in all."""
    above: dict[int, tuple[Any, Any]] = {output.id: (_ones(output), np.asarray(_ones(output) * 0, dtype=object))}
    for edge in edges:
        counts, factors = above[edge.node.id]
        more, longer = edge.pull(counts), edge.pull(np.asarray(factors + counts, dtype=object))
        so_far = above.get(edge.input.id)
        above[edge.input.id] = (more, longer) if so_far is None else (_sum(so_far[0], more), _sum(so_far[1], longer))
    return above


def _sum(a: Any, b: Any) -> Any:
    """A sum that stays an array: without dimensions, NumPy would hand back a bare integer."""
    return np.asarray(a + b, dtype=object)


def _downstream(edges: Sequence[Edge], leaf: Node) -> int:
    """Links that one forward-mode pass for a leaf crosses, after its first (where it still carries 1)."""
    reached, total = {leaf.id}, 0
    for edge in reversed(edges):
        if edge.input.id in reached:
            reached.add(edge.node.id)
            total += edge.links if edge.input.id != leaf.id else 0
    return total


def _shared(
    edges: Sequence[Edge], above: Mapping[int, tuple[Any, Any]], leaves: Sequence[Node], most: int = 12
) -> tuple[tuple[str, int], ...]:
    below: dict[int, int] = defaultdict(int, {leaf.id: 1 for leaf in leaves})
    for edge in reversed(edges):
        below[edge.node.id] += below[edge.input.id]
    named = [
        (gradient_name(e.node.name, e.input.name), int(above[e.node.id][0].item()) * below[e.input.id]) for e in edges
    ]
    several = [(name, times) for name, times in named if times > 1]
    return tuple(sorted(several, key=lambda pair: -pair[1])[:most])


def _saved(walk: WalkData, nodes: Sequence[Node]) -> list[Node]:
    """The distinct values that ops keep for their backward pass."""
    kept: dict[int, Node] = {}
    for node in nodes:
        if node.op is None or node.id not in walk.gradients:
            continue
        operation = op_of(node)
        for slot, key in enumerate(node.inputs):
            if not walk.nodes[key].wants_gradient:
                continue
            for name in operation.saves(slot):
                ids = (
                    [node.id]
                    if name == "out"
                    else node.inputs
                    if operation.variadic
                    else [node.inputs[operation.inputs.index(name)]]
                )
                kept |= {i: walk.nodes[i] for i in ids}
    return list(kept.values())
