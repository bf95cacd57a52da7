"""From letters and their durations to phones on the clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phonofilm.phones import Phone, viseme_of
from phonofilm.voice.symbols import FIRST_PART, LEADING, PAUSES, SOUNDS, SOUNDS_OF, TRAILING, is_sound

Floats = NDArray[np.float32]
Units = NDArray[np.int64]

#: ticks of one unit of duration (25 ms at 48 kHz)
TICKS_PER_UNIT = 1200
#: the sound of a letter begins so much before its durations say: sibilants and vowels against the levels of their bands agree on 50 ms in all
#: languages (``benchmarks/phones.py``)
AHEAD = 2400
SHORTEST, LONGEST = 0.75, 1.35
_BILABIALS = frozenset("pbmβ")
_BILABIAL_UNITS = 2


def settle(natural: Floats, letters: str, factor: float) -> Units:
    """Whole units for every letter, scaled by ``factor``; the error of rounding is carried on, so that the sum is right. Lips that
    close stay closed for at least 50 ms."""
    units = np.ones(len(natural), np.int64)
    owed = 0.0
    for k, length in enumerate(natural):
        letter = letters[k - 1] if 0 < k <= len(letters) else ""
        least = _BILABIAL_UNITS if letter in _BILABIALS else 1
        wanted = float(length) * factor + owed
        units[k] = max(least, round(wanted))
        owed = float(np.clip(wanted - units[k], -2.0, 2.0))
    return units


def phones_of(letters: str, units: Units, language: str) -> list[Phone]:
    """The phones of a line, tiling [0, sum(units)) in ticks; what is not speech is a phone without symbol, viseme ``sil``.

    A stress mark belongs to the sound after it, a length or tone mark to the sound before it, the seam between two words half to each.
    """
    ends = np.cumsum(units) * TICKS_PER_UNIT
    ends[:-1] = np.maximum(ends[:-1] - AHEAD, np.arange(1, len(ends)))
    spans: list[tuple[int, int, str]] = [(0, int(ends[0]), "")]
    pending = 0
    for k, letter in enumerate(letters):
        start, end = int(ends[k]), int(ends[k + 1])
        if is_sound(letter):
            spans.append((start - pending, end, letter))
            pending = 0
        elif letter in LEADING:
            pending += end - start
        elif letter in TRAILING:
            spans[-1] = (spans[-1][0], end, spans[-1][2] + letter)
        elif letter in PAUSES or spans[-1][2] == "":
            if spans[-1][2] == "":
                spans[-1] = (spans[-1][0], end, "")
            else:
                spans.append((start - pending, end, ""))
                pending = 0
        else:
            half = (end - start) // 2
            spans[-1] = (spans[-1][0], start + half, spans[-1][2])
            pending += end - start - half
    total = int(ends[-1])
    if spans[-1][2] == "":
        spans[-1] = (spans[-1][0], total, "")
    else:
        spans.append((int(ends[-2]) - pending, total, ""))
    return [phone for start, end, letter in spans if end > start for phone in _sounds(start, end, letter, language)]


def _sounds(start: int, end: int, letter: str, language: str) -> list[Phone]:
    own = SOUNDS_OF.get(language, {})
    parts = own.get(letter[:1]) or SOUNDS.get(letter[:1], (letter[:1],)) if letter else ("",)
    marks = "".join(mark for mark in letter[1:] if mark in "̃ːʰʲᵝ").replace("ᵝ", "ʷ")
    if len(parts) == 1:
        ipa = parts[0] + marks
        return [Phone(start=start, end=end, ipa=ipa, viseme=viseme_of(ipa))]
    middle = start + round((end - start) * FIRST_PART)
    first, second = parts
    return [
        Phone(start=start, end=middle, ipa=first, viseme=viseme_of(first)),
        Phone(start=middle, end=end, ipa=second, viseme=viseme_of(second)),
    ]


def tighten(phones: list[Phone], samples: Floats) -> list[Phone]:
    """Move the edges between speech and silence to where the sound (f32[s], 48 kHz) begins and ends.

    The model hides part of a pause in the sound before it; there the mouth would stay open in silence.
    """
    hop = TICKS_PER_UNIT // 5
    level = np.sqrt(np.add.reduceat(samples.astype(np.float64) ** 2, np.arange(0, len(samples), hop)) / hop)
    loud = level > 0.02 * float(np.quantile(level, 0.95)) if level.size else np.zeros(0, bool)
    out = list(phones)
    for k in range(len(out) - 1):
        before, after = out[k], out[k + 1]
        if before.ipa and not after.ipa:
            edge = _edge(loud, before.start + TICKS_PER_UNIT * 2, before.end, hop, last=True)
        elif after.ipa and not before.ipa:
            edge = _edge(loud, max(before.start, before.end - 4 * TICKS_PER_UNIT), after.end - TICKS_PER_UNIT * 2, hop, last=False)
        else:
            continue
        if edge is not None and before.start < edge < after.end:
            out[k] = Phone(start=before.start, end=edge, ipa=before.ipa, viseme=before.viseme)
            out[k + 1] = Phone(start=edge, end=after.end, ipa=after.ipa, viseme=after.viseme)
    return out


def _edge(loud: NDArray[np.bool_], start: int, end: int, hop: int, *, last: bool) -> int | None:
    """Tick of the last (or first) loud stretch of [start, end); None where it is loud or quiet throughout."""
    if end - start < hop:
        return None
    found = np.flatnonzero(loud[start // hop : end // hop])
    if not found.size:
        return start if last else None
    return (start // hop + int(found[-1]) + 1) * hop if last else (start // hop + int(found[0])) * hop
