"""``where``: for elements of four or of eight bytes, whatever they mean."""

from __future__ import annotations

from typing import Any

from numba import njit

from gradwalk.program.native.instructions import SIZES, STEPS
from gradwalk.program.native.pointers import bytes_at


@njit
def select(row: Any, condition: Any, a: Any, b: Any, out: Any, size: int) -> None:
    """``out = where(condition, a, b)``, whatever the elements mean; the first cases are those that can be vectorised."""
    asked, first, second, step = row[STEPS], row[STEPS + 1] // size, row[STEPS + 2] // size, row[STEPS + 3] // size
    side_by_side = asked == 1 and step == 1
    if side_by_side and first == 1 and second == 1:
        for i in range(row[SIZES]):
            out[i] = a[i] if condition[i] else b[i]
    elif side_by_side and first == 1 and second == 0:
        other = b[0]
        for i in range(row[SIZES]):
            out[i] = a[i] if condition[i] else other
    elif side_by_side and first == 0 and second == 1:
        other = a[0]
        for i in range(row[SIZES]):
            out[i] = other if condition[i] else b[i]
    else:
        for i in range(row[SIZES]):
            out[i * step] = a[i * first] if condition[i * asked] else b[i * second]


@njit
def replace(row: Any, condition: Any, other: Any, out: Any, where: bool) -> None:
    """``out = other`` wherever the condition is true (or false): one array only, so that it can be vectorised."""
    number = other[0]
    for i in range(row[SIZES]):
        out[i] = number if (condition[i] != 0) == where else out[i]


@njit
def select_or_replace(row: Any, operands: Any, a: Any, b: Any, out: Any, size: int) -> None:
    """Select; what is written over what it reads is replaced there."""
    condition = bytes_at(operands[0])
    one_by_one = row[STEPS] == 1 and row[STEPS + 3] == size
    if one_by_one and operands[1] == operands[3] and row[STEPS + 2] == 0:
        replace(row, condition, b, out, False)
    elif one_by_one and operands[2] == operands[3] and row[STEPS + 1] == 0:
        replace(row, condition, a, out, True)
    else:
        select(row, condition, a, b, out, size)
