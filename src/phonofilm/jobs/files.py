"""The files of a server: uploads by their content, and a folder for each attempt at a job.

    uploads/3f/3fa9…            the bytes whose sha256 that is; never written in place
    uploads/new/…               uploads on their way
    jobs/cgt-…/2/film.mp4       what the second attempt at a job made

A worker writes into the folder of its own attempt only, and nothing of it is served before the store names it (``Made.files``).
No path is ever made from what a person wrote.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from types import TracebackType

from phonofilm.jobs.job import Job, Queued, Running, Succeeded

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LONGEST_NAME = 80


class Upload:
    """Bytes on their way into the store, never all in memory. A ``with`` block drops them unless ``keep`` was called in it."""

    def __init__(self, files: Files) -> None:
        self.size = 0
        self._files = files
        self._hash = hashlib.sha256()
        self.path = files.uploads / "new" / secrets.token_hex(16)  # what came so far, for sniffing
        self._file = self.path.open("xb")

    def write(self, chunk: bytes) -> None:
        """Add bytes."""
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def flush(self) -> None:
        """Let what was written be read at ``path``."""
        self._file.flush()

    def keep(self) -> str:
        """Put it into the store, on the disk for good; its sha256."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        sha256 = self._hash.hexdigest()
        self._files.adopt(self.path, sha256)
        return sha256

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


class Files:
    """The files under ``root``, a folder of ours alone."""

    def __init__(self, root: Path) -> None:
        self.uploads, self.jobs = root / "uploads", root / "jobs"
        (self.uploads / "new").mkdir(parents=True, exist_ok=True)
        self.jobs.mkdir(exist_ok=True)
        self._lock = threading.Lock()  # between those who want an upload and the purge

    # uploads

    def upload(self) -> Upload:
        """A new upload to write to."""
        return Upload(self)

    def put(self, chunks: Iterable[bytes]) -> str:
        """Store bytes; their sha256."""
        with self.upload() as upload:
            for chunk in chunks:
                upload.write(chunk)
            return upload.keep()

    def path(self, sha256: str) -> Path | None:
        """Where an upload is; None where it is not here. Asking keeps it for another day."""
        if not _SHA256.fullmatch(sha256):
            return None
        path = self._place(sha256)
        with self._lock:
            try:
                os.utime(path)
            except FileNotFoundError:
                return None
        return path

    def adopt(self, path: Path, sha256: str) -> None:
        """Take over a finished file whose hash that is."""
        place = self._place(sha256)
        with self._lock:
            place.parent.mkdir(exist_ok=True)
            path.replace(place)
            os.utime(place)
        sync(place.parent)

    def purge(self, needed: Callable[[Sequence[str]], Collection[str]], *, before: float) -> int:
        """Remove uploads that were last wanted before that time and that no job needs, and those that broke off. How many."""
        old = {p.name: p for p in self.uploads.glob("??/*") if _older(p, before)}
        for name in needed(list(old)):
            old.pop(name, None)
        removed = 0
        for path in (*old.values(), *self.uploads.glob("new/*")):
            with self._lock:
                if _older(path, before):
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def lend(self, sha256: str, name: str, folder: Path) -> Path:
        """An upload under a name that a person knows it by, in ``folder``. The name is made harmless. Raises ``FileNotFoundError``."""
        folder.mkdir(parents=True, exist_ok=True)
        source, target = self._place(sha256), folder / harmless(name)
        try:
            target.hardlink_to(source)
        except FileNotFoundError:
            raise
        except OSError:  # a file system without links
            shutil.copyfile(source, target)
        return target

    def _place(self, sha256: str) -> Path:
        assert _SHA256.fullmatch(sha256), "an upload is named by its sha256"
        return self.uploads / sha256[:2] / sha256

    # folders of jobs

    def folder(self, id: str, attempt: int) -> Path:
        """The folder of one attempt, made if missing."""
        path = self._job(id) / str(attempt)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def of(self, job: Job) -> dict[str, Path]:
        """The files of a finished job by what they are; nothing of any other job."""
        if not isinstance(job.state, Succeeded):
            return {}
        folder = self._job(job.id)
        return {what: folder / name for what, name in job.state.made.files.items()}

    def preview(self, id: str, file: str) -> Path | None:
        """The preview that an event of a job names; None where it is gone."""
        if not re.fullmatch(r"[0-9]{1,6}/preview\.jpg", file):
            return None
        path = self._job(id) / file
        return path if path.is_file() else None

    def remove(self, id: str) -> None:
        """Remove the folder of a forgotten job at once rather than at the next cleaning."""
        shutil.rmtree(self._job(id), ignore_errors=True)

    def tidy(self, get: Callable[[str], Job | None], *, orphans_before: float) -> int:
        """Remove folders that nothing refers to: of lost attempts, of jobs without a film, and of forgotten jobs. How many."""
        removed = 0
        for folder in list(self.jobs.iterdir()):
            attempts = list(folder.iterdir())  # looked at before the job is: what a worker makes afterwards is no leftover
            job = get(folder.name)
            if job is None:
                gone = [folder] if _older(folder, orphans_before) else []
            else:
                gone = [attempt for attempt in attempts if not _stays(job, attempt.name)]
                gone = [folder] if attempts == gone and not isinstance(job.state, Queued | Running) else gone
            for path in gone:
                shutil.rmtree(path, ignore_errors=True)
            removed += len(gone)
        return removed

    def _job(self, id: str) -> Path:
        assert _ID.fullmatch(id), "a job's id names its folder"
        return self.jobs / id


def _stays(job: Job, attempt: str) -> bool:
    if not attempt.isdigit():
        return False
    match job.state:
        case Succeeded():
            return any(name.startswith(f"{attempt}/") for name in job.state.made.files.values())
        case Running():
            return int(attempt) >= job.state.attempt
        case Queued():
            return int(attempt) > job.state.attempt
        case _:
            return False


def harmless(name: str) -> str:
    """A person's name of a file as a name that is safe on every system: letters, digits and ``. _ - ()`` only, neither hidden nor long."""
    plain = "".join(c if c.isalnum() or c in "._-() " else "_" for c in name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    while len(plain.encode()) > _LONGEST_NAME:
        stem = stem[:-1] if dot and stem else ""
        plain = f"{stem}.{suffix}" if stem else plain[:-1]
    return plain or "file"


def sync(path: Path) -> None:
    """Have a file or a folder on the disk for good."""
    try:
        fd = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    except OSError:  # Windows opens no folders, and flushes only what may be written
        return
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _older(path: Path, than: float) -> bool:
    try:
        return path.stat().st_mtime < than
    except FileNotFoundError:
        return False
