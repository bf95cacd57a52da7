"""The sea from a beach: sky on moving water, a path of light, foam on sand, headlands in the haze."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import mix, rgb
from phonofilm.engines.stage.world.ground import places, ripples
from phonofilm.engines.stage.world.noise import fbm, source, step, value
from phonofilm.engines.stage.world.pane import Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.sky import glow, paint_sky

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
#: metres from the camera to the edge of the water, and how it swings
SHORE, SWING = 7.5, 1.6


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers, far to near."""
    flash: dict[str, Any] = {"kind": "ground", "bottom": -0.2, "glow": True, "detail": 0.8}
    return (
        Ply(name="sky", kind="sky", detail=0.6, paint=lambda p: paint_sky(air, seed, p)),
        Ply(name="far headland", kind="card", distance=2600, bottom=-0.001, top=0.09, paint=lambda p: _headland(air, seed, p, 2600, 0.055, 0.55)),
        Ply(name="headland", kind="card", distance=1100, bottom=-0.002, top=0.11, paint=lambda p: _headland(air, seed + 5, p, 1100, 0.075, -0.62)),
        Ply(name="water and sand", kind="ground", paint=lambda p: _water(air, seed, p)),
        Ply(name="glints", drift=0.18, pulse=(1.0, 1.7, 0.0), paint=lambda p: _glints(air, seed, p), **flash),
        Ply(name="glints between", drift=-0.12, pulse=(1.0, 1.7, 0.5), paint=lambda p: _glints(air, seed + 1, p), **flash),
    )


def _headland(air: Air, seed: int, pane: Pane, distance: float, tall: float, side: float) -> U8:
    """A wooded cape that comes in from one side and falls to the sea."""
    x, y = pane.xs(), pane.ys()
    shift = source(seed, "headland").uniform(-0.12, 0.12)
    run = step(0.0, 0.75, (x * np.sign(side) - abs(side) * 0.55 + shift + 0.25).astype(np.float32))
    rough = 0.55 + 0.75 * fbm(seed + 11, x * 6.0 + 40.0, np.zeros_like(x), 3)
    trees = 0.0045 * value(seed + 12, x * 95.0, np.zeros_like(x)) + 0.003 * value(seed + 13, x * 220.0, np.zeros_like(x))
    crest = tall * run * rough + trees * step(0.02, 0.2, run)
    crest = np.where(run <= 0.001, -1.0, crest)
    edge = 1.2 / pane.scale
    alpha = step(-edge, edge, (crest - y).astype(np.float32)) * np.ones_like(y)
    into = np.clip((crest - y) / tall, 0, 1)
    green = mix(rgb("#3d5348"), rgb("#5b5348"), 0.35)
    near = np.array(air.far(air.tint(green, 0.35), distance), np.float32)
    lit = np.array(air.far(air.tint(green, 0.9), distance), np.float32)
    face = step(0.42, 0.62, fbm(seed + 14, x * 26.0 + y * 55.0, y * 60.0, 3))
    colour = near * (1 - 0.5 * face[..., None]) + lit * 0.5 * face[..., None]
    haze = (0.15 + 0.45 * into)[..., None]
    colour = colour * (1 - haze) + np.array(air.haze, np.float32) * haze
    return layered(colour.astype(np.float32), alpha.astype(np.float32), seed)


def _shore(seed: int, x: F32) -> F32:
    """Metres ahead of the water's edge at metres to the right."""
    bend = 2.0 * value(seed + 21, x / np.float32(7.0), np.zeros_like(x)) - 1.0
    small = 2.0 * value(seed + 22, x / np.float32(1.9), np.zeros_like(x)) - 1.0
    return (SHORE + 0.035 * x + SWING * bend + 0.28 * small).astype(np.float32)


def _water(air: Air, seed: int, pane: Pane) -> U8:
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    down = np.broadcast_to(-pane.ys(), x.shape)
    rough = 0.7 + 0.8 * air.wind
    swell = ripples(seed + 31, pane, (5.0, 2.2), 2)
    chop = ripples(seed + 41, pane, (0.9, 0.42), 4)
    wave = (0.55 * swell + 0.6 * chop) * rough
    # what each facet mirrors: flat water the sky just above the horizon, a tilted one higher up
    height = np.clip(0.015 + 0.75 * down + (0.30 * wave) * np.sqrt(np.clip(down * 6, 0.02, 1.0)), 0.0, 0.9)
    mirror = air.above(height.astype(np.float32))
    deep = np.array(air.tint(mix(rgb("#0f4a5c"), rgb("#1d7f8c"), 0.5 * (1 - air.dark)), 0.45), np.float32)
    shallow = np.array(air.tint(rgb("#4fb3a8"), 0.5), np.float32)
    shore = _shore(seed, x)
    depth = z - shore
    body = deep + (shallow - deep) * (np.exp(-np.maximum(depth, 0) / 6.0) * (0.75 - 0.4 * air.dark))[..., None]
    fresnel = np.clip(0.30 + 0.62 * np.exp(-down * 9.0) - 0.22 * wave, 0.08, 0.95)
    water = body * (1 - fresnel[..., None]) + mirror * fresnel[..., None]
    # the path of light under the sun
    spread = 0.018 + 0.42 * down
    column = np.exp(-0.5 * ((pane.xs() - air.sun[0]) / spread) ** 2)
    flash = step(0.05, 0.75, wave + 0.35 * np.exp(-down * 14.0))
    sun = column * (0.25 + 0.9 * flash) * air.sun_power * (0.9 if air.sun[1] < 0.35 else 0.25) * np.exp(-down * 1.5)
    water = water + sun[..., None] * np.array(air.sun_colour, np.float32)
    water = water + 0.35 * glow(air, pane.xs(), pane.ys()) * 0.6
    # far water goes into the haze
    veil = (1 - np.exp(-z / (air.sight * 0.9))) * 0.9
    water = water + veil[..., None] * (np.array(air.haze, np.float32) - water)
    return layered(np.clip(_beach(air, seed, pane, x, z, depth, water.astype(np.float32)), 0, 1), None, seed)


def _beach(air: Air, seed: int, pane: Pane, x: F32, z: F32, depth: F32, water: F32) -> F32:
    """Sand up to the water, wet where waves ran, foam on the edge and on the wave behind it."""
    pale = rgb("#e9d3ac") if not air.white else rgb("#e6e8ee")
    grain = ripples(seed + 51, pane, (0.22, 0.16), 3)
    dunes = ripples(seed + 53, pane, (2.4, 0.9), 2)
    sunny = 0.55 + 0.25 * dunes + 0.12 * grain
    dry = np.stack([sunny * 0] * 3, axis=-1) + np.array(air.tint(pale, 0.62), np.float32)
    dry = dry * (0.84 + 0.16 * sunny + 0.07 * grain)[..., None]
    soaked = step(-2.6, -0.5, depth + 0.5 * dunes)
    sheen = air.above(np.clip(0.12 + 0.9 * -np.broadcast_to(pane.ys(), x.shape), 0, 0.9).astype(np.float32))
    wet = dry * 0.55 * 0.6 + sheen * 0.42
    sand = dry * (1 - soaked[..., None]) + wet * soaked[..., None]
    lace = value(seed + 61, x / np.float32(0.5), z / np.float32(0.3)) * 0.6 + value(seed + 62, x / np.float32(0.17), z / np.float32(0.12)) * 0.4
    swash = step(-0.10, 0.10, depth)
    colour = sand * (1 - swash[..., None]) + water * swash[..., None]
    foam_colour = np.array(air.tint((0.98, 0.99, 1.0), 0.72), np.float32)
    front = np.exp(-(((depth - 0.05) / 0.16) ** 2)) * (0.55 + 0.6 * lace)
    run = step(0.0, 0.05, depth) * np.exp(-np.maximum(depth, 0) / 0.75) * step(0.38, 0.66, lace)
    breaker_at = 3.2 + 0.9 * value(seed + 63, x / np.float32(5.0), np.zeros_like(x))
    crest = np.exp(-(((depth - breaker_at) / 0.14) ** 2)) * step(0.34, 0.62, value(seed + 64, x / np.float32(2.4), z * 0))
    second = np.exp(-np.maximum(breaker_at - depth, 0) / 0.55) * (depth < breaker_at) * step(0.45, 0.75, lace) * crest.max(initial=0.0) * 0.45
    second = second * step(0.34, 0.62, value(seed + 64, x / np.float32(2.4), z * 0))
    foam = np.clip(front + 0.8 * run + 0.9 * crest * (0.5 + 0.7 * lace) + second, 0, 1)
    return (colour * (1 - foam[..., None]) + foam_colour * foam[..., None]).astype(np.float32)


def _glints(air: Air, seed: int, pane: Pane) -> U8:
    """Flashes of sun, moon or sky on the facets of waves, to be added."""
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    down = np.broadcast_to(-pane.ys(), x.shape)
    spark = ripples(seed + 71, pane, (0.7, 0.3), 3, 0.8)
    column = np.exp(-0.5 * ((pane.xs() - air.sun[0]) / (0.05 + 0.8 * down)) ** 2) * air.sun_power * (1.0 if air.sun[1] < 0.35 else 0.35)
    amount = step(0.5, 1.0, spark) * (0.10 + 0.75 * column) * step(SHORE + 1.5, SHORE + 4.0, z) * np.exp(-z / 160.0)
    colour = np.array(air.sun_colour if air.sun_power > 0.2 else air.cloud_light, np.float32)
    rgb_ = np.clip(amount[..., None] * colour, 0, 1)
    return layered(rgb_.astype(np.float32), np.ones(x.shape, np.float32), seed)
