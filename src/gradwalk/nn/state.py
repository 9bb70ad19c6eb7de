"""The state of a module as a dictionary of tensors, and putting such a dictionary back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradwalk.backward import value_of
from gradwalk.recording import no_grad
from gradwalk.tensor import Tensor, leaf

if TYPE_CHECKING:
    from gradwalk.nn.module import Module


class IncompatibleKeys(NamedTuple):
    """What `Module.load_state_dict` found no tensor for, and which tensors it had no place for."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not any(self):
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def own_state(module: Any) -> Iterator[tuple[str, Tensor]]:
    """The parameters and persistent buffers of one module, without those inside."""
    for name, tensor in [*module._parameters.items(), *module._buffers.items()]:
        if tensor is not None and name not in module._transient:
            yield name, tensor


def state_of(module: Module, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
    """Every part of the state with its dotted name: a shared one under each of its names."""
    for path, part in module.named_modules(remove_duplicate=False):
        for name, tensor in own_state(part):
            yield prefix + (f"{path}.{name}" if path else name), tensor


def load_into(module: Module, state: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Copy tensors (or arrays, or PyTorch's tensors) into a module: all of them, or none if they don't fit."""
    own = dict(state_of(module))
    given = {key: np.asarray(value_of(detached(value))) for key, value in state.items()}
    missing = [key for key in own if key not in given]
    unexpected = [key for key in given if key not in own]
    pairs = {key: (own[key], given[key]) for key in own if key in given}
    refuse(module, missing if strict else [], unexpected if strict else [], pairs)
    with no_grad():
        for tensor, value in pairs.values():
            if assign:
                tensor.data = leaf(value)
            else:
                tensor.copy_(value)
    return IncompatibleKeys(missing, unexpected)


def detached(value: Any) -> Any:
    """A tensor of whichever library without its tape."""
    return value.detach() if hasattr(value, "detach") else value


def refuse(module: Module, missing: list[str], unexpected: list[str], pairs: Mapping[str, tuple[Tensor, Any]]) -> None:
    """One error that names everything that doesn't fit."""
    said = [
        f"{what} key(s) in state_dict: {quoted(keys)}."
        for what, keys in (("Missing", missing), ("Unexpected", unexpected))
        if keys
    ]
    said += [
        f"size mismatch for {key}: the state_dict has shape {value.shape}, and the model {tensor.shape}."
        for key, (tensor, value) in pairs.items()
        if value.shape != tensor.shape
    ]
    if said:
        raise RuntimeError(
            "\n\t".join([f"Error(s) in loading state_dict for {type(module).__name__} (nothing was changed):", *said])
        )


def quoted(keys: list[str]) -> str:
    """Names for a message."""
    return ", ".join(f'"{key}"' for key in keys)
