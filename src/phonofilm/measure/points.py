"""Corners followed through the frames of one shot. Axes: h w pixels, n points, f frames.

Found cell by cell (Shi and Tomasi, 1994), so that a soft background has its share beside a sharp subject; followed by pyramidal Lucas-Kanade
(Bouguet, 2000) forth and back, always from a key frame a few frames ago: the drift of many small steps does not add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

LONGEST = 960  # longer side of the luma that points are followed in
CELLS = (10, 7)  # columns and rows of cells, the columns along the longer side
PER_CELL = 7
APART = 7  # pixels between two corners
EVERY = 8  # frames from one key frame to the next
RETURN = 0.25  # pixels by which a point may miss itself when followed forth and back
NEAR = 0.015  # of the longer side: what lies so near to somebody's outline may belong to him
FAINT = 2e-5  # the least eigenvalue of a corner that is more than noise of coding
WINDOW = (17, 17)
BOX = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Tracks:
    """Points of a shot: ``xy`` f32[n f 2] in pixels of the full picture (a pixel's middle at a half), NaN where a point is not seen.

    ``frames``: their numbers, f. ``living`` bool[n]: whether a point was found on somebody, who moves a little by himself.
    """

    frames: tuple[int, ...]
    xy: F32
    living: NDArray[np.bool_]

    def between(self, first: int, last: int) -> Tracks:
        """The tracks in the frames of numbers [first, last), of those points that are seen there."""
        kept = [k for k, number in enumerate(self.frames) if first <= number < last]
        xy = self.xy[:, kept]
        seen = np.isfinite(xy[..., 0]).sum(axis=1) >= 2
        return Tracks(frames=tuple(self.frames[k] for k in kept), xy=xy[seen], living=self.living[seen])


class Tracker:
    """Follows the points of one shot; only the key frame's luma and the points are kept."""

    def __init__(self) -> None:
        self._frames: list[int] = []
        self._seen: list[tuple[NDArray[np.int64], F32]] = []
        self._key: U8 | None = None
        self._key_age = 0
        self._ids = np.zeros(0, np.int64)
        self._start, self._now = np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
        self._next, self._scale = 0, 1.0
        self._living: list[NDArray[np.bool_]] = []

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def due(self) -> bool:
        """Whether the next frame will be a key frame, so that ``avoid`` is asked."""
        return self._key is None or self._key_age + 1 >= EVERY

    def see(self, frame: int, luma: U8, avoid: Sequence[BOX] = (), people: F32 | None = None) -> float:
        """Follow the points into the frame of that number, luma u8[h w]; new ones are not sought inside ``avoid`` (x0 y0 x1 y1).

        ``people`` f32[rows columns] 0…1, of any size: where somebody is; asked, as ``avoid``, when it is ``due``.

        Returns the share of the points that were followed.
        """
        image, self._scale = reduced(luma)
        share = 1.0
        if self._key is not None:
            alive = len(self._ids)
            self._follow(image)
            share = len(self._ids) / alive if alive else 0.0
        self._key_age += 1
        if self._key is None or self._key_age >= EVERY or share < 0.8:
            self._renew(image, [_shrunk(box, self._scale) for box in avoid], people)
        self._frames.append(frame)
        self._seen.append((self._ids.copy(), (self._now + 0.5) / self._scale))
        return share

    def tracks(self) -> Tracks:
        """All points followed so far."""
        xy = np.full((self._next, len(self._frames), 2), np.nan, np.float32)
        for k, (ids, points) in enumerate(self._seen):
            xy[ids, k] = points
        return Tracks(frames=tuple(self._frames), xy=xy, living=np.concatenate([np.zeros(0, bool), *self._living]))

    def _follow(self, image: U8) -> None:
        assert self._key is not None
        if not len(self._ids):
            return
        there, found = followed(self._key, image, self._start, self._now, 3)
        back, returned = followed(image, self._key, there, self._start, 1)
        h, w = image.shape
        inside = (there > 3).all(axis=1) & (there[:, 0] < w - 4) & (there[:, 1] < h - 4)
        kept = found & returned & (np.hypot(*(back - self._start).T) < RETURN) & inside
        self._ids, self._start, self._now = self._ids[kept], self._start[kept], there[kept]

    def _renew(self, image: U8, avoid: Sequence[BOX], people: F32 | None) -> None:
        """Make this frame the key frame and fill up the cells that have lost points."""
        fresh = corners(image, self._now, avoid)
        self._ids = np.concatenate([self._ids, np.arange(self._next, self._next + len(fresh))])
        self._now = np.concatenate([self._now, fresh])
        self._start, self._key, self._key_age = self._now.copy(), image, 0
        self._next += len(fresh)
        self._living.append(_among(fresh, image, people))


def reduced(luma: U8) -> tuple[U8, float]:
    """Luma with a longer side of at most ``LONGEST``, and its scale."""
    h, w = luma.shape
    scale = LONGEST / max(h, w)
    if scale >= 1:
        return luma.copy(), 1.0
    # both sides by the same number, or the points would be squeezed
    size = (max(round(w * scale), 8), max(round(h * scale), 8))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8), size[0] / w


def corners(image: U8, held: F32, avoid: Sequence[BOX]) -> F32:
    """New corners f32[n 2] of an image, so many that each cell has its share together with those already held."""
    h, w = image.shape
    columns, rows = CELLS if w >= h else CELLS[::-1]
    strength = cv2.cornerMinEigenVal(image, 5)
    peak = (strength == cv2.dilate(strength, np.ones((5, 5), np.uint8))) & (strength > FAINT)
    for x, y in np.round(held).astype(int):
        peak[max(y - APART, 0) : y + APART + 1, max(x - APART, 0) : x + APART + 1] = False
    for x0, y0, x1, y1 in avoid:
        peak[max(int(y0), 0) : max(int(y1), 0), max(int(x0), 0) : max(int(x1), 0)] = False
    peak[:8], peak[-8:], peak[:, :8], peak[:, -8:] = False, False, False, False
    ys, xs = np.nonzero(peak)
    order = np.argsort(-strength[ys, xs])
    ys, xs = ys[order], xs[order]
    cells = (ys * rows // h) * columns + xs * columns // w
    room = np.full(rows * columns, PER_CELL)
    np.subtract.at(room, _cells(held, image, columns, rows), 1)
    taken = np.zeros((h, w), bool)
    out: list[tuple[int, int]] = []
    for y, x, cell in zip(ys.tolist(), xs.tolist(), cells.tolist(), strict=True):
        if room[cell] > 0 and not taken[y, x]:
            room[cell] -= 1
            taken[max(y - APART, 0) : y + APART + 1, max(x - APART, 0) : x + APART + 1] = True
            out.append((x, y))
    fresh = np.array(out, np.float32).reshape(-1, 2)
    if len(fresh):
        fresh = np.asarray(cv2.cornerSubPix(image, fresh, (4, 4), (-1, -1), (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.01)), np.float32)
    return fresh


def followed(before: U8, after: U8, points: F32, guess: F32, levels: int) -> tuple[F32, NDArray[np.bool_]]:
    """Where the points f32[n 2] of one image are in another, sought from a guess; and whether they were found."""
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, guess.copy(), winSize=WINDOW, maxLevel=levels, flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 0.005),
    )  # fmt: skip
    return np.asarray(there, np.float32), np.asarray(found).ravel() > 0


def _among(points: F32, image: U8, people: F32 | None) -> NDArray[np.bool_]:
    """Which points f32[n 2] of an image are on somebody, or so near to an outline that they may be."""
    if people is None or not len(points):
        return np.zeros(len(points), bool)
    rows, columns = people.shape
    near = np.ones((2 * round(NEAR * max(rows, columns)) + 1,) * 2, np.uint8)
    taken = cv2.dilate((people > 0.5).astype(np.uint8), near) > 0
    x = np.clip((points[:, 0] + 0.5) * columns / image.shape[1], 0, columns - 1).astype(np.int64)
    y = np.clip((points[:, 1] + 0.5) * rows / image.shape[0], 0, rows - 1).astype(np.int64)
    return np.asarray(taken[y, x], np.bool_)


def _shrunk(box: BOX, scale: float) -> BOX:
    x0, y0, x1, y1 = box
    return x0 * scale, y0 * scale, x1 * scale, y1 * scale


def _cells(points: F32, image: U8, columns: int, rows: int) -> NDArray[np.int64]:
    h, w = image.shape
    x = np.clip(points[:, 0] * columns / w, 0, columns - 1).astype(np.int64)
    y = np.clip(points[:, 1] * rows / h, 0, rows - 1).astype(np.int64)
    return y * columns + x
