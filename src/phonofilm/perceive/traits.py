"""What a face wears, does and looks like: spectacles, open mouth, a woman or a man, estimated from the pixels between its landmarks."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.percepts import Face
from phonofilm.vision.face import Mesh
from phonofilm.vision.gender import GenderClassifier
from phonofilm.vision.region import Region

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

SIDE = 192  # side of the upright face that is looked at


def face_of(mesh: Mesh, picture: U8) -> Face:
    """A mesh of ``picture`` u8[h w 3] as a face with its traits."""
    marks = mesh.landmarks
    height = float(np.linalg.norm(marks[10] - marks[152]))
    gap = float(np.linalg.norm(marks[13] - marks[14]))
    upright, points = _upright(mesh, picture)
    return Face(
        landmarks=marks,
        box=mesh.box,
        yaw=mesh.yaw,
        pitch=mesh.pitch,
        roll=mesh.roll,
        score=mesh.score,
        mouth_open=gap / height,
        glasses=_glasses(upright, points),
        masculine=_classifier().masculine(picture, marks),
    )


@cache
def _classifier() -> GenderClassifier:
    return GenderClassifier()


def _upright(mesh: Mesh, picture: U8) -> tuple[F32, F32]:
    """The face cut out level, f32[SIDE SIDE 3] in Lab, and the landmarks in it, f32[478 2]."""
    x0, y0, x1, y1 = mesh.box
    region = Region(x=(x0 + x1) / 2, y=(y0 + y1) / 2, side=1.25 * max(x1 - x0, y1 - y0), angle=float(np.radians(mesh.roll)))
    cut = region.cut(picture, SIDE).astype(np.float32) / np.float32(255)
    matrix = np.vstack([region.matrix(SIDE), [0, 0, 1]])
    points = np.linalg.inv(matrix) @ np.concatenate([mesh.landmarks[:, :2], np.ones((len(mesh.landmarks), 1))], 1).T
    return np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGB2LAB), np.float32), points[:2].T.astype(np.float32)


def _glasses(lab: F32, points: F32) -> float:
    """0…1 by the bridge: a frame crosses the bare skin between the eyes as a dark or bright bar. On 21 faces bars were ≥ 19 with and ≤ 16 without."""
    light = lab[..., 0]
    span = float(np.linalg.norm(points[133] - points[362]))
    x, y = (round(float(v)) for v in (points[6] + points[168]) / 2)
    half, d = max(2, round(0.16 * span)), max(2, round(0.12 * span))
    strip = light[max(0, y - round(0.5 * span)) : y + round(0.5 * span), max(0, x - half) : x + half]
    if strip.shape[0] <= 2 * d or strip.shape[1] == 0:
        return 0.0
    rows = strip.mean(1)
    bar = float(np.abs(rows[2 * d :] + rows[: -2 * d] - 2 * rows[d:-d]).max())
    return float(np.clip((bar - 12) / 10, 0, 1))
