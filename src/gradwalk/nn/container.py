"""Containers: modules in a row, in a list, and by name."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from gradwalk.nn.module import Module, indented


class Several(Module):
    """What containers of modules in an order have in common: they behave as lists."""

    def __len__(self) -> int:
        return len(self._modules)

    def __bool__(self) -> bool:
        return bool(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._like(dict(list(self._modules.items())[index]))
        return self._modules[self._key(index)]

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, self._key(index), module)

    def __delitem__(self, index: int | slice) -> None:
        left = list(self)
        del left[index if isinstance(index, slice) else self._place_of(index)]
        self._hold(left)

    def _place_of(self, index: int) -> int:
        place = operator.index(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"index {place} is out of range: there are {len(self)} modules")
        return place % len(self)

    def _key(self, index: int) -> str:
        return list(self._modules)[self._place_of(index)]

    def _hold(self, modules: Iterable[Module]) -> None:
        """Hold these modules and no others, numbered from 0."""
        held = list(modules)
        self._modules.clear()
        for place, module in enumerate(held):
            self.add_module(str(place), module)

    def _like(self, modules: dict[str, Any]) -> Any:
        """A container of the same sort for a part of the modules."""
        raise NotImplementedError

    def append(self, module: Module) -> Any:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Any:
        """Add several modules at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Any:
        """Add a module before the one at ``index``."""
        held = list(self)
        held.insert(index, module)
        self._hold(held)
        return self

    def pop(self, key: int | slice) -> Any:
        """Take a module out and return it."""
        taken = self[key]
        del self[key]
        return taken

    def __add__(self, other: Iterable[Module]) -> Any:
        if not isinstance(other, Several):
            return NotImplemented
        return type(self)(*self._as_arguments([*self, *other]))

    def _as_arguments(self, modules: list[Module]) -> list[Any]:
        """How the constructor takes these modules."""
        return list(modules)


class Sequential(Several):
    """Modules in a row: each takes what the one before it gave.

    >>> from gradwalk import nn
    >>> nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    Sequential(
      (0): Linear(in_features=2, out_features=4, bias=True)
      (1): Tanh()
      (2): Linear(in_features=4, out_features=1, bias=True)
    )
    """

    def __init__(self, *modules: Any):
        super().__init__()
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            for name, module in modules[0].items():
                self.add_module(name, module)
        else:
            self._hold(modules)

    def _like(self, modules: dict[str, Any]) -> Sequential:
        return type(self)(modules)

    def forward(self, input: Any) -> Any:
        """Run the modules one after the other."""
        for module in self:
            input = module(input)
        return input


class ModuleList(Several):
    """A list of modules whose parameters are found; it can't be called, its user says in which order they run."""

    def __init__(self, modules: Iterable[Module] | None = None):
        super().__init__()
        self._hold(modules or ())

    def _like(self, modules: dict[str, Any]) -> ModuleList:
        return type(self)(modules.values())

    def _as_arguments(self, modules: list[Module]) -> list[Any]:
        return [modules]

    def __iadd__(self, modules: Iterable[Module]) -> ModuleList:
        self.extend(modules)
        return self

    def __repr__(self) -> str:
        """Equal modules in a row are printed once, with their number."""
        lines, start = [], 0
        for text, run in groupby(map(repr, self)):
            count = len(list(run))
            place = f"({start}-{start + count - 1}): {count} x " if count > 1 else f"({start}): "
            lines.append(f"  {place}{indented(text)}")
            start += count
        body = "\n".join(["", *lines, ""]) if lines else ""
        return f"{type(self).__name__}({body})"


class ModuleDict(Module):
    """Modules by name, whose parameters are found; it can't be called."""

    def __init__(self, modules: Any = None):
        super().__init__()
        self.update(modules or {})

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __bool__(self) -> bool:
        return bool(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Take all modules out."""
        self._modules.clear()

    def pop(self, key: str) -> Any:
        """Take a module out and return it."""
        return self._modules.pop(key)

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._modules.keys()

    def items(self) -> Iterable[tuple[str, Any]]:
        """The names with their modules."""
        return self._modules.items()

    def values(self) -> Iterable[Any]:
        """The modules."""
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Add modules from a dictionary or from pairs; one of a name that is taken replaces the old one."""
        for name, module in modules.items() if hasattr(modules, "items") else modules:
            self[name] = module


class Identity(Module):
    """What comes in goes out; the arguments are ignored, so that it can stand in for any layer."""

    def __init__(self, *arguments: Any, **keywords: Any):
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The input."""
        return input
