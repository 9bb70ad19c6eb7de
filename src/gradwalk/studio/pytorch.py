"""PyTorch in a process of its own: importing it takes a second, in which a thread would hold up every page's replies."""

from __future__ import annotations

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

from gradwalk.studio.apart import Apart, Ended, answer_all
from gradwalk.walk.check import Engine, NotYet
from gradwalk.walk.model import Node

KEPT = 16  # answers
Answer = dict[int, Any]


def pytorch(connection: Connection) -> None:
    """What the process does: PyTorch's gradients for the nodes of every question."""
    answer_all(connection, partial(_outcome, import_module("gradwalk.torch.reference").gradients))


def _outcome(gradients: Engine, nodes: Sequence[Node], output: int) -> Answer | Exception:
    try:
        return gradients(nodes, output)
    except Exception as error:
        return error


class Reference:
    """An engine whose work is done in another process.

    It never waits: an answer that isn't there yet is a `NotYet`, and asking again later gets it.
    """

    def __init__(self, target: Callable[[Connection], None] = pytorch):
        self.apart = Apart(target)
        self.thread = ThreadPoolExecutor(1, "gradwalk-reference")  # waits in the kernels' place
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
        name = hashlib.sha256(pickle.dumps((nodes, output))).digest()
        with self.lock:
            if name not in self.answers:
                self.answers[name] = self.thread.submit(self._exchange, nodes, output)
            self.answers.move_to_end(name)
            while len(self.answers) > KEPT:
                self.answers.popitem(last=False)
            return self.answers[name]

    def _exchange(self, nodes: Sequence[Node], output: int) -> Answer:
        try:
            found: Answer | Exception = self.apart.ask(nodes, output)
        except Ended:
            raise NotImplementedError("its process has ended before its time") from None
        if isinstance(found, Exception):
            raise found
        return found


PYTORCH = Reference()


def load_pytorch() -> Engine | None:
    """PyTorch's gradients from its own process, when PyTorch is installed."""
    return PYTORCH.gradients if find_spec("torch") else None


REFERENCES = {"PyTorch": load_pytorch}  # as `gradwalk.walk.check` has them, for a studio that serves several pages
