"""Who asks: a key in ``Authorization: Bearer`` or ``X-API-Key``, or, where the server is for this machine alone, nobody in particular.

Of a key the store has the sha256 only; what is compared are hashes, in constant time.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass

import anyio.to_thread
from starlette.requests import Request

from phonofilm.errors import RequestError
from phonofilm.jobs.keys import Key, Keys
from phonofilm.server.problem import Problem

READ, WRITE, ADMIN = "films:read", "films:write", "admin"
SCOPES = (READ, WRITE, ADMIN)
FRESH_SECONDS = 2.0  # for how long a revoked key may still be taken
MOST_WRONG = 30  # wrong keys of one address in a minute
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks. ``id`` "": nobody in particular. ``source`` is the address that it comes from."""

    id: str
    scopes: frozenset[str]
    per_minute: int
    source: str

    @property
    def sees_all(self) -> bool:
        """Whether the tasks of others are shown to it."""
        return ADMIN in self.scopes

    def may_see(self, owner: str) -> bool:
        """Whether a task of that owner is."""
        return self.sees_all or owner == self.id


def new_key(keys: Keys, name: str, *, scopes: tuple[str, ...] = (READ, WRITE), max_queued: int = 0, max_running: int = 0, per_minute: int = 0) -> str:
    """Make a key and give its secret, which is shown this once."""
    if not name.strip() or len(name) > 200:
        raise RequestError("A key needs a name of at most 200 characters that says whose it is.")
    for scope in scopes:
        if scope not in SCOPES:
            raise RequestError(f"There is no scope {scope!r}; choose of {', '.join(SCOPES)}.")
    secret = "pf_" + "".join(secrets.choice(_ALPHABET) for _ in range(40))
    key = Key(
        id="key_" + "".join(secrets.choice(_ALPHABET) for _ in range(16)), name=name.strip(), scopes=scopes, max_queued=max_queued,
        max_running=max_running, per_minute=per_minute, created=time.time(),
    )  # fmt: skip
    keys.add(key, hash_of(secret))
    return secret


def hash_of(secret: str) -> str:
    """The sha256 of a key's secret; the secret is 238 random bits, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class Door:
    """Knows who asks, and how often each may. ``required``: nobody comes in without a key."""

    def __init__(self, keys: Keys, *, required: bool, per_minute: int) -> None:
        self._keys, self.required, self._per_minute = keys, required, per_minute
        self._seen: OrderedDict[str, tuple[float, Key | None]] = OrderedDict()
        self._rates = Rates()

    async def enter(self, request: Request, scope: str) -> Caller:
        """Who asks, if it may. Raises ``Problem``."""
        source = request.client.host if request.client else ""
        secret = given_key(request)
        key = await self._find(secret, source) if secret else None
        if key is None:
            if self.required:
                hint = "The key is unknown or was revoked." if secret else "Send a key as Authorization: Bearer KEY."
                raise Problem("authentication", f"{hint} The operator makes keys with: phonofilm keys add NAME")
            caller = Caller(id="", scopes=frozenset(SCOPES), per_minute=self._per_minute, source=source)
        else:
            caller = Caller(id=key.id, scopes=frozenset(key.scopes), per_minute=key.per_minute or self._per_minute, source=source)
        if scope not in caller.scopes and ADMIN not in caller.scopes:
            raise Problem("scope", f"This key may not do this; it lacks the scope {scope}.")
        if caller.per_minute and (wait := self._rates.take(caller.id or f"from {source}", caller.per_minute)):
            raise Problem("rate", f"More than {caller.per_minute} requests in a minute. Wait a little.", retry_after=wait)
        request.state.caller = caller.id
        return caller

    async def _find(self, secret: str, source: str) -> Key | None:
        sha256 = hash_of(secret)
        now = time.monotonic()
        if (held := self._seen.get(sha256)) and held[0] > now:
            return held[1]
        if self.required and (wait := self._rates.look(f"wrong {source}", MOST_WRONG)):
            raise Problem("rate", "Too many wrong keys came from there. Wait a little.", retry_after=wait)
        key = await anyio.to_thread.run_sync(self._keys.find, sha256)
        if key is None:
            self._rates.take(f"wrong {source}", MOST_WRONG)
        self._seen[sha256] = (now + FRESH_SECONDS, key)
        while len(self._seen) > 1000:
            self._seen.popitem(last=False)
        return key


def given_key(request: Request) -> str:
    """The key that a request carries, "" for none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "key") and token.strip():
        return token.strip()
    return request.headers.get("x-api-key", "").strip()


class Rates:
    """Token buckets by name: ``per_minute`` of them a minute, as many at once as come in ten seconds (but ten)."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, per_minute: int) -> float:
        """Take one; the seconds to wait for it where there is none."""
        wait = self.look(name, per_minute)
        if not wait:
            left, at = self._left[name]
            self._left[name] = (left - 1, at)
        return wait

    def look(self, name: str, per_minute: int) -> float:
        """The seconds until there is one to take."""
        most = max(per_minute / 6, min(per_minute, 10.0))
        now = time.monotonic()
        left, at = self._left.pop(name, (most, now))
        left = min(left + (now - at) * per_minute / 60, most)
        self._left[name] = (left, now)
        while len(self._left) > 10_000:
            self._left.popitem(last=False)
        return 0.0 if left >= 1 else (1 - left) * 60 / per_minute
