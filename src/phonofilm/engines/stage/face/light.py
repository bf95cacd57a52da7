"""What the photo's light does to a mouth: colours of teeth and lips, its sharpness and its grain."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.mesh import CHEEKS, EYES, LOWER_INNER, LOWER_OUTER, UPPER_INNER, UPPER_OUTER, HeadFrame
from phonofilm.engines.stage.face.mouth import Light

Floats = NDArray[np.floating]
U8 = NDArray[np.uint8]


def _inside(image: U8, polygon: Floats) -> Floats:
    """Pixels f32[n 3] of the photo inside a polygon f32[m 2]."""
    low = np.maximum(np.floor(polygon.min(0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(polygon.max(0)).astype(int) + 2, [image.shape[1], image.shape[0]])
    if (high <= low).any():
        return np.zeros((0, 3), np.float32)
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillPoly(mask, [np.round(polygon - low).astype(np.int32)], 1)
    return image[low[1] : high[1], low[0] : high[0]][mask > 0].astype(np.float32)


def _softness(grey: Floats) -> float:
    """Blur of a patch as the sigma of a Gaussian, pixels: from how much a known blur takes from its strongest gradients (Zhuo & Sim 2011)."""
    again = 1.2

    def gradient(g: Floats) -> Floats:
        return np.asarray(cv2.magnitude(cv2.Sobel(g, cv2.CV_32F, 1, 0), cv2.Sobel(g, cv2.CV_32F, 0, 1)), np.float32)

    one, two = gradient(grey), gradient(np.asarray(cv2.GaussianBlur(grey, (0, 0), again), np.float32))
    strong = one > max(float(np.percentile(one, 97)), 8.0)
    if strong.sum() < 12:
        return 1.0
    ratio = float(np.median(one[strong] / np.maximum(two[strong], 1e-3)))
    return float(np.clip(again / np.sqrt(max(ratio**2 - 1, 1e-3)), 0.4, 12.0))


def _grain(image: U8, p: Floats, frame: HeadFrame) -> float:
    """The photo's grain, values: the usual difference of a cheek's pixels from their neighbourhood."""
    spread: list[float] = []
    size = max(3, int(0.035 * frame.height))
    for x, y in p[list(CHEEKS)].astype(int):
        part = image[max(0, y - size) : y + size, max(0, x - size) : x + size].astype(np.float32).mean(-1)
        if part.size > 30:
            spread.append(1.48 * float(np.median(np.abs(part - cv2.GaussianBlur(part, (0, 0), 1.5)))))
    return float(min(np.median(spread), 8.0)) if spread else 0.0


def read_light(image: U8, marks: Floats, frame: HeadFrame) -> Light:
    """Read the light off a face: the whites of the eyes and the brightest skin give the teeth, the lips their own colour."""
    p = marks[:, :2]
    whites: list[Floats] = []
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
    bright = float(np.clip(0.35 * sclera.mean() + 0.65 * (skin.mean() * 1.12 + 28), 60, 222))
    tint = sclera / max(float(sclera.mean()), 1.0)
    warm = np.array([1.03, 1.0, 0.93], np.float32)
    teeth = bright * (0.72 + 0.28 * tint) * warm
    lips: list[Floats] = []
    for outer, inner in ((UPPER_OUTER, UPPER_INNER), (LOWER_OUTER, LOWER_INNER)):
        ring = np.concatenate([p[list(outer)], p[list(inner)][::-1]])
        lips.append(_inside(image, ring.astype(np.float32)))
    every = np.concatenate(lips)
    lip = np.median(every, axis=0) if len(every) else skin * np.array([0.9, 0.6, 0.6])
    lip = 0.5 * lip + 0.5 * lip.mean() * np.array([1.45, 0.80, 0.78])
    low, high = np.maximum(p[:468].min(0).astype(int), 0), p[:468].max(0).astype(int)
    grey = cv2.cvtColor(image[low[1] : high[1], low[0] : high[0]], cv2.COLOR_RGB2GRAY).astype(np.float32)
    return Light(teeth=teeth.astype(np.float32), lip=lip.astype(np.float32), softness=_softness(grey) / frame.height, grain=_grain(image, p, frame))
