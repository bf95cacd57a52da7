"""Decoding of files that nobody vouches for, in a process of its own with limits of time, memory and size.

``run`` hands one job (a row of ``worker.JOBS``) to a worker process and waits. A job that crashes, hangs or takes too much memory takes
only its worker with it and becomes a ``ReferenceError_``.
A worker that did its job waits for the next one (starting one takes ~0.15 s) and leaves after some idle seconds.
Plain values come back as JSON through a pipe, arrays as files in a private folder that are gone once read.
"""

from __future__ import annotations

import atexit
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.errors import ReferenceError_

PATIENCE = 10.0  # seconds of the clock for one of the processor
MEMORY = 4 << 30  # bytes of address space of a worker, where the system can hold it to that
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG")
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a job gave back: plain values and arrays by name."""

    values: dict[str, Any]
    arrays: dict[str, NDArray[Any]]


def environment() -> dict[str, str]:
    """What a confined process of ours may know of this one: where programs and Phonofilm are, and one thread for numerics."""
    package = str(Path(__file__).parents[2])
    return {k: os.environ[k] for k in _KEPT if k in os.environ} | dict.fromkeys(_THREADS, "1") | {"PYTHONPATH": package, "PYTHONUTF8": "1"}


class _Worker:
    def __init__(self, memory: int) -> None:
        self.owner = os.getpid()
        self.folder = Path(tempfile.mkdtemp(prefix="phonofilm-"))
        command = [sys.executable, "-P", "-m", "phonofilm.media.worker", str(self.folder), str(memory)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())

    def ask(self, message: str, seconds: float) -> tuple[bytes, bool]:
        """The answer's line (empty where the worker died), and whether time ran out.

        ``seconds`` are the processor's where the system tells them, for a busy machine is no fault of the file; by the clock ``PATIENCE`` times
        that.
        """
        assert self.process.stdin and self.process.stdout
        late, done = threading.Event(), threading.Event()
        began, before = time.monotonic(), _spent(self.process.pid)

        def watch() -> None:
            left = seconds
            while not done.wait(left):
                left = min(seconds - (_spent(self.process.pid) - before), began + PATIENCE * seconds - time.monotonic())
                if not left > 0.01:  # also where it is not a number: the system does not tell
                    late.set()
                    self.process.kill()
                    return

        threading.Thread(target=watch, daemon=True).start()
        try:
            self.process.stdin.write(message.encode() + b"\n")
            self.process.stdin.flush()
            return self.process.stdout.readline(), late.is_set()
        except OSError:
            return b"", late.is_set()
        finally:
            done.set()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:
                    pass
        shutil.rmtree(self.folder, ignore_errors=True)


def _spent(pid: int) -> float:
    """The processor's seconds that a process has used so far; not a number where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return math.nan


class _Idle:
    """Workers between two jobs, of this process only."""

    def __init__(self) -> None:
        self.workers: list[_Worker] = []
        self.lock = threading.Lock()

    def take(self) -> _Worker | None:
        with self.lock:
            while self.workers:
                worker = self.workers.pop()
                if worker.owner != os.getpid():
                    continue
                if worker.process.poll() is None:
                    return worker
                worker.end()
        return None

    def give(self, worker: _Worker) -> None:
        with self.lock:
            if len(self.workers) < 2:
                self.workers.append(worker)
                return
        worker.end()

    def clear(self) -> None:
        while worker := self.take():
            worker.end()


_idle = _Idle()
atexit.register(_idle.clear)


def ahead() -> None:
    """Start a second worker where one waits: there were files that nobody had seen, and a picture and a sound are read at once next."""
    if len(_idle.workers) == 1:
        _idle.give(_Worker(MEMORY))


def run(job: str, path: Path, *, seconds: float, memory: int = MEMORY, **arguments: object) -> Answer:
    """Do ``job`` on ``path`` in a worker, within ``seconds`` and ``memory`` bytes. Raises ``ReferenceError_`` for whatever goes wrong with it."""
    message = json.dumps({"job": job, "path": str(path), "arguments": arguments})
    worker = _idle.take() if memory == MEMORY else None
    reused = worker is not None
    worker = worker or _Worker(memory)
    try:
        line, late = worker.ask(message, seconds)
        if not line and not late and reused:  # it may have left just then: an idle worker goes away by itself
            worker.end()
            worker = _Worker(memory)
            line, late = worker.ask(message, seconds)
        if late:
            raise ReferenceError_(path.name, f"reading it takes longer than {seconds:g} s", "Convert or shorten it first.")
        if not line:
            raise ReferenceError_(
                path.name, "its decoder crashed or ran out of memory", "The file may be damaged or hostile: save it again from another program."
            )
        answer = json.loads(line)
        arrays = {name: _load(worker.folder / file) for name, file in answer.get("arrays", {}).items()}
    except BaseException:
        worker.end()
        raise
    if memory == MEMORY:
        _idle.give(worker)
    else:
        worker.end()
    if "problem" in answer:
        raise ReferenceError_(path.name, answer["problem"], answer["hint"])
    return Answer(values=answer["values"], arrays=arrays)


def _load(file: Path) -> NDArray[Any]:
    array = np.load(file, allow_pickle=False)
    file.unlink()
    return array
