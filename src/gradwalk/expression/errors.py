"""What can be wrong with a typed formula: said in a sentence, with the place and the cure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gradwalk.errors import GradwalkError


class Place(NamedTuple):
    """A stretch of one line: the line counts from 1, columns from 0 in characters, the end exclusive."""

    line: int
    column: int
    end_column: int


class ExpressionError(GradwalkError, ValueError):
    """A formula that can't be read or computed.

    ``sentence`` says what is wrong, ``cure`` how to mend it, and ``line`` and ``column`` where (line 0: nowhere).
    ``missing`` are the names that have no value.
    """

    def __init__(
        self, sentence: str, cure: str = "", place: Place | None = None, text: str = "", missing: Sequence[str] = ()
    ):
        self.sentence, self.cure, self.text, self.missing = sentence, cure, text, tuple(missing)
        self.line, self.column, self.end_column = place or Place(0, 0, 0)
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The sentence and the cure, without the place."""
        return f"{self.sentence}; {self.cure}" if self.cure else self.sentence

    @property
    def pointer(self) -> str:
        """The line of the formula with a caret under the place, or nothing when there is no place."""
        lines = self.text.split("\n")
        if not 1 <= self.line <= len(lines):
            return ""
        label = f"line {self.line}: " if len(lines) > 1 else ""
        shown, column, end = _window(lines[self.line - 1], self.column, max(self.end_column, self.column + 1))
        return f"  {label}{shown}\n  {' ' * (len(label) + column)}{'^' * (end - column)}"

    def __str__(self) -> str:
        return f"{self.message}\n{self.pointer}" if self.pointer else self.message


WINDOW = 90  # a longer line is shown around the place only


def _window(line: str, column: int, end: int) -> tuple[str, int, int]:
    """The part of a line to show, and where the marked part lies in it."""
    line = "".join(c if c.isprintable() else " " for c in line)
    if len(line) <= WINDOW:
        return line, column, min(end, max(len(line), column + 1))
    start = max(0, min(column - WINDOW // 2, len(line) - WINDOW))
    stop = start + WINDOW
    before, after = "…" if start else "", "…" if stop < len(line) else ""
    shift = len(before) - start
    return f"{before}{line[start:stop]}{after}", column + shift, min(end, stop) + shift
