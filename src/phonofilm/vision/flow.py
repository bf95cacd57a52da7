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


def between(before: U8, after: U8, share: float) -> U8:
    """The picture ``share`` (0…1) of the way from one u8[h w 3] to the next, along the motion of both (Baker et al., 2011, §3.4)."""
    height, width = before.shape[:2]
    small = [cv2.resize(p, (max(width // 2, 16), max(height // 2, 16)), interpolation=cv2.INTER_AREA) for p in (before, after)]
    there, back = (_scaled(flow(np.asarray(a, np.uint8), np.asarray(b, np.uint8)), width, height) for a, b in (small, small[::-1]))
    from_before, from_after = warp(before, there * np.float32(-share)), warp(after, back * np.float32(share - 1))
    return np.asarray(cv2.addWeighted(from_before, 1 - share, from_after, share, 0), np.uint8)


def _scaled(motion: F32, width: int, height: int) -> F32:
    """A motion f32[h w 2] for a picture of another size."""
    scale = np.array([width / motion.shape[1], height / motion.shape[0]], np.float32)
    return np.asarray(cv2.resize(motion, (width, height)) * scale, np.float32)


def warp(picture: U8, motion: F32) -> U8:
    """``picture`` (the later one) fetched back along ``motion`` f32[h w 2], to lie on the earlier."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray(cv2.remap(picture, x + motion[..., 0], y + motion[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
