"""Links to files that need no key: they say until when they hold and are signed, so that nobody can change one or guess another."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import parse_qs, urlsplit

from phonofilm.server.problem import Problem


class Signer:
    """Signs paths of this server. ``secret`` is known to it alone, ``seconds`` is how long links hold."""

    def __init__(self, secret: bytes, *, seconds: float) -> None:
        self._secret, self.seconds = secret, seconds

    def path(self, path: str, *, until: float = 0.0) -> str:
        """The path with its end and signature. Within an hour the link to a file stays the same, so that browsers can keep it."""
        expires = int(until or (time.time() // 3600 + 1) * 3600 + self.seconds)
        return f"{path}?expires={expires}&signature={self._sign(path, expires)}"

    def check(self, path: str, expires: str, signature: str) -> None:
        """Raises ``Problem`` unless the signature is that of this path and its time has not come."""
        whole = expires.isascii() and expires.isdigit() and len(expires) < 16
        right = hmac.compare_digest(self._sign(path, int(expires) if whole else 0).encode(), signature.encode("utf-8", "replace"))
        if not (whole and right):
            raise Problem("link", "The signature of this link is wrong. Ask for the task again; it gives a fresh link.")
        if int(expires) < time.time():
            raise Problem("link", "This link has expired. Ask for the task again; it gives a fresh link.")

    def own(self, url: str, base: str) -> str:
        """The path of one of our own links (they start with ``base``), checked; "" where the address is not ours. Raises ``Problem``."""
        parts = urlsplit(url)
        ours = urlsplit(base)
        if (parts.scheme, parts.netloc) != (ours.scheme, ours.netloc) or not parts.path.startswith(ours.path + "/files/"):
            return ""
        path = parts.path[len(ours.path) :]
        query = parse_qs(parts.query)
        self.check(path, query.get("expires", [""])[0], query.get("signature", [""])[0])
        return path

    def _sign(self, path: str, expires: int) -> str:
        return hmac.new(self._secret, f"{path}\n{expires}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:40]
