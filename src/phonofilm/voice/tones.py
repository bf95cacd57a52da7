"""Lexical tones imposed on the pitch, for languages whose tones the speech model has not learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from phonofilm.voice import kokoro

Floats = NDArray[np.float32]

LANGUAGES = frozenset({"yue"})
#: the lowest and the highest level of the tones, as shares of a voice's own pitch
_LOW, _HIGH = 0.72, 1.38
#: a tone is reached after this share of its syllable
_GLIDE = 0.2
#: how much lower a line ends than it begins
_FALL = 0.06
_TRIAL = "ma ma na ma la ma."


@dataclass(frozen=True, kw_only=True)
class Toned:
    """Letters [start, end) of a line are a syllable that moves from one level to another, 1 (low) … 5 (high)."""

    start: int
    end: int
    levels: tuple[float, float]


def read(text: str) -> tuple[str, tuple[Toned, ...]]:
    """Letters of a line and the tones of its syllables."""
    from phonofilm.voice.g2p.cantonese import TONES, syllables

    letters = ""
    marks: list[Toned] = []
    for said, tone in syllables(text):
        if tone:
            marks.append(Toned(start=len(letters), end=len(letters) + len(said), levels=TONES[tone]))
        letters += said
    return letters.rstrip(), tuple(marks)


def contour(marks: Sequence[Toned], units: NDArray[np.int64], base: float) -> Floats:
    """The pitch f32[2 · sum(units)] in Hz that says the tones, around a voice's own pitch ``base``; 0 where none is asked for."""
    edges = np.concatenate([[0], np.cumsum(units)]) * kokoro.PITCH_UNIT
    wanted = np.zeros(int(edges[-1]), np.float32)
    for mark in marks:
        first, last = int(edges[mark.start + 1]), int(edges[mark.end + 1])
        way = np.clip(np.linspace(0.0, 1.0, max(last - first, 1)) * (1 + _GLIDE * 1.5) - _GLIDE, 0.0, 1.0)
        level = mark.levels[0] + (mark.levels[1] - mark.levels[0]) * way
        wanted[first:last] = base * _LOW * (_HIGH / _LOW) ** ((level - 1) / 4)
    fall = 1.0 + _FALL * (0.5 - np.linspace(0.0, 1.0, len(wanted)))
    return (wanted * fall).astype(np.float32)


@cache
def base_pitch(voice: str) -> float:
    """The pitch in Hz around which a voice speaks."""
    style = kokoro.style(voice, len(_TRIAL))
    units = np.maximum(1, np.round(kokoro.lengths(_TRIAL, style))).astype(np.int64)
    pitch = kokoro.sound(_TRIAL, style, units).pitch
    return float(np.median(pitch[pitch > kokoro.VOICED_HZ]))
