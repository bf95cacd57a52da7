"""The sound of a film in numbers: loudness, peaks, clipping, silence, sides, floor, speech against the rest, and whether it is understood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import ReferenceError_
from phonofilm.measure import levels
from phonofilm.measure.film import Asked, Film, Shown
from phonofilm.measure.finding import Event, Finding, Series, Value, held, not_applicable
from phonofilm.measure.hearing import KNOWN, Recogniser, errors
from phonofilm.measure.talk import STEP, SURE, Talk, talk
from phonofilm.media.meter import SILENT, Metered, metered
from phonofilm.media.tracks import tracks
from phonofilm.score.model import Line

F32 = NDArray[np.float32]

_MOST_ABOVE = 60.0  # dB: beyond it nothing else is heard
_ROOM = TICKS_PER_SECOND // 5  # ticks around a line that the recogniser hears too


class Sound:
    """The metric ``sound``."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def see(self, shown: Shown) -> None:
        """It is heard, not seen."""

    def finding(self, film: Film) -> Finding:
        """Everything that the samples tell."""
        if film.heard.sound is None:
            return not_applicable("sound", film.heard.why)
        sound = _unscaled(film, film.heard.sound)
        mono = sound.mean(axis=1, dtype=np.float32)
        meter, said = metered(sound), talk(mono)
        blocks = levels.block_levels(sound)
        spoken, events = _understood([c for c in self.asked.score.cues if isinstance(c, Line)] if self.asked.score else [], mono)
        values = (*_loudness(meter, sound), *_quiet(blocks), *_sides(sound), *_speech(said), *spoken)
        series = (
            Series(name="momentary loudness", unit="LUFS", at=meter.at, values=_heard_only(meter.momentary)),
            Series(name="short-term loudness", unit="LUFS", at=meter.at, values=_heard_only(meter.short_term)),
            Series(
                name="speech", unit="probability", at=tuple(k * STEP + STEP // 2 for k in range(len(said.probability))),
                values=tuple(round(float(p), 3) for p in said.probability),
            ),
        )  # fmt: skip
        return Finding(metric="sound", values=values, series=series, events=events)


def _unscaled(film: Film, sound: F32) -> F32:
    """The sound at the level that the file has it: what goes beyond full scale was turned down in reading."""
    try:
        track = tracks(film.path).sound
    except ReferenceError_:
        return sound
    if track is None or track.channels > 2 or track.peak <= 1.0:
        return sound
    return np.asarray(sound * np.float32(track.peak), np.float32)


def _loudness(meter: Metered, sound: F32) -> tuple[Value, ...]:
    clipped = levels.clipping(sound)
    heard = meter.integrated is not None and meter.integrated > SILENT
    short = "shorter than 0.4 s" if meter.integrated is None else "silent"
    return (
        held("loudness", round(meter.integrated, 2), "LUFS", "loudness") if heard and meter.integrated is not None
        else Value(name="loudness", value=None, unit="LUFS", why=short),
        Value(name="loudness range", value=meter.spread, unit="LU", why="" if meter.spread is not None else "shorter than 3 s"),
        held("true peak", round(meter.true_peak, 2), "dBTP", "true peak"),
        held("clipped share", round(clipped.share, 7), "", "clipped share"),
        Value(name="clipped runs", value=clipped.runs),
    )  # fmt: skip


def _quiet(blocks: F32) -> tuple[Value, ...]:
    silence = levels.silent(blocks)
    _, run = levels.longest(silence)
    lead = int(np.argmin(silence)) if not silence.all() else len(silence)
    return (
        held("silent share", round(float(silence.mean()), 4), "", "silent share"),
        Value(name="longest silence", value=round(run * levels.BLOCK / TICKS_PER_SECOND, 2), unit="s"),
        Value(name="silence at the start", value=round(lead * levels.BLOCK / TICKS_PER_SECOND, 2), unit="s"),
        Value(name="noise floor", value=round(float(np.percentile(blocks, 5)), 1), unit="dBFS"),
    )


def _sides(sound: F32) -> tuple[Value, ...]:
    like = levels.likeness(sound)
    offset = float(np.abs(sound.mean(axis=0, dtype=np.float64)).max())
    return (
        held("constant offset", round(offset, 6), "", "constant offset"),
        Value(name="right louder than left by", value=round(levels.balance(sound), 2), unit="dB"),
        Value(name="likeness of the sides", value=None if like is None else round(like, 3), why="" if like is not None else "a side is silent"),
    )


def _speech(said: Talk) -> tuple[Value, ...]:
    above = said.above if said.above is None else round(min(said.above, _MOST_ABOVE), 1)
    why = "nobody speaks" if not (said.probability >= SURE).any() else "there is no pause to hear the rest in"
    return (
        Value(name="speech share", value=round(said.share, 3)),
        Value(name="speech found by", value=said.by),
        held("speech above the rest by", above, "dB", "speech above the rest", why="" if above is not None else why),
    )


def _understood(lines: list[Line], mono: F32) -> tuple[tuple[Value, ...], tuple[Event, ...]]:
    """The share of the lines' words that are not understood, and what was heard of each."""
    name = "speech not understood"
    if not lines:
        return (Value(name=name, value=None, why="no lines were asked"),), ()
    judged = [line for line in lines if line.language in KNOWN and line.text and not line.sung]
    if not judged:
        return (Value(name=name, value=None, why="no recogniser for its language" if any(n.text for n in lines) else "the lines have no words"),), ()
    if why := Recogniser.missing():
        return (Value(name=name, value=None, why=why),), ()
    recogniser = Recogniser()
    wrong = asked = 0
    events: list[Event] = []
    for line in judged:
        part = mono[max(line.start - _ROOM, 0) : line.end + _ROOM]
        heard = recogniser.heard(part, line.language, figures=any(c.isdigit() for c in line.text)) if len(part) else ""
        missed, units = errors(line.text, heard, line.language)
        wrong, asked = wrong + missed, asked + units
        events.append(Event(name=line.text, kind="understood", at=line.start, text=heard))
    return (held(name, round(wrong / max(asked, 1), 4), "", "speech not understood"), Value(name="lines judged", value=len(judged))), tuple(events)


def _heard_only(loudness: tuple[float, ...]) -> tuple[float | None, ...]:
    return tuple(None if level <= SILENT else level for level in loudness)
