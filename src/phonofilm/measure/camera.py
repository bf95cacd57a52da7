"""Where the camera goes: recovered from points followed through the decoded frames, and held against the score's path where there is one.

Axes: n points, f frames. Without a score the lens is the one of ``LENSES`` that fits best; angles then are as right as that is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND
from phonofilm.measure.cuts import Cuts
from phonofilm.measure.film import Asked, Film, Shown
from phonofilm.measure.finding import Event, Finding, Series, Value, held, not_applicable
from phonofilm.measure.motion import FEWER, FLOOR, PATIENCE, Solved, between_two_views, explain, fit, follow
from phonofilm.measure.moves import Move, Way, move_of, rests, way_of
from phonofilm.measure.paths import Path, asked_path, curves, in_metres
from phonofilm.measure.people import People
from phonofilm.measure.points import LONGEST, Tracker, Tracks
from phonofilm.score.camera import FAMILIES, SENSOR, STRAIGHT, camera_at
from phonofilm.score.model import Shot

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

# mm of a frame whose longer side is 36; the first unless a turning camera tells that another fits better
LENSES = (43.0, 28.0, 35.0, 55.0, 65.0, 75.0)
FEW = 120  # points that the lens is told by
VIEWS = 9  # frames of a leg that are solved together; the others follow
POINTS = 300  # of the longest tracks
LEAST_FRAMES, LEAST_POINTS = 6, 16
GATHERED = 24  # frames: no two moves of a row come to rest nearer to each other
LOST = 0.25  # share of points followed under which the picture is another one
SLACK = 6.0  # how many times less exact than other points those on people are: they sway by pixels, while a way past them shows by tens
TOLD_BY_FAR = STRAIGHT | {"zoom_in", "zoom_out"}  # families that show in what is far away
CROSSING = 13  # frames of a shot that begins with anything but a cut, which still show the one before


@dataclass(frozen=True, kw_only=True, eq=False)
class Leg:
    """One move of a shot: frames [first, last) of the film; ``asked``: its family and its amount in the score, ``shot`` what it belongs to."""

    tracks: Tracks
    family: str = ""
    asked: float = 0.0
    delivered: float = 0.0
    shot: Shot | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """What a leg's points tell. ``share`` of them goes with the camera; ``residual`` in px of the film; ``error``: a share of the asked amount."""

    leg: Leg
    way: Way
    move: Move
    solved: Solved
    share: float
    residual: float
    drift: float
    lens: float
    unit: str = ""
    amount: float | None = None
    right: bool | None = None
    error: float | None = None
    path_error: float | None = None
    metres: float | None = None
    degrees: float | None = None
    asked: Path | None = None
    found: Path | None = None


class Camera:
    """The metric ``camera``."""

    def __init__(self, asked: Asked) -> None:
        self._score = asked.score
        self._cuts = Cuts()
        self._shots: list[Tracker] = []
        self._of: list[int] = []
        self._avoid: list[tuple[float, float, float, float]] = []
        self._people = People()
        self._seen: F32 | None = None
        self._broken = False

    def see(self, shown: Shown) -> None:
        """Follow the points into a frame; a cut, or the score's next shot, begins anew. Faces move by themselves and are left out."""
        cut = self._cuts.see(shown)
        of = self._shot_at(shown.at)
        if cut or not self._shots or self._broken or of != self._of[-1]:
            self._shots.append(Tracker())
            self._of.append(of)
        tracker = self._shots[-1]
        if tracker.due:
            self._avoid = [_around(face.box) for face in shown.faces]
            self._seen = self._people.of(shown)
        self._broken = tracker.see(shown.index, shown.y, self._avoid, self._seen) < LOST and len(tracker) > 1

    def finding(self, film: Film) -> Finding:
        """The move of every shot, and of every leg of it."""
        if film.num_frames < LEAST_FRAMES:
            return not_applicable("camera", f"a camera's way needs {LEAST_FRAMES} frames; the film has {film.num_frames}")
        told: list[Told] = []
        silent: list[str] = []
        for tracker, of in zip(self._shots, self._of, strict=True):
            shot = self._score.shots[of] if self._score is not None and of >= 0 else None
            for leg in _legs(tracker.tracks(), shot, film):
                found = tell(leg, film)
                if isinstance(found, str):
                    silent.append(f"{film.times[leg.tracks.frames[0]] / TICKS_PER_SECOND:.2f} s: {found}" if leg.tracks.frames else found)
                else:
                    told += found
        if not told:
            return not_applicable("camera", silent[0] if silent else "nothing can be followed in it")
        return _finding(told, silent, film, self._score is not None)

    def _shot_at(self, tick: int) -> int:
        if self._score is None:
            return -1
        return next((k for k, s in enumerate(self._score.shots) if s.start <= tick + TICKS_PER_FRAME // 4 < s.end), len(self._score.shots) - 1)


def tell(leg: Leg, film: Film) -> list[Told] | str:
    """The move of a leg (of several where it comes to rest between them and no score says so), or why it cannot be told."""
    width, height = film.size
    scale = LONGEST / max(width, height)
    xy = (leg.tracks.xy.astype(np.float64) - np.array([width / 2, height / 2])) * scale
    if xy.shape[1] < LEAST_FRAMES:
        return f"{xy.shape[1]} frames are too few"
    keys = np.unique(np.linspace(0, xy.shape[1] - 1, VIEWS).round().astype(np.int64))
    often = np.isfinite(xy[:, keys, 0]).sum(axis=1)
    used = _longest(often, leg.tracks.living)
    xy, slack = xy[used], np.where(leg.tracks.living[used], SLACK, 1.0)
    if len(xy) < LEAST_POINTS:
        return f"only {len(xy)} points can be followed"
    instants = [film.middle(k) for k in leg.tracks.frames]
    lens = lens_of(xy[:, keys], slack) if leg.shot is None else camera_at(leg.shot.camera, instants[0]).focal
    focal = lens / SENSOR * LONGEST
    seconds = (instants[-1] - instants[0]) / TICKS_PER_SECOND
    best, _ = explain(xy[:, keys], focal, slack)
    solved = follow(xy, focal, best, keys, best.trusted)
    way = way_of(solved, seconds)
    if leg.shot is None:
        pauses = rests(way, focal / LONGEST, max(GATHERED * TICKS_PER_FRAME // film.step, 8))
        if pauses:
            edges = [leg.tracks.frames[0], *(leg.tracks.frames[k] for k in pauses), leg.tracks.frames[-1] + 1]
            parts = [tell(Leg(tracks=leg.tracks.between(a, b)), film) for a, b in pairwise(edges)]
            return [t for part in parts if not isinstance(part, str) for t in part]
    share = float(solved.trusted.mean())
    if share < 0.15:
        return f"only {share:.0%} of the points move together"
    residual = float(np.sqrt((solved.residual[solved.trusted] ** 2).mean())) / scale
    move = move_of(way, solved, focal / LONGEST)
    swayed = replace(best, model="turn and zoom", place=np.zeros_like(best.place), zoom=np.zeros_like(best.zoom))
    drift = _drift(way_of(follow(xy, focal, swayed, keys, best.trusted), seconds), focal) / scale / max(seconds, 0.1)
    told = Told(leg=leg, way=way, move=move, solved=solved, share=share, residual=residual, drift=drift, lens=lens)
    told = replace(told, unit=FAMILIES[move.family].unit if move.family in FAMILIES else "", amount=move.amount)
    return [told if leg.shot is None else against(told, xy, focal, instants)]


def _longest(often: NDArray[np.int64], living: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The points seen in most of the views: ``POINTS`` of them, a third on people where so many are there."""
    order = np.argsort(-often, kind="stable")
    order = order[often[order] >= 3]
    people, rest = order[living[order]], order[~living[order]]
    num_people = min(max(POINTS // 3, POINTS - len(rest)), len(people))
    return np.concatenate([people[:num_people], rest[: POINTS - num_people]])


def lens_of(xy: F64, slack: F64) -> float:
    """The lens in mm of points f64[n v 2] in several views: told by how a turning camera bends their ways, else taken for the usual one.

    ``slack`` f64[n] is that of ``Solved``.
    """
    each = max(len(xy) // FEW, 1)
    some, loose = xy[::each], slack[::each]
    usual = LENSES[0] / SENSOR * LONGEST
    found = explain(some, usual, loose)[0]
    if found.model in ("still", "place") and found.trusted.mean() > 0.9:
        return LENSES[0]  # without turning, a lens only scales depths
    turns = {lens: fit(some, lens / SENSOR * LONGEST, "turn and zoom", slack=loose) for lens in LENSES}
    turned = min(LENSES, key=lambda k: turns[k].cost)
    if turns[turned].cost <= PATIENCE * found.cost + FLOOR and turns[turned].trusted.mean() >= found.trusted.mean() - FEWER:
        return turned  # by one of them it only turned: by the others that looks like a way as well
    costs: dict[float, float] = {}
    for lens in LENSES:
        focal = lens / SENSOR * LONGEST
        turning = turns[lens]
        parallax = [] if found.model == "turn and zoom" else [fit(some, focal, "place and turn", between_two_views(some, focal, loose) or turning)]
        costs[lens] = min(f.cost for f in (turning, *parallax))
    best = min(costs, key=lambda k: costs[k])
    return best if costs[best] < 0.98 * costs[LENSES[0]] else LENSES[0]


def against(told: Told, xy: F64, focal: float, instants: list[int]) -> Told:
    """What was found held against the score's path."""
    leg = told.leg
    assert leg.shot is not None
    shot, family = leg.shot, leg.family
    if shot.setting.kind == "footage":
        return told
    asked = asked_path(shot.camera, instants)
    right = told.move.family == family or family in told.move.also
    if not right and shot.setting.kind == "photo" and shot.setting.place and family not in TOLD_BY_FAR:
        # faces are not followed, and the place behind is so far away that where the camera stands does not show in it
        return replace(told, asked=asked, amount=None, move=replace(told.move, why="all that stands still is far away"))
    one_plane = family in told.move.also and not told.solved.place.any()
    flat = (
        in_metres(told.solved, xy, focal, shot, instants[0], flat=one_plane)
        if shot.setting.kind in ("photo", "studio") or not told.solved.place.any()
        else None
    )
    if flat is None:
        return replace(told, right=right, asked=asked)
    found = flat[0]
    told = replace(told, right=right, asked=asked, found=found, metres=_rms(found.place - asked.place), degrees=_rms(found.angles - asked.angles))
    if told.move.family != family and not one_plane:
        return replace(told, amount=None, move=replace(told.move, why="the picture does not tell it")) if right else told
    if family == "handheld":
        amount = shot.camera.handheld * _share_of(found.angles, asked.angles)
        return replace(told, unit="strength", amount=amount, error=abs(amount / max(shot.camera.handheld, 1e-6) - 1))
    done = curves(family, FAMILIES[family].unit, asked, found) if family in FAMILIES else None
    if done is None or abs(done[0][-1]) < 1e-6:
        return told
    want, got = done
    whole = float(want[-1])
    error = abs(float(got[-1]) / whole - 1)
    unit, least = FAMILIES[family].unit, 1.0 if FAMILIES[family].unit == "ratio" else 0.0
    amount = least + (leg.delivered - least) * float(got[-1]) / whole
    return replace(told, unit=unit, amount=amount, error=error, path_error=_rms(got - want) / abs(whole))


def _legs(tracks: Tracks, shot: Shot | None, film: Film) -> list[Leg]:
    """The tracks of a shot, one part for each move that the score has there."""
    if shot is None:
        return [Leg(tracks=tracks)]
    path = shot.camera
    if not path.legs:
        crossed = tracks
        if shot.transition != "cut" and shot.start:
            crossed = _from(tracks, film, shot.start + CROSSING * TICKS_PER_FRAME, shot.end)
        # a camera that is held still is held
        family = "handheld" if path.handheld and path.family == "static" else path.family
        return [Leg(tracks=crossed, family=family, asked=path.asked, delivered=path.delivered, shot=shot)]
    parts = [(_from(tracks, film, leg.start, leg.end), leg) for leg in path.legs]
    return [Leg(tracks=t, family=leg.family, asked=leg.asked, delivered=leg.delivered, shot=shot) for t, leg in parts if t.frames]


def _from(tracks: Tracks, film: Film, start: int, end: int) -> Tracks:
    inside = [k for k in tracks.frames if start <= film.middle(k) < end]
    return tracks.between(inside[0], inside[-1] + 1) if inside else tracks.between(0, 0)


def _around(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A face with its hair and chin."""
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    return x0 - 0.2 * w, y0 - 0.35 * h, x1 + 0.2 * w, y1 + 0.15 * h


def _rms(off: F64) -> float:
    return float(np.sqrt((off**2).reshape(len(off), -1).sum(axis=1).mean()))


def _share_of(found: F64, asked: F64) -> float:
    """How large one unrest is by another, about the middle of each."""
    a, b = found - found.mean(axis=0), asked - asked.mean(axis=0)
    return float((a * b).sum() / max(float((b * b).sum()), 1e-12))


def _drift(way: Way, focal: float) -> float:
    """Pixels by which the frame is moved, turned or grown between the first frame and the one farthest from it."""
    shifted = np.linalg.norm(np.radians(way.angles[:, :2]) * focal, axis=1)
    around = 0.26 * LONGEST * np.hypot(np.log(way.lens), np.radians(way.angles[:, 2]))
    return float(np.hypot(shifted, around).max())


def _finding(told: list[Told], silent: list[str], film: Film, scored: bool) -> Finding:
    judged = [t for t in told if t.right is not None]
    static = [t.drift for t in told if (t.leg.family == "static" and t.right is not None) or (t.leg.shot is None and t.move.family == "static")]
    values = [
        Value(name="moves", value=", ".join(t.move.family for t in told)),
        Value(name="lens", value="the score's" if scored else f"taken for {', '.join(f'{v:g}' for v in sorted({t.lens for t in told}))} mm"),
        Value(name="points used", value=min(t.share for t in told)),
        Value(name="residual", value=max(t.residual for t in told), unit="px"),
    ]
    if scored:
        values += [
            held("families right", _share([bool(t.right) for t in judged]), "", "camera family", why="" if judged else "no shot tells it"),
            held("amount error", _worst([t.error for t in told]), "", "camera amount", why="no move has an amount that could be measured"),
            Value(name="path error", value=_worst([t.path_error for t in told]), why="no move has an amount that could be measured"),
            Value(name="place error", value=_worst([t.metres for t in told]), unit="m", why="no depths to measure metres by"),
            Value(name="angle error", value=_worst([t.degrees for t in told]), unit="degrees", why="nothing was asked"),
        ]
    values.append(held("static drift", max(static, default=None), "px/s", "static drift", why="no shot is static"))
    if silent:
        values.append(Value(name="not told", value=len(silent), unit="shots", why="; ".join(silent)))
    for k, t in enumerate(told):
        values += _one(k + 1, t)
    return Finding(metric="camera", values=tuple(values), series=_series(told, film), events=tuple(_event(t, film) for t in told))


def _one(number: int, told: Told) -> list[Value]:
    also = f" (or {', '.join(told.move.also)}: the same picture)" if told.move.also else ""
    asked = f", asked: {told.leg.family}" if told.leg.family else ""
    out = [Value(name=f"move {number}", value=f"{told.move.family}{also}{asked}", passed=None)]
    out.append(Value(name=f"move {number} amount", value=told.amount, unit=told.unit, goal=_asked(told), why=told.move.why))
    if told.error is not None:
        out.append(Value(name=f"move {number} amount error", value=told.error))
    return out


def _asked(told: Told) -> str:
    return f"asked {told.leg.asked:g}, planned {told.leg.delivered:.4g}" if told.leg.family and told.leg.delivered else ""


def _event(told: Told, film: Film) -> Event:
    still = told.amount is None or told.move.family in ("static", "handheld")
    amount = "" if still else f" {told.amount:.3g} {told.unit}" if told.unit != "share" else f" {told.amount:.0%}"
    asked = f" (asked {told.leg.family} {told.leg.delivered:.3g})" if told.leg.family else ""
    return Event(name=told.move.family, kind="move", at=film.times[told.leg.tracks.frames[0]], text=f"{told.move.family}{amount}{asked}")


def _series(told: list[Told], film: Film) -> tuple[Series, ...]:
    """The way found and the way asked: metres where the score gives depths, else distances of the subject."""
    ticks = tuple(film.times[k] for t in told for k in t.leg.tracks.frames)
    unit = "m" if all(t.found is not None for t in told) else "distances"
    out: list[Series] = []
    for who in ("found", "asked"):
        paths = [(t.found or t.way) if who == "found" else t.asked for t in told]
        if who == "asked" and not any(paths):
            continue
        for name, its, part, column in (
            ("right", unit, "place", 0), ("up", unit, "place", 1), ("ahead", unit, "place", 2),
            ("yaw", "degrees", "angles", 0), ("pitch", "degrees", "angles", 1), ("roll", "degrees", "angles", 2), ("lens", "ratio", "lens", None),
        ):  # fmt: skip
            values: list[float | None] = []
            for t, path in zip(told, paths, strict=True):
                if path is None:
                    values += [None] * len(t.leg.tracks.frames)
                else:
                    whole = getattr(path, part)
                    values += [float(v) for v in (whole if column is None else whole[:, column])]
            out.append(Series(name=f"{name} {who}", unit=its, at=ticks, values=tuple(values)))
    return tuple(out)


def _worst(values: list[float | None]) -> float | None:
    return max((v for v in values if v is not None), default=None)


def _share(flags: list[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None
