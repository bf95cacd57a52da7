"""A pane: the window of the reference camera through which one layer of a place is drawn, and the layer that results.

The reference camera stands at (0, 1.6, 0) metres and looks along -z. Through it every layer is a picture in tangents of the viewing angle
(X right, Y up, the horizon at Y = 0): a card at ``distance``, the sky at infinity, the ground plane y = 0, whose picture ends at the horizon,
or a wall along the view, the plane x = ``distance``.
Such a picture belongs to its surface, so a camera that moves sees it by one homography: nothing is drawn again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines.stage.sheet import STEP, Drawn, Warped, cover, flat
from phonofilm.engines.stage.world.noise import Floats, dithered
from phonofilm.score.camera import CameraPose

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
EYE = 1.6
Kind = Literal["card", "sky", "ground", "wall"]


@dataclass(frozen=True, kw_only=True)
class Pane:
    """Tangents ``left`` … ``right``, ``bottom`` … ``top``, at ``scale`` pixels for a tangent of 1."""

    left: float
    right: float
    bottom: float
    top: float
    scale: float

    @property
    def width(self) -> int:
        """Pixels across."""
        return max(1, round((self.right - self.left) * self.scale))

    @property
    def height(self) -> int:
        """Pixels down."""
        return max(1, round((self.top - self.bottom) * self.scale))

    def xs(self) -> F32:
        """Tangents f32[1 w] of the pixel columns."""
        return (self.left + (np.arange(self.width, dtype=np.float32) + 0.5) / self.scale)[None, :]

    def ys(self) -> F32:
        """Tangents f32[h 1] of the pixel rows, from the top."""
        return (self.top - (np.arange(self.height, dtype=np.float32) + 0.5) / self.scale)[:, None]

    def canvas(self) -> tuple[U8, Any]:
        """Empty premultiplied RGBA pixels and a canvas whose units are tangents, y up."""
        pixels = np.zeros((self.height, self.width, 4), np.uint8)
        canvas: Any = skia.Canvas(pixels, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)
        canvas.scale(self.scale, -self.scale)
        canvas.translate(-self.left, -self.top)
        return pixels, canvas


@dataclass(frozen=True, kw_only=True, eq=False)
class PlaceLayer:
    """One layer of a place. ``rgba``: u8[h w 4] premultiplied, drawn through ``pane``; its surface is told by ``kind`` and ``distance`` (m).

    ``drift``: metres a second to the right (tangents a second for the sky). ``pulse``: (share, seconds, phase 0…1): its opacity swings by
    ``share`` in ``seconds``. ``glow``: it adds light instead of covering.
    """

    name: str
    kind: Kind
    distance: float
    pane: Pane
    rgba: U8
    drift: float = 0.0
    pulse: tuple[float, float, float] = (0.0, 1.0, 0.0)
    glow: bool = False

    @property
    def width(self) -> float:
        """Metres across, of a card."""
        return (self.pane.right - self.pane.left) * self.distance

    @property
    def x(self) -> float:
        """Metres of a card's middle to the right."""
        return (self.pane.right + self.pane.left) / 2 * self.distance

    @property
    def bottom(self) -> float:
        """Height in metres of a card's lower edge."""
        return EYE + self.pane.bottom * self.distance

    def surface(self, tick: int = 0) -> F64:
        """f64[4 3]: homogeneous pixel (u, v, 1) of ``rgba`` to homogeneous world point, at a tick."""
        p = self.pane
        k = 1.0 / p.scale
        # tangents of a pixel: X = left + (u + .5) k, Y = top - (v + .5) k
        x = np.array([k, 0.0, p.left + 0.5 * k])
        y = np.array([0.0, -k, p.top - 0.5 * k])
        one = np.array([0.0, 0.0, 1.0])
        moved = self.drift * tick / TICKS_PER_SECOND
        if self.kind == "sky":
            return np.stack([x + moved * one, y, -one, 0.0 * one])
        if self.kind == "card":
            d = self.distance
            return np.stack([d * x + moved * one, d * y + EYE * one, -d * one, one])
        if self.kind == "wall":  # the ray (X, Y, -1) meets x = c at c / X; multiplied by |X|
            c = self.distance
            s = 1.0 if c > 0 else -1.0
            return np.stack([abs(c) * x + moved * 0.0 * one, s * (EYE * x + c * y), -abs(c) * one, s * x])
        # the ray (X, Y, -1) meets y = 0 at EYE / -Y; multiplied by -Y
        return np.stack([EYE * x - moved * y, 0.0 * one, -EYE * one, -y])

    def homography(self, camera: CameraPose, tick: int, width: int, height: int) -> F64:
        """f64[3 3]: pixels of ``rgba`` to pixels of a frame (centres at whole numbers)."""
        turn = np.hstack([camera.rotation, -(camera.rotation @ camera.position)[:, None]])
        f = camera.focal_pixels(width, height)
        lens = np.array([[f, 0.0, -(width - 1) / 2], [0.0, -f, -(height - 1) / 2], [0.0, 0.0, -1.0]])
        return lens @ turn @ self.surface(tick)

    def opacity(self, tick: int) -> float:
        """0…1 at a tick."""
        share, period, phase = self.pulse
        return 1.0 - share * (0.5 - 0.5 * math.cos(2 * math.pi * (tick / TICKS_PER_SECOND / period + phase)))

    @cached_property
    def cover(self) -> U8 | None:
        """Where it is full and where it is nothing."""
        return cover(np.ascontiguousarray(self.rgba[..., 3]))

    def draw(self, camera: CameraPose, tick: int, width: int, height: int) -> Drawn | Warped | None:
        """The layer as a camera sees it at a tick, None where it is out of the frame."""
        matrix = self.homography(camera, tick, width, height)
        box = self._box(matrix, width, height)
        if box is None:
            return None
        opaque = self.kind == "sky" and not self.glow
        strength = self.opacity(tick)
        if opaque or (strength >= 0.999 and not self.glow):
            return flat(self.rgba, None if opaque else self.cover, np.linalg.inv(matrix).astype(np.float64), box, opaque=opaque)
        x0, y0, x1, y1 = box
        moved = np.array([[1.0, 0, -x0], [0, 1.0, -y0], [0, 0, 1.0]]) @ matrix
        seen = cv2.warpPerspective(self.rgba, moved, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
        if strength < 0.999:
            seen = cv2.convertScaleAbs(seen, alpha=strength)
        alpha = np.zeros(seen.shape[:2], np.uint8) if self.glow else np.ascontiguousarray(seen[..., 3])
        return Drawn(x0=x0, y0=y0, rgb=cv2.cvtColor(seen, cv2.COLOR_RGBA2RGB), alpha=alpha)  # pyright: ignore[reportArgumentType]

    def _box(self, matrix: F64, width: int, height: int) -> tuple[int, int, int, int] | None:
        """Pixels of the frame that the layer can cover: the frame, cut by the layer's outline where that lies wholly before the camera."""
        h, w = self.rgba.shape[:2]
        corners = matrix @ np.array([[-0.5, w - 0.5, w - 0.5, -0.5], [-0.5, -0.5, h - 0.5, h - 0.5], [1, 1, 1, 1]])
        # homogeneous depth is positive before the camera by construction of ``lens``
        if (corners[2] > 1e-9).all():
            seen = corners[:2] / corners[2]
            low, high = np.floor(seen.min(axis=1)) - 1, np.ceil(seen.max(axis=1)) + 2
            x0, y0, x1, y1 = (
                max(0, int(low[0])) // STEP * STEP,
                max(0, int(low[1])) // STEP * STEP,
                min(width, int(high[0])),
                min(height, int(high[1])),
            )
        elif (corners[2] <= 1e-9).all():
            return None
        else:
            x0, y0, x1, y1 = 0, 0, width, height
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def layered(colour: Floats, alpha: Floats | None = None, seed: int = 0) -> U8:
    """Premultiplied bytes [h w 4] of colours 0…1 f32[h w 3] (not premultiplied) and coverage f32[h w]; dithered."""
    if alpha is None:
        rgb = dithered(colour, seed)
        return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])
    a = np.clip(alpha, 0, 1)
    rgb = dithered(colour * a[..., None], seed)
    cover = (a * 255 + 0.5).astype(np.uint8)
    return np.dstack([np.minimum(rgb, cover[..., None]), cover])
