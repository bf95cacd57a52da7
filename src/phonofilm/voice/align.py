"""The phones of a recording, with or without its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phonofilm.phones import Phone, viseme_of
from phonofilm.voice.detect import detect_language
from phonofilm.voice.g2p import letters_of
from phonofilm.voice.recognise import STEP, Heard, recognise
from phonofilm.voice.timing import phones_of

Floats = NDArray[np.float32]

_SAME_CLASS, _ANY = 0.2, 1e-4
_QUIET = 0.03
_HOP = 480
#: the recogniser names a sound after it has begun (measured as in ``timing``, on speech that is made and on recordings)
_LATE = 2880
#: symbols that are two sounds in a row
_PAIRS = frozenset("aɪ aʊ eɪ oʊ ɔɪ eə ɪə ja je jo ju jʌ wa we wi wʌ ɯi".split())
_MARKS = "ːˑʰʲʷʱˀ̝̞̟̠̥̩̪̬̯̰̺̻͈͍̃̆̈̊̌̍̚͜"


@dataclass(frozen=True, kw_only=True)
class _Onset:
    step: int
    ipa: str


def align(
    samples: Floats,
    *,
    transcript: str | None = None,
    language: str | None = None,
    speech: Sequence[tuple[int, int]] | None = None,
) -> tuple[Phone, ...]:
    """Phones of a recording (f32[s] or f32[s c] at 48 kHz), tiling it; silences have an empty symbol.

    With ``transcript`` (and its ``language``) the phones are those of the words, placed where they are heard; without, they are those that are heard.
    ``speech`` are the spans [start, end) in ticks where somebody speaks, if they are known; outside them there is silence.
    """
    mono = np.asarray(samples.mean(axis=1) if samples.ndim == 2 else samples, np.float32)
    if not len(mono):
        return ()
    heard = recognise(mono)
    wanted = [phone.ipa for phone in _words(transcript, language) if phone.ipa] if transcript else []
    onsets = _forced(heard, wanted) if 0 < len(wanted) < len(heard.log_probability) else _greedy(heard)
    return _placed(onsets, mono, speech)


def _words(transcript: str, language: str | None) -> list[Phone]:
    spoken = language or detect_language(transcript)
    letters = letters_of(transcript, spoken)
    return phones_of(letters, np.full(len(letters) + 2, 2, np.int64), spoken)


def _greedy(heard: Heard) -> list[_Onset]:
    """The likeliest symbol of each step, repeats joined."""
    onsets: list[_Onset] = []
    before = -1
    for step, best in enumerate(heard.log_probability.argmax(axis=1)):
        if best != before and heard.symbols[best]:
            symbol = heard.symbols[best]
            if symbol in _MARKS and onsets:
                onsets[-1] = _Onset(step=onsets[-1].step, ipa=onsets[-1].ipa + symbol)
            elif symbol not in _MARKS:
                onsets.append(_Onset(step=step, ipa=symbol))
        before = int(best)
    return onsets


def _forced(heard: Heard, wanted: Sequence[str]) -> list[_Onset]:
    """The likeliest path through ``wanted`` in order (CTC Viterbi: Graves et al. 2006), a phone heard as another of its mouth shape included."""
    chance = np.exp(heard.log_probability.astype(np.float64))
    silent = np.array([not symbol or symbol in _MARKS for symbol in heard.symbols])
    classes = [viseme_of(symbol) for symbol in heard.symbols]
    emission = {ipa: np.log(chance @ _weights(ipa, heard.symbols, classes) + _ANY) for ipa in set(wanted)}
    nothing = np.log(chance[:, silent].sum(axis=1) + _ANY)
    num_steps, num_states = len(chance), 2 * len(wanted) + 1
    costs = np.empty((num_steps, num_states))
    costs[:, 0::2] = nothing[:, None]
    costs[:, 1::2] = np.stack([emission[ipa] for ipa in wanted], axis=1)
    #: from one phone straight to the next, unless it is the same one again
    straight = np.full(num_states, -np.inf)
    straight[3::2] = [0.0 if one != two else -np.inf for one, two in pairwise(wanted)]
    score = np.full(num_states, -np.inf)
    score[:2] = costs[0, :2]
    came = np.zeros((num_steps, num_states), np.int8)
    for step in range(1, num_steps):
        choices = np.stack([score, np.r_[-np.inf, score[:-1]], np.r_[-np.inf, -np.inf, score[:-2]] + straight])
        came[step] = choices.argmax(axis=0)
        score = choices.max(axis=0) + costs[step]
    state = num_states - 1 if score[-1] >= score[-2] else num_states - 2
    first = np.zeros(len(wanted), np.int64)
    for step in range(num_steps - 1, -1, -1):
        if state % 2:
            first[state // 2] = step
        state -= int(came[step, state])
    return [_Onset(step=int(step), ipa=ipa) for step, ipa in zip(first, wanted, strict=True)]


def _weights(ipa: str, symbols: Sequence[str], classes: Sequence[str]) -> NDArray[np.float64]:
    shape = viseme_of(ipa)
    bare = ipa.rstrip(_MARKS)
    return np.array(
        [1.0 if symbol == bare else _SAME_CLASS if symbol and kind == shape else 0.0 for symbol, kind in zip(symbols, classes, strict=True)]
    )


def _placed(onsets: Sequence[_Onset], mono: Floats, speech: Sequence[tuple[int, int]] | None) -> tuple[Phone, ...]:
    """Onsets to phones that tile the recording, with silence where it is quiet."""
    level = np.sqrt(np.add.reduceat(mono.astype(np.float64) ** 2, np.arange(0, len(mono), _HOP)) / _HOP)
    quiet = level < _QUIET * float(np.quantile(level, 0.95))
    if speech is not None:
        inside = np.zeros(len(quiet), bool)
        for start, end in speech:
            inside[start // _HOP : -(-end // _HOP)] = True
        quiet |= ~inside
    phones: list[Phone] = []
    at = 0
    for k, onset in enumerate(onsets):
        start = max(at, min(onset.step * STEP - _LATE, len(mono)))
        limit = onsets[k + 1].step * STEP - _LATE if k + 1 < len(onsets) else len(mono)
        end = max(start, min(limit, len(mono), _end(quiet, start, limit)))
        if end <= start:
            continue
        if start > at:
            phones.append(Phone(start=at, end=start, ipa="", viseme="sil"))
        parts = tuple(onset.ipa) if onset.ipa in _PAIRS else (onset.ipa,)
        edges = [start + (end - start) * k // len(parts) for k in range(len(parts) + 1)]
        phones += [Phone(start=a, end=b, ipa=ipa, viseme=viseme_of(ipa)) for a, b, ipa in zip(edges[:-1], edges[1:], parts, strict=True) if b > a]
        at = end
    if at < len(mono):
        phones.append(Phone(start=at, end=len(mono), ipa="", viseme="sil"))
    return tuple(phones)


def _end(quiet: NDArray[np.bool_], start: int, limit: int) -> int:
    """Where the sound that starts here dies away before ``limit``: after 80 ms of quiet that last until then."""
    last = min(-(-limit // _HOP), len(quiet))
    first = start // _HOP + 2
    at = last
    while at > first and quiet[at - 1]:
        at -= 1
    return at * _HOP if last - at >= 8 else limit
