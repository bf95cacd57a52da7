"""How the person of a clip moves in its longest shot: the head, lids and brows from the face's mesh, the trunk from the neck and the shoulders.

Axes: n frames of the shot. What is not seen for a moment lies between what was seen before and after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import atan2, degrees

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import frame_start
from phonofilm.perceive.percepts import Performer
from phonofilm.vision.face import FaceFinder, Mesh, head_axes
from phonofilm.vision.pose import Body, BodyFinder

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

SIDE = 1280  # pixels of the frames' longer side at most
_SMALLEST = 22.0  # pixels from forehead to chin under which a head cannot be followed
_BODY_EVERY = 2  # frames between two looks for the body
_AGAIN = 4  # frames between two looks for a face that was lost
_SEEN = 0.4  # least share of the frames in which a head or a trunk is seen
_SHORT = 12  # frames under which nothing is told
_JOINT = (0.0, 0.10, -0.52)  # of skull and spine, from the mouth's corners: across, down and out of the face, in face heights
_SHOULDERS = 2.0  # face heights that they are apart
_VISIBLE = 0.6  # of a shoulder
_STEADY = {"head": 1.3, "trunk": 1.6, "tilt": 2.5, "brow": 2.0}  # frames by which tracks are smoothed (sigma)
_TOP, _CHIN = 10, 152
_LIDS = ((159, 145, 33, 133), (158, 153, 33, 133), (386, 374, 362, 263), (385, 380, 362, 263))  # upper, lower, and the eye's corners
_BROWS, _EYES = (105, 66, 334, 296), (33, 133, 362, 263)


def performer(frames: Iterator[U8], span: tuple[int, int]) -> Performer:
    """The person of the frames [first, last) of ``span``, RGB u8[h w 3]: of several the one whose face is largest.

    Raises:
        ModelMissing: a model file is not in the cache.
    """
    seen = _Seen()
    for k, frame in enumerate(frames):
        if span[0] <= k < span[1]:
            seen.look(frame)
    return seen.told(frame_start(span[0]))


@dataclass(kw_only=True, eq=False)
class _Seen:
    """What has been seen so far: a row of numbers for each frame, NaN where nothing was."""

    faces: FaceFinder = field(default_factory=FaceFinder)
    bodies: BodyFinder = field(default_factory=BodyFinder)
    face: Mesh | None = None
    body: Body | None = None
    heads: list[tuple[float, ...]] = field(default_factory=list[tuple[float, ...]])
    trunks: list[tuple[float, ...]] = field(default_factory=list[tuple[float, ...]])
    small: float = 0.0

    def look(self, frame: U8) -> None:
        """Follow the person into the next frame."""
        count = len(self.heads)
        if count % _BODY_EVERY == 0:
            followed = self.bodies.track(frame, self.body) if self.body is not None else None
            self.body = followed or (self.bodies.find(frame) if count % (_BODY_EVERY * _AGAIN) == 0 else None)
            self.trunks.append(_trunk(self.body))
        else:
            self.trunks.append((np.nan,) * 4)
        followed = self.faces.track(frame, self.face) if self.face is not None else None
        self.face = followed if followed is not None and _height(followed) >= _SMALLEST else None
        if self.face is None and count % _AGAIN == 0:
            self.face = self._found(frame)
        self.heads.append(_head(self.face))

    def _found(self, frame: U8) -> Mesh | None:
        """The largest face of a frame, looked for closer by where a body's head is."""
        found = self.faces.find(frame, thorough=False)
        if not found and self.body is not None:
            nose, left, right = self.body.landmarks[[0, 11, 12], :2]
            half = float(np.hypot(*(left - right))) * 0.8 + 8
            x0, y0 = (int(max(v - half, 0)) for v in nose)
            part = frame[y0 : y0 + int(2 * half), x0 : x0 + int(2 * half)]
            if min(part.shape[:2]) >= 32:
                found = [_shifted(mesh, x0, y0) for mesh in self.faces.find(np.ascontiguousarray(part), thorough=False)]
        if not found:
            return None
        self.small = max(self.small, _height(found[0]))
        return found[0] if _height(found[0]) >= _SMALLEST else None

    def told(self, start: int) -> Performer:
        """The tracks, filtered."""
        count = len(self.heads)
        if count < _SHORT:
            return Performer(start=start, frames=count, why=f"its longest shot has {count} frames, and it takes {_SHORT}")
        heads, trunks = np.array(self.heads, np.float64), np.array(self.trunks, np.float64)
        head_seen = np.isfinite(heads[:, 0])
        trunk_seen = np.isfinite(trunks[::_BODY_EVERY, 0])
        has_head, has_trunk = float(head_seen.mean()) >= _SEEN, float(trunk_seen.mean()) >= _SEEN
        if not has_head and not has_trunk:
            some = head_seen.any() or trunk_seen.any()
            small = f"its person is too small in it (a face of {self.small:.0f} pixels; it takes {_SMALLEST:.0f})"
            why = "its person is hardly ever seen from the front" if some else small if self.small else "nobody can be seen in it"
            return Performer(start=start, frames=count, why=why)
        wide = np.nanmedian(trunks[:, 3]) / _SHOULDERS if has_trunk else 1.0
        tall = float(np.nanmedian(heads[:, 7]) if has_head else wide)
        where = heads[:, 5:7] if has_head else trunks[:, :2]
        place = np.column_stack([_calm(_filled(where[:, k]) / tall, _STEADY["trunk"]) for k in (0, 1)])
        tilt = _calm(_filled(_likely(trunks[:, 2])), _STEADY["tilt"]) if has_trunk else np.zeros(count)
        trunk = np.column_stack([place - np.median(place, axis=0), tilt - np.median(tilt)]).astype(np.float32)
        if not has_head:
            return Performer(start=start, frames=count, trunk=trunk)
        head = np.column_stack([_calm(_filled(_likely(heads[:, k])), _STEADY["head"]) for k in range(3)]).astype(np.float32)
        brow = _calm(_filled(_likely(heads[:, 4])), _STEADY["brow"])
        return Performer(
            start=start, frames=count, head=head, lids=_shut(_filled(heads[:, 3])).astype(np.float32),
            brow=(brow - np.median(brow)).astype(np.float32), trunk=trunk,
        )  # fmt: skip


def _height(mesh: Mesh) -> float:
    return float(np.linalg.norm(mesh.landmarks[_CHIN] - mesh.landmarks[_TOP]))


def _shifted(mesh: Mesh, x: int, y: int) -> Mesh:
    return Mesh(landmarks=mesh.landmarks + np.array([x, y, 0], np.float32), yaw=mesh.yaw, pitch=mesh.pitch, roll=mesh.roll, score=mesh.score)


def _head(mesh: Mesh | None) -> tuple[float, ...]:
    """Yaw, pitch, roll; how open the eyes are; how high the brows; where the head's joint with the spine is (x, y); the face's height."""
    if mesh is None:
        return (np.nan,) * 8
    p, tall = mesh.landmarks.astype(np.float64), _height(mesh)
    axes = head_axes(mesh.landmarks)
    joint = (p[61] + p[291]) / 2 + (np.array(_JOINT) * tall) @ axes
    opened = [float(np.linalg.norm(p[up, :2] - p[low, :2]) / max(np.linalg.norm(p[a] - p[b]), 1.0)) for up, low, a, b in _LIDS]
    # of a turned head the nearer eye is seen better
    lids = max(sum(opened[:2]), sum(opened[2:])) / 2
    brow = float(((p[list(_EYES)] - p[list(_BROWS)]) @ axes[1]).mean()) / tall
    return mesh.yaw, mesh.pitch, mesh.roll, lids, brow, float(joint[0]), float(joint[1]), tall


def _trunk(body: Body | None) -> tuple[float, ...]:
    """The middle of the shoulders (x, y), how they tilt clockwise in degrees, and how far they are apart."""
    if body is None:
        return (np.nan,) * 4
    left, right = body.landmarks[11], body.landmarks[12]
    if min(left[3], right[3]) < _VISIBLE:
        return (np.nan,) * 4
    (ax, ay), (bx, by) = sorted(((float(p[0]), float(p[1])) for p in (left, right)), key=lambda p: p[0])
    return (ax + bx) / 2, (ay + by) / 2, degrees(atan2(by - ay, max(bx - ax, 1.0))), float(np.hypot(bx - ax, by - ay))


def _filled(track: F64) -> F64:
    """A track whose gaps lie on a line between what is seen before and after."""
    seen = np.flatnonzero(np.isfinite(track))
    return np.interp(np.arange(len(track)), seen, track[seen]) if len(seen) else np.zeros(len(track))


def _likely(track: F64) -> F64:
    """A track without single values that jump away from their neighbours."""
    filled = _filled(track)
    padded = np.pad(filled, 2, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    far = np.abs(filled - middle)
    return np.where(far > 4 * max(float(np.median(far)), 1e-6) + 1e-6, middle, filled)


def _calm(track: F64, sigma: float) -> F64:
    """A track smoothed by a Gaussian of so many frames, its ends continued point by point mirrored, so that they keep their slope."""
    reach = min(int(np.ceil(3 * sigma)), len(track) - 1)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.pad(track, reach, mode="reflect", reflect_type="odd")
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), mode="valid"), np.float64)


def _shut(opened: F64) -> F64:
    """How far the lids are shut, 0…1, beside how open the eyes are within a second and a half."""
    high = cv2.dilate(cv2.GaussianBlur(opened[None], (5, 1), 0.8).astype(np.float32), np.ones((1, 37), np.uint8))[0]
    usual = np.maximum(np.asarray(high, np.float64), float(np.percentile(opened, 60)) * 0.8)
    return np.clip(1 - opened / np.maximum(usual, 1e-6), 0, 1)
