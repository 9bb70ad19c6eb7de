"""Errors that teach: what went wrong, with which tensors, and how it is usually mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


class GradwalkError(Exception):
    """Whatever this library refuses, with a sentence that says why and what to do."""


class ShapeError(GradwalkError, RuntimeError, ValueError):
    """Shapes that don't fit together. (PyTorch raises RuntimeError here, NumPy ValueError: this is both.)"""


class BackwardError(GradwalkError, RuntimeError):
    """A backward pass that can't be made."""


class InPlaceError(GradwalkError, RuntimeError):
    """A change in place that would make a gradient wrong."""


def described(value: Any) -> str:
    """How a message speaks of an input: its name, if it has one, and its shape."""
    name, shape = getattr(value, "name", None), np.shape(getattr(value, "value", value))
    size = f"{shape}" if shape else "a single number"
    return f"{name} {size}" if name else size


def refusal(name: str, inputs: Sequence[Any], error: Exception) -> Exception:
    """The error to raise in place of what NumPy said about one call."""
    if isinstance(error, GradwalkError):
        return error
    explain = EXPLANATIONS.get(name, _broadcasting)
    sentence = explain(name, inputs, error)
    kind = next((raised for caught, raised in RAISED if isinstance(error, caught)), ShapeError)
    return kind(sentence)


# What NumPy raised -> what is raised in its place; the first that fits (an AxisError is a ValueError too).
RAISED: tuple[tuple[type[Exception], type[Exception]], ...] = (
    (np.exceptions.AxisError, IndexError),
    (ValueError, ShapeError),
    (IndexError, IndexError),
    (TypeError, TypeError),
)


def _broadcasting(name: str, inputs: Sequence[Any], error: Exception) -> str:
    shapes = " and ".join(described(value) for value in inputs)
    if "broadcast" in str(error):
        return (
            f"{name}: {shapes} don't fit together; sizes must be equal, or 1, counted from the right "
            "(unsqueeze or reshape puts a size-1 dimension where it is needed)"
        )
    return f"{name} on {shapes}: {error}"


def _matmul(name: str, inputs: Sequence[Any], error: Exception) -> str:
    a, b = (np.shape(getattr(value, "value", value)) for value in inputs)
    said = " @ ".join(described(value) for value in inputs)
    if not a or not b:
        return f"matmul: {said}: a single number is no matrix; use * to multiply by it"
    inner_a, inner_b = a[-1], b[-2] if len(b) > 1 else b[0]
    hint = ""
    if len(b) > 1 and a[-1] == b[-1]:
        hint = f"; did you mean {_called(inputs[1], 'b')}.T?"
    elif len(a) > 1 and a[-2] == inner_b:
        hint = f"; did you mean {_called(inputs[0], 'a')}.T?"
    return f"matmul: {said}: inner sizes {inner_a} and {inner_b} differ{hint}"


def _called(value: Any, otherwise: str) -> str:
    return getattr(value, "name", None) or otherwise


def _part(name: str, inputs: Sequence[Any], error: Exception) -> str:
    if np.shape(getattr(inputs[0], "value", inputs[0])) == ():
        return f"{_called(inputs[0], 'this')} is a single number: there is no entry to pick; leave the index out"
    return _broadcasting(name, inputs, error)


EXPLANATIONS: dict[str, Callable[[str, Sequence[Any], Exception], str]] = {
    "matmul": _matmul,
    "getitem": _part,
}
