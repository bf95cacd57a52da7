"""Shapes that the places are made of: inks, ridges with light on them, trees, grass, and mist laid over a layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import Rgb, mix
from phonofilm.engines.stage.world.noise import Floats, fbm, ridged, step, value
from phonofilm.engines.stage.world.pane import Pane, layered

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def ink(colour: Rgb, alpha: float = 1.0, *, stroke: float = 0.0) -> Any:
    """An antialiased paint of an sRGB triple; ``stroke`` is a line's width in tangents."""
    paint: Any = skia.Paint(AntiAlias=True)
    paint.setColor4f(skia.Color4f(*(float(min(max(c, 0.0), 1.0)) for c in (*colour, alpha))))
    if stroke:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(stroke)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
    return paint


def gradient(low: tuple[float, float, Rgb, float], high: tuple[float, float, Rgb, float]) -> Any:
    """A paint that runs from one point to another; each is (x, y, colour, alpha)."""
    paint: Any = skia.Paint(AntiAlias=True, Dither=True)
    colours = [skia.Color4f(*low[2], low[3]).toColor(), skia.Color4f(*high[2], high[3]).toColor()]
    paint.setShader(skia.GradientShader.MakeLinear([skia.Point(low[0], low[1]), skia.Point(high[0], high[1])], colours))
    return paint


def outline(points: Sequence[tuple[float, float]]) -> Any:
    """A closed path through points."""
    path: Any = skia.Path()
    path.addPoly([skia.Point(float(x), float(y)) for x, y in points], True)
    return path


def misted(pixels: U8, pane: Pane, colour: Rgb, at_foot: float, at_top: float, foot: float, top: float) -> U8:
    """Mix a drawn layer with haze: share ``at_foot`` at the height ``foot`` (tangents), ``at_top`` at ``top``."""
    y = pane.ys()
    share = at_foot + (at_top - at_foot) * np.clip((y - foot) / max(top - foot, 1e-6), 0, 1)
    alpha = pixels[..., 3:].astype(np.float32)
    haze = np.array(colour, np.float32) * alpha
    rgb = pixels[..., :3] * (1 - share[..., None]) + haze * share[..., None]
    return np.dstack([np.minimum(rgb + 0.5, alpha).astype(np.uint8), pixels[..., 3]])


def ridge(
    air: Air, seed: int, pane: Pane, crest: Floats, tall: float, *, distance: float, rock: Rgb, growth: Rgb | None = None, snow: float = 2.0,
    foot: float = 0.0, rough: float = 9.0, haze: float | None = None,
) -> U8:  # fmt: skip
    """A mountain or hill whose sky line is ``crest`` f32[1 w] (tangents): facets lit from the sun's side, growth at the foot, snow above.

    ``snow`` is the share of ``tall`` above which it lies; ``haze`` overrides the share of haze that the distance gives.
    """
    x, y = pane.xs(), pane.ys()
    depth = ((crest - y) / tall).astype(np.float32)
    side = 1.0 if air.sun[0] >= 0 else -1.0
    e = np.float32(0.035)
    fall = (depth * 0.55).astype(np.float32)
    u = (x / tall * np.float32(rough / 9.0)).astype(np.float32)

    def rocks(shift: float) -> F32:
        return ridged(seed, u * 1.7 + np.float32(shift) + fall * 0.9, fall * 2.3 - u * 0.35, 4, 0.52)

    slope = (rocks(side * float(e)) - rocks(-side * float(e))) / (2 * e)
    lit = np.clip(0.46 - 0.30 * slope, 0, 1) * (0.75 + 0.25 * np.exp(-depth * 2.5))
    base = np.array(air.tint(rock, 0.12), np.float32)
    sunny = np.array(air.tint(rock, 0.95), np.float32)
    colour = base + (sunny - base) * lit[..., None]
    height = (y - foot) / tall
    if growth is not None:
        wood = step(0.10, 0.42, 0.62 - height * 1.5 + 0.5 * (fbm(seed + 9, u * 2.2, y / np.float32(tall) * 2.2, 3) - 0.5))
        dark, bright = np.array(air.tint(growth, 0.15), np.float32), np.array(air.tint(growth, 0.8), np.float32)
        colour = colour * (1 - wood[..., None]) + (dark + (bright - dark) * (lit * 0.7)[..., None]) * wood[..., None]
    if snow < 1.5:
        edge = height - snow + 0.42 * (rocks(0.3) - 0.5) - 0.06 * slope
        white = step(-0.05, 0.07, edge)
        cold, warm = np.array(air.tint((0.80, 0.86, 0.97), 0.1), np.float32), np.array(air.tint((1.0, 0.99, 0.97), 0.95), np.float32)
        colour = colour * (1 - white[..., None]) + (cold + (warm - cold) * lit[..., None]) * white[..., None]
    veil = air.veil(distance) if haze is None else haze
    share = np.clip(veil + 0.42 * np.exp(-np.maximum(height, 0) / 0.22) * (0.4 + 0.6 * veil), 0, 0.97)
    colour = colour + share[..., None] * (np.array(air.haze, np.float32) - colour)
    edge_width = 1.1 / pane.scale
    alpha = step(-edge_width, edge_width, crest - y) * np.ones_like(x)
    return layered(colour.astype(np.float32), alpha.astype(np.float32), seed)


def crest_line(seed: int, x: F32, *, low: float, tall: float, wide: float, sharp: bool = True) -> F32:
    """A sky line f32[1 w]: ``wide`` tangents from peak to peak, between ``low`` and about ``low + tall``."""
    u = x / np.float32(wide) + np.float32((seed % 53) * 1.37)
    flat = np.zeros_like(u)
    shape = ridged(seed, u, flat, 5, 0.46) if sharp else fbm(seed, u, flat, 4, 0.42)
    return (low + tall * np.clip((shape - 0.18) / 0.72, 0, 1.2)).astype(np.float32)


def pine(canvas: Any, numbers: np.random.Generator, x: float, foot: float, tall: float, paint: Any) -> None:
    """A conifer: tiers of boughs that widen and droop downwards."""
    tiers = 7 + int(tall * 22)
    half = tall * float(numbers.uniform(0.17, 0.23))
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for i in range(tiers):
        t = (i + 1) / tiers
        y = foot + tall * (1 - 0.93 * t)
        reach = half * (t**0.9) * float(numbers.uniform(0.82, 1.12))
        back = reach * float(numbers.uniform(0.42, 0.6))
        left += [(x - reach, y - 0.018 * tall), (x - back, y + 0.012 * tall)]
        reach *= float(numbers.uniform(0.86, 1.1))
        right += [(x + reach, y - 0.018 * tall), (x + back, y + 0.012 * tall)]
    canvas.drawPath(outline([(x, foot + tall), *left, (x - 0.02 * tall, foot), (x + 0.02 * tall, foot), *reversed(right)]), paint)


def leafy(canvas: Any, numbers: np.random.Generator, x: float, foot: float, tall: float, tones: tuple[Rgb, Rgb, Rgb], trunk: Rgb, sun: float) -> None:
    """A broad-leaved tree: trunk, boughs, and a crown of overlapping clumps in three tones, lightest towards the sun."""
    canvas.drawPath(
        outline([(x - 0.028 * tall, foot), (x - 0.014 * tall, foot + 0.5 * tall), (x + 0.014 * tall, foot + 0.5 * tall), (x + 0.03 * tall, foot)]),
        ink(trunk),
    )
    for k in range(5):
        angle = math.radians(float(numbers.uniform(35, 145)))
        bough: Any = skia.Path()
        bough.moveTo(x, foot + (0.3 + 0.05 * k) * tall)
        bough.quadTo(
            x + 0.1 * tall * math.cos(angle), foot + 0.5 * tall, x + 0.26 * tall * math.cos(angle), foot + (0.45 + 0.25 * math.sin(angle)) * tall
        )
        canvas.drawPath(bough, ink(trunk, stroke=0.014 * tall))
    middle = foot + 0.66 * tall
    clumps: list[tuple[float, float, float, float]] = []
    for _ in range(64):
        a, r = float(numbers.uniform(0, 2 * math.pi)), math.sqrt(float(numbers.uniform(0, 1)))
        cx, cy = x + 0.33 * tall * r * math.cos(a), middle + 0.26 * tall * r * math.sin(a)
        clumps.append((cx, cy, float(numbers.uniform(0.045, 0.085)) * tall, (cx - x) / tall * sun + (cy - middle) / tall))
    clumps.sort(key=lambda c: c[3])
    for cx, cy, size, light in clumps:
        tone = mix(tones[0], tones[1], min(max(light * 2.2 + 0.5, 0), 1))
        _clump(canvas, numbers, cx, cy, size, tone)
    for cx, cy, size, light in clumps:
        if light > 0.10:
            _clump(canvas, numbers, cx + 0.25 * size * sun, cy + 0.3 * size, size * 0.62, mix(tones[1], tones[2], min(1.0, light * 3.2)))


def _clump(canvas: Any, numbers: np.random.Generator, x: float, y: float, size: float, tone: Rgb) -> None:
    for _ in range(9):
        a, r = float(numbers.uniform(0, 2 * math.pi)), float(numbers.uniform(0.25, 0.8)) * size
        canvas.drawCircle(x + r * math.cos(a), y + 0.8 * r * math.sin(a), float(numbers.uniform(0.2, 0.42)) * size, ink(tone))


def grass(canvas: Any, numbers: np.random.Generator, xs: F32, foot: float, tall: float, tones: Sequence[Rgb], lean: float = 0.0) -> None:
    """Blades of grass that stand at ``xs`` (tangents)."""
    for x in xs:
        h = tall * float(numbers.uniform(0.45, 1.0))
        bend = h * (float(numbers.normal(0, 0.28)) + lean)
        wide = tall * float(numbers.uniform(0.018, 0.04))
        blade: Any = skia.Path()
        blade.moveTo(float(x) - wide, foot)
        blade.quadTo(float(x) - wide * 0.6 + bend * 0.25, foot + 0.6 * h, float(x) + bend, foot + h)
        blade.quadTo(float(x) + wide * 0.6 + bend * 0.25, foot + 0.6 * h, float(x) + wide, foot)
        canvas.drawPath(blade, ink(tones[int(numbers.integers(len(tones)))]))


def softened(pixels: U8, sigma: float) -> U8:
    """A layer out of focus; ``sigma`` in pixels."""
    return cv2.GaussianBlur(pixels, (0, 0), sigma) if sigma > 0.3 else pixels  # pyright: ignore[reportReturnType]


def bumpy(seed: int, x: F32, wide: float) -> F32:
    """Smooth bumps 0…1 f32[1 w] of a line, ``wide`` tangents apart."""
    return value(seed, x / np.float32(wide), np.zeros_like(x))
