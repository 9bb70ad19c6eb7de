"""What a tensor can be asked without a gradient: its sizes, its type, comparisons as a whole, relatives in its shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradwalk import creation, random
from gradwalk.backward import value_of
from gradwalk.creation import device, on_cpu
from gradwalk.operators import functions
from gradwalk.tensor import FLOATS, Tensor, cast, leaf

# --- sizes and types -------------------------------------------------------------------------------------------------


def numel(input: Tensor) -> int:
    """How many entries there are."""
    return int(input.value.size)


def size(input: Tensor, dim: int | None = None) -> Any:
    """The shape, or the size of one dimension."""
    return input.shape if dim is None else input.shape[dim]


def dim(input: Tensor) -> int:
    """How many dimensions there are."""
    return input.ndim


def element_size(input: Tensor) -> int:
    """Bytes per entry."""
    return int(input.dtype.itemsize)


def nbytes(input: Tensor) -> int:
    """Bytes for all entries."""
    return int(input.value.nbytes)


def is_tensor(obj: Any) -> bool:
    """Whether this is a Tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the entries are floats."""
    return input.dtype in FLOATS


def is_complex(input: Tensor) -> bool:
    """Whether the entries are complex numbers."""
    return bool(input.dtype.kind == "c")


def is_nonzero(input: Tensor) -> bool:
    """Whether the one number in here differs from 0."""
    return bool(input.item() != 0)


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape."""
    return input.shape == other.shape


# --- comparisons as a whole ------------------------------------------------------------------------------------------


def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """True where |input − other| ≤ atol + rtol · |other|."""
    return leaf(np.asarray(np.isclose(input.value, value_of(other), rtol, atol, equal_nan)))


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether every pair of entries is close: |input − other| ≤ atol + rtol · |other|."""
    return bool(np.all(np.isclose(input.value, value_of(other), rtol, atol, equal_nan)))


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and the same entries."""
    return bool(np.array_equal(input.value, value_of(other)))


# --- other types, and the one device ---------------------------------------------------------------------------------


def of_type(input: Tensor, dtype: Any) -> Tensor:
    """The same numbers in another type; the tensor itself if it has that type already."""
    return input if input.dtype == np.dtype(dtype) else cast(input, dtype)


def to(
    input: Tensor,
    *arguments: Any,
    dtype: Any = None,
    device: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Another type (``x.to(gw.float32)``), the type of another tensor, or a device, which is always the CPU."""
    dtype = type_and_device(arguments, dtype, device)
    if dtype is None or input.dtype == np.dtype(dtype):
        return input.clone() if copy else input
    return cast(input, dtype)


def type_and_device(arguments: tuple[Any, ...], dtype: Any = None, device: Any = None) -> Any:
    """The type that ``to(…)`` asks for, or None; refuses a device that isn't the CPU."""
    for given in arguments:
        if isinstance(given, Tensor):
            dtype = given.dtype
        elif isinstance(given, np.dtype | type):
            dtype = given
        elif not isinstance(given, bool):
            device = given
    on_cpu(device)
    return dtype


def type_as(input: Tensor, other: Tensor) -> Tensor:
    """The same numbers in the type of another tensor."""
    return of_type(input, other.dtype)


def where(input: Tensor, condition: Tensor, other: Any) -> Tensor:
    """This tensor where the condition is true, the other one elsewhere."""
    return functions["where"](condition, input, other)  # type: ignore[no-any-return]


def cpu(input: Tensor) -> Tensor:
    """The tensor itself: it lives on the CPU already."""
    return input


def cuda(input: Tensor, device: Any = "cuda") -> Tensor:
    """Refused: this engine computes on the CPU."""
    on_cpu("cuda")
    return input


def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """The same numbers, laid out in memory in their order."""
    return input if input.value.flags.c_contiguous else functions["contiguous"](input)


def is_contiguous(input: Tensor) -> bool:
    """Whether the entries lie in memory in their order."""
    return bool(input.value.flags.c_contiguous)


# --- relatives -------------------------------------------------------------------------------------------------------


def _new(make: Callable[..., Tensor], explanation: str) -> Callable[..., Tensor]:
    def relative(
        input: Tensor, *given: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
    ) -> Tensor:
        return make(*given, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)

    relative.__doc__ = explanation
    return relative


def new_tensor(
    input: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A leaf made from numbers, in this tensor's type."""
    return creation.made(np.array(value_of(data), dtype or input.dtype), requires_grad, device)


TYPES = {
    "double": "float64", "float": "float32", "half": "float16", "long": "int64", "int": "int32", "short": "int16",
    "char": "int8", "byte": "uint8", "bool": "bool",
}  # fmt: skip


def _conversion(dtype: str) -> Callable[..., Tensor]:
    def convert(input: Tensor, memory_format: Any = None) -> Tensor:
        return of_type(input, dtype)

    convert.__doc__ = f"The same numbers as {dtype}."
    return convert


METHODS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        numel, size, dim, element_size, is_floating_point, is_complex, is_nonzero, is_same_size, isclose, allclose, equal, to,
        type_as, where, cpu, cuda, contiguous, is_contiguous, new_tensor,
    )
}  # fmt: skip
METHODS |= {
    "nelement": numel,
    "bernoulli": random.bernoulli,
    "multinomial": random.multinomial,
    "ndimension": dim,
    "new_zeros": _new(creation.zeros, "Zeros in this tensor's type."),
    "new_ones": _new(creation.ones, "Ones in this tensor's type."),
    "new_empty": _new(creation.empty, "Memory in this tensor's type, whatever it holds."),
    "new_full": _new(creation.full, "One number everywhere, in this tensor's type."),
    **{name: _conversion(dtype) for name, dtype in TYPES.items()},
}
PROPERTIES: dict[str, Callable[[Tensor], Any]] = {
    "device": lambda tensor: device("cpu"),
    "is_cuda": lambda tensor: False,
    "itemsize": element_size,
    "nbytes": nbytes,
}


def install() -> None:
    """Attach what no op of that name provides."""
    for name, method in METHODS.items():
        if not hasattr(Tensor, name):
            setattr(Tensor, name, method)
    for name, getter in PROPERTIES.items():
        setattr(Tensor, name, property(getter))


install()
