"""Words made out from what lies behind them: a soft shade (or light) around the letters, as strong as the picture there asks for, and no stronger.

Contrast is that of the Web Content Accessibility Guidelines 2.2: (L1 + 0.05) / (L2 + 0.05) of relative luminances, 1 to 21.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.media.colour import luminances

U8 = NDArray[np.uint8]
#: contrast of letters of more than an ordinary size against what is next to them, with a little to spare for the codec
LEAST = 4.8
#: an ink darker than this luminance is made out by light around it, any other by shade
DARK_INK = 0.12
#: the most of the picture that the shade takes, and below how much it is left out
MOST, SLIGHT = 0.8, 0.02
#: of the pixels beside the letters, the share that may have less contrast
_WORST = 0.95
#: every so many pixels are looked at
_STEP = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Halo:
    """Where letters are made out: ``mask`` u8[h w] is 255 at the letters and falls away from them, ``ring`` bool[h/2 w/2] are the pixels right beside
    them, ``luminance`` is theirs."""

    mask: U8
    ring: NDArray[np.bool_]
    luminance: float

    @classmethod
    def of(cls, ink: U8, size: float, colour: tuple[int, int, int]) -> Halo:
        """Around ``ink`` u8[h w], the coverage by letters of a ``size`` in pixels and a ``colour``."""
        return cls.around(((ink, size),), luminance_of(colour))

    @classmethod
    def around(cls, inks: Sequence[tuple[U8, float]], luminance: float) -> Halo:
        """The same around letters of several sizes, all of a ``luminance``."""
        made = [_halo(ink, size) for ink, size in inks]
        mask, ring = made[0]
        for other, beside in made[1:]:
            mask, ring = np.maximum(mask, other), ring | beside
        return cls(mask=mask, ring=ring, luminance=luminance)

    def cut(self, top: int, bottom: int, left: int, right: int) -> Halo:
        """The part of it in those rows and columns; the first of both are even."""
        ring = self.ring[top // _STEP : -(-bottom // _STEP), left // _STEP : -(-right // _STEP)]
        return Halo(mask=np.ascontiguousarray(self.mask[top:bottom, left:right]), ring=ring, luminance=self.luminance)


def _halo(ink: U8, size: float) -> tuple[U8, NDArray[np.bool_]]:
    near, soft = max(2, round(0.05 * size)), max(1.0, 0.11 * size)
    grown = _grown(ink, near)
    mask: U8 = cv2.GaussianBlur(_grown(grown, round(1.3 * soft)), (0, 0), soft)  # pyright: ignore[reportAssignmentType]
    ring = (grown[::_STEP, ::_STEP] > 200) & (ink[::_STEP, ::_STEP] < 8)
    return mask, ring


def _grown(ink: U8, reach: int) -> U8:
    return cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))  # pyright: ignore[reportReturnType]


def luminance_of(colour: tuple[int, int, int]) -> float:
    """The relative luminance 0…1 of an sRGB colour."""
    return float(luminances(np.array([colour], np.uint8))[0])


def contrast(one: float, other: float) -> float:
    """The contrast 1…21 of two relative luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def make_out(part: U8, rgba: U8, halo: Halo) -> None:
    """Shade (or light up) ``part`` u8[h w 3], in place, so that the letters of ``rgba`` u8[h w 4] (premultiplied), laid over it, are made out."""
    ring = halo.ring[: -(-part.shape[0] // _STEP), : -(-part.shape[1] // _STEP)]
    if not ring.any():
        return
    behind = part[::_STEP, ::_STEP][ring].astype(np.float32)
    over = rgba[::_STEP, ::_STEP][ring].astype(np.float32)
    seen = behind * (1 - over[:, 3:] / 255) + over[:, :3]
    light = luminances(seen.round().astype(np.uint8))
    dark_ink = halo.luminance < DARK_INK
    worst = float(np.quantile(light, 1 - _WORST if dark_ink else _WORST))
    if contrast(worst, halo.luminance) >= LEAST and (worst > halo.luminance) == dark_ink:
        return
    if dark_ink:
        wanted = min(1.0, LEAST * (halo.luminance + 0.05) - 0.05)
        # towards white by a share: sRGB rises about as the power 1/2.2 of luminance
        share = (wanted ** (1 / 2.2) - worst ** (1 / 2.2)) / max(1e-3, 1 - worst ** (1 / 2.2))
    else:
        wanted = max(0.002, (halo.luminance + 0.05) / LEAST - 0.05)
        share = 1 - (wanted / max(worst, 1e-6)) ** (1 / 2.2)
    share = min(MOST, share)
    if share < SLIGHT:
        return
    amount = cv2.cvtColor(cv2.convertScaleAbs(halo.mask, alpha=share), cv2.COLOR_GRAY2RGB)
    kept = cv2.multiply(part, cv2.bitwise_not(amount), scale=1 / 255)
    part[:] = cv2.add(kept, amount) if dark_ink else kept
