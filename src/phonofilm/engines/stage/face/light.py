"""What the photo's light does to a mouth: colours of teeth and lips, its sharpness and its grain."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.mesh import CHEEKS, EYES, LOWER_INNER, LOWER_OUTER, UPPER_INNER, UPPER_OUTER, HeadFrame
from phonofilm.engines.stage.face.mouth import Light

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def _inside(image: U8, polygon: F32) -> F32:
    """Pixels f32[n 3] of the photo inside a polygon f32[m 2]."""
    low = np.maximum(np.floor(polygon.min(0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(polygon.max(0)).astype(int) + 2, [image.shape[1], image.shape[0]])
    if (high <= low).any():
        return np.zeros((0, 3), np.float32)
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillPoly(mask, [np.round(polygon - low).astype(np.int32)], 1)
    return image[low[1] : high[1], low[0] : high[0]][mask > 0].astype(np.float32)


def _softness(grey: F32) -> float:
    """Blur of a patch as the sigma of a Gaussian, pixels: from how much a known blur takes from its strongest gradients (Zhuo & Sim 2011)."""
    again = 1.2

    def gradient(g: F32) -> F32:
        return cv2.magnitude(cv2.Sobel(g, cv2.CV_32F, 1, 0), cv2.Sobel(g, cv2.CV_32F, 0, 1))

    one, two = gradient(grey), gradient(cv2.GaussianBlur(grey, (0, 0), again))
    strong = one > max(float(np.percentile(one, 97)), 8.0)
    if strong.sum() < 12:
        return 1.0
    ratio = float(np.median(one[strong] / np.maximum(two[strong], 1e-3)))
    return float(np.clip(again / np.sqrt(max(ratio**2 - 1, 1e-3)), 0.4, 12.0))


def read_light(image: U8, marks: F32, frame: HeadFrame) -> Light:
    """Read the light off a face: the whites of the eyes and the brightest skin give the teeth, the lips their own colour."""
    p = marks[:, :2]
    whites: list[F32] = []
    for eye in EYES:
        ring = np.concatenate([p[list(eye["upper"])], p[list(eye["lower"])][::-1]])
        whites.append(_inside(image, ring.astype(np.float32)))
    white = np.concatenate(whites)
    cheek = np.concatenate(
        [image[int(np.clip(y, 0, image.shape[0] - 1)), int(np.clip(x, 0, image.shape[1] - 1))][None] for x, y in p[list(CHEEKS)]]
    ).astype(np.float32)
    skin = np.median(cheek, axis=0)
    level = white.mean(1) if len(white) else skin.mean(keepdims=True)
    sclera = white[level >= np.percentile(level, 85)].mean(0) if len(white) > 8 else skin
    bright = float(np.clip(0.55 * sclera.mean() + 0.45 * (skin.mean() * 1.12 + 24), 60, 222))
    tint = sclera / max(float(sclera.mean()), 1.0)
    warm = np.array([1.03, 1.0, 0.93], np.float32)
    teeth = bright * (0.5 + 0.5 * tint) * warm
    lips: list[F32] = []
    for outer, inner in ((UPPER_OUTER, UPPER_INNER), (LOWER_OUTER, LOWER_INNER)):
        ring = np.concatenate([p[list(outer)], p[list(inner)][::-1]])
        lips.append(_inside(image, ring.astype(np.float32)))
    every = np.concatenate(lips)
    lip = np.median(every, axis=0) if len(every) else skin * np.array([0.9, 0.6, 0.6])
    lip = 0.5 * lip + 0.5 * lip.mean() * np.array([1.45, 0.80, 0.78])
    low, high = np.maximum(p[:468].min(0).astype(int), 0), p[:468].max(0).astype(int)
    grey = cv2.cvtColor(image[low[1] : high[1], low[0] : high[0]], cv2.COLOR_RGB2GRAY).astype(np.float32)
    return Light(teeth=teeth.astype(np.float32), lip=lip.astype(np.float32), softness=_softness(grey) / frame.height, grain=0.0)
