"""Getting the kernel ready in the background: importing Numba takes half a second, compiling for the first time some more."""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

from gradwalk.program.native.compiling import Done, at_once, later

TIERS = (None, "numpy", "numba")


class Kernel(NamedTuple):
    """The compiled function for short programs, and the one that lets other threads run; how more are asked for."""

    interpret: Callable[[int], int]
    interpret_long: Callable[[int], int]
    ask_for: Callable[[str, Done], None] = later


class ScalarKernel(NamedTuple):
    """The compiled functions for graphs of single numbers: their levels, and their runs."""

    levels: Callable[..., Any]
    replay: Callable[..., None]


class Loading(threading.Thread):
    """A thread that loads the kernels; they are None until it has, ``reason`` says why it couldn't.

    Loops of single programs are compiled later or, if it is ``settled`` what runs a program, before its first run.
    """

    def __init__(self, settled: bool = False) -> None:
        super().__init__(name="gradwalk kernel", daemon=True)
        self.ask_for = at_once if settled else later
        self.kernel: Kernel | None = None
        self.scalar: ScalarKernel | None = None
        self.reason = ""

    def run(self) -> None:
        """Import what the kernel is made with; it is compiled by that, or read from where it was kept."""
        try:
            from gradwalk.program.native import kernels, loops

            loops.check_layout()
            self.kernel = Kernel(kernels.interpret, kernels.interpret_long, self.ask_for)
            from gradwalk.program.scalar import kernel

            self.scalar = ScalarKernel(kernel.levels, kernel.replay)
        except Exception as error:  # whatever is wrong with it, NumPy does the same
            self.reason = str(error)

    def wait(self) -> Kernel:
        """The kernel as soon as it is there; ImportError if that is never."""
        if self.ident is not None:
            self.join()
        if self.kernel is None:
            raise ImportError(f"the tier 'numba' is not to be had: {self.reason}")
        return self.kernel


@cache
def loading(settled: bool = False) -> Loading:
    """The one thread that loads the kernel, started when it is first asked for."""
    thread = Loading(settled)
    if platform.python_implementation() != "CPython" or find_spec("numba") is None:
        thread.reason = "it needs Numba: pip install 'gradwalk[fast]'"
    else:
        thread.start()
    return thread


def loading_for(tier: str | None) -> Loading | None:
    """The kernel that programs of a tier use, loaded or about to be; None if they use none.

    A sentence if there is no such tier, or if it can't be had.
    """
    if tier not in TIERS:
        raise ValueError(f"tier is None (the fastest that is ready), 'numpy' or 'numba', and not {tier!r}")
    if tier == "numpy":
        return None
    thread = loading(tier == "numba")
    if tier == "numba":
        thread.wait()
    return thread
