"""The phones of a recording's span: of speech as they are heard, of singing by its words, else by its syllables."""

from __future__ import annotations

from phonofilm.perceive.percepts import Sound
from phonofilm.phones import Phone
from phonofilm.voice import align, align_sung


def phones_in(sound: Sound, offset: int, end: int, *, text: str = "", language: str = "", sung: bool = False) -> tuple[tuple[Phone, ...], str]:
    """Phones that tile [offset, end) of a recording, from its own tick 0, and what is to be said of them ("" where nothing is).

    ``text`` are the recording's words, if they are known.
    """
    part = sound.samples[offset:end]
    if not sung:
        return align(part, transcript=text or None, language=language or None), ""
    mono = part.mean(axis=1)
    if sound.voice is not None:
        drawn = sound.voice[offset:end]
        mono = mono * 0
        mono[: len(drawn)] = drawn
    spans = tuple((max(0, a - offset), min(end, b) - offset) for a, b in sound.speech if a < end and b > offset)
    if text:
        return align(mono, transcript=text, language=language or None, speech=spans), ""
    made = align_sung(mono, spans)
    if not made.syllables:
        return made.phones, "nobody was heard singing in the part that is used; the mouth stays closed"
    return made.phones, (
        f"it is mouthed by syllables: {made.syllables} were heard, {made.known} of them with a vowel that is sure. "
        "With its words (--transcript) the mouth says them"
    )
