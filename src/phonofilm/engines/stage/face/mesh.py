"""The face's own frame: which landmark is what, and the head's axes in the photo.

Landmark numbers are those of the MediaPipe face mesh (468 points, 478 with irises). Image axes: x right, y down, z *away* from the viewer
(as MediaPipe gives it). Head axes: x to the picture's right across the face, y down the face, z out of the face; unit: the face's height.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

UPPER_OUTER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
UPPER_INNER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
LOWER_OUTER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
NOSE_BASE = (2, 97, 98, 326, 327, 129, 358, 164)
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
#: per eye (picture's left, right): upper lid, lower lid from outer-left to right corner, iris, brow (lower edge), brow (upper edge)
EYES = (
    {
        "upper": (33, 246, 161, 160, 159, 158, 157, 173, 133),
        "lower": (33, 7, 163, 144, 145, 153, 154, 155, 133),
        "iris": (468, 469, 470, 471, 472),
        "brow": (46, 53, 52, 65, 55),
        "brow_top": (70, 63, 105, 66, 107),
    },
    {
        "upper": (362, 398, 384, 385, 386, 387, 388, 466, 263),
        "lower": (362, 382, 381, 380, 374, 373, 390, 249, 263),
        "iris": (473, 474, 475, 476, 477),
        "brow": (285, 295, 282, 283, 276),
        "brow_top": (336, 296, 334, 293, 300),
    },
)
CHEEKS = (50, 280, 205, 425, 187, 411, 101, 330)
TOP, CHIN, NOSE_TIP = 10, 152, 4


@dataclass(frozen=True, kw_only=True, eq=False)
class HeadFrame:
    """``origin`` f32[3] is between the mouth's corners, ``axes`` f32[3 3] has the head's x y z as rows in image axes, ``height`` is pixels a unit."""

    origin: Floats
    axes: Floats
    height: float

    def to_head(self, points: Floats) -> Floats:
        """Image points f32[n 3] to head coordinates."""
        return ((points - self.origin) @ self.axes.T / self.height).astype(np.float32)

    def to_image(self, points: Floats) -> Floats:
        """Head coordinates f32[n 3] to image points."""
        return (points @ self.axes * self.height + self.origin).astype(np.float32)

    def plane(self, points_xy: Floats) -> Floats:
        """Photo points f32[n 2] to the head coordinates x y of the face plane seen there (z = 0)."""
        basis = self.axes[:2, :2] * self.height
        return ((points_xy - self.origin[:2]) @ np.linalg.inv(basis)).astype(np.float32)

    def seen(self, points: Floats) -> Floats:
        """Where head points f32[n 3] are seen in plane coordinates f32[n 2]."""
        return self.plane(self.to_image(points)[:, :2])

    def project(self, vectors: Floats) -> Floats:
        """Head vectors f32[n 3] as photo displacements f32[n 2], pixels."""
        return (vectors @ self.axes[:, :2] * self.height).astype(np.float32)


def _unit(v: Floats) -> Floats:
    return v / max(float(np.linalg.norm(v)), 1e-9)


def head_frame(landmarks: Floats) -> HeadFrame:
    """The head's axes from the landmarks: x along pairs that mirror each other, y down the middle, z out of the face."""
    p = landmarks[:468].astype(np.float32)
    across = np.sum([_unit(p[b] - p[a]) for a, b in ((33, 263), (61, 291), (234, 454), (127, 356), (50, 280), (172, 397))], axis=0)
    x = _unit(across.astype(np.float32))
    down = p[CHIN] - p[TOP]
    y = _unit(down - np.dot(down, x) * x)
    z = -np.cross(x, y)
    height = float(np.linalg.norm(down))
    origin = (p[61] + p[291]) / 2
    return HeadFrame(origin=origin.astype(np.float32), axes=np.stack([x, y, z]).astype(np.float32), height=height)
