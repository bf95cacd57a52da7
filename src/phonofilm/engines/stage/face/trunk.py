"""The trunk: how a cut-out person sways, bobs and leans as one, hair and shoulders with it, while what the picture cuts off stays where it is.

Points are pixels of the cut-out's texture; heights are those of the face, from the chin down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.expression import HeadPose
from phonofilm.engines.stage.face.skin import smooth

Floats = NDArray[np.floating]
U8 = NDArray[np.uint8]

#: from this height below the chin on the trunk gives way to what it stands on
WAIST = 0.35
#: the middle about which shoulders tilt, and how far from a cut side they begin to
HINGE, SIDE = 0.75, 1.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Trunk:
    """Points of a cut-out: ``carried`` f32[n 1], how much of the trunk's way each takes; ``tilt`` f32[n 2], the way of each for a radian of lean."""

    height: float
    carried: Floats
    tilt: Floats

    def field(self, pose: HeadPose) -> Floats:
        """Displacement f32[n 2] of the points, pixels: x right, y down."""
        way = np.array([pose.sway, pose.bob], np.float32) * np.float32(self.height)
        return self.carried * way + self.tilt * np.float32(np.radians(pose.lean))


def build_trunk(points: Floats, alpha: U8, chin: Floats, height: float, cut: tuple[bool, bool]) -> Trunk:
    """Bind points f32[n 2] of a cut-out with ``alpha`` u8[h w] whose chin is at ``chin`` and whose face is ``height`` pixels high.

    ``cut``: whether the picture's left and right border cut the person. Its lowest row stays: there it stands, or the picture ends.
    """
    rows = np.flatnonzero((alpha > 128).any(axis=1))
    lowest = float(rows[-1]) if len(rows) else float(alpha.shape[0])
    down = (points[:, 1] - chin[1]) / height
    low = max((lowest - float(chin[1])) / height, WAIST + 0.2)
    stands = 1 - smooth(down, WAIST, low)
    # beside the chin and below it what is cut off at a side stays
    free = np.ones(len(points), np.float32)
    for is_cut, away in zip(cut, (points[:, 0], alpha.shape[1] - 1 - points[:, 0]), strict=True):
        if is_cut:
            free = free * smooth(away / height, 0.0, SIDE)
    below = smooth(down, 0.0, 0.5)
    carried = stands * (1 - below * (1 - free))
    arm = (points - chin) / np.float32(height) - np.array([0.0, HINGE], np.float32)
    share = smooth(down, 0.05, 0.45) * (1 - smooth(down, min(0.8, 0.5 * low), low)) * free
    tilt = np.stack([-arm[:, 1], arm[:, 0]], axis=1) * share[:, None] * height
    return Trunk(height=height, carried=carried[:, None].astype(np.float32), tilt=tilt.astype(np.float32))
