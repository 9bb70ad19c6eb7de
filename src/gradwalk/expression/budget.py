"""What one run of a formula may cost: counted before each step, so that no text can fill memory or hang."""

from __future__ import annotations

from typing import Any, NoReturn

from gradwalk.expression.parse import Program
from gradwalk.expression.size import Call, estimate

LIMIT = 1_000_000  # numbers in one value
TOTAL = 10_000_000  # numbers in all values of one run
WORK = 300_000_000  # numbers looked at, all steps together


class Budget:
    """The numbers held and looked at so far."""

    def __init__(self, program: Program):
        self.program = program
        self.total = self.work = 0

    def afford(self, node: Any, call: Call, name: str) -> None:
        """Refuse a call that would be too large, before it is made."""
        try:
            size, work = estimate(call)
        except (ArithmeticError, IndexError, KeyError, TypeError, ValueError):  # arguments that no call would take
            self.program.refuse(node, f"{name} can't be computed from these values", "look at their shapes")
        self.spend(node, size, work, name)

    def spend(self, node: Any, size: int, work: int, name: str) -> None:
        """Count numbers and work against the limits."""
        if size > LIMIT:
            self.too_large(node, name, size)
        self.total += size
        self.work += size + work
        if self.total > TOTAL:
            self.refuse(node, f"up to here this formula holds {self.total:,} numbers, and the limit is {TOTAL:,}")
        if self.work > WORK:
            self.refuse(node, "up to here this formula would take too long")

    def too_large(self, node: Any, name: str, size: int) -> NoReturn:
        """Say that one value would be too large."""
        shown = f"{size:,}" if size < 10**15 else f"{float(size):.1e}" if size < 10**300 else "far too many"
        self.refuse(node, f"{name} would hold {shown} numbers, and the limit is {LIMIT:,}")

    def refuse(self, node: Any, sentence: str) -> NoReturn:
        """Say what is too much, and where."""
        self.program.refuse(node, sentence, "use smaller values, or a script")
