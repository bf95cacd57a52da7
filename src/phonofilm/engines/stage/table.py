"""A table: the surface that a product stands on, seen as steeply as the product's own picture was taken.

Axes: ``h w`` rows and columns of the table's texture, its far edge first; u to the right and v away from the viewer, metres on the table.
"""

from __future__ import annotations

import math
import sys

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sheet import Sheet
from phonofilm.engines.stage.world import colour, noise, studio
from phonofilm.engines.stage.world import surface as surfaces
from phonofilm.engines.stage.world.colour import F32, encoded, linear, mix, tabled
from phonofilm.engines.stage.world.noise import dithered, fbm, step, value
from phonofilm.engines.stage.world.studio import light_of, paper_of
from phonofilm.engines.stage.world.surface import SURFACES, surface
from phonofilm.perceive.cache import prepared
from phonofilm.score.camera import CameraPose
from phonofilm.score.model import Shot

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]

STEEP = 28.0  # degrees from which the table fills the frame, as in a picture taken from above
_LEAST = 9.0  # the flattest that a table is seen
_DEEP = 1.7  # metres behind the product at which a flat table ends in the wall
_NEAREST = 0.2  # metres before every camera
_MOST = 2600  # pixels of the texture's longer side


def table(shot: Shot, cameras: list[CameraPose], width: int, height: int, seed: int) -> Sheet:
    """The table of a shot as a sheet, as large as the shot sees of it; a flat one fades into the wall at its far edge."""
    setting = shot.setting
    tilt = math.radians(max(setting.elevation, _LEAST))
    steep = setting.elevation >= STEEP
    origin = np.array([0.0, 0.0 if not steep else 0.16 * math.sin(tilt), -setting.near])
    away = np.array([0.0, math.sin(tilt), -math.cos(tilt)])
    u0, u1, v0, v1 = _seen(origin, away, cameras, width, height, 3.0 if steep else _DEEP)
    across, along = u1 - u0, v1 - v0
    pixels = max(c.focal_pixels(width, height) / max(float(c.position[2]) + setting.near, 0.3) for c in cameras)
    w, h = round(across * pixels), round(along * pixels * max(math.sin(tilt), 0.3))
    shrink = min(1.0, _MOST / max(w, h))
    w, h = max(64, round(w * shrink)), max(64, round(h * shrink))
    v = v1 - (np.arange(h, dtype=np.float32) + 0.5)[:, None] * (along / h)
    alpha = None
    if not steep:
        alpha = np.ascontiguousarray(np.broadcast_to((255 * (1 - step(0.62 * _DEEP, _DEEP, v.astype(np.float32)))).astype(np.uint8), (h, w)))

    def painted() -> dict[str, U8]:
        u = u0 + (np.arange(w, dtype=np.float32) + 0.5)[None, :] * (across / w)
        ground = _focused(_ground(shot, seed, w, h, across, along), v, along / h, steep=steep)
        texture = dithered(_lit(ground, u, v * math.sin(tilt) if steep else v * 0.6, setting.mood), seed)
        return {"texture": texture if alpha is None else (texture.astype(np.uint16) * alpha[..., None] // 255).astype(np.uint8)}

    asked = (setting.surface, setting.colours, setting.mood, setting.elevation, (w, h), (u0, u1, v0, v1), seed)
    texture = prepared("table", asked, (sys.modules[__name__], colour, noise, studio, surfaces), painted)["texture"]
    across_v = np.array([1.0, 0.0, 0.0])
    corners = np.array([origin + across_v * a + away * b for a, b in ((u0, v1), (u1, v1), (u1, v0), (u0, v0))])
    return Sheet(texture=texture, alpha=alpha, corners=corners)


def cast_shadow(alpha: U8, corners: F64, elevation: float) -> Sheet:
    """The shadow of a thing seen from above, on the table about it: dark where they touch, soft and to the lower right of the light."""
    side = 320
    small = cv2.resize(alpha, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    pad = side // 3
    solid = np.pad(small, pad)
    touch = cv2.GaussianBlur(np.roll(solid, (5, 3), (0, 1)), (0, 0), 4)
    wide = cv2.GaussianBlur(np.roll(solid, (20, 15), (0, 1)), (0, 0), 17)
    mask = (np.clip(0.62 * touch + 0.55 * wide, 0, 1) * 150).astype(np.uint8)
    grown = (side + 2 * pad) / side
    middle = corners.mean(axis=0)
    spread = middle + (corners - middle) * grown
    # just behind the thing, leaning back with the table
    spread[:, 2] = corners[2, 2] - 0.004 - (spread[:, 1] - corners[2, 1]).clip(0) * 0.12 * math.cos(math.radians(elevation))
    return Sheet(texture=np.zeros((*mask.shape, 3), np.uint8), alpha=mask, corners=spread)


def _seen(origin: F64, away: F64, cameras: list[CameraPose], width: int, height: int, deepest: float) -> tuple[float, float, float, float]:
    """u and v of all that any camera sees of the table, with a margin."""
    normal = np.cross(np.array([1.0, 0.0, 0.0]), away)
    edge = np.array([[x, y] for x in np.linspace(0, width, 5) for y in np.linspace(0, height, 9)], np.float64)
    us: list[float] = []
    vs: list[float] = []
    for camera in cameras:
        rays = camera.rays(edge, width, height)
        facing = rays @ normal
        reach = (origin - camera.position) @ normal / np.where(np.abs(facing) < 1e-9, 1e-9, facing)
        points = camera.position + rays * reach[:, None] - origin
        v = points @ away
        # a ray that misses the table or meets it too far off sees it end at its far edge
        missed = (reach <= 0) | (v > deepest)
        far = origin + away * deepest
        depth = (far - camera.position)[2] / np.minimum(rays[:, 2], -1e-3)
        us.extend(np.where(missed, camera.position[0] + rays[:, 0] * depth, points[:, 0]).tolist())
        vs.extend(np.where(missed, deepest, v).tolist())
        nearest = (float(camera.position[2]) - _NEAREST - origin[2]) / -away[2]
        vs = [max(x, -abs(nearest)) for x in vs]
    margin = 0.04
    return min(us) - margin, max(us) + margin, min(vs) - margin, min(max(vs) + margin, deepest)


def _ground(shot: Shot, seed: int, w: int, h: int, across: float, along: float) -> F32:
    """The surface itself; paper of the shot's colour where none is named."""
    setting = shot.setting
    if setting.surface in SURFACES:
        return surface(setting.surface, seed, w, h, across, along)
    x = (np.arange(w, dtype=np.float32) * (across / w))[None, :]
    y = (np.arange(h, dtype=np.float32) * (along / h))[:, None]
    tooth = 0.6 * fbm(seed + 7, x * 90, y * 90, 3) + 0.4 * value(seed + 8, x * 700, y * 700)
    return (np.array(paper_of(setting.colours, setting.mood), np.float32) * (1 + 0.035 * (tooth - 0.5))[..., None]).astype(np.float32)


def _focused(ground: F32, v: F32, row: float, *, steep: bool) -> F32:
    """Sharp about the product, softer before and behind it, as a lens sees a table."""
    out = ground
    for away, sigma in ((0.22, 0.0016), (0.5, 0.005), (0.95, 0.012)):
        reach = away * (1.5 if steep else 1.0)
        share = step(reach * 0.6, reach * 1.4, np.abs(v).astype(np.float32))
        if share.max() <= 0:
            break
        soft = cv2.GaussianBlur(ground, (0, 0), max(sigma / row, 0.6))
        out = out * (1 - share[..., None]) + soft * share[..., None]
    return np.asarray(out, np.float32)


def _lit(ground: F32, u: F32, v: F32, mood: str) -> F32:
    """The light of the mood: a pool about the product from the upper left, falling off to the corners."""
    light, level, vignette, pool = light_of(mood)
    light = mix((1.0, 1.0, 1.0), light, 0.5)  # the grade of the shot warms it as well
    distance = ((u + 0.06) / (0.52 * pool)) ** 2 + ((v - 0.05) / (0.46 * pool)) ** 2
    fall = (1.12 - 0.25 * vignette) * np.exp(-0.55 * distance) + (0.52 - 0.36 * vignette)
    slant = 1 + 0.10 * np.clip(-(u - 0.6 * v), -1, 1)
    out = tabled(linear, ground) * (fall * slant * level)[..., None].astype(np.float32) * linear(np.array(light, np.float32))
    return tabled(encoded, out)
