"""Picture continued where there is none, out of shifted copies of what is there.

A hole is covered by pieces of the known picture, each moved by one of a few offsets under which the hole's rim goes on well (after He and Sun,
Statistics of Patch Offsets for Image Completion, 2012). Which piece covers what is chosen so that the seams do not show, by belief propagation in
sweeps over a coarse grid; pieces should have the colour and the busyness that the surroundings lead one to expect, so that no object is copied into
a calm place. The seams are crossed by bands of detail (Burt and Adelson, 1983): the coarser, the softer; the broadest colours are the surroundings'
own, carried on smoothly. Axes: h w pixels, gh gw cells, k offsets, c channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]
Mask = NDArray[np.bool_]

SIDE = 320  # longest side at which pieces are chosen and their broad bands are laid
CELL = 4  # … and the side of a cell there: one piece covers a cell
MOST = 40  # offsets that are tried
LEAST = 0.05  # the smallest offset, as a share of the longest side
BANDS = (1.2, 3.0, 8.0, 20.0)  # between which the bands of detail lie, in pixels at SIDE
SWEEPS = 3
HEALING = 120  # steps in which seams are healed
WINDOW = 4  # half side of a window of the rim that is looked for elsewhere, at half of SIDE
OWN = 0.75  # share of the pieces' own broadest colours; the rest are the surroundings', carried on
COVERED = 3  # in how many ways every unknown part should be reached
SEAM, CHANGE, RIM, COLOUR, BUSY, FAR, STEEP = 1.0, 100.0, 8.0, 0.25, 260.0, 300.0, 500.0  # weights of what a piece costs
WORST = 4000.0  # a difference of colours, squared, beyond which it is not counted


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """A small picture to be completed: ``values`` f32[h w 3], whole cells, ``known`` bool[h w] where it is seen; beyond, its smooth continuation."""

    values: F32
    known: Mask
    base: F32

    @classmethod
    def of(cls, picture: U8, hole: Mask) -> Ground:
        """The picture at SIDE."""
        height, width = hole.shape
        k = min(1.0, SIDE / max(height, width))
        size = tuple(CELL * max(2, round(n * k / CELL)) for n in (width, height))
        weight = np.asarray(cv2.resize((~hole).astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)
        blank = picture.copy()
        blank[hole] = 0
        seen = np.asarray(cv2.resize(blank, size, interpolation=cv2.INTER_AREA), np.float32) / np.maximum(weight, 0.02)[..., None]
        known = weight > 0.6
        values = membrane(seen.astype(np.float32), known.astype(np.float32))
        return cls(values=values, known=known, base=_carried(values, known, BANDS[-1]))


@dataclass(frozen=True, kw_only=True, eq=False)
class Pieces:
    """Which piece covers what: ``offsets`` i32[k 2] (x y, pixels of the ground), ``labels`` i32[h w] the offset of each pixel, −1 where none fits."""

    offsets: I32
    labels: I32


def membrane(values: F32, weight: F32) -> F32:
    """``values`` f32[h w c] where ``weight`` is 1, elsewhere their smooth continuation, by a pyramid pulled up and pushed down."""
    height, width = weight.shape
    if min(height, width) <= 2 or float(weight.min()) >= 1:
        total = max(float(weight.sum()), 1e-6)
        mean = (values * weight[..., None]).sum((0, 1)) / total
        return np.where(weight[..., None] > 0, values, mean).astype(np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    w = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    v = _planes(cv2.resize(values * weight[..., None], half, interpolation=cv2.INTER_AREA)) / np.maximum(w, 1e-6)[..., None]
    coarse = membrane(np.asarray(v, np.float32), np.minimum(w * 4, 1).astype(np.float32))
    up = _planes(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR))
    return (values * weight[..., None] + up * (1 - weight[..., None])).astype(np.float32)


def completed(picture: U8, hole: Mask, *, rare: float) -> U8 | None:
    """The picture u8[h w 3] with ``hole`` bool[h w] covered; None where too little is known to copy from.

    ``rare``: how much a piece costs for being unlike all the rest; much keeps objects out of the hole, little lets what the border cuts go on.
    """
    ground = Ground.of(picture, hole)
    if ground.known.mean() < 0.02 or ground.known.all():
        return None
    pieces = choose(ground, rare)
    if pieces is None:
        return None
    low = _laid(ground, pieces)
    return _enlarged(picture, hole, ground, pieces, low)


def choose(ground: Ground, rare: float) -> Pieces | None:
    """The pieces for the ground's unknown part."""
    offsets = _offsets(ground)
    if not len(offsets):
        return None
    return Pieces(offsets=offsets, labels=_smooth(ground, offsets, _labelled(ground, offsets, rare)))


def _planes(values: NDArray[np.generic]) -> F32:
    out = np.asarray(values, np.float32)
    return out[..., None] if out.ndim == 2 else out


def _blurred(values: F32, known: Mask, sigma: float) -> F32:
    """The known values blurred among themselves."""
    weight = known.astype(np.float32)
    total = np.asarray(cv2.GaussianBlur(weight, (0, 0), sigma), np.float32)
    out = _planes(cv2.GaussianBlur(values * weight[..., None], (0, 0), sigma)) / np.maximum(total, 1e-3)[..., None]
    return out.astype(np.float32, copy=False)


def _carried(values: F32, known: Mask, sigma: float) -> F32:
    """The known values blurred and carried on smoothly where nothing is known."""
    smooth = membrane(_blurred(values, known, sigma), known.astype(np.float32))
    return np.where(known[..., None], smooth, _planes(cv2.GaussianBlur(smooth, (0, 0), sigma / 2))).astype(np.float32)


def _busy(ground: Ground) -> tuple[F32, F32]:
    """How busy the picture is, as the logarithm of its detail's strength f32[h w], and what is to be expected of the unknown."""
    grey = ground.values.mean(2, keepdims=True).astype(np.float32)
    detail = np.abs(grey - _blurred(grey, ground.known, 3.0))
    level = np.log(_blurred(detail, ground.known, 3.0) + np.float32(2))
    return level[..., 0], _carried(level.astype(np.float32), ground.known, 6.0)[..., 0]


def _offsets(ground: Ground) -> I32:
    """Offsets i32[k 2] under which the hole's rim is found again in the known, the best first, and some plain ones that reach everywhere."""
    height, width = ground.known.shape
    size = (width // 2, height // 2)
    values = np.asarray(cv2.resize(ground.values, size, interpolation=cv2.INTER_AREA), np.float32)
    known = np.asarray(cv2.resize(ground.known.astype(np.float32), size, interpolation=cv2.INTER_AREA)) > 0.99
    n = 2 * WINDOW + 1
    whole = np.asarray(cv2.boxFilter(known.astype(np.float32), -1, (n, n), normalize=False, borderType=cv2.BORDER_CONSTANT)) > n * n - 0.5
    votes = np.zeros((2 * size[1] + 1, 2 * size[0] + 1), np.float32)
    near = np.asarray(cv2.dilate((~known).astype(np.uint8), np.ones((n + 2, n + 2), np.uint8))) > 0
    ys, xs = np.nonzero(whole & near)
    keep = (ys // 5 * 100_003 + xs // 5) if len(ys) else ys
    _, first = np.unique(keep, return_index=True)
    fits = whole[WINDOW : size[1] - WINDOW, WINDOW : size[0] - WINDOW]
    if not fits.any():
        return np.zeros((0, 2), np.int32)
    least = LEAST * max(size)
    yy, xx = np.mgrid[WINDOW : size[1] - WINDOW, WINDOW : size[0] - WINDOW]
    for y, x in zip(ys[first], xs[first], strict=True):
        window = values[y - WINDOW : y + WINDOW + 1, x - WINDOW : x + WINDOW + 1]
        off = np.asarray(cv2.matchTemplate(values, window, cv2.TM_SQDIFF), np.float32) / (n * n * 3)
        usable = fits & (np.maximum(np.abs(xx - x), np.abs(yy - y)) > least)
        if not usable.any():
            continue
        best = float(off[usable].min())
        score = np.exp(-off / (2 * best + 60)) * usable
        top, left = WINDOW - y + size[1], WINDOW - x + size[0]
        votes[top : top + score.shape[0], left : left + score.shape[1]] += score
    votes = np.asarray(cv2.GaussianBlur(votes, (0, 0), 1.0))
    found = _plain(ground)
    centre = (size[0], size[1])
    for _ in range(MOST - len(found)):
        top = int(votes.argmax())
        y, x = divmod(top, votes.shape[1])
        if votes[y, x] <= 1e-3:
            break
        found.append((2 * (x - centre[0]), 2 * (y - centre[1])))
        cv2.circle(votes, (x, y), 4, 0.0, -1)
    return np.array(sorted(set(found)), np.int32)


def _plain(ground: Ground) -> list[tuple[int, int]]:
    """Offsets that together reach every unknown part, most of it in more than one way, rather level ones than steep ones."""
    height, width = ground.known.shape
    gh, gw = height // CELL, width // CELL
    known = np.asarray(cv2.resize(ground.known.astype(np.float32), (gw, gh), interpolation=cv2.INTER_AREA), np.float32) > 0.99
    unknown = np.asarray(cv2.resize(ground.known.astype(np.float32), (gw, gh), interpolation=cv2.INTER_AREA), np.float32) < 0.99
    tried = [(dx, dy) for dx in _steps(gw) for dy in _steps(gh) if dx or dy]
    reached = np.stack([_moved(known.astype(np.float32), np.array(o, np.int32), 0)[unknown] > 0.5 for o in tried])
    worth = np.array([1 / (1 + 2 * abs(dy) / gh + abs(dx) / gw) for dx, dy in tried])
    left = np.full(int(unknown.sum()), COVERED, np.int64)
    found: list[tuple[int, int]] = []
    while len(found) < MOST // 2:
        gain = (reached & (left > 0)).sum(1) * worth
        k = int(gain.argmax())
        if gain[k] < 1:
            break
        found.append((CELL * tried[k][0], CELL * tried[k][1]))
        left -= reached[k]
        reached[k] = False
    return found


def _steps(length: int) -> list[int]:
    return sorted({sign * round(share * length) for share in (0.0, 0.12, 0.25, 0.38, 0.5, 0.62, 0.75) for sign in (-1, 1)})


def _rare(ground: Ground) -> F32:
    """How unlike all the rest each known part is, f32[gh gw], as a difference of colours squared: high on objects, low on walls and foliage."""
    height, width = ground.known.shape
    gh, gw = height // CELL, width // CELL
    small = np.asarray(cv2.resize(ground.values, (gw, gh), interpolation=cv2.INTER_AREA), np.float32)
    whole = np.asarray(cv2.erode(ground.known.astype(np.uint8), np.ones((4 * CELL, 4 * CELL), np.uint8)))[CELL // 2 :: CELL, CELL // 2 :: CELL] > 0
    shifts = [(dy, dx) for dy in (-1, 0, 1, 2) for dx in (-1, 0, 1, 2)]
    parts = np.concatenate([np.roll(small, (-dy, -dx), (0, 1)) for dy, dx in shifts], axis=2)
    ys, xs = np.nonzero(whole)
    out = np.zeros((gh, gw), np.float32)
    if len(ys) < 16:
        return out
    some = (ys % 2 == 0) & (xs % 2 == 0)
    all_, asked = parts[ys, xs], parts[ys[some], xs[some]]
    apart = (asked**2).sum(1)[:, None] + (all_**2).sum(1)[None] - 2 * asked @ all_.T
    apart /= all_.shape[1]
    close = np.hypot(ys[some][:, None] - ys[None], xs[some][:, None] - xs[None]) < 0.12 * max(gh, gw)
    apart[close] = WORST
    weight = np.zeros((gh, gw), np.float32)
    out[ys[some], xs[some]], weight[ys[some], xs[some]] = np.clip(apart.min(1), 0, WORST), 1
    total = np.asarray(cv2.GaussianBlur(weight, (0, 0), 1.5), np.float32)
    return np.where(whole, np.asarray(cv2.GaussianBlur(out, (0, 0), 1.5), np.float32) / np.maximum(total, 1e-4), 0).astype(np.float32)


def _cells(image: NDArray[np.generic]) -> NDArray[np.generic]:
    """Pixels by cell: [h w …] as [gh gw CELL·CELL …]."""
    h, w = image.shape[:2]
    rest = image.shape[2:]
    parts = image.reshape(h // CELL, CELL, w // CELL, CELL, *rest).swapaxes(1, 2)
    return parts.reshape(h // CELL, w // CELL, CELL * CELL, *rest)


def _moved(image: F32, offset: NDArray[np.int32] | F32, fill: float) -> F32:
    """The image seen at p + offset (x, y), between pixels where the offset is no whole number."""
    height, width = image.shape[:2]
    matrix = np.array([[1, 0, -offset[0]], [0, 1, -offset[1]]], np.float32)
    how = cv2.INTER_NEAREST if offset.dtype.kind == "i" else cv2.INTER_LINEAR
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), flags=how, borderMode=cv2.BORDER_CONSTANT, borderValue=(fill,) * 4), np.float32)


def _labelled(ground: Ground, offsets: I32, rare: float) -> I32:
    """The best offset of each cell i32[gh gw], −1 where the cell is known or nothing fits."""
    height, width = ground.known.shape
    gh, gw, num = height // CELL, width // CELL, len(offsets)
    open_ = (~_cells(ground.known)).any(2)  # pyright: ignore[reportOperatorIssue]
    at = np.full((gh, gw), -1, np.int64)
    at[open_] = np.arange(int(open_.sum()))
    copies = np.empty((int(open_.sum()), num, CELL * CELL * 3), np.float32)
    unary = _alone(ground, offsets, rare)
    known = ground.known.astype(np.float32)
    for k, offset in enumerate(offsets):
        copies[:, k] = _cells(_moved(ground.values, offset, 0))[open_].reshape(-1, CELL * CELL * 3)  # pyright: ignore[reportAttributeAccessIssue]
        unary[..., k][_cells(_moved(known, offset, 0)).min(2) < 0.5] = 1e6  # pyright: ignore[reportOperatorIssue, reportCallIssue]
    square = np.einsum("nkc,nkc->nk", copies, copies)
    apart = np.matmul(copies, copies.transpose(0, 2, 1))
    apart *= -2
    apart += square[:, :, None]
    apart += square[:, None, :]
    apart *= SEAM / (CELL * CELL * 3)
    np.clip(apart, 0, SEAM * WORST, out=apart)
    apart += np.float32(CHANGE) * (1 - np.eye(num, dtype=np.float32))
    best = _swept(unary, apart, at, open_)
    fits = np.take_along_axis(unary, best[..., None], 2)[..., 0] < 5e5
    return np.where(open_ & fits, best, -1).astype(np.int32)


def _alone(ground: Ground, offsets: I32, rare: float) -> F32:
    """What each offset costs in each cell by itself, f32[gh gw k]."""
    height, width = ground.known.shape
    size = (width // CELL, height // CELL)
    maps = (_blurred(ground.values, ground.known, 4.0), ground.base, *_busy(ground))
    soft, base, level, expected = (np.asarray(cv2.resize(m, size, interpolation=cv2.INTER_AREA), np.float32) for m in maps)
    unlike = rare * _rare(ground)
    side = float(max(height, width))
    # where a piece reaches over known picture it should look like it
    inner = np.asarray(cv2.erode(ground.known.astype(np.uint8), np.ones((13, 13), np.uint8)))
    ys, xs = np.nonzero(ground.known & (inner == 0))
    here = ground.values[ys, xs]
    rim = np.zeros((height, width), np.float32)
    out = np.empty((size[1], size[0], len(offsets)), np.float32)
    for k, (dx, dy) in enumerate(offsets):
        part = np.array([dx / CELL, dy / CELL], np.float32)
        cost = (_moved(soft, part, 0) - base) ** 2 @ np.full(3, 1 / 3, np.float32)
        cost = COLOUR * np.minimum(cost, WORST) + BUSY * np.abs(_moved(level, part, 0) - expected) + _moved(unlike, part, 0)
        sy, sx = ys + dy, xs + dx
        inside = (sy >= 0) & (sy < height) & (sx >= 0) & (sx < width)
        sy, sx = np.clip(sy, 0, height - 1), np.clip(sx, 0, width - 1)
        off = (ground.values[sy, sx] - here) ** 2 @ np.full(3, 1 / 3, np.float32)
        rim[ys, xs] = np.minimum(off, WORST) * (inside & ground.known[sy, sx])
        joined = cv2.blur(cv2.resize(rim, size, interpolation=cv2.INTER_AREA), (3, 3))
        out[..., k] = cost + RIM * joined + FAR * float(np.hypot(dx, dy)) / side + STEEP * abs(float(dy)) / side
    return out


def _swept(unary: F32, apart: F32, at: NDArray[np.int64], open_: Mask) -> NDArray[np.int64]:
    """The labels of least cost by min-sum belief propagation in sweeps: right, left, down, up."""
    gh, gw, num = unary.shape
    messages = {d: np.zeros((gh, gw, num), np.float32) for d in ("right", "left", "down", "up")}
    unary = np.where(open_[..., None], unary, 0).astype(np.float32)
    costs: dict[tuple[bool, int], F32] = {}  # between a row or column and the next, both ways and in all sweeps the same
    for _ in range(SWEEPS):
        for d, step, count in (("right", 1, gw), ("left", -1, gw), ("down", 1, gh), ("up", -1, gh)):
            back = {"right": "left", "left": "right", "down": "up", "up": "down"}[d]
            flat = d in ("right", "left")
            order = range(count - 1) if step > 0 else range(count - 1, 0, -1)
            for i in order:
                here, there = (np.s_[:, i], np.s_[:, i + step]) if flat else (np.s_[i], np.s_[i + step])
                both = np.flatnonzero(open_[here] & open_[there])
                if not both.size:
                    continue
                total = unary[here][both]
                for name, message in messages.items():
                    if name != back:
                        total = total + message[here][both]
                pair = (flat, min(i, i + step))
                if pair not in costs:
                    costs[pair] = apart[at[here][both]] + apart[at[there][both]]
                sent = (total[:, :, None] + costs[pair]).min(1)
                messages[d][there][both] = sent - sent.min(1, keepdims=True)
    belief = unary + sum(messages.values())
    return np.asarray(belief.argmin(2), np.int64)


def _smooth(ground: Ground, offsets: I32, cells: I32) -> I32:
    """The labels of the cells as labels of pixels, with round seams, each only where its piece is known; carried a little over the rim."""
    height, width = ground.known.shape
    best, labels = np.zeros((height, width), np.float32), np.full((height, width), -1, np.int32)
    known = ground.known.astype(np.float32)
    for k in np.unique(cells[cells >= 0]):
        share = np.asarray(cv2.resize((cells == k).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        share = np.asarray(cv2.GaussianBlur(share, (0, 0), 0.6 * CELL), np.float32) + np.float32(1e-6)
        share *= _moved(known, offsets[k], 0) > 0.5
        better = share > best
        best[better], labels[better] = share[better], k
    return labels


def _laid(ground: Ground, pieces: Pieces) -> F32:
    """The ground with its unknown part covered, f32[h w 3]: bands of detail of the pieces over the carried colours."""
    height, width = ground.known.shape
    unknown = ~ground.known
    near = np.asarray(cv2.dilate(unknown.astype(np.uint8), np.ones((9, 9), np.uint8))) > 0
    levels = [ground.values, *(_blurred(ground.values, ground.known, s) for s in BANDS)]
    out = (1 - OWN) * ground.base
    known = ground.known.astype(np.float32)
    outlines = [(_own(pieces.labels == k), pieces.offsets[k]) for k in np.unique(pieces.labels[near & (pieces.labels >= 0)])]
    for i, sigma in enumerate(BANDS):
        last = i == len(BANDS) - 1  # its seams are as soft as those of what is left below it
        band = levels[i] - (1 - OWN if last else 1) * levels[i + 1]
        total, sum_ = np.full((height, width, 1), 1e-6, np.float32), np.zeros((height, width, 3), np.float32)
        soft = 0.7 * sigma
        more = int(2.5 * soft) + 1
        for (mine, (left, top, right, bottom)), (dx, dy) in outlines:
            y0, y1 = max(0, top - more, -dy), min(height, bottom + more, height - dy)
            x0, x1 = max(0, left - more, -dx), min(width, right + more, width - dx)
            if y1 <= y0 or x1 <= x0:
                continue
            here, there = np.s_[y0:y1, x0:x1], np.s_[y0 + dy : y1 + dy, x0 + dx : x1 + dx]
            weight = (np.asarray(cv2.GaussianBlur(mine[here], (0, 0), soft), np.float32) * known[there])[..., None]
            sum_[here] += band[there] * weight
            total[here] += weight
        out += np.where(total > 1e-4, sum_ / total, OWN * ground.base if last else 0.0).astype(np.float32)
    out = np.where(unknown[..., None], out, ground.values)
    return _healed(out.astype(np.float32), ground, pieces)


def _own(mask: Mask) -> tuple[F32, tuple[int, int, int, int]]:
    """A mask as weights f32[h w], and x0 y0 x1 y1 of what it covers."""
    x, y, w, h = cv2.boundingRect(mask.astype(np.uint8))
    return mask.astype(np.float32), (x, y, x + w, y + h)


def _healed(laid: F32, ground: Ground, pieces: Pieces) -> F32:
    """The laid picture with its seams and its rim healed: towards the pieces' own differences (Pérez et al., Poisson Image Editing, 2003), a little
    way only."""
    steps = [_differences(ground, pieces, axis) for axis in (0, 1)]
    bend = np.zeros_like(laid)
    bend[:-1] += steps[0]
    bend[1:] -= steps[0]
    bend[:, :-1] += steps[1]
    bend[:, 1:] -= steps[1]
    bend *= np.float32(0.25)
    cross = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4
    known = ground.known.astype(np.uint8)
    for _ in range(HEALING):
        step = np.asarray(cv2.filter2D(laid, -1, cross, borderType=cv2.BORDER_REPLICATE), np.float32)
        step -= bend
        cv2.copyTo(ground.values, known, step)
        laid = step
    return laid


def _differences(ground: Ground, pieces: Pieces, axis: int) -> F32:
    """The difference to the next pixel that is wanted, along one axis: that of the piece, at a seam the mean of both pieces'."""
    height, width = ground.known.shape
    found = np.diff(ground.values, axis=axis)
    sure = ground.known[1:] & ground.known[:-1] if axis == 0 else ground.known[:, 1:] & ground.known[:, :-1]
    rows, columns = np.mgrid[0 : found.shape[0], 0 : found.shape[1]]
    placed = ~ground.known & (pieces.labels >= 0)
    offsets = np.where(placed[..., None], pieces.offsets[np.maximum(pieces.labels, 0)], 0)
    total, weight = np.zeros_like(found), np.zeros((*found.shape[:2], 1), np.float32)
    for first in (0, 1):
        part = np.s_[first : height - 1 + first] if axis == 0 else np.s_[:, first : width - 1 + first]
        y, x = rows + offsets[part][..., 1], columns + offsets[part][..., 0]
        inside = (y >= 0) & (y < found.shape[0]) & (x >= 0) & (x < found.shape[1])
        y, x = np.clip(y, 0, found.shape[0] - 1), np.clip(x, 0, found.shape[1] - 1)
        usable = (inside & sure[y, x] & placed[part]).astype(np.float32)[..., None]
        total += found[y, x] * usable
        weight += usable
    return total / np.maximum(weight, 1)


def _enlarged(picture: U8, hole: Mask, ground: Ground, pieces: Pieces, low: F32) -> U8:
    """The covered ground at the picture's size, with the pieces' own finest detail; the known as it was."""
    height, width = hole.shape
    lh, lw = ground.known.shape
    sx, sy = width / lw, height / lh
    how = cv2.INTER_CUBIC
    low8 = np.clip(low + np.float32(0.5), 0, 255).astype(np.uint8)
    out = np.asarray(cv2.resize(low8, (width, height), interpolation=how), np.uint8)
    values = np.clip(ground.values + np.float32(0.5), 0, 255).astype(np.uint8)
    fine = np.asarray(cv2.subtract(picture, cv2.resize(values, (width, height), interpolation=how), dtype=cv2.CV_16S))
    inside = hole.astype(np.uint8)
    fine[cv2.dilate(inside, np.ones((3, 3), np.uint8)) > 0] = 0
    unknown = ~ground.known
    for k in np.unique(pieces.labels[unknown & (pieces.labels >= 0)]):
        mine = ((pieces.labels == k) & unknown).astype(np.uint8)
        x, y, w, h = cv2.boundingRect(mine)
        dx, dy = round(int(pieces.offsets[k, 0]) * sx), round(int(pieces.offsets[k, 1]) * sy)
        x0, y0 = max(0, int((x - 1) * sx), -dx), max(0, int((y - 1) * sy), -dy)
        x1, y1 = min(width, int((x + w + 1) * sx), width - dx), min(height, int((y + h + 1) * sy), height - dy)
        if x1 <= x0 or y1 <= y0:
            continue
        matrix = np.array([[1 / sx, 0, (x0 + 0.5) / sx - 0.5], [0, 1 / sy, (y0 + 0.5) / sy - 0.5]], np.float32)
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        mask = cv2.bitwise_and(cv2.warpAffine(mine, matrix, (x1 - x0, y1 - y0), flags=flags), inside[y0:y1, x0:x1])
        cv2.add(out[y0:y1, x0:x1], fine[y0 + dy : y1 + dy, x0 + dx : x1 + dx], dst=out[y0:y1, x0:x1], mask=mask, dtype=cv2.CV_8U)
    cv2.copyTo(picture, 1 - inside, out)
    return out
