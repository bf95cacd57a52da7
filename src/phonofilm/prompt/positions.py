"""Where a title, the captions or a logo are to stand in the frame: "top left", 左上角, "en bas à droite" …"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from phonofilm.prompt.lexicon import Hit, Lexicon
from phonofilm.prompt.script import Span
from phonofilm.prompt.text import HIDDEN, MENTION_A, MENTION_B, around, mask

#: how many clauses that say nothing but a place are looked at beside a title's own
_NEIGHBOURS = 2


@dataclass(frozen=True, kw_only=True)
class Positions:
    """The words for a place in the frame that a masked prompt has, in order, and its clauses; all places folded."""

    masked: str
    lexicon: Lexicon
    clauses: list[Span]
    hits: Sequence[Hit]

    @classmethod
    def of(cls, masked: str, lexicon: Lexicon, clauses: list[Span]) -> Positions:
        """Find every word for a place once."""
        return cls(masked=masked, lexicon=lexicon, clauses=clauses, hits=lexicon.find("position", masked))

    def of_quote(self, start: int, end: int) -> Hit | None:
        """The place said of quoted words [start, end): the nearest in their own clause, else in clauses beside it that say nothing else."""
        first, last = around(self.clauses, start)
        before = self.masked.rfind(HIDDEN, first, start)
        after = self.masked.find(HIDDEN, end, last)
        low, high = before + 1 if before >= 0 else first, after if after >= 0 else last
        own = self._within(low, high)
        if own:
            return min(own, key=lambda h: (h.start - end if h.start >= end else start - h.end, h.start < start))
        return (self._beside(last) if after < 0 else None) or (self._beside(first, back=True) if before < 0 else None)

    def of_words(self, start: int, end: int) -> Hit | None:
        """The place said in the same clause as the words [start, end), or right after it."""
        first, last = around(self.clauses, start)
        own = self._within(first, last)
        if own:
            return min(own, key=lambda h: h.start - end if h.start >= end else start - h.end)
        return self._beside(last)

    def _within(self, start: int, end: int) -> list[Hit]:
        begun = bisect_left(self.hits, start, key=lambda h: h.start)
        found: list[Hit] = []
        while begun < len(self.hits) and self.hits[begun].start < end:
            found.append(self.hits[begun])
            begun += 1
        return found

    def _beside(self, edge: int, *, back: bool = False) -> Hit | None:
        """The place in the clauses before or behind an edge, as far as they say nothing but places, colours and sizes."""
        index = bisect_left(self.clauses, edge, key=lambda span: span[0])
        for _ in range(_NEIGHBOURS):
            index -= back
            if not 0 <= index < len(self.clauses):
                return None
            first, last = self.clauses[index]
            if not self._only_placing(first, last):
                return None
            found = self._within(first, last)
            if found:
                return found[-1] if back else found[0]
            index += not back
        return None

    def _only_placing(self, first: int, last: int) -> bool:
        if last - first > 120 or any(sign in self.masked[first:last] for sign in (HIDDEN, MENTION_A, MENTION_B)):
            return False
        rest = self.masked[first:last]
        for section in ("position", "colour", "placing", "say.title", "say.opening", "say.closing", "refusable.captions"):
            rest = mask(rest, [(h.start, h.end) for h in self.lexicon.find(section, rest)], " ")
        return not re.sub(r"[\W\d_]|\b[a-z]\b", "", rest)
