"""Speech made fit for the film without moving it by a sample: rumble out, presence in, even loudness. And the duck that music makes for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sound.dsp import RATE, db, equalise
from phonofilm.media.filters import band_pass, filtered
from phonofilm.perceive.loudness import SILENT, integrated, loudness_of, strength

Wave = NDArray[np.floating[Any]]

LEVEL = -18.0  # LUFS before mastering, the level that all others are planned from
DUCK = -12.0  # dB that speech takes from the music
_DOWN, _UP, _BRIDGE = 0.08, 0.40, 0.60  # s: before speech, after it, pauses that stay ducked
_HOP = RATE // 100


def polished(mono: Wave, *, recorded: bool) -> Wave:
    """Speech s cleaned, evened and at ``LEVEL``. All filters run forward and backward, so nothing moves in time. A recording is treated gently."""
    if len(mono) < RATE // 20 or not np.abs(mono).max() > 1e-5:
        return mono
    respond, tail = band_pass(75.0, RATE / 2, 1, RATE)
    clean = np.asarray(filtered(mono, lambda n: np.abs(respond(n)) ** 2, tail, kind=np.float32), np.float32)
    clean = equalise(clean, [(260.0, -1.5, 0.8), (3400.0, 1.5, 0.8)] if not recorded else [(220.0, -1.0, 0.8)])
    power = strength(clean)
    first = _gain(loudness_of(power), LEVEL)
    even = compression(clean * first, ratio=2.5 if recorded else 2.0) * first
    return np.asarray(clean * (even * _gain(loudness_of(power * np.square(even)), LEVEL)), np.float32)


def to_level(x: Wave, level: float) -> Wave:
    """The same sound at an integrated loudness in LUFS, by at most 40 dB. A mono s counts as heard from both sides."""
    return np.asarray(x * _gain(integrated(x), level), np.float32)


def _gain(found: float, level: float) -> np.float32:
    """What brings a loudness in LUFS to a level, by at most 40 dB; silence stays as it is."""
    return np.float32(1.0 if found <= SILENT else db(min(level - found, 40.0)))


def compression(x: Wave, *, ratio: float, threshold: float = -24.0) -> Wave:
    """Gain s of a soft compressor over the level of 30 ms; what is below the threshold (dBFS RMS) is left alone."""
    power = _mean_of(np.square(x if x.ndim == 1 else x.mean(axis=1)), RATE * 30 // 1000)
    level = 10 * np.log10(np.maximum(power, 1e-10))
    over = np.logaddexp(0.0, (level - threshold) / 3.0) * 3.0
    gain = -over * (1 - 1 / ratio)
    kernel = np.exp(-0.5 * (np.arange(-16, 17) / 4.0) ** 2)
    smooth = np.convolve(np.pad(gain, 16, mode="symmetric"), kernel / kernel.sum(), mode="valid")
    curve = np.interp(np.arange(len(x)), np.arange(len(smooth)) * _HOP, smooth)
    return np.asarray(10 ** (curve / 20), np.float32)


def _mean_of(power: Wave, around: int) -> Wave:
    """The mean of ``around`` samples s about every ``_HOP``-th one."""
    if not len(power):
        return power
    half = around // 2
    total = np.concatenate([[0.0], np.cumsum(np.pad(power, (half, around - half), mode="symmetric"), dtype=np.float64)])
    at = np.arange(0, len(power), _HOP)
    return np.maximum(total[at + around] - total[at], 0.0) / around


def speaking(voice: Wave) -> list[tuple[int, int]]:
    """Spans of a voice bus s 2 that are heard, pauses shorter than ``_BRIDGE`` bridged."""
    power = _mean_of(np.square(voice).sum(axis=1), RATE * 40 // 1000)
    if not len(power) or power.max() <= 1e-8:
        return []
    loud = power > max(1e-6, float(np.percentile(power[power > 1e-7], 90)) * 10**-2.6)
    edge = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(np.int8), [0]])))
    spans: list[tuple[int, int]] = []
    for a, b in zip((edge[::2] * _HOP).tolist(), (edge[1::2] * _HOP).tolist(), strict=True):
        if spans and a - spans[-1][1] < _BRIDGE * RATE:
            spans[-1] = (spans[-1][0], b)
        else:
            spans.append((a, b))
    return [(a, b) for a, b in spans if b - a > RATE // 25]


def duck(spans: list[tuple[int, int]], count: int, depth: float = DUCK) -> Wave:
    """Gain s of the music: down by ``depth`` dB when a span begins, ramped ahead of it and let go after it."""
    t = np.arange(0, count + _HOP, _HOP) / RATE
    share = np.zeros(len(t))
    for a, b in spans:
        rise = np.clip((t - (a / RATE - _DOWN)) / _DOWN, 0, 1)
        drop = np.clip(((b / RATE + _UP) - t) / _UP, 0, 1)
        share = np.maximum(share, np.minimum(rise, drop))
    smooth = depth * (0.5 - 0.5 * np.cos(np.pi * share))
    return np.asarray(10 ** (np.interp(np.arange(count) / RATE, t, smooth) / 20), np.float32)
