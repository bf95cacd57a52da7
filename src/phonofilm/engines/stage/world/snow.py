"""A snow field: soft drifts with blue shade, conifers under snow, white hills and peaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import mix, rgb
from phonofilm.engines.stage.world.ground import places, ripples
from phonofilm.engines.stage.world.noise import source, step, value
from phonofilm.engines.stage.world.pane import EYE, Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.shapes import crest_line, ink, misted, outline, pine, ridge
from phonofilm.engines.stage.world.sky import paint_sky

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers, far to near."""
    air = replace(air, white=1.0)

    def peaks(p: Pane) -> U8:
        crest = crest_line(seed + 3, p.xs(), low=0.03, tall=0.15, wide=0.40)
        return ridge(air, seed + 3, p, crest, 0.17, distance=4200, rock=rgb("#7b8798"), snow=0.12, haze=min(0.9, 0.30 + air.veil(800)))

    def hill(p: Pane) -> U8:
        crest = crest_line(seed + 7, p.xs(), low=0.004, tall=0.055, wide=0.85, sharp=False)
        return ridge(air, seed + 7, p, crest, 0.10, distance=900, rock=(0.90, 0.94, 1.0), rough=1.6, haze=min(0.9, 0.16 + air.veil(450)))

    return (
        Ply(name="sky", kind="sky", detail=0.6, paint=lambda p: paint_sky(air, seed, p)),
        Ply(name="peaks", kind="card", distance=4200, bottom=-0.001, top=0.3, detail=0.8, paint=peaks),
        Ply(name="hill", kind="card", distance=900, bottom=-0.004, top=0.16, detail=0.8, paint=hill),
        Ply(name="far trees", kind="card", distance=260, bottom=-0.008, top=0.09, paint=lambda p: _trees(air, seed + 11, p, 260, 13.0, 0.5)),
        Ply(name="snow", kind="ground", paint=lambda p: _snow(air, seed, p)),
        Ply(name="trees", kind="card", distance=60, bottom=-0.03, top=0.30, paint=lambda p: _trees(air, seed + 13, p, 60, 11.0, 0.32, clear=0.30)),
        Ply(name="near trees", kind="card", distance=18, bottom=-0.1, top=0.75, paint=lambda p: _trees(air, seed + 17, p, 18, 9.0, 0.16, clear=0.46)),
    )


def _trees(air: Air, seed: int, pane: Pane, distance: float, metres: float, many: float, clear: float = 0.0) -> U8:
    """Conifers with snow on their boughs, none in the middle ``clear`` tangents."""
    pixels, canvas = pane.canvas()
    numbers = source(seed, "snow trees")
    foot = -EYE / distance
    dark = air.far(air.tint(rgb("#2a3d3c"), 0.2), distance * 1.2)
    cold, bright = air.far(air.tint((0.78, 0.86, 0.98), 0.2), distance), air.far(air.tint((1.0, 1.0, 1.0), 0.95), distance)
    sun = 1.0 if air.sun[0] >= 0 else -1.0
    spread = metres / distance
    x = -2.2
    while x < 2.2:
        x += spread * float(numbers.uniform(0.10, 0.55)) / many * 0.5
        tall = spread * float(numbers.uniform(0.5, 1.05))
        key = int(numbers.integers(1 << 30))
        if abs(x) < clear or not pane.left - 0.2 < x < pane.right + 0.2:
            continue
        pine(canvas, source(key, "t"), x, foot, tall, ink(dark))
        _load(canvas, source(key, "l"), x, foot, tall, cold, bright, sun)
        mound = [(x - 0.16 * tall, foot), (x - 0.06 * tall, foot + 0.018 * tall), (x + 0.07 * tall, foot + 0.016 * tall), (x + 0.17 * tall, foot)]
        canvas.drawPath(outline(mound), ink(cold))
    return misted(pixels, pane, air.haze, 0.14, 0.0, foot, foot + spread * 0.7)


def _load(
    canvas: Any,
    numbers: np.random.Generator,
    x: float,
    foot: float,
    tall: float,
    cold: tuple[float, float, float],
    bright: tuple[float, float, float],
    sun: float,
) -> None:
    """Snow lying on the tiers of a conifer, bright on the sun's side."""
    tiers = 6
    for i in range(tiers):
        t = (i + 0.7) / tiers
        y = foot + tall * (1 - 0.90 * t)
        reach = tall * 0.165 * t**0.9 * float(numbers.uniform(0.8, 1.05))
        lift = 0.055 * tall
        for s in (-1.0, 1.0):
            tone = mix(cold, bright, 0.9 if s == sun else 0.25)
            shape = ((0.0, 1.5), (0.5, 0.35), (1.0, -0.55), (0.72, -0.42), (0.55, -0.02), (0.3, -0.05), (0.0, 0.45))
            cap = [(x + s * reach * across, y + lift * up) for across, up in shape]
            canvas.drawPath(outline(cap), ink(tone))


def _snow(air: Air, seed: int, pane: Pane) -> U8:
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    drift = ripples(seed + 21, pane, (14.0, 6.0), 2)
    fold = ripples(seed + 22, pane, (2.6, 1.3), 3, 0.55)
    fine = ripples(seed + 23, pane, (0.25, 0.2), 2, 0.6)
    lit = np.clip(0.58 + 0.34 * drift + 0.20 * fold + 0.05 * fine, 0, 1)
    cold = np.array(air.tint((0.74, 0.83, 0.98), 0.12), np.float32)
    warm = np.array(mix(air.tint((1.0, 0.99, 0.98), 1.0), (0.98, 0.97, 0.97), 0.30 * (1 - air.dark)), np.float32)
    shade = np.maximum(cold, np.array(air.tint((0.8, 0.86, 0.96), 0.3), np.float32))
    colour = shade + (warm - shade) * (lit * (0.35 + 0.65 * air.sun_power))[..., None]
    spark = step(0.955, 0.985, value(seed + 24, x / np.float32(0.035), z / np.float32(0.06))) * (z < 14) * air.sun_power * 0.6
    colour = colour + spark[..., None] * np.array(air.sun_colour, np.float32)
    low_sun = np.exp(-0.5 * ((pane.xs() - air.sun[0]) / (0.08 - pane.ys())) ** 2) * air.sun_power * (0.07 if 0 < air.sun[1] < 0.3 else 0.0)
    colour = colour + low_sun[..., None] * np.array(air.sun_colour, np.float32)
    veil = ((1 - np.exp(-z / (air.sight * 0.5))) * 0.85)[..., None]
    return layered(np.clip(colour + veil * (np.array(air.haze, np.float32) - colour), 0, 1).astype(np.float32), None, seed)
