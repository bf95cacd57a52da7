"""The compositor: what a camera sees of several layers, as one picture, in bands of rows.

Of each band only those columns of a layer are drawn that nothing nearer hides, and a band is small enough to stay in a core's cache until it is done.
Axes: h w pixels of the frame; its squares of STEP pixels are told apart into hidden, mixed and free ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sheet import STEP, Drawn, Warped, over

U8 = NDArray[np.uint8]
Bools = NDArray[np.bool_]

BAND = 9
"""Squares of a band, top to bottom."""
GAP = 4
"""So many squares between two runs of columns are drawn with them: less work than one more call."""


def compose(parts: Sequence[Drawn | Warped], width: int, height: int) -> U8:
    """The picture u8[h w 3] of parts, far to near; black where there is none."""
    frame = np.empty((height, width, 3), np.uint8)
    rows, columns = -(-height // STEP), -(-width // STEP)
    starts = np.arange(0, rows, BAND)
    covers = [_cover(part, rows, columns) for part in parts]
    low = [np.minimum.reduceat(c, starts) for c in covers]
    high = [np.maximum.reduceat(c, starts) for c in covers]
    for band, start in enumerate(starts.tolist()):
        y0, y1 = start * STEP, min((start + BAND) * STEP, height)
        free = np.ones(columns, np.bool_)
        work: list[tuple[int, Bools]] = []
        for k in reversed(range(len(parts))):
            wanted = free & (high[k][band] > 0)
            if wanted.any():
                work.append((k, wanted))
                free &= low[k][band] < 255
                if not free.any():
                    break
        if free.any():
            frame[y0:y1] = 0
        for k, wanted in reversed(work):
            part = parts[k]
            for a, b in _runs(wanted, GAP):
                if isinstance(part, Drawn):
                    over(frame, _cut(part, a * STEP, y0, min(b * STEP, width), y1))
                else:
                    _lay(frame, part, low[k][band], (a, b), (y0, y1))
    return frame


def _cover(part: Drawn | Warped, rows: int, columns: int) -> U8:
    """What a part covers of the frame's squares."""
    found = np.zeros((rows, columns), np.uint8)
    if isinstance(part, Warped):
        x, y = part.box[0] // STEP, part.box[1] // STEP
        found[y : y + part.cells.shape[0], x : x + part.cells.shape[1]] = part.cells
        return found
    h, w = part.rgb.shape[:2]
    x1, y1 = part.x0 + w, part.y0 + h
    found[part.y0 // STEP : -(-y1 // STEP), part.x0 // STEP : -(-x1 // STEP)] = 128
    if part.alpha is None:
        bottom, right = rows if y1 >= (rows - 1) * STEP + 1 else y1 // STEP, columns if x1 >= (columns - 1) * STEP + 1 else x1 // STEP
        found[-(-part.y0 // STEP) : bottom, -(-part.x0 // STEP) : right] = 255
    return found


def _runs(marks: Bools, gap: int) -> Iterator[tuple[int, int]]:
    """The runs of marked squares, from and to; those less than ``gap`` apart are one."""
    at = np.flatnonzero(marks)
    if not len(at):
        return
    breaks = np.flatnonzero(np.diff(at) > gap)
    firsts, lasts = at[np.concatenate([[0], breaks + 1])], at[np.concatenate([breaks, [len(at) - 1]])]
    yield from zip(firsts.tolist(), (lasts + 1).tolist(), strict=True)


def _cut(part: Drawn, x0: int, y0: int, x1: int, y1: int) -> Drawn:
    """What of a drawn part lies in a rectangle of the frame."""
    h, w = part.rgb.shape[:2]
    left, top, right, bottom = max(x0, part.x0), max(y0, part.y0), min(x1, part.x0 + w), min(y1, part.y0 + h)
    rows, columns = slice(top - part.y0, max(bottom, top) - part.y0), slice(left - part.x0, max(right, left) - part.x0)
    return Drawn(x0=left, y0=top, rgb=part.rgb[rows, columns], alpha=None if part.alpha is None else part.alpha[rows, columns])


def _lay(frame: U8, part: Warped, low: U8, columns: tuple[int, int], rows: tuple[int, int]) -> None:
    """Draw a run of columns of a band of a part over the frame, in place; ``low``: how much each column of the band is covered at least."""
    x0, x1 = columns[0] * STEP, min(columns[1] * STEP, frame.shape[1])
    y0, y1 = max(rows[0], part.box[1]), min(rows[1], part.box[3])
    rgba = part.part(x0, y0, x1, y1)
    hides = low[columns[0] : columns[1]] == 255
    band = frame[y0:y1, x0:x1]
    edges = [0, *(np.flatnonzero(np.diff(hides)) + 1).tolist(), len(hides)]
    for a, b in pairwise(edges):
        here = slice(a * STEP, min(b * STEP, x1 - x0))
        if hides[a]:
            cv2.cvtColor(rgba[:, here], cv2.COLOR_RGBA2RGB, dst=band[:, here])
            continue
        alpha = cv2.extractChannel(rgba[:, here], 3)
        over(band, Drawn(x0=a * STEP, y0=0, rgb=cv2.cvtColor(rgba[:, here], cv2.COLOR_RGBA2RGB), alpha=alpha))  # pyright: ignore[reportArgumentType]
