"""The way of a camera and the depth of its points, solved together from tracks. Axes: n points, v views, k parameters of a view.

A view is a pinhole turned by ``turn``, moved by ``place``, its lens longer by e^``zoom`` than the first view's. A point is the direction (u, v, 1)
in the first view and its inverse depth. Models are that with some parameters held at nothing; each is fitted by Levenberg-Marquardt with the points
eliminated (Triggs et al., "Bundle Adjustment", 2000), reweighted after Geman and McClure so that what moves by itself does not count. Points that are
known to live (people) are taken for less exact by their ``slack``: they breathe and sway, yet their parallax tells a way through space from a zoom.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

TURN, PLACE, ZOOM = slice(0, 3), slice(3, 6), slice(6, 7)
#: which parameters of a view a model may use, from the simplest; turn (pitch yaw roll), place (right down ahead), zoom
MODELS: dict[str, tuple[int, ...]] = {
    "still": (), "turn and zoom": (0, 1, 2, 6), "place": (3, 4, 5), "place and turn": (0, 1, 2, 3, 4, 5),
    "place and zoom": (3, 4, 5, 6), "all": (0, 1, 2, 3, 4, 5, 6),
}  # fmt: skip
PATIENCE, FLOOR = 1.7, 0.004  # a simpler model is kept while its cost (pixels²) is at most so many times a freer one's, and a little,
FEWER = 0.05  # and it explains nearly as many points
FIRM = 24  # points on what does not live that are enough to tell a still camera by
CLOSE = 0.5  # pixels within which a point is believed in the end,
WIDE = (80.0, 30.0, 12.0, 5.0, 2.0, 1.0)  # and in the rounds before
LAST = 40  # steps at most of the last round
AHEAD, BEYOND = 1e-3, -5.0  # the least inverse depth; less than none is what a lens that lengthens on the way makes of what is far
LOOSE = 3e-4  # how weakly inverse depths are drawn to 1: what no parallax tells stays on one plane


@dataclass(frozen=True, kw_only=True, eq=False)
class Solved:
    """One model fitted to tracks.

    ``turn`` f64[v 3 3] from the first view to each; ``place`` f64[v 3] right, down, ahead in the first view, in the points' own unit of length;
    ``zoom`` f64[v] log ratios; ``points`` f64[n 3] u v and inverse depth; ``slack`` f64[n] how many times less exact than the others a point is;
    ``residual`` f64[n] root mean square distance in pixels of each point, ``costs`` f64[n] its mean robust cost in pixels², ``cost`` that of all, all
    by their slack; ``least``: the least inverse depth that was allowed.
    """

    model: str
    turn: F64
    place: F64
    zoom: F64
    points: F64
    slack: F64
    residual: F64
    costs: F64
    cost: float
    least: float = AHEAD

    @property
    def trusted(self) -> Bool:
        """Points that go with the camera's way: bool[n]."""
        return self.residual < 3 * CLOSE


def fit(
    xy: F64, focal: float, model: str, start: Solved | None = None, *, slack: F64 | None = None, rounds: tuple[float, ...] = (*WIDE, CLOSE)
) -> Solved:
    """A model fitted to points f64[n v 2], pixels from the middle of the frame, NaN where not seen; begun from another model's solution."""
    seen = np.isfinite(xy[..., 0])
    given = np.nan_to_num(xy)
    now = start or begun(xy, focal, slack)
    free = MODELS[model]
    deep = any(k in free for k in range(3, 6))
    now = replace(now, model=model, zoom=now.zoom if 6 in free else np.zeros_like(now.zoom))
    if deep and not now.place.any():
        now = _planar(given, seen, focal, free, now)
    damping = 1e-3
    for close in rounds:
        last = close <= CLOSE
        for _ in range(LAST if last else 4):
            off, by_view, by_point = _linear(given, focal, now)
            weight = _weight(off, seen, close)
            after = before = _cost(off, seen, close)
            tried, better = now, False
            for _ in range(5):
                step_view, step_point = _step(off, by_view, by_point, weight, now, free, deep, damping)
                tried = _moved(now, step_view, step_point)
                after = _cost(_off(given, focal, tried), seen, close)
                if after < before:
                    better = True
                    damping = max(damping / 5, 1e-9)
                    break
                damping = min(damping * 8, 1e3)
            if not better:
                break
            now = tried
            if before - after < (3e-5 if last else 1e-2) * before:
                break
    return _judged(given, seen, focal, now)


def explain(xy: F64, focal: float, slack: F64 | None = None) -> tuple[Solved, dict[str, Solved]]:
    """The simplest model that explains the points f64[n v 2] about as well as any, and all that were tried."""
    tried = {name: fit(xy, focal, name, slack=slack) for name in ("still", "turn and zoom", "place")}
    if not _simplest(tried).cost < 1.5 * FLOOR + 0.03:
        starts = [s for s in (between_two_views(xy, focal, slack), tried["turn and zoom"]) if s is not None]
        tried["place and turn"] = min((fit(xy, focal, "place and turn", s) for s in starts), key=lambda s: s.cost)
    if not _simplest(tried).cost < 0.06:
        tried["all"] = min((fit(xy, focal, "all", tried[s]) for s in ("place and turn", "place")), key=lambda s: s.cost)
    best = _simplest(tried)
    if best.model == "place" and abs(best.place[-1, 2]) > np.hypot(*best.place[-1, :2]):
        beyond = fit(xy, focal, "place", replace(best, least=BEYOND))
        if beyond.trusted.mean() >= best.trusted.mean() + FEWER - 0.01 and _both_ways(beyond):
            best = beyond
    return (tried["still"] if _stands_still(tried["still"], best) else best), tried


def _stands_still(still: Solved, best: Solved) -> bool:
    """Whether all but the living stands as still as under ``best``: then somebody moved, and not the camera."""
    firm = still.slack <= 1
    if firm.sum() < FIRM or firm.all():
        return False
    most = PATIENCE * float(best.costs[firm].mean()) + FLOOR
    return float(still.costs[firm].mean()) <= most and float(still.trusted[firm].mean()) >= float(best.trusted[firm].mean()) - FEWER


def _both_ways(solved: Solved) -> bool:
    """Whether what is far goes the other way than what is near, and not one side of the frame the other way than the other (a plane seen askew)."""
    good = solved.trusted
    depths = solved.points[good, 2]
    if good.sum() < 12 or (depths < -0.1 * np.percentile(np.abs(depths), 75)).mean() < 0.03:
        return False
    across = np.concatenate([solved.points[good, :2], np.ones((int(good.sum()), 1))], axis=1)
    left = depths - across @ np.linalg.lstsq(across, depths, rcond=None)[0]
    return bool(left.var() > 0.4 * depths.var())


def _simplest(tried: dict[str, Solved]) -> Solved:
    best = min(tried.values(), key=lambda s: s.cost)
    told = best.trusted if best.trusted.sum() >= 12 else np.ones(len(best.costs), bool)  # what moves by itself tells nothing of the camera
    most = PATIENCE * float(best.costs[told].mean()) + FLOOR
    least = float(best.trusted.mean()) - FEWER
    return next(s for s in tried.values() if s is best or (float(s.costs[told].mean()) <= most and float(s.trusted.mean()) >= least))


def between_two_views(xy: F64, focal: float, slack: F64 | None = None) -> Solved | None:
    """A start from the essential matrix between the first and the last view (Nistér, 2004), the views between in proportion."""
    both = np.isfinite(xy[:, [0, -1], 0]).all(axis=1)
    if both.sum() < 16:
        return None
    first, last = xy[both, 0], xy[both, -1]
    matrix, _ = cv2.findEssentialMat(first, last, focal=focal, pp=(0.0, 0.0), method=cv2.RANSAC, prob=0.999, threshold=1.0)
    if np.shape(matrix) != (3, 3):  # nothing, or several
        return None
    _, turn, move, _ = cv2.recoverPose(matrix, first, last, focal=focal, pp=(0.0, 0.0))
    place = -turn.T @ move.ravel()
    way = np.nan_to_num(xy[both] - first[:, None])
    whole = float((way[:, -1] ** 2).sum()) or 1.0
    share = (way * way[:, -1:]).sum(axis=(0, 2)) / whole
    vector = cv2.Rodrigues(turn)[0].ravel()
    now = begun(xy, focal, slack)
    now = replace(now, turn=rotation(share[:, None] * vector[None]), place=0.2 * share[:, None] * place[None])
    # inverse depths that these views give, before anything moves
    given, seen = np.nan_to_num(xy), np.isfinite(xy[..., 0])
    for _ in range(10):
        off, _, by_point = _linear(given, focal, now)
        slope = by_point[..., 2]
        weight = _weight(off, seen, 30.0)[..., None]
        step = -(weight * slope * off).sum(axis=(1, 2)) / ((weight * slope**2).sum(axis=(1, 2)) + 1e-3)
        now = _moved(now, np.zeros((xy.shape[1], 7)), np.stack([0 * step, 0 * step, np.clip(step, -1, 1)], axis=1))
    middle = float(np.median(now.points[:, 2]))
    points = now.points.copy()
    points[:, 2] /= middle
    return replace(now, points=points, place=now.place * middle)


def begun(xy: F64, focal: float, slack: F64 | None = None) -> Solved:
    """Nothing moves: each point where it is seen first."""
    seen = np.isfinite(xy[..., 0])
    first = np.argmax(seen, axis=1)
    at = xy[np.arange(len(xy)), first] / focal
    num_views = xy.shape[1]
    return Solved(
        model="still", turn=np.tile(np.eye(3), (num_views, 1, 1)), place=np.zeros((num_views, 3)), zoom=np.zeros(num_views),
        points=np.concatenate([np.nan_to_num(at), np.ones((len(xy), 1))], axis=1),
        slack=np.ones(len(xy)) if slack is None else slack, residual=np.zeros(len(xy)), costs=np.zeros(len(xy)), cost=0.0,
    )  # fmt: skip


def rotation(turn: F64) -> F64:
    """Rotations f64[... 3 3] of rotation vectors f64[... 3] (Rodrigues)."""
    angle = np.linalg.norm(turn, axis=-1)[..., None, None]
    cross = _cross(turn)
    a = np.sinc(angle / np.pi)
    b = 0.5 * np.sinc(angle / (2 * np.pi)) ** 2
    return np.eye(3) + a * cross + b * (cross @ cross)


def follow(
    xy: F64, focal: float, solved: Solved, keys: NDArray[np.int64], trusted: Bool, rounds: tuple[float, ...] = (6.0, 2.0, 1.0, CLOSE, CLOSE)
) -> Solved:
    """The view of every frame of points f64[n f 2], the structure held: begun between the views ``keys`` that were solved.

    ``residual`` is then that of each point over all frames.
    """
    seen = np.isfinite(xy[..., 0]) & trusted[:, None]
    given = np.nan_to_num(xy)
    frames = np.arange(xy.shape[1])
    nearest = np.abs(frames[:, None] - keys[None]).argmin(axis=1)
    place = np.stack([np.interp(frames, keys, solved.place[:, k]) for k in range(3)], axis=1)
    zoom = np.interp(frames, keys, solved.zoom)
    now = replace(solved, turn=solved.turn[nearest], place=place, zoom=zoom)
    free = list(MODELS[solved.model])
    if not free:
        return _judged(given, np.isfinite(xy[..., 0]), focal, now)
    for close in rounds:
        off, by_view, _ = _linear(given, focal, now)
        weight = _weight(off, seen, close)
        slope = by_view[..., free]
        normal = np.einsum("nv,nvci,nvcj->vij", weight, slope, slope) + 1e-6 * np.eye(len(free))
        step = np.zeros((len(frames), 7))
        step[:, free] = -np.linalg.solve(normal, np.einsum("nv,nvci,nvc->vi", weight, slope, off)[..., None])[..., 0]
        now = _moved(now, step, np.zeros((len(given), 3)))
    return _judged(given, np.isfinite(xy[..., 0]), focal, now)


def _judged(given: F64, seen: Bool, focal: float, now: Solved) -> Solved:
    off = _off(given, focal, now)
    square = (off**2).sum(axis=-1) * seen
    num = np.maximum(seen.sum(axis=1), 1)
    robust = square / (1 + square / CLOSE**2)
    cost = float(robust.sum()) / max(int(seen.sum()), 1)
    return replace(now, residual=np.sqrt(square.sum(axis=1) / num), costs=robust.sum(axis=1) / num, cost=cost)


def _planar(given: F64, seen: Bool, focal: float, free: tuple[int, ...], now: Solved) -> Solved:
    """A first way through space with all points on one plane."""
    for close in (200.0, 80.0, 80.0, 30.0, 30.0, 12.0):
        off, by_view, by_point = _linear(given, focal, now)
        step_view, step_point = _step(off, by_view, by_point, _weight(off, seen, close), now, free, False, 1e-3)
        now = _moved(now, step_view, step_point)
    return now


def _cross(a: F64) -> F64:
    out = np.zeros((*a.shape[:-1], 3, 3))
    out[..., 0, 1], out[..., 0, 2], out[..., 1, 2] = -a[..., 2], a[..., 1], -a[..., 0]
    return out - np.swapaxes(out, -1, -2)


def _in_view(now: Solved) -> F64:
    """The points in each view's axes, times their inverse depth there: f64[n v 3]."""
    directions = np.concatenate([now.points[:, :2], np.ones((len(now.points), 1))], axis=1)
    shifted = directions[:, None] - now.points[:, None, 2:] * now.place[None]
    return (now.turn[None] @ shifted[..., None])[..., 0]


def _off(given: F64, focal: float, now: Solved) -> F64:
    q = _in_view(now)
    ahead = np.maximum(q[..., 2:], 0.05)
    return (focal * np.exp(now.zoom)[None, :, None] * q[..., :2] / ahead - given) / now.slack[:, None, None]


def _linear(given: F64, focal: float, now: Solved) -> tuple[F64, F64, F64]:
    """Distances f64[n v 2] by their slack, and their slopes by the view's parameters f64[n v 2 7] and by the point's f64[n v 2 3]."""
    q = _in_view(now)
    ahead = np.maximum(q[..., 2], 0.05)
    long = focal * np.exp(now.zoom)[None]
    shown = (long / ahead)[..., None] * q[..., :2]
    by_q = np.zeros((*q.shape[:2], 2, 3))
    by_q[..., 0, 0] = by_q[..., 1, 1] = long / ahead
    by_q[..., 2] = -shown / ahead[..., None]
    by_view = np.empty((*q.shape[:2], 2, 7))
    by_view[..., TURN] = by_q @ -_cross(q)
    by_view[..., PLACE] = -now.points[:, None, None, 2:] * (by_q @ now.turn[None])
    by_view[..., 6] = shown
    by_point = np.empty((*q.shape[:2], 2, 3))
    turned = by_q @ now.turn[None]
    by_point[..., :2] = turned[..., :2]
    by_point[..., 2] = -(turned @ now.place[None, :, :, None])[..., 0]
    share = 1 / now.slack[:, None, None]
    return (shown - given) * share, by_view * share[..., None], by_point * share[..., None]


def _weight(off: F64, seen: Bool, close: float) -> F64:
    return seen / (1 + (off**2).sum(axis=-1) / close**2) ** 2


def _cost(off: F64, seen: Bool, close: float) -> float:
    square = (off**2).sum(axis=-1) / close**2
    return float((seen * square / (1 + square)).sum()) * close**2


def _step(off: F64, by_view: F64, by_point: F64, weight: F64, now: Solved, free: tuple[int, ...], deep: bool, damping: float) -> tuple[F64, F64]:
    """The step of all views f64[v 7] and points f64[n 3] to the minimum of the linear problem, the points eliminated."""
    num_points, num_views = weight.shape
    pull = 2 + int(deep)
    of_point = by_point[..., :pull]
    heavy = weight[..., None, None]
    flat = (num_points, 2 * num_views, -1)
    tall = np.ascontiguousarray(of_point).reshape(flat)
    pressed = np.swapaxes((of_point * heavy).reshape(flat), 1, 2)
    own: F64 = np.asarray(pressed @ tall, np.float64)
    own[:, range(pull), range(pull)] += 1e-6
    own[:, range(pull), range(pull)] *= 1 + damping
    slope = (pressed @ off.reshape(flat))[..., 0]
    if deep:
        ridge = LOOSE * weight.sum(axis=1)
        own[:, 2, 2] += ridge + 1e-6
        slope[:, 2] += ridge * (now.points[:, 2] - 1)
    inverse = np.linalg.inv(own)
    step_view = np.zeros((num_views, 7))
    if free:
        size = len(free)
        some = by_view[:, 1:, :, list(free)]
        part = some * heavy[:, 1:]
        by_frame = np.swapaxes(part, 0, 1).reshape(num_views - 1, 2 * num_points, size)
        block = np.swapaxes(by_frame, 1, 2) @ np.swapaxes(some, 0, 1).reshape(num_views - 1, 2 * num_points, size)
        right = (np.swapaxes(by_frame, 1, 2) @ np.swapaxes(off[:, 1:], 0, 1).reshape(num_views - 1, 2 * num_points, 1)).reshape(-1)
        block[:, range(size), range(size)] *= 1 + damping
        whole: F64 = np.asarray(block_diag(*block), np.float64) + np.eye(len(right)) * 1e-9
        between = (np.swapaxes(part, 2, 3) @ of_point[:, 1:]).reshape(num_points, -1, pull)
        joined = between @ inverse
        tied, bound = (np.ascontiguousarray(np.swapaxes(a, 0, 1)).reshape(len(right), -1) for a in (joined, between))
        whole = whole - np.einsum("ik,jk->ij", tied, bound)  # by hand: so small a product makes the threads of a BLAS wait for each other
        right -= np.einsum("nik,nk->i", joined, slope)
        found = -np.linalg.lstsq(whole, right, rcond=1e-12)[0]
        step_view[1:, list(free)] = found.reshape(num_views - 1, size)
        slope = slope + np.einsum("nik,i->nk", between, found)
    step_point = np.zeros((num_points, 3))
    step_point[:, :pull] = -np.einsum("nij,nj->ni", inverse, slope)
    return step_view, step_point


def _moved(now: Solved, step_view: F64, step_point: F64) -> Solved:
    points = now.points + step_point
    points[:, 2] = np.clip(points[:, 2], now.least, 30.0)
    points[:, :2] = np.clip(points[:, :2], -5, 5)
    turn = rotation(np.clip(step_view[:, TURN], -0.5, 0.5)) @ now.turn
    return replace(now, turn=turn, place=now.place + step_view[:, PLACE], zoom=np.clip(now.zoom + step_view[:, 6], -2, 2), points=points)
