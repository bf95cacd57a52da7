"""What a prompt says of the film as a whole: its ratio (9:16, vertical, 竖屏) and its length (a 10 second ad, 时长8秒)."""

from __future__ import annotations

import re

from phonofilm.prompt.lexicon import Hit, Lexicon
from phonofilm.prompt.negation import negated
from phonofilm.request import RATIOS

_RATIO = re.compile(
    r"(?<![\d:.])(\d{1,2}(?:\.\d{1,2})?)\s*(?:[:比]|(?<=16)[x/](?=9)|(?<=9)[x/](?=16))\s*(\d{1,2})(?![\d:.])(?!\s*(?:am|pm|a\.m|p\.m|uhr|h\b|点|分|時|时|시))"
)
#: what is called a ratio where a number with a colon could be a time or a result as well
_KNOWN = frozenset({"16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "4:5", "5:4", "2:3", "3:2", "2:1", "2.35:1", "2.39:1", "2.4:1", "2.40:1", "1.85:1"})
_CLOCK = re.compile(r"(?:\bat|\bum|\ba las?|\ba|\bvers|上午|下午|早上|晚上|午前|午後|오전|오후)\s*$")
_DIGITS = re.compile(r"\d+")


def find_ratio(masked: str, lexicon: Lexicon) -> tuple[str, str, list[Hit]]:
    """The ratio that a prompt asks for (empty: none), as it was written, and where; a ratio that films cannot have is the nearest that they can."""
    found = [h for h in lexicon.find("ratio", masked) if not negated(lexicon, masked, h.start, h.end)]
    for match in _RATIO.finditer(masked):
        words = f"{match[1]}:{match[2]}"
        if words in _KNOWN and not _CLOCK.search(masked, max(0, match.start() - 10), match.start()):
            found.append(Hit(key=words, start=match.start(), end=match.end()))
    if not found:
        return "", "", []
    # a number is more exact than a word for it
    chosen = min(found, key=lambda h: (not h.key == masked[h.start : h.end], h.start))
    return min(RATIOS, key=lambda r: abs(_aspect(r) / _aspect(chosen.key) - 1)), chosen.key, found


def find_length(masked: str, lexicon: Lexicon) -> tuple[int, list[Hit]]:
    """Seconds that a prompt says the film lasts (0: it does not say), and where."""
    found = [h for h in lexicon.find("length", masked) if not negated(lexicon, masked, h.start, h.end)]
    number = _DIGITS.search(masked, found[0].start, found[0].end) if found else None
    return (int(number[0]) if number else 0), found


def _aspect(ratio: str) -> float:
    width, _, height = ratio.partition(":")
    return float(width) / float(height)
