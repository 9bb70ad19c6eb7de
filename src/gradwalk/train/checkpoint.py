"""A training's state as one safetensors file: arrays as tensors, all else as JSON, which is a tensor of bytes there.

The weights are found under ``model.`` and their own names by any reader of safetensors.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.tensor import Tensor
from gradwalk.weights import WeightsError, load, package

FORMAT = "gradwalk-checkpoint/1"
STATE = "state.json"  # the name of the tensor that holds the JSON
TENSOR = "tensor:"  # what stands in the JSON in the place of an array, before its name


class CheckpointError(GradwalkError, ValueError):
    """A checkpoint that can't be read: damaged, cut off, or none at all."""


def separated(state: Any, path: str, arrays: dict[str, Any]) -> Any:
    """The state with its arrays taken out: they go to ``arrays`` under their paths, which stand in their places."""
    if isinstance(state, Mapping):
        return {str(key): separated(value, f"{path}.{key}".lstrip("."), arrays) for key, value in state.items()}
    if isinstance(state, list | tuple):
        return [separated(value, f"{path}.{place}", arrays) for place, value in enumerate(state)]
    if isinstance(state, np.ndarray | Tensor):
        arrays[path] = np.asarray(state.value if isinstance(state, Tensor) else state)
        return TENSOR + path
    return state


def joined(state: Any, arrays: Mapping[str, Any]) -> Any:
    """The state with its arrays put back."""
    if isinstance(state, dict):
        return {key: joined(value, arrays) for key, value in state.items()}
    if isinstance(state, list):
        return [joined(value, arrays) for value in state]
    if isinstance(state, str) and state.startswith(TENSOR):
        return arrays[state.removeprefix(TENSOR)]
    return state


def packed(state: Mapping[str, Any]) -> bytes:
    """A state as the bytes of a file."""
    arrays: dict[str, Any] = {}
    rest = json.dumps(separated(state, "", arrays))
    text = json.dumps({"format": FORMAT, "check": checksum(arrays, rest), "state": rest}).encode()
    content: bytes = package("safetensors.numpy").save(
        {**arrays, STATE: np.frombuffer(text, np.uint8)}, {"format": "pt"}
    )
    return content


def weights_file(weights: Mapping[str, Any]) -> bytes:
    """Weights alone as the bytes of a file, under their own names: `gw.load` and PyTorch read it."""
    content: bytes = package("safetensors.numpy").save(dict(weights), {"format": "pt"})
    return content


def unpacked(path: Path) -> dict[str, Any]:
    """The state in a file."""
    try:
        arrays = {name: np.asarray(tensor.value) for name, tensor in load(path).items()}
        document = json.loads(arrays.pop(STATE).tobytes())
        if document["format"] != FORMAT or document["check"] != checksum(arrays, document["state"]):
            raise CheckpointError(f"{path} is damaged: its numbers aren't those that were written")
        state: dict[str, Any] = joined(json.loads(document["state"]), arrays)
    except WeightsError as error:
        raise CheckpointError(str(error)) from None
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(f"{path} is no checkpoint of a training") from None
    return state


def checksum(arrays: Mapping[str, Any], rest: str) -> int:
    """One number for all that a checkpoint holds, by which damage is noticed."""
    check = zlib.crc32(rest.encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        check = zlib.crc32(array.tobytes(), zlib.crc32(f"{name} {array.dtype} {array.shape}".encode(), check))
    return check
