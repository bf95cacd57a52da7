"""Tools that the made sounds share. Axes: s samples at 48 kHz, c channels, k partials, t f the frames and bins of a spectrogram."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.media.filters import RING, band_pass, filtered, sections

Wave = NDArray[np.floating[Any]]
Random = np.random.Generator

RATE = TICKS_PER_SECOND
_ONE_THREAD = 262_144  # multiplications: a product no larger is made by one thread, whatever the number of cores
_TOP = 19_000.0  # Hz: partials above are left out, so nothing folds back


def random_of(*parts: object) -> Random:
    """Chance that is the same for the same parts on every machine."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def silence(seconds: float, channels: int = 1) -> Wave:
    """Nothing, s or s c."""
    count = round(seconds * RATE)
    return np.zeros(count if channels == 1 else (count, channels), np.float32)


def db(level: float) -> float:
    """Decibels as a factor."""
    return 10.0 ** (level / 20.0)


def noise(random: Random, seconds: float) -> Wave:
    """White noise s of standard deviation 1."""
    return random.standard_normal(max(1, round(seconds * RATE)), np.float32)


def damped(hertz: ArrayLike, level: ArrayLike, decay: ArrayLike, seconds: float, phase: ArrayLike = 0.0) -> Wave:
    """A sum of partials that die away: frequency in Hz, level and T60 in s of each, s samples. A struck or plucked body.

    A damped sine over a long time is the product of its course over blocks and its course inside one block, so the whole sum is one matrix product.
    """
    f, a, t60, p = (np.atleast_1d(np.asarray(x, np.float64)) for x in np.broadcast_arrays(hertz, level, decay, phase))
    keep = (f > 15.0) & (f < _TOP) & (np.abs(a) > 1e-6)
    f, a, t60, p = f[keep], a[keep], t60[keep], p[keep]
    count = max(1, round(seconds * RATE))
    block = 256
    rate = -np.log(1000.0) / np.maximum(t60, 1e-3) / RATE + 2j * np.pi * f / RATE
    outer = np.exp(np.arange(-(-count // block))[:, None] * (block * rate)[None] + 1j * (p - np.pi / 2)[None]) * a
    inner = np.exp(np.arange(block)[None] * rate[:, None])
    left = np.concatenate([outer.real, -outer.imag], axis=1).astype(np.float32)
    right = np.concatenate([inner.real, inner.imag], axis=0).astype(np.float32)
    rows = max(1, _ONE_THREAD // (block * len(right)))
    parts = [left[k : k + rows] @ right for k in range(0, len(left), rows)]
    return np.concatenate(parts).reshape(-1)[:count]


def steady(hertz: ArrayLike, level: ArrayLike, seconds: float, phase: ArrayLike = 0.0) -> Wave:
    """A sum of partials that stay."""
    return damped(hertz, level, 1e6, seconds, phase)


def glide(hertz: Wave, level: Wave | float = 1.0, *, phase: float = 0.0) -> Wave:
    """A sine whose frequency in Hz is given for each sample."""
    turn = np.cumsum(np.asarray(hertz, np.float64)) / RATE
    return np.asarray(np.sin(2 * np.pi * (turn - np.floor(turn)) + phase) * level, np.float32)


def line(seconds: float, *points: tuple[float, float]) -> Wave:
    """A course s of straight lines through (seconds, value)."""
    t = np.arange(max(1, round(seconds * RATE)), dtype=np.float32) / RATE
    return np.interp(t, [p[0] for p in points], [p[1] for p in points]).astype(np.float32)


def fall(seconds: float, t60: float, attack: float = 0.0) -> Wave:
    """An envelope s that rises over ``attack`` seconds and dies away by 60 dB in ``t60``."""
    t = np.arange(max(1, round(seconds * RATE)), dtype=np.float32) / RATE
    env = np.exp(-np.float32(np.log(1000.0) / t60) * t)
    if attack > 0:
        n = min(len(env), max(1, round(attack * RATE)))
        env[:n] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(n) / n)).astype(np.float32)
    return np.asarray(env, np.float32)


def wander(random: Random, seconds: float, hertz: float) -> Wave:
    """Slow smooth chance s, standard deviation about 1, changing about ``hertz`` times a second."""
    count = max(1, round(seconds * RATE))
    knots = random.standard_normal(int(seconds * hertz) + 6)
    x = np.linspace(1.5, len(knots) - 2.5, -(-count // 64) + 2)
    coarse = scipy.ndimage.map_coordinates(knots, [x], order=3, mode="nearest").astype(np.float32)
    between = coarse[:-1, None] + np.diff(coarse)[:, None] * (np.arange(64, dtype=np.float32) / 64)[None]
    return np.ascontiguousarray(between.reshape(-1)[:count])


def band(x: Wave, low: float = 0.0, high: float = RATE / 2, order: int = 2) -> Wave:
    """Only what lies between two frequencies in Hz; 0 or the top leaves that side open. s or s c."""
    return np.asarray(filtered(x, *band_pass(low, high, order, RATE)), np.float32)


def band_level(x: Wave, low: float, high: float) -> Wave:
    """As ``band``, with the standard deviation brought back to 1: noise of one colour."""
    y = band(x, low, high)
    return y / np.float32(max(float(y.std()), 1e-9))


@cache
def _bell(hertz: float, gain: float, q: float) -> Wave:
    a, w = 10 ** (gain / 40), 2 * np.pi * hertz / RATE
    alpha = np.sin(w) / (2 * q)
    b = np.array([1 + alpha * a, -2 * np.cos(w), 1 - alpha * a])
    c = np.array([1 + alpha / a, -2 * np.cos(w), 1 - alpha / a])
    return np.concatenate([b, c])[None] / c[0]


def equalise(x: Wave, bells: Sequence[tuple[float, float, float]]) -> Wave:
    """Bells (Hz, dB, Q) applied without moving anything in time: forward and backward, half the gain each way."""
    rows = np.concatenate([_bell(f, g / 2, q) for f, g, q in bells])
    tail = round(RING * RATE * max(q / f for f, _, q in bells))
    return np.asarray(filtered(x, lambda n: np.abs(sections(rows, n)) ** 2, tail), np.float32)


def painted(random: Random, count: int, paint: Callable[[Wave, Wave], Wave], *, channels: int = 2, width: float = 1.0, size: int = 1024) -> Wave:
    """Noise with a painted spectrogram: ``paint(t 1, 1 f)`` gives the level at each time in s and frequency in Hz; s c of ``count`` samples.

    ``width`` 0 is the same noise in all channels, 1 is independent noise.
    """
    hop = size // 4
    frames = count // hop + 5
    t = ((np.arange(frames, dtype=np.float32) - 2) * hop / RATE)[:, None]
    f = np.fft.rfftfreq(size, 1 / RATE).astype(np.float32)[None]
    gain = np.broadcast_to(paint(t, f), (frames, f.shape[1])).astype(np.float32)
    window = np.sqrt(np.hanning(size + 1)[:-1]).astype(np.float32)
    total = (frames - 1) * hop + size
    common = random.standard_normal(total, np.float32) if width < 1 else np.zeros(0, np.float32)
    out = np.zeros((count, channels), np.float32)
    for c in range(channels):
        own = random.standard_normal(total, np.float32) if width > 0 else common
        source = own if width >= 1 else np.sqrt(np.float32(width)) * own + np.sqrt(np.float32(1 - width)) * common
        pieces = np.lib.stride_tricks.sliding_window_view(source, size)[::hop] * window
        shaped = np.fft.irfft(np.fft.rfft(pieces, axis=1) * gain, size, axis=1).astype(np.float32) * window
        done = np.zeros(total, np.float32)
        for k in range(4):
            part = shaped[k::4].reshape(-1)
            done[k * hop : k * hop + len(part)] += part
        out[:, c] = done[2 * hop : 2 * hop + count] * 0.5
    return out


def add(into: Wave, x: Wave, at: int, gain: float = 1.0) -> None:
    """Mix ``x`` into ``into`` from sample ``at`` on; what sticks out on either side is left off. A mono sound goes to all channels."""
    first, last = max(0, at), min(len(into), at + len(x))
    if last <= first:
        return
    part = x[first - at : last - at] * np.float32(gain)
    into[first:last] += part[:, None] if into.ndim == 2 and part.ndim == 1 else part


def edges(x: Wave, rise: int, drop: int) -> Wave:
    """The same sound with its ends faded over so many samples."""
    y = x.copy()
    shape = (-1,) + (1,) * (x.ndim - 1)
    rise, drop = min(rise, len(y)), min(drop, len(y))
    if rise > 0:
        y[:rise] *= (0.5 - 0.5 * np.cos(np.pi * (np.arange(rise) + 0.5) / rise)).astype(np.float32).reshape(shape)
    if drop > 0:
        y[-drop:] *= (0.5 + 0.5 * np.cos(np.pi * (np.arange(drop) + 0.5) / drop)).astype(np.float32).reshape(shape)
    return y


def bright(x: Wave) -> float:
    """Spectral centroid in Hz."""
    spectrum = np.abs(np.fft.rfft(x))
    return float((np.fft.rfftfreq(len(x), 1 / RATE) * spectrum).sum() / max(float(spectrum.sum()), 1e-9))


def onset_of(x: Wave, share: float = 0.1) -> int:
    """First sample at ``share`` of the peak."""
    level = np.abs(x) if x.ndim == 1 else np.abs(x).max(axis=1)
    top = float(level.max(initial=0.0))
    return int(np.argmax(level >= share * top)) if top > 0 else 0
