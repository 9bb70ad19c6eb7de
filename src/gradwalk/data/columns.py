"""What the columns of a table hold: numbers, or categories; and which cells say nothing."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from gradwalk.data.dataset import DataError, Floats
from gradwalk.data.sheet import Sheet, is_number

MISSING = frozenset({"", "na", "n/a", "nan", "null", "?"})  # in lower case
MOST_CATEGORIES = 50
LARGEST = 1e150  # squares must stay finite, for a spread is a mean of squares


@dataclass(frozen=True)
class Column:
    """One column of a table: its cells as text, and the line of the file that each stands on."""

    table: str
    name: str
    cells: tuple[str, ...]
    lines: tuple[int, ...]
    categorical: bool

    @cached_property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Which cells say nothing."""
        return np.array([cell.lower() in MISSING for cell in self.cells], bool)

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The different texts, in sorted order; numbers are sorted as numbers."""
        present = {cell for cell in self.cells if cell.lower() not in MISSING}
        return tuple(sorted(present, key=lambda cell: (0, float(cell), cell) if is_number(cell) else (1, 0.0, cell)))

    @cached_property
    def numbers(self) -> Floats:
        """The cells as numbers; NaN where one is missing."""
        return np.array(
            [math.nan if gone else float(cell) for cell, gone in zip(self.cells, self.missing, strict=True)], np.float64
        )

    @cached_property
    def codes(self) -> npt.NDArray[np.int64]:
        """Which of the categories each cell is, as a whole number from 0."""
        code = {category: i for i, category in enumerate(self.categories)}
        return np.array([code[cell] for cell in self.cells], np.int64)

    def take(self, rows: npt.NDArray[np.bool_]) -> Column:
        """The cells of some rows."""
        chosen = np.flatnonzero(rows)
        return replace(self, cells=tuple(self.cells[i] for i in chosen), lines=tuple(self.lines[i] for i in chosen))

    def fill(self, text: str) -> Column:
        """The same text in all cells that said nothing."""
        return replace(
            self, cells=tuple(text if gone else cell for cell, gone in zip(self.cells, self.missing, strict=True))
        )

    def error(self, sentence: str, row: int | None = None) -> DataError:
        """An error about this column, with the line of one row."""
        line = "" if row is None else f", line {self.lines[row]}"
        return DataError(f"{self.table}{line}, column {self.name!r}: {sentence}")


def columns_of(
    sheet: Sheet, decimal: str, categorical: Collection[str], leave_out: Collection[str]
) -> dict[str, Column]:
    """The columns of a sheet by name, each known as numbers or as categories."""
    by_column = zip(*sheet.rows, strict=True) if sheet.rows else [()] * len(sheet.header)
    made = {}
    for name, cells in zip(sheet.header, by_column, strict=True):
        if name not in leave_out:
            texts = cells if decimal == "." else tuple(with_point(cell, decimal) for cell in cells)
            column = Column(sheet.name, name, texts, tuple(sheet.lines), name in categorical)
            made[name] = column if column.categorical else classified(column)
    return made


def with_point(cell: str, decimal: str) -> str:
    """A number with a decimal comma as one with a point; a text stays as it is."""
    return cell.replace(decimal, ".") if is_number(cell.replace(decimal, ".")) else cell


def classified(column: Column) -> Column:
    """The column as numbers or as categories: numbers if most of its cells are, and then all must be."""
    present = [i for i in range(len(column.cells)) if not column.missing[i]]
    texts = [i for i in present if not is_number(column.cells[i])]
    refuse_commas(column, texts)
    if texts and 2 * len(texts) >= len(present):
        return replace(column, categorical=True)
    if texts:
        raise column.error(
            f"{column.cells[texts[0]]!r} where numbers are wanted (most cells of this column are numbers); mend the cell, "
            "or name the column under categorical= if it holds categories",
            texts[0],
        )
    too_large = [i for i in present if not abs(float(column.cells[i])) < LARGEST]
    if too_large:
        raise column.error(f"{column.cells[too_large[0]]!r} is too large to compute with", too_large[0])
    return column


def refuse_commas(column: Column, texts: list[int]) -> None:
    """An error for numbers with a comma in them, which would be taken for categories."""
    if texts and all(is_number(column.cells[i].replace(",", ".")) for i in texts):
        raise column.error(
            f"{column.cells[texts[0]]!r} has a comma in the number; if it is the decimal mark say decimal=',', "
            "and if it parts the thousands take it out",
            texts[0],
        )


def one_hot(column: Column) -> tuple[list[str], Floats]:
    """A column of zeros and ones for each category, and their names."""
    refuse_too_many(column)
    return [f"{column.name}={category}" for category in column.categories], np.eye(len(column.categories))[column.codes]


def refuse_too_many(column: Column) -> None:
    """An error for a column of names, dates or the like, of which nothing general can be learned."""
    if len(column.categories) <= MOST_CATEGORIES:
        return
    raise column.error(
        f"{len(column.categories)} different texts (such as {column.categories[0]!r}) are too many for categories; "
        f"leave it out (leave_out={[column.name]!r}), or group its values"
    )
