"""The frames of any film, one by one as they come on screen, decoded in a confined process: memory does not grow with the film.

Where ``read.transcode_clip`` makes a 24 fps copy, this keeps the film's own frames and times. Axes: ``h w`` rows and columns as seen.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import ReferenceError_
from phonofilm.media import sandbox, worker
from phonofilm.media.clips import Converter, copy_size, progressive, timed
from phonofilm.media.facts import facts, format_of, open_container, picture_stream
from phonofilm.media.probe import DAMAGED, regular

PATIENCE = 60.0  # seconds that a single frame may take
LONGEST = 600 * TICKS_PER_SECOND
_HEAD = struct.Struct("<qiii")  # tick, rows and columns of the I420 frame; bytes of a message in place of a frame


@dataclass(frozen=True, kw_only=True, eq=False)
class Decoded:
    """A frame as it was coded: ``at`` the tick at which it comes on screen (0 for the first), ``i420`` upright bt709 ``u8[h * 3/2, w]``."""

    at: int
    i420: NDArray[np.uint8]


def decoded_frames(path: Path, *, most: int = LONGEST) -> Iterator[Decoded]:
    """Every frame of a film that begins before tick ``most``, at its own rate; larger ones than a 2k film's are scaled down.

    Raises ``ReferenceError_`` where there is no picture or it cannot be decoded.
    """
    regular(path)
    with tempfile.TemporaryDirectory(prefix="phonofilm-") as folder:
        command = [sys.executable, "-P", "-m", "phonofilm.media.stream", str(path.absolute()), str(most), folder]
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=sandbox.environment())
        assert child.stdout
        try:
            yield from _received(cast(BinaryIO, child.stdout), child, path.name)
        finally:
            child.kill()
            child.wait()
            child.stdout.close()


def _received(pipe: BinaryIO, child: subprocess.Popen[bytes], name: str) -> Iterator[Decoded]:
    while True:
        timer = threading.Timer(PATIENCE, child.kill)
        timer.start()
        try:
            head = pipe.read(_HEAD.size)
            at, rows, columns, said = _HEAD.unpack(head) if len(head) == _HEAD.size else (0, 0, 0, -1)
            body = pipe.read(said if said > 0 else rows * columns)
        finally:
            timer.cancel()
        if said < 0 or len(body) != (said or rows * columns):
            raise ReferenceError_(name, "its decoder crashed, hung or ran out of memory", "Save it again from another program.")
        if said:
            answer = json.loads(body)
            if answer:
                raise ReferenceError_(name, answer["problem"], answer["hint"])
            return
        yield Decoded(at=at, i420=np.frombuffer(body, np.uint8).reshape(rows, columns))


def _send(path: Path, most: int, folder: Path, out: BinaryIO) -> None:
    found = facts(path)
    if found.kind != "video":
        raise ReferenceError_(path.name, f"it is of the kind {found.kind}; a film is needed", "Give a film.")
    width, height = copy_size(found)
    with open_container(path, format_of(path)) as container:
        stream = picture_stream(container)
        assert stream is not None
        stream.thread_type = "AUTO"
        convert = Converter(folder, width, height, [])
        sent = 0
        for frame, at in progressive(timed(container, stream, 0), stream, []):
            if at >= most:
                break
            planes = np.ascontiguousarray(convert(frame, stream))
            out.write(_HEAD.pack(at, *planes.shape, 0))
            out.write(planes.data)
            sent += 1
    if not sent:
        raise ReferenceError_(path.name, "not one of its frames can be decoded", DAMAGED)


def main() -> None:
    """Decode one film to stdout; started by ``decoded_frames`` alone."""
    path, most, folder = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)  # whatever a library prints is not a frame
    worker.confine(sandbox.MEMORY)
    try:
        problem = worker.told(lambda: _send(path, most, folder, out))
        text = json.dumps(problem).encode()
        out.write(_HEAD.pack(0, 0, 0, len(text)))
        out.write(text)
        out.flush()
    except BrokenPipeError:  # nobody looks any more
        os._exit(0)


if __name__ == "__main__":
    main()
