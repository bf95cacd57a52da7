"""A film written again from frames and samples that were changed: its own rate and time stamps stay.

Axes: ``h w`` rows and columns, ``s`` samples at 48 kHz.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import EncodeError
from phonofilm.media.stream import Decoded
from phonofilm.media.writer import AAC_BLOCK, BT709, FORMATS, beside

_CLOCK = Fraction(1, TICKS_PER_SECOND)


def rewrite(out: Path, frames: Iterable[Decoded], sound: NDArray[np.float32] | None, *, rate: float) -> Path:
    """Write an MP4 of these frames, each at its own tick, and of ``f32[s 2]``, which comes out with exactly its number of samples.

    ``rate``: frames a second, for the encoder alone. Whole or not at all. Raises ``EncodeError``.
    """
    part = beside(out)
    try:
        _write(part, frames, sound, rate)
        part.replace(out)
    except (FFmpegError, OSError) as e:
        raise EncodeError(f"{out}: the film could not be written ({e}). Is the disk full?") from e
    finally:
        part.unlink(missing_ok=True)
    return out


def _write(part: Path, frames: Iterable[Decoded], sound: NDArray[np.float32] | None, rate: float) -> None:
    form = FORMATS["copy"]
    turn = iter(frames)
    first = next(turn, None)
    if first is None:
        raise EncodeError(f"{part.name}: there is not one frame to write.")
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as container:
        video = container.add_stream("libx264", rate=Fraction(rate).limit_denominator(1001))
        video.width, video.height, video.pix_fmt = first.i420.shape[1], first.i420.shape[0] * 2 // 3, "yuv420p"
        code = video.codec_context
        code.time_base, code.thread_count = _CLOCK, form.threads
        code.color_primaries = code.color_trc = BT709
        code.colorspace, code.color_range = Colorspace.ITU709, ColorRange.MPEG
        code.options = {"preset": form.preset, "crf": str(form.crf), "g": str(form.keyframe_every), "x264-params": "no-deblock=0:deblock=0,0"}
        if sound is not None:
            audio = container.add_stream("aac", rate=TICKS_PER_SECOND)
            audio.codec_context.layout, audio.codec_context.format = "stereo", "fltp"
            audio.bit_rate, audio.codec_context.time_base = form.sound_bits, _CLOCK
            lead = -len(sound) % AAC_BLOCK or AAC_BLOCK
            whole = np.concatenate([np.zeros((lead, 2), np.float32), sound])
            for at in range(0, len(whole), AAC_BLOCK):
                block = av.AudioFrame.from_ndarray(np.ascontiguousarray(whole[at : at + AAC_BLOCK].T), format="fltp", layout="stereo")
                block.sample_rate, block.pts, block.time_base = TICKS_PER_SECOND, at - lead, _CLOCK
                container.mux(audio.encode(block))
            container.mux(audio.encode(None))
        for shown in chain([first], turn):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown.i420), format="yuv420p")
            picture.pts, picture.time_base = shown.at, _CLOCK
            picture.colorspace, picture.color_range = Colorspace.ITU709, ColorRange.MPEG
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
