"""A street: two rows of houses that run away from the camera, shop windows and lamps, a roadway that mirrors them when it is wet."""

from __future__ import annotations

import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.engines.stage.world import city
from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import Rgb, mix, rgb
from phonofilm.engines.stage.world.ground import places, ripples
from phonofilm.engines.stage.world.noise import Floats, step, value
from phonofilm.engines.stage.world.pane import EYE, Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.shapes import ink

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
#: metres from the middle of the road to the houses, and to the kerb; width of a house; height of the ground floor
FRONT, KERB, HOUSE, GROUND = 6.6, 4.0, 8.5, 4.1
_WALLS = ("#a8674c", "#c9b08a", "#7d8790", "#b58a6a", "#8f6f63", "#d2c4ae", "#6f7a6a", "#9a5a4c")
_NEON = ("#ff4fa0", "#38d6ff", "#ffb03a", "#7dff8a", "#b070ff", "#ff5a48")


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers, far to near."""
    town = city.rooftop(air, seed)[:4]
    wet: tuple[Ply, ...] = ()
    if wetness(air) > 0.1:
        wet = (
            Ply(name="mirrored sky", kind="card", distance=500, top=0.0, paint=lambda p: _mirrored_sky(air, p)),
            Ply(name="mirror left", kind="wall", distance=-FRONT, top=0.0, paint=lambda p: _mirrored(air, seed, p, -FRONT)),
            Ply(name="mirror right", kind="wall", distance=FRONT, top=0.0, paint=lambda p: _mirrored(air, seed, p, FRONT)),
        )
    return (
        *town,
        *wet,
        Ply(name="roadway", kind="ground", paint=lambda p: _road(air, seed, p)),
        Ply(name="houses left", kind="wall", distance=-FRONT, paint=lambda p: _houses(air, seed, p, -FRONT)),
        Ply(name="houses right", kind="wall", distance=FRONT, paint=lambda p: _houses(air, seed, p, FRONT)),
        *(
            Ply(name=f"street lamps {round(d)}", kind="card", distance=d, left=-5.0 / d, right=5.0 / d, top=4.0 / d, 
 paint=lambda p, d=d: _lamps(air, p, d))
            for d in (46.0, 32.0, 21.0, 13.0)
        ),
        *(
            Ply(name=f"lamp light {round(d)}", kind="card", distance=d - 0.1, left=-7.0 / d, right=7.0 / d, top=7.0 / d, bottom=0.5 / d, detail=0.3,
                glow=True, paint=lambda p, d=d: _lamp_glow(air, p, d))
            for d in (46.0, 32.0, 21.0, 13.0)
        ),
    )  # fmt: skip


def _front(air: Air, seed: int, z: F32, y: F32, side: float, fine: F32) -> tuple[F32, F32]:
    """A row of houses at metres ahead ``z`` and up ``y``: colours f32[h w 3] and coverage. ``fine`` is the size of a pixel in metres."""
    house = np.floor(z / HOUSE)
    key = house * 3.17 + (61.5 if side > 0 else 0.5)
    flat = np.zeros_like(key)
    pick, high, kind = (value(seed + k, key * 1.13 + 0.37 * k, flat + 0.5) for k in (1, 2, 3))
    top = 9.5 + 13.0 * np.clip((high - 0.2) / 0.6, 0, 1)
    along = z / HOUSE - house
    walls = np.array([rgb(c) for c in _WALLS], np.float32)
    base = walls[np.clip((pick * 1.6 - 0.3) * len(_WALLS), 0, len(_WALLS) - 1).astype(np.int32)]
    sunny = 1.0 if (air.sun[0] < 0) == (side > 0) else 0.0
    lit_wall = np.array(air.tint((1.0, 1.0, 1.0), 0.18 + 0.6 * sunny), np.float32)
    colour = (
        base
        * lit_wall
        * (0.80 + 0.25 * np.clip(y / 14.0, 0, 1))[..., None]
        * (0.94 + 0.12 * value(seed + 7, z / np.float32(0.5), y / np.float32(0.5)))[..., None]
    )
    soft = np.clip(fine / 0.10, 0.2, 6.0)
    # floors of windows above the shops
    storey = (y - GROUND) / 3.1
    level = np.floor(storey)
    count = np.where(kind > 0.5, 4.0, 3.0)
    bay = along * count
    column = np.floor(bay)
    u, v = np.abs(bay - column - 0.5), np.abs(storey - level - 0.46)
    window = (
        (1 - step(0.30 - 0.02, 0.30 + 0.02, (u - 0.012 * (soft - 0.2)).astype(np.float32)))
        * (1 - step(0.31, 0.34, v))
        * (storey > 0.02)
        * (y < top - 0.9)
    )
    frame = (1 - step(0.345, 0.365, u)) * (1 - step(0.36, 0.385, v)) * (storey > 0.02) * (y < top - 0.9) - window
    each = value(seed + 11, house * 7.3 + column * 2.7 + 0.5 + (33.0 if side > 0 else 0.0), level * 3.9 + 0.5)
    lit = step(1 - 0.62 * air.lamps, 1.02 - 0.62 * air.lamps, np.clip((each - 0.2) / 0.6, 0, 1)) if air.lamps > 0.05 else np.zeros_like(each)
    glass = np.array(mix(air.tint(rgb("#3a4652"), 0.5), air.haze, 0.25), np.float32) * (0.8 + 0.5 * np.clip(y / 20, 0, 1))[..., None]
    warm = (
        np.where((each > 0.6)[..., None], np.array(rgb("#ffd79a"), np.float32), np.array(rgb("#ffe9c4"), np.float32))
        * (0.62 + 0.35 * each)[..., None]
    )
    pane_colour = glass * (1 - lit[..., None]) + warm * lit[..., None]
    stone = base * 0.6 + 0.4
    colour = colour + np.clip(frame, 0, 1)[..., None] * (stone * lit_wall * 0.95 - colour)
    colour = colour + window[..., None] * (pane_colour - colour)
    # cornices
    band = step(0.93, 0.96, storey - level) * (storey > -0.2) * (y < top)
    edge = step(top - 0.55, top - 0.45, y) * np.ones_like(z)
    colour = colour * (1 - 0.16 * band[..., None]) + (0.16 * edge[..., None]) * stone * lit_wall
    colour = _shops(air, seed, colour, z, y, along, house, side)
    seam = step(0.485, 0.5, np.abs(along - 0.5))
    colour = colour * (1 - 0.35 * seam[..., None])
    cover = 1 - step(-0.04, 0.04, (y - top) / np.maximum(soft, 1.0))
    veil = np.clip(1 - np.exp(-z / min(260.0, 0.35 * air.sight)), 0, 0.97)[..., None]
    colour = colour + veil * (np.array(air.haze, np.float32) - colour)
    return np.clip(colour, 0, 1).astype(np.float32), (cover * (z > 1.0)).astype(np.float32)


def _shops(air: Air, seed: int, colour: Floats, z: F32, y: F32, along: Floats, house: Floats, side: float) -> F32:
    """Shop windows, awnings and signs on the ground floor."""
    key = house * 5.7 + (47.0 if side > 0 else 3.0)
    tint = value(seed + 21, key, key * 0 + 0.5)
    neon = np.array([rgb(c) for c in _NEON], np.float32)[np.clip((tint * 1.7 - 0.35) * len(_NEON), 0, len(_NEON) - 1).astype(np.int32)]
    on = max(0.30, air.lamps)
    low = (y < GROUND) & (y > 0.0)
    u = np.abs(along - 0.5)
    wood = np.array(air.tint(rgb("#3c3430"), 0.4), np.float32) * (0.8 + 0.4 * tint)[..., None]
    colour = np.where(low[..., None], wood, colour)
    glass = (1 - step(0.40, 0.415, u)) * step(0.45, 0.55, y) * (1 - step(2.75, 2.85, y))
    glass = glass * (1 - 0.75 * step(0.44, 0.48, np.abs(np.mod(along * 3.0, 1.0) - 0.5)))
    inside = np.array(rgb("#ffd9a0"), np.float32) * (0.55 + 0.35 * value(seed + 23, z / np.float32(0.55), y / np.float32(0.8)))[..., None]
    day = np.array(mix(air.tint(rgb("#39434c"), 0.5), air.haze, 0.2), np.float32)
    shop = day * (1 - on) + inside * on
    colour = colour + glass[..., None] * (shop - colour)
    sign = (1 - step(0.36, 0.37, u)) * step(3.05, 3.10, y) * (1 - step(3.65, 3.70, y))
    board = neon * (0.20 + 0.75 * on) + (1 - on) * np.array(air.tint((0.5, 0.5, 0.5), 0.5), np.float32) * 0.3
    frame = np.clip(step(0.335, 0.345, u) + 1 - step(3.13, 3.15, y) + step(3.58, 3.60, y), 0, 1)
    mark = np.exp(-(((y - 3.37) / 0.05) ** 2)) * (1 - step(0.19, 0.21, u))
    bright = np.clip(0.55 * frame + 0.9 * mark, 0, 1)[..., None]
    board = board * (1 - bright) + np.clip(neon * 0.5 + 0.5, 0, 1) * (0.25 + 0.75 * on) * bright
    colour = colour + sign[..., None] * (board - colour)
    awning = (1 - step(0.42, 0.43, u)) * step(2.62, 2.66, y) * (1 - step(2.98, 3.02, y)) * (tint > 0.48)
    stripe = step(0.45, 0.55, np.abs(np.mod(along * 9.0, 1.0) - 0.5) * 2)
    cloth = (neon * 0.55 + 0.15) * stripe[..., None] + 0.85 * (1 - stripe[..., None])
    shade = np.array(air.tint((1.0, 1.0, 1.0), 0.5), np.float32) * (1 - 0.35 * air.dark)
    return (colour + awning[..., None] * (cloth * shade - colour)).astype(np.float32)


def _houses(air: Air, seed: int, pane: Pane, at: float) -> U8:
    x, y = pane.xs(), pane.ys()
    z = (abs(at) / np.maximum(np.abs(x), 1e-4)).astype(np.float32)
    up = EYE + z * y
    fine = (z / pane.scale * np.maximum(1.0, z / abs(at))).astype(np.float32)
    colour, cover = _front(air, seed, np.broadcast_to(z, up.shape), up.astype(np.float32), 1.0 if at > 0 else -1.0, np.broadcast_to(fine, up.shape))
    return layered(colour, cover * step(-0.02, 0.02, up), seed)


def _road(air: Air, seed: int, pane: Pane) -> U8:
    """Asphalt, kerbs and pavements, with the houses mirrored in them as far as they are wet."""
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    grain = ripples(seed + 31, pane, (0.05, 0.05), 2, 0.8)
    patch = ripples(seed + 32, pane, (2.2, 3.0), 2)
    asphalt = (
        np.array(air.tint(rgb("#4a4c51") if not air.white else rgb("#c4c9d2"), 0.4), np.float32) * (0.92 + 0.07 * grain + 0.07 * patch)[..., None]
    )
    dash = (np.abs(x) < 0.07) * step(0.28, 0.32, np.abs(np.mod(z / 3.0, 1.0) - 0.5)) * np.clip(1.4 - z / 60, 0, 1)
    asphalt = asphalt + (0.30 * dash)[..., None] * np.array(air.tint((1, 1, 1), 0.6), np.float32)
    slabs = city.paving_tone(seed, x, z, 0.7)
    stone = np.array(air.tint(rgb("#8f8b85") if not air.white else rgb("#dde2ea"), 0.5), np.float32) * slabs[..., None]
    out = step(KERB - 0.02, KERB + 0.02, np.abs(x))
    kerb = np.exp(-(((np.abs(x) - KERB) / 0.09) ** 2))
    colour = asphalt * (1 - out[..., None]) + stone * out[..., None]
    colour = colour * (1 - 0.25 * np.exp(-(((np.abs(x) - KERB + 0.16) / 0.10) ** 2))[..., None]) + 0.10 * kerb[..., None] * np.array(
        air.tint((1, 1, 1), 0.6), np.float32
    )
    spill = np.exp(-np.maximum(FRONT - np.abs(x), 0) / 1.5) * max(0.0, air.lamps - 0.2)
    colour = colour + (0.26 * spill * (0.6 + 0.6 * value(seed + 33, np.floor(z / HOUSE) * 2.3 + 0.5, x * 0 + 0.5)))[..., None] * np.array(
        rgb("#ffcf90"), np.float32
    )
    for d in (13.0, 21.0, 32.0, 46.0):
        for s in (-1, 1):
            pool = np.exp(-(((x - s * 3.4) / 1.9) ** 2) - ((z - d) / 2.6) ** 2) * max(0.0, air.lamps - 0.3)
            colour = colour + (0.34 * pool)[..., None] * np.array(rgb("#ffc885"), np.float32)
    veil = np.clip(1 - np.exp(-z / min(260.0, 0.35 * air.sight)), 0, 0.97)
    colour = np.clip(colour + veil[..., None] * (np.array(air.haze, np.float32) - colour), 0, 1)
    puddle = step(-0.25, 0.30, ripples(seed + 42, pane, (1.9, 2.6), 3))
    share = wetness(air) * (0.14 + 0.50 * puddle) * np.clip(0.35 + 0.65 * np.exp(pane.ys() * 4.0), 0, 1)
    return layered(colour, 1 - share * (1 - veil), seed)


def wetness(air: Air) -> float:
    """How much the road mirrors, 0…1: after rain, and a little at night, when only lamps are seen in it."""
    return max(air.wet, 0.55 * air.dark)


def _mirrored_sky(air: Air, pane: Pane) -> U8:
    return layered(air.above(np.maximum(-pane.ys(), 0) * np.ones_like(pane.xs())))


def _mirrored(air: Air, seed: int, pane: Pane, at: float) -> U8:
    """A row of houses as the wet road shows it: upside down below it, wavering."""
    x, y = pane.xs(), pane.ys()
    z = (abs(at) / np.maximum(np.abs(x), 1e-4)).astype(np.float32)
    down = -(EYE + z * y)
    waver = value(seed + 41, x / np.float32(0.02), y / np.float32(0.012)) - 0.5
    up = (down * (1 + 0.05 * waver)).astype(np.float32)
    ahead = (np.broadcast_to(z, up.shape) * (1 + 0.05 * waver)).astype(np.float32)
    colour, cover = _front(air, seed, ahead, up, 1.0 if at > 0 else -1.0, np.full(up.shape, 0.2, np.float32))
    return layered(colour, cover * step(-0.02, 0.02, down), seed)


def _lamps(air: Air, pane: Pane, distance: float) -> U8:
    """A pair of street lamps."""
    pixels, canvas = pane.canvas()
    canvas.translate(0, -EYE / distance)
    canvas.scale(1 / distance, 1 / distance)
    post = air.far(air.tint(rgb("#2a2d31"), 0.35), distance * 3)
    bulb: Rgb = mix(air.tint(rgb("#d9d6cc"), 0.6), rgb("#fff0cc"), air.lamps)
    for s in (-1.0, 1.0):
        x = s * 4.5
        canvas.drawRect(skia.Rect.MakeLTRB(x - 0.045, 0, x + 0.045, 5.0), ink(post))
        canvas.drawRect(skia.Rect.MakeLTRB(x - 0.09, 0, x + 0.09, 0.5), ink(post))
        path = skia.Path()
        path.moveTo(x, 4.9)
        path.quadTo(x, 5.4, x - s * 0.9, 5.35)
        canvas.drawPath(path, ink(post, stroke=0.07))
        canvas.drawOval(skia.Rect.MakeLTRB(x - s * 0.9 - 0.26, 5.2, x - s * 0.9 + 0.26, 5.42), ink(post))
        canvas.drawOval(skia.Rect.MakeLTRB(x - s * 0.9 - 0.2, 5.16, x - s * 0.9 + 0.2, 5.28), ink(bulb))
    return pixels


def _lamp_glow(air: Air, pane: Pane, d: float) -> U8:
    """Halos around a pair of lamps."""
    x, y = pane.xs(), pane.ys()
    out = np.zeros((pane.height, pane.width), np.float32)
    on = max(0.0, air.lamps - 0.25)
    if on <= 0:
        return np.zeros((1, 1, 4), np.uint8)
    for s in (-1, 1):
        r = np.hypot(x - s * 3.6 / d, y - (5.22 - EYE) / d)
        out += on * np.clip(0.55 * np.exp(-r * d / 0.35) + 0.18 * np.exp(-r * d / 0.9) - 0.006, 0, 1)
    return layered(np.clip(out[..., None] * np.array(rgb("#ffc887"), np.float32), 0, 1).astype(np.float32), np.ones_like(out), 0)
