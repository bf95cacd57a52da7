"""How skin follows the lips and the jaw: an elastic sheet with the mouth as a hole in it, solved once for a photo.

The sheet's nodes are springs between the contours that a mouth moves (lips, chin, nose) and what stays (eyes, ears, collar). It is solved for a
unit of every control, so that a frame is a product of a matrix with the controls' moves, and springs that a wide open, a round or a shut mouth
stretches are made stiffer until the stretch is shared by their neighbours (iteratively reweighted least squares, which tends to the
least largest stretch). Inside the hole the upper and the lower lip are two sheets that meet the skin along the outer contours.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import scipy
from numpy.typing import NDArray

from phonofilm.engines.stage.face import mesh
from phonofilm.engines.stage.face import skin as skins
from phonofilm.engines.stage.face.lips import Lips, Mouth
from phonofilm.engines.stage.face.mesh import CHIN, NOSE_BASE, OVAL, HeadFrame
from phonofilm.engines.stage.face.sheet import Sheet
from phonofilm.engines.stage.face.skin import smooth, through
from phonofilm.perceive.cache import prepared

Floats = NDArray[np.floating]

#: nodes a face height
NODES = 60
#: controls: eleven points each of upper outer, lower outer, upper inner and lower inner lip, the chin and the nose
CONTROLS = 46
#: a contour is held at this many points
HELD = 31
#: how hard contours, jaw line and nose are held, against springs of 1
HOLD, HOLD_JAW, HOLD_NOSE = 40.0, 1.5, 0.6
#: the sheet's matrix is symmetric
ORDER: dict[str, Any] = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.0, "options": {"SymmetricMode": True}}
#: resistance to bending
BEND = 1.2
#: rounds of stiffening, and the stretch that is aimed at
ROUNDS, AIM = 3, 0.18
#: how much of the upper lip's way the nose goes, across and down
NOSE_SHARE = (0.1, 0.22)
#: nothing moves above this, head units above the mouth; nor this far below the chin
CHEEKBONE, COLLAR = 0.31, 0.34


@dataclass(frozen=True, kw_only=True, eq=False)
class Tissue:
    """The solved sheet: corner ``x0 y0`` and ``step`` of its nodes in photo pixels, their ``shape`` (rows, columns).

    ``skin`` f32[46 n]: displacement of every node for a unit move of every control. ``hole`` are the nodes between the outer contours of the
    lips, ``upper`` and ``lower`` f32[46 m] their displacement with the one and with the other lip.
    """

    x0: float
    y0: float
    step: float
    shape: tuple[int, int]
    skin: Floats
    hole: NDArray[np.intp]
    upper: Floats
    lower: Floats

    def backward(self, moves: Floats) -> tuple[Floats, Floats]:
        """Where the nodes' places come from after ``moves`` f32[46 2], photo pixels: displacements f32[rows cols 2] of both sheets."""
        unit = (moves / np.float32(self.step)).astype(np.float32)
        # einsum and not a BLAS product: the same bits whatever the number of threads
        skin = np.einsum("mn,md->nd", self.skin, unit)
        up, low = (np.einsum("mn,md->nd", lip, unit) for lip in (self.upper, self.lower))
        forward = skin.copy()
        forward[self.hole] = up
        upper = np.zeros((*self.shape, 2), np.float32)
        moving = np.flatnonzero(np.abs(skin).max(1) > 1e-3)
        if len(moving):
            every = tuple(_span(at.astype(np.float32), size) for at, size in zip(np.divmod(moving, self.shape[1]), self.shape, strict=True))
            upper[every] = _inverse(forward.reshape(*self.shape, 2), every)
        # the lower sheet differs where its lip goes
        forward[self.hole] = low
        rows, columns = np.divmod(self.hole, self.shape[1])
        part = tuple(_span(np.concatenate([at, at + up[:, k], at + low[:, k]]), self.shape[1 - k]) for at, k in ((rows, 1), (columns, 0)))
        lower = upper.copy()
        lower[part] = _inverse(forward.reshape(*self.shape, 2), part)
        return upper * np.float32(self.step), lower * np.float32(self.step)

    def onto(self, sheet: Sheet, field: Floats) -> Floats:
        """A field f32[rows cols 2] over the nodes, read at the points of a sheet of the photo."""
        rows, columns = sheet.shape
        x = (sheet.x0 + (np.arange(columns) + 0.5) * sheet.step - 0.5 - self.x0) / self.step
        y = (sheet.y0 + (np.arange(rows) + 0.5) * sheet.step - 0.5 - self.y0) / self.step
        # the border's nodes are still; a read beyond them takes whatever lies there in memory
        x, y = np.clip(x, 1, self.shape[1] - 2.01), np.clip(y, 1, self.shape[0] - 2.01)
        gx, gy = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
        return np.asarray(cv2.remap(field, gx, gy, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT), np.float32)


def moves_of(mouth: Mouth, lips: Lips, frame: HeadFrame) -> Floats:
    """Moves f32[46 2] of the controls from the photo's mouth to another one, photo pixels."""
    pairs = zip((mouth.upper_outer, mouth.lower_outer, mouth.upper_inner, mouth.lower_inner), _contours(lips), strict=True)
    away = np.concatenate([moved - rest for moved, rest in pairs])
    raised = (mouth.upper_outer[3:8] - lips.upper_outer[3:8]).mean(0)
    nose = np.array([raised[0] * NOSE_SHARE[0], raised[1] * NOSE_SHARE[1], 0], np.float32)
    chin = np.array([0, mouth.drop, -0.15 * mouth.drop], np.float32)
    return frame.project(np.concatenate([away, chin[None], nose[None]]).astype(np.float32))


def _contours(lips: Lips) -> tuple[Floats, Floats, Floats, Floats]:
    return lips.upper_outer, lips.lower_outer, lips.upper_inner, lips.lower_inner


def tissue_of(marks: Floats, frame: HeadFrame, lips: Lips, poses: Sequence[Floats]) -> Tissue:
    """The solved sheet (see ``build_tissue``), as it was solved before for the same face."""
    made = prepared(
        "tissue",
        (marks, frame.origin, frame.axes, float(frame.height), *_contours(lips), *poses),
        (sys.modules[__name__], skins, mesh),
        lambda: {name: np.asarray(value) for name, value in vars(build_tissue(marks, frame, lips, poses)).items()},
    )
    rows, columns = made.pop("shape").tolist()
    fields: dict[str, Any] = {name: value.item() if value.ndim == 0 else value for name, value in made.items()}
    return Tissue(shape=(rows, columns), **fields)


def build_tissue(marks: Floats, frame: HeadFrame, lips: Lips, poses: Sequence[Floats]) -> Tissue:
    """Solve the sheet for landmarks f32[n 3]; ``poses`` are moves f32[46 2] that it must bear without stretching much."""
    step = frame.height / NODES
    oval = frame.plane(marks[list(OVAL), :2])
    chin = float(oval[OVAL.index(CHIN), 1])
    corners = np.array([[x, y] for x in (oval[:, 0].min() - 0.06, oval[:, 0].max() + 0.06) for y in (-CHEEKBONE - 0.05, chin + COLLAR + 0.05)])
    at = frame.project(np.concatenate([corners, np.zeros((4, 1))], 1).astype(np.float32)) + frame.origin[:2]
    x0, y0 = (float(v) for v in at.min(0))
    columns, rows = (int(v) + 2 for v in (at.max(0) - at.min(0)) / step)
    gx, gy = np.meshgrid(x0 + np.arange(columns) * step, y0 + np.arange(rows) * step)
    nodes = np.stack([gx, gy], -1).reshape(-1, 2).astype(np.float32)
    xy = frame.plane(nodes)

    def stencil(points: Floats) -> scipy.sparse.csc_array:
        """Weights [n nodes] of the nodes around photo points f32[n 2]."""
        u = np.clip((points[:, 0] - x0) / step, 0, columns - 1.001)
        v = np.clip((points[:, 1] - y0) / step, 0, rows - 1.001)
        i, j = u.astype(int), v.astype(int)
        s, t = u - i, v - j
        parts = [(j * columns + i, (1 - s) * (1 - t)), (j * columns + i + 1, s * (1 - t))]
        parts += [((j + 1) * columns + i, (1 - s) * t), ((j + 1) * columns + i + 1, s * t)]
        row = np.tile(np.arange(len(points)), 4)
        return scipy.sparse.csc_array(
            (np.concatenate([w for _, w in parts]), (row, np.concatenate([k for k, _ in parts]))), shape=(len(points), len(nodes))
        )

    dense = through(HELD)
    held = [stencil(frame.to_image((dense @ c).astype(np.float32))[:, :2]) for c in _contours(lips)]

    def drive(first: int, weights: Floats) -> Floats:
        """What controls from ``first`` on ask of points: f64[n 46]."""
        out = np.zeros((len(weights), CONTROLS))
        out[:, first : first + weights.shape[1]] = weights
        return out

    jaw_line = np.array([k for k, p in zip(OVAL, oval, strict=True) if p[1] > 0.02])
    jaw_at = frame.plane(marks[jaw_line, :2])
    half = float(oval[:, 0].max() - oval[:, 0].min()) / 2
    middle = float(jaw_at[:, 0].mean())
    swing = 1 - smooth(np.abs(jaw_at[:, 0] - middle), 0.35 * half, 1.05 * half)
    swing *= smooth(jaw_at[:, 1], -0.10, 0.75 * chin)
    nose = marks[list(NOSE_BASE), :2]
    nostril = np.ones((len(nose), 1))
    skin = [
        (held[0], HOLD, drive(0, dense)), (held[1], HOLD, drive(11, dense)),
        (stencil(marks[jaw_line, :2]), HOLD_JAW, drive(44, swing[:, None])), (stencil(nose), HOLD_NOSE, drive(45, nostril)),
    ]  # fmt: skip

    still = (xy[:, 1] < -CHEEKBONE) | (xy[:, 1] > chin + COLLAR)
    ring = oval.astype(np.float32)
    outside = np.array([-cv2.pointPolygonTest(ring, (float(x), float(y)), True) for x, y in xy])
    neck = (xy[:, 1] > chin - 0.12) & (np.abs(xy[:, 0] - middle) < 0.80 * half)
    still |= (outside > 0.045) & ~neck

    rim = np.concatenate([frame.seen(lips.upper_outer), frame.seen(lips.lower_outer)[::-1]]).astype(np.float32)
    hole = np.array([cv2.pointPolygonTest(rim, (float(x), float(y)), False) > 0 for x, y in xy])
    index = np.arange(len(nodes)).reshape(rows, columns)
    pairs = [(index[:, :-1], index[:, 1:]), (index[:-1], index[1:]), (index[:-1, :-1], index[1:, 1:]), (index[:-1, 1:], index[1:, :-1])]
    a, b = (np.concatenate([pair[k].ravel() for pair in pairs]) for k in (0, 1))
    length = np.linalg.norm(nodes[a] - nodes[b], axis=1)
    tied = ~(hole[a] & hole[b])
    springs = np.where(length > 1.2 * step, 0.5, 1.0)
    stiff = springs * tied
    free = _graph(a, b, stiff, len(nodes))
    fixed = BEND * (free @ free) + scipy.sparse.diags_array(np.where(hole, 1e-4, 0.0))
    right = np.zeros((len(nodes), CONTROLS))
    for rows_of, hold, wanted in skin:
        fixed = fixed + hold * (rows_of.T @ rows_of)
        right += hold * (rows_of.T @ wanted)
    moving = np.flatnonzero(~still)
    fixed, right = scipy.sparse.csc_array(fixed)[moving][:, moving], right[moving]
    asked = np.concatenate(poses, axis=1)
    for _ in range(ROUNDS):
        shape = np.zeros((len(nodes), asked.shape[1]))
        matrix = fixed + _graph(a, b, stiff, len(nodes))[moving][:, moving]
        shape[moving] = scipy.sparse.linalg.splu(scipy.sparse.csc_array(matrix), **ORDER).solve(np.einsum("nm,md->nd", right, asked))
        worst = np.zeros(len(a))
        for k in range(0, asked.shape[1], 2):
            ends = nodes + shape[:, k : k + 2]
            worst = np.maximum(worst, np.linalg.norm(ends[a] - ends[b], axis=1) / length - 1)
        stiff = np.clip(stiff * (0.5 + worst / AIM) ** 1.5, 0.1 * springs, 60) * tied
    solved = np.zeros((len(nodes), CONTROLS))
    solved[moving] = scipy.sparse.linalg.splu(scipy.sparse.csc_array(fixed + _graph(a, b, stiff, len(nodes))[moving][:, moving]), **ORDER).solve(
        right
    )

    every = _graph(a, b, springs, len(nodes))
    lips_of: list[Floats] = []
    for inner, first in ((held[2], 22), (held[3], 33)):
        matrix = every + HOLD * (inner.T @ inner)
        right = HOLD * (inner.T @ drive(first, dense)) - matrix[:, ~hole] @ solved[~hole]
        between = scipy.sparse.csc_array(scipy.sparse.csc_array(matrix)[hole][:, hole])
        lips_of.append(scipy.sparse.linalg.splu(between, **ORDER).solve(right[hole]).T.astype(np.float32).copy())
    skin_of = solved.T.astype(np.float32).copy()
    inside = np.flatnonzero(hole)
    return Tissue(x0=x0, y0=y0, step=step, shape=(rows, columns), skin=skin_of, hole=inside, upper=lips_of[0], lower=lips_of[1])


def _graph(a: NDArray[np.intp], b: NDArray[np.intp], weights: Floats, n: int) -> scipy.sparse.csc_array:
    """Laplacian of springs between nodes ``a`` and ``b``."""
    flat = scipy.sparse.coo_array((np.concatenate([-weights, -weights]), (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(n, n)).tocsc()
    return scipy.sparse.csc_array(flat - scipy.sparse.diags_array(flat.sum(axis=0)))


def _span(at: Floats, size: int) -> slice:
    """The nodes of one axis around places ``at``, with some room."""
    return slice(max(0, int(at.min()) - 3), min(size, int(at.max()) + 5))


def _inverse(forward: Floats, part: tuple[slice, ...]) -> Floats:
    """Backward displacement of a forward one f32[h w 2], both in nodes, over a ``part`` of it, by Newton's method with the local Jacobian."""
    h, w = forward.shape[:2]
    slope = np.concatenate([forward, np.gradient(forward, axis=1), np.gradient(forward, axis=0)], -1).astype(np.float32).reshape(h * w, 6)
    gx, gy = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
    there = np.stack([gx[part], gy[part]], -1).reshape(-1, 2)
    at = there - forward[part].reshape(-1, 2)
    for _ in range(4):
        x, y = np.clip(at[:, 0], 0, w - 1.01), np.clip(at[:, 1], 0, h - 1.01)
        i, j = x.astype(np.intp), y.astype(np.intp)
        s, t = (x - i)[:, None], (y - j)[:, None]
        k = j * w + i
        over, under = (slope[m] * (1 - s) + slope[m + 1] * s for m in (k, k + w))
        read = over * (1 - t) + under * t
        off = at + read[:, :2] - there
        xx, yx, xy, yy = 1 + read[:, 2], read[:, 3], read[:, 4], 1 + read[:, 5]
        size = np.maximum(xx * yy - xy * yx, 0.2)
        go = np.stack([(yy * off[:, 0] - xy * off[:, 1]) / size, (xx * off[:, 1] - yx * off[:, 0]) / size], -1)
        at = at - np.clip(go, -3, 3)
    return (at - there).reshape(forward[part].shape)
