"""A training's state as one safetensors file: arrays as tensors, all else as JSON among the file's metadata.

The weights are there under ``model.`` and their own names, so that any reader of safetensors finds them.
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

FORMAT = "gradwalk-checkpoint/1"
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
