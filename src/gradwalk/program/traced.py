"""The tensors of a call that is being traced: what came from outside, and what was noted but not computed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from sys import getrefcount
from typing import Any

import numpy as np

from gradwalk.ops import Op
from gradwalk.recording import clock, recording
from gradwalk.tensor import NO_PARAMS, NUMBERS, Handle, Tensor


class Noted(Tensor):
    """A tensor that a trace knows. Until the call ends ``params`` holds its place, as all classes must have one layout."""

    __slots__ = ()

    shape = property(lambda self: self.params.shape, doc="The size of each dimension.")
    ndim = property(lambda self: len(self.params.shape), doc="How many dimensions there are.")
    dtype = property(lambda self: self.params.dtype, doc="The type of the elements.")


class Traced(Noted):
    """A result that was noted; it becomes an ordinary `Tensor` when the call ends.

    Until then ``scope`` holds its trace, and the other slots are unset. Asking for its value computes it; asking for its
    tape thaws the trace.
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

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | None = None,
    ) -> None:
        """Note a backward pass of the usual kind; thaw for any other."""
        trace: Any = self.scope
        if retain_graph or create_graph or inputs is not None or not (gradient is None or type(gradient) in NUMBERS):
            trace.thaw("it calls backward() with arguments")
        elif not self.requires_grad or (self.shape and math.prod(self.shape) != 1):
            trace.thaw("it calls backward() on what has no gradient, or isn't a single number")
        else:
            start: Any = self if gradient is None or gradient == 1 else self * float(gradient)
            if recording.trace is trace and trace.sweep(start.params):
                return
        Tensor.backward(self, gradient, retain_graph, create_graph, inputs)

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Handle:
        """Thaw: a hook must be called in the middle of the backward pass."""
        self.scope.thaw("it registers a hook")  # type: ignore[union-attr]
        return Tensor.register_hook(self, hook)


class Watched(Noted):
    """A tensor from outside, for as long as a call lasts: the same in all, but that ops on it are noted."""

    __slots__ = ()

    @property
    def requires_grad(self) -> bool:
        """Whether it wants a gradient; setting that thaws the trace."""
        return WANTS.__get__(self)  # type: ignore[no-any-return]

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if recording.trace is not None:
            recording.trace.thaw("it sets a tensor's requires_grad")
        WANTS.__set__(self, wanted)

    @property
    def value(self) -> Any:
        """Its array, with what was noted to be written into it; another array makes it another tensor for the trace."""
        if recording.trace is not None:
            recording.trace.catch_up()
        return VALUE.__get__(self)

    @value.setter
    def value(self, value: Any) -> None:
        if recording.trace is not None and value is not VALUE.__get__(self):
            recording.trace.let_go(self)
        VALUE.__set__(self, value)

    def detach(self) -> Tensor:
        """The same memory without the tape; the trace knows that tensor too."""
        made = Tensor.detach(self)
        if recording.trace is not None:
            recording.trace.enter(made)
        return made

    def again(self) -> Tensor:
        """A second tensor, which the trace doesn't know."""
        twin = Tensor.again(self)
        twin.params = NO_PARAMS if recording.trace is None else recording.trace.params_of(self)
        return twin


VALUE: Any = Tensor.__dict__["value"]
WANTS: Any = Tensor.__dict__["requires_grad"]


def array_of(x: Tensor) -> Any:
    """A tensor's array as it is in memory, whatever was noted to be written there."""
    return VALUE.__get__(x)


def is_writable(x: Tensor) -> bool:
    """Whether a tensor from outside has memory of its own that numbers can be written into."""
    array = array_of(x)
    return (
        isinstance(array, np.ndarray) and array.dtype.kind in "fiu" and array.flags.writeable and 0 not in array.strides
    )


def settle(x: Any, value: Any, op: Op | None = None) -> None:
    """Make a traced tensor an ordinary one with a value; if an op made it, then its tape is used up."""
    x.__class__ = Tensor
    x.value, x.params, x.op = value, NO_PARAMS, op
    x.inputs, x.requires_grad = ((), False) if op is None else (None, True)
    x.index, x.scope = clock(), recording.scope
    x.code, x.offset = None, -1


def held(made: list[Any], unheld: int) -> list[Any]:
    """Those that are referred to more often than ``unheld``, the list and this function included."""
    return [x for x in made if getrefcount(x) > unheld]


UNHELD = next(count for count in itertools.count() if not held([object()], count))


def alive(made: list[Traced]) -> list[Traced]:
    """Those that something besides the list of all holds on to, and that are still noted."""
    return [x for x in held(made, UNHELD) if type(x) is Traced]
