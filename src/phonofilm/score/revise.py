"""After a hand edit: lines whose words, voice or recording no longer match their phones are spoken or aligned again."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from phonofilm.perceive.percepts import Percepts, Sound
from phonofilm.phones import Phone
from phonofilm.score.model import Line, Score
from phonofilm.score.mouthing import phones_in
from phonofilm.score.spoken import say


def revise(score: Score, percepts: Percepts) -> Score:
    """The score with its edited lines made anew, each with a remark; an unedited score comes back as it is."""
    cues = list(score.cues)
    remarks = list(score.remarks)
    for k, cue in enumerate(cues):
        if not isinstance(cue, Line):
            continue
        if cue.recipe is not None and (cue.recipe.text != cue.text or inputs_of(cue) != cue.inputs):
            cues[k] = _spoken_again(cue)
            remarks.append(f"The line “{cue.text[:40]}” was edited and is spoken again.")
        elif cue.source is not None and inputs_of(cue) != cue.inputs:
            sounds = {s.source: s for s in percepts.sounds.values()}
            if cue.source.sha256 in sounds:
                cues[k] = _aligned_again(cue, sounds[cue.source.sha256])
                remarks.append(f"The line from {cue.source.name} was edited and is aligned again.")
    if len(remarks) == len(score.remarks):
        return score
    return replace(score, cues=tuple(cues), remarks=tuple(remarks))


def inputs_of(line: Line) -> str:
    """sha256 of what a line's phones come from: its recipe, or its recording, span and words."""
    if line.recipe is not None:
        told = repr(line.recipe).replace(", pitch=1.0, pace=1.0)", ")")  # scores of before these have the hash without them
        return hashlib.sha256(told.encode()).hexdigest()
    assert line.source is not None
    told = f"{line.source.sha256} {line.offset} {line.offset + line.end - line.start} {line.text}"
    return hashlib.sha256(told.encode()).hexdigest()


def _spoken_again(line: Line) -> Line:
    assert line.recipe is not None
    recipe = replace(line.recipe, text=line.text, language=line.language)
    made = say(recipe)
    phones = tuple(Phone(start=p.start + line.start, end=p.end + line.start, ipa=p.ipa, viseme=p.viseme) for p in made.phones)
    new = replace(line, recipe=recipe, phones=phones, end=line.start + len(made.samples))
    return replace(new, inputs=inputs_of(new))


def _aligned_again(line: Line, sound: Sound) -> Line:
    end = line.offset + line.end - line.start
    phones, _ = phones_in(sound, line.offset, end, text=line.text, language=line.language, sung=line.sung)
    moved = tuple(replace(p, start=p.start + line.start, end=p.end + line.start) for p in phones)
    new = replace(line, phones=moved)
    return replace(new, inputs=inputs_of(new))
