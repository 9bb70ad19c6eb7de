"""The tape behind a number as arrays: for each node its op, and the places of what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, compress, count
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.ops import Op
from gradwalk.program.keys import key_of
from gradwalk.recording import recording
from gradwalk.tensor import NUMBERS, Tensor

Array = Any
Computing = tuple[Op, Mapping[str, Any]]  # an op and its parameters


class ScalarError(GradwalkError, ValueError):
    """A tape that isn't one of single numbers, each made by an elementwise op."""


class Graph(NamedTuple):
    """A tape of single numbers. Places 0 … are the leaves, then come constants, then results in the order they were made.

    ``computing`` are the ops in use, each once; ``ops`` says for each result which of them made it; ``operands`` has the
    places that the results read, and ``begins`` where each result's begin. ``wants`` says for each place whether a
    gradient flows there.
    """

    leaves: list[Tensor]
    constants: list[float]
    computing: list[Computing]
    ops: Array
    begins: Array
    operands: Array
    wants: Array

    @property
    def given(self) -> int:
        """How many places hold what isn't computed."""
        return len(self.leaves) + len(self.constants)


def read(output: Tensor) -> Graph:
    """Read the tape behind a number; `ScalarError` if there are other things than numbers on it."""
    found, numbers = behind(output)
    tensors = sorted(found, key=attrgetter("index"))
    leaves, nodes = [x for x in tensors if x.op is None], [x for x in tensors if x.op is not None]
    refuse_given([*leaves, *numbers])
    distinct = {part(x): float(x) for x in numbers}
    before, given = len(leaves), len(leaves) + len(distinct)
    places = {id(x): place for place, x in enumerate(leaves)}
    shared = {key: place for place, key in enumerate(distinct, before)}
    places.update((id(x), shared[part(x)]) for x in numbers)
    places.update(zip(map(id, nodes), range(given, given + len(nodes)), strict=True))
    computing, ops = distinguished(nodes)
    arity = np.array([len(op.inputs) for op, _ in computing], np.int32)[ops]
    inputs = chain.from_iterable(map(attrgetter("inputs"), nodes))
    operands = np.fromiter(map(places.__getitem__, map(id, inputs)), np.int32, arity.sum())
    refuse_changed(nodes, given, operands, arity)
    wants = np.ones(given + len(nodes), bool)
    wants[:given] = [*(x.requires_grad for x in leaves), *[False] * len(distinct)]
    begins = np.concatenate([[0], np.cumsum(arity)]).astype(np.int32)
    return Graph(leaves, list(distinct.values()), computing, ops, begins, operands, wants)


def part(x: Any) -> Any:
    """What equal constants have in common."""
    return x or str(float(x))  # 0.0 equals -0.0, and yet isn't the same


def behind(output: Tensor) -> tuple[set[Tensor], list[float]]:
    """What a number was computed from: tensors, and plain numbers."""
    if recording.trace is not None or output.op is None:
        raise ScalarError(
            "only what was computed from leaves that require grad, outside of gw.compile, can be replayed"
        )
    found, numbers, waiting = {output}, dict[int, Any](), [output]
    while waiting:
        inputs = waiting.pop().inputs
        if inputs is None:
            raise ScalarError(
                "the tape was freed by a backward pass; make it replayable before that, or call backward(retain_graph=True)"
            )
        for x in inputs:
            if not isinstance(x, Tensor):
                numbers[id(x)] = x
            elif x not in found:  # by what it is, not by what it holds: tensors are hashed so
                found.add(x)
                waiting.append(x)
    if any(map(attrgetter("hooks"), found)):
        raise ScalarError("a tensor on the tape has a hook, which a replay couldn't call")
    return found, list(numbers.values())


def refuse_given(leaves: Iterable[Any]) -> None:
    """An error unless each is one number, of the type that all have."""
    for x in leaves:
        if type(x) not in NUMBERS and (not isinstance(x, Tensor) or x.value.shape or x.value.dtype != np.float64):
            found = f"a tensor of shape {x.shape} and type {x.dtype}" if isinstance(x, Tensor) else repr(x)
            raise ScalarError(
                f"only graphs of single float64 numbers can be replayed, and {found} takes part; gw.compile takes arrays"
            )


def refuse_changed(nodes: list[Tensor], given: int, operands: Array, arity: Array) -> None:
    """An error if something was changed in place after it was read: then it is younger than its reader."""
    readers = np.repeat(np.arange(len(nodes)), arity)
    late = np.flatnonzero(operands >= given + readers)
    if len(late):
        op = nodes[readers[late[0]]].op
        raise ScalarError(
            f"an input of {op and op.name} was changed in place after it was read; write x = x + 1 for x += 1"
        )


def distinguished(nodes: list[Tensor]) -> tuple[list[Computing], Array]:
    """The ops with their parameters, each once, and for each node which it is."""
    keys: list[Any] = list(map(attrgetter("op"), nodes))
    for place in compress(count(), map(attrgetter("params"), nodes)):
        keys[place] = keys[place], key_of(nodes[place].params)
    example = dict(zip(keys, nodes, strict=True))
    computing = [(x.op, x.params) for x in example.values() if x.op is not None]
    for op, params in computing:
        refuse_op(op, params)
    numbers = {key: number for number, key in enumerate(example)}
    return computing, np.fromiter(map(numbers.__getitem__, keys), np.int32, len(keys))


def refuse_op(op: Op, params: Mapping[str, Any]) -> None:
    """An error unless an op makes one number of numbers."""
    if not op.elementwise or op.variadic or "slot" in params:
        raise ScalarError(f"only elementwise ops can be replayed number by number, and {op.name} isn't one")
