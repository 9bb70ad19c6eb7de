"""Each op of the table in PyTorch's own words: what `walk.check()` and the tests compare with.

An op whose name and parameters are PyTorch's needs no entry: ``torch.NAME``, ``torch.nn.functional.NAME`` or the method
``Tensor.NAME`` is called with its inputs and its parameters by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from gradwalk.walk.model import Node

TORCH_DTYPES = {
    name: getattr(torch, name) for name in ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
}

# op name -> a function of (inputs..., params...) on torch tensors, for ops that PyTorch spells differently.
REFERENCES: dict[str, Callable[..., Any]] = {
    # arithmetic
    "pow_constant": lambda x, exponent: torch.pow(x, exponent),
    "power": torch.pow,
    "cast": lambda x, dtype: x.to(TORCH_DTYPES[str(dtype)]),
    "floor_divide": lambda a, b: torch.div(a, b, rounding_mode="floor"),
    "trunc_divide": lambda a, b: torch.div(a, b, rounding_mode="trunc"),
    "clamp_between": torch.clamp,
    #
    # elementwise
    "hardsigmoid": lambda x: F.relu6(x + 3) / 6,  # PyTorch's own takes 1/6 in float32 backward, and can't be differentiated twice
    "normal_cdf": torch.special.ndtr,
    "normal_density": lambda x: torch.exp(-x * x / 2) / (2 * torch.pi) ** 0.5,
    #
    # reduce
    #
    # shape
    "fold": lambda x, shape: x.sum_to_size(shape),
    "spread": lambda x, shape: x.expand(shape),
    "mT": lambda x: x.mT,
    #
    # index
    #
    # linalg
    #
    # conv
    #
    # normalize
    #
    # loss
    #
    # query
    #
}


def reference(name: str) -> Callable[..., Any] | None:
    """PyTorch's version of one op, called with its inputs and then its parameters by name; None if there is none."""
    if name in REFERENCES:
        return REFERENCES[name]
    for home in (torch, F, torch.Tensor):
        found: Callable[..., Any] | None = getattr(home, name, None)
        if found is not None:
            return found
    return None


def to_torch(value: Any) -> Any:
    """A torch tensor with the same numbers and type; Python numbers stay as they are."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return torch.tensor(value)


def gradients(nodes: Sequence[Node], output: int) -> dict[int, Any]:
    """PyTorch's gradients for the nodes of one turn: each op done again in PyTorch, then its own backward pass."""
    made: dict[int, Any] = {}
    for node in nodes:
        made[node.id] = _leaf(node) if node.op is None else _done_again(node, [made[i] for i in node.inputs])
    wanted = [node for node in nodes if node.is_leaf and node.wants_gradient]
    found = torch.autograd.grad(made[output].sum(), [made[node.id] for node in wanted], allow_unused=True)
    return {node.id: g.numpy() for node, g in zip(wanted, found, strict=True) if g is not None}


def _leaf(node: Node) -> Any:
    if node.role == "constant" and not node.wants_gradient and not node.shape:
        return node.value.item()
    return torch.tensor(np.asarray(node.value)).requires_grad_(node.wants_gradient)


def _done_again(node: Node, inputs: Sequence[Any]) -> Any:
    assert node.op is not None
    function = reference(node.op)
    if function is None:
        raise NotImplementedError(f"it has no op called {node.op}")
    params = {key: _param(value) for key, value in node.params.items() if key != "slot"}
    out = function(*inputs, **params)
    return out[node.slot] if isinstance(out, tuple | list) else out


def _param(value: Any) -> Any:
    return TORCH_DTYPES[str(value)] if isinstance(value, np.dtype) else value
