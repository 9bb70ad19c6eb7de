"""The data as a training uses them: split, brought to a common scale where that is wanted, in the network's type."""

from __future__ import annotations

from dataclasses import dataclass, replace
from inspect import signature
from pathlib import Path
from typing import Any

from gradwalk.data import MAKERS, Batches, DataError, Dataset, read_csv, split, standardise
from gradwalk.data import make as made
from gradwalk.data.table import columns_in
from gradwalk.train.checks import Check, flag, names, number, optional, text, whole
from gradwalk.train.choices import options
from gradwalk.train.randomness import seed_of
from gradwalk.train.settings import Settings, SettingsError

MOST = 1_000_000  # points, or whatever else a made dataset is asked for
TABLES = (".csv", ".tsv", ".txt")
TABLE_OPTIONS: dict[str, Check] = {
    "target": text, "missing": text, "task": optional(text), "categorical": names, "leave_out": names,
    "delimiter": optional(text), "decimal": text, "encoding": optional(text), "header": optional(flag),
    "limit": whole(1, 2**40),
}  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """The part to learn from, and the part held out to judge by (None where there is none)."""

    train: Dataset
    held_out: Dataset | None


def prepared(settings: Settings, data: Dataset | None = None) -> Prepared:
    """Load the data that the settings name (unless they are given), hold out a share, and scale both parts alike."""
    whole = loaded(settings) if data is None else data
    parts = split(whole, settings.held_out, seed_of(settings.seed, "split"))
    if settings.scale:
        parts = standardise(*parts)  # type: ignore[assignment]
    train, held_out = (in_type(part, settings.dtype) for part in parts)
    return Prepared(train, held_out if len(held_out) else None)


def loaded(settings: Settings) -> Dataset:
    """The dataset or the table that the settings name."""
    if not is_table(settings.data):
        return made(settings.data, **checked_options(settings))
    try:
        given = options(settings.data_options, TABLE_OPTIONS, "a table")
    except ValueError as error:
        raise SettingsError.of("data_options", error) from None
    if "target" not in given:
        columns = columns_in(Path(settings.data))
        raise DataError(
            f"{settings.data} has the columns {', '.join(columns)}; say which one is to be predicted: target={columns[-1]!r}"
        )
    return read_csv(settings.data, **given)


def checked_options(settings: Settings) -> dict[str, Any]:
    """The options of a made dataset: numbers as its maker has them, and not so many points that nothing else fits in."""
    parameters = signature(MAKERS[settings.data]).parameters if settings.data in MAKERS else {}
    given = dict(settings.data_options)
    for name in given.keys() & parameters.keys():
        check = whole(0, MOST) if isinstance(parameters[name].default, int | None) else number(least=0, most=MOST)
        try:
            given[name] = check(given[name])
        except ValueError as error:
            raise SettingsError("data_options", str(error), name) from None
    return given


def is_table(data: str) -> bool:
    """Whether this names a file rather than a dataset of the package."""
    return data not in MAKERS and (Path(data).suffix.lower() in TABLES or Path(data).exists())


def in_type(data: Dataset, dtype: str) -> Dataset:
    """The same data in the network's type; classes stay whole numbers."""
    targets = data.targets if data.task == "classes" else data.targets.astype(dtype)
    return replace(data, inputs=data.inputs.astype(dtype), targets=targets)


def refuse_single_rows(settings: Settings, batches: Batches) -> None:
    """An error if batch normalization would see a single row at a time: a row has no spread to scale by."""
    smallest = min(len(rows) // min(settings.accumulate, len(rows)) for rows in batches.rows(0))
    if settings.normalization == "batch" and smallest < 2:
        raise SettingsError(
            "batch_size", "leaves a piece of a single row, which batch normalization can't scale; choose another"
        )
