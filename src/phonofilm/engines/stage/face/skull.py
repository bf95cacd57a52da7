"""The head as a solid: its depth relief over the photo, and how skin, hair, neck and shoulders move when it turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.expression import HeadPose
from phonofilm.engines.stage.face.mesh import CHIN, OVAL, HeadFrame
from phonofilm.engines.stage.face.skin import smooth

Floats = NDArray[np.floating]

#: where the head turns, head coordinates: the joint of skull and spine, below and behind the mouth
PIVOT = (0.0, 0.10, -0.52)
#: the neck's depth, head coordinates
NECK_DEPTH = -0.40
#: landmarks' depths are blurred over this distance, so that a turn moves skin and not noise
BLUR = 0.06
#: shoulders rise by this with a full breath, head units
BREATH = 0.011


@dataclass(frozen=True, kw_only=True, eq=False)
class Skull:
    """The solid head: ``marks`` f32[n 2], plane coordinates, with ``bumps`` f32[n] over a rounded shape of ``centre``, ``radii`` and ``front``."""

    frame: HeadFrame
    marks: Floats
    bumps: Floats
    centre: Floats
    radii: Floats
    front: float
    chin: float


def _ellipsoid(xy: Floats, centre: Floats, radii: Floats) -> Floats:
    """Height 0…1 of a rounded head over the face plane, 0 outside its outline, of bounded slope (an ellipsoid's edge would tear)."""
    r2 = (((xy - centre) / radii) ** 2).sum(-1)
    return (np.maximum(1 - r2, 0) ** 1.75).astype(np.float32)


#: the head's depth from its outline to its front
DEPTH = 0.52


def build_skull(marks: Floats, frame: HeadFrame) -> Skull:
    """Fit the solid to the landmarks."""
    heads = frame.to_head(marks)
    seen = frame.plane(marks[:, :2])
    oval = seen[list(OVAL)]
    half = float(oval[:, 0].max() - oval[:, 0].min()) / 2
    chin = float(heads[CHIN, 1])
    centre = np.array([float(oval[:, 0].max() + oval[:, 0].min()) / 2, chin - 0.60], np.float32)
    radii = np.array([half * 1.62, 1.0], np.float32)
    points, depth = seen[:468], heads[:468, 2]
    base = _ellipsoid(points, centre, radii) * DEPTH
    front = float(np.median(depth - base))
    return Skull(frame=frame, marks=points, bumps=(depth - base - front).astype(np.float32), centre=centre, radii=radii, front=front, chin=chin)


def _depth(skull: Skull, xy: Floats) -> Floats:
    """Depth of plane points, head units."""
    bumps = np.zeros(len(xy), np.float32)
    low, high = skull.marks.min(0) - 4 * BLUR, skull.marks.max(0) + 4 * BLUR
    near = np.flatnonzero(((xy > low) & (xy < high)).all(1))
    for start in range(0, len(near), 4096):
        rows = near[start : start + 4096]
        part = xy[rows]
        d2 = (part[:, None, 0] - skull.marks[None, :, 0]) ** 2 + (part[:, None, 1] - skull.marks[None, :, 1]) ** 2
        w = np.exp(d2 * np.float32(-0.5 / BLUR**2))
        bumps[rows] = np.einsum("nm,m->n", w, skull.bumps) / (w.sum(1) + 0.6)
    depth = skull.front + DEPTH * _ellipsoid(xy, skull.centre, skull.radii) + bumps
    neck = smooth(xy[:, 1], skull.chin - 0.02, skull.chin + 0.20)
    return (depth * (1 - neck) + NECK_DEPTH * neck).astype(np.float32)


def rest_depth(skull: Skull, points_xy: Floats) -> Floats:
    """Depth of photo points f32[n 2] at rest, photo pixels towards the viewer; 0 at the shoulders and far away, the nose's tip highest."""
    frame = skull.frame
    xy = frame.plane(points_xy.astype(np.float32))
    return (_image_depth(skull, xy, _depth(skull, xy) - NECK_DEPTH) * frame.height).astype(np.float32)


def _image_depth(skull: Skull, xy: Floats, depth: Floats) -> Floats:
    """Depth towards the viewer of plane points whose depth over the face plane is given (the face plane itself is turned when the head is)."""
    axes = skull.frame.axes
    # a face that is turned away from the camera has its far cheek deeper: keep half of that, which is what a small orbit can show
    tilt = -(xy[:, 0] * axes[0, 2] + xy[:, 1] * axes[1, 2]) * 0.5
    away = np.abs(xy - skull.centre) / (skull.radii * np.float32(1.2))
    near = 1 - smooth(np.sqrt((away**2).sum(1)), 0.5, 1.0)
    return ((tilt + np.maximum(depth, 0)) * near + 0.0).astype(np.float32)


def head_weight(skull: Skull, xy: Floats) -> Floats:
    """How much of the head's motion points of the plane take: 1 on face, hair and ears, falling along the neck, 0 at the shoulders and far away."""
    x, y = np.abs(xy[:, 0] - skull.centre[0]), xy[:, 1]
    # the neck bends; hair beside it swings less the further out it lies
    down = 1 - smooth(y, skull.chin - 0.10, skull.chin + 0.44)
    out = smooth(x, skull.radii[0] * 0.9, skull.radii[0] * 1.9) * smooth(y, skull.chin - 0.35, skull.chin + 0.1)
    far = 1 - smooth(x, skull.radii[0] * 1.8, skull.radii[0] * 3.0)
    above = smooth(y, skull.centre[1] - 2.6, skull.centre[1] - 1.4)
    return (down * (1 - 0.7 * out) * far * above).astype(np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Bound:
    """Photo points bound to the head: how many, which move, where those rest from the joint f32[m 3], their weight, and the chest's share."""

    count: int
    moving: NDArray[np.intp]
    rest: Floats
    weight: Floats
    chest: Floats


def bind(skull: Skull, points_xy: Floats) -> Bound:
    """Bind photo points f32[n 2] to the head; what depends on the points alone is done here, once."""
    xy = skull.frame.plane(points_xy.astype(np.float32))
    weight = head_weight(skull, xy)
    moving = np.flatnonzero(weight > 0)
    part = xy[moving]
    rest = np.concatenate([part, _depth(skull, part)[:, None]], 1) - np.array(PIVOT, np.float32)
    chest = smooth(xy[:, 1], skull.chin + 0.10, skull.chin + 0.80) * (1 - smooth(xy[:, 1], skull.chin + 1.4, skull.chin + 3.0))
    return Bound(count=len(xy), moving=moving, rest=rest, weight=weight[moving][:, None], chest=chest[:, None])


def head_displacement(skull: Skull, bound: Bound, pose: HeadPose) -> Floats:
    """Displacement f32[n 3] of bound points, photo pixels: x right, y down, z towards the viewer. The head turns about its joint with the spine."""
    frame = skull.frame
    out = np.zeros((bound.count, 3), np.float32)
    yaw, pitch, roll = np.radians([pose.yaw, pose.pitch, pose.roll])
    ry = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    rx = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    rz = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    turn = (rz @ ry @ rx - np.eye(3)).astype(np.float32)
    head = (np.einsum("nk,jk->nj", bound.rest, turn) + np.array([pose.dx, pose.dy, pose.dz], np.float32)) * bound.weight
    out[bound.moving] = np.einsum("nk,kj->nj", head, frame.axes) * frame.height
    out[:, 2] *= -1
    # breathing lifts the shoulders and what is below them
    out[:, :2] += frame.project(np.array([[0, -BREATH * pose.breath, 0]], np.float32)) * bound.chest
    return out
