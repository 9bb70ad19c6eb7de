"""Plain numbers and given values, and when they become tensors."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradwalk.recording import Position, Scope, clock
from gradwalk.source import Span
from gradwalk.tensor import Tensor

EXACT = 2**53  # the whole numbers up to here are exact as floats; larger ones become floats
NOWHERE = Position(None, -1)


@dataclass
class Given:
    """A name with numbers that were given, not computed: a plain number where one is wanted, else a leaf."""

    name: str
    raw: Any
    wants_gradient: bool = False
    place: Span | None = None
    made: dict[str, Tensor] = field(default_factory=dict)

    def leaf(self) -> Tensor:
        """The leaf that these numbers are in a formula: whole numbers are floats there."""
        if "leaf" not in self.made:
            leaf = self.made["leaf"] = constant(self.raw, self.name)
            leaf.requires_grad = self.wants_gradient and leaf.dtype.kind == "f"
            leaf.place = self.place
        return self.made["leaf"]

    def whole(self) -> Tensor:
        """The same numbers as positions or classes, where they are whole; else the leaf."""
        if not is_whole(self.raw):
            return self.leaf()
        if "whole" not in self.made:
            self.made["whole"] = constant(np.array(self.raw).astype(np.int64), self.name, keep=True)
        return self.made["whole"]

    @property
    def number(self) -> Any:
        """The plain number that this is, or None when it is more than one or wants a gradient."""
        return self.raw if is_number(self.raw) and not self.wants_gradient else None


def constant(value: Any, name: str | None = None, keep: bool = False) -> Tensor:
    """A leaf that stands nowhere in Python code; whole numbers become floats, unless they are to be kept."""
    array = np.array(value)
    made = Tensor(array.astype(float) if array.dtype.kind in "iu" and not keep else array, name=name)
    made.code, made.offset = NOWHERE
    made.scope = Scope()
    return made


def now() -> int:
    """A number between those of the tensors made so far and those still to come."""
    return clock()


def set_place(result: Tensor, place: Span, before: int) -> None:
    """Say where in the text a result was computed, and whatever a composite made on the way to it."""
    scope = result.scope
    if scope is not None:
        result.scope = Scope(scope.path, scope.calls, None)  # so that it is named by its own text
    waiting = [result]
    while waiting:
        tensor = waiting.pop()
        if tensor.place is None and tensor.index > before:
            tensor.place = place
            tensor.code, tensor.offset = NOWHERE
            waiting.extend(x for x in tensor.inputs or () if isinstance(x, Tensor))


# --- plain numbers ---------------------------------------------------------------------------------------------------

PLAIN: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.true_divide,
    ast.FloorDiv: np.floor_divide, ast.Mod: np.mod, ast.Pow: np.power,
}  # fmt: skip
COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip


def arithmetic(operation: type[ast.AST], left: float, right: float) -> float:
    """Arithmetic on plain numbers, done in floats: it neither grows without bound nor raises.

    >>> arithmetic(ast.Pow, 9, 9**9), arithmetic(ast.Add, 2, 3), arithmetic(ast.Div, 1, 0)
    (inf, 5, inf)
    """
    with np.errstate(all="ignore"):
        found = float(PLAIN[operation](np.float64(left), np.float64(right)))
    both_whole = isinstance(left, int) and isinstance(right, int) and operation is not ast.Div
    return int(found) if both_whole and abs(found) <= EXACT and found.is_integer() else found


def shortened(number: Any) -> Any:
    """A typed number; a whole one beyond 2**53 becomes a float."""
    if isinstance(number, int) and not isinstance(number, bool) and abs(number) > EXACT:
        return float(number) if number.bit_length() < 1024 else float("inf") * (1 if number > 0 else -1)
    return number


def is_number(value: Any) -> bool:
    """Whether this is a plain number."""
    return isinstance(value, bool | int | float)


def number_in(value: Any) -> Any:
    """The plain number that a value is or stands for, or None."""
    return value.number if isinstance(value, Given) else value if is_number(value) else None


def settled(value: Any) -> Any:
    """A name for a plain number as that number; everything else as it is."""
    number = number_in(value)
    return value if number is None else number


def is_whole(value: Any) -> bool:
    """Whether these are all whole numbers (not true and false)."""
    array = np.asarray(value)
    if array.dtype.kind in "iu":
        return True
    return (
        array.dtype.kind == "f"
        and array.size > 0
        and bool(np.isfinite(array).all() and (array == np.floor(array)).all())
    )


def holds_tensors(value: Any) -> bool:
    """Whether a list holds something computed, or a named value."""
    return any(
        holds_tensors(item) if isinstance(item, list | tuple) else isinstance(item, Tensor | Given) for item in value
    )


def flat(value: Any) -> Iterator[Any]:
    """The tensors and numbers in an argument."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from flat(item)
    elif isinstance(value, Tensor | bool | int | float):
        yield value
