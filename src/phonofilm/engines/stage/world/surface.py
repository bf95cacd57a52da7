"""Surfaces that products stand on, as they look from straight above: wood, marble, stone, cloth, sand.

Axes: ``h w`` rows and columns. Textures are made of noise of the right shapes: long for
fibres, crossed for threads, folded for veins; the colours are those of daylight photographs of such surfaces.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.noise import Floats, fbm, ridged, source, step, value

F32 = NDArray[np.float32]
_PLANK = 0.145  # metres across a board


def surface(name: str, seed: int, width: int, height: int, across: float, along: float) -> F32:
    """A surface of ``SURFACES`` in even light, sRGB f32[h w 3], 0…1: ``across`` and ``along`` metres of it."""
    x = ((np.arange(width, dtype=np.float32) + 0.5) * (across / width))[None, :]
    y = ((np.arange(height, dtype=np.float32) + 0.5) * (along / height))[:, None]
    return SURFACES[name](seed, np.broadcast_to(x, (height, width)), np.broadcast_to(y, (height, width)))


def _tinted(dark: str, light: str, share: Floats) -> F32:
    a, b = (np.array([int(c[k : k + 2], 16) for k in (1, 3, 5)], np.float32) / 255 for c in (dark, light))
    return (a + (b - a) * np.clip(share, 0, 1)[..., None]).astype(np.float32)


def _wood(seed: int, x: F32, y: F32) -> F32:
    """Boards along x, each with its own tone, its rings cut lengthwise, fine pores and a dark joint."""
    number = np.floor(y / _PLANK)
    across = y / _PLANK - number
    boards = source(seed, "boards").random((64, 4)).astype(np.float32)
    which = number.astype(np.int64) % 64
    tone, shift, knots = boards[which, 0], boards[which, 1] * 37, boards[which, 2]
    u, v = x + shift, y + number * 3.7
    bent = v + 0.05 * (fbm(seed + 1, u * 1.1, v * 3.0, 3) - 0.5)
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * (bent * (34 + 26 * knots) + 2.2 * fbm(seed + 2, u * 0.8, v * 5.0, 3)))
    grain = fbm(seed + 3, u * 5.0, v * 230.0, 3)
    pores = step(0.66, 0.82, value(seed + 4, u * 16.0, v * 620.0))
    share = (
        0.50 + 0.22 * (tone - 0.5) + 0.22 * (rings - 0.5) * (0.4 + grain) + 0.42 * (grain - 0.5) + 0.3 * (fbm(seed + 5, u * 0.9, v * 2.2, 2) - 0.5)
    )
    out = _tinted("#4a2d19", "#b98456", share) * (1 - 0.16 * pores[..., None])
    gap = np.minimum(across, 1 - across) * _PLANK
    return (out * (1 - 0.72 * np.exp(-((gap / 0.0016) ** 2)) - 0.10 * np.exp(-((gap / 0.007) ** 2)))[..., None]).astype(np.float32)


def _marble(seed: int, x: F32, y: F32) -> F32:
    """White stone with grey clouds and thin folded veins."""
    wx = x + 0.16 * (fbm(seed + 1, x * 3, y * 3, 4) - 0.5)
    wy = y + 0.16 * (fbm(seed + 2, x * 3, y * 3, 4) - 0.5)
    cloud = fbm(seed + 3, wx * 2.6, wy * 2.6, 5)
    coarse = step(0.955, 1.0, 1 - np.abs(2 * fbm(seed + 4, wx * 2.0 + wy, wy * 2.0 - 0.6 * wx, 5) - 1))
    fine = step(0.95, 1.0, 1 - np.abs(2 * fbm(seed + 5, wx * 5.0, wy * 5.0, 4) - 1))
    out = _tinted("#c9cacc", "#f4f2ee", 0.2 + 1.1 * cloud)
    return (out * (1 - 0.26 * coarse * (0.4 + cloud) - 0.12 * fine)[..., None]).astype(np.float32)


def _stone(seed: int, x: F32, y: F32) -> F32:
    """Honed concrete or slate: soft clouds and fine grit."""
    cloud = fbm(seed + 1, x * 3.2, y * 3.2, 6, 0.6)
    grit = 0.5 * value(seed + 2, x * 420, y * 420) + 0.5 * value(seed + 3, x * 170, y * 170)
    return _tinted("#6b6c6e", "#adaca8", 0.5 + 1.3 * (cloud - 0.5) + 0.24 * (grit - 0.5))


def _cloth(seed: int, x: F32, y: F32) -> F32:
    """Linen: threads across threads, uneven in thickness, and soft folds."""
    warp = 0.5 + 0.5 * np.sin(2 * np.pi * (x * 620 + 0.9 * fbm(seed + 1, x * 9, y * 60, 3)))
    weft = 0.5 + 0.5 * np.sin(2 * np.pi * (y * 620 + 0.9 * fbm(seed + 2, x * 60, y * 9, 3)))
    slubs = 0.5 * fbm(seed + 3, x * 7, y * 300, 3) + 0.5 * fbm(seed + 4, x * 300, y * 7, 3)
    fold = fbm(seed + 5, x * 3.2 + y, y * 1.3, 3)
    share = 0.55 + 0.20 * (np.maximum(warp, weft) - 0.6) + 0.8 * (slubs - 0.5) + 0.5 * (fold - 0.5)
    return _tinted("#b5a791", "#efe7d8", share)


def _sand(seed: int, x: F32, y: F32) -> F32:
    """Fine sand with wind ripples and single dark and bright grains."""
    wave = y + 0.05 * fbm(seed + 1, x * 4, y * 4, 4)
    ripple = ridged(seed + 2, x * 1.4, wave * 17, 2)
    grains = value(seed + 3, x * 800, y * 800)
    tiny = fbm(seed + 4, x * 160, y * 160, 3)
    share = 0.45 + 0.34 * (ripple - 0.5) + 0.34 * (tiny - 0.5) + 0.3 * (grains - 0.5)
    return _tinted("#a9855a", "#ecd3a4", share)


SURFACES: dict[str, Callable[[int, F32, F32], F32]] = {"wood": _wood, "marble": _marble, "stone": _stone, "cloth": _cloth, "sand": _sand}
