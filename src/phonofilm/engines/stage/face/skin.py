"""How skin follows: the jaw's field and the lips' fields over the photo, as forward displacements on a coarse grid, and their inverse.

The skin above the mouth's line and the skin below it are two sheets that are cut along the lips and are one outside the corners.
Residual motion of the lips spreads by Wendland C2 kernels (Wendland 1995), which end at a finite radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.mesh import HeadFrame

Floats = NDArray[np.floating]


def smooth(x: Floats | float, low: float, high: float) -> Floats:
    """Smooth step from 0 at ``low`` to 1 at ``high``."""
    t = np.clip((np.asarray(x, np.float32) - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Jaw:
    """Where the jaw is: the chin's y and half of the face's width, head coordinates."""

    chin: float
    half: float


#: skin stretches from here down, head units above the mouth
CHEEKBONE = 0.23


def jaw_weight(xy: Floats, jaw: Jaw) -> Floats:
    """How much of the chin's motion skin at head coordinates f32[n 2] takes: none at the nose and the ears, all at the chin, less down the neck."""
    x, y = np.abs(xy[..., 0]), xy[..., 1]
    down = np.clip((y + CHEEKBONE) / (jaw.chin * 0.80 + CHEEKBONE), 0, 1)
    down = (0.6 * down + 0.4 * smooth(down, 0, 1)).astype(np.float32)
    reach = jaw.half * (1.05 - 0.25 * smooth(y, 0.0, jaw.chin))
    side = 1 - np.clip((x - 0.10) / (reach - 0.10), 0, 1)
    side = side * side * (3 - 2 * side)
    neck = np.clip((y - jaw.chin * 0.98) / 0.30, 0, 1)
    below = (1 - neck) ** 2 * (1 + 2 * neck)
    return (down * side * below).astype(np.float32)


def invert_jaw(xy: Floats, jaw: Jaw, motion: Floats, frame: HeadFrame) -> Floats:
    """Backward displacement f32[n 2], pixels, of the jaw's field for points f32[n 2] in head coordinates; ``motion`` f32[2] is the chin's, pixels."""
    unit = frame.plane(frame.origin[None, :2] + motion[None])[0]
    at = xy
    for _ in range(6):
        at = xy - jaw_weight(at, jaw)[:, None] * unit
    return -(jaw_weight(at, jaw)[:, None] * motion).astype(np.float32)


def wendland(a: Floats, b: Floats, radius: float) -> Floats:
    """Wendland C2 kernel between points f32[n 2] and f32[m 2]: f32[n m], 1 at distance 0 and 0 from ``radius`` on."""
    dx = a[:, None, 0] - b[None, :, 0]
    dy = a[:, None, 1] - b[None, :, 1]
    r = np.minimum(np.sqrt(dx * dx + dy * dy) * np.float32(1 / radius), 1)
    k = 1 - r
    k *= k
    return k * k * (4 * r + 1)


#: levels of spreading, reach and ridge: the first carries what neighbours share far out, so that skin is not stretched;
#: the second meets every control
WIDE = ((0.46, 0.6), (0.22, 1e-3))


def spread_wide(points: Floats, controls: Floats, values: Floats) -> Floats:
    """Values f32[m d] at controls f32[m 2] spread over points f32[n 2] on two scales (multilevel interpolation, Floater & Iske 1996)."""
    out = np.zeros((len(points), values.shape[1]), np.float32)
    left = values
    for radius, ridge in WIDE:
        out += spread(points, controls, left, radius, ridge)
        left = left - spread(controls, controls, left, radius, ridge)
    return out


def spread(points: Floats, controls: Floats, values: Floats, radius: float, ridge: float = 2e-4) -> Floats:
    """Values f32[m d] at controls f32[m 2] spread over points f32[n 2] and ending ``radius`` away."""
    gram = wendland(controls, controls, radius).astype(np.float64)
    gram += np.eye(len(controls)) * ridge
    weights = np.linalg.solve(gram, values.astype(np.float64)).astype(np.float32)
    out = np.zeros((len(points), values.shape[1]), np.float32)
    near = ((points > controls.min(0) - radius) & (points < controls.max(0) + radius)).all(1)
    # einsum and not a BLAS product: the same bits whatever the number of threads
    out[near] = np.einsum("nm,md->nd", wendland(points[near], controls, radius), weights)
    return out
