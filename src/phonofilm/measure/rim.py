"""Halos: rims along the outline of a person that are brighter or darker than both the person and what is behind, as mattes and sharpening leave them.

The picture is sampled across the outline; pieces of it are averaged along their length, so that texture, which does not run along with the
outline, goes away. The same question asked a little farther out, where there is no outline, says what the texture alone amounts to.

Axes: ``h w`` rows and columns, ``n`` points of the outline, ``p`` its pieces, ``d`` steps across it, inside first.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

LOOK = 960  # longer side of the picture that is searched
REACH, SNAP = 36, 10  # steps across the outline, and how far the true edge may lie from the mask's
PIECE = 24  # points of a piece
BAND, PLAIN = 7, (10, 18)  # half the width of a rim, and where the two sides are themselves


@dataclass(frozen=True, kw_only=True)
class Rim:
    """What was found along one outline. ``levels`` of luma by which the usual piece leaves the range between its two sides, beyond what
    texture does by itself; ``share`` of the pieces that leave it by more than 12 levels, likewise; ``pieces`` looked at."""

    levels: float
    share: float
    pieces: int


def rim(y: U8, mask: F32) -> Rim | None:
    """The rim of what ``mask`` f32[h w] 0…1 shows in luma u8[h w]; None where it has no outline inside the picture."""
    factor = min(LOOK / max(y.shape), 1.0)
    size = (round(y.shape[1] * factor), round(y.shape[0] * factor))
    low, cover = cv2.resize(y, size, interpolation=cv2.INTER_AREA), cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    across = _across(np.asarray(low, np.float32), np.asarray(cover, np.float32))
    if across is None:
        return None
    middle = REACH
    found = _beyond(across, middle, BAND)
    texture = _beyond(across[:, BAND + 1 :], middle + BAND + 1, BAND)  # what lies behind, one band and a half farther out
    return Rim(
        levels=max(float(np.median(found) - np.median(texture)), 0.0),
        share=max(float((found > 12).mean() - (texture > 12).mean()), 0.0),
        pieces=len(found),
    )


def _across(y: F32, mask: F32) -> F32 | None:
    """The pieces' profiles f32[p d], the true edge in their middle."""
    outlines, _ = cv2.findContours((mask > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    parts: list[F32] = []
    height, width = y.shape
    for outline in outlines:
        points = outline[:, 0].astype(np.float64)
        if len(points) < 4 * PIECE:
            continue
        points = _smooth(points, 6)
        ahead = np.roll(points, -4, 0) - np.roll(points, 4, 0)
        length = np.maximum(np.hypot(*ahead.T), 1e-6)[:, None]
        out = np.stack([ahead[:, 1], -ahead[:, 0]], 1) / length
        if _inside(mask, points + 3 * out) > _inside(mask, points - 3 * out):
            out = -out
        steps = np.arange(-REACH - SNAP, REACH + SNAP + 1)
        xy = points[:, None] + steps[None, :, None] * out[:, None]
        free = (xy[..., 0].min(1) >= 0) & (xy[..., 0].max(1) <= width - 1) & (xy[..., 1].min(1) >= 0) & (xy[..., 1].max(1) <= height - 1)
        profile = np.asarray(cv2.remap(y, xy[..., 0].astype(np.float32), xy[..., 1].astype(np.float32), cv2.INTER_LINEAR), np.float32)
        for k in range(0, len(points) - PIECE + 1, PIECE):
            if free[k : k + PIECE].all():
                parts.append(_snapped(profile[k : k + PIECE]))
    return np.stack(parts) if len(parts) >= 4 else None


def _snapped(profile: F32) -> F32:
    """The mean of a piece's profiles, moved so that its steepest step near the mask's edge comes to lie in the middle."""
    mean = profile.mean(axis=0)
    slope = np.abs(np.convolve(mean, [0.5, 0, -0.5], "same"))
    centre = REACH + SNAP
    shift = int(slope[centre - SNAP : centre + SNAP + 1].argmax()) - SNAP
    return mean[centre + shift - REACH : centre + shift + REACH + 1]


def _beyond(across: F32, middle: int, band: int) -> F32:
    """For each piece, by how much the band around ``middle`` leaves the range between the two sides beside it, f32[p]."""
    near, far = PLAIN
    inside = np.median(across[:, max(middle - far, 0) : middle - near + 1], axis=1)
    outside = np.median(across[:, middle + near : middle + far + 1], axis=1)
    there = across[:, middle - band : middle + band + 1]
    over = there.max(axis=1) - np.maximum(inside, outside)
    under = np.minimum(inside, outside) - there.min(axis=1)
    return np.maximum(np.maximum(over, under), 0)


def _smooth(points: NDArray[np.float64], sigma: int) -> NDArray[np.float64]:
    weights = np.exp(-0.5 * (np.arange(-3 * sigma, 3 * sigma + 1) / sigma) ** 2)
    around = np.concatenate([points[-3 * sigma :], points, points[: 3 * sigma]])
    return np.asarray(np.stack([np.convolve(around[:, k], weights / weights.sum(), "valid") for k in (0, 1)], 1), np.float64)


def _inside(mask: F32, points: NDArray[np.float64]) -> float:
    at = points.round().astype(int)
    return float(mask[at[:, 1].clip(0, mask.shape[0] - 1), at[:, 0].clip(0, mask.shape[1] - 1)].mean())
