"""A group of instructions on long arrays as one loop, which is compiled: what they hand to each other stays in registers.

So memory is read and written once. What a loop of Python's would be, one element at a time, is compiled to vector
instructions. It goes through the arrays in stretches, so that sums are put together from many short ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from gradwalk.program.native.blocks import BLOCK, Place, operands
from gradwalk.program.native.expressions import NAMES, meaning_of
from gradwalk.program.native.instructions import (
    BLOCKS,
    DATA,
    FUSED,
    OPCODE,
    PLANES,
    ROW_STEPS,
    ROWS,
    SIZES,
    STEPS,
    WIDTH,
)
from gradwalk.program.native.memory import FIXED, address
from gradwalk.program.native.rows import Rows

SIZE = 100_000  # elements: for fewer it isn't worth to compile
FEWEST, MOST = 4, 200  # instructions: two or three are as fast in blocks
MOST_OPERANDS = 24  # the more, the less of each is near when it is needed
STRETCH = 1024  # elements whose sum is one of the short ones
BYTES = {"f": 4, "d": 8, "?": 1}  # by type
POINTERS = {"f": "singles", "d": "doubles", "?": "truths"}


class Unfusable(ValueError):
    """Instructions that are no such loop."""


class Operand(NamedTuple):
    """What an instruction reads or writes, from where on; a step of 0 for a single number."""

    place: Place
    type: str
    step: int


class Fused(NamedTuple):
    """The row that stands before a group; the source of the function that it calls; what only that knows of."""

    row: list[int]
    source: str
    kept: list[Any]


def fused(rows: Rows) -> Iterator[Fused | list[int]]:
    """The same rows; before each group that can be one loop, what calls that."""
    for position, row in enumerate(rows, 1):
        if row[OPCODE] == BLOCKS:
            size = (row[ROWS] - 1) * BLOCK + row[SIZES + 2]
            group = rows[position : position + row[SIZES]]
            if size >= SIZE and FEWEST <= len(group) <= MOST:
                yield from one_loop(group, size)
        yield row


def one_loop(group: Rows, size: int) -> Iterator[Fused]:
    """What calls a group's loop, if it can be one."""
    try:
        loop = Loop(group)
    except Unfusable:
        return
    short = [np.empty(-(-size // STRETCH), NAMES[x.type]) for x in loop.sums]
    used = [*loop.pointers, *(Operand(Place(FIXED, address(x)), x.dtype.char, 0) for x in short)]
    if len(used) > MOST_OPERANDS:
        return
    table = np.zeros((5, len(used)), np.int64)
    table[:4] = np.transpose([(*x.place, size * x.step or BYTES[x.type], x in loop.written) for x in used])
    row = [0] * WIDTH
    row[OPCODE], row[SIZES], row[ROWS], row[PLANES], row[DATA] = FUSED, size, len(group) + 1, len(used), address(table)
    yield Fused(row, loop.source(), [table, *short])


class Loop:
    """A group's loop, and what it reads and writes, in the order of first use.

    While it is written, ``values`` are the names of what places hold.
    """

    def __init__(self, group: Rows):
        self.pointers: dict[Operand, str] = {}
        self.values: dict[Place, str] = {}
        self.kinds: dict[Place, Operand] = {}
        self.written: dict[Operand, str] = {}
        self.sums: dict[Operand, str] = {}
        self.before: list[str] = []
        self.lines: list[str] = []
        for row in group:
            self._add(row)
        for x in self.written:
            self.lines.append(f"{self._pointer(x)}[i] = {self.values[x.place]}")
        for x in self.sums:
            self._pointer(x)
        self.written |= self.sums

    def _add(self, row: list[int]) -> None:
        meaning = meaning_of(row)
        if meaning is None:
            raise Unfusable("a function that isn't known as an expression")
        places = operands(row)
        *reads, result = map(self._known, places, meaning.types, row[STEPS:])
        if not result.step:
            self._add_sum(meaning.expression, reads, result)
            return
        expression = meaning.expression.format(*map(self._value, reads))
        self.values[result.place] = self._named(self.lines, expression)
        if row[ROW_STEPS + len(reads)]:  # not a temporary array, which stays in one block
            self.written[result] = ""

    def _add_sum(self, expression: str, reads: list[Operand], result: Operand) -> None:
        if expression != "{0} + {1}" or reads[0] != result or result in self.sums:
            raise Unfusable("a reduction that isn't a sum")
        name = self.sums[result] = f"s{len(self.sums)}"
        self.lines.append(f"{name} = added({name}, {self._value(reads[1])})")

    def _known(self, place: Place, type: str, step: int) -> Operand:
        operand = Operand(place, type, step)
        if step not in (0, BYTES[type]) or self.kinds.setdefault(place, operand) != operand:
            raise Unfusable("numbers that don't lie one after another, or are read in two ways")
        return operand

    def _value(self, x: Operand) -> str:
        """The name of what an operand is at this point; it is read from memory if nothing was written there."""
        if x.place not in self.values:
            index, lines = ("i", self.lines) if x.step else ("0", self.before)
            self.values[x.place] = self._named(lines, f"{self._pointer(x)}[{index}]")
        return self.values[x.place]

    def _pointer(self, x: Operand) -> str:
        return self.pointers.setdefault(x, f"x{len(self.pointers)}")

    def _named(self, lines: list[str], expression: str) -> str:
        name = f"v{len(self.before) + len(self.lines)}"
        lines.append(f"{name} = {expression}")
        return name

    def source(self) -> str:
        """The loop as a function of Python, and one that is called as NumPy's inner loops are."""
        short = [f"short_{name}" for name in self.sums.values()]
        types = [x.type for x in (*self.pointers, *self.sums)]
        passed = [f"{POINTERS[type]}(at[{i}])" for i, type in enumerate(types)]
        lines = [
            f"def loop(n, {', '.join([*self.pointers.values(), *short])}):",
            "    on_its_own()",
            *(f"    {line}" for line in self.before),
            f"    for start in range(0, n, {STRETCH}):",
            *(f"        {name} = {NAMES[x.type]}(0)" for x, name in self.sums.items()),
            f"        for i in range(start, min(start + {STRETCH}, n)):",
            *(f"            {line}" for line in self.lines),
            *(f"        short_{name}[start // {STRETCH}] = {name}" for name in self.sums.values()),
            *(
                f"    {self.pointers[x]}[0] += halved(short_{name}, (n + {STRETCH - 1}) // {STRETCH})"
                for x, name in self.sums.items()
            ),
            "",
            "def called(operands, sizes, steps, data):",
            "    at = words(operands)",
            f"    loop(words(sizes)[0], {', '.join(passed)})",
        ]
        return "\n".join(lines)
