"""Faces: where they are, their 478 landmarks, and which way the head looks. MediaPipe's models, run directly.

The landmark order is MediaPipe's face mesh: 468 points of the face, then the irises, 468…472 of the eye on the picture's left
(the person's right) and 473…477 of the other: middle, then four points of the rim.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import atan2, degrees, hypot, radians

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.vision.anchors import Found, Grid, centres, decode, merge, overlap
from phonofilm.vision.region import Region, whole
from phonofilm.vision.tensors import Network, sigmoid

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

_LEAST_LOGIT, _LEAST_TURNED = 6.0, 12.0  # of the mesh model; on 60 real faces it gave at least 14, elsewhere at most 10
_EYES = ((33, 133), (362, 263))

# The 71 points that the iris model returns for an eye, as mesh indices of the eye on the picture's left. Only its lids are taken over.
_LID = (33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173)
_OTHER_LID = (263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398)


@dataclass(frozen=True, kw_only=True, eq=False)
class Mesh:
    """One face: ``landmarks`` f32[478 3] in pixels of the picture (z in the same unit, smaller is nearer), ``score`` 0…1.

    ``yaw`` is positive where the face looks to the picture's right, ``pitch`` up, ``roll`` clockwise on the screen; degrees.
    """

    landmarks: F32
    yaw: float
    pitch: float
    roll: float
    score: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x0 y0 x1 y1 around the landmarks."""
        low, high = self.landmarks[:468, :2].min(0), self.landmarks[:468, :2].max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


class FaceFinder:
    """The face models, loaded once for many pictures."""

    def __init__(self) -> None:
        self._far, self._near = Network("face_detection"), Network("face_detection_near")
        self._mesh, self._iris = Network("face_landmark"), Network("iris_landmark")
        self._far_anchors = centres((Grid(cells=48, anchors=1),))
        self._near_anchors = centres((Grid(cells=16, anchors=2), Grid(cells=8, anchors=6)))

    def find(self, picture: U8, *, thorough: bool = True) -> list[Mesh]:
        """The faces of a picture u8[h w 3], largest first. ``thorough`` also looks for small, cropped and turned ones (stills)."""
        turns = (0, 180, 90, -90) if thorough else (0,)
        found = [self._best(picture, region, turns) for region in self._regions(picture, thorough)]
        best_first = sorted((f for f in found if f is not None), key=lambda f: -f[0])
        meshes = [self._finish(picture, f) for f in best_first]
        single: list[Mesh] = []
        for mesh in meshes:
            if all(overlap(mesh.box, other.box) < 0.3 and not _inside(mesh.box, other.box) for other in single):
                single.append(mesh)
        return sorted(single, key=lambda m: -_area(m.box))

    def again(self, picture: U8, found: list[Mesh], scale: float) -> list[Mesh]:
        """The faces ``found`` in a picture, in the same at ``scale`` times its size, largest first."""
        seen = [self._fit(picture, _region_of(mesh.landmarks * np.float32(scale))) for mesh in found]
        return sorted((mesh for mesh in seen if mesh is not None), key=lambda m: -_area(m.box))

    def track(self, picture: U8, last: Mesh) -> Mesh | None:
        """The same face in the next frame of a clip, or None where it is lost."""
        return self._fit(picture, _region_of(last.landmarks))

    def _regions(self, picture: U8, thorough: bool) -> list[Region]:
        height, width = picture.shape[:2]
        found: list[Found] = []
        for views in _views(height, width, thorough):
            for view in views:
                found += self._detect(picture, view)
            if found:
                break
        return [_region_of_detection(f) for f in merge(found)]

    def _detect(self, picture: U8, view: Region) -> list[Found]:
        """Detections of both detectors inside a view, in pixels of the picture."""
        out: list[Found] = []
        for network, anchors, least in ((self._far, self._far_anchors, 0.5), (self._near, self._near_anchors, 0.5)):
            pixels = view.cut(picture, network.size).astype(np.float32) / np.float32(127.5) - np.float32(1)
            raw, logits = network(pixels)
            for f in decode(raw, logits, anchors, network.size, least):
                box = np.array([[f.box[0], f.box[1]], [f.box[2], f.box[3]]], np.float32)
                points = view.place(f.points, 1)
                middle = view.place(box.mean(0, keepdims=True), 1)[0]
                half = float((box[1] - box[0]).max()) * view.side / 2
                edges = (float(middle[0]) - half, float(middle[1]) - half, float(middle[0]) + half, float(middle[1]) + half)
                out.append(Found(box=edges, points=points, score=f.score))
        return out

    def _best(self, picture: U8, region: Region, turns: tuple[int, ...]) -> tuple[float, F32, float] | None:
        """The fit of the likeliest turn of a region: detectors also see faces that are upside down, but take them for upright ones."""
        best: tuple[float, F32, float] | None = None
        for turn in turns:
            fitted = self._fitted(picture, replace(region, angle=region.angle + radians(turn)))
            if fitted is not None and fitted[0] > (_LEAST_TURNED if turn else _LEAST_LOGIT) and (best is None or fitted[0] > best[0] + 1):
                best = fitted
        return best

    def _fit(self, picture: U8, region: Region) -> Mesh | None:
        fitted = self._fitted(picture, region)
        return None if fitted is None else self._finish(picture, fitted)

    def _fitted(self, picture: U8, region: Region) -> tuple[float, F32, float] | None:
        """Logit, points and angle of the mesh inside a region; the region is fitted again to what was found, twice."""
        points, logit = np.zeros((468, 3), np.float32), 0.0
        for least in (-2.0, 0.0, _LEAST_LOGIT):
            points, logit = self._landmarks(picture, region)
            if logit < least:
                return None
            region = _region_of(points)
        return logit, points, region.angle

    def _finish(self, picture: U8, fitted: tuple[float, F32, float]) -> Mesh:
        logit, points, angle = fitted
        landmarks = self._with_irises(picture, points, angle)
        score = float(sigmoid(np.array([logit], np.float32))[0])
        yaw, pitch, roll = head_pose(landmarks)
        return Mesh(landmarks=landmarks, yaw=yaw, pitch=pitch, roll=roll, score=score)

    def _landmarks(self, picture: U8, region: Region) -> tuple[F32, float]:
        size = self._mesh.size
        flat, logit = self._mesh(region.cut(picture, size).astype(np.float32) / np.float32(255))
        mesh = flat.reshape(468, 3)
        xy = region.place(mesh[:, :2], size)
        return np.concatenate([xy, mesh[:, 2:] * np.float32(region.side / size)], 1), float(logit.ravel()[0])

    def _with_irises(self, picture: U8, mesh: F32, angle: float) -> F32:
        """The mesh with ten iris points and with the lids as the iris model sees them."""
        out = np.concatenate([mesh, np.zeros((10, 3), np.float32)])
        for side, (a, b) in enumerate(_EYES):
            flip = side == 1
            middle, span = (mesh[a] + mesh[b]) / 2, mesh[b, :2] - mesh[a, :2]
            region = Region(x=float(middle[0]), y=float(middle[1]), side=float(np.hypot(*span)) * 2.3, angle=angle)
            size = self._iris.size
            cut = region.cut(picture, size)
            contour, iris = self._iris((cut[:, ::-1] if flip else cut).astype(np.float32) / np.float32(255))
            eye, rim = contour.reshape(-1, 3), iris.reshape(-1, 3)
            if flip:
                eye[:, 0], rim[:, 0] = size - eye[:, 0], size - rim[:, 0]
            lid = list(_OTHER_LID if flip else _LID)
            out[lid, :2] = region.place(eye[: len(lid), :2], size)
            first = 468 + 5 * side
            out[first : first + 5, :2] = region.place(rim[:, :2], size)
            out[first : first + 5, 2] = middle[2]
        return out


def _views(height: int, width: int, thorough: bool) -> Iterator[list[Region]]:
    """Where to look, in rounds; the next round is used only if one found nothing."""
    upright = [whole(height, width), whole(height, width, room=2.0)]
    long, short = max(height, width), min(height, width)
    if thorough:
        upright += _tiles(height, width, short if long > 1.2 * short else short * 0.6)
    yield upright
    if not thorough:
        return
    yield _tiles(height, width, short * 0.4)
    for turn in (45, -45, 90, -90, 180, 135, -135):
        yield [whole(height, width, room=1.2, angle=radians(turn)), whole(height, width, room=2.0, angle=radians(turn))]


def _tiles(height: int, width: int, side: float) -> list[Region]:
    """Squares that cover the picture and overlap by at least a third."""

    def along(length: int) -> NDArray[np.float64]:
        n = 1 if length <= side else int(np.ceil((length - side) / (side * 0.6))) + 1
        return np.linspace(side / 2, length - side / 2, n) if n > 1 else np.array([length / 2])

    return [Region(x=float(x) - 0.5, y=float(y) - 0.5, side=side) for y in along(height) for x in along(width)]


def _region_of_detection(found: Found) -> Region:
    (ax, ay), (bx, by) = found.points[0], found.points[1]
    x0, y0, x1, y1 = found.box
    return Region(x=(x0 + x1) / 2, y=(y0 + y1) / 2, side=max(x1 - x0, y1 - y0) * 1.5, angle=atan2(by - ay, bx - ax))


def _region_of(points: F32) -> Region:
    """The square around a mesh, turned with its eyes, half as large again."""
    (ax, ay), (bx, by) = points[33, :2], points[263, :2]
    angle = atan2(float(by - ay), float(bx - ax))
    c, s = np.cos(angle), np.sin(angle)
    xy = points[:468, :2]
    u, v = xy[:, 0] * c + xy[:, 1] * s, -xy[:, 0] * s + xy[:, 1] * c
    mu, mv = (u.min() + u.max()) / 2, (v.min() + v.max()) / 2
    side = max(float(np.ptp(u)), float(np.ptp(v))) * 1.5
    return Region(x=float(mu * c - mv * s), y=float(mu * s + mv * c), side=max(side, 4.0), angle=angle)


def _area(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _inside(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    """Whether the middle of box ``a`` lies in ``b``."""
    x, y = (a[0] + a[2]) / 2, (a[1] + a[3]) / 2
    return b[0] < x < b[2] and b[1] < y < b[3]


def head_axes(landmarks: F32) -> F64:
    """The head's own axes as the rows of f64[3 3]: to its left, down, and out of the face.

    They come from the mesh itself, left to right and top to bottom. It is metric up to one scale, so no camera needs to be assumed.
    """
    p = landmarks.astype(np.float64)
    across = p[[263, 362, 454, 291, 356]].mean(0) - p[[33, 133, 234, 61, 127]].mean(0)
    down = p[[152, 17, 199]].mean(0) - p[[10, 151, 9]].mean(0)
    x = across / np.linalg.norm(across)
    down = down - (down @ x) * x
    y = down / np.linalg.norm(down)
    return np.stack([x, y, np.cross(x, y)])


def head_pose(landmarks: F32) -> tuple[float, float, float]:
    """Yaw, pitch and roll of ``head_axes`` in degrees."""
    x, _, z = head_axes(landmarks)
    return degrees(atan2(-z[0], z[2])), degrees(atan2(z[1], hypot(z[0], z[2]))), degrees(atan2(x[1], x[0]))


def draw(picture: U8, meshes: list[Mesh]) -> U8:
    """The picture with the landmarks as dots, for looking at."""
    out = picture.copy()
    size = max(1, round(max(picture.shape[:2]) / 800))
    for mesh in meshes:
        for k, (x, y, _) in enumerate(mesh.landmarks):
            cv2.circle(out, (round(float(x)), round(float(y))), size, (255, 60, 60) if k >= 468 else (60, 255, 60), -1, cv2.LINE_AA)
    return out
