"""The plate: a picture with its subject filled in from what surrounds it, and continued beyond its borders.

Both out of shifted pieces of the picture itself (see ``shifts``); where too little of it is known, a smooth membrane with the picture's grain.
Axes: h w pixels, c channels.
"""

from __future__ import annotations

import sys

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive import shifts
from phonofilm.perceive.cache import prepared
from phonofilm.perceive.shifts import completed, membrane

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
Mask = NDArray[np.bool_]

MEMBRANE_SIDE = 512  # longest side at which a membrane is drawn
SPILL = 0.006  # how far beside the subject the picture is not believed, as a share of the longest side
RARE_INSIDE, RARE_BEYOND = 0.6, 0.15  # what it costs to copy an object into the hole, and to repeat one beyond the border


def hole_of(matte: U8) -> Mask:
    """Where a picture with this matte u8[h w] must be filled: the subject and the rim that it colours."""
    reach = max(3, round(max(matte.shape) * SPILL))
    scale = max(1, reach // 4)
    size = (max(1, matte.shape[1] // scale), max(1, matte.shape[0] // scale))
    small = cv2.resize((matte > 4).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    k = 2 * round(reach / scale) + 1
    grown = cv2.dilate((np.asarray(small) > 0).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (k, k)))
    return np.asarray(cv2.resize(grown, (matte.shape[1], matte.shape[0]), interpolation=cv2.INTER_NEAREST)) > 0


def fill(picture: U8, hole: Mask, *, rare: float = RARE_INSIDE) -> U8:
    """The picture u8[h w 3] with ``hole`` bool[h w] filled in; the known stays as it is. Without known pixels it comes back as it is.

    ``rare``: see ``shifts.completed``.
    """
    if not hole.any() or hole.all():
        return picture.copy()
    made = completed(picture, hole, rare=rare)
    return _washed(picture, hole) if made is None else made


def extend(plate: U8, left: int, right: int, top: int, bottom: int) -> U8:
    """The plate u8[h w 3] continued beyond its borders by so many pixels on each side, as it was before or else now. Nothing is mirrored."""
    sides = (left, right, top, bottom)
    return prepared("plate", (plate, sides), (sys.modules[__name__], shifts), lambda: {"plate": _extended(plate, *sides)})["plate"]


def _extended(plate: U8, left: int, right: int, top: int, bottom: int) -> U8:
    height, width = plate.shape[:2]
    canvas = np.asarray(cv2.copyMakeBorder(plate, top, bottom, left, right, cv2.BORDER_CONSTANT), np.uint8)
    beyond = np.ones(canvas.shape[:2], np.bool_)
    beyond[top : top + height, left : left + width] = False
    return fill(canvas, beyond, rare=RARE_BEYOND)


def _washed(picture: U8, hole: Mask) -> U8:
    """The hole filled with its surroundings' colours, smoothly, under their grain."""
    height, width = hole.shape
    k = min(1.0, MEMBRANE_SIDE / max(height, width))
    size = (max(8, round(width * k)), max(8, round(height * k)))
    weight = (np.asarray(cv2.resize((~hole).astype(np.float32), size, interpolation=cv2.INTER_AREA)) > 0.999).astype(np.float32)
    if not weight.any():
        return picture.copy()
    smooth = membrane(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32), weight)
    large = np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    rough = np.abs(cv2.Laplacian(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32), cv2.CV_32F))[~hole]
    level = np.float32(min(4.0, float(np.percentile(rough, 30)) / 5))
    large += (np.random.default_rng(1).standard_normal(hole.shape, np.float32) * level)[..., None]
    return np.where(hole[..., None], np.clip(large + np.float32(0.5), 0, 255), picture).astype(np.uint8)
