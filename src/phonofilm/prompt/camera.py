"""Camera moves in prose: which move, which way, how fast, how far, and whether it is the camera that moves at all.

Three tiers of words (lexicon tables): ``strong`` are moves wherever they stand; ``phrase`` need the camera as subject, or to begin a clause;
``verb`` need the camera as subject. ``trap`` words (a pan of soup, a construction crane) are taken out first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from phonofilm.prompt.lexicon import VERB_FINAL, Hit, Lexicon, longest
from phonofilm.prompt.negation import negated
from phonofilm.prompt.script import CameraMove, Move, Span
from phonofilm.prompt.text import CLAUSE_END, SENTENCE_END, Text, mask, split

#: family -> direction -> move; the first row of each is what is meant where no direction is named
FAMILIES: dict[str, dict[str, Move]] = {
    "pan": {"right": "pan_right", "left": "pan_left", "up": "tilt_up", "down": "tilt_down", "clockwise": "pan_right", "counter": "pan_left"},
    "tilt": {"up": "tilt_up", "down": "tilt_down"},
    "crane": {"up": "crane_up", "down": "crane_down"},
    "truck": {"right": "truck_right", "left": "truck_left", "in": "push_in", "out": "pull_out"},
    "pedestal": {"up": "pedestal_up", "down": "pedestal_down"},
    "roll": {"right": "roll_right", "left": "roll_left", "clockwise": "roll_right", "counter": "roll_left"},
    "orbit": {"right": "orbit_right", "left": "orbit_left", "clockwise": "orbit_left", "counter": "orbit_right"},
    "zoom": {"in": "zoom_in", "out": "zoom_out"},
    "dolly": {"in": "push_in", "out": "pull_out", "left": "truck_left", "right": "truck_right"},
}
#: a plain verb of motion with the camera as subject needs a direction to be a move
MOVE: dict[str, Move] = {
    "in": "push_in", "out": "pull_out", "left": "truck_left", "right": "truck_right", "up": "crane_up", "down": "crane_down",
    "clockwise": "orbit_left", "counter": "orbit_right",
}  # fmt: skip
#: families whose amount may be said as "half a circle"
TURNS = frozenset({"orbit", "orbit_left", "orbit_right", "pan", "pan_left", "pan_right", "roll"})
_DEGREES = re.compile(r"(\d{1,4}(?:\.\d+)?)\s*(?:°|º|degrees?|deg\b|度|도|grados|degres|grad\b)")
_SUBJECT_PARTICLE = re.compile(r"[がは]|(?<=[가-힣])[이가은는](?=\s)")
_ARTICLE = re.compile(r"\b(?:die|der|das|eine|la|el|una) $")
_REACH = 40
_REACH_TIGHT = 14
#: nobody says so many letters that say nothing
MOST_FILLER = 400


def find_moves(text: Text, masked: str, lexicon: Lexicon, start: int, end: int) -> list[CameraMove]:
    """The camera moves of one shot's words, folded [start, end) of the masked prompt, in order."""
    words = mask(masked, [(h.start, h.end) for h in lexicon.find("trap", masked, start, end)])
    objects = [(h.start, h.end) for h in lexicon.find("camera.object", words, start, end)]
    words, turned = _subject_first(words, lexicon, objects, start, end)
    subjects = mask(words, objects)
    moves: list[CameraMove] = []
    for first, last in split(words[start:end], SENTENCE_END):
        moves += _sentence(text, words, subjects, lexicon, turned, start + first, start + last)
    return _without_repeats(moves, text)


def _subject_first(words: str, lexicon: Lexicon, objects: Sequence[Span], start: int, end: int) -> tuple[str, list[Span]]:
    """The words with the camera before its verb where it stands behind it ("dann fährt die Kamera zurück"), as long as before, and where that was."""
    turned: list[Span] = []
    for hit in lexicon.find("camera.inverted", words, start, end):
        named = lexicon.find("camera.subject", words, hit.start, hit.end)
        if not named or any(a < hit.end and hit.start < b for a, b in objects):
            continue
        article = _ARTICLE.search(words, hit.start, named[-1].start)
        at = article.start() if article else named[-1].start
        said = f"{words[at : hit.end]} {words[hit.start : at].rstrip()}".ljust(hit.end - hit.start)
        words = words[: hit.start] + said + words[hit.end :]
        turned.append((hit.start, hit.end))
    return words, turned


#: moves that a word refuses beside its own: who wants no zoom wants nothing to grow or shrink
LIKE: dict[str, tuple[Move, ...]] = {"zoom": ("zoom_in", "zoom_out", "push_in", "pull_out"), "dolly": ("push_in", "pull_out")}
_ZOOM = re.compile("zoom|变焦|推拉|ズーム|줌")


def avoided_moves(lexicon: Lexicon, masked: str) -> tuple[frozenset[Move], list[Hit]]:
    """The moves that a masked prompt refuses by name ("no zoom", "kein Schwenk", ズームなし), and where."""
    found: set[Move] = set()
    refused = [h for section in ("strong", "phrase") for h in lexicon.find(section, masked) if negated(lexicon, masked, h.start, h.end)]
    for hit in refused:
        if hit.key in FAMILIES:
            found.update(LIKE.get(hit.key, tuple(FAMILIES[hit.key].values())))
        elif hit.key != "static":
            found.add(hit.key)  # type: ignore[arg-type]
    zooms = [h for h in lexicon.find("refusable.camera", masked) if _ZOOM.search(masked, h.start, h.end)]
    if any(negated(lexicon, masked, h.start, h.end) for h in zooms):
        found.update(LIKE["zoom"])
    return frozenset(found), refused


def _sentence(text: Text, words: str, subjects: str, lexicon: Lexicon, turned: Sequence[Span], start: int, end: int) -> list[CameraMove]:
    hits: list[Hit] = []
    camera = False
    for first, last in split(words[start:end], CLAUSE_END):
        at, stop = start + first, start + last
        named = lexicon.find("camera.subject", subjects, at, stop)
        found = [(hit, 0) for hit in lexicon.find("strong", words, at, stop)]
        found += [(hit, 1) for hit in lexicon.find("phrase", words, at, stop)]
        found += [(hit, 2) for hit in lexicon.find("verb", words, at, stop)]
        kept: list[Hit] = []
        tiers = {(h.start, h.end, h.key): tier for h, tier in found}
        for hit in _best(found):
            tier = tiers[(hit.start, hit.end, hit.key)]
            begun = kept[-1].end if kept else at
            subject = any(h.start <= hit.start for h in named) and not _other_subject(
                lexicon, words, [h for h in named if h.start <= hit.start][-1].end, hit.start
            )
            opens = tier == 0 or subject or (tier == 1 and _only_filler(lexicon, words, begun, hit.start))
            if opens or ((camera or kept) and _goes_on(lexicon, words, begun, hit.start)):
                kept.append(hit)
        if named or kept:
            camera = True
        elif not _only_filler(lexicon, words, at, stop, chain=True) and lexicon.has("person", words, at, stop):
            camera = False
        hits += kept
    moves: list[CameraMove] = []
    for index, hit in enumerate(hits):
        before = max(start, hits[index - 1].end if index else start)
        after = min(end, hits[index + 1].start if index + 1 < len(hits) else end)
        move = _move(lexicon, words, hit, before, after)
        if move is None:
            continue
        if negated(lexicon, words, hit.start, hit.end) and move != "static":
            continue
        speed, amount, degrees = _manner(lexicon, words, hit, before, after, first=index == 0)
        within = [(a, b) for a, b in turned if a < hit.end and hit.start < b]
        span = text.span(min([hit.start, *(a for a, _ in within)]), max([hit.end, *(b for _, b in within)]))
        moves.append(CameraMove(move=move, span=span, speed=speed, amount=amount, degrees=degrees))
    return moves


def _best(found: list[tuple[Hit, int]]) -> list[Hit]:
    """Strong words before phrases before verbs, the longest of each tier."""
    chosen: list[Hit] = []
    for tier in (0, 1, 2):
        for hit in longest(h for h, t in found if t == tier):
            if all(hit.end <= other.start or hit.start >= other.end for other in chosen):
                chosen.append(hit)
    return sorted(chosen, key=lambda h: h.start)


def _other_subject(lexicon: Lexicon, words: str, start: int, end: int) -> bool:
    """Whether a person comes between the camera and the verb, so that the verb is theirs ("the camera watches as she rises")."""
    return end - start > 3 and lexicon.has("person.pronoun", words, start, end)


def _goes_on(lexicon: Lexicon, words: str, start: int, end: int) -> bool:
    """Whether a clause goes on with the camera of the words before: nothing new between, or "and" right before the verb, or no new subject at all
    where the verb comes last (Japanese, Korean)."""
    if _only_filler(lexicon, words, start, end, chain=True):
        return True
    if lexicon.has("person", words, start, end):
        return False
    if lexicon.languages[0] in VERB_FINAL:
        return not _SUBJECT_PARTICLE.search(words, start, end)
    joints = lexicon.find("camera.chain", words, start, end)
    return bool(joints) and _only_filler(lexicon, words, joints[-1].end, end)


def _only_filler(lexicon: Lexicon, words: str, start: int, end: int, *, chain: bool = False) -> bool:
    if end - start > MOST_FILLER:
        return False
    stretch = words[start:end]
    for section in ("camera.filler", "speed", "amount", *(("camera.chain",) if chain else ())):
        stretch = mask(stretch, [(h.start, h.end) for h in lexicon.find(section, stretch)], " ")
    for section in ("direction",):
        stretch = mask(stretch, [(h.start, h.end) for h in lexicon.find(section, stretch)], " ")
    return not re.sub(r"\d+(?:\.\d+)?\s*(?:°|度|도|degrees?|grad|grados|degres|s\b)?|\W", "", stretch)


def _move(lexicon: Lexicon, words: str, hit: Hit, before: int, after: int) -> Move | None:
    table = MOVE if hit.key == "move" else FAMILIES.get(hit.key)
    if table is None:
        return hit.key  # type: ignore[return-value]
    direction = _direction(lexicon, words, hit, before, after, table)
    if direction is None:
        return None if hit.key == "move" else next(iter(table.values()))
    return table[direction]


def _direction(lexicon: Lexicon, words: str, hit: Hit, before: int, after: int, table: dict[str, Move]) -> str | None:
    spaced = words[hit.start : hit.end].isascii()
    reach = _REACH if spaced else _REACH_TIGHT
    inside = lexicon.find("direction", words, hit.start, hit.end)
    behind = lexicon.find("direction", words, hit.end, min(after, hit.end + reach))
    ahead = lexicon.find("direction", words, max(before, hit.start - (reach if not spaced else 24)), hit.start)
    order = [*inside, *behind, *reversed(ahead)] if spaced else [*inside, *reversed(ahead), *behind]
    return next((h.key for h in order if h.key in table), None)


def _manner(lexicon: Lexicon, words: str, hit: Hit, before: int, after: int, *, first: bool) -> tuple[float, float, float]:
    """Speed, amount and degrees said in the same breath as a move."""
    clause_start = max((m.end() for m in CLAUSE_END.finditer(words, max(0, before - 1), hit.start)), default=before)
    clause_end = next((m.start() for m in CLAUSE_END.finditer(words, hit.end, after)), after)
    at, stop = max(before, clause_start), min(after, clause_end)
    adjectives = max((m.end() for m in CLAUSE_END.finditer(words, before, max(before, at - 1))), default=before if first else at)
    if adjectives < at and words[at - 1 : at] in (",", "、", " ") and _only_filler(lexicon, words, adjectives, at):
        at = adjectives

    def nearest(section: str) -> float:
        hits = lexicon.find(section, words, at, stop)
        return float(min(hits, key=lambda h: min(abs(h.end - hit.start), abs(h.start - hit.end))).key) if hits else 1.0

    degrees = _DEGREES.search(words, at, stop)
    turns = lexicon.find("turn", words, at, stop) if hit.key in TURNS else []
    return nearest("speed"), nearest("amount"), float(degrees[1]) if degrees else float(turns[0].key) if turns else 0.0


def _without_repeats(moves: list[CameraMove], text: Text) -> list[CameraMove]:
    """A move named twice in a row is one move, and a static camera ends where another move is asked in the same breath."""
    kept: list[CameraMove] = []
    for move in moves:
        if kept and kept[-1].move == move.move and not (move.degrees and kept[-1].degrees):
            last = kept[-1]
            kept[-1] = CameraMove(
                move=last.move, span=last.span, speed=last.speed if last.speed != 1.0 else move.speed,
                amount=last.amount if last.amount != 1.0 else move.amount, degrees=last.degrees or move.degrees,
            )  # fmt: skip
        else:
            kept.append(move)
    return kept
