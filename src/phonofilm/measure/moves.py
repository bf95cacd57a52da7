"""The name and the size of a camera's move, from the way that its points tell. Axes: f frames, n points.

Where a picture cannot tell two moves apart (a push in on a flat wall, a zoom; a truck along it, alone or after somebody), ``also`` names the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonofilm.measure.motion import Solved

F64 = NDArray[np.float64]

RADIUS = 0.26  # where in the frame growing and turning are felt, as a share of its longer side
FELT = 0.0025  # the least move that is one, as a share of the longer side: a tenth of it is half a second's drift at the goal for a static camera
RESTLESS = 0.25  # degrees a second of going to and fro that make a camera a held one,
TO_AND_FRO = 0.5  # and their share of all its turning
NARROW = 0.25  # of the longer side: what can be followed fills no more in one direction, so that a turn and a shift look alike
FEW = 16  # points on people, and as many on what is behind them, that tell of depth
ASIDE = 0.3  # of the way across that a way up must be to give the move its name, and the other way round
KEPT = 0.2  # inverse depth, by that of the others, under which a group of points keeps its place in the frame


@dataclass(frozen=True, kw_only=True, eq=False)
class Way:
    """A camera's way from its first frame: ``place`` f64[f 3] right, up, ahead in distances of its subject; ``angles`` f64[f 3] yaw to the right,
    pitch up, roll clockwise in degrees; ``lens`` f64[f] ratios of focal length."""

    place: F64
    angles: F64
    lens: F64
    unrest: float
    to_and_fro: float


@dataclass(frozen=True, kw_only=True)
class Move:
    """A move: its family, its amount in the family's unit (None where the picture does not tell it), and the families that would look the same."""

    family: str
    amount: float | None
    also: tuple[str, ...] = ()
    why: str = ""


def angles_of(turn: F64) -> F64:
    """Yaw right, pitch up and roll clockwise in degrees of turns f64[... 3 3] from the first view (axes right, down, ahead)."""
    ahead, right = turn[..., 2, :], turn[..., 0, :]
    yaw = np.arctan2(ahead[..., 0], ahead[..., 2])
    pitch = np.arcsin(np.clip(-ahead[..., 1], -1, 1))
    return np.degrees(np.stack([yaw, pitch, np.arcsin(np.clip(right[..., 1], -1, 1))], axis=-1))


def way_of(solved: Solved, seconds: float) -> Way:
    """The way of a solved camera, in distances of the nearest fifth of what it sees."""
    depths = solved.points[solved.trusted, 2]
    near = float(np.percentile(depths, 85)) if len(depths) else 1.0
    place = solved.place * near * np.array([1, -1, 1])
    angles = angles_of(solved.turn)
    smooth = _smooth(angles)
    gone = np.abs(np.diff(smooth, axis=0)).sum(axis=0)
    net = np.abs(smooth[-1] - smooth[0])
    fro = float((gone - net).sum())
    return Way(place=place, angles=angles, lens=np.exp(solved.zoom), unrest=fro / max(seconds, 0.1), to_and_fro=fro / max(float(gone.sum()), 1e-9))


def move_of(way: Way, solved: Solved, focal: float) -> Move:
    """The move of a way; ``focal``: in longer sides of the frame."""
    right, up, ahead = (float(v) for v in way.place[-1])
    yaw, pitch, roll = (float(v) for v in way.angles[-1])
    lens = float(way.lens[-1])
    turned = [focal * np.tan(np.radians(min(abs(v), 80))) for v in (yaw, pitch)]
    felt = {
        "yaw": turned[0], "pitch": turned[1], "roll": RADIUS * np.radians(abs(roll)), "right": focal * abs(right), "up": focal * abs(up),
        "ahead": RADIUS * abs(ahead / max(1 - ahead, 0.1)), "lens": RADIUS * abs(lens - 1),
    }  # fmt: skip
    most = max(felt, key=lambda k: felt[k])
    gone = {"right": abs(right), "up": abs(up), "ahead": abs(ahead)}
    if most in gone and felt["ahead"] > FELT:  # by where it goes: a way ahead shows less than the same way aside
        most = max(gone, key=lambda k: gone[k])
    held = way.unrest > RESTLESS and way.to_and_fro > TO_AND_FRO
    if held and felt[most] < 3 * focal * np.radians(way.unrest):
        return Move(family="handheld", amount=None, why="its strength is told against a score")
    if felt[most] < FELT:
        return Move(family="static", amount=0.0)
    if solved.least < 0:
        return Move(family="dolly_zoom", amount=None, why="what it is about has no one depth")
    # a roll or a zoom by far: what little goes with it is what the points leave open
    alone = most in ("roll", "lens") and felt[most] > 2 * max(felt["yaw"], felt["pitch"])
    kept = None if most == "roll" else keeps_its_place(solved)
    if kept is not None:
        if max(felt["right"], felt["up"]) > felt["ahead"]:
            side = "truck_right" if right > 0 else "truck_left"
            return Move(family="tracking" if right > 0 else side, amount=None, also=(side,), why="the subject's distance is not told by its place")
        return Move(family="dolly_zoom", amount=None, why="how far it goes depends on depths that the picture does not tell")
    across, upward = max(felt["yaw"], felt["right"]), max(felt["pitch"], felt["up"])
    if not alone and felt["yaw"] > FELT and across > ASIDE * upward and right * yaw < 0 and 0.4 < felt["yaw"] / max(felt["right"], 1e-9) < 2.0:
        return Move(family="orbit_right" if right > 0 else "orbit_left", amount=abs(yaw))
    if not alone and felt["pitch"] > FELT and upward > ASIDE * across and up * pitch < 0 and 0.4 < felt["pitch"] / max(felt["up"], 1e-9) < 2.0:
        return Move(family="crane_up" if up > 0 else "crane_down", amount=abs(up))
    if most == "lens" and felt["ahead"] > 0.5 * felt["lens"] and (lens - 1) * ahead < 0:
        return Move(family="dolly_zoom", amount=None)
    flat = ("push_in", "pull_out") if solved.model == "turn and zoom" and not has_depth(solved) else ()
    narrow = not flat and is_narrow(solved, focal)
    aside = (("pan_right", "orbit_right") if right > 0 else ("pan_left", "orbit_left")) if narrow else ()
    along = (("tilt_up", "crane_up") if up > 0 else ("tilt_down", "crane_down")) if narrow else ()
    return {
        "yaw": Move(family="pan_right" if yaw > 0 else "pan_left", amount=abs(yaw)),
        "pitch": Move(family="tilt_up" if pitch > 0 else "tilt_down", amount=abs(pitch)),
        "roll": Move(family="roll_right" if roll > 0 else "roll_left", amount=abs(roll)),
        "right": Move(family="truck_right" if right > 0 else "truck_left", amount=abs(right), also=(*(("tracking",) if right > 0 else ()), *aside)),
        "up": Move(family="pedestal_up" if up > 0 else "pedestal_down", amount=abs(up), also=along),
        "ahead": Move(family="push_in" if ahead > 0 else "pull_out", amount=ahead if ahead > 0 else -ahead / (1 - ahead)),
        "lens": Move(family="zoom_in" if lens > 1 else "zoom_out", amount=max(lens, 1 / lens), also=flat[:1] if lens > 1 else flat[1:]),
    }[most]


def has_depth(solved: Solved) -> bool:
    """Whether people are seen before something else: then a way ahead would have shown by its parallax, and a zoom is one."""
    good, living = solved.trusted, solved.slack > 1
    return min(int((good & living).sum()), int((good & ~living).sum())) >= FEW


def is_narrow(solved: Solved, focal: float) -> bool:
    """Whether all that goes with the camera lies in so narrow a part of the frame that its perspective tells nothing."""
    at = solved.points[solved.trusted, :2] * focal
    return not len(at) or bool((np.percentile(at, 95, axis=0) - np.percentile(at, 5, axis=0)).min() < NARROW)


def keeps_its_place(solved: Solved) -> NDArray[np.bool_] | None:
    """Points bool[n] of a subject that keeps its place in the frame while all around it moves, as if it were endlessly far; None where there is none.

    Such a group is in one piece, apart in depth from all others, and surrounded by them: the far end of a street fades into its sides instead.
    """
    if solved.model not in ("place", "place and turn", "all"):
        return None
    good, living = solved.trusted, solved.slack > 1
    depths = solved.points[:, 2]
    others = good & ~living if (good & ~living).sum() >= FEW else good
    usual = float(np.percentile(depths[others], 75)) if others.any() else 1.0
    still, between = good & (depths < KEPT * usual), good & (depths >= KEPT * usual) & (depths < 0.6 * usual)
    somebody = has_depth(solved) and float(np.median(depths[good & living])) < KEPT * usual  # in one piece, whatever its single points say
    if somebody:
        still = good & living
    rest = good & ~still
    if not somebody and (still.sum() < max(8, 0.04 * good.sum()) or still.sum() > 0.6 * good.sum() or between.sum() > 0.5 * still.sum()):
        return None
    at, around = solved.points[still, :2], solved.points[rest, :2]
    spread, whole = np.ptp(np.percentile(at, (10, 90), axis=0), axis=0), np.ptp(np.percentile(around, (5, 95), axis=0), axis=0)
    middle = np.median(at, axis=0)
    left, right = np.mean(around[:, 0] < middle[0]), np.mean(around[:, 0] > middle[0])
    return still if (somebody or spread[0] < 0.75 * whole[0]) and min(left, right) > 0.1 else None


def rests(way: Way, focal: float, least: int) -> list[int]:
    """Frames at which a camera comes to rest between two moves, none nearer than ``least`` frames to each other or to an end."""
    path = np.concatenate([way.place * focal, np.radians(way.angles) * focal, RADIUS * np.log(way.lens)[:, None]], axis=1)
    if len(path) < 3 * least or way.to_and_fro > TO_AND_FRO:
        return []
    speed = np.linalg.norm(np.gradient(_smooth(path), axis=0), axis=1)
    top = float(np.percentile(speed, 90))
    if top * len(path) < 3 * FELT:
        return []
    out: list[int] = []
    for k in range(least, len(path) - least):
        around = speed[max(k - least // 2, 0) : k + least // 2 + 1]
        before, after = speed[max(k - 2 * least, 0) : k].max(), speed[k : k + 2 * least].max()
        if speed[k] == around.min() and speed[k] < 0.2 * min(before, after) and min(before, after) > 0.25 * top and (not out or k - out[-1] >= least):
            out.append(k)
    return out


def _smooth(values: F64) -> F64:
    """A running mean over five frames, shorter at the ends."""
    if len(values) < 5:
        return values
    padded = np.concatenate([values[:1]] * 2 + [values] + [values[-1:]] * 2)
    return sum((padded[k : k + len(values)] for k in range(5)), np.zeros_like(values)) / 5
