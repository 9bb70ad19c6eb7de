"""Who may talk to the studio: a browser (this machine's own, unless told otherwise) with the token that was printed."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterator
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = {"127.0.0.1", "localhost", "::1"}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


class Guard:
    """Lets through what comes from the studio's own page; the token in an address becomes a cookie.

    The Host check keeps out a foreign page whose name was pointed at this machine (DNS rebinding), the Origin check a
    foreign page that asks by itself, and the cookie everybody else on this machine. ``host`` is what the studio serves.
    """

    def __init__(self, app: ASGIApp, token: str, cookie: str, host: str):
        self.app, self.token, self.cookie, self.host = app, token, cookie, host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or one WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        answer = next(self._answers(scope, headers), None)
        await (answer or self.app)(scope, receive, _with_headers(send, self._plain(headers.get("host", ""))))

    def _answers(self, scope: Scope, headers: Headers) -> Iterator[Response]:
        """What the guard says itself; nothing when the request may pass."""
        if not answers_to(host_name(headers.get("host", "")), self.host):
            yield refusal(403, f"The studio answers only when it is called {self.host} or localhost.")
        if not self._own_origin(scope, headers):
            yield refusal(403, "Another site's page asked for this; the studio answers only its own page.")
        if scope.get("method", "GET") not in ("GET", "HEAD"):
            yield refusal(405, "The studio's pages are only read.")
        if scope["type"] == "http" and scope["path"] == "/" and (given := _token(scope)):
            yield self._exchanged() if self._right(given) else refusal(403, STALE)
        if not self._right(_cookie(headers, self.cookie)):
            yield refusal(
                403, "The studio wants the whole address that gradwalk printed in the terminal, token included."
            )

    def _own_origin(self, scope: Scope, headers: Headers) -> bool:
        """Whether the page that asks is the studio's; browsers always say so for WebSockets."""
        origin = headers.get("origin")
        if origin is None:
            return bool(scope["type"] == "http")
        return bool(origin == f"http://{headers.get('host', '')}")

    def _plain(self, host: str) -> str:
        """A host that can't add a rule of its own to the policy."""
        return host if answers_to(host_name(host), self.host) and not set(host) & set("; ,'\"") else "127.0.0.1"

    def _right(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def _exchanged(self) -> Response:
        """The token as a cookie, and out of the address (the fragment stays: browsers carry it over)."""
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self.cookie, self.token, httponly=True, samesite="strict", path="/")
        return answer


STALE = "This address has the token of a studio that has ended; use the one that gradwalk printed last."


def answers_to(name: str, host: str) -> bool:
    """Whether a studio that serves ``host`` is meant by a name: this machine's own names always are.

    Beyond loopback so is every number: to point a name of its own here, a foreign page would have to be called by it.

    >>> answers_to("localhost", "127.0.0.1"), answers_to("192.168.1.5", "127.0.0.1"), answers_to("192.168.1.5", "0.0.0.0")
    (True, False, True)
    """
    return name in LOOPBACK or name == host.lower() or (host not in LOOPBACK and _is_number(name))


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def host_name(host: str) -> str:
    """The name in a Host header, without the port.

    >>> host_name("127.0.0.1:8000"), host_name("[::1]:8000"), host_name("evil.example")
    ('127.0.0.1', '::1', 'evil.example')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def refusal(status: int, sentence: str) -> Response:
    """A refusal that tells its reason."""
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>gradwalk studio</title><p>{sentence}</p>', status
    )


def _token(scope: Scope) -> str:
    query: bytes = scope.get("query_string", b"")
    return parse_qs(query.decode("latin-1")).get("token", [""])[0]


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return str(found.value) if found else ""


def _with_headers(send: Send, host: str) -> Send:
    """The safety headers on every answer."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = MutableHeaders(scope=message)
            for name, value in {**HEADERS, "content-security-policy": POLICY.format(host=host)}.items():
                own[name] = value
        await send(message)

    return sent
