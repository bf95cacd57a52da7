"""Words such as "then" and "at 4 s": what is named with them is seen after what was named before, so a new shot begins there."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from phonofilm.clock import nearest_frame_start, ticks
from phonofilm.prompt.lexicon import Lexicon
from phonofilm.prompt.script import Mention, Span
from phonofilm.prompt.shots import MOST, Cut, clock_time
from phonofilm.prompt.text import around

#: roles of what is seen, and seen alone
SEEN = ("face", "product", "subject", "footage")


def in_sequence(
    cuts: Sequence[Cut], masked: str, lexicon: Lexicon, shown: Sequence[Mention], clauses: list[Span], times: Sequence[re.Match[str]]
) -> list[Cut]:
    """The shots, each divided where a word for what comes next, or a moment, stands before a mention that its words so far do not show.

    "@shop, then @me says" is two shots; "then @me turns" where @me is seen already is none, nor is a word with nothing seen before it.
    ``shown``: mentions of what is seen, and the lines of who is seen, by place; ``times`` are the moments, which count where no shot has times.
    """
    if len({m.tag for m in shown}) < 2:
        return list(cuts)
    timed = any(cut.first is not None or cut.last is not None for cut in cuts)
    marks = [(h.start, h.end, None) for h in lexicon.find("sequence", masked)]
    marks += [(h.start, h.start, None) for h in lexicon.find("say.arrives", masked)]  # "back to @me", who may have been seen before
    marks += [] if timed else [(m.start(), m.end(), _tick(m)) for m in times]
    made: list[Cut] = []
    for cut in cuts:
        begin, current, rest = cut.body, set[str](), cut
        for start, end, tick in sorted((m for m in marks if cut.body <= m[0] < cut.end), key=lambda m: m[:2])[:MOST]:
            if start < begin:
                continue
            before = [m.tag for m in shown if begin <= m.span[0] < start]
            current |= set(before)
            after = cut.end - len(masked[end : cut.end].lstrip(" ,，、:：\n"))
            ends = min(cut.end, around(clauses, after)[1])
            coming = {m.tag for m in shown if start <= m.span[0] < ends}
            seen = set(before[-1:]) if start == end else current
            if not current or not coming or coming <= seen:
                continue
            made.append(replace(rest, end=start, last=None, ending=""))
            rest = replace(cut, start=start, body=end, first=tick, transition="cut")
            begin, current = start, set()
        made.append(rest)
    return made


def seen_of(places: Sequence[Mention], spoken: Sequence[tuple[str, Span]], seen: Collection[str]) -> list[Mention]:
    """The mentions of what is ``seen``, and (speaker, place) of lines as mentions of their speakers, in order."""
    return sorted(
        [*(m for m in places if m.tag in seen), *(Mention(tag=tag, span=place) for tag, place in spoken if tag in seen)], key=lambda m: m.span
    )


def _tick(match: re.Match[str]) -> int:
    return nearest_frame_start(ticks(clock_time(match["clock"] or match["t"] or match["n"])))
