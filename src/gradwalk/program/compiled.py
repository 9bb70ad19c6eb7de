"""`compile`: a function that is recorded when it runs, and replayed fast when it runs the same way again."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from gradwalk.program.trace import Trace
from gradwalk.program.trie import Spot
from gradwalk.recording import recording


class Compiled:
    """A compiled function; ``reason`` says why it runs eagerly after all, if it does."""

    def __init__(self, function: Callable[..., Any]):
        functools.update_wrapper(self, function)
        self.function, self.start, self.reason = function, Spot(), ""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function: traced, or as it is where that can't be done (or is being done already)."""
        if self.reason or recording.trace is not None:
            return self.function(*arguments, **keywords)
        trace = recording.trace = Trace(self.start)
        try:
            given = trace.wrap([*arguments, *keywords.values()])
            result = self.function(
                *given[: len(arguments)], **dict(zip(keywords, given[len(arguments) :], strict=True))
            )
            del given
            return result
        finally:
            trace.end()
            recording.trace = None
            self._explain(trace.thawed)

    def _explain(self, reason: str) -> None:
        if reason:
            self.reason = reason
            warnings.warn(f"{self.__name__} runs without being compiled: {reason}", stacklevel=3)  # type: ignore[attr-defined]


def compile(function: Callable[..., Any]) -> Compiled:
    """Run a function faster from its second call on, with the same results.

    Inside it ops are only noted, and computed together when the function ends or a number is asked for. Give it the
    tensors that change as arguments, and call ``backward()`` inside. Whatever it can't follow runs as it would without
    ``compile``, which a warning says once.

    >>> import gradwalk as gw
    >>> w = gw.tensor(3.0, requires_grad=True)
    >>> @gw.compile
    ... def loss(x):
    ...     loss = (w * x - 1) ** 2
    ...     loss.backward()
    ...     return loss
    >>> for _ in range(2):
    ...     w.grad = None
    ...     print(loss(gw.tensor(2.0)).item(), w.grad.item())
    25.0 20.0
    25.0 20.0
    """
    return Compiled(function)
