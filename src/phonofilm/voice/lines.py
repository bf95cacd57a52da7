"""Lines that were spoken, and what was heard in recordings, kept by what they were made from."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from phonofilm import weights
from phonofilm.phones import Phone

Floats = NDArray[np.float32]
Line = tuple[Floats, tuple[Phone, ...], bool]

#: grows when the same inputs give another sound
_EDITION = 6
_MOST_FILES = 400


def key(*inputs: object) -> str:
    """The hash of everything that a line is made from."""
    return sha256(json.dumps([_EDITION, *inputs], ensure_ascii=False).encode()).hexdigest()


def load(name: str) -> Line | None:
    """A kept line: samples, phones, whether it fitted; None if it is not kept or cannot be read."""
    try:
        with np.load(_file(name)) as kept:
            rows = json.loads(str(kept["phones"]))
            phones = tuple(Phone(start=start, end=end, ipa=ipa, viseme=viseme) for start, end, ipa, viseme in rows)
            return np.asarray(kept["samples"], np.float32), phones, bool(kept["fits"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def store(name: str, samples: Floats, phones: tuple[Phone, ...], fits: bool) -> None:
    """Keep a line; the ones unused for longest make room."""
    rows = [[phone.start, phone.end, phone.ipa, phone.viseme] for phone in phones]
    _write(name, samples=samples, phones=np.array(json.dumps(rows, ensure_ascii=False)), fits=np.array(fits))


def heard(name: str, make: Callable[[], tuple[Floats, tuple[str, ...]]]) -> tuple[Floats, tuple[str, ...]]:
    """What was heard in a recording, and the names of its symbols, as it was heard before or else now."""
    kept = _read(name, "heard", "symbols")
    if kept is not None:
        return np.asarray(kept[0], np.float32), tuple(str(symbol) for symbol in kept[1])
    found, symbols = make()
    _write(name, heard=found, symbols=np.array(symbols))
    return found, symbols


def letters(text: str, language: str, make: Callable[[str, str], str]) -> str:
    """How a text is said, as it was read before or else now."""
    name = key("letters", text, language)
    kept = _read(name, "letters")
    if kept is not None:
        return str(kept[0])
    made = make(text, language)
    _write(name, letters=np.array(made))
    return made


def _read(name: str, *parts: str) -> list[NDArray[Any]] | None:
    """These arrays of what was kept; None if it is not kept or cannot be read."""
    try:
        with np.load(_file(name)) as kept:
            return [kept[part] for part in parts]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _write(name: str, **arrays: NDArray[Any]) -> None:
    path = _file(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, scratch = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(number, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    Path(scratch).replace(path)
    kept = sorted(path.parent.glob("*.npz"), key=_age)
    for old in kept[: max(0, len(kept) - _MOST_FILES)]:
        old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _file(name: str) -> Path:
    return weights.cache_dir() / "lines" / f"{name}.npz"
