"""Rooms: a wall with a window to the world outside, a floor that takes its light, furniture; as a living room, office, café or kitchen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.engines.stage.world import city, field
from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import Rgb, mix, rgb
from phonofilm.engines.stage.world.ground import places
from phonofilm.engines.stage.world.noise import fbm, source, step, value
from phonofilm.engines.stage.world.pane import EYE, Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.shapes import gradient, ink, outline

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
WALL = 7.4
FURNITURE = 6.7
Window = tuple[float, float, float, float]  # left, right, sill, top in metres


@dataclass(frozen=True, kw_only=True, eq=False)
class Style:
    """What makes one room differ from another: colours, windows with their ``panes`` (across, up), lamps (x, y, reach, power), what stands in it."""

    wall: str
    floor: str
    windows: tuple[Window, ...]
    lamps: tuple[tuple[float, float, float, float], ...]
    furnish: Callable[[Any, Air, np.random.Generator], None]
    panes: tuple[int, int] = (2, 2)
    tiles: str = ""
    bricks: bool = False


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """A living room."""
    return _room(air, seed, _LIVING, _garden(air, seed))


def office(air: Air, seed: int) -> tuple[Ply, ...]:
    """An office high above the city."""
    return _room(air, seed, _OFFICE, _town(air, seed))


def cafe(air: Air, seed: int) -> tuple[Ply, ...]:
    """A café."""
    return _room(air, seed, _CAFE, _town(air, seed))


def kitchen(air: Air, seed: int) -> tuple[Ply, ...]:
    """A kitchen."""
    return _room(air, seed, _KITCHEN, _garden(air, seed))


def _garden(air: Air, seed: int) -> tuple[Ply, ...]:
    """Trees and hills outside."""
    return tuple(p for p in field.park(air, seed) if p.name in ("sky", "hills 3", "hills 7", "hills 11", "trees", "lawn"))


def _town(air: Air, seed: int) -> tuple[Ply, ...]:
    """The skyline outside, from high up."""
    return city.rooftop(air, seed)[:5]


def _room(air: Air, seed: int, style: Style, outside: tuple[Ply, ...]) -> tuple[Ply, ...]:
    indoors = replace(air, shade=mix(air.shade, (0.9, 0.86, 0.82), 0.55 if air.dark < 0.5 else 0.25), white=0.0, wet=0.0)
    return (
        *(replace(p, detail=min(p.detail, 0.8)) for p in outside),
        Ply(name="floor", kind="ground", top=-EYE / (WALL + 0.02), paint=lambda p: _floor(indoors, seed, p, style)),
        Ply(name="wall", kind="card", distance=WALL, bottom=-EYE / WALL, paint=lambda p: _wall(indoors, seed, p, style)),
        Ply(
            name="furniture",
            kind="card",
            distance=FURNITURE,
            bottom=-EYE / FURNITURE - 0.02,
            top=0.75,
            paint=lambda p: _furniture(indoors, seed, p, style),
        ),
        Ply(name="beam", kind="card", distance=6.0, detail=0.3, glow=True, paint=lambda p: _beam(air, seed, p, style)),
    )


def _metres(pane: Pane, distance: float) -> tuple[U8, Any]:
    """Pixels and a canvas in metres, x right, y up from the floor."""
    pixels, canvas = pane.canvas()
    canvas.translate(0, -EYE / distance)
    canvas.scale(1 / distance, 1 / distance)
    return pixels, canvas


def _rect(x0: float, y0: float, x1: float, y1: float) -> Any:
    return skia.Rect.MakeLTRB(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _lightness(air: Air, style: Style, x: F32, y: F32, ahead: float | F32 = WALL) -> tuple[F32, F32]:
    """Light f32[h w] on surfaces at metres ``x``, ``y``: from outside, and from the lamps."""
    day = np.zeros(np.broadcast(x, y).shape, np.float32)
    for left, right, sill, top in style.windows:
        dx = np.maximum(np.maximum(left - x, x - right), 0)
        dy = np.maximum(np.maximum(sill - y, y - top), 0)
        day = day + 0.42 * np.exp(-(dx * dx) / 2.6 - (dy * dy) / 1.8) * (1 + 0.0 * np.asarray(ahead))
    lamps = np.zeros_like(day)
    for lx, ly, reach, power in style.lamps:
        lamps = lamps + power * np.exp(-(((x - lx) ** 2) + (1.15 * (y - ly)) ** 2) / (reach * reach))
    on = max(air.lamps, 0.22 if air.sun_power < 0.4 else 0.10)
    return (day * (1 - air.dark) + 0.06 * air.dark).astype(np.float32), (lamps * on).astype(np.float32)


def _lit(pixels: U8, pane: Pane, distance: float, air: Air, style: Style, *, base: float = 1.0) -> U8:
    """A card under the light of the room."""
    x = pane.xs() * distance
    y = pane.ys() * distance + EYE
    day, lamps = _lightness(air, style, x, y)
    night = air.dark
    ambient = np.array(mix((1.0, 1.0, 1.0), air.shade, 0.45), np.float32) * (0.78 * (1 - night) + 0.26 * night) * base
    sun = np.array(mix(air.sun_colour, (1.0, 1.0, 1.0), 0.45), np.float32)
    warm = np.array(rgb("#ffc27a"), np.float32)
    gain = ambient + day[..., None] * sun * 0.75 + lamps[..., None] * warm * (0.55 + 0.5 * night)
    rgb_ = pixels[..., :3].astype(np.float32) * gain
    return np.dstack([np.minimum(rgb_, pixels[..., 3:]).astype(np.uint8), pixels[..., 3]])


def _wall(air: Air, seed: int, pane: Pane, style: Style) -> U8:
    pixels, canvas = _metres(pane, WALL)
    tone = rgb(style.wall)
    canvas.drawRect(_rect(-30, 0, 30, 12), ink(tone))
    if style.bricks:
        _bricks(canvas, seed, tone)
    if style.tiles:
        canvas.drawRect(_rect(-30, 0.9, 30, 1.62), ink(rgb(style.tiles)))
        for i in range(-60, 60):
            canvas.drawLine(i * 0.15, 0.9, i * 0.15, 1.62, ink(mix(rgb(style.tiles), (0, 0, 0), 0.16), stroke=0.006))
        for k in range(1, 10):
            canvas.drawLine(-30, 0.9 + 0.08 * k, 30, 0.9 + 0.08 * k, ink(mix(rgb(style.tiles), (0, 0, 0), 0.16), stroke=0.006))
    board = mix(tone, (1, 1, 1), 0.55) if not style.bricks else rgb("#3a2c24")
    canvas.drawRect(_rect(-30, 0, 30, 0.13), ink(board))
    canvas.drawRect(_rect(-30, 0.125, 30, 0.14), ink(mix(board, (0, 0, 0), 0.25)))
    pixels = _lit(pixels, pane, WALL, air, style)
    plaster = (fbm(seed + 3, pane.xs() * 30, pane.ys() * 30, 3) - 0.5) * 0.05
    shaded = np.clip(pixels[..., :3] * (1 + plaster[..., None]), 0, 255)
    noise = (source(seed, "plaster").random((pane.height, pane.width, 1), np.float32) - 0.5) * 1.6
    pixels = np.dstack([np.clip(shaded + noise, 0, 255).astype(np.uint8), pixels[..., 3]])
    return _windows(air, pane, pixels, style)


def _bricks(canvas: Any, seed: int, tone: Rgb) -> None:
    numbers = source(seed, "bricks")
    joint = mix(tone, (0.80, 0.76, 0.72), 0.35)
    canvas.drawRect(_rect(-9, 0, 9, 6.5), ink(mix(joint, (0, 0, 0), 0.15)))
    for row in range(72):
        for k in range(-36, 37):
            x = k * 0.25 + (0.125 if row % 2 else 0.0)
            shade = float(numbers.normal(0, 0.07))
            colour = mix(tone, (0.15, 0.08, 0.06) if shade < 0 else (0.90, 0.66, 0.52), min(0.4, abs(shade) * 2.2))
            canvas.drawRect(_rect(x + 0.007, row * 0.09 + 0.006, x + 0.243, row * 0.09 + 0.084), ink(colour))


def _windows(air: Air, pane: Pane, pixels: U8, style: Style) -> U8:
    """Cut the window openings, then draw frames, reveals and sills."""
    canvas: Any = skia.Canvas(pixels, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)
    canvas.scale(pane.scale, -pane.scale)
    canvas.translate(-pane.left, -pane.top)
    canvas.translate(0, -EYE / WALL)
    canvas.scale(1 / WALL, 1 / WALL)
    clear: Any = skia.Paint(AntiAlias=True)
    clear.setBlendMode(skia.BlendMode.kClear)
    light = mix(mix((1, 1, 1), air.shade, 0.5), (0.12, 0.13, 0.18), 0.72 * air.dark)
    frame = mix(light, (0.25, 0.20, 0.16), 0.75) if style.bricks else light
    for left, right, sill, top in style.windows:
        canvas.drawRect(_rect(left - 0.09, sill - 0.06, right + 0.09, top + 0.09), ink(mix(frame, (0, 0, 0), 0.10)))
        canvas.drawRect(_rect(left, sill, right, top), clear)
        glass = gradient((left, sill, (1, 1, 1), 0.05), (right, top, (1, 1, 1), 0.16 * (1 - 0.7 * air.dark)))
        canvas.drawRect(_rect(left, sill, right, top), glass)
        columns, rows = style.panes
        for c in range(columns + 1):
            x = left + (right - left) * c / columns
            wide = 0.045 if c in (0, columns) else 0.028
            canvas.drawRect(_rect(x - wide, sill, x + wide, top), ink(mix(frame, (0, 0, 0), 0.06)))
            canvas.drawRect(_rect(x + wide * 0.4, sill, x + wide, top), ink(mix(frame, (0, 0, 0), 0.22)))
        for r in range(rows + 1):
            y = sill + (top - sill) * r / rows
            canvas.drawRect(_rect(left, y - 0.032, right, y + 0.032), ink(frame))
            canvas.drawRect(_rect(left, y - 0.032, right, y - 0.014), ink(mix(frame, (0, 0, 0), 0.2)))
        canvas.drawRect(_rect(left - 0.16, sill - 0.11, right + 0.16, sill - 0.03), ink(mix(frame, (1, 1, 1), 0.15)))
        canvas.drawRect(_rect(left - 0.16, sill - 0.125, right + 0.16, sill - 0.10), ink(mix(frame, (0, 0, 0), 0.35)))
    return pixels


def _floor(air: Air, seed: int, pane: Pane, style: Style) -> U8:
    """Boards that run away from the camera, the window's light lying on them, and a sheen of the wall."""
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    board = np.floor(x / 0.16)
    each = value(seed + 81, board * 2.7 + 0.5, np.floor((z + board * 0.61) / 1.8) + 0.5)
    gap = step(0.46, 0.5, np.abs(x / 0.16 - board - 0.5)) * np.clip(1.3 - z / 7, 0, 1)
    grain = value(seed + 82, x / np.float32(0.018), z / np.float32(0.7))
    tone = (0.80 + 0.24 * each + 0.10 * (grain - 0.5)) * (1 - 0.45 * gap)
    colour = np.array(rgb(style.floor), np.float32) * tone[..., None]
    night = air.dark
    ambient = np.array(mix((1, 1, 1), air.shade, 0.45), np.float32) * (0.62 * (1 - night) + 0.20 * night)
    gain = np.ones(x.shape, np.float32)[..., None] * ambient
    sun = np.array(mix(air.sun_colour, (1, 1, 1), 0.25), np.float32)
    for left, right, _, top in style.windows:
        # the window seen in the polish of the floor, and its light thrown towards the camera
        spread = 0.25 + 0.10 * (WALL - z)
        throw = (
            step(left - spread, left + spread, x)
            * (1 - step(right - spread, right + spread, x))
            * np.exp(-np.maximum(WALL - z, 0) / (0.8 + 0.8 * top))
        )
        gain = gain + (0.62 * throw * (1 - night) + 0.05 * night * throw)[..., None] * sun
        if air.sun_power > 0.4 and air.sun[1] < 0.8:
            slant = (WALL - z) * 0.55 * (1 if air.sun[0] < 0 else -1)
            near = 0.9 + 0.2 * top
            patch = (
                step(left - 0.05, left + 0.05, x - slant)
                * (1 - step(right - 0.05, right + 0.05, x - slant))
                * step(WALL - near - 1.3, WALL - near - 1.2, z)
                * (1 - step(WALL - 0.95, WALL - 0.85, z))
            )
            bars = 1 - 0.8 * step(0.45, 0.49, np.abs(np.mod((x - slant - left) / max(right - left, 0.1) * style.panes[0], 1.0) - 0.5))
            gain = gain + (0.95 * patch * bars * air.sun_power)[..., None] * sun
    for lx, _, reach, power in style.lamps:
        pool = power * np.exp(-(((x - lx) ** 2) + (z - FURNITURE) ** 2) / (1.6 * reach * reach))
        gain = gain + (pool * max(air.lamps, 0.12) * (0.45 + 0.5 * night))[..., None] * np.array(rgb("#ffc27a"), np.float32)
    near = np.clip(0.66 + 0.055 * z, 0.5, 1.05)[..., None]
    out = np.clip(colour * gain * near, 0, 1)
    contact = 1 - 0.35 * np.exp(-np.maximum(WALL - z, 0) / 0.12)[..., None]
    return layered((out * contact).astype(np.float32), None, seed)


def _beam(air: Air, seed: int, pane: Pane, style: Style) -> U8:
    """Light from the window in the air of the room, and the glow of the lamps."""
    x, y = pane.xs() * 6.0, pane.ys() * 6.0 + EYE
    out = np.zeros((pane.height, pane.width, 3), np.float32)
    sun = np.array(air.sun_colour, np.float32)
    drop = 0.75 * (1 if air.sun[0] < 0 else -1)
    for left, right, sill, top in style.windows:
        t = np.clip((top - y) / 2.6, 0, 1)
        shift = drop * np.maximum(top - y, 0)
        inside = step(left - 0.25, left + 0.35, x - shift * 0.6) * (1 - step(right - 0.35, right + 0.25, x - shift * 0.6))
        body = inside * step(sill - 1.6, sill + 0.3, y) * (1 - step(top - 0.1, top + 0.4, y)) * (1 - 0.5 * t)
        out += (0.075 * body * air.sun_power * (1 - air.dark))[..., None] * sun
    warm = np.array(rgb("#ffb25e"), np.float32)
    for lx, ly, reach, power in style.lamps:
        r = np.sqrt((x - lx) ** 2 + (y - ly) ** 2)
        out += ((0.30 * np.exp(-r / 0.16) + 0.10 * np.exp(-r / (0.5 * reach))) * power * max(air.lamps, 0.08))[..., None] * warm
    del seed
    return layered(np.clip(out, 0, 1), np.ones(out.shape[:2], np.float32), 0)


def _furniture(air: Air, seed: int, pane: Pane, style: Style) -> U8:
    pixels, canvas = _metres(pane, FURNITURE)
    style.furnish(canvas, air, source(seed, "furniture"))
    lit = _lit(pixels, pane, FURNITURE, air, style, base=1.02)
    return lit


def _soft_shadow(canvas: Any, x0: float, x1: float, y: float = 0.0) -> None:
    paint: Any = skia.Paint(AntiAlias=True)
    paint.setColor4f(skia.Color4f(0, 0, 0, 0.32))
    paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.04))
    canvas.drawOval(_rect(x0, y - 0.04, x1, y + 0.05), paint)


def _box(canvas: Any, x0: float, y0: float, x1: float, y1: float, colour: Rgb, *, round_: float = 0.03) -> None:
    """A body with light from above: its top lighter, its foot darker."""
    canvas.drawRoundRect(
        _rect(x0, y0, x1, y1), round_, round_, gradient((0, y0, mix(colour, (0, 0, 0), 0.26), 1), (0, y1, mix(colour, (1, 1, 1), 0.10), 1))
    )


def _plant(canvas: Any, numbers: np.random.Generator, x: float, foot: float, tall: float, pot: Rgb) -> None:
    _soft_shadow(canvas, x - 0.25, x + 0.25, foot)
    canvas.drawPath(
        outline([(x - 0.13, foot), (x - 0.17, foot + 0.34), (x + 0.17, foot + 0.34), (x + 0.13, foot)]),
        gradient((x - 0.17, 0, mix(pot, (0, 0, 0), 0.25), 1), (x + 0.17, 0, pot, 1)),
    )
    greens = ("#2f4f35", "#4a7548", "#7fa05e")
    for k in range(34):
        angle = float(numbers.uniform(-1.25, 1.25))
        length = tall * float(numbers.uniform(0.45, 1.0))
        tip = (x + length * float(np.sin(angle)) * 0.75, foot + 0.34 + length * float(np.cos(angle)) * 0.9)
        colour = rgb(greens[min(2, int(3 * k / 34 + numbers.uniform(-0.5, 0.5)))] if k else greens[0])
        middle = ((x + tip[0]) / 2, (foot + 0.34 + tip[1]) / 2 + 0.1 * length)
        wide = 0.075 * length + 0.02
        path: Any = skia.Path()
        path.moveTo(x, foot + 0.34)
        path.quadTo(middle[0] - wide, middle[1], tip[0], tip[1])
        path.quadTo(middle[0] + wide, middle[1] - wide, x, foot + 0.34)
        canvas.drawPath(path, ink(colour))


def _lamp(canvas: Any, air: Air, x: float) -> None:
    _soft_shadow(canvas, x - 0.2, x + 0.2)
    metal = rgb("#3a3631")
    canvas.drawRect(_rect(x - 0.012, 0.02, x + 0.012, 1.55), ink(metal))
    canvas.drawOval(_rect(x - 0.16, 0.0, x + 0.16, 0.05), ink(metal))
    shade = mix(rgb("#d9cdb6"), rgb("#ffe3b0"), air.lamps)
    canvas.drawPath(
        outline([(x - 0.24, 1.5), (x - 0.17, 1.86), (x + 0.17, 1.86), (x + 0.24, 1.5)]),
        gradient((0, 1.5, mix(shade, (1, 1, 1), 0.5 * air.lamps), 1), (0, 1.86, shade, 1)),
    )


def _living(canvas: Any, air: Air, numbers: np.random.Generator) -> None:
    for x, w, h, code in ((0.35, 0.5, 0.7, "#c9825a"), (1.0, 0.42, 0.42, "#6f8fa0"), (1.0, 0.42, 0.22, "#d6b25e")):
        y = 1.55 if h != 0.22 else 2.05
        canvas.drawRect(_rect(x - 0.02, y - 0.02, x + w + 0.02, y + h + 0.02), ink(rgb("#4a3a2c")))
        canvas.drawRect(_rect(x, y, x + w, y + h), ink(rgb("#efe9dd")))
        canvas.drawRect(
            _rect(x + 0.06, y + 0.06, x + w - 0.06, y + h - 0.06), gradient((x, y, rgb(code), 1), (x + w, y + h, mix(rgb(code), (1, 1, 1), 0.45), 1))
        )
    _soft_shadow(canvas, 0.1, 2.1)
    sofa = rgb("#5f7a80")
    for x in (0.22, 1.88):
        canvas.drawRect(_rect(x, 0.0, x + 0.07, 0.14), ink(rgb("#5a4230")))
    _box(canvas, 0.18, 0.40, 2.02, 0.98, sofa, round_=0.10)
    _box(canvas, 0.10, 0.14, 0.36, 0.70, mix(sofa, (0, 0, 0), 0.08), round_=0.09)
    _box(canvas, 1.84, 0.14, 2.10, 0.70, mix(sofa, (0, 0, 0), 0.08), round_=0.09)
    for k in range(3):
        _box(canvas, 0.36 + 0.495 * k, 0.30, 0.84 + 0.495 * k, 0.54, mix(sofa, (1, 1, 1), 0.12), round_=0.06)
    _box(canvas, 0.30, 0.12, 1.9, 0.32, mix(sofa, (0, 0, 0), 0.12), round_=0.04)
    for x, code, turn in ((0.52, "#d9a25e", -8), (1.62, "#c96f52", 10)):
        canvas.save()
        canvas.rotate(turn, x, 0.68)
        _box(canvas, x - 0.18, 0.52, x + 0.18, 0.86, rgb(code), round_=0.07)
        canvas.restore()
    _lamp(canvas, air, 2.45)
    _plant(canvas, numbers, -3.15, 0.0, 1.15, rgb("#d8cfc2"))
    for side in (-3.0, -0.42):
        _curtain(canvas, side, 0.55)


def _curtain(canvas: Any, x: float, wide: float) -> None:
    canvas.drawRect(_rect(-3.3, 2.86, -0.1, 2.89), ink(rgb("#4a3f36")))
    folds = 7
    for k in range(folds):
        a, b = x - wide / 2 + wide * k / folds, x - wide / 2 + wide * (k + 1) / folds
        canvas.drawRect(_rect(a, 0.08, b + 0.004, 2.87), gradient((a, 0, rgb("#b9a68c"), 1), (b, 0, rgb("#ece2d0"), 1)))


def _shelf(canvas: Any, numbers: np.random.Generator, x0: float, x1: float, y: float, tall: float) -> None:
    canvas.drawRect(_rect(x0, y - 0.035, x1, y), ink(rgb("#6a4c34")))
    canvas.drawRect(_rect(x0, y - 0.035, x1, y - 0.022), ink(rgb("#3f2d20")))
    x = x0 + 0.04
    codes = ("#8a3b32", "#c9a25a", "#3f5a6a", "#e3d9c4", "#4f6a4a", "#6b4a6a", "#b5693f", "#2f3a44")
    while x < x1 - 0.08:
        w = float(numbers.uniform(0.022, 0.05))
        if numbers.uniform() < 0.10:
            x += float(numbers.uniform(0.08, 0.2))
            continue
        h = tall * float(numbers.uniform(0.6, 0.95))
        colour = rgb(codes[int(numbers.integers(len(codes)))])
        canvas.drawRect(_rect(x, y, x + w, y + h), gradient((x, 0, mix(colour, (0, 0, 0), 0.2), 1), (x + w, 0, mix(colour, (1, 1, 1), 0.08), 1)))
        x += w + 0.004


def _office(canvas: Any, air: Air, numbers: np.random.Generator) -> None:
    canvas.drawRect(_rect(1.55, 0.0, 3.5, 2.5), ink(rgb("#8a7358")))
    canvas.drawRect(_rect(1.59, 0.04, 3.46, 2.46), ink(rgb("#5a4936")))
    for k in range(5):
        _shelf(canvas, numbers, 1.59, 3.46, 0.10 + 0.48 * k, 0.40)
    _soft_shadow(canvas, -2.9, -0.9)
    wood = rgb("#b08a60")
    for x in (-2.75, -1.05):
        canvas.drawRect(_rect(x, 0.0, x + 0.05, 0.72), ink(rgb("#2f3236")))
    _box(canvas, -2.85, 0.71, -0.90, 0.765, wood, round_=0.01)
    canvas.drawRect(_rect(-2.05, 0.765, -1.85, 0.79), ink(rgb("#3a3d42")))
    canvas.drawRect(_rect(-1.965, 0.78, -1.935, 0.95), ink(rgb("#3a3d42")))
    _box(canvas, -2.33, 0.92, -1.57, 1.36, rgb("#23262b"), round_=0.015)
    glow = mix(rgb("#3f5a7a"), rgb("#9cc4f0"), 0.3 + 0.5 * air.lamps)
    canvas.drawRect(_rect(-2.30, 0.95, -1.60, 1.33), gradient((-2.3, 0.95, mix(glow, (0, 0, 0), 0.3), 1), (-1.6, 1.33, glow, 1)))
    canvas.drawRect(_rect(-1.35, 0.765, -1.22, 0.90), ink(rgb("#e8e4da")))
    _plant(canvas, numbers, 1.28, 0.0, 1.0, rgb("#e4e2dc"))


def _cafe(canvas: Any, air: Air, numbers: np.random.Generator) -> None:
    for y in (1.45, 1.95):
        canvas.drawRect(_rect(-0.7, y - 0.04, 2.9, y), ink(rgb("#3f2c20")))
        x = -0.62
        while x < 2.8:
            h = float(numbers.uniform(0.12, 0.30))
            code = ("#d9c9a8", "#6a8f7a", "#b5523a", "#e8e4da", "#3f5a58", "#c9973f")[int(numbers.integers(6))]
            w = float(numbers.uniform(0.06, 0.11))
            _box(canvas, x, y, x + w, y + h, rgb(code), round_=0.02)
            x += w + float(numbers.uniform(0.03, 0.12))
    _soft_shadow(canvas, -0.9, 3.1)
    _box(canvas, -0.8, 0.0, 3.0, 1.02, rgb("#4a3426"), round_=0.01)
    for k in range(19):
        x = -0.8 + 0.2 * k
        canvas.drawRect(_rect(x, 0.06, x + 0.012, 0.98), ink(rgb("#2d1f16")))
    _box(canvas, -0.88, 1.0, 3.08, 1.07, rgb("#b98a58"), round_=0.01)
    _box(canvas, 0.35, 1.07, 1.05, 1.48, rgb("#b9bcc0"), round_=0.04)
    canvas.drawRect(_rect(0.42, 1.13, 0.98, 1.24), ink(rgb("#3a3d42")))
    for x in (0.52, 0.72, 0.88):
        canvas.drawCircle(x, 1.38, 0.022, ink(rgb("#e8584a") if x == 0.52 else rgb("#e8e4da")))
    for x in (1.35, 1.47, 1.59, 1.71):
        _box(canvas, x, 1.07, x + 0.09, 1.15, rgb("#f2eee6"), round_=0.015)
    for x in (-0.35, 0.85, 2.05):
        canvas.drawLine(x, 2.35, x, 6.0, ink(rgb("#1c1a18"), stroke=0.012))
        canvas.drawPath(outline([(x - 0.21, 2.17), (x - 0.06, 2.38), (x + 0.06, 2.38), (x + 0.21, 2.17)]), ink(rgb("#23211f")))
        canvas.drawOval(_rect(x - 0.075, 2.12, x + 0.075, 2.22), ink(mix(rgb("#d9cdb6"), rgb("#ffe9bc"), max(0.4, air.lamps))))
    _soft_shadow(canvas, -2.9, -1.5)
    canvas.drawRect(_rect(-2.22, 0.02, -2.17, 0.72), ink(rgb("#23211f")))
    canvas.drawOval(_rect(-2.5, 0.0, -1.9, 0.06), ink(rgb("#23211f")))
    _box(canvas, -2.75, 0.71, -1.65, 0.76, rgb("#a5764a"), round_=0.02)
    for x in (-3.05, -1.35):
        canvas.drawRect(_rect(x - 0.03, 0.0, x - 0.005, 0.46), ink(rgb("#2d2622")))
        canvas.drawRect(_rect(x + 0.33 - 0.03, 0.0, x + 0.33, 0.46), ink(rgb("#2d2622")))
        _box(canvas, x - 0.05, 0.44, x + 0.37, 0.49, rgb("#7a5236"), round_=0.01)
    _box(canvas, -2.30, 0.76, -2.20, 0.84, rgb("#f2eee6"), round_=0.015)


def _kitchen(canvas: Any, air: Air, numbers: np.random.Generator) -> None:
    face, line = rgb("#5f7f86"), rgb("#4a666c")
    for x0, x1 in ((-3.7, -1.45), (0.85, 3.6)):
        _box(canvas, x0, 1.62, x1, 2.45, face, round_=0.01)
        for k in range(1, 4):
            x = x0 + (x1 - x0) * k / 4
            canvas.drawLine(x, 1.64, x, 2.43, ink(line, stroke=0.012))
            canvas.drawRect(_rect(x - 0.09, 1.72, x - 0.075, 1.86), ink(rgb("#d9b25e")))
    _box(canvas, -4.2, 0.0, 4.2, 0.88, face, round_=0.0)
    canvas.drawRect(_rect(-4.2, 0.0, 4.2, 0.10), ink(rgb("#2f3a3e")))
    for k in range(-7, 8):
        x = 0.6 * k
        canvas.drawLine(x, 0.12, x, 0.86, ink(line, stroke=0.012))
        canvas.drawRect(_rect(x + 0.18, 0.74, x + 0.42, 0.755), ink(rgb("#d9b25e")))
    _box(canvas, -4.25, 0.88, 4.25, 0.935, rgb("#efe9df"), round_=0.005)
    canvas.drawRect(_rect(1.45, 0.935, 2.35, 0.955), ink(rgb("#1f2124")))
    _box(canvas, 1.62, 0.955, 1.98, 1.16, rgb("#c9513f"), round_=0.03)
    canvas.drawRect(_rect(1.50, 1.10, 1.62, 1.125), ink(rgb("#2b2b2b")))
    path: Any = skia.Path()
    path.moveTo(-0.3, 0.935)
    path.lineTo(-0.3, 1.22)
    path.quadTo(-0.3, 1.32, -0.18, 1.32)
    path.quadTo(-0.08, 1.32, -0.08, 1.22)
    canvas.drawPath(path, ink(rgb("#c9ccd0"), stroke=0.025))
    for x, code in ((-2.6, "#e0c9a0"), (-2.42, "#a9c4b0"), (-2.26, "#d98a6a")):
        _box(canvas, x, 0.935, x + 0.13, 1.15, rgb(code), round_=0.03)
    canvas.save()
    canvas.translate(1.02, 0.935)
    canvas.scale(0.5, 0.5)
    _plant(canvas, numbers, 0.0, 0.0, 0.75, rgb("#d98a5e"))
    canvas.restore()
    canvas.drawOval(_rect(-1.75, 0.94, -1.25, 1.03), ink(rgb("#b5835a")))
    for k, code in enumerate(("#e8a33c", "#d9503f", "#8fae4a", "#e8c04a")):
        canvas.drawCircle(
            -1.65 + 0.1 * k,
            1.05,
            0.055,
            gradient((-1.7 + 0.1 * k, 1.0, mix(rgb(code), (0, 0, 0), 0.2), 1), (-1.6 + 0.1 * k, 1.1, mix(rgb(code), (1, 1, 1), 0.25), 1)),
        )
    del air


_LIVING = Style(
    wall="#cfc4b4", floor="#a97c52", windows=((-2.75, -0.55, 0.75, 2.75),), lamps=((2.45, 1.72, 1.7, 1.0),), furnish=_living, panes=(3, 1)
)
_OFFICE = Style(
    wall="#b9bdc2", floor="#8d8b88", windows=((-4.6, -1.75, 0.35, 2.95), (-1.6, 1.25, 0.35, 2.95)),
    lamps=((2.7, 2.6, 1.9, 0.55), (0.0, 3.1, 2.4, 0.35)), furnish=_office, panes=(2, 1),
)  # fmt: skip
_CAFE = Style(
    wall="#8c5f4a", floor="#7d5a3e", windows=((-3.3, -1.0, 0.8, 2.8),),
    lamps=((-0.35, 2.25, 1.2, 0.9), (0.85, 2.25, 1.2, 0.9), (2.05, 2.25, 1.2, 0.9)),
    furnish=_cafe, panes=(3, 2), bricks=True,
)  # fmt: skip
_KITCHEN = Style(
    wall="#dcdad2", floor="#b89a74", windows=((-1.15, 0.55, 1.15, 2.25),), lamps=((1.75, 2.5, 1.7, 1.0), (-2.3, 2.5, 1.7, 0.9)),
    furnish=_kitchen, panes=(2, 1), tiles="#eef0ee",
)  # fmt: skip
