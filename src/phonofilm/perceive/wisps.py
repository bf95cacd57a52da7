"""Wisps: loose strands of hair beside a head that no matte takes, found so that the plate does not keep them.

Left in the plate they stand still while the head moves, and are repeated where the plate is continued. Axes: h w pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
Mask = NDArray[np.bool_]

#: rows of a face at which strands are looked for
FACE_SIDE = 160
#: how far beside a head strands reach, and how far from it one of them begins at most, in heights of the face
REACH, NEAR = 0.55, 0.07
#: how wide a strand is at most, as a share of the face's height
WIDTH = 0.05
#: how much darker or lighter than its surroundings a strand is at least, in levels
CONTRAST = 9.0
#: a background that looks like strands in more than this share of it, farther from the head, or beside the head, has a pattern of its own; and of how
#: many pixels it takes to tell
RESTLESS, MOST, LEAST = 0.02, 0.3, 400


def wisps(picture: U8, matte: U8, faces: Sequence[F32]) -> Mask:
    """Where loose hair lies beside the heads of a picture u8[h w 3] outside its matte u8[h w], bool[h w].

    Nothing where the background has a pattern: strands cannot be told from that, nor are they seen on it.
    ``faces``: their landmarks f32[n 2+] in pixels, the mesh of the face first.
    """
    found = np.zeros(matte.shape, np.bool_)
    for face in faces:
        found |= _beside(picture, matte, face)
    return found


def _beside(picture: U8, matte: U8, face: F32) -> Mask:
    low, high = face[:468, :2].min(axis=0), face[:468, :2].max(axis=0)
    tall = float(high[1] - low[1])
    height, width = matte.shape
    x0, y0 = (max(0, round(float(v) - 1.4 * tall)) for v in low)
    x1, y1 = min(width, round(float(high[0]) + 1.4 * tall)), min(height, round(float(high[1]) + 0.5 * tall))
    found = np.zeros(matte.shape, np.bool_)
    scale = min(1.0, FACE_SIDE / tall)
    size = (round((x1 - x0) * scale), round((y1 - y0) * scale))
    if min(size) < 16:
        return found
    tall *= scale
    part = cv2.resize(picture[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
    own = np.asarray(cv2.resize(matte[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)) > 40
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.uint8)
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(WIDTH * tall / 2) + 1,) * 2)
    # the subject itself must not look like a dark surrounding: its place has the colour of what is beside it
    window = (2 * round(0.15 * tall) + 1,) * 2
    weight = np.asarray(cv2.blur((~own).astype(np.float32), window))
    beside = np.asarray(cv2.blur(np.where(own, 0, grey).astype(np.float32), window)) / np.maximum(weight, 1e-3)
    clear = np.where(own & (weight > 1e-3), beside, grey).astype(np.uint8)
    dark, light = (np.asarray(cv2.morphologyEx(clear, how, element)) for how in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT))
    thin = np.maximum(dark, light)
    away = np.asarray(cv2.distanceTransform((~own).astype(np.uint8), cv2.DIST_L2, 5))
    band = (away > 0) & (away < REACH * tall)
    far = (away >= REACH * tall) & (away < 2 * REACH * tall)
    marks = (thin > CONTRAST) & (away > 0)
    restless = far.sum() > LEAST and marks[far].mean() > RESTLESS
    if restless or not band.any() or marks[band].mean() > MOST:
        return found
    joined = np.asarray(cv2.morphologyEx(marks.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))
    count, found_labels = cv2.connectedComponents(joined, connectivity=8)
    labels = np.asarray(found_labels, np.int32)
    nearest, farthest = np.full(count, np.inf), np.zeros(count)
    np.minimum.at(nearest, labels[joined > 0], away[joined > 0])
    np.maximum.at(farthest, labels[joined > 0], away[joined > 0])
    # a strand begins at the head and ends beside it; a line of the room goes on
    kept = (nearest < NEAR * tall) & (farthest < REACH * tall)
    kept[labels[0]] = kept[labels[:, 0]] = kept[labels[:, -1]] = kept[0] = False
    strands = kept[labels].astype(np.uint8)
    wide = cv2.dilate(strands, np.ones((3, 3), np.uint8))
    found[y0:y1, x0:x1] = np.asarray(cv2.resize(wide, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)) > 0
    return found & (matte <= 4)
