"""How far a face bears to open: skin that an opening would stretch too much keeps the jaw from going there."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.expression import Expression
from phonofilm.engines.stage.face.lips import MM, Lips, move_lips
from phonofilm.engines.stage.face.mesh import HeadFrame
from phonofilm.engines.stage.face.sheet import Sheet

Floats = NDArray[np.floating]

#: skin is stretched by at most this much where an opening can be held back
MOST = 1.29
#: jaws that are tried, and the roundings that they are tried with
JAWS = (1.05, 1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
ROUNDINGS = (0.0, 0.3, 0.6)
#: skin begins so far beyond the red of the lips: nearer, the grid's differences reach into it
BEYOND = 4.5 * MM


def stretched(back: Floats, sheet: Sheet, lips: Lips, frame: HeadFrame, expression: Expression) -> float:
    """Largest stretch of the skin under a backward field f32[rows cols 2] of an expression, pixels, on the grid of a sheet."""
    mouth, plane = move_lips(lips, expression), sheet.plane
    ring = np.concatenate([frame.seen(mouth.upper_outer), frame.seen(mouth.lower_outer)[::-1]]).astype(np.float32)
    near = ((plane > ring.min(0) - 5 * MM) & (plane < ring.max(0) + 5 * MM)).all(1)
    skin = ~near
    skin[near] = [cv2.pointPolygonTest(ring, (float(x), float(y)), True) < -BEYOND for x, y in plane[near]]
    xx, yx, xy, yy = (np.gradient(back[..., c], axis=a) / sheet.step + (c != a) for c in (0, 1) for a in (1, 0))
    # the smaller singular value of two by two, by its norm and its determinant
    norm, size = (xx * xx + yx * yx + xy * xy + yy * yy) / 2, xx * yy - yx * xy
    least = np.sqrt(np.maximum(norm - np.sqrt(np.maximum(norm * norm - size * size, 0)), 1e-6))
    return float((1 / least).ravel()[skin].max())


def widest(field: Callable[[Expression], Floats], sheet: Sheet, lips: Lips, frame: HeadFrame) -> tuple[float, ...]:
    """The widest jaw that a face bears with lips as round as ``ROUNDINGS``; ``field`` gives the backward field of an expression."""
    found: list[float] = []
    for rounding in ROUNDINGS:
        for jaw in JAWS:
            expression = Expression(jaw=jaw, rounding=rounding)
            if jaw == JAWS[-1] or stretched(field(expression), sheet, lips, frame, expression) <= MOST:
                found.append(jaw)
                break
    return tuple(found)
