"""Getting the kernel ready in the background: importing Numba takes half a second, compiling for the first time some more."""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

Interpret = Callable[[int], None]
TIERS = (None, "numpy", "numba")


class Loading(threading.Thread):
    """A thread that loads the kernel; ``interpret`` is None until it has, ``reason`` says why it couldn't."""

    def __init__(self) -> None:
        super().__init__(name="gradwalk kernel", daemon=True)
        self.interpret: Interpret | None = None
        self.reason = ""

    def run(self) -> None:
        """Import what the kernel is made with; it is compiled by that, or read from where it was kept."""
        try:
            from gradwalk.program.native import kernels, loops

            loops.check_layout()
            self.interpret = kernels.interpret
        except Exception as error:  # whatever is wrong with it, NumPy does the same
            self.reason = str(error)

    def wait(self) -> None:
        """Come back when it is there; ImportError if that is never."""
        if self.ident is not None:
            self.join()
        if self.interpret is None:
            raise ImportError(f"the tier 'numba' is not to be had: {self.reason}")


@cache
def loading() -> Loading:
    """The one thread that loads the kernel, started when it is first asked for."""
    thread = Loading()
    if platform.python_implementation() != "CPython" or find_spec("numba") is None:
        thread.reason = "it needs Numba: pip install 'gradwalk[fast]'"
    else:
        thread.start()
    return thread


def kernel_for(tier: str | None) -> Loading | None:
    """The kernel that programs of a tier use, loaded or about to be; None if they use none.

    A sentence if there is no such tier, or if it can't be had.
    """
    if tier not in TIERS:
        raise ValueError(f"tier is None (the fastest that is ready), 'numpy' or 'numba', and not {tier!r}")
    if tier == "numpy":
        return None
    kernel = loading()
    if tier == "numba":
        kernel.wait()
    return kernel
