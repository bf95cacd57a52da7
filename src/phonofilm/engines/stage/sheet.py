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

Box = tuple[int, int, int, int]

STEP = 8
"""Pixels of the frame between the nodes at which a bent sheet's map is inverted, and the side of the squares of which it is known what hides them."""
SOFT = 1.5
"""A flat sheet whose texture is at least so soft is drawn at every second pixel: half of the detail that those hold is gone from it."""
COVER = 16
"""Pixels of a texture across a square of its ``cover``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """``texture``: u8[h w 3] RGB, premultiplied by ``alpha`` (u8[h w]; None: opaque), or u8[h w 4] with ``alpha`` in it (see ``joined``).
    ``corners``: f64[4 3], world points of the texture's corners (left top, right top, right bottom, left bottom).

    ``nodes``: f32[gh gw 3], offsets in metres from the flat sheet at a regular grid of the texture (corner to corner), or None: flat.
    ``cover``: where ``alpha`` is full and where it is nothing (see ``cover``); without it nothing is known.
    ``soft``: the blur (sigma) that the texture has at least, frame pixels: what is soft and flat is drawn at every second pixel and enlarged.
    """

    texture: U8
    alpha: U8 | None
    corners: F64
    nodes: F32 | None = None
    cover: U8 | None = None
    soft: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """A part of a frame: ``rgb`` premultiplied u8[h w 3] with ``alpha`` (None: opaque) whose left top pixel is at ``x0``, ``y0``."""

    x0: int
    y0: int
    rgb: U8
    alpha: U8 | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Warped:
    """A texture u8[h w 4], premultiplied, and where a frame shows it: the rectangle ``box`` (x0 y0 x1 y1), of which any part can be drawn.

    ``matrix`` f64[3 3] maps frame pixels to texture pixels; or ``maps`` f32[rows + 2, columns + 2, 2] holds the texture pixels in the middles of the
    box's squares of STEP pixels, with one square more on each side. ``x0`` and ``y0`` of the box are multiples of STEP.
    ``coarse``: only each second pixel is drawn, and what lies between is interpolated. ``cells`` u8[rows columns]: 0 where a square of the box shows
    nothing of it, 255 where it hides all behind it, else between.
    """

    texture: U8
    box: Box
    cells: U8
    matrix: F64 | None = None
    maps: F32 | None = None
    opaque: bool = False
    coarse: bool = False

    def part(self, x0: int, y0: int, x1: int, y1: int) -> U8:
        """The part u8[h w 4] of the frame; ``x0`` and ``y0`` are multiples of STEP."""
        border = cv2.BORDER_REPLICATE if self.opaque else cv2.BORDER_CONSTANT
        if self.maps is None:
            assert self.matrix is not None
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            w, h = x1 - x0, y1 - y0
            if not self.coarse:
                moved = self.matrix @ np.array([[1.0, 0, x0], [0, 1.0, y0], [0, 0, 1.0]])
                return cv2.warpPerspective(self.texture, moved, (w, h), flags=flags, borderMode=border)  # pyright: ignore[reportReturnType]
            # middles of squares of two pixels, one square more on each side
            moved = self.matrix @ np.array([[2.0, 0, x0 - 1.5], [0, 2.0, y0 - 1.5], [0, 0, 1.0]])
            half = (-(-w // 2) + 2, -(-h // 2) + 2)
            small = cv2.warpPerspective(self.texture, moved, half, flags=flags, borderMode=border)
            large = cv2.resize(small, (2 * half[0], 2 * half[1]), interpolation=cv2.INTER_LINEAR)
            return large[2 : 2 + h, 2 : 2 + w]  # pyright: ignore[reportReturnType]
        row, column = (y0 - self.box[1]) // STEP, (x0 - self.box[0]) // STEP
        rows, columns = -(-(y1 - y0) // STEP) + 2, -(-(x1 - x0) // STEP) + 2
        coarse = self.maps[row : row + rows, column : column + columns]
        fine = cv2.resize(coarse, (columns * STEP, rows * STEP), interpolation=cv2.INTER_LINEAR)
        fine = fine[STEP : STEP + y1 - y0, STEP : STEP + x1 - x0]
        return cv2.remap(self.texture, fine, None, cv2.INTER_LINEAR, borderMode=border)  # pyright: ignore[reportCallIssue, reportArgumentType, reportReturnType]


def joined(sheet: Sheet) -> Sheet:
    """The sheet made ready to be drawn often, with its ``cover`` and with its alpha as the fourth channel of its texture: OpenCV draws four
    channels in half the time of three."""
    if sheet.texture.shape[2] == 4:
        return sheet
    if sheet.alpha is None:
        return replace(sheet, texture=cv2.cvtColor(sheet.texture, cv2.COLOR_RGB2RGBA))  # pyright: ignore[reportArgumentType]
    return replace(sheet, texture=cv2.merge([sheet.texture, sheet.alpha]), cover=cover(sheet.alpha))  # pyright: ignore[reportArgumentType]


def cover(alpha: U8) -> U8:
    """A small map u8[h / 16, w / 16] of an alpha: 0 where a square of 16 pixels and all around it have none, 255 where it is full, else 128."""
    h, w = alpha.shape
    padded = cv2.copyMakeBorder(alpha, 0, -h % COVER, 0, -w % COVER, cv2.BORDER_REPLICATE)
    squares = np.asarray(padded).reshape(padded.shape[0] // COVER, COVER, -1, COVER)
    kernel = np.ones((3, 3), np.uint8)
    low = cv2.erode(squares.min(axis=(1, 3)), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    high = cv2.dilate(squares.max(axis=(1, 3)), kernel)
    return np.where(low >= 254, 255, np.where(high <= 1, 0, 128)).astype(np.uint8)


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
    seen = look(joined(sheet), camera, width, height)
    return None if seen is None else drawn_whole(seen)


def drawn_whole(seen: Warped) -> Drawn:
    """All of a warped texture that the frame shows."""
    rgba = seen.part(*seen.box)
    alpha = None if seen.opaque else cv2.extractChannel(rgba, 3)
    return Drawn(x0=seen.box[0], y0=seen.box[1], rgb=cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB), alpha=alpha)  # pyright: ignore[reportArgumentType]


def look(sheet: Sheet, camera: CameraPose, width: int, height: int) -> Warped | None:
    """Where the camera sees a ``joined`` sheet, or None where it is out of the frame."""
    if sheet.nodes is None:
        seen = camera.project(sheet.corners, width, height)
    else:
        seen = camera.project(flat_points(sheet, *sheet.nodes.shape[:2]) + sheet.nodes, width, height) - 0.5
    box = box_of(seen, width, height)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    back = np.linalg.inv(homography(sheet, camera, width, height)).astype(np.float64)
    opaque = sheet.alpha is None
    if sheet.nodes is None:
        return flat(sheet.texture, sheet.cover, back, box, opaque=opaque, coarse=sheet.soft >= SOFT)
    # the nodes sit in the middles of squares of STEP pixels, one square more on each side, so that a resize meets the pixels' own middles
    xs, ys = _middles(x0, x1), _middles(y0, y1)
    maps = _inverted(seen.astype(np.float32), back, sheet.texture.shape[:2], xs, ys)
    cells = np.full((len(ys) - 2, len(xs) - 2), 255, np.uint8) if opaque else _cells(sheet.cover, maps)
    return Warped(texture=sheet.texture, box=box, cells=cells, maps=maps, opaque=opaque)


def flat(texture: U8, covered: U8 | None, back: F64, box: Box, *, opaque: bool = False, coarse: bool = False) -> Warped:
    """A texture u8[h w 4] seen in a ``box`` of the frame (from multiples of STEP on) through the homography ``back`` from frame to texture pixels."""
    xs, ys = _middles(box[0], box[2]), _middles(box[1], box[3])
    cells = np.full((len(ys) - 2, len(xs) - 2), 255, np.uint8) if opaque else _cells(covered, _flat_maps(back, xs, ys))
    return Warped(texture=texture, box=box, cells=cells, matrix=back, opaque=opaque, coarse=coarse)


def _middles(start: int, end: int) -> F32:
    """The middles of the squares of STEP pixels of one axis, with one more on each side."""
    return np.arange(start - STEP / 2 - 0.5, end + STEP, STEP, dtype=np.float32)


def _cells(covered: U8 | None, maps: F32) -> U8:
    """What a texture covers of the squares whose middles show its pixels ``maps`` f32[rows + 2, columns + 2, 2]; ``covered``: its ``cover``."""
    inner = maps.shape[0] - 2, maps.shape[1] - 2
    # where a square shows too much of the texture (or what lies behind the camera) its middle tells nothing
    if covered is None or not all(float(np.abs(np.diff(maps, axis=k)).max()) <= 2 * COVER for k in (0, 1)):
        return np.full(inner, 128, np.uint8)
    at = (maps + np.float32(0.5)) * np.float32(1 / COVER) - np.float32(0.5)
    found = cv2.remap(covered, at, None, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0)  # pyright: ignore[reportCallIssue, reportArgumentType]
    kernel = np.ones((3, 3), np.uint8)
    low, high = cv2.erode(found, kernel), cv2.dilate(found, kernel)
    return np.where(low == 255, 255, np.where(high == 0, 0, 128)).astype(np.uint8)[1:-1, 1:-1]


def _flat_maps(back: F64, xs: F32, ys: F32) -> F32:
    """Texture pixels f32[len(ys) len(xs) 2] of a flat sheet at frame pixels."""
    u = xs[None, :] * back[0, 0] + ys[:, None] * back[0, 1] + back[0, 2]
    v = xs[None, :] * back[1, 0] + ys[:, None] * back[1, 1] + back[1, 2]
    w = xs[None, :] * back[2, 0] + ys[:, None] * back[2, 1] + back[2, 2]
    return (np.stack([u, v], axis=-1) / w[..., None]).astype(np.float32)


def box_of(seen: F64, width: int, height: int) -> Box | None:
    """The rectangle of the frame, from multiples of STEP on, that holds frame points; None where it is empty."""
    low, high = np.floor(seen.reshape(-1, 2).min(axis=0)) - 1, np.ceil(seen.reshape(-1, 2).max(axis=0)) + 1
    x0, y0 = max(int(low[0]), 0) // STEP * STEP, max(int(low[1]), 0) // STEP * STEP
    x1, y1 = min(-(-int(high[0]) // STEP) * STEP, width), min(-(-int(high[1]) // STEP) * STEP, height)
    return None if x1 <= x0 or y1 <= y0 else (x0, y0, x1, y1)


def _inverted(seen: F32, guess: F64, shape: tuple[int, ...], xs: F32, ys: F32) -> F32:
    """Texture pixels f32[len(ys) len(xs) 2] seen at the frame pixels ``xs`` times ``ys``: the forward map of the nodes, inverted by fixed
    point steps from the flat sheet's homography ``guess``."""
    h, w = shape
    gh, gw = seen.shape[:2]
    want = np.stack(np.meshgrid(xs, ys), axis=-1).astype(np.float32)
    at = cv2.perspectiveTransform(want, guess)
    forward = np.linalg.inv(guess)
    to_node = np.array([(gw - 1) / w, (gh - 1) / h], np.float32)
    u, v = np.meshgrid(np.arange(gw) / to_node[0] - 0.5, np.arange(gh) / to_node[1] - 0.5)
    grid = np.stack([u, v], axis=-1)
    rest = cv2.perspectiveTransform(grid.reshape(-1, 1, 2).astype(np.float64), forward).reshape(*seen.shape)
    offset = (seen - rest).astype(np.float32)  # how far the bending moves each node in the frame
    half = np.float32(0.5) * to_node
    for _ in range(7):
        where = at * to_node + half
        moved = cv2.remap(offset, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # pyright: ignore[reportCallIssue, reportArgumentType]
        at = cv2.perspectiveTransform(want - moved, guess)  # pyright: ignore[reportArgumentType]
    return np.asarray(at, np.float32)


def over(frame: U8, drawn: Drawn | Warped) -> None:
    """Lay a premultiplied part over a frame u8[h w 3], in place."""
    drawn = drawn_whole(drawn) if isinstance(drawn, Warped) else drawn
    h, w = drawn.rgb.shape[:2]
    part = frame[drawn.y0 : drawn.y0 + h, drawn.x0 : drawn.x0 + w]
    if drawn.alpha is None:
        part[:] = drawn.rgb
        return
    keep = cv2.cvtColor(cv2.bitwise_not(drawn.alpha), cv2.COLOR_GRAY2RGB)
    behind = cv2.multiply(part, keep, scale=1 / 255)
    cv2.add(behind, drawn.rgb, dst=part)
