"""Facts of a file: what it is, how large, how long. Runs inside the sandbox; ``probe`` is its public door."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.container.input import InputContainer
from av.error import InvalidDataError
from av.stream import Disposition
from av.video.stream import VideoStream
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import ReferenceError_
from phonofilm.media.probe import DAMAGED, Facts
from phonofilm.media.sniff import HEAD, Format, sniff

BOMB = 200_000_000  # pixels of one picture beyond which nothing is decoded under any profile


_KNOW_THEIR_LENGTH = frozenset({"mp4", "mov", "matroska", "flac", "avi"})
_ANIMATED = frozenset({"gif", "webp", "png", "avif"})


def job(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The facts of a file as plain values. Raises ``ReferenceError_``."""
    return asdict(facts(path)), {}


def format_of(path: Path) -> Format:
    """The format by content. Raises ``ReferenceError_`` for an empty, unknown or refused one."""
    with path.open("rb") as f:
        head = f.read(HEAD)
    if not head:
        raise ReferenceError_(path.name, "it is empty", DAMAGED)
    form = sniff(head)
    if form is None:
        raise ReferenceError_(path.name, "its content is no picture, clip or sound that is known here", "See phonofilm limits for the formats.")
    if form.family == "refused":
        raise ReferenceError_(path.name, f"it is {form.name}", form.hint)
    return form


def facts(path: Path) -> Facts:
    """The facts of one file; its first picture or packet is decoded. Raises ``ReferenceError_``."""
    form = format_of(path)
    size = path.stat().st_size
    return _picture_facts(path, form, size) if form.family == "picture" else _container_facts(path, form, size)


def _picture_facts(path: Path, form: Format, size: int) -> Facts:
    from phonofilm.media.pictures import open_picture, seen_size

    with warnings.catch_warnings(), open_picture(path) as image:
        warnings.simplefilter("ignore")
        width, height = seen_size(image)
        found = Facts(kind="image", format=form.name, bytes=size, width=width, height=height, frames=pictures_in(image, form), codec=image.mode)
        whole = _INTACT.get(form.name)
        if whole is None:
            image.draft("RGB", (width // 8 or 1, height // 8 or 1))  # read through (a JPEG at an eighth of its size): truncation shows
            image.load()
        elif not whole(path, size):
            raise ReferenceError_(path.name, "its picture is truncated", DAMAGED)
    return found


def _png_intact(path: Path, size: int) -> bool:
    with path.open("rb") as f:
        at = 8
        while at + 12 <= size:
            f.seek(at)
            head = f.read(8)
            at += 12 + int.from_bytes(head[:4], "big")
            if head[4:] == b"IEND":
                return at <= size
    return False


def _boxes_intact(path: Path, size: int) -> bool:
    """Whether the boxes of an ISO file (14496-12 §4.2) end where it ends."""
    with path.open("rb") as f:
        at = 0
        while at + 8 <= size:
            f.seek(at)
            head = f.read(16)
            length = int.from_bytes(head[:4], "big")
            length = int.from_bytes(head[8:], "big") if length == 1 else size - at if length == 0 else length
            if length < 8 or at + length > size:
                return False
            at += length
    return True


def _riff_intact(path: Path, size: int) -> bool:
    with path.open("rb") as f:
        return int.from_bytes(f.read(8)[4:], "little") + 8 <= size


#: formats that say their own length, so that nothing need be decoded to see that an end is missing
_INTACT: dict[str, Callable[[Path, int], bool]] = {"png": _png_intact, "heic": _boxes_intact, "avif": _boxes_intact, "webp": _riff_intact}


def pictures_in(image: Any, form: Format) -> int:
    """How many pictures an animation shows; 1 for what only carries previews or depth maps beside its picture."""
    return int(getattr(image, "n_frames", 1)) if form.name in _ANIMATED else 1


def open_container(path: Path, form: Format) -> InputContainer:
    """The container opened with the demuxer of its content, so that no play list or protocol can send the reader elsewhere."""
    name = f"file:{path.absolute()}"
    return av.open(name, "r", format=form.demuxer, metadata_errors="ignore")


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The first moving picture; a cover picture in a song is none."""
    for stream in container.streams.video:
        if not int(stream.disposition) & int(Disposition.attached_pic):
            return stream
    return None


def _container_facts(path: Path, form: Format, size: int) -> Facts:
    with open_container(path, form) as container:
        video = picture_stream(container)
        audio = next(iter(container.streams.audio), None)
        for stream in (video, audio):
            if stream is not None and cast(object, stream.codec_context) is None:
                raise ReferenceError_(path.name, f"its {stream.type} is coded in a way that is not known here", "Convert it to MP4, WAV or MP3.")
        if video is None and audio is None:
            raise ReferenceError_(path.name, "it holds neither picture nor sound", DAMAGED)
        times = _times(container, [s for s in (video, audio) if s is not None])
        _whole(path, form, container.duration or 0, times)
        found = Facts(kind="audio", format=form.name, bytes=size)
        if audio is not None:
            code = audio.codec_context
            found = replace(found, sound=True, channels=code.channels, rate=code.sample_rate, codec=code.name, length=_span(times[audio.index]))
        moving = video.index if video is not None else None
    if moving is not None:
        found = _moving(path, form, moving, times[moving], found)
    if not found.length:
        raise ReferenceError_(path.name, "nothing in it can be played", DAMAGED)
    return found


def _times(container: InputContainer, streams: list[Any]) -> dict[int, list[tuple[Fraction, Fraction]]]:
    """(time, duration) of every packet of the streams, in seconds and time order."""
    times: dict[int, list[tuple[Fraction, Fraction]]] = {s.index: [] for s in streams}
    last: dict[int, Fraction] = {}
    for packet in container.demux(streams):
        if not packet.size:
            continue
        stamp = packet.pts if packet.pts is not None else packet.dts
        at = stamp * packet.time_base if stamp is not None else last.get(packet.stream_index, Fraction(0))
        long = (packet.duration or 0) * packet.time_base
        last[packet.stream_index] = at + long
        times[packet.stream_index].append((at, long))
    return {index: sorted(t) for index, t in times.items()}


def _whole(path: Path, form: Format, declared: int, times: dict[int, list[tuple[Fraction, Fraction]]]) -> None:
    """Raises ``ReferenceError_`` where a format that knows its length (µs) ends well before it."""
    if form.name == "wav":
        _whole_wave(path)
    if form.name not in _KNOW_THEIR_LENGTH:
        return
    found = max((float(t[-1][0] + t[-1][1]) for t in times.values() if t), default=0.0)
    if found < 0.9 * declared / 1e6 - 0.1:
        raise ReferenceError_(path.name, f"it is cut short: {found:.2f} s of {declared / 1e6:.2f} s are there", DAMAGED)


def _whole_wave(path: Path) -> None:
    """The same for RIFF, whose header counts bytes; recorders that never came back to write the count leave 0 or the highest number there."""
    with path.open("rb") as f:
        head = f.read(8)
    declared, found = int.from_bytes(head[4:8], "little") + 8, path.stat().st_size
    if head[:4] == b"RIFF" and 44 < declared < 0xFFFFFF00 and found < 0.9 * declared:
        raise ReferenceError_(path.name, f"it is cut short: {found} of {declared} bytes are there", DAMAGED)


def _span(times: list[tuple[Fraction, Fraction]]) -> int:
    if not times:
        return 0
    return round((times[-1][0] + times[-1][1] - max(times[0][0], Fraction(0))) * TICKS_PER_SECOND)


def _moving(path: Path, form: Format, index: int, times: list[tuple[Fraction, Fraction]], found: Facts) -> Facts:
    with open_container(path, form) as container:
        stream = cast(VideoStream, container.streams[index])
        _guard(path, stream.codec_context.width, stream.codec_context.height)
        frame = next(_frames(container, stream), None)
        if frame is None or not times:
            raise ReferenceError_(path.name, "not one of its frames can be decoded", DAMAGED)
        width, height = shown_size(stream, frame)
        depth = max(c.bits for c in frame.format.components)
        codec = stream.codec_context.name
    gaps = np.diff([float(t) for t, _ in times])
    length = _span(times)
    if not times[-1][1] and len(gaps):
        length += round(float(np.median(gaps)) * TICKS_PER_SECOND)
    fps = len(times) * TICKS_PER_SECOND / length if length else 0.0
    steady = not len(gaps) or float(np.abs(gaps - np.median(gaps)).max()) <= 0.002
    return replace(
        found, kind="video", width=width, height=height, length=length, fps=fps, steady=steady, frames=len(times), codec=codec, depth=depth
    )


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except InvalidDataError:
            continue


def _guard(path: Path, width: int, height: int) -> None:
    if width * height > BOMB:
        raise ReferenceError_(path.name, f"its picture is {width}x{height} pixels, more than can be decoded safely", "Save it smaller.")


def shown_size(stream: VideoStream, frame: av.VideoFrame) -> tuple[int, int]:
    """Width and height as a player shows them: square pixels, the display matrix applied."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    width, height = frame.width, frame.height
    if aspect > 0:
        width, height = (round(width * aspect), height) if aspect >= 1 else (width, round(height / aspect))
    return (height, width) if frame.rotation % 180 else (width, height)
