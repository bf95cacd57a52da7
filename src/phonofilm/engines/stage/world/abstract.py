"""No place at all: soft fields of colour that drift past each other, for words that name nothing that is drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.air import Air
from phonofilm.engines.stage.world.colour import Rgb, mix
from phonofilm.engines.stage.world.noise import fbm, source
from phonofilm.engines.stage.world.pane import Pane, layered
from phonofilm.engines.stage.world.place import Ply

U8 = NDArray[np.uint8]


def plies(air: Air, seed: int) -> tuple[Ply, ...]:
    """The layers, far to near; the colours are those of the hour's sky."""
    tones = [air.above(np.array([h], np.float32))[0] for h in (0.02, 0.2, 0.45, 0.8)]
    colours: list[Rgb] = [(float(t[0]), float(t[1]), float(t[2])) for t in tones]
    return (
        Ply(name="field", kind="sky", detail=0.4, paint=lambda p: _field(seed, p, colours)),
        Ply(name="far light", kind="card", distance=30, detail=0.25, glow=True, drift=0.45, paint=lambda p: _orbs(seed + 1, p, colours, 0.34, 9)),
        Ply(name="near light", kind="card", distance=9, detail=0.25, glow=True, drift=-0.16, paint=lambda p: _orbs(seed + 2, p, colours, 0.16, 12)),
    )


def _field(seed: int, pane: Pane, colours: list[Rgb]) -> U8:
    x, y = pane.xs(), pane.ys()
    low, middle, high, top = (np.array(c, np.float32) for c in colours)
    bend = fbm(seed, x * 0.9 + 3, y * 0.9, 3)
    t = np.clip(0.5 + 0.75 * y + 0.55 * (bend - 0.5) + 0.25 * x, 0, 1)[..., None]
    colour = np.where(t < 0.5, middle + (high - middle) * 2 * t, high + (top - high) * (2 * t - 1))
    warm = np.exp(-((x + 0.35) ** 2 + (y + 0.28) ** 2) / 0.22)[..., None]
    return layered(np.clip(colour * 0.92 + (low - colour) * 0.6 * warm, 0, 1), None, seed)


def _orbs(seed: int, pane: Pane, colours: list[Rgb], size: float, many: int) -> U8:
    numbers = source(seed, "orbs")
    x, y = pane.xs(), pane.ys()
    out = np.zeros((pane.height, pane.width, 3), np.float32)
    for _ in range(many):
        cx, cy, r = float(numbers.uniform(-1.4, 1.4)), float(numbers.uniform(-0.5, 0.5)), size * float(numbers.uniform(0.35, 1.0))
        tone = mix(colours[int(numbers.integers(3))], (1.0, 1.0, 1.0), 0.2)
        spot = np.exp(-((((x - cx) ** 2 + (y - cy) ** 2) / (r * r)) ** 1.6))
        out += (0.16 * spot * float(numbers.uniform(0.4, 1.0)))[..., None] * np.array(tone, np.float32)
    return layered(np.clip(out, 0, 1), np.ones(out.shape[:2], np.float32), seed)
