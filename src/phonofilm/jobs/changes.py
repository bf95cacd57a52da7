"""The changes of a job's state, each within a transaction: row, event and notice together or not at all.

    queued ──claim──▶ running ──finish──▶ succeeded
      ▲  │               │  └────fail────▶ failed
      │  └─cancel, late──┼───────────────▶ cancelled, expired
      └────lost worker───┘

Who runs a job is told by its attempt: a claim raises it, and what comes from an older attempt changes nothing.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update

from phonofilm.jobs import events, outbox, tables
from phonofilm.jobs.codec import Columns, job_of, state_columns
from phonofilm.jobs.job import Expired, Failed, Job, Queued, Running, State, Stopped
from phonofilm.jobs.keys import Quota

MOST_ATTEMPTS = 20  # of all kinds: a job that takes the whole machine with it must end too
_table = tables.jobs


def row_of(connection: Connection, id: str) -> Columns | None:
    """The row of a job, held until the transaction ends where it is one that writes."""
    return connection.execute(select(_table).where(_table.c.id == id).with_for_update()).mappings().first()


def rows_where(connection: Connection, *which: ColumnElement[bool]) -> list[Columns]:
    """The rows of jobs that are all of ``which``, held likewise."""
    return list(connection.execute(select(_table).where(*which).order_by(_table.c.number).with_for_update()).mappings())


def change(connection: Connection, row: Columns, state: State, now: float, **columns: Any) -> Job:
    """Put a job into another state."""
    values = {**state_columns(state), "updated": now, **columns}
    connection.execute(update(_table).where(_table.c.number == bindparam("row")), {"row": row["number"], **values})
    job = job_of({**row, **values})
    announce(connection, job, now)
    return job


def announce(connection: Connection, job: Job, now: float) -> None:
    """Tell where a job stands: an event, and a notice if it has a callback."""
    data: dict[str, Any] = {"status": job.state.status}
    if isinstance(job.state, Failed):
        data |= {"code": job.state.code, "message": job.state.message}
    events.put(connection, job.id, "status", now, data)
    outbox.put(connection, job, now)


def next_row(connection: Connection, quota: Quota) -> Columns | None:
    """The job to run next: the highest priority, then the oldest, of owners that may run another one."""
    query = select(_table).where(_table.c.status == "queued").order_by(_table.c.priority.desc(), _table.c.number).limit(1)
    if full := _at_their_limit(connection, quota):
        query = query.where(_table.c.owner.not_in(full))
    return connection.execute(query.with_for_update(skip_locked=True)).mappings().first()


def _at_their_limit(connection: Connection, quota: Quota) -> list[str]:
    running = (
        select(_table.c.owner, func.count().label("num"), tables.keys.c.max_running)
        .select_from(_table.outerjoin(tables.keys, tables.keys.c.id == _table.c.owner))
        .where(_table.c.status == "running")
        .group_by(_table.c.owner, tables.keys.c.max_running)
    )
    found = [(owner, num, quota.max_running if most is None else most) for owner, num, most in connection.execute(running)]
    return [owner for owner, num, most in found if most and num >= most]


def claim(connection: Connection, row: Columns, worker: str, now: float, lease: float) -> Job:
    """Give a queued job to a worker."""
    attempt = row["attempt"] + 1
    return change(connection, row, Running(worker=worker, lease=now + lease, attempt=attempt, started=now), now)


def held(row: Columns | None, attempt: int) -> bool:
    """Whether the holder of ``attempt`` has the job."""
    return row is not None and row["status"] == "running" and row["attempt"] == attempt


def mine(id: str, attempt: int) -> ColumnElement[bool]:
    """The row of a job that the holder of ``attempt`` has and nobody cancels."""
    return and_(_table.c.id == id, _table.c.status == "running", _table.c.attempt == attempt, _table.c.cancelling.is_(False))


def give_up(connection: Connection, row: Columns, now: float, *, lost: bool, most_losses: int) -> Job:
    """A running job has no worker any more: back into the queue, or its end where it is cancelled or took too many workers with it."""
    losses = row["losses"] + lost
    if row["cancelling"]:
        return change(connection, row, Stopped(finished=now), now)
    if losses >= most_losses or row["attempt"] >= MOST_ATTEMPTS:
        message = f"Its worker was lost {max(losses, 1)} times. It may need more memory than there is: try a lower resolution or fewer references."
        return change(connection, row, Failed(finished=now, code="worker_lost", message=message, fault="server"), now, losses=losses)
    return change(connection, row, Queued(attempt=row["attempt"]), now, losses=losses)


def sweep(connection: Connection, now: float, most_losses: int) -> tuple[Job, ...]:
    """Whatever time alone changes: deadlines and leases that passed. A lease may pass because the machine is busy or slept: that counts no loss."""
    late = rows_where(connection, _table.c.status.in_(("queued", "running")), _table.c.deadline <= now)
    done = [change(connection, row, Stopped(finished=now) if row["cancelling"] else Expired(finished=now), now) for row in late]
    lost = rows_where(connection, _table.c.status == "running", _table.c.lease <= now)
    return (*done, *(give_up(connection, row, now, lost=False, most_losses=most_losses) for row in lost))


def overdue(connection: Connection, now: float) -> bool:
    """Whether ``sweep`` has anything to do."""
    late = and_(_table.c.status.in_(("queued", "running")), _table.c.deadline <= now)
    lost = and_(_table.c.status == "running", _table.c.lease <= now)
    return connection.execute(select(_table.c.number).where(or_(late, lost)).limit(1)).first() is not None
