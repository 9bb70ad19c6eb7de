"""What a network says of numbers, as pictures: the fitted curve, and what was left over."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradwalk.train.measuring import outputs
from gradwalk.train.picture import Picture, in_units, input_units, parts_of
from gradwalk.train.training import Training
from gradwalk.views.chart import Line, axes, drawing, drawn_lines, frame, points, spread, text

MOST_POINTS = 2000  # a picture shows no more


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
