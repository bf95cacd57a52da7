"""A person on the stage: a cut-out whose face speaks and whose head moves, drawn as a sheet in relief.

Axes: h w pixels of the cut-out's texture, gh gw nodes of its grid.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.performance import Performance
from phonofilm.engines.stage.face.rig import Rig
from phonofilm.engines.stage.photo import premultiplied
from phonofilm.engines.stage.sheet import Drawn, Sheet, draw, joined
from phonofilm.score.camera import CameraPose

F32 = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Living:
    """``sheet`` at rest, ``metres`` of one texture pixel at its depth, the ``pixels`` f32[gh gw 2] of its nodes."""

    sheet: Sheet
    rig: Rig
    performance: Performance
    metres: float
    pixels: F32
    scratch: threading.local = field(default_factory=threading.local)

    def draw(self, camera: CameraPose, tick: int, width: int, height: int) -> Drawn | None:
        """The person at a tick."""
        expression, pose = self.performance.at(tick)
        assert self.sheet.nodes is not None and self.sheet.alpha is not None
        shape = self.pixels.shape[:2]
        moved = self.rig.head_field(self.pixels.reshape(-1, 2), pose).reshape(*shape, 3)
        nodes = self.sheet.nodes + moved * np.array([self.metres, -self.metres, self.metres], np.float32)
        texture = getattr(self.scratch, "texture", None)
        if texture is None:
            texture = self.scratch.texture = joined(self.sheet).texture.copy()
        patch = self.rig.draw(expression)
        y, x = slice(patch.y0, patch.y0 + patch.rgb.shape[0]), slice(patch.x0, patch.x0 + patch.rgb.shape[1])
        texture[y, x, :3] = premultiplied(patch.rgb, self.sheet.alpha[y, x])
        drawn = draw(replace(self.sheet, texture=texture, nodes=nodes), camera, width, height)
        texture[y, x, :3] = self.sheet.texture[y, x]
        return drawn


def node_pixels(width: int, height: int, gh: int, gw: int) -> F32:
    """Texture pixels f32[gh gw 2] of the nodes of a grid that runs from corner to corner."""
    u, v = np.meshgrid(np.linspace(-0.5, width - 0.5, gw), np.linspace(-0.5, height - 0.5, gh))
    return np.stack([u, v], axis=-1).astype(np.float32)
