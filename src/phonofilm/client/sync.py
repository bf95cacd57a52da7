"""The client that waits for its answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from phonofilm.client import core
from phonofilm.client.core import Answer, Call, Effect, Lost, Pause, Save, Steps, Wish
from phonofilm.client.results import Asset, Happening, Page, Task
from phonofilm.errors import MissingError

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")


class Client:
    """Films from a Phonofilm server: ``Client().make("...", "film.mp4", references={"photo": "face.jpg"})``.

    ``base_url`` and ``api_key`` default to ``PHONOFILM_URL`` (else this machine, port 8000) and ``PHONOFILM_API_KEY``; ``timeout`` seconds for each
    answer; ``retries``: how often a request is repeated where that is safe. Every method raises ``phonofilm.client.ApiError`` and its kinds.
    """

    def __init__(self, base_url: str = "", api_key: str = "", *, timeout: float = 30.0, retries: int = 3) -> None:
        self.options = core.options_of(base_url, api_key, timeout, retries)
        self._httpx = httpx_()
        self._http = self._httpx.Client(timeout=timeout, follow_redirects=True)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def make(self, prompt: str, out: str | Path, *, told: Callable[[Task], None] | None = None, **wish: Unpack[Wish]) -> Task:
        """Create, wait, and download the film to ``out``; ``told`` hears of every change on the way."""
        return self._do(core.made(self.options, prompt, Path(out), wish, told))

    def create(self, prompt: str, **wish: Unpack[Wish]) -> Task:
        """Ask for a film; files among ``references`` are uploaded first."""
        return self._do(core.create(self.options, prompt, wish))

    def get(self, task: str | Task) -> Task:
        """Where a task stands now."""
        return self._do(core.get(self.options, task))

    def list(self, *, status: str = "", model: str = "", ids: Iterable[str] = (), page: int = 1, size: int = 20) -> Page:
        """Tasks, newest first."""
        return self._do(core.listed(self.options, status, model, tuple(ids), page, size))

    def wait(self, task: str | Task, *, every: float = 0.5, timeout: float = 0.0, told: Callable[[Task], None] | None = None) -> Task:
        """Until it has succeeded. Raises ``TaskFailed``, ``TaskCancelled``, ``TaskExpired``, or ``TimeoutError`` (the task goes on)."""
        return self._do(core.wait(self.options, task, every, timeout, told))

    def cancel(self, task: str | Task) -> Task:
        """Stop it, queued or running."""
        return self._do(core.cancel(self.options, task))

    def delete(self, task: str | Task) -> None:
        """Remove it and its files; one that is queued is cancelled."""
        self._do(core.delete(self.options, task))

    def upload(self, file: str | Path) -> Asset:
        """Give a file to the server, to be named in ``references`` by its ``url``."""
        return self._do(core.upload(self.options, Path(file)))

    def download(self, task: str | Task, out: str | Path, *, what: str = "film") -> Path:
        """A file of a finished task: film, poster, last_frame, score, captions_vtt …"""
        return self._do(core.download(self.options, task, Path(out), what))

    def score(self, task: str | Task) -> dict[str, Any]:
        """The score of a finished task, as JSON."""
        return self._do(core.score(self.options, task))

    def render(self, task: str | Task, score: Mapping[str, Any], *, idempotency_key: str = "") -> Task:
        """A new task that plays an edited score."""
        return self._do(core.render(self.options, task, score, idempotency_key))

    def read(self, prompt: str, references: Mapping[str, str] | None = None) -> dict[str, Any]:
        """How the server understands a prompt; ``references`` are kinds by tag."""
        return self._do(core.read(self.options, prompt, references or {}))

    def choices(self) -> dict[str, Any]:
        """What can be chosen on this server."""
        return self._do(core.choices(self.options))

    def restore(self, film: str | Path) -> dict[str, Any]:
        """The request that is written in a film."""
        return self._do(core.restore(self.options, Path(film)))

    def events(self, task: str | Task, *, after: int = 0) -> Iterator[Happening]:
        """What happens to a task, as it happens, until it has ended. A lost connection goes on where it broke."""
        listening = core.Listening(self.options, task, after)
        while not listening.ended:
            got: Answer | Lost | None = None
            try:
                with self._http.stream("GET", self.options.base_url + listening.path, headers=listening.headers) as response:
                    if response.status_code >= 400:
                        got = Answer(status=response.status_code, headers=dict(response.headers), body=response.read())
                    else:
                        for event in self._httpx.EventSource(response):
                            happening = listening.take(event.event, event.id, event.data)
                            if happening is not None:
                                yield happening
                            if listening.ended:
                                return
            except self._httpx.TransportError as error:
                got = Lost(reason=str(error) or type(error).__name__, sent=True)
            time.sleep(listening.lost(got))

    def _do(self, steps: Steps[T]) -> T:
        try:
            effect = next(steps)
            while True:
                effect = steps.send(self._carry_out(effect))
        except StopIteration as end:
            return end.value

    def _carry_out(self, effect: Effect) -> Answer | Lost | None:
        if isinstance(effect, Pause):
            return time.sleep(effect.seconds)
        try:
            return self._save(effect) if isinstance(effect, Save) else self._call(effect)
        except self._httpx.TransportError as error:
            return lost_of(self._httpx, error)

    def _call(self, call: Call) -> Answer:
        url, headers = self.options.base_url + call.path, {**self.options.headers, **call.headers}
        if call.file is None:
            response = self._http.request(call.method, url, params=list(call.query), content=call.body, headers=headers)
        else:
            with call.file.open("rb") as file:
                response = self._http.request(call.method, url, files={"file": (call.file.name, file)}, headers=headers)
        return Answer(status=response.status_code, headers=dict(response.headers), body=response.content)

    def _save(self, save: Save) -> Answer:
        with self._http.stream("GET", save.url, headers=save.headers) as response:
            headers = dict(response.headers)
            if response.status_code >= 400:
                return Answer(status=response.status_code, headers=headers, body=response.read())
            with save.file.open("ab" if response.status_code == 206 else "wb") as file:
                for piece in response.iter_raw():
                    file.write(piece)
        return Answer(status=response.status_code, headers=headers)


def httpx_() -> Any:
    """httpx2, where it is installed. Raises ``MissingError``."""
    try:
        import httpx2
    except ImportError:
        raise MissingError('The client needs httpx2. Install it with: pip install "phonofilm[client]"') from None
    return httpx2


def lost_of(httpx: Any, error: httpx2.TransportError) -> Lost:
    """Why no answer came, and whether the server may have read the request."""
    unsent = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol))
    return Lost(reason=str(error) or type(error).__name__, sent=not unsent)
