"""Marks: a watermark in the corner, and the closing card that carries a logo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.engines.stage.type.contrast import Halo, contrast
from phonofilm.engines.stage.type.faces import Family
from phonofilm.engines.stage.type.motion import clamp, ease_out, smooth
from phonofilm.engines.stage.type.overlay import Overlay, canvas_on, paint, trimmed
from phonofilm.engines.stage.type.shape import draw, shape
from phonofilm.engines.stage.world.colour import Rgb, luma, mix, named
from phonofilm.engines.stage.world.noise import dithered, step
from phonofilm.errors import ReferenceError_
from phonofilm.media.colour import luminances
from phonofilm.score.model import Spot

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
MARK = Family(weight=600, cjk_weight=500, optical=18.0)


def watermark(mark: str, width: int, height: int, *, language: str = "en") -> Overlay:
    """A quiet mark in the lower right corner: words, or the picture of a path that ends in ``.png``.

    Raises:
        ReferenceError_: the picture cannot be read.
    """
    short = min(width, height)
    margin = round(0.035 * short)
    if mark.lower().endswith(".png"):
        return _picture_mark(mark, width, height, short, margin)
    size = 0.026 * short
    line = shape(mark, language, MARK, size, 0.02)
    while line.width > 0.5 * width and size > 6:
        size *= 0.93
        line = shape(mark, language, MARK, size, 0.02)
    pad = round(0.6 * size)
    w, h = round(line.width) + 2 * pad, round(1.3 * size) + 2 * pad
    pixels = np.zeros((h, w, 4), np.uint8)
    canvas = canvas_on(pixels)
    draw(canvas, line, pad, pad + size, paint((0, 0, 0), 0.45, blur=0.12 * size))
    draw(canvas, line, pad, pad + size, paint((255, 255, 255), 0.72))
    return trimmed(pixels, width - margin - w + pad, height - margin - h + pad, width, height)


def _picture_mark(path: str, width: int, height: int, short: int, margin: int) -> Overlay:
    raw = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if raw is None:
        raise ReferenceError_(path, "the watermark cannot be read as a picture", "Give a PNG file, or words.")
    rgba = _rgba(raw)
    scale = min(0.16 * max(width, height) / rgba.shape[1], 0.09 * short / rgba.shape[0])
    small = _resized(_premultiplied(rgba), scale)
    small = (small.astype(np.float32) * 0.8 + 0.5).astype(np.uint8)
    return trimmed(small, width - margin - small.shape[1], height - margin - small.shape[0], width, height)


def corner_logo(rgba: U8, place: Spot, width: int, height: int, *, marked: bool = False) -> Overlay:
    """A logo u8[h w 4] (straight alpha) small over the picture, at its place inside the safe margins; ``marked``: above the watermark.

    A ground of one colour is cut away, and the picture behind is shaded where the logo could not be made out from it.
    """
    logo, _ = _freed(rgba)
    box = cv2.boundingRect((logo[..., 3] > 8).astype(np.uint8))
    logo = logo[box[1] : box[1] + box[3], box[0] : box[0] + box[2]] if box[2] and box[3] else logo
    short = min(width, height)
    scale = min(0.22 * width / logo.shape[1], 0.13 * short / logo.shape[0])
    small = _resized(_premultiplied(logo), scale)
    small = np.dstack([np.minimum(small[..., :3], small[..., 3:]), small[..., 3]])
    pad = 2 * round(0.02 * short)
    padded = np.pad(small, ((pad, pad), (pad, pad), (0, 0)))
    h, w = small.shape[:2]
    x0 = round(0.05 * width) if "left" in place else width - round(0.05 * width) - w if "right" in place else (width - w) // 2
    low = 0.06 + (0.06 if marked and place == "bottom right" else 0.0)
    y0 = round(0.06 * height) if "top" in place else height - round(low * height) - h if "bottom" in place else (height - h) // 2
    halo = Halo.around(((np.ascontiguousarray(padded[..., 3]), 2.0 * pad),), _made_out_by(small))
    return trimmed(padded, x0 - pad, y0 - pad, width, height, halo)


def _made_out_by(logo: U8) -> float:
    """The luminance of the part of a logo u8[h w 4] (premultiplied) that decides what it is seen before: its dark part where that and the rest can be
    told from a light ground better than from a dark one, else its light part."""
    solid = logo[logo[..., 3] > 200][:, :3]
    if not len(solid):
        return 1.0
    dark, light = np.quantile(luminances(solid), (0.1, 0.9)).tolist()
    return dark if contrast(light, 1.0) > contrast(dark, 0.0) else light


def _rgba(raw: NDArray[np.integer] | object) -> U8:
    picture = np.asarray(raw)
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    if picture.ndim == 2:
        return cv2.cvtColor(picture, cv2.COLOR_GRAY2RGBA)  # pyright: ignore[reportReturnType]
    return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGBA)  # pyright: ignore[reportReturnType]


def _premultiplied(rgba: U8) -> U8:
    alpha = rgba[..., 3:].astype(np.uint16)
    return np.dstack([((rgba[..., :3] * alpha + 127) // 255).astype(np.uint8), rgba[..., 3]])


def _resized(rgba: U8, scale: float) -> U8:
    size = (max(1, round(rgba.shape[1] * scale)), max(1, round(rgba.shape[0] * scale)))
    return cv2.resize(rgba, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)  # pyright: ignore[reportReturnType]


@dataclass(frozen=True, kw_only=True, eq=False)
class LogoCard:
    """A closing card: ``ground`` u8[h w 3] and the logo on it at rest. ``at`` animates it."""

    ground: U8
    logo: U8
    x0: int
    y0: int
    bright_ground: bool

    def at(self, t: float) -> U8:
        """The card u8[h w 3] at ``t`` 0…1 of its span: the logo arrives, and a light passes over it once."""
        frame = self.ground.copy()
        arrived = ease_out(t / 0.30)
        scale = 0.94 + 0.06 * arrived + 0.012 * smooth(t)
        h, w = self.logo.shape[:2]
        middle_x, middle_y = self.x0 + w / 2, self.y0 + h / 2 + (1 - arrived) * 0.03 * frame.shape[0]
        move = np.array([[scale, 0, middle_x - scale * w / 2], [0, scale, middle_y - scale * h / 2]], np.float64)
        reach = (max(0, self.y0 - h // 6), min(frame.shape[0], self.y0 + h + h // 6 + round(0.04 * frame.shape[0])))
        move[1, 2] -= reach[0]
        moved: U8 = cv2.warpAffine(self.logo, move, (frame.shape[1], reach[1] - reach[0]), flags=cv2.INTER_LINEAR)  # pyright: ignore[reportAssignmentType]
        drawn = self._swept(moved, t, middle_x, w)
        seen = smooth(1.4 * arrived)
        if seen < 1:
            drawn = cv2.convertScaleAbs(drawn, alpha=seen)  # pyright: ignore[reportAssignmentType]
        part = frame[reach[0] : reach[1]]
        keep = cv2.cvtColor(cv2.bitwise_not(np.ascontiguousarray(drawn[..., 3])), cv2.COLOR_GRAY2RGB)
        part[:] = cv2.add(cv2.multiply(part, keep, scale=1 / 255), np.ascontiguousarray(drawn[..., :3]))
        return frame

    def _swept(self, drawn: U8, t: float, middle: float, width: float) -> U8:
        """A band of light that crosses the logo from left to right."""
        go = clamp((t - 0.30) / 0.42)
        if not 0 < go < 1:
            return drawn
        h = drawn.shape[0]
        x = np.arange(drawn.shape[1], dtype=np.float32)[None, :] - middle
        y = np.arange(h, dtype=np.float32)[:, None] - h / 2
        spread = max(0.09 * width, 6.0)
        at = (smooth(go) * 2 - 1) * (0.5 * width + 3 * spread + 0.2 * h)
        band = np.exp(-0.5 * ((x - 0.35 * y - at) / spread) ** 2) * (0.42 if self.bright_ground else 0.6)
        light = drawn[..., 3:].astype(np.float32) - drawn[..., :3]
        out = drawn.copy()
        out[..., :3] = (drawn[..., :3] + light * band[..., None]).astype(np.uint8)
        return out


def logo_card(rgba: U8, palette: Sequence[str], width: int, height: int) -> LogoCard:
    """A card for a logo u8[h w 4] (straight alpha) whose colours are ``palette`` (#rrggbb, most of it first).

    A logo on its own opaque ground is cut free of it where that ground is one colour, else it is shown as a picture with round corners.
    """
    logo, own_ground = _freed(rgba)
    colours = [c for c in map(named, palette) if c is not None]
    ground = own_ground if own_ground is not None else _ground_colour(logo, colours)
    accent = max(colours, key=lambda c: _chroma(c), default=(0.5, 0.5, 0.5))
    bright = luma(ground) > 0.6
    picture = _sweep(ground, accent, width, height, bright)
    box = cv2.boundingRect((logo[..., 3] > 8).astype(np.uint8))
    logo = logo[box[1] : box[1] + box[3], box[0] : box[0] + box[2]] if box[2] and box[3] else logo
    tall = height > 1.2 * width
    scale = min((0.62 if tall else 0.40) * width / logo.shape[1], (0.26 if tall else 0.42) * height / logo.shape[0])
    placed = _resized(_premultiplied(logo), scale)
    placed = np.ascontiguousarray(np.dstack([np.minimum(placed[..., :3], placed[..., 3:]), placed[..., 3]]))
    return LogoCard(
        ground=picture, logo=placed, x0=(width - placed.shape[1]) // 2, y0=round(0.48 * height - placed.shape[0] / 2), bright_ground=bright
    )


def _chroma(c: Rgb) -> float:
    return max(c) - min(c)


def _freed(rgba: U8) -> tuple[U8, Rgb | None]:
    """The logo without a ground of one colour, and that ground; a picture without such a ground gets round corners."""
    if int(rgba[..., 3].min()) < 200:
        return rgba, None
    border = np.concatenate([rgba[0, :, :3], rgba[-1, :, :3], rgba[:, 0, :3], rgba[:, -1, :3]]).astype(np.float32)
    middle = np.median(border, axis=0)
    if float(np.mean(np.abs(border - middle).max(axis=1) < 14)) > 0.96:
        # what differs from the ground is the logo; its soft edges get back the colour that they had before they were mixed
        apart = np.abs(rgba[..., :3].astype(np.float32) - middle).max(axis=2)
        alpha = np.clip((apart - 5) / 60, 0, 1)
        colour = middle + (rgba[..., :3] - middle) / np.maximum(alpha, 0.12)[..., None]
        colour = np.where(alpha[..., None] > 0.99, rgba[..., :3], np.clip(colour, 0, 255))
        cut = np.dstack([colour, alpha * 255]).astype(np.uint8)
        return cut, (float(middle[0]) / 255, float(middle[1]) / 255, float(middle[2]) / 255)
    h, w = rgba.shape[:2]
    mask = np.zeros((h, w, 4), np.uint8)
    canvas_on(mask).drawRoundRect(skia.Rect.MakeWH(w, h), 0.06 * min(h, w), 0.06 * min(h, w), paint((255, 255, 255)))
    return np.dstack([rgba[..., :3], mask[..., 3]]), None


def _ground_colour(logo: U8, colours: list[Rgb]) -> Rgb:
    """A ground on which the logo reads: near white under a dark logo, near black under a bright one, touched by its colour."""
    alpha = logo[..., 3].astype(np.float32) / 255
    weight = float(alpha.sum()) + 1e-6
    mean = (logo[..., :3].astype(np.float32) * alpha[..., None]).reshape(-1, 3).sum(axis=0) / weight / 255
    lightness = luma((float(mean[0]), float(mean[1]), float(mean[2])))
    tint = max(colours, key=_chroma, default=(0.5, 0.5, 0.5))
    return mix((0.965, 0.965, 0.965), tint, 0.035) if lightness < 0.62 else mix((0.055, 0.058, 0.068), tint, 0.10)


def _sweep(ground: Rgb, accent: Rgb, width: int, height: int, bright: bool) -> U8:
    """A quiet ground: its own colour in the middle, where the logo stands, and a breath of the accent from below."""
    unit = max(width, height)
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5 - width / 2) / unit * 2
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5 - height * 0.48) / unit * 2
    r = np.sqrt(x * x + y * y)
    base = np.array(ground, np.float32)
    fall = step(0.35, 1.25, r)[..., None]
    edge = base * (0.90 if bright else 0.55)
    picture = base * (1 - fall) + edge * fall
    glow = (np.exp(-0.5 * ((x / 0.6) ** 2 + ((y - 0.75 * height / unit) / 0.32) ** 2)) * (0.06 if bright else 0.16))[..., None]
    tone = np.array(mix(accent, ground, 0.35), np.float32)
    return dithered((picture * (1 - glow) + tone * glow).astype(np.float32), 3)
