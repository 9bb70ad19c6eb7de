"""``NAME=VALUE`` on the command line: numbers, nested lists, columns of a CSV file, NumPy files."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.expression import ExpressionError, literal

LIMIT = 1_000_000  # numbers read from one file


class ValueRefused(GradwalkError, ValueError):
    """A value that can't be read, with what to write instead."""


def read_values(words: Iterable[str]) -> dict[str, Any]:
    """The values by name.

    >>> read_values(["x=2", "w=[[1, 2], [3, 4]]"])
    {'x': 2, 'w': [[1, 2], [3, 4]]}
    """
    values: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = unicodedata.normalize("NFKC", name.strip())
        if not equals or not name:
            raise ValueRefused(f"{word!r} is no value: write NAME=VALUE, such as x=2 or x=[1,2,3]")
        if name in values:
            raise ValueRefused(f"{name} is given twice")
        values[name] = read_value(name, text.strip())
    return values


def read_value(name: str, text: str) -> Any:
    """One value: ``@file…`` is read from a file, everything else is a number or a nested list."""
    if text.startswith("@"):
        return _from_file(name, text[1:])
    if not text:
        raise ValueRefused(f"{name} has no value: write {name}=2 or {name}=[1,2,3]")
    try:
        return literal(text)
    except ExpressionError as error:
        raise ValueRefused(f"the value of {name}: {error}") from None


def _from_file(name: str, text: str) -> Any:
    if Path(text).suffix.lower() == ".npy":
        return _from_numpy(Path(text))
    file, _, columns = text.rpartition(":") if re.search(r"\.\w+:[^/\\]*$", text) else (text, "", "")
    path = Path(file)
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise ValueRefused(f"{name}=@{text}: values are read from .csv (write @data.csv:column) and .npy files")
    table = _table(path)
    return _columns(path, table, [column.strip() for column in columns.split(",")] if columns else [])


def _from_numpy(path: Path) -> Any:
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)  # mapped: a damaged header can't claim memory
        if mapped.size > LIMIT:
            raise ValueRefused(f"{path} holds {mapped.size:,} numbers, and the limit is {LIMIT:,}")
        if mapped.dtype.kind not in "biuf":
            raise ValueRefused(f"{path} holds {mapped.dtype}, and values are real numbers")
        return np.array(mapped)
    except OSError as error:
        raise ValueRefused(f"{path} can't be read: {error.strerror or 'it is no .npy file'}") from None
    except (ValueError, EOFError, TypeError) as error:
        if isinstance(error, ValueRefused):
            raise
        raise ValueRefused(f"{path} can't be read: it is no .npy file of plain numbers") from None


def _table(path: Path) -> list[list[str]]:
    """The rows of a CSV file, the header first; empty lines left out."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                row
                for row in csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
                if any(cell.strip() for cell in row)
            ]
    except OSError as error:
        raise ValueRefused(f"{path} can't be read: {error.strerror}") from None
    except (csv.Error, UnicodeDecodeError):
        raise ValueRefused(f"{path} can't be read: it is no CSV text in UTF-8") from None
    if len(rows) < 2:
        raise ValueRefused(f"{path} has no rows: the first line names the columns, and the numbers follow")
    return rows


def _columns(path: Path, table: Sequence[Sequence[str]], names: Sequence[str]) -> Any:
    """One column as a vector, several as a matrix."""
    header = [cell.strip() for cell in table[0]]
    if not names and len(header) > 1:
        raise ValueRefused(f"{path} has the columns {', '.join(header)}: say which, @{path}:{header[0]}")
    if len(names or header) * (len(table) - 1) > LIMIT:
        raise ValueRefused(f"{path} holds more than {LIMIT:,} numbers in these columns")
    vectors = [_column(path, table, header, name) for name in names or header]
    return vectors[0] if len(vectors) == 1 else np.stack(vectors, axis=1)


def _column(path: Path, table: Sequence[Sequence[str]], header: Sequence[str], name: str) -> Any:
    if name not in header:
        near = get_close_matches(name, header, 1) or [known for known in header if known.lower() == name.lower()]
        meant = f"did you mean {near[0]}? " if near else ""
        raise ValueRefused(f"{path} has no column {name!r}; {meant}its columns are {', '.join(header)}")
    if header.count(name) > 1:
        raise ValueRefused(f"{path} has more than one column {name!r}: rename one in its first line")
    place = header.index(name)
    return np.array([_cell(path, number, row, place, name) for number, row in enumerate(table[1:], start=1)])


def _cell(path: Path, number: int, row: Sequence[str], place: int, name: str) -> float:
    text = row[place].strip() if place < len(row) else ""
    try:
        return float(text)
    except ValueError:
        said = f"{text!r} is no number" if text else "there is no number"
        raise ValueRefused(f"{path}, row {number}, column {name}: {said}") from None
