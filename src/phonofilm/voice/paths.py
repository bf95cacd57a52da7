"""How long the phones of a recording last: the likeliest path through what is heard of mouth shapes. Axes: t steps of 10 ms, n shapes, p phones.

The recogniser says which phones there are and when they begin, ``shapes`` how the mouth stands at every moment; neither suffices alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, permutations

import numpy as np
from numpy.typing import NDArray

from phonofilm.phones import VISEMES, viseme_of
from phonofilm.voice.shapes import NAMES

F64 = NDArray[np.float64]
Whole = NDArray[np.int64]

_SILENT = NAMES.index("sil")
_CLOSED = NAMES.index("PP")
_NEVER = -1e9
#: how far from where it was heard a phone may begin: steps of one standard deviation, how many of these weigh at most, and if it was surely heard
_SPREAD, _FARTHEST, _FARTHEST_SURE = 2.0, 8.0, 50.0
#: what a silence between two phones costs
_PAUSE = 3.0
#: steps of a silence that no closing of the mouth makes
_REST = 20
#: what a phone that the recogniser names adds to its shape, if its lips close, and what a change of shape costs
_NAMED, _NAMED_CLOSED, _CHANGE = 1.0, 4.0, 2.0
#: steps that may lie between what is seen and the nearest phone that the recogniser names
_ALONE = 30
#: steps that closed lips stay closed at least, and an open vowel beside them open
_CLOSURE, _OPENING = 4, 4
#: vowels, and their jaw and rounding; how much rounding counts beside the jaw, and how far what is heard is believed where vowels are told apart
_VOWELS = [NAMES.index(name) for name in ("aa", "E", "I", "O", "U")]
_JAW, _ROUNDING = (np.array([getattr(VISEMES[NAMES[k]], part) for k in _VOWELS]) for part in ("jaw", "rounding"))
_ROUND, _BELIEF = 0.3, 0.6
#: the sound that stands for a shape where the recogniser names none of that shape
_SOUND = dict(zip(NAMES, ("", "p", "f", "θ", "t", "k", "ʃ", "s", "n", "ɹ", "a", "ɛ", "i", "o", "u"), strict=True))


@dataclass(frozen=True, kw_only=True)
class Onset:
    """A phone that was heard to begin ``at`` that step of 10 ms, and whether that is ``sure``."""

    at: float
    ipa: str
    sure: bool = False


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Steps [start, end) of one phone, or of silence where ``ipa`` is empty."""

    start: int
    end: int
    ipa: str


def timed(onsets: Sequence[Onset], evidence: F64, *, least: int = 1) -> list[Stretch]:
    """These phones in this order, each as long as its mouth shape is heard; between them there may be silence, rests where they were heard.

    ``least`` is how many steps each lasts at least, as far as those beside it can spare them.
    """
    if not len(onsets):
        return _nothing(evidence)
    chain = _chain(onsets, evidence, rests(evidence))
    out = [Stretch(start=a, end=b, ipa=onsets[int(chain[a]) // 2].ipa if chain[a] % 2 else "") for a, b in _runs(chain)]
    return _closures(_lasting(out, least))


def rests(evidence: F64) -> list[int]:
    """The middle steps of the long silences that are heard."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (evidence.argmax(axis=1) == _SILENT).astype(np.int8), [0]])))
    return [int(start + end) // 2 for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start >= _REST]


def shaped(onsets: Sequence[Onset], evidence: F64) -> list[Stretch]:
    """The mouth shapes that are heard, with the phones that the recogniser names where their shape is among them."""
    if not len(onsets):
        return _nothing(evidence)
    chain = _chain(onsets, evidence)
    named = np.where(chain % 2 == 1, np.array([NAMES.index(viseme_of(o.ipa)) for o in onsets])[np.minimum(chain // 2, len(onsets) - 1)], _SILENT)
    weighed = evidence.copy()
    weighed[np.arange(len(chain)), named] += np.where(named == _CLOSED, _NAMED_CLOSED, _NAMED)
    sounding = np.flatnonzero(chain % 2)
    nearest = np.abs(np.arange(len(chain))[:, None] - sounding[None, :]).min(axis=1) if len(sounding) else np.full(len(chain), _ALONE + 1)
    weighed[nearest > _ALONE, :_SILENT] = weighed[nearest > _ALONE, _SILENT + 1 :] = _NEVER
    path, likely = _free(weighed), _likely(weighed)
    out: list[Stretch] = []
    for start, end in _runs(path):
        shape = NAMES[_least_wrong(likely[start:end]) if path[start] in _VOWELS else path[start]]
        own = [onsets[k // 2].ipa for k in chain[start:end] if k % 2 and viseme_of(onsets[k // 2].ipa) == shape]
        out.append(Stretch(start=start, end=end, ipa="" if shape == "sil" else own[0] if own else _SOUND[shape]))
    return _openings(_closures(out))


def _nothing(evidence: F64) -> list[Stretch]:
    return [Stretch(start=0, end=len(evidence), ipa="")] if len(evidence) else []


def _chain(onsets: Sequence[Onset], evidence: F64, resting: Sequence[int] = ()) -> Whole:
    """The state of every step: 2 k + 1 is phone k, 2 k the silence before it, at the steps ``resting`` that before the first one heard later."""
    num_steps, num_states = len(evidence), 2 * len(onsets) + 1
    column = np.full(num_states, _SILENT)
    column[1::2] = [NAMES.index(viseme_of(onset.ipa)) for onset in onsets]
    places = np.array([onset.at for onset in onsets])
    farthest = np.array([_FARTHEST_SURE if onset.sure else _FARTHEST for onset in onsets])

    def enter(step: int) -> F64:
        """What it costs to begin every phone at that step."""
        return -0.5 * np.minimum(np.abs(step - places) / _SPREAD, farthest) ** 2

    rest_before = dict(zip(resting, 2 * np.searchsorted(places, resting, side="right"), strict=True))
    score = np.full(num_states, _NEVER)
    score[0] = evidence[0, _SILENT]
    score[1] = evidence[0, column[1]] + enter(0)[0]
    came = np.zeros((num_steps, num_states), np.int8)
    choices = np.full((3, num_states), _NEVER)
    for step in range(1, num_steps):
        begun = enter(step)
        choices[0] = score
        choices[1, 1::2] = score[:-1:2] + begun
        choices[1, 2::2] = score[1::2] - _PAUSE
        choices[2, 3::2] = score[1:-2:2] + begun[1:]
        came[step] = choices.argmax(axis=0)
        score = choices.max(axis=0) + evidence[step, column]
        if step in rest_before:
            score[np.arange(num_states) != rest_before[step]] = _NEVER
    state = num_states - 1 if score[-1] >= score[-2] else num_states - 2
    out = np.zeros(num_steps, np.int64)
    for step in range(num_steps - 1, -1, -1):
        out[step] = state
        state -= int(came[step, state])
    return out


def _free(evidence: F64) -> Whole:
    """The likeliest shape of every step, where changes cost."""
    num_steps, num_shapes = evidence.shape
    score = evidence[0].copy()
    came = np.zeros((num_steps, num_shapes), np.int64)
    own = np.arange(num_shapes)
    for step in range(1, num_steps):
        best = int(score.argmax())
        stays = score >= score[best] - _CHANGE
        came[step] = np.where(stays, own, best)
        score = np.where(stays, score, score[best] - _CHANGE) + evidence[step]
    out = np.zeros(num_steps, np.int64)
    shape = int(score.argmax())
    for step in range(num_steps - 1, -1, -1):
        out[step] = shape
        shape = int(came[step, shape])
    return out


def _likely(evidence: F64) -> F64:
    """How likely every shape is at every step (forwards and backwards: Rabiner 1989), where changes cost."""
    chance = np.exp(_BELIEF * (evidence - evidence.max(axis=1, keepdims=True)))
    change = float(np.exp(-_BELIEF * _CHANGE))
    before, after = chance.copy(), np.ones_like(chance)
    for step in range(1, len(chance)):
        before[step] *= before[step - 1] + change * before[step - 1].sum()
        before[step] /= before[step].sum()
    for step in range(len(chance) - 2, -1, -1):
        coming = after[step + 1] * chance[step + 1]
        after[step] = coming + change * coming.sum()
        after[step] /= after[step].sum()
    both = before * after
    return both / both.sum(axis=1, keepdims=True)


def _least_wrong(likely: F64) -> int:
    """The vowel of a stretch whose jaw and rounding are nearest to what may be meant: a doubtful one is not mouthed as wide or as close."""
    share = likely[:, _VOWELS].mean(axis=0)
    apart = (_JAW[:, None] - _JAW) ** 2 + _ROUND * (_ROUNDING[:, None] - _ROUNDING) ** 2
    return _VOWELS[int((apart @ share).argmin())]


def _runs(path: Whole) -> list[tuple[int, int]]:
    cuts = [0, *(int(k) + 1 for k in np.flatnonzero(np.diff(path))), len(path)]
    return list(pairwise(cuts))


def _lasting(stretches: list[Stretch], least: int) -> list[Stretch]:
    """Phones that were heard for a moment only last longer, by what the nearest sounds before the next silence can spare."""
    out: list[Stretch] = []
    for sounds, group in groupby(stretches, key=lambda one: bool(one.ipa)):
        row = list(group)
        lengths = [one.end - one.start for one in row]
        for k, j in sorted(permutations(range(len(row)), 2), key=lambda pair: abs(pair[0] - pair[1])) if sounds else ():
            given = max(0, min(least - lengths[k], (lengths[j] - least) // 2))
            lengths[k], lengths[j] = lengths[k] + given, lengths[j] - given
        ends = row[0].start + np.cumsum(lengths)
        out += [Stretch(start=int(end) - length, end=int(end), ipa=one.ipa) for end, length, one in zip(ends, lengths, row, strict=True)]
    return out


def _closures(stretches: list[Stretch]) -> list[Stretch]:
    """Closed lips that were heard for a moment only stay closed long enough to be seen, as far as both neighbours can spare it."""
    out = list(stretches)
    for k, one in enumerate(out):
        if one.ipa and viseme_of(one.ipa) == "PP":
            for side in (k - 1, k + 1):
                _lend(out, k, side, _CLOSURE)
    return out


def _openings(stretches: list[Stretch]) -> list[Stretch]:
    """Open vowels beside closed lips last a frame of the film, so that they are seen, by what the sound on their other side can spare."""
    shapes = [viseme_of(one.ipa) if one.ipa else "sil" for one in stretches]
    out = list(stretches)
    for k in range(1, len(out) - 1):
        for side, lips in ((k - 1, k + 1), (k + 1, k - 1)):
            if shapes[k] in ("aa", "E", "O") and shapes[lips] == "PP" and shapes[side] not in ("PP", "sil"):
                _lend(out, k, side, _OPENING)
    return out


def _lend(stretches: list[Stretch], k: int, side: int, least: int) -> None:
    """Make a stretch last ``least`` steps by what the one on that side of it can spare, in place; nothing beyond the ends."""
    if not 0 <= side < len(stretches):
        return
    one, there = stretches[k], stretches[side]
    given = max(0, min(least - (one.end - one.start), (there.end - there.start - 2) // 2))
    if side < k:
        stretches[side], stretches[k] = replace(there, end=there.end - given), replace(one, start=one.start - given)
    else:
        stretches[side], stretches[k] = replace(there, start=there.start + given), replace(one, end=one.end + given)
