"""Points in the plane that belong to classes: the classical problems, made from a seed.

Each maker takes how many points, how much noise (the standard deviation of what is added to both coordinates) and a
seed, or a generator of the caller's own; no global state is read or changed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gradwalk.data.dataset import DataError, Dataset, Floats, Seed

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def points(
    name: str, places: Floats, labels: npt.NDArray[np.int64], description: str, noise: float = 0, seed: Seed = 0
) -> Dataset:
    """A dataset of points with noise: two classes are told apart by one number, more by a score for each."""
    binary = int(labels.max()) == 1
    return Dataset(
        name=name,
        inputs=noisy(name, places, noise, seed),
        targets=labels.astype(np.float64)[:, None] if binary else labels,
        task="binary" if binary else "classes",
        columns=("x1", "x2"),
        target="class",
        description=description,
        classes=tuple(str(label) for label in range(labels.max() + 1)),
    )


def noisy(name: str, values: Floats, noise: float, seed: Seed) -> Floats:
    """The values with normal noise of this standard deviation added."""
    if not 0 <= noise < np.inf:
        raise DataError(f"{name}: noise={noise}: a standard deviation is a number from 0 up")
    return values + noise * np.random.default_rng(seed).standard_normal(values.shape)


def at_least(name: str, setting: str, value: int, least: int) -> None:
    """An error for too few points, or too few classes."""
    if value < least:
        raise DataError(f"{name}: {setting}={value}: at least {least} are needed")


def halves(count: int) -> tuple[int, int]:
    """How many points go to each of two classes; an odd one goes to the second."""
    return count // 2, count - count // 2


def drawn(places: Sequence[Sequence[float]] | Floats, classes: Sequence[int]) -> Dataset:
    """Points that someone placed by hand, and the class of each (any whole numbers; they are counted anew from 0).

    >>> drawn([[0, 0], [1, 1], [1, 0]], classes=[3, 7, 3]).targets.ravel().tolist()
    [0.0, 1.0, 0.0]
    """
    placed = np.asarray(places, np.float64)
    if placed.ndim != 2 or placed.shape[1] != 2 or len(placed) != len(classes) or not np.isfinite(placed).all():
        raise DataError("drawn: a point is two finite numbers, and each has a class")
    present, labels = np.unique(np.asarray(classes), return_inverse=True)
    at_least("drawn", "classes", len(present), 2)
    return points("drawn", placed, labels.astype(np.int64), "points placed by hand")


def xor(count: int = 4, noise: float = 0.0, seed: Seed = 0) -> Dataset:
    """Exclusive or: the corners of a square, 1 where exactly one coordinate is 1. No straight line separates them.

    More than four points go round the corners in turn.

    >>> xor().inputs.tolist(), xor().targets.ravel().tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])
    """
    at_least("xor", "count", count, 4)
    corners = CORNERS[np.arange(count) % 4]
    labels = (corners[:, 0] != corners[:, 1]).astype(np.int64)
    return points("xor", corners, labels, "1 where exactly one of two inputs is 1", noise, seed)


def moons(count: int = 200, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Two half circles that reach into each other: (cos t, sin t) and (1 − cos t, ½ − sin t), t evenly from 0 to π.

    The places are scikit-learn's ``make_moons`` (the noise is another stream of numbers).
    """
    at_least("moons", "count", count, 2)
    t = [np.linspace(0, np.pi, half) for half in halves(count)]
    upper, lower = np.stack([np.cos(t[0]), np.sin(t[0])], 1), np.stack([1 - np.cos(t[1]), 0.5 - np.sin(t[1])], 1)
    labels = np.repeat([0, 1], halves(count))
    return points("moons", np.concatenate([upper, lower]), labels, "two half circles, interleaved", noise, seed)


def circles(count: int = 200, noise: float = 0.05, seed: Seed = 0, factor: float = 0.5) -> Dataset:
    """A circle inside another: (cos t, sin t), and ``factor`` times that for class 1, t evenly round the circle.

    The places are scikit-learn's ``make_circles`` (whose factor is 0.8 unless told otherwise).
    """
    at_least("circles", "count", count, 2)
    if not 0 <= factor < 1:
        raise DataError(f"circles: factor={factor}: the inner circle's radius is a share of the outer's, 0 to below 1")
    t = np.concatenate([np.linspace(0, 2 * np.pi, half, endpoint=False) for half in halves(count)])
    labels = np.repeat([0, 1], halves(count))
    radius = np.where(labels == 1, factor, 1.0)
    places = radius[:, None] * np.stack([np.cos(t), np.sin(t)], 1)
    return points("circles", places, labels, "a circle inside another", noise, seed)


def spirals(count: int = 300, noise: float = 0.02, seed: Seed = 0, classes: int = 3, turns: float = 0.75) -> Dataset:
    """Arms that wind outwards from a common centre, one for each class, each ``turns`` of a full turn long."""
    at_least("spirals", "classes", classes, 2)
    at_least("spirals", "count", count, classes)
    labels = np.sort(np.arange(count) % classes)
    radius = np.concatenate([np.linspace(0.05, 1, int(size)) for size in np.bincount(labels)])
    angle = 2 * np.pi * (labels / classes + turns * radius)
    places = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return points("spirals", places, labels, f"{classes} arms of a spiral", noise, seed)


def gaussians(count: int = 200, noise: float = 0.3, seed: Seed = 0, classes: int = 2) -> Dataset:
    """Clouds with normal spread ``noise`` around centres that stand evenly on the unit circle, one for each class."""
    at_least("gaussians", "classes", classes, 2)
    at_least("gaussians", "count", count, classes)
    labels = np.sort(np.arange(count) % classes)
    angle = 2 * np.pi * labels / classes
    centres = np.stack([np.cos(angle), np.sin(angle)], 1)
    return points("gaussians", centres, labels, f"{classes} clouds of points", noise, seed)
