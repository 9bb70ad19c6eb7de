"""How a layer's results are spread: how many values lie where, and how many units are dead or stuck at a flat end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradwalk.train.readings import FLAT, OUTPUT, at_flat_ends

BINS = 24
RANGES = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}  # what these activations can give


@dataclass(frozen=True)
class Histogram:
    """One layer on some rows: ``counts`` of its values in equal bins from ``low`` to ``high``, and how many are exactly 0.

    A relu gives so many zeros that they would dwarf all else, so they aren't in the bins. Of its ``units``, ``dead`` ones were 0 on every row, ``stuck`` ones at a flat end on every row; ``flat`` is the share
    of values at flat ends, which lie below and above the two numbers of ``ends``. The last three are None for an
    activation without flat ends.
    """

    layer: str
    counts: list[int]
    low: float
    high: float
    zeros: int
    units: int
    dead: int
    stuck: int | None
    flat: float | None
    ends: tuple[float, float] | None


def histograms(layers: Iterable[str], results: dict[str, Any], activation: str) -> list[Histogram]:
    """One for each of the layers, whose results are given by name; the last one has no activation."""
    return [histogram(layer, results[layer], "" if layer == OUTPUT else activation) for layer in layers]


def histogram(layer: str, values: Any, activation: str) -> Histogram:
    """How the results of one layer are spread: rows first, then units (of pictures: channels, then places).

    >>> found = histogram("hidden1", np.array([[0.0, 0.5], [0.0, 0.99]]), "tanh")
    >>> found.units, found.dead, found.flat
    (2, 1, 0.25)
    """
    array = np.asarray(values, np.float64)
    by_unit = np.moveaxis(array.reshape(len(array), array.shape[1], -1), 1, 0).reshape(array.shape[1], -1)
    is_zero, finite = by_unit == 0, by_unit[np.isfinite(by_unit)]
    low, high = _range(finite, *RANGES.get(activation, (0.0, 0.0)))
    counts, _ = np.histogram(finite[finite != 0], BINS, (low, high))
    zeros, dead = int(is_zero.sum()), int(is_zero.all(axis=1).sum())
    return Histogram(layer, counts.tolist(), low, high, zeros, len(by_unit), dead, *_flatness(by_unit, activation))


def _range(values: Any, low: float, high: float) -> tuple[float, float]:
    """What an activation can give, or more: dropout and residual connections lead beyond it."""
    low, high = float(values.min(initial=low)), float(values.max(initial=high))
    return (low, high) if high > low else (low, low + 1)


def _flatness(by_unit: Any, activation: str) -> tuple[int | None, float | None, tuple[float, float] | None]:
    if activation not in FLAT:
        return None, None, None
    is_flat = at_flat_ends(by_unit, activation)
    return int(np.all(is_flat, axis=1).sum()), float(is_flat.mean()), FLAT[activation]
