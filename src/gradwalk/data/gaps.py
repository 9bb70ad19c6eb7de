"""Cells without a value: refused, left out with their rows, or filled; and always said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gradwalk.data.columns import Column
from gradwalk.data.dataset import DataError

Missing = Literal["refuse", "drop", "mean"]
Columns = Mapping[str, Column]
Told = tuple[dict[str, Column], list[str]]  # columns, and sentences on what was done to them


def without_gaps(columns: Columns, target: str, missing: Missing) -> Told:
    """The columns with a value in every cell. A row without its target is left out, never made up."""
    columns, emptied = without_empty(columns, target)
    gaps = [column for column in columns.values() if column.missing.any()]
    if gaps and missing == "refuse":
        raise DataError(
            "; ".join(map(gap, gaps))
            + ". Leave these rows out (missing='drop'), or fill them with the column's mean (missing='mean')"
        )
    blocking = gaps if missing == "drop" else [columns[target]]
    columns, dropped = without_rows(columns, [column.missing for column in blocking], columns[target])
    columns, filled = without_holes(columns)
    return columns, [*emptied, *map(gap, gaps), *dropped, *filled]


def without_empty(columns: Columns, target: str) -> Told:
    """Leave out the columns that have no value at all, as a comma at the end of every line makes one."""
    empty = [name for name, column in columns.items() if column.cells and column.missing.all() and name != target]
    kept = {name: column for name, column in columns.items() if name not in empty}
    return kept, [f"column {name!r} is empty and was left out" for name in empty]


def without_rows(columns: Columns, missing: list[npt.NDArray[np.bool_]], target: Column) -> Told:
    """Leave out the rows that miss something."""
    gone = np.any(missing, axis=0) if missing else np.zeros(len(target.cells), bool)
    if not gone.any():
        return dict(columns), []
    where = at_lines(target, np.flatnonzero(gone))
    kept = {name: column.take(~gone) for name, column in columns.items()}
    return kept, [f"{gone.sum()} of {len(gone)} rows were left out ({where})"]


def without_holes(columns: Columns) -> Told:
    """Put the column's mean where a number is missing, and a category of its own where a category is."""
    told, full = [], dict(columns)
    for name, column in columns.items():
        if column.missing.any():
            filling = "(none)" if column.categorical else repr(float(np.nanmean(column.numbers)))
            full[name] = column.fill(filling)
            what = "a category of its own, (none)" if column.categorical else f"its mean, {float(filling):g}"
            told.append(f"column {name!r} was filled with {what}")
    return full, told


def gap(column: Column) -> str:
    """How many cells of a column say nothing, and where."""
    rows = np.flatnonzero(column.missing)
    return f"{column.table}, column {column.name!r}: {len(rows)} without a value ({at_lines(column, rows)})"


def at_lines(column: Column, rows: npt.NDArray[Any]) -> str:
    """The lines of some rows, the first few of many."""
    shown = ", ".join(str(column.lines[row]) for row in rows[:5])
    return f"line{'s' if len(rows) > 1 else ''} {shown}{', …' if len(rows) > 5 else ''}"
