"""The shortest way of an op into the trie: a method for each number of inputs, for tensors that a trace knows.

It finds the next spot by the op and the places of its inputs, and makes the result. Whatever it doesn't find goes the
general way, through the method that every `Tensor` has.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from gradwalk.operators import functions, simple
from gradwalk.ops import ALIASES, OPERATORS, OPS, Composite, Op
from gradwalk.program.traced import Noted, Traced
from gradwalk.recording import no_grad, recording
from gradwalk.tensor import Tensor

Method = Callable[..., Any]

MISSES = (
    KeyError,
    AttributeError,
    TypeError,
)  # no such spot, no trace or no tensor, a tensor that the trace doesn't know
PLAIN = frozenset({int, float, bool, str, type(None)})
place_of = operator.attrgetter("params")


def of_one(op: Op, general: Method) -> Method:
    """The method of an op on one tensor."""

    def method(x: Any, *arguments: Any, **options: Any) -> Any:
        if arguments or options:
            return general(x, *arguments, **options)
        trace = recording.trace
        try:
            spot = trace.spot.next[op, x.params]
        except MISSES:
            return general(x)
        trace.spot = spot
        return spot.result.tensor

    return method


def of_two(op: Op, general: Method, reflected: bool = False) -> Method:
    """The method of an op on two tensors, or on a tensor and a number."""

    def method(x: Any, other: Any) -> Any:
        trace, kind = recording.trace, type(other)
        try:
            part = (kind, other or str(other)) if kind is float or kind is int else other.params
            spot = trace.spot.next[(op, part, x.params) if reflected else (op, x.params, part)]
        except MISSES:
            return general(x, other)
        trace.spot = spot
        return spot.result.tensor

    return method


def called(name: str, general: Method) -> Method:
    """A method that takes plain arguments: where it leads is looked up by the arguments themselves."""

    def method(x: Any, *arguments: Any, **keywords: Any) -> Any:
        trace, values = recording.trace, (*arguments, *keywords.values())
        types = tuple(map(type, values))
        if trace is None or not PLAIN.issuperset(types) or (float in types and 0.0 in values):  # 0.0 equals -0.0
            return general(x, *arguments, **keywords)
        return led(trace, (name, x.params, types, values, *keywords), general, (x, *arguments), keywords)

    return method


def composed(x: Any, composite: Composite, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Call a function made of ops, of which ``x`` is the first argument: straight to where it led before."""
    trace, function = recording.trace, composite.function
    try:
        spot = trace.spot.next[composite, *map(place_of, arguments)] if not keywords else None
    except MISSES:
        spot = None
    if spot is not None:
        trace.spot = spot
        return spot.result.tensor
    if trace is None or not composite.own:  # others' may go by more than their arguments
        return function(*arguments, **keywords)
    try:
        key = (composite, *map(trace.part, arguments), *keywords, *map(trace.part, keywords.values()))
        hash(key)
    except TypeError:  # there is something that no key can tell apart
        return function(*arguments, **keywords)
    return led(trace, key, function, arguments, keywords)


def led(trace: Any, key: Any, function: Method, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Go straight to where such a call led before; else make it, and remember the way if nothing but the key decided on it."""
    before = trace.spot
    spot = before.next.get(key)
    if spot is not None:
        return trace.arrive(spot)
    met = trace.met()
    result = function(*arguments, **keywords)
    spot = trace.spot
    if type(result) is Traced and spot is not before and result.params is spot.result and trace.met() == met:
        before.next[key] = spot
    return result


class Promised:
    """A method that is made when it is first asked for, and then takes this object's place."""

    def __init__(self, name: str, op: Op):
        self.name, self.op = name, op

    def __get__(self, instance: Any, owner: type[Noted]) -> Any:
        general = getattr(Tensor, self.name)
        fits = simple(self.op) and len(self.op.inputs) == 1
        setattr(Noted, self.name, of_one(self.op, general) if fits else called(self.name, general))
        return getattr(owner if instance is None else instance, self.name)


def install() -> None:
    """Give tensors that a trace knows their operators and methods."""
    for name, op in OPERATORS.items():
        general, reflected = getattr(Tensor, name), name.replace("__", "__r", 1)
        setattr(Noted, name, (of_one if len(op.inputs) == 1 else of_two)(op, general))
        if len(op.inputs) == 2 and reflected in Tensor.__dict__:
            setattr(Noted, reflected, of_two(op, getattr(Tensor, reflected), reflected=True))
    for name in functions:
        made = OPS.get(ALIASES.get(name, name))
        if made is not None and made.method and not made.property and name in Tensor.__dict__:
            setattr(Noted, name, Promised(name, made))
    Noted.__pow__ = called("pow", Tensor.__pow__)
    Noted.__gradwalk_composite__ = composed  # type: ignore[attr-defined]
    Noted.__gradwalk_noted__ = staticmethod(no_grad)  # type: ignore[attr-defined]


install()
