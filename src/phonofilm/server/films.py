"""The one place where a wish becomes a job, and a job what every interface shows of it.

The interfaces translate; whether a prompt can be read, whose job it is, where its files are and what it cost is decided here.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import anyio
import anyio.to_thread

from phonofilm.engines import engine_names
from phonofilm.errors import EngineMissing, UnknownJob
from phonofilm.jobs.codec import new_id
from phonofilm.jobs.files import Files
from phonofilm.jobs.job import Event, Job, Queued, Running, Status, Succeeded, Wanted
from phonofilm.jobs.store import Store
from phonofilm.prompt import read
from phonofilm.prompt.script import Script
from phonofilm.request import SIZES, Reference, Request
from phonofilm.score.consent import require_for_roles
from phonofilm.server.guard import Guard
from phonofilm.server.keys import Caller
from phonofilm.server.problem import Problem
from phonofilm.server.settings import Settings
from phonofilm.server.signed import Signer

Dialect = Literal["ark", "openai", "openrouter", "studio"]
EXPIRES, SHORTEST_EXPIRY, LONGEST_EXPIRY = 172_800, 3600, 259_200
LONGEST_KEY = 255
FRESH = 0.5
#: names of a task's files as links end, by what they are, and their types
NAMES: dict[str, tuple[str, str]] = {
    "film": ("film.mp4", "video/mp4"),
    "poster": ("poster.jpg", "image/jpeg"),
    "last_frame": ("last_frame.png", "image/png"),
    "score": ("score.json", "application/json"),
    "captions_srt": ("captions.srt", "application/x-subrip"),
    "captions_vtt": ("captions.vtt", "text/vtt"),
    "stems": ("stems.zip", "application/zip"),
    "spritesheet": ("sheet.jpg", "image/jpeg"),
}
PREVIEW = "preview.jpg"
T = TypeVar("T")


def request_of(wanted: Wanted) -> Request:
    """What is wanted as a Request, its files without a place. Raises ``RequestError``."""
    references = tuple(Reference(tag=g.tag, path=Path(g.name or g.tag), kind=g.kind, sha256=g.sha256) for g in wanted.given)
    return Request(
        prompt=wanted.prompt, references=references, seconds=wanted.seconds, ratio=wanted.ratio, resolution=wanted.resolution, seed=wanted.seed,
        engine=wanted.engine, transcripts=wanted.transcripts, consent=wanted.consent, sound=wanted.sound, draft=wanted.draft,
        watermark=wanted.watermark, limits=wanted.limits,
    )  # fmt: skip


def checked(wanted: Wanted) -> Script:
    """Read what is wanted, before it is queued: the prompt, the engine, consents. Raises an error of the tree."""
    if wanted.engine not in engine_names():
        raise EngineMissing(wanted.engine, known=engine_names())
    request = request_of(wanted)
    script = read(wanted.prompt, request.references)
    require_for_roles(request, {b.tag: b.role for b in script.bindings})
    return script


def random_seed() -> int:
    """A seed for who wants any."""
    return secrets.randbelow(2**31)


class Films:
    """Jobs as the interfaces see them. Every store call is made in a thread."""

    def __init__(self, store: Store, files: Files, signer: Signer, guard: Guard, settings: Settings) -> None:
        self.store, self.files, self.signer, self.settings = store, files, signer, settings
        self._guard = guard
        self._in_flight: set[tuple[str, str]] = set()
        self._waiting = 0.0, 0
        self._places: tuple[float, dict[str, int]] = (0.0, {})
        self._placing = asyncio.Lock()
        # writes wait for each other and for the workers' ones, and must not hold up those who only look
        self._writers, self._readers = anyio.CapacityLimiter(4), anyio.CapacityLimiter(2)

    # making

    @contextmanager
    def once(self, caller: Caller, key: str):
        """While a request with this idempotency key is answered, a second one is refused. Raises ``Problem``."""
        if not key:
            yield
            return
        if len(key) > LONGEST_KEY or not key.isprintable():
            raise Problem("invalid", f"An idempotency key has at most {LONGEST_KEY} printable characters.", param="Idempotency-Key")
        mine = (caller.id, key)
        if mine in self._in_flight:
            raise Problem("in_flight", "A request with this idempotency key is being answered. Ask again when it is.")
        self._in_flight.add(mine)
        try:
            yield
        finally:
            self._in_flight.discard(mine)

    async def first(self, caller: Caller, key: str, body_hash: str) -> Job | None:
        """The job that this idempotency key made before. Raises ``IdempotencyMismatch``."""
        return await in_thread(self.store.first, caller.id, key, body_hash) if key else None

    async def create(
        self, wanted: Wanted, *, caller: Caller, dialect: Dialect, model: str, base: str, asked: Mapping[str, Any] | None = None,
        priority: int = 0, expires_after: float = EXPIRES, callback: str = "", warnings: Sequence[str] = (), idempotency: str = "",
        body_hash: str = "", script: Script | None = None,
    ) -> Job:  # fmt: skip
        """Queue a film. ``base`` is what the client's links start with. Raises ``Problem`` and errors of the tree; after it, only success."""
        if not wanted.prompt.strip() and not wanted.given and not wanted.score:
            raise Problem("missing_parameter", "There is neither a prompt nor a reference. Say what the film shows.", param="content")
        if script is None and not wanted.score:
            await self.read(wanted)
        if callback:
            await self._reachable(callback)
        if await self._queued() >= self.settings.max_queued_all:
            raise Problem("overloaded", "The queue is full. Try again in a minute.", retry_after=30)
        now = time.time()
        job = Job(
            id=new_id(), owner=caller.id, dialect=dialect, model=model, wanted=wanted, created=now, updated=now, deadline=now + expires_after,
            state=Queued(), asked={**(asked or {}), "base": base}, priority=priority, callback=callback, warnings=tuple(dict.fromkeys(warnings)),
        )  # fmt: skip
        return await self._write(self.store.create, job, idempotency=idempotency, body_hash=body_hash)

    async def read(self, wanted: Wanted) -> Script:
        """``checked`` in a thread, a few at a time. Raises an error of the tree."""
        return await anyio.to_thread.run_sync(checked, wanted, limiter=self._readers)

    async def _write(self, work: Callable[..., T], *arguments: Any, **named: Any) -> T:
        return await anyio.to_thread.run_sync(partial(work, *arguments, **named), limiter=self._writers)

    async def _reachable(self, callback: str) -> None:
        try:
            await self._guard.target(callback)
        except Problem as e:
            e.param = "callback_url"
            raise

    async def _queued(self) -> int:
        """How many wait; asked for anew when a second has passed."""
        now = time.monotonic()
        at, num = self._waiting
        if now - at > 1.0:
            num = (await in_thread(self.store.counts)).get("queued", 0)
            self._waiting = now, num
        return num

    # showing

    async def get(self, id: str, caller: Caller) -> Job:
        """A job that the caller may see. Raises ``UnknownJob``."""
        job = await in_thread(self.store.get, id) if _looks_like_id(id) else None
        if job is None or not caller.may_see(job.owner):
            raise UnknownJob(id)
        return job

    async def list(
        self, caller: Caller, *, status: Sequence[Status] = (), model: str = "", ids: Sequence[str] = (), page: int = 1, size: int = 20, **more: Any
    ) -> tuple[tuple[Job, ...], int]:
        """(jobs of a page, how many in all), the newest first."""
        owner = None if caller.sees_all and caller.id else caller.id
        return await in_thread(self.store.list, owner=owner, status=status, model=model, ids=ids, page=page, size=size, **more)

    async def cancel(self, id: str, caller: Caller) -> Job:
        """Stop a job. Raises ``UnknownJob``."""
        await self.get(id, caller)
        return await self._write(self.store.cancel, id)

    async def delete(self, id: str, caller: Caller) -> None:
        """Forget a finished job. Raises ``UnknownJob``, ``JobBusy``."""
        await self.get(id, caller)
        await self._write(self.store.delete, id)

    async def place(self, job: Job) -> int | None:
        """Its place in the queue, 1 the next; of at most ``FRESH`` seconds ago, for everyone who waits asks again and again."""
        if not isinstance(job.state, Queued):
            return None
        at, places = self._places
        if time.monotonic() - at > FRESH or job.id not in places:
            async with self._placing:
                if self._places[0] == at:  # nobody else asked meanwhile
                    ids = await in_thread(self.store.queue)
                    self._places = time.monotonic(), {id: k for k, id in enumerate(ids, 1)}
        return self._places[1].get(job.id)

    async def events(self, id: str, after: int) -> tuple[Event, ...]:
        """What happened to a job after the event of that id."""
        return await in_thread(self.store.events, id, after)

    def urls(self, job: Job, base: str = "") -> dict[str, str]:
        """Links that need no key, by what they lead to: film, poster, last_frame, score, captions_srt, captions_vtt, stems, preview."""
        base = base or str(job.asked.get("base", "")) or self.settings.base_url
        made = job.state.made.files if isinstance(job.state, Succeeded) else {}
        links = {what: base + self.signer.path(f"/files/{job.id}/{NAMES[what][0]}") for what in made if what in NAMES}
        if isinstance(job.state, Running):
            links["preview"] = base + self.signer.path(f"/files/{job.id}/{PREVIEW}")
        return links

    def film_at(self, path: str) -> Path | None:
        """The file that one of our links leads to, by the link's path."""
        _, _, id, name = path.split("/", 3)
        job = self.store.get(id)
        what = next((what for what, (known, _) in NAMES.items() if known == name), "")
        return self.files.of(job).get(what) if job else None

    def upload_url(self, sha256: str, base: str) -> str:
        """A link to an upload that needs no key."""
        return base + self.signer.path(f"/files/uploads/{sha256}")

    async def video_url(self, job: Job, base: str = "") -> str:
        """The film's address: a link, or the film itself as ``data:`` where it is small enough for ``inline_bytes``."""
        path = self.files.of(job).get("film")
        if path and self.settings.inline_bytes and (data := await in_thread(_small, path, self.settings.inline_bytes)):
            return "data:video/mp4;base64," + base64.b64encode(data).decode()
        return self.urls(job, base).get("film", "")


async def in_thread(work: Any, *arguments: Any, **named: Any) -> Any:
    """Do what may block in a thread."""
    return await anyio.to_thread.run_sync(partial(work, *arguments, **named))


def _small(path: Path, most: int) -> bytes:
    return path.read_bytes() if path.stat().st_size <= most else b""


def _looks_like_id(id: str) -> bool:
    return len(id) <= 64 and id.isascii() and all(c.isalnum() or c in "-_" for c in id)


def size_of(job: Job) -> tuple[int, int]:
    """Width and height of a film: of the one made, else of the one asked for (16:9 where that follows from a reference)."""
    if isinstance(job.state, Succeeded) and "width" in job.state.made.facts:
        return int(job.state.made.facts["width"]), int(job.state.made.facts["height"])
    sizes = SIZES.get(job.wanted.resolution, SIZES["720p"])
    return sizes.get(job.wanted.ratio, sizes["16:9"])


def ratio_of(job: Job) -> str:
    """The ratio of the film made, else the one asked for."""
    if isinstance(job.state, Succeeded):
        sizes = SIZES.get(job.wanted.resolution, {})
        return next((ratio for ratio, size in sizes.items() if size == size_of(job)), job.wanted.ratio)
    return job.wanted.ratio


def seconds_of(job: Job) -> int:
    """The length of the film made, else the one asked for; 0 where that is found while it is made."""
    if isinstance(job.state, Succeeded) and "seconds" in job.state.made.facts:
        return int(job.state.made.facts["seconds"])
    return job.wanted.seconds


def tokens_of(job: Job) -> int:
    """What the film counts as, in the vendor's unit: width × height × 24 × seconds / 1024."""
    width, height = size_of(job)
    return width * height * 24 * seconds_of(job) // 1024


def percent_of(job: Job) -> int:
    """How far it is, 0…100; 100 where it is made, 99 at most before."""
    if isinstance(job.state, Running):
        return min(int(job.state.progress * 100), 99)
    return 100 if isinstance(job.state, Succeeded) else 0


def remarks_of(job: Job) -> tuple[str, ...]:
    """What of the request was ignored, and what was read but not honoured."""
    made = job.state.made.remarks if isinstance(job.state, Succeeded) else ()
    plain = [r for r in made if not r.startswith(("@first_frame is not mentioned", "@last_frame is not mentioned"))]
    return tuple(dict.fromkeys((*job.warnings, *plain)))
