"""How sharp a picture is: the width of its edges in pixels.

Along rows and columns luma is taken apart into stretches that only rise or only fall; the width of one is its whole height divided by its steepest
step. An ideal step has width 1, one blurred by a Gaussian of ``sigma`` pixels ``sqrt(2 pi) sigma``, and widths add up as squares: the number does
not depend on how strong the contrast of a picture is. After Marziliano et al., "A no-reference perceptual blur metric" (ICIP 2002).

Axes: ``h w`` rows and columns, ``e`` edges.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]

LEAST = 32  # levels that an edge rises at least
ENOUGH = 40  # edges from which a picture can be judged
_EVERY = 4  # of how many rows and columns one is looked at


def edge_widths(y: U8) -> F32:
    """Widths f32[e] in pixels of the edges of luma u8[h w]."""
    return np.concatenate([_along(y[::_EVERY]), _along(np.ascontiguousarray(y[:, ::_EVERY].T))])


def sharpness(y: U8) -> tuple[float, float] | None:
    """Width of the sharpest fifth of the edges, and of the usual edge; None where there are too few."""
    widths = edge_widths(y)
    if len(widths) < ENOUGH:
        return None
    fifth, half = np.percentile(widths, [20, 50])
    return float(fifth), float(half)


def _along(rows: U8) -> F32:
    steps = np.diff(rows.astype(np.int16), axis=1)
    steps[np.abs(steps) <= 1] = 0  # noise neither rises nor falls
    flat = np.pad(steps, ((0, 0), (0, 1))).ravel()
    signs = np.sign(flat).astype(np.int8)
    starts = np.concatenate([[0], np.flatnonzero(signs[1:] != signs[:-1]) + 1])
    size = np.abs(flat)
    height, steepest = np.add.reduceat(size, starts, dtype=np.int32), np.maximum.reduceat(size, starts)
    real = height >= LEAST
    return np.asarray(height[real] / steepest[real], np.float32)
