"""A turned square of a picture: cutting it out at a model's size, and bringing the model's points back.

Points are pixel indices of the picture: the middle of its first pixel is (0, 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Region:
    """A square with middle (x, y) and a ``side`` in pixels, turned clockwise on the screen by ``angle`` radians."""

    x: float
    y: float
    side: float
    angle: float = 0.0

    def matrix(self, size: int) -> NDArray[np.float64]:
        """2x3: from pixel indices of the cut-out (``size`` square) to pixel indices of the picture."""
        scale = self.side / size
        c, s = cos(self.angle) * scale, sin(self.angle) * scale
        half = size / 2 - 0.5
        return np.array([[c, -s, self.x - c * half + s * half], [s, c, self.y - s * half - c * half]])

    def cut(self, picture: U8, size: int) -> U8:
        """The square as u8[size size 3], black where it leaves the picture, averaged where it is made smaller."""
        matrix = self.matrix(size)
        shrink = self.side / size
        if shrink > 1.5:
            corners = self.place(np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float32), size)
            x0, y0 = np.maximum(np.floor(corners.min(0)).astype(int) - 2, 0)
            x1, y1 = np.ceil(corners.max(0)).astype(int) + 3
            part = picture[y0:y1, x0:x1]
            if part.size == 0:
                return np.zeros((size, size, 3), np.uint8)
            h, w = part.shape[:2]
            small = (max(1, round(w / shrink)), max(1, round(h / shrink)))
            picture = np.asarray(cv2.resize(part, small, interpolation=cv2.INTER_AREA), np.uint8)
            fx, fy = small[0] / w, small[1] / h
            to_small = np.array([[fx, 0, (0.5 - x0) * fx - 0.5], [0, fy, (0.5 - y0) * fy - 0.5], [0, 0, 1]])
            matrix = (to_small @ np.vstack([matrix, [0, 0, 1]]))[:2]
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(picture, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_CONSTANT), np.uint8)

    def place(self, points: F32, size: int) -> F32:
        """Points f32[n 2] of the cut-out, measured from its top left corner, as pixel indices of the picture."""
        scale = self.side / size
        p = (points.astype(np.float64) - size / 2) * scale
        c, s = cos(self.angle), sin(self.angle)
        return np.stack([self.x + c * p[:, 0] - s * p[:, 1], self.y + s * p[:, 0] + c * p[:, 1]], 1).astype(np.float32)


def whole(height: int, width: int, *, room: float = 1.0, angle: float = 0.0) -> Region:
    """The square that holds a whole picture, ``room`` times as large."""
    return Region(x=width / 2 - 0.5, y=height / 2 - 0.5, side=max(height, width) * room, angle=angle)
