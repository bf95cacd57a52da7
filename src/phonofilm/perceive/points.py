"""Points followed through a shot: corners, taken forth and back by pyramidal Lucas-Kanade (Bouguet, 2000), renewed where many are lost.

Axes: n points, f frames. Pixels count from the middle of a frame whose longer side is ``SIDE``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from phonofilm.vision.segment import PersonMask

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

SIDE = 480
MOST = 340  # points at once
RENEW = 8  # frames between two looks for new points and for people
APART = 11  # pixels between two points
ASTRAY = 0.5  # pixels that a point followed forth and back may miss itself by
EDGE = 4.0  # pixels: a point nearer to the border is gone
BARE = 1.5  # levels: a picture that varies less has nothing to follow
PEOPLE, SURE = 0.03, 0.6  # share of the picture that people cover at least, and of that share what surely shows them
_WINDOW, _LEVELS = (15, 15), 4
_UNTIL = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 0.01)


@dataclass(frozen=True, kw_only=True, eq=False)
class Followed:
    """``xy`` f64[n f 2]: where each point is in each frame, NaN where it is not seen. ``living`` bool[n]: those that were found on people."""

    xy: F64
    living: NDArray[np.bool_]


def follow(frames: Iterable[U8]) -> Followed:
    """Points of the frames of one shot, each RGB u8[h w 3] with a longer side of ``SIDE``.

    Raises:
        ModelMissing: the model that sees people is not in the cache.
    """
    people = PersonMask()
    before: U8 | None = None
    at = np.zeros((0, 2), np.float32)
    names = np.zeros(0, np.int64)
    living: list[bool] = []
    rows: list[tuple[NDArray[np.int64], F32]] = []
    middle = np.zeros(2)
    for k, frame in enumerate(frames):
        grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)
        middle = np.array([grey.shape[1] / 2, grey.shape[0] / 2])
        if before is not None and len(at):
            at, kept = _stepped(before, grey, at)
            at, names = at[kept], names[kept]
        if k % RENEW == 0 and len(at) < MOST:
            fresh = _corners(grey, at, MOST - len(at))
            mask = _seen(people, frame)
            living += [bool(mask[int(y), int(x)] > 0.5) if mask is not None else False for x, y in fresh]
            at = np.concatenate([at, fresh])
            names = np.concatenate([names, np.arange(len(living) - len(fresh), len(living))])
        rows.append((names, at))
        before = grey
    xy = np.full((len(living), len(rows), 2), np.nan)
    for k, (who, where) in enumerate(rows):
        xy[who, k] = where + 0.5 - middle
    return Followed(xy=xy, living=np.array(living, bool))


def _stepped(before: U8, now: U8, at: F32) -> tuple[F32, NDArray[np.bool_]]:
    """Where points of one frame are in the next, and which of them came back to where they were."""
    there, found, _ = cv2.calcOpticalFlowPyrLK(before, now, at, np.empty_like(at), winSize=_WINDOW, maxLevel=_LEVELS, criteria=_UNTIL)
    back, returned, _ = cv2.calcOpticalFlowPyrLK(now, before, there, np.empty_like(at), winSize=_WINDOW, maxLevel=_LEVELS, criteria=_UNTIL)
    high, wide = now.shape
    inside = (there > EDGE).all(axis=1) & (there[:, 0] < wide - EDGE) & (there[:, 1] < high - EDGE)
    same = np.abs(np.asarray(back) - at).max(axis=1) < ASTRAY
    return np.asarray(there, np.float32), np.asarray((found.ravel() > 0) & (returned.ravel() > 0) & inside & same, bool)


def _corners(grey: U8, taken: F32, most: int) -> F32:
    free = np.full(grey.shape, 255, np.uint8)
    for x, y in taken:
        cv2.circle(free, (int(x), int(y)), APART, 0, -1)
    free[: int(EDGE) + 2] = free[-int(EDGE) - 2 :] = 0
    free[:, : int(EDGE) + 2] = free[:, -int(EDGE) - 2 :] = 0
    found = cast("MatLike | None", cv2.goodFeaturesToTrack(grey, most, 0.008, APART, mask=free))
    if found is None or float(grey.std()) < BARE:
        return np.zeros((0, 2), np.float32)
    fine = cv2.cornerSubPix(grey, np.asarray(found, np.float32), (4, 4), (-1, -1), (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.02))
    return np.asarray(fine, np.float32).reshape(-1, 2)


def _seen(people: PersonMask, frame: U8) -> F32 | None:
    """Where people are in a frame; None where nobody is for sure."""
    mask = people(frame)
    share = float((mask > 0.5).mean())
    return mask if share >= PEOPLE and float((mask > 0.9).mean()) >= SURE * share else None
