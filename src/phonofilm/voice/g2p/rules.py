"""Spelling to sound by a list of rules, read from left to right."""

from __future__ import annotations

import re
from collections.abc import Sequence

Rules = Sequence[tuple[re.Pattern[str], str]]


def compiled(rules: Sequence[tuple[str, str]]) -> Rules:
    """Rules as (pattern, sound); patterns may look around themselves in the word."""
    return tuple((re.compile(pattern), sound) for pattern, sound in rules)


def scan(word: str, rules: Rules) -> str:
    """The sounds of a word: at each place the first rule that matches is said and passed over; a letter without a rule is silent."""
    out = ""
    at = 0
    while at < len(word):
        for pattern, sound in rules:
            found = pattern.match(word, at)
            if found and found.end() > at:
                out += sound
                at = found.end()
                break
        else:
            at += 1
    return out
