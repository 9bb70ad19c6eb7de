"""Why an op gives no finite number: what it takes, and which of its inputs is none of that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradwalk.formula import number
from gradwalk.walk.model import Node


class Cause(NamedTuple):
    """Entries of the ``slot``-th input that lead to no finite number, and what is said of them."""

    slot: int
    entries: Callable[[Any], Any]
    said: str


def _first(said: str, entries: Callable[[Any], Any]) -> Cause:
    return Cause(0, entries, said)


ABOVE_ZERO = _first("it takes numbers above 0", lambda x: x <= 0)
NO_ZERO = "nothing can be divided by 0"
FRACTION = _first("a negative number has no power that isn't whole", lambda x: x < 0)

FORWARD: dict[str, tuple[Cause, ...]] = {
    "log": (ABOVE_ZERO,),
    "log2": (ABOVE_ZERO,),
    "log10": (ABOVE_ZERO,),
    "log1p": (_first("it takes numbers above −1", lambda x: x <= -1),),
    "sqrt": (_first("it takes numbers from 0 on", lambda x: x < 0),),
    "rsqrt": (ABOVE_ZERO,),
    "div": (Cause(1, lambda b: b == 0, NO_ZERO),),
    "reciprocal": (_first(NO_ZERO, lambda x: x == 0),),
    "pow_constant": (FRACTION, _first(NO_ZERO, lambda x: x == 0)),
    "power": (FRACTION, _first(NO_ZERO, lambda x: x == 0)),
    "asin": (_first("it takes numbers from −1 to 1", lambda x: np.abs(x) > 1),),
    "acos": (_first("it takes numbers from −1 to 1", lambda x: np.abs(x) > 1),),
    "acosh": (_first("it takes numbers from 1 on", lambda x: x < 1),),
    "atanh": (_first("it takes numbers between −1 and 1", lambda x: np.abs(x) >= 1),),
}
STEEP = _first("its slope at 0 is infinite", lambda x: x == 0)
EDGE = _first("its slope at −1 and 1 is infinite", lambda x: np.abs(x) == 1)
BACKWARD: dict[str, tuple[Cause, ...]] = {
    "sqrt": (STEEP,), "pow_constant": (STEEP,), "power": (STEEP,), "asin": (EDGE,), "acos": (EDGE,),
}  # fmt: skip


def cause(nodes: Sequence[Node], node: Node, is_backward: bool) -> str:
    """Why the first NaN or infinity is in this node's value, or in what it passes back; "" when nothing is known.

    >>> import gradwalk as gw
    >>> x = gw.tensor(-2.0, requires_grad=True)
    >>> walk = gw.walk(gw.log(x))
    >>> cause(walk.nodes, walk.nodes[1], False)
    'it takes numbers above 0, and x is −2; give x another value'
    """
    inputs = [nodes[i] for i in node.inputs]
    table = BACKWARD if is_backward else FORWARD
    for known in table.get(node.op or "", ()):
        told = _told(known, inputs[known.slot], None if is_backward else node.value)
        if told:
            return told
    return "" if is_backward else _too_large(node)


def _told(known: Cause, source: Node, out: Any) -> str:
    value = np.asarray(source.value, dtype=float)
    wrong = known.entries(value) if out is None else known.entries(value) & ~np.isfinite(out)
    if not wrong.any():
        return ""
    if source.role == "constant" and source.size == 1:
        return known.said
    entry = np.broadcast_to(value, wrong.shape)[wrong][0]
    whole = source.name if source.size == 1 else f"an entry of {source.name}"
    cure = f"give {source.name} another value" if source.is_leaf else f"change what {source.name} is computed from"
    return f"{known.said}, and {whole} is {number(entry)}; {cure}"


def _too_large(node: Node) -> str:
    if np.isnan(node.value).any():
        return ""
    return f"it is more than the largest {node.dtype}, {number(float(np.finfo(node.dtype).max))}; make what it is computed from smaller"
