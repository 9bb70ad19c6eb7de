"""A value as a user types it: ``0.5``, ``1/3``, ``[[1, 2], [3, 4]]``, ``-inf``."""

from __future__ import annotations

from typing import Any

from gradwalk.expression.errors import ExpressionError
from gradwalk.expression.interpret import evaluate
from gradwalk.expression.parse import parse
from gradwalk.tensor import Tensor

SPECIAL = {
    "nan": float("nan"),
    "inf": float("inf"),
    "-inf": float("-inf"),
    "+inf": float("inf"),
    "true": True,
    "false": False,
}


def literal(text: str) -> Any:
    """The number, or the nested list of numbers, that a text stands for; plain arithmetic is done.

    >>> literal("1/4"), literal("[[1, 2], [3, -4]]"), literal("-inf")
    (0.25, [[1, 2], [3, -4]], -inf)
    """
    plain = text.strip()
    if plain.lower() in SPECIAL:
        return SPECIAL[plain.lower()]
    program = parse(text)
    if program.names or program.assigned:
        name = (program.names or program.assigned)[0]
        raise ExpressionError(
            f"{plain!r} is no value", f"a value is a number or a list of numbers, and {name} is a name"
        )
    found = evaluate(program).output
    if isinstance(found, Tensor):
        return found.value.tolist()
    if found is None or isinstance(found, str) or found is Ellipsis:
        raise ExpressionError(f"{plain!r} is no value", "a value is a number or a list of numbers")
    return list(found) if isinstance(found, tuple) else found
