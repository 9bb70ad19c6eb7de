"""Looking at a network without changing it: what its layers give, and what its weights are called in formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from gradwalk import nn
from gradwalk.program.compiled import Compiled
from gradwalk.recording import no_grad
from gradwalk.tensor import Tensor, leaf

LETTERS = {"weight": "W", "bias": "b"}
NORM_LETTERS = {"weight": "γ", "bias": "β"}


@contextmanager
def unchanged(model: nn.Module) -> Iterator[None]:
    """Run the network inside as often as you like: its running statistics are put back afterwards."""
    kept = [(buffer, np.array(buffer.value)) for buffer in model.buffers()]
    try:
        yield
    finally:
        for buffer, value in kept:
            buffer.data = value


@contextmanager
def watched(model: nn.Module | Compiled) -> Iterator[dict[str, Tensor]]:
    """Fill a dictionary with each layer's result, by the layer's name, while the network runs inside."""
    results: dict[str, Tensor] = {}

    def keep(name: str) -> Any:
        return lambda module, arguments, result: results.__setitem__(name, result)

    with ExitStack() as stack:
        for name, layer in model.named_children():
            stack.enter_context(layer.register_forward_hook(keep(name)))
        yield results


@contextmanager
def used(model: nn.Module | Compiled) -> Iterator[None]:
    """Run the network inside as it is used and not as it is trained: no dropout, running statistics."""
    model.eval()
    try:
        yield
    finally:
        model.train()


@contextmanager
def in_single_precision(model: nn.Module) -> Iterator[None]:
    """Run the network inside with its weights as float32, in about half the time: its own are put back afterwards."""
    tensors = [tensor for tensor in (*model.parameters(), *model.buffers()) if tensor.value.dtype == np.float64]
    kept = [tensor.value for tensor in tensors]
    try:
        for tensor in tensors:
            tensor.value = tensor.value.astype(np.float32)
        yield
    finally:
        for tensor, value in zip(tensors, kept, strict=True):
            tensor.value = value


def results(model: nn.Module | Compiled, inputs: Any) -> dict[str, Any]:
    """What each layer gives for rows of inputs, by the layer's name, as the network is used."""
    with used(model), no_grad(), watched(model) as found:
        model(leaf(np.asarray(inputs)))
    return {name: np.asarray(tensor.value) for name, tensor in found.items()}


def weight_names(parameters: Mapping[str, Tensor]) -> dict[int, str]:
    """Short names for formulas: W1, b1, W2, … in the order of the layers; by the tensors' ids.

    >>> import gradwalk as gw
    >>> net = gw.nn.Sequential(gw.nn.Linear(2, 3), gw.nn.Linear(3, 1))
    >>> list(weight_names(dict(net.named_parameters())).values())
    ['W1', 'b1', 'W2', 'b2']
    """
    counts: Counter[str] = Counter()
    names = {}
    for path, tensor in parameters.items():
        kind = path.rpartition(".")[2]
        letter = (NORM_LETTERS if ".norm." in path else LETTERS)[kind]
        counts[letter] += 1
        names[id(tensor)] = f"{letter}{counts[letter]}"
    return names
