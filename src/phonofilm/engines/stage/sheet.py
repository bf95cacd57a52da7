"""A sheet: a picture on a surface in the world, filmed by the pinhole.

Axes: h w pixels of a texture or a frame, gh gw nodes of a coarse grid, c channels. Everything on the stage is a sheet: a flat card, a
backdrop, a head in relief. A flat sheet is drawn by its exact homography. A bent one is projected node by node
and its map is inverted on a coarse grid of the frame, so each pixel is sampled once, from the full texture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.score.camera import CameraPose

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

STEP = 8
"""Pixels of the frame between the nodes at which a bent sheet's map is inverted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """``texture``: u8[h w 3] RGB, premultiplied by ``alpha`` (u8[h w]; None: opaque), or u8[h w 4] with ``alpha`` in it (see ``joined``).
    ``corners``: f64[4 3], world points of the texture's corners (left top, right top, right bottom, left bottom).

    ``nodes``: f32[gh gw 3], offsets in metres from the flat sheet at a regular grid of the texture (corner to corner), or None: flat.
    """

    texture: U8
    alpha: U8 | None
    corners: F64
    nodes: F32 | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """A part of a frame: ``rgb`` premultiplied u8[h w 3] with ``alpha`` (None: opaque) whose left top pixel is at ``x0``, ``y0``."""

    x0: int
    y0: int
    rgb: U8
    alpha: U8 | None


def joined(sheet: Sheet) -> Sheet:
    """The sheet with its alpha as the fourth channel of its texture: OpenCV draws four channels in half the time of three."""
    if sheet.texture.shape[2] == 4:
        return sheet
    alpha = np.full(sheet.texture.shape[:2], 255, np.uint8) if sheet.alpha is None else sheet.alpha
    return replace(sheet, texture=cv2.merge([sheet.texture, alpha]))  # pyright: ignore[reportArgumentType]


def flat_points(sheet: Sheet, gh: int, gw: int) -> F64:
    """World points f64[gh gw 3] of the flat sheet at a regular grid from corner to corner."""
    u = np.linspace(0.0, 1.0, gw)[None, :, None]
    v = np.linspace(0.0, 1.0, gh)[:, None, None]
    a, b, c, d = sheet.corners
    return (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v


def homography(sheet: Sheet, camera: CameraPose, width: int, height: int) -> F64:
    """f64[3 3]: texture pixels (centres at whole numbers) to frame pixels, for the flat sheet."""
    h, w = sheet.texture.shape[:2]
    source = np.array([[-0.5, -0.5], [w - 0.5, -0.5], [w - 0.5, h - 0.5], [-0.5, h - 0.5]], np.float32)
    seen = camera.project(sheet.corners, width, height) - 0.5
    return cv2.getPerspectiveTransform(source, seen.astype(np.float32)).astype(np.float64) if _small(seen) else _solve(source, seen)


def _small(seen: F64) -> bool:
    return bool(np.abs(seen).max() < 500)


def _solve(source: F32, seen: F64) -> F64:
    """The homography of four pairs in double precision (OpenCV takes its points as float32)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(source.astype(np.float64), seen, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    solved = np.linalg.solve(np.asarray(rows), seen.reshape(-1))
    return np.append(solved, 1.0).reshape(3, 3)


def draw(sheet: Sheet, camera: CameraPose, width: int, height: int) -> Drawn | None:
    """The sheet as the camera sees it, or None where it is out of the frame."""
    return _draw_flat(sheet, camera, width, height) if sheet.nodes is None else _draw_bent(sheet, sheet.nodes, camera, width, height)


def _draw_flat(sheet: Sheet, camera: CameraPose, width: int, height: int) -> Drawn | None:
    matrix = homography(sheet, camera, width, height)
    seen = camera.project(sheet.corners, width, height)
    box = _box(seen, width, height)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    shift = np.array([[1.0, 0, -x0], [0, 1.0, -y0], [0, 0, 1.0]])
    matrix = shift @ matrix
    size = (x1 - x0, y1 - y0)
    border = cv2.BORDER_REPLICATE if sheet.alpha is None else cv2.BORDER_CONSTANT
    rgb = cv2.warpPerspective(sheet.texture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border)
    if sheet.texture.shape[2] == 4:
        return _parted(rgb, sheet.alpha is not None, x0, y0)  # pyright: ignore[reportArgumentType]
    alpha = None if sheet.alpha is None else cv2.warpPerspective(sheet.alpha, matrix, size, flags=cv2.INTER_LINEAR)
    return Drawn(x0=x0, y0=y0, rgb=rgb, alpha=alpha)  # pyright: ignore[reportArgumentType]


def _parted(rgba: U8, translucent: bool, x0: int, y0: int) -> Drawn:
    """A drawn part of four channels as colours and alpha."""
    alpha = cv2.extractChannel(rgba, 3) if translucent else None
    return Drawn(x0=x0, y0=y0, rgb=cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB), alpha=alpha)  # pyright: ignore[reportArgumentType]


def _box(seen: F64, width: int, height: int) -> tuple[int, int, int, int] | None:
    low, high = np.floor(seen.reshape(-1, 2).min(axis=0)) - 1, np.ceil(seen.reshape(-1, 2).max(axis=0)) + 1
    x0, y0 = max(int(low[0]), 0), max(int(low[1]), 0)
    x1, y1 = min(int(high[0]), width), min(int(high[1]), height)
    return None if x1 <= x0 or y1 <= y0 else (x0, y0, x1, y1)


def _draw_bent(sheet: Sheet, nodes: F32, camera: CameraPose, width: int, height: int) -> Drawn | None:
    gh, gw = nodes.shape[:2]
    seen = camera.project(flat_points(sheet, gh, gw) + nodes, width, height) - 0.5
    box = _box(seen, width, height)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    # the nodes sit in the middles of squares of STEP pixels, one square more on each side, so that a resize meets the pixels' own middles
    xs = np.arange(x0 - STEP / 2 - 0.5, x1 + STEP, STEP, dtype=np.float32)
    ys = np.arange(y0 - STEP / 2 - 0.5, y1 + STEP, STEP, dtype=np.float32)
    back = np.linalg.inv(homography(sheet, camera, width, height)).astype(np.float64)
    coarse = _inverted(seen.astype(np.float32), back, sheet.texture.shape[:2], xs, ys)
    maps = cv2.resize(coarse, (len(xs) * STEP, len(ys) * STEP), interpolation=cv2.INTER_LINEAR)
    maps = maps[STEP : STEP + y1 - y0, STEP : STEP + x1 - x0]
    border = cv2.BORDER_REPLICATE if sheet.alpha is None else cv2.BORDER_CONSTANT
    rgb = cv2.remap(sheet.texture, maps, None, cv2.INTER_LINEAR, borderMode=border)  # pyright: ignore[reportCallIssue, reportArgumentType]
    if sheet.texture.shape[2] == 4:
        return _parted(rgb, sheet.alpha is not None, x0, y0)  # pyright: ignore[reportArgumentType]
    alpha = None
    if sheet.alpha is not None:
        alpha = cv2.remap(sheet.alpha, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)  # pyright: ignore[reportCallIssue, reportArgumentType]
    return Drawn(x0=x0, y0=y0, rgb=rgb, alpha=alpha)  # pyright: ignore[reportArgumentType]


def _inverted(seen: F32, guess: F64, shape: tuple[int, ...], xs: F32, ys: F32) -> F32:
    """Texture pixels f32[len(ys) len(xs) 2] seen at the frame pixels ``xs`` times ``ys``: the forward map of the nodes, inverted by fixed
    point steps from the flat sheet's homography ``guess``."""
    h, w = shape
    gh, gw = seen.shape[:2]
    want = np.stack(np.meshgrid(xs, ys), axis=-1).astype(np.float32)
    flat = cv2.perspectiveTransform(want.reshape(-1, 1, 2).astype(np.float64), guess).reshape(*want.shape).astype(np.float32)
    forward = np.linalg.inv(guess)
    to_node = np.array([(gw - 1) / w, (gh - 1) / h], np.float32)
    u, v = np.meshgrid(np.arange(gw) / to_node[0] - 0.5, np.arange(gh) / to_node[1] - 0.5)
    grid = np.stack([u, v], axis=-1)
    rest = cv2.perspectiveTransform(grid.reshape(-1, 1, 2).astype(np.float64), forward).reshape(*seen.shape)
    offset = (seen - rest).astype(np.float32)  # how far the bending moves each node in the frame
    at = flat
    for _ in range(7):
        where = (at + 0.5) * to_node
        moved = cv2.remap(offset, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        aim = (want - moved).reshape(-1, 1, 2).astype(np.float64)
        at = cv2.perspectiveTransform(aim, guess).reshape(*want.shape).astype(np.float32)
    return at


def over(frame: U8, drawn: Drawn) -> None:
    """Lay a premultiplied part over a frame u8[h w 3], in place."""
    h, w = drawn.rgb.shape[:2]
    part = frame[drawn.y0 : drawn.y0 + h, drawn.x0 : drawn.x0 + w]
    if drawn.alpha is None:
        part[:] = drawn.rgb
        return
    keep = cv2.cvtColor(cv2.bitwise_not(drawn.alpha), cv2.COLOR_GRAY2RGB)
    behind = cv2.multiply(part, keep, scale=1 / 255)
    cv2.add(behind, drawn.rgb, dst=part)
