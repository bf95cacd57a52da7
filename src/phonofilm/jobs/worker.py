"""A worker process: it takes jobs from the store and makes their films, until its parent is gone.

While a film is made a second thread keeps the lease, writes progress (the newest only, ten times a second at most) and watches. Where the job is
no longer to be made (cancelled, late, another's) the next call of ``progress`` raises ``Cancelled``; what has not come back ``GRACE`` seconds
later ends with its process, which takes its children along. So a cancelled job frees its worker within a second.
"""

from __future__ import annotations

import ctypes
import logging
import os
import select
import shutil
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from phonofilm.errors import Cancelled, EngineMissing, InputError, MissingMaterial, PhonofilmError, WorkError
from phonofilm.jobs.files import Files, sync
from phonofilm.jobs.heart import Heart
from phonofilm.jobs.job import Failed, Job, Made, Running, Wanted
from phonofilm.jobs.store import Store

POLL = 0.1  # seconds between two looks at an empty queue
GRACE = 0.35  # seconds that the work has to come back by itself when it is to stop
NICE = 10  # the server that people wait for goes first
NICE_SESSION = 5  # a third of its share, and never starved by the other sessions of a desktop
PR_SET_PDEATHSIG = 1  # of linux/prctl.h: the signal that a process gets when the thread that started it ends
GONE = 3  # exit status of a worker that left in the midst of a job, by intent

_log = logging.getLogger(__name__)


class Make(Protocol):
    """What makes a film: from what is wanted and the files given, by tag, into ``out``. The names in ``Made.files`` are relative to ``out``.

    It calls ``progress(step, share of the whole 0…1)`` and ``preview(jpeg)`` as often as it likes, from any thread. Raises an error of the tree.
    """

    def __call__(
        self,
        wanted: Wanted,
        given: Mapping[str, Path],
        out: Path,
        progress: Callable[[str, float], None],
        preview: Callable[[bytes], None],
    ) -> Made: ...


def live(store: Store, files: Files, make: Make, worker: str, *, warm: Callable[[], object] = lambda: None) -> None:
    """Be a worker process: it begins at the first byte on standard input and leaves when that ends; its job then goes back into the queue.

    On Linux the system kills it when its server dies, in whatever way and however busy both are. ``warm`` is called once, when there is nothing
    better to do. Never returns.
    """
    _die_with_server()
    _be_nice()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to act on
    cold = _said(otherwise=True)
    if not cold:
        warm()
    if not os.read(0, 1):
        leave(0)
    desk = threading.Lock()  # held by who takes or gives back jobs: after the last give-back none is taken

    def end() -> None:
        with desk:
            store.give_back(worker)
            leave(0)

    threading.Thread(target=_watch_parent, args=(end,), daemon=True).start()
    while True:
        with desk:
            job = None if _said(otherwise=False) else store.claim(worker)  # nothing is said after the first byte but that it is over
        if job is not None:
            work(store, files, make, job)
        elif cold:
            warm()
            cold = False
        else:
            time.sleep(POLL)


def _die_with_server() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _be_nice() -> None:
    """Let the server go first. Linux weighs whole sessions where it groups them by itself (as desktops do), and a worker has one of its own:
    being nice within it would change nothing."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        Path("/proc/self/autogroup").write_text(str(NICE_SESSION))
    except OSError:  # no such thing here
        pass


def work(store: Store, files: Files, make: Make, job: Job) -> None:
    """Make one job's film, and say how it went."""
    assert isinstance(job.state, Running)
    attempt = job.state.attempt
    out = files.folder(job.id, attempt)
    heart = Heart(store, job.id, attempt, out, leave=lambda: leave(GONE), grace=GRACE)
    try:
        with heart:
            given = {g.tag: files.lend(g.sha256, g.name or g.tag, out / "given" / str(i)) for i, g in enumerate(job.wanted.given)}
            made = make(job.wanted, given, out, heart.progress, heart.preview)
            shutil.rmtree(out / "given", ignore_errors=True)
            made = whole(made, out, attempt)
    except Cancelled:
        if heart.stopped:
            store.release(job.id, attempt)
        else:  # the maker's own wish: nobody asked for it
            store.fail(job.id, attempt, failure(WorkError("The work was broken off.")))
    except Exception as e:
        failed = failure(e)
        if failed.code == "internal":
            _log.exception("job %s failed", job.id)
        store.fail(job.id, attempt, failed)
    else:
        if store.finish(job.id, attempt, made):
            return
    shutil.rmtree(out, ignore_errors=True)


def whole(made: Made, out: Path, attempt: int) -> Made:
    """What was made, checked to be there and on the disk for good, its names relative to the folder of the job. Raises ``WorkError``."""
    root = out.resolve()
    for what, name in made.files.items():
        path = out / name
        inside = path.resolve().is_relative_to(root) and path.exists() and stat.S_ISREG(path.lstat().st_mode)
        if not inside or not path.stat().st_size:
            raise WorkError(f"The {what} was not written.")
        sync(path)
    sync(out)
    return Made(files={what: f"{attempt}/{name}" for what, name in made.files.items()}, facts=made.facts, remarks=made.remarks)


def failure(error: Exception) -> Failed:
    """How an error is told: those of the tree in their own words, others without what they may give away."""
    now = time.time()
    if isinstance(error, PhonofilmError):
        theirs = isinstance(error, InputError | MissingMaterial | EngineMissing)
        return Failed(finished=now, code=error.code, message=str(error), fault="request" if theirs else "server")
    if isinstance(error, MemoryError):
        return Failed(finished=now, code="memory", message="There is not enough memory for it. Try a lower resolution.", fault="server")
    message = f"Something went wrong that should not ({type(error).__name__}). The log of the server tells more."
    return Failed(finished=now, code="internal", message=message, fault="server")


def leave(status: int) -> None:
    """End this process and its children at once, whatever its threads are doing."""
    if hasattr(os, "getpgrp") and os.getpgrp() == os.getpid():
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGTERM)
    os._exit(status)


def _said(*, otherwise: bool) -> bool:
    """Whether there is something on standard input, its end too; ``otherwise`` where the system cannot tell."""
    try:
        return bool(select.select([0], [], [], 0)[0])
    except (OSError, ValueError):  # Windows waits for sockets only
        return otherwise


def _watch_parent(end: Callable[[], None]) -> None:
    while True:
        try:
            if not os.read(0, 4096):
                break
        except OSError:
            break
    timer = threading.Timer(2.0, leave, (GONE,))  # the database may be busy, and a server that closed our input does not wait long
    timer.daemon = True
    timer.start()
    try:
        end()
    finally:
        leave(GONE)
