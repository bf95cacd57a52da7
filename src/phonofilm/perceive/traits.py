"""What a face wears and does: spectacles, beard, open mouth, estimated from the pixels between its landmarks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.percepts import Face
from phonofilm.vision.face import Mesh
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
        beard=_beard(upright, points),
    )


def _upright(mesh: Mesh, picture: U8) -> tuple[F32, F32]:
    """The face cut out level, f32[SIDE SIDE 3] in Lab, and the landmarks in it, f32[478 2]."""
    x0, y0, x1, y1 = mesh.box
    region = Region(x=(x0 + x1) / 2, y=(y0 + y1) / 2, side=1.25 * max(x1 - x0, y1 - y0), angle=float(np.radians(mesh.roll)))
    cut = region.cut(picture, SIDE).astype(np.float32) / np.float32(255)
    matrix = np.vstack([region.matrix(SIDE), [0, 0, 1]])
    points = np.linalg.inv(matrix) @ np.concatenate([mesh.landmarks[:, :2], np.ones((len(mesh.landmarks), 1))], 1).T
    return np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGB2LAB), np.float32), points[:2].T.astype(np.float32)


def _patch(lab: F32, points: F32, marks: tuple[int, ...]) -> F32:
    """The pixels f32[n 3] inside a polygon of landmarks."""
    mask = np.zeros(lab.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(points[list(marks)]).astype(np.int32)], 1)
    return lab[mask > 0]


def _glasses(lab: F32, points: F32) -> float:
    """0…1 by the bridge: a frame crosses the bare skin between the eyes as a dark or bright bar, and passes under the eyes."""
    light = lab[..., 0]
    a, b = points[133], points[362]
    span = float(np.linalg.norm(b - a))
    middle = (points[6] + points[168]) / 2
    half = max(2, round(0.16 * span))
    x, y = round(float(middle[0])), round(float(middle[1]))
    strip = light[max(0, y - round(0.5 * span)) : y + round(0.5 * span), max(0, x - half) : x + half]
    if strip.size == 0:
        return 0.0
    rows = strip.mean(1)
    smooth = np.asarray(cv2.GaussianBlur(rows[:, None].astype(np.float32), (0, 0), max(1.0, 0.16 * span)))[:, 0]
    bridge = float(np.abs(rows - smooth).max())
    under: list[float] = []
    for eye, cheek in ((145, 50), (374, 280)):
        line = np.linspace(points[eye], points[eye] + 0.75 * (points[cheek] - points[eye]), 40)
        values = light[np.clip(np.round(line[:, 1]).astype(int), 0, SIDE - 1), np.clip(np.round(line[:, 0]).astype(int), 0, SIDE - 1)]
        second = values[:-8] + values[8:] - 2 * values[4:-4]
        under.append(float(np.abs(second[4:]).max()))
    evidence = 0.6 * bridge / 8 + 0.4 * min(under) / 14
    return float(np.clip((evidence - 0.6) / 0.8, 0, 1))


def _beard(lab: F32, points: F32) -> float:
    """0…1 by chin and upper lip against the cheeks: darker, less red and rougher skin."""
    cheeks = np.concatenate([_patch(lab, points, (116, 117, 118, 101, 205, 187, 123)), _patch(lab, points, (345, 346, 347, 330, 425, 411, 352))])
    chin = _patch(lab, points, (83, 18, 313, 406, 335, 273, 422, 430, 394, 379, 400, 377, 152, 148, 176, 150, 169, 210, 202, 43, 106, 182))
    lip = _patch(lab, points, (164, 167, 165, 92, 186, 57, 185, 40, 39, 37, 0, 267, 269, 270, 409, 287, 410, 322, 391, 393))
    if min(len(cheeks), len(chin), len(lip)) < 20:
        return 0.0
    skin, below = np.median(cheeks, axis=0), np.median(chin, axis=0)
    darker = (skin[0] - below[0]) / max(float(skin[0]), 20.0)
    moustache = (skin[0] - float(np.median(lip[:, 0]))) / max(float(skin[0]), 20.0)
    rough = float(np.std(chin[:, 0])) / (float(np.std(cheeks[:, 0])) + 2.0)
    return float(np.clip((1.6 * darker + 0.8 * moustache + 0.12 * (rough - 1) - 0.22) / 0.4, 0, 1))
