"""The kernel's loops that go by an index, those over short rows, and those from one type of number to another."""

from __future__ import annotations

from typing import Any

from numba import njit

from gradwalk.program.native.instructions import (
    ADD_AT_4,
    ADD_AT_8,
    CAST,
    CHECK,
    COUNT,
    DATA,
    FUNCTION,
    LARGEST,
    OPCODE,
    SIZES,
    STEPS,
    SUM_OF_ROWS,
    TAKE_4,
    TAKE_8,
)
from gradwalk.program.native.pointers import WORD, bytes_at, doubles, halves, singles, words


@njit
def indexed(row: Any, operands: Any) -> int:
    """Carry out one of these loops; 0, or the number of a check that failed."""
    opcode, a, b, c = row[OPCODE], operands[0], operands[1], operands[2]
    if opcode == CHECK:
        return check(row, words(a))  # type: ignore[no-any-return]
    if opcode == TAKE_4:
        take(row, halves(a), words(b), halves(c), 4)
    elif opcode == TAKE_8:
        take(row, words(a), words(b), words(c), 8)
    elif opcode == ADD_AT_4:
        add_at(row, singles(a), words(b), singles(c), 4)
    elif opcode == ADD_AT_8:
        add_at(row, doubles(a), words(b), doubles(c), 8)
    elif opcode == COUNT:
        count(row, bytes_at(a), words(b))
    elif opcode == CAST:
        cast(row, a, b)
    elif row[DATA] == 4:
        by_rows(row, singles(a), singles(b), singles(c), 4, a == c)
    else:
        by_rows(row, doubles(a), doubles(b), doubles(c), 8, a == c)
    return 0


@njit
def by_rows(row: Any, a: Any, b: Any, c: Any, size: int, same: bool) -> None:
    """Carry out one of the loops over short rows, or over one long one."""
    opcode = row[OPCODE]
    if opcode == LARGEST:
        largest(row, a, b, size)
    elif opcode == SUM_OF_ROWS:
        sum_of_rows(row, a, b, size)
    else:
        at_least(row, a, b, c, same)


@njit
def check(row: Any, index: Any) -> int:
    """The check's number if an index is below 0 or not below DATA."""
    step, size, wrong = row[STEPS] // WORD, row[DATA], 0
    for i in range(row[SIZES]):
        wrong |= (index[i * step] < 0) | (index[i * step] >= size)
    return row[FUNCTION] if wrong else 0


@njit
def take(row: Any, x: Any, index: Any, out: Any, size: int) -> None:
    """``out[i] = x[i, index[i]]``; one index for the whole row means to copy a row."""
    across, along, step = row[DATA] // size, row[STEPS] // size, row[STEPS + 2] // size
    if row[STEPS + 1] == 0:
        first = index[0] * across
        for i in range(row[SIZES]):
            out[i * step] = x[first + i * along]
    else:
        next_index = row[STEPS + 1] // WORD
        for i in range(row[SIZES]):
            out[i * step] = x[i * along + index[i * next_index] * across]


@njit
def add_at(row: Any, x: Any, index: Any, out: Any, size: int) -> None:
    """``out[i, index[i]] += x[i]``, one after the other: several may go to one place."""
    across, step, along = row[DATA] // size, row[STEPS] // size, row[STEPS + 2] // size
    next_index = row[STEPS + 1] // WORD
    for i in range(row[SIZES]):
        out[i * along + index[i * next_index] * across] += x[i * step]


@njit
def count(row: Any, truths: Any, out: Any) -> None:
    """``out += how many are true``, or by itself where each has a place of its own."""
    step, along, total = row[STEPS], row[STEPS + 1] // WORD, 0
    if along:
        for i in range(row[SIZES]):
            out[i * along] += truths[i * step]
    else:
        for i in range(row[SIZES]):
            total += truths[i * step]
        out[0] += total


@njit
def largest(row: Any, x: Any, out: Any, size: int) -> None:
    """The largest number of each row; NaN if there is one in it."""
    step, next_row, next_out = row[STEPS] // size, row[STEPS + 1] // size, row[STEPS + 2] // size
    for i in range(row[SIZES + 1]):
        found = x[i * next_row]
        for j in range(1, row[SIZES]):
            number = x[i * next_row + j * step]
            found = number if (number > found) | (number != number) else found
        out[i * next_out] = found


@njit
def sum_of_rows(row: Any, x: Any, out: Any, size: int) -> None:
    """Add up rows, four at a time."""
    columns, rows, step = row[SIZES], row[SIZES + 1], row[STEPS] // size
    for j in range(columns):
        out[j] = x[j]
    alone = 1 + (rows - 1) % 4
    for i in range(1, alone):
        for j in range(columns):
            out[j] += x[i * step + j]
    for i in range(alone, rows, 4):
        first, second, third, fourth = i * step, (i + 1) * step, (i + 2) * step, (i + 3) * step
        for j in range(columns):
            out[j] += (x[first + j] + x[second + j]) + (x[third + j] + x[fourth + j])


@njit
def at_least(row: Any, x: Any, least: Any, out: Any, same: bool) -> None:
    """``out = maximum(x, least)``; in place it goes by one pointer, so that it can be vectorised as well."""
    number = least[0]
    if same:
        for i in range(row[SIZES]):
            out[i] = out[i] if (out[i] > number) | (out[i] != out[i]) else number
    else:
        for i in range(row[SIZES]):
            out[i] = x[i] if (x[i] > number) | (x[i] != x[i]) else number


@njit
def cast(row: Any, source: int, target: int) -> None:
    """The same numbers in another type, in the order of CASTS."""
    pair = row[DATA]
    if pair == 0:
        convert(row, bytes_at(source), 1, words(target), 8)
    elif pair == 1:
        convert(row, bytes_at(source), 1, singles(target), 4)
    elif pair == 2:
        convert(row, bytes_at(source), 1, doubles(target), 8)
    elif pair == 3:
        convert(row, words(source), 8, singles(target), 4)
    elif pair == 4:
        convert(row, words(source), 8, doubles(target), 8)
    elif pair == 5:
        convert(row, singles(source), 4, doubles(target), 8)
    else:
        convert(row, doubles(source), 8, singles(target), 4)


@njit
def convert(row: Any, source: Any, size: int, target: Any, wide: int) -> None:
    """Copy numbers, each as the type of the target has it."""
    step, along = row[STEPS] // size, row[STEPS + 1] // wide
    for i in range(row[SIZES]):
        target[i * along] = source[i * step]
