"""Sounds to 48 kHz stereo. Runs inside the sandbox; ``read.read_sound`` is its public door.

Axes: ``s`` samples, ``c`` channels.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container.input import InputContainer
from av.error import InvalidDataError
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import ReferenceError_
from phonofilm.media.facts import format_of, open_container, picture_stream
from phonofilm.media.probe import DAMAGED

GAP = 0.05  # seconds that a stream's time may jump before silence is put in
NOT_NUMBERS = 0.01  # share of samples that may be NaN or infinite before the file is refused
_HALF = 0.5**0.5
#: share of a channel in left and right (ITU-R BS.775-4 §3: centre and surrounds at -3 dB, no low-frequency channel)
DOWNMIX: dict[str, tuple[float, float]] = {
    "FL": (1, 0), "FR": (0, 1), "FC": (_HALF, _HALF), "LFE": (0, 0), "LFE2": (0, 0), "BL": (_HALF, 0), "BR": (0, _HALF), "SL": (_HALF, 0),
    "SR": (0, _HALF), "BC": (0.5, 0.5), "FLC": (_HALF, 0), "FRC": (0, _HALF), "DL": (1, 0), "DR": (0, 1), "WL": (_HALF, 0), "WR": (0, _HALF),
}  # fmt: skip


def job(path: Path, most: int) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The sound as ``f32[s 2]`` at 48 kHz, at most ``most`` samples; remarks."""
    remarks: list[str] = []
    sound = decode(path, most, remarks)
    return {"remarks": remarks}, {"sound": sound}


def decode(path: Path, most: int, remarks: list[str]) -> NDArray[np.float32]:
    """As ``job``. In a clip tick 0 is the first frame's. Raises ``ReferenceError_`` where there is no sound or it is not numbers."""
    with open_container(path, format_of(path)) as container:
        if not container.streams.audio:
            raise ReferenceError_(path.name, "it has no sound", "Give a file with a sound track.")
        mixed, rate, cut = _mixed(container, path, most, remarks)
    sound = resample(mixed, rate)
    if len(sound) > most or cut:
        sound = sound[:most]
        remarks.append(f"only its first {most / TICKS_PER_SECOND:g} s are read")
    return np.ascontiguousarray(sound)


def _mixed(container: InputContainer, path: Path, most: int, remarks: list[str]) -> tuple[NDArray[np.float32], int, bool]:
    stream = container.streams.audio[0]
    video = picture_stream(container)
    rate = stream.codec_context.sample_rate
    zero = _start(video) if video is not None else None
    parts: list[NDArray[np.float32]] = []
    num, bad, cut = 0, 0, False
    channels, broken = 0, 0
    plain = av.AudioResampler(format="flt", rate=rate)  # packed: reading separate planes runs past the last one in PyAV 18
    for frame in _frames(container, stream):
        if frame is None:
            broken += 1
            continue
        for flat in plain.resample(frame):
            data = _channels(flat)
            channels = max(channels, len(data))
            finite = np.isfinite(data)
            if not finite.all():
                bad += int((~finite.all(axis=0)).sum())
                data = np.where(finite, data, np.float32(0))
            at = num if zero is None else _place(frame, zero, rate)
            if not num and at < 0:  # sound from before the first picture
                data = data[:, -at:]
            elif at - num > (GAP * rate if num else 0):
                parts.append(np.zeros((at - num, 2), np.float32))
                num += at - num
            stereo = _downmix(data, [c.name for c in flat.layout.channels])
            parts.append(stereo)
            num += len(stereo)
        if num > most * rate / TICKS_PER_SECOND + rate:
            cut = True
            break
    if not num:
        raise ReferenceError_(path.name, "none of its sound can be decoded", DAMAGED)
    if bad > NOT_NUMBERS * num:
        raise ReferenceError_(path.name, f"{bad / num:.0%} of its samples are not numbers (NaN or infinite)", "Export the sound again.")
    if bad:
        remarks.append(f"{bad} of its samples are not numbers; they are silence now")
    if broken:
        remarks.append(f"{broken} damaged pieces of its sound are left out")
    if channels > 2:
        remarks.append(f"its {channels} channels are mixed to stereo")
    sound = np.concatenate(parts)
    peak = float(np.abs(sound).max())
    if peak > 1:
        sound *= np.float32(1 / peak)
        remarks.append(f"its peaks exceed full scale ({20 * np.log10(peak):+.1f} dB); it is turned down")
    return sound, rate, cut


def _channels(frame: AudioFrame) -> NDArray[np.float32]:
    """A packed frame as ``f32[c s]``."""
    return cast(NDArray[np.float32], frame.to_ndarray()).reshape(-1, frame.layout.nb_channels).T


def _frames(container: InputContainer, stream: Any) -> Any:
    """Every decoded frame; ``None`` for a packet that cannot be decoded."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except InvalidDataError:
            yield None


def _start(stream: Any) -> Fraction:
    return (stream.start_time or 0) * stream.time_base


def _place(frame: AudioFrame, zero: Fraction, rate: int) -> int:
    return 0 if frame.pts is None else round((frame.pts * Fraction(frame.time_base or 1) - zero) * rate)


def _downmix(data: NDArray[np.float32], names: list[str]) -> NDArray[np.float32]:
    """``f32[c s]`` as ``f32[s 2]``; a single channel goes to both sides at its own level."""
    if len(data) == 1:
        return np.repeat(data.T, 2, axis=1)
    if len(data) == 2:
        return np.ascontiguousarray(data.T)
    shares = [DOWNMIX.get(n, (0.5, 0.5)) for n in names]
    if len(shares) != len(data):
        shares = [((1.0, 0.0), (0.0, 1.0))[i % 2] for i in range(len(data))]
    return np.ascontiguousarray(data.T @ np.array(shares, np.float32))


def resample(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """``f32[s 2]`` at ``rate`` as ``f32[round(s * 48000 / rate), 2]``, nothing shifted."""
    if rate == TICKS_PER_SECOND:
        return sound
    wanted = round(len(sound) * TICKS_PER_SECOND / rate)
    converter = av.AudioResampler(format="flt", layout="stereo", rate=TICKS_PER_SECOND)
    parts: list[NDArray[np.float32]] = []
    block = rate
    for at in range(0, len(sound), block):
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound[at : at + block].T), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        parts.extend(_channels(f).T for f in converter.resample(frame))
    parts.extend(_channels(f).T for f in converter.resample(None))
    made = np.concatenate(parts)[:wanted]
    return np.pad(made, ((0, wanted - len(made)), (0, 0)))
