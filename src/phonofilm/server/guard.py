"""Addresses that others name: fetched and posted to without letting them reach into this machine or its network.

A name is resolved once, every address of it is checked, and the connection goes to a checked address with the name kept for TLS and Host, so
that a second DNS answer cannot lead elsewhere. Redirects are followed by hand, each checked like the first.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2

from phonofilm.server.problem import Problem

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MOST_REDIRECTS = 5
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5.0, 15.0, 120.0
#: what Python's ``is_global`` lets through and nobody outside may be led to
_ALSO_PRIVATE = tuple(
    map(ipaddress.ip_network, ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "fec0::/10", "2001::/32", "64:ff9b:1::/48"))
)
_WANTED = {"Accept": "image/*, video/*, audio/*, */*;q=0.1", "Accept-Encoding": "identity"}


@dataclass(frozen=True, kw_only=True)
class Target:
    """A checked address: where to connect, and what the far side is called."""

    url: str
    host: str
    name: str


class Guard:
    """Checks addresses against what may be reached. ``private``: networks that may be, although they are nobody's on the internet."""

    def __init__(self, private: Iterable[str] = ()) -> None:
        self.private: tuple[Network, ...] = tuple(ipaddress.ip_network(one, strict=False) for one in private)
        self._client = httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=32, max_keepalive_connections=0),
            headers={"User-Agent": "phonofilm"},
        )

    async def close(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    def allows(self, address: Address) -> bool:
        """Whether it may be connected to."""
        inner = _inner(address)
        if any(a.version == n.version and a in n for a in {address, inner} for n in self.private):
            return True
        return all(_public(a) for a in (address, inner))

    async def target(self, url: str) -> Target:
        """A checked address for a URL. Raises ``Problem``."""
        try:
            parts = urlsplit(url)
            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
            host = (parts.hostname or "").rstrip(".")
            name = host.encode("idna").decode() if not host.isascii() else host
        except (ValueError, UnicodeError) as e:
            raise Problem("address", f"{_short(url)} is no address that can be read.") from e
        if parts.scheme not in ("http", "https") or not name or not port or len(url) > 4096 or any(c <= " " for c in url):
            raise Problem("address", f"{_short(url)} is no http or https address.")
        if parts.username is not None or parts.password is not None:
            raise Problem("address", "An address with a name and a password in it is not fetched.")
        addresses = await _resolve(name, port)
        if not addresses:
            raise Problem("address", f"The name {name[:80]} leads nowhere.")
        if not all(self.allows(a) for a in addresses):
            raise Problem("address", f"{name[:80]} lies in a private network, which nobody outside may be led to. The operator can allow it.")
        chosen = min(addresses, key=lambda a: a.version)
        at = f"[{chosen}]" if chosen.version == 6 else str(chosen)
        tail = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        default = port == {"http": 80, "https": 443}[parts.scheme]
        shown = f"[{name}]" if ":" in name else name
        return Target(url=f"{parts.scheme}://{at}:{port}{tail}", host=shown if default else f"{shown}:{port}", name=name)

    @asynccontextmanager
    async def _send(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> AsyncGenerator[httpx2.Response]:
        target = await self.target(url)
        request = self._client.build_request(
            method, target.url, headers={**headers, "Host": target.host}, content=content, extensions={"sni_hostname": target.name}
        )
        response = await self._client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def fetch(self, url: str, *, most: int) -> AsyncIterator[bytes]:
        """The bytes at an address, at most ``most`` of them, piece by piece. Raises ``Problem``."""
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                for _ in range(MOST_REDIRECTS + 1):
                    async with self._send("GET", url, _WANTED, None) as answer:
                        if answer.status_code in (301, 302, 303, 307, 308) and "location" in answer.headers:
                            url = urljoin(url, answer.headers["location"])
                            continue
                        if answer.status_code != 200:
                            raise Problem("address", f"{_short(url)} answered {answer.status_code}.")
                        if int(answer.headers.get("content-length") or 0) > most:
                            raise Problem("too_large", f"{_short(url)} holds more than the {most // 1_000_000} MB that a file may have.")
                        size = 0
                        async for piece in answer.aiter_raw(65536):
                            size += len(piece)
                            if size > most:
                                raise Problem("too_large", f"{_short(url)} holds more than the {most // 1_000_000} MB that a file may have.")
                            yield piece
                        return
                raise Problem("address", f"{_short(url)} leads from one address to the next, more than {MOST_REDIRECTS} times.")
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError, OSError) as e:
            raise Problem("address", f"{_short(url)} cannot be fetched ({type(e).__name__}).") from e

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> int:
        """Post to an address; the status of the answer, 0 where there is none. Redirects are not followed. Raises ``Problem`` for a private one."""
        try:
            async with asyncio.timeout(seconds), self._send("POST", url, headers, body) as answer:
                return answer.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError, OSError):
            return 0


async def _resolve(name: str, port: int) -> list[Address]:
    try:
        found = await asyncio.wait_for(asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM), CONNECT_SECONDS)
    except (OSError, UnicodeError, TimeoutError):
        return []
    return list(dict.fromkeys(ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found))


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries: mapped, 6to4, Teredo, NAT64, or compatible."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in ipaddress.ip_network("64:ff9b::/96") or (int(address) >> 32 == 0 and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _public(address: Address) -> bool:
    if any(address.version == n.version and address in n for n in _ALSO_PRIVATE):
        return False
    return (address.is_global and not address.is_multicast and not address.is_reserved) or address in ipaddress.ip_network("64:ff9b::/96")


def _short(url: str) -> str:
    plain = "".join(c if c.isprintable() else "\ufffd" for c in url.partition("?")[0])
    return plain if len(plain) <= 120 else plain[:119] + "…"
