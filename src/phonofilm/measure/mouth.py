"""A mouth over the frames of a film, read twice: by the landmarks of each frame alone, and by pixels.

The pixels are those of a square under the nose, laid by the eyes and the nose (not by the lips). Read there: how much of the middle of the
mouth is darker than the skin (the open mouth), less red than it (teeth) or brighter (teeth in light), and how the lower lip and the chin move
against the upper lip. Highlights on the lips are bright too: of the three areas only what grows while the lower lip goes down counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import atan2

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from phonofilm.measure.film import Shown
from phonofilm.vision.face import Mesh
from phonofilm.vision.region import Region

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

LEAST_HEIGHT = 30.0  # pixels of a face in which a mouth can be read
_SIDE, _SHARE, _ABOVE = 64, 1.25, 0.04  # the square: its pixels, its side by the eyes' distance, how far down it the nose's base lies
_ROWS, _HALF = slice(9, 38), 7  # where lips can be, and half the width of their middle
_UPPER, _LOWER = slice(3, 13), slice(30, 50)  # rows of the upper lip's skin, and of the lower lip and chin
_MEMORY = 1.0  # seconds over which the movements of the lower lip add up


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One frame: ``opening`` between the inner lips and ``width`` between their corners by landmarks, as shares of the face's height.

    ``inside``: dark, pale and bright area of the mouth's middle in rows of the square; ``moved``: rows by which the lower lip went down
    against the upper one since the frame before, None where that one is not known.
    """

    index: int
    opening: float
    width: float
    inside: tuple[float, float, float]
    moved: float | None


@dataclass(kw_only=True, eq=False)
class Mouth:
    """One person's mouth as long as the face stays where it was: its readings, and where and how large the face was last."""

    readings: list[Reading] = field(default_factory=list[Reading])
    middle: tuple[float, float] = (0.0, 0.0)
    height: float = 1.0
    first_seen: tuple[float, float] = (0.0, 0.0)
    last_index: int = -2
    _grey: U8 | None = None

    def see(self, shown: Shown, mesh: Mesh) -> None:
        """Read this frame."""
        points = mesh.landmarks
        height = float(np.linalg.norm(points[10] - points[152]))
        opening = float(np.linalg.norm(points[13, :2] - points[14, :2])) / height
        width = float(np.linalg.norm(points[61] - points[291])) / height
        square = square_of(points)
        crop = square.cut(shown.rgb, _SIDE)
        column = (points[[61, 291], 0].mean() - square.x) / square.side * _SIDE + _SIDE / 2
        grey = np.asarray(cv2.resize(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), (2 * _SIDE, 2 * _SIDE)), np.uint8)
        moved = _lowered(self._grey, grey) if self._grey is not None and self.last_index == shown.index - 1 else None
        self.readings.append(Reading(index=shown.index, opening=opening, width=width, inside=_inside(crop, float(column)), moved=moved))
        if not self.readings[1:]:
            h, w = shown.y.shape
            self.first_seen = (float(points[1, 0]) / w, float(points[1, 1]) / h)
        self.middle, self.height, self.last_index, self._grey = _middle(mesh), height, shown.index, grey

    def near(self, mesh: Mesh) -> float:
        """Distance to another face by the face's height."""
        (ax, ay), (bx, by) = self.middle, _middle(mesh)
        size = float(np.linalg.norm(mesh.landmarks[10] - mesh.landmarks[152]))
        away = float(np.hypot(ax - bx, ay - by)) / self.height
        return away if 0.7 < size / self.height < 1.4 else 9.0


class Mouths:
    """All the mouths of a film. A face that is not where one was a moment ago (or after a cut) begins a new one."""

    def __init__(self) -> None:
        self.all: list[Mouth] = []

    def see(self, shown: Shown) -> None:
        """Read the mouths of one frame that are large enough and inside the picture."""
        free = [m for m in self.all[-16:] if m.last_index >= shown.index - 5]
        for mesh in shown.faces:
            if not readable(mesh, shown.y.shape):
                continue
            best = min(free, key=lambda m: m.near(mesh), default=None)
            if best is None or best.near(mesh) > 0.35:
                best = Mouth()
                self.all.append(best)
            else:
                free.remove(best)
            best.see(shown, mesh)


def readable(mesh: Mesh, size: tuple[int, ...]) -> bool:
    """Whether a face is large enough and its mouth wholly in the picture."""
    points = mesh.landmarks
    h, w = size[:2]
    lips = points[[0, 17, 61, 291, 13, 14], :2]
    tall = float(np.linalg.norm(points[10, :2] - points[152, :2]))
    return tall >= LEAST_HEIGHT and bool((lips >= 0).all() and (lips[:, 0] < w).all() and (lips[:, 1] < h - 0.06 * tall).all())


def square_of(points: F32) -> Region:
    """The square of the mouth, under the base of the nose; it does not move with the lips."""
    a, b = points[33], points[263]
    span = float(np.linalg.norm(b - a))
    angle = atan2(float(b[1] - a[1]), float(b[0] - a[0]))
    down = (0.5 - _ABOVE) * _SHARE * span
    x, y = float(points[2, 0]) - down * float(np.sin(angle)), float(points[2, 1]) + down * float(np.cos(angle))
    return Region(x=x, y=y, side=_SHARE * span, angle=angle)


def by_pixels(readings: Sequence[Reading], step: int) -> F64:
    """Opening by pixels f64[readings], in standard deviations, without slow swings (``step``: ticks from frame to frame)."""
    if len(readings) < 12:
        return np.full(len(readings), np.nan)
    keep = float(np.exp(-step / 48_000 / _MEMORY))
    lower = np.zeros(len(readings))
    for k in range(1, len(readings)):
        moved = readings[k].moved
        lower[k] = lower[k - 1] * keep + moved if moved is not None else 0.0
    lip = _swing(lower, step)
    areas = [_swing(np.array([r.inside[k] for r in readings]), step) for k in range(3)]
    weights = [max(_r(lip, area), 0.0) if area.std() > 0.05 else 0.0 for area in areas]
    inner = sum((w * _standard(a) for w, a in zip(weights, areas, strict=True)), np.zeros(len(readings)))
    return _standard(_standard(lip) + inner / max(max(weights), 1e-3))


def _inside(crop: U8, column: float) -> tuple[float, float, float]:
    x = crop.astype(np.float32)
    luma = x @ np.array([0.299, 0.587, 0.114], np.float32)
    red = (x[..., 0] - x[..., 1]) / (luma + 8)
    skin = (slice(4, 44), slice(10, 54))
    light, blush = float(np.median(luma[skin])) + 1, float(np.median(red[skin]))
    at = int(np.clip(round(column), _HALF, _SIDE - _HALF))
    middle = (_ROWS, slice(at - _HALF, at + _HALF))
    bright = luma[middle] / light
    dark = np.clip((0.65 - bright) / 0.2, 0, 1)
    pale = np.clip((blush - red[middle]) / 0.12 - 0.15, 0, 1) * np.clip((bright - 0.6) / 0.2, 0, 1)
    lit = np.clip((bright - 1.1) / 0.3, 0, 1)
    return tuple(float(area.sum(0).mean()) for area in (dark, pale, lit))  # type: ignore[return-value]


def _lowered(before: U8, after: U8) -> float:
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    down = np.asarray(engine.calc(before, after, np.zeros((*before.shape, 2), np.float32)), np.float32)[..., 1] / 2
    upper, lower = (slice(2 * rows.start, 2 * rows.stop) for rows in (_UPPER, _LOWER))
    across = slice(44, 84)
    return float(np.median(down[lower, across]) - np.median(down[upper, across]))


def _swing(row: F64, step: int) -> F64:
    return np.asarray(sosfiltfilt(butter(1, 0.5, "high", fs=max(48_000 / step, 2.0), output="sos"), row), np.float64)


def _standard(row: F64) -> F64:
    return (row - row.mean()) / (row.std() + 1e-6)


def _r(a: F64, b: F64) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 1e-9 and b.std() > 1e-9 else 0.0


def _middle(mesh: Mesh) -> tuple[float, float]:
    x0, y0, x1, y1 = mesh.box
    return (x0 + x1) / 2, (y0 + y1) / 2
