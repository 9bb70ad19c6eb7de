"""What a network says of classes, as pictures: the decision boundary, and how often which class was taken for which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradwalk.data import Dataset
from gradwalk.train.measuring import outputs, probabilities
from gradwalk.train.network import has_probability_output
from gradwalk.train.picture import Picture, answers, input_units, parts_of
from gradwalk.train.training import Training
from gradwalk.views.chart import WIDTH, axes, drawing, frame, points, spread, text
from gradwalk.views.marks import quoted
from gradwalk.views.png import data_address

GRID = 100  # cells of a boundary's map, along each side
# Ten colours for classes: teal and magenta first; each stands on light and on dark.
COLOURS = (
    "#0f8b7e", "#c2338a", "#b7791f", "#3f6fd1", "#7a5bc0", "#4f8a2b", "#c4562e", "#2b8fb3", "#8a6d5a", "#6b7687",
)  # fmt: skip


def classification(training: Training) -> Iterator[Picture]:
    """The decision boundary where there are two inputs, and the confusion matrix."""
    if training.data.train.inputs.shape[1] == 2:
        yield boundary(training)
    for name, data in parts_of(training):
        yield confusion(training, name, data)


def boundary(training: Training) -> Picture:
    """Which class the network gives to every place of the plane, and the points."""
    data = training.data.train
    placed = [(name, part, input_units(part, part.inputs)) for name, part in parts_of(training)]
    spans = [padded(*spread(np.concatenate([places[:, i] for _, _, places in placed]))) for i in (0, 1)]
    across, up = axes((data.columns[0], *spans[0]), (data.columns[1], *spans[1]), right=20.0)
    image = (
        f'<image x="{across.start:g}" y="{up.end:g}" width="{across.end - across.start:g}" '
        f'height="{up.start - up.end:g}" preserveAspectRatio="none" href={quoted(data_address(surface(training, spans)))}/>'
    )
    marks = [
        points(places[part.labels == label], across, up, label, "held" if name == "held out" else "")
        for name, part, places in placed
        for label in range(len(data.classes))
    ]
    rows = [
        (name, *map(int, np.bincount(part.labels, minlength=len(data.classes)))) for name, part in parts_of(training)
    ]
    table = (("points", *(f"class {name}" for name in data.classes)), rows)
    title = "Decision boundary (hollow points are held out)" if training.data.held_out else "Decision boundary"
    return Picture(title, drawing(title, [image, *frame(across, up), *marks]), table)


def padded(low: float, high: float) -> tuple[float, float]:
    """A little more room on both sides."""
    room = 0.1 * (high - low)
    return low - room, high + room


def surface(training: Training, spans: list[tuple[float, float]]) -> Any:
    """A map of a part of the plane, in the data's own units: the colour of the class, the stronger the surer."""
    data = training.data.train
    x, y = np.linspace(*spans[0], GRID), np.linspace(spans[1][1], spans[1][0], GRID)  # a picture's rows go downwards
    places = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    scaled = places if data.input_scaling is None else data.input_scaling.apply(places)
    given = outputs(training.model, scaled.astype(data.inputs.dtype))
    chances = probabilities(given, data.task, has_probability_output(training.settings, data))
    if data.task == "binary":
        chances = np.concatenate([1 - chances, chances], 1)
    winner, least = chances.argmax(1), 1 / chances.shape[1]
    colours = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS])[winner % len(COLOURS)]
    opacity = 150 * (np.nan_to_num(chances.max(1)) - least) / (1 - least)
    return np.concatenate([colours, opacity[:, None]], 1).reshape(GRID, GRID, 4)


def confusion(training: Training, name: str, data: Dataset) -> Picture:
    """How often each class was taken for which: rows are what is right, columns what the network said."""
    count = len(data.classes)
    counts = np.bincount(data.labels * count + answers(training, data), minlength=count * count).reshape(count, count)
    side = min(64.0, (WIDTH - 140) / count)
    title = f"Confusion matrix, {name}"
    cells = (matrix_cell(counts, row, column, side) for row in range(count) for column in range(count))
    heads = (text(*place, label, kind) for place, label, kind in matrix_heads(data.classes, side))
    table = (
        ("right ↓ said →", *data.classes),
        [(label, *map(int, row)) for label, row in zip(data.classes, counts, strict=True)],
    )
    return Picture(title, drawing(title, [*cells, *heads], height=50 + side * count), table)


def matrix_cell(counts: Any, row: int, column: int, side: float) -> str:
    """One cell: its number, on a ground that is the stronger the larger its share of the row."""
    share = counts[row, column] / max(counts[row].sum(), 1)
    x, y = 90 + column * side, 40 + row * side
    ground = f'<rect class="{"right" if row == column else "wrong"}" x="{x:g}" y="{y:g}" width="{side - 1:g}" height="{side - 1:g}" fill-opacity="{0.45 * share:.3f}"/>'
    return ground + text(x + side / 2, y + side / 2 + 5, str(counts[row, column]), "middle count")


def matrix_heads(classes: tuple[str, ...], side: float) -> Iterator[tuple[tuple[float, float], str, str]]:
    """The classes' names above the columns and beside the rows."""
    for place, name in enumerate(classes):
        yield (90 + (place + 0.5) * side, 32), name[:9], "middle"
        yield (82, 45 + (place + 0.5) * side), name[:9], "end"
    yield (90 + len(classes) * side / 2, 14), "what the network said", "middle label"
