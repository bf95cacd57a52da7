"""The look of a style picture, laid over a film: its tones and colours, not its strokes or forms.

What the picture differs by from an ordinary photograph is what the film is changed by, the same in every shot, as a colourist's one light is.
Axes: ``h w`` rows and columns. Pictures are I420 ``u8[h * 3/2, w]``, Y 16…235, U and V about 128.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import scipy
from numpy.typing import NDArray

from phonofilm.media.colour import to_i420

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]

_SHARES = (5, 25, 50, 75, 95)
#: percentiles of luma and the spread of chroma of an ordinary, well exposed photograph
_ORDINARY, _SPREAD = (42.0, 82.0, 118.0, 158.0, 204.0), 15.0
_TONE, _TINT = 0.55, 0.7  # how far the film goes towards the picture
_MOST_TINT = 26.0
_BINS = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Style:
    """``tone`` u8[256]: luma to luma. ``tints`` f32[2 256]: what U and V shift by at each luma; ``saturation`` factor of both."""

    tone: U8
    tints: NDArray[np.float32]
    saturation: float

    @classmethod
    def of(cls, picture: U8) -> Style:
        """The style of a picture u8[h w 3]."""
        height, width = picture.shape[:2]
        scale = min(1.0, 512 / max(height, width))
        size = (max(round(width * scale) // 2 * 2, 2), max(round(height * scale) // 2 * 2, 2))
        frame = to_i420(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8))
        y = frame[: size[1]]
        low = cv2.resize(y, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA).ravel().astype(np.float64)
        chroma = frame[size[1] :].reshape(2, -1).astype(np.float64) - 128
        spread = float(np.sqrt(chroma.var(axis=1).sum() / 2))
        tints = np.stack([_by_luma(low, plane) for plane in chroma])
        # a grey picture makes a grey film
        saturation = float(np.clip((max(spread, 0.5 * np.abs(chroma.mean(axis=1)).max()) / _SPREAD) ** 0.7, 0.04, 1.4))
        return cls(tone=_tone(y), tints=np.clip(tints * _TINT, -_MOST_TINT, _MOST_TINT).astype(np.float32), saturation=saturation)

    def apply(self, frame: U8) -> U8:
        """A frame in this style."""
        height, width = frame.shape[0] * 2 // 3, frame.shape[1]
        out = np.empty_like(frame)
        y = frame[:height]
        out[:height] = cv2.LUT(y, self.tone)
        low = cv2.resize(y, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        planes, made = frame[height:].reshape(2, height // 2, width // 2), out[height:].reshape(2, height // 2, width // 2)
        for k in (0, 1):
            shift = cv2.LUT(low, self.tints[k] + np.float32(128 * (1 - self.saturation)))
            made[k] = np.clip(planes[k] * np.float32(self.saturation) + shift + np.float32(0.5), 16, 240).astype(np.uint8)
        return out


def _tone(y: U8) -> U8:
    """The curve from an ordinary photograph's tones some way to this picture's; never steeper than three, never falling."""
    found = np.percentile(y, _SHARES)
    wanted = np.array(_ORDINARY) * (1 - _TONE) + found * _TONE
    points = np.array([16.0, *_ORDINARY, 235.0])
    values = np.maximum.accumulate(np.clip([16.0, *wanted, 235.0], 16, 235))
    curve = scipy.interpolate.PchipInterpolator(points, values)(np.clip(np.arange(256), 16, 235))
    return np.clip(np.round(curve), 16, 235).astype(np.uint8)


def _by_luma(luma: F64, plane: F64) -> F64:
    """The mean of a chroma plane at each luma 0…255, smooth; bins with few pixels lean on the whole."""
    edges = np.linspace(16, 236, _BINS + 1)
    which = np.clip(np.digitize(luma, edges) - 1, 0, _BINS - 1)
    count = np.bincount(which, minlength=_BINS).astype(np.float64)
    total = np.bincount(which, plane, minlength=_BINS)
    few = 0.02 * len(luma)
    mean = (total + few * plane.mean()) / (count + few)
    middles = (edges[:-1] + edges[1:]) / 2
    curve = np.interp(np.arange(256), middles, mean)
    fade = np.clip(np.minimum((np.arange(256) - 16) / 30, (235 - np.arange(256)) / 30), 0, 1)  # black and white keep none
    return np.asarray(cv2.GaussianBlur(curve[None], (0, 0), 14)[0] * fade, np.float64)
