"""Clips of any kind to plain 24 fps copies. Runs inside the sandbox; ``read.transcode_clip`` is its public door.

A copy: H.264 at constant 24 fps, upright, square pixels, bt709 limited 8 bit, a keyframe every half second, and sound at 48 kHz stereo
of exactly the same length.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.container.input import InputContainer
from av.error import InvalidDataError
from av.filter import Graph
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND, frame_middle
from phonofilm.errors import ReferenceError_
from phonofilm.media import hdr
from phonofilm.media.facts import facts, format_of, open_container, picture_stream
from phonofilm.media.probe import DAMAGED, Facts
from phonofilm.media.sounds import decode
from phonofilm.media.writer import FilmWriter

COPY_PIXELS = 2_360_000  # a 2k film and no more
_SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
SHRINKING = Interpolation.AREA | Interpolation.ACCURATE_RND  # of frames that are only looked at
_BT2020, _UNSPECIFIED = 9, 2


@dataclass(frozen=True, kw_only=True, eq=False)
class _Span:
    start: int
    frames: NDArray[np.uint8]
    sound: NDArray[np.float32]


def job(path: Path, out: str, start: int, most: int) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Write the copy of [start, start + most) ticks of the clip to ``out``; its size, length, sound and remarks."""
    remarks: list[str] = []
    found, num, width, height = plan(path, start, most, remarks)
    sound = _sound_of(path, found, start, num * TICKS_PER_FRAME, remarks)
    with FilmWriter(Path(out), width=width, height=height, length=num * TICKS_PER_FRAME, metadata={}, sound=sound is not None, preset="copy") as film:
        silent = np.zeros((TICKS_PER_FRAME, 2), np.float32)
        for i, frame in enumerate(steady(path, start, num, width, height, remarks)):
            at = i * TICKS_PER_FRAME
            film.write(_Span(start=at, frames=frame[None], sound=silent if sound is None else sound[at : at + TICKS_PER_FRAME]))
    values = {"width": width, "height": height, "length": num * TICKS_PER_FRAME, "sound": sound is not None, "remarks": remarks}
    return values, {}


def plan(path: Path, start: int, most: int, remarks: list[str]) -> tuple[Facts, int, int, int]:
    """The clip's facts, and how many frames of which width and height its copy has. Raises ``ReferenceError_`` where there can be none."""
    found = facts(path)
    if found.kind != "video":
        raise ReferenceError_(path.name, f"it is of the kind {found.kind}; a moving picture is needed", "Give a clip.")
    length = min(found.length - start, most)
    if length <= 0:
        raise ReferenceError_(path.name, f"it ends before tick {start}", "Start earlier.")
    if found.length - start > most:
        remarks.append(f"only {most / TICKS_PER_SECOND:g} s of its {found.length / TICKS_PER_SECOND:.1f} s are used")
    width, height = copy_size(found)
    if (width, height) != (found.width // 2 * 2, found.height // 2 * 2):
        remarks.append(f"its picture is {found.width}x{found.height}; it is used at {width}x{height}")
    if not found.steady or abs(found.fps - 24) > 0.01:
        remarks.append(f"its {'' if found.steady else 'varying '}{found.fps:.5g} frames a second become 24")
    return found, max(round(length / TICKS_PER_FRAME), 1), width, height


def copy_size(found: Facts) -> tuple[int, int]:
    """Width and height of a copy: even, at most a 2k film's pixels."""
    factor = min(1.0, (COPY_PIXELS / (found.width * found.height)) ** 0.5)
    return max(round(found.width * factor) // 2 * 2, 2), max(round(found.height * factor) // 2 * 2, 2)


def _sound_of(path: Path, found: Facts, start: int, length: int, remarks: list[str]) -> NDArray[np.float32] | None:
    if not found.sound:
        return None
    try:
        sound = decode(path, start + length, [])[start:]
    except ReferenceError_ as e:
        remarks.append(f"its sound is left out: {e.problem}")
        return None
    return np.pad(sound, ((0, length - len(sound)), (0, 0)))


def steady(path: Path, start: int, num: int, width: int, height: int, remarks: list[str]) -> Iterator[NDArray[np.uint8]]:
    """I420 frames of the copy: each is the source frame on screen at the middle of its span."""
    with tempfile.TemporaryDirectory() as folder:
        convert = Converter(Path(folder), width, height, remarks)
        shown: av.VideoFrame | None = None
        ready: NDArray[np.uint8] | None = None
        for frame, stream in on_screen(path, start, num, remarks):
            if ready is None or frame is not shown:
                shown, ready = frame, convert(frame, stream)
            yield ready


def on_screen(path: Path, start: int, num: int, remarks: list[str]) -> Iterator[tuple[av.VideoFrame, VideoStream]]:
    """For each of ``num`` frames of the copy from tick ``start`` the source frame that is on screen at its middle, and its stream."""
    with open_container(path, format_of(path)) as container:
        stream = picture_stream(container)
        assert stream is not None
        stream.thread_type = "AUTO"
        made = 0
        shown: av.VideoFrame | None = None
        for frame, at in progressive(timed(container, stream, start), stream, remarks):
            while shown is not None and made < num and frame_middle(made) + start < at:
                yield shown, stream
                made += 1
            if made == num:
                return
            shown = frame
        if shown is None:
            raise ReferenceError_(path.name, "not one of its frames can be decoded", DAMAGED)
        while made < num:
            yield shown, stream
            made += 1


def timed(container: InputContainer, stream: VideoStream, start: int) -> Iterator[tuple[av.VideoFrame, int]]:
    """Decoded frames with the tick at which each comes on screen; tick 0 is the first frame's. Damaged packets are passed over."""
    base = cast(Fraction, stream.time_base)
    zero = stream.start_time or 0
    if start:
        container.seek(zero + int(Fraction(start, TICKS_PER_SECOND) / base), stream=stream, backward=True)
    last = 0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except InvalidDataError:
            continue
        for frame in frames:
            at = last if frame.pts is None else round((frame.pts - zero) * base * TICKS_PER_SECOND)
            last = at
            yield frame, at


def progressive(frames: Iterator[tuple[av.VideoFrame, int]], stream: VideoStream, remarks: list[str]) -> Iterator[tuple[av.VideoFrame, int]]:
    """The same frames; where they are woven of two fields, each made of one with the other's lines filled in (FFmpeg's ``bwdif``)."""
    graph: Graph | None = None
    waiting: deque[int] = deque()
    for frame, at in frames:
        if graph is None and not frame.interlaced_frame:
            yield frame, at
            continue
        if graph is None:
            remarks.append("its interlaced fields are made into frames")
            graph = Graph()
            nodes = [graph.add_buffer(template=stream), graph.add("bwdif", "mode=send_frame:deint=interlaced"), graph.add("buffersink")]
            graph.link_nodes(*nodes).configure()
        graph.push(frame)
        waiting.append(at)
        yield from _pulled(graph, waiting)
    if graph is not None:
        graph.push(None)
        yield from _pulled(graph, waiting)


def _pulled(graph: Graph, waiting: deque[int]) -> Iterator[tuple[av.VideoFrame, int]]:
    """What the filter has ready; it gives one frame for each that it got, in their order."""
    while waiting:
        try:
            frame = graph.pull()
        except (BlockingIOError, EOFError):
            return
        assert isinstance(frame, av.VideoFrame)
        yield frame, waiting.popleft()


class Converter:
    """Source frames to upright I420 of one size."""

    def __init__(self, folder: Path, width: int, height: int, remarks: list[str], scaling: Interpolation = _SCALING) -> None:
        self.folder, self.width, self.height, self.remarks, self.scaling = folder, width, height, remarks, scaling
        self.graph: Graph | None = None
        self.reformatter = VideoReformatter()  # one for all frames: each frame's own would be prepared anew

    def __call__(self, frame: av.VideoFrame, stream: VideoStream) -> NDArray[np.uint8]:
        turns = frame.rotation // 90 % 4
        width, height = (self.height, self.width) if turns % 2 else (self.width, self.height)
        transfer = hdr.TRANSFERS.get(frame.color_trc)
        if transfer:
            frame = self._tone_mapped(frame, stream, transfer, width, height)
        source = None if frame.format.is_rgb else _space(frame)
        if (frame.format.name, frame.width, frame.height, source) == ("yuv420p", width, height, Colorspace.ITU709) and frame.color_range in (0, 1):
            planes = cast(NDArray[np.uint8], frame.to_ndarray())
            return planes if not turns else _turned(planes, width, height, turns)
        flat = self.reformatter.reformat(
            frame, width=width, height=height, format="yuv420p", src_colorspace=source, dst_colorspace=Colorspace.ITU709,
            interpolation=int(self.scaling), dst_color_range=ColorRange.MPEG,
        )  # fmt: skip
        planes = cast(NDArray[np.uint8], flat.to_ndarray())
        return planes if not turns else _turned(planes, width, height, turns)

    def _tone_mapped(self, frame: av.VideoFrame, stream: VideoStream, transfer: hdr.Transfer, width: int, height: int) -> av.VideoFrame:
        if self.graph is None:
            table = self.folder / f"{transfer}.cube"
            hdr.write_cube(table, transfer)
            self.remarks.append(f"its high dynamic range ({transfer.upper()}) is brought to that of an ordinary screen")
            graph = Graph()
            steps = [
                graph.add_buffer(template=stream),
                graph.add("scale", f"w={width}:h={height}:in_color_matrix=bt2020:flags=bicubic+accurate_rnd"),
                graph.add("format", "gbrp12le"),
                graph.add("lut3d", file=str(table), interp="tetrahedral"),
                graph.add("buffersink"),
            ]
            graph.link_nodes(*steps).configure()
            self.graph = graph
        else:
            graph = self.graph
        graph.push(frame)
        return cast(av.VideoFrame, graph.pull())


def _space(frame: av.VideoFrame) -> int:
    """The matrix that the frame is coded with; where it does not say, what its size makes likely."""
    if frame.colorspace == _UNSPECIFIED or frame.colorspace not in (1, 4, 5, 6, 7, 9, 10):
        return int(Colorspace.ITU709 if max(frame.width, frame.height) >= 1280 else Colorspace.ITU601)
    return {6: int(Colorspace.ITU601), 10: _BT2020}.get(frame.colorspace, frame.colorspace)


def _turned(planes: NDArray[np.uint8], width: int, height: int, turns: int) -> NDArray[np.uint8]:
    """An I420 frame turned counter-clockwise by ``turns`` quarters."""
    y = np.rot90(planes[:height], turns)
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    uv = [np.rot90(c, turns) for c in chroma]
    return np.concatenate([y.ravel(), uv[0].ravel(), uv[1].ravel()]).reshape(y.shape[0] * 3 // 2, y.shape[1])
