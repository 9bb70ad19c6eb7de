"""PyTorch's `torch.autograd`: gradients that are returned instead of being kept in ``.grad``.

>>> import gradwalk as torch
>>> x = torch.tensor(3.0, requires_grad=True)
>>> (slope,) = torch.autograd.grad(x**3, x, create_graph=True)
>>> (curvature,) = torch.autograd.grad(slope, x)
>>> slope.item(), curvature.item()
(27.0, 18.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradwalk.contributions import wants_gradient
from gradwalk.differences import gradcheck
from gradwalk.errors import BackwardError
from gradwalk.recording import enable_grad, inference_mode, no_grad, set_grad_enabled
from gradwalk.tensor import Tensor
from gradwalk.transforms import gradients

__all__ = ["backward", "enable_grad", "grad", "gradcheck", "inference_mode", "no_grad", "set_grad_enabled"]

Several = Tensor | Sequence[Tensor]


def grad(
    outputs: Several,
    inputs: Several,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradient of the outputs' sum for each of the inputs, in their shapes; ``.grad`` is left alone.

    ``grad_outputs`` are the upstream gradients of outputs that aren't single numbers. What ops saved is freed, unless
    ``retain_graph``; with ``create_graph`` the gradients can be differentiated again. An input that no output depends on
    is an error; with ``allow_unused`` its gradient is None, and with ``materialize_grads`` zeros.
    """
    wanted = listed(inputs)
    _refuse_constants(wanted)
    retain = create_graph if retain_graph is None else retain_graph
    totals: list[Tensor | None] = [None] * len(wanted)
    starts = paired(outputs, grad_outputs)
    for number, (output, upstream) in enumerate(starts, start=1):
        found = gradients(
            output, wanted, upstream, retain_graph=retain or number < len(starts), create_graph=create_graph
        )
        totals = [b if a is None else a if b is None else a + b for a, b in zip(totals, found, strict=True)]
    if materialize_grads:
        return tuple(x.new_zeros(x.shape) if g is None else g for x, g in zip(wanted, totals, strict=True))
    if not allow_unused:
        _refuse_unused(totals)
    return tuple(totals)


def backward(
    tensors: Several,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Several | None = None,
) -> None:
    """Add the gradients of the tensors' sum to the ``.grad`` of every leaf behind them: `Tensor.backward` from several."""
    starts = paired(tensors, grad_tensors)
    retain = create_graph if retain_graph is None else retain_graph
    for number, (tensor, upstream) in enumerate(starts, start=1):
        tensor.backward(
            upstream, retain or number < len(starts), create_graph, None if inputs is None else listed(inputs)
        )


def listed(tensors: Several) -> list[Tensor]:
    """One tensor or several as a list."""
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def paired(outputs: Several, upstream: Any) -> list[tuple[Tensor, Any]]:
    """Each output with the gradient that flows into it: None where it is a single number and nothing was said."""
    starts = listed(outputs)
    if upstream is None:
        return [(output, None) for output in starts]
    given = [upstream] if isinstance(outputs, Tensor) and not isinstance(upstream, tuple | list) else list(upstream)
    if len(given) != len(starts):
        raise BackwardError(f"{len(starts)} outputs need as many upstream gradients, and {len(given)} were given")
    return list(zip(starts, given, strict=True))


def _refuse_constants(inputs: Sequence[Tensor]) -> None:
    for position, x in enumerate(inputs):
        if not wants_gradient(x):
            raise BackwardError(
                f"input {position} requires no grad, so nothing was recorded for it; make it with requires_grad=True "
                "before the outputs are computed"
            )


def _refuse_unused(found: Sequence[Tensor | None]) -> None:
    for position, gradient in enumerate(found):
        if gradient is None:
            raise BackwardError(
                f"no output depends on input {position}; with allow_unused=True its gradient is None, with "
                "materialize_grads=True zeros"
            )
