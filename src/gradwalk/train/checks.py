"""What a setting's value may be: each check gives the value in its proper form, or says what it must be."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import Any

Check = Callable[[Any], Any]


class Unfit(ValueError):
    """What a value must be, and what it is: the end of a sentence that begins with the setting's name."""

    def __init__(self, must: str, value: Any):
        shown = f"{value!r}"
        super().__init__(f"must be {must}, not {shown if len(shown) <= 60 else shown[:57] + '…'}")


class UnfitEntry(ValueError):
    """What is wrong with one entry of a setting that has named values: the entry's name, and the end of the sentence."""

    def __init__(self, entry: str, sentence: str):
        self.entry, self.sentence = entry, sentence
        super().__init__(f"{entry} {sentence}")


def number(
    above: float = -math.inf, least: float = -math.inf, most: float = math.inf, below: float = math.inf
) -> Check:
    """A finite number between bounds: ``above`` and ``below`` exclude the bound itself, ``least`` and ``most`` don't."""
    bounds = ((above, "above"), (least, "at least"), (most, "at most"), (below, "below"))
    told = " and ".join(f"{word} {bound:g}" for bound, word in bounds if math.isfinite(bound))

    def check(value: Any) -> float:
        if not _is_number(value) or not (above < value < below and least <= value <= most):
            raise Unfit(f"a number {told}".rstrip(), value)
        return float(value)

    return check


def whole(least: int, most: int) -> Check:
    """A whole number between two bounds, both included."""

    def check(value: Any) -> int:
        if not _is_number(value) or value != int(value) or not least <= value <= most:
            raise Unfit(f"a whole number from {least} to {most:,}", value)
        return int(value)

    return check


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def optional(check: Check) -> Check:
    """None, or what another check wants."""
    return lambda value: None if value is None else check(value)


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Unfit("true or false", value)
    return value


def text(value: Any) -> str:
    """A text that isn't empty."""
    if not isinstance(value, str) or not value.strip():
        raise Unfit("a text", value)
    return value


def names(value: Any) -> tuple[str, ...]:
    """Several texts; one alone needs no list around it."""
    several_texts: tuple[str, ...] = several(text, 10_000)([value] if isinstance(value, str) else value)
    return several_texts


def one_of(choices: Collection[str]) -> Check:
    """One of some names; a near miss is told."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Unfit(f"one of {', '.join(choices)}{meant(value, choices)}", value)
        return value

    return check


def meant(value: Any, names: Collection[str]) -> str:
    """The question that follows a name that is almost another.

    >>> meant("adma", ["sgd", "adam"])
    ' (did you mean adam?)'
    """
    near = get_close_matches(str(value).lower(), names, 1)
    return f" (did you mean {near[0]}?)" if near else ""


def several(check: Check, most: int) -> Check:
    """A list of values, each of which passes; kept as a tuple."""

    def checked(values: Any) -> tuple[Any, ...]:
        if not isinstance(values, list | tuple) or len(values) > most:
            raise Unfit(f"a list of at most {most}", values)
        return tuple(check(value) for value in values)

    return checked
