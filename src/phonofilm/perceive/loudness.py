"""Loudness as ITU-R BS.1770-4 defines it, and true peak. Axes: s samples, c channels, b blocks, k coefficients. Always 48 kHz."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND

Wave = NDArray[np.floating[Any]]

SILENT = -120.0
_BLOCK, _STEP = TICKS_PER_SECOND * 4 // 10, TICKS_PER_SECOND // 10

# The two stages of the K weighting at 48 kHz (BS.1770-4, tables 1 and 2): a shelf for the head, a high pass.
_K_WEIGHTING = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)


def k_weighted(samples: Wave) -> Wave:
    """The samples s c as the ear weighs them, s c."""
    return np.asarray(scipy.signal.sosfilt(_K_WEIGHTING, np.asarray(samples, np.float64), axis=0))


def momentary(samples: Wave, *, block: int = _BLOCK, step: int = _STEP) -> Wave:
    """Loudness in LUFS of each block of ``block`` ticks, one every ``step`` ticks. Both channels count; a mono s is heard from both."""
    stereo = samples if samples.ndim == 2 else np.stack([samples, samples], axis=1)
    if len(stereo) < block:
        stereo = np.concatenate([stereo, np.zeros((block - len(stereo), stereo.shape[1]), np.float32)])
    power = np.square(k_weighted(stereo)).sum(axis=1)
    total = np.concatenate([[0.0], np.cumsum(power)])
    starts = np.arange(0, len(stereo) - block + 1, step)
    mean = np.maximum((total[starts + block] - total[starts]) / block, 1e-13)
    return -0.691 + 10.0 * np.log10(mean)


def integrated(samples: Wave) -> float:
    """Integrated loudness in LUFS with both gates of BS.1770-4; ``SILENT`` where nothing passes the absolute gate (-70 LUFS)."""
    if not len(samples):
        return SILENT
    blocks = momentary(samples)
    blocks = blocks[blocks > -70.0]
    if not len(blocks):
        return SILENT
    gated = blocks[blocks > _mean(blocks) - 10.0]
    return _mean(gated)


def _mean(blocks: Wave) -> float:
    return float(-0.691 + 10.0 * np.log10(np.mean(10.0 ** ((blocks + 0.691) / 10.0))))


def true_peaks(samples: Wave) -> Wave:
    """For each sample s the highest level between it and the next, over all channels, at four times the rate (BS.1770-4, annex 2)."""
    stereo = samples if samples.ndim == 2 else samples[:, None]
    if not len(stereo):
        return np.zeros(0, np.float32)
    fine = np.abs(scipy.signal.resample_poly(stereo.astype(np.float32), 4, 1, axis=0, window=_quarter_band())).max(axis=1)
    return np.asarray(fine.reshape(-1, 4).max(axis=1), np.float32)


@cache
def _quarter_band() -> Wave:
    return np.asarray(scipy.signal.firwin(97, 0.25, window="blackman"), np.float32)


def true_peak(samples: Wave) -> float:
    """True peak in dBTP, ``SILENT`` for silence."""
    peaks = true_peaks(samples)
    top = float(peaks.max()) if len(peaks) else 0.0
    return 20.0 * float(np.log10(top)) if top > 1e-6 else SILENT
