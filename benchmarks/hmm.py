"""A forced aligner that is trained on the recordings that it aligns, and on nothing else.

The reference of ``recordings.py``. Hidden Markov models of three states a phone (left to right; mixtures of Gaussians over 13 mel cepstra, their
slopes and the slopes of these), begun by cutting every recording into equal parts and trained by Viterbi alone, as aligners of speech corpora
are (Young et al., The HTK Book, 2.3; McAuliffe et al. 2017, Montreal Forced Aligner). It knows the words' phones in their order, and between
words there may be silence. Nothing in it comes from the recogniser, the voices or the timing of Phonofilm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.fft import dct
from scipy.signal import resample_poly

HOP, WINDOW, RATE = 160, 400, 16_000
BANDS, CEPSTRA = 26, 13
STATES = 3
SILENCE = ""
PLAN = ((1, 10), (2, 4), (4, 4), (8, 6))
"""Gaussians a state, and rounds with as many."""
FLOOR = 0.02


@dataclass(frozen=True, kw_only=True)
class Clip:
    """``rows`` f32[t 39], 10 ms apart; ``words`` the phones of each word."""

    rows: np.ndarray
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Models:
    """Per phone the number of its first state; per state ``weight`` [s g], ``mean`` and ``variance`` [s g 39]."""

    first: dict[str, int]
    weight: np.ndarray
    mean: np.ndarray
    variance: np.ndarray


def cepstra(samples: np.ndarray, top: float) -> np.ndarray:
    """Rows of 39 for f32[s] mono at 48 kHz; the bands end at ``top`` Hz. Row k is about the time 10 k ms."""
    low = resample_poly(samples, 1, 3)
    low = np.append(low[:1], low[1:] - 0.97 * low[:-1])
    num = len(low) // HOP + 1
    low = np.pad(low, (WINDOW // 2, WINDOW))
    frames = low[np.arange(num)[:, None] * HOP + np.arange(WINDOW)] * np.hamming(WINDOW)
    power = np.abs(np.fft.rfft(frames, 512)) ** 2
    energy = np.log(power @ _bands(top) + 1e-7)
    base = dct(energy, norm="ortho")[:, :CEPSTRA]
    base = base - base.mean(axis=0)
    return np.concatenate([base, _slope(base), _slope(_slope(base))], axis=1).astype(np.float32)


def _bands(top: float) -> np.ndarray:
    mel = np.linspace(_mel(100.0), _mel(top), BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    at = np.fft.rfftfreq(512, 1 / RATE)[:, None]
    rise = (at - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - at) / (edges[2:] - edges[1:-1])
    return np.clip(np.minimum(rise, fall), 0, None)


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _slope(rows: np.ndarray) -> np.ndarray:
    wide = np.pad(rows, ((2, 2), (0, 0)), mode="edge")
    return (wide[3:-1] - wide[1:-3] + 2 * (wide[4:] - wide[:-4])) / 10


def train(clips: Sequence[Clip]) -> Models:
    """Models of all phones that the clips have."""
    names = [SILENCE, *sorted({phone for clip in clips for word in clip.words for phone in word})]
    first = {name: k * STATES for k, name in enumerate(names)}
    rows = np.concatenate([clip.rows for clip in clips])
    scale = rows.std(axis=0)
    rows = rows / scale
    paths = [_equal(clip, first) for clip in clips]
    models = None
    for num, rounds in PLAN:
        for _ in range(rounds):
            models = _estimate(rows, np.concatenate(paths), first, num, models)
            paths = [_path(clip.rows / scale, clip.words, models)[0] for clip in clips]
    assert models
    return Models(first=first, weight=models.weight, mean=models.mean * scale, variance=models.variance * scale**2)


def _equal(clip: Clip, first: dict[str, int]) -> np.ndarray:
    """The state of every row where all phones last as long; what is quiet at the ends is silence."""
    loud = np.flatnonzero(clip.rows[:, 0] > np.quantile(clip.rows[:, 0], 0.25))
    start, end = int(loud[0]), int(loud[-1]) + 1
    states = [first[phone] + k for word in clip.words for phone in word for k in range(STATES)]
    out = np.full(len(clip.rows), first[SILENCE] + 1)
    out[start:end] = np.array(states)[np.minimum(np.arange(end - start) * len(states) // (end - start), len(states) - 1)]
    return out


def _estimate(rows: np.ndarray, path: np.ndarray, first: dict[str, int], num: int, before: Models | None) -> Models:
    """Gaussians of the rows of each state: one of all, or those of before, the heaviest split in two, moved by one step of EM."""
    total = len(first) * STATES
    weight, mean, variance = np.full((total, num), 1 / num), np.zeros((total, num, rows.shape[1])), np.ones((total, num, rows.shape[1]))
    order = np.argsort(path, kind="stable")
    edges = np.searchsorted(path[order], np.arange(total + 1))
    for state in range(total):
        own = rows[order[edges[state] : edges[state + 1]]]
        if before is not None and before.weight.shape[1] == num:
            w, m, v = before.weight[state], before.mean[state], before.variance[state]
        elif before is not None:
            w = np.repeat(before.weight[state] / 2, 2)
            v = np.repeat(before.variance[state], 2, axis=0)
            m = np.repeat(before.mean[state], 2, axis=0) + 0.3 * np.sqrt(v) * np.where(np.arange(num) % 2, 1, -1)[:, None]
        else:
            w, m, v = weight[state], mean[state], variance[state]
        if len(own) < 2:
            weight[state], mean[state], variance[state] = w, m, v
            continue
        if num == 1:
            mean[state, 0], variance[state, 0] = own.mean(axis=0), own.var(axis=0)
        else:
            share = _gaussians(own, m, v) + np.log(w)
            share = np.exp(share - share.max(axis=1, keepdims=True))
            share /= share.sum(axis=1, keepdims=True)
            sums = share.sum(axis=0)
            enough = sums > 6
            safe = np.maximum(sums, 1e-6)[:, None]
            m2 = share.T @ own / safe
            v2 = share.T @ own**2 / safe - m2**2
            weight[state] = (sums + 1) / (sums + 1).sum()
            mean[state], variance[state] = np.where(enough[:, None], m2, m), np.where(enough[:, None], v2, v)
        variance[state] = np.maximum(variance[state], FLOOR)
    return Models(first=first, weight=weight, mean=mean, variance=variance)


def _gaussians(rows: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Log densities [t g]."""
    inverse = 1 / variance
    return -0.5 * (rows**2 @ inverse.T - 2 * rows @ (mean * inverse).T + ((mean**2 * inverse) + np.log(variance)).sum(axis=1))


def _path(rows: np.ndarray, words: Sequence[Sequence[str]], models: Models) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest state of every row, and the place of that state in the row of all states of these words."""
    chain: list[int] = []
    leap: list[int] = []
    silence = list(range(models.first[SILENCE], models.first[SILENCE] + STATES))
    for word in words:
        chain += silence
        leap += [0] * STATES
        states = [models.first[phone] + k for phone in word for k in range(STATES)]
        chain += states
        leap += [STATES + 1] + [0] * (len(states) - 1)
    chain += silence
    used, at = np.unique(chain, return_inverse=True)
    num = models.weight.shape[1]
    flat = _gaussians(rows, models.mean[used].reshape(-1, rows.shape[1]), models.variance[used].reshape(-1, rows.shape[1]))
    flat = flat.reshape(len(rows), len(used), num) + np.log(models.weight[used])
    top = flat.max(axis=2)
    dense = (top + np.log(np.exp(flat - top[..., None]).sum(axis=2)))[:, at]
    jump = np.flatnonzero(leap)
    score = np.full(len(chain), -np.inf)
    score[0] = dense[0, 0]
    score[STATES] = dense[0, STATES]
    came = np.zeros((len(rows), len(chain)), np.int8)
    places = np.arange(len(chain))
    for t in range(1, len(rows)):
        step = np.empty_like(score)
        step[0], step[1:] = -np.inf, score[:-1]
        moved = step > score
        best = np.where(moved, step, score)
        back = moved.astype(np.int8)
        over = jump[jump > STATES]
        skipped = score[over - STATES - 1]
        better = skipped > best[over]
        best[over[better]] = skipped[better]
        back[over[better]] = STATES + 1
        came[t] = back
        score = best + dense[t]
    last = len(chain) - 1 if score[-1] >= score[-1 - STATES] else len(chain) - 1 - STATES
    route = np.empty(len(rows), np.int64)
    for t in range(len(rows) - 1, -1, -1):
        route[t] = last
        last -= int(came[t, last])
    return np.array(chain)[route], places[route]


def align(clip: Clip, models: Models) -> list[tuple[float, float, str]]:
    """Start and end in seconds and name of every phone and silence, tiling the recording."""
    _, route = _path(clip.rows, clip.words, models)
    names: list[str] = []
    for word in clip.words:
        names += [SILENCE, *word]
    names.append(SILENCE)
    unit = route // STATES
    cuts = np.flatnonzero(np.diff(unit, prepend=-1))
    ends = [*cuts[1:], len(unit)]
    return [(max(0.0, (a - 0.5) * 0.01), (b - 0.5) * 0.01, names[unit[a]]) for a, b in zip(cuts, ends, strict=True)]
