"""A solved camera in the score's metres, against the path that was asked. Axes: n points, f frames.

The score says how far the two planes of its setting are; each point is put on the one that its own depth agrees with, and the way is solved again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phonofilm.measure.motion import CLOSE, WIDE, Solved, follow
from phonofilm.measure.moves import angles_of, keeps_its_place
from phonofilm.score.camera import CameraPose, camera_at, carried
from phonofilm.score.model import CameraPath, Shot

F64 = NDArray[np.float64]

AXES = np.diag([1.0, -1.0, -1.0])  # from the score's camera axes (right, up, back) to those of ``motion`` (right, down, ahead)
AGREE = 0.12  # how far a point's depth (log) may be from a plane's


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """A camera's way from its first frame in metres and degrees: ``place`` f64[f 3] right, up, ahead; ``angles`` f64[f 3]; ``lens`` f64[f] ratios."""

    place: F64
    angles: F64
    lens: F64


def asked_path(path: CameraPath, ticks: Sequence[int]) -> Path:
    """The way that a score asks for, at the instants of the frames."""
    poses = [camera_at(path, t) for t in ticks]
    first = poses[0]
    turn = np.stack([AXES @ p.rotation @ first.rotation.T @ AXES for p in poses])
    place = np.stack([AXES @ first.rotation @ (p.position - first.position) for p in poses])
    return Path(place=place * np.array([1, -1, 1]), angles=angles_of(turn), lens=np.array([p.focal / first.focal for p in poses]))


def in_metres(solved: Solved, xy: F64, focal: float, shot: Shot, tick: int, *, flat: bool = False) -> tuple[Path, Solved] | None:
    """The way of a solved camera in the score's metres; None where no depths of the score can be met by what moved.

    ``xy`` f64[n f 2] from the middle of the frame, ``focal`` in the same pixels, ``tick``: the first frame's instant;
    ``flat``: all that is seen is the plate, so that what looks like a zoom may be a way.
    """
    if not solved.place.any() and not flat:
        return _path(solved), solved
    if solved.least < 0:
        return None
    first = camera_at(shot.camera, tick)
    near, far = shot.setting.near, shot.setting.far
    near_depths = plane_depths(solved.points, carried(shot.camera, first), near)
    far_depths = plane_depths(solved.points, first, far)
    kept = None if flat else keeps_its_place(solved)
    keys = np.arange(xy.shape[1])
    if kept is not None:
        sideways = np.hypot(solved.place[-1, 0], solved.place[-1, 1]) > abs(solved.place[-1, 2])
        model = "place" if sideways else "place and zoom"
        used = solved.trusted & ~kept if sideways else solved.trusted
        depths = np.where(kept, near_depths, far_depths)
        start = replace(solved, model=model, place=np.zeros_like(solved.place), zoom=np.zeros_like(solved.zoom))
    elif flat:
        used, depths = solved.trusted, far_depths
        start = replace(solved, model="place", turn=np.tile(np.eye(3), (len(keys), 1, 1)), zoom=np.zeros_like(solved.zoom))
    else:
        scale = plane_scale(solved.points[solved.trusted, 2], near_depths[solved.trusted], far_depths[solved.trusted])
        if scale is None:
            return None
        own = np.log(scale / solved.points[:, 2])
        off = np.abs(np.stack([own - np.log(near_depths), own - np.log(far_depths)]))
        used = solved.trusted & (off.min(axis=0) < AGREE)
        depths = np.where(off[0] < off[1], near_depths, far_depths)
        start = replace(solved, place=solved.place * scale)
    if used.sum() < 12:
        return None
    points = np.concatenate([solved.points[:, :2], 1 / depths[:, None]], axis=1)
    found = follow(xy, focal, replace(start, points=points), keys, used, (*WIDE, *WIDE, CLOSE, CLOSE))
    return _path(found), found


def plane_depths(points: F64, camera: CameraPose, away: float) -> F64:
    """How far ahead of a camera its directions f64[n 3] (u v and more) meet the plane at z = -away of the world."""
    rays = np.concatenate([points[:, :2], np.ones((len(points), 1))], axis=1) @ AXES @ camera.rotation
    down = np.minimum(rays[:, 2], -1e-3)
    return np.maximum((-away - float(camera.position[2])) / down, 0.05)


def plane_scale(inverse: F64, near: F64, far: F64) -> float | None:
    """Metres for one unit of depth, so that as many points as possible lie on one of the two planes, and both are met where both can be."""
    tried = np.concatenate([np.log(near * inverse), np.log(far * inverse)])
    best, found = 0.0, None
    for scale in np.quantile(tried, np.linspace(0.01, 0.99, 160)):
        own = scale - np.log(inverse)
        by_near, by_far = np.exp(-(((own - np.log(near)) / 0.06) ** 2)), np.exp(-(((own - np.log(far)) / 0.06) ** 2))
        met = float(np.maximum(by_near, by_far).sum()) + 0.02 * float(by_far.sum())
        if met > best:
            best, found = met, float(np.exp(scale))
    return found if best > 0.3 * len(inverse) else None


def _path(solved: Solved) -> Path:
    return Path(place=solved.place * np.array([1, -1, 1]), angles=angles_of(solved.turn), lens=np.exp(solved.zoom))


def curves(family: str, unit: str, asked: Path, found: Path) -> tuple[F64, F64] | None:
    """How much of a move is done at each frame, asked and found f64[f]: along the way that was asked, in metres, degrees or log ratios.

    None where the family has no amount.
    """
    if family in ("static", "handheld"):
        return None
    if unit == "ratio":
        return np.log(asked.lens), np.log(found.lens)
    kind = "angles" if unit == "degrees" else "place"
    want, got = getattr(asked, kind), getattr(found, kind)
    net = want[-1]
    long = float(np.linalg.norm(net))
    if long < 1e-9:
        return None
    return want @ net / long, got @ net / long
