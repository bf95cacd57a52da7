"""A server that runs: its socket, its loop, and its clean end."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

import uvicorn

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

from phonofilm.errors import RequestError
from phonofilm.server.app import create_app
from phonofilm.server.services import Services
from phonofilm.server.settings import Settings


class _Server(uvicorn.Server):
    """Tells when it is ready, and ends its event streams when it is to stop, so that it need not wait for them."""

    def __init__(self, config: uvicorn.Config, services: Services, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._services, self._ready = services, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to stop."""
        if self.should_exit:
            self._services.listening.stop()
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first Ctrl-C ends it in good order, the second at once."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def bind(host: str, port: int) -> socket.socket:
    """A listening place; port 0: any free one. Raises ``RequestError``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or answers would wait for acknowledgements
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
    except (OSError, UnicodeError) as e:
        place.close()
        reason = getattr(e, "strerror", None) or e
        raise RequestError(f"{host}:{port} cannot be listened on ({reason}). Choose another port: --port 0 takes any free one.") from e
    place.setblocking(False)
    return place


def serve(settings: Settings, *, ready: Callable[[Settings], None] = lambda settings: None) -> None:
    """Serve until told to stop (Ctrl-C, SIGTERM); then the workers are gone too. ``ready`` is told the settings with the real port."""
    with bind(settings.host, settings.port) as place, alone(settings.data):
        settings = replace(settings, port=place.getsockname()[1])
        app = create_app(settings)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5, timeout_keep_alive=30, lifespan="on",
            backlog=512, proxy_headers=False, ws="none",
        )  # fmt: skip
        server = _Server(config, app.state.services, lambda: ready(settings))
        server.run(sockets=[place])
    if not server.started:
        raise RequestError("The server could not start; its log says why.")


@contextmanager
def alone(folder: Path) -> Generator[None, None, None]:
    """One server a data folder: a second one would take the first one's jobs for lost. Raises ``RequestError``."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as e:
        raise RequestError("Another server uses this data folder. Stop it, or give this one its own with --data.") from e
    finally:
        os.close(lock)
