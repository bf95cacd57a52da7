"""Pictures, sounds and clips of any kind, brought to the forms that the rest of Phonofilm works in. Every decoder runs in the sandbox.

Axes: ``h w`` rows and columns as seen, ``s`` samples at 48 kHz.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from phonofilm.clock import FRAMES_PER_SECOND, TICKS_PER_FRAME, TICKS_PER_SECOND, frame_at
from phonofilm.errors import ReferenceError_, shown_name
from phonofilm.media import sandbox
from phonofilm.media.colour import from_i420
from phonofilm.media.probe import regular

PICTURE_SECONDS, SOUND_SECONDS, CLIP_SECONDS = 20.0, 60.0, 600.0
LONGEST_SOUND = 600 * TICKS_PER_SECOND
LONGEST_COPY = 60 * TICKS_PER_SECOND


@dataclass(frozen=True, kw_only=True, eq=False)
class PictureData:
    """A picture: ``rgb`` sRGB ``u8[h w 3]`` upright; ``alpha`` ``u8[h w]``, or None where all is opaque; what was done to it."""

    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """The 24 fps copy of a clip. ``length`` ticks, whole frames; ``sound``: it has a sound track of that length."""

    path: Path
    width: int
    height: int
    length: int
    sound: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Glance:
    """What a clip's copy will show: its size, ``length`` in ticks, whether the clip has a sound track; all ``small`` frames ``u8[n h w 3]``, and
    some ``large`` ones."""

    width: int
    height: int
    length: int
    sound: bool
    small: NDArray[np.uint8]
    large: NDArray[np.uint8]
    remarks: tuple[str, ...]


def read_picture(path: Path) -> PictureData:
    """The (first) picture of an image file: EXIF rotation and colour profile applied, 8 bits, at most 16 million pixels.

    Raises ``ReferenceError_``.
    """
    regular(path)
    answer = sandbox.run("picture", path.absolute(), seconds=PICTURE_SECONDS)
    return PictureData(rgb=answer.arrays["rgb"], alpha=answer.arrays.get("alpha"), remarks=_said(path, answer.values))


def read_sound(path: Path, *, most: int = LONGEST_SOUND) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """The sound of a sound file or a clip as ``f32[s 2]``, at most ``most`` ticks of it, within ±1; and what was done to it.

    Single channels go to both sides, more than two are mixed down; the tick 0 of a clip's sound is that of its picture. Raises ``ReferenceError_``.
    """
    regular(path)
    answer = sandbox.run("sound", path.absolute(), seconds=SOUND_SECONDS, most=most)
    return answer.arrays["sound"], _said(path, answer.values)


def transcode_clip(path: Path, out: Path, *, start: int = 0, most: int = LONGEST_COPY) -> Copy:
    """Write the 24 fps copy of ``most`` ticks of a clip from its tick ``start`` to ``out`` (``.mp4``): what ``read_frames`` reads.

    Each frame is the one that was on screen at its middle, whatever the source's rate; upright, square pixels, bt709, at most a 2k film's pixels.
    Raises ``ReferenceError_``.
    """
    regular(path)
    with tempfile.TemporaryDirectory(prefix=".copy-", dir=out.absolute().parent) as folder:
        part = Path(folder) / "copy.mp4"
        values = sandbox.run("clip", path.absolute(), seconds=CLIP_SECONDS, out=str(part), start=start, most=most).values
        shutil.move(part, out)
    sizes = {name: values[name] for name in ("width", "height", "length", "sound")}
    return Copy(path=out, remarks=_said(path, values), **sizes)


def glance(path: Path, *, every: int, wide: int, side: int, most: int = LONGEST_COPY) -> Glance:
    """The frames that ``transcode_clip`` would write, at a width of ``wide`` pixels, and each ``every``-th with a longer side of at most ``side``.

    Raises ``ReferenceError_``.
    """
    regular(path)
    answer = sandbox.run("glance", path.absolute(), seconds=CLIP_SECONDS, most=most, every=every, wide=wide, side=side)
    v = answer.values
    return Glance(
        width=v["width"], height=v["height"], length=v["frames"] * TICKS_PER_FRAME, sound=v["sound"], remarks=_said(path, v), **answer.arrays
    )


def _said(path: Path, values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{shown_name(path.name)}: {remark}." for remark in values["remarks"])


def read_frames(path: Path, start_tick: int = 0, count: int | None = None, size: tuple[int, int] | None = None) -> Iterator[NDArray[np.uint8]]:
    """Frames ``u8[h w 3]`` of a 24 fps copy or a film, exactly from the one that holds ``start_tick``; ``size`` (width, height) scales them.

    ``count`` None: to the end. Ends early where the clip ends. Raises ``ReferenceError_`` where it cannot be read.
    """
    first = frame_at(start_tick)
    left = count
    try:
        with av.open(f"file:{path.absolute()}", "r") as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            assert stream.time_base is not None
            if first:
                container.seek(round(first / FRAMES_PER_SECOND / stream.time_base), stream=stream, backward=True)
            for frame in container.decode(stream):
                if left == 0:
                    return
                if frame.pts is None or round(frame.pts * stream.time_base * FRAMES_PER_SECOND) < first:
                    continue
                yield _rgb(frame, size)
                left = None if left is None else left - 1
    except (FFmpegError, OSError) as e:
        raise ReferenceError_(path.name, f"its frames cannot be read ({e})", "Make the copy again.") from e


def _rgb(frame: av.VideoFrame, size: tuple[int, int] | None) -> NDArray[np.uint8]:
    return from_i420(cast(NDArray[np.uint8], frame.to_ndarray(format="yuv420p")), size)
