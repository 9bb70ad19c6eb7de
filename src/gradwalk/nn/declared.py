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
    _settings: ClassVar[dict[str, Any]] = {}  # the names of the settings, with their defaults

    def __init_subclass__(cls, function: str = "", **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if not function:  # a user's subclass of one of these layers declares nothing
            return
        cls._function = function
        cls._settings = {name: cls.__dict__.get(name, inspect.Parameter.empty) for name in cls.__annotations__}
        cls.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what help() shows, and __init__ goes by
            [
                inspect.Parameter(
                    name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=cls.__annotations__[name]
                )
                for name, default in cls._settings.items()
            ]
        )

    def __init__(self, *arguments: Any, **keywords: Any):
        super().__init__()
        try:
            given = inspect.signature(_declaring(type(self))).bind(*arguments, **keywords)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}{inspect.signature(_declaring(type(self)))}: {error}") from None
        given.apply_defaults()
        for name, value in given.arguments.items():
            setattr(self, name, value)
        self.settle()

    def settle(self) -> None:
        """Refuse settings that can't be, and work out what follows from others."""

    def settings(self) -> dict[str, Any]:
        """The settings that the function takes. (Nothing is computed in place: a walk shows the value before, too.)"""
        return {name: getattr(self, name) for name in self._settings if name != "inplace"}

    def forward(self, *inputs: Any) -> Any:
        """The function of the inputs, with these settings."""
        return ungrouped(self._function)(*inputs, **self.settings())

    def extra_repr(self) -> str:
        """The settings."""
        shown = {name: getattr(self, name) for name in self._settings}
        return ", ".join(f"{name}={value!r}" for name, value in shown.items() if name != "inplace" or value)


def _declaring(cls: type[Declared]) -> type[Declared]:
    """The class that declared the settings, for a user's subclass of it."""
    return next(base for base in cls.__mro__ if "_settings" in base.__dict__)


def ungrouped(name: str) -> Callable[..., Any]:
    """A public function without the group that it is in walks: the module around it is one already."""
    return COMPOSITES[name].function if name in COMPOSITES else functions[name]
