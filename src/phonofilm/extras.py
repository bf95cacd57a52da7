"""What may be written beside a film: its score, stems, captions, poster and last frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phonofilm.engines.base import Engine
from phonofilm.errors import RequestError
from phonofilm.generate import Film
from phonofilm.media.outputs import last_frame, poster, put_text, write_captions, write_png, write_wav
from phonofilm.score.captions import split_caption
from phonofilm.score.document import dumps
from phonofilm.score.model import Line


@dataclass(frozen=True, kw_only=True)
class Extras:
    """Files to write beside a film; None: not wanted. ``stems`` is a folder."""

    score: Path | None = None
    stems: Path | None = None
    captions: Path | None = None
    poster: Path | None = None
    last_frame: Path | None = None


def write_extras(film: Film, engine: Engine, extras: Extras) -> None:
    """Write what is wanted. Raises RequestError where the engine has no stems."""
    if extras.score:
        put_text(extras.score, dumps(film.score))
    if extras.poster:
        write_png(extras.poster, poster(film.path, film.score.length // 3))
    if extras.last_frame:
        write_png(extras.last_frame, last_frame(film.path, film.score.length))
    if extras.captions:
        said = [c for c in film.score.cues if isinstance(c, Line) and c.text]
        write_captions(extras.captions, [p for c in said for p in split_caption(c.text, c.start, c.end, c.language, c.phones)])
    if extras.stems:
        make = getattr(engine, "sound", None)
        if make is None:
            raise RequestError(f"The engine {engine.capabilities.name} has no stems; leave --stems out.")
        extras.stems.mkdir(parents=True, exist_ok=True)
        for name, samples in make(film.score, film.materials).stems.items():
            write_wav(extras.stems / f"{name}.wav", samples)
