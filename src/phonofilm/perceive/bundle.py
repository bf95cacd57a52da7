"""A camera solved from points seen in several views: its turns, its way, its lens, and the points themselves, all at once (bundle adjustment:
Triggs et al., 2000), robustly: points that go their own way count little.

Axes: n points, v views, k unknowns of a view. Camera axes: x right, y down, z ahead. Image points are in focal lengths from the middle. The first
view is the origin. A point is a direction a b and an inverse depth d in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

TURN, PLACE, LENS = (0, 1, 2), (3, 4, 5), (6,)
MOST_NEAR = 6.0  # inverse depth, where that of the middle of the scene is 1
EVEN = 0.02  # how strongly depths are held together where nothing tells them
_STEPS = 24


@dataclass(frozen=True, kw_only=True, eq=False)
class Views:
    """What a camera is solved from: ``uv`` f64[n v 2], ``seen`` bool[n v]; ``slack`` f64[n]: how far a point may be off, in focal lengths."""

    uv: F64
    seen: NDArray[np.bool_]
    slack: F64


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """``turn`` f64[v 3 3] from the first view to each; ``place`` f64[v 3] in it; ``zoom`` f64[v]: log of the lens by the first view's;
    ``points`` f64[n 3] a b d; ``cost``: how badly the points agree (0: all exact); ``off`` f64[n]: each point's own miss in its slack."""

    turn: F64
    place: F64
    zoom: F64
    points: F64
    cost: float = np.inf
    off: F64 = field(default_factory=lambda: np.zeros(0))


def resting(views: Views) -> Solution:
    """The camera that stands still, at points where they are on the whole."""
    number = views.uv.shape[1]
    weights = views.seen[..., None].astype(np.float64)
    mean = (np.where(weights > 0, views.uv, 0.0) * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
    points = np.column_stack([mean, np.ones(len(mean))])
    still = Solution(turn=np.tile(np.eye(3), (number, 1, 1)), place=np.zeros((number, 3)), zoom=np.zeros(number), points=points)
    return _judged(views, still)


def turning(views: Views) -> Solution:
    """A first guess of a camera that turns and zooms: similarities from view to view, by RANSAC."""
    number = views.uv.shape[1]
    found = resting(views)
    turn, zoom = found.turn.copy(), found.zoom.copy()
    for k in range(1, number):
        both = views.seen[:, k - 1] & views.seen[:, k]
        a, b = views.uv[both, k - 1] * 1000, views.uv[both, k] * 1000
        matrix = cv2.estimateAffinePartial2D(a, b, method=cv2.RANSAC, ransacReprojThreshold=4.0)[0] if len(a) >= 6 else None
        if matrix is None:
            turn[k], zoom[k] = turn[k - 1], zoom[k - 1]
            continue
        step = np.array([-np.arctan(matrix[1, 2] / 1000), np.arctan(matrix[0, 2] / 1000), np.arctan2(matrix[1, 0], matrix[0, 0])])
        turn[k] = _rotation(step[None])[0] @ turn[k - 1]
        zoom[k] = zoom[k - 1] + np.log(np.hypot(matrix[0, 0], matrix[1, 0]))
    return _judged(views, replace(found, turn=turn, zoom=zoom, points=_cast(views, turn, zoom)))


def bundle(views: Views, start: Solution, *, turn: bool = False, place: bool = False, lens: bool = False) -> Solution:
    """The solution nearest to ``start`` in which the camera may do what is named, all else as in the start."""
    free = np.array([*(TURN if turn else ()), *(PLACE if place else ()), *(LENS if lens else ())], np.int64)
    own = 3 if place else 2
    found, damping = _judged(views, start), 1e-3
    for _ in range(_STEPS):
        better = _stepped(views, found, free, own, damping)
        if better.cost < found.cost:
            gained = found.cost - better.cost
            found, damping = better, max(damping / 4, 1e-7)
            if gained < 2e-4 * found.cost:
                break
        elif damping > 1e3:
            break
        else:
            damping *= 6
    return found


def resected(views: Views, solved: Solution, keys: NDArray[np.int64], *, turn: bool, place: bool, lens: bool) -> Solution:
    """The camera of every view by points that are known from the ``keys`` among them."""
    free = np.array([*(TURN if turn else ()), *(PLACE if place else ()), *(LENS if lens else ())], np.int64)
    number = views.uv.shape[1]
    nearest = np.abs(np.arange(number)[:, None] - keys[None]).argmin(axis=1)
    found = replace(solved, turn=solved.turn[nearest], place=solved.place[nearest], zoom=solved.zoom[nearest])
    for _ in range(8):
        error, by_view, _, weight = _linear(views, found)
        by_view = by_view[..., free]
        inside = np.einsum("nv,nvck,nvcl->vkl", weight, by_view, by_view) + 1e-9 * np.eye(len(free))
        step = np.linalg.solve(inside, -np.einsum("nv,nvck,nvc->vk", weight, by_view, error)[..., None])[..., 0]
        found = _moved(found, free, step, np.zeros_like(found.points))
    return _judged(views, found)


def _stepped(views: Views, at: Solution, free: NDArray[np.int64], own: int, damping: float) -> Solution:
    """One damped step for all views but the first and all points (Levenberg-Marquardt, points eliminated)."""
    error, by_view, by_point, weight = _linear(views, at)
    by_view, by_point, num = by_view[:, 1:][..., free], by_point[..., :own], len(free)
    later, off = weight[:, 1:], error[:, 1:]
    inner = np.einsum("nv,nvci,nvcj->nij", weight, by_point, by_point)
    gone = -np.einsum("nv,nvci,nvc->ni", weight, by_point, error)
    if own == 3:
        hold = EVEN / np.mean(views.slack**2) * 1e-3
        inner[:, 2, 2] += hold
        gone[:, 2] += hold * (1.0 - at.points[:, 2])
    inner = inner * (1 + damping * np.eye(own)) + 1e-9 * np.eye(own)
    inverse = np.linalg.inv(inner)
    cross = np.einsum("nv,nvck,nvci->nvki", later, by_view, by_point[:, 1:])
    count = cross.shape[1] * num
    outer = np.zeros((cross.shape[1], num, cross.shape[1], num))
    own_view = np.einsum("nv,nvck,nvcl->vkl", later, by_view, by_view)
    own_view = own_view * (1 + damping * np.eye(num)) + 1e-9 * np.eye(num)
    for v in range(cross.shape[1]):
        outer[v, :, v] = own_view[v]
    flat = cross.reshape(len(cross), count, own)
    leant = np.einsum("nci,nij->ncj", flat, inverse)
    outer = outer.reshape(count, count) - np.einsum("nci,ndi->cd", leant, flat)
    wanted = -np.einsum("nv,nvck,nvc->vk", later, by_view, off).reshape(-1) - np.einsum("nci,ni->c", leant, gone)
    try:
        step = np.linalg.solve(outer, wanted)
    except np.linalg.LinAlgError:
        return at
    shifted = np.einsum("nij,nj->ni", inverse, gone - np.einsum("nci,c->ni", flat, step))
    points = np.zeros_like(at.points)
    points[:, :own] = shifted
    return _judged(views, _moved(at, free, np.concatenate([np.zeros((1, num)), step.reshape(-1, num)]), points))


def _moved(at: Solution, free: NDArray[np.int64], step: F64, points: F64) -> Solution:
    whole = np.zeros((len(step), 7))
    whole[:, free] = step
    moved = at.points + points
    moved[:, 2] = np.clip(moved[:, 2], 0.0, MOST_NEAR)
    return Solution(
        turn=_rotation(np.clip(whole[:, :3], -0.5, 0.5)) @ at.turn, place=at.place + whole[:, 3:6],
        zoom=np.clip(at.zoom + np.clip(whole[:, 6], -0.5, 0.5), -2.5, 2.5), points=moved,
    )  # fmt: skip


def _local(at: Solution) -> F64:
    """Points before each camera, f64[n v 3]."""
    ahead = np.concatenate([at.points[:, None, :2], np.ones((len(at.points), 1, 1))], axis=2) - at.points[:, None, 2:] * at.place[None]
    return np.einsum("vij,nvj->nvi", at.turn, ahead)


def _linear(views: Views, at: Solution) -> tuple[F64, F64, F64, F64]:
    """Errors f64[n v 2], what they owe to the views f64[n v 2 7] and to the points f64[n v 2 3], and how much each counts f64[n v]."""
    local = _local(at)
    depth = np.maximum(local[..., 2], 0.05)
    scale = np.exp(at.zoom)[None] / depth
    image = local[..., :2] * scale[..., None]
    error = np.where(views.seen[..., None], image - np.where(views.seen[..., None], views.uv, 0.0), 0.0)
    by_local = np.zeros((*local.shape[:2], 2, 3))
    by_local[..., 0, 0] = by_local[..., 1, 1] = scale
    by_local[..., :, 2] = -image / depth[..., None]
    by_view = np.empty((*local.shape[:2], 2, 7))
    x, y, z = local[..., 0], local[..., 1], local[..., 2]
    zero = np.zeros_like(x)
    spin = np.stack([np.stack([zero, z, -y], -1), np.stack([-z, zero, x], -1), np.stack([y, -x, zero], -1)], axis=-2)
    by_view[..., :3] = by_local @ spin
    turned = np.einsum("nvci,vij->nvcj", by_local, at.turn)
    by_view[..., 3:6] = -turned * at.points[:, None, None, 2:]
    by_view[..., 6] = image
    by_point = np.empty((*local.shape[:2], 2, 3))
    by_point[..., :2] = turned[..., :2]
    by_point[..., 2] = -np.einsum("nvcj,vj->nvc", turned, at.place)
    size = (error**2).sum(axis=-1) / views.slack[:, None] ** 2
    return error, by_view, by_point, np.where(views.seen, 1.0 / (1.0 + size), 0.0) / views.slack[:, None] ** 2


def _judged(views: Views, at: Solution) -> Solution:
    local = _local(at)
    image = local[..., :2] * (np.exp(at.zoom)[None] / np.maximum(local[..., 2], 0.05))[..., None]
    error = np.where(views.seen[..., None], image - np.where(views.seen[..., None], views.uv, 0.0), 0.0)
    size = (error**2).sum(axis=-1) / views.slack[:, None] ** 2
    num = np.maximum(views.seen.sum(axis=1), 1)
    return replace(at, cost=float(np.log1p(size)[views.seen].mean()), off=np.sqrt(size.sum(axis=1) / num))


def _cast(views: Views, turn: F64, zoom: F64) -> F64:
    """Points where the views that turn so see them on the whole, all as far."""
    rays = np.concatenate([views.uv * np.exp(-zoom)[None, :, None], np.ones((*views.uv.shape[:2], 1))], axis=2)
    back = np.einsum("vji,nvj->nvi", turn, np.where(views.seen[..., None], rays, 0.0))
    back = back[..., :2] / np.where(np.abs(back[..., 2:]) > 1e-3, back[..., 2:], 1.0)
    middle = np.nanmedian(np.where(views.seen[..., None], back, np.nan), axis=1)
    return np.column_stack([middle, np.ones(len(middle))])


def _rotation(turned: F64) -> F64:
    """Rotation matrices f64[v 3 3] of axis-angle vectors f64[v 3]."""
    return np.stack([np.asarray(cv2.Rodrigues(one)[0], np.float64) for one in turned])
