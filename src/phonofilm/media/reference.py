"""References: from what a person wrote to a checked file with a name, a kind and a hash."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from phonofilm.errors import ReferenceError_
from phonofilm.media.known import known_facts
from phonofilm.media.probe import probe, regular
from phonofilm.request import Reference

LONGEST_TAG = 64
_LARGE = 200_000_000  # bytes beyond which a file is looked at before all of it is read for its hash
_HINT = "A tag is letters, digits, _ and -, such as face_photo."


def open_references(specs: Sequence[str]) -> tuple[Reference, ...]:
    """Each ``[TAG=]FILE`` opened. Raises ``ReferenceError_``, also for a tag that is given twice."""
    opened = tuple(open_reference(spec, i) for i, spec in enumerate(specs))
    seen: dict[str, Path] = {}
    for reference in opened:
        if reference.tag.casefold() in seen:
            other = seen[reference.tag.casefold()].name
            raise ReferenceError_(reference.path.name, f"its tag @{reference.tag} is also that of {other}", "Name one of them: -r NAME=FILE.")
        seen[reference.tag.casefold()] = reference.path
    return opened


def open_reference(spec: str, position: int = 0) -> Reference:
    """``[TAG=]FILE`` as a reference: its kind by content, its sha256, its tag the one given or the file's own name made fit.

    ``position`` (from 0) names a file whose own name holds nothing that a tag may hold. Raises ``ReferenceError_``.
    """
    tag, path = split(spec)
    regular(path)
    if path.stat().st_size > _LARGE:
        probe(path)
    sha256 = sha256_of(path)
    kind = known_facts(path, sha256).kind
    return Reference(tag=tag or fit_tag(path.stem) or f"file{position + 1}", path=path, kind=kind, sha256=sha256)


def split(spec: str) -> tuple[str, Path]:
    """(tag or "", path) of ``[TAG=]FILE``. A file whose whole name exists is never split at its own ``=``."""
    if "\0" in spec:
        raise ReferenceError_(spec.replace("\0", "␀"), "its name holds a NUL character", "Rename it.")
    if not spec.strip():
        raise ReferenceError_("-r", "it names no file", "Give -r [TAG=]FILE.")
    if "://" in spec:
        raise ReferenceError_(spec, "it is an address, and files are read from this machine only", "Download it first.")
    left, equals, right = spec.partition("=")
    if not equals or _exists(spec) or "/" in left or "\\" in left:
        return "", Path(spec)
    tag = unicodedata.normalize("NFC", left.strip().removeprefix("@"))
    if not tag or not all(map(_fits, tag)) or not tag[0].isalnum() or len(tag) > LONGEST_TAG:
        raise ReferenceError_(right, f"{left[:LONGEST_TAG]!r} is no tag (or is longer than {LONGEST_TAG})", _HINT)
    if not right:
        raise ReferenceError_(f"@{tag}", "it names no file", f"Give -r {tag}=FILE.")
    return tag, Path(right)


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        return False


def fit_tag(stem: str) -> str:
    """A file's stem as a tag: every run of other characters becomes ``_``."""
    plain = "".join(c if _fits(c) else " " for c in stem)
    tag = unicodedata.normalize("NFC", "_".join(plain.split()))[:LONGEST_TAG].rstrip("_-")
    while tag and not tag[0].isalnum():
        tag = tag[1:]
    return tag


def _fits(character: str) -> bool:
    return character.isalnum() or character in "_-" or unicodedata.category(character) in ("Mn", "Mc")


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()
