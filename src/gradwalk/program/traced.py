"""The tensors of a call that is being traced: what came from outside, and what was noted but not computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from sys import getrefcount
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from weakref import getweakrefcount

import numpy as np

from gradwalk.ops import Op
from gradwalk.recording import clock, recording
from gradwalk.tensor import NO_PARAMS, NUMBERS, Handle, Tensor

if TYPE_CHECKING:
    from gradwalk.program.trace import Trace
    from gradwalk.program.trie import Place

new: Any = object.__new__
write = object.__setattr__
become: Callable[[Any, type], None] = object.__dict__["__class__"].__set__
VALUE: Any = Tensor.__dict__["value"]
array_of: Callable[[Tensor], Any] = VALUE.__get__  # as it is in memory, whatever was noted to be written there


def asked(name: str) -> Any:
    """A part of the tape, which is unset in a result that wants a gradient: asking for it thaws the trace."""
    slot: Any = Tensor.__dict__[name]

    def get(x: Any) -> Any:
        if not x.requires_grad:
            return slot.__get__(x)
        x.scope.thaw(f"it asks for a tensor's {name}")
        return getattr(x, name)

    return property(get, slot.__set__)


class Noted(Tensor):
    """A tensor that a trace knows. Until the call ends ``params`` holds its place, as all classes must have one layout."""

    __slots__ = ()


class Traced(Noted):
    """A result that was noted; it becomes an ordinary `Tensor` when the call ends, if anybody holds it then.

    Until then ``scope`` holds its trace, and the value is unset, as is the tape of what wants a gradient. Asking for its
    value computes it; asking for its tape thaws the trace. One that nobody holds stands for its place in the next call too.
    """

    __slots__ = ()

    shape = property(lambda self: self.params.shape, doc="The size of each dimension.")
    ndim = property(lambda self: len(self.params.shape), doc="How many dimensions there are.")
    dtype = property(lambda self: self.params.dtype, doc="The type of the elements.")
    value = property(lambda self: self.scope.value_of(self), VALUE.__set__, doc="The numbers: they are computed now.")
    op, index, code, offset = map(asked, ("op", "index", "code", "offset"))

    def __setattr__(self, name: str, value: Any) -> None:
        """What somebody has written on is settled when the call ends, so that no later call has it."""
        trace: Any = self.scope
        if name in Tensor.__slots__:
            trace.thaw(f"it sets a tensor's {name}")
        else:
            trace.marked.append(self)
        write(self, name, value)

    def _made_by(self) -> Op | None:
        """The op of its place: printing a result leaves it what it is."""
        return self.params.op if self.requires_grad else None  # type: ignore[attr-defined]

    def _array(self) -> Any:
        """The value as an array that can be shared: by ``detach()``, for one."""
        return self.scope.shared(self)  # type: ignore[union-attr]

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | None = None,
    ) -> None:
        """Note a backward pass of the usual kind; thaw for any other."""
        trace: Any = self.scope
        usual = gradient is None and not retain_graph and not create_graph and inputs is None
        if usual and self.requires_grad and not self.params.shape and trace is recording.trace:  # type: ignore[attr-defined]
            if trace.sweep(self.params):
                return
        elif retain_graph or create_graph or inputs is not None or not (gradient is None or type(gradient) in NUMBERS):
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
    """A tensor from outside, for as long as a call lasts: the same in all, but that ops on it are noted.

    Other threads may use it meanwhile, even just when the call ends: nothing that they read goes by its place.
    """

    __slots__ = ()

    shape = property(lambda self: array_of(self).shape, doc="The size of each dimension.")
    ndim = property(lambda self: array_of(self).ndim, doc="How many dimensions there are.")
    dtype = property(lambda self: array_of(self).dtype, doc="The type of the elements.")

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


WANTS: Any = Tensor.__dict__["requires_grad"]


def is_writable(x: Tensor) -> bool:
    """Whether a tensor from outside has memory of its own that numbers can be written into."""
    array = array_of(x)
    return (
        isinstance(array, np.ndarray) and array.dtype.kind in "fiu" and array.flags.writeable and 0 not in array.strides
    )


def stand_for(place: Place, trace: Trace) -> None:
    """Make a tensor that stands for a place in the calls that a trace notes."""
    made: Any = new(Tensor)
    made.scope, made.params, made.requires_grad = trace, place, place.requires_grad
    if not place.requires_grad:
        made.op = made.code = None
        made.index, made.offset = clock(), -1
    made.__class__ = Traced
    place.tensor = made


def settle(trace: Trace, places: Iterable[Place], values: Iterable[Any]) -> None:
    """Make the tensors of places ordinary ones, whose tape is used up; others stand for the places from now on."""
    scope = recording.scope
    for place, value in zip(places, values):  # noqa: B905 (a keyword takes as long as settling one)
        x = place.tensor
        become(x, Tensor)
        x.value, x.params, x.scope = value, NO_PARAMS, scope
        if place.requires_grad:
            x.op, x.index, x.offset = place.op, clock(), -1
            x.first = x.second = x.code = None
        stand_for(place, trace)


def counts(places: Iterable[Any]) -> tuple[int, ...]:
    """How often the tensors of places are referred to, strongly and weakly, this function included."""
    return tuple([getrefcount(place.tensor) + getweakrefcount(place.tensor) for place in places])


(UNHELD,) = counts([SimpleNamespace(tensor=SimpleNamespace())])
