"""What a profile of limits allows, as data. Sizes are bytes in powers of ten, lengths are ticks, sides are pixels.

``seedance`` holds the limits of the vendor's interface. ``local`` is for people at their own machine: whatever phones, cameras and recorders make,
up to what protects the machine. The counts hold in both. ``media.check`` applies a profile; ``phonofilm limits`` prints it. The operator of an
installation changes and adds profiles in a TOML file that the environment names in ``PHONOFILM_LIMITS``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import RequestError
from phonofilm.request import Kind

MB = 1_000_000
SECOND = TICKS_PER_SECOND


@dataclass(frozen=True, kw_only=True)
class KindLimits:
    """The rows of one kind of file. A span is (least, most), both allowed; ``None`` means that the row does not apply.

    ``formats``: names by content (see ``media.sniff``). ``length`` each and ``together`` all of the kind, ticks.
    ``side``: the shorter and the longer side. ``aspect``: width / height. ``pixels``: most pixels of one picture.
    """

    count: int
    formats: frozenset[str]
    bytes: int
    length: tuple[int, int] | None = None
    together: int | None = None
    side: tuple[int, int] | None = None
    pixels: int | None = None
    aspect: tuple[float, float] | None = None
    fps: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """One profile: its name and the limits of each kind; ``files`` is the most together.

    With ``consent`` every face and every voice among the files needs a statement of consent, which is written into the film.
    """

    name: str
    files: int
    image: KindLimits
    video: KindLimits
    audio: KindLimits
    consent: bool = False

    def of(self, kind: Kind) -> KindLimits:
        """The rows of one kind."""
        return {"image": self.image, "video": self.video, "audio": self.audio}[kind]


_CLIPS = frozenset({"mp4", "mov", "matroska", "avi", "mpegts", "mpegps", "flv", "asf", "ogg"})

PROFILES: dict[str, Limits] = {
    "seedance": Limits(
        name="seedance",
        files=12,
        image=KindLimits(
            count=9, formats=frozenset({"jpeg", "png", "webp", "bmp", "tiff", "gif"}), bytes=30 * MB, side=(300, 6000), aspect=(0.4, 2.5)
        ),
        video=KindLimits(
            count=3,
            formats=frozenset({"mp4", "mov"}),
            bytes=50 * MB,
            length=(2 * SECOND, 15 * SECOND),
            together=15 * SECOND,
            side=(300, 1 << 16),
            fps=(23.9, 60.1),
        ),
        audio=KindLimits(
            count=3,
            formats=frozenset({"mp3", "wav", "mp4"}),
            bytes=15 * MB,
            length=(2 * SECOND, 15 * SECOND),
            together=15 * SECOND,
        ),
    ),
    "local": Limits(
        name="local",
        files=12,
        image=KindLimits(
            count=9,
            formats=frozenset({"jpeg", "png", "webp", "bmp", "tiff", "gif", "heic", "avif"}),
            bytes=300 * MB,
            side=(16, 30_000),
            pixels=120_000_000,
            aspect=(0.05, 20.0),
        ),
        video=KindLimits(
            count=3,
            formats=_CLIPS,
            bytes=4_000 * MB,
            length=(SECOND // 5, 3600 * SECOND),
            side=(64, 8192),
            pixels=36_000_000,
            aspect=(0.1, 10.0),
            fps=(1.0, 1000.0),
        ),
        audio=KindLimits(
            count=3,
            formats=_CLIPS | {"wav", "mp3", "flac", "aac", "aiff", "caf", "amr"},
            bytes=1_000 * MB,
            length=(SECOND // 20, 3600 * SECOND),
        ),
    ),
}


def profiles() -> Mapping[str, Limits]:
    """The profiles of this installation: ours, with the changes of the file that ``PHONOFILM_LIMITS`` names. Raises ``RequestError``."""
    file = os.environ.get("PHONOFILM_LIMITS", "")
    return read_profiles(Path(file)) if file else PROFILES


def profile(name: str, known: Mapping[str, Limits] | None = None) -> Limits:
    """The profile of that name among ``known`` (by default those of this installation). Raises ``RequestError``."""
    known = profiles() if known is None else known
    if name not in known:
        raise RequestError(f"limits is {name!r}; choose one of {', '.join(known)}.")
    return known[name]


def read_profiles(path: Path, base: Mapping[str, Limits] = PROFILES) -> dict[str, Limits]:
    """The profiles with an operator's changes from a TOML file: ``[local.image]`` then ``count = 4``; a new name starts as a copy of ``local``.

    Spans are arrays of two, formats arrays of names; lengths are ticks, 48000 a second. ``consent = "required"`` (or ``"none"``) before the first
    table holds for all profiles, in a table for that one. Raises ``RequestError`` for an unknown row.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as e:
        raise RequestError(f"{path.name}: the limits cannot be read ({e}).") from e
    everywhere = {"consent": tables.pop("consent")} if "consent" in tables else {}
    made = {name: _changed(limits, everywhere, f"{path.name}:") for name, limits in base.items()}
    for name, rows in tables.items():
        if not isinstance(rows, dict):
            raise RequestError(f"{path.name}: {name} is no table. Write [{name}.image], [{name}.video] or [{name}.audio].")
        made[name] = replace(_changed(made.get(name, made["local"]), rows, f"{path.name}: [{name}]"), name=name)
    return made


def _changed(limits: Limits, rows: Mapping[str, Any], where: str) -> Limits:
    for key, value in rows.items():
        if key == "files" and _is_count(value):
            limits = replace(limits, files=value)
        elif key == "consent" and value in _CONSENT:
            limits = replace(limits, consent=_CONSENT[value])
        elif key in ("image", "video", "audio") and isinstance(value, dict):
            changes = {row: _value(row, given, f"{where} {key}.{row}") for row, given in value.items()}
            limits = replace(limits, **{key: replace(limits.of(key), **changes)})
        else:
            raise RequestError(
                f"{where} {key} is not a row of the limits, or its value has another form. Rows: files (number), consent (required or none), "
                f"and in image, video or audio: {', '.join(_ROWS)}."
            )
    return limits


def _is_count(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and given > 0


def _value(row: str, given: object, where: str) -> object:
    form = _ROWS.get(row)
    if form == "number" and _is_count(given):
        return given
    if form == "names" and isinstance(given, list) and all(isinstance(n, str) for n in given):
        return frozenset(given)
    if form == "span" and isinstance(given, list) and len(given) == 2 and all(isinstance(n, int | float) for n in given):
        return tuple(given)
    raise RequestError(
        f"{where} is not a row of the limits, or its value has another form. Rows: {', '.join(f'{r} ({f})' for r, f in _ROWS.items())}."
    )


_CONSENT = {"required": True, "none": False}
_ROWS = {
    "count": "number", "formats": "names", "bytes": "number", "length": "span", "together": "number",
    "side": "span", "pixels": "number", "aspect": "span", "fps": "span",
}  # fmt: skip
