"""Loudness as ITU-R BS.1770-4 defines it, and true peak. Axes: s samples, c channels, b blocks, k coefficients. Always 48 kHz."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.media.filters import filtered, sections

Wave = NDArray[np.floating[Any]]

SILENT = -120.0
_SKIP = 12  # samples from a low pass's start to its middle
_BLOCK, _STEP = TICKS_PER_SECOND * 4 // 10, TICKS_PER_SECOND // 10

# The two stages of the K weighting at 48 kHz (BS.1770-4, tables 1 and 2): a shelf for the head, a high pass.
_K_WEIGHTING = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)


_TAIL = TICKS_PER_SECOND // 10  # in which the high pass at 38 Hz has died away


@lru_cache(4)
def _k_weighting(n: int) -> NDArray[np.complex64]:
    return sections(_K_WEIGHTING, n).astype(np.complex64)


def strength(samples: Wave) -> Wave:
    """How strong the samples s c are as the ear weighs them: their weighted squares s over all channels. A mono s is heard from both sides.

    A gain that changes slowly beside 20 ms multiplies it by its square.
    """
    if samples.ndim == 2 and samples.shape[1] == 2 and np.array_equal(samples[:, 0], samples[:, 1]):
        samples = np.ascontiguousarray(samples[:, 0])
    power = np.square(filtered(samples, _k_weighting, _TAIL, kind=np.float32))
    return 2 * power if samples.ndim == 1 else power.sum(axis=1)


def momentary(samples: Wave, *, block: int = _BLOCK, step: int = _STEP) -> Wave:
    """Loudness in LUFS of each block of ``block`` ticks, one every ``step`` ticks. Both channels count; a mono s is heard from both."""
    return _momentary(strength(samples), block, step)


def _momentary(power: Wave, block: int, step: int) -> Wave:
    total = np.concatenate([[0.0], np.cumsum(power, dtype=np.float64), np.zeros(max(block - len(power), 0))])
    total[len(power) + 1 :] = total[len(power)]
    starts = np.arange(0, len(total) - block, step)
    mean = np.maximum((total[starts + block] - total[starts]) / block, 1e-13)
    return -0.691 + 10.0 * np.log10(mean)


def integrated(samples: Wave) -> float:
    """Integrated loudness in LUFS with both gates of BS.1770-4; ``SILENT`` where nothing passes the absolute gate (-70 LUFS)."""
    return loudness_of(strength(samples)) if len(samples) else SILENT


def loudness_of(power: Wave) -> float:
    """Integrated loudness in LUFS of what is so strong, s (see ``strength``)."""
    if not len(power):
        return SILENT
    blocks = _momentary(power, _BLOCK, _STEP)
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
    top = np.zeros(len(stereo), np.float32)
    for one in np.ascontiguousarray(stereo.T, np.float32):
        for taps in _quarters():
            between = cv2.filter2D(one[None], -1, taps[None], anchor=(len(taps) - 1 - _SKIP, 0), borderType=cv2.BORDER_CONSTANT)
            np.maximum(top, np.abs(between[0]), out=top)
    return top


@cache
def _quarters() -> list[Wave]:
    """A low pass at a quarter of the band (windowed sinc, 97 taps), its every fourth tap for each of four places, last first."""
    at = np.arange(97) - 4 * _SKIP
    h = np.sinc(at / 4) * np.blackman(97)
    h *= 4 / h.sum()
    return [h[k::4][::-1].astype(np.float32) for k in range(4)]


def true_peak(samples: Wave) -> float:
    """True peak in dBTP, ``SILENT`` for silence."""
    peaks = true_peaks(samples)
    top = float(peaks.max()) if len(peaks) else 0.0
    return 20.0 * float(np.log10(top)) if top > 1e-6 else SILENT
