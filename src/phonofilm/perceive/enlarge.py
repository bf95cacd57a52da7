"""Small pictures made large enough for a film: a network's detail, held back so that skin stays skin."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.subject import around_head
from phonofilm.vision.face import Mesh
from phonofilm.vision.upscale import FACTOR, Upscaler

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

SMALL = 900  # a picture whose longest side is below this is enlarged
LARGE = 1600  # … to this, by at most FACTOR
BEST_SIDE = 128  # a head whose part of the picture is at most this large is restored by the slow, better network
FAST_MOST = 100_000  # … and a part of at most so many pixels by the quick one (a head, else the whole picture)
KEPT = 0.45  # share of plain Lanczos in the enlarged picture


def factor_for(width: int, height: int) -> float:
    """How many times a picture of this size is enlarged."""
    long = max(width, height)
    return 1.0 if long >= SMALL else min(float(FACTOR), LARGE / long)


def enlarge(picture: U8, alpha: U8 | None, meshes: list[Mesh]) -> tuple[U8, U8 | None]:
    """The picture and its alpha at ``factor_for`` times the size; ``meshes``: its faces, which get the most care."""
    height, width = picture.shape[:2]
    factor = factor_for(width, height)
    size = (round(width * factor), round(height * factor))
    given = picture.astype(np.float32)
    crisp = given + np.float32(0.5) * (given - cv2.GaussianBlur(given, (0, 0), 1.0))
    out = np.asarray(cv2.resize(crisp, size, interpolation=cv2.INTER_LANCZOS4), np.float32)
    everywhere = (0, 0, width, height)
    parts = [around_head(mesh, picture, 1.1) for mesh in meshes[:2]] or [everywhere]
    for part in parts:
        if (part[2] - part[0]) * (part[3] - part[1]) <= FAST_MOST:
            _restore(out, picture, part, factor, "upscale_fast", 1 - KEPT, part != everywhere)
    for mesh in meshes[:1]:
        part = around_head(mesh, picture, 0.75)
        if max(part[2] - part[0], part[3] - part[1]) <= BEST_SIDE:
            _restore(out, picture, part, factor, "upscale", 0.75, True)
    big = np.clip(out + 0.5, 0, 255).astype(np.uint8)
    if alpha is None:
        return big, None
    return big, np.clip(cv2.resize(alpha.astype(np.float32), size, interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


def _restore(out: F32, picture: U8, part: tuple[int, int, int, int], factor: float, network: str, share: float, soft: bool) -> None:
    """Mix ``share`` of a network's enlargement of one part of ``picture`` into ``out``, fading at the part's rim where ``soft``."""
    x0, y0, x1, y1 = part
    left, top, right, bottom = (round(v * factor) for v in part)
    if min(x1 - x0, y1 - y0) < 16:
        return
    made = np.asarray(cv2.resize(Upscaler(network)(picture[y0:y1, x0:x1]), (right - left, bottom - top), interpolation=cv2.INTER_AREA), np.float32)
    weight = np.ones((bottom - top, right - left), np.float32)
    if soft:
        rim = max(2, (right - left) // 8)
        weight = np.pad(weight[rim:-rim, rim:-rim], rim)
        weight = np.asarray(cv2.blur(weight, (rim, rim)), np.float32)
    weight = share * weight[..., None]
    out[top:bottom, left:right] = out[top:bottom, left:right] * (1 - weight) + made * weight
