"""The typesetter: captions of a film of one size, still or moving."""

from __future__ import annotations

import numpy as np

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines.stage.type.faces import Family
from phonofilm.engines.stage.type.lower_third import LowerThird
from phonofilm.engines.stage.type.overlay import Colour, Overlay, canvas_on, paint, trimmed
from phonofilm.engines.stage.type.shape import ShapedLine, draw, shape
from phonofilm.engines.stage.type.title import Box, Title, ink_of
from phonofilm.score.breaks import wrap
from phonofilm.score.model import Caption

SUBTITLE = Family(weight=600, cjk_weight=600, optical=22.0)
_WHITE: Colour = (255, 255, 255)
_BLACK: Colour = (0, 0, 0)
#: of a subtitle: size by the shorter side, widest line by width, lowest edge above the bottom, for wide and for tall films, or upper
#: edge below the top
_SIZE = 0.047
_WIDEST = 0.82
_BOTTOM_WIDE, _BOTTOM_TALL = 0.075, 0.2
_TOP_WIDE, _TOP_TALL = 0.06, 0.12
_LEADING = 1.27
_FADE = TICKS_PER_SECOND // 12


class Typesetter:
    """Sets the words of one film of ``width`` x ``height`` pixels; ``accent`` colours rules and bars (an sRGB triple).

    What was set once is kept, so the same words cost nothing in the next frame.
    """

    def __init__(self, width: int, height: int, *, accent: Colour = (255, 196, 84)) -> None:
        self.width, self.height, self.accent = width, height, accent
        self._still: dict[tuple[str, str, str, bool], Overlay] = {}
        self._titles: dict[tuple[Caption, tuple[Box, ...]], Title] = {}
        self._thirds: dict[tuple[Caption, tuple[Box, ...]], LowerThird] = {}

    def subtitle(self, cue: Caption) -> Overlay:
        """The words of a subtitle, where they stand.

        Raises:
            ModelMissing: a font is not on this machine.
        """
        key = (cue.text, cue.language, cue.colour, cue.top)
        if key not in self._still:
            self._still[key] = self._subtitle(cue)
        return self._still[key]

    def at(self, cue: Caption, tick: int, avoid: tuple[Box, ...] = ()) -> tuple[Overlay, float, float, float] | None:
        """What of a caption is seen at a tick: (overlay, opacity 0…1, dx, dy in pixels), None outside its span.

        ``avoid`` are boxes (x0, y0, x1, y1 in pixels) that a title should not cover, such as faces. While a title stands still the
        same overlay object is given back.
        """
        if not cue.start <= tick < cue.end or not cue.text.strip():
            return None
        if cue.style == "title":
            key = (cue, avoid)
            if key not in self._titles:
                self._titles[key] = Title(cue, self.width, self.height, self.accent, avoid)
            return self._titles[key].at(tick), 1.0, 0.0, 0.0
        if cue.style == "lower third":
            key = (cue, avoid)
            if key not in self._thirds:
                self._thirds[key] = LowerThird(cue, self.width, self.height, self.accent, avoid)
            return self._thirds[key].at(tick), 1.0, 0.0, 0.0
        fade = max(1, min(_FADE, (cue.end - cue.start) // 4))
        opacity = min(1.0, (tick - cue.start + 1) / fade, (cue.end - tick) / fade)
        return self.subtitle(cue), opacity, 0.0, 0.0

    def _subtitle(self, cue: Caption) -> Overlay:
        text, language = cue.text, cue.language
        size = _SIZE * min(self.width, self.height)
        lines: list[str] | None = None
        while lines is None:
            lines = [w for part in text.splitlines() for w in _wrapped(part, language, size, _WIDEST * self.width)] if "\n" in text else None
            lines = lines or wrap(text, lambda t: shape(t, language, SUBTITLE, size).width, _WIDEST * self.width, 2)  # noqa: B023
            if lines is None:
                size *= 0.93
                if size < 0.02 * min(self.width, self.height):
                    lines = wrap(text, lambda t: shape(t, language, SUBTITLE, size).width, _WIDEST * self.width, 12) or [text]  # noqa: B023
        shaped = [shape(line, language, SUBTITLE, size) for line in lines]
        return self._set(shaped, size, ink_of(cue.colour) if cue.colour else _WHITE, top=cue.top)

    def _set(self, shaped: list[ShapedLine], size: float, colour: Colour, *, top: bool) -> Overlay:
        margin = round(size)
        leading = _LEADING * size
        height = round(len(shaped) * leading) + 2 * margin
        width = min(self.width, round(max(line.width for line in shaped)) + 2 * margin)
        pixels = np.zeros((height, width, 4), np.uint8)
        canvas = canvas_on(pixels)
        places = [((width - line.width) / 2, margin + leading * i + 0.93 * size) for i, line in enumerate(shaped)]
        passes = (
            (paint(_BLACK, 0.42, stroke=0.10 * size, blur=0.14 * size), 0.05 * size),
            (paint(_BLACK, 0.78, stroke=0.085 * size, blur=0.018 * size), 0.0),
            (paint(colour), 0.0),
        )
        for ink, drop in passes:
            for line, (x, baseline) in zip(shaped, places, strict=True):
                draw(canvas, line, x, baseline + drop, ink)
        tall = self.height > 1.2 * self.width
        y0 = round(self.height * (1 - (_BOTTOM_TALL if tall else _BOTTOM_WIDE))) - height + margin
        if top:
            y0 = round(self.height * (_TOP_TALL if tall else _TOP_WIDE)) - margin
        return trimmed(pixels, (self.width - width) // 2, y0, self.width, self.height)


def _wrapped(part: str, language: str, size: float, width: float) -> list[str]:
    return wrap(part, lambda t: shape(t, language, SUBTITLE, size).width, width, 2) or [part]
