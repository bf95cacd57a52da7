"""Notices that wait to be posted. Each is written in the transaction of the change that it tells of, so none is lost and none is made up.

A notice that is being posted when the server dies is posted again, with the same id: its receiver can tell.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection, and_, insert, select, update

from phonofilm.jobs import tables
from phonofilm.jobs.codec import job_document, job_from, new_id
from phonofilm.jobs.database import Database
from phonofilm.jobs.job import Job

_table = tables.outbox


@dataclass(frozen=True, kw_only=True)
class Notice:
    """To be posted to ``url``: the job as it was right after the change. ``attempts`` counts the tries, this one too."""

    id: str
    job: Job
    url: str
    created: float
    attempts: int


def put(connection: Connection, job: Job, now: float) -> None:
    """Add a notice of where a job stands, if it has a callback."""
    if job.callback:
        values = {"id": new_id("evt_", 24), "job": job.id, "url": job.callback, "body": job_document(job), "created": now}
        connection.execute(insert(_table), {**values, "attempts": 0, "next_at": now})


class Outbox:
    """The notices of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, *, most: int = 16, hold: float = 60.0) -> tuple[Notice, ...]:
        """The notices that are due, the oldest first. Nobody else gets them for ``hold`` seconds; then they are due again unless they are ended."""
        now = time.time()
        due = and_(_table.c.done.is_(None), _table.c.next_at <= now)
        with self._database.read() as connection:
            if connection.execute(select(_table.c.number).where(due).limit(1)).first() is None:
                return ()
        with self._database.write() as connection:
            query = select(_table).where(due).order_by(_table.c.number).limit(most).with_for_update(skip_locked=True)
            rows = connection.execute(query).mappings().all()
            mine = _table.c.number.in_([r["number"] for r in rows])
            connection.execute(update(_table).where(mine).values(next_at=now + hold, attempts=_table.c.attempts + 1))
        return tuple(Notice(id=r["id"], job=job_from(r["body"]), url=r["url"], created=r["created"], attempts=r["attempts"] + 1) for r in rows)

    def again(self, id: str, at: float) -> None:
        """It was not taken: it is due again at ``at``."""
        with self._database.write() as connection:
            connection.execute(update(_table).where(_table.c.id == id).values(next_at=at))

    def end(self, id: str) -> None:
        """It was delivered, or given up."""
        with self._database.write() as connection:
            connection.execute(update(_table).where(_table.c.id == id).values(done=time.time()))

    def waiting(self) -> int:
        """How many are not ended."""
        with self._database.read() as connection:
            return len(connection.execute(select(_table.c.number).where(_table.c.done.is_(None))).all())
