"""Numbers and parameters as parts of a key: equal keys mean equal computations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

LARGEST_INDEX = 4096  # bytes: an index array up to this size may be a parameter
SIMPLE = frozenset({int, bool, str, type(None)})


def key_of(params: Mapping[str, Any]) -> Any:
    """What an op's parameters have in common in equal computations; TypeError for what has no key."""
    types = tuple(map(type, params.values()))
    if SIMPLE.issuperset(types):
        return types, *params.values()
    return tuple([(name, part_of_key(value)) for name, value in params.items()])


def part_of_key(part: Any) -> Any:
    """A number or parameter, so that 1, 1.0 and True differ, and 0.0 and -0.0 too.

    >>> part_of_key(1) == part_of_key(1.0), part_of_key(0.0) == part_of_key(-0.0)
    (False, False)
    """
    if type(part) in SIMPLE:
        return type(part), part
    if isinstance(part, float | np.floating):
        return type(part), part or str(part)
    if isinstance(part, tuple | list):
        return type(part), *map(part_of_key, part)
    if isinstance(part, slice):
        return "slice", part_of_key((part.start, part.stop, part.step))
    if isinstance(part, np.ndarray):
        if part.nbytes > LARGEST_INDEX:
            raise TypeError("too large an array")
        return part.shape, part.dtype, part.tobytes()
    return type(part), key_of(part) if isinstance(part, dict) else part
