"""The data as a training uses them: split, brought to a common scale where that is wanted, in the network's type."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradwalk.data import Batches, Dataset, split, standardise
from gradwalk.data import make as made
from gradwalk.train.settings import Settings, SettingsError


@dataclass(frozen=True)
class Prepared:
    """The part to learn from, and the part held out to judge by (None where there is none)."""

    train: Dataset
    held_out: Dataset | None


def prepared(settings: Settings, data: Dataset | None = None) -> Prepared:
    """Load the data that the settings name (unless they are given), hold out a share, and scale both parts alike."""
    whole = made(settings.data, **settings.data_options) if data is None else data
    parts = split(whole, settings.held_out, settings.seed)
    if settings.scale:
        parts = standardise(*parts)  # type: ignore[assignment]
    train, held_out = (in_type(part, settings.dtype) for part in parts)
    return Prepared(train, held_out if len(held_out) else None)


def in_type(data: Dataset, dtype: str) -> Dataset:
    """The same data in the network's type; classes stay whole numbers."""
    targets = data.targets if data.task == "classes" else data.targets.astype(dtype)
    return replace(data, inputs=data.inputs.astype(dtype), targets=targets)


def refuse_single_rows(settings: Settings, batches: Batches) -> None:
    """An error if batch normalization would see a single row at a time: a row has no spread to scale by."""
    smallest = min(len(rows) // min(settings.accumulate, len(rows)) for rows in batches.rows(0))
    if settings.normalization == "batch" and smallest < 2:
        raise SettingsError("batch_size", "leaves a piece of a single row, which batch normalization can't scale; choose another")
