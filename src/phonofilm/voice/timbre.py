"""What a voice is like in numbers, and which of the voices that speak a language is most like another.

A voice is told by its pitch (autocorrelation; Boersma, 1993), by the tilt of its spectrum, by the resonances of its throat and mouth (linear
prediction; Markel and Gray, 1976) and by how fast it speaks. It is likened, never copied: the film speaks with a voice of its own.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import numpy as np
import scipy
from numpy.typing import NDArray

from phonofilm.voice.voices import Voice, voices

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

TABLE = "timbres.json"
#: how far a voice's pitch is moved at most, and its pace, while it still sounds like somebody
MOST_PITCH, MOST_PACE = 1.16, 1.12
LEAST_SECONDS = 0.8

_RATE = 12_000
_FRAME, _HOP = 480, 120
_LOWEST, _HIGHEST = 60.0, 420.0
_VOICED = 0.5
#: what one step of each kind weighs: semitones of pitch that cannot be made up, semitones that can, shares of throat length, decibels of tilt
_WEIGHTS = {"beyond": 0.5, "moved": 0.12, "tract": 14.0, "tilt": 0.09, "spread": 0.1}


@dataclass(frozen=True, kw_only=True)
class Traits:
    """A voice in numbers. ``pitch``: median in Hz; ``spread``: how much it moves, semitones between the 15th and the 85th percentile; ``tilt``: level
    of 1…4 kHz beside 0.1…1 kHz, dB; ``tract``: mean spacing of its resonances, Hz (a longer throat: less); ``pace``: syllables a second of speech."""

    pitch: float
    spread: float
    tilt: float
    tract: float
    pace: float


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """The voice most like another, of ``among`` candidates. ``pitch`` and ``pace`` (1: its own) bring it nearer: above 1 higher, and slower."""

    voice: Voice
    pitch: float
    pace: float
    among: int


def traits_of(samples: F32) -> Traits | None:
    """What a voice alone is like, f32[s] mono at 48 kHz; None where too little of it is voiced to be told."""
    low = np.asarray(scipy.signal.resample_poly(samples, 1, 48_000 // _RATE), np.float64)
    if len(low) < _RATE * LEAST_SECONDS:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(low, _FRAME)[::_HOP]
    level = np.sqrt((frames**2).mean(axis=1))
    loud = level > 0.12 * np.percentile(level, 95)
    pitch, sure = _pitches(frames)
    voiced = loud & (sure > _VOICED)
    if voiced.sum() * _HOP < 0.4 * _RATE:
        return None
    hertz = pitch[voiced]
    middle = float(np.median(hertz))
    near = hertz[np.abs(np.log2(hertz / middle)) < 0.7]  # an octave taken for another tells nothing
    middle = float(np.median(near))
    low_end, high_end = np.percentile(12 * np.log2(near / middle), [15, 85])
    power = (np.abs(np.fft.rfft(frames[voiced] * np.hanning(_FRAME), axis=1)) ** 2).mean(axis=0)
    hz = np.fft.rfftfreq(_FRAME, 1 / _RATE)
    tilt = 10 * np.log10(power[(hz >= 1000) & (hz < 4000)].sum() / power[(hz >= 100) & (hz < 1000)].sum())
    return Traits(
        pitch=round(middle, 1), spread=round(float(high_end - low_end), 2), tilt=round(float(tilt), 2), tract=round(_spacing(frames[voiced]), 1),
        pace=round(_pace(level, loud), 2),
    )  # fmt: skip


def likest(like: Traits, language: str, *, gender: str = "", age: str = "", without: frozenset[str] = frozenset()) -> Likeness | None:
    """The voice of a language that is most like ``like``; of that gender and age where such are named and there are some. None: none is known."""
    candidates = [v for v in voices() if v.language == language and v.name not in without and (language, v.name) in _table()]
    for wanted, of in ((gender, "gender"), (age, "age")):
        candidates = [v for v in candidates if getattr(v, of) == wanted] or candidates if wanted else candidates
    if not candidates:
        return None
    best = min(candidates, key=lambda v: _distance(like, _table()[language, v.name]))
    own = _table()[language, best.name]
    pitch = float(np.clip(like.pitch / own.pitch, 1 / MOST_PITCH, MOST_PITCH))
    # languages differ in syllables: only half of a difference is the speaker's
    pace = float(np.clip(np.sqrt(own.pace / like.pace), 1 / MOST_PACE, MOST_PACE)) if like.pace and own.pace else 1.0
    return Likeness(voice=best, pitch=round(pitch, 3), pace=round(pace, 3), among=len(candidates))


def known(language: str, voice: str) -> Traits | None:
    """What a voice is like in a language, measured once (``scripts/voice_timbres.py``)."""
    return _table().get((language, voice))


def written(table: dict[tuple[str, str], Traits]) -> str:
    """The table as the file that is kept."""
    rows = [{"language": language, "voice": voice, **asdict(traits)} for (language, voice), traits in sorted(table.items())]
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"


@cache
def _table() -> dict[tuple[str, str], Traits]:
    rows = cast(list[dict[str, Any]], json.loads((files("phonofilm.voice") / TABLE).read_text(encoding="utf-8")))
    return {(row.pop("language"), row.pop("voice")): Traits(**row) for row in rows}


def _distance(a: Traits, b: Traits) -> float:
    apart = abs(12 * np.log2(a.pitch / b.pitch))
    can = 12 * np.log2(MOST_PITCH)
    parts = {
        "beyond": max(apart - can, 0.0), "moved": min(apart, can), "tract": abs(np.log(a.tract / b.tract)), "tilt": abs(a.tilt - b.tilt),
        "spread": abs(a.spread - b.spread),
    }  # fmt: skip
    return float(sum((_WEIGHTS[k] * v) ** 2 for k, v in parts.items()))


def _pitches(frames: F64) -> tuple[F64, F64]:
    """Pitch in Hz of each frame, and how periodic it is, 0…1: the autocorrelation by that of the window; the first peak near the highest."""
    window = np.hanning(_FRAME)
    size = 1 << (2 * _FRAME - 1).bit_length()
    shifted = (frames - frames.mean(axis=1, keepdims=True)) * window
    both = np.fft.irfft(np.abs(np.fft.rfft(shifted, size, axis=1)) ** 2, axis=1)[:, :_FRAME]
    own = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2)[:_FRAME]
    first, last = int(_RATE / _HIGHEST), int(_RATE / _LOWEST)
    part = slice(first - 1, last + 2)
    lags = both[:, part] / np.maximum(both[:, :1], 1e-12) / (own[part] / own[0])
    peak = (lags[:, 1:-1] >= lags[:, :-2]) & (lags[:, 1:-1] > lags[:, 2:])
    worth = np.where(peak, lags[:, 1:-1], -1.0)
    best = worth.max(axis=1, keepdims=True)
    at = np.argmax(worth > 0.9 * best, axis=1)
    row = np.arange(len(frames))
    before, mid, after = lags[row, at], lags[row, at + 1], lags[row, at + 2]
    bend = before - 2 * mid + after
    fine = np.where(np.abs(bend) > 1e-9, 0.5 * (before - after) / np.where(np.abs(bend) > 1e-9, bend, 1.0), 0.0)
    return _RATE / (at + first + np.clip(fine, -0.5, 0.5)), np.clip(best[:, 0], 0.0, 1.0)


def _spacing(frames: F64) -> float:
    """Mean spacing of the resonances in Hz: the medians of the second to the fourth, each by the odd multiple that it is in an even tube."""
    every = frames[:: max(1, len(frames) // 160)]
    raised = np.diff(every, axis=1) * np.hamming(_FRAME - 1)
    order = 14
    size = 1 << (2 * _FRAME).bit_length()
    lagged = np.fft.irfft(np.abs(np.fft.rfft(raised, size, axis=1)) ** 2, axis=1)[:, : order + 1]
    found: list[list[float]] = [[], [], []]
    for row in lagged:
        if row[0] <= 0:
            continue
        taps = scipy.linalg.solve_toeplitz((row[:order] * np.r_[1.0001, np.ones(order - 1)]), row[1:])
        roots = np.roots(np.r_[1.0, -taps])
        roots = roots[roots.imag > 0.01]
        hertz, wide = np.angle(roots) * _RATE / (2 * np.pi), -np.log(np.abs(roots)) * _RATE / np.pi
        peaks = np.sort(hertz[(hertz > 180) & (hertz < 5200) & (wide < 500)])
        if len(peaks) >= 4:
            for k, at in enumerate(peaks[1:4]):
                found[k].append(float(at) / (k + 1.5))
    return float(np.mean([np.median(f) for f in found if f])) if all(found) else 1000.0


def _pace(level: F64, loud: NDArray[np.bool_]) -> float:
    """Syllables a second of the loud time: peaks of the level that stand out from the valleys beside them."""
    smooth = np.convolve(level, np.hanning(9) / np.hanning(9).sum(), mode="same")
    peaks, _ = scipy.signal.find_peaks(20 * np.log10(smooth + 1e-6), prominence=2.0, distance=9)
    spoken = float(loud.sum()) * _HOP / _RATE
    return float(loud[peaks].sum()) / spoken if spoken > 0.3 else 0.0
