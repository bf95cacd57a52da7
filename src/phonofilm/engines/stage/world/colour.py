"""Colours: names in words, sRGB triples 0…1, and mixing that does not turn to mud (Oklab, Ottosson 2020)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
Rgb = tuple[float, float, float]

#: what a person means by a colour word when it is a wall, a light or a mark
NAMED = {
    "red": "#d63a32", "crimson": "#b3202e", "maroon": "#6e1f2a", "orange": "#f0862b", "amber": "#f5a623", "gold": "#d9a93f", "golden": "#d9a93f",
    "yellow": "#f4cf3f", "lime": "#a8d83c", "green": "#3f9b57", "emerald": "#1f8f6b", "olive": "#7c7f3a", "mint": "#a7e0c8", "teal": "#1f8a8f",
    "turquoise": "#39bfc2", "cyan": "#35c5e0", "sky": "#8cc8f0", "azure": "#3f9bf0", "blue": "#2f6fd6", "navy": "#1c2f5c", "indigo": "#3d3a8f",
    "violet": "#7a55c7", "purple": "#7a3fa8", "lavender": "#b9a7e0", "magenta": "#d13c9c", "pink": "#f19ab8", "rose": "#e27a92", "coral": "#f2785c",
    "peach": "#f7bd97", "salmon": "#f0917c", "brown": "#7d5538", "beige": "#dccdb4", "cream": "#f3ead6", "ivory": "#f5f0e1", "tan": "#c8a47a",
    "white": "#f4f4f2", "silver": "#c3c7cc", "grey": "#8a8d92", "gray": "#8a8d92", "charcoal": "#3a3d42", "black": "#17181b", "bronze": "#a5713d",
    "copper": "#b8703f", "pastel": "#e8d5e2", "neon": "#38f5c8",
}  # fmt: skip
_HEX = re.compile(r"#?([0-9a-fA-F]{6})\Z")


def rgb(code: str) -> Rgb:
    """A triple 0…1 of ``#rrggbb``."""
    code = code.lstrip("#")
    return int(code[0:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:6], 16) / 255


def named(word: str) -> Rgb | None:
    """The colour that a word (``warm blue``, ``#ffcc00``) names; None if it names none."""
    word = word.strip().lower()
    if _HEX.match(word):
        return rgb(word)
    base = next((NAMED[w] for w in reversed(re.split(r"[\s_-]+", word)) if w in NAMED), None)
    if base is None:
        return None
    colour = rgb(base)
    if "light" in word or "pale" in word or "pastel" in word:
        return mix(colour, (1.0, 1.0, 1.0), 0.45)
    if "dark" in word or "deep" in word:
        return mix(colour, (0.0, 0.0, 0.0), 0.4)
    return colour


def known(words: Sequence[str]) -> tuple[Rgb, ...]:
    """The colours among the words, in order."""
    return tuple(c for c in map(named, words) if c is not None)


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """``a`` at 0, ``b`` at 1, through Oklab."""
    mixed = oklab(np.array([a], np.float32)) * (1 - share) + oklab(np.array([b], np.float32)) * share
    out = srgb(mixed.astype(np.float32))[0]
    return float(out[0]), float(out[1]), float(out[2])


def scaled(a: Rgb, factor: float) -> Rgb:
    """A colour made brighter or darker, within 0…1."""
    return min(1.0, a[0] * factor), min(1.0, a[1] * factor), min(1.0, a[2] * factor)


def luma(a: Rgb) -> float:
    """Perceived lightness of a triple, 0…1 (Oklab L)."""
    return float(oklab(np.array([a], np.float32))[0, 0])


def linear(values: F32) -> F32:
    """sRGB 0…1 to linear light."""
    return np.where(values <= 0.04045, values / 12.92, ((np.maximum(values, 0) + 0.055) / 1.055) ** 2.4).astype(np.float32)


def encoded(values: F32) -> F32:
    """Linear light to sRGB 0…1."""
    v = np.maximum(values, 0)
    return np.clip(np.where(v <= 0.0031308, v * 12.92, 1.055 * v ** (1 / 2.4) - 0.055), 0, 1).astype(np.float32)


def tabled(curve: Callable[[F32], F32], values: F32) -> F32:
    """``curve`` (``linear``, ``encoded``) of values 0…1 out of a table of 65 536 steps: within a tenth of a level of 8 bits, quicker."""
    table = curve(np.linspace(0, 1, 65_536, dtype=np.float32))
    return table[(np.clip(values, 0, 1) * np.float32(65_535) + np.float32(0.5)).astype(np.uint16)]


_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]], np.float32
)
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]],
    np.float32,
)
_FROM_LAB = np.linalg.inv(_TO_LAB.astype(np.float64)).astype(np.float32)
_FROM_LMS = np.linalg.inv(_TO_LMS.astype(np.float64)).astype(np.float32)


def oklab(values: F32) -> F32:
    """sRGB [... 3] to Oklab."""
    return (np.cbrt(linear(values) @ _TO_LMS.T) @ _TO_LAB.T).astype(np.float32)


def srgb(lab: F32) -> F32:
    """Oklab [... 3] to sRGB, clipped."""
    return encoded(((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T).astype(np.float32))


def ramp(stops: Sequence[tuple[float, Rgb]], at: F32) -> F32:
    """Colours f32[... 3] of a smooth gradient at ``at``; ``stops`` are (position, colour) in rising order."""
    fine = np.linspace(stops[0][0], stops[-1][0], 512, dtype=np.float32)
    places = [s[0] for s in stops]
    lab = oklab(np.array([s[1] for s in stops], np.float32))
    table = srgb(np.stack([_monotone(places, lab[:, c], fine) for c in range(3)], axis=-1))
    spot = np.clip((at - fine[0]) / max(float(fine[-1] - fine[0]), 1e-6), 0, 1) * 511
    low = np.minimum(spot.astype(np.int32), 510)
    part = (spot - low)[..., None]
    return (table[low] * (1 - part) + table[low + 1] * part).astype(np.float32)


def _monotone(places: list[float], values: F32, fine: F32) -> F32:
    """Cubic interpolation that never overshoots (Fritsch and Butland), so that a gradient has neither kinks nor bands of its own."""
    x, y = np.asarray(places, np.float64), values.astype(np.float64)
    if len(x) == 1:
        return np.full(fine.shape, y[0], np.float32)
    h = np.diff(x)
    slope = np.diff(y) / h
    tangent = np.empty_like(y)
    tangent[0], tangent[-1] = slope[0], slope[-1]
    for i in range(1, len(x) - 1):
        a, b = slope[i - 1], slope[i]
        tangent[i] = 0.0 if a * b <= 0 else 3 * (h[i - 1] + h[i]) / ((2 * h[i] + h[i - 1]) / a + (h[i] + 2 * h[i - 1]) / b)
    i = np.clip(np.searchsorted(x, fine, side="right") - 1, 0, len(h) - 1)
    t = (fine - x[i]) / h[i]
    t2, t3 = t * t, t * t * t
    out = (2 * t3 - 3 * t2 + 1) * y[i] + (t3 - 2 * t2 + t) * h[i] * tangent[i] + (-2 * t3 + 3 * t2) * y[i + 1] + (t3 - t2) * h[i] * tangent[i + 1]
    return out.astype(np.float32)
