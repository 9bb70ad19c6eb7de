"""What a call starts with: one straight function takes in its tensors from outside, if they are like those seen before."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gradwalk.program.straight import joined, numbered, straight
from gradwalk.program.traced import Watched
from gradwalk.program.trie import Place, Spot
from gradwalk.tensor import Tensor

if TYPE_CHECKING:
    from gradwalk.program.trace import Trace

Gate = Callable[["Trace", Sequence[Any]], bool]
References = Sequence[weakref.ref[Tensor]]

# An array that the last call had too is known to fit.
LOOK = """
    v{i} = x{i}.value
    if v{i} is not s{i}:
        if v{i}.shape != {place.shape} or v{i}.dtype is not d{i}:
            return False
        s{i} = v{i}"""

GATE = """
def gate(trace, arguments):
    global {seen}
    if len(arguments) != {count}:
        return False
    {arguments}
    {leaves}
    if not ({alike}):
        return False
    {looks}
    {classes} = Watched
    {places}
    trace.arrays = {{{arrays}}}
    trace.outside = {{{outside}}}
    trace.spot = trace.known = spot
    return True
"""
ALIKE = "type(x{i}) is Tensor and x{i}.op is None and x{i}.requires_grad is {place.requires_grad}"


def start(trace: Trace, arguments: Sequence[Any], references: References) -> None:
    """Let the tensors enter that a call starts with: those among its arguments, and the leaves that are known."""
    spot = trace.spot
    gate: Gate | None = spot.gate
    if gate is not None and gate(trace, arguments):
        return
    given = dict.fromkeys(tensors_in(arguments))
    if gate is None or not gate(trace, list(given)):
        known = [reference for reference in references if reference() not in given]  # an argument may be a leaf too
        leaves = [leaf for reference in known if (leaf := reference()) is not None]
        places = [trace.enter(x) for x in (*given, *leaves)]
        if places and not trace.tapes and len(leaves) == len(known):
            spot.gate = gate_to(trace.spot, places, known, gate)


def gate_to(spot: Spot, places: Sequence[Place], references: References, failed: Gate | None) -> Gate:
    """The function that leads to a spot: the one that did so before, unless that has just failed."""
    if spot.inside is None or spot.inside is failed:
        spot.inside = made_for(places, references, spot)
    return spot.inside  # type: ignore[no-any-return]


def made_for(places: Sequence[Place], references: References, spot: Spot) -> Gate:
    """A function that takes in as many arguments as fit and all leaves, and goes on to a spot; False if they don't fit."""
    given = len(places) - len(references)
    source = GATE.format(
        count=given,
        seen=joined(", ", "s{i}", places),
        arguments=f"{joined(', ', 'x{i}', places[:given])}, = arguments" if given else "",
        leaves="; ".join(f"x{i} = r{i}()" for i in range(given, len(places))),
        alike=joined(" and ", ALIKE, places),
        looks=joined("", LOOK, places),
        classes=joined(" = ", "x{i}.__class__", places),
        places=joined("; ", "x{i}.params = p{i}", places),
        arrays=joined(", ", "{place.slot}: v{i}", places),
        outside=joined(", ", "{place.slot}: x{i}", places),
    )
    found = {"__name__": __name__, "Watched": Watched, "Tensor": Tensor, "spot": spot}
    found |= numbered("s", [None] * len(places)) | numbered("d", [place.dtype for place in places])
    found |= numbered("p", places) | numbered("r", [None] * given + list(references))
    return straight("gate", source, found)  # type: ignore[no-any-return]


def tensors_in(values: Iterable[Any]) -> Iterator[Tensor]:
    """The tensors among values that aren't watched yet, and in lists, tuples and dictionaries among them."""
    for value in values:
        if type(value) is Tensor:
            yield value
        elif isinstance(value, list | tuple):
            yield from tensors_in(value)
        elif isinstance(value, dict):
            yield from tensors_in(value.values())
