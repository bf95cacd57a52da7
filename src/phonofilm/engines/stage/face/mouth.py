"""Inside the mouth: cavity, tongue, lower teeth on the jaw, upper teeth on the skull, drawn in head coordinates and lit like the photo.

The picture of the inside is head-aligned (columns are x, rows are y), so that lips and teeth are curves over its columns.
Tooth widths and lengths are the means of adult crowns (Wheeler's Dental Anatomy), in millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.lips import MM

Floats = NDArray[np.floating]
U8 = NDArray[np.uint8]

#: from the midline outwards: width (as seen from the front, on the arch), length, how much shorter than the first
UPPER_TEETH = ((8.4, 10.4, 0.0), (6.4, 9.0, 0.7), (6.6, 10.0, 0.1), (5.0, 8.6, 0.7), (3.6, 8.0, 1.0), (2.6, 7.0, 1.2))
LOWER_TEETH = ((5.2, 9.0, 0.0), (5.6, 9.2, 0.1), (5.8, 10.0, -0.2), (4.6, 8.8, 0.5), (3.4, 8.0, 0.9), (2.4, 7.0, 1.2))


@dataclass(frozen=True, kw_only=True, eq=False)
class Light:
    """Colours read from the photo, in its own values 0…255: teeth and lips; and how soft (sigma, face heights) and grainy (values) it is."""

    teeth: Floats
    lip: Floats
    softness: float
    grain: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Inside:
    """What of the mouth's inside never changes: its grid (``x0 y0`` plane coordinates of the first cell, ``cell`` its size) and two rows of teeth.

    ``upper`` and ``lower`` f32[h w 4] are colour and cover; ``edge`` is the biting edge of the upper row.
    """

    x0: float
    y0: float
    cell: float
    upper: Floats
    lower: Floats
    light: Light
    edge: float


def _row(columns: Floats, rows: Floats, edge: float, table: tuple[tuple[float, float, float], ...], light: Light, sign: int) -> Floats:
    """One row of teeth as colour and cover; ``edge`` is the biting edge of the first tooth, ``sign`` −1 grows up (upper row), 1 down."""
    out = np.zeros((len(rows), len(columns), 4), np.float32)
    x = np.abs(columns) / MM
    start = 0.0
    tooth = np.full(len(columns), -1)
    u = np.ones(len(columns), np.float32)
    length, short, shade = (np.zeros(len(columns), np.float32) for _ in range(3))
    for number, (width, high, less) in enumerate(table):
        inside = (x >= start) & (x < start + width)
        tooth[inside] = number
        u[inside] = (x[inside] - start) / width * 2 - 1
        length[inside], short[inside] = high, less
        shade[inside] = 1 - 0.085 * number - 0.012 * number**2
        start += width
    has = tooth >= 0
    # biting edge: flat with rounded corners, rounder outwards
    corner = 0.55 + 0.25 * np.maximum(tooth, 0)
    bite = (short + corner * np.abs(u) ** 3.5) * MM
    depth = (edge - rows[:, None]) * (1 if sign < 0 else -1) - bite[None, :]  # from the biting edge into the tooth
    cover = np.clip(depth / (0.5 * MM) + 0.5, 0, 1) * has[None, :]
    gum_at = (length - short) * MM - 1.3 * MM * np.abs(u) ** 2.2
    gum = np.clip((depth + bite[None, :] - gum_at[None, :]) / (0.7 * MM) + 0.5, 0, 1)
    t = np.clip(depth / (8 * MM), 0, 1)
    level = (0.93 + 0.07 * np.clip(depth / (2.2 * MM), 0, 1)) * (1 - 0.10 * t)
    round_ = 1 - 0.13 * np.abs(u) ** 3
    groove = 1 - 0.34 * np.clip((np.abs(u) - 0.86) / 0.14, 0, 1) ** 1.5
    level = level * (round_ * groove * shade)[None, :]
    white = light.teeth[None, None, :] * level[..., None]
    # the edge is a little translucent, the neck a little warmer
    white = (
        white * (1 - (1 - t)[..., None] ** 3 * np.array([0.05, 0.03, 0.0], np.float32)) * (1 - t[..., None] * np.array([0.0, 0.02, 0.06], np.float32))
    )
    flesh = light.lip * np.array([0.78, 0.66, 0.66], np.float32) * shade[None, :, None]
    out[..., :3] = white * (1 - gum[..., None]) + flesh * gum[..., None]
    out[..., 3] = cover
    return out


def build_inside(seam: Floats, light: Light, pixels: float, upper: bool = True) -> Inside:
    """The inside for a mouth whose closed lips would meet at ``seam`` f32[11 2], plane coordinates.

    ``pixels`` is how many photo pixels a face height has (the grid is as fine as the photo, within reason). ``upper`` False leaves the
    upper row out: the photo shows its own.
    """
    cell = 1 / float(np.clip(pixels, 240, 700))
    half = float(seam[-1, 0] - seam[0, 0]) / 2 + 0.03
    centre = float(seam[-1, 0] + seam[0, 0]) / 2
    middle = float(seam[5, 1])
    columns = np.arange(-half, half, cell, dtype=np.float32)
    rows = np.arange(middle - 0.07, middle + 0.2, cell, dtype=np.float32)
    edge = middle + 1.6 * MM
    row = _row(columns, rows, edge, UPPER_TEETH, light, -1)
    if not upper:
        row[..., 3] = 0
    lower = _row(columns, rows, edge - 1.4 * MM, LOWER_TEETH, light, 1)
    lower[..., :3] *= np.array([0.92, 0.89, 0.86], np.float32)
    return Inside(x0=centre - half, y0=float(rows[0]), cell=cell, upper=row, lower=lower, light=light, edge=edge)


def _shift(picture: Floats, dy: float, dx: float = 0.0) -> Floats:
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.float32)


def draw_inside(inside: Inside, upper_lip: Floats, lower_lip: Floats, drop: float, tongue: float) -> Floats:
    """The inside as seen between lips f32[n 2] (plane coordinates), the jaw down by ``drop``: f32[h w 3], 0…255, over its grid."""
    h, w = inside.upper.shape[:2]
    columns = inside.x0 + np.arange(w, dtype=np.float32) * inside.cell
    rows = (inside.y0 + np.arange(h, dtype=np.float32) * inside.cell)[:, None]
    top = np.interp(columns, upper_lip[:, 0], upper_lip[:, 1]).astype(np.float32)[None]
    low = np.interp(columns, lower_lip[:, 0], lower_lip[:, 1]).astype(np.float32)[None]
    half = float(upper_lip[-1, 0] - upper_lip[0, 0]) / 2
    side = np.abs(columns - (upper_lip[-1, 0] + upper_lip[0, 0]) / 2)[None] / max(half, 1e-3)
    light = inside.light
    depth = np.clip((rows - top) / 0.09, 0, 1)
    cavity = light.lip * np.array([0.24, 0.13, 0.13], np.float32)
    picture = cavity * (0.35 + 0.75 * depth[..., None])
    # tongue: a mass lying on the jaw behind the lower teeth, its tip up for t d n l, forward over them for th
    flesh = light.lip * np.array([0.86, 0.62, 0.64], np.float32)
    lip_low = float(lower_lip[len(lower_lip) // 2, 1])
    crest = np.minimum(inside.edge + 2.5 * MM + drop * 0.50, lip_low - 3.0 * MM) - tongue * (drop * 0.42 + 1.5 * MM)
    crest = max(float(crest), inside.edge - 1.5 * MM)
    hump = crest + (side * half / 0.125) ** 2 * 0.040
    on = np.clip((rows - hump) / (3.0 * MM) + 0.35, 0, 1) * np.clip((1.15 - side) / 0.3, 0, 1)
    rounding = np.clip((rows - hump) / (10 * MM), 0, 1)
    groove = 1 - 0.22 * np.exp(-((side * half / (1.8 * MM)) ** 2))
    shade = (0.58 + 0.57 * np.sqrt(rounding)) * groove
    cover = (on * (0.80 + 0.20 * tongue))[..., None]
    picture = picture * (1 - cover) + flesh * shade[..., None] * cover
    lower = _shift(inside.lower, drop * 0.93 / inside.cell)
    if tongue > 0.7:
        tip = np.clip((tongue - 0.7) / 0.3, 0, 1)
        lower[..., 3] *= 1 - tip * np.clip(1.6 - side * 2.4, 0, 1)
    picture = picture * (1 - lower[..., 3:]) + lower[..., :3] * lower[..., 3:]
    picture = picture * (1 - inside.upper[..., 3:]) + inside.upper[..., :3] * inside.upper[..., 3:]
    # the upper lip's shadow, the dark of the corners, and the occlusion above the lower lip
    shadow = 0.76 + 0.24 * np.clip((rows - top) / (3.0 * MM), 0, 1)
    corners = 1 - 0.6 * np.clip((side - 0.55) / 0.5, 0, 1) ** 1.3
    floor = 0.84 + 0.16 * np.clip((low - rows) / (2.0 * MM), 0, 1)
    picture = picture * (shadow * corners * floor)[..., None]
    sigma = max(0.6, light.softness / inside.cell)
    return cv2.GaussianBlur(picture.astype(np.float32), (0, 0), sigma)
