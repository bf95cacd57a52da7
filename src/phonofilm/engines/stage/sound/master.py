"""The whole film's level: loudness to the target, true peaks under the ceiling. One gain curve for the mix and all its stems."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines.stage.sound.dsp import db
from phonofilm.perceive.loudness import SILENT, loudness_of, strength, true_peaks

Wave = NDArray[np.floating[Any]]

TARGET = -14.0  # LUFS
CEILING = -2.2  # dBTP: AAC raises true peaks by up to 1.05 dB
MAX_BOOST = 24.0  # dB over the levels that the mix was planned at, so that a quiet room stays one
MAX_LIMITING = 11.0  # dB that the limiter may take from the highest peak, so that a lone click is not crushed to be loud
SPOKEN_LIMITING = 16.0  # the same where somebody speaks: a short line beside a quiet place has few blocks to be loud in, and its peaks are brief
_FIRST, _FIRST_ROOM = 1536, 2.5  # samples, dB: AAC overshoots where a film begins with a blow, having nothing before it to go by
_STEP = 48
_AHEAD = 4  # steps of 1 ms
_RELEASE = 0.12  # s


def gain_curve(samples: Wave, *, spoken: bool) -> Wave:
    """The gain s that brings samples s 2 to ``TARGET`` under ``CEILING``; ``spoken``: somebody speaks in them."""
    power = strength(samples)
    loudness = loudness_of(power)
    flat = np.ones(len(samples), np.float32)
    if loudness <= SILENT or not len(samples):
        return flat
    peaks = true_peaks(samples)
    peaks[:_FIRST] *= np.float32(db(_FIRST_ROOM))
    top = 20 * float(np.log10(max(float(peaks.max()), 1e-6)))
    most = min(MAX_BOOST, CEILING + (SPOKEN_LIMITING if spoken else MAX_LIMITING) - top)
    wanted = min(TARGET - loudness, most)
    curve = flat
    for _ in range(8):
        curve = db(wanted) * _limiting(peaks * np.float32(db(wanted)))
        reached = loudness_of(power * np.square(curve))
        missing = TARGET - reached
        if abs(missing) < 0.1 or wanted >= most:
            break
        wanted = min(wanted + missing, most)
    over = float((peaks * curve).max()) / db(CEILING)
    return np.asarray(curve / max(over, 1.0), np.float32)


def _limiting(peaks: Wave) -> Wave:
    """Gain s that keeps peaks under the ceiling: it goes down ahead of a peak and comes back slowly."""
    count = len(peaks)
    steps = -(-count // _STEP)
    padded = np.zeros(steps * _STEP, np.float32)
    padded[:count] = peaks
    need = np.minimum(1.0, db(CEILING) / np.maximum(padded.reshape(steps, _STEP).max(axis=1), 1e-9))
    if need.min() >= 1.0:
        return np.ones(count, np.float32)
    low = sliding_window_view(np.pad(need, _AHEAD, mode="edge"), 2 * _AHEAD + 1).min(axis=1)
    back = float(np.exp(-_STEP / TICKS_PER_SECOND / _RELEASE))
    held = low.tolist()
    for k in range(1, steps):
        held[k] = min(held[k], 1.0 - (1.0 - held[k - 1]) * back)
    window = np.hanning(2 * _AHEAD + 1)
    smooth = np.convolve(np.pad(held, _AHEAD, mode="edge"), window / window.sum(), mode="valid")
    centres = (np.arange(steps) + 0.5) * _STEP
    return np.interp(np.arange(count), centres, smooth).astype(np.float32)
