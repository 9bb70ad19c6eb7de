"""Long arrays block by block: all instructions on one part of them while it is in the processor's cache, then the next.

What only the instructions of one group read never leaves the cache: it is written to the same block again and again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gradwalk.program.native.instructions import (
    BLOCK_SIZE,
    BLOCKS,
    LAST_SIZE,
    LOOP,
    OFFSETS,
    OPCODE,
    OPERANDS,
    PLANES,
    ROW_STEPS,
    ROWS,
    SELECT_4,
    SELECT_8,
    SIZES,
    SLOTS,
    STEPS,
    WHOLE_SIZE,
    WIDTH,
)
from gradwalk.program.native.memory import FIXED
from gradwalk.program.native.rows import Rows

LONG = 20_000  # elements: shorter arrays stay in the cache anyway
BLOCK = 1024  # elements
MOST = 100  # instructions in a group


def in_blocks(stretches: Sequence[Rows], named: Iterable[int]) -> list[Rows]:
    """The same instructions, neighbours on equally long arrays together; ``named`` are addresses that others read too."""
    grouped = [list(groups(rows)) for rows in stretches]
    needed = sorted({*named, *(x.offset for found in grouped for group in found for x in exposed(group))})
    return [[row for group in found for row in blocked(group, needed)] for found in grouped]


def groups(rows: Rows) -> Iterator[Rows]:
    """Neighbours that may go together, and single instructions; single numbers that a group knows nothing of come before it."""
    group: Rows = []
    for row in rows:
        if group and is_number(row) and not any(touch(x, other) for x in operands(row) for other in group):
            yield [row]
            continue
        if len(group) == MOST or (
            group and not (is_long(row) and row[SIZES] == group[0][SIZES] and sums(group).isdisjoint(operands(row)))
        ):
            yield group
            group = []
        group.append(row)
        if not is_long(row):
            yield group
            group = []
    if group:
        yield group


def is_long(row: list[int]) -> bool:
    """Whether an instruction is one loop over a long array."""
    return row[OPCODE] in (LOOP, SELECT_4, SELECT_8) and row[SIZES] >= LONG and row[ROWS] == row[PLANES] == 1


def is_number(row: list[int]) -> bool:
    """Whether an instruction copies or computes one number, where nothing moves."""
    return (
        row[OPCODE] == LOOP and row[SIZES] == row[ROWS] == row[PLANES] == 1 and not any(x.slot for x in operands(row))
    )


class Place(NamedTuple):
    """Where an operand begins."""

    slot: int
    offset: int


def operands(row: list[int]) -> list[Place]:
    """Where the operands of an instruction begin; the last one is written."""
    found = list(map(Place, row[SLOTS : SLOTS + OPERANDS], row[OFFSETS : OFFSETS + OPERANDS]))
    while not any(found[-1]):
        found.pop()
    return found


def touch(number: Place, row: list[int]) -> bool:
    """Whether a number that never moves lies in what a long instruction reads or writes."""
    extents = zip(operands(row), row[STEPS:], strict=False)
    return any(x.slot == FIXED and x.offset <= number.offset <= x.offset + step * row[SIZES] for x, step in extents)


class Span(NamedTuple):
    """What an operand goes through: from where on, and how many bytes from one element to the next."""

    place: Place
    step: int

    def extent(self, size: int) -> tuple[Place, int]:
        """From which byte on, and how many."""
        length = self.step * (size - 1)
        return self.place._replace(offset=self.place.offset + min(0, length)), abs(length) + 1


def spans(group: Rows) -> dict[Span, bool]:
    """What a group reads and writes outside of its blocks, and whether it is written, in the order of first use."""
    found: dict[Span, bool] = {}
    for row in group:
        places = operands(row)
        for i, place in enumerate(places):
            span = Span(place, row[STEPS + i])
            if not span.step or row[ROW_STEPS + i]:
                found[span] = found.get(span, False) or i == len(places) - 1
    return found


def sums(group: Rows) -> set[Place]:
    """The single numbers that a group arrives at: they are known after its last block only."""
    return {found[-1] for row in group if row[STEPS + len(found := operands(row)) - 1] == 0}


def exposed(group: Rows) -> set[Place]:
    """What a group reads before it writes there."""
    written: set[Place] = set()
    found: set[Place] = set()
    for row in group:
        *reads, result = operands(row)
        found |= {x for x in reads if x not in written}
        written.add(result)
    return {x for x in found if x.slot == FIXED}


def blocked(group: Rows, needed: list[int]) -> Rows:
    """A group as instructions for one block, which are repeated; what isn't needed elsewhere stays in one block."""
    if not is_long(group[0]):
        return group
    size = group[0][SIZES]
    count = -(-size // BLOCK)
    head = [0] * WIDTH
    head[OPCODE], head[SIZES], head[ROWS] = BLOCKS, len(group), count
    head[BLOCK_SIZE], head[LAST_SIZE], head[WHOLE_SIZE] = BLOCK, size - (count - 1) * BLOCK, size
    passing = temporary(group, needed)
    for row in group:
        for i, x in enumerate(operands(row)):
            row[ROW_STEPS + i] = 0 if x in passing else BLOCK * row[STEPS + i]
    return [head, *group]


def temporary(group: Rows, needed: list[int]) -> set[Place]:
    """The arrays that a group writes, and that are read nowhere else, not in part either."""
    written = {found[-1]: row[STEPS + len(found) - 1] for row in group for found in [operands(row)]}
    places = sorted({x.offset for row in group for x in operands(row) if x.slot == FIXED})
    passing = set()
    for x, step in written.items():
        end = x.offset + step * group[0][SIZES]
        alone = count_between(needed, x.offset, end) == 0 and count_between(places, x.offset, end) == 1
        if x.slot == FIXED and step and alone:
            passing.add(x)
    return passing


def count_between(numbers: list[int], start: int, end: int) -> int:
    """How many of the sorted numbers lie in a range."""
    return bisect_left(numbers, end) - bisect_left(numbers, start)
