"""The true edges of the lips in the photo: landmarks are a few pixels off, and a fringe of tooth on a lip is seen at once.

The mouth is sampled into a head-aligned canvas; a closed mouth's seam is its darkest path, an open mouth's edges are where the colour stops
being that of the lips. Both are shortest paths over columns (dynamic programming) near the landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from phonofilm.engines.stage.face.lips import Lips, seam_of
from phonofilm.engines.stage.face.mesh import HeadFrame
from phonofilm.engines.stage.face.skin import smooth

Floats = NDArray[np.floating]
U8 = NDArray[np.uint8]

#: a mouth with a smaller inner gap counts as closed, in face heights
CLOSED = 0.014
CELL = 1 / 480
#: one with less than this may still be closed: it is, when what lies between the lips is as red as they are (distance in Lab, brightness by half)
DOUBTFUL, ALIKE = 0.034, 10.0
#: brightness (Lab) that no photographed mouth stays under
INK = 6.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Canvas:
    """The mouth seen head-aligned: ``lab`` f32[h w 3]; cell (0, 0) is at plane coordinates ``x0 y0``."""

    lab: Floats
    x0: float
    y0: float

    def columns(self) -> Floats:
        """Plane x of the columns."""
        return (self.x0 + np.arange(self.lab.shape[1]) * CELL).astype(np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnMouth:
    """What the photo itself shows between open lips, over the canvas: ``teeth`` f32[h w] its upper teeth, ``all`` f32[h w] all."""

    canvas: Canvas
    teeth: Floats
    all: Floats
    colour: Floats


def sample(image: U8, frame: HeadFrame, lips: Lips) -> Canvas:
    """Sample the mouth of the photo."""
    ring = np.concatenate([frame.seen(c) for c in (lips.upper_outer, lips.lower_outer)])
    low, high = ring.min(0) - 0.02, ring.max(0) + 0.02
    w, h = int((high[0] - low[0]) / CELL), int((high[1] - low[1]) / CELL)
    gx, gy = np.meshgrid(low[0] + np.arange(w) * CELL, low[1] + np.arange(h) * CELL)
    points = np.stack([gx, gy, np.zeros_like(gx)], -1).reshape(-1, 3).astype(np.float32)
    at = frame.to_image(points)[:, :2].reshape(h, w, 2)
    picture = cv2.remap(image, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return Canvas(lab=np.asarray(cv2.GaussianBlur(lab, (0, 0), 1.2), np.float32), x0=float(low[0]), y0=float(low[1]))


def _path(cost: Floats, bend: float) -> NDArray[np.intp]:
    """Row of the cheapest path from the left column to the right one; a step of one row costs ``bend``."""
    h, w = cost.shape
    total = cost[:, 0].astype(np.float64)
    back = np.zeros((h, w), np.int8)
    for x in range(1, w):
        choices = np.stack([np.r_[np.inf, total[:-1]] + bend, total, np.r_[total[1:], np.inf] + bend])
        best = choices.argmin(0)
        back[:, x] = best - 1
        total = choices[best, np.arange(h)] + cost[:, x]
    rows = np.zeros(w, np.intp)
    rows[-1] = int(total.argmin())
    for x in range(w - 1, 0, -1):
        rows[x - 1] = rows[x] + back[rows[x], x]
    return rows


def _soften(rows: Floats, sigma: float) -> Floats:
    k = int(3 * sigma) + 1
    kernel = np.exp(-0.5 * (np.arange(-k, k + 1) / sigma) ** 2)
    return np.convolve(np.pad(rows, k, mode="edge"), kernel / kernel.sum(), mode="valid").astype(np.float32)


def _near(canvas: Canvas, line: Floats, reach: float) -> Floats:
    """Cost f32[h w] of being away from a line of rows f32[w]: 0 on it, 1 at ``reach`` cells, forbidden at twice that."""
    away = np.abs(np.arange(canvas.lab.shape[0])[:, None] - line[None]) / reach
    return (away**2 + np.where(away > 2, 1e3, 0)).astype(np.float32)


def _rows(canvas: Canvas, curve: Floats) -> Floats:
    return ((np.interp(canvas.columns(), curve[:, 0], curve[:, 1]) - canvas.y0) / CELL).astype(np.float32)


def _likeness(lab: Floats, samples: Floats) -> Floats:
    mean = samples.mean(0)
    cov = np.cov(samples.T) + np.eye(3) * 6.0
    d = lab - mean
    return (np.einsum("...i,ij,...j->...", d, np.linalg.inv(cov), d) + np.log(np.linalg.det(cov))).astype(np.float32)


def _step(values: Floats, reach: int) -> Floats:
    """Mean of the ``reach`` cells below each cell less the mean of those above it."""
    h = len(values)
    total = np.cumsum(np.pad(values, ((reach + 1, reach), (0, 0)), mode="edge"), axis=0)
    over = total[reach : reach + h] - total[0:h]
    under = total[2 * reach : 2 * reach + h] - total[reach : reach + h]
    return ((under - over) / reach).astype(np.float32)


def _other(lab: Floats, samples: Floats) -> Floats:
    """Unlikeness to whatever is between the lips: bright teeth, dim teeth, tongue and dark are told apart by brightness."""
    order = np.argsort(samples[:, 0])
    parts = [samples[k] for k in np.array_split(order, 4)]
    return np.min([_likeness(lab, p) for p in parts], axis=0)


def trace_lips(image: U8, frame: HeadFrame, lips: Lips, softness: float) -> tuple[Lips, OwnMouth | None]:
    """The lips with their inner edges where the photo has them, and what is seen between them if the mouth is open.

    ``softness`` is the photo's blur (sigma, face heights): the cut keeps clear of the blurred edge of the teeth.
    """
    if lips.gap >= CLOSED:
        lips = _wide(lips)
    canvas = sample(image, frame, lips)
    uo, ui, li, lo = (frame.seen(c) for c in (lips.upper_outer, lips.upper_inner, lips.lower_inner, lips.lower_outer))
    if lips.gap < CLOSED:
        return _met(canvas, lips, ui, li), None
    h = canvas.lab.shape[0]
    r = np.arange(h)[:, None]
    top, low, high_edge, low_edge = (_rows(canvas, c) for c in (ui, li, uo, lo))
    x = canvas.columns()
    span = (x > ui[1, 0]) & (x < ui[-2, 0])
    upper_band = (r > high_edge + 0.25 * (top - high_edge)) & (r < high_edge + 0.5 * (top - high_edge)) & span
    lower_band = (r < low_edge - 0.25 * (low_edge - low)) & (r > low_edge - 0.7 * (low_edge - low)) & span
    inside = (r > top + 0.12 * (low - top)) & (r < low - 0.15 * (low - top)) & span
    if min(upper_band.sum(), lower_band.sum(), inside.sum()) < 40:
        return lips, None
    red = np.median(canvas.lab[upper_band | lower_band], axis=0)
    if lips.gap < DOUBTFUL and float(np.linalg.norm((np.median(canvas.lab[inside], axis=0) - red) * (0.5, 1, 1))) < ALIKE:
        return _met(canvas, replace(lips, gap=0.0, relaxed=1.0), ui, li), None
    if float(np.percentile(canvas.lab[inside][:, 0], 90)) < INK:
        # pure black is ink: an upper lip that is drawn, not a mouth that is open
        drawn = (0.2 * lips.upper_inner + 0.8 * lips.lower_inner).astype(np.float32)
        return replace(lips, upper_inner=drawn, lower_inner=drawn.copy(), seam=drawn.copy(), gap=0.0, relaxed=1.0), None
    other = _other(canvas.lab, canvas.lab[inside])
    edges: list[Floats] = []
    lip = np.minimum(_likeness(canvas.lab, canvas.lab[upper_band]), _likeness(canvas.lab, canvas.lab[lower_band]))
    lipness = 1 / (1 + np.exp(np.clip((lip - other) / 2, -12, 12)))
    # teeth under a lip are a step from dark to light; dim gums above them pass for lip
    within = canvas.lab[inside][:, 0]
    dark = float((within < 0.5 * np.percentile(within, 92)).mean())
    # in a mouth that is open wide and dark inside, landmarks take the dim upper teeth for lip
    ajar = float(smooth(dark, 0.25, 0.45)) * float(smooth(lips.gap, 0.03, 0.08))
    lifted = top - float(np.clip((lips.gap - 0.06) * 140, 0, 8)) * ajar
    step = np.clip(_step(canvas.lab[..., 0], 5) / 22, 0, 1)
    for line, reach, change in ((lifted, 12, 1.1 * _step(lipness, 7) - 1.7 * step), (low, 9, -2.2 * _step(lipness, 7))):
        edges.append(_path(cv2.GaussianBlur(change, (0, 0), 1.5) + 0.3 * _near(canvas, line, reach), 0.25).astype(np.float32))
    upper, lower = edges
    lower = _below_teeth(canvas, lower, red, span)
    into = 0.8 + 1.1 * softness / CELL  # cells into the lip, off the blurred edge
    up = canvas.y0 + (_soften(upper, 3) - into) * CELL
    down = canvas.y0 + (_soften(lower, 3) + into) * CELL
    traced = _moved(lips, ui, li, canvas, up, np.maximum(up + 1e-4, down))
    seam = seam_of(traced.upper_inner, traced.lower_inner, lips.gap, ajar)
    traced = replace(traced, seam=seam, ajar=ajar * max(0.0, float((traced.lower_inner - seam)[5, 1])))
    return traced, _own(canvas, (up - canvas.y0) / CELL, (down - canvas.y0) / CELL, (x > ui[0, 0] + 0.006) & (x < ui[-1, 0] - 0.006), red)


def _met(canvas: Canvas, lips: Lips, ui: Floats, li: Floats) -> Lips:
    """Lips that meet, along the darkest path between them."""
    line = _rows(canvas, (ui + li) / 2)
    dark = canvas.lab[..., 0] - cv2.GaussianBlur(canvas.lab[..., 0], (0, 0), 9)
    rows = _path(dark / max(float(dark.std()), 1e-3) + 0.6 * _near(canvas, line, 6), 0.5)
    seam = canvas.y0 + _soften(rows.astype(np.float32), 4) * CELL
    met = _moved(lips, ui, li, canvas, seam, seam)
    return replace(met, seam=(met.upper_inner + met.lower_inner) / 2)


def _steady(values: Floats, share: int, size: int, blur: float) -> Floats:
    """Values f32[n]: ``share`` per cent of each ``size`` neighbours are at most that, smoothed by a Gaussian of ``blur``."""
    near = sliding_window_view(np.pad(values, size // 2, mode="symmetric"), size)
    ranked = np.sort(near, axis=1)[:, size * share // 100]
    reach = round(4 * blur)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / blur) ** 2)
    return np.convolve(np.pad(ranked, reach, mode="symmetric"), kernel / kernel.sum(), mode="valid").astype(values.dtype)


def _below_teeth(canvas: Canvas, edge: Floats, red: Floats, span: NDArray[np.bool_]) -> Floats:
    """The lower lip's edge f32[w] (rows) moved below the lower teeth, where it was found above them: a bright pale run in a dark mouth."""
    level, chroma = canvas.lab[..., 0], np.hypot(canvas.lab[..., 1], canvas.lab[..., 2])
    pale = (chroma < 0.72 * float(np.hypot(red[1], red[2]))) & (level > red[0] + 3)
    found = np.zeros(len(edge), np.float32)
    for x in np.flatnonzero(span):
        rows = np.flatnonzero(pale[int(edge[x]) - 2 : int(edge[x]) + 24, x])
        runs = np.split(rows, np.flatnonzero(np.diff(rows) > 2) + 1)
        if len(runs[0]) >= 5 and runs[0][0] <= 12:
            found[x] = runs[0][-1] - 1
    if (found > 4).sum() < 0.12 * span.sum():
        return edge
    return edge + _steady(found, 75, 15, 2.5)


def _wide(lips: Lips) -> Lips:
    """Open lips part nearly up to the mouth's corners; the landmarks of the inner corners lie further in."""
    ui, li = lips.upper_inner.copy(), lips.lower_inner.copy()
    for end in (0, -1):
        ui[end] = li[end] = 0.45 * (ui[end] + li[end]) / 2 + 0.55 * (lips.upper_outer[end] + lips.lower_outer[end]) / 2
    return replace(lips, upper_inner=ui, lower_inner=li)


def _moved(lips: Lips, ui: Floats, li: Floats, canvas: Canvas, up: Floats, down: Floats) -> Lips:
    """The lips with inner edges at plane rows given over the canvas' columns; the corners stay."""
    x = canvas.columns()
    hold = np.array([0, 0.6, 1, 1, 1, 1, 1, 1, 1, 0.6, 0], np.float32)
    new_ui, new_li = lips.upper_inner.copy(), lips.lower_inner.copy()
    for new, old, edge in ((new_ui, ui, up), (new_li, li, down)):
        away = hold * np.clip(np.interp(old[:, 0], x, edge) - old[:, 1], -0.03, 0.03)
        new[1:-1, 1] += np.convolve(away, [0.2, 0.6, 0.2], mode="valid").astype(np.float32)
    new_li[:, 1] = np.maximum(new_li[:, 1], new_ui[:, 1])
    return replace(lips, upper_inner=new_ui, lower_inner=new_li)


def _own(canvas: Canvas, top: Floats, low: Floats, span: NDArray[np.bool_], red: Floats) -> OwnMouth:
    """Which of the opening is upper teeth: the bright run under the upper lip, as far as it goes in each column."""
    h, w = canvas.lab.shape[:2]
    r = np.arange(h)[:, None]
    opening = (r >= top) & (r <= low)
    level, chroma = canvas.lab[..., 0], np.hypot(canvas.lab[..., 1], canvas.lab[..., 2])
    within = opening & span & (r < top + 0.62 * (low - top))
    values = level[within]
    edge = float(cv2.threshold(np.clip(values, 0, 255).astype(np.uint8).reshape(-1, 1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])
    # teeth that fill the mouth have no dark half: keep all that is not far darker than the bright part
    edge = min(edge, float(np.percentile(values, 90)) * 0.62)
    bright = opening & (level > edge) & (chroma < float(np.percentile(chroma[within], 60)) + 16)
    last = np.full(w, np.nan)
    for x in np.flatnonzero(span):
        rows = np.flatnonzero(bright[:, x])
        runs = np.split(rows, np.flatnonzero(np.diff(rows) > 5) + 1)
        first = next((run for run in runs if len(run) >= 4), None)
        if first is not None and first[0] < top[x] + 0.5 * (low[x] - top[x]):
            last[x] = first[-1]
    teeth = np.zeros((h, w), np.float32)
    known = np.flatnonzero(np.isfinite(last))
    if len(known) > 0.55 * span.sum():
        # a tooth that the light misses is still there: its edge runs on from its neighbours', and out to the lower lip in the dim corners
        between = np.flatnonzero(span)
        dim = (between < known[0]) | (between > known[-1])
        reach = np.interp(between, known, last[known])
        reach[dim] = np.minimum(low[between][dim], reach[dim] + 4)
        edge_rows = _steady(reach, 70, 23, 2.0)
        fade = np.clip(np.minimum(np.arange(len(between)), np.arange(len(between))[::-1]) / 10, 0, 1)
        teeth[:, between] = ((r >= np.maximum(top[between] - 1, 0)) & (r <= edge_rows[None])) * fade
    every = opening & span
    if teeth.any() and float(np.median(level[teeth > 0])) < 0.72 * float(np.percentile(level[every], 92)):
        teeth[:] = 0  # dim teeth under a bright lower row are no texture to speak with
    if teeth.any():
        shade = np.median(canvas.lab[teeth > 0.5], axis=0)
        pale = np.hypot(shade[1], shade[2]) < 0.8 * np.hypot(red[1], red[2])
        if shade[0] < (0.8 * red[0] if pale else red[0] + 2):
            teeth[:] = 0  # dark, or as red as the lips: a tongue or a gum
    colour = canvas.lab[every & (level > np.percentile(level[every], 80))]
    mean = colour.mean(0) if len(colour) > 30 else np.zeros(3)
    rgb = cv2.cvtColor(np.array([[mean]], np.float32), cv2.COLOR_LAB2RGB)[0, 0] * 255
    return OwnMouth(canvas=canvas, teeth=teeth, all=opening.astype(np.float32), colour=rgb.astype(np.float32))
