"""What a file is, asked safely: the facts of any picture, clip or sound."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from phonofilm.errors import ReferenceError_
from phonofilm.media import sandbox
from phonofilm.request import Kind

DAMAGED = "The file may be damaged or only partly copied: copy or export it again."
SECONDS = 9.0  # what a look at a file may take,
BYTES_PER_SECOND = 100_000_000  # and how fast a large one is read through


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a file is. ``width`` and ``height`` as seen (after rotation, square pixels); ``length`` ticks;
    ``fps`` the mean rate.

    ``steady``: every frame lasts equally long. ``frames``: pictures of an animation or a clip. ``sound``: there is a sound track.
    """

    kind: Kind
    format: str
    bytes: int
    width: int = 0
    height: int = 0
    length: int = 0
    fps: float = 0.0
    steady: bool = True
    frames: int = 0
    sound: bool = False
    channels: int = 0
    rate: int = 0
    codec: str = ""
    depth: int = 8


def probe(path: Path) -> Facts:
    """The facts of a file, found in the sandbox. Raises ``ReferenceError_`` for what is no whole, regular, known file."""
    regular(path)
    seconds = SECONDS + path.stat().st_size // BYTES_PER_SECOND
    return Facts(**sandbox.run("facts", path.absolute(), seconds=seconds).values)


def regular(path: Path) -> None:
    """Raises ``ReferenceError_`` unless the path leads to a regular file with something in it that may be read; opens nothing but such a file."""
    name = path.name or str(path)
    try:
        status = path.stat()
    except FileNotFoundError as e:
        raise ReferenceError_(name, "there is no such file", "Check its name and folder.") from e
    except (OSError, ValueError) as e:
        raise ReferenceError_(name, f"its name leads nowhere ({getattr(e, 'strerror', None) or e})", "Check its name and folder.") from e
    if stat.S_ISDIR(status.st_mode):
        raise ReferenceError_(name, "it is a folder", "Give the files in it one by one.")
    if not stat.S_ISREG(status.st_mode):
        raise ReferenceError_(name, "it is no regular file (a pipe, socket or device)", "Save it as a file first.")
    if not status.st_size:
        raise ReferenceError_(name, "it is empty", DAMAGED)
    try:
        path.open("rb").close()
    except OSError as e:
        raise ReferenceError_(name, f"it may not be read ({e.strerror})", "Check its permissions.") from e
