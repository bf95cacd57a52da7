"""A film whose face is exchanged for another person's: what identity must call far. Made for calibration, not to deceive: seams stay visible.

Axes: ``h w`` rows and columns, ``n`` landmarks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.errors import ReferenceError_
from phonofilm.measure.film import frames_of, sound_of
from phonofilm.media.colour import to_i420
from phonofilm.media.probe import probe
from phonofilm.media.read import read_picture
from phonofilm.media.rewrite import rewrite
from phonofilm.media.stream import Decoded
from phonofilm.vision.face import FaceFinder

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
_MESH = 468


def swap_face(film: Path, out: Path, *, other: Path) -> Path:
    """Write ``film`` to ``out`` with the largest face of each frame covered by the one of the picture ``other``, at its place, turn and tone.

    Raises ``ReferenceError_`` where the picture shows no face or the film is none.
    """
    picture = read_picture(other).rgb
    found = FaceFinder().find(picture)
    if not found:
        raise ReferenceError_(other.name, "no face was found in it", "Give a picture of another person's face.")
    points = np.ascontiguousarray(found[0].landmarks[:_MESH, :2], np.float32)
    facts = probe(film)
    return rewrite(out, _swapped(film, picture, points), sound_of(film, facts).sound, rate=facts.fps or 24.0)


def _swapped(film: Path, picture: U8, points: F32) -> Iterator[Decoded]:
    area = _inside(picture.shape[0], picture.shape[1], points)
    tone = picture[area > 128].mean(axis=0)
    for shown in frames_of(film):
        frame = Decoded(at=shown.at, i420=shown.i420)
        if not shown.faces:
            yield frame
            continue
        there = np.ascontiguousarray(shown.faces[0].landmarks[:_MESH, :2], np.float32)
        matrix, _ = cv2.estimateAffine2D(points, there, method=cv2.LMEDS)
        h, w = shown.rgb.shape[:2]
        face = cv2.warpAffine(picture, matrix, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
        share = cv2.warpAffine(area, matrix, (w, h)).astype(np.float32) / 255
        own = shown.rgb[_inside(h, w, there) > 128].mean(axis=0)
        blended = shown.rgb * (1 - share[..., None]) + np.clip(face + (own - tone), 0, 255) * share[..., None]
        yield replace(frame, i420=to_i420(np.ascontiguousarray(blended + 0.5).astype(np.uint8)))


def _inside(height: int, width: int, points: F32) -> U8:
    """The face's area u8[h w], soft at its border."""
    mask = np.zeros((height, width), np.uint8)
    hull = cv2.convexHull(points).astype(np.int32)
    cv2.fillConvexPoly(mask, hull, 255)
    reach = max(float(np.ptp(points[:, 0])) * 0.04, 1.0)
    return np.asarray(cv2.GaussianBlur(cv2.erode(mask, np.ones((3, 3), np.uint8), iterations=round(reach)), (0, 0), reach), np.uint8)
