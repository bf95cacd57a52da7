"""A mountain lake: snow peaks over wooded ranges, doubled in still water, with a stony shore. Without the water: a mountain valley."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import mix, rgb
from phonofilm.engines.stage.world.field import lawn
from phonofilm.engines.stage.world.ground import places, ripples
from phonofilm.engines.stage.world.noise import source, step, value
from phonofilm.engines.stage.world.pane import Pane
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.shapes import bumpy, crest_line, grass, ink, misted, outline, pine, ridge
from phonofilm.engines.stage.world.sky import paint_sky
from phonofilm.engines.stage.world.water import joined, mirror_ply, surface

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers of the lake, far to near."""
    back = _mountains(air, seed)
    shore = Ply(name="far shore", kind="card", distance=330, bottom=-0.006, top=0.075, paint=lambda p: _wood(air, seed + 31, p, 330, 0.030, 0.50))
    bay = Ply(name="near shore", kind="card", distance=120, bottom=-0.014, top=0.19, paint=lambda p: _bay(air, seed + 37, p, 120))
    mirror = (*back, shore, bay)
    return (
        *back,
        shore,
        mirror_ply(mirror, seed + 61, 0.16 + 0.5 * max(0.0, air.wind - 0.3) + (0.35 if air.fall == "rain" else 0.0), 400.0),
        Ply(name="lake", kind="ground", paint=lambda p: _lake(air, seed, p)),
        bay,
        Ply(name="reeds", kind="card", distance=5.2, bottom=-0.32, top=0.02, detail=0.8, paint=lambda p: _reeds(air, seed, p)),
    )


def valley(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers of a valley among mountains, far to near."""
    return (
        *_mountains(air, seed),
        Ply(name="wood", kind="card", distance=420, bottom=-0.006, top=0.1, paint=lambda p: _wood(air, seed + 31, p, 420, 0.034, 0.9)),
        Ply(name="near wood", kind="card", distance=150, bottom=-0.013, top=0.2, paint=lambda p: _bay(air, seed + 37, p, 150)),
        Ply(name="meadow", kind="ground", paint=lambda p: _meadow(air, seed, p)),
        Ply(name="grass", kind="card", distance=4.4, bottom=-0.38, top=-0.1, detail=0.8, paint=lambda p: _reeds(air, seed, p, 0.16, -0.345)),
    )


def _mountains(air: Air, seed: int) -> tuple[Ply, ...]:
    white = 0.30 if air.white else 0.60
    slate, blue = rgb("#6f7480"), rgb("#5d6675")

    def far(p: Pane) -> U8:
        crest = crest_line(seed + 3, p.xs(), low=0.045, tall=0.125, wide=0.40)
        return ridge(air, seed + 3, p, crest, 0.16, distance=5200, rock=slate, snow=white - 0.18, haze=min(0.9, 0.34 + air.veil(900)))

    def middle(p: Pane) -> U8:
        lift = 0.6 + 0.8 * step(0.05, 0.65, np.abs(p.xs() - 0.05))
        crest = crest_line(seed + 7, p.xs(), low=0.012, tall=0.105, wide=0.55) * lift
        return ridge(
            air, seed + 7, p, crest, 0.12, distance=2600, rock=blue, growth=rgb("#46604a"), snow=white + 0.08, haze=min(0.9, 0.18 + air.veil(700))
        )

    def near(p: Pane) -> U8:
        lift = 0.25 + 1.0 * step(0.1, 0.8, np.abs(p.xs() + 0.08))
        crest = crest_line(seed + 11, p.xs(), low=0.004, tall=0.075, wide=0.7, sharp=False) * lift + 0.003 * bumpy(seed, p.xs(), 0.006)
        green = rgb("#3c5440")
        return ridge(air, seed + 11, p, crest, 0.08, distance=1200, rock=green, growth=green, haze=min(0.92, 0.08 + air.veil(500)))

    return (
        Ply(name="sky", kind="sky", detail=0.6, paint=lambda p: paint_sky(air, seed, p)),
        Ply(name="peaks", kind="card", distance=5200, bottom=-0.001, top=0.34, detail=0.8, paint=far),
        Ply(name="range", kind="card", distance=2600, bottom=-0.001, top=0.30, detail=0.8, paint=middle),
        Ply(name="slopes", kind="card", distance=1200, bottom=-0.002, top=0.24, detail=0.8, paint=near),
    )


def _wood(air: Air, seed: int, pane: Pane, distance: float, tall: float, cover: float) -> U8:
    """A line of conifers along a far shore."""
    pixels, canvas = pane.canvas()
    numbers = source(seed, "wood")
    foot = -1.6 / distance
    tone = air.tint(rgb("#2c4034"), 0.25)
    dark, bright = air.far(tone, distance), air.far(air.tint(rgb("#4b6546"), 0.7), distance)
    for row in range(3):
        for x in np.arange(-1.6, 1.6, tall * 0.24):
            size = tall * float(numbers.uniform(0.5, 1.0)) * (1 - 0.18 * row)
            shift, there = float(numbers.uniform(-0.5, 0.5)) * tall * 0.3, float(numbers.uniform())
            gate = 0.5 + 0.5 * np.sin(x * 4.1 + seed % 7) + 0.25 * np.sin(x * 11.0)
            shade = float(numbers.uniform())
            if there > cover * (0.35 + gate) or not pane.left - 0.1 < x + shift < pane.right + 0.1:
                continue
            paint = ink(mix(dark, bright, 0.55 * shade * row / 2 + (0.25 if row == 2 else 0.0)))
            pine(canvas, numbers, float(x + shift), foot - 0.0012 * row, size, paint)
    return misted(pixels, pane, air.haze, 0.30, 0.0, foot, foot + tall * 0.8)


def _bay(air: Air, seed: int, pane: Pane, distance: float) -> U8:
    """Tall conifers on points of land at both sides, nearer than the far shore."""
    pixels, canvas = pane.canvas()
    numbers = source(seed, "bay")
    foot = -1.6 / distance
    dark, bright = air.far(air.tint(rgb("#1f3029"), 0.2), distance), air.far(air.tint(rgb("#46603f"), 0.85), distance)
    for side in (-1.0, 1.0):
        begin = float(numbers.uniform(0.24, 0.32)) if side < 0 else float(numbers.uniform(0.40, 0.50))
        outer = [(0.9, 0.012), (2.4, 0.014), (2.4, -0.004)]
        shape = [(begin - 0.06, 0.0), (begin + 0.05, 0.006), *outer, (begin, -0.003)]
        land = [(side * x, foot + y) for x, y in shape]
        path_tone = mix(dark, bright, 0.15)
        canvas.drawPath(outline(land), ink(path_tone))
        for row in range(2):
            x = begin
            while x < 2.2:
                grown = min(1.0, 0.35 + (x - begin) * 2.6)
                size = 0.135 * grown * float(numbers.uniform(0.55, 1.0)) * (1.0 if row == 0 else 0.7)
                pine(
                    canvas, numbers, side * x, foot + 0.004 - 0.004 * row, size, ink(mix(dark, bright, float(numbers.uniform(0, 0.35)) + 0.12 * row))
                )
                x += size * float(numbers.uniform(0.16, 0.30))
    return misted(pixels, pane, air.haze, 0.16, 0.0, foot, foot + 0.09)


def _lake(air: Air, seed: int, pane: Pane) -> U8:
    deep = mix(rgb("#123c46"), rgb("#1d5a5e"), 0.4)
    water, cover = surface(air, seed + 61, pane, deep)
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    edge = 5.4 + 1.3 * (value(seed + 41, x / np.float32(3.2), x * 0) - 0.5) + 0.5 * (value(seed + 42, x / np.float32(0.8), x * 0) - 0.5)
    dry = 1 - step(-0.25, 0.12, z - edge)
    stones = value(seed + 43, x / np.float32(0.16), z / np.float32(0.13))
    big = value(seed + 44, x / np.float32(0.42), z / np.float32(0.36))
    gravel = 0.45 + 0.5 * step(0.35, 0.7, stones) * 0.6 + 0.3 * (big - 0.5) + 0.25 * ripples(seed + 45, pane, (0.08, 0.07), 2)
    pale = rgb("#8d8a80") if not air.white else rgb("#dfe5ee")
    bank = np.array(air.tint(pale, 0.5), np.float32) * np.clip(gravel, 0.2, 1.3)[..., None]
    wet = np.exp(-np.maximum(edge - z, 0) / 0.35)[..., None]
    bank = bank * (1 - 0.45 * wet)
    line = (np.exp(-(((z - edge - 0.06) / 0.07) ** 2)) * 0.22)[..., None]
    bank = np.clip(bank + line * np.array(air.cloud_light, np.float32), 0, 1)
    return joined(water, cover, bank, dry)


def _meadow(air: Air, seed: int, pane: Pane) -> U8:
    return lawn(air, seed, pane, rgb("#6d8a4a"), flowers=0.5)


def _reeds(air: Air, seed: int, pane: Pane, tall: float = 0.17, foot: float = -0.325) -> U8:
    """Grass at the feet of the camera, thicker at the sides."""
    pixels, canvas = pane.canvas()
    numbers = source(seed, "reeds")
    xs = np.sort(numbers.uniform(-1.4, 1.4, 620)).astype(np.float32)
    keep = numbers.uniform(0, 1, 620) < np.clip((np.abs(xs + 0.06) - 0.16) * 1.9, 0, 1)
    sides = xs[keep]
    green = rgb("#5d6b3c") if not air.white else rgb("#a8a894")
    tones = [air.tint(mix(green, rgb(c), 0.4), lit) for c, lit in (("#2f3a22", 0.15), ("#7d8a4e", 0.55), ("#b9b272", 0.9))]
    grass(canvas, numbers, sides, foot, tall, tones, 0.12 * air.wind)
    return pixels
