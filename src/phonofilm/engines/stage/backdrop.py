"""A drawn place as the background of a photograph's subject: filmed by the same camera, out of focus.

What is out of focus holds no fine detail, so the place is drawn and put together at half the film's size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.compositor import compose
from phonofilm.engines.stage.sheet import Drawn
from phonofilm.engines.stage.world.pane import PlaceLayer
from phonofilm.engines.stage.world.place import Place
from phonofilm.score.camera import CameraPose

U8 = NDArray[np.uint8]
#: the place's pixels for one of the film's
SHARE = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Backdrop:
    """The layers of a place, far to near, by how many frame pixels (sigma) they are out of focus, and how far the place lies below the world's
    ground, in metres."""

    layers: tuple[PlaceLayer, ...]
    soft: float
    lift: float = 0.0

    @classmethod
    def of(cls, place: Place, cameras: Sequence[CameraPose], width: int, height: int, soft: float, lift: float = 0.0) -> Backdrop:
        """All that the cameras of a film of that size see of a place."""
        return cls(layers=place.layers([_lifted(camera, lift) for camera in cameras], *_small(width, height)), soft=soft, lift=lift)

    def picture(self, camera: CameraPose, tick: int, width: int, height: int) -> U8:
        """What the camera of a film of that size sees at a tick, u8[h w 3] of the frame's shape at half its size."""
        size = _small(width, height)
        parts = [layer.draw(_lifted(camera, self.lift), tick, *size) for layer in self.layers]
        image = compose([part for part in parts if part is not None], *size)
        return cv2.GaussianBlur(image, (0, 0), max(self.soft * SHARE, 0.3))  # pyright: ignore[reportReturnType]

    def draw(self, camera: CameraPose, tick: int, width: int, height: int) -> Drawn:
        """The same, filling the frame."""
        image = cv2.resize(self.picture(camera, tick, width, height), (width, height), interpolation=cv2.INTER_LINEAR)
        return Drawn(x0=0, y0=0, rgb=image, alpha=None)  # pyright: ignore[reportArgumentType]


def _lifted(camera: CameraPose, by: float) -> CameraPose:
    return replace(camera, position=camera.position + np.array([0.0, by, 0.0]))


def _small(width: int, height: int) -> tuple[int, int]:
    return max(2, round(width * SHARE)), max(2, round(height * SHARE))
