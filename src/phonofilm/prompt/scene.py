"""The scene: place, hour, weather, light, mood, style, music, colours, who and what; and the sounds that the prompt names."""

from __future__ import annotations

import re
from bisect import bisect, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from phonofilm.prompt.lexicon import Hit, Lexicon, longest
from phonofilm.prompt.negation import negated
from phonofilm.prompt.often import is_beside, times_of
from phonofilm.prompt.script import Scene, SoundWish
from phonofilm.prompt.text import CLAUSE_END, SENTENCE_END, Text, around, mask, split

_HEX = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-z])")
#: what gives way to any other of its section: a place that is only mentioned in passing, what a film is for to what it looks like, and the mood of
#: music to its kind ("soft piano music" is piano music)
_WEAK = {
    "place": ("sky", "city", "room", "snow"),
    "style": ("cinematic", "commercial", "documentary", "minimal", "musicvideo", "social"),
    "music": ("calm", "upbeat", "epic", "romantic", "suspense"),
}
_MOST = 12
_HEARD = ("music", "refusable.music", "sound.word", "effect", "ambience", "heard")
#: how many letters lie between a place and the word that makes it the background, and what does not
_BESIDE, _APART = 24, re.compile(r"[.!?。！？；;,，]")


def find_scene(text: Text, masked: str, lexicon: Lexicon, start: int, end: int) -> tuple[Scene, list[Hit]]:
    """The scene that folded [start, end) describes, and the phrases that it was read from."""
    words = mask(masked, [(h.start, h.end) for h in lexicon.find("place_trap", masked, start, end)])
    hits: list[Hit] = []
    # "soft piano music" is neither a light nor a piano to be seen
    unheard = mask(masked, [(h.start, h.end) for h in lexicon.find("music", masked, start, end)])

    # a camera that stays calm is no mood
    moves = [(h.start, h.end) for h in lexicon.find("strong", masked, start, end)]
    unmoved = mask(masked, moves)

    def first(section: str, source: str) -> str:
        found = [h for h in lexicon.find(section, source, start, end) if not negated(lexicon, masked, h.start, h.end)]
        hits.extend(found)
        found = [h for h in found if h.key not in _WEAK.get(section, ())] or found
        return found[0].key if found else ""

    # "a crane up" is no bird
    plain = mask(unheard, [*moves, *((h.start, h.end) for h in lexicon.find("framing", masked, start, end))])

    def named(section: str) -> list[Hit]:
        found = [h for h in lexicon.find(section, plain, start, end) if h.key != "pronoun"]
        hits.extend(found)
        return found

    def written(found: Sequence[Hit]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text.words(h.start, h.end).strip() for h in found))[:_MOST]

    # "fade to black" and "black and white film" are no colours of things
    uncoloured = mask(masked, [(h.start, h.end) for section in ("transition", "style") for h in lexicon.find(section, masked, start, end)])
    colours = lexicon.find("colour", uncoloured, start, end)
    hexes = [m[0] if len(m[0]) == 7 else "#" + "".join(2 * c for c in m[0][1:]) for m in _HEX.finditer(masked, start, end)]
    hits.extend(colours)
    people, things = named("person"), named("thing")
    scene = Scene(
        place=first("place", words), hour=first("hour", masked), weather=first("weather", masked), light=first("light", unheard),
        mood=first("mood", unmoved), style=first("style", masked), music=first("music", masked), surface=first("surface", masked),
        subjects=(written(people) + written(things))[:_MOST], scenery=written([h for h in things if h.key == "scenery"]),
        actions=written(named("action")),
        indoors=lexicon.has("indoors", masked, start, end),
        behind=_behind(lexicon, words, start, end),
        colours=tuple(dict.fromkeys([*hexes, *(h.key for h in colours)]))[:_MOST],
    )  # fmt: skip
    return scene, hits


def _behind(lexicon: Lexicon, words: str, start: int, end: int) -> bool:
    """Whether a place is said to be the background ("the background is a beach", "a forest as the backdrop")."""
    said, places = lexicon.find("behind", words, start, end), lexicon.find("place", words, start, end)
    if not said or not places:
        return False
    starts = [place.start for place in places]
    heard = sorted(h.end for section in _HEARD for h in lexicon.find(section, words, start, end))
    for hit in said:
        last = bisect(heard, hit.end)  # "music in the background of a park"
        if last and hit.start - heard[last - 1] <= _BESIDE and not _APART.search(words, min(heard[last - 1], hit.start), hit.start):
            continue
        after = bisect(starts, hit.start)
        for place in places[max(0, after - 1) : after + 1]:
            first, last = min(hit.end, place.end), max(hit.start, place.start)
            if last - first <= _BESIDE and not negated(lexicon, words, hit.start, hit.end) and not _APART.search(words, first, max(last, first)):
                return True
    return False


def find_sounds(text: Text, masked: str, lexicon: Lexicon, start: int, end: int, spoken: Sequence[int] = ()) -> list[tuple[SoundWish, Hit]]:
    """The sounds named in folded [start, end): words that are sounds in themselves, and things that the clause says are heard.

    ``spoken`` are the places of the lines, in order.
    """
    clauses = split(masked, CLAUSE_END)
    sentences = split(masked, SENTENCE_END)
    trapped = [(h.start, h.end) for h in lexicon.find("sound_trap", masked, start, end)]
    words = mask(masked, trapped)
    own = [(h, False) for h in lexicon.find("effect", words, start, end)] + [(h, True) for h in lexicon.find("ambience", words, start, end)]
    ambience = {(h.start, h.end, h.key): lasts for h, lasts in own}
    chosen = longest(h for h, _ in own)
    lasting = frozenset(lexicon.table("ambience"))
    for hit in lexicon.find("heard", words, start, end):
        if any(hit.start < other.end and other.start < hit.end for other in chosen):
            continue
        first, last = around(clauses, hit.start)
        near = lexicon.has("sound.word", words, max(first, start), min(last, end)) or any(first <= h.start < last for h in chosen)
        listed = _sound_list(lexicon, words, around(sentences, hit.start), hit)
        if near or listed or _only_heard(lexicon, words, max(first, start), min(last, end)):
            chosen.append(hit)
            ambience[(hit.start, hit.end, hit.key)] = hit.key in lasting
    found: dict[tuple[str, int], tuple[SoundWish, Hit]] = {}
    chosen = sorted(chosen, key=lambda h: h.start)
    for hit in chosen:
        lasts = ambience[(hit.start, hit.end, hit.key)]
        # what is named again after somebody has spoken is heard again
        key = hit.key, 0 if lasts else bisect_right(spoken, hit.start)
        if negated(lexicon, masked, hit.start, hit.end):
            continue
        times = 0 if lasts else times_of(lexicon, words, clauses, hit, chosen)
        if key in found:
            first, place = found[key]
            found[key] = (replace(first, times=first.times or times), place)
            continue
        beside = is_beside(lexicon, words, clauses, hit) or _sound_list(lexicon, words, around(sentences, hit.start), hit)
        found[key] = (SoundWish(sound=hit.key, span=text.span(hit.start, hit.end), ambience=lasts, times=times, beside=beside), hit)
    return list(found.values())


def _only_heard(lexicon: Lexicon, words: str, start: int, end: int) -> bool:
    """Whether a clause names nothing but two or more things that are heard ("…, wind and birds, …"), or the wind alone."""
    heard = lexicon.find("heard", words, start, end)
    softly = lexicon.find("speed", words, start, end)
    rest = mask(words[start:end], [(h.start - start, h.end - start) for h in (*heard, *softly)], " ")
    rest = mask(rest, [(h.start, h.end) for h in lexicon.find("negator.join", rest)], " ")
    lasting = len(heard) == 1 and heard[0].key == "wind"  # of what is heard alone it cannot be seen
    return (lasting or len({h.key for h in heard}) > 1) and not re.sub(r"[\W_]", "", rest)


def _sound_list(lexicon: Lexicon, words: str, sentence: tuple[int, int], hit: Hit) -> bool:
    """Whether a label opens the list that holds the word ("Sounds: water, wind")."""
    label = next(iter(lexicon.find("sound.word", words, sentence[0], hit.start)), None)
    return label is not None and bool(re.match(r"\s*[:：]", words[label.end : hit.start]))
