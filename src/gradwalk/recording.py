"""What is being recorded now: whether gradients are wanted, in which group of the model, and for whose line of code."""

from __future__ import annotations

import functools
import inspect
import itertools
import os
import sys
import threading
from collections.abc import Callable, Generator
from types import CodeType, FrameType
from typing import Any, NamedTuple, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
clock = itertools.count(1).__next__  # every result, and every change in place, gets the next number


class Position(NamedTuple):
    """A place in the user's code: resolved to a file, line and column only when a walk is made."""

    code: CodeType | None
    offset: int


class Scope(NamedTuple):
    """A group of the model that ops are recorded in, and the user's line that a library function works for.

    ``path`` holds the groups from the outside in: names, or the modules themselves, whose names are looked up when a walk
    is made; ``calls`` numbers them, so that two calls of one layer are two groups. ``position`` is None while the user's
    own code runs.
    """

    path: tuple[object, ...] = ()
    calls: tuple[int, ...] = ()
    position: Position | None = None


TOP = Scope()


class Recording(threading.local):
    """One thread's state: the scope that ops are recorded in, or None while `no_grad` holds (one read tells both)."""

    scope: Scope | None = TOP
    paused: Scope = TOP
    trace: Any = None  # what notes the ops of a compiled function's call (see gradwalk.program)


recording = Recording()


def user_position() -> Position:
    """The innermost frame outside this package: the user's line that asked for all this."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return Position(frame.f_code, frame.f_lasti) if frame is not None else Position(None, -1)


class entered:
    """Record what happens inside as a ``group`` (a name or a module; no group if ""), for the user's present line.

    With ``library=False`` the code inside is the user's own, and keeps its own positions.
    """

    __slots__ = ("before", "group", "library")

    before: Scope | None

    def __init__(self, group: object, library: bool = True):
        self.group, self.library = group, library

    def __enter__(self) -> None:
        before = self.before = recording.scope
        if before is None or recording.trace is not None:  # a compiled function's call keeps no positions
            return
        position = (before.position or user_position()) if self.library else None
        if self.group != "":
            recording.scope = Scope((*before.path, self.group), (*before.calls, clock()), position)
        else:
            recording.scope = Scope(before.path, before.calls, position)

    def __exit__(self, *error: object) -> None:
        recording.scope = self.before


class grad_mode:
    """Turn recording on or off: a context manager and a decorator (with or without parentheses).

    >>> import gradwalk as gw
    >>> w = gw.tensor(2.0, requires_grad=True)
    >>> with gw.no_grad():
    ...     (w * 3).requires_grad
    False
    """

    enabled: bool

    def __new__(cls, function: Any = None) -> Any:
        """A context manager; or the function itself, decorated, when it is used as ``@no_grad``."""
        made = super().__new__(cls)
        made.before = []
        return made(function) if callable(function) else made

    before: list[bool]

    def __enter__(self) -> None:
        self.before.append(is_grad_enabled())
        switch(self.enabled)

    def __exit__(self, *error: object) -> None:
        switch(self.before.pop())

    def __call__(self, function: Function) -> Function:
        """Decorate a function, so that all of it runs in this mode."""
        enabled = self.enabled  # one decorator serves many threads and calls, so it keeps no state of its own

        @functools.wraps(function)
        def wrapped(*arguments: Any, **keywords: Any) -> Any:
            with set_grad_enabled(enabled):
                return function(*arguments, **keywords)

        @functools.wraps(function)
        def stepping(*arguments: Any, **keywords: Any) -> Any:
            return in_mode(enabled, function(*arguments, **keywords))

        return stepping if inspect.isgeneratorfunction(function) else wrapped  # type: ignore[return-value]


class no_grad(grad_mode):
    """Compute without recording: for updates, and for looking at numbers."""

    enabled = False


class enable_grad(grad_mode):
    """Record again inside a `no_grad`."""

    enabled = True


class inference_mode(grad_mode):
    """Compute without recording, as `no_grad` does; with ``mode=False`` record, whatever holds outside.

    What is computed inside can be used in recorded code afterwards. (PyTorch refuses that, for the sake of speed.)
    """

    def __new__(cls, mode: Any = True) -> Any:
        """A context manager; or the function itself, decorated, when it is used as ``@inference_mode``."""
        made = super().__new__(cls)
        made.enabled = not (mode if isinstance(mode, bool) else True)
        return made(mode) if callable(mode) else made


class set_grad_enabled(grad_mode):
    """Turn recording on or off from here on, or for one ``with`` block."""

    def __new__(cls, enabled: bool) -> set_grad_enabled:
        """Switch at once; as a context manager, only the way back is left to do."""
        made: set_grad_enabled = super().__new__(cls)
        made.enabled, made.outside = enabled, is_grad_enabled()
        switch(enabled)
        return made

    outside: bool

    def __call__(self, function: Function) -> Function:
        """Decorate a function; nothing changes outside of it."""
        switch(self.outside)  # as a decorator it is for the function alone
        return super().__call__(function)

    def __exit__(self, *error: object) -> None:
        switch(self.outside)


def in_mode(enabled: bool, generator: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """A generator that records, or doesn't, only while it runs itself: not between its steps, when its user does."""
    sent = None
    try:
        while True:
            with set_grad_enabled(enabled):
                try:
                    item = generator.send(sent)
                except StopIteration as stop:
                    return stop.value
            sent = yield item
    finally:
        generator.close()


def switch(enabled: bool) -> None:
    """Start or stop recording in this thread."""
    if enabled == (recording.scope is not None):
        return
    if recording.scope is None:
        recording.scope = recording.paused
    else:
        recording.paused, recording.scope = recording.scope, None
    if recording.trace is not None:
        recording.trace.switch(enabled)


def is_grad_enabled() -> bool:
    """Whether operations are being recorded now."""
    return recording.scope is not None
