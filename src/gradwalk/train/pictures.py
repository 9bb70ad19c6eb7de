"""Which pictures suit a training."""

from __future__ import annotations

from collections.abc import Iterator

from gradwalk.train.classification import classification
from gradwalk.train.curves import gradient_flow, loss_curves
from gradwalk.train.picture import Picture
from gradwalk.train.regression import regression
from gradwalk.train.training import Training

RESULTS = {"binary": classification, "classes": classification, "regression": regression}


def pictures(training: Training) -> Iterator[Picture]:
    """All pictures that suit this training."""
    if training.history:
        yield loss_curves(training)
        yield gradient_flow(training)
    yield from RESULTS[training.data.train.task](training)
