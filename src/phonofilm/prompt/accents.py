"""Accents and dialects asked for ("with a British accent", 四川话, "mit bayerischem Akzent"): whose lines they are, and those that no voice has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from phonofilm.prompt.lexicon import Hit, Lexicon
from phonofilm.prompt.script import Remark, Span, SpokenLine
from phonofilm.prompt.text import Text, around

#: the accents that voices have, and of which language
SPOKEN = {"british": "en", "american": "en"}


def find_accents(
    text: Text, masked: str, lexicon: Lexicon, sentences: list[Span], lines: Sequence[SpokenLine], places: Sequence[Span]
) -> tuple[list[SpokenLine], list[Remark], list[Span]]:
    """The lines with their accents, remarks on accents that no voice has, and where they are said (folded places); nothing where nobody speaks."""
    hits = _found(masked, lexicon) if lines else []
    if not hits:
        return list(lines), [], []
    at_home = [around(sentences, start) for start, _ in places]
    own = [
        min((h for h in hits if first <= h.start < last), key=lambda h: abs(h.start - start), default=None)
        for (first, last), (start, _) in zip(at_home, places, strict=True)
    ]
    elsewhere = [h for h in hits if not any(first <= h.start < last for first, last in at_home)]
    of_speaker = {line.speaker: h for line, h in zip(lines, own, strict=True) if h is not None and line.speaker}
    general = elsewhere[0] if len({h.key for h in elsewhere}) == 1 else None
    spoken: list[SpokenLine] = []
    unspoken = {h for h in hits if h.key not in SPOKEN}
    for line, hit in zip(lines, own, strict=True):
        chosen = hit or of_speaker.get(line.speaker) or general
        if chosen is not None and SPOKEN.get(chosen.key) == line.language:
            line = replace(line, accent=chosen.key)
        elif chosen is not None:
            unspoken.add(chosen)
        spoken.append(line)
    remarks = [
        Remark(
            text=f"No voice has the accent of “{text.words(h.start, h.end).strip()}”; it is spoken without.",
            span=text.span(h.start, h.end),
        )
        for h in sorted(unspoken, key=lambda h: h.start)
    ]
    return spoken, remarks, [(h.start, h.end) for h in hits]


def _found(masked: str, lexicon: Lexicon) -> list[Hit]:
    """The accents named, in order; one that voices have goes before the words for any."""
    known = [h for key in SPOKEN for h in lexicon.find(f"accent.{key}", masked)]
    known += [h for h in lexicon.find("accent.other", masked) if not any(h.start < k.end and k.start < h.end for k in known)]
    return sorted(known, key=lambda h: h.start)
