"""Parameters in a list, and by name, where a module holds many of them."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gradwalk.nn.module import Module
from gradwalk.nn.parameter import Parameter
from gradwalk.tensor import Tensor


def learning(value: Any) -> Any:
    """A tensor as a parameter; anything else as it is."""
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


def described(value: Any) -> str:
    """One line for a member: a tensor's type and shape, or another object's type."""
    if not isinstance(value, Tensor):
        return f"Object of type: {type(value).__name__}"
    sort = "Parameter" if isinstance(value, Parameter) else "Tensor"
    return f"{sort} containing: [{value.dtype} of size {'x'.join(map(str, value.shape))}]"


class Held(Module):
    """What both have in common: members under their names, and how they are printed."""

    _keys: dict[str, None]  # in the order in which they came

    def __init__(self) -> None:
        super().__init__()
        self._keys = {}

    def _put(self, key: str, value: Any) -> None:
        self._keys[key] = None
        setattr(self, key, learning(value))

    def _take(self, key: str) -> Any:
        value = getattr(self, key)
        del self._keys[key]
        delattr(self, key)
        return value

    def __len__(self) -> int:
        return len(self._keys)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def __repr__(self) -> str:
        lines = [f"  ({key}): {described(getattr(self, key))}" for key in self._keys]
        body = "\n".join(["", *lines, ""]) if lines else ""
        return f"{type(self).__name__}({body})"


class ParameterList(Held):
    """A list whose tensors are parameters, and are found as such: its own for each of several layers, say.

    >>> import gradwalk as gw
    >>> weights = gw.nn.ParameterList([gw.zeros(2), gw.ones(3)])
    >>> [name for name, _ in weights.named_parameters()], weights[-1].requires_grad
    (['0', '1'], True)
    """

    def __init__(self, values: Iterable[Any] | None = None):
        super().__init__()
        self.extend(values or ())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return getattr(self, self._key(index))

    def __setitem__(self, index: int, value: Any) -> None:
        self._put(self._key(index), value)

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, key) for key in self._keys)

    def __iadd__(self, values: Iterable[Any]) -> ParameterList:
        return self.extend(values)

    def _key(self, index: int) -> str:
        place = operator.index(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"index {place} is out of range: there are {len(self)} parameters")
        return str(place % len(self))

    def append(self, value: Any) -> ParameterList:
        """Add a tensor at the end."""
        self._put(str(len(self)), value)
        return self

    def extend(self, values: Iterable[Any]) -> ParameterList:
        """Add several tensors at the end."""
        if isinstance(values, Tensor) or not isinstance(values, Iterable):
            raise TypeError(f"ParameterList.extend takes several tensors, as a list, not a {type(values).__name__}")
        for value in values:
            self.append(value)
        return self


class ParameterDict(Held):
    """Tensors by name that are parameters, and are found as such.

    >>> import gradwalk as gw
    >>> weights = gw.nn.ParameterDict({"left": gw.zeros(2), "right": gw.ones(3)})
    >>> [name for name, _ in weights.named_parameters()], "left" in weights
    (['left', 'right'], True)
    """

    def __init__(self, parameters: Any = None):
        super().__init__()
        self.update(parameters or {})

    def __getitem__(self, key: str) -> Any:
        self._known(key)
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        self._put(str(key), value)

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __or__(self, other: Mapping[str, Any]) -> ParameterDict:
        made = self.copy()
        made.update(other)
        return made

    def __ior__(self, other: Mapping[str, Any]) -> ParameterDict:
        self.update(other)
        return self

    def _known(self, key: str) -> None:
        if key not in self._keys:
            raise KeyError(key)

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._keys.keys()

    def values(self) -> Iterable[Any]:
        """The parameters."""
        return [getattr(self, key) for key in self._keys]

    def items(self) -> Iterable[tuple[str, Any]]:
        """The names with their parameters."""
        return [(key, getattr(self, key)) for key in self._keys]

    def get(self, key: str, default: Any = None) -> Any:
        """A parameter, or something else where there is none of this name."""
        return getattr(self, key) if key in self._keys else default

    def setdefault(self, key: str, default: Any = None) -> Any:
        """A parameter; where there is none of this name, the default is put there."""
        if key not in self:
            self[key] = default
        return self[key]

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A new dictionary with these names, all of the same value."""
        return type(self)(dict.fromkeys(keys, default))

    def pop(self, key: str) -> Any:
        """Take a parameter out and return it."""
        self._known(key)
        return self._take(key)

    def popitem(self) -> tuple[str, Any]:
        """Take out the one that came last, with its name."""
        key = next(reversed(self._keys))
        return key, self._take(key)

    def clear(self) -> None:
        """Take all parameters out."""
        for key in list(self._keys):
            self._take(key)

    def copy(self) -> ParameterDict:
        """A dictionary with the same parameters in it."""
        return type(self)(dict(self.items()))

    def update(self, parameters: Any) -> None:
        """Add parameters from a dictionary or from pairs; one of a name that is taken replaces the old one."""
        for name, value in parameters.items() if hasattr(parameters, "items") else parameters:
            self[name] = value
