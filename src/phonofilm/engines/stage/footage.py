"""A clip as a shot: its frames read in order, shown as a plane that fills the frame wherever the camera of the shot looks.

Alone, or far behind the subject of a photo.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_FRAME, frame_at
from phonofilm.engines.stage.compositor import compose
from phonofilm.engines.stage.scene import Scene, cameras_of, unsharpness
from phonofilm.engines.stage.sheet import Sheet, joined, look
from phonofilm.media.read import read_frames
from phonofilm.perceive.percepts import Clip
from phonofilm.score.camera import camera_at
from phonofilm.score.materials import Materials
from phonofilm.score.model import Score, Shot
from phonofilm.vision.flow import between

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]
DEPTH = 4.0


@dataclass(kw_only=True, eq=False)
class Footage:
    """A clip under a shot; frames are read once, in order. One that is slowed shows the motion between its frames.

    ``before``: what stands before it; it is then as unsharp, ``soft`` pixels of the frame, as what is so far behind.
    """

    shot: Shot
    clip: Clip
    size: tuple[int, int]
    corners: F64
    before: Scene | None = None
    soft: float = 0.0
    source: Iterator[U8] | None = None
    kept: dict[int, U8] = field(default_factory=dict[int, U8])
    at: int = -1

    @classmethod
    def of(cls, score: Score, shot: Shot, materials: Materials, before: Scene | None = None) -> Footage:
        """Raises MissingMaterial where the clip was not given."""
        setting = shot.setting
        source, depth = (setting.source, DEPTH) if before is None else (setting.behind, setting.far)
        assert source is not None
        clip = materials.clip(source)
        edge = np.array([[0, 0], [score.width, 0], [score.width, score.height], [0, score.height]], np.float64)
        hits: list[F64] = []
        for camera in cameras_of(shot):
            rays = camera.rays(edge, score.width, score.height)
            reach = (-depth - camera.position[2]) / np.minimum(rays[:, 2], -1e-3)
            hits.append((camera.position + rays * reach[:, None])[:, :2])
        every = np.concatenate(hits)
        low, high = every.min(axis=0), every.max(axis=0)
        middle, half = (low + high) / 2, (high - low) / 2
        aspect = clip.width / clip.height
        wide = max(half[0], half[1] * aspect)
        tall = wide / aspect
        x, y = middle
        corners = np.array([[x - wide, y + tall, -depth], [x + wide, y + tall, -depth], [x + wide, y - tall, -depth], [x - wide, y - tall, -depth]])
        scale = min(1.0, score.width * 1.3 / clip.width, score.height * 1.3 / clip.height) if clip.width > score.width else 1.0
        size = (max(2, round(clip.width * scale / 2) * 2), max(2, round(clip.height * scale / 2) * 2))
        soft = 0.0 if before is None else unsharpness(setting, score.width, score.height)
        return cls(shot=shot, clip=clip, size=size, corners=corners, before=before, soft=soft)

    def read(self, frame: int) -> U8:
        """The clip's picture for a frame of the film; a clip that is over begins again."""
        num = max(frame_at(self.clip.length), 1)
        place = (frame_at(self.shot.setting.start) + (frame - frame_at(self.shot.start)) * self.shot.setting.rate) % num
        first = min(int(place + 1e-6), num - 1)
        share = place - first
        before = self._frame(first)
        cut = any(frame_at(c) == first + 1 for c in self.clip.cuts)
        if share < 0.02 or first + 1 >= num or cut:
            return before
        return between(before, self._frame(first + 1), share)

    def _frame(self, wanted: int) -> U8:
        """A frame of the clip by its number; the two read last are kept."""
        if wanted in self.kept:
            return self.kept[wanted]
        if self.source is None or wanted != self.at + 1:
            count = max(frame_at(self.clip.length), 1) - wanted
            self.source = iter(read_frames(self.clip.path, wanted * TICKS_PER_FRAME, count, self.size))
        last = self.kept.get(self.at, np.zeros((2, 2, 3), np.uint8))
        self.kept = {k: p for k, p in self.kept.items() if k == wanted - 1} | {wanted: next(self.source, last)}
        self.at = wanted
        return self.kept[wanted]

    def draw(self, image: U8, tick: int, width: int, height: int) -> U8:
        """The clip's frame under the shot's camera, and what stands before it."""
        if self.soft:
            image = cv2.GaussianBlur(image, (0, 0), self.soft * image.shape[1] / width)  # pyright: ignore[reportAssignmentType]
        seen = look(joined(Sheet(texture=image, alpha=None, corners=self.corners)), camera_at(self.shot.camera, tick), width, height)
        front = [] if self.before is None else self.before.parts(tick, width, height)
        return compose([*([] if seen is None else [seen]), *front], width, height)
