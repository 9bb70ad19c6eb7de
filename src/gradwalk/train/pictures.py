"""What a training came to, as pictures: the decision boundary, the fitted curve, the residuals, the confusion matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradwalk.data import Dataset
from gradwalk.train.measuring import decided, outputs, probabilities
from gradwalk.train.network import has_probability_output
from gradwalk.train.training import Training
from gradwalk.views.chart import WIDTH, Line, axes, drawing, drawn_lines, frame, line_chart, points, spread, text
from gradwalk.views.marks import quoted
from gradwalk.views.png import data_address

GRID = 100  # cells of a boundary's map, along each side
MOST_POINTS, MOST_EPOCHS = 2000, 400  # a picture shows no more

# Ten colours for classes: teal and magenta first; each stands on light and on dark.
COLOURS = (
    "#0f8b7e", "#c2338a", "#b7791f", "#3f6fd1", "#7a5bc0", "#4f8a2b", "#c4562e", "#2b8fb3", "#8a6d5a", "#6b7687",
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """One picture with its title and the same as a table: a heading row, then rows."""

    title: str
    svg: str
    table: tuple[tuple[str, ...], list[tuple[Any, ...]]]


def pictures(training: Training) -> Iterator[Picture]:
    """All pictures that suit this training."""
    if training.history:
        yield loss_curves(training)
        yield gradient_flow(training)
    yield from RESULTS[training.data.train.task](training)


# --- over the epochs -----------------------------------------------------------------------------------------------------


def thinned(items: list[Any], most: int) -> list[Any]:
    """Every so-manieth item, the last one included."""
    stride = -(-len(items) // most) or 1
    return items[:-1][::stride] + items[-1:]


def loss_curves(training: Training) -> Picture:
    """The losses, epoch by epoch."""
    records = thinned(training.history, MOST_EPOCHS)
    lines = [Line("learned", [(record.epoch, record.train.loss) for record in records], "loss")]
    if records[-1].held_out:
        lines.append(Line("held out", [(record.epoch, record.held_out.loss) for record in records], "loss held"))
    head = ("epoch", *(line.name for line in lines))
    return Picture(
        "Loss", line_chart("Loss over the epochs", lines, "epoch", "loss", log=True), (head, by_epoch(lines))
    )


def gradient_flow(training: Training) -> Picture:
    """The norm of each layer's gradient, at the last step of each epoch."""
    records = thinned(training.history, MOST_EPOCHS)
    lines = [
        Line(layer, [(record.epoch, record.gradients[layer]) for record in records], f"gradient dash{place % 4}")
        for place, layer in enumerate(records[-1].gradients)
    ]
    chart = line_chart("Norm of each layer's gradient", lines, "epoch", "norm of the gradient", log=True)
    return Picture("Gradient flow per layer", chart, (("epoch", *(line.name for line in lines)), by_epoch(lines)))


def by_epoch(lines: list[Line]) -> list[tuple[Any, ...]]:
    """The curves' numbers as rows, a few dozen of them."""
    rows = [(first[0], *(line.points[place][1] for line in lines)) for place, first in enumerate(lines[0].points)]
    return thinned(rows, 30)


# --- at the end ----------------------------------------------------------------------------------------------------------


def parts_of(training: Training) -> Iterator[tuple[str, Dataset]]:
    """The part that was learned from and the part that was held out."""
    yield "learned", training.data.train
    if training.data.held_out is not None:
        yield "held out", training.data.held_out


def answers(training: Training, data: Dataset) -> Any:
    """What the network decides for each row."""
    is_probability = has_probability_output(training.settings, data)
    return decided(outputs(training.model, data.inputs), data.task, is_probability)


def input_units(data: Dataset, inputs: Any) -> Any:
    """Inputs in their own units."""
    return inputs if data.input_scaling is None else data.input_scaling.undo(inputs)


def in_units(data: Dataset, numbers: Any) -> Any:
    """Targets or predictions of a regression, in their own units."""
    column = np.asarray(numbers).reshape(-1, 1)
    return (column if data.target_scaling is None else data.target_scaling.undo(column))[:, 0]


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


def regression(training: Training) -> Iterator[Picture]:
    """The fitted curve where there is one input; what was predicted beside what is right; the residuals."""
    if training.data.train.inputs.shape[1] == 1:
        yield fit(training)
    yield residuals(training)


def fit(training: Training) -> Picture:
    """The curve that the network found, through the points."""
    data = training.data.train
    curve = np.linspace(data.inputs.min(), data.inputs.max(), 200)[:, None].astype(data.inputs.dtype)
    found = in_units(data, outputs(training.model, curve))
    xs, shown = (input_units(data, inputs)[:, 0] for inputs in (curve, data.inputs))
    right = in_units(data, data.targets)
    across, up = axes((data.columns[0], *spread(xs)), (data.target, *spread(np.concatenate([right, found]))))
    line = Line("network", list(zip(xs.tolist(), found.tolist(), strict=True)), "value")
    marks = points(zip(shown, right, strict=True), across, up)
    rows = [(float(x), float(y)) for x, y in zip(xs[::10], found[::10], strict=True)]
    return Picture(
        "Fit",
        drawing("Fit", [*frame(across, up), marks, *drawn_lines([line], across, up)]),
        ((data.columns[0], data.target), rows),
    )


def residuals(training: Training) -> Picture:
    """By how much each row's target differs from what was predicted for it."""
    series = []
    for place, (name, data) in enumerate(parts_of(training)):
        said = in_units(data, outputs(training.model, data.inputs))[:MOST_POINTS]
        series.append((place, name, said, in_units(data, data.targets)[:MOST_POINTS] - said))
    data = training.data.train
    across, up = axes(
        (f"predicted {data.target}", *spread(np.concatenate([said for _, _, said, _ in series]))),
        (f"{data.target} − predicted", *spread(np.concatenate([left for _, _, _, left in series]))),
    )
    marks = [points(zip(said, left, strict=True), across, up, place) for place, _, said, left in series]
    zero = f'<path class="zero" d="M{across.start:g} {up.at(0):g}H{across.end:g}"/>'
    names = [text(across.end + 6, 30 + 18 * place, name, f"name class{place}") for place, name, _, _ in series]
    rows = [(name, float(left.mean()), float(left.std()), float(np.abs(left).max())) for _, name, _, left in series]
    return Picture(
        "Residuals",
        drawing("Residuals", [*frame(across, up), zero, *marks, *names]),
        (("part", "mean", "standard deviation", "largest"), rows),
    )


RESULTS = {"binary": classification, "classes": classification, "regression": regression}
