"""The tracks of a film as they lie in its file: packets, time stamps, edit lists, tags. Runs inside the sandbox; ``tracks`` is its public door.

Times are ticks of the film: 0 is when the first frame comes on screen.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container.input import InputContainer
from av.error import InvalidDataError
from av.video.stream import VideoStream
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import ReferenceError_
from phonofilm.media import sandbox
from phonofilm.media.facts import format_of, open_container, picture_stream
from phonofilm.media.probe import DAMAGED, regular

SECONDS = 60.0  # that a look at all packets may take
LONGEST_GAP = 1.5  # frames (or blocks of sound) from one to the next before there is a gap

#: names of the codes of ITU-T H.273, tables 2 to 4, as FFmpeg prints them
PRIMARIES = {
    1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020", 11: "dci-p3", 12: "display-p3", 22: "ebu3213",
}  # fmt: skip
TRANSFERS = {
    1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 11: "xvycc", 13: "srgb", 14: "bt2020-10", 15: "bt2020-12",
    16: "pq", 17: "smpte428", 18: "hlg",
}  # fmt: skip
MATRICES = {
    0: "rgb", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco", 9: "bt2020nc", 10: "bt2020c", 14: "ictcp",
}  # fmt: skip
RANGES = {1: "limited", 2: "full"}


@dataclass(frozen=True, kw_only=True)
class Stamps:
    """Time stamps of a track. ``step`` the usual ticks from one to the next, ``wobble`` the most that one departs from it, ``gaps`` how many are
    longer than half as much again, ``repeated`` how many are equal, ``backwards`` how many decoding times go back."""

    step: float = 0.0
    wobble: float = 0.0
    gaps: int = 0
    repeated: int = 0
    backwards: int = 0

    @property
    def monotonic(self) -> bool:
        """Whether no stamp is repeated or goes back."""
        return not self.repeated and not self.backwards


@dataclass(frozen=True, kw_only=True)
class PictureTrack:
    """The track of the picture. ``bits``: a second; ``keyframe_every`` the longest way between two, in frames; ``edits`` of its edit list."""

    codec: str
    profile: str
    pixels: str
    packets: int
    bits: float
    primaries: str
    transfer: str
    matrix: str
    range: str
    interlaced: bool
    turned: int
    sample_aspect: float
    keyframe_every: int
    reordered: bool
    stamps: Stamps
    edits: int


@dataclass(frozen=True, kw_only=True)
class SoundTrack:
    """The track of the sound. ``first_packet`` is the time of its first packet, ``starts`` of the first sample that is heard, both in ticks;
    ``skipped`` and ``dropped`` the samples that the file says to leave out at its start and its end; ``samples`` those that remain, at its own rate.

    ``peak``: the highest sample, 1 being full scale (lossy codecs go beyond).
    """

    codec: str
    profile: str
    rate: int
    channels: int
    layout: str
    packets: int
    bits: float
    first_packet: int
    starts: int
    skipped: int
    dropped: int
    samples: int
    peak: float
    stamps: Stamps
    edits: int
    streams: int

    @property
    def ticks(self) -> int:
        """How long it is heard."""
        return round(self.samples * TICKS_PER_SECOND / self.rate)


@dataclass(frozen=True, kw_only=True)
class Tracks:
    """A film's file. ``header_first``: a player can begin before it has the whole file (MP4 and MOV; None elsewhere). ``bits``: a second."""

    container: str
    bits: float
    header_first: bool | None
    picture: PictureTrack
    sound: SoundTrack | None


def tracks(path: Path) -> Tracks:
    """How a film lies in its file, found in the sandbox. Raises ``ReferenceError_``."""
    regular(path)
    values = sandbox.run("tracks", path.absolute(), seconds=SECONDS).values
    picture, sound = values.pop("picture"), values.pop("sound")
    return Tracks(
        **values,
        picture=PictureTrack(stamps=Stamps(**picture.pop("stamps")), **picture),
        sound=sound and SoundTrack(stamps=Stamps(**sound.pop("stamps")), **sound),
    )


def job(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The tracks as plain values."""
    form = format_of(path)
    header_first, edits = boxes(path) if form.name in ("mp4", "mov") else (None, {})
    with open_container(path, form) as container:
        video = picture_stream(container)
        if video is None:
            raise ReferenceError_(path.name, "it holds no moving picture", "Give a film.")
        num_edits = edits.get("vide", 0)
        picture, zero, seconds = _picture(path, container, video, num_edits)
    with open_container(path, form) as container:
        audio = next(iter(container.streams.audio), None)
        sound = None
        if audio is not None and cast(object, audio.codec_context) is not None:
            sound = _sound(container, audio, zero, edits.get("soun", 0))
    found = Tracks(
        container=form.name, bits=path.stat().st_size * 8 / seconds if seconds else 0.0, header_first=header_first, picture=picture, sound=sound
    )
    return asdict(found), {}


def _picture(path: Path, container: InputContainer, stream: VideoStream, edits: int) -> tuple[PictureTrack, Fraction, float]:
    """The track, the time of its first frame and its length in seconds."""
    base = cast(Fraction, stream.time_base)
    shown: list[int] = []
    decoded: list[int] = []
    keys: list[int] = []
    size = last = 0
    first: Any = None
    for packet in container.demux(stream):
        if not packet.size:
            continue
        size += packet.size
        if packet.is_keyframe:
            keys.append(len(shown))
        shown.append(packet.pts if packet.pts is not None else packet.dts if packet.dts is not None else last + 1)
        if packet.dts is not None:
            decoded.append(packet.dts)
        last = shown[-1]
        if first is None:
            try:
                first = next(iter(packet.decode()), None)
            except InvalidDataError:
                continue
    if not shown:
        raise ReferenceError_(path.name, "it holds no frame", DAMAGED)
    shown.sort()
    if first is None:
        first = next(iter(_flushed(stream)), None)
    code = stream.codec_context
    stamps = _stamps(shown, decoded, base)
    zero = (stream.start_time if stream.start_time is not None else shown[0]) * base
    seconds = float((shown[-1] - shown[0]) * base) + stamps.step / TICKS_PER_SECOND
    aspect = stream.sample_aspect_ratio or Fraction(1)
    track = PictureTrack(
        codec=code.name,
        profile=stream.profile or "",
        pixels=code.pix_fmt or "",
        packets=len(shown),
        bits=size * 8 / seconds if seconds else 0.0,
        primaries=_named(PRIMARIES, code.color_primaries),
        transfer=_named(TRANSFERS, code.color_trc),
        matrix=_named(MATRICES, int(code.colorspace)),
        range=_named(RANGES, int(code.color_range)),
        interlaced=bool(first is not None and first.interlaced_frame),
        turned=int(first.rotation) % 360 if first is not None else 0,
        sample_aspect=float(aspect) if aspect > 0 else 1.0,
        keyframe_every=max((b - a for a, b in zip(keys, [*keys[1:], len(shown)], strict=True)), default=len(shown)),
        reordered=bool(code.has_b_frames),
        stamps=stamps,
        edits=edits,
    )
    return track, zero, seconds


def _flushed(stream: VideoStream) -> list[Any]:
    """The frames that the decoder still holds."""
    try:
        return cast(list[Any], stream.codec_context.decode(None))
    except (InvalidDataError, EOFError):
        return []


def _sound(container: InputContainer, stream: AudioStream, zero: Fraction, edits: int) -> SoundTrack | None:
    base = cast(Fraction, stream.time_base)
    code = stream.codec_context
    shown: list[int] = []
    size = skipped = dropped = samples = 0
    peak, starts = 0.0, None
    plain = AudioResampler(format="flt")
    for packet in container.demux(stream):
        if packet.size:
            size += packet.size
            if packet.pts is not None:
                shown.append(packet.pts)
            if packet.has_sidedata("skip_samples"):
                before, after = struct.unpack_from("<II", bytes(packet.get_sidedata("skip_samples")))
                skipped, dropped = skipped + before, dropped + after
        try:
            frames = packet.decode()
        except InvalidDataError:
            continue
        for frame in frames:
            if starts is None and frame.pts is not None:
                starts = round((frame.pts * Fraction(frame.time_base or base) - zero) * TICKS_PER_SECOND)
            samples += frame.samples
            for flat in plain.resample(frame):
                data = np.nan_to_num(cast(NDArray[np.float32], flat.to_ndarray()), nan=0.0, posinf=0.0, neginf=0.0)
                peak = max(peak, float(np.abs(data).max(initial=0.0)))
    if not samples or not code.sample_rate:
        return None
    return SoundTrack(
        codec=code.name,
        profile=stream.profile or "",
        rate=code.sample_rate,
        channels=code.channels,
        layout=code.layout.name,
        packets=len(shown),
        bits=size * 8 * code.sample_rate / samples,
        first_packet=round((shown[0] * base - zero) * TICKS_PER_SECOND) if shown else 0,
        starts=starts or 0,
        skipped=skipped,
        dropped=dropped,
        samples=samples,
        peak=peak,
        stamps=_stamps(shown, shown, base),
        edits=edits,
        streams=len(container.streams.audio),
    )


def _stamps(shown: list[int], decoded: list[int], base: Fraction) -> Stamps:
    """``shown`` in the order of showing, in units of ``base``."""
    steps = np.diff(np.array(shown, np.int64)) * float(base * TICKS_PER_SECOND)
    if not len(steps):
        return Stamps()
    usual = float(np.median(steps))
    return Stamps(
        step=round(usual, 3),
        wobble=round(float(np.abs(steps - usual).max()), 3),
        gaps=int((steps > LONGEST_GAP * usual).sum()),
        repeated=int((steps == 0).sum()),
        backwards=int((np.diff(np.array(decoded, np.int64)) < 0).sum()) if len(decoded) > 1 else 0,
    )


def _named(names: dict[int, str], code: int | None) -> str:
    return names.get(code if code is not None else 2, "")


_HOLD = frozenset({b"moov", b"trak", b"edts", b"mdia"})


def boxes(path: Path) -> tuple[bool | None, dict[str, int]]:
    """Whether the header lies before the media, and the number of edits of the first track of each kind (``vide``, ``soun``).

    Source: ISO/IEC 14496-12 §4.2, §8.4.3 (hdlr), §8.6.6 (elst).
    """
    order: list[bytes] = []
    kinds: dict[str, int] = {}
    with path.open("rb") as f:
        edits, kind = 0, ""
        for name, start, end, depth in _walk(f, 0, path.stat().st_size, 0):
            if depth == 0 and name in (b"moov", b"mdat"):
                order.append(name)
            if name == b"trak":
                edits, kind = 0, ""
            elif name == b"elst" and end - start >= 8:
                f.seek(start + 4)
                edits = int.from_bytes(f.read(4), "big")
            elif name == b"hdlr" and not kind and end - start >= 12:
                f.seek(start + 8)
                kind = f.read(4).decode("ascii", "replace")
                kinds.setdefault(kind, edits)
    first = order.index(b"moov") < order.index(b"mdat") if {b"moov", b"mdat"} <= set(order) else None
    return first, kinds


def _walk(f: BinaryIO, start: int, end: int, depth: int) -> Iterator[tuple[bytes, int, int, int]]:
    """(type, first byte of its content, end, depth) of every box of interest."""
    at = start
    while at + 8 <= end and depth < 6:
        f.seek(at)
        head = f.read(16)
        if len(head) < 8:
            return
        long, name = int.from_bytes(head[:4], "big"), head[4:8]
        body = at + 8
        if long == 1 and len(head) == 16:
            long, body = int.from_bytes(head[8:], "big"), at + 16
        elif long == 0:
            long = end - at
        if long < body - at or at + long > end:
            return
        yield name, body, at + long, depth
        if name in _HOLD:
            yield from _walk(f, body, at + long, depth + 1)
        at += long
