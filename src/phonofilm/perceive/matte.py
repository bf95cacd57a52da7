"""The matte of a picture's subject: from the coarse maps of the networks to an edge that holds at full resolution.

The coarse map is cut along the picture's own edges, which leaves a band of doubt. Inside the band each pixel is explained as a mixture of a colour
sampled inside and one sampled outside (after Wang and Cohen, Optimized Colour Sampling for Robust Matting, 2007), smoothed where colours say little
(guided filter, He et al., 2010). The subject's own colours at the edge are unmixed from what is behind (Forte and Pitié, 2021). Axes: h w pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
Mask = NDArray[np.bool_]

CUT_SIDE = 640  # longest side at which the region is decided
EDGE_SIDE = 2048  # longest side at which the edge is refined
ENLARGED_SIDE = 1024  # … of an enlarged picture, which shows no more than that
GRAB = 0.5  # share of GrabCut in the region; the rest is the coarse map's
SHARE = 0.5  # the weight of single pixels' shares in the matte, where they can be trusted
LOOSER = 0.9  # how much wider the band of doubt is in hair
FIRM = 0.15  # how much steeper the ramp is where the edge is not loose
DEPTHS = (1.0, 2.0, 3.6)  # how deep inside and outside the band colours are sampled, in half widths of it


def reach_of(picture: U8, region: F32, hair: F32 | None) -> U8:
    """All that the matte of a region may cover, u8[h w] 255 or 0 at the size of ``picture``: the region and the band of doubt around it."""
    size = (picture.shape[1], picture.shape[0])
    depth = _depth(np.asarray(cv2.resize(region, size, interpolation=cv2.INTER_LINEAR)) > 0.5)
    radius = _radius(size)
    reach = radius if hair is None else radius * (1 + LOOSER * np.clip(np.asarray(cv2.resize(hair, size, interpolation=cv2.INTER_LINEAR)), 0, 1))
    return (depth > -reach).astype(np.uint8) * np.uint8(255)


def edged(picture: U8, region: F32, *, hair: F32 | None = None, side: int = EDGE_SIDE) -> F32:
    """The matte f32[h w] 0…1 of a picture u8[h w 3] whose subject is known as a ``region`` (see ``region_of``).

    ``hair`` f32[h w] 0…1: where the edge is fine and loose, so that the band is wider. ``side``: the longest at which the edge is looked at.
    """
    height, width = picture.shape[:2]
    edge = fit(picture, side)
    size = (edge.shape[1], edge.shape[0])
    region = resize(region, size)
    radius = _radius(size)
    reach, loose = np.full(region.shape, radius, np.float32), np.zeros(region.shape, np.float32)
    if hair is not None:
        loose = np.clip(resize(hair, size), 0, 1)
        reach *= 1 + LOOSER * loose
    depth = _depth(region > 0.5)
    inside, outside = depth > reach, depth < -reach
    if not inside.any() or not outside.any():
        return resize((region > 0.5).astype(np.float32), (width, height))
    rows, columns = np.flatnonzero((~outside).any(1)), np.flatnonzero((~outside).any(0))
    more = round(6 * radius)
    part = np.s_[max(0, rows[0] - more) : rows[-1] + more + 1, max(0, columns[0] - more) : columns[-1] + more + 1]
    alpha = np.zeros(region.shape, np.float32)
    alpha[part] = _mix(edge[part], inside[part], outside[part], (depth / reach)[part], loose[part], radius)
    return np.clip(resize(alpha, (width, height)), 0, 1)


def _radius(size: tuple[int, int]) -> float:
    """Half the width of the band of doubt around a region, in pixels of a picture of that size."""
    return max(2.5, max(size) / 220)


def foreground(picture: U8, matte: F32, side: int = EDGE_SIDE) -> U8:
    """The subject's own colours u8[h w 3], carried outwards over its edge, so that nothing of the old background shines through on a new one.

    ``side``: as of ``edged``.
    """
    height, width = picture.shape[:2]
    small = fit(picture, side)
    size = (small.shape[1], small.shape[0])
    alpha = resize(matte, size)
    rest = np.asarray(1 - alpha, np.float32)
    sure = [np.asarray(w**8 + np.float32(0.002) * w, np.float32) for w in (alpha, rest)]  # almost only pixels that are one or the other
    passes = [_Fusion.of(sure[0], sure[1], max(size) // 24), _Fusion.of(alpha, rest, max(size) // 340 + 2)]
    found = np.empty_like(small)
    for c in range(3):  # one after another: they take much memory
        values = small[..., c].astype(np.float32)
        inner, outer = values, values
        for one in passes:
            inner, outer = one.unmixed(values, alpha, inner, outer)
        found[..., c] = (inner + np.float32(0.5)).astype(np.uint8)
    own = np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    cv2.copyTo(picture, (matte > 0.96).astype(np.uint8), own)
    return own


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fusion:
    """One pass of blur fusion: how much each pixel f32[h w] counts as the subject's and as that of what is behind, and the same blurred."""

    own: F32
    other: F32
    around: tuple[F32, F32]
    kernel: tuple[int, int]

    @classmethod
    def of(cls, own: F32, other: F32, reach: int) -> _Fusion:
        kernel = (2 * reach + 1, 2 * reach + 1)
        around = tuple(np.asarray(cv2.blur(w, kernel), np.float32) + np.float32(1e-5) for w in (own, other))
        return cls(own=own, other=other, around=(around[0], around[1]), kernel=kernel)

    def unmixed(self, picture: F32, alpha: F32, inner: F32, outer: F32) -> tuple[F32, F32]:
        """Smooth colours of the subject and of what is behind it in one channel f32[h w], the subject's made to agree with the picture."""
        f = np.asarray(cv2.blur(inner * self.own, self.kernel), np.float32) / self.around[0]
        b = np.asarray(cv2.blur(outer * self.other, self.kernel), np.float32) / self.around[1]
        f = f + alpha * (picture - alpha * f - (1 - alpha) * b)
        return np.asarray(np.clip(f, 0, 255), np.float32), np.asarray(np.clip(b, 0, 255), np.float32)


def fit(picture: U8, side: int) -> U8:
    """The picture with its longest side at most ``side``."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return picture
    return np.asarray(cv2.resize(picture, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA), np.uint8)


def resize(values: F32, size: tuple[int, int]) -> F32:
    """A map f32[h w] at another (width, height)."""
    shrinks = size[0] * size[1] < values.shape[0] * values.shape[1]
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC), np.float32)


def _disc(radius: float) -> U8:
    r = max(1, round(radius))
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1)), np.uint8)


def region_of(picture: U8, coarse: F32) -> F32:
    """Which pixels are the subject's, f32[h w] 0…1 at ``CUT_SIDE``: ``coarse`` f32[h w], how likely each is, its rim moved a little by GrabCut to the
    picture's edges."""
    small = fit(picture, CUT_SIDE)
    prior = resize(coarse, (small.shape[1], small.shape[0]))
    radius = max(prior.shape) / 110
    likely = (prior > 0.5).astype(np.uint8)
    surely = cv2.erode(likely, _disc(radius), borderValue=1)
    possible = cv2.dilate(likely, _disc(radius))
    state = np.where(likely == 1, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    state[surely == 1], state[possible == 0] = cv2.GC_FGD, cv2.GC_BGD
    if surely.sum() < 32 or (possible == 0).sum() < 32:
        return prior
    doubt = (surely == 0) & (possible == 1)
    rows, columns, more = np.flatnonzero(doubt.any(1)), np.flatnonzero(doubt.any(0)), round(8 * radius)
    part = np.s_[max(0, rows[0] - more) : rows[-1] + more + 1, max(0, columns[0] - more) : columns[-1] + more + 1]
    near = np.ascontiguousarray(state[part])
    cv2.setRNGSeed(1)
    cv2.grabCut(np.ascontiguousarray(small[part]), near, None, np.zeros((1, 65)), np.zeros((1, 65)), 1, cv2.GC_INIT_WITH_MASK)  # pyright: ignore[reportCallIssue, reportArgumentType]
    state[part] = near
    cut = np.isin(state, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(GRAB * cv2.GaussianBlur(cut, (0, 0), 1.0) + (1 - GRAB) * prior, np.float32)


def _depth(region: Mask) -> F32:
    """Distance to the region's rim in pixels, positive inside; the picture's border is no rim."""
    mask = np.pad(region.astype(np.uint8), 1, mode="edge")
    inside, outside = cv2.distanceTransform(mask, cv2.DIST_L2, 5), cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5)
    return np.asarray(np.minimum(inside, 1e4) - np.minimum(outside, 1e4), np.float32)[1:-1, 1:-1]


def nearest(known: Mask) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """For every pixel the known one nearest to it: labels i32[h w], and by label the flat index of that pixel."""
    _, found = cv2.distanceTransformWithLabels((~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    labels = np.asarray(found, np.int32)
    flat = np.flatnonzero(known)
    place = np.zeros(int(labels.max()) + 1, np.int64)
    place[labels.ravel()[flat]] = flat
    return labels, place


def _samples(picture: F32, known: Mask, at: NDArray[np.int64], radius: float) -> F32:
    """Colours f32[k n 3] of the known pixels nearest to the flat places ``at``, at several depths behind the known region's rim."""
    smooth = np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.float32).reshape(-1, 3)
    behind = np.asarray(cv2.distanceTransform(np.pad(known, 1, mode="edge").astype(np.uint8), cv2.DIST_L2, 5), np.float32)[1:-1, 1:-1]
    out: list[F32] = []
    for depth in DEPTHS:
        deep = behind > radius * (depth - 1)
        if not deep.any():
            deep = known
        labels, place = nearest(deep)
        out.append(smooth[place[labels.ravel()[at]]])
    return np.stack(out)


def _mix(picture: U8, inside: Mask, outside: Mask, depth: F32, loose: F32, radius: float) -> F32:
    """The matte at the size of ``picture``: 1 inside, 0 outside, and in the band the share of the best pair of sampled colours.

    ``depth`` is the distance to the region's rim, positive inside, 1 at the inner side of the band: it decides where colours say little.
    """
    values = picture.astype(np.float32)
    at = np.flatnonzero(~inside & ~outside).astype(np.int64)
    here = values.reshape(-1, 3)[at]
    f, b = _samples(values, inside, at, radius), _samples(values, outside, at, radius)
    best, share, apart = np.full(len(here), np.inf, np.float32), np.zeros(len(here), np.float32), np.zeros(len(here), np.float32)
    for i in range(len(f)):
        for j in range(len(b)):
            across = f[i] - b[j]
            length = (across * across).sum(1)
            a = np.clip(((here - b[j]) * across).sum(1) / (length + 1), 0, 1)
            left = here - b[j] - a[:, None] * across
            cost = (left * left).sum(1) / (length + 400) + 0.02 * (i + j)
            better = cost < best
            best = np.where(better, cost, best)
            share, apart = np.where(better, a, share), np.where(better, length, apart)
    ramp = np.clip(0.5 + 0.9 * depth, 0, 1)  # what the region alone says
    trust_here = np.exp(-4 * best) * (apart / (apart + 2500))
    known, weight = inside.astype(np.float32), np.ones(inside.shape, np.float32)
    known.flat[at] = trust_here * share + (1 - trust_here) * ramp.ravel()[at]
    weight.flat[at] = 0.15 + 0.85 * trust_here
    guide = cv2.ximgproc.createGuidedFilter(values / np.float32(255), max(2, round(radius)), 2e-4)
    smooth = np.asarray(guide.filter(known * weight), np.float32) / np.maximum(np.asarray(guide.filter(weight), np.float32), 1e-3)
    crisp = trust_here * SHARE
    alpha = np.clip(smooth, 0, 1)
    alpha.flat[at] = (1 - crisp) * alpha.ravel()[at] + crisp * share
    faint = 0.13 + (FIRM - 0.06) * (1 - loose)
    alpha = np.clip((alpha - faint) / (1 - 2 * faint), 0, 1)
    seen = np.zeros(inside.shape, np.float32)  # where colours tell so clearly that gaps between strands may stay open
    seen.flat[at] = np.clip(2 * trust_here - 1, 0, 1) * np.clip(apart / 6000 - 0.5, 0, 1)
    seen = np.asarray(cv2.blur(seen, (3, 3)), np.float32)
    least = np.clip(0.2 + 1.6 * depth, 0, 1) * (1 - 0.85 * seen * loose)
    trust = np.zeros(inside.shape, np.float32)
    trust.flat[at] = trust_here
    most = np.clip(1.05 + 1.5 * depth + 0.5 * np.asarray(cv2.blur(trust, (5, 5)), np.float32), 0, 1)
    return np.clip(alpha, least, np.maximum(least, most)).astype(np.float32)
