"""The tensors of a call that is being traced: what came from outside, and what was noted but not computed."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gradwalk.ops import Op
from gradwalk.recording import clock, recording
from gradwalk.tensor import NO_PARAMS, Handle, Tensor


class Traced(Tensor):
    """A result that was noted; it becomes an ordinary `Tensor` when the call ends.

    Until then ``scope`` holds its trace and ``params`` its place, because both classes must have one layout; the other
    slots are unset. Asking for its value computes it; asking for its tape thaws the trace.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name not in Tensor.__slots__:
            raise AttributeError(f"a tensor has no {name!r}")
        if name == "value":
            return self.scope.value_of(self)  # type: ignore[union-attr]
        if name == "op" and not self.requires_grad:
            return None
        self.scope.thaw(f"it asks for a tensor's {name}")  # type: ignore[union-attr]
        return getattr(self, name)

    shape = property(lambda self: self.params.shape, doc="The size of each dimension.")
    ndim = property(lambda self: len(self.params.shape), doc="How many dimensions there are.")
    dtype = property(lambda self: self.params.dtype, doc="The type of the elements.")

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | None = None,
    ) -> None:
        """Note a backward pass of the usual kind; thaw for any other."""
        trace: Any = self.scope
        if gradient is None and not retain_graph and not create_graph and inputs is None:
            if self.requires_grad and math.prod(self.shape) == 1:
                if trace.sweep(self.params):
                    return
            else:
                trace.thaw("it calls backward() on what has no gradient, or isn't a single number")
        else:
            trace.thaw("it calls backward() with arguments")
        Tensor.backward(self, gradient, retain_graph, create_graph, inputs)

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Handle:
        """Thaw: a hook must be called in the middle of the backward pass."""
        self.scope.thaw("it registers a hook")  # type: ignore[union-attr]
        return Tensor.register_hook(self, hook)


def keeping(name: str) -> property:
    """A slot that may be read as always, and only set after the trace is thawed."""
    slot = Tensor.__dict__[name]

    def set(self: Tensor, value: Any) -> None:
        if recording.trace is not None:
            recording.trace.thaw(f"it sets a tensor's {name}")
        slot.__set__(self, value)

    return property(slot.__get__, set, doc=slot.__doc__)


def replacing(name: str) -> property:
    """A slot that may be set after what was noted is computed."""
    slot = Tensor.__dict__[name]

    def set(self: Tensor, value: Any) -> None:
        if recording.trace is not None:
            recording.trace.replace(self)
        slot.__set__(self, value)

    return property(slot.__get__, set, doc=slot.__doc__)


class Watched(Tensor):
    """A tensor from outside, for as long as a call lasts: the same in all, but that ops on it are noted."""

    __slots__ = ()

    requires_grad = keeping("requires_grad")
    value = replacing("value")


def settle(x: Any, value: Any, op: Op | None = None) -> None:
    """Make a traced tensor an ordinary one with a value; if an op made it, then its tape is used up."""
    x.__class__ = Tensor
    x.value, x.params, x.op, x.inputs = value, NO_PARAMS, op, () if op is None else None
    x.requires_grad = op is not None
    x.index, x.code, x.offset, x.scope = clock(), None, -1, recording.scope


def counts(objects: Iterable[Any]) -> list[int]:
    """How often each object is referred to, the list and this function included."""
    return [sys.getrefcount(x) for x in objects]


UNHELD = counts([object()])[0]


def alive(made: list[Traced]) -> list[Traced]:
    """Those that something besides the list of all holds on to, and that are still noted."""
    return [x for x, count in zip(made, counts(made), strict=True) if count > UNHELD and type(x) is Traced]
