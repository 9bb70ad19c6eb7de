"""A group of instructions on long arrays as one loop, which is compiled: what they hand to each other stays in registers.

So memory is read and written once. What a loop of Python's would be, one element at a time, is compiled to vector
instructions. It goes through the arrays in stretches, so that sums are put together from many short ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradwalk.program.native.blocks import Span, operands, spans
from gradwalk.program.native.expressions import NAMES, Meaning, meaning_of
from gradwalk.program.native.instructions import BLOCKS, DATA, OPCODE, PLANES, SIZES, SPAN_ADDRESSES, STEPS, WHOLE_SIZE
from gradwalk.program.native.memory import FIXED, address
from gradwalk.program.native.rows import Rows

SIZE = 100_000  # elements: for fewer it isn't worth to compile
FEWEST = 4  # instructions: two or three are as fast in blocks
MOST_OPERANDS = 24  # the more, the less of each is near when it is needed
STRETCH = 1024  # elements whose sum is one of the short ones
BYTES = {"f": 4, "d": 8, "?": 1}  # by type
POINTERS = {"f": "singles", "d": "doubles", "?": "bytes_at"}


class Unfusable(ValueError):
    """Instructions that are no such loop."""


class Group(NamedTuple):
    """Where the head of a group is; the source of its loop, if it can be one; what only the instructions know of."""

    position: int
    source: str
    kept: list[Any]


def prepared(rows: Rows) -> Iterator[Group]:
    """The groups among instructions, whose heads are told what they read and write."""
    for position, head in enumerate(rows):
        if head[OPCODE] == BLOCKS:
            group, size = rows[position + 1 : position + 1 + head[SIZES]], head[WHOLE_SIZE]
            found = spans(group)
            loop = loop_of(group, found) if size >= SIZE else None
            short = [np.empty(-(-size // STRETCH), NAMES[kind]) for kind in loop.sums.values()] if loop else []
            table = operand_table(found, size, short)
            head[PLANES], head[DATA] = table.shape[1], address(table)
            yield Group(position, loop.source() if loop else "", [table, *short])


def operand_table(found: Mapping[Span, bool], size: int, short: Sequence[Any]) -> Any:
    """What the kernel is told of each operand; those that only a loop has come last."""
    operands = [(span.extent(size), written) for span, written in found.items()]
    told = [(*place, length, written) for (place, length), written in operands]
    told += [(FIXED, address(array), array.nbytes, True) for array in short]
    table = np.zeros((SPAN_ADDRESSES + 1, len(told)), np.int64)
    table[:SPAN_ADDRESSES] = np.transpose(told)
    return table


def loop_of(group: Rows, found: Mapping[Span, bool]) -> Loop | None:
    """A group's loop, if it can be one and is worth it."""
    if len(group) < FEWEST or len(found) > MOST_OPERANDS:
        return None
    try:
        return Loop(group, found)
    except Unfusable:
        return None


class Loop:
    """A group's loop, and the types of what it goes through; while it is written, the names of what there is by then."""

    def __init__(self, group: Rows, found: Mapping[Span, bool]):
        self.names = {span: f"x{number}" for number, span in enumerate(found)}
        self.types: dict[Span, str] = {}
        self.values: dict[Span, str] = {}
        self.sums: dict[Span, str] = {}
        self.before: list[str] = []
        self.lines: list[str] = []
        for row in group:
            self._add(row)
        written = [span for span, changes in found.items() if changes and span.step]
        self.lines += [f"{self.names[span]}[i] = {self._stored(span)}" for span in written]

    def _add(self, row: list[int]) -> None:
        meaning = meaning_of(row)
        if meaning is None:
            raise Unfusable("a function that isn't known as an expression")
        *reads, result = map(self._typed, map(Span, operands(row), row[STEPS:]), meaning.types)
        if not result.step:
            self._add_sum(meaning, reads, result)
        else:
            expression = meaning.expression.format(*map(self._value, reads))
            self.values[result] = self._named(self.lines, expression)

    def _add_sum(self, meaning: Meaning, reads: list[Span], result: Span) -> None:
        if meaning.expression != "{0} + {1}" or reads[0] != result or result in self.sums:
            raise Unfusable("a reduction that isn't a sum")
        self.sums[result] = meaning.types[-1]
        name = f"s{self.names[result]}"
        self.lines.append(f"{name} = added({name}, {self._value(reads[1])})")

    def _typed(self, span: Span, kind: str) -> Span:
        if span.step not in (0, BYTES[kind]) or self.types.setdefault(span, kind) != kind:
            raise Unfusable("numbers that don't lie one after another, or are read in two ways")
        return span

    def _value(self, x: Span) -> str:
        """The name of what an operand is at this point; it is read from memory if nothing was written there."""
        if x not in self.values:
            index, lines = ("i", self.lines) if x.step else ("0", self.before)
            asked = " != 0" if self.types[x] == "?" else ""
            self.values[x] = self._named(lines, f"{self.names[x]}[{index}]{asked}")
        return self.values[x]

    def _stored(self, x: Span) -> str:
        return f"uint8({self.values[x]})" if self.types[x] == "?" else self.values[x]

    def _named(self, lines: list[str], expression: str) -> str:
        name = f"v{len(self.before) + len(self.lines)}"
        lines.append(f"{name} = {expression}")
        return name

    def source(self) -> str:
        """The loop as a function of Python, and one that is called as NumPy's inner loops are."""
        sums = {self.names[span]: kind for span, kind in self.sums.items()}
        kinds = [*(self.types[span] for span in self.names), *sums.values()]
        given = [f"{POINTERS[kind]}(at[{number}])" for number, kind in enumerate(kinds)]
        lines = [
            f"def loop(n, {', '.join([*self.names.values(), *(f'short_{x}' for x in sums)])}):",
            "    on_its_own()",
            *(f"    {line}" for line in self.before),
            f"    for start in range(0, n, {STRETCH}):",
            *(f"        s{x} = {NAMES[kind]}(0)" for x, kind in sums.items()),
            f"        for i in range(start, min(start + {STRETCH}, n)):",
            *(f"            {line}" for line in self.lines),
            *(f"        short_{x}[start // {STRETCH}] = s{x}" for x in sums),
            *(f"    {x}[0] += halved(short_{x}, (n + {STRETCH - 1}) // {STRETCH})" for x in sums),
            "",
            "def called(operands, sizes, steps, data):",
            "    at = words(operands)",
            f"    loop(words(sizes)[0], {', '.join(given)})",
        ]
        return "\n".join(lines)
