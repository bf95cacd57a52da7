"""Single-shot detectors of the BlazeFace family: their grids, the decoding of boxes and points, and the merging of doubles.

After Bazarevsky et al., BlazeFace (2019). Boxes and points come out in units of the input's side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonofilm.vision.tensors import sigmoid

F32 = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One layer of cells: ``cells`` a side, ``anchors`` in each."""

    cells: int
    anchors: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """One detection: ``points`` f32[n 2], ``box`` x0 y0 x1 y1 and ``score`` 0…1."""

    box: tuple[float, float, float, float]
    points: F32
    score: float


def centres(grids: tuple[Grid, ...]) -> F32:
    """Middles of all anchors, f32[n 2], row by row."""
    layers: list[F32] = []
    for grid in grids:
        at = (np.arange(grid.cells, dtype=np.float32) + np.float32(0.5)) / np.float32(grid.cells)
        y, x = np.meshgrid(at, at, indexing="ij")
        layers.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), grid.anchors, axis=0).astype(np.float32))
    return np.concatenate(layers)


def decode(raw: F32, logits: F32, middles: F32, side: int, least: float) -> list[Found]:
    """Detections scored at least ``least`` from a detector's raw output f32[n 4+2k] and f32[n 1]; doubles are averaged by score."""
    scores = sigmoid(logits[:, 0])
    keep = np.flatnonzero(scores >= least)
    if keep.size == 0:
        return []
    raw, middles, scores = raw[keep] / np.float32(side), middles[keep], scores[keep]
    centre = raw[:, :2] + middles
    half = raw[:, 2:4] / np.float32(2)
    boxes = np.concatenate([centre - half, centre + half], 1)
    points = raw[:, 4:].reshape(len(keep), -1, 2) + middles[:, None]
    return merge([Found(box=_box(b), points=p, score=float(s)) for b, p, s in zip(boxes, points, scores, strict=True)])


def _box(values: F32) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(v) for v in values)
    return x0, y0, x1, y1


def overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Intersection over union of two boxes."""
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    both = w * h
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def merge(found: list[Found], least_overlap: float = 0.3) -> list[Found]:
    """Doubles as one: around each best detection, the mean of what overlaps it, weighted by score. Best first."""
    rest = sorted(found, key=lambda f: -f.score)
    merged: list[Found] = []
    while rest:
        best = rest[0]
        same = [f for f in rest if overlap(f.box, best.box) >= least_overlap or f is best]
        rest = [f for f in rest if not any(f is s for s in same)]
        weight = np.array([f.score for f in same], np.float32)
        weight /= weight.sum()
        box = np.einsum("n,nb->b", weight, np.array([f.box for f in same], np.float32))
        points = np.einsum("n,nkp->kp", weight, np.stack([f.points for f in same]))
        merged.append(Found(box=_box(box), points=points.astype(np.float32), score=best.score))
    return merged
