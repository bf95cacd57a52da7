"""Score documents beside their jobs: a poll of a job need not read what may be megabytes."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select

from phonofilm.jobs import tables
from phonofilm.jobs.job import Job

_table = tables.scores
_MARK = "sha256:"  # no score document begins so


def put(connection: Connection, job: Job) -> Job:
    """Store the score of a new job; the job with its hash instead."""
    document = job.wanted.score
    if not document or document.startswith(_MARK):
        return job
    sha256 = hashlib.sha256(document.encode()).hexdigest()
    if connection.execute(select(_table.c.sha256).where(_table.c.sha256 == sha256)).first() is None:
        connection.execute(insert(_table), {"sha256": sha256, "document": document})
    return replace(job, wanted=replace(job.wanted, score=_MARK + sha256))


def named(job: Job) -> set[str]:
    """The hash of a stored job's score, if it has one."""
    return {job.wanted.score.removeprefix(_MARK)} - {""}


def whole(connection: Connection, job: Job) -> Job:
    """A stored job with its score in full."""
    if not job.wanted.score:
        return job
    document = connection.execute(select(_table.c.document).where(_table.c.sha256.in_(named(job)))).scalar_one()
    return replace(job, wanted=replace(job.wanted, score=document))


def purge(connection: Connection) -> None:
    """Remove scores that no job needs."""
    connection.execute(delete(_table).where(_table.c.sha256.not_in(select(tables.given.c.sha256))))
