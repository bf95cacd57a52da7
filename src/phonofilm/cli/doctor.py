"""phonofilm doctor: is this installation fit to film?"""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

NEEDED = ("numpy", "opencv-contrib-python-headless", "av", "onnxruntime", "ai-edge-litert", "skia-python", "scipy", "ncnn", "pillow")


@click.command("doctor")
def command() -> None:
    """Check libraries, model files, disk and speed; each line says what to do where something is missing."""
    from phonofilm.weights import MODELS, cache_dir, stored

    click.echo(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    bad = 0
    for name in NEEDED:
        try:
            click.echo(f"ok       {name} {version(name)}")
        except PackageNotFoundError:
            bad += 1
            click.echo(f"missing  {name}: install Phonofilm again with pip")
    missing = [n for n, m in MODELS.items() if not stored(n).is_file() and all(p.source == "pip" for p in m.parts)]
    click.echo(f"{'ok      ' if not missing else 'missing '} model files in {cache_dir().name}: {len(MODELS) - len(missing)} of {len(MODELS)}")
    if missing:
        bad += 1
        click.echo("         get them with: phonofilm models pull")
    click.echo(f"ok       sharpest speed: {_speed():.0f} frames of 1080p a second coded")
    click.echo(f"ok       writes here: {os.access(Path.cwd(), os.W_OK)}")
    sys.exit(1 if bad else 0)


def _speed() -> float:
    """Frames of 1080p that this machine converts and codes a second."""
    import tempfile

    import numpy as np

    from phonofilm.engines.base import Chunk
    from phonofilm.media.colour import to_i420
    from phonofilm.media.writer import FilmWriter

    picture = np.random.default_rng(0).integers(0, 255, (135, 240, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    frames = np.stack([to_i420(np.roll(picture, 4 * k, axis=1)) for k in range(24)])
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        with FilmWriter(Path(folder) / "speed.mp4", width=1920, height=1080, length=48_000, metadata={}) as film:
            film.write(Chunk(start=0, frames=frames, sound=np.zeros((48_000, 2), np.float32)))
        return 24 / (time.monotonic() - began)
