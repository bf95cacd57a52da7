"""Where one picture gives way to another: found in the decoded frames, from nothing but the frame before and the changes just seen.

Axes: ``r q`` rows and columns of a thumb. A flash of a frame or two is no cut.
"""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.measure.film import Shown

F32 = NDArray[np.float32]

THUMB = (48, 27)
LEAST = 9.0  # mean change of a thumb (0…255, of luma and colour) that a cut makes at least,
TIMES = 3.5  # and by how much it stands out over the largest of the changes just before
BEFORE = 6  # frames looked back
FLASH = TICKS_PER_SECOND // 4  # within which a picture that comes back was only interrupted


class Cuts:
    """Fed every frame in order; ``found`` are the numbers of the frames that begin something new, known for sure ``FLASH`` ticks later;
    ``flashes`` are those of the frames that began an interruption, ``returned`` that at which the last one ended."""

    def __init__(self) -> None:
        self.found: list[int] = []
        self.flashes: list[int] = []
        self.returned = -1
        self.changes: list[float] = []
        self._last: F32 | None = None
        self._past: deque[float] = deque(maxlen=BEFORE)
        self._before_cut: F32 | None = None
        self._cut_at = 0

    def see(self, shown: Shown) -> bool:
        """Look at the next frame: whether it seems to begin something new (a flash, too, until it has passed)."""
        now = thumb(shown)
        change = 0.0 if self._last is None else float(np.abs(now - self._last).mean())
        usual = max(self._past, default=0.0)
        new = self._last is not None and change > max(LEAST, TIMES * usual)
        if self._before_cut is not None and shown.at - self._cut_at <= FLASH and _alike(now, self._before_cut):
            self.flashes.append(self.found.pop())
            self._before_cut, new, self.returned = None, False, shown.index
            self._past.append(change / TIMES)
        elif new:
            self.found.append(shown.index)
            self._before_cut, self._cut_at = self._last, shown.at
            self._past.clear()
        else:
            self._past.append(change)
        self.changes.append(change)
        self._last = now
        return new


def thumb(shown: Shown) -> F32:
    """The whole picture in little, luma and both colours, f32[3 r q]."""
    height, width = shown.y.shape
    flat = shown.i420.reshape(-1)
    quarter = height * width // 4
    parts = [shown.y, *(flat[height * width + k * quarter :][:quarter].reshape(height // 2, width // 2) for k in (0, 1))]
    size = THUMB if width >= height else THUMB[::-1]
    return np.stack([cv2.resize(p, size, interpolation=cv2.INTER_AREA).astype(np.float32) for p in parts])


def _alike(a: F32, b: F32) -> bool:
    return float(np.abs(a - b).mean()) < LEAST / 2
