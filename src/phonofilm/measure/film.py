"""A film as it is measured: its frames as they come on screen, its sound on the same clock, and what was asked of it.

Axes: ``h w`` rows and columns as seen, ``s`` samples at 48 kHz, ``f`` frames. Tick 0 is when the first frame comes on screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import ReferenceError_
from phonofilm.measure.embedding import Embed
from phonofilm.media.colour import from_i420
from phonofilm.media.probe import Facts
from phonofilm.media.read import read_sound
from phonofilm.media.stream import decoded_frames
from phonofilm.score.model import Score
from phonofilm.vision.face import FaceFinder, Mesh

SMALL = 480  # longer side of the luma that motion is seen in,
LOOK = 1280  # and of the picture that faces are found in


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the film should be: its score and the pictures of who is in it, by tag; either may be missing. ``embed``: the user's face recogniser."""

    score: Score | None = None
    references: Mapping[str, Path] = field(default_factory=dict[str, Path])
    embed: Embed | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """One decoded frame: the ``index``-th, on screen from tick ``at``. What is made of it is made once."""

    index: int
    at: int
    i420: NDArray[np.uint8]
    finder: FaceFinder

    @property
    def y(self) -> NDArray[np.uint8]:
        """Luma u8[h w], 16…235."""
        return self.i420[: self.i420.shape[0] * 2 // 3]

    @cached_property
    def rgb(self) -> NDArray[np.uint8]:
        """The picture, u8[h w 3]."""
        return from_i420(self.i420)

    @cached_property
    def small(self) -> NDArray[np.uint8]:
        """Luma with a longer side of ``SMALL`` pixels at most."""
        return _scaled(self.y, SMALL)

    @cached_property
    def faces(self) -> list[Mesh]:
        """The faces of this frame alone, largest first, in its pixels; nothing is carried over from other frames."""
        seen = _scaled(self.rgb, LOOK)
        factor = self.y.shape[1] / seen.shape[1]
        found = self.finder.find(seen, thorough=False)
        scale = np.float32(factor)
        return [Mesh(landmarks=m.landmarks * scale, yaw=m.yaw, pitch=m.pitch, roll=m.roll, score=m.score) for m in found]


@dataclass(frozen=True, kw_only=True, eq=False)
class Heard:
    """The sound of a film on its clock, ``f32[s 2]`` at 48 kHz; ``sound`` is None where it has none, and ``why``."""

    sound: NDArray[np.float32] | None
    why: str = ""

    @cached_property
    def mono(self) -> NDArray[np.float32]:
        """Both sides together, f32[s]; nothing where there is no sound."""
        return np.zeros(0, np.float32) if self.sound is None else np.ascontiguousarray(self.sound.mean(axis=1, dtype=np.float32))


@dataclass(frozen=True, kw_only=True, eq=False)
class Film:
    """A film that was looked through once: ``times`` are the ticks at which its frames came on screen, ``size`` their width and height."""

    path: Path
    facts: Facts
    heard: Heard
    asked: Asked
    times: tuple[int, ...]
    size: tuple[int, int]

    @property
    def num_frames(self) -> int:
        """How many frames were decoded."""
        return len(self.times)

    @property
    def step(self) -> int:
        """The usual ticks from one frame to the next."""
        return round(float(np.median(np.diff(self.times)))) if len(self.times) > 1 else TICKS_PER_SECOND // 24

    @property
    def length(self) -> int:
        """Ticks from the first frame to the end of the last."""
        return self.times[-1] + self.step

    def middle(self, index: int) -> int:
        """The instant that a frame stands for: the middle of its time on screen."""
        end = self.times[index + 1] if index + 1 < len(self.times) else self.length
        return (self.times[index] + end) // 2


def frames_of(path: Path) -> Iterator[Shown]:
    """The frames of a film, one after the other. Raises ``ReferenceError_``."""
    finder = FaceFinder()
    for index, frame in enumerate(decoded_frames(path)):
        yield Shown(index=index, at=frame.at, i420=frame.i420, finder=finder)


def sound_of(path: Path, facts: Facts) -> Heard:
    """The sound of a film, or why there is none."""
    if not facts.sound:
        return Heard(sound=None, why="the film has no sound")
    try:
        return Heard(sound=read_sound(path)[0])
    except ReferenceError_ as e:
        return Heard(sound=None, why=f"its sound cannot be read: {e.problem}")


def _scaled(picture: NDArray[Any], longest: int) -> NDArray[np.uint8]:
    h, w = picture.shape[:2]
    factor = longest / max(h, w)
    if factor >= 1:
        return np.ascontiguousarray(picture)
    return np.asarray(cv2.resize(picture, (max(round(w * factor), 1), max(round(h * factor), 1)), interpolation=cv2.INTER_AREA), np.uint8)
