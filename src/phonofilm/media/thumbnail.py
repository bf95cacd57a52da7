"""What a file looks like, small: a JPEG of a picture or of a clip, and the loudness of a sound along its length. Runs inside the sandbox."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND
from phonofilm.media import clips, pictures, sandbox, sounds
from phonofilm.media.facts import facts
from phonofilm.media.read import read_frames

SIDE, PEAKS, QUALITY = 320, 96, 78
SECONDS = 20.0
_LONGEST = 120 * TICKS_PER_SECOND


def thumbnail(path: Path) -> tuple[bytes, list[float]]:
    """(JPEG of at most ``SIDE`` pixels, empty for a sound; ``PEAKS`` levels 0…1, empty where there is no sound). Raises ``ReferenceError_``."""
    answer = sandbox.run("thumbnail", path.absolute(), seconds=SECONDS)
    jpeg = answer.arrays.get("jpeg")
    return b"" if jpeg is None else jpeg.tobytes(), answer.values["peaks"]


def job(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """``peaks`` and, where there is a picture, ``jpeg`` as u8 bytes."""
    found = facts(path)
    arrays: dict[str, NDArray[Any]] = {}
    if found.kind == "image":
        arrays["jpeg"] = _jpeg(pictures.job(path)[1]["rgb"])
    elif found.kind == "video":
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "copy.mp4"
            clips.job(path, str(out), min(found.length // 4, TICKS_PER_SECOND), TICKS_PER_FRAME)
            arrays["jpeg"] = _jpeg(next(read_frames(out, 0, 1)))
    peaks = _peaks(sounds.decode(path, _LONGEST, [])) if found.kind == "audio" else []
    return {"peaks": peaks}, arrays


def _jpeg(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    image = Image.fromarray(rgb)
    image.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return np.frombuffer(buffer.getvalue(), np.uint8)


def _peaks(sound: NDArray[np.float32]) -> list[float]:
    if not len(sound):
        return []
    parts = np.array_split(np.abs(sound).max(axis=1), min(PEAKS, len(sound)))
    return [round(float(part.max()), 3) for part in parts]
