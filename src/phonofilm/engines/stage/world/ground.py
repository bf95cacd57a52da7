"""The ground plane in tangents: where its points lie, and noise on it that does not flicker in the distance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.noise import value
from phonofilm.engines.stage.world.pane import EYE, Pane

F32 = NDArray[np.float32]


def places(pane: Pane) -> tuple[F32, F32]:
    """Metres to the right f32[h w] and ahead f32[h 1] of the ground seen in each pixel; the horizon is put 4 km away."""
    ahead = EYE / np.maximum(-pane.ys(), EYE / 4000.0)
    return (pane.xs() * ahead).astype(np.float32), ahead.astype(np.float32)


def ripples(seed: int, pane: Pane, wave: tuple[float, float], octaves: int = 4, gain: float = 0.6, warp: float = 0.0) -> F32:
    """Noise -1…1 f32[h w] on the ground with waves of ``wave`` = (across, along) metres; octaves finer than a pixel fade out."""
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    if warp:
        z = z + np.float32(warp) * (value(seed + 77, x / (wave[0] * 3), z / (wave[1] * 5)) - 0.5)
    footprint = (z[:, :1] ** 2) / EYE / pane.scale  # metres of depth in a pixel
    total = np.zeros(x.shape, np.float32)
    weight, norm = 1.0, 0.0
    across, along = wave
    for octave in range(octaves):
        keep = np.clip(along / (footprint * 1.6) - 0.5, 0, 1)
        if float(keep.max()) > 0.01:
            total += weight * keep * (2.0 * value(seed + 13 * octave, x / np.float32(across), z / np.float32(along)) - 1.0)
        norm += weight
        weight *= gain
        across, along = across / 2.1, along / 2.1
    return total / norm * 1.6


def shaded(pane: Pane, paint: Callable[[F32, F32], F32]) -> F32:
    """Evaluate a painter of ground colours on (metres right, metres ahead)."""
    x, z = places(pane)
    return paint(x, np.broadcast_to(z, x.shape))
