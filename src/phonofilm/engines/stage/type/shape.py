"""Shaping: a line of words as placed glyphs, whatever mixture of scripts it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import skia
import uharfbuzz

from phonofilm.engines.stage.type.faces import Face, Family, script_tag
from phonofilm.score.breaks import is_wide

hb: Any = uharfbuzz  # a compiled module without type hints

#: characters that take the face of what stands before them and are never asked for on their own
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """Glyphs of one face: ids, x and y in pixels from the start of the line (y down), and the advance of the run."""

    face: Face
    glyphs: tuple[int, ...]
    points: tuple[tuple[float, float], ...]
    start: float
    advance: float


@dataclass(frozen=True, kw_only=True, eq=False)
class ShapedLine:
    """One line at one size; ``width`` in pixels without the tracking after its last glyph."""

    text: str
    size: float
    runs: tuple[Run, ...]
    width: float


def shape(text: str, language: str, family: Family, size: float, tracking: float = 0.0) -> ShapedLine:
    """Place the glyphs of one line.

    ``tracking`` is extra space after each glyph in ems. Runs of a right-to-left script are shaped right to left, and where
    the line begins with one the runs are laid from the right as well.
    """
    tag = script_tag(text, language)
    pieces = _itemise(text, tag, family)
    shaped = [_shape_piece(piece, tag, face, size, tracking) for piece, face in pieces]
    if shaped and shaped[0][3]:
        shaped.reverse()
    runs: list[Run] = []
    pen = 0.0
    previous: Face | None = None
    for glyphs, points, advance, _, face in shaped:
        if previous is not None and (previous.key.split("/")[0] == "font_cjk") != (face.key.split("/")[0] == "font_cjk") and tag != "ko":
            pen += 0.0 if _spaced(runs[-1], face, size) else size * 0.06
        runs.append(Run(face=face, glyphs=glyphs, points=points, start=pen, advance=advance))
        pen += advance
        previous = face
    last = tracking * size if runs else 0.0
    return ShapedLine(text=text, size=size, runs=tuple(runs), width=max(0.0, pen - last))


def _spaced(run: Run, face: Face, size: float) -> bool:
    """Whether a written space already parts the two runs."""
    space = run.face.shaper.get_nominal_glyph(0x20)
    return bool(run.glyphs) and run.glyphs[-1] == space


def _itemise(text: str, tag: str, family: Family) -> list[tuple[str, Face]]:
    pieces: list[tuple[str, Face]] = []
    for character in text:
        if pieces and (character in _JOINERS or (character == " " and not is_wide(pieces[-1][0][-1]))):
            pieces[-1] = (pieces[-1][0] + character, pieces[-1][1])
            continue
        face = family.of(character, tag)
        if pieces and pieces[-1][1] is face:
            pieces[-1] = (pieces[-1][0] + character, face)
        else:
            pieces.append((character, face))
    return pieces


def _shape_piece(
    text: str, tag: str, face: Face, size: float, tracking: float
) -> tuple[tuple[int, ...], tuple[tuple[float, float], ...], float, bool, Face]:
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.language = tag
    # letters set apart from each other must not be joined into ligatures
    features = {"kern": True, "liga": tracking == 0.0, "palt": False}
    hb.shape(face.shaper, buffer, features)
    scale = size / face.units
    glyphs: list[int] = []
    points: list[tuple[float, float]] = []
    pen = 0.0
    for info, at in zip(buffer.glyph_infos or (), buffer.glyph_positions or (), strict=True):
        glyphs.append(info.codepoint)
        points.append((pen + at.x_offset * scale, -at.y_offset * scale))
        pen += at.x_advance * scale + (tracking * size if at.x_advance else 0.0)
    return tuple(glyphs), tuple(points), pen, buffer.direction == "rtl", face


def draw(canvas: Any, line: ShapedLine, x: float, baseline: float, paint: Any) -> None:
    """Draw a shaped line with its left end at ``x``; glyphs stand on sub-pixel places and are not hinted."""
    for run in line.runs:
        if not run.glyphs:
            continue
        font = skia.Font(run.face.typeface, line.size)
        font.setSubpixel(True)
        font.setHinting(skia.FontHinting.kNone)
        font.setEdging(skia.Font.Edging.kAntiAlias)
        builder = skia.TextBlobBuilder()
        builder.allocRunPos(font, list(run.glyphs), [skia.Point(px + run.start, py) for px, py in run.points])
        canvas.drawTextBlob(builder.make(), x, baseline, paint)
