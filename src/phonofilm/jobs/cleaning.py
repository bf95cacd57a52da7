"""What is forgotten after some time, and the files that go with it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from phonofilm.jobs.files import Files
from phonofilm.jobs.store import Store

HOUR, DAY = 3600.0, 86400.0


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long things stay, in seconds: finished jobs with their films, cancelled ones, and uploads that no job needs."""

    finished: float = 7 * DAY
    cancelled: float = DAY
    uploads: float = DAY


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """What one cleaning removed: jobs, folders of attempts or jobs, uploads."""

    jobs: int
    folders: int
    uploads: int


def clean(store: Store, files: Files, retention: Retention | None = None, *, now: float | None = None) -> Cleaned:
    """Forget old jobs, then remove every file that nothing refers to. To be called now and then; a kill in between leaves it to the next time."""
    retention, now = retention or Retention(), time.time() if now is None else now
    ids = store.retire(finished_before=now - retention.finished, cancelled_before=now - retention.cancelled)
    folders = files.tidy(store.get, orphans_before=now - HOUR)
    uploads = files.purge(store.needed, before=now - retention.uploads)
    return Cleaned(jobs=len(ids), folders=folders, uploads=uploads)
