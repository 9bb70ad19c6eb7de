"""Weights in files: safetensors, the format that PyTorch's ``state_dict`` is exchanged in, both ways.

A file holds tensors by name and nothing that could run. It needs the ``safetensors`` package, which comes with
``pip install 'gradwalk[train]'`` and is imported when it is first used.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from gradwalk.backward import value_of
from gradwalk.errors import GradwalkError
from gradwalk.files import write_durably
from gradwalk.tensor import Tensor, leaf
from gradwalk.walk import Walk
from gradwalk.walk import load as load_walk


class WeightsError(GradwalkError, RuntimeError):
    """Weights that can't be written or read, and what to do."""


TYPES = {  # as files call them, and as NumPy does
    "F64": "float64", "F32": "float32", "F16": "float16", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool", "C64": "complex64",
}  # fmt: skip


def save(obj: Mapping[str, Any] | Walk, path: str | PathLike[str]) -> None:
    """Write tensors by name (``net.state_dict()``) as safetensors, or a walk in the form that its suffix says.

    The file appears whole or not at all. In PyTorch: ``net.load_state_dict(safetensors.torch.load_file(path))``.
    """
    if isinstance(obj, Walk):
        obj.save(path)
        return
    if not isinstance(obj, Mapping):
        hint = "; did you mean its state_dict()?" if hasattr(obj, "state_dict") else ""
        raise WeightsError(f"save takes tensors by name, and this is a {type(obj).__name__}{hint}")
    content = package("safetensors.numpy").save(
        {name: _plain(name, value) for name, value in obj.items()}, {"format": "pt"}
    )
    try:
        write_durably(Path(path), content)
    except OSError as error:
        raise WeightsError(f"{path} can't be written: {error.strerror}") from None


def load(path: str | PathLike[str], map_location: Any = None, *, weights_only: bool = True) -> Any:
    """Read what was saved: tensors by name from safetensors, or a walk from JSON.

    bfloat16, which NumPy doesn't know, becomes float32: no digit is lost. ``map_location`` and ``weights_only`` are
    there for code that has them: tensors live on the CPU, and a file holds nothing but weights.
    """
    if Path(path).suffix.lower() == ".json":
        return load_walk(path)
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise WeightsError(f"{path}: there is no such file") from None
    except OSError as error:
        raise WeightsError(f"{path} can't be read: {error.strerror}") from None
    return _tensors(content, str(path))


def package(name: str = "safetensors") -> Any:
    """The safetensors package (or a module of it), or how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise WeightsError(
            "weights are kept as safetensors, and that package isn't installed: pip install 'gradwalk[train]'"
        ) from None


def _plain(name: Any, value: Any) -> Any:
    """One tensor as an array of its own, laid out in the order of its entries."""
    value = value.detach() if hasattr(value, "detach") else value
    array = np.asarray(value_of(value)) if not isinstance(value, Mapping | str) else None
    if not isinstance(name, str) or array is None or array.dtype.name not in TYPES.values():
        raise WeightsError(
            f"{name!r} holds {value!r:.40}, and weights are tensors by name: save a state_dict, "
            "and put what else belongs to a checkpoint into a file of its own"
        )
    return array.copy("C")


def _tensors(content: bytes, where: str) -> dict[str, Tensor]:
    """The tensors of a file, in the order of their names."""
    safetensors = package()
    try:
        found = safetensors.deserialize(content)
    except safetensors.SafetensorError as error:
        raise WeightsError(_refusal(content, where, str(error))) from None
    return {name: leaf(_array(name, described, where)) for name, described in sorted(found)}


def _array(name: str, described: Mapping[str, Any], where: str) -> Any:
    kind = described["dtype"]
    if kind == "BF16":  # the upper half of a float32
        upper = np.frombuffer(described["data"], "<u2").astype(np.uint32) << 16
        return upper.view(np.float32).reshape(described["shape"])
    if kind not in TYPES:
        raise WeightsError(f"{where}: {name} is of type {kind}, which NumPy doesn't have; convert it before saving")
    stored = np.dtype(TYPES[kind]).newbyteorder("<")
    return np.frombuffer(described["data"], stored).astype(TYPES[kind]).reshape(described["shape"])


def _refusal(content: bytes, where: str, reason: str) -> str:
    """What a file is, if it isn't whole safetensors."""
    if content[:1] == b"{":
        return f"{where} holds JSON; if it is a walk, give it the suffix .json"
    if content[:2] == b"PK" or content[:1] == b"\x80":
        return (
            f"{where} is a pickle of PyTorch's, which could run any code when read; write it anew with "
            "safetensors.torch.save_file(torch.load(path), new_path)"
        )
    if content[8:9] == b"{":
        return f"{where} is damaged, or was cut short after {len(content)} bytes: {reason}"
    return f"{where} is no safetensors file"
