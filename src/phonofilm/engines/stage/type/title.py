"""Kinetic titles: words rise into their line one after another, hold, and leave together.

The first line of the text (or what stands before a dash or a colon) is the headline; what follows is set small and wide below a rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import skia

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines.stage.type.contrast import DARK_INK, Halo, luminance_of
from phonofilm.engines.stage.type.faces import Family, script_tag
from phonofilm.engines.stage.type.motion import clamp, ease_in, ease_out, smooth
from phonofilm.engines.stage.type.overlay import Colour, Overlay, canvas_on, paint, trimmed
from phonofilm.engines.stage.type.shape import ShapedLine, draw, shape
from phonofilm.score.breaks import is_wide, wrap
from phonofilm.score.model import Caption

Box = tuple[int, int, int, int]
HEADLINE = Family(weight=800, cjk_weight=800, optical=32.0)
SUBLINE = Family(weight=500, cjk_weight=500, optical=20.0)
_WHITE: Colour = (255, 255, 255)
_BLACK: Colour = (0, 0, 0)
_WORD = 0.62  # seconds that a word takes to rise
SIZES = (0.85, 0.7, 0.56, 0.45)  # shares of its size that a title takes to keep off what should be seen
COVERED = 0.04  # so much of it may lie over that
SIDE, SIDE_SIZE = 0.42, 0.62  # of a title at a side: the share of the width that it may take, and of the usual size
MARGIN, TOP, BOTTOM = 0.05, 0.06, 0.06  # safe margins as shares of the film's sides
BOTTOM_TALL = 0.12  # of a tall film, under which players lay their own words
_STAGGER = 0.085  # seconds between words, less where there are many
_LEAVE = 0.30
_EAST_GROUP = 2  # characters that rise together where there are no spaces
_SEAM = re.compile(r"\s*\n+\s*|\s+[—–|]\s+|\s*[:：]\s+|：|——")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Word:
    """One moving part of a line: where it stands, when it starts (seconds), the band that it rises out of."""

    line: ShapedLine
    x: float
    baseline: float
    begin: float
    top: float
    bottom: float
    headline: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class _Block:
    """A title set at a size: its lines and measures in pixels, the row on which it begins, and how much it covers of what should stay free."""

    lines: list[str]
    size: float
    sub_lines: list[ShapedLine]
    sub_size: float
    leading: float
    gap: float
    tall: float
    wide: float
    top: float
    middle: float
    hidden: float


class Title:
    """One title of a film, laid out once and drawn for any tick."""

    def __init__(self, cue: Caption, width: int, height: int, accent: Colour, avoid: tuple[Box, ...] = ()) -> None:
        self._cue, self._width, self._height, self._accent = cue, width, height, accent
        self._ink = colour_of(cue.colour) if cue.colour else _WHITE
        self._shadow = _WHITE if luminance_of(self._ink) < DARK_INK else _BLACK
        self._side = "left" if "left" in cue.place else "right" if "right" in cue.place else ""
        self._length = (cue.end - cue.start) / TICKS_PER_SECOND
        # a short title moves faster, so that it always stands for a moment
        self._pace = clamp(self._length / 2.2) if self._length < 2.2 else 1.0
        head, sub = split_title(cue.text)
        self._short = min(width, height)
        self._words: list[_Word] = []
        tracking = -0.018 if not any(map(is_wide, head)) else 0.0
        lines, size = self._fit(head)
        tried = [self._block(lines, sub, size, tracking, avoid)]
        for share in SIZES:  # smaller, where that keeps free what should be
            if tried[-1].hidden <= COVERED * tried[-1].tall * tried[-1].wide:
                break
            tried.append(self._block(self._broken(head, size * share), sub, size * share, tracking, avoid))
        # at a place that is asked for it stays large where smaller letters would cover what they should not either
        block = tried[-1] if not cue.place or tried[-1].hidden <= COVERED * tried[-1].tall * tried[-1].wide else tried[0]
        self._block_wide = block.wide
        lines, size, sub_lines, top, wide = block.lines, block.size, block.sub_lines, block.top, block.wide
        self._size, self._sub_size, self._gap = size, block.sub_size, block.gap
        leading, sub_leading = block.leading, 1.5 * block.sub_size
        self._middle = block.middle
        index = 0
        for i, text in enumerate(lines):
            index = self._lay(text, HEADLINE, size, tracking, top + leading * i, leading, index, True)
        self._rule_y = top + leading * len(lines) + 0.42 * self._gap
        self._rule = bool(sub_lines)
        below = top + leading * len(lines) + self._gap
        for i, line in enumerate(sub_lines):
            index = self._lay(line.text, SUBLINE, self._sub_size, self._sub_tracking(line.text), below + sub_leading * i, sub_leading, index, False)
        count = max(1, len(self._words))
        self._stagger = min(_STAGGER, 0.7 / count) * self._pace
        reach = 0.9 * size
        x0, x1 = block.middle - wide / 2 - reach, block.middle + wide / 2 + reach
        self._window = (max(0, int(x0)), max(0, int(top - reach)), min(width, int(x1) + 1), min(height, int(top + block.tall + reach) + 1))
        self._rest: Overlay | None = None

    def _fit(self, head: str) -> tuple[list[str], float]:
        """The largest size at which the headline fits its lines; short ones are set larger, within reason."""
        language, widest = self._cue.language, self._widest()
        tall = self._height > 1.2 * self._width
        size, least = (0.155 if not tall else 0.14) * self._short, 0.045 * self._short
        size *= SIDE_SIZE if self._side else 1.0
        while size > least:
            measure = self._measure(language, size)
            most = 1 if measure(head) < (0.62 if not self._side else 1.0) * widest else 3 if tall or self._side else 2
            lines = wrap(head, measure, widest, most)
            if lines is not None and len(lines) * size < 0.45 * self._height:
                return lines, size
            size *= 0.94
        return wrap(head, self._measure(language, least), widest, 8) or [head], least

    def _widest(self) -> float:
        """The widest line, in pixels."""
        return (SIDE if self._side and self._width > self._height else 0.86) * self._width

    def _block(self, lines: list[str], sub: str, size: float, tracking: float, avoid: tuple[Box, ...]) -> _Block:
        """The title set at a size, and where it stands then."""
        sub_size = max(0.30 * size, 0.026 * self._short)
        sub_lines = self._sub_lines(sub, sub_size)
        leading = (1.1 if not any(is_wide(c) for line in lines for c in line) else 1.22) * size
        gap = 0.5 * sub_size + 0.36 * size if sub_lines else 0.0
        tall = leading * len(lines) + (gap + 1.5 * sub_size * len(sub_lines) if sub_lines else 0.0)
        wide = max([shape(t, self._cue.language, HEADLINE, size, tracking).width for t in lines] + [s.width for s in sub_lines])
        top, middle, hidden = self._place(tall, wide, avoid)
        return _Block(
            lines=lines,
            size=size,
            sub_lines=sub_lines,
            sub_size=sub_size,
            leading=leading,
            gap=gap,
            tall=tall,
            wide=wide,
            top=top,
            middle=middle,
            hidden=hidden,
        )

    def _broken(self, head: str, size: float) -> list[str]:
        """The headline in as few lines as hold it at a size."""
        return next((found for n in (1, 2, 3) if (found := wrap(head, self._measure(self._cue.language, size), self._widest(), n))), [head])

    @staticmethod
    def _measure(language: str, size: float) -> Callable[[str], float]:
        def measure(text: str) -> float:
            return shape(text, language, HEADLINE, size).width

        return measure

    def _sub_tracking(self, text: str) -> float:
        return 0.1 if any(map(is_wide, text)) else 0.06

    def _sub_lines(self, sub: str, size: float) -> list[ShapedLine]:
        if not sub:
            return []
        tracking = self._sub_tracking(sub)
        widest = min(0.8 * self._width, self._widest())
        lines = wrap(sub, lambda t: shape(t, self._cue.language, SUBLINE, size, tracking).width, widest, 3)
        return [shape(t, self._cue.language, SUBLINE, size, tracking) for t in lines or [sub]]

    def _place(self, block: float, wide: float, avoid: tuple[Box, ...]) -> tuple[float, float, float]:
        """Top of the block, the column of its middle, and how much of what must stay free it covers, in pixels; a box's upper half counts twice.

        In the middle of the picture, below or above it, or beside the boxes where there is room.
        """
        if self._cue.place:
            return self._placed(block, wide, avoid)
        margin = MARGIN * self._width
        aside = [b for b in avoid if b[0] > 0 or b[2] < self._width]  # subtitles are as wide as the film
        left, right = min((b[0] for b in aside), default=0), max((b[2] for b in aside), default=self._width)
        columns = [self._width / 2]
        columns += [c for c, room in ((left / 2, left), ((right + self._width) / 2, self._width - right)) if wide <= room - margin]

        def covered(top: float, middle: float) -> float:
            return _covered(top, middle, block, wide, avoid)

        rows = (0.47 * self._height - block / 2, 0.95 * self._height - block, 0.06 * self._height)
        places = [(top, middle) for middle in columns for top in rows]
        top, middle = min(places, key=lambda place: (round(covered(*place)), places.index(place)))
        return top, middle, covered(top, middle)

    def _placed(self, block: float, wide: float, avoid: tuple[Box, ...]) -> tuple[float, float, float]:
        """The same for a title whose place is asked for: inside the safe margins, and off subtitles, whose boxes are as wide as the film."""
        subtitles = [b for b in avoid if b[0] <= 0 and b[2] >= self._width]
        edge = MARGIN * self._width + wide / 2
        middle = {"left": edge, "right": self._width - edge}.get(self._side, self._width / 2)
        upper = max([TOP * self._height, *(b[3] for b in subtitles if b[1] < self._height / 2 and b[3] < 0.4 * self._height)])
        bottom = (1 - (BOTTOM_TALL if self._height > 1.2 * self._width else BOTTOM)) * self._height
        lower = min([bottom, *(b[1] for b in subtitles if b[1] > 0.6 * self._height)])
        top = upper if "top" in self._cue.place else lower - block if "bottom" in self._cue.place else 0.5 * self._height - block / 2
        return top, middle, _covered(top, middle, block, wide, avoid)

    def _lay(self, text: str, family: Family, size: float, tracking: float, top: float, leading: float, index: int, headline: bool) -> int:
        language = script_tag(self._cue.text, self._cue.language)
        whole = shape(text, language, family, size, tracking)
        left = self._middle - whole.width / 2
        if self._side:
            left = self._middle + self._block_wide * (-0.5 if self._side == "left" else 0.5) - (whole.width if self._side == "right" else 0.0)
        baseline = top + 0.5 * leading + 0.36 * size
        for begin, part in _parts(text, whole_line=not headline):
            # the place of a part is where the letters before it end, kerned against it
            x = left + shape(text[: begin + len(part)], language, family, size, tracking).width - shape(part, language, family, size, tracking).width
            line = shape(part, language, family, size, tracking)
            self._words.append(
                _Word(
                    line=line,
                    x=x,
                    baseline=baseline,
                    begin=float(index),
                    top=baseline - 1.05 * size,
                    bottom=baseline + 0.32 * size,
                    headline=headline,
                )
            )
            index += 1
        return index

    def at(self, tick: int) -> Overlay:
        """The title at a tick of its span."""
        into = (tick - self._cue.start) / TICKS_PER_SECOND
        left = (self._cue.end - tick) / TICKS_PER_SECOND
        settled = self._stagger * len(self._words) + 1.35 * _WORD * self._pace
        if into >= settled and left > _LEAVE * self._pace:
            return self.at_rest()
        return self._drawn(into, left)

    def at_rest(self) -> Overlay:
        """The title when everything has arrived."""
        if self._rest is None:
            self._rest = self._drawn(1e3, 1e3)
        return self._rest

    def _drawn(self, into: float, left: float) -> Overlay:
        x0, y0, x1, y1 = self._window
        pixels = np.zeros((max(1, y1 - y0), max(1, x1 - x0), 4), np.uint8)
        letters, small = np.zeros_like(pixels), np.zeros_like(pixels)
        canvas, head, sub = canvas_on(pixels), canvas_on(letters), canvas_on(small)
        for one in (canvas, head, sub):
            one.translate(-x0, -y0)
        leaving = ease_in(1.0 - clamp(left / (_LEAVE * self._pace)))
        stay = 1.0 - leaving
        for word in self._words:
            arrived = ease_out((into - word.begin * self._stagger) / (_WORD * self._pace))
            if arrived > 0.0:
                glow = smooth(arrived) * stay
                draw(canvas, word.line, word.x, word.baseline + 0.02 * self._size, paint(self._shadow, 0.5 * glow, blur=0.16 * word.line.size))
                draw(canvas, word.line, word.x, word.baseline + 0.02 * self._size, paint(self._shadow, 0.32 * glow, blur=0.035 * word.line.size))
        if self._rule:
            self._draw_rule(canvas, into, stay)
        for word in self._words:
            arrived = ease_out((into - word.begin * self._stagger) / (_WORD * self._pace))
            if arrived <= 0.0:
                continue
            drop = (1.0 - arrived) * (0.95 if word.headline else 0.7) * word.line.size - leaving * 0.28 * word.line.size
            band = skia.Rect.MakeLTRB(word.x - 0.2 * self._size, word.top, word.x + word.line.width + 0.2 * self._size, word.bottom)
            seen = smooth(2.2 * arrived) * stay
            for where, strength in ((canvas, seen * (1.0 if word.headline else 0.92)), (head if word.headline else sub, seen)):
                where.save()
                where.clipRect(band, True)
                draw(where, word.line, word.x, word.baseline + drop, paint(self._ink, strength))
                where.restore()
        inks = [(np.ascontiguousarray(drawn[..., 3]), size) for drawn, size in ((letters, self._size), (small, self._sub_size)) if drawn.any()]
        halo = Halo.around(inks, luminance_of(self._ink)) if inks else None
        return trimmed(pixels, x0, y0, self._width, self._height, halo)

    def _draw_rule(self, canvas: Any, into: float, stay: float) -> None:
        first = next((w.begin for w in self._words if not w.headline), 0.0)
        grown = ease_out((into - (first - 0.5) * self._stagger) / (1.2 * _WORD * self._pace))
        half = 0.5 * 0.9 * self._size * grown * (0.4 + 0.6 * stay)
        thick = max(2.0, 0.0035 * self._short)
        middle = self._middle
        if self._side:
            middle += (self._block_wide / 2 - half) * (-1 if self._side == "left" else 1)
        rect = skia.Rect.MakeLTRB(middle - half, self._rule_y - thick / 2, middle + half, self._rule_y + thick / 2)
        canvas.drawRoundRect(rect, thick / 2, thick / 2, paint(self._accent, stay * smooth(grown)))


def _covered(top: float, middle: float, tall: float, wide: float, avoid: tuple[Box, ...]) -> float:
    """How much of what must stay free a block covers, in pixels; a box's upper half counts twice."""

    def over(box: Box) -> float:
        return max(0.0, min(middle + wide / 2, box[2]) - max(middle - wide / 2, box[0])) * max(0.0, min(top + tall, box[3]) - max(top, box[1]))

    return sum(over(b) + over((b[0], b[1], b[2], (b[1] + b[3]) // 2)) for b in avoid)


def colour_of(written: str) -> Colour:
    """#rrggbb as a colour."""
    return int(written[1:3], 16), int(written[3:5], 16), int(written[5:7], 16)


def ink_of(written: str) -> Colour:
    """#rrggbb as a colour, light enough to be read over its own dark outline."""
    red, green, blue = colour_of(written)
    least = max(red, green, blue)
    lift = 1.0 if least >= 110 else 110 / max(least, 1)
    return min(255, round(red * lift)), min(255, round(green * lift)), min(255, round(blue * lift))


def split_title(text: str) -> tuple[str, str]:
    """Headline and subline of a title."""
    parts = _SEAM.split(text.strip(), maxsplit=1)
    head = parts[0].strip()
    sub = " ".join(parts[1].split()) if len(parts) > 1 else ""
    return (head, sub) if head else (sub, "")


def _parts(text: str, whole_line: bool) -> list[tuple[int, str]]:
    """The moving parts of a line: words, or pairs of characters where nothing parts them; a subline moves whole."""
    if whole_line or not text.strip():
        return [(0, text)]
    parts: list[tuple[int, str]] = []
    begin = 0
    for i, character in enumerate(text):
        after = text[i + 1 : i + 2]
        ends = (
            not after
            or character == " "
            or (is_wide(character) and is_wide(after) and i + 1 - begin >= _EAST_GROUP and after not in "、，。！？」』：")
        )
        if ends:
            part = text[begin : i + 1]
            if part.strip():
                parts.append((begin, part.rstrip()))
            begin = i + 1
    return parts
