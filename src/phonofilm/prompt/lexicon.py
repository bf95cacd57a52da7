"""Lexicons: one data file a language, read when its language is met, matched without compiling what cannot occur.

A file holds tables of sections; a section maps a key (a move, a place, a sound …) to phrases. In a phrase a space stands for any white space
or hyphen, ``~`` for a gap of up to three words (eight characters where words are not spaced), ``@`` for a mention, ``<`` and ``>`` for the edge of
a word, ``*`` for the rest of a word (where words are not spaced: for any number of times); ``(a|b)``, ``?`` and ``[…]`` mean what they mean in a
regular expression.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from phonofilm.prompt.text import MENTION_A, MENTION_B, data, fold

LANGUAGES = ("en", "zh", "yue", "ja", "ko", "es", "fr", "de")
#: written Cantonese uses the written Chinese words too
PARENTS = {"yue": ("zh",)}
#: where the verb, and so the word for a cut, comes after what it speaks of
VERB_FINAL = frozenset({"ja", "ko"})

_SPECIAL = re.compile(r".\?|[|?*+.~@<>^$\s\-]")
_GROUP = re.compile(r"\([^()]*\)|\[[^\]]*\]|\{[^}]*\}|\\.")


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A phrase found: its section's key and folded [start, end)."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """The phrases of one or several languages together; ``sections[name][key]`` are phrases with the language that has them."""

    languages: tuple[str, ...]
    sections: Mapping[str, Mapping[str, tuple[str, ...]]]

    def table(self, section: str) -> Mapping[str, tuple[str, ...]]:
        """The phrases of a section by key; ``section.key`` is that key alone."""
        name, _, key = section.partition(".")
        table = self.sections.get(name, {})
        return {key: table.get(key, ())} if key else table

    def within(self, folded: str) -> Lexicon:
        """The same lexicon without the phrases that cannot occur in this text, so that looking for the others is quick."""
        sections: dict[str, dict[str, tuple[str, ...]]] = {}
        for section, table in self.sections.items():
            possible = {key: tuple(p for p in phrases if _literal(p) in folded) for key, phrases in table.items()}
            sections[section] = {key: phrases for key, phrases in possible.items() if phrases}
        return Lexicon(languages=self.languages, sections=sections)

    def find(self, section: str, folded: str, start: int = 0, end: int | None = None) -> list[Hit]:
        """Every phrase of a section in folded [start, end), in order; of overlapping ones the longest."""
        stop = len(folded) if end is None else end
        raw: list[Hit] = []
        for key, phrases in self.table(section).items():
            for phrase in phrases:
                for match in matches(phrase, folded, start, stop):
                    raw.append(Hit(key=key, start=match.start(), end=match.end()))
        return longest(raw)

    def has(self, section: str, folded: str, start: int = 0, end: int | None = None) -> bool:
        """Whether any phrase of a section occurs in folded [start, end)."""
        stop = len(folded) if end is None else end
        return any(True for phrases in self.table(section).values() for phrase in phrases for _ in matches(phrase, folded, start, stop))


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Hits in order, without those that a longer one overlaps."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start)):
        place = bisect_left(kept, hit.start, key=lambda h: h.start)
        before_ends = not place or kept[place - 1].end <= hit.start
        if before_ends and (place == len(kept) or hit.end <= kept[place].start):
            kept.insert(place, hit)
    return kept


def matches(phrase: str, folded: str, start: int, stop: int) -> Iterable[re.Match[str]]:
    """Matches of one phrase; nothing is compiled if its longest literal does not occur."""
    if "@" in phrase and MENTION_A not in folded:
        return ()
    literal = _literal(phrase)
    if literal and folded.find(literal, start, stop) < 0:
        return ()
    return _pattern(phrase).finditer(folded, start, stop)


@cache
def _literal(phrase: str) -> str:
    """The longest run of characters that every match must hold; empty where there is none to be sure of."""
    before, plain = "", phrase
    while plain != before:
        before, plain = plain, _GROUP.sub("~", plain)
    return "" if "|" in plain else max(_SPECIAL.split(plain), key=len, default="")


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    spaced = phrase.isascii()
    edge = phrase[0] == "<", phrase[-1] == ">"
    body = phrase.removeprefix("<").removesuffix(">")
    first, last = body[0], body[-1]
    gap = r"(?:[\s,]+[^\s.,;:!?]+){0,3}?\s+" if spaced else r"[^,.;:!?。、\n]{0,8}?"
    body = re.sub(r"(?<!~) \(([^()]*)\|:\)", r"( (\1)|:)", body)
    if spaced:
        body = re.sub(r"(?<!\\)\*", r"\\w*", body)
    body = body.replace(" ?", r"[\s\-]*").replace("~", "\0")
    for number in range(body.count("@")):
        body = body.replace("@", f"(?P<m{number}>{MENTION_A}+|{MENTION_B}+)", 1)
    body = body.replace(" \0 ", gap).replace("\0", gap)
    body = body.replace(" ", r"[\s\-]+" if spaced else r"[\s\-]*")
    before = r"(?<![a-z0-9])" if first.isascii() and first not in "\\@.~" else r"(?<!\w)" if edge[0] else ""
    after = r"(?![a-z0-9])" if last.isascii() and last not in "\\@.~*" else r"(?!\w)" if edge[1] else ""
    return re.compile(before + body + after)


@cache
def _file(language: str) -> dict[str, dict[str, tuple[str, ...]]]:
    raw = tomllib.loads(data(f"{language}.toml"))
    return {
        section: {key: tuple(fold(p) for p in cast("list[str]", phrases)) for key, phrases in cast("dict[str, object]", table).items()}
        for section, table in cast("dict[str, object]", raw).items()
    }


#: (section, key, key): what the first key's phrases say, the second's say too
ALSO = (("say", "card", "title"),)


@cache
def lexicon(languages: tuple[str, ...]) -> Lexicon:
    """The lexicon of these languages together, with what their parents have."""
    chain = tuple(dict.fromkeys(code for language in languages for code in (language, *PARENTS.get(language, ()))))
    sections: dict[str, dict[str, tuple[str, ...]]] = {}
    for code in chain:
        for section, table in _file(code).items():
            merged = sections.setdefault(section, {})
            for key, phrases in table.items():
                merged[key] = tuple(dict.fromkeys((*merged.get(key, ()), *phrases)))
    for section, part, whole in ALSO:
        table = sections.setdefault(section, {})
        table[whole] = tuple(dict.fromkeys((*table.get(part, ()), *table.get(whole, ()))))
    return Lexicon(languages=chain, sections=sections)
