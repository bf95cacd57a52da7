"""Text to speech: samples, and the phones that they are made of, on one clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from phonofilm import weights
from phonofilm.errors import RequestError
from phonofilm.media.resample import resample
from phonofilm.phones import Phone
from phonofilm.voice import kokoro, lines, tones
from phonofilm.voice.g2p import letters_of
from phonofilm.voice.symbols import is_sound
from phonofilm.voice.timing import LONGEST, SHORTEST, TICKS_PER_UNIT, phones_of, settle, tighten
from phonofilm.voice.voices import voice_for

Floats = NDArray[np.float32]

_UPSAMPLE = 2
#: silence kept before the first sound, after the last one, and more of it between two sentences, in ticks
_LEAD, _TAIL, _PAUSE = 2400, 4800, 7200
#: the sound before a pause is rarely longer than this; the model hides the rest of the pause in it
_LAST_UNITS = 6.0
_TRIES = 3
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*|\n+")
_CLAUSE = re.compile(r"(?<=[,;:—])")


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A line as it sounds. ``samples`` f32[s] mono at 48 kHz, one a tick; ``phones`` tile [0, s), silences with an empty symbol.

    ``fits`` is false where the line is longer than the time that it was given: it would have had to be hurried beyond what is understood.
    """

    samples: Floats
    phones: tuple[Phone, ...]
    text: str
    language: str
    voice: str
    fits: bool = True


@dataclass(frozen=True, kw_only=True)
class _Piece:
    letters: str
    style: Floats
    natural: Floats
    language: str
    #: where each toned syllable begins and ends among the letters, and its tone
    tones: tuple[tones.Toned, ...] = ()
    base: float = 0.0


def speak(
    text: str, language: str, *, voice: str = "", length: int | None = None, fill: bool = False, seed: int = 0, pitch: float = 1.0, pace: float = 1.0,
) -> Spoken:  # fmt: skip
    """Say ``text``.

    ``voice`` is a name of ``voices()``; empty: the best of the language. ``length`` is the most ticks that the line may take; a longer line is
    hurried, at most to 0.75 of its own time. With ``fill`` a shorter one is slowed too, at most to 1.35, to end with it. ``seed`` 0 is the
    voice's own pace and pitch; another one varies both by up to 3 %. ``pitch`` and ``pace`` are shares of the voice's own: above 1 higher, slower.

    Raises:
        RequestError: no such language or voice.  ModelMissing: the speech model is not in the cache.
    """
    chosen = voice or voice_for(language).name
    if chosen not in kokoro.voice_names():
        raise RequestError(f"There is no voice {chosen!r}. Voices: {', '.join(kokoro.voice_names())}.")
    changed = () if (pitch, pace) == (1.0, 1.0) else (pitch, pace)
    key = lines.key(text, language, chosen, length or 0, fill, seed, weights.MODELS["kokoro"].sha256, *changed)
    kept = lines.load(key)
    if kept is None:
        samples, phones, fits = _say(text, language, chosen, length or 0, fill, pace * _character(seed)[0], pitch * _character(seed)[1])
        lines.store(key, samples, phones, fits)
    else:
        samples, phones, fits = kept
    return Spoken(samples=samples, phones=phones, text=text, language=language, voice=chosen, fits=fits)


def _say(text: str, language: str, voice: str, length: int, fill: bool, pace: float, pitch: float) -> tuple[Floats, tuple[Phone, ...], bool]:
    pieces = [piece for part in _parts(text) for piece in _pieces(part, language, voice)]
    if not pieces:
        return np.zeros(0, np.float32), (), True
    natural = sum(_guess(piece) for piece in pieces) * pace * TICKS_PER_UNIT + (_LEAD + _TAIL) * len(pieces) + _PAUSE * (len(pieces) - 1)
    factor = pace
    if length and (natural > length or fill):
        factor = pace * length / natural
    samples, phones = _joined(pieces, factor, pitch)
    for _ in range(_TRIES - 1):
        over = len(samples) - length
        if not length or not (over > 0 or (fill and over < -TICKS_PER_UNIT)) or not SHORTEST < factor / pace < LONGEST:
            break
        factor *= length / len(samples) if over < 0 else (length - TICKS_PER_UNIT // 2) / len(samples)
        factor = float(np.clip(factor, SHORTEST * pace, LONGEST * pace))
        samples, phones = _joined(pieces, factor, pitch)
    if length and length < len(samples) <= length + _TAIL // 2:  # the last breath of silence may go
        samples = samples[:length]
        phones = (*phones[:-1], replace(phones[-1], end=length))
    return samples, phones, not length or len(samples) <= length


def _joined(pieces: Sequence[_Piece], factor: float, pitch: float) -> tuple[Floats, tuple[Phone, ...]]:
    factor = float(np.clip(factor, SHORTEST * 0.97, LONGEST * 1.03))
    samples: list[Floats] = []
    phones: list[Phone] = []
    at = 0
    for piece in pieces:
        if samples:
            gap = round(_PAUSE * min(1.0, factor))
            samples.append(np.zeros(gap, np.float32))
            phones.append(Phone(start=at, end=at + gap, ipa="", viseme="sil"))
            at += gap
        sound, said = _cropped(piece, factor, pitch)
        samples.append(sound)
        phones += [replace(phone, start=phone.start + at, end=phone.end + at) for phone in said]
        at += len(sound)
    return np.concatenate(samples), tuple(phones)


def _cropped(piece: _Piece, factor: float, pitch: float) -> tuple[Floats, list[Phone]]:
    units = settle(piece.natural, piece.letters, factor)
    units[0] = max(1, round(float(piece.natural[0])))  # the model needs its own silence before a line: with less it mutes the first word
    contour = tones.contour(piece.tones, units, piece.base * pitch) if piece.tones else None
    made = kokoro.sound(piece.letters, piece.style, units, pitch_scale=pitch, pitch=contour)
    samples = resample(made.samples, _UPSAMPLE, 1)
    phones = tighten(phones_of(piece.letters, units, piece.language), samples)
    sounding = [phone for phone in phones if phone.ipa]
    if not sounding:
        return np.zeros(0, np.float32), []
    start, end = max(0, sounding[0].start - _LEAD), min(len(samples), sounding[-1].end + _TAIL)
    fade = np.minimum(1.0, np.minimum(np.arange(end - start), np.arange(end - start)[::-1]) / 96).astype(np.float32)
    kept = [
        replace(phone, start=max(phone.start, start) - start, end=min(phone.end, end) - start)
        for phone in phones
        if phone.end > start and phone.start < end
    ]
    return samples[start:end] * fade, kept


def _pieces(part: str, language: str, voice: str) -> list[_Piece]:
    toned = language in tones.LANGUAGES
    letters, marks = tones.read(part) if toned else (letters_of(part, language), ())
    base = tones.base_pitch(voice) if toned else 0.0
    pieces: list[_Piece] = []
    for start, end in _short(letters):
        style = kokoro.style(voice, end - start)
        inside = tuple(replace(mark, start=mark.start - start, end=mark.end - start) for mark in marks if start <= mark.start and mark.end <= end)
        some = letters[start:end]
        pieces.append(_Piece(letters=some, style=style, natural=kokoro.lengths(some, style), language=language, tones=inside, base=base))
    return pieces


def _guess(piece: _Piece) -> float:
    """Units from the first sound to the end of the last one."""
    last = max((k for k, letter in enumerate(piece.letters) if is_sound(letter)), default=0)
    return float(piece.natural[1 : last + 1].sum()) + min(float(piece.natural[last + 1]), _LAST_UNITS)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.split(text) if any(letter.isalnum() for letter in part)]


def _short(letters: str) -> list[tuple[int, int]]:
    """Spans of the letters that the model takes at once, cut at the pauses of the line."""
    spans: list[tuple[int, int]] = []
    start = at = 0
    for clause in _CLAUSE.split(letters):
        if at + len(clause) - start > kokoro.MAX_LETTERS and at > start:
            spans.append((start, at))
            start = at
        while len(clause) > kokoro.MAX_LETTERS:
            spans.append((start, start + kokoro.MAX_LETTERS))
            clause = clause[kokoro.MAX_LETTERS :]
            start = at = start + kokoro.MAX_LETTERS
        at += len(clause)
    return [(first, last) for first, last in (*spans, (start, at)) if any(is_sound(letter) for letter in letters[first:last])]


def _character(seed: int) -> tuple[float, float]:
    """Pace and pitch of a seed, each 0.97…1.03; 1 for seed 0."""
    if not seed:
        return 1.0, 1.0
    digest = sha256(f"voice {seed}".encode()).digest()
    return 0.97 + 0.06 * digest[0] / 255, 0.97 + 0.06 * digest[1] / 255
