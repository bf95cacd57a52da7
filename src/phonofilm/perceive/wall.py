"""The plain wall behind somebody: whether there is one, and what of it a subject's region still holds.

Networks close the gaps between hair and neck and draw a head's outline a little too wide. Before its own wall that is not seen; before another
picture it is a rim of the old colour. Where the wall is of one colour, its colour tells it from hair. Axes: h w pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
Mask = NDArray[np.bool_]

#: a wall is plain where less than a share of it has steps of colour (in Lab, a pixel, the picture's longer side being ``SEEN_AT``)
STEP, UNREST, SEEN_AT = 6.0, 0.22, 256
#: what differs from the wall by less than so many times what half of it does is the wall; in Lab at least and at most
LIKE, LEAST, MOST = 4.0, 6.0, 12.0
#: a wall has a hue from so much of it (in Lab), may then differ so many times as much, and its shadow has so much light (cube root of its share)
HUE, HUED, SHADE = 8.0, 1.6, 0.86
#: how light a wall is at most (L of Lab) whose colour is looked for in a region: skin and cloth may be as pale
PALE = 75.0
#: the longest side at which the outline is keyed, how wide its rim is by that, from what share of a mixture on it is the subject's and from which
#: wholly, and how far apart (in Lab) its colours must be
KEY_SIDE, RIM, MIXED, APART = 1024, 0.008, (0.15, 0.8), 14.0
#: how far around a place the wall's colour is told, as shares of the picture's longer side, the nearest first
AROUND = (0.03, 0.12, 0.5)
#: how far beside hair, how deep behind the region's outline, and how far below the chin the wall is looked for, in heights of the face
BESIDE, DEEP, BELOW = 0.16, 0.35, 0.05
#: the top and the bottom of a face in its mesh
FOREHEAD, CHIN = 10, 152


def plain_around(image: U8, matte: U8) -> bool:
    """Whether there is nothing to be seen around the subject of a picture u8[h w 3] with a matte u8[h w]: a wall, a studio, cut out already."""
    share = SEEN_AT / max(image.shape[:2])
    size = (max(2, round(image.shape[1] * share)), max(2, round(image.shape[0] * share)))
    small = _lab(image, size)
    around = _eroded(cv2.resize(matte, size, interpolation=cv2.INTER_AREA) < 8, 7)
    steps = np.zeros(around.shape, np.float32)
    for x, y in ((1, 0), (0, 1)):
        steps += np.abs(cv2.Sobel(small, cv2.CV_32F, x, y, scale=1 / 8)).sum(axis=2)
    return not around.any() or float((steps[around] > STEP).mean()) < UNREST


def without_wall(picture: U8, region: F32, hair: F32, faces: Sequence[F32]) -> F32:
    """The region f32[h w] of a subject without what of the plain wall lies in it beside hair; as it is where the wall is not plain.

    ``picture`` u8[h' w' 3] at any size; ``hair`` f32[h" w"] 0…1: where some may be; ``faces``: landmarks f32[n 2+] in the picture's pixels, the mesh
    of the face first.
    """
    size = (region.shape[1], region.shape[0])
    outside = _eroded(region < 0.05, 5)
    if not _told_by_wall(picture, (np.clip(region, 0, 1) * 255).astype(np.uint8), outside, faces):
        return region
    lab = _lab(picture, size)
    wall = _spread(lab, outside)
    off = _off(lab, wall)
    most = float(np.clip(LIKE * np.median(off[outside]), LEAST, MOST))
    heads = [face[:468, :2] * np.float32(size[0] / picture.shape[1]) for face in faces]
    like = (off < np.where(_hued(wall), HUED * most, most)) & (wall[..., 0] < PALE) & _near_hair(region, hair, heads, BESIDE)
    _, found = cv2.connectedComponents((like | (region < 0.5)).astype(np.uint8), connectivity=4)
    labels = np.asarray(found, np.int32)
    reached = np.zeros(int(labels.max()) + 1, np.bool_)
    reached[labels[outside]] = True
    keep = cv2.GaussianBlur(1 - (like & reached[labels]).astype(np.float32), (0, 0), 0.8)
    return np.asarray(np.minimum(region, keep), np.float32)


def keyed(image: U8, matte: U8, hair: F32, faces: Sequence[F32]) -> U8:
    """The matte u8[h w] of a picture u8[h w 3] whose outline in hair is decided by the colour of the plain wall behind it.

    Near the outline a pixel is a mixture of the wall's colour and of what is farther inside; its share is told where those two are far apart.
    """
    share = min(1.0, KEY_SIDE / max(matte.shape))
    size = (round(matte.shape[1] * share), round(matte.shape[0] * share))
    small = np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_AREA), np.uint8)
    outside = _eroded(small < 8, 5)
    if not _told_by_wall(image, matte, outside, faces):
        return matte
    lab = _lab(image, size)
    padded = np.pad((small > 128).astype(np.uint8), 1, mode="edge")  # the picture's border is no outline
    depth = np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5), np.float32)[1:-1, 1:-1] / np.float32(RIM * max(size))
    heads = [face[:468, :2] * np.float32(share) for face in faces]
    rim = (small > 8) & (depth < 2) & _near_hair(small.astype(np.float32) / np.float32(255), hair, heads, 0.0)
    here, wall, own = (values[rim] for values in (lab, _spread(lab, outside), _spread(lab, depth > 1)))
    across = own - wall
    apart = np.sqrt((across * across).sum(axis=1))
    mixed = ((here - wall) * across).sum(axis=1) / np.maximum(apart * apart, 1)
    told = np.clip((mixed - MIXED[0]) / (MIXED[1] - MIXED[0]), 0, 1)
    weight = np.clip(2 - depth[rim], 0, 1) * np.clip((apart - APART) / APART, 0, 1)
    keep = np.full(small.shape, 255, np.uint8)
    keep[rim] = (255 * (1 - weight * (1 - told * told * (3 - 2 * told))) + 0.5).astype(np.uint8)
    whole = np.asarray(cv2.resize(keep, (matte.shape[1], matte.shape[0]), interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.multiply(matte, whole, scale=1 / 255), np.uint8)


def _told_by_wall(picture: U8, matte: U8, outside: Mask, faces: Sequence[F32]) -> bool:
    """Whether there are heads before a plain wall of which enough is seen."""
    return bool(faces) and float(outside.mean()) > 0.02 and plain_around(picture, matte)


def _eroded(mask: Mask, side: int) -> Mask:
    """The mask without its rim; the picture's border is none."""
    element = np.ones((side, side), np.uint8)
    return np.asarray(cv2.erode(mask.astype(np.uint8), element, borderType=cv2.BORDER_CONSTANT, borderValue=1)) > 0


def _sized(image: U8, size: tuple[int, int]) -> U8:
    """A picture at another (width, height)."""
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _lab(image: U8, size: tuple[int, int]) -> F32:
    """A picture u8[h w 3] in Lab at a (width, height), f32."""
    return np.asarray(cv2.cvtColor(_sized(image, size).astype(np.float32) / np.float32(255), cv2.COLOR_RGB2Lab), np.float32)


def _spread(lab: F32, known: Mask) -> F32:
    """The colours f32[h w 3] of the known pixels, carried over the others from those near them; as smooth as to be told at a quarter of the size."""
    height, width = known.shape
    size = (max(2, width // 4), max(2, height // 4))
    own = np.asarray(cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)
    mine = np.asarray(cv2.resize(lab * known[..., None], size, interpolation=cv2.INTER_AREA), np.float32)
    found, weight = np.zeros_like(mine), np.zeros((*own.shape, 1), np.float32)
    for share in AROUND:
        kernel = (2 * round(share * max(size)) + 1,) * 2
        seen = np.asarray(cv2.blur(own, kernel), np.float32)[..., None]
        mean = cv2.blur(mine, kernel) / np.maximum(seen, 1e-6)
        trust = (1 - weight) * np.clip(seen * 8, 0, 1)
        found, weight = found + mean * trust, weight + trust
    small = np.asarray(found / np.maximum(weight, 1e-6), np.float32)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _hued(wall: F32) -> Mask:
    """Where a wall has a hue by which its shadow is known."""
    return np.asarray(np.hypot(wall[..., 1], wall[..., 2]) > HUE, np.bool_)


def _off(lab: F32, wall: F32) -> F32:
    """How far colours f32[h w 3] are from the wall's, f32[h w], or from those of its shadow where it has a hue."""
    base = np.array([16, 0, 0], np.float32)
    point, full = lab + base, wall + base
    shade = np.clip((point * full).sum(axis=2) / np.maximum((full * full).sum(axis=2), 1), SHADE, 1)
    shade = np.where(_hued(wall), shade, np.float32(1))[..., None]
    return np.asarray(np.sqrt(((point - shade * full) ** 2).sum(axis=2)), np.float32)


def _near_hair(region: F32, hair: F32, heads: Sequence[F32], beside: float) -> Mask:
    """Where the wall is looked for: in hair and ``beside`` it (heights of the face), above the chins, not in a face nor deep inside the region.

    Clothes may have the wall's colour. ``heads``: meshes f32[468 2] in pixels of the region.
    """
    depth = cv2.distanceTransform((region >= 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    strands = cv2.resize(hair, (region.shape[1], region.shape[0]), interpolation=cv2.INTER_LINEAR) > 0.3
    away = cv2.distanceTransform((~strands).astype(np.uint8), cv2.DIST_L2, 5) if strands.any() else np.full(region.shape, np.inf, np.float32)
    rows, columns = np.arange(region.shape[0])[:, None], np.arange(region.shape[1])[None]
    found = np.zeros(region.shape, np.bool_)
    hull = np.zeros(region.shape, np.uint8)
    for mesh in heads:
        tall = float(np.ptp(mesh[:, 1]))
        crown, down = mesh[FOREHEAD], mesh[CHIN] - mesh[FOREHEAD]
        along = ((columns - crown[0]) * down[0] + (rows - crown[1]) * down[1]) / max(float(down @ down), 1e-6)
        above = (rows < float(mesh[:, 1].max()) + BELOW * tall) & (along < 1 + BELOW)
        found |= above & (away <= beside * tall) & (depth < DEEP * tall)
        cv2.fillConvexPoly(hull, cv2.convexHull(mesh.astype(np.int32)), 1)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return found & (hull == 0)
