"""The studio's server: pages and a WebSocket, on this machine's loopback address unless another is named."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
import socket
from asyncio import BaseTransport
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gradwalk.studio import bundle
from gradwalk.studio.connection import SECONDS, Connection
from gradwalk.studio.follow import Follower
from gradwalk.studio.guard import Guard, refusal
from gradwalk.studio.protocol import LARGEST
from gradwalk.studio.worker import Engine

ADDRESS = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
TAKEN = (errno.EADDRINUSE, errno.EACCES)  # why the next port may do
PORT = 8765  # the one to ask for first
TRIES = 50  # ports after it
PAGES = 32  # that may be connected at once
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
}

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M3 8h9' stroke='%230b62a8' stroke-width='2'/%3E"
    "%3Cpath d='M8 13V9' stroke='%23b25000' stroke-width='2'/%3E%3Ccircle cx='8' cy='8' r='3' fill='%230b62a8'/%3E%3C/svg%3E"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>gradwalk</title>
<link rel="icon" href="{icon}">
<link rel="stylesheet" href="/static/style.css?{stamp}">
<script type="module" src="/static/studio.js?{stamp}"></script>
</head>
<body><div id="studio"></div><noscript>The studio draws with JavaScript; allow it for this page.</noscript></body>
</html>
"""


class StudioError(Exception):
    """Why the studio can't start; says what to do."""


@dataclass
class Studio:
    """What the server serves: a kernel for each page, the files of the bundle, and the script that it follows."""

    make: Callable[[], Engine]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    static: Path = bundle.STATIC
    follower: Follower | None = None
    seconds: float = SECONDS
    host: str = ADDRESS
    cookie: str = "gradwalk"
    pages: set[Connection] = field(default_factory=set)

    def app(self) -> Starlette:
        """The server as an ASGI application."""
        routes = [Route("/", self.index), Route("/static/{name}", self.file), WebSocketRoute("/socket", self.talk)]
        guard = Middleware(Guard, token=self.token, cookie=self.cookie, host=self.host)
        return Starlette(routes=routes, middleware=[guard], lifespan=self.lifespan)

    async def index(self, request: Request) -> Response:
        """The studio's one page."""
        if not bundle.is_there(self.static):
            return refusal(
                503, "The studio's pages aren't built: run make bundle in the repository, or install gradwalk again."
            )
        return HTMLResponse(PAGE.format(icon=ICON, stamp=bundle.stamp(self.static)[:12]))

    async def file(self, request: Request) -> Response:
        """One file of the bundle."""
        file = self.static / request.path_params["name"]
        if file.suffix not in TYPES or file.name.startswith(".") or not file.is_file():
            return refusal(404, "There is no such file.")
        return FileResponse(file, media_type=TYPES[file.suffix])

    async def talk(self, socket: WebSocket) -> None:
        """One page's conversation."""
        if len(self.pages) >= PAGES:
            await socket.close(1013)
            return
        page = Connection(socket, self.make, self.seconds)
        self.pages.add(page)
        try:
            await page.run()
        finally:
            self.pages.discard(page)

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Follow the script for as long as the server runs."""
        if self.follower is not None:
            loop = asyncio.get_running_loop()
            self.follower.changed = lambda: self._from_thread(loop)
            self.follower.start()
        yield
        if self.follower is not None:
            self.follower.end()

    def _from_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(self.follow)

    def follow(self) -> None:
        """Show the script's new walk on every page that shows the old one."""
        for page in self.pages:
            page.follow()


class Sockets(WebSocketsSansIOProtocol):
    """uvicorn's WebSockets, with a way to drop one that would wait for ever for its other end."""

    def connection_made(self, transport: BaseTransport) -> None:
        """Hand each conversation the means to end it (`Connection._close`)."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "abort": self.transport.abort}


# --- running ---------------------------------------------------------------------------------------------------------


def bound(port: int = PORT, tries: int = TRIES, host: str = ADDRESS) -> socket.socket:
    """A socket on the first free port from this one on; port 0 is any free one."""
    for wanted in range(port, min(port + tries, 65536)) if port else (0,):
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # a port that was just left is free; elsewhere the option would share one in use
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, wanted))
            found.listen(128)
        except OSError as error:
            found.close()
            if error.errno not in TAKEN:
                raise StudioError(f"this machine can't be reached as {host}: {error.strerror}") from None
        else:
            found.setblocking(False)
            return found
    raise StudioError(f"no port from {port} to {port + tries - 1} is free; name another with --port")


def address(listening: socket.socket, token: str) -> str:
    """Where the studio is to be opened, token included."""
    host = listening.getsockname()[0]
    return f"http://{ADDRESS if host == EVERYWHERE else host}:{port_of(listening)}/?token={token}"


def port_of(listening: socket.socket) -> int:
    """The port that a socket listens on."""
    return int(listening.getsockname()[1])


def server(studio: Studio, listening: socket.socket, **options: Any) -> uvicorn.Server:
    """A server, ready to run."""
    studio.cookie = f"gradwalk-{port_of(listening)}"  # cookies don't tell ports apart, and two studios may run
    config = uvicorn.Config(
        studio.app(), log_level="warning", access_log=False, server_header=False, proxy_headers=False, ws=Sockets,
        ws_max_size=2 * LARGEST, ws_per_message_deflate=False, timeout_graceful_shutdown=2, **options,
    )  # fmt: skip
    return uvicorn.Server(config)


def serve(studio: Studio, listening: socket.socket) -> None:
    """Serve until Ctrl-C, which comes as a KeyboardInterrupt when everything has ended."""
    server(studio, listening).run(sockets=[listening])
