"""Fixed filters for sound, by their frequency response. Axes: s samples, c channels, f bins of a spectrum; s comes first.

A filter is the product of a spectrum with its response, with silence behind the sound for the tail to ring out in; so it is exact to the last
digits, may be free of phase, and needs nothing but NumPy: loading ``scipy.signal`` would take longer than mixing a film.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.floating[Any]]
Response = NDArray[Any]
RING = 6.0  # a tail is let ring for so many periods of the filter's width


def filtered(x: Wave, respond: Callable[[int], Response], tail: int, *, kind: type[np.floating[Any]] = np.float64) -> Wave:
    """The sound s or s c through a filter: ``respond(n)`` gives its response f at the bins of n samples (even); it rings for ``tail`` samples.

    ``kind``: the numbers that it is worked out in.
    """
    n = smooth_size(len(x) + 2 * tail)
    response = respond(n)
    if kind is np.float32:
        response = response.astype(np.complex64 if np.iscomplexobj(response) else np.float32, copy=False)
    channels = [np.fft.irfft(np.fft.rfft(one.astype(kind), n) * response, n)[: len(x)] for one in np.atleast_2d(x.T)]
    return channels[0] if x.ndim == 1 else np.stack(channels, axis=1)


def band_pass(low: float, high: float, order: int, rate: int) -> tuple[Callable[[int], Response], int]:
    """Response and tail of the digital Butterworth filter (bilinear transform) of what lies between two frequencies in Hz; 0 or half the rate
    leaves that side open."""
    width = high if low <= 0 else low if high >= rate / 2 else high - low
    return lambda n: _band_pass(low, high, order, rate, n), round(RING / width * rate)


@lru_cache(8)
def _band_pass(low: float, high: float, order: int, rate: int, n: int) -> Response:
    at = np.tan(np.pi * np.maximum(np.arange(n // 2 + 1), 1e-9) / n)
    first, last = np.tan(np.pi * np.array([low, min(high, rate * 0.4999)]) / rate)
    if low <= 0:
        s = 1j * at / last
    elif high >= rate / 2:
        s = -1j * first / at
    else:
        s = 1j * (at - first * last / at) / (last - first)
    poles = np.exp(0.5j * np.pi * (2 * np.arange(order) + order + 1) / order)
    response = 1 / (s - poles[0])
    for pole in poles[1:]:
        response /= s - pole
    return response


def sections(rows: Sequence[Sequence[float]] | NDArray[Any], n: int) -> Response:
    """The response of second-order sections (b0 b1 b2 a0 a1 a2) in a row, at the bins of ``n`` samples."""
    z = np.exp(-2j * np.pi * np.arange(n // 2 + 1) / n)
    response = np.ones(len(z), np.complex128)
    for b0, b1, b2, a0, a1, a2 in rows:
        response *= (b0 + (b1 + b2 * z) * z) / (a0 + (a1 + a2 * z) * z)
    return response


def smooth_size(least: int) -> int:
    """The smallest even n ≥ ``least`` without other prime factors than 2, 3 and 5: sizes whose spectra are quick."""
    odd = (3**b * 5**c for b in range(5) for c in range(4))
    return min(k << max(1, (-(-least // k) - 1).bit_length()) for k in odd)


def convolved(x: Wave, answer: Wave) -> Wave:
    """What a room or a body that answers an impulse by ``answer`` s makes of a sound s: longer by it."""
    count = len(x) + len(answer) - 1
    n = smooth_size(count)
    return np.fft.irfft(np.fft.rfft(x.astype(np.float64), n) * np.fft.rfft(answer.astype(np.float64), n), n)[:count]
