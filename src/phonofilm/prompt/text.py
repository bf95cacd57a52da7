"""The prompt made ready for matching, and the way back from every match to the characters that the person typed.

Folding: NFC, full width as half width, lower case, Latin letters without accents, traditional Chinese characters as simplified.
So ``Camara``, ``Cámara`` and ``CÁMARA`` (composed or not) are one word, and 鏡頭 is 镜头.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pkgutil import get_data

from phonofilm.prompt.script import Span

#: what stands for quoted words and addresses, and (alternately) for mentions, in masked text; none of them is a letter
HIDDEN, MENTION_A, MENTION_B = "\ue000", "\ue001", "\ue002"

_CLUSTER = re.compile(r"[ᄀ-ᇿ]+|.[\u0300-\u036f\u3099\u309a]*", re.DOTALL)
_APOSTROPHE = re.compile(r"(?<=\w)[’ʼ](?=\w)")
#: ends of sentences: a full stop counts only before a space or the end, so that "0.5" and "f/2.8" stay whole
SENTENCE_END = re.compile(r"[!?]+|[.…](?=[\s\"'”’»)\]\ue000]|$)|[。;]|\n+")
CLAUSE_END = re.compile(r"[.…](?=[\s\"'”’»)\]\ue000\ue001\ue002]|$)|:(?!\d)|[。!?;,、\n()\[\]{}]+|\s[-–—]+\s")


def data(name: str) -> str:
    """A data file of the lexicons."""
    return (get_data("phonofilm.prompt", f"lexicons/{name}") or b"").decode("utf-8")


@cache
def han_pairs() -> dict[str, str]:
    """Traditional to simplified, from the pairs in ``lexicons/han.txt``."""
    rows = data("han.txt")
    return {pair[0]: pair[1] for row in rows.splitlines() if not row.startswith("#") for pair in row.split() if len(pair) == 2}


@cache
def _fold_cluster(cluster: str) -> str:
    composed = unicodedata.normalize("NFKC", cluster)
    out: list[str] = []
    for char in composed.lower():
        if char == "ß":
            out.append("ss")
        elif "À" <= char <= "ɏ":
            out.append("".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c)))
        else:
            out.append(han_pairs().get(char, char))
    return "".join(out)


def fold(words: str) -> str:
    """Words as they are matched (see the module's text); length may change."""
    if words.isascii():
        return words.lower()
    return "".join(_fold_cluster(c) for c in _CLUSTER.findall(_APOSTROPHE.sub("'", words)))


@dataclass(frozen=True, kw_only=True)
class Text:
    """A prompt and its folded form; ``starts`` and ``ends`` give, for each folded character, its place in the prompt."""

    prompt: str
    folded: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The prompt's characters behind folded [start, end)."""
        if end <= start or not self.starts:
            at = self.starts[start] if start < len(self.starts) else len(self.prompt)
            return (at, at)
        return (self.starts[start], self.ends[end - 1])

    def words(self, start: int, end: int) -> str:
        """The prompt's own words behind folded [start, end)."""
        first, last = self.span(start, end)
        return self.prompt[first:last]


def prepare(prompt: str) -> Text:
    """Fold a prompt, keeping the place of every character."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _CLUSTER.finditer(_APOSTROPHE.sub("'", prompt)):
        piece = _fold_cluster(match[0])
        pieces.append(piece)
        starts.extend([match.start()] * len(piece))
        ends.extend([match.end()] * len(piece))
    return Text(prompt=prompt, folded="".join(pieces), starts=tuple(starts), ends=tuple(ends))


def mask(folded: str, spans: Iterable[Span], filler: str = HIDDEN) -> str:
    """The same text with each span replaced by as many fillers, so that places do not move."""
    pieces: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if start < at:
            continue
        pieces += [folded[at:start], filler * (end - start)]
        at = end
    return "".join([*pieces, folded[at:]])


def split(folded: str, ends: re.Pattern[str]) -> list[Span]:
    """The stretches between matches of ``ends``, each with the match that ends it; empty ones are left out."""
    spans: list[Span] = []
    at = 0
    for match in ends.finditer(folded):
        if folded[at : match.start()].strip():
            spans.append((at, match.end()))
        at = match.end()
    if folded[at:].strip():
        spans.append((at, len(folded)))
    return spans


def around(spans: list[Span], place: int) -> Span:
    """The stretch of ``spans`` that holds a place (the nearest before it, if none does)."""
    index = bisect_right(spans, place, key=lambda span: span[0])
    return spans[index - 1] if index else (0, 0)
