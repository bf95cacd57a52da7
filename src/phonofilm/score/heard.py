"""Sounds among the lines: one that is named before a line is heard before it, one named after it after it; and as often as the words say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND, ticks
from phonofilm.prompt.script import SoundWish
from phonofilm.score.draft import Draft
from phonofilm.score.model import Effect, Line
from phonofilm.score.plan import follows_shots, said_lines
from phonofilm.score.speech import LEAD, source_of

#: one of a sound that usually is several, by the sound: where the words count them
SINGLE = {"knock": "rap", "dog_bark": "woof", "applause": "hand_clap"}
#: seconds from one to the next where a sound is heard several times
APART = {
    "rap": 0.34, "woof": 0.5, "hand_clap": 0.5, "click": 0.35, "footsteps": 0.55, "camera_shutter": 0.7, "heartbeat": 0.85, "impact": 0.7,
    "whoosh": 0.8, "door": 1.0, "bird": 0.9, "glass_break": 1.3, "splash": 1.3, "doorbell": 1.5, "bell": 1.3, "phone_ring": 2.0,
    "thunder": 2.6, "explosion": 1.8,
}  # fmt: skip
#: seconds after which a sound has been heard, so that somebody may speak
LASTS = {
    "applause": 2.6, "bell": 1.0, "bird": 0.7, "camera_shutter": 0.4, "car_pass": 2.6, "cash_register": 0.6, "click": 0.2, "dog_bark": 0.65,
    "door": 0.4, "doorbell": 1.2, "explosion": 1.6, "fire_crackle": 2.0, "footsteps": 0.3, "glass_break": 0.9, "heartbeat": 0.5, "impact": 0.3,
    "knock": 0.7, "phone_ring": 1.3, "pour": 2.4, "splash": 1.0, "thunder": 2.2, "typing": 2.0, "whoosh": 0.5, "rap": 0.25, "woof": 0.35,
    "hand_clap": 0.2,
}  # fmt: skip
USUAL = 1.0
#: how many of a sound are meant by its name alone
MANY = {"footsteps": 4}
#: sounds that go on beside what is said wherever they are named, unless the words count them
GOING_ON = frozenset({"bird", "fire_crackle", "typing", "heartbeat"})
#: quiet between a sound and the words after it, and between words and the sound after them
BEFORE, AFTER = ticks(0.2), ticks(0.15)
#: how long a file of a sound may hold up the words after it
MOST_FILE = ticks(3.0)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One wish for a sound: the effects of it, starts from 0; how long they take; and where it stands among the lines.

    ``line`` is the line that it comes before, or after (``after``); -1 where the words tell no order.
    """

    effects: tuple[Effect, ...]
    lasts: int
    shot: int
    at: int | None
    line: int = -1
    after: bool = False


def heard(draft: Draft) -> list[Heard]:
    """The effects that the prompt names and the effect files, without those that come at the end, in the order of their naming."""
    found: list[tuple[int, Heard]] = []
    for wish in draft.script.sounds:
        if not wish.ambience and not (wish.closing and wish.at is None):
            effects, lasts = repeated(wish)
            free = wish.beside or (wish.sound in GOING_ON and not wish.times)
            line, after = (-1, False) if free else _among(draft, wish.span[0], wish.shot)
            found.append((wish.span[0], Heard(effects=effects, lasts=lasts, shot=wish.shot, at=wish.at, line=line, after=after)))
    for tag in draft.tagged("effect"):
        if tag in draft.percepts.sounds:
            said = next((m for m in draft.script.mentions if m.tag == tag), None)
            effect = Effect(start=0, sound="", source=source_of(draft.references[tag]))
            lasts = min(MOST_FILE, len(draft.percepts.sounds[tag].samples))
            line, after = _among(draft, said.span[0], said.shot) if said else (-1, False)
            at = said.at if said else None
            found.append(
                (len(draft.script.prompt), Heard(effects=(effect,), lasts=lasts, shot=said.shot if said else 0, at=at, line=line, after=after))
            )
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def repeated(wish: SoundWish) -> tuple[tuple[Effect, ...], int]:
    """A wished sound as effects from tick 0 on, as many as its words count, and how long they take together."""
    name = SINGLE.get(wish.sound, wish.sound) if wish.times else wish.sound
    apart = ticks(APART.get(name, USUAL))
    effects = tuple(Effect(start=k * apart, sound=name) for k in range(wish.times or MANY.get(wish.sound, 1)))
    return effects, effects[-1].start + ticks(LASTS.get(name, USUAL))


def _among(draft: Draft, place: int, shot: int) -> tuple[int, bool]:
    """The line that a sound named at a character of the prompt comes before, or after; -1 where its shot has none."""
    script = draft.script
    if "speech" in script.refused:
        return -1, False
    own = [k for k, line in enumerate(script.lines) if line.shot == shot or not follows_shots(draft)]
    later = [k for k in own if script.lines[k].span[0] > place]
    return (later[0], False) if later else (own[-1], True) if own else (-1, False)


def held_up(draft: Draft, lines: Sequence[Line], windows: Mapping[int, tuple[int, int]]) -> tuple[tuple[int, ...], int]:
    """By how many ticks each of the written ``lines`` waits for the sounds before it, and how long sounds go on after the last.

    ``windows``: the ticks of the shots that have a time; in them lines wait as far as they still fit. Where a length is asked for, likewise.
    """
    waits, tail = [0] * len(lines), 0
    script = draft.script
    for one in heard(draft):
        if one.at is not None or not 0 <= one.line < len(lines):
            continue
        if not one.after:
            waits[one.line] += one.lasts + BEFORE
        elif one.line == len(lines) - 1:
            tail += one.lasts + AFTER
        else:
            waits[one.line + 1] += one.lasts + AFTER if script.lines[one.line].shot == script.lines[one.line + 1].shot else 0
    room = (draft.request.seconds or script.seconds or 0) * TICKS_PER_SECOND
    if windows:
        for shot in {script.lines[k].shot for k in range(len(lines))}:
            own = [k for k in range(len(lines)) if script.lines[k].shot == shot]
            spare = windows[shot][1] - TICKS_PER_FRAME - lines[own[-1]].end if shot in windows else 0
            for k in own:
                waits[k] = 0 if script.lines[k].at is not None else max(0, min(waits[k], spare))
                spare -= waits[k]
    elif room and (wanted := sum(waits) + tail):
        share = min(1.0, max(0.0, (room - lines[-1].end - LEAD) / wanted))
        waits, tail = [round(w * share) for w in waits], round(tail * share)
    return tuple(waits), tail


def in_order(draft: Draft, sounds: Sequence[Heard], length: int) -> list[Effect]:
    """The effects of the sounds that stand in order among the lines, each at its tick."""
    told = [cue for _, cue in said_lines(draft)]
    made: list[Effect] = []
    for k, after in sorted({(one.line, one.after) for one in sounds}):
        group = [one for one in sounds if (one.line, one.after) == (k, after)]
        total = sum(one.lasts for one in group)
        low = (told[k].end if after else max([0, *(c.end for c in told[:k])])) + (AFTER if after or k else 0)
        high = min([length, *(c.start for c in told[k + 1 :])]) if after else told[k].start - BEFORE
        at = low if after else max(low, high - total)
        share = min(1.0, max(0, high - at) / total)
        for one in group:
            made += [Effect(start=at + round(e.start * share), sound=e.sound, source=e.source) for e in one.effects]
            at += round(one.lasts * share)
    return [effect for effect in made if 0 <= effect.start < length]
