"""Is it right? Every gradient of a walk against finite differences, against a replay, and against PyTorch."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradwalk.differences import central_difference
from gradwalk.walk.model import Node, Tick, WalkData, unhurried
from gradwalk.walk.replay import backward, forward, restored
from gradwalk.walk.walk import RENDERERS

MOST_ENTRIES = 400  # of one leaf that are differenced; more would take minutes, and an even sample shows as much

Engine = Callable[[Sequence[Node], int], dict[int, Any]]
Loader = Callable[[], Engine | None]


class NotYet(Exception):
    """An engine is still at work: ask it again soon."""


def load_pytorch() -> Engine | None:
    """PyTorch's gradients for the same nodes, when PyTorch is installed."""
    if importlib.util.find_spec("torch") is None:
        return None
    engine: Engine = importlib.import_module("gradwalk.torch.reference").gradients
    return engine


# name -> a loader of another engine that computes the same gradients, or None where it isn't installed
REFERENCES: dict[str, Loader] = {"PyTorch": load_pytorch}


@dataclass(frozen=True)
class Line:
    """One leaf's gradient and what others say of it; ``differences`` are the worst relative ones, by reference."""

    name: str
    node: int
    gradient: Any
    found: dict[str, Any]
    differences: dict[str, float]
    ok: bool


@dataclass(frozen=True)
class Check:
    """The verdict on a walk: ``ok`` when every gradient agrees with every reference; ``pending`` ones are still at work."""

    lines: tuple[Line, ...]
    references: tuple[str, ...]
    notes: tuple[str, ...]
    replayed: bool
    pending: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return self.replayed and all(line.ok for line in self.lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        lines = [
            {"name": line.name, "gradient": _plain(line.gradient), "found": {k: _plain(v) for k, v in line.found.items()},
             "differences": line.differences, "ok": line.ok}
            for line in self.lines
        ]  # fmt: skip
        return {
            "ok": self.ok,
            "replayed": self.replayed,
            "references": list(self.references),
            "lines": lines,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return RENDERERS["check"](self)

    __repr__ = __str__


def _plain(value: Any) -> Any:
    return np.asarray(value).tolist()


def check(
    walk: WalkData,
    eps: float = 1e-6,
    tick: Tick = unhurried,
    turn: int = 0,
    references: Mapping[str, Loader] = REFERENCES,
) -> Check:
    """Compare each leaf's gradient (of one turn) with central differences, a replay, and PyTorch if installed."""
    walk = restored(walk)
    nodes = walk.alone(turn)
    output = walk.outputs()[turn].id
    leaves = checked_leaves(walk, turn)
    notes: list[str] = []
    asked, pending = _all_asked(references, nodes, output, notes)
    found = {"differences": _finite_differences(nodes, output, leaves, eps, notes, tick), **asked}
    replayed = _same_again(walk, nodes, output, notes)
    lines = tuple(
        _line(walk, node, {name: answers[node.id] for name, answers in found.items() if node.id in answers})
        for node in leaves
    )
    return Check(lines, tuple(found), tuple(notes), replayed, pending)


def checked_leaves(walk: WalkData, turn: int) -> list[Node]:
    """The leaves whose gradient is compared: those of one turn that have one."""
    return [node for node in walk.leaves(turn) if node.id in walk.gradients]


def _all_asked(
    references: Mapping[str, Loader], nodes: Sequence[Node], output: int, notes: list[str]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What every reference says, and the names of those that are still at work."""
    found: dict[str, Any] = {}
    pending = []
    for name, loader in references.items():
        try:
            found |= _asked(name, loader, nodes, output, notes)
        except NotYet:
            pending.append(name)
    return found, tuple(pending)


def _asked(name: str, loader: Loader, nodes: Sequence[Node], output: int, notes: list[str]) -> dict[str, Any]:
    engine = loader()
    if engine is None:
        notes.append(f"{name} is not installed, so it wasn't asked (pip install 'gradwalk[torch]')")
        return {}
    try:
        return {name: engine(nodes, output)}
    except NotImplementedError as error:
        notes.append(f"{name} wasn't asked: {error}")
        return {}


def _same_again(walk: WalkData, nodes: Sequence[Node], output: int, notes: list[str]) -> bool:
    values = forward(nodes, {})
    for node in nodes:
        if not np.array_equal(
            np.asarray(values[node.id]), np.asarray(node.value), equal_nan=node.dtype.startswith("float")
        ):
            notes.append(f"replaying the walk gives another value for {node.name}")
            return False
    turn = walk.nodes[output].turn
    totals = {edge.input.id: edge.total for edge in backward(nodes, output, values)}
    for key, total in totals.items():
        if walk.nodes[key].turn != turn:  # what an earlier turn made has its gradient there
            continue
        if not np.allclose(total, walk.gradients[key], rtol=1e-12, atol=0, equal_nan=True):
            notes.append(f"replaying the walk gives another gradient for {walk.nodes[key].name}")
            return False
    return True


def _finite_differences(
    nodes: Sequence[Node], output: int, leaves: Sequence[Node], eps: float, notes: list[str], tick: Tick
) -> dict[int, Any]:
    values = {node.id: np.array(node.value, dtype=float) for node in leaves}

    def evaluate() -> float:
        tick()
        return float(np.asarray(forward(nodes, values)[output]).item())

    found = {}
    for node in leaves:
        differences = np.full(node.shape, np.nan)
        chosen = np.unique(np.linspace(0, max(node.size - 1, 0), min(node.size, MOST_ENTRIES)).astype(int))
        for position in chosen:
            index = tuple(int(i) for i in np.unravel_index(position, node.shape)) if node.shape else ()
            differences[index] = central_difference(evaluate, values[node.id], index, eps)
        if node.size > MOST_ENTRIES:
            notes.append(f"{node.name}: {len(chosen)} of its {node.size:,} entries were differenced, evenly spread")
        found[node.id] = differences
    return found


TOLERANCES = {"differences": 1e-5, "PyTorch": 1e-9}


def _line(walk: WalkData, node: Node, found: Mapping[str, Any]) -> Line:
    gradient = np.asarray(walk.gradients[node.id])
    scale = float(np.max(np.abs(gradient), initial=0.0, where=np.isfinite(gradient)))
    single = 1e4 if node.dtype == "float32" else 1.0
    floor = 1e-9 * (1 + abs(float(np.asarray(walk.outputs()[node.turn].value).item()))) * single
    differences = {name: _difference(gradient, np.asarray(other), scale, floor) for name, other in found.items()}
    ok = all(value <= TOLERANCES.get(name, 1e-9) * single for name, value in differences.items())
    return Line(node.name, node.id, gradient, dict(found), differences, ok)


def _difference(gradient: Any, other: Any, scale: float, floor: float) -> float:
    """The worst difference relative to the leaf's largest gradient; entries that weren't differenced don't count."""
    asked = ~np.isnan(other) | np.isnan(gradient)
    same = (gradient == other) | (np.isnan(gradient) & np.isnan(other))
    off = np.where(asked & ~same, np.abs(gradient - other), 0.0)
    off = np.where(np.isnan(off), np.inf, off)
    worst = float(np.max(off, initial=0.0))
    return worst / max(scale, 1e-300) if worst > floor else min(worst / max(scale, 1e-300), 1e-9)
