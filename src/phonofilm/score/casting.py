"""Who acts, who speaks, and to what music."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.perceive.percepts import Face, Sound
from phonofilm.prompt.script import SpokenLine
from phonofilm.score.beat_grid import PACES, compose_beats
from phonofilm.score.draft import Draft
from phonofilm.score.heard import held_up
from phonofilm.score.likening import likened
from phonofilm.score.model import Actor, Line, Music
from phonofilm.score.plan import opening_of, rests
from phonofilm.score.speech import LEAD, Speech, character, recorded, source_of, written

#: a face lower than this in its photo, in pixels, has no lips to move
SMALLEST_FACE = 48
#: from how surely a face looks a man's it is given a man's voice where no word tells, and a woman's likewise
PLAINLY = 0.8
#: what is composed where the prompt asks for music of a kind that is not
NEAREST_MUSIC = {
    "guitar": "calm",
    "folk": "calm",
    "strings": "epic",
    "romantic": "piano",
    "rock": "electronic",
    "hiphop": "lofi",
    "suspense": "ambient",
}
#: words for the person on one side of a picture
SIDES = {
    "left": r"(?:on|to) the left|left(?:most|-hand)? (?:person|man|woman|one|face)|左边|左邊|左側|左の人|왼쪽|a la izquierda|à gauche|links",
    "right": r"(?:on|to) the right|right(?:most|-hand)? (?:person|man|woman|one|face)|右边|右邊|右側|右の人|오른쪽|a la derecha|à droite|rechts",
}


def presenters_of(draft: Draft) -> list[str]:
    """References whose face acts: those with the role of a face, cast; a picture of somebody who is to move as in a clip is one too."""
    found: list[str] = []
    tags = draft.tagged("face")
    if not tags and any(tag in draft.percepts.clips for tag in draft.tagged("motion")):
        tags = [t for t in draft.tagged("subject") if t in draft.percepts.pictures and draft.percepts.pictures[t].faces][:1]
    for tag in tags:
        picture = draft.percepts.pictures.get(tag)
        if picture is None:
            continue
        if not picture.faces:
            if draft.script.lines and all(line.narration for line in draft.script.lines) and not draft.tagged("voice"):
                continue  # nobody is to speak
            draft.remarks.append(f"@{tag} shows no face that could be found; it is shown as it is and does not speak.")
            continue
        face, which = _meant(draft.script.prompt, picture.faces)
        if len(picture.faces) > 1:
            draft.remarks.append(f"@{tag} shows {len(picture.faces)} faces; the {which} one speaks.")
        high = float(np.ptp(picture.faces[face].landmarks[:468, 1])) / picture.scale
        if high < SMALLEST_FACE:
            draft.remarks.append(f"The face in @{tag} is {high:.0f} pixels high; it takes {SMALLEST_FACE} to speak. It is shown as it is.")
            continue
        found.append(tag)
        draft.cast[tag] = Actor(name=tag, source=source_of(draft.references[tag]), role="face", face=face)
    return found


def _meant(prompt: str, faces: Sequence[Face]) -> tuple[int, str]:
    """Which of several faces a prompt means: the one on the side that it names, else the largest."""
    for side, pick in (("left", min), ("right", max)):
        if len(faces) > 1 and re.search(SIDES[side], prompt, re.IGNORECASE):
            return pick(range(len(faces)), key=lambda k: faces[k].box[0]), f"{side}most"
    return 0, "largest"


def speech_of(draft: Draft, presenters: Sequence[str]) -> Speech:
    """All lines: the recordings with the role of a voice, then what is written in the prompt."""
    speaker = presenters[0] if presenters else ""
    made: list[Line] = []
    remarks: list[str] = []
    at, silence = LEAD, 0
    for tag in draft.tagged("voice"):
        sound = draft.sound(tag)
        if sound is None:
            continue
        if not made and sound.kind != "singing":
            at += opening_of(draft, max(0, (draft.request.seconds or 0) * TICKS_PER_SECOND - len(sound.samples)))
        line, said = recorded(draft.references[tag], sound, speaker, draft.request, start=at, sung=sound.kind == "singing")
        made.append(line)
        remarks += said
        at = line.end + LEAD
    if draft.script.lines and "speech" not in draft.script.refused:
        windows = {k: (s.start, s.end) for k, s in enumerate(draft.script.shots) if s.start is not None and s.end is not None}
        speakers = {k: _who(draft, k, presenters) for k in range(len(draft.script.lines))}
        spoken = written(told_by_faces(draft, speakers), speakers, draft.script, draft.request, windows, likened(draft))
        shift = at - LEAD if made and not windows else 0
        waits, tail = held_up(draft, spoken.lines, windows)
        held = rests(draft, draft.script.lines, spoken.length + sum(waits) + tail)
        for k, (line, rest, wait) in enumerate(zip(spoken.lines, held.before, waits, strict=True)):
            if windows and k and draft.script.lines[k - 1].shot != draft.script.lines[k].shot:
                shift = 0  # a shot with a time of its own does not wait for the sounds of another
            shift += rest + wait
            made.append(_later(line, shift))
        remarks += spoken.remarks
        silence = held.after + tail
    else:
        remarks += [f"@{tag}: there is no written line to speak in a voice like its own." for tag in draft.tagged("timbre")]
    length = max((line.end for line in made), default=0)
    return Speech(lines=tuple(made), length=length + LEAD + silence if made else 0, remarks=tuple(remarks))


def _later(line: Line, shift: int) -> Line:
    phones = tuple(replace(p, start=p.start + shift, end=p.end + shift) for p in line.phones)
    return replace(line, start=line.start + shift, end=line.end + shift, phones=phones)


def told_by_faces(draft: Draft, speakers: Mapping[int, str]) -> tuple[SpokenLine, ...]:
    """The written lines, those of whom no word tells a man or a woman as what their speaker's face looks like, where it does so plainly."""

    def looks(tag: str) -> str:
        picture = draft.percepts.pictures.get(tag)
        if picture is None or not picture.faces:
            return ""
        masculine = picture.faces[draft.cast[tag].face if tag in draft.cast else 0].masculine
        return "male" if masculine > PLAINLY else "female" if masculine < 1 - PLAINLY else ""

    lines = enumerate(draft.script.lines)
    return tuple(s if character(s, draft.script) else replace(s, gender=looks(speakers.get(k, ""))) for k, s in lines)


def _who(draft: Draft, k: int, presenters: Sequence[str]) -> str:
    line = draft.script.lines[k]
    if line.narration or not presenters:
        return ""
    if line.speaker in presenters:
        return line.speaker
    return presenters[0]


def add_music(draft: Draft, length: int, tag: str | None, music: Sound | None, presenters: Sequence[str]) -> None:
    """The music cue: the user's own, else composed where it is asked for or nothing else would be heard."""
    if "music" in draft.script.refused:
        return
    if tag is not None and music is not None:
        offset = 0
        inside = [b for b in music.beats if offset <= b < offset + length]
        draft.cues.append(
            Music(
                start=0, end=min(length, len(music.samples)), source=source_of(draft.references[tag]), offset=offset, tempo=music.tempo,
                beats=tuple(b - offset for b in inside), downbeats=tuple(b - offset for b in music.downbeats if offset <= b < offset + length),
                sections=tuple(b - offset for b in music.sections if offset <= b < offset + length),
            )
        )  # fmt: skip
        if presenters and music.kind == "singing" and not draft.tagged("voice") and not draft.script.lines:
            line, said = recorded(draft.references[tag], music, presenters[0], draft.request, start=0, sung=True, room=length)
            draft.cues.append(line)
            draft.remarks += said
        return
    wish = draft.script.scene.music
    spoken = any(isinstance(c, Line) for c in draft.cues)
    copied = {"camera", "motion"} if presenters else {"camera"}
    shown = [clip for tag, clip in draft.percepts.clips.items() if draft.script.role(tag) not in copied]
    heard = spoken or draft.script.sounds or any(clip.sound for clip in shown)
    if not wish and heard:
        return
    style = wish if wish in PACES else NEAREST_MUSIC.get(wish, "upbeat" if draft.tagged("product") else "calm")
    if wish and style != wish:
        draft.remarks.append(f"Music of the kind {wish!r} is not composed here; {style} music stands in for it.")
    tempo, beats, downbeats, sections = compose_beats(style, length, draft.request.seed)
    draft.cues.append(Music(start=0, end=length, style=style, tempo=tempo, beats=beats, downbeats=downbeats, sections=sections))
