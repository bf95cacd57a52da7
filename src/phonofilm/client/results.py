"""What a server answers, as frozen data. ``raw`` keeps the whole answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, cast

from phonofilm.client.faults import TaskCancelled, TaskExpired, TaskFailed

Status = Literal["queued", "running", "succeeded", "failed", "cancelled", "expired"]
ENDED = frozenset({"succeeded", "failed", "cancelled", "expired"})


@dataclass(frozen=True, kw_only=True)
class Task:
    """A film wanted, and where it stands.

    ``progress`` 0 to 100; ``position`` in the queue, 1 = next, None when it is not queued. ``files``: links by what they are (film, poster,
    last_frame, score, captions_vtt …); they hold for a day and need no key. ``error``: ``code`` and ``message`` of a failed task.
    Times are Unix seconds.
    """

    id: str
    status: Status
    model: str = ""
    progress: float = 0.0
    step: str = ""
    position: int | None = None
    created: float = 0.0
    updated: float = 0.0
    seconds: int = 0
    ratio: str = ""
    resolution: str = ""
    seed: int = 0
    warnings: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict[str, str])
    error: dict[str, str] = field(default_factory=dict[str, str])
    raw: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ENDED

    def checked(self) -> Task:
        """Itself. Raises ``TaskFailed``, ``TaskCancelled`` or ``TaskExpired`` where no film will come."""
        if self.status == "cancelled":
            raise TaskCancelled(f"The task {self.id} was cancelled.")
        if self.status == "expired":
            raise TaskExpired(f"The task {self.id} expired.")
        if self.status == "failed":
            raise TaskFailed(self.error.get("message") or f"The task {self.id} failed.", vendor_code=self.error.get("code", ""))
        return self


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some tasks of ``total``, newest first."""

    items: tuple[Task, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file that was given to the server; ``url`` stands for it in ``references``. Width and height are pixels, 0 where there are none."""

    id: str
    kind: str
    name: str
    size: int
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    raw: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)

    @property
    def url(self) -> str:
        """What a reference names it by."""
        return f"asset://{self.id}"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One event of a task: ``kind`` status, progress, preview or done. ``id`` grows; give it as ``after`` to go on from there."""

    id: int
    kind: str
    data: dict[str, Any]


def task_of(told: dict[str, Any]) -> Task:
    """A task from the server's JSON."""
    content = cast("dict[str, Any]", told.get("content") or {})
    files = {name: str(url) for name, url in cast("dict[str, Any]", told.get("files") or {}).items() if url}
    if content.get("video_url"):
        files.setdefault("film", str(content["video_url"]))
    if content.get("last_frame_url"):
        files.setdefault("last_frame", str(content["last_frame_url"]))
    return Task(
        id=str(told["id"]),
        status=told.get("status", "queued"),
        model=str(told.get("model") or ""),
        progress=float(told.get("progress") or 0.0),
        step=str(told.get("step") or ""),
        position=told.get("position"),
        created=float(told.get("created_at") or 0.0),
        updated=float(told.get("updated_at") or 0.0),
        seconds=int(told.get("duration") or 0),
        ratio=str(told.get("ratio") or ""),
        resolution=str(told.get("resolution") or ""),
        seed=int(told.get("seed") or 0),
        warnings=tuple(str(said) for said in told.get("warnings") or ()),
        files=files,
        error={name: str(value) for name, value in cast("dict[str, Any]", told.get("error") or {}).items()},
        raw=told,
    )


def asset_of(told: dict[str, Any]) -> Asset:
    """An asset from the server's JSON."""
    return Asset(
        id=str(told["id"]),
        kind=str(told.get("kind") or ""),
        name=str(told.get("name") or ""),
        size=int(told.get("bytes") or 0),
        width=int(told.get("width") or 0),
        height=int(told.get("height") or 0),
        seconds=float(told.get("seconds") or 0.0),
        raw=told,
    )
