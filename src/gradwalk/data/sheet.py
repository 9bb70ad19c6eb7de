"""A CSV file as named columns of text, with the line that each row stands on: what a table is read from.

Python's csv module does the reading; here is what people's files need besides: comment lines at the top, encodings,
delimiters, and sentences for what doesn't fit.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gradwalk.data.dataset import DataError

LIMIT = 20_000_000  # bytes; as text in memory this is about ten times as much
DELIMITERS = ",;\t|"
MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Record = tuple[int, list[str]]  # the line it starts on, and its cells


@dataclass(frozen=True)
class Sheet:
    """Named columns of text. ``lines`` says where in the file each row stands; ``comment`` is what stood at the top."""

    name: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    comment: str


def contents(path: Path, limit: int = LIMIT) -> bytes:
    """The bytes of a file, if it is one and not too large."""
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is no file" if path.exists() else "isn't there"
        raise DataError(f"{path} {what}; give the path of a CSV file")
    if path.stat().st_size > limit:
        raise DataError(
            f"{path} has {path.stat().st_size / 1e6:,.0f} MB, and tables of up to {limit / 1e6:,.0f} MB are read, because "
            f"all rows are held in memory; take a part of it, for example: head -n 100000 {path.name} > part.csv"
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from None


def read_sheet(
    content: bytes, name: str, delimiter: str | None = None, encoding: str | None = None, header: bool | None = None
) -> Sheet:
    """Cut the text of a CSV file into columns; every row must be as wide as the first."""
    lines = list(io.StringIO(decoded(content, name, encoding), newline=""))  # splitlines() also cuts at odd characters
    top = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    comment = "\n".join(line.lstrip("#").strip() for line in lines[:top] if line.strip())
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise DataError(f"delimiter={delimiter!r}: it is a single character between cells, such as ',' or ';'")
    read = list(records(lines[top:], name, delimiter or guessed_delimiter(lines[top : top + 20]), top))
    if not read:
        raise DataError(f"{name} is empty: there is neither a line with the columns' names nor a row")
    names, read = named(read, header)
    refuse_double(names, name)
    refuse_uneven(names, read, name)
    return Sheet(name, names, [cells for _, cells in read], [line for line, _ in read], comment)


def decoded(content: bytes, name: str, encoding: str | None) -> str:
    """The text of a file: in the encoding that is given, else UTF-8, or UTF-16 where it is marked so."""
    encoding = encoding or ("utf-16" if content.startswith(MARKS) else "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{name}, line {line}: byte {content[error.start]:#04x} isn't {encoding}; save the file as UTF-8, "
            "or say what it is, often encoding='cp1252'"
        ) from None
    except LookupError:
        raise DataError(
            f"there is no encoding called {encoding!r}; common ones are utf-8, cp1252 and latin-1"
        ) from None
    if "\0" in text:
        raise DataError(f"{name} isn't text (it has zero bytes); a workbook must be saved as CSV first")
    return text.removeprefix("\ufeff")  # the mark that some programs put before UTF-8


def guessed_delimiter(lines: list[str]) -> str:
    """What cuts the first lines into columns: many of them, and best alike in all lines."""

    def fit(delimiter: str) -> tuple[bool, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row] or [0]
        except csv.Error:
            return False, 0
        return len(set(widths)) == 1 and widths[0] > 1, widths[0]

    return max(DELIMITERS, key=fit)


def records(lines: list[str], name: str, delimiter: str, skipped: int) -> Iterator[Record]:
    """The rows that say anything, and the line of the file that each starts on."""
    reader, start = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True), skipped + 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield start, [cell.strip() for cell in row]
            start = skipped + reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{name}, from line {start}: {error}; a quotation mark opened there may lack its end") from None


def named(read: list[Record], header: bool | None) -> tuple[tuple[str, ...], list[Record]]:
    """The columns' names and the rows below; names are numbers of columns where the first line holds a number."""
    (_, first), below = read[0], read[1:]
    if header is None:
        header = not any(is_number(cell) for cell in first)
    if not header:
        return tuple(f"column {i}" for i in range(1, len(first) + 1)), read
    return tuple(cell or f"column {i}" for i, cell in enumerate(first, 1)), below


def is_number(cell: str) -> bool:
    """Whether a cell is a number as a table would have it (Python also reads 1_000, which nobody writes)."""
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def refuse_double(names: tuple[str, ...], name: str) -> None:
    """An error if two columns have one name."""
    double = [column for column, count in Counter(names).items() if count > 1]
    if double:
        raise DataError(
            f"{name} has more than one column called {double[0]!r}; give each its own name in the first line"
        )


def refuse_uneven(names: tuple[str, ...], read: list[Record], name: str) -> None:
    """An error at the first row that is wider or narrower than the first line."""
    for line, cells in read:
        if len(cells) != len(names):
            count = f"{len(cells)} cell{'s' if len(cells) > 1 else ''}"
            raise DataError(
                f"{name}, line {line}: {count} where {len(names)} are wanted ({', '.join(names):.80}); "
                "a cell may be left out or hold the delimiter: then it needs quotation marks"
            )
