"""What training loops do with all parameters at once: clip their gradients, or see them as one vector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from gradwalk.errors import ShapeError
from gradwalk.operators import functions
from gradwalk.recording import no_grad
from gradwalk.tensor import Tensor, tensor


def listed(tensors: Tensor | Iterable[Tensor]) -> list[Tensor]:
    """One tensor, or several, as a list."""
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def gradients(parameters: Iterable[Tensor]) -> list[Tensor]:
    """The gradients there are."""
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


def get_total_norm(
    tensors: Tensor | Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    """The length of all tensors seen as one vector: the norm of their norms."""
    norm = functions["norm"]
    with no_grad():
        norms = [norm(each, float(norm_type)) for each in listed(tensors)]
        total = norm(functions["stack"](norms), float(norm_type)) if norms else tensor(0.0)
    if error_if_nonfinite and not np.isfinite(total.item()):
        raise RuntimeError(
            f"The total norm of order {float(norm_type)} for gradients from `parameters` is non-finite ({total.item()}), so it "
            "cannot be clipped; error_if_nonfinite=False clips all the same, and makes every gradient 0 or nan"
        )
    return total


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor, foreach: Any = None
) -> None:
    """Scale all gradients by max_norm / total_norm, where that makes them smaller."""
    with no_grad():
        factor = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)  # PyTorch's guard against 0 / 0
        for gradient in gradients(listed(parameters)):
            gradient.mul_(factor)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: Any = None,
) -> Tensor:
    """Shorten the gradient to ``max_norm`` if it is longer, all parameters taken as one vector; its length before.

    The direction stays: against exploding gradients, in place, between ``backward()`` and the update.

    >>> import gradwalk as gw
    >>> w = gw.tensor([3.0, 4.0], requires_grad=True)
    >>> (w**2).sum().backward()
    >>> gw.nn.utils.clip_grad_norm_([w], 5.0).item(), w.grad
    (10.0, tensor([3., 4.]))
    """
    given = listed(parameters)
    total_norm = get_total_norm(gradients(given), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(given, max_norm, total_norm)
    return total_norm


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: Any = None) -> None:
    """Cut every entry of the gradients off at ±``clip_value``, in place: the direction may change."""
    with no_grad():
        for gradient in gradients(listed(parameters)):
            gradient.clamp_(-float(clip_value), float(clip_value))


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters one after the other, as one vector (gradients flow back through it)."""
    return functions["cat"]([parameter.reshape(-1) for parameter in parameters])  # type: ignore[no-any-return]


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Cut a vector into pieces and make them the parameters' values; they then share its memory."""
    given = list(parameters)
    wanted = sum(parameter.value.size for parameter in given)
    if vec.shape != (wanted,):
        raise ShapeError(f"the parameters hold {wanted} numbers, and the vector has shape {vec.shape}")
    start = 0
    for parameter in given:
        piece = vec.detach()[start : start + parameter.value.size]
        parameter.data = piece.reshape(parameter.shape)
        start += parameter.value.size
