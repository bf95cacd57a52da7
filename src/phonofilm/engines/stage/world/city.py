"""The city: a skyline across a river, from a quay, a roof or under a bridge; its windows light up as the day goes."""

from __future__ import annotations

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import Rgb, mix, rgb
from phonofilm.engines.stage.world.ground import places
from phonofilm.engines.stage.world.noise import source, step, value
from phonofilm.engines.stage.world.pane import EYE, Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.shapes import ink
from phonofilm.engines.stage.world.sky import paint_sky
from phonofilm.engines.stage.world.water import joined, mirror_ply, surface

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
_STONES = ("#6d7480", "#7d7a78", "#5d6b7d", "#84786d", "#66707a", "#8a8f96")
_LAMPS = ("#ffd48a", "#ffe6ba", "#ffc46b", "#fff1d6", "#cfe2ff")
#: (distance m, tallest m, chance of a tower, share of lit windows)
_ROWS = ((1500.0, 330.0, 0.20, 0.34), (900.0, 190.0, 0.16, 0.42), (520.0, 92.0, 0.10, 0.50))


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """A skyline across a river, far to near."""
    back = _skyline(air, seed, 0.0)
    return (
        *back,
        mirror_ply(back, seed + 61, 0.62 + 0.5 * air.wind, 600.0),
        Ply(name="river and quay", kind="ground", paint=lambda p: _river(air, seed, p)),
        Ply(name="rail", kind="card", distance=8.6, bottom=-0.19, top=-0.055, paint=lambda p: _rail(air, p, 8.6)),
    )


def bridge(air: Air, seed: int) -> tuple[Ply, ...]:
    """The river with a suspension bridge over it, far to near."""
    span = Ply(name="bridge", kind="card", distance=300, bottom=-0.01, top=0.26, paint=lambda p: _bridge(air, p, 300))
    back = (*_skyline(air, seed, 0.0), span)
    return (
        *back[:-1],
        mirror_ply(back, seed + 61, 0.62 + 0.5 * air.wind, 450.0),
        Ply(name="river and quay", kind="ground", paint=lambda p: _river(air, seed, p)),
        span,
        Ply(name="rail", kind="card", distance=8.6, bottom=-0.19, top=-0.055, paint=lambda p: _rail(air, p, 8.6)),
    )


def rooftop(air: Air, seed: int) -> tuple[Ply, ...]:
    """The skyline from a roof high above it, far to near."""
    return (
        *_skyline(air, seed, 60.0),
        Ply(name="roof", kind="ground", bottom=-3, top=-EYE / 9.0, paint=lambda p: _roof(air, seed, p)),
        Ply(name="parapet", kind="card", distance=9.0, bottom=-EYE / 9.0, top=-0.055, paint=lambda p: _parapet(air, seed, p)),
        Ply(name="string of lamps", kind="card", distance=7.0, bottom=0.1, top=0.5, paint=lambda p: _string(air, p, 7.0)),
    )


def _skyline(air: Air, seed: int, above: float) -> tuple[Ply, ...]:
    rows = [
        Ply(
            name=f"buildings {round(d)}", kind="card", distance=d, bottom=-(EYE + above) / d - 0.001, top=(tall + 60) / d,
            paint=lambda p, d=d, tall=tall, tower=tower, lit=lit: _buildings(air, seed + round(d), p, d, tall, tower, lit, above),
        )
        for d, tall, tower, lit in _ROWS
    ]  # fmt: skip
    sky = Ply(name="sky", kind="sky", detail=0.6, paint=lambda p: paint_sky(air, seed, p))
    if not above:
        return sky, *rows
    roofs = Ply(name="roofs", kind="card", distance=290, bottom=-0.75, top=0.0, paint=lambda p: _roofs(air, seed + 290, p, above))
    return sky, *rows, roofs


def _roofs(air: Air, seed: int, pane: Pane, above: float) -> U8:
    """The nearest blocks, seen from above: their upper floors, and the glow of the streets between them."""
    drawn = _buildings(air, seed, pane, 290.0, 42.0, 0.0, 0.5, above)
    street = mix(air.far(air.tint(rgb("#5d6470"), 0.3), 500), rgb("#d98a4a"), 0.30 * air.dark)
    base = np.array(mix(mix(street, (0.05, 0.05, 0.07), 0.35), air.haze, 0.12), np.float32) * np.ones((pane.height, pane.width, 1), np.float32)
    ground = layered(base, 1 - step(-0.235, -0.165, np.broadcast_to(pane.ys(), base.shape[:2])), seed)
    keep = 255 - drawn[..., 3:].astype(np.uint16)
    return (drawn + (ground * keep + 127) // 255).astype(np.uint8)


def _buildings(air: Air, seed: int, pane: Pane, distance: float, tall: float, towers: float, lit_share: float, above: float) -> U8:
    """One row of buildings, side by side, with light and shaded faces and windows."""
    numbers = source(seed, "row")
    pixels, canvas = pane.canvas()
    glow = np.zeros((pane.height, pane.width, 3), np.float32)
    foot = -(EYE + above) / distance
    x = -3.2
    base_reach = max(1600.0, 0.55 * air.sight)
    while x < 3.2:
        metres = float(numbers.uniform(16, 40))
        tower = numbers.uniform() < towers
        centre = 1.0 + 0.55 * float(np.exp(-(((x - 0.12) / 0.5) ** 2)))
        height = tall * (float(numbers.uniform(0.62, 1.0)) if tower else float(numbers.uniform(0.16, 0.46))) * centre / 1.3
        w, h = metres / distance, height / distance
        colour = rgb(_STONES[int(numbers.integers(len(_STONES)))])
        roof = int(numbers.integers(5))
        shape_seed = int(numbers.integers(1 << 30))
        if x + w > pane.left - 0.02 and x < pane.right + 0.02:
            _building(air, pane, canvas, pixels, glow, (x, foot, w, h), colour, distance, roof, shape_seed, lit_share, base_reach)
        x += w * float(numbers.uniform(0.80, 1.02)) + (float(numbers.uniform(0, 10)) / distance if numbers.uniform() < 0.3 else 0.0)
    return _shine(pixels, glow, pane, distance)


def _building(
    air: Air, pane: Pane, canvas: object, pixels: U8, glow: F32, box: tuple[float, float, float, float], colour: Rgb, distance: float,
    roof: int, seed: int, lit_share: float, reach: float,
) -> None:  # fmt: skip
    numbers = source(seed, "building")
    x, foot, w, h = box
    veil = min(0.90, 1 - float(np.exp(-distance / reach * 0.55)) + 0.5 * air.veil(distance))

    def seen(tone: Rgb) -> Rgb:
        return mix(tone, air.haze, veil)

    bright, dark = seen(air.tint(colour, 0.75)), seen(air.tint(colour, 0.10))
    side = 1.0 if air.sun[0] >= 0 else -1.0
    split = x + w * (0.64 if side < 0 else 0.36)
    steps = [(0.0, 1.0, 1.0)] if roof != 2 else [(0.0, 0.72, 1.0), (0.72, 0.9, 0.72), (0.9, 1.0, 0.46)]
    draw: skia.Canvas = canvas  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    for low, high, wide in steps:
        left, right = x + w * (1 - wide) / 2, x + w * (1 + wide) / 2
        bottom, top = foot + h * low, foot + h * high
        middle = min(max(split, left), right)
        draw.drawRect(skia.Rect.MakeLTRB(left, bottom, middle + 1e-4, top), ink(dark if side > 0 else bright))
        draw.drawRect(skia.Rect.MakeLTRB(middle, bottom, right, top), ink(bright if side > 0 else dark))
    crown = foot + h
    if roof == 1:
        draw.drawRect(skia.Rect.MakeLTRB(x + 0.3 * w, crown, x + 0.62 * w, crown + 0.06 * h), ink(dark))
    if roof in (2, 3) and h * distance > 80:
        draw.drawRect(skia.Rect.MakeLTRB(x + 0.492 * w, crown, x + 0.508 * w, crown + 0.16 * h), ink(dark))
        if air.lamps > 0.4:
            _spot(glow, pane, x + 0.5 * w, crown + 0.16 * h, rgb("#ff5a4a"), 0.8)
    _windows(air, pane, pixels, glow, (x, foot, w, h), steps, numbers, distance, lit_share * air.lamps, veil)


def _windows(
    air: Air, pane: Pane, pixels: U8, glow: F32, box: tuple[float, float, float, float], steps: list[tuple[float, float, float]],
    numbers: np.random.Generator, distance: float, lit_share: float, veil: float,
) -> None:  # fmt: skip
    """Windows on the grid of floors: by day a little darker or lighter than the wall, by night some of them lit."""
    x, foot, w, h = box
    floor, bay = 3.6 / distance * float(numbers.uniform(0.95, 1.25)), 3.2 / distance * float(numbers.uniform(0.8, 1.9))
    rows, columns = int(h / floor), int(w / bay)
    if rows < 2 or columns < 2 or floor * pane.scale < 2.2:
        return
    bay = w / columns
    lit = numbers.uniform(0, 1, (rows, columns)) < lit_share * numbers.uniform(0.35, 1.2)
    # whole floors of an office stay lit or dark
    lit &= numbers.uniform(0, 1, (rows, 1)) < 0.84
    power = numbers.uniform(0.35, 1.0, (rows, columns))
    tone = numbers.integers(0, len(_LAMPS), (rows, columns))
    lamps = np.array([rgb(c) for c in _LAMPS], np.float32)
    glass = np.array(mix(air.above(np.array([0.35], np.float32))[0].tolist(), air.haze, veil), np.float32)
    narrow, tall = (0.62, 0.55) if int(numbers.integers(3)) else (0.86, 0.42)
    for r in range(rows):
        y0 = foot + (r + 0.5 - tall / 2) * floor
        share = (r + 0.5) / rows
        wide = next((s[2] for s in steps if s[0] <= share < s[1] or s[1] == 1.0), 1.0)
        py1, py0 = (pane.top - y0) * pane.scale, (pane.top - y0 - tall * floor) * pane.scale
        iy0, iy1 = max(0, round(py0)), min(pane.height, max(round(py0) + 1, round(py1)))
        if iy1 <= iy0:
            continue
        for c in range(columns):
            cx = x + (c + 0.5) * bay
            if abs(cx - (x + w / 2)) > w * wide / 2 - 0.5 * bay * narrow:
                continue
            px0, px1 = (cx - narrow * bay / 2 - pane.left) * pane.scale, (cx + narrow * bay / 2 - pane.left) * pane.scale
            ix0, ix1 = max(0, round(px0)), min(pane.width, max(round(px0) + 1, round(px1)))
            if ix1 <= ix0:
                continue
            if lit[r, c]:
                glow[iy0:iy1, ix0:ix1] = lamps[tone[r, c]] * power[r, c] * (1 - 0.55 * veil)
            else:
                part = pixels[iy0:iy1, ix0:ix1, :3]
                part[:] = (part * 0.80 + glass * 255 * 0.20 * (1 - 0.75 * air.dark)).astype(np.uint8)


def _spot(glow: F32, pane: Pane, x: float, y: float, colour: Rgb, power: float) -> None:
    px, py = round((x - pane.left) * pane.scale), round((pane.top - y) * pane.scale)
    r = max(1, round(pane.scale / 1400))
    if 0 <= px - r and px + r < pane.width and 0 <= py - r and py + r < pane.height:
        glow[py - r : py + r + 1, px - r : px + r + 1] = np.array(colour, np.float32) * power


def _shine(pixels: U8, glow: F32, pane: Pane, distance: float) -> U8:
    """Lay lit windows and the air that shines around them over a drawn row."""
    if not glow.any():
        return pixels
    h, w = glow.shape[:2]
    small = cv2.resize(glow, (max(1, w // 2), max(1, h // 2)), interpolation=cv2.INTER_AREA)
    near = cv2.resize(cv2.GaussianBlur(small, (0, 0), 1.6 * pane.scale / 1900), (w, h))
    small = cv2.resize(small, (max(1, w // 8), max(1, h // 8)), interpolation=cv2.INTER_AREA)
    wide = cv2.resize(cv2.GaussianBlur(small, (0, 0), 3.2 * pane.scale / 1900), (w, h))
    lit = np.clip(glow * 0.9 + near * 0.8 + wide * 0.55, 0, 1.2)
    base = pixels[..., :3].astype(np.float32) / 255
    out = 1 - (1 - base) * (1 - np.clip(lit, 0, 1))
    alpha = np.maximum(pixels[..., 3].astype(np.float32) / 255, np.clip(0.8 * lit.max(axis=2), 0, 1) * 0.5)
    return np.dstack([np.minimum(out, alpha[..., None]) * 255 + 0.5, alpha * 255 + 0.5]).astype(np.uint8)


def _bridge(air: Air, pane: Pane, distance: float) -> U8:
    """A suspension bridge that crosses the picture, lamps along its deck."""
    pixels, canvas = pane.canvas()
    glow = np.zeros((pane.height, pane.width, 3), np.float32)
    tone = mix(air.tint(rgb("#7a4a40"), 0.35), air.haze, min(0.8, air.veil(distance) + 0.10))
    deck, top = 14.0 / distance, 68.0 / distance
    towers = (-0.44, 0.40)
    thin = max(0.6, 0.5) / distance
    span = towers[1] - towers[0]
    for t in towers:
        for leg in (-0.0075, 0.0075):
            canvas.drawRect(skia.Rect.MakeLTRB(t + leg - 0.0028, -EYE / distance - 0.004, t + leg + 0.0028, top), ink(tone))
        for y in (0.35, 0.62, 0.86):
            canvas.drawRect(skia.Rect.MakeLTRB(t - 0.009, deck + (top - deck) * y, t + 0.009, deck + (top - deck) * y + 0.007), ink(tone))
    canvas.drawRect(skia.Rect.MakeLTRB(-4, deck - 0.009, 4, deck), ink(tone))
    for start in (towers[0] - span, towers[0], towers[1]):
        xs = np.linspace(start, start + span, 60)
        u = (xs - start) / span * 2 - 1
        ys = deck + 0.01 + (top - deck - 0.012) * u * u
        path: skia.Path = skia.Path()
        path.moveTo(float(xs[0]), float(ys[0]))
        for x, y in zip(xs[1:], ys[1:], strict=True):
            path.lineTo(float(x), float(y))
        canvas.drawPath(path, ink(tone, stroke=1.7 * thin))
        for x, y in zip(xs[::2], ys[::2], strict=True):
            canvas.drawLine(float(x), deck, float(x), float(y), ink(tone, 0.8, stroke=0.45 * thin))
    if air.lamps > 0.3:
        for x in np.arange(-2.0, 2.0, 0.028):
            _spot(glow, pane, float(x), deck + 0.006, rgb("#ffd9a0"), air.lamps)
        for t in towers:
            _spot(glow, pane, t, top, rgb("#ff5a4a"), 0.9)
    return _shine(pixels, glow, pane, distance)


def _river(air: Air, seed: int, pane: Pane) -> U8:
    """The river, and the paved quay before it."""
    water, cover = surface(air, seed + 61, pane, rgb("#123a4c"))
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    quay = 1 - step(8.9, 9.1, z)
    paving = np.array(air.tint(rgb("#8b8984") if not air.white else rgb("#dfe4ec"), 0.5), np.float32) * paving_tone(seed, x, z)[..., None]
    return joined(water, cover, np.clip(paving, 0, 1), quay, 0.08 + 0.34 * air.wet)


def paving_tone(seed: int, x: F32, z: F32, slab: float = 0.9) -> F32:
    """Slabs of stone with joints: 0.6 … 1.1."""
    row = np.floor(z / slab)
    shifted = x / slab + 0.5 * np.mod(row, 2)
    each = value(seed + 71, np.floor(shifted) * 3.7 + 0.5, row * 5.3 + 0.5)
    joint_x, joint_z = np.abs(shifted - np.floor(shifted) - 0.5), np.abs(z / slab - row - 0.5)
    blur = np.clip(z * z / 1.6 / 1900 / slab * 2.2, 0.006, 0.5)
    joint = np.maximum(step(0.488, 0.5, joint_x), ((joint_z - (0.497 - blur)) / (blur + 0.002)).clip(0, 1)) * np.clip(1.25 - z / 11, 0, 1)
    return ((0.86 + 0.20 * each + 0.06 * value(seed + 72, x / np.float32(0.07), z / np.float32(0.07))) * (1 - 0.34 * joint)).astype(np.float32)


def _rail(air: Air, pane: Pane, distance: float) -> U8:
    """A railing along the edge of the quay."""
    pixels, canvas = pane.canvas()
    tone = air.tint(rgb("#2d3238"), 0.4)
    light = air.tint(rgb("#8c96a0"), 0.8)
    foot, top = -EYE / distance, -(EYE - 1.06) / distance
    for x in np.arange(-2.4, 2.4, 1.6 / distance):
        canvas.drawRect(skia.Rect.MakeLTRB(float(x) - 0.025 / distance, foot, float(x) + 0.025 / distance, top), ink(tone))
    for share, thick in ((1.0, 0.055), (0.66, 0.022), (0.33, 0.022)):
        y = foot + (top - foot) * share
        canvas.drawRect(skia.Rect.MakeLTRB(-3, y - thick / distance, 3, y), ink(tone))
        canvas.drawRect(skia.Rect.MakeLTRB(-3, y - 0.25 * thick / distance, 3, y), ink(light, 0.7))
    return pixels


def _roof(air: Air, seed: int, pane: Pane) -> U8:
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    board = np.floor(x / 0.14)
    each = value(seed + 81, board * 2.7 + 0.5, np.floor((z + board * 0.37) / 2.4) + 0.5)
    gap = step(0.44, 0.5, np.abs(x / 0.14 - board - 0.5)) * np.clip(1.2 - z / 9, 0, 1)
    grain = value(seed + 82, x / np.float32(0.02), z / np.float32(0.5))
    tone = (0.78 + 0.26 * each + 0.10 * (grain - 0.5)) * (1 - 0.5 * gap)
    wood = rgb("#8a6a4e") if not air.white else rgb("#d9dde4")
    colour = np.array(air.tint(wood, 0.5), np.float32) * tone[..., None]
    sheen = air.above(np.broadcast_to(0.10 - pane.ys() * 0.6, x.shape).astype(np.float32))
    share = 0.06 + 0.40 * air.wet
    warm = 0.20 * air.lamps * np.exp(-((x / 3.5) ** 2) - ((z - 5.5) / 3.0) ** 2)
    colour = colour * (1 - share) + sheen * share + warm[..., None] * np.array(rgb("#ffb868"), np.float32)
    return layered(np.clip(colour, 0, 1).astype(np.float32), None, seed)


def _parapet(air: Air, seed: int, pane: Pane) -> U8:
    """A low wall with a glass balustrade's rail and planters."""
    pixels, canvas = pane.canvas()
    d = 9.0
    wall, top = air.tint(rgb("#5f5c5c"), 0.3), air.tint(rgb("#9a9694"), 0.7)
    foot = -EYE / d
    canvas.drawRect(skia.Rect.MakeLTRB(-4, foot, 4, foot + 0.46 / d), ink(wall))
    canvas.drawRect(skia.Rect.MakeLTRB(-4, foot + 0.43 / d, 4, foot + 0.48 / d), ink(top))
    numbers = source(seed, "planters")
    for side in (-1, 1):
        for k in range(3):
            x = side * (0.34 + 0.22 * k)
            canvas.drawRect(skia.Rect.MakeLTRB(x - 0.07, foot + 0.04 / d, x + 0.07, foot + 0.42 / d), ink(air.tint(rgb("#3c3a3a"), 0.3)))
            for _ in range(60):
                a = float(numbers.uniform(-1, 1))
                green = mix(air.tint(rgb("#2f4a2c"), 0.2), air.tint(rgb("#86a24e"), 0.9), float(numbers.uniform()))
                canvas.drawCircle(x + 0.066 * a, foot + (0.46 + 0.28 * float(numbers.uniform(0, 1)) * (1 - a * a)) / d, 0.0055, ink(green))
    return pixels


def _string(air: Air, pane: Pane, distance: float) -> U8:
    """Bulbs on wires over the roof."""
    pixels, canvas = pane.canvas()
    glow = np.zeros((pane.height, pane.width, 3), np.float32)
    soft = np.zeros((pane.height, pane.width), np.float32)
    for k, (high, sag) in enumerate(((0.27, 0.07), (0.36, 0.09))):
        xs = np.linspace(-1.6, 1.6, 121) + 0.11 * k
        span = 0.8
        u = np.mod(xs + 0.4, span) / span * 2 - 1
        ys = high - sag * (1 - u * u)
        path: skia.Path = skia.Path()
        path.moveTo(float(xs[0]), float(ys[0]))
        for x, y in zip(xs[1:], ys[1:], strict=True):
            path.lineTo(float(x), float(y))
        canvas.drawPath(path, ink(air.tint(rgb("#1c1c1f"), 0.3), stroke=0.0016))
        for x, y in zip(xs[::4], ys[::4], strict=True):
            canvas.drawCircle(float(x), float(y) - 0.006, 0.0058, ink(mix(air.tint(rgb("#d8d2c4"), 0.6), rgb("#ffe2ae"), air.lamps)))
            if air.lamps > 0.3:
                _spot(glow, pane, float(x), float(y) - 0.006, rgb("#ffcf86"), 1.0 * air.lamps)
                soft += air.lamps * np.exp(-np.hypot(pane.xs() - x, pane.ys() - y + 0.006) / 0.016)
    shone = _shine(pixels, glow, pane, distance)
    halo = np.clip(soft * 0.55, 0, 1)[..., None] * np.array(rgb("#ffb868"), np.float32)
    return np.dstack(
        [np.clip(shone[..., :3] + halo * 255, 0, 255).astype(np.uint8), np.maximum(shone[..., 3], (halo[..., 0] * 120).astype(np.uint8))]
    )
