"""Speech as subtitles: a line of words cut into pieces that a person can read, each with its time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.phones import Phone
from phonofilm.score.breaks import is_wide, openings, wrap

#: letters in one line of a subtitle by language, as subtitlers set them (an ideograph counts as one)
LINE_LETTERS = {"zh": 17, "yue": 17, "ja": 15, "ko": 18}
WESTERN_LINE_LETTERS = 40
LINES = 2
#: a piece stays at least this long where the line leaves room for it
SHORTEST = TICKS_PER_SECOND * 5 // 6
_END = frozenset("。！？!?.…")
#: a full stop that ends no sentence: "3. Oktober", "ca. 70", "Dr. Sommer", "J. Verne"
_ABBREVIATED = re.compile(
    r"(?:(?<![\w.,])\d{1,2}|(?<!\w)(?:[A-Za-z]|ca|dr|dra|mr|mrs|ms|mme|mlle|sr|sra|st|nr|no|bzw|usw|vgl|evtl|ggf|etc|vs|av|prof|inc|approx|env|ej))\.\Z",
    re.IGNORECASE,
)
_VOWELS = frozenset("aeiouyáéíóúàèìòùâêîôûäëïöüãõœæAEIOUYÁÉÍÓÚÄÖÜ")


def split_caption(text: str, start: int, end: int, language: str, phones: Sequence[Phone] = ()) -> list[tuple[int, int, str]]:
    """Cut a spoken line into subtitles: (start, end, words) in ticks, in order, without overlap, together covering [start, end).

    With ``phones`` (ticks of the film) each cut stands where the voice reaches it, and in the pause there if there is one; without
    them the time goes by the syllables of the words.
    """
    words = " ".join(text.split())
    if not words or end <= start:
        return []
    pieces = _pieces(words, _letters_in_line(language))
    weights = [_syllables(p) for p in pieces]
    total = sum(weights)
    cuts = [start]
    said = 0.0
    for weight in weights[:-1]:
        said += weight
        at = _voice_at(said / total, phones) if phones else start + round((end - start) * said / total)
        cuts.append(min(max(at, cuts[-1] + 1), end))
    cuts.append(end)
    joined: list[tuple[int, int, str]] = []
    for i, piece in enumerate(pieces):
        if cuts[i + 1] > cuts[i]:
            joined.append((cuts[i], cuts[i + 1], piece))
    return joined


def _letters_in_line(language: str) -> int:
    return LINE_LETTERS.get(language.split("-")[0], WESTERN_LINE_LETTERS)


def _pieces(words: str, letters: int) -> list[str]:
    """Sentences, each cut again where it does not fit two lines; short neighbours are not joined across a full stop."""

    def measure(piece: str) -> float:
        return float(sum(1.0 if is_wide(c) else 0.5 for c in piece)) if letters < WESTERN_LINE_LETTERS else float(len(piece))

    found: list[str] = []
    for sentence in _sentences(words):
        if found and measure(found[-1]) + measure(sentence) + 1 <= letters:
            found[-1] = f"{found[-1]}{' ' if sentence[0].isascii() or not is_wide(sentence[0]) else ''}{sentence}"
            continue
        count = 1
        while measure(sentence) > 0.93 * LINES * letters * count:
            count += 1
        cut = wrap(sentence, measure, 0.97 * LINES * letters, count + 2) if count > 1 else [sentence]
        found += cut if cut is not None else _by_force(sentence, round(LINES * letters))
    return found


def _sentences(words: str) -> list[str]:
    found: list[str] = []
    begin = 0
    for i, character in enumerate(words):
        after = words[i + 1 : i + 2]
        if (
            character in _END
            and not (character == "." and _ABBREVIATED.search(words, 0, i + 1))
            and after not in _END
            and (not after or after == " " or is_wide(character))
            and after not in {"」", "』", "”", "’", "）"}
        ):
            found.append(words[begin : i + 1].strip())
            begin = i + 1
        elif character in "」』”" and i and words[i - 1] in _END and i + 1 < len(words) and not after.isspace() and after not in "、，。":
            found.append(words[begin : i + 1].strip())
            begin = i + 1
    found.append(words[begin:].strip())
    return [s for s in found if s]


def _by_force(sentence: str, letters: int) -> list[str]:
    """A word longer than a subtitle, cut where a break is possible at all, else anywhere."""
    pieces: list[str] = []
    places = [at for at, _ in openings(sentence)]
    begin = 0
    while len(sentence) - begin > letters:
        reach = [at for at in places if begin < at <= begin + letters]
        at = reach[-1] if reach else begin + letters
        pieces.append(sentence[begin:at].strip())
        begin = at
    return [p for p in [*pieces, sentence[begin:].strip()] if p]


def _syllables(piece: str) -> float:
    """How long the words take to say, in syllables, with a little for the pause at a mark."""
    count = 0.0
    vowel = False
    for character in piece:
        if is_wide(character):
            count += 0.6 if character in "、，。！？：；…—" else 1.0
            vowel = False
        elif character in _VOWELS:
            count += 0.0 if vowel else 1.0
            vowel = True
        else:
            vowel = False
            count += 1.2 if character.isdigit() else 0.5 if character in ",.;:!?" else 0.12
    return max(count, 0.5)


def _voice_at(share: float, phones: Sequence[Phone]) -> int:
    """The tick at which the voice has said ``share`` of the line, moved into the longest pause nearby."""
    sounds = [p for p in phones if p.viseme != "sil"]
    if not sounds:
        return round(phones[0].start + (phones[-1].end - phones[0].start) * share)
    spoken = sum(p.end - p.start for p in sounds)
    left = share * spoken
    at = sounds[-1].end
    for p in sounds:
        if left <= p.end - p.start:
            at = p.start + round(left)
            break
        left -= p.end - p.start
    reach = max(TICKS_PER_SECOND * 2 // 5, spoken // 12)
    best, gained = at, 0.0
    for a, b in pairwise(sounds):
        pause = b.start - a.end
        near = 1.0 - max(a.end - at, at - b.start, 0) / reach
        if pause > TICKS_PER_SECOND // 50 and near > 0 and pause * near > gained:
            best, gained = b.start - min(pause // 2, TICKS_PER_SECOND // 12), pause * near
    return best
