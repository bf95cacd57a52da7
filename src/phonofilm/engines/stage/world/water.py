"""Still water: what stands beyond it, upside down, drawn out and rippled."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.ground import places, ripples
from phonofilm.engines.stage.world.noise import Floats
from phonofilm.engines.stage.world.pane import EYE, Pane, layered
from phonofilm.engines.stage.world.place import Ply

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def mirrored(plies: Sequence[Ply], pane: Pane) -> F32:
    """What still water shows f32[h w 3] in the pixels of a ground pane: the layers beyond it as seen from below the surface."""
    h, w = pane.height, pane.width
    out = np.zeros((h, w, 3), np.float32)
    half = pane.scale / 2
    for ply in plies:
        shift = 0.0 if ply.kind == "sky" else 2 * EYE / ply.distance
        up = Pane(left=pane.left, right=pane.right, bottom=-pane.top - shift, top=-pane.bottom - shift, scale=half)
        drawn = ply.paint(up)
        flipped = cv2.resize(drawn[::-1], (w, h), interpolation=cv2.INTER_LINEAR).astype(np.float32) / 255
        out = flipped[..., :3] + (0.0 if ply.glow else 1 - flipped[..., 3:]) * out
    return np.clip(out, 0, 1).astype(np.float32)


def rippled(picture: F32, pane: Pane, seed: int, rough: float, wave: tuple[float, float] = (1.6, 0.5)) -> F32:
    """A mirror picture on water that moves: drawn out downwards and broken by waves; ``rough`` 0 glass … 1 wind."""
    h, w = picture.shape[:2]
    waves = ripples(seed, pane, wave, 4, 0.7)
    down = np.broadcast_to(-pane.ys(), (h, w))
    reach = rough * pane.scale * (0.012 + 0.16 * down)
    v = np.arange(h, dtype=np.float32)[:, None] + waves * reach
    u = np.arange(w, dtype=np.float32)[None, :] + waves * reach * 0.12
    soft = cv2.GaussianBlur(picture, (0, 0), sigmaX=0.6 + 0.8 * rough, sigmaY=1.0 + 5.0 * rough * pane.scale / 1900)
    return cv2.remap(soft, u.astype(np.float32), np.clip(v, 0, h - 1).astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)  # pyright: ignore[reportReturnType]


def mirror_ply(plies: Sequence[Ply], seed: int, rough: float, distance: float) -> Ply:
    """The world upside down, as a card as far away as what it mirrors: so it moves with the camera as a mirror picture does."""

    def paint(pane: Pane) -> U8:
        return layered(rippled(mirrored(plies, pane), pane, seed, rough), None, seed)

    return Ply(name="mirror", kind="card", distance=distance, top=0.0, bottom=-1.6, paint=paint)


def surface(air: Air, seed: int, pane: Pane, deep: tuple[float, float, float]) -> tuple[F32, F32]:
    """Water over its mirror picture: premultiplied colour f32[h w 3] and coverage f32[h w]. Clear at a grazing look, more of its own ``deep``
    colour near the feet, light lines of wind, haze far away."""
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    down = np.broadcast_to(-pane.ys(), x.shape)
    fresnel = np.clip(0.22 + 0.70 * np.exp(-down * 4.2), 0.12, 0.94)
    own = np.array(air.tint(deep, 0.4), np.float32) * (1 - fresnel)[..., None]
    breeze = ripples(seed + 5, pane, (26.0, 9.0), 2)
    lines = ripples(seed + 6, pane, (2.0, 0.35), 2) * np.clip(breeze * 1.6, 0, 1)
    own = own + (0.05 * np.clip(lines, 0, 1) * (1 - 0.6 * air.dark))[..., None]
    veil = (1 - np.exp(-z / (air.sight * 1.1))) * 0.75
    colour = own * (1 - veil[..., None]) + np.array(air.haze, np.float32) * veil[..., None]
    return np.clip(colour, 0, 1).astype(np.float32), (1 - fresnel * (1 - veil)).astype(np.float32)


def joined(water: F32, cover: F32, land: Floats, share: Floats, see_through: float = 0.0) -> U8:
    """Water (premultiplied, with its coverage) and land that covers ``share`` f32[h w] of it, as a layer; wet land is a little see-through."""
    solid = share * (1 - see_through)
    premultiplied = water * (1 - share)[..., None] + land * solid[..., None]
    alpha = cover * (1 - share) + solid
    return layered(premultiplied / np.maximum(alpha, 1e-3)[..., None], alpha)
