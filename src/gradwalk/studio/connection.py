"""One browser page that talks to the studio: requests in, replies out, the latest of each channel first."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket

from gradwalk.studio.wire import WireError, decode_frame, read_json
from gradwalk.studio.worker import Engine, Request, Worker, error_frame

WAITING = 256  # requests that may wait for their turn
AHEAD = 4  # replies computed before the page takes them
AHEAD_OF_QUESTIONS = ("open", "values")  # a walk and its numbers: what a hand that drags waits for
UNSENT = 1024  # replies, refusals included, that a page may leave untaken
SECONDS = 30.0  # for one request; after that its thread is left behind
LEFT_BEHIND = 3  # threads that one page may leave behind


class Connection:
    """A WebSocket with a kernel of its own.

    Of several waiting requests with the same channel only the latest is computed; walks and numbers are answered before
    questions about them. A page that doesn't take its replies holds up only its own kernel, and is let go when too much
    piles up.
    """

    def __init__(self, socket: WebSocket, make: Callable[[], Engine], seconds: float = SECONDS):
        self.socket, self.make, self.seconds = socket, make, seconds
        self.worker = Worker(make)
        self.waiting: deque[Request] = deque()
        self.wanted = asyncio.Event()  # something waits
        self.replies: asyncio.Queue[tuple[bytes, bool]] = asyncio.Queue()  # each with whether it was computed
        self.room = asyncio.Semaphore(AHEAD)
        self.slow = asyncio.Event()
        self.left_behind = 0
        self.script: Request | None = None

    async def run(self) -> None:
        """Talk until the page is closed, or is too slow."""
        await self.socket.accept()
        tasks = [asyncio.create_task(part()) for part in (self._read, self._compute, self._send, self.slow.wait)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.worker.end()
            await self._close()

    async def _close(self) -> None:
        """Close what the page hasn't closed itself. One that takes nothing can't be told: what it was sent is dropped."""
        if self.slow.is_set():
            self.socket.state.abort()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1):
                await self.socket.close(1011)

    def follow(self) -> None:
        """Send the script's walk anew, with the id −1, to a page that shows it."""
        if self.script is not None:
            self._accept({**self.script, "id": -1, "channel": "script"})

    # --- in ----------------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        while (message := await self.socket.receive())["type"] != "websocket.disconnect":
            try:
                self._accept(read_request(message.get("bytes"), message.get("text")))
            except BadMessage as bad:
                self._refuse({"id": bad.id}, "bad-message", str(bad))

    def _accept(self, request: Request) -> None:
        """Put a request where it waits for its turn, in the place of earlier ones of its channel."""
        for older in [
            other for other in self.waiting if request.get("channel") and other.get("channel") == request["channel"]
        ]:
            self.waiting.remove(older)
            self._refuse(older, "superseded", "a later request took this one's place")
        if len(self.waiting) >= WAITING:
            self._refuse(request, "too-slow", f"{WAITING} requests are waiting already")
            return
        if shows_script(request):
            self.script = request
        self.waiting.append(request)
        self.wanted.set()

    # --- work --------------------------------------------------------------------------------------------------------

    async def _compute(self) -> None:
        while self.left_behind <= LEFT_BEHIND:
            await self.room.acquire()
            self._reply(await self._answer(await self._next()), computed=True)

    async def _next(self) -> Request:
        while not self.waiting:
            self.wanted.clear()
            await self.wanted.wait()
        found = next((request for request in self.waiting if request["kind"] in AHEAD_OF_QUESTIONS), self.waiting[0])
        self.waiting.remove(found)
        return found

    async def _answer(self, request: Request) -> bytes:
        try:
            async with asyncio.timeout(self.seconds):  # wait_for can swallow a cancellation (before Python 3.12)
                return await self.worker.answer(request)
        except TimeoutError:
            return self._start_over(request)

    def _start_over(self, request: Request) -> bytes:
        """Leave a thread that doesn't come to an end; the page opens its walk again with a new kernel."""
        self.worker.end()
        self.worker = Worker(self.make)
        self.left_behind += 1
        return error_frame(
            request,
            "too-slow",
            f"this took longer than {self.seconds:g} seconds and was given up",
            "try a smaller walk",
        )

    # --- out ---------------------------------------------------------------------------------------------------------

    def _refuse(self, request: Request, code: str, sentence: str) -> None:
        self._reply(error_frame(request, code, sentence))

    def _reply(self, frame: bytes, computed: bool = False) -> None:
        """Put a reply where it waits to be sent; a page that takes none for too long is let go."""
        if self.replies.qsize() >= UNSENT:
            self.slow.set()
        else:
            self.replies.put_nowait((frame, computed))

    async def _send(self) -> None:
        while True:
            frame, computed = await self.replies.get()
            await self.socket.send_bytes(frame)
            if computed:
                self.room.release()


class BadMessage(Exception):
    """A message that is no request, with what is wrong with it."""

    def __init__(self, sentence: str, id: Any = None):
        super().__init__(sentence)
        self.id = id


def read_request(data: bytes | None, text: str | None = None) -> Request:
    """A request from a frame, or from plain JSON text."""
    try:
        return checked(decode_frame(data or b"").head if text is None else read_json(text))
    except WireError as error:
        raise BadMessage(str(error)) from None


def checked(request: Request) -> Request:
    """A request whose head has what every request has."""
    id = request.get("id")
    if not isinstance(id, int) or isinstance(id, bool):
        raise BadMessage("a request has an id: a whole number that its reply repeats")
    if not isinstance(request.get("kind"), str):
        raise BadMessage("a request has a kind: open, values, step, …", id)
    if not isinstance(request.get("channel"), str | None):
        raise BadMessage("a request's channel is a text", id)
    return request


def shows_script(request: Request) -> bool:
    """Whether a request opens the walk of the script that the studio follows."""
    source = request.get("source")
    return request["kind"] == "open" and isinstance(source, dict) and source.get("script") is True
