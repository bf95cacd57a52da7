"""Lines that are to sound like a recording: which voice speaks them, and what of that recording it cannot have."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.perceive.percepts import Sound
from phonofilm.prompt.script import SpokenLine
from phonofilm.score.draft import Draft
from phonofilm.score.speech import character
from phonofilm.voice import speak
from phonofilm.voice.timbre import MOST_PITCH, Likeness, Traits, likest, traits_of

#: how much of a recording is listened to
_HEARD = 15 * TICKS_PER_SECOND
#: a difference of pitch that nobody hears, as a share
_SAME = 0.02
#: kinds of recording in which a voice is alone enough to be told
_VOICES = ("speech", "singing")
#: words for the age of a speaker, as they stand before a line
AGES = {
    "child": r"\b(?:child|kid|toddler|little (?:boy|girl)|niñ[oa]|enfant|kind|petite? (?:fille|garçon))\b|孩|小朋友|子供|子ども|아이|어린이",
    "old": r"\b(?:old|elderly|aged|grand(?:mother|father|ma|pa)|ancian[oa]|viej[oa]|abuel[oa]|vieil(?:le)?|vieux|grand-(?:mère|père)|alte[rn]?)\b"
    r"|\b(?:oma|opa)\b|老人|老爷|老奶|爷爷|奶奶|おじいさん|おばあさん|老婆|할머니|할아버지|노인",
}


def likened(draft: Draft) -> dict[int, Likeness]:
    """For the lines that are to be spoken like a recording, by their number: the nearest voice of their language, with what brings it nearer.

    The gender and age that the words give a speaker go before those of the recording.
    """
    traits = {tag: found for tag in draft.tagged("timbre") if (found := _heard(draft, tag)) is not None}
    chosen: dict[int, Likeness] = {}
    for k, line in enumerate(draft.script.lines):
        tag = _meant(draft, line, traits)
        if tag is None:
            continue
        who = character(line, draft.script)
        like = likest(traits[tag], line.language, gender=who.get("gender", ""), age=_age(line, draft.script.prompt))
        if like is not None:
            chosen[k], hertz = _tuned(like, line, traits[tag], draft.request.seed)
            draft.remarks.append(_told(tag, traits[tag], chosen[k], hertz))
    return chosen


def _heard(draft: Draft, tag: str) -> Traits | None:
    sound = draft.sound(tag)
    if sound is None:
        return None
    found = traits_of(_voice(sound)) if sound.kind in _VOICES else None
    if found is None:
        why = "too little of it is a voice" if sound.kind in _VOICES else f"it is {sound.kind}, not a voice"
        draft.remarks.append(f"@{tag}: no voice can be likened to it ({why}); lines have their usual voice.")
    return found


def _voice(sound: Sound) -> NDArray[np.float32]:
    """The voice of a recording alone, its pauses left out, f32[s] mono."""
    mono = sound.voice if sound.voice is not None else sound.samples.mean(axis=1, dtype=np.float32)
    parts = [mono[start:end] for start, end in sound.speech] or [mono]
    return np.concatenate(parts)[:_HEARD]


def _meant(draft: Draft, line: SpokenLine, traits: dict[str, Traits]) -> str | None:
    """The recording that is named nearest to a line, in its own shot if there is one; the first where none is named."""
    named = [m for m in draft.script.mentions if m.tag in traits]
    own = [m for m in named if m.shot == line.shot] or named
    if not own:
        return next(iter(traits), None)
    return min(own, key=lambda m: min(abs(m.span[0] - line.span[1]), abs(line.span[0] - m.span[1]))).tag


def _age(line: SpokenLine, prompt: str) -> str:
    """The age that the words before a line give its speaker; empty where they give none."""
    before = re.split(r"[.!?。！？\n]", prompt[max(0, line.span[0] - 60) : line.span[0]])[-1].lower()
    return next((age for age, words in AGES.items() if re.search(words, before)), "")


def _tuned(like: Likeness, line: SpokenLine, wanted: Traits, seed: int) -> tuple[Likeness, float]:
    """The same voice with the pitch that this very line needs (every text has its own melody), and its pitch then in Hz (0: not told)."""
    spoken = traits_of(speak(line.text, line.language, voice=like.voice.name, seed=seed, pitch=like.pitch, pace=like.pace).samples)
    if spoken is None:
        return like, 0.0
    pitch = min(max(like.pitch * wanted.pitch / spoken.pitch, 1 / MOST_PITCH), MOST_PITCH)
    if abs(pitch / like.pitch - 1) < _SAME:
        return like, spoken.pitch
    return replace(like, pitch=round(pitch, 3)), spoken.pitch * pitch / like.pitch


def _told(tag: str, like: Traits, found: Likeness, hertz: float) -> str:
    moved = f", its pitch moved by {found.pitch - 1:+.0%}" if abs(found.pitch - 1) >= 0.01 else ""
    now = f"{hertz:.0f} Hz; " if hertz else ""
    return (
        f"@{tag}: the line has the nearest of {found.among} voices, {found.voice.name}{moved} ({now}the recording {like.pitch:.0f} Hz). "
        "It is like that voice, not a copy of it."
    )
