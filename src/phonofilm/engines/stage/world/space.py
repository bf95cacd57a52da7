"""Outer space: stars, a nebula, a planet with its lit limb and air. And the sky above a sea of clouds."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import Rgb, mix, rgb
from phonofilm.engines.stage.world.noise import fbm, ridged, source, step
from phonofilm.engines.stage.world.pane import Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.sky import paint_sky, stars

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers, far to near."""
    numbers = source(seed, "planet")
    hues = (("#2f6fb8", "#d9e6ee", "#5fb6f0"), ("#b5643c", "#e6b98a", "#f0a878"), ("#5a4a8c", "#b79ad6", "#a890f0"))
    body = hues[int(numbers.integers(3))]
    grey = ("#7d7a78", "#c9c4bc", "#9a9894")

    def planet(p: Pane) -> U8:
        return _planet(seed, p, (0.42, -0.34), 0.46, body)

    def moon(p: Pane) -> U8:
        return _planet(seed + 5, p, (-0.30, 0.13), 0.045, grey, air=False)

    return (
        Ply(name="deep sky", kind="sky", detail=0.75, paint=lambda p: _deep(air, seed, p)),
        Ply(name="stars", kind="sky", glow=True, detail=0.75, pulse=(0.55, 3.1, 0.0), paint=lambda p: _twinkle(seed + 1, p)),
        Ply(name="more stars", kind="sky", glow=True, detail=0.75, pulse=(0.55, 4.3, 0.5), paint=lambda p: _twinkle(seed + 2, p)),
        Ply(name="planet", distance=900, left=-0.2, right=1.1, bottom=-0.95, top=0.30, kind="card", paint=planet),
        Ply(name="moon", distance=700, left=-0.40, right=-0.22, bottom=0.06, top=0.2, kind="card", paint=moon),
    )


def above_clouds(air: Air, seed: int) -> tuple[Ply, ...]:
    """The sky from above a sea of clouds, far to near."""
    high = replace(air, cover=0.22)
    banks = (
        (2600.0, -0.002, 0.022, 0.10),
        (1200.0, -0.016, 0.034, 0.16),
        (560.0, -0.045, 0.050, 0.26),
        (240.0, -0.115, 0.085, 0.42),
        (110.0, -0.24, 0.12, 0.6),
    )
    return (
        Ply(name="sky", kind="sky", detail=0.6, paint=lambda p: paint_sky(high, seed, p)),
        *(
            Ply(
                name=f"clouds {round(d)}", kind="card", distance=d, top=low + tall * 2.2, bottom=-0.9, detail=0.6, drift=d * 0.0012,
                paint=lambda p, d=d, low=low, tall=tall, wide=wide: _bank(air, seed + round(d), p, d, low, tall, wide),
            )
            for d, low, tall, wide in banks
        ),
    )  # fmt: skip


def _deep(air: Air, seed: int, pane: Pane) -> U8:
    half = Pane(left=pane.left, right=pane.right, bottom=pane.bottom, top=pane.top, scale=pane.scale / 3)
    x, y = half.xs(), half.ys()
    bend = fbm(seed + 3, x * 1.6, y * 1.6, 3) - 0.5
    band = np.exp(-0.5 * ((y - 0.42 * x - 0.10 + 0.35 * bend) / 0.16) ** 2)
    dust = fbm(seed + 4, x * 3.2 + bend * 1.5, y * 3.2, 6, 0.55)
    lane = ridged(seed + 5, x * 2.2 + bend, y * 2.8, 5)
    tones = (rgb("#3a2a7a"), rgb("#b0468c"), rgb("#2f7fb0"))
    mixer = fbm(seed + 6, x * 1.1 + 7, y * 1.1, 3)
    first, second, third = (np.array(t, np.float32) for t in tones)
    tint = first + (second - first) * step(0.40, 0.62, mixer)[..., None]
    tint = tint + (third - tint) * step(0.5, 0.7, fbm(seed + 7, x * 1.4 + 3, y * 1.4, 3))[..., None]
    cloud = np.clip(band * (dust - 0.30) * 2.1, 0, 1) * (1 - 0.75 * step(0.55, 0.85, lane) * band)
    base = np.array((0.010, 0.013, 0.032), np.float32)
    colour = base + tint * (cloud * 0.85)[..., None] + (band * 0.05)[..., None] * np.array((0.6, 0.65, 0.9), np.float32)
    core = np.clip(band * (dust - 0.52) * 3.0, 0, 1)
    colour = colour + core[..., None] * np.array((0.9, 0.8, 0.85), np.float32) * 0.35
    full = cv2.resize(colour.astype(np.float32), (pane.width, pane.height), interpolation=cv2.INTER_CUBIC)
    full = np.asarray(full, np.float32) + stars(seed, pane, 2600.0, -1.6)
    return layered(np.clip(full, 0, 1).astype(np.float32), None, seed)


def _twinkle(seed: int, pane: Pane) -> U8:
    light = stars(seed + 50, pane, 420.0, -1.6)
    return layered(np.clip(light * 1.3, 0, 1), np.ones(light.shape[:2], np.float32), seed)


def _planet(seed: int, pane: Pane, centre: tuple[float, float], radius: float, body: tuple[str, str, str], *, air: bool = True) -> U8:
    """A globe lit from the upper left: bands or seas under cloud, night beyond the terminator, a thin lit air around it."""
    x, y = (pane.xs() - centre[0]) / radius, (pane.ys() - centre[1]) / radius
    r2 = x * x + y * y
    r = np.sqrt(r2)
    z = np.sqrt(np.clip(1 - r2, 0, 1))
    # latitude and longitude of a tilted globe
    tilt = 0.42
    lat = y * np.cos(tilt) - x * np.sin(tilt)
    lon = np.arctan2(x * np.cos(tilt) + y * np.sin(tilt), z + 1e-3)
    u, v = (lon * 1.5).astype(np.float32), (lat * 2.2).astype(np.float32)
    land = fbm(seed + 1, u * 1.7, v * 1.7, 6, 0.55)
    swirl = fbm(seed + 2, u * 1.2 + 0.8 * land, v * 4.2, 5, 0.55)
    low, high = np.array(rgb(body[0]), np.float32), np.array(rgb(body[1]), np.float32)
    surface = low * 0.75 + (high - low * 0.75) * step(0.50, 0.60, land)[..., None] * 0.45
    cloud = step(0.50, 0.72, swirl)[..., None] * (0.85 if air else 0.25)
    surface = surface * (1 - cloud) + np.array(mix(rgb(body[1]), (1, 1, 1), 0.5), np.float32) * cloud
    sun = np.array([-0.66, 0.58, 0.28])
    sun = sun / np.linalg.norm(sun)
    facing = x * sun[0] + y * sun[1] + z * sun[2]
    day = step(-0.10, 0.45, facing)
    colour = surface * (0.012 + 1.05 * day)[..., None]
    glow_tone: Rgb = rgb(body[2])
    if air:
        rim = np.clip(1 - z, 0, 1) ** 2.2 * (0.15 + 0.85 * step(-0.25, 0.5, facing))
        colour = colour + rim[..., None] * np.array(glow_tone, np.float32) * 0.85
    e = 1.3 / (pane.scale * radius)
    disc = 1 - step(1 - e, 1 + e, r)
    if not air:
        return layered(np.clip(colour, 0, 1).astype(np.float32), disc, seed)
    toward = (x * sun[0] + y * sun[1]) / np.maximum(r, 1e-3)
    halo = np.exp(-np.maximum(r - 1, 0) / 0.022) * (0.08 + 0.92 * step(-0.35, 0.75, toward)) * 0.75
    alpha = np.maximum(disc, halo * (r > 1) + disc)
    outer = np.array(glow_tone, np.float32) * np.ones((*r.shape, 1), np.float32)
    mixed = colour * disc[..., None] + outer * (1 - disc[..., None])
    return layered(np.clip(mixed, 0, 1).astype(np.float32), np.clip(alpha, 0, 1), seed)


def _bank(air: Air, seed: int, pane: Pane, distance: float, low: float, tall: float, wide: float) -> U8:
    """A bank of clouds seen from above their tops: heaps on heaps, lit from the sun's side."""
    x, y = pane.xs(), pane.ys()
    u = x / np.float32(wide) + np.float32(seed % 37)
    heap = 0.55 * value_line(seed + 1, u, 1.0) + 0.30 * _round(seed + 2, u, 2.7) + 0.15 * _round(seed + 3, u, 7.1)
    crest = low + tall * (0.2 + 1.25 * heap)
    rag = (fbm(seed + 4, u * 9.0, y / np.float32(wide) * 9.0, 4) - 0.5) * 0.20 * tall
    depth = (crest + rag - y) / tall
    alpha = step(-0.02, 0.05, depth) * (0.85 + 0.15 * step(0.0, 0.6, depth))
    sun = 1.0 if air.sun[0] >= 0 else -1.0
    puff = fbm(seed + 5, u * 3.2, y / np.float32(wide) * 5.0, 5, 0.55)
    shifted = fbm(seed + 5, (u + sun * 0.10) * 3.2, y / np.float32(wide) * 5.0 + 0.22, 5, 0.55)
    light = np.clip(0.60 + 2.4 * (puff - shifted) - 0.34 * step(0.0, 1.6, depth) + 0.28 * np.exp(-np.maximum(depth, 0) * 3.0), 0, 1)
    colour = np.array(air.cloud_dark, np.float32) + (np.array(air.cloud_light, np.float32) - np.array(air.cloud_dark, np.float32)) * light[..., None]
    near_sun = np.exp(-np.abs(x - air.sun[0]) / 0.3) * np.exp(-np.maximum(depth, 0) * 1.5) * 0.30 * air.sun_power
    colour = colour + near_sun[..., None] * np.array(air.sun_colour, np.float32)
    share = min(0.85, 0.55 * (1 - float(np.exp(-distance / 1500))) + air.veil(distance * 0.3))
    colour = colour + share * (np.array(air.haze, np.float32) - colour)
    return layered(np.clip(colour, 0, 1).astype(np.float32), alpha, seed)


def value_line(seed: int, u: F32, scale: float) -> F32:
    """Smooth bumps 0…1 along a line."""
    return fbm(seed, (u * np.float32(scale)).astype(np.float32), np.zeros_like(u), 2)


def _round(seed: int, u: F32, scale: float) -> F32:
    """Heaps with round tops and sharp valleys, 0…1."""
    v = fbm(seed, (u * np.float32(scale)).astype(np.float32), np.zeros_like(u), 1)
    return (1 - np.abs(2 * v - 1)).astype(np.float32) ** 0.6
