"""The test engine: colour bars, a frame counter and, once a second, a flash and a beep on the same tick. It plays any score.

What it shows can be read back from a decoded film: the frame's number as a row of black and white squares (``number_in``), the flash as a white
field (``flash_in``). So lengths, sizes, seeking and sync are measured without a stage. Axes: ``h w`` rows and columns, ``s`` samples.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import FRAMES_PER_SECOND, TICKS_PER_FRAME, TICKS_PER_SECOND, frame_start, time_code
from phonofilm.engines.base import Capabilities, Chunk
from phonofilm.media.colour import to_i420
from phonofilm.progress import Progress
from phonofilm.score.materials import Materials
from phonofilm.score.model import Score

BITS = 12  # squares of the counter, the highest first
CHUNK = 8  # frames
BEEP_HZ, BEEP_TICKS, BEEP_LEVEL = 1000, 2400, 0.5
#: 75 % colour bars, left to right (EBU Tech 3325)
BARS = ((191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191))


class TestEngine:
    """An engine for tests and for measuring the writer: it ignores everything of the score but length, size and the watermark."""

    __test__ = False  # the name is no test class

    @property
    def capabilities(self) -> Capabilities:
        """It honours no role and no move."""
        return Capabilities(name="test", about="colour bars, a frame counter, a flash and a beep each second", roles=frozenset(), moves=frozenset())

    def play(self, score: Score, materials: Materials, *, progress: Progress) -> Iterator[Chunk]:
        """Chunks of at most ``CHUNK`` frames, picture and sound of the same span."""
        ground = bars(score.width, score.height)
        num = score.length // TICKS_PER_FRAME
        for first in range(0, num, CHUNK):
            count = min(CHUNK, num - first)
            frames = np.stack([to_i420(picture(ground, first + i)) for i in range(count)])
            start = frame_start(first)
            progress("film", (first + count) / num)
            yield Chunk(start=start, frames=frames, sound=beeps(start, count * TICKS_PER_FRAME))


def bars(width: int, height: int) -> NDArray[np.uint8]:
    """Still colour bars ``u8[h w 3]``."""
    column = np.arange(width) * len(BARS) // width
    return np.ascontiguousarray(np.broadcast_to(np.array(BARS, np.uint8)[column], (height, width, 3)))


def picture(ground: NDArray[np.uint8], frame: int) -> NDArray[np.uint8]:
    """The picture of one frame, ``u8[h w 3]``."""
    rgb = ground.copy()
    h, w, _ = rgb.shape
    if frame % FRAMES_PER_SECOND == 0:
        rgb[: h // 2] = 255
    x = int((w - w // 8) * (frame % FRAMES_PER_SECOND) / (FRAMES_PER_SECOND - 1))
    rgb[h // 2 : h // 2 + h // 16, x : x + w // 8] = 255
    size = h / 540
    rgb[h * 21 // 32 : h * 26 // 32, w // 20 : w * 2 // 5] //= 4
    text = f"{frame:03d}  {time_code(frame_start(frame))}"
    cv2.putText(rgb, text, (w // 16, h * 3 // 4), cv2.FONT_HERSHEY_SIMPLEX, 1.4 * size, (255, 255, 255), max(round(3 * size), 1), cv2.LINE_AA)
    for bit in range(BITS):
        rgb[h * 7 // 8 :, w * bit // BITS : w * (bit + 1) // BITS] = 255 if frame >> (BITS - 1 - bit) & 1 else 0
    return rgb


def beeps(start: int, length: int) -> NDArray[np.float32]:
    """The sound of [start, start + length) ticks, ``f32[s 2]``: a tone that begins on each full second at full level."""
    tick = np.arange(start, start + length)
    since = tick % TICKS_PER_SECOND
    fade = np.clip((BEEP_TICKS - since) / 240, 0, 1)
    tone = BEEP_LEVEL * np.cos(2 * np.pi * BEEP_HZ * since / TICKS_PER_SECOND) * fade
    return np.repeat(tone.astype(np.float32)[:, None], 2, axis=1)


def number_in(rgb: NDArray[np.uint8]) -> int:
    """The frame's number as its squares show it."""
    h, w, _ = rgb.shape
    row = h * 15 // 16
    return sum(int(rgb[row, (2 * bit + 1) * w // (2 * BITS)].mean() > 127) << (BITS - 1 - bit) for bit in range(BITS))


def flash_in(rgb: NDArray[np.uint8]) -> bool:
    """Whether this is a frame with the flash."""
    h, w, _ = rgb.shape
    return bool(rgb[h // 4, w * 13 // 14].min() > 200)
