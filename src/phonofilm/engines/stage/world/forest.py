"""A forest: rank behind rank of trunks fading into lit air, shafts of light, moss and ferns on the floor."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import Rgb, mix, rgb
from phonofilm.engines.stage.world.ground import places, ripples
from phonofilm.engines.stage.world.noise import fbm, source, step, value
from phonofilm.engines.stage.world.pane import EYE, Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.shapes import ink, misted, outline, softened

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
#: (distance m, trunks a tangent, how much leaf above)
_RANKS = ((70.0, 26.0, 1.0), (38.0, 15.0, 0.9), (22.0, 9.0, 0.8), (13.0, 5.2, 0.65), (7.5, 2.6, 0.5))


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers, far to near."""
    ranks = tuple(
        Ply(
            name=f"trees {round(d)}", kind="card", distance=d, bottom=-EYE / d - 0.01, top=1.2, detail=1.0 if d > 10 else 0.85,
            paint=lambda p, d=d, many=many, leaf=leaf: _rank(air, seed + round(d), p, d, many, leaf),
        )
        for d, many, leaf in _RANKS
    )  # fmt: skip
    shafts = Ply(
        name="shafts of light", kind="card", distance=16, bottom=-0.14, top=1.0, detail=0.35, glow=True, pulse=(0.25, 7.0, 0.2),
        paint=lambda p: _shafts(air, seed, p),
    )  # fmt: skip
    return (
        Ply(name="air", kind="sky", detail=0.3, paint=lambda p: _backlight(air, seed, p)),
        *ranks[:3],
        Ply(name="floor", kind="ground", paint=lambda p: _floor(air, seed, p)),
        ranks[3],
        shafts,
        ranks[4],
        Ply(name="ferns", kind="card", distance=4.6, bottom=-0.37, top=0.0, detail=0.8, paint=lambda p: _ferns(air, seed, p)),
    )


def _bright(air: Air) -> Rgb:
    """The colour of the air between far trunks."""
    if air.dark < 0.8 and air.sun[1] > 0.2 and not air.white:
        return mix(air.tint(rgb("#c9dc98"), 0.62), air.haze, 0.25)
    if air.dark > 0.8:
        return mix(air.haze, rgb("#3f6a86"), 0.35)
    return mix(air.haze, air.tint(rgb("#dff0b8"), 0.9), 0.42 if not air.white else 0.1)


def _thick(distance: float, air: Air) -> float:
    return float(1 - np.exp(-distance / (52.0 if air.weather != "fog" else 20.0)))


def _backlight(air: Air, seed: int, pane: Pane) -> U8:
    x, y = pane.xs(), pane.ys()
    base = np.array(_bright(air), np.float32)
    top = np.array(air.tint(rgb("#4f7a4a"), 0.35), np.float32)
    high = step(0.05, 0.75, np.broadcast_to(y, (pane.height, pane.width)))
    light = np.exp(-0.5 * (((x - 0.6 * air.sun[0]) / 0.42) ** 2 + ((y - 0.10) / 0.26) ** 2))
    sun = np.array(air.sun_colour, np.float32)
    leaf = fbm(seed, x * 9, y * 9, 3)[..., None]
    colour = base * (1 - high[..., None]) + top * high[..., None]
    colour = colour * (0.94 + 0.12 * (leaf - 0.5)) + (0.30 * air.sun_power * light)[..., None] * sun
    return layered(np.clip(colour, 0, 1).astype(np.float32), None, seed)


def _rank(air: Air, seed: int, pane: Pane, distance: float, many: float, leaf: float) -> U8:
    pixels, canvas = pane.canvas()
    numbers = source(seed, "rank")
    far = _thick(distance, air)
    bright = _bright(air)
    bark = mix(air.tint(rgb("#3a3128"), 0.2), bright, far)
    edge = mix(air.tint(rgb("#7d6a50"), 0.95), bright, far * 0.9)
    foot = -EYE / distance
    side = 1.0 if air.sun[0] >= 0 else -1.0
    gap = 0.10 if distance < 15 else 0.0
    for _ in range(int(many * 5.0)):
        x = float(numbers.uniform(-2.5, 2.5))
        wide = float(numbers.uniform(0.16, 0.36)) / distance * (1.2 if distance < 15 else 1.0)
        lean, root = float(numbers.normal(0, 0.012)), float(numbers.uniform(0.8, 1.5))
        boughs = int(numbers.integers(2, 6))
        bough_at = numbers.uniform(0.12, 1.0, boughs)
        bough_side = numbers.choice([-1.0, 1.0], boughs)
        if abs(x - 0.03) < gap + wide * 2:
            continue  # a clearing ahead, where somebody can stand
        if not pane.left - 0.3 < x < pane.right + 0.3:
            continue
        _trunk(canvas, x, foot, wide, lean, root, bark, edge, side)
        for at, turn in zip(bough_at, bough_side, strict=True):
            y = foot + 0.35 + at * 0.75
            length = float(0.9 + 1.4 * at) / distance
            path: Any = skia.Path()
            path.moveTo(x + lean * (y - foot), y)
            path.quadTo(x + turn * length * 0.5, y + length * 0.15, x + turn * length, y + length * 0.55)
            canvas.drawPath(path, ink(bark, stroke=wide * 0.22))
    leaves = _leaves(air, seed, pane, distance, leaf, far, bright)
    pixels = _over(leaves, pixels)
    return misted(softened(pixels, 0.0), pane, bright, 0.30 * far + 0.05, 0.0, foot, foot + 0.25)


def _trunk(canvas: Any, x: float, foot: float, wide: float, lean: float, root: float, bark: Rgb, edge: Rgb, side: float) -> None:
    """A trunk that flares at the root, with light along the sun's side."""
    top = 1.3
    path: Any = skia.Path()
    path.moveTo(x - wide * 1.05 * root, foot)
    path.quadTo(x - wide * 0.55, foot + wide * 2.0, x - wide * 0.5 + lean * 0.3, foot + 0.3)
    path.lineTo(x - wide * 0.34 + lean * top, foot + top)
    path.lineTo(x + wide * 0.34 + lean * top, foot + top)
    path.lineTo(x + wide * 0.5 + lean * 0.3, foot + 0.3)
    path.quadTo(x + wide * 0.55, foot + wide * 2.0, x + wide * 1.05 * root, foot)
    path.close()
    paint: Any = skia.Paint(AntiAlias=True, Dither=True)
    stops = [skia.Color4f(*c, 1.0).toColor() for c in ((edge, bark, bark) if side < 0 else (bark, bark, edge))]
    paint.setShader(
        skia.GradientShader.MakeLinear(
            [skia.Point(x - wide * 0.55, 0), skia.Point(x + wide * 0.55, 0)], stops, [0.0, 0.38, 1.0] if side < 0 else [0.0, 0.62, 1.0]
        )
    )
    canvas.drawPath(path, paint)


def _leaves(air: Air, seed: int, pane: Pane, distance: float, leaf: float, far: float, bright: Rgb) -> U8:
    """The leaves overhead: clumps that close towards the top, with light on them and holes between."""
    x, y = pane.xs(), pane.ys()
    size = 1.9 / distance
    half = Pane(left=pane.left, right=pane.right, bottom=pane.bottom, top=pane.top, scale=pane.scale / 2)
    hx, hy = half.xs(), half.ys()
    small = fbm(seed + 3, hx / np.float32(size * 1.5), hy / np.float32(size), 4, 0.58)
    moved = fbm(seed + 3, (hx + np.float32(0.12 * size)) / np.float32(size * 1.5), (hy + np.float32(0.2 * size)) / np.float32(size), 3, 0.58)
    clump: F32 = cv2.resize(small, (pane.width, pane.height), interpolation=cv2.INTER_LINEAR)  # pyright: ignore[reportAssignmentType]
    shifted: F32 = cv2.resize(moved, (pane.width, pane.height), interpolation=cv2.INTER_LINEAR)  # pyright: ignore[reportAssignmentType]
    fine = value(seed + 5, x / np.float32(size * 0.10), y / np.float32(size * 0.075))
    low = 0.07 + 0.9 / distance
    rise = step(low, low + 0.42, np.broadcast_to(y, clump.shape))
    field = clump + 0.10 * (fine - 0.5) + 0.50 * rise - 0.34
    alpha = step(0.315, 0.345, field) * step(low - 0.10, low + 0.06, np.broadcast_to(y, clump.shape)) * leaf**0.3
    light = np.clip(0.35 + 2.0 * (clump - shifted) + 0.45 * (fine - 0.5), 0, 1)
    tones = ("#24382a", "#7fa04a") if not air.white else ("#4a5a5c", "#e6ecf2")
    dark = np.array(mix(air.tint(rgb(tones[0]), 0.2), bright, far), np.float32)
    lit = np.array(mix(air.tint(rgb(tones[1]), 0.95), bright, far * 0.9), np.float32)
    return layered((dark + (lit - dark) * light[..., None]).astype(np.float32), alpha.astype(np.float32), seed)


def _over(top: U8, below: U8) -> U8:
    keep = 255 - top[..., 3:].astype(np.uint16)
    return (top + (below * keep + 127) // 255).astype(np.uint8)


def _shafts(air: Air, seed: int, pane: Pane) -> U8:
    """Sun between the crowns, as beams in the haze."""
    x, y = pane.xs(), pane.ys()
    power = air.sun_power * (1.0 if 0.0 < air.sun[1] < 0.8 else 0.45) * (0.7 if air.dark > 0.8 else 1.0)
    if power < 0.05:
        return np.zeros((1, 1, 4), np.uint8)
    tilt = -0.55 if air.sun[0] >= 0 else 0.55
    across = x + tilt * y
    beams = step(0.52, 0.86, value(seed + 1, across * 5.5, across * 0)) * 0.75 + step(0.55, 0.85, value(seed + 2, across * 17.0, across * 0)) * 0.35
    fade = step(-0.14, 0.25, np.broadcast_to(y, beams.shape)) * np.exp(-np.abs(x - 0.5 * air.sun[0]) / 0.55)
    dust = 0.7 + 0.6 * fbm(seed + 4, x * 5, y * 5, 3)
    light = np.clip(beams * fade * dust * power * 0.34, 0, 1)
    colour = np.array(mix(air.sun_colour, (1.0, 0.97, 0.86), 0.3), np.float32)
    return layered((light[..., None] * colour).astype(np.float32), np.ones(light.shape, np.float32), seed)


def _floor(air: Air, seed: int, pane: Pane) -> U8:
    """Moss, fallen leaves, a trodden path, pools of sun."""
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    soil = ripples(seed + 11, pane, (1.4, 1.0), 4, 0.7)
    fine = ripples(seed + 12, pane, (0.12, 0.10), 2, 0.8)
    moss = step(-0.25, 0.35, ripples(seed + 13, pane, (2.6, 2.0), 3))
    earth, green = (rgb("#5c4a35"), rgb("#53703a")) if not air.white else (rgb("#c9ccd4"), rgb("#e9eef6"))
    path = 1 - step(0.7, 1.35, np.abs(x - 0.5 * np.sin(z / 5.0)) + 0.25 * soil)
    moss = moss * (1 - 0.85 * path)
    sun = step(0.15, 0.55, ripples(seed + 14, pane, (1.5, 1.1), 3)) * air.sun_power * np.exp(-((x - 1.2 * air.sun[0]) ** 2) / 30)
    lit = np.clip(0.22 + 0.18 * soil + 0.14 * fine + 0.62 * sun, 0, 1)

    def shaded(tone: Rgb) -> F32:
        low, high = np.array(air.tint(tone, 0.05), np.float32) * 0.85, np.array(air.tint(mix(tone, (1.0, 0.95, 0.7), 0.15), 1.0), np.float32)
        return (low + (high - low) * lit[..., None]).astype(np.float32)

    colour = shaded(earth) * (1 - moss[..., None]) + shaded(green) * moss[..., None]
    if not air.white:
        for i, code in enumerate(("#b5672e", "#c99a3c", "#8a4a2c")):
            spot = step(0.90, 0.95, value(seed + 21 + i, x / np.float32(0.13), z / np.float32(0.12))) * (z < 14) * np.clip(1.3 - z / 11, 0, 1)
            colour = colour * (1 - 0.8 * spot[..., None]) + np.array(air.tint(rgb(code), 0.5), np.float32) * 0.8 * spot[..., None]
    veil = (1 - np.exp(-z / (48.0 if air.weather != "fog" else 20.0)))[..., None]
    return layered(np.clip(colour + veil * (np.array(_bright(air), np.float32) - colour), 0, 1).astype(np.float32), None, seed)


def _ferns(air: Air, seed: int, pane: Pane) -> U8:
    """Fronds at both sides of the clearing, close to the camera."""
    pixels, canvas = pane.canvas()
    numbers = source(seed, "ferns")
    tones = [air.tint(rgb(c), lit) for c, lit in (("#1f3320", 0.1), ("#3f6a34", 0.45), ("#7fa24a", 0.9))]
    if air.white:
        tones = [mix(t, (0.92, 0.95, 1.0), 0.5) for t in tones]
    for _ in range(46):
        x = float(numbers.choice([-1, 1])) * float(numbers.uniform(0.24, 1.3))
        for k in range(7):
            angle = float(numbers.uniform(-1.15, 1.15))
            length = float(numbers.uniform(0.10, 0.19))
            tone = tones[min(2, int(numbers.integers(3) * (0.4 + 0.6 * k / 6) + 0.3))]
            _frond(canvas, x, -0.36, angle, length, tone)
    return pixels


def _frond(canvas: Any, x: float, y: float, angle: float, length: float, tone: Rgb) -> None:
    droop = 0.55
    spine: list[tuple[float, float]] = []
    for t in np.linspace(0, 1, 13):
        bend = angle * (0.55 + 0.75 * t)
        spine.append(
            (x + length * t * float(np.sin(bend)), y + length * t * float(np.cos(bend)) - droop * length * float(t) ** 3 * abs(float(np.sin(angle))))
        )
    for i in range(1, 13):
        (x0, y0), (x1, y1) = spine[i - 1], spine[i]
        leaf = 0.24 * length * (1 - i / 13.5) ** 0.8
        dx, dy = x1 - x0, y1 - y0
        n = max(float(np.hypot(dx, dy)), 1e-6)
        nx, ny = -dy / n, dx / n
        for s in (-1, 1):
            tip = (x1 + s * nx * leaf + dx * 0.9, y1 + s * ny * leaf + dy * 0.9 - 0.12 * leaf)
            canvas.drawPath(outline([(x0, y0), tip, (x1 + dx * 0.35, y1 + dy * 0.35)]), ink(tone))
