"""A training over its epochs, as pictures: its losses, and how strong the gradient is in each layer."""

from __future__ import annotations

from typing import Any

from gradwalk.train.picture import Picture
from gradwalk.train.training import Training
from gradwalk.views.chart import Line, line_chart

MOST_EPOCHS = 400  # a curve shows no more


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
