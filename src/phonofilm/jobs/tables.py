"""The tables of the job store. Nothing here is SQLite's alone. Times are Unix seconds."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text

VERSION = 1  # of these tables; a store of another one is refused

metadata = MetaData()

versions = Table("versions", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

#: ``number`` is the order of arrival. ``attempt`` counts claims and is the fence, ``losses`` the workers that died over the job.
jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("owner", String(64), nullable=False),
    Column("dialect", String(16), nullable=False),
    Column("model", String(200), nullable=False),
    Column("wanted", JSON, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("callback", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("updated", Float, nullable=False),
    Column("deadline", Float, nullable=False),
    Column("status", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("losses", Integer, nullable=False),
    Column("worker", String(64)),
    Column("lease", Float),
    Column("started", Float),
    Column("step", Text),
    Column("progress", Float),
    Column("cancelling", Boolean),
    Column("finished", Float),
    Column("made", JSON(none_as_null=True)),
    Column("code", String(64)),
    Column("message", Text),
    Column("fault", String(16)),
    sqlite_autoincrement=True,
)
Index("jobs_queue", jobs.c.status, jobs.c.priority.desc(), jobs.c.number)
Index("jobs_deadline", jobs.c.status, jobs.c.deadline)
Index("jobs_owner", jobs.c.owner, jobs.c.number)
Index("jobs_finished", jobs.c.finished)

#: score documents, which are large: a job holds the hash, and who claims it gets the document
scores = Table("scores", metadata, Column("sha256", String(64), primary_key=True), Column("document", Text, nullable=False))

#: which uploads and scores a job needs
given = Table(
    "given",
    metadata,
    Column("job", String(64), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Index("given_sha256", "sha256"),
)

#: which job an idempotency key made
idempotency = Table(
    "idempotency",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("body_hash", String(64), nullable=False),
    Column("job", String(64), nullable=False),
    Index("idempotency_job", "job"),
)

#: every status of a job, and of progress and preview the newest
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("job", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", Float, nullable=False),
    Column("data", JSON, nullable=False),
    Index("events_job", "job", "id"),
    sqlite_autoincrement=True,
)

#: notices to be posted, each with the job as it was
outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("job", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("created", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Float, nullable=False),
    Column("done", Float),
    Index("outbox_next", "done", "next_at"),
    Index("outbox_job", "job"),
    sqlite_autoincrement=True,
)

keys = Table(
    "keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("max_queued", Integer, nullable=False),
    Column("max_running", Integer, nullable=False),
    Column("per_minute", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("revoked", Float),
)
