"""Jobs as rows and as JSON. What a newer version wrote and this one does not know is left out when it is read."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from phonofilm.jobs.job import Expired, Failed, Given, Job, Made, Queued, Running, State, Stopped, Succeeded, Wanted

Columns = Mapping[Any, Any]  # by name
_LETTERS = string.ascii_lowercase + string.digits
_STATE_COLUMNS = ("worker", "lease", "started", "step", "progress", "cancelling", "finished", "made", "code", "message", "fault")


def new_id(prefix: str = "cgt-", length: int = 20) -> str:
    """An id that nobody guesses."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


def job_columns(job: Job) -> dict[str, Any]:
    """A new job as the columns of its row."""
    return {
        "id": job.id, "owner": job.owner, "dialect": job.dialect, "model": job.model, "wanted": asdict(job.wanted), "asked": job.asked,
        "warnings": list(job.warnings), "priority": job.priority, "callback": job.callback, "created": job.created, "updated": job.updated,
        "deadline": job.deadline, "losses": 0, "attempt": 0, **state_columns(job.state),
    }  # fmt: skip


def state_columns(state: State) -> dict[str, Any]:
    """A state as columns, those of other states empty. ``attempt`` is among them where the state has it."""
    found = {f.name: getattr(state, f.name) for f in fields(state)}
    if isinstance(state, Succeeded):
        found["made"] = asdict(state.made)
    return dict.fromkeys(_STATE_COLUMNS) | found


def job_of(row: Columns) -> Job:
    """The job of a row."""
    return Job(
        id=row["id"], owner=row["owner"], dialect=row["dialect"], model=row["model"], wanted=_wanted(row["wanted"]), asked=row["asked"],
        warnings=tuple(row["warnings"]), priority=row["priority"], callback=row["callback"], created=row["created"], updated=row["updated"],
        deadline=row["deadline"], state=_STATES[row["status"]](row),
    )  # fmt: skip


def job_document(job: Job) -> dict[str, Any]:
    """A job as JSON."""
    return asdict(job)


def job_from(document: Columns) -> Job:
    """The job of ``job_document``'s JSON."""
    return job_of({**document, **document["state"]})


def _known(cls: type[Any], document: Columns) -> dict[str, Any]:
    names = {f.name for f in fields(cls)}
    return {k: v for k, v in document.items() if k in names}


def _wanted(document: Columns) -> Wanted:
    given = tuple(Given(**_known(Given, g)) for g in document["given"])
    columns: dict[str, Any] = {**_known(Wanted, document), "given": given}
    return Wanted(**columns)


def _made(document: Columns) -> Made:
    columns: dict[str, Any] = {**_known(Made, document), "remarks": tuple(document["remarks"])}
    return Made(**columns)


_STATES: dict[str, Callable[[Columns], State]] = {
    "queued": lambda row: Queued(attempt=row["attempt"]),
    "running": lambda row: Running(**_known(Running, row)),
    "succeeded": lambda row: Succeeded(finished=row["finished"], made=_made(row["made"])),
    "failed": lambda row: Failed(**_known(Failed, row)),
    "cancelled": lambda row: Stopped(finished=row["finished"]),
    "expired": lambda row: Expired(finished=row["finished"]),
}
