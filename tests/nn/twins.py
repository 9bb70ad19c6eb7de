"""A layer here and the same layer of PyTorch: made alike, given the same weights and inputs, compared in everything."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

import gradwalk as gw

TOLERANCE = {"rtol": 1e-12, "atol": 1e-12}


def made(library: Any, name: str, arguments: tuple, keywords: dict) -> Any:
    """The layer of one library; arrays among the arguments become its tensors."""
    convert = lambda x: library.tensor(x) if isinstance(x, np.ndarray) else x  # noqa: E731
    return getattr(library.nn, name)(*map(convert, arguments), **{key: convert(x) for key, x in keywords.items()})


def twins(name: str, *arguments: Any, **keywords: Any) -> tuple[Any, Any]:
    """The layer here and PyTorch's, with PyTorch's weights."""
    own, theirs = made(gw, name, arguments, keywords), made(torch, name, arguments, keywords).double()
    own.load_state_dict(theirs.state_dict())
    return own, theirs


def same(own: Any, theirs: Any) -> None:
    """Both tensors (or None) are equal in shape and, but for rounding, in value."""
    assert (own is None) == (theirs is None)
    if own is not None:
        np.testing.assert_allclose(own.detach().numpy(), theirs.detach().numpy(), **TOLERANCE, strict=True)


def same_pass(own: Any, theirs: Any, *inputs: Any) -> None:
    """Both give the same result, and the same gradients for floating inputs and parameters."""
    mine = [gw.tensor(x, requires_grad=x.dtype.kind == "f") for x in inputs]
    yours = [torch.tensor(x, requires_grad=x.dtype.kind == "f") for x in inputs]
    result, expected = own(*mine), theirs(*yours)
    same(result, expected)
    if expected.requires_grad:
        upstream = np.random.default_rng(9).standard_normal(tuple(expected.shape))
        result.backward(gw.tensor(upstream))
        expected.backward(torch.tensor(upstream))
    for a, b in zip(mine, yours, strict=True):
        same(a.grad, b.grad)
    for (name, a), (expected_name, b) in zip(own.named_parameters(), theirs.named_parameters(), strict=True):
        assert name == expected_name
        same(a.grad, b.grad)


def same_state(own: Any, theirs: Any) -> None:
    """Both have the same parameters and buffers, under the same names in the same order."""
    assert list(own.state_dict()) == list(theirs.state_dict())
    for a, b in zip(own.state_dict().values(), theirs.state_dict().values(), strict=True):
        same(a, b)


def check(name: str, arguments: tuple, keywords: dict, *inputs: Any) -> None:
    """One layer in training and in evaluation: print, state, results and gradients."""
    own, theirs = twins(name, *arguments, **keywords)
    assert repr(own) == repr(theirs)
    same_state(own, theirs)
    for mode in (True, False):
        own.train(mode)
        theirs.train(mode)
        same_pass(own, theirs, *inputs)
        same_state(own, theirs)


def normal(*shape: int) -> Any:
    """Normally distributed numbers, always the same for a shape."""
    return np.random.default_rng([7, *shape]).standard_normal(shape)
