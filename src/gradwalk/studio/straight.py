"""Why a network without hidden layers fails: places that no straight line tells apart, and what its best loss is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gradwalk.formula import number

Array = npt.NDArray[np.float64]
SMALL = 1e-3  # a gradient's norm below which a valley's bottom is reached, to three digits of the loss


# --- places that no line tells apart ---------------------------------------------------------------------------------------


def tangle(first: Array, second: Array) -> Array | None:
    """Up to three places of each class, (2, 3, 2), whose segments or triangles share a place; None where a straight line
    has all of ``first`` on one side and all of ``second`` on the other.

    Four places suffice (Kirchberger's theorem): two segments that cross, or a place in a triangle. Lacking places repeat.

    >>> tangle(np.array([[0.0, 0], [1, 1]]), np.array([[0.0, 1], [1, 0]])).tolist()
    [[[0.0, 0.0], [1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]]
    """
    hulls = hull(first), hull(second)
    for one, other in ((a, b) for a in edges(hulls[0]) for b in edges(hulls[1])):
        if crosses(one, other):
            return np.stack([one[[0, 1, 1]], other[[0, 1, 1]]])
    for place, (inner, outer) in enumerate((hulls, hulls[::-1])):
        triangle = around(inner[0], outer)
        if triangle is not None:
            found = np.stack([inner[[0, 0, 0]], triangle])
            return found if place == 0 else found[::-1]
    return None


def hull(places: Array) -> Array:
    """The corners of the convex hull, counter-clockwise (Andrew's monotone chain)."""
    ordered = np.unique(places, axis=0)
    if len(ordered) < 3:
        return ordered
    return np.array(_half(ordered)[:-1] + _half(ordered[::-1])[:-1])


def _half(ordered: Array) -> list[Array]:
    corners: list[Array] = []
    for place in ordered:
        while len(corners) > 1 and turn(corners[-2], corners[-1], place) <= 0:
            corners.pop()
        corners.append(place)
    return corners


def turn(a: Array, b: Array, c: Array) -> float:
    """Above 0 where the way from a over b to c turns left, 0 where it goes straight on."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def edges(corners: Array) -> list[Array]:
    """The sides of a hull; a hull of two corners has one, of one corner none."""
    closed = corners if len(corners) < 3 else np.concatenate([corners, corners[:1]])
    return [np.stack(pair) for pair in pairwise(closed)]


def crosses(one: Array, other: Array) -> bool:
    """Whether two segments share a place that is inside of both."""
    (a, b), (c, d) = one, other
    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0


def around(place: Array, corners: Array) -> Array | None:
    """Three of a hull's corners with the place between them, or None."""
    for b, c in pairwise(corners[1:]):
        triangle = np.stack([corners[0], b, c])
        if all(turn(triangle[i], triangle[(i + 1) % 3], place) >= 0 for i in range(3)):
            return triangle
    return None


# --- in words ----------------------------------------------------------------------------------------------------------------


def tangled(found: Array, classes: tuple[str, ...]) -> str:
    """Why these places can't be told apart."""
    shapes = [_shape(places, name) for places, name in zip(found, classes, strict=True)]
    return (
        f"no straight line separates these classes: {shapes[0]} and {shapes[1]} share a place, which would have to be on "
        "both sides of it; a hidden layer can bend the plane"
    )


def _shape(places: Array, name: str) -> str:
    corners = [f"({number(float(x), 3)}, {number(float(y), 3)})" for x, y in dict.fromkeys(map(tuple, places.tolist()))]
    kind = {1: "the point", 2: "the segment between", 3: "the triangle of"}[len(corners)]
    return f"{kind} {' and '.join(corners) if len(corners) == 2 else ', '.join(corners)} of class {name}"


def at_rest(pulls: Array, loss: float, share: float) -> Iterator[str]:
    """What it means when the pulls of the rows cancel although the loss isn't 0; ``share`` of the rows are of class 1."""
    length = float(np.linalg.norm(pulls.sum(0)))
    if length >= SMALL:
        return
    yield (
        f"the {len(pulls)} rows pull with {number(float(np.abs(pulls).max()))} at most, and together with {number(length)}: "
        "they cancel, so nothing moves any more; the loss of a single layer has one valley only, so no other line does better"
    )
    guessed = -sum(chance * np.log(chance) for chance in (share, 1 - share) if chance)
    if abs(loss - guessed) < SMALL:
        same = " = ln 2" if share == 0.5 else ""
        yield f"the loss {number(loss)} is that of giving every row the same chance, {number(share)}: {number(guessed)}{same}"
