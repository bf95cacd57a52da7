"""Spoken lines and titles: which quoted words are said, by whom, in which language; which are to be seen; which are only marked words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from phonofilm.prompt.language import detect
from phonofilm.prompt.lexicon import Hit, Lexicon
from phonofilm.prompt.names import gender_of
from phonofilm.prompt.quotes import Quote
from phonofilm.prompt.script import Mention, Span, SpokenLine, TitleWish
from phonofilm.prompt.speakers import AND, LABEL, aside, couple, labelled, sayer_behind, speaker_of, speaks_at_once
from phonofilm.prompt.text import HIDDEN, SENTENCE_END, Text, mask, split

_BEFORE, _AFTER = 90, 36
#: within how many letters before a verb the word for what is written is what says it, and what tells that it is not
_SAYS, _OTHER = 24, re.compile("[,，、。;；.!?\ue001\ue002]|\\b(and|y|e|et|und|then)\\b|[和并且]")
#: what binds a quote to the words behind it
_QUOTATIVE = re.compile(r"\"?\s*(?:이?라(?:는|고)|という|との|って)\s*")
_ENDS = " .,!?…。，！？"
_SENTENCE_LIKE = re.compile(r"[.!?。！？…]\s*$")


@dataclass(kw_only=True)
class Said:
    """What the quotes of a prompt came to: lines and titles (their shot and time set later), and the quotes that are plain text.

    ``places`` and ``titled`` are where lines and titles stand, ``tints`` the words for titles' colours, ``told`` the words of lines at which
    something happens and where they stand; folded.
    """

    lines: list[SpokenLine] = field(default_factory=list[SpokenLine])
    places: list[Span] = field(default_factory=list[Span])
    titles: list[TitleWish] = field(default_factory=list[TitleWish])
    titled: list[Span] = field(default_factory=list[Span])
    tints: list[Span] = field(default_factory=list[Span])
    read: list[Span] = field(default_factory=list[Span])
    plain: list[Quote] = field(default_factory=list[Quote])
    told: list[tuple[Span, str]] = field(default_factory=list[tuple[Span, str]])


def read_quotes(text: Text, masked: str, quotes: Sequence[Quote], mentions: Sequence[Mention], lexicon: Lexicon, language: str) -> Said:
    """Tell lines, titles and marked words apart. ``masked`` hides quotes and mentions; ``mentions`` are those that may speak; places are folded."""
    said = Said()
    sentences = split(masked, SENTENCE_END)
    parts = _parts(text, quotes)
    previous_end, previous_speaker, previous_kind = 0, "", ""
    talking: list[str] = []  # who speak in turn, the next one first
    for index, quote in enumerate(quotes):
        start, end = quote.span
        before = _context_before(sentences, start, previous_end)
        following = quotes[index + 1].span[0] if index + 1 < len(quotes) else len(masked)
        after = _context_after(masked, end, following)
        words = text.words(*quote.inner).strip()
        braced = text.folded[start] == "{"
        named = text.folded[start] == "《"
        joined = previous_kind in ("line", "narration") and _joined(lexicon, masked, previous_end, start)
        if joined and _SENTENCE_LIKE.search(words) and not any(h.start <= end + 2 for h in lexicon.find("say.verb", masked, end, after)):
            after = end  # what comes behind is of the next sentence
        kind, cue = ("line", None) if braced or quote.speaker else _kind(lexicon, masked, before, start, end, after, words)
        sayer, says = sayer_behind(lexicon, masked, mentions, before, start, end, after)
        kind, cue = ("line", says) if says is not None else (kind, cue)
        unmarked = quote.span == quote.inner and not quote.narrated  # "Title: …"
        goes_on = kind == "plain" and previous_kind == "title" and _goes_on(lexicon, masked, previous_end, start, after)
        kind = "title" if goes_on or unmarked else kind
        spoken = speaks_at_once(text, masked, mentions, start) if kind == "plain" else ""
        kind = "narration" if quote.narrated else "line" if spoken else kind
        if kind == "plain" and joined:
            kind = previous_kind  # 'a voice says "…", then "…"'
        if kind == "line" and quote in parts and (lexicon.has("say.cue", masked, before, start) or lexicon.has("say.cue", masked, end, after)):
            kind = "plain"  # words of a line at which something happens: 'show @map when she says "the coast"'
            said.told.append((quote.span, words))
        previous_kind = kind
        if named and kind != "title":
            continue  # the name of a work is neither said nor read as words
        if kind == "plain":
            said.plain.append(quote)
            continue
        said.read.append((before if cue is None else min(before, cue.start), end if cue is None else max(end, cue.end)))
        if kind == "title":
            tint = _tint(lexicon, masked, before if cue is None else min(before, cue.start), start, end, after)
            said.tints += [(tint.start, tint.end)] if tint else []
            card = lexicon.has("say.card", masked, end if goes_on else before, after)
            closing, opening = _placing(lexicon, masked, before, start, end, after, own=goes_on)
            card = card or (goes_on and said.titles[-1].card and not opening)
            closing, opening = closing or card, opening and not card
            span = text.span(start, end)
            colour = tint.key if tint else ""
            said.titles.append(TitleWish(text=words, span=span, closing=closing, opening=opening, card=card, colour=colour))
            said.titled.append((start, end))
        else:
            narration = kind == "narration"
            if narration or quote.speaker:
                speaker, talking = quote.speaker, []
            else:
                if previous_speaker and aside(masked, mentions, before, start):
                    speaker = previous_speaker
                else:
                    speaker = sayer or spoken or speaker_of(text, masked, lexicon, mentions, before, start, end, after, previous_speaker)
                    speaker = speaker or (previous_speaker if joined else "")
                if joined:
                    talking = talking[1:] + talking[:1]
                else:
                    go_on = index + 1 < len(quotes) and _joined(lexicon, masked, end, following)
                    talking = couple(lexicon, masked, mentions, before, start) if go_on else []
                speaker = talking[0] if talking else speaker
            spoken_in = _language(lexicon, masked, max(before, previous_end), start, start if labelled(masked, before, start) else after)
            gender = _gender(lexicon, masked, before, start, end, after, said=speaker)
            said.lines.append(
                SpokenLine(
                    text=words, span=text.span(start, end), language=spoken_in or detect(words, language, spoken=True), speaker=speaker,
                    narration=narration, gender=gender or (said.lines[-1].gender if joined else ""),
                )
            )  # fmt: skip
            said.places.append((start, end))
            previous_speaker = speaker
        previous_end = end
    told = {line.speaker: line.gender for line in reversed(said.lines) if line.speaker and line.gender}
    said.lines = [line if line.gender else replace(line, gender=told.get(line.speaker, "")) for line in said.lines]
    return said


def _parts(text: Text, quotes: Sequence[Quote]) -> frozenset[Quote]:
    """The quotes whose words are part of another's."""
    bare = {quote: text.folded[slice(*quote.inner)].strip(_ENDS) for quote in quotes}
    whole = "".join(f"\n{words}\n" for words in bare.values())
    part = {words for words in set(bare.values()) if words and whole.count(words) > whole.count(f"\n{words}\n")}
    return frozenset(quote for quote, words in bare.items() if words in part)


def _goes_on(lexicon: Lexicon, masked: str, previous_end: int, start: int, after: int) -> bool:
    """Whether a quote is one more title of the sentence of the one before: 'the words "A" at the beginning and "B" at the end'."""
    between = masked[previous_end:start]
    if len(between) > 60 or SENTENCE_END.search(between.rstrip()) or re.search("[\ue001\ue002]", between):
        return False
    placed = any(lexicon.has(f"say.{way}", masked, previous_end, after) for way in ("closing", "opening"))
    return placed or len(re.sub(r"[\W_]", "", between)) <= 4


def _joined(lexicon: Lexicon, masked: str, previous_end: int, start: int) -> bool:
    """Whether nothing but a word such as "then" stands between a quote and the one before."""
    if start - previous_end > 60:
        return False
    words = lexicon.find("sequence", masked, previous_end, start)
    between = mask(masked[previous_end:start], [(h.start - previous_end, h.end - previous_end) for h in words], " ")
    return not AND.sub("", between).strip(" \n,，、:：-–—.。" + HIDDEN)


def _context_before(sentences: Sequence[Span], start: int, previous_end: int) -> int:
    """Where the words that introduce a quote begin: its own sentence, and the one before if that ends right at it."""
    begun = bisect_left(sentences, start, key=lambda span: span[0])
    at = sentences[begun - 1][0] if begun else 0
    if begun > 1 and start - at < 3:
        at = sentences[begun - 2][0]
    return max(at, previous_end, start - 2 * _BEFORE)


def _context_after(masked: str, end: int, following: int) -> int:
    stop = min(following, len(masked), end + _AFTER)
    pause = re.search(r"[.!?。！？\n]", masked[end:stop])
    return end + pause.start() if pause else stop


def _what_says(lexicon: Lexicon, masked: str, before: int, verb: int) -> Hit | None:
    """What is written, where that "says" a quote and nobody else: the word for it stands right before the verb, or before the quote ("제목은 …")."""
    written = lexicon.find("say.written", masked, max(before, verb - _SAYS), verb)
    if not written or _OTHER.search(masked, written[-1].end, verb) or lexicon.has("person", masked, written[-1].end, verb):
        return None
    near = _SAYS if masked[written[-1].start : written[-1].end].isascii() else 3
    return written[-1] if len(masked[written[-1].end : verb].strip()) < near else None


def _kind(lexicon: Lexicon, masked: str, before: int, start: int, end: int, after: int, words: str) -> tuple[str, Hit | None]:
    """line, narration, title or plain; the cue that decided it. The cue nearest to the quote decides, one behind it only if it touches."""
    masked = mask(masked, [(h.start, h.end) for h in lexicon.find("say.manner", masked, before, after)])
    scored: list[tuple[int, str, Hit]] = []
    quoted = _QUOTATIVE.match(masked, end)
    introduced = labelled(masked, before, start) and (
        bool(re.search("[\ue001\ue002]", masked[before:start]))
        or any(lexicon.has(section, masked, before, start) for section in ("say.verb", "say.narrator", "say.title", "person"))
    )
    for kind in ("verb", "narrator", "title"):
        for hit in lexicon.find(f"say.{kind}", masked, before, start):
            scored.append((start - hit.end, kind, hit))
        for hit in lexicon.find(f"say.{kind}", masked, end, after) if not introduced else ():
            if re.search('["{}\ue001\ue002]', masked[end : hit.start]) or re.match(r"\"?\s*:", masked[hit.end :][:4]):
                continue
            if kind != "verb" and masked[hit.end :].lstrip(" :：")[:1] == HIDDEN:
                continue  # it introduces the next quote
            if quoted and hit.start >= quoted.end() > hit.start - 12:
                scored.append((0, kind, hit))  # "“…”라는 목소리", "“…”という声": what is quoted is named right behind it
            elif hit.start - end <= (16 if not masked[hit.start : hit.end].isascii() else 22):
                scored.append((hit.start - end + 1, kind, hit))
    colon = labelled(masked, before, start)
    kinds = {kind for _, kind, _ in scored}
    if scored:
        distance, kind, hit = min(scored, key=lambda s: s[0])
        if kind == "title":
            return "title", hit
        if kind == "verb" and (shown := _what_says(lexicon, masked, before, min(hit.start, start))):
            return "title", shown
        if "narrator" in kinds and kind in ("narrator", "verb"):
            narrator = min((s for s in scored if s[1] == "narrator"), key=lambda s: s[0])
            if narrator[0] <= distance + 40:
                return "narration", narrator[2]
        if kind == "verb" and (distance < _BEFORE or colon):
            return "line", hit
    if (colon and lexicon.has("person", masked, before, start)) or (colon and re.search("[\ue001\ue002]", masked[before:start])):
        return "line", None
    if colon and _SENTENCE_LIKE.search(words):
        return "line", None
    if (
        _SENTENCE_LIKE.search(words)
        and len(words) > 8
        and (re.search("[\ue001\ue002]", masked[before:start]) or lexicon.has("person", masked, before, start))
    ):
        return "line", None
    return "plain", None


def _tint(lexicon: Lexicon, masked: str, before: int, start: int, end: int, after: int) -> Hit | None:
    """The colour named for a title: behind it ("in gold"), else right before the word for it ("golden letters")."""
    unplaced = mask(masked[end:after], [(h.start, h.end) for h in lexicon.find("position", masked[end:after])], " ")
    bare = re.match(r"[\s\",，、]*", unplaced)  # "top left, white" is said in one breath
    spoken = bare.end() if bare and unplaced != masked[end:after] else 0
    behind = [h for h in lexicon.find("colour", masked, end, after) if not re.search(r"[,.;:，。、]", masked[end + spoken : h.start])]
    if behind:
        return behind[0]
    named = [h for h in lexicon.find("say.title", masked, before, start)]
    ahead = [h for h in lexicon.find("colour", masked, before, start) if any(-1 <= n.start - h.end <= 2 or -1 <= h.start - n.end <= 5 for n in named)]
    return ahead[-1] if ahead else None


def _placing(lexicon: Lexicon, masked: str, before: int, start: int, end: int, after: int, *, own: bool = False) -> tuple[bool, bool]:
    """Whether a title comes at the end of its shot, and whether at its beginning: the last word for either before it, else one in its own clause.

    ``own``: the clause behind it goes first, as the words before it tell of another title.
    """
    clause = re.search(r"[,，、;；]", masked[end:after])
    behind = end + clause.start() if clause else after
    for first, last in ((end, behind), (before, start)) if own else ((before, start), (end, behind)):
        closing = [h.end for h in lexicon.find("say.closing", masked, first, last)]
        opening = [h.end for h in lexicon.find("say.opening", masked, first, last)]
        if closing or opening:
            ends = max(closing, default=-1) >= max(opening, default=-1)
            return ends, not ends
    return False, False


def _gender(lexicon: Lexicon, masked: str, before: int, start: int, end: int, after: int, *, said: str) -> str:
    """female or male, by the name that labels a line, by the word for either that is nearest before it, in the speaker's own name, else behind it."""
    label = LABEL.search(masked, before, start)
    if label is not None and (named := gender_of(label[1])):
        return named
    hits = lexicon.find("gender", masked, before, start)
    if hits:
        return hits[-1].key
    own = lexicon.find("gender", said.lower())
    if not own and (named := gender_of(said)):
        return named
    behind = own or ([] if labelled(masked, before, start) else lexicon.find("gender", masked, end, after))
    return behind[0].key if behind else ""


def _language(lexicon: Lexicon, masked: str, before: int, start: int, after: int) -> str:
    hits = lexicon.find("speech_language", masked, before, start) or lexicon.find("speech_language", masked, start, after)
    return hits[-1].key if hits else ""
