"""What was perceived and prepared before, kept in the user's cache under the hash of all that it depends on.

The key holds the file's content, the perceiver's version, the hashes of its models and its parameters; so an entry is never wrong, only unused.
Entries are written whole or not at all, are private to the user (faces are biometric), and the least recently used go once all together exceed the
limit.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.percepts import CameraWay, Clip, Face, Performer, Picture, Sound
from phonofilm.weights import MODELS, cache_dir

Percept = TypeVar("Percept", Picture, Sound, Clip)

LIMIT = 4_000_000_000  # bytes of all entries together; $PHONOFILM_CACHE_BYTES overrides
FOLDERS = ("percepts", "lines")  # of the cache: what is perceived, and spoken lines

_TYPES: dict[str, type[Any]] = {t.__name__: t for t in (Picture, Face, Sound, Clip, CameraWay, Performer)}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the cache: ``kind`` picture, sound, clip, line, facts, or what was prepared; ``used``: when last, seconds since 1970."""

    kind: str
    name: str
    bytes: int
    used: float
    path: Path


def remembered(
    kind: str,
    sha256: str,
    version: int,
    make: Callable[[Path], Percept],
    *,
    models: Iterable[str] = (),
    parameters: Mapping[str, object] | None = None,
) -> Percept:
    """The percept of a file with this content hash, from the cache or else made now and kept.

    ``make`` gets the path, without suffix, beside which it may keep a file of its own (a clip's copy). A damaged entry is made again.
    """
    path = entry_of(kind, sha256, version, models=models, parameters=parameters)
    found = cast(Percept | None, recall(path))
    if found is None:
        found = make(path.with_suffix(""))
        keep(path, found)
    return found


def entry_of(kind: str, sha256: str, version: int, *, models: Iterable[str] = (), parameters: Mapping[str, object] | None = None) -> Path:
    """Where the percept of a file with this content hash is kept."""
    return _private(cache_dir() / "percepts") / f"{kind}-{_key(kind, sha256, version, models, parameters or {})}.npz"


def recall(path: Path) -> Picture | Sound | Clip | None:
    """The percept of an entry; None where there is none, or a damaged one."""
    with suppress(OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        found = cast(Picture | Sound | Clip, _load(path))
        os.utime(path)
        return found
    return None


def keep(path: Path, made: Picture | Sound | Clip) -> None:
    """Keep a percept as an entry."""
    _store(path, made)
    trim()


def prepared(
    kind: str, inputs: Iterable[object], code: Iterable[ModuleType], make: Callable[[], Mapping[str, NDArray[Any]]]
) -> dict[str, NDArray[Any]]:
    """Arrays by name that take long to make, from the cache or else made now and kept.

    Their key holds the ``inputs`` (arrays by their content, all else as JSON), the text of the modules that make them, and the versions of NumPy
    and OpenCV.
    """
    key = hashlib.sha256(json.dumps([kind, np.__version__, cv2.__version__]).encode())
    for module in code:
        key.update(Path(str(module.__file__)).read_bytes())
    for value in inputs:
        if isinstance(value, np.ndarray):
            key.update(f"{value.dtype} {value.shape}".encode())
            key.update(np.ascontiguousarray(value).data)
        else:
            key.update(json.dumps(value).encode())
    path = _private(cache_dir() / "percepts") / f"{kind}-{key.hexdigest()[:40]}.npz"
    with suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile), np.load(path, allow_pickle=False) as archive:
        found = {name: archive[name] for name in archive.files}
        os.utime(path)
        return found
    made = dict(make())
    _write(path, made)
    trim()
    return made


def entries() -> list[Entry]:
    """All entries, the least recently used first."""
    found: list[Entry] = []
    for folder in FOLDERS:
        for path in (cache_dir() / folder).glob("*"):
            with suppress(OSError):
                if path.is_file():
                    facts = path.stat()
                    kind = path.name.partition("-")[0] if folder == "percepts" else "line"
                    found.append(Entry(kind=kind, name=path.name, bytes=facts.st_size, used=facts.st_mtime, path=path))
    return sorted(found, key=lambda e: (e.used, e.name))


def purge() -> int:
    """Remove every entry; how many there were."""
    return sum(_remove(entry) for entry in entries())


def trim(limit: int | None = None) -> int:
    """Remove the least recently used entries until all together fit ``limit`` bytes; how many went. The newest always stays."""
    most = limit if limit is not None else int(os.environ.get("PHONOFILM_CACHE_BYTES", LIMIT))
    kept = entries()
    total = sum(e.bytes for e in kept)
    gone = 0
    for entry in kept[:-1]:
        if total <= most:
            break
        total -= entry.bytes
        gone += _remove(entry)
    return gone


def _remove(entry: Entry) -> bool:
    with suppress(OSError):
        entry.path.unlink()
        return True
    return False


def _private(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(OSError):
        folder.chmod(0o700)
    return folder


def _key(kind: str, sha256: str, version: int, models: Iterable[str], parameters: Mapping[str, object]) -> str:
    parts = [kind, sha256, version, sorted((m, MODELS[m].sha256) for m in models), sorted(parameters.items())]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, default=str).encode()).hexdigest()[:40]


def _store(path: Path, percept: Picture | Sound | Clip) -> None:
    arrays: dict[str, NDArray[Any]] = {}
    document = _encode(percept, arrays)
    _write(path, {"document": np.frombuffer(json.dumps(document).encode(), np.uint8), **arrays})


def _write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-", suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _load(path: Path) -> object:
    with np.load(path, allow_pickle=False) as archive:
        document = json.loads(archive["document"].tobytes())
        percept = _decode(document, archive)
    if isinstance(percept, Clip) and not percept.path.is_file():
        raise ValueError("the clip's copy is gone")
    return percept


def _encode(value: object, arrays: dict[str, NDArray[Any]]) -> Any:
    """A percept as plain JSON, its arrays put aside by name; the same array is kept once."""
    if isinstance(value, np.ndarray):
        for name, known in arrays.items():
            if known is value:
                return {"array": name}
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {"array": name}
    if isinstance(value, Path):
        return {"path": value.name}
    if isinstance(value, np.generic):
        return value.item()
    if is_dataclass(value) and not isinstance(value, type):
        return {"type": type(value).__name__, "fields": {f.name: _encode(getattr(value, f.name), arrays) for f in fields(value)}}
    if isinstance(value, tuple):
        return [_encode(v, arrays) for v in cast(tuple[object, ...], value)]
    return value


def _decode(value: Any, archive: Mapping[str, NDArray[Any]]) -> Any:
    if isinstance(value, list):
        return tuple(_decode(v, archive) for v in cast(list[Any], value))
    if not isinstance(value, dict):
        return value
    document = cast(dict[str, Any], value)
    if "array" in document:
        return archive[document["array"]]
    if "path" in document:
        return cache_dir() / "percepts" / Path(document["path"]).name
    return _TYPES[document["type"]](**{name: _decode(v, archive) for name, v in document["fields"].items()})
