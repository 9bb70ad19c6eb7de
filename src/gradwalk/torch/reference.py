"""Each op of the table in PyTorch's own words: what `walk.check()` and the tests compare with.

An op whose name and parameters are PyTorch's needs no entry: ``torch.NAME``, ``torch.nn.functional.NAME`` or the method
``Tensor.NAME`` is called with its inputs and its parameters by name.
"""

from __future__ import annotations

import warnings
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
    "var": lambda *arguments, **keywords: unwarned(torch.var, *arguments, **keywords),
    "std": lambda *arguments, **keywords: unwarned(torch.std, *arguments, **keywords),
    "cumsum_from_end": lambda x, dim: x.flip(dim).cumsum(dim).flip(dim),
    "shift": lambda x, by, dim, fill: shifted(x, by, dim, fill),
    "recurrence": lambda factor, added, dim, step: recurrence(factor, added, dim, step),
    "product_of_others": lambda x: products_of_others(x),
    "moved": lambda x, source, to: x.movedim(source, to),
    "norm": lambda x, p=2, dim=None, keepdim=False: torch.norm(x, p, dim, keepdim),
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
    **{name: getattr(F, name) for name in ("layer_norm", "rms_norm", "batch_norm", "group_norm", "instance_norm", "dropout")},
    "standardize": lambda x, dim, eps=1e-5: (x - x.mean(dim, keepdim=True)) / (x.var(dim, correction=0, keepdim=True) + eps).sqrt(),
    #
    # loss
    "binary_cross_entropy_with_logits": F.binary_cross_entropy_with_logits,
    "kl_div": lambda *arguments, **keywords: unwarned(F.kl_div, *arguments, **keywords),
    "huber": lambda x, delta=1.0: F.huber_loss(x, torch.zeros_like(x), reduction="none", delta=delta),
    "binary_entropy": lambda p, t: F.binary_cross_entropy(p, t, reduction="none"),
    "binary_entropy_of_logits": lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
    "mean_of_counted": lambda x, target, ignore: x[target != ignore].mean(),
    #
    # query
    "pick": lambda x, index, dim, ignore=None: picked(x, index, dim, ignore),
    "place": lambda x, index, shape, dim, ignore=None: placed(x, index, shape, dim, ignore),
    "median_of_all": torch.median,
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


# --- verbs that PyTorch has no single name for: reductions and queries -----------------------------------------------


def unwarned(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """A call without PyTorch's warnings (of a variance of one entry, of plans for kl_div)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **keywords)


def shifted(x: Any, by: int, dim: int, fill: int) -> Any:
    """Every entry moved one place, with ``fill`` where one is missing."""
    new = torch.full_like(x.narrow(dim, 0, 1), fill)
    size = x.shape[dim]
    return torch.cat([new, x.narrow(dim, 0, size - 1)] if by > 0 else [x.narrow(dim, 1, size - 1), new], dim)


def recurrence(factor: Any, added: Any, dim: int, step: int) -> Any:
    """Each result is ``added + factor · (the result before)``."""
    pairs = list(zip(factor.unbind(dim), added.unbind(dim), strict=True))[::step]
    results = [pairs[0][1]]
    for a, b in pairs[1:]:
        results.append(b + a * results[-1])
    return torch.stack(results[::step], dim)


def products_of_others(x: Any) -> Any:
    """For each entry of the last dimension, the product of all the others."""
    parts = x.unbind(-1)
    others = [[y for j, y in enumerate(parts) if j != i] for i in range(len(parts))]
    one = x.sum(-1) * 0 + 1
    return torch.stack([torch.stack([one, *some]).prod(0) for some in others], -1) if parts else x * 1


def picked(x: Any, index: Any, dim: int, ignore: int | None) -> Any:
    """Entries along a dimension, 0 where the index says ``ignore``."""
    wide = index if index.ndim == x.ndim else index.unsqueeze(dim)
    ignored = torch.zeros_like(wide, dtype=torch.bool) if ignore is None else wide == ignore
    found = x.gather(dim, wide.masked_fill(ignored, 0)).masked_fill(ignored, 0)
    return found if index.ndim == x.ndim else found.squeeze(dim)


def placed(x: Any, index: Any, shape: tuple[int, ...], dim: int, ignore: int | None) -> Any:
    """Each number where it was picked, 0 elsewhere."""
    wide, numbers = (index, x) if index.ndim == len(shape) else (index.unsqueeze(dim), x.unsqueeze(dim))
    ignored = torch.zeros_like(wide, dtype=torch.bool) if ignore is None else wide == ignore
    return x.new_zeros(shape).scatter_add(dim, wide.masked_fill(ignored, 0), numbers.masked_fill(ignored, 0))


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
