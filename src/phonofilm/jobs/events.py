"""What happened to jobs, in order: every status, and of progress and preview the newest. Event ids grow over all jobs."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, select

from phonofilm.jobs import tables
from phonofilm.jobs.job import Event

_table = tables.events


def put(connection: Connection, job: str, kind: Literal["status", "progress", "preview"], now: float, data: dict[str, Any]) -> None:
    """Add an event. A newer progress or preview takes the place of the older one, so that a job has some ten events however long it runs."""
    if kind != "status":
        connection.execute(delete(_table).where(_table.c.job == job, _table.c.kind == kind))
    connection.execute(insert(_table), {"job": job, "kind": kind, "at": now, "data": data})


def of(connection: Connection, job: str, after: int) -> tuple[Event, ...]:
    """The events of a job with an id above ``after``."""
    rows = connection.execute(select(_table).where(_table.c.job == job, _table.c.id > after).order_by(_table.c.id)).mappings()
    return tuple(Event(id=r["id"], kind=r["kind"], at=r["at"], data=r["data"]) for r in rows)


def since(connection: Connection, after: int, most: int) -> tuple[tuple[str, Event], ...]:
    """(job, event) of all jobs above ``after``, the oldest ``most``."""
    rows = connection.execute(select(_table).where(_table.c.id > after).order_by(_table.c.id).limit(most)).mappings()
    return tuple((r["job"], Event(id=r["id"], kind=r["kind"], at=r["at"], data=r["data"])) for r in rows)


def newest(connection: Connection) -> int:
    """The id of the newest event, 0 where there is none."""
    return connection.execute(select(func.max(_table.c.id))).scalar() or 0
