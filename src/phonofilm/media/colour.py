"""Colour between pictures and film: 8-bit sRGB-coded RGB and planar YUV 4:2:0 in bt709, limited range.

Axes: ``h w`` rows and columns. An I420 frame is ``u8[h * 3/2, w]``: ``h`` rows of Y (16…235), then the U plane and the V plane (16…240, ``h/2 w/2``)
laid one after the other. Chroma is the mean of its 2x2 pixels (centred siting; the film's header says so).
Source: ITU-R BT.709-6 §3. OpenCV's own ``COLOR_RGB2YUV_I420`` is BT.601, hence these.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

KR, KG, KB = 0.2126, 0.7152, 0.0722
_Y = np.array([KR, KG, KB]) * 219 / 255
_U = np.array([-KR, -KG, 1 - KB]) / (2 * (1 - KB)) * 224 / 255
_V = np.array([1 - KR, -KG, -KB]) / (2 * (1 - KR)) * 224 / 255
_MATRIX = np.array([_Y, _U, _V])
_TO_YUV = np.column_stack([_MATRIX, [16.0, 128.0, 128.0]]).astype(np.float32)
BAND = 64
"""Rows that are converted at once: even, and so few that they stay in a core's cache."""
_BACK = np.linalg.inv(_MATRIX)
_FROM_YUV = np.column_stack([_BACK, -_BACK @ np.array([16.0, 128.0, 128.0])]).astype(np.float32)


def to_i420(rgb: NDArray[np.uint8], out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """One frame ``u8[h w 3]`` (h and w even) as I420 ``u8[h * 3/2, w]``, written into ``out`` where given."""
    h, w, _ = rgb.shape
    assert h % 2 == 0 and w % 2 == 0, (h, w)
    if out is None:
        out = np.empty((h * 3 // 2, w), np.uint8)
    planes = out[h:].reshape(2, h // 2, w // 2)
    for top in range(0, h, BAND):
        rows = slice(top, min(top + BAND, h))
        band = rgb[rows]
        # the transform of three channels to three is the fast one: two of them and three copies cost a third of one from three to one
        cv2.extractChannel(cv2.transform(band, _TO_YUV), 0, dst=out[rows])
        chroma = cv2.transform(cv2.resize(band, (w // 2, len(band) // 2), interpolation=cv2.INTER_AREA), _TO_YUV)
        half = slice(rows.start // 2, rows.stop // 2)
        cv2.extractChannel(chroma, 1, dst=planes[0, half])
        cv2.extractChannel(chroma, 2, dst=planes[1, half])
    return out


def from_i420(frame: NDArray[np.uint8], size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """One I420 frame ``u8[h * 3/2, w]`` as ``u8[h w 3]``, scaled to ``size`` (width, height) where given; chroma is interpolated."""
    rows, w = frame.shape
    h = rows * 2 // 3
    planes = [np.ascontiguousarray(frame[:h]), *frame[h:].reshape(2, h // 2, w // 2)]
    yuv = cv2.merge([_scaled(plane, size or (w, h)) for plane in planes])
    return np.asarray(cv2.transform(yuv, _FROM_YUV), np.uint8)


def _scaled(plane: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    h, w = plane.shape
    if (w, h) == size:
        return plane
    how = cv2.INTER_AREA if size[0] < w else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, size, interpolation=how), np.uint8)


def luminances(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The relative luminances 0…1, f32[...], of sRGB colours u8[... 3] (IEC 61966-2-1)."""
    return _LINEAR[colours] @ np.array([KR, KG, KB], np.float32)


_CODES = np.arange(256, dtype=np.float32) / 255
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(np.float32)
