"""How the person of a clip moves in its longest shot: the head, lids and brows from the face's mesh, the trunk from the neck and the shoulders.

Axes: n frames of the shot. What is not seen for a moment lies between what was seen before and after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from math import atan2, cos, degrees, sin

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
_SEEN, _BARELY = 0.4, 0.1  # shares of the frames in which a face is seen enough for its lids, and for its size
_FAR, _ROUGH = 10.0, 18.0  # pixels of a face under which its body cannot be followed, and its head not by the body's points
_MOST = 360  # frames: no film is longer
_LOST, _LEAP, _FASTEST = 18, 1.5, 0.8  # frames out of sight after which, and face heights (at once, and a frame) beyond which it is another person
_NOSE = (0.5, 0.2)  # how far the nose goes from between the ears as the head turns and nods by 90 degrees, face heights
_SHORT = 12  # frames under which nothing is told
_JOINT = (0.0, 0.10, -0.52)  # of skull and spine, from the mouth's corners: across, down and out of the face, in face heights
_SHOULDERS = 1.7  # face heights that they are apart
_VISIBLE = 0.6  # of a shoulder
_STEADY = {"head": 1.3, "trunk": 1.6, "tilt": 2.5, "brow": 2.0, "rough": 2.0}  # frames by which tracks are smoothed (sigma)
_TOP, _CHIN = 10, 152
_LIDS = ((159, 145, 33, 133), (158, 153, 33, 133), (386, 374, 362, 263), (385, 380, 362, 263))  # upper, lower, and the eye's corners
_BROWS, _EYES = (105, 66, 334, 296), (33, 133, 362, 263)


def performer(frames: Iterator[U8], span: tuple[int, int]) -> Performer:
    """The person of the frames [first, last) of ``span``, RGB u8[h w 3], of its first 15 seconds: of several the one whose face is largest.

    Raises:
        ModelMissing: a model file is not in the cache.
    """
    seen = _Seen()
    for frame in islice(frames, span[0], min(span[1], span[0] + _MOST)):
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
            self.trunks.append((np.nan,) * 7)
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
        """The tracks of the longest time in which the person is in sight, filtered."""
        count = len(self.heads)
        if count < _SHORT:
            return Performer(start=start, frames=count, why=f"its longest shot has {count} frames, and it takes {_SHORT}")
        heads, trunks = np.array(self.heads, np.float64), np.array(self.trunks, np.float64)
        fine, coarse = np.isfinite(heads[:, 0]), np.isfinite(trunks[:, 0])
        if not fine.any() and not coarse.any():
            small = f"its person is too small in it: a face of {self.small:.0f} pixels; it takes {_SMALLEST:.0f}"
            return Performer(start=start, frames=count, why=small if self.small else "nobody can be seen in it")
        tall = float(np.nanmedian(heads[:, 7])) if fine.mean() > _BARELY or not coarse.any() else float(np.nanmedian(trunks[:, 3])) / _SHOULDERS
        first, last = _in_sight(np.where(fine[:, None], heads[:, 5:7], trunks[:, :2]), tall)
        if last - first < _SHORT * 2:
            return Performer(start=start, frames=count, why="its person is hardly ever in sight")
        if tall < _FAR:
            return Performer(start=start, frames=count, why=f"its person is too small in it: a face of {tall:.0f} pixels; it takes {_FAR:.0f}")
        return _tracks(start + frame_start(first), heads[first:last], trunks[first:last], tall)


def _in_sight(place: F64, tall: float) -> tuple[int, int]:
    """The longest run of frames [first, last) in which a person at ``place`` f64[n 2] (NaN: not seen) is neither lost for long nor another one."""
    seen = np.flatnonzero(np.isfinite(place[:, 0]))
    apart = np.diff(seen)
    jumped = np.hypot(*np.diff(place[seen], axis=0).T) > tall * (_LEAP + _FASTEST * apart)
    ends = np.flatnonzero((apart > _LOST) | jumped)
    runs = zip([0, *(ends + 1)], [*ends, len(seen) - 1], strict=True)
    a, b = max(runs, key=lambda run: seen[run[1]] - seen[run[0]])
    return int(seen[a]), int(seen[b]) + 1


def _tracks(start: int, heads: F64, trunks: F64, tall: float) -> Performer:
    """The tracks of a person in sight; where the face's mesh is lost, head and neck go on as the body's points say."""
    count = len(heads)
    fine, coarse = np.isfinite(heads[:, 0]), np.isfinite(trunks[:, 0])
    nose = np.clip(trunks[:, 5:7] / (tall * np.array(_NOSE)), -0.95, 0.95)
    rough = np.column_stack([np.degrees(np.arcsin(nose[:, 0])), -np.degrees(np.arcsin(nose[:, 1])), trunks[:, 4]])
    place = np.column_stack([_calm(_joined(heads[:, 5 + k], trunks[:, k]) / tall, _STEADY["trunk"]) for k in (0, 1)])
    tilt = _calm(_filled(_likely(trunks[:, 2])), _STEADY["tilt"]) if coarse.mean() * _BODY_EVERY >= _SEEN else np.zeros(count)
    trunk = np.column_stack([place - np.median(place, axis=0), tilt - np.median(tilt)]).astype(np.float32)
    head = np.column_stack([_calm(_joined(_likely(heads[:, k]), rough[:, k]), _STEADY["head"]) for k in range(3)]).astype(np.float32)
    if fine.mean() <= _BARELY and tall < _ROUGH:
        return Performer(start=start, frames=count, trunk=trunk)
    if fine.mean() < _SEEN:
        return Performer(start=start, frames=count, head=head, trunk=trunk)
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
    """The middle of the shoulders (x, y), how they tilt clockwise in degrees, how far they are apart; how the head is tilted, and how far the nose is
    right of and below the middle of the ears, as the head sees it."""
    if body is None:
        return (np.nan,) * 7
    p = body.landmarks.astype(np.float64)
    if min(p[11, 3], p[12, 3]) < _VISIBLE:
        return (np.nan,) * 7
    (ax, ay), (bx, by) = sorted((p[11, :2], p[12, :2]), key=lambda at: float(at[0]))
    (cx, cy), (dx, dy) = sorted((p[2, :2], p[5, :2]), key=lambda at: float(at[0]))
    roll = atan2(float(dy - cy), max(float(dx - cx), 1.0))
    x, y = p[0, :2] - (p[7, :2] + p[8, :2]) / 2
    across, down = float(x * cos(roll) + y * sin(roll)), float(y * cos(roll) - x * sin(roll))
    tilt, apart = atan2(float(by - ay), max(float(bx - ax), 1.0)), float(np.hypot(bx - ax, by - ay))
    return float(ax + bx) / 2, float(ay + by) / 2, degrees(tilt), apart, degrees(roll), across, down


def _joined(fine: F64, coarse: F64) -> F64:
    """A track without gaps: where the fine one is not seen it goes on as the coarse one does, from where it was left to where it is found again."""
    if not np.isfinite(coarse).any():
        return _filled(fine)
    rough = _calm(_filled(_likely(coarse)), _STEADY["rough"])
    return np.where(np.isfinite(fine), fine, rough + _filled(fine - rough))


def _filled(track: F64) -> F64:
    """A track whose gaps lie on a line between what is seen before and after."""
    seen = np.flatnonzero(np.isfinite(track))
    return np.interp(np.arange(len(track)), seen, track[seen]) if len(seen) else np.zeros(len(track))


def _likely(track: F64) -> F64:
    """A track without single values that jump away from their neighbours; what is not seen stays so."""
    filled = _filled(track)
    padded = np.pad(filled, 2, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    far = np.abs(filled - middle)
    kept = np.where(far > 4 * max(float(np.median(far)), 1e-6) + 1e-6, middle, filled)
    return np.where(np.isfinite(track), kept, np.nan)


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
