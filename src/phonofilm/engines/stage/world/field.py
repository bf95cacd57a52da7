"""Open country: rolling hills, hedges and trees, a meadow with flowers; and the park, with a path and trees near by."""

from __future__ import annotations

import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import Rgb, mix, rgb
from phonofilm.engines.stage.world.ground import places, ripples
from phonofilm.engines.stage.world.noise import source, step, value
from phonofilm.engines.stage.world.pane import Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.shapes import bumpy, crest_line, grass, ink, leafy, misted, ridge
from phonofilm.engines.stage.world.sky import paint_sky

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
_BLOOMS = ("#f4e06a", "#ffffff", "#e86a5e", "#c9a0e6", "#f2a2c0")


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers of open country, far to near."""
    return (
        *_hills(air, seed),
        Ply(name="meadow", kind="ground", paint=lambda p: lawn(air, seed, p, rgb("#7f9a4c"), flowers=1.0)),
        Ply(name="tree", kind="card", distance=34, bottom=-0.06, top=0.34, paint=lambda p: _tree(air, seed, p, 34, (0.33,), 9.0)),
        Ply(name="grass", kind="card", distance=4.2, bottom=-0.4, top=-0.05, detail=0.8, paint=lambda p: _blades(air, seed, p)),
    )


def park(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers of a park, far to near."""
    row = tuple(float(x) for x in np.arange(-1.5, 1.5, 0.085))
    group = (-0.86, -0.58, -0.30, 0.36, 0.63, 0.95)
    return (
        *_hills(air, seed),
        Ply(name="far trees", kind="card", distance=110, bottom=-0.02, top=0.16, paint=lambda p: _tree(air, seed + 1, p, 110, row, 11.0)),
        Ply(name="trees", kind="card", distance=46, bottom=-0.04, top=0.30, paint=lambda p: _tree(air, seed + 2, p, 46, group, 11.0)),
        Ply(name="lawn", kind="ground", paint=lambda p: lawn(air, seed, p, rgb("#6f9a4a"), flowers=0.15, path=True)),
        Ply(name="near trees", kind="card", distance=17, bottom=-0.11, top=0.62, paint=lambda p: _tree(air, seed + 3, p, 17, (-0.60, 0.62), 9.0)),
        Ply(name="grass", kind="card", distance=4.2, bottom=-0.4, top=-0.1, detail=0.8, paint=lambda p: _blades(air, seed, p, 0.11)),
    )


def _hills(air: Air, seed: int) -> tuple[Ply, ...]:
    def hill(at: int, distance: float, low: float, tall: float, wide: float, green: str, haze: float) -> Ply:
        def paint(p: Pane) -> U8:
            x = p.xs()
            crest = crest_line(seed + at, x, low=low, tall=tall, wide=wide, sharp=False)
            hedge = 0.004 * step(0.55, 0.75, bumpy(seed + at + 1, x, 0.14)) * (0.5 + bumpy(seed + at + 2, x, 0.008))
            tone = rgb(green) if not air.white else mix(rgb(green), (0.93, 0.95, 0.99), 0.85)
            return ridge(
                air, seed + at, p, crest + hedge, 0.09, distance=distance, rock=tone, rough=2.4, haze=min(0.93, haze + air.veil(distance * 0.5))
            )

        return Ply(name=f"hills {at}", kind="card", distance=distance, bottom=-0.003, top=0.2, detail=0.7, paint=paint)

    return (
        Ply(name="sky", kind="sky", detail=0.6, paint=lambda p: paint_sky(air, seed, p)),
        hill(3, 3200, 0.018, 0.075, 0.60, "#7d93a0", 0.42),
        hill(7, 1400, 0.008, 0.055, 0.75, "#6f8a62", 0.22),
        hill(11, 520, -0.0015, 0.044, 0.95, "#76934f", 0.06),
    )


def lawn(air: Air, seed: int, pane: Pane, green: Rgb, *, flowers: float, path: bool = False) -> U8:
    """Grass to the horizon: bands of light, tufts, blooms near by; under snow all white."""
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    if air.white:
        green = mix(green, (0.93, 0.95, 1.0), 0.9)
    drift = ripples(seed + 21, pane, (30.0, 12.0), 2)
    tuft = ripples(seed + 22, pane, (0.9, 0.6), 3, 0.75)
    fine = ripples(seed + 23, pane, (0.10, 0.12), 2, 0.8)
    lit = np.clip(0.52 + 0.34 * drift + 0.16 * tuft + 0.16 * fine, 0, 1)
    dark, bright = (
        np.array(air.tint(green, 0.10), np.float32),
        np.array(air.tint(mix(green, rgb("#e8dc7a") if not air.white else (1, 1, 1), 0.18), 0.98), np.float32),
    )
    colour = dark * 0.9 + (bright - dark * 0.9) * lit[..., None]
    if path:
        bend = 0.9 * np.sin(z / 9.0) + 0.35 * (value(seed + 27, z / np.float32(4.0), z * 0) - 0.5)
        wide = np.abs(x - bend - 0.25) / 1.25
        ground = 1 - step(0.90, 1.10, wide + 0.10 * tuft)
        sand = np.array(air.tint(rgb("#cdb78f") if not air.white else rgb("#e4e9f2"), 0.55), np.float32) * (
            0.92 + 0.10 * fine[..., None] + 0.08 * tuft[..., None]
        )
        colour = colour * (1 - ground[..., None]) + sand * ground[..., None]
        flowers_here = flowers * (1 - ground)
    else:
        flowers_here = np.full(x.shape, flowers, np.float32)
    if flowers and not air.white:
        for i, code in enumerate(_BLOOMS):
            spot = value(seed + 31 + i, x / np.float32(0.085), z / np.float32(0.16))
            patch = value(seed + 41 + i, x / np.float32(3.0), z / np.float32(4.0))
            dots = step(0.90, 0.95, spot) * step(0.45, 0.65, patch) * flowers_here * (z < 26) * np.clip(1.4 - z / 22, 0, 1)
            colour = colour * (1 - dots[..., None]) + np.array(air.tint(rgb(code), 0.85), np.float32) * dots[..., None]
    low_sun = np.exp(-0.5 * ((pane.xs() - air.sun[0]) / (0.10 - pane.ys() * 1.2)) ** 2) * air.sun_power * (0.16 if 0 < air.sun[1] < 0.3 else 0.0)
    colour = colour + low_sun[..., None] * np.array(air.sun_colour, np.float32)
    veil = ((1 - np.exp(-z / (air.sight * 0.45))) * 0.8)[..., None]
    return layered(np.clip(colour + veil * (np.array(air.haze, np.float32) - colour), 0, 1).astype(np.float32), None, seed)


def _tree(air: Air, seed: int, pane: Pane, distance: float, at: tuple[float, ...], metres: float) -> U8:
    pixels, canvas = pane.canvas()
    numbers = source(seed, "tree", distance)
    foot = -1.6 / distance
    leaf = ("#3d5a2e", "#5f8a3c", "#b4c65a") if not air.white else ("#8f9aa8", "#c4cdd8", "#f3f6fa")
    tones = tuple(air.far(air.tint(rgb(c), lit), distance) for c, lit in zip(leaf, (0.12, 0.55, 0.95), strict=True))
    trunk = air.far(air.tint(rgb("#4a3a2c"), 0.25), distance)
    sun = 1.0 if air.sun[0] > 0 else -1.0
    for x in at:
        tall = metres / distance * float(numbers.uniform(0.75, 1.1))
        spot = float(x) + float(numbers.uniform(-0.02, 0.02))
        shade = ink((0.0, 0.02, 0.03), 0.20)
        oval = skia.Rect.MakeLTRB(spot - 0.34 * tall, foot - 0.018 * tall, spot + 0.34 * tall, foot + 0.022 * tall)
        canvas.drawOval(oval, shade)
        leafy(canvas, numbers, spot, foot, tall, (tones[0], tones[1], tones[2]), trunk, sun)
    return misted(pixels, pane, air.haze, 0.12, 0.02, foot, foot + metres / distance)


def _blades(air: Air, seed: int, pane: Pane, tall: float = 0.16) -> U8:
    pixels, canvas = pane.canvas()
    numbers = source(seed, "blades")
    xs = np.sort(numbers.uniform(-1.5, 1.5, 900)).astype(np.float32)
    keep = numbers.uniform(0, 1, 900) < np.clip((np.abs(xs - 0.02) - 0.10) * 1.6, 0.03, 1)
    codes = ("#3e5424", "#6f8a3c", "#b9bb66") if not air.white else ("#8d8a72", "#c9c8b8", "#e8ebf0")
    tones = [air.tint(rgb(c), lit) for c, lit in zip(codes, (0.15, 0.6, 0.95), strict=True)]
    grass(canvas, numbers, xs[keep], -0.39, tall, tones, 0.15 * air.wind)
    if not air.white:
        for x in xs[keep][::9]:
            bloom = ink(air.tint(rgb(_BLOOMS[int(numbers.integers(5))]), 0.85))
            canvas.drawCircle(float(x) + float(numbers.normal(0, 0.01)), -0.39 + tall * float(numbers.uniform(0.75, 1.05)), 0.006, bloom)
    return pixels
