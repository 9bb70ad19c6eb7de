"""PyTorch in a process of its own: importing it takes a second, in which a thread would hold up every page's replies."""

from __future__ import annotations

import hashlib
import multiprocessing
import pickle
import signal
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Lock
from typing import Any

from gradwalk.walk.check import Engine, NotYet
from gradwalk.walk.model import Node

KEPT = 16  # answers
Answer = dict[int, Any]


def answer(connection: Connection) -> None:
    """What the process does: PyTorch's gradients for the nodes of every question, until nobody is there to ask."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the studio, whose end is the end of this, too
    gradients: Engine = import_module("gradwalk.torch.reference").gradients
    with suppress(EOFError):
        while True:
            connection.send_bytes(pickle.dumps(_outcome(gradients, *pickle.loads(connection.recv_bytes()))))


def _outcome(gradients: Engine, nodes: Sequence[Node], output: int) -> Answer | Exception:
    try:
        return gradients(nodes, output)
    except Exception as error:
        return error


class Apart:
    """An engine whose work is done in another process, which starts when it is first asked.

    It never waits: an answer that isn't there yet is a `NotYet`, and asking again later gets it.
    """

    def __init__(self, target: Callable[[Connection], None] = answer):
        self.target = target
        self.thread = ThreadPoolExecutor(1, "gradwalk-apart")  # waits in the kernels' place
        self.process: BaseProcess | None = None
        self.answers: OrderedDict[bytes, Future[Answer]] = OrderedDict()
        self.lock = Lock()

    def gradients(self, nodes: Sequence[Node], output: int) -> Answer:
        """The gradients, if they are there."""
        found = self.asked(nodes, output)
        if not found.done():
            raise NotYet
        return found.result()

    def asked(self, nodes: Sequence[Node], output: int) -> Future[Answer]:
        """The answer to come; the same question is asked once."""
        question = pickle.dumps((nodes, output))
        name = hashlib.sha256(question).digest()
        with self.lock:
            if name not in self.answers:
                self.answers[name] = self.thread.submit(self._exchange, question)
            self.answers.move_to_end(name)
            while len(self.answers) > KEPT:
                self.answers.popitem(last=False)
            return self.answers[name]

    def _exchange(self, question: bytes) -> Answer:
        if self.process is None or not self.process.is_alive():
            self._start()
        try:
            self.connection.send_bytes(question)
            found: Answer | Exception = pickle.loads(self.connection.recv_bytes())
        except (EOFError, OSError):  # killed, perhaps for its memory
            raise NotImplementedError("its process has ended before its time") from None
        if isinstance(found, Exception):
            raise found
        return found

    def _start(self) -> None:
        spawning = multiprocessing.get_context("spawn")
        self.connection, theirs = spawning.Pipe()
        self.process = spawning.Process(target=self.target, args=(theirs,), name="gradwalk-pytorch", daemon=True)
        self.process.start()
        theirs.close()  # so that the end of the process is noticed here


PYTORCH = Apart()


def load_pytorch() -> Engine | None:
    """PyTorch's gradients from its own process, when PyTorch is installed."""
    return PYTORCH.gradients if find_spec("torch") else None


REFERENCES = {"PyTorch": load_pytorch}  # as `gradwalk.walk.check` has them, for a studio that serves several pages
