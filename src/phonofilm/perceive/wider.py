"""A portrait continued beyond its sides: the shoulders that its border cuts come to an end, and the plate goes on.

So a face from an upright photograph has room in a wide film. Axes: ``h w`` rows and columns.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive import plate as plates
from phonofilm.perceive.percepts import Face, Picture

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
_CHIN = 152  # landmark of the mesh
_LEAST = 12  # columns of shoulder from which more can be made


def continuable(picture: Picture, face: int = 0) -> tuple[bool, bool]:
    """Whether the left and the right border cut only shoulders, which can be continued: below the chin and down to the bottom."""
    if picture.subject != "person" or not picture.faces or picture.matte.all():
        return False, False
    return _shoulder(picture.matte, _chin(picture, face)) is not None, _shoulder(picture.matte[:, ::-1], _chin(picture, face)) is not None


def columns(shares: tuple[float, float], width: int) -> tuple[int, int]:
    """Columns to the left and right for shares of a picture's width."""
    return round(shares[0] * width), round(shares[1] * width)


def widen(picture: Picture, left: int, right: int, face: int = 0, *, plain: bool = False) -> Picture:
    """The picture with ``left`` and ``right`` more columns; a side that cannot be continued must have none. ``plain``: its plate is of no
    importance, and only repeats its border."""
    if not left and not right:
        return picture
    chin = _chin(picture, face)
    own = picture.image if picture.foreground is None else picture.foreground
    if plain:
        plate = np.asarray(cv2.copyMakeBorder(picture.plate, 0, 0, left, right, cv2.BORDER_REPLICATE), np.uint8)
    else:
        plate = plates.extend(picture.plate, left, right, 0, 0)
    parts = [_continued(own[:, ::-1], picture.matte[:, ::-1], right, chin), _continued(own, picture.matte, left, chin)]
    (own_right, matte_right), (own_left, matte_left) = parts
    own = np.concatenate([own_left[:, ::-1], own, own_right], axis=1)
    matte = np.concatenate([matte_left[:, ::-1], picture.matte, matte_right], axis=1)
    inner = np.s_[:, left : left + picture.image.shape[1]]
    share = matte.astype(np.float32)[..., None] / np.float32(255)
    image = (own * share + plate * (1 - share) + np.float32(0.5)).astype(np.uint8)
    image[inner] = picture.image
    box = picture.subject_box
    columns = np.flatnonzero((matte > 127).any(axis=0))
    return replace(
        picture, image=image, matte=np.ascontiguousarray(matte), plate=plate, foreground=np.ascontiguousarray(own),
        subject_box=None if box is None else (int(columns[0]), box[1], int(columns[-1]) + 1, box[3]),
        faces=tuple(_moved(f, left) for f in picture.faces),
        pose=None if picture.pose is None else picture.pose + np.array([left, 0, 0, 0], np.float32),
    )  # fmt: skip


def _chin(picture: Picture, face: int) -> float:
    return float(picture.faces[min(face, len(picture.faces) - 1)].landmarks[_CHIN, 1])


def _moved(face: Face, by: int) -> Face:
    x0, y0, x1, y1 = face.box
    return replace(face, landmarks=face.landmarks + np.array([by, 0, 0], np.float32), box=(x0 + by, y0, x1 + by, y1))


def _shoulder(matte: U8, chin: float) -> NDArray[np.intp] | None:
    """The outline of the shoulder at the left border: the first row inside for each of its columns, inwards; None where it is no shoulder."""
    height, width = matte.shape
    inside = matte > 127
    rows = np.flatnonzero(inside[:, :2].any(axis=1))
    if not len(rows) or rows[0] < chin or rows[0] > 0.99 * height or inside[rows[0] :, 0].mean() < 0.9:
        return None
    tops = np.where(inside.any(axis=0), inside.argmax(axis=0), height)[: width // 2]
    high = np.flatnonzero(tops < chin)
    outline = tops[: high[0] if len(high) else len(tops)]
    return outline if len(outline) >= _LEAST else None


def _continued(own: U8, matte: U8, wide: int, chin: float) -> tuple[U8, U8]:
    """``wide`` columns beyond the left border, outwards: the subject's colours u8[h wide 3] and its matte u8[h wide].

    The outline falls as a quarter of an ellipse from where the border cuts it; below it the cloth is that of the shoulder, read back and forth.
    """
    height = matte.shape[0]
    outline = _shoulder(matte, chin)
    if not wide or outline is None:
        return np.zeros((height, wide, 3), np.uint8), np.zeros((height, wide), np.uint8)
    smooth = cv2.GaussianBlur(outline.astype(np.float32)[None], (0, 0), max(len(outline) / 20, 1.0))[0]
    smooth += float(outline[0]) - smooth[0]
    start, reach = float(outline[0]), 0.86 * wide
    deep = height - start
    reach = min(reach, max(1.1 * deep, 0.25 * wide))
    near = outline[: max(_LEAST, len(outline) // 8)].astype(np.float64)
    slope = max(-float(np.polyfit(np.arange(len(near)), near, 1)[0]), 0.0)  # as steep as the shoulder is where it is cut
    d = np.arange(wide, dtype=np.float32) + 1
    share = np.clip(d / reach, 0, 1)
    edge = start + slope * d + deep * (1 - np.sqrt(np.maximum(1 - share**2, 0))) * 1.02
    edge = np.where(share >= 1, height + 4, edge).astype(np.float32)
    period = max(len(outline) - 1, 1)
    inward = np.abs((d - 1) % (2 * period) - period)
    inward = period - inward
    y = np.arange(height, dtype=np.float32)[:, None]
    column = np.broadcast_to(inward[None], (height, wide)).astype(np.float32)
    row = y - edge[None] + smooth[inward.astype(int)][None]
    last = np.float32(height - 1)
    row = last - np.abs(last - np.clip(row, 0, 2 * last))  # below the bottom back up
    colours = np.asarray(cv2.remap(np.ascontiguousarray(own), column, row.astype(np.float32), cv2.INTER_LINEAR), np.uint8)
    soft = max(height / 700, 1.0)
    fade = np.clip((y - edge[None]) / soft + 0.5, 0, 1)
    return colours, (fade * 255 + 0.5).astype(np.uint8)
