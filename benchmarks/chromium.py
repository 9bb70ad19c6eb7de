"""Chromium, told what to do in its own protocol and in as few words as can be.

A remote control that listens to a page hears every message of its sockets: it would take a tenth of a core from what is
measured. This one asks, and is told nothing else.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

from tests.browser.chromium import ARGUMENTS, found
from websockets.sync.client import ClientConnection, connect

WINDOW = "--window-size=1440,900"
PATIENCE = 10.0  # seconds until something that is waited for should be there


class Page:
    """The one page of a browser."""

    def __init__(self, socket: ClientConnection):
        self.socket, self.ids = socket, itertools.count()

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command of the protocol; its result."""
        wanted = next(self.ids)
        self.socket.send(json.dumps({"id": wanted, "method": method, "params": parameters}))
        while (answer := json.loads(self.socket.recv(PATIENCE))).get("id") != wanted:
            pass
        result: dict[str, Any] = answer["result"]
        return result

    def evaluate(self, script: str) -> Any:
        """What a script comes to in the page."""
        result = self.tell("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"]["description"])
        return result["result"].get("value")

    def open(self, address: str, element: str) -> None:
        """Go to an address, from a page that has nothing to do with it, and wait for an element."""
        self.tell("Page.navigate", url="about:blank")
        self.tell("Page.navigate", url=address)
        end = time.perf_counter() + PATIENCE
        while not self.evaluate(f"document.querySelector({json.dumps(element)}) !== null"):
            if time.perf_counter() > end:
                raise TimeoutError(f"{address} doesn't show {element}")
            time.sleep(0.1)


@contextlib.contextmanager
def chromium() -> Iterator[Page]:
    """A headless browser with one empty page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        start = [str(found()), "--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}", WINDOW]
        with subprocess.Popen(
            [*start, *ARGUMENTS, "about:blank"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as browser:
            try:
                with connect(page_of(said_port(browser)), max_size=None) as socket:
                    yield Page(socket)
            finally:
                browser.terminate()


def said_port(browser: subprocess.Popen[str]) -> str:
    """The port that a starting browser says it listens on."""
    assert browser.stderr is not None
    return next(match[1] for line in browser.stderr if (match := re.search(r"ws://127\.0\.0\.1:(\d+)/", line)))


def page_of(port: str) -> str:
    """The address of the socket of a browser's page."""
    with urlopen(f"http://127.0.0.1:{port}/json") as answer:
        listed = json.load(answer)
    return str(next(target["webSocketDebuggerUrl"] for target in listed if target["type"] == "page"))
