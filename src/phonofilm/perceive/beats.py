"""Beats, downbeats and sections of a recording. Axes: s samples, t envelope frames, m mel bands, p pitch classes, b beats.

How likely a beat is at each moment is said by trained networks (``pulse``) and by the onsets themselves, weighted to the low bands, where the beat of
most music lies; together they are right where each alone takes the off-beat. The run of bars that explains both best gives the beats (``bars``),
which are then drawn to their onsets. Downbeats are voted for by the networks, the bass, and the change of harmony over a beat, half a bar and a bar;
the place of the bar may change along the run, where a song holds a short bar or the beats have slipped by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phonofilm.clock import TICKS_PER_SECOND, ticks
from phonofilm.media.resample import peaks, resample
from phonofilm.perceive.bars import find_bars, follow_bars
from phonofilm.perceive.loudness import SILENT, integrated
from phonofilm.perceive.pulse import PULSES, pulse

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_RATE = 24_000
_HOP = 240
_FRAMES = _RATE // _HOP  # envelope frames a second: 100
_FFT = 1024
_BANDS = ((30.0, 120.0, 1.6), (120.0, 300.0, 0.7), (300.0, 2000.0, 0.6), (2000.0, 10_000.0, 0.35))  # Hz, Hz, weight in the beat envelope
_LATENCY = 0.004  # s: by how much the envelope's peak follows the onset, measured on clicks
_LEVEL = -10.0  # LUFS: how loud the networks hear every recording; 13 dB less cost a tenth of the downbeats
_SLOWEST, _FASTEST, _USUAL = 50.0, 210.0, 112.0
_THREE = 0.85  # how far bars of three are believed beside bars of four
_ONSETS = 3.0  # nats by which a strong onset makes a beat likelier
_VOTES = {"deep": 1.0, "onset": 0.3, "networks": 1.0, "harmony 1": 1.0, "harmony 2": 0.5, "harmony 4": 1.0}
_CHANGE = 0.6  # of a section's mean features, in which 12 dB or one whole onset strength counts 1
_SPREAD = 0.75  # octaves: how sure the prior is of the usual tempo


@dataclass(frozen=True, kw_only=True)
class Beats:
    """``tempo`` in beats a minute, the median; times in ticks; ``sections`` start at 0; ``strength`` 0…1 says how regular the onsets are."""

    tempo: float
    beats: tuple[int, ...]
    downbeats: tuple[int, ...]
    sections: tuple[int, ...]
    onsets: tuple[int, ...]
    strength: float
    metre: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Features:
    """What the trackers look at, one row a frame of 10 ms: onsets of each band (t 4), their weighted sum, chroma (t p), energy in dB (t 4)."""

    bands: F64
    beat: F64
    whole: F64
    chroma: F64
    energy: F64


def find_beats(mono: F32) -> Beats:
    """The beats of mono samples s at 48 kHz. A recording without any regular pulse gives no beats.

    Raises:
        ModelMissing: the networks that hear beats are not on this machine.
    """
    length = len(mono)
    features = listen(mono)
    onsets = tuple(min(length - 1, t) for t in _onsets(features))
    nothing = Beats(tempo=0.0, beats=(), downbeats=(), sections=(0,), onsets=onsets, strength=0.0, metre=4)
    if length < TICKS_PER_SECOND or float(features.whole.max(initial=0.0)) <= 0.0:
        return nothing
    loudness = integrated(mono)
    level = 10.0 ** ((_LEVEL - loudness) / 20.0) if loudness > SILENT else 1.0
    likely = _likely(pulse(np.clip(mono * np.float32(level), -1.0, 1.0)), features)
    bars = find_bars(likely, _FRAMES)
    frames = _audible(bars.frames, features)
    if len(frames) < 4:
        return nothing
    times = _fine(frames, features)
    starts = follow_bars(_votes(frames, likely, features), bars.metre)
    at = [min(length - 1, max(0, ticks(t))) for t in times]
    beats, downbeats = tuple(sorted(set(at))), tuple(sorted({at[k] for k in starts}))
    tempo = 60.0 / float(np.median(np.diff(times)))
    sections = _sections(frames, times, starts, bars.metre, features)
    strength = _regularity(features.beat)
    return Beats(tempo=round(tempo, 2), beats=beats, downbeats=downbeats, sections=sections, onsets=onsets, strength=strength, metre=bars.metre)


def listen(mono: F32) -> Features:
    """The features of mono samples s at 48 kHz."""
    low = resample(mono, 1, TICKS_PER_SECOND // _RATE)
    padded = np.concatenate([np.zeros(_FFT // 2, np.float32), low, np.zeros(_FFT, np.float32)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[: len(low) + 1 : _HOP]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(_FFT).astype(np.float32), axis=1))).astype(np.float32)
    loud = np.log1p(power * (1e4 / max(float(power.max(initial=0.0)), 1e-9)))
    frequency = np.fft.rfftfreq(_FFT, 1 / _RATE)
    # Onset strength is the rise of log power over two frames against the neighbourhood's maximum before, so vibrato does not count as an onset.
    before = ndimage.maximum_filter1d(loud, 3, axis=1)
    rise = np.maximum(loud[2:] - before[:-2], 0.0)
    rise = np.concatenate([np.maximum(loud[:1], 0.0), np.zeros((1, loud.shape[1]), np.float32), rise])[: len(loud)]
    picks = [(frequency >= lo) & (frequency < hi) for lo, hi, _ in _BANDS]
    bands = np.stack([rise[:, pick].mean(axis=1) for pick in picks], axis=1).astype(np.float64)
    energy = np.stack([10 * np.log10(power[:, pick].mean(axis=1) + 1e-9) for pick in picks], axis=1).astype(np.float64)
    norm = bands / np.maximum(np.percentile(bands, 98, axis=0) if len(bands) else 1.0, 0.15)
    beat = np.minimum(norm, 2.0) @ np.array([weight for _, _, weight in _BANDS])
    return Features(bands=norm, beat=_flat(beat), whole=_flat(rise.mean(axis=1).astype(np.float64)), chroma=_chroma(low), energy=energy)


def _flat(envelope: F64) -> F64:
    """An envelope without its slow trend, positive, smoothed by one frame."""
    trend = ndimage.uniform_filter1d(envelope, _FRAMES // 2, mode="nearest")
    clean = np.maximum(envelope - 0.6 * trend, 0.0)
    return np.asarray(ndimage.gaussian_filter1d(clean, 1.0))


def _chroma(low: F32) -> F64:
    """How much of each of twelve pitch classes sounds in each frame, t p."""
    size, hop = 8192, _HOP * 4
    padded = np.concatenate([np.zeros(size // 2, np.float32), low, np.zeros(size, np.float32)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[: len(low) + 1 : hop]
    magnitude = np.sqrt(np.abs(np.fft.rfft(frames * np.hanning(size).astype(np.float32), axis=1)))
    frequency = np.fft.rfftfreq(size, 1 / _RATE)
    use = (frequency > 65.0) & (frequency < 1500.0)
    pitch = np.round(12 * np.log2(frequency[use] / 440.0)).astype(int) % 12
    classes = (pitch[:, None] == np.arange(12)[None]).astype(np.float32)
    chroma = (magnitude[:, use] @ (classes / np.maximum(classes.sum(axis=0), 1))).astype(np.float64)
    chroma -= chroma.min(axis=1, keepdims=True)
    chroma /= np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-9)
    return np.repeat(chroma, 4, axis=0)[: len(low) // _HOP + 1]


def _likely(chance: F32, features: Features) -> F64:
    """Probability of a beat that is no downbeat and of a downbeat at each frame, t 2: what the networks say, moved by how strong the onset is."""
    count = len(features.beat)
    at = np.arange(count) * (PULSES / _FRAMES)
    heard = np.stack([np.interp(at, np.arange(len(chance)), chance[:, k]) for k in (0, 1)], axis=1)
    either = np.clip(heard.sum(axis=1), 1e-4, 1 - 1e-4)
    onset = np.minimum(features.beat / max(float(np.percentile(features.beat, 95)), 1e-9), 1.5)
    odds = np.log(either / (1 - either)) + _ONSETS * (onset - onset.mean())
    return heard * (1 / (1 + np.exp(-odds)) / either)[:, None]


def _regularity(envelope: F64) -> float:
    """How regular the pulse is, 0…1: the autocorrelation's best path through the windows of the recording."""
    lags = np.arange(int(_FRAMES * 60 / _FASTEST), int(_FRAMES * 60 / _SLOWEST) + 1)
    window, step = 8 * _FRAMES, _FRAMES
    starts = np.arange(0, max(1, len(envelope) - window // 2), step)
    strength = np.stack([_lag_strength(envelope[max(0, s - window // 4) : s + window], lags) for s in starts])
    prior = np.exp(-0.5 * np.square(np.log2(60.0 * _FRAMES / lags / _USUAL) / _SPREAD))
    score = np.log(np.maximum((strength.mean(axis=0) * 2 + strength) * prior, 1e-6))
    jump = -np.square(np.log2(lags[:, None] / lags[None, :]) * 18.0)
    best, back = score[0], []
    for row in score[1:]:
        reach = best[None, :] + jump
        back.append(reach.argmax(axis=1))
        best = row + reach.max(axis=1)
    path = [int(best.argmax())]
    for pointer in reversed(back):
        path.append(int(pointer[path[-1]]))
    return float(np.clip(np.mean([row[p] for row, p in zip(strength, reversed(path), strict=True)]), 0.0, 1.0))


def _lag_strength(part: F64, lags: NDArray[np.int64]) -> F64:
    """Normalised autocorrelation at each lag, helped by those of a bar of four or of three: a beat repeats over a bar."""
    x = part - part.mean()
    size = 1 << int(np.ceil(np.log2(2 * max(len(x), 2))))
    auto = np.fft.irfft(np.square(np.abs(np.fft.rfft(x, size))), size)[: size // 2]
    auto = auto / max(float(auto[0]), 1e-9)
    count = np.arange(len(auto))
    auto = np.where(count < len(x), auto * len(x) / np.maximum(len(x) - count, len(x) // 4), 0.0)
    smooth = ndimage.maximum_filter1d(auto, 3)
    own = auto[np.minimum(lags, len(auto) - 1)]

    def later(multiple: int) -> F64:
        at = lags * multiple
        inside = at < min(len(smooth), len(x) * 3 // 4)
        return np.where(inside, smooth[np.minimum(at, len(smooth) - 1)], 0.5 * own)

    bars = np.maximum(0.6 * later(2) + 0.5 * later(4), np.minimum(_THREE * (0.6 * later(3) + 0.5 * later(6)), 3.0 * own))
    return np.asarray(np.maximum((own + bars) / 2.1, 0.0))


def _peak_near(row: F64, k: int) -> float:
    lo, hi = max(0, k - 2), min(len(row), k + 3)
    k = lo + int(row[lo:hi].argmax())
    if 0 < k < len(row) - 1:
        a, b, c = row[k - 1], row[k], row[k + 1]
        bend = a - 2 * b + c
        if bend < 0:
            return k + float(np.clip(0.5 * (a - c) / bend, -0.5, 0.5))
    return float(k)


def _at(row: F64, frames: F64 | NDArray[np.int64], reach: int = 2) -> F64:
    wide = ndimage.maximum_filter1d(row, 2 * reach + 1, axis=0)
    return np.asarray(wide[np.clip(np.round(frames).astype(int), 0, len(row) - 1)])


def _chroma_change(features: Features, reach: int) -> F64:
    total = np.concatenate([np.zeros((1, 12)), np.cumsum(features.chroma, axis=0)])
    count = len(features.chroma)
    t = np.arange(count)
    after = total[np.minimum(t + reach, count)] - total[t]
    before = total[t] - total[np.maximum(t - reach, 0)]
    dot = (after * before).sum(axis=1)
    size = np.linalg.norm(after, axis=1) * np.linalg.norm(before, axis=1)
    return np.where(size > 1e-9, 1.0 - dot / np.maximum(size, 1e-9), 0.0)


def _audible(frames: NDArray[np.int64], features: Features) -> NDArray[np.int64]:
    """The beats from where the sound begins to where it ends, without those before its first onset."""
    level = features.energy.max(axis=1)
    heard = np.flatnonzero(level > level.max() - 55.0)
    early = 0.12 * float(np.median(np.diff(frames))) if len(frames) > 1 else 0.0
    inside = (frames >= heard[0] - early) & (frames <= heard[-1])
    return frames[inside]


def _fine(frames: NDArray[np.int64], features: Features) -> F64:
    """Seconds of the beats: each drawn to its onset's peak as far as that is clear, then kept even with its neighbours."""
    reach = 3
    env = features.beat
    strong = float(np.percentile(_at(env, frames), 60)) + 1e-9
    position = np.zeros(len(frames))
    weight = np.zeros(len(frames))
    for k, f in enumerate(frames):
        lo, hi = max(0, int(f) - reach), min(len(env), int(f) + reach + 1)
        if hi - lo < 3:
            position[k], weight[k] = f, 0.05
            continue
        top = lo + int(env[lo:hi].argmax())
        position[k] = _peak_near(env[lo:hi], top - lo) + lo
        weight[k] = float(np.clip(env[top] / strong, 0.02, 1.5))
    out = np.zeros(len(frames))
    index = np.arange(len(frames), dtype=np.float64)
    for k in range(len(frames)):
        near = np.abs(index - k) <= 4
        w = weight[near] * np.exp(-0.5 * np.square((index[near] - k) / 2.0))
        x, y = index[near] - k, position[near]
        mx, my = np.average(x, weights=w), np.average(y, weights=w)
        slope = float((w * (x - mx) * (y - my)).sum() / max(float((w * (x - mx) ** 2).sum()), 1e-9))
        line = my - slope * mx
        trust = min(1.0, weight[k]) * 0.5
        out[k] = trust * position[k] + (1 - trust) * line
    return np.maximum(out / _FRAMES - _LATENCY, 0.0)


def _votes(frames: NDArray[np.int64], likely: F64, features: Features) -> F64:
    """How much speaks for each beat b as the first of a bar, by ``_VOTES``, against the other beats of the run."""
    beat = max(1, int(np.median(np.diff(frames))))
    rows = {
        "deep": _at(features.energy[:, 0], frames, 6),
        "onset": _at(features.whole, frames),
        "networks": _at(likely[:, 1] / (likely.sum(axis=1) + 0.05), frames),
    } | {f"harmony {k}": _at(_chroma_change(features, max(12, k * beat)), frames, 4) for k in (1, 2, 4)}
    return np.stack([weight * _unit(rows[name]) for name, weight in _VOTES.items()]).sum(axis=0)


def _unit(row: F64) -> F64:
    return (row - row.mean()) / max(float(row.std()), 1e-9)


def _sections(frames: NDArray[np.int64], times: F64, starts: list[int], metre: int, features: Features) -> tuple[int, ...]:
    """Ticks where the music changes: downbeats at which energy, timbre and harmony before and after differ most."""
    rows = [
        np.concatenate(
            [
                np.log10((10 ** (features.energy[a:b] / 10)).mean(axis=0)) / 1.2,
                0.4 * features.chroma[a:b].mean(axis=0),
                features.bands[a:b].mean(axis=0),
            ]
        )
        for a, b in pairwise(frames)
        if b > a
    ]
    table = np.array(rows)
    reach = 2 * metre
    found: list[tuple[float, int]] = []
    for k in starts:
        if k < metre or len(table) - k < metre:
            continue
        before, after = table[max(0, k - reach) : k], table[k : k + reach]
        found.append((float(np.linalg.norm(after.mean(axis=0) - before.mean(axis=0))), k))
    chosen: list[int] = []
    strengths = [s for s, _ in found]
    floor = max(1.5 * float(np.median(strengths)), 0.5 * max(strengths), _CHANGE) if found else 0.0
    for strength, k in sorted(found, reverse=True):
        if strength > floor and all(abs(k - other) >= reach for other in chosen):
            chosen.append(k)
    return (0, *(ticks(float(times[k])) for k in sorted(chosen)))


def _onsets(features: Features) -> list[int]:
    """Ticks of all onsets, weak ones too: peaks of the whole band's envelope above their surroundings."""
    env = features.whole
    if not len(env) or env.max() <= 0:
        return []
    around = ndimage.uniform_filter1d(env, 41, mode="nearest")
    tops = peaks(env, distance=4)
    kept = [int(p) for p in tops if env[p] > 1.6 * around[p] and env[p] > 0.06 * env.max()]
    if env[0] > 0.2 * env.max():
        kept.insert(0, 0)
    return [max(0, ticks(_peak_near(env, p) / _FRAMES - _LATENCY)) for p in kept]
