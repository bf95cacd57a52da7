"""How like a face of a film is to the one of a picture: by its shape and by its look. Not a face recogniser: it tells whether a film shows the
face of that very picture, not whether two photographs of different days show one person.

Shape: landmarks that expressions hardly move (eyes' corners, nose, cheekbones, temples, brow bone), turned and scaled onto each other in
space. Look: the part of the face above the mouth, taken from both pictures along the mesh as if seen from the front, cleared of the light's
slow changes, correlated. Axes: ``n`` landmarks, ``r c`` rows and columns of the look.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from phonofilm.vision.face import head_axes

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

MOST_TURNED = 30.0  # degrees between the two heads, beyond which their looks are not compared
_SIZE = (72, 96)
_TOP, _BOTTOM, _SIDE = -0.42, 0.78, 0.8  # the look's edges, in distances between the outer corners of the eyes, from their middle
_DEPTH = 0.3  # the mesh's depth is a guess: it counts by this much
_FIRM = (
    33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 234, 454, 127, 356, 93, 323, 21, 251, 54, 284, 10, 109, 338, 67, 297,
    151, 9, 8, 116, 345, 50, 280, 101, 330,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Likeness:
    """``look``: 1 less the correlation of the two looks, 0 for the same; None where the heads are turned too differently or too little is seen.

    ``shape``: root mean square distance of the landmarks, in units of their own spread.
    """

    look: float | None
    shape: float


class Model:
    """A face that others are compared with: its luma u8[h w] and its landmarks f32[n 3] there."""

    def __init__(self, luma: U8, landmarks: F32) -> None:
        facing = _facing(landmarks)
        self._firm = _firm(landmarks)
        self._yaw, self._pitch = _turn(landmarks)
        flat = facing[:, :2]
        span = float(np.linalg.norm(flat[263] - flat[33]))
        flat = (flat - (flat[33] + flat[263]) / 2) / span
        rows, columns = _SIZE
        x, y = np.meshgrid(np.linspace(-_SIDE, _SIDE, columns), np.linspace(_TOP, _BOTTOM, rows))
        near = np.flatnonzero((flat[:, 1] < 0.95) & (flat[:, 1] > -0.75))
        mesh = Delaunay(flat[near])
        points = np.stack([x.ravel(), y.ravel()], 1)
        found = mesh.find_simplex(points)
        two = np.einsum("nij,nj->ni", mesh.transform[found, :2], points - mesh.transform[found, 2])
        self._shares = np.concatenate([two, 1 - two.sum(1, keepdims=True)], 1)
        self._corners = near[mesh.simplices[found]]
        mouth = (y > 0.6) & (np.abs(x) < 0.42)
        self._area = (found >= 0).reshape(_SIZE) & ~mouth
        self._look, self._seen = self._taken(luma, landmarks)

    def compare(self, luma: U8, landmarks: F32) -> Likeness:
        """Another face, in its own picture."""
        yaw, pitch = _turn(landmarks)
        shape = _apart(self._firm, _firm(landmarks))
        if abs(yaw - self._yaw) > MOST_TURNED or abs(pitch - self._pitch) > MOST_TURNED:
            return Likeness(look=None, shape=shape)
        look, seen = self._taken(luma, landmarks)
        both = self._seen & seen
        if both.sum() < 0.5 * self._area.sum():
            return Likeness(look=None, shape=shape)
        u, v = self._look[both] - self._look[both].mean(), look[both] - look[both].mean()
        size = float(np.sqrt((u @ u) * (v @ v)))
        return Likeness(look=1.0 - float(u @ v) / size if size > 1e-6 else None, shape=shape)

    def _taken(self, luma: U8, landmarks: F32) -> tuple[F32, NDArray[np.bool_]]:
        """The look r c of a face, and where it is inside its picture."""
        xy = (landmarks[self._corners, :2] * self._shares[..., None]).sum(1).reshape(*_SIZE, 2)
        h, w = luma.shape
        seen = self._area & (xy >= 0).all(-1) & (xy[..., 0] <= w - 1) & (xy[..., 1] <= h - 1)
        (x0, y0), (x1, y1) = np.floor(xy.reshape(-1, 2).min(0)), np.ceil(xy.reshape(-1, 2).max(0))
        left, top = int(np.clip(x0 - 2, 0, w - 1)), int(np.clip(y0 - 2, 0, h - 1))
        part = luma[top : int(np.clip(y1 + 3, top + 1, h)), left : int(np.clip(x1 + 3, left + 1, w))]
        at = xy - np.array([left, top])
        scale = _SIZE[1] / (2 * _SIDE) / max(float(np.linalg.norm(landmarks[263] - landmarks[33])), 1.0)
        if scale < 0.8:
            small = (max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1))
            factor = np.array([small[0] / part.shape[1], small[1] / part.shape[0]])
            part, at = cv2.resize(part, small, interpolation=cv2.INTER_AREA), (at + 0.5) * factor - 0.5
        where = at.astype(np.float32)
        taken = cv2.remap(part, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
        return _evened(taken, seen), seen


def _evened(look: F32, seen: NDArray[np.bool_]) -> F32:
    """Without noise and without the light's slow changes, of even contrast."""
    weight = seen.astype(np.float32)

    def share(sigma: float) -> F32:
        return np.maximum(np.asarray(cv2.GaussianBlur(weight, (0, 0), sigma), np.float32), np.float32(1e-3))

    def blurred(row: F32, sigma: float) -> F32:
        return np.asarray(cv2.GaussianBlur(row * weight, (0, 0), sigma), np.float32) / share(sigma)

    fine = blurred(look, 1.5)
    off = np.asarray(fine - blurred(fine, 9), np.float32)
    spread = np.sqrt(blurred(np.asarray(off * off, np.float32), 9))
    return np.asarray(off / (spread + 2), np.float32)


def _facing(landmarks: F32) -> F64:
    return landmarks[:468].astype(np.float64) @ head_axes(landmarks).T


def _turn(landmarks: F32) -> tuple[float, float]:
    z = head_axes(landmarks)[2]
    return float(np.degrees(np.arctan2(-z[0], z[2]))), float(np.degrees(np.arctan2(z[1], np.hypot(z[0], z[2]))))


def _firm(landmarks: F32) -> F64:
    p = landmarks[list(_FIRM)].astype(np.float64)
    p = p - p.mean(0)
    return p / np.sqrt((p**2).sum() / len(p))


def _apart(a: F64, b: F64) -> float:
    """Distance after the best turn and scale (Kabsch, 1976)."""
    u, _, vt = np.linalg.svd(b.T @ a)
    turn = u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))]) @ vt
    turned = b @ turn
    off = (a - turned * float((a * turned).sum() / (turned * turned).sum())) * np.array([1.0, 1.0, _DEPTH])
    return float(np.sqrt((off**2).sum(1).mean()))
