"""Each op of the table in PyTorch's own words: what `walk.check()` and the tests compare with.

An op whose name and parameters are PyTorch's needs no entry: ``torch.NAME``, ``torch.nn.functional.NAME`` or the method
``Tensor.NAME`` is called with its inputs and its parameters by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

TORCH_DTYPES = {
    name: getattr(torch, name) for name in ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
}

# op name -> a function of (inputs..., params...) on torch tensors, for ops that PyTorch spells differently.
REFERENCES: dict[str, Callable[..., Any]] = {
    # arithmetic
    "pow_constant": lambda x, exponent: torch.pow(x, exponent),
    "power": torch.pow,
    "cast": lambda x, dtype: x.to(TORCH_DTYPES[str(dtype)]),
    #
    # elementwise
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
    "scaled_identity": lambda x, shape: x * torch.eye(*shape, dtype=x.dtype),
    "matmul_transposed": lambda x, weight: x @ weight.mT,
    #
    # conv
    "unfold_columns": F.unfold,
    "fold_columns": F.fold,
    **{name: getattr(F, name) for name in ("max_pool1d", "max_pool2d", "max_pool3d")},  # torch's own lack return_indices
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
