"""What was not understood: sentences that nothing was read from, as remarks with their place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from phonofilm.prompt.script import Remark, Span
from phonofilm.prompt.text import CLAUSE_END, Text, mask, split

_CONTENT = re.compile(r"[^\W\d_]")
_SENTENCE_END = re.compile(r"[.!?\n。！？]")
_SHORTEST = 4
_MOST = 20


def not_understood(text: Text, masked: str, understood: Sequence[Span], known: Sequence[Span] = ()) -> list[Remark]:
    """A remark for each clause of the masked prompt that no span of ``understood`` touches; neighbours within a sentence are one remark.

    ``known`` are words that ask for nothing by themselves ("style"): what stands beside them counts.
    """
    content = mask(masked, known, " ")
    left: list[Span] = []
    spans = _joined(understood)
    for start, end in split(masked, CLAUSE_END):
        while start < end and not masked[start].isalnum():
            start += 1
        while end > start and not masked[end - 1].isalnum():
            end -= 1
        if len(_CONTENT.findall(content[start:end])) < (_SHORTEST if masked[start:end].isascii() else 2):
            continue
        if _touches(spans, start, end):
            continue
        if left and start - left[-1][1] <= 3 and not _SENTENCE_END.search(masked, left[-1][1], start):
            left[-1] = (left[-1][0], end)
        else:
            left.append((start, end))
    return [Remark(text=f"Not understood: “{_short(text.words(*span))}”", span=text.span(*span)) for span in left[:_MOST]]


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, overlapping ones as one."""
    joined: list[Span] = []
    for start, end in sorted(s for s in spans if s[0] < s[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _touches(spans: list[Span], start: int, end: int) -> bool:
    index = bisect_left(spans, end, key=lambda span: span[0])
    return index > 0 and spans[index - 1][1] > start


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= 80 else flat[:79] + "…"
