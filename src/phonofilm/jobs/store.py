"""The store of jobs: what people ask of it, and what workers do.

Every method is one short transaction (or a few) and may be called from any thread. Raises ``StoreError`` where the database fails.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update

from phonofilm.errors import IdempotencyMismatch, JobBusy, QueueFull, UnknownJob
from phonofilm.jobs import changes, events, scores, tables
from phonofilm.jobs.codec import job_columns, job_of
from phonofilm.jobs.database import Database
from phonofilm.jobs.job import Event, Failed, Job, Made, Queued, Status, Stopped, Succeeded
from phonofilm.jobs.keys import Keys, Quota
from phonofilm.jobs.outbox import Outbox

LEASE = 15.0  # seconds that a worker has a job without a sign of life: one that dies is known at once, so this is for those that hang or starve
LETTING_GO = 0.7  # seconds that a worker may take to let go of a cancelled job
_jobs = tables.jobs


class Store:
    """Jobs in the database at ``url``, such as ``sqlite:////var/lib/phonofilm/jobs.db``.

    ``quota`` bounds owners that are no key. ``most_losses``: a job that lost so many workers fails. ``keys`` and ``outbox`` are its other shelves.
    """

    def __init__(self, url: str, *, quota: Quota | None = None, most_losses: int = 3, lease: float = LEASE) -> None:
        self._database = Database(url)
        self._quota, self._most_losses, self._lease = quota or Quota(), most_losses, lease
        self.keys, self.outbox = Keys(self._database), Outbox(self._database)

    def close(self) -> None:
        """Close its connections."""
        self._database.close()

    # what people ask

    def create(self, job: Job, *, idempotency: str = "", body_hash: str = "") -> Job:
        """Put a new job (its state ``Queued``) into the queue.

        The same ``idempotency`` key of the same owner with the same ``body_hash`` gives the job that it made first, as it is now. Raises
        ``IdempotencyMismatch`` where the body is another one, ``QueueFull``.
        """
        assert isinstance(job.state, Queued)
        with self._database.write() as c:
            if idempotency and (first := _first_of(c, job.owner, idempotency, body_hash)):
                return first
            most = self._most_queued(c, job.owner)
            if most and c.execute(select(func.count()).where(_jobs.c.status == "queued", _jobs.c.owner == job.owner)).scalar_one() >= most:
                raise QueueFull(most)
            job, hashes = scores.put(c, job), {g.sha256 for g in job.wanted.given}
            c.execute(insert(_jobs), job_columns(job))
            if hashes := hashes | scores.named(job):
                c.execute(insert(tables.given), [{"job": job.id, "sha256": sha256} for sha256 in hashes])
            if idempotency:
                c.execute(insert(tables.idempotency), {"owner": job.owner, "key": idempotency, "body_hash": body_hash, "job": job.id})
            changes.announce(c, job, job.created)
        return job

    def first(self, owner: str, idempotency: str, body_hash: str) -> Job | None:
        """The job that this key of this owner made before, so that nothing need be done for a second one. Raises ``IdempotencyMismatch``."""
        with self._database.read() as c:
            return _first_of(c, owner, idempotency, body_hash)

    def get(self, id: str) -> Job | None:
        """The job of that id."""
        with self._database.read() as c:
            row = c.execute(select(_jobs).where(_jobs.c.id == id)).mappings().first()
        return job_of(row) if row else None

    def list(
        self, *, owner: str | None = None, status: Sequence[Status] = (), model: str = "", ids: Sequence[str] = (),
        dialects: Sequence[str] = (), asked: Mapping[str, str] | None = None,
        after: str = "", oldest_first: bool = False, page: int = 1, size: int = 20,
    ) -> tuple[tuple[Job, ...], int]:  # fmt: skip
        """(jobs of a page, how many there are on all pages), the newest first. ``asked``: values that ``Job.asked`` must have.

        ``after`` begins after that job instead of at a page, and leaves the earlier ones out of the count; an id that is not there begins anew.
        """
        which = [_jobs.c.owner == owner] if owner is not None else []
        which += [column.in_(values) for column, values in ((_jobs.c.status, status), (_jobs.c.id, ids), (_jobs.c.dialect, dialects)) if values]
        which += [_jobs.c.model == model] if model else []
        which += [_jobs.c.asked[name].as_string() == value for name, value in (asked or {}).items()]
        order = _jobs.c.number if oldest_first else _jobs.c.number.desc()
        with self._database.read() as c:
            if after and (number := c.execute(select(_jobs.c.number).where(_jobs.c.id == after)).scalar()):
                which.append(_jobs.c.number > number if oldest_first else _jobs.c.number < number)
            total = c.execute(select(func.count()).select_from(_jobs).where(*which)).scalar_one()
            rows = c.execute(select(_jobs).where(*which).order_by(order).limit(size).offset((page - 1) * size)).mappings().all()
        return tuple(map(job_of, rows)), total

    def place(self, id: str) -> int | None:
        """A job's place in the queue, 1 the next; None where it does not wait."""
        with self._database.read() as c:
            row = c.execute(select(_jobs.c.priority, _jobs.c.number).where(_jobs.c.id == id, _jobs.c.status == "queued")).first()
            if row is None:
                return None
            first = or_(_jobs.c.priority > row.priority, and_(_jobs.c.priority == row.priority, _jobs.c.number < row.number))
            return 1 + c.execute(select(func.count()).where(_jobs.c.status == "queued", first)).scalar_one()

    def queue(self, *, most: int = 10_000) -> tuple[str, ...]:
        """The ids of the jobs that wait, the next one first: places for many who ask at once."""
        with self._database.read() as c:
            query = select(_jobs.c.id).where(_jobs.c.status == "queued").order_by(_jobs.c.priority.desc(), _jobs.c.number).limit(most)
            return tuple(c.execute(query).scalars())

    def counts(self) -> dict[str, int]:
        """How many jobs are in each status."""
        with self._database.read() as c:
            return {status: num for status, num in c.execute(select(_jobs.c.status, func.count()).group_by(_jobs.c.status))}

    def cancel(self, id: str) -> Job:
        """Stop a job: at once where it waits; where it runs, its worker lets go within a second. A finished one stays. Raises ``UnknownJob``."""
        now = time.time()
        with self._database.write() as c:
            row = changes.row_of(c, id)
            if row is None:
                raise UnknownJob(id)
            if row["status"] == "queued":
                return changes.change(c, row, Stopped(finished=now), now)
            if row["status"] == "running" and not row["cancelling"]:
                c.execute(update(_jobs).where(_jobs.c.id == id).values(cancelling=True, updated=now))
                events.put(c, id, "status", now, {"status": "running", "cancelling": True})
                return job_of({**row, "cancelling": True, "updated": now})
            return job_of(row)

    def delete(self, id: str) -> None:
        """Forget a finished job (its folder goes at the next cleaning). Raises ``UnknownJob``, ``JobBusy`` where it waits or runs."""
        with self._database.write() as c:
            row = changes.row_of(c, id)
            if row is None:
                raise UnknownJob(id)
            if row["status"] in ("queued", "running"):
                raise JobBusy(id, row["status"])
            _forget(c, [id])

    def events(self, id: str, after: int = 0) -> tuple[Event, ...]:
        """The events of a job with an id above ``after``."""
        with self._database.read() as c:
            return events.of(c, id, after)

    def events_since(self, after: int, *, most: int = 1000) -> tuple[tuple[str, Event], ...]:
        """(job, event) of all jobs with an id above ``after``, in order: one small query that serves every listener of a server."""
        with self._database.read() as c:
            return events.since(c, after, most)

    def newest_event(self) -> int:
        """The id of the newest event of all jobs; 0 where there is none."""
        with self._database.read() as c:
            return events.newest(c)

    # what workers do

    def claim(self, worker: str) -> Job | None:
        """The next job, now ``Running`` at ``worker``, its score in full; None where none may run."""
        with self._database.read() as c:  # an idle worker that asks often takes no lock
            if changes.next_row(c, self._quota) is None:
                return None
        with self._database.write() as c:
            now = time.time()
            row = changes.next_row(c, self._quota)
            return scores.whole(c, changes.claim(c, row, worker, now, self._lease)) if row else None

    def holds(self, id: str, attempt: int) -> bool:
        """Whether the holder of ``attempt`` still has the job and nobody cancelled it. Writes nothing."""
        with self._database.read() as c:
            return c.execute(select(_jobs.c.number).where(changes.mine(id, attempt))).first() is not None

    def renew(self, id: str, attempt: int) -> bool:
        """A sign of life of the holder. False: it must stop, the job is cancelled, over or another's."""
        return self._renew(id, attempt, {})

    def report(self, id: str, attempt: int, step: str, progress: float) -> bool:
        """How far it is (0…1), and a sign of life. False as for ``renew``."""
        progress = min(max(progress, 0.0), 1.0)
        return self._renew(id, attempt, {"step": step, "progress": progress})

    def preview(self, id: str, attempt: int, file: str) -> bool:
        """There is a new preview at ``file`` (relative to the folder of the job). False as for ``renew``."""
        with self._database.write() as c:
            if c.execute(select(_jobs.c.number).where(changes.mine(id, attempt))).first() is None:
                return False
            events.put(c, id, "preview", time.time(), {"file": file})
            return True

    def finish(self, id: str, attempt: int, made: Made) -> bool:
        """The film is there. False where the job is no longer the holder's, or cancelled: then nothing of it is shown."""
        with self._database.write() as c:
            now, row = time.time(), changes.row_of(c, id)
            if row is None or not changes.held(row, attempt):
                return False
            if row["cancelling"]:
                changes.change(c, row, Stopped(finished=now), now)
                return False
            changes.change(c, row, Succeeded(finished=now, made=made), now)
            return True

    def fail(self, id: str, attempt: int, failed: Failed) -> bool:
        """It cannot be made. Such a job is not tried again. False as for ``finish``."""
        with self._database.write() as c:
            now, row = time.time(), changes.row_of(c, id)
            if row is None or not changes.held(row, attempt):
                return False
            changes.change(c, row, Stopped(finished=now) if row["cancelling"] else failed, now)
            return True

    def release(self, id: str, attempt: int) -> bool:
        """The holder lets go: back into the queue, or cancelled if that was why. False as for ``finish``."""
        with self._database.write() as c:
            row = changes.row_of(c, id)
            if row is None or not changes.held(row, attempt):
                return False
            changes.give_up(c, row, time.time(), lost=False, most_losses=self._most_losses)
            return True

    def lost(self, worker: str) -> tuple[Job, ...]:
        """A worker process died: what becomes of its jobs."""
        return self._give_up(_jobs.c.worker == worker, lost=True)

    def give_back(self, worker: str) -> tuple[Job, ...]:
        """A worker leaves by intent: what becomes of its jobs."""
        return self._give_up(_jobs.c.worker == worker, lost=False)

    # what the server does

    def recover(self) -> tuple[Job, ...]:
        """To be called when a server starts, before its workers do: jobs that ran under the last one go back into the queue.

        That is nobody's fault, so it counts no lost worker. A worker of the last server that lives on is fenced off.
        """
        return self._give_up(lost=False)

    def hanging(self) -> tuple[str, ...]:
        """Workers that should have let go of a cancelled job by now. What they run holds them up: kill them."""
        with self._database.read() as c:
            query = select(_jobs.c.worker).where(_jobs.c.status == "running", _jobs.c.cancelling, _jobs.c.updated < time.time() - LETTING_GO)
            return tuple(c.execute(query).scalars())

    def sweep(self, now: float | None = None) -> tuple[Job, ...]:
        """What time changes: deadlines and leases that passed. The jobs that it changed."""
        now = time.time() if now is None else now
        with self._database.read() as c:
            if not changes.overdue(c, now):
                return ()
        with self._database.write() as c:
            return changes.sweep(c, now, self._most_losses)

    def retire(self, *, finished_before: float, cancelled_before: float) -> tuple[str, ...]:
        """Forget jobs that finished, or were cancelled, before those times. Their ids."""
        old = or_(
            and_(_jobs.c.status.in_(("succeeded", "failed", "expired")), _jobs.c.finished < finished_before),
            and_(_jobs.c.status == "cancelled", _jobs.c.finished < cancelled_before),
        )
        with self._database.read() as c:
            ids = tuple(c.execute(select(_jobs.c.id).where(old)).scalars())
        for first in range(0, len(ids), 200):
            with self._database.write() as c:
                _forget(c, ids[first : first + 200])
        with self._database.write() as c:
            scores.purge(c)
        return ids

    def needed(self, sha256s: Sequence[str]) -> set[str]:
        """Those of these uploads that a job refers to."""
        found: set[str] = set()
        for first in range(0, len(sha256s), 500):
            with self._database.read() as c:
                query = select(tables.given.c.sha256).where(tables.given.c.sha256.in_(sha256s[first : first + 500])).distinct()
                found.update(c.execute(query).scalars())
        return found

    def _renew(self, id: str, attempt: int, columns: dict[str, Any]) -> bool:
        with self._database.write() as c:
            now = time.time()
            kept = c.execute(update(_jobs).where(changes.mine(id, attempt)).values(lease=now + self._lease, **columns)).rowcount == 1
            if kept and columns:
                events.put(c, id, "progress", now, columns)
            return kept

    def _give_up(self, *which: ColumnElement[bool], lost: bool) -> tuple[Job, ...]:
        with self._database.write() as c:
            rows = changes.rows_where(c, _jobs.c.status == "running", *which)
            return tuple(changes.give_up(c, row, time.time(), lost=lost, most_losses=self._most_losses) for row in rows)

    def _most_queued(self, c: Any, owner: str) -> int:
        found = c.execute(select(tables.keys.c.max_queued).where(tables.keys.c.id == owner)).scalar()
        return self._quota.max_queued if found is None else found


def _first_of(c: Any, owner: str, key: str, body_hash: str) -> Job | None:
    table = tables.idempotency
    query = select(_jobs, table.c.body_hash).join(table, table.c.job == _jobs.c.id).where(table.c.owner == owner, table.c.key == key)
    row = c.execute(query).mappings().first()
    if row and row["body_hash"] != body_hash:
        raise IdempotencyMismatch(key)
    return job_of(row) if row else None


def _forget(c: Any, ids: Sequence[str]) -> None:
    for column in (tables.given.c.job, tables.idempotency.c.job, tables.events.c.job, tables.outbox.c.job, _jobs.c.id):
        c.execute(delete(column.table).where(column.in_(ids)))
