"""`compile`: a function that is recorded when it runs, and replayed fast when it runs the same way again."""

from __future__ import annotations

import functools
import threading
import warnings
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from gradwalk.backward import Edge
from gradwalk.program import noting  # noqa: F401 (it gives noted tensors their methods)
from gradwalk.program.entering import start, tensors_in
from gradwalk.program.native.loading import loading_for
from gradwalk.program.reaching import reached_from, used_by
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
        self.function, self.tier, self.reason = function, tier, ""
        self.loading = loading_for(tier)
        self.starts: dict[Any, Spot] = {}
        self.leaves: list[weakref.ref[Tensor]] = []  # those that ops start from which no argument takes part in
        self.calls = self.courses = 0
        self.trace = Trace(self.loading)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function: traced, or as it is where that can't be done (or is being done already)."""
        if self.reason or recording.trace is not None or observers or not running.acquire(False):
            return self.function(*arguments, **keywords)
        try:
            if self.calls < LOOKED_FOR:
                return self._looking(arguments, keywords)
            return self._traced(arguments, keywords)
        finally:
            explored, reason = self.trace.explored, self.trace.reason
            self.trace.forget()
            running.release()
            if explored or reason:
                self._explain(explored, reason)

    def _traced(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        trace = self.trace
        trace.spot = trace.known = self._start()
        try:
            start(trace, (*arguments, *keywords.values()) if keywords else arguments, self.leaves)
            recording.trace = trace
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

    def _start(self) -> Spot:
        """The spot where all calls in such a mode start."""
        mode = Defaults.dtype, recording.scope is None
        spot = self.starts.get(mode)
        if spot is None:
            spot = self.starts[mode] = Spot()
        return spot

    def _looking(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Call the function, and look which leaves ops start from."""
        self.calls += 1
        born, reached = clock(), [] if self.calls > 1 else reached_from(self.function)
        self._know(reached)
        observers.append(self._look)
        try:
            return self._traced(arguments, keywords)
        finally:
            observers.remove(self._look)
            trace, given = self.trace, {id(x) for x in tensors_in((arguments, keywords))}
            used = {id(trace.outside.get(slot)) for slot in used_by(trace.spot.course())}
            unused = {id(x) for x in reached} - used
            self.leaves = [reference for reference in self.leaves if id(reference()) not in unused]
            self._know([x for x in trace.outside.values() if id(x) not in given | unused and x.index < born])

    def _look(self, output: Tensor, crossed: list[Edge]) -> None:
        """Find the leaves of a backward pass that wasn't traced: they are watched from the next call on."""
        if recording.trace is not None:
            self._know([edge.input for edge in crossed if type(edge.input) is Tensor])

    def _know(self, tensors: Iterable[Tensor]) -> None:
        """Remember leaves: the next calls start with them."""
        self.leaves = [reference for reference in self.leaves if reference() is not None]
        known = {id(reference()) for reference in self.leaves}
        self.leaves += [weakref.ref(x) for x in dict.fromkeys(tensors) if x.op is None and id(x) not in known]
        for spot in self.starts.values():
            spot.gate = None

    def __reduce__(self) -> Any:
        """How ``copy`` and ``pickle`` take it apart: the copy of a compiled model learns its ways anew."""
        return Compiled, (self.function, self.tier)

    def __getattr__(self, name: str) -> Any:
        """All else is the function's own: of a compiled model, ``parameters()``, ``eval()``, its layers."""
        if name == "function":  # not there yet, while it is being copied
            raise AttributeError(name)
        return getattr(self.function, name)

    def _explain(self, explored: bool, reason: str) -> None:
        """Go on without tracing, and say why, if a call was thawed or there are too many courses."""
        self.courses += explored
        self.reason = reason or ("it has gone too many different ways" if self.courses > MOST_COURSES else "")
        if self.reason:
            name = getattr(self.function, "__name__", type(self.function).__name__)
            warnings.warn(f"{name} runs without being compiled: {self.reason}", stacklevel=3)


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
