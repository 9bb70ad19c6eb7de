"""Checking gradients by finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradwalk.backward import value_of
from gradwalk.errors import GradwalkError
from gradwalk.recording import enable_grad, no_grad
from gradwalk.tensor import Tensor, leaf
from gradwalk.transforms import fresh, gradients


class GradcheckError(GradwalkError, RuntimeError):
    """A gradient that finite differences contradict."""


def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    eps: float = 1e-6,
    atol: float = 1e-8,
    rtol: float = 1e-6,
    order: int = 1,
    raise_exception: bool = True,
) -> bool:
    """Whether ``f``'s gradients agree with central finite differences, in float64.

    A random projection of the output is differenced along every entry of every input that requires grad (all of them
    if none says so). ``order=2`` checks the gradients of the gradients as well. Truncation of a central difference goes
    as eps² and rounding as 1e-16 / eps, so that eps = 1e-6 leaves about 9 digits.
    """
    arguments = [fresh(x) if _is_checked(x, inputs) else x for x in _as_tuple(inputs)]
    checked = [
        leaf(np.array(x.value, dtype=float), requires_grad=True) if isinstance(x, Tensor) and x.requires_grad else x
        for x in arguments
    ]
    try:
        _compare_with_differences(f, checked, eps, atol, rtol)
        if order > 1:
            gradcheck(_gradient_function(f, checked), tuple(checked), eps, atol, rtol, order - 1)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _as_tuple(inputs: Any) -> tuple[Any, ...]:
    return tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,)


def _is_checked(x: Any, inputs: Any) -> bool:
    if any(isinstance(y, Tensor) and y.requires_grad for y in _as_tuple(inputs)):
        return isinstance(x, Tensor) and x.requires_grad
    return np.asarray(value_of(x)).dtype.kind == "f"


def _outputs(f: Callable[..., Any], arguments: Sequence[Any]) -> list[Tensor]:
    found = f(*arguments)
    return [
        out
        for out in (found if isinstance(found, tuple | list) else [found])
        if isinstance(out, Tensor) and out.dtype.kind == "f"
    ]


def _projections(outputs: Sequence[Tensor]) -> list[Any]:
    random = np.random.default_rng(0)
    return [random.uniform(0.5, 1.5, out.shape) for out in outputs]


def _gradient_function(f: Callable[..., Any], checked: Sequence[Any]) -> Callable[..., Any]:
    """The function whose outputs are the gradients of a projection of ``f``."""

    def gradient(*arguments: Any) -> list[Tensor]:
        leaves = [x for x in arguments if isinstance(x, Tensor) and x.requires_grad]
        with enable_grad():
            outputs = [out for out in _outputs(f, arguments) if out.requires_grad]
            found: list[Tensor] = []
            for out, projection in zip(outputs, _projections(outputs), strict=True):
                found += [g for g in gradients(out, leaves, projection, create_graph=True) if g is not None]
        return found

    return gradient


def _compare_with_differences(
    f: Callable[..., Any], arguments: Sequence[Any], eps: float, atol: float, rtol: float
) -> None:
    leaves = [x for x in arguments if isinstance(x, Tensor) and x.requires_grad]
    with enable_grad():
        outputs = _outputs(f, arguments)
    weights = _projections(outputs)
    exact = [np.zeros_like(x.value) for x in leaves]
    for out, weight in zip(outputs, weights, strict=True):
        if out.requires_grad:
            for total, g in zip(exact, gradients(out, leaves, weight), strict=True):
                total += 0 if g is None else g.value

    def projected() -> float:
        with no_grad():
            return float(
                sum(np.sum(out.value * weight) for out, weight in zip(_outputs(f, arguments), weights, strict=True))
            )

    for position, (x, slopes) in enumerate(zip(leaves, exact, strict=True)):
        for index in np.ndindex(x.shape):
            difference = central_difference(projected, x.value, index, eps)
            if not np.isclose(slopes[index], difference, rtol=rtol, atol=atol, equal_nan=True):
                raise GradcheckError(
                    f"gradcheck: input {position}{list(index) if index else ''}: the gradient is {slopes[index]:.10g}, and the "
                    f"central difference with eps = {eps:g} is {difference:.10g}"
                )


def central_difference(evaluate: Callable[[], float], values: Any, index: tuple[int, ...], eps: float) -> float:
    """(f(x + h) − f(x − h)) / 2h for one entry of an array, which is left as it was.

    The step is relative to the entry, and the one that floating point really makes.
    """
    before = values[index]
    step = eps * max(1.0, abs(float(before)))
    values[index] = before + step
    above, high = evaluate(), float(values[index])
    values[index] = before - step
    below, low = evaluate(), float(values[index])
    values[index] = before
    return (above - below) / (high - low)
