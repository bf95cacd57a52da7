"""Files for the examples: pictures and clips out of packages, a voiceover and music made here, a logo drawn. Put your own in their place."""

from __future__ import annotations

from pathlib import Path

from phonofilm.server import example_media
from phonofilm.server.example_media import carried, folder

__all__ = ["bottle", "carried", "logo", "music", "voiceover"]


def voiceover(name: str, text: str, *, language: str = "en", voice: str = "") -> Path:
    """A recording of ``text``, spoken by one of Phonofilm's voices."""
    return example_media.voiceover(folder() / f"{name}.wav", text, language=language, voice=voice)


def music(style: str, seconds: int) -> Path:
    """A track of ``style`` by Phonofilm's own composer."""
    return example_media.music(folder() / f"{style}.wav", style, seconds)


def logo() -> Path:
    """A brand's mark with a transparent ground."""
    return example_media.logo(folder() / "logo.png")


def bottle() -> Path:
    """A product on white, as a shop photographs it (drawn)."""
    return example_media.bottle(folder() / "bottle.png")
