"""The phones of a recording, with or without its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phonofilm.phones import Phone, viseme_of
from phonofilm.voice import lines, shapes
from phonofilm.voice.detect import detect_language
from phonofilm.voice.g2p import letters_of
from phonofilm.voice.paths import Onset, Stretch, rests, shaped, timed
from phonofilm.voice.recognise import STEP, Heard, recognise
from phonofilm.voice.shapes import NAMES
from phonofilm.voice.symbols import PAUSES
from phonofilm.voice.timing import phones_of

Floats = NDArray[np.float32]

_SAME_CLASS, _ANY = 0.2, 1e-4
_HOP = shapes.STEP
#: quiet beside the loudest, steps of it that are no closing of the mouth any more, and how much more silence is then heard; outside speech
_QUIET, _LONG_QUIET, _SURE, _CERTAIN = 0.03, 8, 3.0, 1e3
#: steps of two sounds that are heard as one
_LONGEST_PAIR = 16
#: the recogniser names a sound after it has begun (measured as in ``timing``, on speech that is made and on recordings)
_LATE = 2880
#: the logarithm of the chance with which a phone of the words was surely heard
_HEARD = np.log(0.5)
#: what a rest costs inside a word: less than one phone that was surely heard on its other side
_INSIDE = 8.0
#: steps that a phone lasts at least where those beside it have room, spoken and sung
_SPOKEN, _SUNG = 1, 4
#: what parts words in letters, and where nothing does
_SEAMS = re.compile(rf"[\s{re.escape(''.join(sorted(PAUSES)))}]+")
_WITHOUT_SEAMS = frozenset({"yue"})
#: symbols that are two sounds in a row
_PAIRS = frozenset("aɪ aʊ eɪ oʊ ɔɪ eə ɪə ja je jo ju jʌ wa we wi wʌ ɯi".split())
_MARKS = "ːˑʰʲʷʱˀ̝̞̟̠̥̩̪̬̯̰̺̻͈͍̃̆̈̊̌̍̚͜"


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """A phone of the words, and whether a word ends with it."""

    ipa: str
    ends: bool


@dataclass(frozen=True, kw_only=True)
class _Onset:
    step: int
    ipa: str
    sure: bool = False


def align(
    samples: Floats,
    *,
    transcript: str | None = None,
    language: str | None = None,
    speech: Sequence[tuple[int, int]] | None = None,
) -> tuple[Phone, ...]:
    """Phones of a recording (f32[s] or f32[s c] at 48 kHz), tiling it; silences have an empty symbol.

    With ``transcript`` (and its ``language``) the phones are those of the words, placed where they are heard; without, they are those that are heard,
    each a sound of the mouth shape that it was heard with, in the language that it sounds like.
    ``speech`` are the spans [start, end) in ticks where somebody speaks, if they are known; outside them there is silence.
    """
    mono = np.asarray(samples.mean(axis=1) if samples.ndim == 2 else samples, np.float32)
    if not len(mono):
        return ()
    heard = recognise(mono)
    wanted = _words(transcript, language) if transcript else []
    evidence = shapes.evidence(mono, heard.log_probability, words=bool(wanted))
    _silences(evidence, mono, speech)
    if 0 < len(wanted) < len(heard.log_probability):
        onsets = _split(_forced(heard, wanted, rests(evidence)), len(evidence))
        return _tiled(timed(onsets, evidence, least=_SPOKEN if speech is None else _SUNG), len(mono))
    return _tiled(shaped(_split(_greedy(heard), len(evidence)), evidence), len(mono))


def _words(transcript: str, language: str | None) -> list[_Wanted]:
    spoken = language or detect_language(transcript)
    words = (word for word in _SEAMS.split(lines.letters(transcript, spoken, letters_of)) if word)
    said = [[phone.ipa for phone in phones_of(word, np.full(len(word) + 2, 2, np.int64), spoken) if phone.ipa] for word in words]
    return [_Wanted(ipa=ipa, ends=k + 1 == len(word) or spoken in _WITHOUT_SEAMS) for word in said for k, ipa in enumerate(word)]


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


def _forced(heard: Heard, phones: Sequence[_Wanted], quiet: Sequence[int]) -> list[_Onset]:
    """The likeliest path through ``phones`` in order (CTC Viterbi: Graves et al. 2006), a phone heard as another of its mouth shape included.

    ``quiet`` are the middles of rests in steps of 10 ms. There a word is rather over than in its midst.
    """
    wanted = [phone.ipa for phone in phones]
    chance = np.exp(heard.log_probability.astype(np.float64))
    silent = np.array([not symbol or symbol in _MARKS for symbol in heard.symbols])
    classes = [viseme_of(symbol) for symbol in heard.symbols]
    emission = {ipa: np.log(chance @ _weights(ipa, heard.symbols, classes) + _ANY) for ipa in set(wanted)}
    nothing = np.log(chance[:, silent].sum(axis=1) + _ANY)
    num_steps, num_states = len(chance), 2 * len(wanted) + 1
    costs = np.empty((num_steps, num_states))
    costs[:, 0::2] = nothing[:, None]
    costs[:, 1::2] = np.stack([emission[ipa] for ipa in wanted], axis=1)
    over = np.array([True, *(kind for phone in phones for kind in (False, phone.ends))])
    middles = np.minimum((np.array(quiet, np.int64) * _HOP + _LATE) // STEP, num_steps - 1)
    costs[np.ix_(middles, ~over)] -= _INSIDE
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
    return [_Onset(step=int(step), ipa=ipa, sure=bool(emission[ipa][step] > _HEARD)) for step, ipa in zip(first, wanted, strict=True)]


def _weights(ipa: str, symbols: Sequence[str], classes: Sequence[str]) -> NDArray[np.float64]:
    shape = viseme_of(ipa)
    bare = ipa.rstrip(_MARKS)
    return np.array(
        [1.0 if symbol == bare else _SAME_CLASS if symbol and kind == shape else 0.0 for symbol, kind in zip(symbols, classes, strict=True)]
    )


def _split(onsets: Sequence[_Onset], num_steps: int) -> list[Onset]:
    """Onsets on steps of 10 ms; symbols that are two sounds become two."""
    out: list[Onset] = []
    for k, onset in enumerate(onsets):
        at = (onset.step * STEP - _LATE) / _HOP
        end = (onsets[k + 1].step * STEP - _LATE) / _HOP if k + 1 < len(onsets) else num_steps
        parts = tuple(onset.ipa) if onset.ipa in _PAIRS else (onset.ipa,)
        long = min(end - at, _LONGEST_PAIR)
        out += [Onset(at=at + long * part / len(parts), ipa=ipa, sure=onset.sure and not part) for part, ipa in enumerate(parts)]
    return out


def _silences(evidence: NDArray[np.float64], mono: Floats, speech: Sequence[tuple[int, int]] | None) -> None:
    """Nobody speaks in long quiet, nor outside ``speech``: change the evidence so."""
    silent = NAMES.index("sil")
    level = np.sqrt(np.add.reduceat(mono.astype(np.float64) ** 2, np.arange(0, len(mono), _HOP)) / _HOP)
    quiet = level <= _QUIET * float(np.quantile(level, 0.95))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= _LONG_QUIET:
            evidence[start:end, silent] += _SURE
    if speech is None:
        return
    outside = np.ones(len(evidence), bool)
    for start, end in speech:
        outside[start // _HOP : -(-end // _HOP)] = False
    evidence[outside, silent] += _CERTAIN


def _tiled(stretches: Sequence[Stretch], length: int) -> tuple[Phone, ...]:
    """Stretches to phones that tile [0, length)."""
    ends = [*(stretch.end * _HOP for stretch in stretches[:-1]), length]
    rows = zip(stretches, ends, strict=True)
    return tuple(Phone(start=one.start * _HOP, end=end, ipa=one.ipa, viseme=viseme_of(one.ipa)) for one, end in rows)
