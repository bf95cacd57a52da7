"""The sky of an air: gradient, sun or moon with their glow, clouds in perspective, stars."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.noise import fbm, source, step
from phonofilm.engines.stage.world.pane import Pane, layered

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def paint_sky(air: Air, seed: int, pane: Pane) -> U8:
    """The whole sky as opaque premultiplied RGBA; below the horizon it goes on in the haze."""
    small = Pane(left=pane.left, right=pane.right, bottom=pane.bottom, top=pane.top, scale=pane.scale / 2)
    colour = sky_colours(air, seed, small.xs(), small.ys())
    full = cv2.resize(colour, (pane.width, pane.height), interpolation=cv2.INTER_CUBIC)
    sun = _disc(air, pane)
    if sun is not None:
        full = 1 - (1 - np.clip(full, 0, 1)) * (1 - np.clip(sun, 0, 1))
    if air.dark > 0.45 and air.cover < 0.8:
        full = full + stars(seed, pane) * ((air.dark - 0.45) / 0.55)
    return layered(np.clip(full, 0, 1).astype(np.float32), None, seed)


def sky_colours(air: Air, seed: int, x: F32, y: F32) -> F32:
    """Sky f32[h w 3] without disc and stars at tangents ``x`` [1 w], ``y`` [h 1]."""
    h, w = y.shape[0], x.shape[1]
    base = air.above(np.maximum(y, 0.0))
    colour = np.broadcast_to(base, (h, w, 3)).astype(np.float32).copy()
    colour = 1 - (1 - colour) * (1 - np.clip(glow(air, x, y), 0, 1))
    clouds(air, seed, x, y, colour)
    veil = np.exp(-np.maximum(y, 0) / 0.05) * (0.35 if air.weather != "fog" else 0.9)
    colour += veil[..., None] * (np.array(air.haze, np.float32) - colour)
    return np.clip(colour, 0, 1)


def glow(air: Air, x: F32, y: F32) -> F32:
    """Light scattered around the sun, to be added."""
    sx, sy = air.sun
    if air.sun_power <= 0.02:
        return np.zeros((1, 1, 3), np.float32)
    dx, dy = x - sx, y - max(sy, 0.0)
    low = np.clip(1.0 - max(sy, 0.0) / 0.5, 0.0, 1.0)
    r = np.sqrt(dx * dx * (1 - 0.45 * low) + dy * dy)
    wide = 0.34 * np.exp(-r / 0.30) * (0.35 + 0.65 * low)
    tight = 0.42 * np.exp(-r / 0.075)
    strength = min(1.0, air.sun_power * 1.1) * (0.55 if air.dark > 0.9 else 1.0)
    return ((wide + tight) * strength)[..., None] * np.array(air.sun_colour, np.float32) * np.array([1.0, 0.93, 0.8], np.float32)


def clouds(air: Air, seed: int, x: F32, y: F32, colour: F32) -> None:
    """Lay clouds over sky colours f32[h w 3], in place: a field of them overhead that closes up towards the horizon."""
    if air.cover < 0.05 or y.max() <= 0:
        return
    up = np.maximum(y, 0.0) + 0.075
    u, v = (x / up).astype(np.float32), (1.0 / up).astype(np.float32)
    v = np.broadcast_to(v, u.shape)
    puff = _density(air, seed, u, v)
    # towards the sun on the cloud plane
    sun_up = max(air.sun[1], 0.02) + 0.075
    to_u, to_v = air.sun[0] / sun_up - u, 1.0 / sun_up - v
    length = np.sqrt(to_u * to_u + to_v * to_v) + 1e-3
    reach = 0.16
    lit = puff - _density(air, seed, (u + reach * to_u / length).astype(np.float32), (v + reach * to_v / length).astype(np.float32))
    near_sun = np.exp(-np.hypot(x - air.sun[0], y - air.sun[1]) / 0.35)
    light = np.clip(0.5 + 1.1 * lit + 0.22 * near_sun - 0.35 * np.clip(puff - 0.6, 0, 1), 0, 1)
    # the foot of a far cloud is its shaded side
    body = np.array(air.cloud_dark, np.float32) * (1 - light[..., None]) + np.array(air.cloud_light, np.float32) * light[..., None]
    body = body + (near_sun * np.clip(1 - puff, 0, 1) * 0.35 * air.sun_power)[..., None] * np.array(air.sun_colour, np.float32)
    fade = step(0.004, 0.11, np.broadcast_to(y, puff.shape)) * (0.96 if air.cover > 0.6 else 0.88)
    cover = (puff * fade)[..., None]
    colour += cover * (body - colour)


def _density(air: Air, seed: int, u: F32, v: F32) -> F32:
    shape = fbm(seed + 3, u * 0.42 + np.float32(seed % 97), v * 0.78, 2)
    detail = fbm(seed + 7, u * 1.1, v * 1.75 + np.float32(seed % 61), 5, 0.55)
    field = 0.55 * shape + 0.45 * detail
    edge = 0.66 - 0.34 * air.cover
    return step(edge, edge + (0.13 if air.cover < 0.6 else 0.26), field)


def _disc(air: Air, pane: Pane) -> F32 | None:
    """The sun or moon itself with its near halo, to be added at full size."""
    if air.sun_size <= 0 or air.sun_power < 0.12 or air.weather in ("rain", "storm", "snow", "cloudy"):
        return None
    sx, sy = air.sun
    if not (pane.left - 0.3 < sx < pane.right + 0.3 and pane.bottom - 0.3 < sy < pane.top + 0.3):
        return None
    r = np.hypot(pane.xs() - sx, pane.ys() - sy)
    edge = 1.5 / pane.scale
    disc = 1.0 - step(air.sun_size - edge, air.sun_size + edge, r)
    if air.dark > 0.9:
        shade = 0.86 + 0.14 * fbm(5, (pane.xs() - sx) * 70, (pane.ys() - sy) * 70, 3)
        face = disc * shade * 0.78
        halo = 0.10 * np.exp(-np.maximum(r - air.sun_size, 0) / 0.03)
        return ((face + halo)[..., None] * np.array(air.sun_colour, np.float32)).astype(np.float32)
    halo = 0.5 * np.exp(-np.maximum(r - air.sun_size, 0) / 0.016)
    fog = 0.5 if air.weather == "fog" else 1.0
    return ((disc * 0.95 + halo * 0.5)[..., None] * fog * np.array(air.sun_colour, np.float32)).astype(np.float32)


def stars(seed: int, pane: Pane, density: float = 900.0, lowest: float = 0.0) -> F32:
    """Stars as points of light of many sizes, fading into the haze."""
    numbers = source(seed, "stars")
    out = np.zeros((pane.height, pane.width, 3), np.float32)
    count = int(density * 8)
    # places over a fixed field, so that a wider pane shows more sky and not other stars
    xs = numbers.uniform(-2.5, 2.5, count)
    ys = numbers.uniform(lowest, 1.6, count)
    size = numbers.pareto(2.6, count)
    warmth = numbers.uniform(-1, 1, count)
    inside = (xs > pane.left) & (xs < pane.right) & (ys > pane.bottom) & (ys < pane.top)
    for x, y, s, t in zip(xs[inside], ys[inside], size[inside], warmth[inside], strict=True):
        strength = min(1.0, 0.13 + 0.30 * s) * (min(1.0, y / 0.16) if lowest >= 0 else 1.0)
        px, py = (x - pane.left) * pane.scale, (pane.top - y) * pane.scale
        colour = (strength * (1 + 0.12 * t), strength, strength * (1 - 0.14 * t + 0.06))
        radius = (0.75 + 0.55 * min(s, 2.4)) * max(1.0, pane.scale / 1900)
        ix, iy = int(px), int(py)
        reach = int(radius * 2.5) + 1
        x0, x1, y0, y1 = max(0, ix - reach), min(pane.width, ix + reach + 1), max(0, iy - reach), min(pane.height, iy + reach + 1)
        if x1 <= x0 or y1 <= y0:
            continue
        d2 = (np.arange(x0, x1)[None, :] - px) ** 2 + (np.arange(y0, y1)[:, None] - py) ** 2
        out[y0:y1, x0:x1] += np.exp(-d2 / (radius * radius) * 1.6)[..., None].astype(np.float32) * np.array(colour, np.float32)
    return out
