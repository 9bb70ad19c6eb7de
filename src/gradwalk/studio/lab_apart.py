"""The training lab in a process of its own: a thread would share its interpreter with the server, and wait for it."""

from __future__ import annotations

import gc
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from gradwalk.studio.apart import Apart, Ended, answer_all
from gradwalk.studio.clock import Deadline
from gradwalk.studio.errors import Refused, reply_to
from gradwalk.studio.lab import Lab, experiment_gone
from gradwalk.studio.protocol import ErrorReply
from gradwalk.train.threads import one_thread

COLLECTED = 20_000  # objects that a training leaves behind between two looks at which of them are garbage


def trainings(connection: Connection) -> None:
    """What the process does: answer questions about its trainings."""
    lab = Lab()

    def answer(request: Any, seconds: float) -> Any:
        try:
            return lab.answer(request, Deadline(seconds))
        except Exception as error:
            return reply_to(error)

    def meanwhile() -> bool:
        try:
            return lab.go_ahead()
        except Exception:
            return False  # the next request meets it again, and tells

    gc.freeze()  # what is loaded is nobody's garbage
    gc.set_threshold(COLLECTED)
    with one_thread(), np.errstate(all="ignore"):
        answer_all(connection, answer, meanwhile)


class LabApart:
    """A `Lab` that is asked from another process. What it kept ends with its process; the page then sends it again."""

    def __init__(self) -> None:
        self.apart = Apart(trainings)

    def answer(self, request: Any, deadline: Deadline) -> Any:
        """As `Lab.answer`."""
        try:
            found = self.apart.ask(request, deadline.left)
        except Ended:
            raise experiment_gone() from None
        if isinstance(found, ErrorReply):
            raise Refused(found)
        return found
