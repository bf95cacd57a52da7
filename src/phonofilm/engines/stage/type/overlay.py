"""A piece of picture to lay over the film, and the canvas that it is drawn on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.engines.stage.type.contrast import Halo

Colour = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Overlay:
    """``rgba`` u8[h w 4], premultiplied, its top left at pixel (``x0``, ``y0``) of the film; it lies wholly inside the film.

    ``halo``: where the picture is shaded before, so that it can be made out.
    """

    x0: int
    y0: int
    rgba: NDArray[np.uint8]
    halo: Halo | None = None


def canvas_on(pixels: NDArray[np.uint8]) -> Any:
    """A canvas that draws into u8[h w 4] premultiplied RGBA."""
    return skia.Canvas(pixels, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)


def paint(colour: Colour, alpha: float = 1.0, *, stroke: float = 0.0, blur: float = 0.0) -> Any:
    """An antialiased paint; ``stroke`` is the width of a round line in pixels, ``blur`` the sigma of a soft edge."""
    made = skia.Paint(AntiAlias=True, Color=skia.ColorSetARGB(round(255 * min(max(alpha, 0.0), 1.0)), *colour))
    if stroke:
        made.setStyle(skia.Paint.kStroke_Style)
        made.setStrokeWidth(stroke)
        made.setStrokeJoin(skia.Paint.kRound_Join)
    if blur:
        made.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    return made


def trimmed(pixels: NDArray[np.uint8], x0: int, y0: int, width: int, height: int, halo: Halo | None = None) -> Overlay:
    """The part of a drawing that is not empty and lies inside a film of ``width`` x ``height``; ``halo`` belongs to the whole drawing."""
    alpha = pixels[..., 3] if halo is None else np.maximum(pixels[..., 3], halo.mask // 4)
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not rows.size:
        return Overlay(x0=max(0, min(x0, width - 1)), y0=max(0, min(y0, height - 1)), rgba=np.zeros((1, 1, 4), np.uint8))
    top, bottom = max(int(rows[0]), -y0), min(int(rows[-1]) + 1, height - y0)
    left, right = max(int(columns[0]), -x0), min(int(columns[-1]) + 1, width - x0)
    if bottom <= top or right <= left:
        return Overlay(x0=0, y0=0, rgba=np.zeros((1, 1, 4), np.uint8))
    if halo is not None:
        top, left = (n - n % 2 if n - n % 2 + origin >= 0 else n + n % 2 for n, origin in ((top, y0), (left, x0)))
        halo = halo.cut(top, bottom, left, right)
    return Overlay(x0=x0 + left, y0=y0 + top, rgba=np.ascontiguousarray(pixels[top:bottom, left:right]), halo=halo)
