"""Bodies: 33 landmarks of the person that stands out most (MediaPipe BlazePose), with how visible each is."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, hypot, pi

import numpy as np
from numpy.typing import NDArray

from phonofilm.vision.anchors import Grid, centres, decode
from phonofilm.vision.region import Region, whole
from phonofilm.vision.tensors import Network, sigmoid

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

_GRIDS = (Grid(cells=28, anchors=2), Grid(cells=14, anchors=2), Grid(cells=7, anchors=6))
_HIPS, _REACH = 33, 34  # two helper points of the model: middle of the hips, and how far the body reaches from there


@dataclass(frozen=True, kw_only=True, eq=False)
class Body:
    """One body: ``landmarks`` f32[33 4], x y z in pixels of the picture and visibility 0…1, in MediaPipe's order; ``score`` 0…1."""

    landmarks: F32
    score: float


class BodyFinder:
    """The pose models, loaded once for many pictures."""

    def __init__(self) -> None:
        self._detector, self._network = Network("pose_detection"), Network("pose_landmark")
        self._anchors = centres(_GRIDS)

    def find(self, picture: U8) -> Body | None:
        """The body of a picture u8[h w 3], or None."""
        height, width = picture.shape[:2]
        for room in (1.0, 1.6):
            view = whole(height, width, room=room)
            pixels = view.cut(picture, self._detector.size).astype(np.float32) / np.float32(127.5) - np.float32(1)
            raw, logits = self._detector(pixels)
            for found in decode(raw, logits, self._anchors, self._detector.size, 0.5)[:1]:
                hips, reach = view.place(found.points[:2], 1)
                body = self._fit(picture, _upright(hips, reach))
                if body is not None:
                    return body
        return None

    def track(self, picture: U8, last: Body) -> Body | None:
        """The same body in the next frame of a clip, or None where it is lost."""
        low, high = last.landmarks[:, :2].min(0), last.landmarks[:, :2].max(0)
        middle, side = (low + high) / 2, float((high - low).max()) * 1.25
        return self._fit(picture, Region(x=float(middle[0]), y=float(middle[1]), side=max(side, 8.0)))

    def _fit(self, picture: U8, region: Region) -> Body | None:
        body: Body | None = None
        for _ in range(2):
            size = self._network.size
            outputs = self._network(region.cut(picture, size).astype(np.float32) / np.float32(255))
            raw, score = outputs[0].reshape(39, 5), float(outputs[1].ravel()[0])
            if score < 0.5:
                return None
            xy = region.place(raw[:, :2], size)
            z = raw[:33, 2:3] * np.float32(region.side / size)
            visible = np.minimum(sigmoid(raw[:33, 3:4]), sigmoid(raw[:33, 4:5]))
            body = Body(landmarks=np.concatenate([xy[:33], z, visible], 1), score=score)
            region = _upright(xy[_HIPS], xy[_REACH])
        return body


def _upright(hips: F32, reach: F32) -> Region:
    """The square around a body, turned so that it stands: the helper points lie on its long axis."""
    dx, dy = float(reach[0] - hips[0]), float(reach[1] - hips[1])
    return Region(x=float(hips[0]), y=float(hips[1]), side=max(2.5 * hypot(dx, dy), 8.0), angle=atan2(dy, dx) + pi / 2)
