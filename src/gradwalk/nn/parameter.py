"""Parameter: a tensor that belongs to a module and learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradwalk.creation import empty
from gradwalk.tensor import Tensor, as_tensor


class ParameterType(type):
    """Makes ``isinstance(p, nn.Parameter)`` ask the tensor: a parameter is a Tensor with a mark, not another class."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.is_parameter


if TYPE_CHECKING:

    class Parameter(Tensor):
        """What a type checker sees: a Tensor, made of data."""

        def __new__(cls, data: Any = (), requires_grad: bool = True) -> Parameter:
            """A parameter."""

else:

    class Parameter(metaclass=ParameterType):
        """A tensor that learns: assigned to an attribute of a module, it is found by ``module.parameters()``.

        It shares memory with the tensor it is made of.

        >>> from gradwalk import nn
        >>> weight = nn.Parameter([1.0, 2.0])
        >>> weight.requires_grad, isinstance(weight, nn.Parameter)
        (True, True)
        """

        def __new__(cls, data: Any = (), requires_grad: bool = True) -> Tensor:
            """The tensor, marked."""
            made = as_tensor(data).detach().requires_grad_(requires_grad)
            made.is_parameter = True
            return made


def empty_parameter(*size: int, device: Any = None, dtype: Any = None) -> Parameter:
    """A parameter in a shape, whose numbers are about to be drawn."""
    return Parameter(empty(*size, device=device, dtype=dtype))
