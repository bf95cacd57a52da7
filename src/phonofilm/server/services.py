"""All that the routes work with, made once for a server."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from phonofilm.jobs.files import Files
from phonofilm.jobs.keys import Quota
from phonofilm.jobs.store import Store
from phonofilm.limits import profile
from phonofilm.server.bodies import Body, Form, Stored, read_file, read_form, read_json
from phonofilm.server.described import Described
from phonofilm.server.films import Films
from phonofilm.server.guard import Guard
from phonofilm.server.inputs import Inputs
from phonofilm.server.keys import READ, WRITE, Caller, Door
from phonofilm.server.listening import Listening
from phonofilm.server.metrics import Metrics
from phonofilm.server.settings import Settings, secret_of
from phonofilm.server.signed import Signer


@dataclass(frozen=True, kw_only=True, eq=False)
class Services:
    """The parts of a server."""

    settings: Settings
    store: Store
    files: Files
    signer: Signer
    guard: Guard
    door: Door
    films: Films
    inputs: Inputs
    listening: Listening
    metrics: Metrics
    described: Described

    @classmethod
    def of(cls, settings: Settings) -> Services:
        """The parts of a server that is run like this. Its data folder is made where it is missing."""
        profile(settings.limits)
        secret = secret_of(settings.data)
        store = Store(settings.database, quota=Quota(max_queued=settings.max_queued, max_running=settings.max_running))
        files = Files(settings.data)
        signer = Signer(secret, seconds=settings.link_seconds)
        guard = Guard(settings.private)
        films = Films(store, files, signer, guard, settings)
        return cls(
            settings=settings, store=store, files=files, signer=signer, guard=guard,
            door=Door(store.keys, required=settings.keys, per_minute=settings.per_minute), films=films,
            inputs=Inputs(files, guard, signer, films.film_at, file_most=settings.upload_bytes), listening=Listening(store), metrics=Metrics(store),
            described=Described(settings),
        )  # fmt: skip

    async def json(self, request: Request) -> Body:
        """The JSON body of a request, ``data:`` addresses lifted out. Raises ``Problem``."""
        return await read_json(request, self.files.upload, most=self.settings.body_bytes, file_most=self.settings.upload_bytes)

    async def form(self, request: Request, lift: Collection[str] = ()) -> Form:
        """The multipart body of a request, its files and the ``data:`` addresses in fields of these names in the store. Raises ``Problem``."""
        return await read_form(request, self.files.upload, most=self.settings.upload_bytes, file_most=self.settings.upload_bytes, lift=lift)

    async def file(self, request: Request) -> Stored:
        """The body of a request as one file in the store. Raises ``Problem``."""
        return await read_file(request, self.files.upload, most=self.settings.upload_bytes)

    def base(self, request: Request) -> str:
        """What links in the answer start with: the public address, else what the client itself calls this server."""
        if self.settings.public_url:
            return self.settings.public_url.rstrip("/")
        host = request.headers.get("host", "")
        return f"{request.url.scheme}://{host}" if host else self.settings.base_url


def services(request: Request) -> Services:
    """The parts of the server that a request came to."""
    return request.app.state.services


def may(scope: str) -> Callable[[Request], Coroutine[Any, Any, Caller]]:
    """A dependency: who asks, if it has the scope."""

    async def enter(request: Request) -> Caller:
        return await services(request).door.enter(request, scope)

    return enter


reader, writer = may(READ), may(WRITE)
