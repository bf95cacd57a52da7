"""Dense motion between two pictures: OpenCV's DIS flow (Kroeger et al., 2016)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def flow(before: U8, after: U8) -> F32:
    """Where each pixel of ``before`` u8[h w 3] has gone in ``after``: dx dy in pixels, f32[h w 2]."""
    a, b = cv2.cvtColor(before, cv2.COLOR_RGB2GRAY), cv2.cvtColor(after, cv2.COLOR_RGB2GRAY)
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    return np.asarray(engine.calc(a, b, np.zeros((*a.shape, 2), np.float32)), np.float32)


def warp(picture: U8, motion: F32) -> U8:
    """``picture`` (the later one) fetched back along ``motion`` f32[h w 2], to lie on the earlier."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray(cv2.remap(picture, x + motion[..., 0], y + motion[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
