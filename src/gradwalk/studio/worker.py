"""A kernel in a thread of its own, so that its work keeps nobody waiting."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from gradwalk.studio.wire import encode_frame

Request = dict[str, Any]
log = logging.getLogger(__name__)


class Engine(Protocol):
    """What answers requests: see `gradwalk.studio.kernel`."""

    def handle(self, request: Request) -> tuple[Mapping[str, Any], Sequence[bytes]]:
        """One request's reply: its head, and its buffers."""
        ...


class Worker:
    """One engine, which answers one request after the other in a thread of its own.

    The thread is a daemon: a computation that never ends must not keep the studio from ending.
    """

    def __init__(self, make: Callable[[], Engine]):
        self.loop = asyncio.get_running_loop()
        self.jobs: queue.SimpleQueue[tuple[Request, asyncio.Future[bytes]] | None] = queue.SimpleQueue()
        threading.Thread(target=self._work, args=(make,), name="gradwalk-kernel", daemon=True).start()

    async def answer(self, request: Request) -> bytes:
        """The reply to a request, as a frame."""
        future: asyncio.Future[bytes] = self.loop.create_future()
        self.jobs.put((request, future))
        return await future

    def end(self) -> None:
        """Let the thread go, after what it is doing."""
        self.jobs.put(None)

    def _work(self, make: Callable[[], Engine]) -> None:
        engine: Engine | None = None
        while (job := self.jobs.get()) is not None:
            request, future = job
            try:
                engine = engine or make()
                head, buffers = engine.handle(request)
                frame = encode_frame({**head, "id": request.get("id")}, buffers)
            except Exception:
                log.exception("the kernel failed on a request of kind %r", request.get("kind"))
                frame = error_frame(
                    request, "internal", "something went wrong inside gradwalk", "the terminal shows the details"
                )
            self._hand_over(future, frame)

    def _hand_over(self, future: asyncio.Future[bytes], frame: bytes) -> None:
        try:
            self.loop.call_soon_threadsafe(_settle, future, frame)
        except RuntimeError:  # the studio has ended meanwhile
            self.jobs.put(None)


def _settle(future: asyncio.Future[bytes], frame: bytes) -> None:
    if not future.done():
        future.set_result(frame)


def error_frame(request: Mapping[str, Any], code: str, sentence: str, cure: str = "") -> bytes:
    """A refusal of a request, as a frame."""
    return encode_frame(
        {
            "kind": "error",
            "code": code,
            "sentence": sentence,
            "cure": cure,
            "place": [],
            "missing": [],
            "id": request.get("id"),
        }
    )
