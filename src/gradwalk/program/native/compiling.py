"""Compiling the loops of groups: in the background, one after the other, each source once; Numba keeps them on disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from queue import SimpleQueue
from typing import Any

from gradwalk.program.native.kept import named_after_code

Done = Callable[[int], None]  # is told where the compiled function begins


def at_once(source: str, done: Done) -> None:
    """Compile a source and wait for it, so that the last digits are the same in all runs."""
    with suppress(Exception):  # whatever is wrong with it, the instructions themselves do the same
        done(compiled(source).address)


def later(source: str, done: Done) -> None:
    """Have a source compiled when those that were asked for before are."""
    waiting().put((source, done))


@cache
def waiting() -> SimpleQueue[tuple[str, Done]]:
    """What is to be compiled, and a thread that does so."""
    queue: SimpleQueue[tuple[str, Done]] = SimpleQueue()
    threading.Thread(target=serve, args=(queue,), name="gradwalk compiler", daemon=True).start()
    return queue


def serve(queue: SimpleQueue[tuple[str, Done]]) -> None:
    """Compile whatever comes."""
    while True:
        at_once(*queue.get())


@cache
def compiled(source: str) -> Any:
    """A source's function ``called``, to be called from compiled code.

    For Numba it stands in the file of the functions that it calls: so it is kept beside that file where that may be written
    to. Both functions are named after the source and all code, because functions of one name are one in a process:
    that of another source, kept by another process, would be run in their place.
    """
    from numba import cfunc, njit, types

    from gradwalk.program.native import functions

    namespace = dict(vars(functions))
    exec(compile(source, functions.__file__, "exec"), namespace)
    namespace["loop"] = njit(error_model="numpy")(named_after_code(namespace["loop"], source))
    return cfunc(types.void(*[types.int64] * 4), cache=True)(named_after_code(namespace["called"], source))
