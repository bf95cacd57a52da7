"""Where sounds begin: onsets of a sound, and how strong they are. Axes: s samples, t steps of the envelope, m mel bands.

Spectral flux of log mel bands against the neighbourhood's maximum a little before (Böck and Widmer, "SuperFlux", 2013); each onset is then placed
where the energy of its own bands rises most, to half a millisecond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from phonofilm.clock import TICKS_PER_SECOND

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

STEP = 120  # samples of a step: 2.5 ms
WINDOW = 1024
BANDS = 40
LOW, HIGH = 40.0, 14_000.0  # Hz
BACK = 4  # steps: 10 ms
FLOOR = 60.0  # dB under the loudest band below which nothing is heard
PROMINENT = 0.12  # of the strongest onset, or
STANDS_OUT = 2.0  # times the usual flux around
APART = 0.05  # s between two onsets
STROKES = 0.4  # s at most between two strokes of one sound,
STROKE, SOUNDS_ALIKE = 0.3, 0.85  # which are at least so strong by the loudest, and so alike by what they bring to the bands
BLOCK = 4096  # steps that are transformed at a time


@dataclass(frozen=True, kw_only=True, eq=False)
class Strikes:
    """``flux`` f32[t]: how much begins in each step of ``STEP`` ticks; ``low``: the same of the bass alone; ``at`` ticks and ``strength`` 0…1 of
    each onset."""

    flux: F32
    low: F32
    at: tuple[int, ...]
    strength: tuple[float, ...]


def strikes(mono: F32) -> Strikes:
    """The onsets of mono samples f32[s] at 48 kHz; none in silence."""
    bands = mel_bands(mono)
    if not len(bands):
        return Strikes(flux=np.zeros(0, np.float32), low=np.zeros(0, np.float32), at=(), strength=())
    flux, low = _flux(bands)
    at, strength = _peaks(flux, mono)
    return Strikes(flux=flux, low=low, at=at, strength=strength)


def mel_bands(mono: F32) -> F32:
    """Levels of the mel bands in dB over the floor, f32[t m]; step k is centred on sample k * STEP. Empty where all is silent."""
    if len(mono) < WINDOW or not mono.any():
        return np.zeros((0, BANDS), np.float32)
    weights = _mel()
    num = len(mono) // STEP + 1
    padded = np.pad(mono, (WINDOW // 2, WINDOW))
    window = np.hanning(WINDOW).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::STEP][:num]
    out = np.empty((num, BANDS), np.float32)
    for first in range(0, num, BLOCK):
        power = np.square(np.abs(np.fft.rfft(frames[first : first + BLOCK] * window, axis=1))).astype(np.float32)
        out[first : first + BLOCK] = power @ weights
    level = 10 * np.log10(np.maximum(out, 1e-12))
    top = float(level.max())
    if top < -60:
        return np.zeros((0, BANDS), np.float32)
    return np.maximum(level - (top - FLOOR), 0).astype(np.float32)


def first_stroke(tick: int, others: Sequence[int], heard: Strikes, bands: F32) -> int:
    """The onset of a sound of several strokes (a knock, a bark), one of which was found at ``tick``: its first.

    Strokes follow each other within ``STROKES`` and sound alike; ``others``: the ticks of other cues, whose strokes are theirs.
    """
    now = tick
    own = _rise(bands, tick)
    for at, strength in sorted(zip(heard.at, heard.strength, strict=True), reverse=True):
        gap = now - at
        if gap <= 0 or any(abs(at - o) < gap for o in others):
            continue
        if gap > STROKES * TICKS_PER_SECOND:
            break
        loud = heard.strength[heard.at.index(tick)] if tick in heard.at else 1.0
        if strength >= STROKE * loud and _alike(own, _rise(bands, at)) >= SOUNDS_ALIKE:
            now = at
    return now


def _rise(bands: F32, tick: int) -> F64:
    """What the 30 ms after an onset have over the 20 ms before it, by bands f64[m]."""
    k = tick // STEP
    after, before = bands[k + 2 : k + 14], bands[max(k - 12, 0) : max(k - 4, 1)]
    if not len(after) or not len(before):
        return np.zeros(BANDS)
    return np.maximum(after.max(axis=0).astype(np.float64) - before.mean(axis=0), 0)


def _alike(a: F64, b: F64) -> float:
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size else 0.0


def _mel() -> F32:
    """Triangles f32[bins m] over the frequencies of the transform."""
    frequency = np.fft.rfftfreq(WINDOW, 1 / TICKS_PER_SECOND)
    low, high = (2595 * np.log10(1 + f / 700) for f in (LOW, HIGH))
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    up = (frequency[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    down = (edges[2:] - frequency[:, None]) / (edges[2:] - edges[1:-1])
    return np.maximum(np.minimum(up, down), 0).astype(np.float32)


def _flux(bands: F32) -> tuple[F32, F32]:
    before = ndimage.maximum_filter1d(bands, 3, axis=1)
    rise = np.zeros_like(bands)
    rise[BACK:] = np.maximum(bands[BACK:] - before[:-BACK], 0)
    rise[:BACK] = bands[:BACK] * (np.arange(1, BACK + 1)[:, None] / BACK) * (bands[:1] > 20)
    return rise.mean(axis=1), rise[:, :8].mean(axis=1)


def _peaks(flux: F32, mono: F32) -> tuple[tuple[int, ...], tuple[float, ...]]:
    smooth = ndimage.gaussian_filter1d(flux.astype(np.float64), 1.5)
    usual = ndimage.median_filter(smooth, round(0.4 * TICKS_PER_SECOND / STEP) | 1, mode="constant")
    top = float(smooth.max(initial=0.0))
    if top < 1.0:  # dB, over all bands: a steady hum or noise
        return (), ()
    padded = np.pad(smooth, (1, 1))
    found, _ = signal.find_peaks(padded, distance=round(APART * TICKS_PER_SECOND / STEP))
    found = found - 1
    kept = [k for k in found if smooth[k] - usual[k] > PROMINENT * top and smooth[k] > STANDS_OUT * usual[k]]
    at = [_placed(mono, int(k) * STEP) for k in kept]
    return tuple(at), tuple(float(min(smooth[k] / top, 1.0)) for k in kept)


def _placed(mono: F32, near: int) -> int:
    """The sample at which the level rises most, within 20 ms before and 12 ms after a peak of flux."""
    first, last = max(near - 960, 0), min(near + 576, len(mono))
    part = np.pad(mono[max(first - 240, 0) : last + 240].astype(np.float64), (max(240 - first, 0), 0))
    sharp = np.diff(part, prepend=part[:1])  # what begins is richest in high tones
    level = np.log(ndimage.uniform_filter1d(part**2 + 4 * sharp**2, 96) + 1e-8)
    rise = level[48:] - level[:-48]
    rise = rise[216 : 216 + last - first]
    if not len(rise):
        return near
    top = float(rise.max())
    begun = int(np.argmax(rise > 0.6 * top))
    return int(np.clip(first + begun + 68, 0, max(len(mono) - 1, 0)))
