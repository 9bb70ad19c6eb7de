"""Work in a process of its own: what would hold up the threads of the studio, or be held up by them."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any


class Ended(Exception):
    """The process ended before it answered: killed, perhaps for its memory."""


class Apart:
    """A function's process, which starts when it is first asked, and again when it has ended."""

    def __init__(self, target: Callable[[Connection], None]):
        self.target = target
        self.process: BaseProcess | None = None

    def ask(self, *question: Any) -> Any:
        """Wait for the answer, or for the process's end."""
        if self.process is None or not self.process.is_alive():
            self._start()
        try:
            self.connection.send(question)
            return self.connection.recv()
        except (EOFError, OSError):
            raise Ended from None

    def _start(self) -> None:
        spawning = multiprocessing.get_context("spawn")
        self.connection, theirs = spawning.Pipe()
        self.process = spawning.Process(target=self.target, args=(theirs,), name="gradwalk-apart", daemon=True)
        self.process.start()
        theirs.close()  # so that the end of the process is noticed here


def answer_all(connection: Connection, answer: Callable[..., Any], meanwhile: Callable[[], bool] = bool) -> None:
    """What the process does: answer every question, until nobody is there to ask.

    While there is none, it does something of its own: ``meanwhile`` says whether it is to be called again.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the studio, whose end is the end of this, too
    with suppress(EOFError, OSError):
        while True:
            while not connection.poll() and meanwhile():
                pass
            connection.send(answer(*pickle.loads(connection.recv_bytes())))
