"""A tensor as a few coloured cells: green above zero, purple below, no colour at zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradwalk.views.marks import note, rectangle
from gradwalk.walk.sizes import SMALL, heat_shape

SHADES = 12  # steps from zero to the largest


def blocks(value: Any) -> np.ndarray[Any, Any]:
    """A tensor as a small matrix: each cell one entry, or the mean of a block of them where there are too many."""
    array = np.asarray(value, dtype=float)
    rows, columns = heat_shape(array.shape)
    matrix = array.reshape(-1, array.shape[-1] if array.ndim else 1)
    top, left = (
        np.linspace(0, size, count + 1).astype(int)[:-1]
        for size, count in zip(matrix.shape, (rows, columns), strict=True)
    )
    with np.errstate(all="ignore"):
        sums = np.add.reduceat(np.add.reduceat(matrix, top, 0), left, 1)
        return sums / np.outer(np.diff([*top, matrix.shape[0]]), np.diff([*left, matrix.shape[1]]))  # type: ignore[no-any-return]


def heatmap(value: Any, x: float, y: float, cell: float) -> tuple[str, float]:
    """A tensor's heatmap, and the number that its full colour stands for."""
    rows, columns = heat_shape(np.shape(value))
    frame = rectangle("heat", (x, y, columns * cell, rows * cell))
    if np.size(value) == 0:
        return frame, 0.0
    cells = blocks(value)
    finite = np.abs(cells[np.isfinite(cells)])
    scale = float(finite.max()) if finite.size else 0.0
    paths: dict[tuple[str, float], list[str]] = {}
    for (row, column), mean in np.ndenumerate(cells):
        place = f"M{x + column * cell:g} {y + row * cell:g}h{cell:g}v{cell:g}h-{cell:g}z"
        paths.setdefault(_shade(mean, scale), []).append(place)
    drawn = (_cells(kind, shade, places) for (kind, shade), places in sorted(paths.items()) if shade)
    return "".join(drawn) + frame, scale


def _cells(kind: str, shade: float, places: list[str]) -> str:
    return f'<path class="{kind}" fill-opacity="{shade:g}" d="{"".join(places)}"/>'


def _shade(mean: float, scale: float) -> tuple[str, float]:
    if np.isnan(mean):
        return "nan", 1.0
    if np.isinf(mean):
        return ("plus" if mean > 0 else "minus"), 1.0
    share = np.ceil(abs(mean) / scale * SHADES) / SHADES if scale else 0.0
    return ("plus" if mean > 0 else "minus"), round(float(share), 3)


def colour_key(x: float, y: float) -> str:
    """What a heatmap's colours mean."""
    shades = (("minus", 1.0), ("minus", 0.5), ("plus", 0.0), ("plus", 0.5), ("plus", 1.0))
    cells = [
        _cells(kind, shade, [f"M{x + 12 + 10 * i:g} {y - 8:g}h10v9h-10z"]) for i, (kind, shade) in enumerate(shades)
    ]
    return (
        "".join(cells)
        + rectangle("heat", (x + 12, y - 8, 50.0, 9.0))
        + note(x, y, "−", SMALL)
        + note(x + 67, y, "+", SMALL)
    )
