"""Plots for the report: curves, waveforms and lanes on one time axis, as HTML and inline SVG that stretch with the page.

Shapes are drawn in a box of 1000 x 100 that is stretched to the width there is; lines keep their thickness, and every word is HTML on top of it, so
that it is read as well on a phone. Whatever comes from a film or a score is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND, time_code
from phonofilm.measure.finding import Series

_WIDE, _HIGH = 1000, 100
_MOST = 1200  # points of a curve: more are not seen
_BINS = 500  # of a waveform


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A series as it is drawn. ``scaled``: to its own range, where curves of several units lie over each other; ``dashed``: asked, not found;
    ``kin``: curves of one kin have one colour."""

    series: Series
    label: str = ""
    kin: str = ""
    scaled: bool = False
    dashed: bool = False


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something on a lane over [start, end) ticks (``end`` None: a moment), with a word on it and more on hovering; ``tone`` names its colour."""

    start: int
    end: int | None = None
    text: str = ""
    hint: str = ""
    tone: str = "plain"


def text(value: str) -> str:
    """A string as it may stand in HTML: escaped, control and direction signs made visible."""
    return escape("".join(c if c.isprintable() else "\ufffd" for c in value), quote=True)


def percent(tick: int, length: int) -> str:
    """Where a tick lies on the axis."""
    return f"{min(max(tick / max(length, 1), 0.0), 1.0) * 100:.3f}%"


def axis(length: int) -> str:
    """The seconds under a plot."""
    seconds = length / TICKS_PER_SECOND
    step = next((s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60) if seconds / s <= 8), 120)
    ticks = [k * step for k in range(int(seconds / step + 1e-6) + 1)]
    labels = "".join(f'<span style="left:{percent(round(t * TICKS_PER_SECOND), length)}">{t:g}{" s" if t == 0 else ""}</span>' for t in ticks)
    return f'<div class="axis" aria-hidden="true">{labels}</div>'


def curves(plotted: Sequence[Curve], length: int, *, cuts: Sequence[int] = (), goal: float | None = None, span: float = 0.0) -> str:
    """Curves over each other with their names; nothing where none has two values.

    The scale takes in ``goal``, where a line is drawn, and at least ``span``, so that little things do not look great.
    """
    drawn = [c for c in plotted if sum(v is not None for v in c.series.values) > 1]
    if not drawn:
        return ""
    values = [v for c in drawn if not c.scaled for v in c.series.values if v is not None]
    low, high = _range(values if goal is None or not values else [*values, goal], span)
    parts = [f'<line class="cut" x1="{_x(k, length)}" x2="{_x(k, length)}" y1="0" y2="{_HIGH}"/>' for k in cuts]
    if low < 0 < high and not all(c.scaled for c in drawn):
        zero = round(_HIGH * high / (high - low), 2)
        parts.append(f'<line class="zero" x1="0" x2="{_WIDE}" y1="{zero}" y2="{zero}"/>')
    names: list[str] = []
    if goal is not None and values:
        at = round(_HIGH * (high - goal) / (high - low), 2)
        parts.append(f'<line class="goal" x1="0" x2="{_WIDE}" y1="{at}" y2="{at}"/>')
        names.append(f'<li class="goal">goal of {text(drawn[0].label or drawn[0].series.name)}: {goal:g}</li>')
    kins = list(dict.fromkeys(c.kin or c.series.name for c in drawn))
    for curve in drawn:
        bounds = _range([v for v in curve.series.values if v is not None]) if curve.scaled else (low, high)
        style = f"s{kins.index(curve.kin or curve.series.name) % 6 + 1}" + (" asked" if curve.dashed else "")
        parts.append(f'<path class="{style}" d="{_path(curve.series, bounds, length, cuts)}"/>')
        unit = f" <i>{text(curve.series.unit)}</i>" if curve.series.unit else ""
        names.append(f'<li class="{style}">{text(curve.label or curve.series.name)}{unit}</li>')
    scale = "" if all(c.scaled for c in drawn) else f'<span class="top">{high:.3g}</span><span class="bottom">{low:.3g}</span>'
    return (
        f'<div class="plot"><div class="box">{_svg(parts)}{scale}</div>{axis(length)}<ul class="names">{"".join(names)}</ul></div>'
    )  # fmt: skip


def waveform(mono: NDArray[np.float32], length: int, *, cuts: Sequence[int] = ()) -> str:
    """Mono f32[s] at 48 kHz on an axis of ``length`` ticks."""
    size = max(length // _BINS, 1)
    whole = np.pad(mono[: size * _BINS], (0, max(size * _BINS - len(mono), 0)))
    peaks = np.abs(whole.reshape(_BINS, size)).max(axis=1)
    top = float(peaks.max()) or 1.0
    x = (np.arange(_BINS) + 0.5) * _WIDE / _BINS
    upper = [f"{a:.1f} {50 - 48 * p / top:.1f}" for a, p in zip(x, peaks, strict=True)]
    lower = [f"{a:.1f} {50 + 48 * p / top:.1f}" for a, p in zip(x[::-1], peaks[::-1], strict=True)]
    parts = [f'<path class="wave" d="M{" L".join(upper + lower)} Z"/>']
    parts += [f'<line class="cut" x1="{_x(k, length)}" x2="{_x(k, length)}" y1="0" y2="{_HIGH}"/>' for k in cuts]
    return f'<div class="box wave">{_svg(parts)}</div>'


def lane(name: str, marks: Iterable[Mark], length: int) -> str:
    """One lane of marks; nothing where there are none."""
    drawn = "".join(_mark(m, length) for m in marks)
    return f'<div class="lane"><b>{text(name)}</b><div>{drawn}</div></div>' if drawn else ""


def _mark(mark: Mark, length: int) -> str:
    hint = text(" · ".join(part for part in (time_code(mark.start), mark.text, mark.hint) if part))
    left = percent(mark.start, length)
    if mark.end is None:
        return f'<i class="{mark.tone}" style="left:{left}" title="{hint}"></i>'
    width = percent(max(mark.end - mark.start, 1), length)
    return f'<span class="{mark.tone}" style="left:{left};width:{width}" title="{hint}">{text(mark.text)}</span>'


def strip(pictures: Sequence[tuple[int, str]]) -> str:
    """Pictures of the film side by side, each a data address and its tick."""
    shown = "".join(f'<img src="{text(address)}" alt="{time_code(at)}" title="{time_code(at)}" loading="lazy">' for at, address in pictures)
    return f'<div class="strip">{shown}</div>' if shown else ""


def offsets(events: Sequence[tuple[str, int, float]], limit: float) -> str:
    """Sync errors of events (name, tick, ms): a bar each, to the right where the sound is late; beyond ``limit`` ms it falls short."""
    if not events:
        return ""
    most = max(limit * 1.5, *(abs(ms) for _, _, ms in events))
    rows: list[str] = []
    for name, at, ms in events:
        width = abs(ms) / most * 50
        left = 50 - width if ms < 0 else 50
        tone = "good" if abs(ms) <= limit else "bad"
        rows.append(
            f"<li><span>{time_code(at)} {text(name)}</span>"
            f'<div><i class="{tone}" style="left:{left:.2f}%;width:{max(width, 0.6):.2f}%"></i></div><b>{round(ms) or 0:+d} ms</b></li>'
        )
    return f'<ol class="offsets">{"".join(rows)}</ol>'


def _svg(parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {_WIDE} {_HIGH}" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'


def _x(tick: int, length: int) -> float:
    return round(tick / max(length, 1) * _WIDE, 2)


def _range(values: Sequence[float], span: float = 0.0) -> tuple[float, float]:
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    if high - low < span:
        low = (low + high - span) / 2 if low < 0 else max((low + high - span) / 2, 0.0)
        high = low + span
    room = (high - low) * 0.06 or abs(high) * 0.05 or 0.5
    return max(low - room, 0.0) if low >= 0 else low - room, high + room


def _path(series: Series, bounds: tuple[float, float], length: int, cuts: Sequence[int]) -> str:
    """The curve, which does not run on over a cut."""
    low, high = bounds
    every = max(len(series.at) // _MOST, 1)
    out: list[str] = []
    pen, last = False, -1
    for at, value in zip(series.at[::every], series.values[::every], strict=True):
        if value is None or not np.isfinite(value):
            pen = False
            continue
        pen = pen and not any(last < cut <= at for cut in cuts)
        out.append(f"{'L' if pen else 'M'}{_x(at, length)} {_HIGH * (high - value) / (high - low):.2f}")
        pen, last = True, at
    return "".join(out)
