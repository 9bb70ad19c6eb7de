"""How many threads multiply matrices: one, for networks of the size that is trained here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec


@contextmanager
def one_thread() -> Iterator[None]:
    """Multiply matrices with one thread inside: on small ones a second thread mostly waits, and takes a core to do so.

    It also makes results the same on any number of cores. Needs threadpoolctl (the extra ``train``); without it nothing
    changes.
    """
    if find_spec("threadpoolctl") is None:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield
