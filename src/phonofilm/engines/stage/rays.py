"""Relief along the rays of a photo: what comes towards the viewer stays on the ray on which the photo shows it.

So however deep a relief is, from where the photo was taken it falls together into the photo. Axes: gh gw nodes of a sheet's grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sheet import Sheet, flat_points

F32 = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Rays:
    """The rays of a photo taken from world point (``x``, ``y``, 0), of whose subject the plane stands ``depth`` metres away."""

    x: float
    y: float
    depth: float

    def nodes(self, sheet: Sheet, relief: F32, moved: F32 | None = None) -> F32:
        """Offsets f32[gh gw 3] from the flat sheet: points that stand ``relief`` f32[gh gw] metres before it, moved by f32[gh gw 2+] metres on it."""
        gh, gw = relief.shape
        flat = flat_points(sheet, gh, gw)[..., :2].astype(np.float32)
        axis = np.array([self.x, self.y], np.float32)
        place = flat - axis if moved is None else flat - axis + moved[..., :2]
        found = np.empty((gh, gw, 3), np.float32)
        found[..., :2] = place * (1 - relief[..., None] / self.depth) + axis - flat
        found[..., 2] = relief
        return found
