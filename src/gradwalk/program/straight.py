"""Straight functions: what calls do alike whenever they come one way, written out for just these places.

Neither loops nor look-ups are left then, which would take longer than what they lead to.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any


def straight(name: str, source: str, found: dict[str, Any]) -> Any:
    """The function of that name in a source; ``found`` is what it finds by name."""
    exec(compile(source, f"<gradwalk {name}>", "exec"), found)
    return found[name]


def joined(between: str, text: str, places: Iterable[Any]) -> str:
    """A text for each place, with its number and what it holds.

    >>> from gradwalk.program.trie import Place
    >>> import numpy as np
    >>> joined("; ", "x{i} = arrays[{place.slot}]", [Place(slot, (), np.dtype("float64")) for slot in (3, 5)])
    'x0 = arrays[3]; x1 = arrays[5]'
    """
    return between.join(text.format(i=i, place=place) for i, place in enumerate(places))


def numbered(letter: str, values: Iterable[Any]) -> dict[str, Any]:
    """Names for what belongs to each place.

    >>> numbered("x", "ab")
    {'x0': 'a', 'x1': 'b'}
    """
    return {f"{letter}{i}": value for i, value in enumerate(values)}


def reader(keys: Sequence[Any]) -> Callable[[Mapping[Any, Any]], Sequence[Any]]:
    """What reads several entries of a mapping at once.

    >>> reader("ac")({"a": 1, "b": 2, "c": 3})
    (1, 3)
    """
    if len(keys) > 1:
        return operator.itemgetter(*keys)
    return lambda mapping: [mapping[key] for key in keys]
