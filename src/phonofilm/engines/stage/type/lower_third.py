"""Lower thirds: a name, and under it what the person is, beside a bar that grows."""

from __future__ import annotations

import re

import numpy as np
import skia

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines.stage.type.contrast import DARK_INK, Halo, luminance_of
from phonofilm.engines.stage.type.faces import Family
from phonofilm.engines.stage.type.motion import clamp, ease_in, ease_out, smooth
from phonofilm.engines.stage.type.overlay import Colour, Overlay, canvas_on, paint, trimmed
from phonofilm.engines.stage.type.shape import draw, shape
from phonofilm.engines.stage.type.title import Box, colour_of
from phonofilm.score.model import Caption

NAME = Family(weight=700, cjk_weight=700, optical=28.0)
ROLE = Family(weight=500, cjk_weight=500, optical=18.0)
_SEAM = re.compile(r"\s*\n+\s*|\s+[—–|-]\s+|\s*[,，、|]\s*")
_ENTER, _LEAVE = 0.55, 0.32


class LowerThird:
    """One lower third of a film, laid out once and drawn for any tick."""

    def __init__(self, cue: Caption, width: int, height: int, accent: Colour, avoid: tuple[Box, ...] = ()) -> None:
        self._cue, self._width, self._height, self._accent = cue, width, height, accent
        self._ink = colour_of(cue.colour) if cue.colour else (255, 255, 255)
        self._shadow = (255, 255, 255) if luminance_of(self._ink) < DARK_INK else (0, 0, 0)
        parts = _SEAM.split(cue.text.strip(), maxsplit=1)
        short = min(width, height)
        name, role = parts[0], " ".join(parts[1].split()) if len(parts) > 1 else ""
        room = 0.8 * width
        size = 0.05 * short
        while shape(name, cue.language, NAME, size).width > room and size > 0.015 * short:
            size *= 0.95
        small = min(0.62 * size, 0.031 * short)
        while role and shape(role, cue.language, ROLE, small).width > room and small > 0.012 * short:
            small *= 0.95
        self._size, self._small = size, small
        self._name = shape(name, cue.language, NAME, size, -0.01)
        self._role = shape(role, cue.language, ROLE, small, 0.01) if role else None
        self._x = 0.07 * width
        bottom = 0.78 * height if height > 1.2 * width else 0.86 * height
        # above subtitles, whose boxes are as wide as the film
        bottom = min([bottom, *(b[1] - 0.02 * height for b in avoid if b[0] <= 0 and b[2] >= width and b[1] > 0.5 * height)])
        self._tall = 1.2 * size + (1.55 * small if role else 0.0)
        self._top = bottom - self._tall
        self._rest: Overlay | None = None

    def at(self, tick: int) -> Overlay:
        """The lower third at a tick of its span."""
        into = (tick - self._cue.start) / TICKS_PER_SECOND
        left = (self._cue.end - tick) / TICKS_PER_SECOND
        if into >= 2.0 * _ENTER and left > _LEAVE:
            return self.at_rest()
        return self._drawn(into, left)

    def at_rest(self) -> Overlay:
        """The lower third when everything has arrived."""
        if self._rest is None:
            self._rest = self._drawn(1e3, 1e3)
        return self._rest

    def _drawn(self, into: float, left: float) -> Overlay:
        reach = 1.2 * self._size
        wide = max(self._name.width, self._role.width if self._role else 0.0) + self._size
        x0, y0 = max(0, int(self._x - reach)), max(0, int(self._top - reach))
        x1, y1 = min(self._width, int(self._x + wide + reach)), min(self._height, int(self._top + self._tall + reach))
        pixels = np.zeros((y1 - y0, x1 - x0, 4), np.uint8)
        letters = np.zeros_like(pixels)
        canvas, shape_of = canvas_on(pixels), canvas_on(letters)
        canvas.translate(-x0, -y0)
        shape_of.translate(-x0, -y0)
        stay = 1.0 - ease_in(1.0 - clamp(left / _LEAVE))
        bar = ease_out(into / _ENTER) * stay
        thick = 0.1 * self._size
        middle, half = self._top + self._tall / 2, self._tall / 2 * bar
        canvas.drawRoundRect(
            skia.Rect.MakeLTRB(self._x, middle - half, self._x + thick, middle + half), thick / 2, thick / 2, paint(self._accent, smooth(4 * bar))
        )
        rows = [(self._name, self._top + 0.94 * self._size, 0.12, 1.0)]
        if self._role:
            rows.append((self._role, self._top + self._tall - 0.36 * self._small, 0.24, 0.9))
        for line, baseline, delay, strength in rows:
            come = ease_out((into - delay) / _ENTER)
            x = self._x + 0.42 * self._size - (1.0 - come) * 0.5 * self._size - (1.0 - stay) * 0.3 * self._size
            seen = smooth(1.6 * come) * stay
            if seen <= 0.0:
                continue
            draw(canvas, line, x, baseline, paint(self._shadow, 0.5 * seen, blur=0.15 * line.size))
            draw(canvas, line, x, baseline + 0.02 * line.size, paint(self._shadow, 0.42 * seen, blur=0.04 * line.size))
            draw(canvas, line, x, baseline, paint(self._ink, strength * seen))
            draw(shape_of, line, x, baseline, paint(self._ink, seen))
        halo = Halo.of(np.ascontiguousarray(letters[..., 3]), self._size, self._ink)
        return trimmed(pixels, x0, y0, self._width, self._height, halo)
