"""How the camera of a clip moves in its longest shot: the family of its move, how far it goes, its pace and its unrest, from followed points.

Of the ways that a camera can be, from standing still to travelling while it turns, the simplest that explains the points is believed. Points on
people count less, and points that go their own way hardly at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import NDArray

from phonofilm.perceive.bundle import Solution, Views, bundle, resected, resting, turning
from phonofilm.perceive.percepts import CameraWay
from phonofilm.perceive.points import SIDE, Followed, follow

F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

PACE = 33  # instants at which the pace is kept
_SENSOR = 36.0  # mm of a frame's longer side
_USUAL = 43.0  # mm: the lens where the points do not tell it
_LENSES = (24.0, 28.0, 35.0, 50.0, 65.0, 85.0)
_KEYS, _EACH = (11, 18), 12  # fewest and most views that are solved together, and frames for each
_POINTS = 220
_FEW, _SHORT = 24, 12  # points and frames under which nothing is told
_SLACK = 0.6  # pixels that a point may be off
_LIVING = 5.0  # times as many on people: they sway
_TOGETHER = 0.3  # share of the points that must go with the camera
_STILL = 0.011  # of the frame's longer side: a smaller move is none
_SIMPLER = 1.15  # a simpler way may explain the points so many times worse
_ENOUGH = 0.16  # and may always cost so much
_NEARLY = 0.6  # cost of turns under which another lens may be what is missing
_WAVER = 0.02  # of what a camera turns: an unrest below it is how the turn begins and ends
_CALM = 0.0013  # of the frame's longer side: a smaller unrest is none
_SWAYS = 6.0  # times its unrest that a held camera's way is at least
_SMOOTH = 2.5  # frames


@dataclass(frozen=True, kw_only=True, eq=False)
class _Course:
    """A solved camera frame by frame, in degrees (right, up, clockwise), in distances of what is nearest (right, up, ahead), and its lens (log)."""

    angles: F64
    place: F64
    zoom: F64


def camera_way(frames: Iterator[U8], span: tuple[int, int]) -> CameraWay:
    """The camera of the frames [first, last) of ``span``, RGB u8[h w 3] with a longer side of ``points.SIDE``.

    Raises:
        ModelMissing: the model that sees people is not in the cache.
    """
    inside = (frame for k, frame in enumerate(frames) if span[0] <= k < span[1])
    return way_of(follow(inside))


def longest_shot(cuts: list[int], count: int) -> tuple[int, int]:
    """The first of the longest shots between cuts, as frames [first, last)."""
    return max(pairwise([0, *cuts, count]), key=lambda s: s[1] - s[0])


def way_of(followed: Followed) -> CameraWay:
    """The camera of one shot, by its points."""
    count = followed.xy.shape[1]
    if count < _SHORT:
        return _untold(f"its longest shot has {count} frames, and it takes {_SHORT}")
    keys = np.unique(np.linspace(0, count - 1, int(np.clip(count // _EACH, *_KEYS))).round().astype(np.int64))
    used = _chosen(followed, keys)
    if len(used) < _FEW:
        return _untold(f"only {len(used)} points in it can be followed")
    xy, slack = followed.xy[used], np.where(followed.living[used], _LIVING, 1.0) * _SLACK
    seen = np.isfinite(xy[..., 0])
    gaps = [int((seen[:, a] & seen[:, b]).sum()) for a, b in pairwise(keys)]
    if min(gaps) < _FEW // 2:
        return _untold("what it shows changes too fast to be followed")
    name, solved, lens = _solved(xy[:, keys], seen[:, keys], slack)
    together = float((solved.off < 4.0).mean())
    if together < _TOGETHER:
        return _untold(f"only {together:.0%} of what moves in it moves together")
    focal = lens / _SENSOR * SIDE
    views = Views(uv=xy / focal, seen=seen, slack=slack / focal)
    turn, place, zoom = _FREE[name]
    every = resected(views, solved, keys, turn=turn, place=place, lens=zoom) if name != "still" else _unmoved(solved, count)
    near = float(np.percentile(solved.points[solved.off < 4.0, 2], 85)) if place else 1.0
    return _named(_course(every, max(near, 1e-6)), solved, lens, shaken=_shaken(views, solved, keys, name, every))


_FREE = {
    "still": (False, False, False), "turn": (True, False, True), "travel": (False, True, False), "dolly": (False, True, True),
    "both": (True, True, False),
}  # fmt: skip


def _untold(why: str) -> CameraWay:
    return CameraWay(family="", amount=0.0, shake=0.0, pace=(), seconds=0.0, why=why)


def _chosen(followed: Followed, keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The points seen in most of the key views, spread over the time in which points are found."""
    often = np.isfinite(followed.xy[:, keys, 0]).sum(axis=1)
    order = np.argsort(-often, kind="stable")
    order = order[often[order] >= 3]
    if len(order) <= _POINTS:
        return order
    kept, loaded = [], np.zeros(len(keys))
    for n in order:  # every view wants its share
        at = np.isfinite(followed.xy[n, keys, 0])
        if loaded[at].min() < _POINTS * 0.6 or len(kept) < _POINTS:
            kept.append(int(n))
            loaded[at] += 1
        if len(kept) >= _POINTS * 1.5:
            break
    return np.array(kept, np.int64)


def _solved(xy: F64, seen: NDArray[np.bool_], slack: F64) -> tuple[str, Solution, float]:
    """The simplest way that explains the points, its solution, and the lens in mm that it is told with."""
    views = _views(xy, seen, slack, _USUAL)
    found = {"still": resting(views)}
    found["turn"] = bundle(views, turning(views), turn=True, lens=True)
    lens = _lens(xy, seen, slack, found["turn"]) if found["turn"].cost < _NEARLY else _USUAL
    if lens != _USUAL:
        views = _views(xy, seen, slack, lens)
        found["turn"] = bundle(views, turning(views), turn=True, lens=True)
    found["travel"] = min((bundle(views, s, place=True) for s in (found["still"], _gone(found["turn"]))), key=lambda s: s.cost)
    reversed_ = _reversed(found["travel"])
    found["dolly"] = min((bundle(views, s, place=True, lens=True) for s in (found["travel"], reversed_)), key=lambda s: s.cost)
    found["both"] = min((bundle(views, s, turn=True, place=True) for s in (found["travel"], found["turn"], _turned(reversed_))), key=lambda s: s.cost)
    most = _SIMPLER * min(s.cost for s in found.values())
    for name in _FREE:
        if found[name].cost <= max(most, _ENOUGH):
            return name, found[name], lens
    raise AssertionError("the best is as good as the best")


def _views(xy: F64, seen: NDArray[np.bool_], slack: F64, lens: float) -> Views:
    focal = lens / _SENSOR * SIDE
    return Views(uv=xy / focal, seen=seen, slack=slack / focal)


def _lens(xy: F64, seen: NDArray[np.bool_], slack: F64, usual: Solution) -> float:
    """The lens that a turning camera bends the ways of points by; the usual one where they do not tell."""
    costs: dict[float, float] = {}
    for lens in _LENSES:
        views = _views(xy, seen, slack, lens)
        costs[lens] = bundle(views, turning(views), turn=True, lens=True).cost
    best = min(costs, key=lambda k: costs[k])
    return best if costs[best] < 0.85 * usual.cost else _USUAL


def _gone(turned: Solution) -> Solution:
    """A camera that travels to where another turns: the start of a search."""
    ahead = turned.turn[:, 2]
    place = np.stack([ahead[:, 0], ahead[:, 1], 1.0 - np.exp(-turned.zoom)], axis=1)
    return replace(turned, turn=np.tile(np.eye(3), (len(ahead), 1, 1)), zoom=np.zeros(len(ahead)), place=place)


def _reversed(gone: Solution) -> Solution:
    """The same ways of the points, seen the other way round: what was near is far, the camera goes back, and its lens makes up for it."""
    far = float(np.percentile(gone.points[:, 2], 95))
    points = gone.points.copy()
    points[:, 2] = np.clip(far - points[:, 2], 0.0, None)
    return replace(gone, points=points, place=-gone.place, zoom=-np.log(np.maximum(1.0 - far * gone.place[:, 2], 0.2)))


def _turned(gone: Solution) -> Solution:
    """The same, with turns that make up for a way aside instead of a lens that makes up for a way ahead."""
    far = float(gone.points[:, 2].max())
    yaw, pitch = np.arctan(far * gone.place[:, 0]), np.arctan(far * gone.place[:, 1])
    turn = np.tile(np.eye(3), (len(yaw), 1, 1))
    turn[:, 0, 2], turn[:, 2, 0], turn[:, 1, 2], turn[:, 2, 1] = yaw, -yaw, pitch, -pitch
    left, _, right = np.linalg.svd(turn)
    return replace(gone, turn=left @ right, zoom=np.zeros(len(yaw)))


def _unmoved(solved: Solution, count: int) -> Solution:
    return replace(solved, turn=np.tile(np.eye(3), (count, 1, 1)), place=np.zeros((count, 3)), zoom=np.zeros(count))


def _course(solved: Solution, near: float) -> _Course:
    ahead, right = solved.turn[:, 2], solved.turn[:, 0]
    yaw = np.arctan2(ahead[:, 0], ahead[:, 2])
    pitch = np.arcsin(np.clip(-ahead[:, 1], -1, 1))
    roll = np.arcsin(np.clip(right[:, 1], -1, 1))
    return _Course(
        angles=np.degrees(np.stack([yaw, pitch, roll], axis=1)), place=solved.place * near * np.array([1.0, -1.0, 1.0]), zoom=solved.zoom,
    )  # fmt: skip


def _shaken(views: Views, solved: Solution, keys: NDArray[np.int64], name: str, every: Solution) -> float:
    """The unrest of a camera in degrees: its turns beside the way that it goes, where the way leaves no turns by those that fit best on top of it."""
    if not _FREE[name][0]:
        every = resected(views, solved, keys, turn=True, place=_FREE[name][1], lens=False)
    return unrest(_course(every, 1.0).angles)


def unrest(angles: F64) -> float:
    """How much a camera's turns f64[f 3] stray from a smooth way (a fifth power in time), degrees, root mean square of yaw and pitch."""
    time = np.linspace(-1, 1, len(angles))
    smooth = np.polynomial.polynomial.polyvander(time, 5)
    left = angles[:, :2] - smooth @ np.linalg.lstsq(smooth, angles[:, :2], rcond=None)[0]
    return float(np.sqrt((left**2).sum(axis=1).mean()))


def _named(course: _Course, solved: Solution, lens: float, *, shaken: float) -> CameraWay:
    """The family that shows most in the picture, with its amount and pace; ``lens`` in mm."""
    focal = lens / _SENSOR
    smooth = _Course(**{k: scipy.ndimage.gaussian_filter1d(v, _SMOOTH, axis=0, mode="nearest") for k, v in vars(course).items()})
    yaw, pitch, roll = smooth.angles.T - smooth.angles[:1].T
    right, up, ahead = smooth.place.T - smooth.place[:1].T
    longer = smooth.zoom - smooth.zoom[0]
    spread = _spread(solved, focal)
    shown = {
        "yaw": focal * np.abs(np.tan(np.radians(yaw))), "pitch": focal * np.abs(np.tan(np.radians(pitch))), "roll": spread * np.abs(np.radians(roll)),
        "right": focal * np.abs(right), "up": focal * np.abs(up), "ahead": spread * np.abs(ahead / np.maximum(1 - ahead, 0.1)),
        "lens": spread * np.abs(np.expm1(longer)),
    }  # fmt: skip
    felt = {k: float(v.max()) for k, v in shown.items()}
    seconds = len(yaw) / 24
    most = max(felt, key=lambda k: felt[k])
    turned = max(float(np.abs(yaw).max()), float(np.abs(pitch).max()))
    shake = shaken if np.radians(shaken) * focal > _CALM and shaken > _WAVER * turned else 0.0
    if felt[most] < max(_STILL, _SWAYS * np.radians(shake) * focal):
        return CameraWay(family="handheld" if shake else "static", amount=0.0, shake=round(shake, 3), pace=(), seconds=seconds)
    curves: dict[str, tuple[str, str, F64]] = {
        "yaw": ("pan_right", "pan_left", yaw), "pitch": ("tilt_up", "tilt_down", pitch), "roll": ("roll_right", "roll_left", roll),
        "right": ("truck_right", "truck_left", right), "up": ("pedestal_up", "pedestal_down", up), "ahead": ("push_in", "pull_out", ahead),
        "lens": ("zoom_in", "zoom_out", longer), "orbit": ("orbit_left", "orbit_right", yaw), "crane": ("crane_up", "crane_down", up),
        "dolly": ("dolly_zoom", "", np.expm1(longer)),
    }  # fmt: skip
    if {most} & {"yaw", "right"} and _against(yaw, right) and 0.4 < felt["yaw"] / max(felt["right"], 1e-9) < 2.5:
        most = "orbit"
    elif {most} & {"pitch", "up"} and _against(pitch, up) and 0.35 < felt["pitch"] / max(felt["up"], 1e-9) < 2.5:
        most = "crane"
    elif {most} & {"lens", "ahead"} and _against(longer, ahead) and felt["lens"] > 0.4 * felt["ahead"] > 0.16 * felt["lens"]:
        most = "dolly"
    onward, backward, curve = curves[most]
    peak = float(curve[np.abs(curve).argmax()])
    family = onward if peak > 0 or not backward else backward
    share = curve / peak
    if most == "dolly" and peak < 0:  # in as the lens widens: the same way run backwards
        share, peak = 1.0 + curve / -peak, abs(float(np.expm1(-longer)[np.abs(curve).argmax()]))
    amounts = {
        "push_in": peak, "pull_out": -peak / (1 - peak), "dolly_zoom": peak / (1 + peak), "zoom_in": np.exp(peak), "zoom_out": np.exp(-peak),
    }  # fmt: skip
    told = most in ("yaw", "pitch") and lens != _USUAL
    return CameraWay(
        family=family, amount=round(float(amounts.get(family, abs(peak))), 4), shake=round(shake, 3), pace=_pace(share), seconds=seconds,
        lens=lens if most in ("yaw", "pitch", "right", "up") and not told else 0.0,
    )  # fmt: skip


def _spread(solved: Solution, focal: float) -> float:
    """How far points are from the middle on the whole, in longer sides of the frame."""
    return float(np.sqrt((solved.points[:, :2] ** 2).sum(axis=1).mean())) * focal


def _against(one: F64, other: F64) -> bool:
    """Whether two parts of a way undo each other."""
    k = int(np.abs(one).argmax())
    return float(one[k] * other[k]) < 0


def _pace(share: F64) -> tuple[float, ...]:
    """How much of the way is done at ``PACE`` instants, 0 to 1; what goes on the whole one way never goes back."""
    net, gross = abs(float(share[-1] - share[0])), float(np.abs(np.diff(share)).sum())
    if net > 0.7 * gross:
        share = np.maximum.accumulate(share)
    at = np.interp(np.linspace(0, len(share) - 1, PACE), np.arange(len(share)), share)
    if net > 0.7 * gross:
        at = (at - at[0]) / max(float(at[-1] - at[0]), 1e-9)
    return tuple(round(float(v), 4) for v in np.clip(at, 0.0, 1.0))
