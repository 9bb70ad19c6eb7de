"""The calls of one function: each is traced, and goes the way of an earlier one wherever it can."""

from __future__ import annotations

import threading
import warnings
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from gradwalk.backward import Edge
from gradwalk.program import noting  # noqa: F401 (it gives noted tensors their methods)
from gradwalk.program.entering import start, tensors_in
from gradwalk.program.native.loading import Loading
from gradwalk.program.reaching import reached_from, used_by
from gradwalk.program.trace import Trace
from gradwalk.program.trie import Spot
from gradwalk.recording import clock, recording
from gradwalk.tensor import Defaults, Tensor, observers

running = threading.Lock()  # held by the one call that is being traced: the tensors that it watches are everybody's
MOST_COURSES = 256  # each keeps buffers of its own, so their number is bounded
LOOKED_FOR = 3  # calls in which leaves are looked for, if nothing was traced in them


class Calls:
    """All calls of a function; ``reason`` says why they aren't traced any more, if so."""

    def __init__(self, function: Callable[..., Any], loading: Loading | None):
        self.function, self.trace, self.reason = function, Trace(loading), ""
        self.starts: dict[Any, Spot] = {}
        self.leaves: list[weakref.ref[Tensor]] = []  # those that ops start from which no argument takes part in
        self.looked = self.courses = 0

    def make(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Call the function: traced, or as it is where that can't be done (or is being done already)."""
        if self.reason or recording.trace is not None or observers or not running.acquire(False):
            return self.function(*arguments, **keywords)
        try:
            if self.looked < LOOKED_FOR:
                return self._looking(arguments, keywords)
            return self._traced(arguments, keywords)
        finally:
            trace = self.trace
            explored, reason = trace.explored, trace.reason
            trace.forget()
            running.release()
            if explored or reason:
                self._explain(explored, reason)

    def _traced(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        trace = self.trace
        mode = Defaults.dtype, recording.scope is None
        trace.spot = trace.known = self.starts.get(mode) or self.starts.setdefault(mode, Spot())
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

    def _looking(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Call the function, and look which leaves ops start from."""
        self.looked += 1
        born, reached = clock(), [] if self.looked > 1 else reached_from(self.function)
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

    def _explain(self, explored: bool, reason: str) -> None:
        """Go on without tracing, and say why, if a call was thawed or there are too many courses."""
        self.courses += explored
        self.reason = reason or ("it has gone too many different ways" if self.courses > MOST_COURSES else "")
        if self.reason:
            name = getattr(self.function, "__name__", type(self.function).__name__)
            warnings.warn(f"{name} runs without being compiled: {self.reason}", stacklevel=4)
