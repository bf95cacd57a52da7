"""A person on the stage: a cut-out whose face speaks and whose head moves, drawn as a sheet in relief.

Axes: h w pixels of the cut-out's texture, gh gw nodes of its grid.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.expression import Patch
from phonofilm.engines.stage.face.performance import Performance
from phonofilm.engines.stage.face.rig import Rig
from phonofilm.engines.stage.face.trunk import Trunk
from phonofilm.engines.stage.rays import Rays
from phonofilm.engines.stage.sheet import Sheet, Warped, look
from phonofilm.score.camera import CameraPose

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, eq=False)
class Living:
    """``sheet`` at rest (``joined``), ``metres`` of one texture pixel at its depth, the ``pixels`` f32[gh gw 2] of its nodes.

    ``trunk``: its nodes bound to the trunk, where that can move apart from what is behind it. ``rays``: where its photo was taken from.
    """

    sheet: Sheet
    rig: Rig
    performance: Performance
    metres: float
    pixels: F32
    trunk: Trunk | None = None
    rays: Rays | None = None
    scratch: threading.local = field(default_factory=threading.local)

    def draw(self, camera: CameraPose, tick: int, width: int, height: int) -> Warped | None:
        """The person at a tick. What is returned borrows this thread's texture: it holds until the person is drawn again."""
        expression, pose = self.performance.at(tick)
        assert self.sheet.nodes is not None
        shape = self.pixels.shape[:2]
        moved = self.rig.head_field(self.pixels.reshape(-1, 2), pose)
        if self.trunk is not None and (pose.sway or pose.bob or pose.lean):
            moved[:, :2] += self.trunk.field(pose)
        moved = np.asarray(moved.reshape(*shape, 3) * np.array([self.metres, -self.metres, self.metres]), np.float32)
        nodes = self.sheet.nodes + moved if self.rays is None else self.rays.nodes(self.sheet, self.sheet.nodes[..., 2] + moved[..., 2], moved)
        texture = getattr(self.scratch, "texture", None)
        if texture is None:
            texture = self.scratch.texture = self.sheet.texture.copy()
        patch = self.rig.draw(expression)
        lay_patch(texture, patch, self.sheet.texture)
        return look(replace(self.sheet, texture=texture, nodes=nodes), camera, width, height)


def lay_patch(texture: U8, patch: Patch, rest: U8) -> None:
    """Lay a face's patch into a premultiplied texture u8[h w 4], in place, under the alpha that ``rest`` u8[h w 4] has there.

    All patches of a face are one rectangle, so each lies wholly over the one before it.
    """
    y, x = slice(patch.y0, patch.y0 + patch.rgb.shape[0]), slice(patch.x0, patch.x0 + patch.rgb.shape[1])
    cv2.cvtColor(patch.rgb, cv2.COLOR_RGB2RGBA, dst=texture[y, x])
    alpha = cv2.extractChannel(rest[y, x], 3)
    if cv2.minMaxLoc(alpha)[0] < 255:
        cv2.multiply(texture[y, x], cv2.merge([alpha] * 4), scale=1 / 255, dst=texture[y, x])


def node_pixels(width: int, height: int, gh: int, gw: int) -> F32:
    """Texture pixels f32[gh gw 2] of the nodes of a grid that runs from corner to corner."""
    u, v = np.meshgrid(np.linspace(-0.5, width - 0.5, gw), np.linspace(-0.5, height - 0.5, gh))
    return np.stack([u, v], axis=-1).astype(np.float32)
