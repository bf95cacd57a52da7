"""What goes beside a film: sounds, stills and captions as files, each whole or not at all, the same input the same bytes."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND
from phonofilm.errors import EncodeError
from phonofilm.media.read import read_frames
from phonofilm.media.writer import beside

Caption = tuple[int, int, str]  # start tick, end tick, words


def write_wav(path: Path, sound: NDArray[np.float32]) -> None:
    """``f32[s 2]`` within ±1 as 24-bit stereo at 48 kHz. Raises ``EncodeError``."""
    whole = np.clip(np.round(sound.astype(np.float64) * 8_388_607), -8_388_608, 8_388_607).astype("<i4")
    data = whole.view(np.uint8).reshape(len(sound), 2, 4)[:, :, :3].tobytes()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as f:
        f.setnchannels(2)
        f.setsampwidth(3)
        f.setframerate(TICKS_PER_SECOND)
        f.writeframes(data)
    _put(path, buffer.getvalue())


def write_png(path: Path, rgb: NDArray[np.uint8]) -> None:
    """``u8[h w 3]`` or, with alpha, ``u8[h w 4]`` as PNG. Raises ``EncodeError``."""
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG", compress_level=6)
    _put(path, buffer.getvalue())


def write_captions(path: Path, captions: Iterable[Caption]) -> None:
    """Captions as WebVTT (``.vtt``) or SubRip (``.srt``), by the suffix, in order of time. Raises ``EncodeError``."""
    styles = {".vtt": ("WEBVTT\n\n", ".", False), ".srt": ("", ",", True)}
    if path.suffix.lower() not in styles:
        raise EncodeError(f"{path.name}: captions are written as .srt or .vtt.")
    head, point, numbered = styles[path.suffix.lower()]
    blocks: list[str] = []
    for num, (start, end, words) in enumerate(sorted(captions), 1):
        lines = [line for line in words.replace("-->", "→").splitlines() if line.strip()]
        span = f"{_stamp(start, point)} --> {_stamp(end, point)}"
        blocks.append("\n".join([*([str(num)] if numbered else []), span, *lines]) + "\n")
    _put(path, (head + "\n".join(blocks)).encode("utf-8"))


def _stamp(tick: int, point: str) -> str:
    ms = round(tick * 1000 / TICKS_PER_SECOND)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{point}{ms % 1000:03d}"


def poster(film: Path, tick: int = 0) -> NDArray[np.uint8]:
    """The frame of a film that holds ``tick``, ``u8[h w 3]``. Raises ``ReferenceError_`` or, past the end, ``EncodeError``."""
    frame = next(read_frames(film, tick, 1), None)
    if frame is None:
        raise EncodeError(f"{film.name}: it has no frame at tick {tick}.")
    return frame


def last_frame(film: Path, length: int) -> NDArray[np.uint8]:
    """The last frame of a film of ``length`` ticks, ``u8[h w 3]``."""
    return poster(film, length - TICKS_PER_FRAME)


def put_text(path: Path, text: str) -> None:
    """Text as UTF-8. Raises ``EncodeError``."""
    _put(path, text.encode("utf-8"))


def _put(path: Path, data: bytes) -> None:
    part = beside(path)
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as e:
        part.unlink(missing_ok=True)
        raise EncodeError(f"{path}: it cannot be written ({e}). Choose another place.") from e
