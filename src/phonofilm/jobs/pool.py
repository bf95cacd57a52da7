"""Worker processes: started with the server, replaced when they end, and gone with it.

Each has a process group of its own, so that its children can be ended with it, and the end of a pipe as standard input. What comes through the pipe
tells it to begin; the pipe closes when the server dies in whatever way, and that is how a worker knows.
One more process waits with everything imported, so that after a cancelled job the next one begins at once.
"""

from __future__ import annotations

import itertools
import logging
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

_log = logging.getLogger(__name__)
AT_ONCE = 2.0  # a worker that lives for less seconds died at once
LONGEST_PAUSE = 10.0
LOOK = 0.1  # seconds between two looks for workers that hang
SETTLED = 2.0  # seconds that a worker works before a spare one is started beside it


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker process: its name in the store, its process id, when it began (Unix seconds)."""

    name: str
    pid: int
    began: float


class Pool:
    """``num_workers`` processes of ``command``, to which the name of the worker is added as the last argument (see ``worker.live``).

    ``on_end`` is told the name of every worker that ended, so that its jobs can be given to another at once. One that dies as soon as it begins
    is replaced after pauses that double, up to ten seconds. ``hanging`` names workers that are to be killed: it is asked ten times a second, which no
    work of theirs can delay. ``spare``: whether one more process waits, at the cost of its memory.
    """

    def __init__(
        self,
        num_workers: int,
        command: Sequence[str],
        *,
        on_end: Callable[[str], object] = lambda name: None,
        hanging: Callable[[], Collection[str]] = lambda: (),
        spare: bool = True,
    ) -> None:
        self._command, self._on_end, self._hanging, self._with_spare = tuple(command), on_end, hanging, spare
        self._stopping, self._over = threading.Event(), threading.Event()
        self._guard = threading.Lock()  # a process is either ended by ``stop`` or never started
        self._working: dict[int, _Process] = {}
        self._spare: _Process | None = None
        prefix = secrets.token_hex(4)
        self._names = (f"{prefix}-{number}" for number in itertools.count())
        self._threads = [threading.Thread(target=self._keep, args=(place,), daemon=True) for place in range(num_workers)]
        self._threads.append(threading.Thread(target=self._watch, daemon=True))
        self.restarts = 0

    def start(self) -> None:
        """Start the workers."""
        for thread in self._threads:
            thread.start()

    def workers(self) -> tuple[Worker, ...]:
        """Those that work or wait for jobs now; not the spare one."""
        with self._guard:
            return tuple(process.worker for process in self._working.values())

    def stop(self, seconds: float = 3.0) -> None:
        """End the workers: they put their jobs back and leave; those that are still there after that time are killed."""
        with self._guard:
            self._stopping.set()
            processes = [*self._working.values(), *([self._spare] if self._spare else [])]
        for process in processes:
            process.close()
        until = time.monotonic() + seconds
        for process in processes:
            process.wait(max(until - time.monotonic(), 0.0))
            process.kill()
            process.wait(seconds)
        self._over.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(seconds)

    def _keep(self, place: int) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            began, process, ended = time.monotonic(), None, ""
            try:
                process = self._begin(place)
            except OSError as e:
                ended = f"not begun: {e}"
            if process:
                if not process.wait(SETTLED):
                    self._lay_in()
                    process.wait(None)
                with self._guard:
                    del self._working[place]
                process.kill()  # its children, if it left any
                process.close()
                ended = f"status {process.status()}"
            if self._stopping.is_set():
                break
            self.restarts += 1
            pause = min(max(2 * pause, 0.2), LONGEST_PAUSE) if time.monotonic() - began < AT_ONCE else 0.0
            self._tell(process.worker.name if process else "", ended, pause)
        self._over.wait()  # a worker ends with the thread that started it, and another one may look after it by now

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK):
            try:
                names = self._hanging()
            except Exception as e:
                _log.warning("workers that hang are not looked for: %s", e)
                self._stopping.wait(1.0)
                continue
            if names:
                with self._guard:
                    hanging = [process for process in self._working.values() if process.worker.name in names]
                for process in hanging:
                    process.kill()

    def _begin(self, place: int) -> _Process | None:
        """Let the spare process begin, or a new one. Raises ``OSError``."""
        with self._guard:
            if self._stopping.is_set():
                return None
            process, self._spare = self._spare, None
            if process is None or not process.begin():
                process = _Process(self._command, next(self._names))
                process.begin()
            self._working[place] = process
            return process

    def _lay_in(self) -> None:
        with self._guard:
            if self._with_spare and self._spare is None and not self._stopping.is_set():
                try:
                    self._spare = _Process(self._command, next(self._names))
                except OSError as e:
                    _log.warning("no spare worker: %s", e)

    def _tell(self, name: str, ended: str, pause: float) -> None:
        _log.warning("worker %s ended (%s); the next one begins in %.1f s", name, ended, pause)
        try:
            self._on_end(name)
        except Exception:
            _log.exception("the jobs of worker %s are left to their leases", name)


class _Process:
    """A worker's process, which waits until it is told to begin."""

    def __init__(self, command: Sequence[str], name: str) -> None:
        self._process = subprocess.Popen([*command, name], stdin=subprocess.PIPE, start_new_session=True)
        self.worker = Worker(name=name, pid=self._process.pid, began=time.time())

    def begin(self) -> bool:
        """Tell it to begin. False where it is dead."""
        assert self._process.stdin
        try:
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()
        except OSError:
            self.kill()
            self.wait(None)
            self.close()
            return False
        self.worker = replace(self.worker, began=time.time())
        return self._process.poll() is None

    def wait(self, seconds: float | None) -> bool:
        """Whether it ended within that time."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def status(self) -> int | None:
        """Its exit status."""
        return self._process.returncode

    def close(self) -> None:
        """Close its standard input, which asks it to leave."""
        try:
            if self._process.stdin:
                self._process.stdin.close()
        except OSError:  # what was written last cannot be delivered any more
            pass

    def kill(self) -> None:
        """End it and whatever is left of its group."""
        if not hasattr(os, "killpg"):
            self._process.kill()
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
