"""The plate: a picture with its subject filled in from what surrounds it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def fill(picture: U8, hole: NDArray[np.bool_]) -> U8:
    """The picture u8[h w 3] with ``hole`` bool[h w] filled smoothly from its rim."""
    known = (~hole).astype(np.float32)
    out = membrane(picture.astype(np.float32), known)
    return np.where(hole[..., None], np.clip(out + 0.5, 0, 255).astype(np.uint8), picture)


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
    up = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    return (values * weight[..., None] + up * (1 - weight[..., None])).astype(np.float32)
