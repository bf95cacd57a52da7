"""Wishes for what must not be: ``no music``, ``without text or captions``, 不要字幕, 音楽なし, 자막 없이 …"""

from __future__ import annotations

import re

from phonofilm.prompt.lexicon import Hit, Lexicon
from phonofilm.prompt.text import mask

_REACH = 60
_PAUSE = re.compile(r"[.!?。！？;；\n,]")
_BREAK = re.compile(r"[.!?。！？;；\n]|\bbut\b|\bonly\b|只要|但|だけ|만 ")


def refusals(lexicon: Lexicon, masked: str) -> list[Hit]:
    """What the prompt refuses: hits of the ``refusable`` table that a negator governs, alone or in a list."""
    return [hit for hit in lexicon.find("refusable", masked) if negated(lexicon, masked, hit.start, hit.end)]


def negated(lexicon: Lexicon, words: str, start: int, end: int) -> bool:
    """Whether a negator governs folded [start, end): before it ("no …", lists included) or after it (…なし, … 없이)."""
    return _before(lexicon, words, start) or _after(lexicon, words, end)


def _before(lexicon: Lexicon, words: str, start: int) -> bool:
    at = max(0, start - _REACH)
    breaks = [m.end() for m in _BREAK.finditer(words, at, start)]
    at = breaks[-1] if breaks else at
    negators = lexicon.find("negator.before", words, at, start)
    return bool(negators) and _listed(lexicon, words[negators[-1].end : start])


def _after(lexicon: Lexicon, words: str, end: int) -> bool:
    stop = min(len(words), end + _REACH)
    pause = _PAUSE.search(words, end, stop)
    stop = pause.start() if pause else stop
    negators = lexicon.find("negator.after", words, end, stop)
    return bool(negators) and _listed(lexicon, words[end : negators[0].start])


def _listed(lexicon: Lexicon, between: str) -> bool:
    """Whether only other refused things and the words that join them stand between a negator and a thing."""
    for section in ("refusable", "negator.join", "negator.before", "negator.after"):
        between = mask(between, [(h.start, h.end) for h in lexicon.find(section, between)], " ")
    return not re.sub(r"[\W_]", "", between)
