"""Worker processes: started with the server, started again when they end, and gone with it.

Each has a process group of its own, so that its children can be ended with it, and the end of a pipe as standard input, which closes when the
server dies in whatever way: that is how a worker knows.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_log = logging.getLogger(__name__)
AT_ONCE = 2.0  # a worker that lives for less seconds died at once
LONGEST_PAUSE = 10.0


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker process: its name in the store, its process id, when it began (Unix seconds)."""

    name: str
    pid: int
    began: float


class Pool:
    """``num_workers`` processes of ``command``, to which the name of the worker is added as the last argument.

    ``on_end`` is told the name of every worker that ended, so that its jobs can be given to another at once. One that dies as soon as it starts
    is started again after pauses that double, up to ten seconds.
    """

    def __init__(self, num_workers: int, command: Sequence[str], *, on_end: Callable[[str], object] = lambda name: None) -> None:
        self._command, self._on_end = tuple(command), on_end
        self._stopping = threading.Event()
        self._running: dict[int, tuple[Worker, subprocess.Popen[bytes]]] = {}
        self._guard = threading.Lock()
        self.restarts = 0
        prefix = secrets.token_hex(4)
        self._threads = [threading.Thread(target=self._keep, args=(i, f"{prefix}-{i}"), daemon=True) for i in range(num_workers)]

    def start(self) -> None:
        """Start the workers."""
        for thread in self._threads:
            thread.start()

    def workers(self) -> tuple[Worker, ...]:
        """Those that run now."""
        with self._guard:
            return tuple(worker for worker, _ in self._running.values())

    def stop(self, seconds: float = 3.0) -> None:
        """End the workers: they put their jobs back and leave; those that are still there after that time are killed."""
        with self._guard:
            self._stopping.set()
            processes = [process for _, process in self._running.values()]
        for process in processes:
            _close(process)
        until = time.monotonic() + seconds
        for process in processes:
            try:
                process.wait(max(until - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                _kill(process)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(seconds)

    def _keep(self, place: int, prefix: str) -> None:
        pause = 0.0
        for number in range(1 << 62):
            if self._stopping.wait(pause):
                return
            began, name = time.monotonic(), f"{prefix}-{number}"
            status = self._run(place, name)
            if self._stopping.is_set():
                return
            self.restarts += 1
            pause = min(max(2 * pause, 0.2), LONGEST_PAUSE) if time.monotonic() - began < AT_ONCE else 0.0
            _log.warning("worker %s ended (%s); a new one starts in %.1f s", name, status, pause)
            try:
                self._on_end(name)
            except Exception:
                _log.exception("the jobs of worker %s are left to their leases", name)

    def _run(self, place: int, name: str) -> str:
        """Run a worker to its end; how it ended."""
        with self._guard:  # a process is either stopped by ``stop`` or never started
            if self._stopping.is_set():
                return "never begun"
            try:
                process = subprocess.Popen([*self._command, name], stdin=subprocess.PIPE, start_new_session=True)
            except OSError as e:
                return f"not begun: {e}"
            self._running[place] = Worker(name=name, pid=process.pid, began=time.time()), process
        status = process.wait()
        with self._guard:
            del self._running[place]
        _kill(process)  # its children, if it left any
        _close(process)
        return f"status {status}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and whatever is left of its group."""
    if not hasattr(os, "killpg"):
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
