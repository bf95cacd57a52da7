"""The files that the suite's requests name: ``python benchmarks/suite/media.py FOLDER``.

Pictures and clips come out of packages, voices and music are made by Phonofilm; the human recordings come out of Debian's
asterisk-core-sounds-{en,es,fr}-wav and are left out where ``apt-get download`` is not to be had. Nothing is in the repository.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]


def _load(name: str, folder: str):
    """A module of another folder under a name of its own (two are called media)."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location(name, ROOT / folder / "media.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


SPOKEN = {
    "voice_shop": "Every morning begins the same way. A warm cup, and a quiet minute. Morrow is made for that minute. Try it tomorrow.",
    "voice_social": "You will not believe what happened to me at the market today.",
    "voice_talk": "Let me tell you about two things. The first is coffee, which came to Europe four hundred years ago. "
    "The second is a rocket, which came later.",
}
#: the prompt of the Debian packages that is cut to this many seconds
RECORDED, RECORDED_SECONDS = "demo-congrats", 4.6


def pictures(folder: Path) -> None:
    """Photographs, clips, a drawn bottle and a logo."""
    tests, examples = _load("test_media", "tests"), _load("example_media", "examples")
    faces = {"portrait": "astronaut", "closed": "closed", "glasses": "glasses", "drawing": "drawing", "cat": "cat"}
    for name, picture in faces.items():
        shutil.copyfile(tests.picture(picture), folder / f"{name}{tests.picture(picture).suffix}")
    carried = {"cup": "coffee.png", "rocket": "rocket.jpg", "clip_rabbit": "bigbuckbunny.mp4", "clip_bikes": "bikes.mp4"}
    for name, file in carried.items():
        shutil.copyfile(examples.carried(file), folder / f"{name}{Path(file).suffix}")
    shutil.copyfile(examples.bottle(), folder / "bottle.png")
    shutil.copyfile(examples.logo(), folder / "logo.png")
    for name, text in SPOKEN.items():
        shutil.copyfile(examples.voiceover(name, text), folder / f"{name}.wav")
    for style in ("electronic", "upbeat", "calm"):
        shutil.copyfile(examples.music(style, 20), folder / f"song_{style}.wav")


def bell(folder: Path) -> None:
    """A struck bell as a file of its own: three partials that die away."""
    from phonofilm.media.outputs import write_wav

    t = np.arange(48_000) / 48_000
    tone = sum(a * np.sin(2 * np.pi * f * t) * np.exp(-t * d) for f, a, d in ((880, 0.5, 4.0), (2210, 0.25, 7.0), (3790, 0.15, 11.0)))
    write_wav(folder / "effect_bell.wav", np.stack([tone, tone], axis=1).astype(np.float32))


def recordings(folder: Path) -> None:
    """Human speech, where Debian's packages can be fetched."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        print("no human recordings: apt-get is not here")
        return
    for language in ("en", "es", "fr"):
        with tempfile.TemporaryDirectory() as scratch:
            done = subprocess.run(["apt-get", "download", f"asterisk-core-sounds-{language}-wav"], cwd=scratch, capture_output=True)
            found = next(Path(scratch).glob("*.deb"), None)
            if done.returncode or found is None:
                print(f"no human recordings in {language}: the package cannot be fetched")
                continue
            data = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(found)], capture_output=True, check=True).stdout
            recorded = _recorded(data)
            if recorded is not None:
                from phonofilm.media.outputs import write_wav

                write_wav(folder / f"speech_{language}.wav", recorded)


def _recorded(package: bytes) -> np.ndarray | None:
    from phonofilm.media.read import read_sound

    with tarfile.open(fileobj=io.BytesIO(package)) as archive, tempfile.TemporaryDirectory() as scratch:
        for member in archive:
            if member.isfile() and Path(member.name).name == f"{RECORDED}.wav":
                path = Path(scratch) / "one.wav"
                file = archive.extractfile(member)
                assert file is not None
                path.write_bytes(file.read())
                return read_sound(path)[0][: round(RECORDED_SECONDS * 48_000)]
    return None


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    pictures(folder)
    bell(folder)
    recordings(folder)
    print(f"{sum(1 for _ in folder.iterdir())} files in {folder}")


if __name__ == "__main__":
    main()
