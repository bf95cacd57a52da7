"""A desert: dunes with a lit and a shaded flank, ripples underfoot, mesas in the haze."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import Rgb, mix, rgb
from phonofilm.engines.stage.world.ground import places, ripples
from phonofilm.engines.stage.world.noise import fbm, step, value
from phonofilm.engines.stage.world.pane import Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.shapes import bumpy
from phonofilm.engines.stage.world.sky import paint_sky

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
#: (distance m, lowest crest, height, width between crests in tangents)
_DUNES = ((900.0, 0.010, 0.050, 0.52), (420.0, 0.000, 0.066, 0.70), (190.0, -0.014, 0.082, 0.95), (85.0, -0.034, 0.090, 1.25))


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers, far to near."""
    dunes = tuple(
        Ply(
            name=f"dune {round(d)}", kind="card", distance=d, bottom=-0.06, top=0.2, detail=0.8,
            paint=lambda p, d=d, low=low, tall=tall, wide=wide: _dune(air, seed + round(d), p, d, low, tall, wide),
        )
        for d, low, tall, wide in _DUNES
    )  # fmt: skip
    return (
        Ply(name="sky", kind="sky", detail=0.6, paint=lambda p: paint_sky(air, seed, p)),
        Ply(name="mesas", kind="card", distance=4000, bottom=-0.004, top=0.16, detail=0.8, paint=lambda p: _mesas(air, seed, p)),
        *dunes,
        Ply(name="sand", kind="ground", top=-0.0205, paint=lambda p: _sand(air, seed, p)),
    )


def _sand_tone(air: Air) -> Rgb:
    return rgb("#e0a865") if not air.white else rgb("#e8e6e6")


def _mesas(air: Air, seed: int, pane: Pane) -> U8:
    x, y = pane.xs(), pane.ys()
    block = step(0.60, 0.635, bumpy(seed + 1, x, 0.13)) * (
        0.040 + 0.035 * bumpy(seed + 2, x, 0.09) + 0.012 * step(0.5, 0.54, bumpy(seed + 8, x, 0.05))
    )
    small = step(0.70, 0.74, bumpy(seed + 3, x, 0.05)) * (0.022 + 0.03 * bumpy(seed + 9, x, 0.03))
    crest = np.maximum(np.maximum(block, small), 0.010 + 0.012 * bumpy(seed + 4, x, 0.3)) + 0.002 * bumpy(seed + 5, x, 0.012)
    strata = 0.5 + 0.5 * np.sin((y + 0.004 * bumpy(seed + 6, x, 0.08)) * 620.0)
    face = fbm(seed + 7, x * 60.0, y * 9.0, 3)
    dark, lit = np.array(air.tint(rgb("#8a4a36"), 0.2), np.float32), np.array(air.tint(rgb("#c97a52"), 0.9), np.float32)
    colour = dark + (lit - dark) * np.clip(0.25 + 0.9 * (face - 0.35) + 0.12 * strata, 0, 1)[..., None]
    share = min(0.9, 0.42 + air.veil(900)) + 0.25 * np.exp(-np.maximum(y, 0) / 0.02)
    colour = colour + np.clip(share, 0, 0.96)[..., None] * (np.array(air.haze, np.float32) - colour)
    e = 1.1 / pane.scale
    return layered(colour.astype(np.float32), step(-e, e, crest - y), seed)


def _dune(air: Air, seed: int, pane: Pane, distance: float, low: float, tall: float, wide: float) -> U8:
    """Crests like lying waves: from each a curved edge runs down that parts light from shade."""
    x, y = pane.xs(), pane.ys()
    u = x / np.float32(wide) + np.float32(seed % 31 * 0.71)

    def crest_at(v: F32) -> F32:
        wave = value(seed + 1, v * 1.9, v * 0)
        shape = 0.18 + 0.95 * wave**1.6 + 0.05 * value(seed + 2, v * 7.0, v * 0)
        return (low + tall * shape).astype(np.float32)

    crest = crest_at(u.astype(np.float32))
    depth = np.maximum(crest - y, 0) / tall
    # the edge wanders to one side as it comes down the flank
    side = 1.0 if air.sun[0] >= 0 else -1.0
    sway = 0.16 * np.sin(depth * 5.0 + 6.0 * value(seed + 3, u * 1.3, u * 0))
    v = (u + side * (0.20 * depth + sway * np.minimum(depth, 1.0))).astype(np.float32)
    e = np.float32(0.05)
    slope = (crest_at(v + e) - crest_at(v - e)) / (2 * e) / tall
    lit = step(-0.30, 0.30, (-side * slope + 0.10).astype(np.float32))
    soft = 0.5 + 0.5 * fbm(seed + 4, u * 5.0, depth * 3.0 + u, 3)
    tone = _sand_tone(air)
    dark = np.array(air.tint(mix(tone, rgb("#7a4a58"), 0.38), 0.12), np.float32)
    bright = np.array(air.tint(tone, 1.0), np.float32)
    amount = np.clip((0.12 + 0.80 * lit) * (0.80 + 0.25 * soft) * (0.45 + 0.55 * air.sun_power) + 0.12, 0, 1)
    # as the flank flattens out it takes the tone of the open sand
    amount = amount + (0.55 - amount) * step(0.7, 1.6, depth)
    colour = dark + (bright - dark) * amount[..., None]
    rim = np.exp(-np.maximum(crest - y, 0) * pane.scale / 3.0) * lit * 0.20 * air.sun_power
    colour = colour + rim[..., None] * np.array(air.sun_colour, np.float32)
    blow = np.exp(-depth * 1.6) * 0.0 + min(0.92, 0.05 + air.veil(distance * 1.3))
    share = np.clip(blow + 0.22 * step(0.4, 1.5, depth), 0, 0.95)
    colour = colour + share[..., None] * (np.array(air.haze, np.float32) - colour)
    w = 1.1 / pane.scale
    return layered(np.clip(colour, 0, 1).astype(np.float32), step(-w, w, crest - y), seed)


def _sand(air: Air, seed: int, pane: Pane) -> U8:
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    bend = value(seed + 41, x / np.float32(4.0), z / np.float32(6.0)) * 2.2 + value(seed + 42, x / np.float32(1.1), z / np.float32(1.6)) * 0.5
    wave = np.sin((z * 1.0 + bend + 0.12 * x) * (2 * np.pi / 0.34))
    keep = np.clip(1.3 - z / 12.0, 0, 1)
    swell = ripples(seed + 43, pane, (9.0, 5.0), 3)
    grain = ripples(seed + 44, pane, (0.05, 0.05), 2, 0.8)
    lit = np.clip(0.56 + 0.26 * swell + 0.17 * wave * keep + 0.06 * grain, 0, 1)
    tone = _sand_tone(air)
    dark = np.array(air.tint(mix(tone, rgb("#7a4a58"), 0.34), 0.15), np.float32)
    bright = np.array(air.tint(tone, 1.0), np.float32)
    colour = dark + (bright - dark) * (lit * (0.5 + 0.5 * air.sun_power) + 0.08)[..., None]
    low_sun = np.exp(-0.5 * ((pane.xs() - air.sun[0]) / (0.08 - pane.ys())) ** 2) * air.sun_power * (0.20 if 0 < air.sun[1] < 0.3 else 0.0)
    colour = colour + low_sun[..., None] * np.array(air.sun_colour, np.float32)
    share = ((1 - np.exp(-z / (air.sight * 0.35))) * 0.7 + min(0.92, 0.05 + air.veil(110.0)) * step(40.0, 75.0, z)).clip(0, 0.92)
    alpha = 1 - step(58.0, 78.0, z)
    return layered(np.clip(colour + share[..., None] * (np.array(air.haze, np.float32) - colour), 0, 1).astype(np.float32), alpha, seed)
