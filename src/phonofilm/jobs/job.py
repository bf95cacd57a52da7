"""A job: one film wanted, and where it stands. Times are Unix seconds (wall clock: they are shown to people and outlive a process)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from phonofilm.request import Kind


@dataclass(frozen=True, kw_only=True)
class Given:
    """A reference of a job: ``sha256`` names its bytes in the file store, ``tag`` is its name in the prompt, ``name`` what it was called."""

    tag: str
    kind: Kind
    sha256: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be made: the fields of ``phonofilm.request.Request``, with its files by hash.

    ``score`` is a score document to play again instead of reading the prompt (of a job that is asked for: ``sha256:`` and its hash, for it is
    large); ``last_frame`` also writes the last picture.
    """

    prompt: str
    given: tuple[Given, ...] = ()
    seconds: int = 0
    ratio: str = "adaptive"
    resolution: str = "720p"
    seed: int = 0
    engine: str = "stage"
    transcripts: dict[str, str] = field(default_factory=dict[str, str])
    consent: dict[str, str] = field(default_factory=dict[str, str])
    sound: bool = True
    draft: bool = False
    watermark: str = ""
    limits: str = "seedance"
    score: str = ""
    last_frame: bool = False


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a finished job left in its folder: files by what they are (film, poster, last_frame, score, captions …), facts, remarks.

    ``files`` maps to names relative to the folder of the job. ``facts`` are those of ``phonofilm.generate.Film.facts``.
    """

    files: dict[str, str]
    facts: dict[str, Any]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Queued:
    """Waits for a worker. ``attempt`` counts the workers that were lost over it."""

    status: Literal["queued"] = "queued"
    attempt: int = 0


@dataclass(frozen=True, kw_only=True)
class Running:
    """A worker has it until ``lease``; ``attempt`` is the fence: only the holder of the newest one may finish it."""

    worker: str
    lease: float
    attempt: int
    started: float
    step: str = ""
    progress: float = 0.0
    cancelling: bool = False
    status: Literal["running"] = "running"


@dataclass(frozen=True, kw_only=True)
class Succeeded:
    """The film is there."""

    finished: float
    made: Made
    status: Literal["succeeded"] = "succeeded"


@dataclass(frozen=True, kw_only=True)
class Failed:
    """It cannot be made. ``code`` is that of the error tree; ``fault`` says whose it is."""

    finished: float
    code: str
    message: str
    fault: Literal["request", "server"]
    status: Literal["failed"] = "failed"


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """The person cancelled it."""

    finished: float
    status: Literal["cancelled"] = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Expired:
    """It waited or ran for longer than it may."""

    finished: float
    status: Literal["expired"] = "expired"


State = Queued | Running | Succeeded | Failed | Stopped | Expired
Status = Literal["queued", "running", "succeeded", "failed", "cancelled", "expired"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One film wanted.

    ``id``: ``cgt-`` and 20 characters of [a-z0-9]. ``owner``: the key that asked for it, "" where none is needed. ``model``: the name that the
    client used. ``dialect`` and ``asked``: the interface that it came by, and what that interface echoes back. ``priority``: higher goes first.
    ``deadline``: when it expires unless it is done. ``callback``: where its changes are posted. ``warnings``: what of the request was ignored.
    """

    id: str
    owner: str
    dialect: Literal["ark", "openai", "openrouter", "studio"]
    model: str
    wanted: Wanted
    created: float
    updated: float
    deadline: float
    state: State
    asked: dict[str, Any] = field(default_factory=dict[str, Any])
    priority: int = 0
    callback: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Event:
    """One change of a job. ``id`` grows within a job; ``kind`` status, progress or preview; ``data`` plain JSON."""

    id: int
    kind: Literal["status", "progress", "preview"]
    at: float
    data: dict[str, Any]
