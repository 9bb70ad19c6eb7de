"""Numbers as a lesson shows them: short, with the full number beside, and a mark where digits were dropped."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from gradwalk.formula import number
from gradwalk.views.numbers import DIGITS


@dataclass(frozen=True)
class Shown:
    """What a reference stands for: a number or an array with the colour it is shown in, or HTML that is ready."""

    value: Any = None
    meaning: str = ""
    html: str = ""
    digits: int = DIGITS


def data(shown: Shown) -> str:
    """A number (or a small array of them) as a ``<data>`` element."""
    array = np.asarray(shown.value)
    array = array + 0.0 if array.dtype.kind == "f" else array  # −0 is 0 to a reader
    short = partial(_short, digits=shown.digits)
    text = _listed(array.tolist(), short)
    is_whole = all(_says(short(x), x) for x in array.ravel().tolist())
    classes = ["gw-number", f"gw-{shown.meaning}" if shown.meaning else "", "" if is_whole else "gw-rounded"]
    title = text if is_whole else _listed(array.tolist(), lambda x: repr(x).replace("-", "−"))
    exact = html.escape(repr(array.tolist()))
    return f'<data class="{" ".join(filter(None, classes))}" value="{exact}" title="{html.escape(title)}">{html.escape(text)}</data>'


def _short(value: float, digits: int) -> str:
    """A number as `number` writes it; counts in groups of three, for they can be long."""
    return f"{value:,}".replace("-", "−") if type(value) is int else number(value, digits)


def _listed(value: Any, write: Callable[[Any], str]) -> str:
    return f"[{', '.join(_listed(item, write) for item in value)}]" if isinstance(value, list) else write(value)


def _says(text: str, value: float) -> bool:
    """Whether a displayed number is the whole number (up to the noise of the last binary digits)."""
    return not math.isfinite(value) or math.isclose(
        float(text.replace("−", "-").replace(",", "")), value, rel_tol=1e-12
    )
