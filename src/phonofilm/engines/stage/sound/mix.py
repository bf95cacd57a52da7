"""The whole film's sound from its score, before the first frame is drawn: four stems, one gain curve, one mix. Axes: s samples at 48 kHz, 2 sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sound.ambience import AIRS
from phonofilm.engines.stage.sound.composer import compose
from phonofilm.engines.stage.sound.dsp import RATE, add, band, db, edges, random_of
from phonofilm.engines.stage.sound.effects import Made, air_named, contact_effect, effect_named, impact_effect, level_to, made
from phonofilm.engines.stage.sound.master import gain_curve
from phonofilm.engines.stage.sound.space import HERE, CameraAt, Heard, add_rooms, heard_from, panned, placed
from phonofilm.engines.stage.sound.voice import LEVEL, duck, polished, speaking, to_level
from phonofilm.score.model import Ambience, Contact, Effect, Impact, Line, Music, Score, Vector

Wave = NDArray[np.floating[Any]]

MUSIC_ALONE, MUSIC_WITH_VOICE = -18.0, -19.0  # LUFS before mastering, where it is not ducked
_STEPS, _BLOWS = 10.0, 12.0  # dB between the softest and the hardest
_VOICE_PAN = 0.35  # share of its place that a voice is panned by: dialogue stays near the middle
_AIR_CREST = 4.5  # peaks of an ambience are rounded off above so many times its usual level
_NOWHERE: Vector = (0.0, 0.0, 0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Mix:
    """``samples`` f32[s 2] of the film's length; ``stems`` voice, music, effects and ambience add up to it; ``remarks`` what could not be heard."""

    samples: NDArray[np.float32]
    stems: dict[str, NDArray[np.float32]]
    remarks: tuple[str, ...] = ()


def mix(score: Score, sources: Mapping[str, Wave], lines: Mapping[int, Wave], *, camera_at: CameraAt | None = None) -> Mix:
    """Mix a score.

    ``sources``: recordings f32[s 2] at 48 kHz by sha256. ``lines``: made speech f32[s], by the index of its line in ``score.cues``.
    ``camera_at``: the camera at a tick; without it the keys of the shots' cameras place the sounds.
    """
    missing: list[str] = []
    dry = {True: _empty(score), False: _empty(score)}  # by whether it was recorded
    sung = _empty(score)
    for line, at, speech, recorded in _speech(score, sources, lines):
        add(sung if line.sung else dry[recorded], speech, at)
    spoken = dry[True] + dry[False]
    voice = spoken + add_rooms(dry[True], score, lambda room: room.recording) + add_rooms(dry[False], score, lambda room: room.voice) + sung
    spans = speaking(spoken)
    music = _music(score, sources, spans)
    heard = _effects(score, sources, camera_at, missing)
    effects = heard + add_rooms(heard, score, lambda room: room.effect)
    ambience = _ambience(score, spans, missing)
    stems = {"voice": voice, "music": music, "effects": effects, "ambience": ambience}
    curve = gain_curve(voice + music + effects + ambience, spoken=bool(spans))[:, None]
    stems = {name: np.asarray(stem * curve, np.float32) for name, stem in stems.items()}
    total = np.sum(list(stems.values()), axis=0, dtype=np.float32)
    return Mix(
        samples=np.asarray(total, np.float32), stems=stems, remarks=tuple(f"There is no sound for {name!r}." for name in dict.fromkeys(missing))
    )


def _empty(score: Score) -> Wave:
    return np.zeros((score.length, 2), np.float32)


def _speech(score: Score, sources: Mapping[str, Wave], lines: Mapping[int, Wave]) -> Iterator[tuple[Line, int, Wave, bool]]:
    """Each line's speech s 2 at its level, the tick that it goes to, and whether it was recorded.

    A line that is already in the music (a song and its singer) is left to it. The lines of one recording share one treatment, so their
    loudness against each other stays as it was spoken.
    """
    polish: dict[str, Wave] = {}
    for index, cue in enumerate(score.cues):
        if not isinstance(cue, Line) or _in_music(cue, score):
            continue
        if cue.source is None:
            if index in lines:
                yield cue, cue.start, _aside(polished(lines[index][: score.length], recorded=False), cue, score), False
            continue
        recording = sources.get(cue.source.sha256)
        if recording is None:
            continue
        key = f"{cue.source.sha256} {cue.sung}"
        if key not in polish:
            polish[key] = to_level(recording, LEVEL) if cue.sung else polished(recording.mean(axis=1, dtype=np.float32), recorded=True)
        before, after = _room_beside(cue, score)
        before = min(before, cue.offset)
        piece = polish[key][cue.offset - before : cue.offset + cue.end - cue.start + after]
        yield cue, cue.start - before, _aside(edges(piece, before, after), cue, score), True


def _in_music(line: Line, score: Score) -> bool:
    return line.source is not None and any(
        isinstance(cue, Music)
        and cue.source is not None
        and cue.source.sha256 == line.source.sha256
        and abs((cue.offset - cue.start) - (line.offset - line.start)) < RATE // 50
        and cue.start <= line.start < cue.end
        for cue in score.cues
    )


def _room_beside(line: Line, score: Score) -> tuple[int, int]:
    """Ticks of the same recording that may be heard before and after a line, to fade in; none where its neighbour goes on without a seam."""
    before, after = RATE // 100, RATE * 6 // 100
    for cue in score.cues:
        if (
            isinstance(cue, Line)
            and cue is not line
            and cue.source is not None
            and line.source is not None
            and cue.source.sha256 == line.source.sha256
        ):
            if abs(cue.end - line.start) < before:
                before = 0
            if 0 <= cue.start - line.end < after:
                after = 0
    return before, after


def _aside(speech: Wave, line: Line, score: Score) -> Wave:
    actor = next((a for a in score.cast if a.name == line.actor), None)
    pan = heard_from(actor.place, line.start, score, None).pan * _VOICE_PAN if actor is not None else 0.0
    return panned(speech, pan)


def _music(score: Score, sources: Mapping[str, Wave], spans: list[tuple[int, int]]) -> Wave:
    out = _empty(score)
    base = MUSIC_WITH_VOICE if spans else MUSIC_ALONE
    for cue in score.cues:
        if not isinstance(cue, Music):
            continue
        length = min(cue.end, score.length) - cue.start
        if length <= 0:
            continue
        if cue.source is None:
            piece = compose(cue, length, score.seed) if cue.style else None
        else:
            recording = sources.get(cue.source.sha256)
            piece = _excerpt(recording, cue.offset, length) if recording is not None else None
        if piece is not None and len(piece):
            add(out, to_level(piece, base + cue.level), cue.start)
    return out * duck(spans, score.length)[:, None] if spans else out


def _excerpt(recording: Wave, offset: int, length: int) -> Wave:
    """A stretch of a recording: a soft entry unless it starts with the recording, a fade of up to 1.2 s where it is cut off."""
    piece = recording[offset : offset + length]
    cut = offset + length < len(recording)
    return edges(piece, RATE // 25 if offset > 0 else 48, min(round(1.2 * RATE), len(piece) // 4) if cut else RATE // 20)


def _effects(score: Score, sources: Mapping[str, Wave], camera_at: CameraAt | None, missing: list[str]) -> Wave:
    out = _empty(score)
    places = {actor.name: actor.place for actor in score.cast}
    for index, cue in enumerate(score.cues):
        random = random_of(score.seed, index, "effect")
        if isinstance(cue, Contact):
            sound, where = made(contact_effect(cue.limb, cue.surface), random, cue.strength), cue.place
            gain, owner = (cue.strength - 0.7) * _STEPS, cue.actor
        elif isinstance(cue, Impact):
            sound, where = made(impact_effect(cue.material), random, cue.energy), cue.place
            gain, owner = (cue.energy - 0.7) * _BLOWS, cue.actor
        elif isinstance(cue, Effect):
            found = _effect(cue, sources, random)
            if found is None:
                missing.append(cue.sound)
                continue
            sound, where, gain, owner = found, cue.place, cue.level, ""
        else:
            continue
        if where == _NOWHERE and owner in places:
            where = places[owner]
        heard = heard_from(where, cue.start, score, camera_at) if where != _NOWHERE or isinstance(cue, Contact | Impact) else HERE
        add(out, _land(sound, heard), cue.start - sound.anchor, db(gain))
    return out


def _effect(cue: Effect, sources: Mapping[str, Wave], random: np.random.Generator) -> Made | None:
    if cue.source is not None:
        recording = sources.get(cue.source.sha256)
        return level_to(recording, -17.0) if recording is not None and len(recording) else None
    effect = effect_named(cue.sound)
    return made(effect, random) if effect is not None else None


def _land(sound: Made, heard: Heard) -> Wave:
    return edges(placed(sound.samples, heard), 0, RATE // 50)


def _ambience(score: Score, spans: list[tuple[int, int]], missing: list[str]) -> Wave:
    out = _empty(score)
    for index, cue in enumerate(score.cues):
        if not isinstance(cue, Ambience):
            continue
        name = air_named(cue.sound)
        if not name:
            missing.append(cue.sound)
            continue
        length = min(cue.end, score.length) - cue.start
        if length <= 0:
            continue
        air = AIRS[name]
        made_air = band(air.make(random_of(score.seed, index, "air"), length / RATE)[:length], low=25.0)
        most = np.float32(_AIR_CREST * max(float(made_air.std()), 1e-9))
        made_air = most * np.tanh(made_air / most)
        fade_in = RATE // 2 if cue.start > 0 else RATE // 8
        fade_out = RATE // 2 if cue.end < score.length else RATE // 4
        add(out, edges(to_level(made_air, air.level + cue.level), fade_in, fade_out), cue.start)
    return out * duck(spans, score.length, -3.0)[:, None] if spans else out
