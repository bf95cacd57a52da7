"""A studio: a seamless sweep of paper with a pool of light on the wall and a floor that runs out of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.world.colour import Rgb, encoded, known, linear, luma, mix, rgb
from phonofilm.engines.stage.world.noise import dithered, step

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]

#: how a mood or light word changes the sweep: (paper colour where none is named, light on the wall, its warmth -1…1, vignette 0…1, pool size)
MOODS: dict[str, tuple[str, float, float, float, float]] = {
    "": ("#c9ccd1", 1.0, 0.0, 0.45, 1.0),
    "soft": ("#d9d6d2", 1.05, 0.1, 0.3, 1.3),
    "bright": ("#e9eaec", 1.15, 0.0, 0.2, 1.5),
    "clean": ("#ececee", 1.15, 0.0, 0.2, 1.5),
    "warm": ("#d8c3a8", 1.0, 0.55, 0.45, 1.0),
    "cool": ("#aebbc9", 1.0, -0.5, 0.45, 1.0),
    "dramatic": ("#3b3e46", 0.9, 0.1, 0.85, 0.7),
    "dark": ("#2b2d33", 0.8, 0.0, 0.85, 0.75),
    "moody": ("#34363f", 0.85, -0.1, 0.8, 0.75),
    "luxury": ("#2a2522", 0.95, 0.35, 0.85, 0.7),
    "elegant": ("#4a433d", 0.95, 0.3, 0.7, 0.85),
    "neon": ("#241f3a", 0.9, -0.2, 0.8, 0.7),
    "night": ("#1f2533", 0.8, -0.35, 0.85, 0.7),
    "evening": ("#a8896e", 0.95, 0.6, 0.6, 0.9),
    "golden": ("#cfae7f", 1.0, 0.7, 0.5, 1.0),
    "candle": ("#4a3324", 0.85, 0.9, 0.85, 0.6),
    "cinematic": ("#4c525c", 0.95, 0.1, 0.7, 0.85),
}


def studio_backdrop(colours: Sequence[str], mood: str, width: int, height: int, *, floor: float = 0.30) -> U8:
    """A sweep u8[h w 3] sRGB. ``colours``: words or #rrggbb, the first is the paper, the second the light behind; ``mood``: words of light or mood.

    ``floor`` is the share of the height below the (invisible) bend.
    """
    given = known(colours)
    paper = paper_of(colours, mood)
    light, level, vignette, pool = light_of(mood)
    accent = given[1] if len(given) > 1 else None
    # the long side is the unit, so that the pool is round at any shape of the film
    unit = max(width, height)
    x = ((np.arange(width, dtype=np.float32) + 0.5) / unit - 0.5 * width / unit)[None, :]
    y = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
    v = y * height / unit
    bend = 1.0 - floor
    centre = (bend - 0.27) * height / unit
    distance = np.sqrt((x / (0.36 * pool)) ** 2 + ((v - centre) / (0.26 * pool)) ** 2)
    wall = 0.42 + 0.75 * np.exp(-0.9 * distance * distance) + 0.12 * np.exp(-((x / 0.8) ** 2))
    # the floor: lit from above in front, darker in the bend where little light falls, lighter towards the viewer's lamp
    depth = np.clip((y - bend) / floor, 0, 1)
    spill = np.exp(-((x / (0.34 * pool + 0.16 * depth)) ** 2))
    ground = 0.52 + 0.45 * spill * (1 - 0.55 * depth) - 0.12 * depth
    share = step(bend - 0.11, bend + 0.13, y.astype(np.float32))
    lit = wall * (1 - share) + ground * share
    lit = lit * (1 - 0.10 * np.exp(-(((y - bend) / 0.07) ** 2)))
    edge = np.sqrt((x / (0.62 * width / unit)) ** 2 + ((y - 0.5) / 0.72) ** 2)
    lit = lit * (1 - vignette * step(0.45, 1.25, np.broadcast_to(edge, (height, width)).astype(np.float32)))
    colour = linear(np.array(paper, np.float32)) * linear(np.array(light, np.float32))
    # paper under strong light loses some of its colour, in the dark it gains some
    out = colour * (lit * level)[..., None] + 0.05 * step(0.5, 1.3, lit)[..., None] * linear(np.array(light, np.float32))
    if accent is not None:
        glow = 0.55 * np.exp(-1.4 * distance * distance) * (1 - share)
        out = out * (1 - 0.75 * glow[..., None]) + linear(np.array(accent, np.float32)) * (glow * (0.85 if luma(paper) < 0.5 else 0.7))[..., None]
    return dithered(encoded(_shoulder(out.astype(np.float32))), 7)


def paper_of(colours: Sequence[str], mood: str) -> Rgb:
    """The set's own colour: the first that is given, else the mood's."""
    given = known(colours)
    return given[0] if given else rgb(_mood(mood)[0])


def light_of(mood: str) -> tuple[Rgb, float, float, float]:
    """The light's colour and level, how much darker the corners are (0…1), and the size of its pool, by words of mood or light."""
    _, level, warmth, vignette, pool = _mood(mood)
    warm_light: Rgb = (1.0, 0.86 - 0.1 * max(warmth, 0), 0.70 - 0.2 * max(warmth, 0)) if warmth > 0 else (0.80, 0.9, 1.0)
    return mix((1.0, 1.0, 1.0), warm_light, abs(warmth)), level, vignette, pool


def _mood(mood: str) -> tuple[str, float, float, float, float]:
    words = mood.lower().replace("-", " ").replace("_", " ").split()
    return next((MOODS[w] for w in words if w in MOODS), MOODS[""])


def _shoulder(values: F32) -> F32:
    """Highlights roll off instead of clipping."""
    return np.where(values > 0.72, 0.72 + 0.28 * np.tanh((values - 0.72) / 0.28), values).astype(np.float32)
