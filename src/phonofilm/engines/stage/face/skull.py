"""The head as a solid: its depth relief over the photo, and how skin, hair, neck and shoulders move when it turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.expression import HeadPose
from phonofilm.engines.stage.face.mesh import CHIN, OVAL, HeadFrame
from phonofilm.engines.stage.face.skin import smooth

F32 = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Skull:
    """The solid head: ``marks`` f32[n 2] in plane coordinates with weights ``bumps`` f32[n] of their depth over an ellipsoid."""

    frame: HeadFrame
    marks: F32
    bumps: F32
    centre: F32
    radii: F32
    chin: float
    pivot: F32


#: the neck's turning point below and behind the mouth, in face heights (atlas joint)
PIVOT = (0.0, 0.10, -0.52)


def _ellipsoid(xy: F32, centre: F32, radii: F32) -> F32:
    """Depth of the skull (unit: face height) over the face plane, falling smoothly to the ears' depth outside it."""
    q = ((xy - centre) / radii) ** 2
    r2 = q.sum(-1)
    return (np.sqrt(np.maximum(1 - np.minimum(r2, 1), 0)) * 0.55 - 0.55).astype(np.float32)


def build_skull(marks: F32, frame: HeadFrame) -> Skull:
    """Fit the solid to the landmarks."""
    heads = frame.to_head(marks)
    seen = frame.plane(marks[:, :2])
    oval = seen[list(OVAL)]
    half = float(oval[:, 0].max() - oval[:, 0].min()) / 2
    chin = float(heads[CHIN, 1])
    centre = np.array([float(oval[:, 0].max() + oval[:, 0].min()) / 2, chin - 0.62], np.float32)
    radii = np.array([half * 1.28, 0.86], np.float32)
    chosen = np.arange(0, 468, 3)
    points = seen[chosen]
    over = heads[chosen, 2] - _ellipsoid(points, centre, radii) - float(np.median(heads[chosen, 2] - _ellipsoid(points, centre, radii)))
    return Skull(frame=frame, marks=points, bumps=over.astype(np.float32), centre=centre, radii=radii, chin=chin, pivot=np.array(PIVOT, np.float32))


def _depth(skull: Skull, xy: F32) -> F32:
    base = _ellipsoid(xy, skull.centre, skull.radii)
    out = np.zeros(len(xy), np.float32)
    for start in range(0, len(xy), 4096):
        part = xy[start : start + 4096]
        d2 = ((part[:, None, :] - skull.marks[None]) ** 2).sum(-1)
        w = np.exp(-d2 / (2 * 0.045**2)) + 1e-6
        out[start : start + 4096] = (w @ skull.bumps) / (w.sum(1) + 0.02)
    depth = base + out
    # below the chin the neck lies further back
    neck = smooth(xy[:, 1], skull.chin * 0.95, skull.chin + 0.22)
    return (depth * (1 - neck) + (-0.42) * neck).astype(np.float32)


def rest_depth(skull: Skull, points_xy: F32) -> F32:
    """Depth of photo points f32[n 2] at rest, photo pixels towards the viewer; 0 is the mouth's plane."""
    xy = skull.frame.plane(points_xy.astype(np.float32))
    return (_depth(skull, xy) * skull.frame.height).astype(np.float32)


def head_weight(skull: Skull, xy: F32) -> F32:
    """How much of the head's motion points of the plane take: 1 on face, hair and ears, falling along the neck, 0 at the shoulders and far away."""
    x, y = np.abs(xy[:, 0] - skull.centre[0]), xy[:, 1]
    down = 1 - smooth(y, skull.chin - 0.05, skull.chin + 0.62)
    far = 1 - smooth(x, skull.radii[0] * 1.5, skull.radii[0] * 2.6)
    above = smooth(y, skull.centre[1] - 2.4, skull.centre[1] - 1.3)
    return (down * far * above).astype(np.float32)


def head_displacement(skull: Skull, points_xy: F32, pose: HeadPose) -> F32:
    """See :meth:`Rig.head_field`."""
    frame = skull.frame
    xy = frame.plane(points_xy.astype(np.float32))
    rest = np.concatenate([xy, _depth(skull, xy)[:, None]], 1)
    yaw, pitch, roll = np.radians([pose.yaw, pose.pitch, pose.roll])
    # head axes: x right, y down, z to the viewer
    ry = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    rx = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    rz = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    turn = (rz @ ry @ rx).astype(np.float32)
    moved = (rest - skull.pivot) @ turn.T + skull.pivot + np.array([pose.dx, pose.dy, pose.dz], np.float32)
    head = (moved - rest) * head_weight(skull, xy)[:, None]
    image = head @ frame.axes * frame.height
    image[:, 2] *= -1
    # breathing lifts the shoulders and what is below them
    chest = smooth(xy[:, 1], skull.chin + 0.1, skull.chin + 0.9) * (1 - smooth(xy[:, 1], skull.chin + 1.6, skull.chin + 3.2))
    image[:, :2] += frame.project(np.array([[0, -0.010 * pose.breath, 0]], np.float32)) * chest[:, None]
    return image.astype(np.float32)
