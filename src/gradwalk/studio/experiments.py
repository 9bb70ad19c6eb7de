"""From an experiment, as the page sends it, to a training: what its settings and its data may be."""

from __future__ import annotations

from itertools import pairwise
from pathlib import PurePath
from typing import Any

from gradwalk.data import MAKERS, DataError, Dataset, drawn, parse_csv
from gradwalk.studio.protocol import Experiment
from gradwalk.train import Settings, SettingsError, settings_for
from gradwalk.train.checks import Check, flag, several, text
from gradwalk.train.choices import options
from gradwalk.train.preparing import loaded
from gradwalk.train.timeline import Timeline

MOST_ROWS = 20_000
MOST_BYTES = 4_000_000  # of a table's text
MOST_PARAMETERS = 200_000
MOST_VALUES = 10_000_000  # that the units give for all rows
MOST_LAYERS = 20
MOST_STEPS = 200_000
DRAWN = "drawn"  # what points placed by hand are called

# What a table takes; which columns there are, and what else is wrong, reading it says.
TABLE_OPTIONS: dict[str, Check] = {
    "target": text, "missing": text, "task": text, "categorical": several(text, 1000), "leave_out": several(text, 1000),
    "delimiter": text, "decimal": text, "header": flag,
}  # fmt: skip


def timeline_of(experiment: Experiment) -> Timeline:
    """The experiment's training, at its first step; a `SettingsError` says which setting is wrong."""
    settings = _settings(experiment)
    refuse_many_layers(settings)
    try:
        data = _data(experiment, settings)
        refuse_many_rows(data)
        refuse_wide(settings, data)
        timeline = Timeline(settings, data)
    except DataError as error:
        raise WrongData("points" if experiment.points else "table" if experiment.table else "data", error) from None
    refuse_long(timeline)
    return timeline


class WrongData(SettingsError):
    """Data that nothing can be learned from, told in their own sentence."""

    def __init__(self, setting: str, error: DataError):
        super().__init__(setting, "")
        self.args = (str(error),)


def _settings(experiment: Experiment) -> Settings:
    given = dict(experiment.settings)
    name = given.pop("data", "moons")
    if experiment.points:
        name = DRAWN
    elif experiment.table:
        name = f"{PurePath(experiment.file).stem or 'table'}.csv"
    elif name not in list(MAKERS):
        raise SettingsError("data", f"must be one of {', '.join(MAKERS)}, or a table that is dropped on the page")
    settings = settings_for(name, **given)
    return settings.changed(
        tier="numpy"
    )  # whose numbers are those of the phases that the page steps through, to the bit


def _data(experiment: Experiment, settings: Settings) -> Dataset:
    """The points, the table, or the dataset that the settings name."""
    if experiment.points:
        return _drawn(experiment.points)
    if experiment.table:
        return _read(experiment, settings)
    return loaded(settings)


def _drawn(points: list[list[float]]) -> Dataset:
    """The points that were drawn; classes are counted anew from 0."""
    if any(len(point) != 3 for point in points):
        raise DataError("a drawn point is x, y and its class")
    if len({point[2] for point in points}) < 2:
        raise DataError("all points are of one class, so there is nothing to tell apart; draw some of another")
    return drawn([point[:2] for point in points], [int(point[2]) for point in points])


def _read(experiment: Experiment, settings: Settings) -> Dataset:
    content = experiment.table.encode(errors="replace")
    if len(content) > MOST_BYTES:
        raise DataError(
            f"{experiment.file or 'this table'} has {len(content) / 1e6:.1f} MB, and the page takes tables of up to "
            f"{MOST_BYTES / 1e6:g} MB; train it in a terminal: gradwalk train {experiment.file or 'table.csv'} --target …"
        )
    given = _table_options(settings)
    if "target" not in given:
        raise SettingsError("data_options", "must say which column is to be predicted: target")
    return parse_csv(content, name=settings.data, **given)


def _table_options(settings: Settings) -> dict[str, Any]:
    try:
        return options(settings.data_options, TABLE_OPTIONS, "a table")
    except ValueError as error:
        raise SettingsError.of("data_options", error) from None


# --- bounds: what one page may ask of the kernel -------------------------------------------------------------------------


def refuse_many_layers(settings: Settings) -> None:
    """An error for more layers than the page draws."""
    if len(settings.hidden) > MOST_LAYERS:
        raise SettingsError("hidden", f"has {len(settings.hidden)} layers, and the page shows up to {MOST_LAYERS}")


def refuse_many_rows(data: Dataset) -> None:
    """An error for more rows than the page draws."""
    if len(data) > MOST_ROWS:
        raise DataError(
            f"{data.name} has {len(data):,} rows, and the page takes up to {MOST_ROWS:,}; take a part of it, or train "
            "it in a terminal: gradwalk train"
        )


def refuse_wide(settings: Settings, data: Dataset) -> None:
    """An error, before it is built, for a network of more weights or values than answers come quickly with."""
    dense = settings.network == "dense"
    widths = [data.inputs.shape[1] if dense else 1, *settings.hidden]
    window, places = (1, 1) if dense else (9, data.inputs.shape[1])
    count = sum((before * window + 1) * size for before, size in pairwise(widths))
    count += (widths[-1] * (places if not dense else 1) + 1) * data.outputs
    if count > MOST_PARAMETERS:
        raise SettingsError("hidden", f"makes about {count:,} weights, and the page takes up to {MOST_PARAMETERS:,}")
    values = len(data) * places * sum(widths)
    if values > MOST_VALUES:
        raise SettingsError(
            "hidden", f"makes {values:,} values for {len(data):,} rows, and the page takes up to {MOST_VALUES:,}"
        )


def refuse_long(timeline: Timeline) -> None:
    """An error for more steps than the page can show losses of."""
    if timeline.last > MOST_STEPS:
        raise SettingsError(
            "epochs",
            f"makes {timeline.last:,} steps, and the page takes up to {MOST_STEPS:,}; take fewer, or larger batches",
        )
