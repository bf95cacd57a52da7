"""What a score is played with: the prepared files that it names by sha256, and the sounds that it describes by recipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from phonofilm.errors import MissingMaterial
from phonofilm.perceive.later import Later
from phonofilm.perceive.percepts import Clip, Percepts, Picture, Sound
from phonofilm.score.model import Effect, Line, Logo, Music, Recipe, Score, Source
from phonofilm.score.spoken import say


@dataclass(frozen=True, kw_only=True, eq=False)
class Materials:
    """Prepared pictures, sounds and clips by sha256, and spoken lines (f32[s], mono, 48 kHz) by recipe. ``later``, ``copies``: pictures and clips
    that are still to be finished."""

    pictures: Mapping[str, Picture]
    sounds: Mapping[str, Sound]
    clips: Mapping[str, Clip]
    spoken: dict[Recipe, NDArray[np.float32]] = field(default_factory=dict[Recipe, NDArray[np.float32]])
    later: Mapping[str, Later[Picture]] = field(default_factory=dict[str, Later[Picture]])
    copies: Mapping[str, Later[Clip]] = field(default_factory=dict[str, Later[Clip]])

    @classmethod
    def of(cls, percepts: Percepts) -> Materials:
        """The materials of perceived references."""
        return cls(
            pictures={p.source: p for p in percepts.pictures.values()},
            sounds={s.source: s for s in percepts.sounds.values()} | {c.source: c.sound for c in percepts.clips.values() if c.sound},
            clips={c.source: c for c in percepts.clips.values()},
            later=percepts.later,
            copies=percepts.copies,
        )

    def picture(self, source: Source) -> Picture:
        """A picture, as soon as it is finished. Raises MissingMaterial where it was not given."""
        if source.sha256 not in self.pictures:
            raise MissingMaterial(source.name, source.sha256)
        return self.later[source.sha256].result() if source.sha256 in self.later else self.pictures[source.sha256]

    def begin(self) -> None:
        """Begin to finish all that is still to be finished."""
        for part in (*self.later.values(), *self.copies.values()):
            part.begin()

    def drop(self) -> None:
        """Leave pictures and clips unfinished that nobody has begun to finish."""
        for part in (*self.later.values(), *self.copies.values()):
            part.cancel()

    def sound(self, source: Source) -> Sound:
        """Raises MissingMaterial where the recording (or the clip's own sound) was not given."""
        if source.sha256 not in self.sounds:
            raise MissingMaterial(source.name, source.sha256)
        return self.sounds[source.sha256]

    def clip(self, source: Source) -> Clip:
        """A clip, as soon as its copy is written. Raises MissingMaterial where it was not given."""
        if source.sha256 not in self.clips:
            raise MissingMaterial(source.name, source.sha256)
        return self.copies[source.sha256].result() if source.sha256 in self.copies else self.clips[source.sha256]

    def line(self, line: Line) -> NDArray[np.float32]:
        """The speech of a line, f32[s] mono: its recording from ``offset``, else its recipe spoken."""
        if line.source is not None:
            samples = self.sound(line.source).samples
            return samples[line.offset : line.offset + line.end - line.start].mean(axis=1)
        assert line.recipe is not None
        recipe = line.recipe
        if recipe not in self.spoken:
            self.spoken[recipe] = say(recipe).samples
        return self.spoken[recipe]


def sources(score: Score) -> Iterator[Source]:
    """Every file that a score names, each once."""
    seen: set[str] = set()
    settings = [shot.setting for shot in score.shots]
    named = [score.style, *(s.source for s in settings), *(s.behind for s in settings), *(actor.source for actor in score.cast)]
    named += [cue.source for cue in score.cues if isinstance(cue, Line | Music | Effect | Logo)]
    for source in named:
        if source is not None and source.sha256 not in seen:
            seen.add(source.sha256)
            yield source
