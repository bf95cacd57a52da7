"""The grade: what words of light, mood and style do to the finished picture.

A look is a few numbers that add up when several words are given. From them come one 3x3 matrix, one curve a channel, one map of light over the
frame, and where a look asks for it bloom and grain. All of it works on bytes, so a frame costs a few milliseconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
Triple = tuple[float, float, float]

_LUMA = np.array([0.2126, 0.7152, 0.0722])
_GRAIN_TILES = 6


@dataclass(frozen=True, kw_only=True)
class Look:
    """``warmth`` and ``tint`` shift the white point (±1: about ±1500 K; magenta … green); ``exposure`` in stops; contrast and saturation add to 1.

    ``shadows`` and ``lights`` are added to dark and bright tones (split toning); ``fade`` lifts black; ``vignette`` 0…1; ``key`` is the
    strength of a warm light from the upper left against a cool shade at the lower right (negative: a cool key); ``bloom`` and ``grain`` 0…1.
    """

    warmth: float = 0.0
    tint: float = 0.0
    exposure: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    shadows: Triple = (0.0, 0.0, 0.0)
    lights: Triple = (0.0, 0.0, 0.0)
    fade: float = 0.0
    vignette: float = 0.0
    key: float = 0.0
    bloom: float = 0.0
    grain: float = 0.0


LOOKS: dict[str, Look] = {
    # light
    "warm": Look(warmth=0.45, lights=(0.012, 0.004, -0.012), key=0.35, vignette=0.10),
    "cool": Look(warmth=-0.42, shadows=(-0.008, 0.0, 0.016), vignette=0.10),
    "soft": Look(contrast=-0.10, fade=0.015, bloom=0.28, saturation=-0.03),
    "hard": Look(contrast=0.20, saturation=0.03, vignette=0.12),
    "neon": Look(
        contrast=0.12, saturation=0.20, shadows=(0.006, -0.012, 0.040), lights=(0.018, -0.012, 0.016),
        bloom=0.35, vignette=0.25, exposure=-0.12,
    ),
    "candle": Look(
        warmth=0.85, exposure=-0.28, contrast=0.08, key=0.55,
        vignette=0.42, bloom=0.22, shadows=(0.006, -0.004, -0.012),
    ),
    "studio": Look(contrast=0.06, saturation=0.02, vignette=0.06),
    "backlit": Look(bloom=0.42, fade=0.02, lights=(0.012, 0.006, -0.006), contrast=-0.03),
    "dramatic": Look(contrast=0.24, saturation=-0.06, exposure=-0.14, vignette=0.42, key=0.25),
    # hours, for pictures that were taken at another one
    "dawn": Look(
        warmth=0.20, tint=-0.12, contrast=-0.05, shadows=(0.004, 0.0, 0.022),
        lights=(0.016, 0.004, -0.004), fade=0.012, bloom=0.15, key=0.25,
    ),
    "morning": Look(warmth=0.12, contrast=-0.02, lights=(0.010, 0.006, 0.0), bloom=0.10),
    "golden": Look(
        warmth=0.62, saturation=0.05, lights=(0.020, 0.008, -0.016), shadows=(0.004, -0.002, 0.006),
        key=0.55, bloom=0.24, vignette=0.12,
    ),
    "evening": Look(
        warmth=0.34, exposure=-0.12, contrast=0.03, shadows=(0.002, -0.006, 0.020),
        lights=(0.018, 0.004, -0.012), key=0.45, vignette=0.22, bloom=0.10,
    ),
    "dusk": Look(
        warmth=-0.12, tint=-0.10, exposure=-0.30, shadows=(0.0, -0.008, 0.034),
        lights=(0.016, 0.0, 0.004), vignette=0.26, saturation=-0.05,
    ),
    "night": Look(
        warmth=-0.48, exposure=-0.62, contrast=0.06, saturation=-0.22,
        shadows=(-0.010, -0.002, 0.022), vignette=0.40, key=-0.25,
    ),
    # mood
    "happy": Look(warmth=0.14, exposure=0.08, saturation=0.08),
    "sad": Look(warmth=-0.24, saturation=-0.20, contrast=-0.04, exposure=-0.06, vignette=0.16),
    "calm": Look(contrast=-0.05, saturation=-0.04, fade=0.012),
    "tense": Look(warmth=-0.14, tint=0.14, contrast=0.16, saturation=-0.18, exposure=-0.14, vignette=0.34),
    "epic": Look(
        contrast=0.14, saturation=0.04, shadows=(-0.010, 0.004, 0.016),
        lights=(0.014, 0.006, -0.008), vignette=0.26,
    ),
    "romantic": Look(warmth=0.28, tint=-0.10, contrast=-0.05, bloom=0.30, fade=0.012, vignette=0.14, key=0.2),
    "energetic": Look(contrast=0.12, saturation=0.14),
    "mysterious": Look(
        warmth=-0.22, exposure=-0.18, shadows=(-0.008, 0.006, 0.020),
        bloom=0.22, vignette=0.34, saturation=-0.08,
    ),
    "luxury": Look(contrast=0.14, warmth=0.10, saturation=-0.05, exposure=-0.05, vignette=0.28),
    "cozy": Look(warmth=0.40, fade=0.012, key=0.30, vignette=0.18, bloom=0.10),
    # style
    "cinematic": Look(
        contrast=0.10, saturation=-0.05, shadows=(-0.012, 0.004, 0.014), lights=(0.014, 0.004, -0.010),
        fade=0.010, vignette=0.22, grain=0.22,
    ),
    "documentary": Look(contrast=0.02, saturation=-0.05),
    "noir": Look(saturation=-1.0, contrast=0.30, exposure=-0.08, vignette=0.46, grain=0.55),
    "vintage": Look(
        warmth=0.34, saturation=-0.20, contrast=-0.08, fade=0.05,
        shadows=(0.014, 0.002, 0.010), lights=(0.008, 0.004, -0.028), vignette=0.30, grain=0.6,
    ),
    "scifi": Look(warmth=-0.28, contrast=0.12, shadows=(-0.012, 0.004, 0.024), bloom=0.16, vignette=0.20),
    "minimal": Look(contrast=-0.02, saturation=-0.08, exposure=0.05),
    "commercial": Look(contrast=0.08, saturation=0.07, exposure=0.04),
    "social": Look(contrast=0.05, saturation=0.06),
    "musicvideo": Look(contrast=0.14, saturation=0.06, shadows=(0.004, -0.006, 0.018), vignette=0.2),
    "dreamy": Look(contrast=-0.12, fade=0.025, bloom=0.55, saturation=-0.05, lights=(0.010, 0.0, 0.008)),
}  # fmt: skip

_ALIASES = {
    "cold": "cool", "diffused": "soft", "harsh": "hard", "candlelight": "candle", "backlight": "backlit",
    "sunrise": "dawn", "sunset": "golden", "sunny": "warm", "twilight": "dusk", "moonlight": "night", "midnight": "night",
    "joyful": "happy", "melancholic": "sad",
    "peaceful": "calm",
    "cosy": "cozy",
    "elegant": "luxury", "magical": "mysterious", "film": "cinematic", "movie": "cinematic", "retro": "vintage", "sepia": "vintage",
    "monochrome": "noir",
    "cyberpunk": "neon", "black and white": "noir", "golden hour": "golden",
}  # fmt: skip


def look_of(words: str) -> tuple[Look, tuple[str, ...]]:
    """The look of a phrase, and the names of the looks found in it. Several add up, each a little less than alone."""
    text = words.lower().replace("_", " ").replace("-", " ")
    found: list[str] = []
    for phrase, name in _ALIASES.items():
        if " " in phrase and phrase in text:
            found.append(name)
    for token in re.findall(r"[a-z]+", text):
        name = _ALIASES.get(token, token)
        if name in LOOKS and name not in found and not (token in ("film",) and "noir" in text):
            found.append(name)
    if not found:
        return Look(), ()
    share = 1.0 if len(found) == 1 else 0.82 if len(found) == 2 else 0.68
    if "noir" in found:
        return LOOKS["noir"], tuple(found)
    total: dict[str, float | Triple] = {}
    for field in fields(Look):
        values = [getattr(LOOKS[name], field.name) for name in found]
        if isinstance(values[0], tuple):
            total[field.name] = tuple(share * sum(v[i] for v in values) for i in range(3))  # pyright: ignore[reportArgumentType]
        else:
            total[field.name] = share * sum(values)
    warmth = float(total["warmth"])  # pyright: ignore[reportArgumentType]
    total["warmth"] = warmth / (1 + 0.7 * abs(warmth))  # warm words together are warmer, never orange
    return Look(**total), tuple(found)  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True, kw_only=True, eq=False)
class Grade:
    """A look made ready for films of one size. ``matrix`` f32[3 3], ``curves`` u8[1 256 3]; ``light`` u8[h w 3], 128 is 1 (None: even light).

    ``grain``: positive and negative tiles u8[n h' w 3] that a frame takes an offset of.
    """

    look: Look
    names: tuple[str, ...]
    matrix: F32 | None
    curves: U8 | None
    light: U8 | None
    grain: tuple[U8, U8] | None
    seed: int

    @classmethod
    def of(cls, words: str, width: int, height: int, seed: int = 0) -> Grade:
        """The grade of words such as ``warm evening light`` or ``cinematic``; words without a look leave the picture as it is."""
        look, names = look_of(words)
        plain = not names
        return cls(
            look=look,
            names=names,
            matrix=None if plain else _matrix(look),
            curves=None if plain else _curves(look),
            light=_light(look, width, height) if look.vignette or look.key else None,
            grain=_grain(look.grain, width, height, seed) if look.grain > 0 else None,
            seed=seed,
        )

    def apply(self, image: U8, frame: int = 0) -> U8:
        """The graded picture u8[h w 3] sRGB of a frame; the input is not changed."""
        if self.matrix is None or self.curves is None:
            return image
        out = np.asarray(cv2.transform(image, self.matrix), np.uint8)
        if self.look.bloom > 0:
            _bloom(out, self.look.bloom)
        if self.light is not None and self.light.shape == out.shape:
            cv2.multiply(out, self.light, scale=1 / 128, dst=out)
        cv2.LUT(out, self.curves, dst=out)
        if self.grain is not None:
            _add_grain(out, self.grain, self.seed, frame)
        return out


def _matrix(look: Look) -> F32:
    """White point, then saturation about luma, then exposure, as one matrix on sRGB bytes."""
    w, t = look.warmth, look.tint
    gains = np.array([1 + 0.105 * w - 0.02 * t, 1 + 0.008 * w + 0.05 * t, 1 - 0.20 * max(w, 0) - 0.12 * min(w, 0) * 1.0 - 0.02 * t])
    gains[0] += 0.05 * min(w, 0)
    gains /= float(gains @ _LUMA)  # the white point moves, the lightness does not
    s = max(0.0, 1 + look.saturation)
    saturate = s * np.eye(3) + (1 - s) * np.tile(_LUMA, (3, 1))
    return (2.0 ** (look.exposure / 2.2) * saturate @ np.diag(gains)).astype(np.float32)


def _curves(look: Look) -> U8:
    """Contrast as an S about a dark middle grey, split toning, and lifted blacks; ends stay ends."""
    x = np.linspace(0.0, 1.0, 256)
    pivot = 0.44
    c = look.contrast
    below = pivot * (x / pivot) ** (1 + c)
    above = 1 - (1 - pivot) * ((1 - x) / (1 - pivot)) ** (1 + c)
    y = np.where(x < pivot, below, above)
    y = look.fade + (1 - look.fade) * y
    dark, bright = (1 - x) ** 2 * np.clip(x / 0.08, 0.35, 1), x**1.5 * np.clip((1 - x) / 0.1, 0, 1) ** 0.5
    channels = [np.clip(y + 1.6 * look.shadows[i] * dark + 1.6 * look.lights[i] * bright, 0, 1) for i in range(3)]
    return (np.stack(channels, axis=-1)[None] * 255 + 0.5).astype(np.uint8)


def _light(look: Look, width: int, height: int) -> U8:
    """Vignette and key light as one gain for each pixel and channel; 128 leaves a pixel as it is."""
    unit = max(width, height)
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5 - width / 2) / unit * 2
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5 - height / 2) / unit * 2
    r = np.sqrt((x * unit / width * 0.94) ** 2 + (y * unit / height * 0.86) ** 2)
    edge = np.clip((r - 0.42) / 0.95, 0, 1)
    vignette = 1 - 0.62 * min(look.vignette, 0.9) * edge * edge * (3 - 2 * edge)
    gain = np.repeat(vignette[..., None], 3, axis=2)
    if look.key:
        k = abs(look.key)
        lit = np.exp(-0.5 * (((x + 0.62) / 0.85) ** 2 + ((y + 0.42) / 0.75) ** 2))
        far = np.clip((x + 0.5 * y) / 1.1, 0, 1)
        warm = np.array([0.17, 0.075, -0.045] if look.key > 0 else [-0.02, 0.06, 0.16], np.float32)
        shade = np.array([-0.17, -0.145, -0.085] if look.key > 0 else [-0.16, -0.13, -0.09], np.float32)
        gain = gain * (1 + k * (lit[..., None] * warm + far[..., None] * shade))
    noise = np.random.Generator(np.random.PCG64(11)).random((128, 128, 1), np.float32)
    noise = np.tile(noise, (height // 128 + 1, width // 128 + 1, 1))[:height, :width] - 0.5
    return np.clip(gain * 128 + 0.5 + noise, 0, 255).astype(np.uint8)


def _bloom(image: U8, amount: float) -> None:
    """Let bright parts shine over their edges, as a soft lens lets them, in place."""
    h, w = image.shape[:2]
    small = cv2.resize(image, (max(1, w // 2), max(1, h // 2)), interpolation=cv2.INTER_AREA)
    small = cv2.resize(small, (max(1, w // 8), max(1, h // 8)), interpolation=cv2.INTER_AREA)
    table = (np.clip((np.arange(256) - 150) / 105.0, 0, 1) ** 1.5 * 255).astype(np.uint8)
    bright = cv2.resize(cv2.LUT(small, table), (max(1, w // 16), max(1, h // 16)), interpolation=cv2.INTER_AREA).astype(np.float32)
    bright = cv2.GaussianBlur(bright, (0, 0), max(0.7, 0.012 * max(h, w) / 4))
    halo = cv2.resize(cv2.convertScaleAbs(bright, alpha=0.30 * amount), (w, h), interpolation=cv2.INTER_LINEAR)
    cv2.add(image, halo, dst=image)


def _grain(amount: float, width: int, height: int, seed: int) -> tuple[U8, U8]:
    """Tiles of film grain, larger than the film by what the offsets need; a grain is about a pixel and a half at 1080p."""
    numbers = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, 20]))
    noise = numbers.standard_normal((height + 64, width + 64), np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), max(0.45, 0.62 * max(width, height) / 1920))
    noise *= 9.0 * amount / float(noise.std())
    colour = np.repeat(noise[..., None], 3, axis=2)
    return np.clip(colour, 0, 255).astype(np.uint8), np.clip(-colour, 0, 255).astype(np.uint8)


def _add_grain(image: U8, grain: tuple[U8, U8], seed: int, frame: int) -> None:
    h, w = image.shape[:2]
    mixed = (frame * 2654435761 + seed * 40503 + 12345) & 0xFFFFFFFF
    dx, dy = (mixed >> 7) % 64, (mixed >> 17) % 64
    plus, minus = (g[dy : dy + h, dx : dx + w] for g in grain)
    if plus.shape == image.shape:
        cv2.add(image, plus, dst=image)
        cv2.subtract(image, minus, dst=image)
