"""What an inner loop of NumPy computes from element to element, as an expression of Python."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from gradwalk.program.native.instructions import DATA, FUNCTION, LOOP, OPCODE, SELECT_4, SELECT_8
from gradwalk.program.native.loops import Loop, loop_of

NAMES = {"f": "float32", "d": "float64"}  # of types


class Meaning(NamedTuple):
    """The types of operands, the result's last, as NumPy writes them; and the result as an expression of the others."""

    types: str
    expression: str


# By ufunc: the types of numbers that it is taken for, and its expression. Functions are in `functions`: what isn't exact
# to the last digit is there for float32 only.
EXPRESSIONS = {
    np.add: ("fd", "{0} + {1}"),
    np.subtract: ("fd", "{0} - {1}"),
    np.multiply: ("fd", "{0} * {1}"),
    np.divide: ("fd", "{0} / {1}"),
    np.negative: ("fd", "-{0}"),
    np.positive: ("fd", "{0}"),
    np.absolute: ("fd", "abs({0})"),
    np.square: ("fd", "{0} * {0}"),
    np.reciprocal: ("fd", "{type}(1) / {0}"),
    np.sqrt: ("fd", "sqrt({0})"),
    np.maximum: ("fd", "larger({0}, {1})"),
    np.minimum: ("fd", "smaller({0}, {1})"),
    np.exp: ("f", "exp({0})"),
    np.expm1: ("f", "expm1({0})"),
    np.tanh: ("f", "tanh({0})"),
    np.log: ("f", "log({0})"),
    np.greater: ("fd", "{0} > {1}"),
    np.greater_equal: ("fd", "{0} >= {1}"),
    np.less: ("fd", "{0} < {1}"),
    np.less_equal: ("fd", "{0} <= {1}"),
    np.equal: ("fd", "{0} == {1}"),
    np.not_equal: ("fd", "{0} != {1}"),
    np.isnan: ("fd", "{0} != {0}"),
    np.logical_and: ("?", "{0} & {1}"),
    np.logical_or: ("?", "{0} | {1}"),
    np.logical_not: ("?", "not {0}"),
}


def meaning_of(row: list[int]) -> Meaning | None:
    """What an instruction does; None if there is no expression for it."""
    if row[OPCODE] in (SELECT_4, SELECT_8):
        kind = chr(row[DATA])
        return Meaning(f"?{3 * kind}", "{1} if {0} else {2}") if kind in NAMES else None
    return meanings().get(Loop(row[FUNCTION], row[DATA])) if row[OPCODE] == LOOP else None


@cache
def meanings() -> dict[Loop, Meaning]:
    """By inner loop: what it does."""
    return dict(found())


def found() -> Iterator[tuple[Loop, Meaning]]:
    """The inner loops that there are expressions for."""
    for ufunc, (kinds, expression) in EXPRESSIONS.items():
        for types in ufunc.types:
            kind, loop = types[0], loop_of(ufunc, types)
            if kind in kinds and types[: ufunc.nin] == ufunc.nin * kind and loop is not None:
                yield loop, Meaning(types.replace("->", ""), expression.replace("{type}", NAMES.get(kind, "")))
