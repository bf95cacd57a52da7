"""A stage: a dark hall, a curtain, beams of light in haze that sweep slowly, a floor that mirrors them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import Rgb, mix, rgb
from phonofilm.engines.stage.world.ground import places
from phonofilm.engines.stage.world.noise import fbm, step, value
from phonofilm.engines.stage.world.pane import EYE, Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.engines.stage.world.shapes import ink

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
_BACK = 11.0
_SETS = (("#4f7bff", "#c24bff"), ("#ffb45a", "#ff5a6a"), ("#35d6e0", "#6a5aff"))
#: lamps on the truss: metres to the right, where each points on the floor, which colour, which of three sweeps
_LAMPS = ((-5.4, -1.2, 0, 0), (-3.6, 2.4, 1, 1), (-1.8, -2.8, 0, 2), (0.0, 0.0, 2, 0), (1.8, 2.8, 0, 1), (3.6, -2.4, 1, 2), (5.4, 1.2, 0, 0))
_TRUSS = 4.15


def plies(air: Air, seed: int, tones: Sequence[Rgb] = ()) -> tuple[Ply, ...]:
    """The layers, far to near. ``tones`` are the colours of the light, if any were asked for."""
    first, second = _SETS[seed % len(_SETS)]
    colours = (tones[0] if tones else rgb(first), tones[1] if len(tones) > 1 else rgb(second), (1.0, 0.93, 0.82))
    sweeps = tuple(
        Ply(
            name=f"beams {k}", kind="card", distance=9.0, detail=0.35, glow=True, pulse=(0.55, 3.4 + 0.9 * k, 0.33 * k), drift=0.0,
            paint=lambda p, k=k: _beams(seed, p, colours, k),
        )
        for k in range(3)
    )  # fmt: skip
    return (
        Ply(name="hall", kind="card", distance=_BACK, paint=lambda p: _curtain(air, seed, p, colours)),
        Ply(name="floor", kind="ground", top=-EYE / (_BACK + 0.05), paint=lambda p: _floor(seed, p, colours)),
        Ply(name="truss", kind="card", distance=9.0, bottom=0.2, paint=lambda p: _truss(p, colours)),
        *sweeps,
        Ply(name="haze", kind="card", distance=7.0, detail=0.25, glow=True, drift=0.10, paint=lambda p: _haze(seed, p, colours)),
    )


def _curtain(air: Air, seed: int, pane: Pane, colours: Sequence[Rgb]) -> U8:
    x, y = pane.xs() * _BACK, pane.ys() * _BACK + EYE
    wave = np.sin(x * 5.2 + 1.6 * value(seed, x * 0.7, x * 0)) + 0.35 * np.sin(x * 11.7 + 2.0)
    fold = np.clip(0.5 + 0.5 * wave, 0, 1) ** 1.4
    pool_a = np.exp(-(((x + 3.2) / 2.6) ** 2) - ((y - 1.0) / 2.6) ** 2)
    pool_b = np.exp(-(((x - 3.2) / 2.6) ** 2) - ((y - 1.0) / 2.6) ** 2)
    pool_c = np.exp(-((x / 2.2) ** 2) - ((y - 2.2) / 2.4) ** 2)
    base = np.array(mix(rgb("#17131c"), colours[1], 0.06), np.float32)
    a, b, c = (np.array(t, np.float32) for t in colours)
    lit = 0.50 * pool_a[..., None] * a + 0.50 * pool_b[..., None] * b + 0.30 * pool_c[..., None] * (0.5 * a + 0.5 * b)
    colour = base * (0.4 + 0.8 * fold[..., None]) + lit * (0.18 + 0.75 * fold[..., None])
    colour = colour * (0.35 + 0.65 * np.exp(-np.maximum(y - 3.4, 0) / 2.2))[..., None]
    glow = np.exp(-np.maximum(y, 0) / 0.5)[..., None] * 0.10
    del air
    return layered(np.clip(colour + glow * (a + b) / 2 + 0 * c, 0, 1).astype(np.float32), None, seed)


def _truss(pane: Pane, colours: Sequence[Rgb]) -> U8:
    pixels, canvas = pane.canvas()
    d = 9.0
    dark = rgb("#15161b")
    y0, y1 = (_TRUSS - EYE) / d, (_TRUSS + 0.4 - EYE) / d
    for y in (y0, y1):
        canvas.drawRect(skia.Rect.MakeLTRB(-4, y - 0.005, 4, y + 0.005), ink(dark))
    for k in range(-40, 40):
        x = 0.055 * k
        canvas.drawLine(x, y0, x + 0.0275, y1, ink(dark, stroke=0.004))
        canvas.drawLine(x + 0.0275, y1, x + 0.055, y0, ink(dark, stroke=0.004))
    for at, _, tone, _ in _LAMPS:
        x = at / d
        canvas.drawRect(skia.Rect.MakeLTRB(x - 0.016, y0 - 0.05, x + 0.016, y0), ink(dark))
        canvas.drawCircle(x, y0 - 0.052, 0.017, ink(dark))
        canvas.drawCircle(x, y0 - 0.056, 0.012, ink(mix(colours[tone], (1, 1, 1), 0.65)))
    return pixels


def _beams(seed: int, pane: Pane, colours: Sequence[Rgb], sweep: int) -> U8:
    """Cones of light from the lamps of one sweep, in smoke."""
    x, y = pane.xs() * 9.0, pane.ys() * 9.0 + EYE
    smoke = 0.62 + 0.75 * (fbm(seed + 3 + sweep, x * 0.5, y * 0.5, 3) - 0.3)
    out = np.zeros((pane.height, pane.width, 3), np.float32)
    top = _TRUSS - 0.5
    for at, aim, tone, which in _LAMPS:
        if which != sweep:
            continue
        down = np.clip((top - y) / top, 0, 1.4)
        centre = at + (aim - at) * down
        wide = 0.10 + (0.85 if tone < 2 else 1.15) * down
        cone = np.exp(-(((x - centre) / wide) ** 2)) * step(-0.01, 0.03, top - y) * np.exp(-down * 0.95)
        core = np.exp(-(((x - centre) / (0.4 * wide)) ** 2)) * step(-0.01, 0.03, top - y) * np.exp(-down * 2.0)
        lens = np.exp(-np.hypot(x - at, y - top) / 0.16)
        out += ((0.46 * cone + 0.30 * core) * smoke + 0.9 * lens)[..., None] * np.array(colours[tone], np.float32)
    return layered(np.clip(out, 0, 1), np.ones(out.shape[:2], np.float32), seed)


def _floor(seed: int, pane: Pane, colours: Sequence[Rgb]) -> U8:
    x, z = places(pane)
    z = np.broadcast_to(z, x.shape)
    board = np.floor(x / 0.6)
    joint = step(0.485, 0.5, np.abs(x / 0.6 - board - 0.5)) * np.clip(1.1 - z / 10, 0, 1)
    each = value(seed + 5, board * 3.1 + 0.5, np.floor(z / 1.2) + 0.5)
    base = np.array(rgb("#16151b"), np.float32) * (0.8 + 0.4 * each * (1 - 0.6 * joint))[..., None]
    out = base
    for _, aim, tone, _ in _LAMPS:
        pool = np.exp(-(((x - aim) / 1.3) ** 2) - ((z - 7.2) / 2.0) ** 2)
        streak = np.exp(-(((x / np.maximum(z, 0.5) - aim / 9.0) / 0.055) ** 2)) * np.exp(-np.maximum(_BACK - z, 0) / 5.5)
        out = out + ((0.24 * pool + 0.15 * streak) * (0.75 + 0.5 * each))[..., None] * np.array(colours[tone], np.float32)
    edge = np.exp(-np.maximum(_BACK - z, 0) / 0.7)[..., None] * 0.16
    out = out + edge * (np.array(colours[0], np.float32) + np.array(colours[1], np.float32)) / 2
    return layered(np.clip(out, 0, 1).astype(np.float32), None, seed)


def _haze(seed: int, pane: Pane, colours: Sequence[Rgb]) -> U8:
    x, y = pane.xs() * 7.0, pane.ys() * 7.0 + EYE
    drift = np.clip(fbm(seed + 9, x * 0.35, y * 0.6, 4) - 0.42, 0, 1) * np.exp(-np.maximum(y, 0) / 1.5) * 0.6
    left = step(-3.0, 3.0, np.broadcast_to(x, drift.shape))[..., None]
    tone = np.array(colours[0], np.float32) * (1 - left) + np.array(colours[1], np.float32) * left
    return layered((drift[..., None] * tone * 0.7).astype(np.float32), np.ones(drift.shape, np.float32), seed)
