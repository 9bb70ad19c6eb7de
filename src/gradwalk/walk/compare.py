"""Two walks side by side: the first node that differs, and what followed from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gradwalk.walk.model import Elided, Node, WalkData
from gradwalk.walk.record import gradient_name
from gradwalk.walk.save import elide
from gradwalk.walk.walk import RENDERERS


@dataclass(frozen=True, slots=True)
class Difference:
    """One value or gradient that differs: the two, and the largest relative change."""

    name: str
    kind: str  # "value" or "gradient"
    before: Any
    after: Any
    change: float
    turn: int = 0


@dataclass(frozen=True)
class Comparison:
    """Where two walks part (``sentence``) and every difference, in the order things happened."""

    sentence: str
    differences: tuple[Difference, ...]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.differences or self.only_before or self.only_after)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        document = asdict(self)
        for item in document["differences"]:
            item |= {"before": np.asarray(item["before"]).tolist(), "after": np.asarray(item["after"]).tolist()}
        return document

    def __str__(self) -> str:
        return RENDERERS["compare"](self)

    __repr__ = __str__


Key = tuple[int, str]


def compare(before: WalkData, after: WalkData) -> Comparison:
    """Compare two walks node by node, matched by name within each turn."""
    ours, theirs = _by_name(before), _by_name(after)
    differences = (*_values(ours, theirs), *_gradients(before, after, ours, theirs))
    only_before = tuple(name for turn, name in ours if (turn, name) not in theirs)
    only_after = tuple(name for turn, name in theirs if (turn, name) not in ours)
    return Comparison(
        _sentence(before, differences, only_before, only_after, ours, theirs), differences, only_before, only_after
    )


def _by_name(walk: WalkData) -> dict[Key, Node]:
    return {(node.turn, node.name): node for node in walk.nodes if node.role != "constant" or node.size > 1}


def _values(ours: Mapping[Key, Node], theirs: Mapping[Key, Node]) -> Iterator[Difference]:
    for key, node in ours.items():
        if key in theirs and not _same(node.value, theirs[key].value):
            yield _difference(node.name, "value", node.value, theirs[key].value, node.turn)


def _gradients(
    before: WalkData, after: WalkData, ours: Mapping[Key, Node], theirs: Mapping[Key, Node]
) -> Iterator[Difference]:
    for key, node in reversed(list(ours.items())):
        if key not in theirs:
            continue
        mine, other = before.gradients.get(node.id), after.gradients.get(theirs[key].id)
        if mine is not None and other is not None and not _same(mine, other):
            name = gradient_name(before.outputs()[node.turn].name, node.name)
            yield _difference(name, "gradient", mine, other, node.turn)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, Elided) or isinstance(b, Elided):
        return (a if isinstance(a, Elided) else elide(a)) == (b if isinstance(b, Elided) else elide(b))
    a, b = np.asarray(a), np.asarray(b)
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f" and b.dtype.kind == "f"))


def _difference(name: str, kind: str, a: Any, b: Any, turn: int) -> Difference:
    return Difference(f"{name}@{turn}" if turn else name, kind, a, b, _change(a, b), turn)


def _change(a: Any, b: Any) -> float:
    """The largest change relative to what it was."""
    if isinstance(a, Elided) or isinstance(b, Elided) or np.shape(a) != np.shape(b):
        return float("nan")
    a, b = np.asarray(a, float), np.asarray(b, float)
    with np.errstate(all="ignore"):
        return float(np.max(np.abs(b - a) / np.maximum(np.abs(a), 1e-300), initial=0.0))


def _sentence(
    before: WalkData,
    differences: tuple[Difference, ...],
    gone: tuple[str, ...],
    new: tuple[str, ...],
    ours: Mapping[Key, Node],
    theirs: Mapping[Key, Node],
) -> str:
    remade = next((key for key, node in ours.items() if key in theirs and node.op != theirs[key].op), None)
    parts = []
    if remade:
        parts.append(
            f"{remade[1]} is computed by {ours[remade].op or 'nothing'} before and by {theirs[remade].op or 'nothing'} after"
        )
    if gone or new:
        parts.append(
            "; ".join(
                f"only {when}: {', '.join(names[:8])}" for when, names in (("before", gone), ("after", new)) if names
            )
        )
    values = [item for item in differences if item.kind == "value"]
    if values:
        followed = len(values) - 1
        parts.append(
            f"the first value that differs is {values[0].name}; {followed} more value{'s' * (followed != 1)} followed"
        )
    elif differences:
        parts.append(f"the values agree, and the gradients part at {differences[0].name}")
    return "; ".join(parts) or "the two walks are the same"
