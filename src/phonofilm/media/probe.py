"""What a file is, asked safely: the facts of any picture, clip or sound."""

from __future__ import annotations

import stat
from pathlib import Path

from phonofilm.errors import ReferenceError_
from phonofilm.media import sandbox
from phonofilm.media.facts import DAMAGED, Facts

SECONDS = 9.0  # what a look at a file may take,
BYTES_PER_SECOND = 100_000_000  # and how fast a large one is read through


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
