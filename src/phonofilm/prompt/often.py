"""How many times a sound is to be heard ("barks twice", "three knocks", 叫了两声), and whether it is heard along with what is said."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from phonofilm.prompt.lexicon import Hit, Lexicon
from phonofilm.prompt.script import Span
from phonofilm.prompt.text import HIDDEN, around, mask

#: as many as one wish can ask for
MOST = 20
#: sounds named by who makes them: a number before counts those ("two dogs bark")
BEINGS = frozenset({"dog_bark", "bird", "car_pass", "laugh", "cheer"})
#: how far before a sound its number may begin, in characters
_REACH = 30
#: how far from a sound the words that count it may be
_NEAR = 80
_FIGURE = re.compile(r"(?<![\d.:])(\d{1,2})\s*(?:(?:x|×|times|mal|veces|fois)\b|(?:声|下|次|回|度|번|차례|회))")
_DIGITS = re.compile(r"(?<![\d.:])(\d{1,2}) \s*$")


def times_of(lexicon: Lexicon, words: str, clauses: list[Span], hit: Hit, others: Sequence[Hit]) -> int:
    """How many times the words want the sound ``hit``, 0 where they do not say; ``others`` are all sounds found, in order."""
    inside = _numbers(lexicon, words, hit.start, hit.end)
    inside = inside or [h for h in lexicon.find("number", words, hit.start, hit.end) if h.start == hit.start]
    if inside:
        return _capped(inside[0].key)
    first, last = around(clauses, hit.start)
    before = words[max(first, hit.start - _REACH) : hit.start]
    before = mask(before, [(h.start, h.end) for h in lexicon.find("sound.manner", before)], " ")
    named = [h for h in lexicon.find("number", before) if not before[h.end :].strip(" -")]
    counted = hit.key not in BEINGS or " " not in words[hit.start : hit.end]
    if named and counted:
        return _capped(named[-1].key)
    if counted and (figure := _DIGITS.search(before)):
        return _capped(figure[1])
    first, last = max(first, hit.start - _NEAR), min(last, hit.end + _NEAR)
    begun, ended = (bisect_left(others, at, key=lambda h: h.start) for at in (first, last))
    near = others[begun:ended]
    for number in _numbers(lexicon, words, first, last):
        ahead = [h for h in near if h.start <= number.start]
        if (ahead[-1] if ahead else near[0]) == hit:
            return _capped(number.key)
    return 0


def is_beside(lexicon: Lexicon, words: str, clauses: list[Span], hit: Hit) -> bool:
    """Whether a sound's clause, or the beginning of the one before it, says that it is heard along with what is said ("while …")."""
    first, last = around(clauses, hit.start)
    quoted = words.find(HIDDEN, hit.end, last)
    own = max(first, words.rfind(HIDDEN, first, hit.start) + 1)  # what was said ends a clause too
    if lexicon.has("sound.beside", words, own, quoted if quoted >= 0 else last):
        return True
    if own > first:
        return False
    begun, ended = around(clauses, max(0, first - 1))
    begun = max(begun, words.rfind(HIDDEN, begun, ended) + 1)
    return ended <= first and any(not re.sub(r"[\W_]", "", words[begun : h.start]) for h in lexicon.find("sound.beside", words, begun, ended))


def _numbers(lexicon: Lexicon, words: str, start: int, end: int) -> list[Hit]:
    found = [*lexicon.find("often", words, start, end)]
    found += [
        Hit(key=m[1], start=m.start(), end=m.end())
        for m in _FIGURE.finditer(words, start, end)
        if not any(h.start < m.end() and m.start() < h.end for h in found)
    ]
    return sorted(found, key=lambda h: h.start)


def _capped(number: str) -> int:
    return min(int(number), MOST)
