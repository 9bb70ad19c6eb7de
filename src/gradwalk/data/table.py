"""A CSV file as a dataset: which column is to be predicted, from which others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from gradwalk.data.columns import Column, columns_of, one_hot, refuse_too_many
from gradwalk.data.dataset import DataError, Dataset, Floats, Task
from gradwalk.data.gaps import Columns, Missing, without_gaps
from gradwalk.data.sheet import LIMIT, contents, read_sheet

Answers = tuple[npt.NDArray[Any], tuple[str, ...]]  # targets in the shape of their task, and the classes' names


def read_csv(path: str | Path, target: str, *, limit: int = LIMIT, **settings: Any) -> Dataset:
    """A CSV file as a dataset that predicts the column ``target`` from all others; the settings are `parse_csv`'s.

    A file above ``limit`` bytes is refused.
    """
    return parse_csv(contents(Path(path), limit), target, name=Path(path).name, **settings)


def columns_in(path: Path) -> tuple[str, ...]:
    """The names of a CSV file's columns, any of which may be the target."""
    return read_sheet(contents(path), path.name).header


def parse_csv(
    content: bytes,
    target: str,
    *,
    name: str = "table",
    missing: Missing = "refuse",
    task: Task | None = None,
    categorical: Sequence[str] = (),
    leave_out: Sequence[str] = (),
    delimiter: str | None = None,
    decimal: str = ".",
    encoding: str | None = None,
    header: bool | None = None,
) -> Dataset:
    """The text of a CSV file as a dataset.

    Columns of text (and those named in ``categorical``) become a column of zeros and ones per category. A target of text
    makes classes, two different texts a yes-or-no question, and so do the numbers 0 and 1; other numbers make a
    regression, unless ``task`` says otherwise. Cells without a value are refused, or their rows are left out
    (``missing="drop"``), or filled with the column's mean, categories with a category of their own (``"mean"``).

    >>> data = parse_csv(b"size,kind,price\\n50,flat,100\\n80,house,170\\n", target="price")
    >>> data.columns, data.inputs.tolist(), data.targets.ravel().tolist()
    (('size', 'kind=flat', 'kind=house'), [[50.0, 1.0, 0.0], [80.0, 0.0, 1.0]], [100.0, 170.0])
    """
    refuse_other("missing", missing, get_args(Missing))
    refuse_other("task", task, (None, *get_args(Task)))
    sheet = read_sheet(content, name, delimiter, encoding, header)
    for asked in (target, *categorical, *leave_out):
        refuse_unknown(name, asked, sheet.header)
    as_categories = {*categorical, target} if task in ("binary", "classes") else {*categorical}
    columns = columns_of(sheet, decimal, as_categories, set(leave_out) - {target})
    columns, notes = without_gaps(columns, target, missing)
    refuse_too_few(name, columns, target, notes)
    answer = columns.pop(target)
    names, inputs = inputs_of(columns)
    kind = task or guessed_task(answer)
    targets, classes = ANSWERS[kind](answer)
    return Dataset(
        name=name,
        inputs=inputs,
        targets=targets,
        task=kind,
        columns=names,
        target=target,
        description=sheet.comment or f"{target} from {len(columns)} columns of {name}",
        classes=classes,
        notes=(*notes, *categories(columns), *constants(columns)),
    )


def refuse_other(setting: str, value: str | None, choices: Sequence[str | None]) -> None:
    """An error for a setting that is none of its choices."""
    if value not in choices:
        raise DataError(f"{setting}={value!r}: it is one of {', '.join(map(repr, choices))}")


def refuse_unknown(table: str, asked: str, names: Sequence[str]) -> None:
    """An error for a column that isn't there, with those that are."""
    if asked not in names:
        close = get_close_matches(asked, names, 1)
        hint = f"; did you mean {close[0]!r}?" if close else "."
        raise DataError(f"{table} has no column called {asked!r}{hint} Its columns are: {', '.join(names)}.")


def refuse_too_few(table: str, columns: Columns, target: str, notes: Sequence[str]) -> None:
    """An error where there is nothing to learn from."""
    rows = len(columns[target].cells)
    if rows < 2:
        count, why = "one row" if rows else "no rows", "".join(f"; {note}" for note in notes)
        raise DataError(f"{table} has {count} to learn from, and at least two are needed{why}")
    if len(columns) < 2:
        raise DataError(f"{table} has no column but {target!r}: there is nothing to predict it from")
    if len(set(columns[target].cells)) < 2:
        raise columns[target].error(
            f"every row says {columns[target].cells[0]!r}, so there is nothing to learn; is it the right column?"
        )


def inputs_of(columns: Columns) -> tuple[tuple[str, ...], Floats]:
    """All columns side by side, categories as zeros and ones; and their names."""
    blocks = [
        one_hot(column) if column.categorical else ([name], column.numbers[:, None]) for name, column in columns.items()
    ]
    return tuple(name for names, _ in blocks for name in names), np.concatenate([block for _, block in blocks], axis=1)


def guessed_task(answer: Column) -> Task:
    """What kind of question a column answers: how much, yes or no, or which."""
    if answer.categorical:
        return "binary" if len(answer.categories) == 2 else "classes"
    return "binary" if set(answer.numbers) == {0.0, 1.0} else "regression"


def amounts(answer: Column) -> Answers:
    """How much: the numbers themselves."""
    if answer.categorical:
        raise answer.error(
            "a regression predicts numbers, and this column holds categories; choose another target or task"
        )
    return answer.numbers[:, None], ()


def yes_or_no(answer: Column) -> Answers:
    """Yes or no: zeros and ones, by the sorted order of two categories."""
    if not answer.categorical:
        return answer.numbers[:, None], ("0", "1")
    if len(answer.categories) != 2:
        raise answer.error(f"a yes-or-no question has two answers, and this column {len(answer.categories)}")
    return answer.codes[:, None].astype(np.float64), answer.categories


def which(answer: Column) -> Answers:
    """Which class: whole numbers from 0, by the sorted order of the categories."""
    refuse_too_many(answer)
    return answer.codes, answer.categories


ANSWERS: dict[Task, Callable[[Column], Answers]] = {"regression": amounts, "binary": yes_or_no, "classes": which}


def categories(columns: Columns) -> list[str]:
    """Sentences on columns of text, so that nobody's "100 €" becomes a category unseen."""
    return [
        f"column {name!r} holds {len(column.categories)} categories ({', '.join(column.categories):.60}), "
        "each made a column of zeros and ones"
        for name, column in columns.items()
        if column.categorical
    ]


def constants(columns: Columns) -> list[str]:
    """Sentences on columns that tell no row from another."""
    return [
        f"column {name!r} is {column.cells[0]} in every row, so nothing can be learned from it"
        for name, column in columns.items()
        if len(set(column.cells)) == 1
    ]
