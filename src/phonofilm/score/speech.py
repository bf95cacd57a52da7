"""Lines on the clock: recordings placed and aligned, written words spoken to fit their shots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND, nearest_frame_start, seconds, ticks
from phonofilm.perceive.percepts import Percepts, Sound
from phonofilm.phones import Phone
from phonofilm.prompt.script import Script, SpokenLine
from phonofilm.request import LONGEST, SHORTEST, Reference, Request
from phonofilm.score.draft import END_CARD
from phonofilm.score.model import Line, Recipe, Source
from phonofilm.score.mouthing import phones_in
from phonofilm.score.revise import inputs_of
from phonofilm.score.spoken import say
from phonofilm.voice import Voice, detect_language, speak, voice_for, voices
from phonofilm.voice.timbre import Likeness

LEAD = ticks(0.25)
"""Air before the first word and after the last."""
GAP = ticks(0.35)
"""Air between two lines."""


@dataclass(frozen=True, kw_only=True)
class Speech:
    """Lines in order, the ticks that they take together, and remarks."""

    lines: tuple[Line, ...]
    length: int
    remarks: tuple[str, ...] = ()


def source_of(reference: Reference) -> Source:
    """A reference as a score names it."""
    return Source(sha256=reference.sha256, name=reference.path.name, kind=reference.kind)


def recorded(
    reference: Reference, sound: Sound, actor: str, request: Request, *, start: int = LEAD, sung: bool = False, room: int = 0
) -> tuple[Line, tuple[str, ...]]:
    """A recording as a line from tick ``start``, cut at a pause to what a film (or ``room`` ticks) can hold, its phones aligned."""
    most = room or (request.seconds or LONGEST) * TICKS_PER_SECOND - start
    spans = sound.speech or ((0, len(sound.samples)),)
    offset = 0 if sung else max(0, spans[0][0] - LEAD // 2)
    end = min(len(sound.samples), spans[-1][1] + LEAD) if not sung else len(sound.samples)
    remarks: tuple[str, ...] = ()
    if end - offset > most:
        pauses = [a for _, a in spans if offset + most // 2 < a <= offset + most]
        kept = pauses[-1] if pauses and not sung else offset + most
        if not room:
            remarks = (f"@{reference.tag} lasts {seconds(end - offset):.1f} s; its first {seconds(kept - offset):.1f} s are used.",)
        end = kept
    text = request.transcripts.get(reference.tag, "")
    language = detect_language(text) if text else ""
    phones, said = phones_in(sound, offset, end, text=text, language=language, sung=sung)
    if said:
        remarks = (*remarks, f"@{reference.tag} is sung; {said}.")
    moved = tuple(replace(p, start=p.start + start, end=p.end + start) for p in phones)
    line = Line(
        start=start, end=start + end - offset, actor=actor, text=text, language=language or "en", phones=moved,
        source=source_of(reference), offset=offset, sung=sung,
    )  # fmt: skip
    return replace(line, inputs=inputs_of(line)), remarks


def written(
    lines: Sequence[SpokenLine], speakers: Mapping[int, str], script: Script, request: Request, windows: Mapping[int, tuple[int, int]],
    likenesses: Mapping[int, Likeness] | None = None,
) -> Speech:  # fmt: skip
    """Written lines spoken one after another; each fits its shot's window (ticks, by shot) where one is given.

    ``likenesses``: the voices chosen for lines, by their number, to be like a recording's.
    """
    made: list[Line] = []
    remarks: list[str] = []
    taken: dict[tuple[str, float], str] = {}
    at = LEAD
    for k, spoken in enumerate(lines):
        window = windows.get(spoken.shot)
        begin = max(at, spoken.at if spoken.at is not None else window[0] + TICKS_PER_FRAME * 3 if window else at)
        room = window[1] - begin - TICKS_PER_FRAME if window else 0
        like = likenesses.get(k) if likenesses else None
        if like:
            chosen, pitch, pace = like.voice, like.pitch, like.pace
        else:
            fitting = voice_for(spoken.language, **character(spoken, script), accent=spoken.accent)
            (chosen, pitch), pace = _own_voice(fitting, speakers.get(k, ""), spoken, taken), 1.0
        if chosen.experimental:
            remarks.append(f"The voice for {_NAMES.get(spoken.language, spoken.language)} is experimental: many of its words will not be understood.")
        recipe = Recipe(text=spoken.text, language=spoken.language, voice=chosen.name, seed=request.seed, pitch=pitch, pace=pace)
        told = say(recipe)
        if 0 < room < len(told.samples):
            recipe = replace(recipe, length=room)
            told = say(recipe)
            if len(told.samples) > room + TICKS_PER_FRAME:
                remarks.append(f"“{spoken.text[:40]}” takes {seconds(len(told.samples)):.1f} s; its shot has {seconds(room):.1f} s.")
        phones = tuple(Phone(start=p.start + begin, end=p.end + begin, ipa=p.ipa, viseme=p.viseme) for p in told.phones)
        end = begin + len(told.samples)
        line = Line(start=begin, end=end, actor=speakers.get(k, ""), text=spoken.text, language=spoken.language, phones=phones, recipe=recipe)
        made.append(replace(line, inputs=inputs_of(line)))
        at = end + GAP
    return Speech(lines=tuple(made), length=at - GAP + LEAD if made else 0, remarks=tuple(remarks))


def _own_voice(voice: Voice, actor: str, spoken: SpokenLine, taken: dict[tuple[str, float], str]) -> tuple[Voice, float]:
    """The voice of a line and its pitch: one that no other speaker has, an old one where no other is left, else one of those higher or deeper.

    ``taken``: who has which, by voice and pitch.
    """
    pitch = 1.0
    if taken.get((voice.name, pitch), actor) != actor:
        fit = [v for v in voices() if v.language == spoken.language and (not spoken.gender or v.gender == spoken.gender)]
        fit = [v for v in fit if v.accent == spoken.accent] or fit if spoken.accent else fit
        free = [v for v in fit if taken.get((v.name, pitch), actor) == actor and v.age != "child"]
        if free:
            free.sort(key=lambda v: v.age == "old")
            other = next((v for v in free if v.gender != voice.gender), free[0])  # told apart more easily
            voice = next((v for v in free if taken.get((v.name, pitch)) == actor), other)
        else:
            pitch = next((p for p in APART if taken.get((voice.name, p), actor) == actor), pitch)
    taken.setdefault((voice.name, pitch), actor)
    return voice, pitch


def rehearse(script: Script, request: Request) -> None:
    """Speak the written lines ahead, so that ``written`` finds them spoken. What goes wrong is told there."""
    chosen_later = any(b.role == "timbre" for b in script.bindings)
    if "speech" not in script.refused and not chosen_later:
        for spoken in script.lines:
            voice = voice_for(spoken.language, **character(spoken, script), accent=spoken.accent)
            speak(spoken.text, spoken.language, voice=voice.name, seed=request.seed)


_NAMES = {"yue": "Cantonese"}
_WOMAN = ("she", "her", "woman", "girl", "lady", "她", "女", "彼女", "그녀", "여자", "ella", "mujer", "elle", "femme", "sie", "frau")
_MAN = ("he", "his", "man", "boy", "guy", "他", "男", "彼", "그", "남자", "él", "hombre", "il", "homme", "er", "mann")


def character(spoken: SpokenLine, script: Script) -> dict[str, str]:
    """Gender of a speaker as the prompt's words say it; empty where they do not."""
    if spoken.gender:
        return {"gender": spoken.gender}
    who = spoken.speaker.lower().split()
    before = script.prompt[max(0, spoken.span[0] - 40) : spoken.span[0]].lower()
    if any(w in who for w in _WOMAN) or any(w in before for w in ("她", "彼女", "그녀", "女")):
        return {"gender": "female"}
    if any(w in who for w in _MAN) or any(w in before for w in ("他", "男")):
        return {"gender": "male"}
    return {}


#: the pitches of a voice that several have, where a language has no more
APART = (0.9, 1.1)
#: how long a shot lasts at least that is said to begin at a time and not when it ends
LAST_SHOT = ticks(2.0)


def film_length(request: Request, script: Script, percepts: Percepts, spoken: int, music: Sound | None) -> int:
    """Ticks of the film: as asked, else as long as the time codes, the speech or the music say (whole seconds, 4 to 15)."""
    if request.seconds:
        return request.seconds * TICKS_PER_SECOND
    codes = max((shot.end or (shot.start + LAST_SHOT if shot.start else 0) for shot in script.shots), default=0)
    card = END_CARD if spoken and not script.seconds and script.ends_on_card else 0
    wanted = max(codes, spoken + card, ticks(script.seconds))
    if not wanted and music is not None:
        wanted = len(music.samples)
    if not wanted and percepts.clips:
        wanted = sum(clip.length for clip in percepts.clips.values())
    if not wanted:
        wanted = ticks(max(5, 2.5 * (len(percepts.pictures) + len(percepts.clips))))
    whole = -(-wanted // TICKS_PER_SECOND)
    return min(max(whole, SHORTEST), LONGEST) * TICKS_PER_SECOND


def pauses(lines: Sequence[Line], sounds: Mapping[str, Sound]) -> tuple[int, ...]:
    """Frame starts inside the silences of the lines, where a cut disturbs no word."""
    found: set[int] = set()
    for line in lines:
        found.add(nearest_frame_start(max(0, line.start - TICKS_PER_FRAME * 2)))
        found.add(nearest_frame_start(line.end))
        if line.source is not None and line.source.sha256 in sounds:
            spans = sounds[line.source.sha256].speech
            for (_, a), (b, _) in pairwise(spans):
                at = (a + b) // 2 - line.offset + line.start
                if line.start < at < line.end:
                    found.add(nearest_frame_start(at))
        for before, after in pairwise(line.phones):
            quiet = after.start - before.end
            if quiet > ticks(0.12):
                found.add(nearest_frame_start(before.end + quiet // 2))
            if after.viseme == "sil" and after.end - after.start > ticks(0.15):
                found.add(nearest_frame_start((after.start + after.end) // 2))
    return tuple(sorted(found))


def said_at(lines: Sequence[Line], names: set[str]) -> int | None:
    """The tick at which one of the names is first spoken, by its place among the letters of the line and its phones; None: never."""
    words = {w for name in names for w in re.split(r"[_\W\d]+", name.lower()) if len(w) > 1 or not w.isascii()}
    return spoken_at(lines, words)


def spoken_at(lines: Sequence[Line], words: Iterable[str]) -> int | None:
    """The tick at which one of some words or phrases is first spoken, as ``said_at``."""
    for line in lines:
        text = line.text.lower()
        found = [m.start() for w in words if (m := re.search(rf"\b{re.escape(w.lower())}" if w.isascii() else re.escape(w.lower()), text))]
        if found:
            spoken = [p for p in line.phones if p.viseme != "sil"]
            letters = [k for k, c in enumerate(text) if c.isalnum()]
            share = sum(k < min(found) for k in letters) / max(1, len(letters))
            if spoken:
                return spoken[min(len(spoken) - 1, round(share * len(spoken)))].start
            return line.start + round((line.end - line.start) * share)
    return None
