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
import torch.nn.functional as functional

from gradwalk.walk.model import Node

TORCH_DTYPES = {
    name: getattr(torch, name)
    for name in ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
}


def _together(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A method that PyTorch wants numbers for one by one, called so or with one named tuple."""
    return lambda x, *given, **named: function(x, *given, *([named[name]] if named else []))


def _listed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that PyTorch wants a list of tensors for, called so or with the tensors one by one."""
    return lambda first, *rest, **named: (
        function(first, *rest, **named) if isinstance(first, tuple | list) else function([first, *rest], **named)
    )


def _dim_second(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that PyTorch wants ``dim`` for after the first tensor, called so or with ``dim`` by name."""
    return lambda x, *rest, dim=None, **named: function(x, *(rest if dim is None else (dim, *rest)), **named)


def _adjoint(function: Callable[..., Any], upstream: Any, shape: Any) -> Any:
    """The VJP of a linear function, itself differentiable: what the op that undoes it must compute."""
    start = torch.zeros(tuple(shape), dtype=upstream.dtype, requires_grad=True)
    return torch.autograd.grad(function(start), start, upstream, create_graph=True)[0]


def _as_torch(index: Any) -> Any:
    """A stored index with its arrays as torch tensors."""
    items = index if isinstance(index, tuple) else (index,)
    return tuple(torch.as_tensor(item) if hasattr(item, "dtype") else item for item in items)


def _times(shape: Any, once: Any) -> list[int]:
    return [n // size for n, size in zip(shape, [*[1] * (len(shape) - len(once)), *once], strict=True)]


def _unpadded(shape: Any, pad: Any) -> list[int]:
    added = [0] * (len(shape) - len(pad) // 2) + [a + b for a, b in zip(pad[::2], pad[1::2], strict=True)][::-1]
    return [size - more for size, more in zip(shape, added, strict=True)]


def _widths(margins: Any) -> list[int]:
    """Margins as PyTorch has them: the last dimension's first."""
    return [width for pair in reversed(margins) for width in pair]


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
    "hardsigmoid": lambda x: (
        functional.relu6(x + 3) / 6
    ),  # PyTorch's own takes 1/6 in float32 backward, and can't be differentiated twice
    "normal_cdf": torch.special.ndtr,
    "normal_density": lambda x: torch.exp(-x * x / 2) / (2 * torch.pi) ** 0.5,
    #
    # reduce
    "var": lambda *arguments, **keywords: unwarned(torch.var, *arguments, **keywords),
    "std": lambda *arguments, **keywords: unwarned(torch.std, *arguments, **keywords),
    "cumsum_from_end": lambda x, dim: x.flip(dim).cumsum(dim).flip(dim),
    "shift": lambda x, by, dim, fill: shifted(x, by, dim, fill),
    "recurrence": lambda factor, added, dim, step: recurrence(factor, added, dim, step),
    "product_of_others": lambda x, dim: products_of_others(x, dim),
    "moved": lambda x, source, to: x.movedim(source, to),
    "max_of_all": torch.max,
    "min_of_all": torch.min,
    "undo_sum": lambda x, shape, dim=None: undone_sum(x, shape, dim),
    #
    # shape
    "fold": lambda x, shape: x.sum_to_size(shape),
    "spread": lambda x, shape: x.expand(shape),
    "widened": lambda x, index: x[index],
    "mT": lambda x: x.mT,
    "T": lambda x: x.permute(tuple(range(x.ndim))[::-1]),
    "reshape": _together(torch.Tensor.reshape, "shape"),
    "view": _together(torch.Tensor.view, "shape"),
    "permute": _together(torch.Tensor.permute, "dims"),
    "flip": _together(torch.Tensor.flip, "dims"),
    "repeat": _together(torch.Tensor.repeat, "repeats"),
    "squeeze": lambda x, dim=None: x.squeeze() if dim is None else x.squeeze(dim),
    "cat": _listed(torch.cat),
    "stack": _listed(torch.stack),
    "split": lambda x, sizes, dim=0: torch.split(x, sizes if isinstance(sizes, int) else list(sizes), dim),
    "unpad": lambda x, pad, mode: _adjoint(lambda y: functional.pad(y, pad, mode), x, _unpadded(x.shape, pad)),
    "sum_repeats": lambda x, shape: _adjoint(lambda y: y.repeat(_times(x.shape, shape)), x, shape),
    "repeat_interleave": lambda x, repeats, dim=None: torch.repeat_interleave(
        x, torch.tensor(repeats) if isinstance(repeats, tuple) else repeats, dim
    ),
    "meshgrid": lambda *xs, indexing="ij": torch.meshgrid(*xs, indexing=indexing),
    #
    # index
    "getitem": lambda x, index: x[_as_torch(index)],
    "put_at": lambda x, index, shape: _adjoint(lambda y: y[_as_torch(index)], x, shape),
    "add_at": lambda x, index, shape: _adjoint(lambda y: y[_as_torch(index)], x, shape),
    "put_where": lambda x, mask, shape: _adjoint(lambda y: y[mask.expand(shape)], x, shape),
    "gather": _dim_second(torch.gather),
    "scatter": _dim_second(torch.scatter),
    "scatter_add": _dim_second(torch.scatter_add),
    "scatter_sum": lambda x, index, dim, shape: torch.zeros(shape, dtype=x.dtype).scatter_add(dim, index, x),
    "index_select": _dim_second(torch.index_select),
    "index_add": _dim_second(torch.index_add),
    "index_sum": lambda x, index, dim, size: _adjoint(
        lambda y: y.index_select(dim, index), x, [size if d == dim % x.ndim else n for d, n in enumerate(x.shape)]
    ),
    "put_diagonal": lambda x, shape, **params: _adjoint(lambda y: y.diagonal(**params), x, shape),
    "nonzero_rows": torch.nonzero,
    "embedding": lambda indices, weight, padding_idx=None: functional.embedding(indices, weight, padding_idx),
    #
    # linalg
    "scaled_identity": lambda x, shape: x * torch.eye(*shape, dtype=x.dtype),
    "matmul_transposed": lambda x, weight: x @ weight.mT,
    "einsum": lambda *xs, equation=None: torch.einsum(*xs) if equation is None else torch.einsum(equation, *xs),
    #
    # conv
    "surround": lambda x, margins, fill=0: functional.pad(x, _widths(margins), value=fill),
    "crop": lambda x, margins: functional.pad(x, [-width for width in _widths(margins)]),
    "windows": lambda x, **params: windows(x, **params),
    "unwindow": lambda x, shape, stride, dilation: _adjoint(
        lambda y: windows(y, x.shape[-len(stride) :], stride, dilation), x, shape
    ),
    "largest": lambda x, dims=1: x.flatten(-dims).max(-1).values,
    "unfold_columns": functional.unfold,
    "fold_columns": functional.fold,
    **{
        name: getattr(functional, name)
        for name in ("max_pool1d", "max_pool2d", "max_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d")
    },  # torch's own lack return_indices
    #
    # normalize
    **{
        name: getattr(functional, name)
        for name in ("layer_norm", "rms_norm", "batch_norm", "group_norm", "instance_norm", "dropout")
    },
    "standardize": lambda x, dim, eps=1e-5: (
        (x - x.mean(dim, keepdim=True)) / (x.var(dim, correction=0, keepdim=True) + eps).sqrt()
    ),
    #
    # loss
    "binary_cross_entropy_with_logits": functional.binary_cross_entropy_with_logits,
    "kl_div": lambda *arguments, **keywords: unwarned(functional.kl_div, *arguments, **keywords),
    "huber": lambda x, delta=1.0: functional.huber_loss(x, torch.zeros_like(x), reduction="none", delta=delta),
    "binary_entropy": lambda p, t: functional.binary_cross_entropy(p, t, reduction="none"),
    "binary_entropy_of_logits": lambda x, t: functional.binary_cross_entropy_with_logits(x, t, reduction="none"),
    "mean_of_counted": lambda x, target, ignore: x[target != ignore].mean(),
    #
    # modules
    "through": lambda *xs: xs,
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
    for home in (torch, functional, torch.Tensor):
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


def windows(x: Any, size: Any, stride: Any, dilation: Any) -> Any:
    """What a sliding window shows: a dimension for each place in it, after all others."""
    rank = len(size)
    for dim, n, step, apart in zip(range(x.ndim - rank, x.ndim), size, stride, dilation, strict=True):
        x = x.unfold(dim, apart * (n - 1) + 1, step)[..., ::apart]
    return x


def undone_sum(x: Any, shape: tuple[int, ...], dim: Any) -> Any:
    """Each result of a sum, handed back to every entry that was summed."""
    summed = range(len(shape)) if dim is None else [d % len(shape) for d in ([dim] if isinstance(dim, int) else dim)]
    return x.reshape([1 if i in summed else size for i, size in enumerate(shape)]).expand(shape)


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


def products_of_others(x: Any, dim: int | None) -> Any:
    """For each entry, the product of all the others along a dimension."""
    if dim is None:
        return products_of_others(x.flatten(), 0).reshape(x.shape)
    parts = x.unbind(dim)
    others = [[y for j, y in enumerate(parts) if j != i] for i in range(len(parts))]
    one = x.sum(dim) * 0 + 1
    return torch.stack([torch.stack([one, *some]).prod(0) for some in others], dim) if parts else x * 1


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
