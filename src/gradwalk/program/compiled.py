"""`compile`: a function that is recorded when it runs, and replayed fast when it runs the same way again."""

from __future__ import annotations

import functools
import types
import weakref
from collections.abc import Callable
from typing import Any, overload

from gradwalk.program.calls import Calls
from gradwalk.program.native.loading import loading_for


class Compiled:
    """A compiled function; ``reason`` says why it runs eagerly after all, if it does."""

    def __init__(self, function: Callable[..., Any], tier: str | None = None):
        functools.update_wrapper(self, function, updated=())
        self.function, self.tier = function, tier
        self.calls = Calls(function, loading_for(tier))  # apart, as all that is asked of this here is looked up slowly
        self.methods = weakref.WeakKeyDictionary[Any, Compiled]()  # by the object they are of

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """As a method: each object has programs of its own, as it has parameters of its own."""
        if instance is None:
            return self
        try:
            own = self.methods.get(instance)
            if own is None:
                own = self.methods[instance] = Compiled(self.function, self.tier)
        except TypeError:  # it can't be a key: such objects share their programs
            own = self
        return types.MethodType(own, instance)

    @property
    def reason(self) -> str:
        """Why it runs without being compiled; empty if it doesn't."""
        return self.calls.reason

    @property
    def courses(self) -> int:
        """How many different ways its calls went."""
        return self.calls.courses

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function: traced, or as it is where that can't be done (or is being done already)."""
        return self.calls.make(arguments, keywords)

    def __reduce__(self) -> Any:
        """How ``copy`` and ``pickle`` take it apart: the copy of a compiled model learns its ways anew."""
        return Compiled, (self.function, self.tier)

    def __getattr__(self, name: str) -> Any:
        """All else is the function's own: of a compiled model, ``parameters()``, ``eval()``, its layers."""
        if name == "function":  # not there yet, while it is being copied
            raise AttributeError(name)
        return getattr(self.function, name)


@overload
def compile(function: Callable[..., Any], tier: str | None = None) -> Compiled: ...
@overload
def compile(function: None = None, tier: str | None = None) -> Callable[[Callable[..., Any]], Compiled]: ...
def compile(function: Callable[..., Any] | None = None, tier: str | None = None) -> Any:
    """Run a function faster from its third call on, with the same results.

    It may be a function, a model or, as a decorator, a method; ``@gw.compile(tier="numpy")`` is a decorator too.

    Programs are run by NumPy and, where Numba is installed (the extra ``fast``), by a kernel that is loaded in the
    background and takes over when it is there. ``tier="numpy"`` or ``tier="numba"`` settles which, so that the last
    digits are the same in every run; for ``"numba"`` the kernel is waited for, and the loops that are compiled for ops on
    long arrays.

    Inside it ops are only noted, and computed together when the function ends or a number is asked for. Call
    ``backward()`` inside, or run it under ``no_grad``. Whatever it can't follow runs as it would without ``compile``, which
    a warning says once. Arrays under tensors (``x.numpy()``) may be read inside, but not written to; changes in place are
    carried out there when the call returns, or when a number is asked for.

    >>> import gradwalk as gw
    >>> w = gw.tensor(3.0, requires_grad=True)
    >>> @gw.compile
    ... def loss(x):
    ...     loss = (w * x - 1) ** 2
    ...     loss.backward()
    ...     return loss
    >>> for _ in range(3):
    ...     w.grad = None
    ...     print(loss(gw.tensor(2.0)).item(), w.grad.item())
    25.0 20.0
    25.0 20.0
    25.0 20.0
    """
    return functools.partial(Compiled, tier=tier) if function is None else Compiled(function, tier)
