"""The tensors that a function can reach without being given them: candidates for what its calls start with."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from types import CellType, FunctionType, MethodType
from typing import Any

from gradwalk.program.entering import tensors_in
from gradwalk.program.trie import Place, Put, Ran, Step
from gradwalk.tensor import Tensor

MOST = 1000  # with more it is rather a data set
EMPTY = CellType()


def reached_from(function: Callable[..., Any]) -> list[Tensor]:
    """The tensors in a function's closure, its globals and its object; those of models there, and of functions there."""
    found = dict.fromkeys(itertools.islice(_tensors([function], set()), MOST + 1))
    return list(found) if len(found) <= MOST else []


def _tensors(values: Iterable[Any], seen: set[int]) -> Iterator[Tensor]:
    for value in values:
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, MethodType):
            owner = value.__self__
            yield from _tensors([owner, *getattr(owner, "__dict__", {}).values(), value.__func__], seen)
        elif isinstance(value, FunctionType):
            yield from _tensors(_named_in(value), seen)
        elif hasattr(type(value), "named_parameters"):  # a model
            yield from tensors_in([*value.parameters(), *value.buffers()])
        else:
            yield from tensors_in([value])


def _named_in(function: FunctionType) -> Iterator[Any]:
    """What a function's closure holds, and the globals that it names; for one that is decorated, the function behind it."""
    inner = getattr(function, "__wrapped__", None)
    if inner is not None:
        yield inner
    elif not str(function.__module__).startswith("gradwalk."):
        yield from (cell.cell_contents for cell in function.__closure__ or () if cell != EMPTY)
        yield from (function.__globals__[name] for name in function.__code__.co_names if name in function.__globals__)


def used_by(steps: Iterable[Step]) -> Iterator[int]:
    """The slots that ops read, and those that are written into."""
    for step in steps:
        if isinstance(step, Ran):
            yield from (x.slot for x in step.inputs if isinstance(x, Place))
        elif isinstance(step, Put):
            yield step.target.slot
