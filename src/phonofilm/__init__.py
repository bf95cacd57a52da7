"""Phonofilm: one request of words, pictures, clips and recordings in; one film out, its picture and sound made together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phonofilm.client import AsyncClient, Client
    from phonofilm.generate import Film

__version__ = "0.1.0"
__all__ = ["AsyncClient", "Client", "make"]


def make(prompt: str, out: str | Path = "film.mp4", *, references: Mapping[str, str | Path] | None = None, seconds: int = 0, **options: Any) -> Film:
    """Make one film.

    ``references`` are files by tag, in order. ``seconds`` 4 to 15, 0: auto. ``options`` are further fields of ``phonofilm.request.Request``:
    ``ratio``, ``resolution``, ``seed``, ``engine``, ``transcripts``, ``consent``, ``sound``, ``draft``, ``watermark``, ``limits``, ``strict``.

    Raises an error of ``phonofilm.errors``; no half file is left.
    """
    from phonofilm.generate import generate
    from phonofilm.media.reference import open_references
    from phonofilm.request import Request

    given = open_references([f"{tag}={path}" for tag, path in (references or {}).items()])
    return generate(Request(prompt=prompt, references=given, seconds=seconds, **options), Path(out))


def __getattr__(name: str) -> Any:
    """The clients of a server, loaded when they are asked for."""
    if name in ("AsyncClient", "Client"):
        from phonofilm import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
