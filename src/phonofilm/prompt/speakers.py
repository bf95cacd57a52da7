"""Who says a line: by the words before it and behind it, by labels, by whom pronouns stand for, and by turns."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from phonofilm.prompt.lexicon import Hit, Lexicon
from phonofilm.prompt.names import gender_of
from phonofilm.prompt.script import Mention
from phonofilm.prompt.text import HIDDEN, SENTENCE_END, Text, fold

#: how many letters before a line's own words the person named last may stand
_EARLIER = 250
#: a bracket that is open where words end
_BRACKETED = re.compile(r"[\[(][^\])]{0,60}\Z")
#: words that join one line to the next
AND = re.compile(r"\b(?:and|y|e|et|und)\b|和|以及|と|そして|그리고")
#: who says the words right before, between them and the verb ('"…", @anna says'), and what may follow that verb
_SAYER = re.compile(r"[\s,，、]*(?:と|って|이?라고|이?라며)?\s*(?:\ue001+|\ue002+)[^\ue000\ue001\ue002{},，、:：]{0,14}")
_SAID = re.compile(r"\w*(?:\s+[^\s,:：]+){0,3}\s*(?:[,，、]|$)")
#: the word right before a colon and a quote, and a name in brackets behind a mention
LABEL = re.compile(r"([^\W\d_]+)\s*[:：]\s*[-–—]?\s*$")
_GIVEN = re.compile(r"\s*[(（]([^)）]{1,30})[)）]")


def speaker_of(
    text: Text, masked: str, lexicon: Lexicon, shown: Sequence[Mention], before: int, start: int, end: int, after: int, previous: str
) -> str:
    """A tag, a noun or a pronoun as written, or empty. ``previous``: who spoke the line before."""
    objects = lexicon.find("say.object", masked, before, after)
    arrived = lexicon.find("say.arrives", masked, before, after)
    topics = lexicon.find("say.topic", masked, before, after)
    near = _within(shown, before, after)
    held = {m.tag for m in near if _inside(m, objects) and not _inside(m, arrived) and not _labels(masked, lexicon, m, before, start)}
    held |= {m.tag for m in near if _inside(m, topics)}
    shown = ([m for m in shown if m.tag not in held] or shown) if held else shown
    listed = _listed(masked, _within(shown, before, after))
    if listed:
        shown = [m for m in shown if m not in listed] or shown
    if by_label := _by_label(masked, shown, before, start):
        return by_label
    bare = _bare(masked, shown, before, start)
    shown = sorted([*shown, *bare], key=lambda m: m.span) if bare else shown
    verbs = [h for h in lexicon.find("say.verb", masked, before, start)]
    limit = verbs[-1].start if verbs else start
    people = [h for h in lexicon.find("person", masked, before, start)]
    named = list(_within(shown, before, start))
    ahead = [h for h in people if h.end <= limit] or people
    if not ahead and not named:
        ahead = [h for h in lexicon.find("person", masked, end, after)]
        named = list(_within(shown, end, after))
        if not ahead and not named:
            return _resolve(lexicon, shown, start) if shown and len({m.tag for m in shown}) == 1 else _noun_before(text, masked, lexicon, before)
    nearest = ahead[-1] if ahead else None
    if nearest is not None and (called := next((m for m in bare if m.span[0] <= nearest.start < m.span[1]), None)):
        return called.tag
    tag = [m for m in named if m.span[1] <= limit] or named
    if nearest is None:
        return tag[-1].tag
    beside = next((m for m in shown if -1 <= m.span[0] - nearest.end <= 6 and not re.search(r"[,.;:。，、]", masked[nearest.end : m.span[0]])), None)
    beside = beside or next(
        (m for m in shown if 0 <= nearest.start - m.span[1] <= 6 and not re.search(r"[,.;:。，]", masked[m.span[1] : nearest.start])), None
    )
    if beside:
        return beside.tag
    if nearest.key == "pronoun":
        alone = shown[0].tag if len({m.tag for m in shown}) == 1 else ""
        who = lexicon.find("gender", masked, nearest.start, nearest.end)
        return _resolve(lexicon, shown, start, previous, who[0].key if who else "") or alone or text.words(nearest.start, nearest.end)
    if tag and tag[-1].span[0] > nearest.start:
        return tag[-1].tag
    noun = text.words(nearest.start, nearest.end).strip()
    alias = next((m.tag for m in shown if m.span[0] < start and _alias(masked, m, masked[nearest.start : nearest.end])), None)
    alias = alias or _is_said_to_be(masked, lexicon, shown, masked[nearest.start : nearest.end], start)
    if alias is None and len({m.tag for m in named}) == 1:
        return named[-1].tag  # "close up of @me, the man says"
    return alias or noun


def sayer_behind(lexicon: Lexicon, masked: str, mentions: Sequence[Mention], before: int, start: int, end: int, after: int) -> tuple[str, Hit | None]:
    """The tag named behind a quote, before the verb that says it ('"…", @anna says'), and that verb; where nothing before the quote introduces it."""
    begun = max((m.end() for m in SENTENCE_END.finditer(masked, before, start)), default=before)
    if labelled(masked, begun, start) or any(lexicon.has(f"say.{kind}", masked, begun, start) for kind in ("verb", "narrator", "title")):
        return "", None
    for verb in lexicon.find("say.verb", masked, end, after):
        if _SAYER.fullmatch(masked, end, verb.start) and (said := _SAID.match(masked, verb.end, after)):
            if said[0].strip()[-1:] in (",", "，", "、") or masked[after : after + 1] != HIDDEN:  # else it introduces the next quote
                return next((m.tag for m in _within(mentions, end, verb.start)), ""), verb
    return "", None


def speaks_at_once(text: Text, masked: str, mentions: Sequence[Mention], start: int) -> str:
    """The tag right before words in corner marks ("@a「おはよう」"), as dialogue is set in Japanese; empty for none."""
    if text.folded[start] not in "「『":
        return ""
    last = bisect_left(mentions, start, key=lambda m: m.span[0]) - 1
    return mentions[last].tag if last >= 0 and not masked[mentions[last].span[1] : start].strip() else ""


def couple(lexicon: Lexicon, masked: str, mentions: Sequence[Mention], before: int, start: int) -> list[str]:
    """The tags named together right before lines that nobody else says ("@anna and @ben talk: …")."""
    named = _within(mentions, before, start)
    if not named or lexicon.has("sequence", masked, named[-1].span[1], start):
        return []
    found = [named[-1].tag]
    for first, second in reversed(list(pairwise(named))):
        between = masked[first.span[1] : second.span[0]].strip()
        if not between or AND.sub("", between).strip(" &+/,"):
            break
        found.insert(0, first.tag)
    return found if len(set(found)) > 1 else []


def aside(masked: str, mentions: Sequence[Mention], before: int, start: int) -> bool:
    """Whether the mentions before a quote stand in brackets, as directions between the lines of one speaker ("… [cut to @hall] …")."""
    named = _within(mentions, before, start)
    for mention in named:
        opened = _BRACKETED.search(masked, before, mention.span[0])
        closed = re.match(r"[^\[(]{0,40}[\])]", masked[mention.span[1] : start])
        if opened is None or closed is None or not re.search(r"\w{2}", opened[0] + closed[0]):
            return False
    return bool(named)


def labelled(masked: str, before: int, start: int) -> bool:
    """Whether a colon right before a quote says that what introduces it has been said."""
    return bool(re.search(r"[:：]\s*[-–—]?\s*$", masked[before:start]))


def _labels(masked: str, lexicon: Lexicon, mention: Mention, before: int, start: int) -> bool:
    """Whether a mention right before a colon says the quote behind that, as nobody else is said to speak."""
    near = before <= mention.span[0] and mention.span[1] <= start and not masked[mention.span[1] : start].strip(" :：-–—")
    return near and labelled(masked, before, start) and not lexicon.has("say.verb", masked, before, mention.span[0])


def _inside(mention: Mention, hits: Sequence[Hit]) -> bool:
    return any(h.start <= mention.span[0] and mention.span[1] <= h.end for h in hits)


def _bare(masked: str, shown: Sequence[Mention], before: int, start: int) -> list[Mention]:
    """The tags that stand as plain words before a line: "@anna and @ben … Anna says"."""
    found: list[Mention] = []
    for tag in {m.tag: None for m in shown}:
        name = fold(tag)
        word = rf"(?<![a-z0-9_@]){re.escape(name)}(?![a-z0-9_])" if name.isascii() else re.escape(name)
        if len(name) >= (3 if name.isascii() else 2):
            found += [Mention(tag=tag, span=m.span()) for m in re.finditer(word, masked[before:start])]
    return [replace(m, span=(m.span[0] + before, m.span[1] + before)) for m in found]


def _listed(masked: str, shown: Sequence[Mention]) -> list[Mention]:
    """Mentions that stand one right behind the other with nothing but spaces between: a list of pictures, not who speaks one line."""
    pairs = [(a, b) for a, b in pairwise(shown) if not masked[a.span[1] : b.span[0]].strip(" ,、，")]
    return [m for pair in pairs for m in pair]


def _by_label(masked: str, shown: Sequence[Mention], before: int, start: int) -> str:
    """The tag that was given the name which labels a line: "@photo1 (Grandma) … Grandma: …"; empty where none was."""
    label = LABEL.search(masked, before, start)
    if label is None:
        return ""
    opens = re.search(r"(?:^|[.!?。！？,;，；\n\-–—\"])\s*$", masked[max(0, label.start() - 4) : label.start()].replace(HIDDEN, "."))
    if opens and (named := next((m.tag for m in shown if fold(m.tag) == label[1]), "")):
        return named
    for mention in shown:
        given = _GIVEN.match(masked, mention.span[1], start)
        if given and re.search(rf"(?<![a-z0-9]){re.escape(label[1])}(?![a-z0-9])", given[1]):
            return mention.tag
        if re.search(rf"(?<![a-z0-9]){re.escape(label[1])}\s*$", masked[max(0, mention.span[0] - 40) : mention.span[0]]):
            return mention.tag
    return ""


def _is_said_to_be(masked: str, lexicon: Lexicon, shown: Sequence[Mention], noun: str, start: int) -> str | None:
    """The tag that the prompt says is somebody ("@me is the model"), None where it does not."""
    for hit in lexicon.find("say.being", masked, 0, start):
        if masked[hit.end : hit.end + len(noun) + 1].strip().startswith(noun):
            return next((m.tag for m in shown if hit.start <= m.span[0] < hit.end), None)
    return None


def _alias(masked: str, mention: Mention, noun: str) -> bool:
    return masked[max(0, mention.span[0] - len(noun) - 6) : mention.span[0]].find(noun) >= 0


def _noun_before(text: Text, masked: str, lexicon: Lexicon, before: int) -> str:
    """The person named last in the sentences before, for a line whose own sentence names nobody."""
    earlier = [h for h in lexicon.find("person", masked, max(0, before - _EARLIER), before) if h.key != "pronoun"]
    return text.words(earlier[-1].start, earlier[-1].end).strip() if earlier else ""


def _resolve(lexicon: Lexicon, shown: Sequence[Mention], start: int, previous: str = "", gender: str = "") -> str:
    """The person that a pronoun stands for: the image mentioned last before it; ``previous``, who has just spoken, where nothing tells that one to be
    somebody and no ``gender`` speaks against it."""
    earlier = [m for m in shown if m.span[0] < start]
    if not earlier:
        return ""
    last = earlier[-1].tag
    if not previous or all(m.tag != previous for m in shown) or (gender and gender_of(previous) not in ("", gender)):
        return last
    somebody = gender_of(last) in ("female", "male") if not gender else gender_of(last) == gender
    return last if somebody or lexicon.has("person", fold(last)) else previous


def _within(mentions: Sequence[Mention], first: int, last: int) -> Sequence[Mention]:
    """The mentions (in order) that begin in folded [first, last)."""
    return mentions[bisect_left(mentions, first, key=lambda m: m.span[0]) : bisect_left(mentions, last, key=lambda m: m.span[0])]
