"""Layers that are a function with settings: each is declared by the name of the function and its settings, no more."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar, dataclass_transform

from gradwalk.nn.module import Module
from gradwalk.operators import functions
from gradwalk.ops import COMPOSITES


@dataclass_transform(eq_default=False)
class Declared(Module):
    """A function of `gradwalk.nn.functional` as a module, to stand between others.

    A subclass names the function, and its annotated attributes are the settings: the arguments that its instances are
    made with (in this order, with these defaults), their attributes, and keyword arguments of the function.
    """

    _function: ClassVar[str] = ""
    _signature: ClassVar[inspect.Signature] = inspect.Signature()
    _settings: ClassVar[tuple[str, ...]] = ()  # what the function takes of them

    def __init_subclass__(cls, function: str = "", **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if not cls.__module__.startswith("gradwalk."):  # a user's own version of a layer declares nothing
            cls.__signature__ = None  # type: ignore[attr-defined]  # so that help() looks at its own __init__
            return
        own = {name: kind for name, kind in inspect.get_annotations(cls).items() if not kind.startswith("ClassVar")}
        declared = [setting(cls, name, kind) for name, kind in own.items()]
        cls._function = function
        cls._signature = inspect.Signature([*cls._signature.parameters.values(), *declared])
        cls._settings = tuple(name for name in cls._signature.parameters if name != "inplace")
        cls.__signature__ = cls._signature  # type: ignore[attr-defined]

    def __init__(self, *arguments: Any, **keywords: Any):
        super().__init__()
        try:
            given = self._signature.bind(*arguments, **keywords)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}{self._signature}: {error}") from None
        given.apply_defaults()
        for name, value in given.arguments.items():
            setattr(self, name, value)
        self.settle()

    def settle(self) -> None:
        """Refuse settings that can't be, and work out what follows from others."""

    def settings(self) -> dict[str, Any]:
        """The settings that the function takes. (Nothing is computed in place: a walk shows the value before, too.)"""
        return {name: getattr(self, name) for name in self._settings}

    def forward(self, *inputs: Any) -> Any:
        """The function of the inputs, with these settings."""
        return ungrouped(self._function)(*inputs, **self.settings())

    def extra_repr(self) -> str:
        """The settings."""
        shown = {name: getattr(self, name) for name in self._signature.parameters}
        return ", ".join(f"{name}={value!r}" for name, value in shown.items() if name != "inplace" or value)


def setting(cls: type[Declared], name: str, kind: str) -> inspect.Parameter:
    """One declared setting as an argument; its default leaves the class, where it would hide a buffer of that name."""
    default = cls.__dict__.get(name, inspect.Parameter.empty)
    if name in cls.__dict__:
        delattr(cls, name)
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)


def ungrouped(name: str) -> Callable[..., Any]:
    """A public function without the group that it is in walks: the module around it is one already."""
    return COMPOSITES.get(name) or functions[name]
