"""What a mouth does while somebody sings: the syllables of a sung voice, with the phones that are heard surely. Axes: t steps of 10 ms.

A recogniser of speech hears little in singing, but where syllables begin and end can be heard: the level of the voice's band swells and falls, or its
spectrum changes while the level stays. A syllable is a short closing of the mouth and a vowel held until the next; the vowel, and consonants before
it, are those that the recogniser is sure of, else how open the vowel is comes from how much of the voice lies where open vowels have their first
formant (500 to 1100 Hz; Peterson and Barney, 1952).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.media.resample import peaks, resample
from phonofilm.phones import Phone, viseme_of
from phonofilm.voice.recognise import STEP, recognise

Floats = NDArray[np.float32]
Row = NDArray[np.float64]

_HOP = 480
_STEPS = TICKS_PER_SECOND // _HOP
_RATE, _FFT = 16_000, 512
_SURE = 0.6
_LATE = 2880  # ticks: the recogniser names a sound after it has begun, as in ``align``
_QUIET = 0.06  # of the voice's usual loud level
_DIP = 0.8  # a syllable ends where the level falls to this share of the lower peak beside it, the levels to the power 0.6
_TURN = 2.2  # or where the spectrum changes so many times faster than usual
_SHORTEST = 12  # steps of a syllable
_CLOSING = 5  # steps of the mouth's closing before a vowel
_VOWELS = frozenset(("aa", "E", "I", "O", "U"))
_GLIDES = frozenset("jwɥɰɸ")
_HISS = 1.5  # a sibilant: so many times more above 4 kHz than in the voice's band, for three steps or more
_OPEN = (("a", 0.62), ("ɛ", 0.35), ("ə", 0.0))  # the vowel by the share of the voice below 1100 Hz that is above 500 Hz


@dataclass(frozen=True, kw_only=True)
class Sung:
    """Phones that tile a recording; how many syllables they make, and in how many of them the recogniser was sure of the vowel."""

    phones: tuple[Phone, ...]
    syllables: int
    known: int


def align_sung(voice: Floats, spans: Sequence[tuple[int, int]]) -> Sung:
    """The mouth of a singer: ``voice`` f32[s] at 48 kHz without the instruments, sung in ``spans`` [start, end) in ticks and nowhere else.

    Raises:
        EngineMissing: the recogniser has no build for this system.
    """
    length = len(voice)
    heard = [(at, ipa) for at, ipa in _sure(voice) if ipa]
    level, turn, openness, hiss = _listen(voice)
    phones: list[Phone] = []
    count = known = 0
    for start, end in _syllables(level, turn, spans):
        first, last = start * _HOP, min(end * _HOP, length)
        mine = [(at, ipa) for at, ipa in heard if first - _CLOSING * _HOP <= at < last - _CLOSING * _HOP]
        vowel = next((ipa for _, ipa in mine if viseme_of(ipa) in _VOWELS and ipa not in _GLIDES), "")
        before = [ipa for at, ipa in mine if viseme_of(ipa) not in (*_VOWELS, "sil") and at < first + 2 * _CLOSING * _HOP][-1:]
        count, known = count + 1, known + bool(vowel)
        open_share = float(np.median(openness[start:end]))
        vowel = vowel or next(ipa for ipa, least in _OPEN if open_share >= least)
        at = phones[-1].end if phones else 0
        closing = max(at, first - _CLOSING * _HOP // 2)
        if closing > at:
            phones.append(Phone(start=at, end=closing, ipa="", viseme="sil"))
        opened = min(first + _CLOSING * _HOP // 2, last - _HOP)
        if opened > closing:
            ipa = before[0] if before else "n"
            phones.append(Phone(start=closing, end=opened, ipa=ipa, viseme=viseme_of(ipa)))
        phones += _vowel(vowel, max(opened, closing), last, hiss)
    at = phones[-1].end if phones else 0
    if at < length:
        phones.append(Phone(start=at, end=length, ipa="", viseme="sil"))
    return Sung(phones=tuple(phones), syllables=count, known=known)


def _vowel(ipa: str, start: int, end: int, hiss: NDArray[np.bool_]) -> list[Phone]:
    """A vowel held over [start, end), with a sibilant wherever there is hiss."""
    kinds = hiss[start // _HOP : -(-end // _HOP)]
    edges = [start, *((start // _HOP + int(k) + 1) * _HOP for k in np.flatnonzero(np.diff(kinds.astype(np.int8)))), end]
    parts = [(a, b, bool(hiss[min(len(hiss) - 1, max(a, start) // _HOP)])) for a, b in pairwise(edges) if b > a]
    return [Phone(start=a, end=b, ipa="s" if hissed else ipa, viseme="SS" if hissed else viseme_of(ipa)) for a, b, hissed in parts]


def _sure(voice: Floats) -> list[tuple[int, str]]:
    """Ticks and symbols of the sounds that the recogniser is sure of."""
    loud = float(np.abs(voice).max(initial=0.0))
    if loud <= 0.0:
        return []
    heard = recognise(voice * np.float32(0.7 / loud))
    found: list[tuple[int, str]] = []
    previous = -1
    for step, row in enumerate(heard.log_probability):
        best = int(row.argmax())
        if best != previous and heard.symbols[best] and float(row[best]) > np.log(_SURE):
            found.append((max(0, step * STEP - _LATE), heard.symbols[best]))
        previous = best
    return found


def _listen(voice: Floats) -> tuple[Row, Row, Row, NDArray[np.bool_]]:
    """Level of the voice to the power 0.6, how fast its spectrum changes, how open its vowel is (0…1), and whether it is a sibilant, t each."""
    low = resample(voice, 1, TICKS_PER_SECOND // _RATE)
    hop = _RATE // _STEPS
    padded = np.pad(low, (_FFT // 2, _FFT))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[: len(low) + 1 : hop]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(_FFT).astype(np.float32), axis=1))).astype(np.float64)
    hertz = np.fft.rfftfreq(_FFT, 1 / _RATE)

    def band(lowest: float, highest: float) -> Row:
        return np.asarray(power[:, (hertz >= lowest) & (hertz < highest)].sum(axis=1))

    smooth = np.asarray(np.hanning(7) / np.hanning(7).sum(), np.float64)
    level: Row = np.convolve((band(200, 4000) + band(4000, 8000)) ** 0.3, smooth, "same")
    hiss = scipy.ndimage.binary_opening(band(4000, 8000) > _HISS * band(200, 4000), np.ones(3))
    edges = np.geomspace(200, 4000, 15)
    shape = np.log10(np.stack([band(a, b) for a, b in pairwise(edges)], axis=1) + 1e-6 * power.max(initial=1e-9))
    change = np.zeros(len(shape))
    change[3:-3] = np.abs(shape[6:] - shape[:-6]).mean(axis=1)
    openness = band(500, 1100) / np.maximum(band(150, 1100), 1e-12)
    turn: Row = np.convolve(change, smooth, "same")
    return level, turn, openness, np.asarray(hiss, bool)


def _syllables(level: Row, turn: Row, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Steps [start, end) of the syllables."""
    if not len(level):
        return []
    usual = float(np.quantile(level, 0.95))
    found: list[tuple[int, int]] = []
    for begun, ended in spans:
        first, last = begun // _HOP, min(len(level), -(-ended // _HOP))
        loud = level[first:last] > usual * _QUIET**0.6
        edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(np.int8), [0]])))
        for a, b in zip(edges[::2] + first, edges[1::2] + first, strict=True):
            if b - a >= _SHORTEST // 2:
                found += _parted(level, turn, int(a), int(b))
    return found


def _parted(level: Row, turn: Row, start: int, end: int) -> list[tuple[int, int]]:
    """A stretch of singing [start, end) parted where the level dips between two peaks or the spectrum turns."""
    part, change = level[start:end], turn[start:end]
    cuts: list[int] = []
    tops = peaks(np.concatenate([[0.0], part, [0.0]]), distance=_SHORTEST) - 1
    for one, two in pairwise(tops):
        lowest = int(one) + int(part[one:two].argmin())
        if part[lowest] < _DIP * min(part[one], part[two]):
            cuts.append(lowest)
    usual = float(np.median(change)) + 1e-9
    turns = peaks(change, height=_TURN * usual, distance=_SHORTEST)
    cuts += [int(t) for t in turns if all(abs(int(t) - c) >= _SHORTEST for c in cuts)]
    kept: list[int] = [0]
    for cut in sorted(cuts):
        if cut - kept[-1] >= _SHORTEST and len(part) - cut >= _SHORTEST:
            kept.append(cut)
    return [(start + a, start + b) for a, b in zip(kept, [*kept[1:], len(part)], strict=True)]
