"""The plate: a picture with its subject filled in from what surrounds it, and continued beyond its borders.

Near the rim of the hole the surroundings' lines are marched inwards (Telea, 2004), deeper inside they fade into a smooth membrane; on top lies the
fine texture and grain of the surroundings. No object is copied into the hole. Axes: h w pixels, c channels.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.matte import fit, nearest

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
Mask = NDArray[np.bool_]

FILL_SIDE = 512  # longest side at which the hole is filled
TEXTURE_SIDE = 2048  # longest side at which texture is added; only grain is finer
MARCH = 0.06  # how deep lines are continued, as a share of the longest side
SPILL = 0.006  # how far beside the subject the picture is not believed, as a share of the longest side


def hole_of(matte: U8) -> Mask:
    """Where a picture with this matte u8[h w] must be filled: the subject and the rim that it colours."""
    reach = max(3, round(max(matte.shape) * SPILL))
    scale = max(1, reach // 4)
    size = (max(1, matte.shape[1] // scale), max(1, matte.shape[0] // scale))
    small = cv2.resize((matte > 4).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    k = 2 * round(reach / scale) + 1
    grown = cv2.dilate((np.asarray(small) > 0).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (k, k)))
    return np.asarray(cv2.resize(grown, (matte.shape[1], matte.shape[0]), interpolation=cv2.INTER_NEAREST)) > 0


def fill(picture: U8, hole: Mask, *, seed: int = 1, around: bool = True) -> U8:
    """The picture u8[h w 3] with ``hole`` bool[h w] filled in. Without known pixels it comes back as it is.

    ``around``: the known lies all around the hole, so fine texture may run across its rim both ways; else it keeps its direction.
    """
    if not hole.any() or hole.all():
        return picture.copy()
    work = fit(picture, TEXTURE_SIDE)
    height, width = work.shape[:2]
    gap = hole if work is picture else np.asarray(cv2.resize(hole.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)) > 0.001
    k = min(1.0, FILL_SIDE / max(height, width))
    size = (max(8, round(width * k)), max(8, round(height * k)))
    sure = np.asarray(cv2.resize((~gap).astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32) > 0.999
    if not sure.any():
        return picture.copy()
    base = _base(np.asarray(cv2.resize(work, size, interpolation=cv2.INTER_AREA), np.uint8), ~sure)
    filled = np.asarray(cv2.resize(base, (width, height), interpolation=cv2.INTER_CUBIC), np.float32) + _texture(work, gap, around)
    rows, columns = np.flatnonzero(hole.any(1)), np.flatnonzero(hole.any(0))
    rim = max(3, round(0.004 * max(hole.shape)))
    part = np.s_[max(0, rows[0] - rim) : rows[-1] + rim + 1, max(0, columns[0] - rim) : columns[-1] + rim + 1]
    large = np.asarray(cv2.resize(np.clip(filled, 0, 255), (hole.shape[1], hole.shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)[part]
    large += _grain(work, gap, large.shape[:2], seed)
    inside = hole[part].astype(np.float32)
    weight = np.maximum(np.clip(2 * np.asarray(cv2.blur(inside, (rim, rim)), np.float32) - 0.6, 0, 1), inside)[..., None]
    out = picture.copy()
    out[part] = np.clip(picture[part] * (1 - weight) + large * weight + np.float32(0.5), 0, 255).astype(np.uint8)
    return out


def membrane(values: F32, weight: F32) -> F32:
    """``values`` f32[h w c] where ``weight`` is 1, elsewhere their smooth continuation, by a pyramid pulled up and pushed down."""
    height, width = weight.shape
    if min(height, width) <= 2 or float(weight.min()) >= 1:
        total = max(float(weight.sum()), 1e-6)
        mean = (values * weight[..., None]).sum((0, 1)) / total
        return np.where(weight[..., None] > 0, values, mean).astype(np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    w = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    v = cv2.resize(values * weight[..., None], half, interpolation=cv2.INTER_AREA) / np.maximum(w, 1e-6)[..., None]
    coarse = membrane(np.asarray(v, np.float32), np.minimum(w * 4, 1).astype(np.float32))
    up = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return (values * weight[..., None] + up * (1 - weight[..., None])).astype(np.float32)


def _base(picture: U8, hole: Mask) -> F32:
    """The hole's colours without fine texture, f32[h w 3]."""
    side = max(hole.shape)
    smooth = membrane(picture.astype(np.float32), (~hole).astype(np.float32))
    marched = np.asarray(cv2.inpaint(picture, hole.astype(np.uint8), 4, cv2.INPAINT_TELEA), np.float32)
    depth = _inward(hole)
    soft = np.asarray(cv2.GaussianBlur(marched, (0, 0), side / 100), np.float32)
    deeper = np.asarray(cv2.GaussianBlur(np.where(hole[..., None], smooth, picture).astype(np.float32), (0, 0), side / 40), np.float32)
    near, far = np.clip(depth / (0.5 * MARCH * side), 0, 1)[..., None], np.clip(depth / (2.5 * MARCH * side), 0, 1)[..., None]
    inner = soft * (1 - far) + deeper * far
    return (marched * (1 - near) + inner * near).astype(np.float32)


def _texture(picture: U8, hole: Mask, crossing: bool) -> F32:
    """Fine texture for the hole, f32[h w 3]: that of the surroundings, moved across the rim, fading inwards."""
    height, width = hole.shape
    side = max(height, width)
    values = picture.astype(np.float32)
    known = (~hole).astype(np.float32)
    sigma = max(1.5, side / 250)
    mean = cv2.GaussianBlur(values * known[..., None], (0, 0), sigma) / np.maximum(cv2.GaussianBlur(known, (0, 0), sigma), 1e-3)[..., None]
    detail = (values - mean) * known[..., None]
    spread = float(np.median(np.abs(detail[~hole]))) * 3 + 1.5
    detail = np.clip(detail, -spread, spread)
    labels, place = nearest(~hole)
    hy, hx = np.nonzero(hole & (_inward(hole) < 2 * MARCH * side))
    rim = place[labels[hy, hx]]
    dy, dx = rim // width - hy, rim % width - hx
    depth = np.hypot(dy, dx)
    far = 2 * (depth if crossing else np.float64(MARCH * side))
    sy, sx = hy + np.rint(dy / depth * far).astype(np.int64), hx + np.rint(dx / depth * far).astype(np.int64)
    inside = (sy >= 0) & (sy < height) & (sx >= 0) & (sx < width)
    sy, sx = np.clip(sy, 0, height - 1), np.clip(sx, 0, width - 1)
    strength = np.clip(2 - depth / (MARCH * side), 0, 1) * (inside & ~hole[sy, sx])
    out = np.zeros_like(values)
    out[hy, hx] = detail[sy, sx] * strength[:, None]
    return out


def _inward(hole: Mask) -> F32:
    return np.asarray(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def _grain(picture: U8, hole: Mask, shape: tuple[int, ...], seed: int) -> F32:
    """Noise f32[*shape 1] as strong as the picture's own in its calmest parts."""
    rough = np.abs(cv2.Laplacian(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32), cv2.CV_32F))[~hole]
    level = min(4.0, float(np.percentile(rough, 30)) / 5)
    return (np.random.default_rng(seed).standard_normal(shape, np.float32) * np.float32(level))[..., None]


def extend(plate: U8, left: int, right: int, top: int, bottom: int) -> U8:
    """The plate u8[h w 3] continued beyond its borders by so many pixels on each side.

    Lines run on a little way, then broad colours with the plate's own texture. Nothing is mirrored.
    """
    height, width = plate.shape[:2]
    canvas = np.asarray(cv2.copyMakeBorder(plate, top, bottom, left, right, cv2.BORDER_CONSTANT), np.uint8)
    beyond = np.ones(canvas.shape[:2], np.bool_)
    beyond[top : top + height, left : left + width] = False
    out = fill(canvas, beyond, around=False)
    out[top : top + height, left : left + width] = plate
    return out
