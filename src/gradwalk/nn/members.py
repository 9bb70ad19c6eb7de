"""What a module is made of: parameters, buffers and modules, kept by name in tables and found again through them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from gradwalk.nn.parameter import Parameter
from gradwalk.tensor import Tensor

if TYPE_CHECKING:
    from gradwalk.nn.module import Module

Item = TypeVar("Item")
SORTS = {  # table -> what it holds, and how messages call what may be put there
    "_parameters": ("parameter", "nn.Parameter"),
    "_modules": ("module", "nn.Module"),
    "_buffers": ("buffer", "a Tensor"),
}


class Members:
    """Attributes that hold parameters, buffers and modules are kept in tables, in the order they were assigned."""

    _parameters: dict[str, Tensor | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _transient: set[str]  # the buffers that state_dict leaves out

    def __init__(self) -> None:
        self.__dict__.update(_parameters={}, _buffers={}, _modules={}, _transient=set())

    # --- attributes ---

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            self._forget(name, "_parameters")
            self.register_parameter(name, value)
        elif isinstance(value, Members):
            self._forget(name, "_modules")
            self.add_module(name, value)  # type: ignore[arg-type]
        else:
            self._assign(name, value)

    def _assign(self, name: str, value: Any) -> None:
        """Assign what is neither parameter nor module: to the place of that name, if it may go there."""
        place = self._place(name)
        if place is None:
            object.__setattr__(self, name, value)
        elif value is None or (place == "_buffers" and isinstance(value, Tensor)):
            self.__dict__[place][name] = value
        else:
            sort, wanted = SORTS[place]
            raise TypeError(f"cannot assign '{type(value).__name__}' as {sort} '{name}' ({wanted} or None expected)")

    def _place(self, name: str) -> str | None:
        """The table that holds this name."""
        tables = self.__dict__
        for place in SORTS:
            if name in tables.get(place, ()):
                return place
        return None

    def __getattr__(self, name: str) -> Any:
        place = self._place(name)
        if place is not None:
            return self.__dict__[place][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        if self._place(name) is None:
            object.__delattr__(self, name)
        else:
            self._forget(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._parameters, *self._buffers, *self._modules})

    def _forget(self, name: str, but: str = "") -> None:
        """Free a name for another sort of member; in the table ``but`` it keeps its place in the order."""
        for table in (self.__dict__, *(self.__dict__.get(place, {}) for place in SORTS if place != but)):
            table.pop(name, None)
        self.__dict__.get("_transient", set()).discard(name)

    # --- adding ---

    def register_parameter(self, name: str, param: Tensor | None) -> None:
        """Add a parameter, as assigning one to an attribute does; None holds the place of one that is left out."""
        self._add("_parameters", name, param, Parameter)
        if param is not None and param.op is not None:
            raise ValueError(
                f"parameter '{name}' was computed, and a parameter is a leaf: make it of data, and compute in forward()"
            )

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is part of the state but doesn't learn; ``persistent=False`` keeps it out of state_dict."""
        self._add("_buffers", name, tensor, Tensor)
        (self._transient.discard if persistent else self._transient.add)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a module, as assigning one to an attribute does."""
        self._add("_modules", name, module, Members)

    def register_module(self, name: str, module: Module | None) -> None:
        """The same as `add_module`."""
        self.add_module(name, module)

    def _add(self, place: str, name: str, value: Any, kind: type) -> None:
        """Put a new member into its table, once it is clear that it may go there."""
        sort, wanted = SORTS[place]
        if place not in self.__dict__:
            raise AttributeError(
                f"cannot assign {sort} before Module.__init__() call: begin your __init__ with super().__init__()"
            )
        if not isinstance(name, str) or not name or "." in name:
            raise KeyError(f"the name of a {sort} is a string, neither empty nor with a dot, and this is {name!r}")
        if hasattr(self, name) and name not in self.__dict__[place]:
            raise KeyError(f"attribute '{name}' already exists")
        if value is not None and not isinstance(value, kind):
            raise TypeError(f"cannot assign '{type(value).__name__}' as {sort} '{name}' ({wanted} or None expected)")
        self.__dict__[place][name] = value

    # --- finding ---

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all inside, with their dotted names; a shared one once."""
        seen: set[Any] = set() if memo is None else memo
        if self in seen:
            return
        if remove_duplicate:
            seen.add(self)
        yield prefix, self  # type: ignore[misc]
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(seen, dotted(prefix, name), remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all inside, a shared one once."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly inside, with their names."""
        return once(self._modules.items())

    def children(self) -> Iterator[Module]:
        """The modules directly inside."""
        return (module for _, module in self.named_children())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The parameters with their dotted names; a shared one once."""
        return self._named("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Tensor]:
        """The parameters: what an optimizer takes."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their dotted names; a shared one once."""
        return self._named("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _named(self, place: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Any]]:
        inside = self.named_modules(None, prefix, remove_duplicate) if recurse else [(prefix, self)]
        found = ((dotted(path, name), x) for path, part in inside for name, x in part.__dict__[place].items())
        return once(found, remove_duplicate)

    # --- one by its name ---

    def get_submodule(self, target: str) -> Module:
        """The module with this dotted name; the empty name is this module's own."""
        return self._found("module", target, self.named_modules(remove_duplicate=False))

    def get_parameter(self, target: str) -> Tensor:
        """The parameter with this dotted name."""
        return self._found("parameter", target, self.named_parameters(remove_duplicate=False))

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with this dotted name."""
        return self._found("buffer", target, self.named_buffers(remove_duplicate=False))

    def _found(self, sort: str, target: str, members: Iterable[tuple[str, Item]]) -> Item:
        found = dict(members)
        if target not in found:
            known = ", ".join(filter(None, found)) or "none"
            raise AttributeError(f"{type(self).__name__} has no {sort} '{target}'; the names are: {known}")
        return found[target]


def dotted(prefix: str, name: str) -> str:
    """A name within a prefix."""
    return f"{prefix}.{name}" if prefix else name


def once(members: Iterable[tuple[str, Item | None]], remove_duplicate: bool = True) -> Iterator[tuple[str, Item]]:
    """Members without the empty places, each one once."""
    seen: set[int] = set()
    for name, member in members:
        if member is not None and id(member) not in seen:
            if remove_duplicate:
                seen.add(id(member))
            yield name, member
