"""Smooth steps, and values spread over the skin about their controls by Wendland C2 kernels (Wendland 1995), which end at a finite radius."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def smooth(x: Floats | float, low: float, high: float) -> Floats:
    """Smooth step from 0 at ``low`` to 1 at ``high``."""
    t = np.clip((np.asarray(x, np.float32) - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def wendland(a: Floats, b: Floats, radius: float) -> Floats:
    """Wendland C2 kernel between points f32[n 2] and f32[m 2]: f32[n m], 1 at distance 0 and 0 from ``radius`` on."""
    dx = a[:, None, 0] - b[None, :, 0]
    dy = a[:, None, 1] - b[None, :, 1]
    r = np.minimum(np.sqrt(dx * dx + dy * dy) * np.float32(1 / radius), 1)
    k = 1 - r
    k *= k
    return k * k * (4 * r + 1)


def through(points: int) -> NDArray[np.float64]:
    """The matrix f64[points 11] from eleven points of a contour to ``points`` along the cubic spline through them ("not a knot" at its ends)."""
    system, right = np.zeros((11, 11)), np.zeros((11, 11))
    system[0, :3] = system[-1, -3:] = (1, -2, 1)
    for k in range(1, 10):
        system[k, k - 1 : k + 2], right[k, k - 1 : k + 2] = (1, 4, 1), (6, -12, 6)
    bend = np.linalg.solve(system, right)
    at = np.linspace(0, 10, points)
    k = np.minimum(at.astype(int), 9)
    u = (at - k)[:, None]
    v, every = 1 - u, np.eye(11)
    return v * every[k] + u * every[k + 1] + (v**3 - v) / 6 * bend[k] + (u**3 - u) / 6 * bend[k + 1]


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
