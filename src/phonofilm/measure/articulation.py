"""How far a mouth should be open: as the phones of a score ask, or, without a score, as the sound itself tells.

An open vowel raises the first formant: the band from 600 Hz on is loud, and loud against the one below it, when the mouth is open; it is quiet in
closed vowels, nasals and closures (Fant, Acoustic Theory of Speech Production, 1960). What is heard of the second and third formant follows the
lips as well (Chandrasekaran et al., 2009): the band goes up to 3 kHz, below the hisses.

Axes: ``s`` samples at 48 kHz, ``t`` instants 10 ms apart from tick 0.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks, resample_poly

from phonofilm.measure.alike import STEP
from phonofilm.phones import VISEMES, Phone

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

LEAST_SYLLABLES = 4
_RATE, _WINDOW, _HOP, _BINS = 16_000, 400, 160, 512
_OPEN, _CLOSED = (600.0, 3000.0), (80.0, 400.0)  # Hz
_FLOOR = 1e-5
_QUIET = 1e-4  # of full scale: -80 dB


def heard_openness(mono: F32) -> F64:
    """Amplitude of the band of open vowels times its share against that of closed ones, compressed, f64[t]; zeros where nothing is heard."""
    high, low = _band(mono, *_OPEN), _band(mono, *_CLOSED)
    return _smooth(high**0.5 * (high / (high + low + _FLOOR)) ** 0.4, 11)


def heard_level(mono: F32) -> F64:
    """Amplitude of the whole sound, compressed in the same way: the control, a jaw that follows loudness."""
    return _smooth(_band(mono, 80.0, 7000.0) ** 0.5, 11)


def num_syllables(heard: F64) -> int:
    """Peaks of the heard openness that stand a quarter of its range above their surroundings."""
    high = float(np.quantile(heard, 0.98)) if heard.size else 0.0
    return 0 if high < _QUIET**0.5 else len(find_peaks(heard, prominence=0.25 * high, distance=8)[0])


def asked_openness(phones: Iterable[Phone], length: int, exposure: int) -> F64:
    """Openness that phones on the film's clock ask for, f64[t], seen over an ``exposure`` in ticks (a frame's time)."""
    fine = 96  # ticks: 2 ms
    row = np.zeros(length // fine + 1, np.float64)
    for phone in phones:
        row[max(phone.start, 0) // fine : max(phone.end, 0) // fine] = VISEMES[phone.viseme].jaw
    width = max(exposure // fine, 1)
    return np.asarray(np.convolve(row, np.ones(width) / width, "same")[:: STEP // fine], np.float64)


def _band(mono: F32, low: float, high: float) -> F64:
    if not mono.size:
        return np.zeros(1)
    x = np.asarray(resample_poly(mono, 1, 3), np.float32)
    x = np.pad(x, (_WINDOW // 2, _WINDOW // 2 + _HOP))
    frequencies = np.fft.rfftfreq(_BINS, 1 / _RATE)
    inside = (frequencies >= low) & (frequencies < high)
    window = np.hanning(_WINDOW).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(x, _WINDOW)[::_HOP]
    out = np.zeros(len(frames))
    for k in range(0, len(frames), 4096):
        power = np.abs(np.fft.rfft(frames[k : k + 4096] * window, _BINS)) ** 2
        out[k : k + 4096] = np.sqrt(power[:, inside].sum(1)) / window.sum()
    return out


def _smooth(row: F64, width: int) -> F64:
    kernel = np.hanning(width)
    return np.asarray(np.convolve(row, kernel / kernel.sum(), "same")[: len(row)], np.float64)
