"""What a prompt wants heard and written beside its lines: effects, ambience, titles, captions, the closing logo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast

from phonofilm.clock import frame_start, nearest_frame_start, seconds, ticks
from phonofilm.prompt.script import TitleWish
from phonofilm.score.captions import split_caption
from phonofilm.score.covering import hides_features, kept_free, title_hides_mouth
from phonofilm.score.dark import Dark
from phonofilm.score.draft import CARD, LOGO_CARD, Draft, has_card
from phonofilm.score.edit import Piece
from phonofilm.score.heard import heard, in_order, repeated
from phonofilm.score.inks import title_ink
from phonofilm.score.model import Ambience, Caption, Line, Logo, Shot, Spot
from phonofilm.score.plan import said_lines
from phonofilm.score.speech import source_of

#: ambience that belongs to a drawn place, where the prompt refuses no sound
PLACE_SOUND = {
    "beach": "sea", "sea": "sea", "city": "street", "street": "street", "forest": "forest", "park": "forest", "mountain": "wind",
    "lake": "wind", "field": "wind", "desert": "wind", "snow": "wind", "rooftop": "street", "room": "room", "office": "office", "cafe": "cafe",
    "stage": "crowd", "kitchen": "room", "bridge": "street",
}  # fmt: skip
#: dB that the tone of a quiet room lies below that of a room that is heard
ROOM_TONE = -6.0
#: how long before the end of its shot a sound begins that comes at the end
LAST_SOUND = ticks(1.5)
#: how long a title stands where it has a place of its own, at least and at most
TITLE, MOST_TITLE = ticks(2.0), ticks(3.5)
#: how long a logo stands over the picture where it is wanted only at the end
LAST_LOGO = ticks(3.0)
#: how far words on an end card reach beyond the film
ENDING = ticks(0.5)
#: which corner is meant where the words name none
TITLE_CORNER: Spot = "bottom left"
LOGO_CORNER: Spot = "top right"
WEATHER_SOUND = {"rain": "rain", "storm": "storm", "wind": "wind"}


def add_sounds(draft: Draft, pieces: Sequence[Piece], shots: Sequence[Shot], length: int) -> None:
    """Effects and ambience named in the prompt or belonging to a drawn place, and effect files: each in its own shot of the prompt."""
    aired: set[str] = set()
    spoken = max((c.end for c in draft.cues if isinstance(c, Line)), default=0)
    for wish in draft.script.sounds:
        if wish.ambience:
            start, end = _span(draft, pieces, wish.shot, length) if _is_timed(draft, wish.shot) else (0, length)
            draft.cues.append(Ambience(start=start, end=end, sound=wish.sound))
            aired.add(wish.sound)
        elif wish.closing and wish.at is None:
            start, end = _span(draft, pieces, wish.shot, length)
            effects, lasts = repeated(wish)
            last = max(LAST_SOUND, lasts)
            at = max(start, min(max(end - last, spoken), end - LAST_SOUND // 3))
            draft.cues += [replace(e, start=nearest_frame_start(at + e.start)) for e in effects if at + e.start < length]
    wished = heard(draft)
    said = len(said_lines(draft))
    ordered = [one for one in wished if one.at is None and 0 <= one.line < said]
    draft.cues += [replace(e, start=nearest_frame_start(e.start)) for e in in_order(draft, ordered, length)]
    loose = [one for one in wished if one.at is None and one not in ordered]
    for number in sorted({one.shot for one in loose}):
        free = [one for one in loose if one.shot == number]
        start, end = _span(draft, pieces, number, length)
        for k, one in enumerate(free):
            # one alone comes early in its shot, several share it out
            early = start if _is_timed(draft, number) else start + min(ticks(0.5), (end - start) // 3)
            at = early if len(free) == 1 else start + (end - start) * (2 * k + 1) // (2 * len(free))
            draft.cues += [replace(e, start=nearest_frame_start(at + e.start)) for e in one.effects if at + e.start < length]
    for one in wished:
        if one.at is not None and one.at < length:
            draft.cues += [replace(e, start=nearest_frame_start(one.at + e.start)) for e in one.effects if one.at + e.start < length]
        elif one.at is not None:
            name = one.effects[0].source.name if one.effects[0].source else one.effects[0].sound.replace("_", " ")
            draft.remarks.append(f"The sound {name} at {seconds(one.at):g} s is left out: the film ends at {seconds(length):g} s.")
    if "sound" in draft.script.refused or "ambience" in draft.script.refused:
        return
    scene = draft.script.scene
    spans = _weather(draft, pieces, length)
    if not spans and any(shot.setting.place for shot in shots) and scene.place in PLACE_SOUND:
        spans = [(0, length, PLACE_SOUND[scene.place])]
    draft.cues += [Ambience(start=start, end=end, sound=sound) for start, end, sound in spans if sound not in aired]
    # between words and effects a film is not dead: the tone of a quiet room
    if {c.kind for c in draft.cues} & {"line", "effect"} and not {c.kind for c in draft.cues} & {"ambience", "music"}:
        draft.cues.append(Ambience(start=0, end=length, sound="room", level=ROOM_TONE))


def _weather(draft: Draft, pieces: Sequence[Piece], length: int) -> list[tuple[int, int, str]]:
    """The sounds of the weather, (start, end, sound): in the shots that say one, else in all of the film."""
    shots = draft.script.shots
    if len(shots) < 2 or not any(shot.weather for shot in shots):
        sound = WEATHER_SOUND.get(draft.script.scene.weather)
        return [(0, length, sound)] if sound else []
    return [(*_span(draft, pieces, k, length), WEATHER_SOUND[s.weather]) for k, s in enumerate(shots) if s.weather in WEATHER_SOUND]


def _span(draft: Draft, pieces: Sequence[Piece], number: int, length: int) -> tuple[int, int]:
    """When a shot of the prompt is seen; the whole film where the edit does not follow the prompt's shots."""
    own = [p for p in pieces if p.shot == number]
    return (own[0].start, own[-1].end) if own and len(draft.script.shots) > 1 else (0, length)


def _is_timed(draft: Draft, number: int) -> bool:
    """Whether the prompt says when a shot begins."""
    return number < len(draft.script.shots) and draft.script.shots[number].start is not None


def add_words(draft: Draft, presenters: Sequence[str], pieces: Sequence[Piece], shots: Sequence[Shot], length: int, dark: Dark) -> None:
    """Words on the picture: captions where they are asked for or a talk has pictures, and the titles that the prompt gives."""
    _add_captions(draft, presenters, shots, length)
    if "text" not in draft.script.refused:
        _add_titles(draft, pieces, shots, length, dark)


def _add_captions(draft: Draft, presenters: Sequence[str], shots: Sequence[Shot], length: int) -> None:
    lines = [c for c in draft.cues if isinstance(c, Line)]
    pictures = [t for t in draft.tagged("subject", "background") if t in draft.percepts.pictures]
    place = draft.script.captions_place
    wanted = draft.script.captions if draft.script.captions is not None else bool(presenters and len(pictures) > 1)
    if not wanted or "captions" in draft.script.refused or "text" in draft.script.refused:
        return
    for line in lines:
        if not line.text:
            name = line.source.name if line.source else "the recording"
            draft.remarks.append(f"Captions need the words of {name}: give them with --transcript TAG=TEXT.")
            continue
        for start, end, text in split_caption(line.text, line.start, line.end, line.language, line.phones):
            end = min(end, length)
            top = hides_features(draft, shots, start, end)
            if top and place.startswith("bottom"):
                draft.remarks.append("The captions stand at the bottom, as the words ask; there they cover the mouth that says them.")
            top = place.startswith("top") or (top and not place.startswith("bottom"))
            colour = draft.script.captions_colour
            draft.cues.append(Caption(start=start, end=end, text=text, language=line.language, colour=colour, top=top))


def _add_titles(draft: Draft, pieces: Sequence[Piece], shots: Sequence[Shot], length: int, dark: Dark) -> None:
    """Each title in its own shot of the prompt: from its time, at the shot's end, or for all of it; several of a stretch share it out.

    In the dark after the picture, and on an end card, it stands as long as that does.
    """
    body = dark.closes if dark.card else next((p.start for p in pieces if p.tag == CARD), length)
    stretches: dict[tuple[int, int], list[TitleWish]] = {}
    for title in draft.script.titles:
        start, end = _span(draft, pieces, title.shot, length)
        start, end = min(start, body - TITLE), min(end, body)
        if title.card and dark.card:
            start, end = dark.closed - frame_start(4), length
        elif title.at is not None and title.at < body:
            start = title.at
            end = min(end if start < end else start + TITLE, start + MOST_TITLE, body)
        elif dark.closed and dark.closed < end and title.shot == len(draft.script.shots) - 1 and draft.script.shots[-1].transition == "dip":
            start = dark.closed - frame_start(4)
        elif title.opening:
            end = min(end, start + MOST_TITLE)
        elif title.closing:
            start = max(start, end - max(TITLE, min(MOST_TITLE, (end - start) * 2 // 5)))
        stretches.setdefault((max(start, 0), end), []).append(title)
    for (start, end), titles in stretches.items():
        for k, title in enumerate(titles):
            begin, stop = (start + (end - start) * part // len(titles) for part in (k, k + 1))
            # a title comes when the shot is there, at a time that is given at once
            first = nearest_frame_start(begin + (0 if title.at is not None else frame_start(6)))
            last = max(nearest_frame_start(stop) - frame_start(2), first + frame_start(4))
            if title.card and dark.card and stop == length:
                last = length + ENDING  # it is there to the film's end, which comes before it would fade
            third = title.place == "lower third"
            in_dark = bool(dark.closed and last > dark.closes) or first < dark.opens
            ink = title.colour or ("" if in_dark else title_ink(draft, shots, first, last))
            cue = Caption(
                start=first, end=last, text=title.text, language=draft.script.language, style="lower third" if third else "title",
                colour=ink, place=_spot(title.place, TITLE_CORNER),
                free=() if dark.closed and first >= dark.closes else kept_free(draft, shots, first, last),
            )  # fmt: skip
            if cue.place and cue.free and (who := title_hides_mouth(draft, shots, cue)):
                draft.remarks.append(f"The title “{title.text[:40]}” stands where the words ask ({cue.place}); there it covers the mouth of {who}.")
            draft.cues.append(cue)


def _spot(place: str, corner: Spot) -> Literal["", Spot]:
    """The place of a title or a logo that is laid over the picture; empty for one that has its own."""
    return corner if place == "corner" else "" if place == "lower third" else cast("Literal['', Spot]", place)


def add_logo(draft: Draft, pieces: Sequence[Piece], length: int) -> None:
    """The logo: on the closing card, or small over the picture where the words give it a place; there to the end, or only at it."""
    wish = draft.script.logo
    for tag in draft.tagged("logo"):
        if tag not in draft.percepts.pictures:
            continue
        source = source_of(draft.references[tag])
        spot = _spot(wish.place, LOGO_CORNER) if wish is not None and not has_card(draft) else ""
        card = next((p.start for p in pieces if p.tag == CARD), length - LOGO_CARD)
        start = card if not spot else max(0, length - LAST_LOGO) if wish is not None and wish.closing else 0
        draft.cues.append(Logo(start=start, end=length, source=source, place=spot or "end"))
        return
