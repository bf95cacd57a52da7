"""What a prompt wants heard and written beside its lines: effects, ambience, titles, captions, the closing logo."""

from __future__ import annotations

from collections.abc import Sequence

from phonofilm.clock import frame_start, nearest_frame_start, ticks
from phonofilm.score.captions import split_caption
from phonofilm.score.draft import LOGO_CARD, Draft
from phonofilm.score.model import Ambience, Caption, Effect, Line, Logo, Shot
from phonofilm.score.speech import source_of

#: ambience that belongs to a drawn place, where the prompt refuses no sound
PLACE_SOUND = {
    "beach": "sea", "sea": "sea", "city": "street", "street": "street", "forest": "forest", "park": "forest", "mountain": "wind",
    "lake": "wind", "field": "wind", "desert": "wind", "snow": "wind", "rooftop": "street", "room": "room", "office": "office", "cafe": "cafe",
    "stage": "crowd", "kitchen": "room", "bridge": "street",
}  # fmt: skip
WEATHER_SOUND = {"rain": "rain", "storm": "storm", "wind": "wind"}


def add_sounds(draft: Draft, shots: Sequence[Shot], length: int) -> None:
    """Effects and ambience named in the prompt or belonging to a drawn place; effect files at their shot."""
    heard: set[str] = set()
    for wish in draft.script.sounds:
        shot = shots[min(wish.shot, len(shots) - 1)]
        own = draft.script.shots[wish.shot] if wish.shot < len(draft.script.shots) else None
        timed = own is not None and own.start is not None
        at = wish.at if wish.at is not None else shot.start if timed else min(ticks(0.5), length // 3)
        if wish.ambience:
            span = (shot.start, shot.end) if timed else (0, length)
            draft.cues.append(Ambience(start=span[0], end=span[1], sound=wish.sound))
            heard.add(wish.sound)
        elif at < length:
            draft.cues.append(Effect(start=nearest_frame_start(at), sound=wish.sound))
    for tag in draft.tagged("effect"):
        if tag in draft.percepts.sounds:
            draft.cues.append(Effect(start=frame_start(6), sound="", source=source_of(draft.references[tag])))
    if "sound" in draft.script.refused or "ambience" in draft.script.refused:
        return
    scene = draft.script.scene
    if any(shot.setting.kind == "place" for shot in shots):
        own = WEATHER_SOUND.get(scene.weather) or PLACE_SOUND.get(scene.place)
        if own and own not in heard:
            draft.cues.append(Ambience(start=0, end=length, sound=own))


def add_words(draft: Draft, presenters: Sequence[str], length: int) -> None:
    """Words on the picture: titles that the prompt gives, captions where they are asked for or a talk has pictures."""
    if "text" not in draft.script.refused:
        for k, title in enumerate(draft.script.titles):
            part = length // max(1, len(draft.script.titles))
            draft.cues.append(
                Caption(start=k * part + frame_start(6), end=min(length, (k + 1) * part - frame_start(2)), text=title,
                        language=draft.script.language, style="title")
            )  # fmt: skip
    lines = [c for c in draft.cues if isinstance(c, Line)]
    pictures = [t for t in draft.tagged("subject", "background") if t in draft.percepts.pictures]
    wanted = draft.script.captions if draft.script.captions is not None else bool(presenters and len(pictures) > 1)
    if not wanted or "captions" in draft.script.refused or "text" in draft.script.refused:
        return
    for line in lines:
        if not line.text:
            name = line.source.name if line.source else "the recording"
            draft.remarks.append(f"Captions need the words of {name}: give them with --transcript TAG=TEXT.")
            continue
        for start, end, text in split_caption(line.text, line.start, line.end, line.language, line.phones):
            draft.cues.append(Caption(start=start, end=min(end, length), text=text, language=line.language))


def add_logo(draft: Draft, length: int) -> None:
    for tag in draft.tagged("logo"):
        if tag in draft.percepts.pictures:
            draft.cues.append(Logo(start=length - LOGO_CARD, end=length, source=source_of(draft.references[tag])))
            return
