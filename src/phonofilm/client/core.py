"""The one core of both clients: what to ask, in which order, when to try again. It does no I/O.

A verb is a generator that yields effects (``Call``, ``Save``, ``Pause``) and returns its result; ``sync`` and ``aio`` carry the effects out. So every
verb is written once, and both clients do the same.
"""

from __future__ import annotations

import base64
import json
import os
import random
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypedDict, TypeVar
from urllib.parse import quote, unquote_to_bytes

from phonofilm.client.faults import ApiError, Unreachable, fault_of
from phonofilm.client.results import Asset, Happening, Page, Task, asset_of, task_of
from phonofilm.errors import RequestError

ENDPOINT = "/api/v3"
TASKS = f"{ENDPOINT}/contents/generations/tasks"
LOCAL = "http://127.0.0.1:8000"
#: the server did nothing: asking again is safe whatever was asked
UNDONE = frozenset({429, 503})
#: asking again may help where the same request twice is the same as once
WORTH = frozenset({408, 429, 500, 502, 503, 504})


class Wish(TypedDict, total=False):
    """What can be asked of a film beside its prompt; what is left out is for the server to choose.

    ``references``: files by tag, each a path here, or an address (``https:``, ``data:``, ``asset://``). ``seconds`` 0: auto.
    """

    references: Mapping[str, str | Path]
    model: str
    engine: str
    seconds: int
    ratio: str
    resolution: str
    seed: int
    sound: bool
    draft: bool
    watermark: bool
    last_frame: bool
    transcripts: Mapping[str, str]
    consent: Mapping[str, str]
    limits: str
    priority: int
    callback_url: str
    expires_after: int
    idempotency_key: str
    extra: Mapping[str, Any]


#: our names, and those of the wire
_WIRE = {
    "engine": "engine", "ratio": "ratio", "resolution": "resolution", "seed": "seed", "sound": "generate_audio", "draft": "draft",
    "watermark": "watermark", "last_frame": "return_last_frame", "transcripts": "transcripts", "consent": "consent", "limits": "limits",
    "priority": "priority", "callback_url": "callback_url", "expires_after": "execution_expires_after",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Options:
    """Of a client. ``retries``: how often a request is repeated where that is safe. ``wait``: seconds before the first repetition; it doubles."""

    base_url: str
    api_key: str = ""
    timeout: float = 30.0
    retries: int = 3
    wait: float = 0.5

    @property
    def headers(self) -> dict[str, str]:
        """Those of every request but the downloads, whose links need no key."""
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request. ``file``: its body is a form with this file, which is read as it is sent. ``safe``: sent twice, it does what it does once."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    file: Path | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    safe: bool = False


@dataclass(frozen=True, kw_only=True)
class Save:
    """Fetch an address into a file; where the file already holds ``start`` bytes of what ``etag`` names, only the rest."""

    url: str
    file: Path
    start: int = 0
    etag: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Those of this request."""
        part = {"Range": f"bytes={self.start}-", "If-Range": self.etag} if self.start and self.etag else {}
        return {"Accept-Encoding": "identity", **part}


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Do nothing for some seconds."""

    seconds: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes = b""

    def json(self) -> Any:
        """The body read as JSON. Raises ``ApiError`` where it is none: then something else than Phonofilm answered."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise ApiError("The answer is no JSON; is this address a Phonofilm server?", status=self.status) from None


@dataclass(frozen=True, kw_only=True)
class Lost:
    """No answer came. ``sent``: the server may have read the request."""

    reason: str
    sent: bool


Effect = Call | Save | Pause
T = TypeVar("T")
Steps = Generator[Effect, Any, T]


def options_of(base_url: str, api_key: str, timeout: float, retries: int) -> Options:
    """The options of a client; what is not given comes from ``PHONOFILM_URL`` and ``PHONOFILM_API_KEY``."""
    return Options(
        base_url=(base_url or os.environ.get("PHONOFILM_URL") or LOCAL).rstrip("/"),
        api_key=api_key or os.environ.get("PHONOFILM_API_KEY", ""),
        timeout=timeout,
        retries=retries,
    )


def ask(call: Call, options: Options) -> Steps[Answer]:
    """One request, repeated where that is safe. Raises ``ApiError``."""
    for attempt in range(options.retries + 1):
        got: Answer | Lost = yield call
        last = attempt == options.retries
        if isinstance(got, Lost):
            if last or (got.sent and not call.safe):
                raise Unreachable(f"{options.base_url} does not answer: {got.reason}")
            yield Pause(seconds=pause_of(attempt, options.wait))
            continue
        if got.status < 400:
            return got
        again = got.status in (WORTH if call.safe else UNDONE) and got.headers.get("x-should-retry") != "false"
        fault = fault_of(got.status, got.headers, got.body)
        if last or not again:
            raise fault
        yield Pause(seconds=max(fault.retry_after, pause_of(attempt, options.wait)))
    raise AssertionError("the loop returns or raises")


def pause_of(attempt: int, first: float) -> float:
    """Doubling, at most 8 s, with a quarter left to chance so that many clients do not come back together."""
    return min(8.0, first * 2**attempt) * (0.75 + random.random() / 4)


def create(options: Options, prompt: str, wish: Wish) -> Steps[Task]:
    """Files of this machine are uploaded first. The same call repeated by itself makes one task: it carries an idempotency key."""
    references: list[dict[str, str]] = []
    for tag, given in (wish.get("references") or {}).items():
        if isinstance(given, str) and given.split(":", 1)[0].lower() in ("http", "https", "data", "asset"):
            references.append({"tag": tag, "url": given})
        else:
            asset = yield from upload(options, Path(given))
            references.append({"tag": tag, "url": asset.url, "name": asset.name})
    body: dict[str, Any] = {"model": wish.get("model", "phonofilm"), "content": [{"type": "text", "text": prompt}]}
    if references:
        body["references"] = references
    if "seconds" in wish:
        body["duration"] = wish["seconds"] or -1
    body.update({wire: wish[name] for name, wire in _WIRE.items() if name in wish})  # pyright: ignore[reportTypedDictNotRequiredAccess]
    body.update(wish.get("extra") or {})
    return (yield from _post_task(options, TASKS, body, wish.get("idempotency_key", "")))


def _post_task(options: Options, path: str, body: Any, key: str) -> Steps[Task]:
    call = _json("POST", path, body)
    call = replace(call, headers={**call.headers, "Idempotency-Key": key or secrets.token_hex(16)}, safe=True)
    answer = yield from ask(call, options)
    told = answer.json()
    if "status" in told:
        return task_of(told)
    return (yield from get(options, str(told["id"])))


def get(options: Options, task: str | Task) -> Steps[Task]:
    """Where a task stands now."""
    answer = yield from ask(Call(method="GET", path=_at(task), safe=True), options)
    return task_of(answer.json())


def listed(options: Options, status: str, model: str, ids: tuple[str, ...], page: int, size: int) -> Steps[Page]:
    """Tasks, newest first."""
    query = [("page_num", str(page)), ("page_size", str(size))]
    query += [(f"filter.{name}", value) for name, value in (("status", status), ("model", model)) if value]
    query += [("filter.task_ids", one) for one in ids]
    answer = yield from ask(Call(method="GET", path=TASKS, query=tuple(query), safe=True), options)
    told = answer.json()
    return Page(items=tuple(task_of(item) for item in told["items"]), total=int(told["total"]))


def cancel(options: Options, task: str | Task) -> Steps[Task]:
    """Stop it, queued or running."""
    yield from ask(Call(method="POST", path=f"{_at(task)}/cancel", safe=True), options)
    return (yield from get(options, task))


def delete(options: Options, task: str | Task) -> Steps[None]:
    """Remove it and its files; one that is queued is cancelled. Never repeated unless the server did nothing."""
    yield from ask(Call(method="DELETE", path=_at(task)), options)


def wait(options: Options, task: str | Task, every: float, timeout: float, told: Callable[[Task], None] | None) -> Steps[Task]:
    """Until it has ended. ``told`` hears of every change. Raises ``TaskFailed`` and its kin, or ``TimeoutError`` (the task goes on)."""
    passed, seen = 0.0, None
    while True:
        now = yield from get(options, task)
        if told is not None and (now.status, now.step, now.progress, now.position) != seen:
            seen = (now.status, now.step, now.progress, now.position)
            told(now)
        if now.ended:
            return now.checked()
        if timeout and passed >= timeout:
            raise TimeoutError(f"The task {now.id} is still {now.status} after {passed:.0f} s; it goes on.")
        yield Pause(seconds=every)
        passed += every


def upload(options: Options, file: Path) -> Steps[Asset]:
    """Give a file to the server. It is known by its content there: the same file twice is kept once."""
    if not file.is_file():
        raise RequestError(f"{file.name}: there is no such file.")
    answer = yield from ask(Call(method="POST", path=f"{ENDPOINT}/files", file=file, safe=True), options)
    return asset_of(answer.json())


def download(options: Options, task: str | Task, target: Path, what: str) -> Steps[Path]:
    """A file of a finished task. A broken connection goes on where it broke; the file is there whole, or not at all."""
    now = task if isinstance(task, Task) and task.ended else (yield from get(options, task))
    url = now.checked().files.get(what, "")
    if not url:
        have = ", ".join(now.files) or "none yet"
        raise RequestError(f"The task {now.id} has no file {what!r}; it has {have}.")
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        if url.startswith("data:"):
            part.write_bytes(_inline(url))
        else:
            yield from _fetch(options, url, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _fetch(options: Options, url: str, part: Path) -> Steps[None]:
    etag, whole = "", -1
    for attempt in range(options.retries + 1):
        start = part.stat().st_size if etag and part.exists() else 0
        got: Answer | Lost = yield Save(url=url, file=part, start=start, etag=etag)
        if isinstance(got, Answer) and got.status >= 400:
            fault = fault_of(got.status, got.headers, got.body)
            if attempt == options.retries or got.status not in WORTH:
                raise fault
        elif isinstance(got, Answer):
            etag = got.headers.get("etag", "")
            length = int(got.headers.get("content-length", -1))
            whole = length + (start if got.status == 206 else 0) if length >= 0 else -1
            if whole < 0 or (part.exists() and part.stat().st_size == whole):
                return
        yield Pause(seconds=pause_of(attempt, options.wait))
    raise Unreachable("The file broke off, again and again.")


def score(options: Options, task: str | Task) -> Steps[dict[str, Any]]:
    """The score of a finished task, as JSON."""
    answer = yield from ask(Call(method="GET", path=f"{_at(task)}/score", safe=True), options)
    return answer.json()


def render(options: Options, task: str | Task, edited: Mapping[str, Any], key: str) -> Steps[Task]:
    """A new task that plays an edited score, with the files of the first."""
    return (yield from _post_task(options, f"{_at(task)}/score", dict(edited), key))


def read(options: Options, prompt: str, references: Mapping[str, str]) -> Steps[dict[str, Any]]:
    """How the server understands a prompt. ``references``: kinds (image, video, audio) by tag."""
    asked = {"prompt": prompt, "references": [{"tag": tag, "kind": kind} for tag, kind in references.items()]}
    call = _json("POST", f"{ENDPOINT}/read", asked)
    answer = yield from ask(replace(call, safe=True), options)
    return answer.json()


def choices(options: Options) -> Steps[dict[str, Any]]:
    """What can be chosen on this server: engines, resolutions, ratios, lengths, limits, voices, roles."""
    answer = yield from ask(Call(method="GET", path=f"{ENDPOINT}/options", safe=True), options)
    return answer.json()


def restore(options: Options, film: Path) -> Steps[dict[str, Any]]:
    """The request that is written in a film."""
    answer = yield from ask(Call(method="POST", path=f"{ENDPOINT}/restore", file=film, safe=True), options)
    return answer.json()


def made(options: Options, prompt: str, target: Path, wish: Wish, told: Callable[[Task], None] | None) -> Steps[Task]:
    """Create, wait and download."""
    task = yield from create(options, prompt, wish)
    task = yield from wait(options, task, 0.5, 0.0, told)
    yield from download(options, task, target, "film")
    return task


class Listening:
    """The events of one task: what to send, what has come, whether to connect again."""

    def __init__(self, options: Options, task: str | Task, after: int) -> None:
        self.options, self.path, self.after, self.ended, self._failed = options, f"{_at(task)}/events", after, False, 0

    @property
    def headers(self) -> dict[str, str]:
        """Of the next connection: it goes on after the last event that came."""
        last = {"Last-Event-ID": str(self.after)} if self.after else {}
        return {**self.options.headers, "Accept": "text/event-stream", **last}

    def take(self, kind: str, number: str, data: str) -> Happening | None:
        """One event as it came over the wire; None where it is none of a task's."""
        self._failed = 0
        if number.isdigit():
            self.after = int(number)
        if kind not in ("status", "progress", "preview", "done"):
            return None
        self.ended = kind == "done"
        return Happening(id=self.after, kind=kind, data=json.loads(data) if data else {})

    def lost(self, got: Answer | Lost | None) -> float:
        """The connection ended, or was refused: seconds until the next one. Raises ``ApiError`` where another is of no use."""
        again = not isinstance(got, Answer) or got.status in WORTH
        fault = fault_of(got.status, got.headers, got.body) if isinstance(got, Answer) else None
        if not again or self._failed >= self.options.retries:
            raise fault or Unreachable(f"{self.options.base_url} does not answer: {got.reason if isinstance(got, Lost) else 'the events broke off'}")
        self._failed += 1
        return max(fault.retry_after if fault else 0.0, pause_of(self._failed - 1, self.options.wait))


def _json(method: str, path: str, body: Any) -> Call:
    return Call(method=method, path=path, body=json.dumps(body, ensure_ascii=False).encode(), headers={"Content-Type": "application/json"})


def _at(task: str | Task) -> str:
    return f"{TASKS}/{quote(task.id if isinstance(task, Task) else task, safe='')}"


def _inline(url: str) -> bytes:
    head, _, data = url.partition(",")
    return base64.b64decode(data) if head.endswith(";base64") else unquote_to_bytes(data)
