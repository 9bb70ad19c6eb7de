"""Curves to follow: one input, one number out, with noise, made from a seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gradwalk.data.dataset import DataError, Dataset, Floats, Seed
from gradwalk.data.points import at_least, noisy


class Curve(NamedTuple):
    """A function of one number: how it is written, and from where to where it is learned."""

    formula: str
    function: Callable[[Floats], Floats]
    low: float
    high: float


CURVES: dict[str, Curve] = {
    "line": Curve("2x + 1", lambda x: 2 * x + 1, -1.0, 1.0),
    "parabola": Curve("x²", np.square, -1.0, 1.0),
    "sine": Curve("sin(πx)", lambda x: np.sin(np.pi * x), -1.0, 1.0),
    "waves": Curve("sin(2πx) + ½·sin(6πx)", lambda x: np.sin(2 * np.pi * x) + 0.5 * np.sin(6 * np.pi * x), -1.0, 1.0),
    "step": Curve("0 below 0, 1 from there on", lambda x: np.where(x < 0, 0.0, 1.0), -1.0, 1.0),
    "hinge": Curve("|x|", np.abs, -1.0, 1.0),
    "bump": Curve("exp(−10x²)", lambda x: np.exp(-10 * x**2), -1.0, 1.0),
}


def curve(name: str, count: int = 100, noise: float = 0.05, seed: Seed = 0) -> Dataset:
    """Points evenly along one of the `CURVES`, with normal noise added to what should come out.

    >>> curve("line", count=3, noise=0).targets.ravel().tolist()
    [-1.0, 1.0, 3.0]
    """
    if name not in CURVES:
        raise DataError(f"there is no curve called {name!r}; there are: {', '.join(CURVES)}")
    at_least(name, "count", count, 2)
    chosen = CURVES[name]
    x = np.linspace(chosen.low, chosen.high, count)[:, None]
    return Dataset(
        name=name,
        inputs=x,
        targets=noisy(name, chosen.function(x), noise, seed),
        task="regression",
        columns=("x",),
        target="y",
        description=f"y = {chosen.formula}",
    )
