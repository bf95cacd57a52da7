"""The picture of a film in numbers: motion, flicker, jumps of the light, sharpness, halos, frozen, repeated and black frames, blocks."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import ModelMissing
from phonofilm.measure import light
from phonofilm.measure.cuts import Cuts
from phonofilm.measure.edges import sharpness
from phonofilm.measure.film import Asked, Film, Shown
from phonofilm.measure.finding import Event, Finding, Series, Value, held
from phonofilm.measure.levels import longest
from phonofilm.measure.rim import Rim, rim
from phonofilm.vision.segment import PersonMask

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

SAME = (1.0, 0.5)  # levels by which the largest pixels and the largest 8 x 8 block of a repeated frame differ: coding alone does that
CODED = (3.0, 1.2, 0.05)  # the same where much moves, which is coded more roughly; and the share of the usual motion that the block may have
HELD = 4  # frames in a row that show the same before the picture is frozen and not merely repeated
REFRESHED, LONG = 6.0, 10  # levels that a keyframe may change in a still, and frames of the still on both sides of it
SAME_THING = 0.8  # correlation of light above which a supposed cut shows the same thing in other light
DROP = 1.25  # times as wide as around them, and edges are suddenly soft
PEOPLE, SURE = 0.03, 0.7  # share of the picture that a person covers, and of it that is surely one, before the outline is looked at
_BLACK, _BLACKEST = 20.0, 32.0  # mean and brightest luma of a black frame


class Picture:
    """The metric ``picture``."""

    def __init__(self, asked: Asked) -> None:
        self._cuts = Cuts()
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._people: PersonMask | None = None
        self._why = ""
        self._before: Shown | None = None
        self._next_look = 0
        self._changes: list[NDArray[np.float16]] = []
        self._motion: list[float] = []
        self._same: list[bool] = []
        self._small: list[float] = []
        self._stops: list[float] = []
        self._edges: list[tuple[float, float] | None] = []
        self._black: list[bool] = []
        self._blocks: list[float] = []
        self._rims: list[tuple[int, Rim | None]] = []
        self._same_thing: set[int] = set()
        self._usual: deque[float] = deque(maxlen=12)

    def see(self, shown: Shown) -> None:
        """Look at one frame, beside the one before."""
        before, small = self._before, shown.small
        self._stops.append(float(light.stops(small).mean()))
        self._edges.append(sharpness(shown.y))
        self._black.append(bool(small.mean() < _BLACK and np.percentile(small, 99) < _BLACKEST))
        new = self._cuts.see(shown)
        if before is None:
            self._append(np.zeros(light.BLOCKS[0] * light.BLOCKS[1], np.float32), 0.0, False, 255.0)
        else:
            self._beside(shown, before, new)
        if shown.at >= self._next_look:
            self._next_look = shown.at + TICKS_PER_SECOND
            self._outline(shown)
            self._blocks.append(blockiness(shown.y))
        self._before = shown

    def _beside(self, shown: Shown, before: Shown, new: bool) -> None:
        small, last = shown.small, before.small
        same, most = _same(small, last, float(np.median(self._usual)) if self._usual else 0.0)
        if same:
            self._append(np.zeros(self._changes[0].shape, np.float32), 0.0, True, most)
            return
        self._usual.append(most)
        motion = np.asarray(self._flow.calc(small, last, np.zeros((*small.shape, 2), np.float32)), np.float32)
        brought = light.moved(last, motion)
        if new and light.alike(small, brought) > SAME_THING:
            self._same_thing.add(shown.index)
        seconds = max(shown.at - before.at, 1) / TICKS_PER_SECOND
        speed = float(cv2.magnitude(motion[..., 0], motion[..., 1]).mean()) / max(small.shape) * 100 / seconds
        self._append(light.change(small, brought), speed, False, most)

    def _append(self, change: F32, speed: float, same: bool, most: float) -> None:
        self._changes.append(change.astype(np.float16))
        self._motion.append(speed)
        self._same.append(same)
        self._small.append(most)

    def _outline(self, shown: Shown) -> None:
        """Once a second, the outline of who is in the picture."""
        if self._why:
            return
        try:
            self._people = self._people or PersonMask()
        except ModelMissing as e:
            self._why = str(e)
            return
        mask = self._people(shown.rgb)
        seen = float((mask > 0.5).mean())
        somebody = seen >= PEOPLE and float((mask > 0.9).mean()) >= SURE * seen and shown.faces  # things have bright rims of their own
        self._rims.append((shown.at, rim(shown.y, mask) if somebody else None))

    def finding(self, film: Film) -> Finding:
        """All of it."""
        cuts = [k for k in self._cuts.found if k not in self._same_thing]
        changes = np.stack(self._changes).astype(np.float32)
        for k in cuts:
            changes[max(k - 1, 0) : k + 2] = 0
        same = held_through(np.array(self._same), np.array(self._small))
        fps = TICKS_PER_SECOND / film.step
        swings = light.flicker(changes, fps)
        leaps = [k for k in light.jumps(changes) if k]
        soft = drops([e and e[1] for e in self._edges], cuts)
        values = (
            *self._movement(same, cuts, film),
            *self._steadiness(swings, leaps, changes),
            *self._crispness(soft),
            *self._outlines(),
            Value(name="blockiness", value=round(float(np.median(self._blocks)), 3), unit="levels"),
            Value(name="black share", value=round(float(np.mean(self._black)), 4)),
        )
        events = (
            *(
                Event(name="the light jumps", kind="exposure jump", at=film.times[k], text=f"{float(np.median(changes[k])):+.2f} stops")
                for k in leaps
            ),
            *(Event(name="suddenly soft", kind="sharpness drop", at=film.times[k]) for k in soft),
            *(Event(name="the picture stands still", kind="frozen", at=film.times[k], text=f"{n} frames") for k, n in frozen_runs(same)),
        )
        return Finding(metric="picture", values=values, series=self._series(film, swings, cuts), events=events)

    def _movement(self, same: NDArray[np.bool_], cuts: list[int], film: Film) -> tuple[Value, ...]:
        held_still = np.zeros(len(same), bool)
        for k, n in frozen_runs(same):
            held_still[k : k + n] = True
        free = np.ones(len(same), bool)
        free[[0, *cuts]] = False
        speed = np.array(self._motion)[free]
        repeated = same & ~held_still
        _, run = longest(held_still)
        every = cadence(same, held_still)
        return (
            Value(
                name="motion",
                value=round(float(speed.mean()), 2) if len(speed) else None,
                unit="% of the width/s",
                why="" if len(speed) else "one frame",
            ),
            held("frozen share", round(float(held_still.mean()), 4), "", "frozen share"),
            Value(name="longest freeze", value=run, unit="frames"),
            held("repeated share", round(float(repeated.sum() / max((~held_still).sum(), 1)), 4), "", "repeated share"),
            Value(name="repeated regularly", value=f"one in {every}" if every else "no"),
            Value(name="cuts", value=len(cuts)),
        )

    def _steadiness(self, swings: light.Flicker | None, leaps: list[int], changes: F32) -> tuple[Value, ...]:
        why = "" if swings else "too short, or too few frames a second"
        worst = float(np.abs(np.median(changes[leaps], axis=1)).max()) if leaps else 0.0
        return (
            held("flicker", round(swings.worst, 3) if swings else None, "% of the light", "flicker", why=why),
            Value(name="flicker of patches", value=round(swings.patchy, 3) if swings else None, unit="% of the light", why=why),
            held("jumps of the light", len(leaps), "", "jumps of the light"),
            Value(name="largest jump", value=round(worst, 2), unit="stops"),
            Value(name="mean light", value=round(-float(np.mean(self._stops)), 2), unit="stops below white"),
        )

    def _crispness(self, soft: list[int]) -> tuple[Value, ...]:
        known = [e for e in self._edges if e is not None]
        why = "" if known else "it has hardly an edge"
        return (
            held("edge width", round(float(np.median([e[0] for e in known])), 2) if known else None, "px", "edge width", why=why),
            Value(name="width of the usual edge", value=round(float(np.median([e[1] for e in known])), 2) if known else None, unit="px", why=why),
            held("sharpness drops", len(soft), "", "sharpness drops"),
        )

    def _outlines(self) -> tuple[Value, ...]:
        rims = [r for _, r in self._rims if r is not None]
        why = "" if rims else self._why or "nobody's outline is seen"
        return (
            held("halo", round(float(np.median([r.levels for r in rims])), 1) if rims else None, "levels", "halo", why=why),
            Value(name="halo along", value=round(float(np.median([r.share for r in rims])), 3) if rims else None, unit="of the outline", why=why),
        )

    def _series(self, film: Film, swings: light.Flicker | None, cuts: list[int]) -> tuple[Series, ...]:
        at, new = film.times, {0, *cuts}

        def line(name: str, unit: str, values: list[float | None]) -> Series:
            return Series(name=name, unit=unit, at=at, values=tuple(v if v is None else round(v, 4) for v in values))

        seen = [
            line("motion", "% of the width/s", [None if k in new else v for k, v in enumerate(self._motion)]),
            line("edge width", "px", [e and e[0] for e in self._edges]),
            line("width of the usual edge", "px", [e and e[1] for e in self._edges]),
            line("light", "stops", list(self._stops)),
        ]
        if swings:
            seen.append(line("flicker", "% of the light", [float(v) for v in swings.over_time]))
        return tuple(seen)


def _same(small: U8, last: U8, usual: float) -> tuple[bool, float]:
    """Whether two frames are one, and by how many levels the block that differs most does; ``usual`` is what it does where things move."""
    apart = cv2.absdiff(small, last)
    size = (max(apart.shape[1] // 8, 1), max(apart.shape[0] // 8, 1))
    most = float(cv2.resize(apart.astype(np.float32), size, interpolation=cv2.INTER_AREA).max())
    top = float(np.percentile(apart, 99.9))
    still = most <= SAME[1] and top <= SAME[0]
    return still or (most <= min(CODED[1], CODED[2] * usual) and top <= CODED[0]), most


def held_through(same: NDArray[np.bool_], most: NDArray[np.floating]) -> NDArray[np.bool_]:
    """``same`` with the keyframes inside a long still counted as part of it: coded anew they differ a little from what they repeat."""
    out = same.copy()
    for k in np.flatnonzero(~same & (most <= REFRESHED)):
        if k > LONG and k + LONG < len(same) and same[k - LONG : k].all() and same[k + 1 : k + 1 + LONG].all():
            out[k] = True
    return out


def frozen_runs(same: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(first frame that repeats, how many do) of every run long enough."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
    return [(int(a), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= HELD]


def cadence(same: NDArray[np.bool_], still: NDArray[np.bool_]) -> int:
    """N where one frame in N repeats the one before, regularly (a film brought to another rate); 0 where none does."""
    at = np.flatnonzero(same & ~still)
    if len(at) < 4:
        return 0
    gaps = [int(b - a) for a, b in pairwise(at)]
    usual = int(np.median(gaps))
    return usual if usual >= 2 and sum(abs(g - usual) <= 1 for g in gaps) >= 0.7 * len(gaps) else 0


def drops(widths: list[float | None], cuts: list[int]) -> list[int]:
    """Frames at which edges suddenly become wider than before and after, within a shot."""
    found: list[int] = []
    edges = [0, *cuts, len(widths)]
    for start, end in pairwise(edges):
        part = np.array([np.nan if w is None else w for w in widths[start:end]])
        for k in range(4, len(part) - 4):
            around = np.concatenate([part[max(k - 12, 0) : k - 2], part[k + 9 : k + 20]])
            around = around[np.isfinite(around)]
            sudden = part[k] >= DROP * np.nanmax(part[max(k - 3, 0) : k], initial=0.0)
            if len(around) >= 3 and sudden and part[k] >= DROP * np.median(around):
                found.append(start + k)
    return found


def blockiness(y: U8) -> float:
    """Levels by which luma changes more across the borders of 8 x 8 blocks than beside them: 0 where nothing is seen of them."""
    extra: list[float] = []
    for plane in (y, y.T):
        steps = cv2.absdiff(np.ascontiguousarray(plane[:, 1:]), np.ascontiguousarray(plane[:, :-1])).mean(axis=0)
        border = np.arange(len(steps)) % 8 == 7
        if border.any() and not border.all():
            extra.append(float(steps[border].mean() - steps[~border].mean()))
    return max(float(np.mean(extra)), 0.0) if extra else 0.0
