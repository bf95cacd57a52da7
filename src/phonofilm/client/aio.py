"""The client for asyncio: the same verbs, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, Unpack

from phonofilm.client import core
from phonofilm.client.core import Answer, Call, Effect, Lost, Pause, Save, Steps, Wish
from phonofilm.client.results import Asset, Happening, Page, Task
from phonofilm.client.sync import httpx_, lost_of

T = TypeVar("T")


class AsyncClient:
    """As ``phonofilm.client.Client``, for asyncio. ``events`` is an asynchronous iterator, everything else is awaited."""

    def __init__(self, base_url: str = "", api_key: str = "", *, timeout: float = 30.0, retries: int = 3) -> None:
        self.options = core.options_of(base_url, api_key, timeout, retries)
        self._httpx = httpx_()
        self._http = self._httpx.AsyncClient(timeout=timeout, follow_redirects=True)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def make(self, prompt: str, out: str | Path, *, told: Callable[[Task], None] | None = None, **wish: Unpack[Wish]) -> Task:
        """Create, wait, and download the film to ``out``; ``told`` hears of every change on the way."""
        return await self._do(core.made(self.options, prompt, Path(out), wish, told))

    async def create(self, prompt: str, **wish: Unpack[Wish]) -> Task:
        """Ask for a film; files among ``references`` are uploaded first."""
        return await self._do(core.create(self.options, prompt, wish))

    async def get(self, task: str | Task) -> Task:
        """Where a task stands now."""
        return await self._do(core.get(self.options, task))

    async def list(self, *, status: str = "", model: str = "", ids: Iterable[str] = (), page: int = 1, size: int = 20) -> Page:
        """Tasks, newest first."""
        return await self._do(core.listed(self.options, status, model, tuple(ids), page, size))

    async def wait(self, task: str | Task, *, every: float = 0.5, timeout: float = 0.0, told: Callable[[Task], None] | None = None) -> Task:
        """Until it has succeeded. Raises ``TaskFailed``, ``TaskCancelled``, ``TaskExpired``, or ``TimeoutError`` (the task goes on)."""
        return await self._do(core.wait(self.options, task, every, timeout, told))

    async def cancel(self, task: str | Task) -> Task:
        """Stop it, queued or running."""
        return await self._do(core.cancel(self.options, task))

    async def delete(self, task: str | Task) -> None:
        """Remove it and its files; one that is queued is cancelled."""
        await self._do(core.delete(self.options, task))

    async def upload(self, file: str | Path) -> Asset:
        """Give a file to the server, to be named in ``references`` by its ``url``."""
        return await self._do(core.upload(self.options, Path(file)))

    async def download(self, task: str | Task, out: str | Path, *, what: str = "film") -> Path:
        """A file of a finished task: film, poster, last_frame, score, captions_vtt …"""
        return await self._do(core.download(self.options, task, Path(out), what))

    async def score(self, task: str | Task) -> dict[str, Any]:
        """The score of a finished task, as JSON."""
        return await self._do(core.score(self.options, task))

    async def render(self, task: str | Task, score: Mapping[str, Any], *, idempotency_key: str = "") -> Task:
        """A new task that plays an edited score."""
        return await self._do(core.render(self.options, task, score, idempotency_key))

    async def read(self, prompt: str, references: Mapping[str, str] | None = None) -> dict[str, Any]:
        """How the server understands a prompt; ``references`` are kinds by tag."""
        return await self._do(core.read(self.options, prompt, references or {}))

    async def choices(self) -> dict[str, Any]:
        """What can be chosen on this server."""
        return await self._do(core.choices(self.options))

    async def restore(self, film: str | Path) -> dict[str, Any]:
        """The request that is written in a film."""
        return await self._do(core.restore(self.options, Path(film)))

    async def events(self, task: str | Task, *, after: int = 0) -> AsyncIterator[Happening]:
        """What happens to a task, as it happens, until it has ended. A lost connection goes on where it broke."""
        listening = core.Listening(self.options, task, after)
        while not listening.ended:
            got: Answer | Lost | None = None
            try:
                async with self._http.stream("GET", self.options.base_url + listening.path, headers=listening.headers) as response:
                    if response.status_code >= 400:
                        got = Answer(status=response.status_code, headers=dict(response.headers), body=await response.aread())
                    else:
                        async for event in self._httpx.EventSource(response):
                            happening = listening.take(event.event, event.id, event.data)
                            if happening is not None:
                                yield happening
                            if listening.ended:
                                return
            except self._httpx.TransportError as error:
                got = Lost(reason=str(error) or type(error).__name__, sent=True)
            await asyncio.sleep(listening.lost(got))

    async def _do(self, steps: Steps[T]) -> T:
        try:
            effect = next(steps)
            while True:
                effect = steps.send(await self._carry_out(effect))
        except StopIteration as end:
            return end.value
        finally:
            steps.close()  # where the caller was cancelled: what a verb cleans up is cleaned up

    async def _carry_out(self, effect: Effect) -> Answer | Lost | None:
        if isinstance(effect, Pause):
            return await asyncio.sleep(effect.seconds)
        try:
            return await (self._save(effect) if isinstance(effect, Save) else self._call(effect))
        except self._httpx.TransportError as error:
            return lost_of(self._httpx, error)

    async def _call(self, call: Call) -> Answer:
        url, headers = self.options.base_url + call.path, {**self.options.headers, **call.headers}
        if call.file is None:
            response = await self._http.request(call.method, url, params=list(call.query), content=call.body, headers=headers)
        else:
            with call.file.open("rb") as file:
                response = await self._http.request(call.method, url, files={"file": (call.file.name, file)}, headers=headers)
        return Answer(status=response.status_code, headers=dict(response.headers), body=response.content)

    async def _save(self, save: Save) -> Answer:
        async with self._http.stream("GET", save.url, headers=save.headers) as response:
            headers = dict(response.headers)
            if response.status_code >= 400:
                return Answer(status=response.status_code, headers=headers, body=await response.aread())
            with save.file.open("ab" if response.status_code == 206 else "wb") as file:
                async for piece in response.aiter_raw():
                    await asyncio.to_thread(file.write, piece)
        return Answer(status=response.status_code, headers=headers)
