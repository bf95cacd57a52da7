"""The singer's part of a mixed song, as far as it can be drawn out without a trained separator. Axes: s samples, f frequencies, t frames.

A voice is mixed to the middle, sounds on pitches (drums do not) and moves: what stays on one pitch for a second is an instrument. The result is too
rough to be heard, but a detector of speech that hears nothing in the mix hears the voice in it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from phonofilm.clock import TICKS_PER_SECOND

F32 = NDArray[np.float32]

_RATE = 16_000
_WINDOW = 1366  # 85 ms
_HOP = _WINDOW // 4
_TONE, _DRUM, _HELD = 9, 31, 61  # frames, frequencies, frames: of the medians
_BAND = (150.0, 6000.0)


def vocals(samples: F32) -> F32:
    """Mono samples s of the voice in stereo samples s 2, both at 48 kHz; nothing that only sounds at a side, is struck, or stays on one pitch."""
    low = signal.resample_poly(samples, 1, TICKS_PER_SECOND // _RATE, axis=0)
    if len(low) < 2 * _WINDOW:
        return np.zeros(len(samples), np.float32)
    hertz, _, sides = signal.stft(low.T, _RATE, nperseg=_WINDOW, noverlap=_WINDOW - _HOP)
    middle, side = (sides[0] + sides[1]) / 2, (sides[0] - sides[1]) / 2
    size = np.abs(middle).astype(np.float32)
    central = np.square(np.maximum(0.0, 1.0 - np.abs(side) / (size + 1e-9)))
    tone, drum = (np.square(ndimage.median_filter(size, shape)) for shape in ((1, _TONE), (_DRUM, 1)))
    held = ndimage.median_filter(size, (1, _HELD))
    moving = np.clip(1.0 - held / (size + 1e-9), 0.0, 1.0)
    voiced = central * tone / (tone + drum + 1e-12) * moving * ((hertz > _BAND[0]) & (hertz < _BAND[1]))[:, None]
    _, drawn = signal.istft(middle * voiced, _RATE, nperseg=_WINDOW, noverlap=_WINDOW - _HOP)
    full = signal.resample_poly(drawn, TICKS_PER_SECOND // _RATE, 1)
    out = np.zeros(len(samples), np.float32)
    out[: len(full)] = full[: len(out)]
    return out
