"""How a server is run, and where its data is. Every value has a default that works on one machine for one person."""

from __future__ import annotations

import ipaddress
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from phonofilm.errors import RequestError

MB = 1_000_000
DAY = 86_400.0


def data_dir() -> Path:
    """The folder of this user's data: ``PHONOFILM_DATA``, else the system's own place for it."""
    if given := os.environ.get("PHONOFILM_DATA"):
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "phonofilm"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "phonofilm"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "phonofilm"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the server is run. Times are seconds, sizes bytes.

    ``public_url``: the address that clients reach it by, where that is not the one it listens on. ``keys``: every request needs one.
    ``hosts``: names that it answers to besides its own. ``private``: networks (CIDR) that references and webhooks may nevertheless lie in.
    ``inline_bytes``: films up to this size are answered as ``data:`` addresses instead of links. ``expired_as_failed``: for clients that wait for
    ever on a state that they do not know. ``strict``: unknown fields are refused rather than reported. ``per_minute``: requests of one caller.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    data: Path
    workers: int = 1
    public_url: str = ""
    keys: bool = False
    hosts: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    engine: str = "stage"
    limits: str = "seedance"
    link_seconds: float = DAY
    inline_bytes: int = 0
    expired_as_failed: bool = False
    strict: bool = False
    body_bytes: int = 64 * MB
    upload_bytes: int = 4_000 * MB
    max_queued: int = 100
    max_queued_all: int = 1000
    max_running: int = 0
    per_minute: int = 0
    webhook_secret: str = ""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def database(self) -> str:
        """The address of the store."""
        return f"sqlite:///{self.data.absolute() / 'phonofilm.db'}"

    @property
    def local_url(self) -> str:
        """Where it listens, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """What links start with, without a slash at the end."""
        return (self.public_url or self.local_url).rstrip("/")


def secret_of(folder: Path, name: str = "secret") -> bytes:
    """32 random bytes that stay the same from start to start, readable by this user alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_bytes()
        if len(secret) != 32:
            raise RequestError(f"The file {name} in the data folder is damaged; remove it, and links given out before end.") from None
        return secret
    secret = secrets.token_bytes(32)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
    return secret
