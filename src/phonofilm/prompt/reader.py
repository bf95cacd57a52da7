"""Prompt and references -> Script: finds in prose what a film can act on, and remarks on what it did not understand.

The order matters: quoted words and addresses are hidden first, then mentions, so that no later step reads a move or a sound out of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from phonofilm.prompt.accents import find_accents
from phonofilm.prompt.camera import avoided_moves, find_moves
from phonofilm.prompt.language import detect, mixed
from phonofilm.prompt.lexicon import Hit, Lexicon, lexicon
from phonofilm.prompt.lines import Said, read_quotes
from phonofilm.prompt.measures import find_bars, find_length, find_ratio
from phonofilm.prompt.mentions import addresses, called, find_mentions, names_file
from phonofilm.prompt.negation import negated, refusals
from phonofilm.prompt.positions import Positions
from phonofilm.prompt.quotes import Quote, find_dialogue, find_quotes
from phonofilm.prompt.remarks import not_understood
from phonofilm.prompt.roles import bind, mute
from phonofilm.prompt.scene import find_scene, find_sounds
from phonofilm.prompt.script import Binding, CameraMove, LogoWish, Mention, Remark, Script, ScriptShot, SoundWish, Span, SpokenLine, TitleWish
from phonofilm.prompt.sequence import SEEN, in_sequence, seen_of
from phonofilm.prompt.shots import Cut, find_cuts, moments, point_in
from phonofilm.prompt.text import CLAUSE_END, HIDDEN, MENTION_A, MENTION_B, SENTENCE_END, Text, around, fold, mask, prepare, split
from phonofilm.request import Reference

LONGEST = 20_000
#: so many quotes that came to nothing are remarked on
MOST_UNUSED = 6
_MANNER = ("speed", "amount", "camera.chain", "say.closing", "say.opening")
#: a mention with a name in brackets
_NAMED = re.compile(r"@\s?([\w\-.]+?)\s*[(（]([^()（）\n]{1,30})[)）]")
_ZOOM = re.compile("zoom|变焦|ズーム|줌")
#: "energetic music", "musica con energia": music whose kind no word names is of the film's mood, else calm
MOOD_MUSIC = {"happy": "upbeat", "energetic": "upbeat", "epic": "epic", "tense": "suspense", "romantic": "romantic"}
_MUSIC = re.compile(
    r"(?<![a-z])(?:music|soundtrack|bgm|(?:hintergrund)?musik|musica|banda sonora|musique|bande son(?:ore)?)(?![a-z])"
    r"(?!\s*(?:video|box|store|shop|festival|teacher|notes?|stand|hall|lessons?|school|player|stops|is over))"
    r"|音楽(?!家|会|祭|室|教室|院|の先生)|음악(?!가|회|실|제|학원| 선생)|音乐(?!家|会|节|剧|厅|盒|老师|教室|学院|视频)|配乐"
)
Quoted = TypeVar("Quoted", SpokenLine, TitleWish)


@dataclass(frozen=True, kw_only=True)
class When:
    """The moments that a masked prompt names, and its clauses and sentences, found once."""

    times: list[re.Match[str]]
    clauses: list[Span]
    sentences: list[Span]


def read(prompt: str, references: Sequence[Reference] = ()) -> Script:
    """Read a prompt. Raises ``UnknownMention`` for an @name that no reference has; nothing else, whatever the text."""
    text = prepare(prompt)
    quotes = [q for q in find_quotes(text.folded) if not names_file(text.folded[slice(*q.inner)])]
    quotes = _with_dialogue(text, quotes, references)
    hidden = [q.span for q in quotes] + addresses(text.folded)
    unquoted = mask(text.folded, hidden)
    places, remarks = find_mentions(text, hidden, references)
    masked = _mask_mentions(unquoted, places)
    told = mask(text.prompt, [text.span(*span) for span in (*hidden, *(m.span for m in places))], " ")  # @me is no Spanish
    language = detect(told, "") or detect(text.prompt)
    words = lexicon(mixed(text.prompt, language)).within(text.folded)
    silent = mute(references, places, masked, words)
    said = read_quotes(text, masked, quotes, [m for m in places if m.tag not in silent], words, language)
    masked = _uncover(masked, text.folded, said)
    told_of = [called(line.text, references) for line in said.lines]
    in_lines = {tag: name for _, names in told_of for tag, name in names.items()}
    said.lines = [replace(line, text=words_said) for line, (words_said, _) in zip(said.lines, told_of, strict=True)]
    speakers = {line.speaker for line in said.lines}
    bindings, notes, asked = bind(references, places, masked, words, speakers, bool(said.lines), in_lines)
    refused = refusals(words, masked)
    products = [b.tag for b in bindings if b.role == "product"]
    when = When(times=moments(masked), clauses=split(masked, CLAUSE_END), sentences=split(masked, SENTENCE_END))
    cuts = find_cuts(masked, words)
    seen = {b.tag for b in bindings if b.role in SEEN}
    talk = len(speakers & seen) > 1  # they are seen as they speak in turn
    to_music = not said.lines and any(b.role == "music" for b in bindings)  # cut on its beats
    if not talk and not to_music:
        shown = seen_of(places, [(line.speaker, place) for line, place in zip(said.lines, said.places, strict=True)], seen)
        cuts = in_sequence(cuts, masked, words, shown, when.clauses, when.times)
    shots, read_from = _shots(text, masked, words, cuts, _with_named(places, products, words, masked), refused)
    clauses = when.clauses
    positions = Positions.of(masked, words, clauses)
    stands = [positions.of_quote(*place) for place in said.titled]
    logo, logo_words = _logo(text, positions, words, places, bindings, refused)
    spoken_of = [h for h in words.find("refusable.captions", masked) if h not in refused and not any(a < h.end and h.start < b for a, b in said.read)]
    low = next((p for h in spoken_of if (p := positions.of_words(h.start, h.end))), None)
    placed = [(h.start, h.end) for h in (*stands, low) if h is not None] + logo_words
    lines, unspoken, accents = find_accents(text, masked, words, when.sentences, said.lines, said.places)
    notes += unspoken
    avoided, unmoved = avoided_moves(words, masked)
    sounds = _sounds(text, masked, words, cuts, when, [start for start, _ in said.places])
    wished = [h for h in words.find("wish.captions", masked) if not any(h.start < r.end and r.start < h.end for r in refused)]
    wished += [h for h in words.find("refusable.captions", masked) if _alone(masked, clauses, h) and h not in refused]
    tints = _caption_tints(masked, clauses, words, refused, [*said.read, *said.tints])
    wished += [h for hits in tints for h in hits]
    captions = False if any(r.key == "captions" for r in refused) else True if wished else None
    joining = words.find("joining", masked)
    cutting = [h for h in words.find("cutting", masked) if not negated(words, masked, h.start, h.end)]
    scene, hits = find_scene(text, mask(masked, [*said.tints, *((colour.start, colour.end) for _, colour in tints)]), words, 0, len(masked))
    if not scene.music and not any(b.role == "music" for b in bindings) and _asks_for_music(masked, words, refused):
        scene = replace(scene, music=MOOD_MUSIC.get(scene.mood, "calm"))
    bars, barred = find_bars(masked, words, clauses)
    ratio, asked_ratio, shapes = find_ratio(mask(masked, barred), words)
    length, lengths = find_length(masked, words)
    if ratio != asked_ratio:
        notes.append(Remark(text=f"The ratio {asked_ratio} is not offered; the nearest is {ratio}."))
    used = [*(h for _, h in sounds), *words.find("effect", masked), *words.find("ambience", masked), *hits, *refused, *wished, *shapes, *lengths]
    used += [*joining, *cutting]
    known = words.find("known", masked)
    heard = [
        (h.start, h.end) for section in ("effect", "ambience", "heard", "music", "role", "refusable.ambience") for h in words.find(section, masked)
    ]
    unheard = _unheard(text, masked, clauses, words, [*heard, *said.read, *((h.start, h.end) for h in refused)])
    understood = [
        *read_from,
        *asked,
        *((h.start, h.end) for h in words.find("framing", masked)),
        *((h.start, h.end) for h in used),
        *(m.span for m in places),
        *said.read,
        *said.tints,
        *placed,
        *accents,
        *barred,
        *((h.start, h.end) for h in unmoved),
        *(span for span in hidden if text.folded[span[0]] != "《"),
        *((c.start, c.body) for c in cuts),
        *(m.span() for m in when.times if m["lead"] or m["tail"] or m["named"]),
    ]
    quoted = {quote.span for quote in quotes}
    missed = not_understood(text, _without_manner(masked, words), understood, [(h.start, h.end) for h in known])
    return Script(
        prompt=prompt,
        language=language,
        mentions=tuple(_mentioned(m, text, when, cuts) for m in places),
        bindings=tuple(bindings),
        shots=shots,
        lines=tuple(_placed(line, place, when, cuts) for line, place in zip(lines, said.places, strict=True)),
        sounds=tuple(wish for wish, _ in sounds),
        scene=scene,
        titles=tuple(
            _placed(_standing(text, title, hit), place, when, cuts) for title, place, hit in zip(said.titles, said.titled, stands, strict=True)
        ),
        captions=captions,
        refused=frozenset(r.key for r in refused),
        ratio=ratio,
        seconds=length,
        captions_colour=tints[0][1].key if tints and captions else "",
        captions_place=low.key if low is not None and captions is not False else "",  # type: ignore[arg-type]
        logo=logo,
        avoided=avoided,
        bars=bars,
        joining=joining[0].key if joining else "",
        cutting=cutting[0].key if cutting else "",  # type: ignore[arg-type]
        legible=_legible(places, masked, words),
        at_words=_at_words(said, [m for m in places if m.tag in seen and m.tag not in speakers], when.sentences, in_lines),
        remarks=(*remarks, *notes, *unheard, *missed, *_unused(text, said, missed, [span for span in understood if span not in quoted])),
    )


def _with_dialogue(text: Text, quotes: list[Quote], references: Sequence[Reference]) -> list[Quote]:
    """The quotes with the lines of a dialogue that has none, behind the references' names and those given to them in brackets."""
    names = {fold(r.tag.removeprefix("@")): r.tag for r in references if r.kind != "audio"}
    given = {m[2].strip(): names[m[1]] for m in _NAMED.finditer(text.folded) if m[1] in names}
    found = find_dialogue(text, {**given, **names}, quotes)
    known = lexicon((detect(text.prompt),)) if found else None
    lines = [text.folded[slice(*line.inner)] for line in found]
    if known and any("@" in words or any(known.has(section, words) for section in ("strong", "phrase", "framing")) for words in lines):
        return quotes  # it tells what is to be seen
    return sorted([*quotes, *found], key=lambda q: q.span)


def _legible(places: Sequence[Mention], masked: str, words: Lexicon) -> tuple[str, ...]:
    """What is called a page, a slide, a map … by the words right before its mention, or by its own tag."""
    english = lexicon(("en",))
    named = {t for t in {m.tag for m in places} if any(w.has("legible.what", re.sub(r"[\W_\d]+", " ", fold(t))) for w in (words, english))}
    ends = [h.end for h in words.find("legible.what", masked)]

    def called(mention: Mention) -> bool:
        at = bisect_left(ends, mention.span[0] + 1) - 1
        return at >= 0 and mention.span[0] - ends[at] <= 8 and not CLAUSE_END.search(masked, ends[at], mention.span[0])

    return tuple(dict.fromkeys(m.tag for m in places if m.tag in named or called(m)))


def _at_words(said: Said, shown: Sequence[Mention], sentences: list[Span], in_lines: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What is to be seen at words of a line: the mention last before them in their sentence, else the first behind; and what only a line mentions."""
    found = {tag: name for tag, name in in_lines.items() if all(m.tag != tag for m in shown)}
    starts = [m.span[0] for m in shown]
    for (start, _), words in said.told:
        begun, ended = around(sentences, start)
        first, place, last = (bisect_left(starts, at) for at in (begun, start, ended))
        if first < last:
            found.setdefault(shown[max(first, place - 1)].tag, words)
    return tuple(found.items())


def _unused(text: Text, said: Said, missed: Sequence[Remark], read_from: Sequence[Span]) -> list[Remark]:
    """Remarks on quoted words, longer than a name or an emphasis, that are neither said nor shown, nor read as plain words (at ``read_from``), nor
    ``missed`` already."""
    told = {span for span, _ in said.told}
    found: list[Remark] = []
    for quote in said.plain:
        words, span = text.words(*quote.inner).strip(), text.span(*quote.span)
        long = len(words.split()) > 2 or (not words.isascii() and len(words) > 5 and " " not in words)
        used = any(first < quote.inner[1] and quote.inner[0] < last for first, last in read_from)
        if long and not used and quote.span not in told and not any(m.span and m.span[0] < span[1] and span[0] < m.span[1] for m in missed):
            found.append(Remark(text=f"“{words[:60]}” is neither spoken nor shown: say who says it, or call it a title.", span=span))
    return found[:MOST_UNUSED]


def _standing(text: Text, title: TitleWish, hit: Hit | None) -> TitleWish:
    return replace(title, place=hit.key, place_span=text.span(hit.start, hit.end)) if hit else title  # type: ignore[arg-type]


def _logo(
    text: Text, positions: Positions, words: Lexicon, places: Sequence[Mention], bindings: Sequence[Binding], refused: Sequence[Hit]
) -> tuple[LogoWish | None, list[Span]]:
    """Where the logo is to stand, by the words around its mention, else around the word for it; and where that is said."""
    tags = {b.tag for b in bindings if b.role == "logo"}
    if not tags:
        return None, []
    spoken_of = [m.span for m in places if m.tag in tags]
    spoken_of += [(h.start, h.end) for h in words.find("refusable.logo", positions.masked) if h not in refused]
    for start, end in spoken_of:
        hit = positions.of_words(start, end)
        if hit is not None:
            first, last = around(positions.clauses, start)
            closing = any(words.has(section, positions.masked, first, last) for section in ("say.closing", "sound.closing"))
            return LogoWish(place=hit.key, span=text.span(hit.start, hit.end), closing=closing), [(hit.start, hit.end)]  # type: ignore[arg-type]
    return None, []


def _caption_tints(masked: str, clauses: list[Span], words: Lexicon, refused: Sequence[Hit], taken: Sequence[Span]) -> list[tuple[Hit, Hit]]:
    """Captions that a clause gives a colour ("captions in yellow"), each with it; not in clauses of a title or a line, whose places are ``taken``."""
    found: list[tuple[Hit, Hit]] = []
    for hit in words.find("refusable.captions", masked):
        first, last = around(clauses, hit.start)
        colours = words.find("colour", masked, first, last)
        if colours and hit not in refused and not any(a < hit.end and hit.start < b for a, b in taken):
            found.append((hit, colours[0]))
    return found


def _asks_for_music(masked: str, words: Lexicon, refused: Sequence[Hit]) -> bool:
    """Whether music is spoken of that is neither ``refused`` nor part of another wish ("a music video")."""
    found = [m.span() for m in _MUSIC.finditer(masked)]
    if not found:
        return False
    taken = [(h.start, h.end) for h in (*refused, *words.find("style", masked), *words.find("effect", masked), *words.find("place", masked))]
    return any(not any(a < last and first < b for a, b in taken) for first, last in found)


def _alone(masked: str, clauses: list[Span], hit: Hit) -> bool:
    """Whether a clause says nothing but these words."""
    first, last = around(clauses, hit.start)
    return not re.sub(r"[\W_]", "", masked[first : hit.start] + masked[hit.end : last])


def _unheard(text: Text, masked: str, clauses: list[Span], words: Lexicon, heard: Sequence[Span]) -> list[Remark]:
    """Remarks on clauses that speak of a sound of which none was read."""
    found: list[Remark] = []
    for first, last in clauses:
        named = [h for h in words.find("sound.word", masked, first, last) if re.sub(r"[\W_]", "", masked[first : h.start] + masked[h.end : last])]
        if named and not any(a < last and first < b for a, b in heard) and not re.search(f"[{MENTION_A}{MENTION_B}{HIDDEN}]", masked[first:last]):
            found.append(Remark(text=f"No sound is read from “{text.words(first, last).strip(' ,.;:，。、：；')}”.", span=text.span(first, last)))
    return found


def _mask_mentions(folded: str, places: Sequence[Mention]) -> str:
    even = mask(folded, [m.span for m in places[::2]], MENTION_A)
    return mask(even, [m.span for m in places[1::2]], MENTION_B)


def _without_manner(masked: str, words: Lexicon) -> str:
    """The prompt without its adverbs: a clause of nothing else is not worth a remark."""
    return mask(masked, [(h.start, h.end) for section in (*_MANNER, "transition") for h in words.find(section, masked)], " ")


def _uncover(masked: str, folded: str, said: Said) -> str:
    """Quotes that are neither said nor shown are plain words again."""
    for quote in said.plain:
        masked = masked[: quote.inner[0]] + folded[quote.inner[0] : quote.inner[1]] + masked[quote.inner[1] :]
    return masked


def _shots(
    text: Text, masked: str, words: Lexicon, cuts: Sequence[Cut], places: Sequence[Mention], refused: Sequence[Hit]
) -> tuple[tuple[ScriptShot, ...], list[Span]]:
    """The shots with their moves, and the folded places that these were read from. Moves said before the first time code belong to the first shot."""
    shots: list[ScriptShot] = []
    for index, cut in enumerate(cuts):
        moves: list[CameraMove] = [] if index or cut.start == 0 else find_moves(text, masked, words, 0, cut.start)
        moves += find_moves(text, masked, words, cut.body, cut.end)
        scene, _ = find_scene(text, masked, words, cut.body, cut.end)
        shots.append(
            ScriptShot(
                span=text.span(cut.start, cut.end), start=cut.first, end=cut.last, moves=tuple(moves), transition=cut.transition,
                ending=cut.ending,
                mentions=tuple(dict.fromkeys(m.tag for m in places if cut.start <= m.span[0] < cut.end)),
                place=scene.place,
                framing=tuple(dict.fromkeys(h.key for h in words.find("framing", masked, cut.body, cut.end))), hour=scene.hour, weather=scene.weather,
            )
        )  # fmt: skip
    if not any(shot.moves for shot in shots):
        # "no camera movement" asks for a camera that stands still
        still = next((h for h in refused if h.key == "camera" and not _ZOOM.search(masked, h.start, h.end)), None)
        if still is not None:
            move = CameraMove(move="static", span=text.span(still.start, still.end))
            shots = [replace(shot, moves=(move,)) for shot in shots]
    whole = [m for i, shot in enumerate(shots) for m in shot.moves if _goes_through(text, masked, words, m, cuts[i])]
    if whole and len(shots) > 1:
        shots = [shot if shot.moves else replace(shot, moves=tuple(whole)) for shot in shots]
    spans = [move.span for shot in shots for move in shot.moves]
    return tuple(shots), [_folded(text, span) for span in spans]


def _with_named(places: Sequence[Mention], products: Sequence[str], words: Lexicon, masked: str) -> list[Mention]:
    """The mentions, and "the product" as one where a single file shows it."""
    named = [Mention(tag=products[0], span=(h.start, h.end)) for h in words.find("named.product", masked)] if len(products) == 1 else []
    return sorted([*places, *named], key=lambda m: m.span)


def _goes_through(text: Text, masked: str, words: Lexicon, move: CameraMove, cut: Cut) -> bool:
    """Whether the move's sentence says that it lasts through all shots."""
    if not words.has("whole", masked, cut.body, cut.end):
        return False
    place = _folded(text, move.span)[0]
    first, last = around(split(masked[cut.body : cut.end], SENTENCE_END), place - cut.body)
    return words.has("whole", masked, cut.body + first, cut.body + last)


def _folded(text: Text, span: Span) -> Span:
    """The folded place of a span of the prompt."""
    return bisect_left(text.starts, span[0]), bisect_left(text.starts, span[1])


def _sounds(text: Text, masked: str, words: Lexicon, cuts: Sequence[Cut], when: When, spoken: Sequence[int]) -> list[tuple[SoundWish, Hit]]:
    """The sounds of every shot; what is said before the first time code belongs to the first."""
    found: list[tuple[SoundWish, Hit]] = []
    for index, cut in enumerate(cuts):
        for wish, hit in find_sounds(text, masked, words, 0 if index == 0 else cut.start, cut.end, spoken):
            first, last = around(when.clauses, hit.start)
            closing = words.has("sound.closing", masked, max(first, cut.start), min(last, cut.end))
            before = around(when.clauses, max(0, first - 1))  # "At the end, applause"
            closing = closing or any(
                _alone(masked, when.clauses, h) for h in words.find("sound.closing", masked, max(before[0], cut.start), before[1])
            )
            found.append((replace(wish, shot=index, closing=closing, at=_moment(when, hit.start, cut)), hit))
    return found


def _mentioned(mention: Mention, text: Text, when: When, cuts: Sequence[Cut]) -> Mention:
    place = mention.span[0]
    shot = max((i for i, cut in enumerate(cuts) if cut.start <= place), default=0)
    return replace(mention, span=text.span(*mention.span), shot=shot, at=_moment(when, place, cuts[shot]))


def _placed(line: Quoted, place: Span, when: When, cuts: Sequence[Cut]) -> Quoted:
    shot = max((i for i, cut in enumerate(cuts) if cut.start <= place[0]), default=0)
    return replace(line, shot=shot, at=_moment(when, place[0], cuts[shot]))


def _moment(when: When, place: int, cut: Cut) -> int | None:
    """A single time said in the same clause as a sound, a title or a line, else in its sentence: the last one before it, else the first."""
    (first, last), (begun, ended) = around(when.sentences, place), around(when.clauses, place)
    first, last = max(cut.body, first), min(cut.end, last)
    own = point_in(when.times, max(first, begun), min(last, ended))
    return own if own is not None else point_in(when.times, first, last, place)
