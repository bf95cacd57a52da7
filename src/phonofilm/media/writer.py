"""The film writer: frames and samples of one clock in, one MP4 of exact length out, whole or not at all.

Axes: ``f`` frames, ``h w`` rows and columns, ``s`` samples, 2 channels.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from av.error import FFmpegError
from av.packet import Packet
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from phonofilm.clock import FRAMES_PER_SECOND, TICKS_PER_FRAME, TICKS_PER_SECOND
from phonofilm.errors import EncodeError

AAC_BLOCK = 1024
BT709 = 1  # the code of ITU-T H.273 for primaries, transfer and matrix alike


@dataclass(frozen=True, kw_only=True)
class Format:
    """How a film is coded. ``threads`` is a constant: x264 codes another picture with another number of them."""

    preset: str
    crf: int
    threads: int
    keyframe_every: int
    sound_bits: int


FORMATS: dict[str, Format] = {
    "film": Format(preset="veryfast", crf=18, threads=2, keyframe_every=48, sound_bits=256_000),
    "copy": Format(preset="ultrafast", crf=12, threads=2, keyframe_every=12, sound_bits=256_000),
    "draft": Format(preset="ultrafast", crf=26, threads=2, keyframe_every=48, sound_bits=128_000),
}


class Span(Protocol):
    """What the writer takes: frames and samples of one span, from tick ``start``."""

    @property
    def start(self) -> int: ...
    @property
    def frames(self) -> NDArray[np.uint8]: ...
    @property
    def sound(self) -> NDArray[np.float32]: ...


@dataclass(frozen=True, kw_only=True)
class Film:
    """A finished film on disk. ``length`` in ticks."""

    path: Path
    width: int
    height: int
    length: int
    sound: bool


class FilmWriter:
    """Writes one film as a context manager; on any error, a Cancelled or a short film, nothing is left on disk.

    ``length`` is in ticks (whole frames). ``metadata`` goes into the file's header as it is (``title``, ``comment`` …; see ``provenance``).
    Decoded, the film has exactly ``length / 2000`` frames and, with ``sound``, ``length`` samples: AAC codes blocks of 1024 and readers trim only
    the start, so ``-length mod 1024`` samples of silence go before the film, at negative times that the edit list skips (ISO/IEC 14496-12 §8.6.6).
    Raises ``EncodeError`` where the folder, the disk or a chunk is not as it must be.
    """

    def __init__(
        self, out: Path, *, width: int, height: int, length: int, metadata: Mapping[str, str], sound: bool = True, preset: str = "film"
    ) -> None:
        if length % TICKS_PER_FRAME or length <= 0:
            raise EncodeError(f"{out}: a film lasts whole frames ({TICKS_PER_FRAME} ticks), not {length} ticks.")
        if width % 2 or height % 2:
            raise EncodeError(f"{out}: width and height must be even, not {width}x{height}.")
        self.out, self.width, self.height, self.length = out, width, height, length
        self.metadata, self.sound, self.format = dict(metadata), sound, FORMATS[preset]
        self._at = 0
        self._finished: Film | None = None

    def __enter__(self) -> Self:
        self._part = beside(self.out)
        try:
            self._open()
        except BaseException as e:
            self._part.unlink(missing_ok=True)
            if not isinstance(e, (FFmpegError, OSError, ValueError)):
                raise
            raise EncodeError(f"{self.out}: the film cannot be opened for writing ({e}). Choose another place with --out.") from e
        return self

    def _open(self) -> None:
        f = self.format
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        self._container = av.open(str(self._part), "w", format="mp4", options=options)
        self._container.metadata.update(self.metadata)
        video = self._container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        video.width, video.height, video.pix_fmt = self.width, self.height, "yuv420p"
        context = video.codec_context
        context.time_base = Fraction(1, FRAMES_PER_SECOND)
        context.thread_count = f.threads
        context.color_primaries = context.color_trc = BT709
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.options = {"preset": f.preset, "crf": str(f.crf), "g": str(f.keyframe_every), "x264-params": "chromaloc=1", "flags": "+bitexact"}
        self._video = video
        # x264 writes its version and settings into the first frame as an SEI unit (type 6): not part of the film
        self._bare = BitStreamFilterContext("filter_units=remove_types=6", in_stream=video)
        if not self.sound:
            return
        audio = self._container.add_stream("aac", rate=TICKS_PER_SECOND)
        audio.codec_context.layout = "stereo"
        audio.codec_context.format = "fltp"
        audio.bit_rate = f.sound_bits
        audio.codec_context.time_base = Fraction(1, TICKS_PER_SECOND)
        audio.codec_context.options = {"flags": "+bitexact"}
        self._audio = audio
        lead = -self.length % AAC_BLOCK or AAC_BLOCK  # never none: the first block of a sound that starts at once overshoots
        self._sound_at = -lead
        self._waiting = np.zeros((lead, 2), np.float32)

    def write(self, chunk: Span) -> None:
        """Add the next span: ``frames`` I420 ``u8[f h*3/2 w]`` and ``sound`` ``f32[2000 f, 2]`` (ignored in a film without sound)."""
        frames, sound = chunk.frames, chunk.sound
        num = len(frames)
        if frames.shape[1:] != (self.height * 3 // 2, self.width) or frames.dtype != np.uint8:
            raise EncodeError(f"{self.out}: a chunk holds frames {frames.shape[1:]} {frames.dtype}, the film is {self.width}x{self.height} I420.")
        if chunk.start != self._at or self._at + num * TICKS_PER_FRAME > self.length:
            raise EncodeError(f"{self.out}: a chunk of {num} frames starts at tick {chunk.start}; the film is at {self._at} of {self.length}.")
        if self.sound and (sound.shape != (num * TICKS_PER_FRAME, 2) or not np.isfinite(sound).all()):
            raise EncodeError(f"{self.out}: {num} frames come with sound {sound.shape}, which must be finite and of the same span.")
        try:
            for i, frame in enumerate(frames):
                if self.sound:
                    self._put_sound(sound[i * TICKS_PER_FRAME : (i + 1) * TICKS_PER_FRAME])
                picture = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(frame), format="yuv420p")
                picture.pts = self._at // TICKS_PER_FRAME
                picture.time_base = Fraction(1, FRAMES_PER_SECOND)
                picture.colorspace, picture.color_range = Colorspace.ITU709, ColorRange.MPEG
                self._mux_video(picture)
                self._at += TICKS_PER_FRAME
        except (FFmpegError, OSError) as e:
            raise EncodeError(f"{self.out}: the film could not be written ({e}). Is the disk full?") from e

    def _mux_video(self, picture: av.VideoFrame | None) -> None:
        for packet in self._video.encode(picture):
            self._mux_bare(packet)
        if picture is None:
            self._mux_bare(None)

    def _mux_bare(self, packet: Packet[VideoStream] | None) -> None:
        for bare in self._bare.filter(packet):
            bare.stream = self._video
            self._container.mux(bare)

    def _put_sound(self, sound: NDArray[np.float32]) -> None:
        data = np.concatenate([self._waiting, sound])
        whole = len(data) // AAC_BLOCK * AAC_BLOCK
        for block in data[:whole].reshape(-1, AAC_BLOCK, 2):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.T), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = TICKS_PER_SECOND, self._sound_at, Fraction(1, TICKS_PER_SECOND)
            self._container.mux(self._audio.encode(frame))
            self._sound_at += AAC_BLOCK
        self._waiting = data[whole:]

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            if self._finished is None:
                self._drop()

    def _finish(self) -> None:
        if self._at != self.length:
            raise EncodeError(f"{self.out}: the film has {self._at} of {self.length} ticks; the engine stopped early.")
        try:
            self._mux_video(None)
            if self.sound:
                assert not len(self._waiting), "the lead makes the sound whole blocks"
                self._container.mux(self._audio.encode(None))
            self._container.close()
            self._part.replace(self.out)
        except (FFmpegError, OSError) as e:
            raise EncodeError(f"{self.out}: the film could not be finished ({e}). Is the disk full?") from e
        self._finished = Film(path=self.out, width=self.width, height=self.height, length=self.length, sound=self.sound)

    def _drop(self) -> None:
        try:
            self._container.close()
        except (FFmpegError, OSError, ValueError):
            pass  # the file goes away with whatever it could not hold
        finally:
            self._part.unlink(missing_ok=True)

    @property
    def finished(self) -> Film:
        """The film, once the context has closed."""
        if self._finished is None:
            raise EncodeError(f"{self.out}: the film is not finished.")
        return self._finished


def beside(out: Path) -> Path:
    """A fresh, empty, hidden file in the folder of ``out``, to be renamed to it when whole. Raises ``EncodeError``."""
    try:
        if out.is_dir():
            raise EncodeError(f"{out}: this is a folder. Name a file in it.")
        part = out.absolute().with_name(f".{out.stem[:40]}-{secrets.token_hex(4)}{out.suffix[:8]}.part")
        part.open("xb").close()
    except (OSError, ValueError) as e:
        raise EncodeError(f"{out}: nothing can be written there ({getattr(e, 'strerror', None) or e}). Choose another place.") from e
    return part
