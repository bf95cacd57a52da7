"""The matte of a picture's subject: from the coarse maps of the networks to an edge that holds at full resolution.

Coarse maps seed a GrabCut; its edge becomes a band of doubt, decided along the picture's own edges (He et al., Guided Image Filtering, 2010). The subject's
colours at the edge are unmixed from what is behind (Forte and Pitié, Approximate Fast Foreground Colour Estimation, 2021). Axes: h w pixels.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

CUT_SIDE = 512  # longest side at which GrabCut decides
EDGE_SIDE = 2048  # longest side at which the edge is refined


def refine(picture: U8, coarse: F32) -> F32:
    """The matte f32[h w] 0…1 of a picture u8[h w 3] from a coarse map f32[h w] of how likely each pixel is the subject's."""
    height, width = picture.shape[:2]
    region = _grab_cut(picture, coarse)
    edge = fit(picture, EDGE_SIDE)
    size = (edge.shape[1], edge.shape[0])
    alpha = _refine_edge(edge, _resize(region, size), _resize(coarse, size))
    alpha = _resize(alpha, (width, height))
    return np.clip(alpha, 0, 1)


def foreground(picture: U8, matte: F32) -> U8:
    """The subject's own colours u8[h w 3], carried outwards over its edge, so that nothing of the old background shines through on a new one."""
    height, width = picture.shape[:2]
    small = fit(picture, EDGE_SIDE)
    size = (small.shape[1], small.shape[0])
    alpha = _resize(matte, size)
    inner, _ = colours(small.astype(np.float32), alpha, reach=max(size) // 16)
    inner, _ = colours(small.astype(np.float32), alpha, reach=max(size) // 256 + 2, start=inner)
    own = _resize(inner, (width, height))
    inside = np.clip((matte - 0.9) / 0.1, 0, 1)[..., None]
    return np.clip(own * (1 - inside) + picture * inside + 0.5, 0, 255).astype(np.uint8)


def colours(picture: F32, alpha: F32, *, reach: int, start: F32 | None = None) -> tuple[F32, F32]:
    """Colours of the subject and of what is behind it at every pixel, both f32[h w 3], smooth over ``reach`` pixels."""
    k = (2 * reach + 1, 2 * reach + 1)
    a = alpha[..., None]
    guess = picture if start is None else start
    inner = cv2.blur(guess * a, k) / (cv2.blur(alpha, k)[..., None] + 1e-4)
    outer = cv2.blur(picture * (1 - a), k) / (cv2.blur(1 - alpha, k)[..., None] + 1e-4)
    inner = inner + a * (picture - a * inner - (1 - a) * outer)
    return np.clip(inner, 0, 255).astype(np.float32), np.clip(outer, 0, 255).astype(np.float32)


def fit(picture: U8, side: int) -> U8:
    """The picture with its longest side at most ``side``."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return picture
    return np.asarray(cv2.resize(picture, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA), np.uint8)


def _resize(values: F32, size: tuple[int, int]) -> F32:
    shrinks = size[0] * size[1] < values.shape[0] * values.shape[1]
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.float32)


def _grab_cut(picture: U8, coarse: F32) -> F32:
    """Which pixels are the subject's, f32[h w] of 0 and 1 at ``CUT_SIDE``: the coarse map, its doubtful rim decided by colour."""
    small = fit(picture, CUT_SIDE)
    prior = _resize(coarse, (small.shape[1], small.shape[0]))
    radius = max(3, max(prior.shape) // 60)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    likely = (prior > 0.5).astype(np.uint8)
    surely = cv2.erode((prior > 0.9).astype(np.uint8), kernel, borderValue=1)
    never = 1 - cv2.dilate((prior > 0.1).astype(np.uint8), kernel)
    if likely.sum() < 16 or surely.sum() < 16 or never.sum() < 16:
        return prior
    state = np.where(likely == 1, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    state[surely == 1], state[never == 1] = cv2.GC_FGD, cv2.GC_BGD
    cv2.setRNGSeed(1)
    cv2.grabCut(small, state, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)  # pyright: ignore[reportCallIssue, reportArgumentType]
    return np.isin(state, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)


def _refine_edge(picture: U8, region: F32, coarse: F32) -> F32:
    """The matte at the size of ``picture``: region and coarse map guided by the picture's edges in a band around the cut."""
    side = max(picture.shape[:2])
    guide = picture.astype(np.float32) / np.float32(255)
    start = cv2.GaussianBlur(np.asarray(region, np.float32), (0, 0), side / 700)
    alpha = cv2.ximgproc.guidedFilter(guide, start, max(2, side // 170), 1e-4)
    alpha = np.clip((np.asarray(alpha, np.float32) - 0.08) / 0.84, 0, 1)
    keep = np.maximum(coarse, np.asarray(region, np.float32))
    return np.where(keep < 0.02, 0, alpha).astype(np.float32)
