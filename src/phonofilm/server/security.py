"""The gate before every request: names it answers to, requests of other sites, headers of safety, one request id, one line in the log.

Plain ASGI, for it stands before every poll.
"""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from phonofilm.server.problem import Problem, response_of

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ID = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
#: pages of the studio may load nothing but what this server serves; its films and previews come as links, blobs and data
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"content-security-policy", POLICY.encode()),
)


class Gate:
    """ASGI middleware. ``hosts`` are the names that it answers to besides this machine's own and plain addresses; empty with ``any_host``: all.

    ``done(scope, status, seconds, bytes, error)`` is told of every request when its answer has gone.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], any_host: bool, done: Callable[..., None]) -> None:
        self.app, self.done = app, done
        self.hosts = frozenset(name.lower() for name in hosts)
        self.any_host = any_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name, value)
        request_id = _request_id(headers.get(b"x-request-id", b""))
        scope.setdefault("state", {})["request_id"] = request_id
        seen: dict[str, Any] = {"status": 0, "bytes": 0, "error": None}

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                names = {name.lower() for name, _ in message["headers"]}
                more = [(name, value) for name, value in _HEADERS if name not in names]
                if b"cache-control" not in names:
                    more.append((b"cache-control", b"no-store"))
                message["headers"] = [*message["headers"], *more, (b"x-request-id", request_id.encode())]
            elif message["type"] == "http.response.body":
                seen["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            refusal = self._refusal(scope["method"], headers)
            if refusal is not None:
                await response_of(refusal, path=scope["path"])(scope, receive, tell)
            else:
                await self.app(scope, receive, tell)
        except Exception as error:
            seen["error"] = error
            if seen["status"]:
                raise
            problem = Problem("internal", "Something went wrong here; it is in the server's log under this request id.")
            committed = bool(scope["state"].get("committed"))
            await response_of(problem, committed=committed, path=scope["path"])(scope, receive, tell)
        finally:
            self.done(scope, seen["status"], time.perf_counter() - began, seen["bytes"], seen["error"])

    def _refusal(self, method: str, headers: dict[bytes, bytes]) -> Problem | None:
        host = headers.get(b"host", b"").decode("latin-1")
        if not self.any_host and not self._known(host):
            return Problem("host", "This server does not answer to that name. Name it with --allow-host, or use the address that it printed.")
        if method not in _SAFE and b"authorization" not in headers and b"x-api-key" not in headers and _foreign(host, headers):
            return Problem("forgery", "Another site may not ask for this without a key.")
        return None

    def _known(self, host: str) -> bool:
        name = host_name(host)
        return name == "localhost" or name.endswith(".localhost") or name in self.hosts or _is_address(name)


def host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.rpartition(":")[0].lower() if host.rpartition(":")[2].isdigit() and ":" in host else host.lower()


def _is_address(name: str) -> bool:
    """A numeric address cannot be re-bound to another by whoever holds a name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _foreign(host: str, headers: dict[bytes, bytes]) -> bool:
    """Whether a browser says that another site asked. What is no browser says nothing of the kind."""
    site = headers.get(b"sec-fetch-site", b"").decode("latin-1")
    if site and site not in ("same-origin", "none"):
        return True
    origin = headers.get(b"origin", b"").decode("latin-1")
    return bool(origin) and urlsplit(origin).netloc.lower() != host.lower()


def _request_id(given: bytes) -> str:
    """The client's own id where it is a plain one, else a fresh one."""
    text = given.decode("latin-1")
    if 0 < len(text) <= 100 and _ID.issuperset(text):
        return text
    return f"req-{secrets.token_hex(10)}"
