"""Numbers as a reader sees them: rounded for display, and whether an equation between rounded numbers still holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradwalk.formula import Formula
from gradwalk.walk.model import Elided

DIGITS = 4
SMALL = 3  # a matrix up to 3 × 3 is shown whole


def is_single(value: Any) -> bool:
    """Whether a value is one number."""
    return value is not None and not isinstance(value, Elided) and np.size(value) == 1


def is_small(value: Any) -> bool:
    """Whether every entry of a value is shown: one number, a short vector or a small matrix."""
    if value is None or isinstance(value, Elided):
        return False
    shape = np.shape(value)
    return np.size(value) == 1 or (0 < len(shape) <= 2 and np.size(value) > 0 and max(shape) <= SMALL)


def displayed(value: Any, digits: int = DIGITS) -> Any:
    """The number that a reader sees: rounded to significant digits; whole numbers and truths as they are.

    >>> displayed(0.7502601), displayed(3)
    (0.7503, 3)
    """
    if isinstance(value, float | np.floating):
        return float(f"{float(value):.{digits}g}")
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.array([displayed(x, digits) for x in value.flat], float).reshape(value.shape)
    return value


def agrees(formula: Any, values: Mapping[str, Any], result: Any, digits: int = DIGITS) -> bool:
    """Whether a formula with the displayed numbers put in comes to just the displayed result.

    ``values`` holds the exact value of each symbol, by its name. Where they aren't all displayed (a large matrix) nobody
    can tell by hand, and the answer is yes.

    >>> x = Formula.symbol("x", 0.0)
    >>> agrees(2 * x, {"x": 0.25}, 0.5), agrees(3 * x, {"x": 1 / 3}, 1.0)
    (True, False)
    """
    if formula is None or not all(map(is_small, [result, *(values.get(name) for name in symbols_in(formula))])):
        return True
    try:
        found = np.asarray(evaluated(formula, values, digits))
    except (NotImplementedError, TypeError, ValueError):  # an op that isn't declared here
        return True
    return _same(displayed(found, digits), displayed(np.asarray(result), digits))


def sign(formula: Any, values: Mapping[str, Any], result: Any, digits: int = DIGITS) -> str:
    """``=`` where the displayed numbers make the displayed result, else ``≈``."""
    return "=" if agrees(formula, values, result, digits) else "≈"


def _same(found: Any, shown: Any) -> bool:
    equal_nan = found.dtype.kind == shown.dtype.kind == "f"
    return found.size == shown.size and np.array_equal(found.reshape(shown.shape), shown, equal_nan=equal_nan)


def symbols_in(part: Any) -> set[str]:
    """The names of all symbols in a formula."""
    if not isinstance(part, Formula):
        return set()
    return {part.name} if part.head is None else set().union(*map(symbols_in, part.parts))


def evaluated(part: Any, values: Mapping[str, Any], digits: int = DIGITS) -> Any:
    """What a formula comes to when every number in it is the one displayed."""
    if not isinstance(part, Formula):
        return displayed(part, digits)
    if part.head is None:
        return displayed(values[part.name], digits)
    inputs = [evaluated(x, values, digits) for x in part.parts]
    head: Any = part.head  # an Op: it picks one of several outputs by itself
    shown = {key: displayed(x, digits) if f"{{{key}}}" in head.notation.text else x for key, x in part.params.items()}
    with np.errstate(all="ignore"):
        return getattr(head, "compute", lambda inputs, params: head.forward(*inputs, **params))(inputs, shown)
