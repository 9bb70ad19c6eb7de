"""From tensors to single numbers: every link of the chain between the output and one entry of one node.

Only what lies between the two is unfolded. Which entries those are is found going forward from the asked entry; the local
derivatives are then read going backward from the output, as slices of each op's VJP. Links are *structural*: a factor
that happens to be zero (a dead relu, a zero weight) is still a link, because it is the answer to "why is this zero?".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradwalk.walk.model import Elided, Node, Tick, WalkData, WalkError, unhurried
from gradwalk.walk.rules import local_derivative, op_of, run, vjp

LIMIT = 200_000  # links; beyond it nobody reads them, and memory suffers

Vertex = tuple[int, int]  # a node's id, and the position of one entry in it


@dataclass(frozen=True, slots=True)
class Link:
    """One factor of the chain rule between single numbers: ``local`` = ∂(entry of consumer)/∂(entry of input)."""

    consumer: Vertex
    input: Vertex
    slot: int
    local: float


def unfold(walk: WalkData, target: Node, position: int, tick: Tick = unhurried) -> list[Link]:
    """All links on paths from the output to one entry of ``target``, consumers first."""
    turn = list(walk.in_turn(target.turn))
    output = walk.outputs()[target.turn].id
    dependents = _dependents(turn, walk.nodes, target, position, tick)
    links: list[Link] = []
    if output not in dependents:
        return links
    reached: dict[int, set[int]] = {output: {0}}
    for node in reversed(turn):
        entries = reached.pop(node.id, None)
        if entries is None or node.op is None or node.id == target.id:
            continue
        for slot, key in enumerate(node.inputs):
            if key not in dependents or not walk.nodes[key].wants_gradient or op_of(node).rule(slot) is None:
                continue
            for link in _links(walk, node, slot, sorted(entries), dependents[key], tick):
                links.append(link)
                reached.setdefault(key, set()).add(link.input[1])
            if len(links) > LIMIT:
                raise WalkError(
                    f"{target.name} is reached over more than {LIMIT:,} links between single numbers; ask for a node nearer to "
                    "the output, or look at the gradient's steps instead"
                )
    return links


def _dependents(turn: Sequence[Node], nodes: Sequence[Node], target: Node, position: int, tick: Tick) -> dict[int, Any]:
    """For each node that depends on the asked entry: which of its entries do (a flat mask)."""
    mask = np.zeros(target.size, dtype=bool)
    mask[position] = True
    found = {target.id: mask}
    for node in turn:
        tick()
        touched = [slot for slot, key in enumerate(node.inputs) if key in found] if node.op else []
        if touched and node.wants_gradient:
            spread = _spread(node, touched, [nodes[i] for i in node.inputs], found)
            if spread.any():
                found[node.id] = spread
    return found


def _spread(node: Node, touched: Sequence[int], inputs: Sequence[Node], found: Mapping[int, Any]) -> Any:
    if node.size == 1:
        return np.ones(1, dtype=bool)
    if op_of(node).elementwise:
        masks = [np.broadcast_to(found[inputs[slot].id].reshape(inputs[slot].shape), node.shape) for slot in touched]
        return np.logical_or.reduce(masks).ravel()
    return _poisoned(node, inputs, {slot: found[inputs[slot].id] for slot in touched})


def _poisoned(node: Node, inputs: Sequence[Node], masks: Mapping[int, Any]) -> Any:
    """Put NaN into the marked entries and see where it comes out: 0 · NaN is NaN, so zeros hide nothing."""
    values = []
    for slot, x in enumerate(inputs):
        value = _value(x)
        if slot in masks:
            value = np.where(masks[slot].reshape(x.shape), np.nan, value.astype(float))
        values.append(value)
    try:
        out = np.asarray(run(node, values))
    except (ValueError, TypeError, FloatingPointError):
        return np.ones(node.size, dtype=bool)
    return np.isnan(out.astype(float)).ravel()


def _value(node: Node) -> Any:
    if isinstance(node.value, Elided):
        raise WalkError(f"{node.name} was too large to be stored with the walk; replay the walk first (walk.replay())")
    return np.asarray(node.value)


def _links(walk: WalkData, node: Node, slot: int, entries: Sequence[int], wanted: Any, tick: Tick) -> Iterator[Link]:
    inputs = [walk.nodes[i] for i in node.inputs]
    source = inputs[slot]
    if (node.size == 1 and source.size == 1) or op_of(node).elementwise:
        yield from _diagonal(node, slot, inputs, entries, wanted)
        return
    values = [_value(x) for x in inputs]
    for entry in entries:
        tick()
        row = _row(node, slot, entry, _value(node), values)
        pattern = (row != 0) | _pattern(node, slot, entry, values)
        chosen = np.flatnonzero(pattern & wanted)
        if not chosen.size:
            chosen = np.array(
                [i for i in np.flatnonzero(wanted) if _reaches(node, slot, int(i), entry, inputs, tick)], dtype=int
            )
        for i in chosen:
            yield Link((node.id, entry), (source.id, int(i)), slot, float(row[i]))


def _diagonal(node: Node, slot: int, inputs: Sequence[Node], entries: Sequence[int], wanted: Any) -> Iterator[Link]:
    source = inputs[slot]
    local = np.ravel(local_derivative(node, slot, inputs))
    origin = (
        np.broadcast_to(np.arange(source.size).reshape(source.shape), node.shape).ravel()
        if node.size > 1
        else np.zeros(1, int)
    )
    for entry in entries:
        if wanted[origin[entry]]:
            yield Link((node.id, entry), (source.id, int(origin[entry])), slot, float(local[entry]))


def _row(node: Node, slot: int, entry: int, out: Any, values: Sequence[Any]) -> Any:
    """One row of the Jacobian: the VJP of a single 1."""
    upstream = np.zeros(node.size)
    upstream[entry] = 1
    return np.ravel(vjp(node, slot, upstream.reshape(node.shape), out, values))


def _pattern(node: Node, slot: int, entry: int, values: Sequence[Any]) -> Any:
    """Where a row could be non-zero, whatever zeros the values happen to hold: the row at generic values."""
    random = np.random.default_rng(0)
    generic = [random.uniform(0.5, 1.5, v.shape) if v.dtype.kind == "f" and not op_of(node).linear else
               np.ones_like(v) if v.dtype.kind == "f" else v for v in values]  # fmt: skip
    try:
        return _row(node, slot, entry, np.asarray(run(node, generic)), generic) != 0
    except (ValueError, TypeError):
        return np.zeros(np.size(values[slot]), dtype=bool)


def _reaches(node: Node, slot: int, position: int, entry: int, inputs: Sequence[Node], tick: Tick) -> bool:
    tick()
    mask = np.zeros(inputs[slot].size, dtype=bool)
    mask[position] = True
    return bool(_poisoned(node, inputs, {slot: mask})[entry])
