"""Lines and the prompt's shots: whether its shots are the film's, and how lines and silent shots follow one another where no times are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from phonofilm.clock import TICKS_PER_SECOND, ticks
from phonofilm.prompt.script import ScriptShot, SpokenLine
from phonofilm.request import LONGEST
from phonofilm.score.draft import END_CARD, Draft
from phonofilm.score.model import Line
from phonofilm.score.speech import LEAD

#: how long a shot in which nothing is said stands between lines: usually, and at least
SILENT, LEAST_SILENT, MOST_SILENT = ticks(2.0), ticks(0.9), ticks(4.0)
#: how long lines of one shot are apart at most, where a length is asked that leaves room
MOST_PAUSE = ticks(1.2)


@dataclass(frozen=True, kw_only=True)
class Rests:
    """Ticks that shots without lines stand: ``before`` each line, and ``after`` the last."""

    before: tuple[int, ...]
    after: int


def follows_shots(draft: Draft) -> bool:
    """Whether the film is cut as the prompt's shots are: they have times, or each says something to see or hear."""
    shots = draft.script.shots
    return any(s.start is not None for s in shots) or (len(shots) > 1 and all(_says_a_shot(draft, k, s) for k, s in enumerate(shots) if k))


def _says_a_shot(draft: Draft, k: int, shot: ScriptShot) -> bool:
    """Whether words after a cut say something to see or hear; "cut to @music" says none."""
    seen = any(t in draft.percepts.pictures or t in draft.percepts.clips for t in shot.mentions)
    script = draft.script
    said = any(cue.shot == k for cue in (*script.lines, *script.sounds, *script.titles))
    return seen or said or bool(shot.moves or shot.place or shot.framing)


def rests(draft: Draft, lines: Sequence[SpokenLine], spoken: int) -> Rests:
    """The rests of untimed shots around ``lines`` that take ``spoken`` ticks together; none where the prompt gives times."""
    shots = draft.script.shots
    room = (draft.request.seconds or draft.script.seconds or 0) * TICKS_PER_SECOND
    if room and draft.script.ends_on_card:
        room -= END_CARD
    if any(s.start is not None for s in shots):
        return Rests(before=(0,) * len(lines), after=0)
    if not follows_shots(draft):  # several lines share out the time that is left
        each = min(MOST_PAUSE, max(0, room - spoken) // (len(lines) + 1)) if len(lines) > 1 else 0
        opens = opening_of(draft, room - spoken) if lines and not lines[0].narration else 0
        return Rests(before=(opens or each // 2, *(each for _ in lines[1:])), after=0)
    silent = set(range(len(shots))) - {line.shot for line in lines}
    each = SILENT if not room else min(MOST_SILENT, room // len(shots), (room - spoken) // max(1, len(silent)))
    each = max(LEAST_SILENT, min(each, (LONGEST * TICKS_PER_SECOND - spoken) // max(1, len(silent))))
    # what is left of an asked length goes before the lines of each shot
    talking = len(shots) - len(silent)
    extra = min(MOST_PAUSE, max(0, room - spoken - each * len(silent)) // (talking + 1)) if talking else 0
    places = [-1, *(line.shot for line in lines)]
    before = tuple(each * len(silent & set(range(a + 1, b))) + (extra if a != b else 0) for a, b in pairwise(places))
    return Rests(before=before, after=each * len(silent & set(range(places[-1] + 1, len(shots)))))


def opening_of(draft: Draft, spare: int) -> int:
    """How long a given first frame is seen before somebody else speaks; 0 where who speaks is in it. ``spare``: what an asked length leaves."""
    first = next((t for t in draft.tagged("first_frame") if t in draft.percepts.pictures), "")
    if not first or first in draft.cast or not draft.cast:
        return 0
    return max(LEAST_SILENT, min(MOST_SILENT, spare // 2)) if spare > 0 else SILENT


def said_lines(draft: Draft) -> list[tuple[SpokenLine, Line]]:
    """The prompt's written lines, each with its cue, in order."""
    return list(zip(draft.script.lines, (c for c in draft.cues if isinstance(c, Line) and c.recipe is not None), strict=False))


def edges_by_lines(draft: Draft, length: int) -> dict[int, int]:
    """Where untimed shots begin, by their number, as far as lines tell: one with lines begins right before the first and ends after the last."""
    shots = draft.script.shots
    told = said_lines(draft)
    if not told or any(s.start is not None for s in shots):
        return {}
    spans = {k: ([c for said, c in told if said.shot == k]) for k in range(len(shots))}
    edges: dict[int, int] = {}
    over = 0
    for k, cues in spans.items():
        if not cues:
            continue
        if k:
            edges[k] = cues[0].start - min(LEAD, max(0, cues[0].start - over) // 2)
        over = cues[-1].end
        if k + 1 < len(shots) and not spans[k + 1]:
            later = next((j for j in range(k + 1, len(shots)) if spans[j]), len(shots))
            until = spans[later][0].start if later < len(shots) else length
            edges[k + 1] = over + max(LEAD, (until - over - (later - k - 1) * SILENT) // (later - k))
    return edges


def turns(draft: Draft, start: int, end: int, shot: int | None = None) -> list[tuple[int, int, str]]:
    """Who is heard when in [start, end), as (from, to, actor), where two or more people speak in turn (in one shot of the prompt); else nothing."""
    told = [c for said, c in said_lines(draft) if c.actor and (shot is None or said.shot == shot) and start <= c.start < end]
    if len({c.actor for c in told}) < 2:
        return []
    found: list[tuple[int, int, str]] = [(start, end, told[0].actor)]
    for a, b in pairwise(told):
        if b.actor != a.actor:
            at = b.start - min(LEAD, max(0, b.start - a.end) // 2)
            found[-1] = (found[-1][0], at, found[-1][2])
            found.append((at, end, b.actor))
    return found
