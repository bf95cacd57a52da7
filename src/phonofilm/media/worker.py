"""The worker process of the sandbox: one job a line on stdin, one answer a line on stdout. Started by ``sandbox`` alone.

A job takes a path and plain arguments and returns (values, arrays). Its module is imported when it is first asked for.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from phonofilm.errors import ReferenceError_

Job = Callable[..., tuple[dict[str, Any], dict[str, NDArray[Any]]]]

JOBS = {
    "facts": "phonofilm.media.facts",
    "picture": "phonofilm.media.pictures",
    "sound": "phonofilm.media.sounds",
    "clip": "phonofilm.media.clips",
    "glance": "phonofilm.media.glance",
    "tracks": "phonofilm.media.tracks",
    "thumbnail": "phonofilm.media.thumbnail",
    "provenance": "phonofilm.media.provenance",
}
IDLE = 20.0  # seconds without a job before the process leaves


def confine(memory: int) -> None:
    """Hold this process to its limits where the system has such limits: address space, no core file, no further processes of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        top = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (top, top))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS
            continue


def answer(line: bytes, folder: Path) -> dict[str, Any]:
    """Do the job of one line; arrays are saved in ``folder``."""
    message = json.loads(line)
    values: dict[str, Any] = {}
    arrays: dict[str, NDArray[Any]] = {}

    def work() -> None:
        job: Job = import_module(JOBS[message["job"]]).job
        found, made = job(Path(message["path"]), **message["arguments"])
        values.update(found)
        arrays.update(made)

    if problem := told(work):
        return problem
    files = {name: f"{i}.npy" for i, name in enumerate(arrays)}
    for name, file in files.items():
        np.save(folder / file, arrays[name], allow_pickle=False)
    return {"values": values, "arrays": files}


def told(work: Callable[[], None]) -> dict[str, str]:
    """Do some work; what went wrong with it as ``problem`` and ``hint``, or nothing."""
    try:
        work()
    except ReferenceError_ as e:
        return {"problem": e.problem, "hint": e.hint}
    except BrokenPipeError:
        raise
    except MemoryError:
        return {"problem": "decoding it takes more memory than is allowed", "hint": "Save it smaller."}
    except Exception as e:  # whatever a decoder raises on a bad file, with its own words kept
        return {"problem": f"it cannot be decoded ({_short(e)})", "hint": "The file may be damaged: save it again from another program."}
    return {}


def _short(error: Exception) -> str:
    text = " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__
    return text if len(text) < 160 else text[:160] + "…"


def main() -> None:
    """Serve until stdin ends or nothing has come for ``IDLE`` seconds."""
    folder, memory = Path(sys.argv[1]), int(sys.argv[2])
    reply = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is not an answer
    confine(memory)
    try:
        _serve(folder, reply)
    except BrokenPipeError:  # nobody waits for the answer any more
        return
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(folder: Path, reply: BinaryIO) -> None:
    while True:
        timer = threading.Timer(IDLE, os._exit, (0,))
        timer.daemon = True
        timer.start()
        line = sys.stdin.buffer.readline()
        timer.cancel()
        if not line:
            return
        reply.write(json.dumps(answer(line, folder)).encode() + b"\n")
        reply.flush()


if __name__ == "__main__":
    main()
