"""Light over time: how it changes from frame to frame where the same things are seen, whether it flickers, whether it jumps.

The frame before is brought along the motion (OpenCV's DIS flow, which looks at patches with their mean taken out and so does not mistake light
for motion), and compared in stops. What moves does not count, what grows brighter does.

Axes: ``h w`` rows and columns of the small luma, ``t`` frames, ``b`` blocks (12 x 7).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import signal

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]

BLOCKS = (12, 7)
SLOWEST = 6.0  # Hz: what swings slower is a change of light, not flicker
JUMP = 0.15  # stops that the light changes by from one frame to the next before it is seen to jump
PERCENT = 100 * float(np.log(2))  # of light, in a (small) stop
_BLACK = 0.01  # share of full light that is added before the logarithm, so that noise in the dark is no change
_STOPS = np.log2(((np.arange(256) - 16) / 219).clip(0, 1) ** 2.4 + _BLACK).astype(np.float32)


def stops(small: U8) -> F32:
    """Luma u8[h w] as light in stops, 0 for white."""
    return np.asarray(cv2.LUT(small, _STOPS), np.float32)


def moved(before: U8, motion: F32) -> F32:
    """``before`` in stops, fetched along ``motion`` f32[h w 2] (from the later frame to the earlier) to lie on the later one."""
    height, width = before.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(cv2.remap(stops(before), x + motion[..., 0], y + motion[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def change(small: U8, brought: F32) -> F32:
    """Stops by which each block of a frame is brighter than the one before, f32[b]."""
    return np.asarray(cv2.resize(stops(small) - brought, BLOCKS, interpolation=cv2.INTER_AREA), np.float32).ravel()


def alike(small: U8, brought: F32) -> float:
    """Whether both show the same thing, whatever the light: correlation -1…1, 0 where one shows nothing at all."""
    a, b = stops(small).ravel(), brought.ravel()
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt(np.square(a).mean() * np.square(b).mean()))
    return float((a * b).mean()) / scale if scale > 1e-4 else 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Flicker:
    """Swings of the light faster than ``SLOWEST``, in % of the light (root mean square): the ``worst`` tenth of the film has more of the whole
    picture, the ``patchy`` tenth of the picture more by itself. ``over_time`` f32[t] of the whole picture around each frame."""

    worst: float
    patchy: float
    over_time: F32


def flicker(changes: F32, fps: float) -> Flicker | None:
    """Of changes f32[t b]; None where the film is too short or its rate too low to tell."""
    if len(changes) < 16 or fps < 2.5 * SLOWEST:
        return None
    coefficients = signal.butter(3, SLOWEST, "highpass", fs=fps, output="sos")
    near = int(np.ceil(fps / (2 * SLOWEST)))  # frames from one change of a swing to the next
    whole = signal.sosfiltfilt(coefficients, np.cumsum(_swinging(np.median(changes, axis=1), near)))
    patches = signal.sosfiltfilt(coefficients, np.cumsum(_swinging(changes, near), axis=0), axis=0)
    window = np.ones(max(round(fps / 2), 1))
    weight = np.convolve(np.ones(len(whole)), window, "same")
    level = np.sqrt(np.convolve(np.square(whole), window, "same") / weight) * PERCENT
    return Flicker(
        worst=float(np.percentile(level, 90)),
        patchy=float(np.percentile(patches.std(axis=0), 90)) * PERCENT,
        over_time=np.asarray(level, np.float32),
    )


def _swinging(changes: F32, near: int) -> F32:
    """A single change by itself is a jump, not flicker: each is held to the largest of those ``near`` it."""
    size = np.abs(changes)
    beside = np.zeros_like(size)
    for by in range(1, near + 1):
        beside[by:] = np.maximum(beside[by:], size[:-by])
        beside[:-by] = np.maximum(beside[:-by], size[by:])
    return np.sign(changes) * np.minimum(size, beside)


def jumps(changes: F32) -> list[int]:
    """The frames t at which the light of the whole picture changes at once, f32[t b]: by ``JUMP`` and far more than around them."""
    usual = np.abs(np.median(changes, axis=1))
    found: list[int] = []
    for k in np.flatnonzero(usual >= JUMP):
        beside = np.concatenate([usual[max(k - 4, 0) : k], usual[k + 1 : k + 5]])
        if not len(beside) or usual[k] >= 3 * np.median(beside):
            found.append(int(k))
    return found
