"""What every picture of a report is made of: a title, a drawing and a table; data and answers in their own units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradwalk.data import Dataset
from gradwalk.train.measuring import decided, outputs
from gradwalk.train.network import has_probability_output
from gradwalk.train.training import Training


@dataclass(frozen=True)
class Picture:
    """One picture with its title and the same as a table: a heading row, then rows."""

    title: str
    svg: str
    table: tuple[tuple[str, ...], list[tuple[Any, ...]]]


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
