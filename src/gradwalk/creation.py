"""Tensors made from a shape or from a rule of counting: zeros, ones, ranges, the identity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradwalk.backward import value_of
from gradwalk.errors import GradwalkError, ShapeError
from gradwalk.tensor import FLOATS, Defaults, Tensor, leaf, tensor


class DeviceError(GradwalkError, RuntimeError):
    """A device that isn't here: this engine computes on the CPU."""


class device:
    """Where a tensor lives: always the CPU. It exists so that code which asks for a device runs."""

    def __init__(self, type: Any = "cpu", index: int | None = None):
        self.type, self.index = on_cpu(type), index

    def __eq__(self, other: object) -> bool:
        return str(other).partition(":")[0] == self.type

    def __hash__(self) -> int:
        return hash(self.type)

    def __str__(self) -> str:
        return self.type

    def __repr__(self) -> str:
        return f"device(type='{self.type}')"


def on_cpu(wanted: Any) -> str:
    """Refuse every device but the CPU."""
    if wanted is None or str(wanted).partition(":")[0] == "cpu":
        return "cpu"
    raise DeviceError(
        f"there is no device '{wanted}' here: gradwalk computes on the CPU (leave device= out, or say 'cpu')"
    )


def made(value: Any, requires_grad: bool = False, device: Any = None) -> Tensor:
    """A leaf around a fresh array, once it is clear that it may require grad and where it lives."""
    on_cpu(device)
    if requires_grad and value.dtype not in FLOATS:
        raise RuntimeError(f"only floats can require grad, and these are {value.dtype}; give dtype=gw.float64")
    return leaf(value, requires_grad)


def shape_from(size: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape given as one tuple or as several numbers."""
    numbers = size[0] if len(size) == 1 and isinstance(size[0], tuple | list) else size
    shape = tuple(int(n) for n in numbers)
    if any(n < 0 for n in shape):
        raise ShapeError(f"a shape has no negative sizes, and this is {shape}")
    return shape


def type_for(dtype: Any) -> np.dtype[Any]:
    """The type asked for, or what Python floats become."""
    return Defaults.dtype if dtype is None else np.dtype(dtype)


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros in a shape: ``zeros(2, 3)`` or ``zeros((2, 3))``."""
    return made(np.zeros(shape_from(size), type_for(dtype)), requires_grad, device)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones in a shape: ``ones(2, 3)`` or ``ones((2, 3))``."""
    return made(np.ones(shape_from(size), type_for(dtype)), requires_grad, device)


def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Memory in a shape, whatever it holds: to be filled before it is read."""
    return made(np.empty(shape_from(size), type_for(dtype)), requires_grad, device)


def full(size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """One number everywhere; its own type decides unless ``dtype`` does."""
    number = value_of(fill_value)
    natural = np.asarray(number).dtype
    chosen = dtype if dtype is not None else Defaults.dtype if natural.kind == "f" else natural
    return made(
        np.full(shape_from((size,) if isinstance(size, int) else tuple(size)), number, chosen), requires_grad, device
    )


def arange(
    start: Any = 0,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Evenly stepped numbers from ``start`` up to, not including, ``end``: ``arange(5)``, ``arange(1, 2, 0.25)``."""
    first, last = (0, start) if end is None else (start, end)
    first, last, step = (x.item() if hasattr(x, "item") else x for x in (first, last, step))
    if step == 0 or (last - first) * step < 0:
        raise ValueError(f"arange from {first} to {last} never gets there in steps of {step}")
    chosen = (
        dtype
        if dtype is not None
        else Defaults.dtype
        if any(isinstance(x, float) for x in (first, last, step))
        else np.dtype("int64")
    )
    if (
        np.dtype(chosen).kind in "iu"
    ):  # whole numbers from the start, as in PyTorch: arange(0.5, 2.5, dtype=int64) is 0, 1
        first, last, step = int(first), int(last), int(step)
    count = math.ceil((last - first) / step)  # counted, then multiplied: adding up steps would add up their rounding
    return made((first + np.arange(count) * step).astype(chosen), requires_grad, device)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """``steps`` evenly spaced numbers, both ends included."""
    return made(evenly(start, end, steps, type_for(dtype)).astype(type_for(dtype)), requires_grad, device)


def evenly(start: Any, end: Any, steps: int, dtype: np.dtype[Any]) -> Any:
    """Evenly spaced floats, between whole ends where whole numbers are asked for; the second half counts from the end."""
    first, last = (int(x) if dtype.kind in "iu" else float(x) for x in (value_of(start), value_of(end)))
    step = (last - first) / max(int(steps) - 1, 1)
    forward = np.arange(int(steps))
    return (
        np.where(forward < int(steps) // 2, first + step * forward, last - step * forward[::-1])
        if steps > 1
        else np.full(int(steps), float(first))
    )


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` numbers from base^start to base^end, each the same multiple of the one before."""
    return made(
        np.power(float(base), evenly(start, end, steps, type_for(dtype))).astype(type_for(dtype)), requires_grad, device
    )


def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal, zeros elsewhere."""
    shape = shape_from((n, n if m is None else m))
    return made(np.eye(*shape, dtype=type_for(dtype)), requires_grad, device)


def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """One number as a tensor of floats without dimensions."""
    return made(np.array(value_of(s), type_for(dtype)), requires_grad, device)


def from_numpy(ndarray: Any) -> Tensor:
    """A tensor around this very array: changing one changes the other."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(
            f"from_numpy takes a NumPy array, not {type(ndarray).__name__}; tensor(…) takes numbers and lists"
        )
    return leaf(ndarray)


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """A tensor as it is, an array shared, anything else made into one; ``copy=True`` always makes a new one."""
    on_cpu(device)
    if isinstance(obj, Tensor) and not copy and dtype in (None, obj.dtype):
        return obj.requires_grad_() if requires_grad else obj
    if isinstance(obj, np.ndarray) and not copy and dtype in (None, obj.dtype):
        return made(obj, requires_grad)
    return tensor(obj, dtype, requires_grad)


def _like(input: Tensor, dtype: Any) -> dict[str, Any]:
    return {"shape": np.shape(input.value), "dtype": input.dtype if dtype is None else np.dtype(dtype)}


def zeros_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros in the shape and type of another tensor."""
    return made(np.zeros(**_like(input, dtype)), requires_grad, device)


def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones in the shape and type of another tensor."""
    return made(np.ones(**_like(input, dtype)), requires_grad, device)


def empty_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Memory in the shape and type of another tensor, whatever it holds."""
    return made(np.empty(**_like(input, dtype)), requires_grad, device)


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """One number everywhere, in the shape and type of another tensor."""
    return made(np.full(fill_value=value_of(fill_value), **_like(input, dtype)), requires_grad, device)
