"""`compile`: a function that is recorded when it runs, and replayed fast when it runs the same way again."""

from __future__ import annotations

import functools
import threading
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from gradwalk.backward import Edge
from gradwalk.program import noting  # noqa: F401 (it gives noted tensors their methods)
from gradwalk.program.native.loading import loading_for
from gradwalk.program.trace import Trace
from gradwalk.program.trie import Spot
from gradwalk.recording import clock, recording
from gradwalk.tensor import Defaults, Tensor, observers

running = threading.Lock()  # held by the one call that is being traced: the tensors that it watches are everybody's
MOST_COURSES = 256  # each keeps buffers of its own, so their number is bounded
LOOKED_FOR = 3  # calls in which leaves are looked for, if nothing was traced in them


class Compiled:
    """A compiled function; ``reason`` says why it runs eagerly after all, if it does."""

    def __init__(self, function: Callable[..., Any], tier: str | None = None):
        functools.update_wrapper(self, function, updated=())
        self.function, self.reason = function, ""
        self.loading = loading_for(tier)
        self.starts: dict[Any, Spot] = {}
        self.leaves: dict[int, weakref.ref[Tensor]] = {}  # those that ops start from which no argument takes part in
        self.calls = self.courses = 0

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function: traced, or as it is where that can't be done (or is being done already)."""
        if self.reason or recording.trace is not None or observers or not running.acquire(False):
            return self.function(*arguments, **keywords)
        try:
            return self._traced(arguments, keywords)
        finally:
            running.release()

    def _traced(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        self.calls += 1
        looking = self.calls <= LOOKED_FOR
        born, trace = clock(), Trace(self._start(), self.loading)
        self._watch(trace, (*arguments, *keywords.values()) if keywords else arguments)
        watched = len(trace.outside)
        if looking:
            observers.append(self._look)
        recording.trace = trace
        try:
            result = self.function(*arguments, **keywords)
            trace.end()
            return result
        except BaseException:
            trace.abandon()
            trace.reason = ""  # what is done about an error says nothing about the calls without one
            raise
        finally:
            recording.trace = None
            trace.release()
            trace.made.clear()  # they refer to the trace, whose arrays could serve again
            if looking:
                observers.remove(self._look)
                self._know(list(trace.outside.values())[watched:], born)
            if trace.explored or trace.reason:
                self._explain(trace)

    def _start(self) -> Spot:
        """The spot where all calls in such a mode start."""
        mode = Defaults.dtype, recording.scope is None
        start = self.starts.get(mode)
        if start is None:
            start = self.starts[mode] = Spot()
        return start

    def _watch(self, trace: Trace, arguments: Iterable[Any]) -> None:
        """Let the tensors enter that a call starts with: those among its arguments, and the leaves that are known."""
        enter = trace.enter
        for x in tensors_in(arguments):
            enter(x)
        for reference in self.leaves.values():
            leaf = reference()
            if type(leaf) is Tensor:  # an argument may be one too
                enter(leaf)

    def _know(self, leaves: Iterable[Tensor], born: int) -> None:
        """Remember leaves that were there before a call: the next calls start with them."""
        for x in leaves:
            if x.op is None and x.index < born:
                self.leaves[id(x)] = weakref.ref(x)

    def _look(self, output: Tensor, crossed: list[Edge]) -> None:
        """Find the leaves of a backward pass that wasn't traced: they are watched from the next call on."""
        for edge in crossed:
            x = edge.input
            if type(x) is Tensor and x.op is None and recording.trace is not None:
                self.leaves[id(x)] = weakref.ref(x)

    def __getattr__(self, name: str) -> Any:
        """All else is the function's own: of a compiled model, ``parameters()``, ``eval()``, its layers."""
        if name == "function":  # not there yet, while it is being copied
            raise AttributeError(name)
        return getattr(self.function, name)

    def _explain(self, trace: Trace) -> None:
        self.courses += trace.explored
        reason = trace.reason or ("it has gone too many different ways" if self.courses > MOST_COURSES else "")
        if reason:
            self.reason = reason
            name = getattr(self.function, "__name__", type(self.function).__name__)
            warnings.warn(f"{name} runs without being compiled: {reason}", stacklevel=4)


def tensors_in(values: Iterable[Any]) -> Iterator[Tensor]:
    """The tensors among values that aren't watched yet, and in lists, tuples and dictionaries among them."""
    for value in values:
        if type(value) is Tensor:
            yield value
        elif isinstance(value, list | tuple):
            yield from tensors_in(value)
        elif isinstance(value, dict):
            yield from tensors_in(value.values())


def compile(function: Callable[..., Any], tier: str | None = None) -> Compiled:
    """Run a function faster from its third call on, with the same results.

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
    return Compiled(function, tier)
