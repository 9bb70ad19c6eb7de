"""All datasets that come with the package, by name."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from inspect import signature
from typing import Any

from gradwalk.data import points
from gradwalk.data.curves import CURVES, curve
from gradwalk.data.dataset import DataError, Dataset
from gradwalk.data.digits import digits

MAKERS: dict[str, Callable[..., Dataset]] = {
    "xor": points.xor,
    "moons": points.moons,
    "circles": points.circles,
    "spirals": points.spirals,
    "gaussians": points.gaussians,
    **{name: partial(curve, name) for name in CURVES},
    "digits": digits,
}


def make(name: str, **settings: Any) -> Dataset:
    """Make a dataset by its name, with the settings of its maker (count, noise, seed, …).

    >>> make("moons", count=100, noise=0.2, seed=1)
    <moons: 100 rows of 2 → class (binary)>
    """
    if name not in MAKERS:
        close = get_close_matches(name, MAKERS, 1)
        hint = f"; did you mean {close[0]}?" if close else "."
        raise DataError(f"there is no dataset called {name!r}{hint} There are: {', '.join(MAKERS)}.")
    known = set(signature(MAKERS[name]).parameters) - {"name"}
    for setting in set(settings) - known:
        raise DataError(f"{name} has no setting {setting!r}; it takes {', '.join(sorted(known))}")
    return MAKERS[name](**settings)
