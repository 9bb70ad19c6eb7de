"""When a number that somebody typed counts as the right one: at its own digits, and not too coarsely."""

from __future__ import annotations

import math
from decimal import Decimal

COARSE = 0.02  # a rounded answer further off than this share is too coarse


def right(answer: float, expected: float) -> bool:
    """Whether an answer is the expected number, at the digits that were typed, and not too coarsely.

    >>> right(-0.1872, -0.18717), right(-0.19, -0.18717), right(-0.2, -0.18717), right(0.19, -0.18717)
    (True, True, False, False)
    """
    return same(answer, expected) and abs(answer - expected) <= COARSE * abs(expected) + 1e-12


def same(answer: float, expected: float) -> bool:
    """Whether a number rounds to the answer, at the answer's digits (rounded either way, where it lies in between)."""
    if not math.isfinite(expected) or not math.isfinite(answer):
        return False
    if math.isclose(answer, expected, rel_tol=1e-9, abs_tol=1e-12):
        return True
    last = float(Decimal(1).scaleb(_exponent(answer)))
    return abs(answer - expected) <= last / 2 * (1 + 1e-9)


def _exponent(answer: float) -> int:
    """The place of the last digit typed: −2 for 0.75, 0 for 12."""
    exponent = Decimal(repr(answer)).normalize().as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0
