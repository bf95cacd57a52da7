"""A photograph as a scene: its plate far behind, its subject as a cut-out in relief near, both where the photo's own pinhole saw them.

Axes: h w pixels, gh gw nodes. The photo's camera stands at the world's origin, ``EYE`` above the ground; from there the layers fall together into the
photo again, pixel for pixel; from anywhere else they part as near and far do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sheet import Sheet
from phonofilm.perceive.percepts import Face, Picture
from phonofilm.perceive.plate import extend
from phonofilm.score.camera import SENSOR, CameraPose
from phonofilm.score.model import Setting
from phonofilm.score.view import ground_row

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

EYE = 1.5
NODES = 72
FLOOR_NODES = 97
MAX_PIXELS = 16_000_000
SLIVER = 0.005  # of a picture's longer side: what is seen beyond its border up to this width may be mirrored


@dataclass(frozen=True, kw_only=True)
class Pinhole:
    """The camera that took a photo: its size in pixels, focal length in pixels, and the pixel that its axis meets."""

    width: int
    height: int
    focal: float
    cx: float
    cy: float

    def world(self, pixels: F64, depth: F64 | float) -> F64:
        """World points f64[... 3] of photo pixels f64[... 2] at a depth in metres."""
        x = (pixels[..., 0] - self.cx) / self.focal * depth
        y = EYE - (pixels[..., 1] - self.cy) / self.focal * depth
        return np.stack([x, y, np.broadcast_to(-np.asarray(depth, np.float64), x.shape)], axis=-1)

    def pixels(self, points: F64) -> F64:
        """Photo pixels f64[... 2] of world points."""
        depth = -points[..., 2]
        return np.stack([self.cx + points[..., 0] / depth * self.focal, self.cy - (points[..., 1] - EYE) / depth * self.focal], axis=-1)


def pinhole(picture: Picture, setting: Setting) -> Pinhole:
    """The photo's camera as a setting says."""
    height, width = picture.image.shape[:2]
    focal = setting.lens / SENSOR * max(width, height)
    return Pinhole(width=width, height=height, focal=focal, cx=setting.principal[0] * width, cy=setting.principal[1] * height)


def seen_on(cameras: list[CameraPose], taken: Pinhole, depth: float, width: int, height: int) -> tuple[float, float, float, float]:
    """The rectangle x0 y0 x1 y1 of photo pixels that the cameras of a shot see of a plane at a depth."""
    edge = np.array([[x, y] for x in (0, width / 2, width) for y in (0, height / 2, height)], np.float64)
    found: list[F64] = []
    for camera in cameras:
        rays = camera.rays(edge, width, height)
        reach = (-depth - camera.position[2]) / np.minimum(rays[:, 2], -1e-3)
        found.append(taken.pixels(camera.position + rays * reach[:, None]))
    every = np.concatenate(found)
    low, high = every.min(axis=0), every.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def enlargement(cameras: list[CameraPose], taken: Pinhole, depth: float, width: int, height: int) -> float:
    """Frame pixels for one photo pixel of a plane at a depth, where the shot is closest to it."""
    return max(camera.focal_pixels(width, height) / max(float(camera.position[2]) + depth, 0.05) * depth / taken.focal for camera in cameras)


def plate_sheet(
    picture: Picture, taken: Pinhole, depth: float, cameras: list[CameraPose], width: int, height: int, *, soft: float, near: float | None = None,
) -> Sheet:  # fmt: skip
    """The plate at ``depth``, extended to all that the shot sees, at the resolution that it needs; ``soft`` blurs it by so many frame pixels.

    Where the subject visibly stands at ``near``, the plate is bent: from the row of its feet the ground recedes level to the wall at ``depth``.
    """
    floor = Floor.of(picture, taken, near, depth) if near is not None else None
    x0, y0, x1, y1 = seen_on(cameras, taken, depth, width, height)
    if floor is not None:
        x0, y0, x1, y1 = floor.seen((x0, y0, x1, y1), cameras, taken, width, height)
    margin = 0.01 * max(taken.width, taken.height)
    # from here on in pixels of the plate, which may be larger than the photo
    tall, wide = picture.plate.shape[:2]
    x0, y0, x1, y1 = x0 + picture.beyond[0], y0 + picture.beyond[1], x1 + picture.beyond[0], y1 + picture.beyond[1]
    left, top = max(0, int(np.ceil(-x0 + margin))), max(0, int(np.ceil(-y0 + margin)))
    right, bottom = max(0, int(np.ceil(x1 - wide + margin))), max(0, int(np.ceil(y1 - tall + margin)))
    # only what is seen, with a little around it
    cut_x0, cut_y0 = max(0, int(x0 + left - 2 * margin)), max(0, int(y0 + top - 2 * margin))
    cut_x1, cut_y1 = int(np.ceil(x1 + left + 2 * margin)), int(np.ceil(y1 + top + 2 * margin))
    scale = enlargement(cameras, taken, depth if floor is None else floor.near, width, height)
    if left or top or right or bottom:
        beyond, cut = (left, right, top, bottom), (cut_x0, cut_y0, cut_x1, cut_y1)
        if max(-x0, -y0, x1 - wide, y1 - tall) > SLIVER * max(taken.width, taken.height):
            texture = _continued(picture.plate, beyond, cut)
        else:  # hardly any of it is seen
            whole = cv2.copyMakeBorder(picture.plate, top, bottom, left, right, cv2.BORDER_REFLECT_101)
            texture = np.asarray(whole, np.uint8)[cut_y0:cut_y1, cut_x0:cut_x1]
    else:
        texture = picture.plate[cut_y0:cut_y1, cut_x0:cut_x1]
    h, w = texture.shape[:2]
    a = np.array([cut_x0 - left - picture.beyond[0], cut_y0 - top - picture.beyond[1]], np.float64)
    corners = np.array([a, a + [w, 0], a + [w, h], a + [0, h]], np.float64)
    texture = scaled(texture, scale)
    if soft > 0.3:
        texture = cv2.GaussianBlur(texture, (0, 0), soft)
    nodes = None if floor is None else floor.nodes(corners, taken)
    return Sheet(texture=texture, alpha=None, corners=taken.world(corners, depth), nodes=nodes, soft=soft)  # pyright: ignore[reportArgumentType]


def _continued(plate: U8, beyond: tuple[int, int, int, int], cut: tuple[int, int, int, int]) -> U8:
    """The part ``cut`` (x0 y0 x1 y1) of a plate that is continued by so many pixels ``beyond`` its left, right, top and bottom.

    What is not seen is looked at only a little way.
    """
    left, right, top, bottom = beyond
    x0, y0, x1, y1 = cut
    h, w = plate.shape[:2]
    near = max(h, w) // 10
    # the part of the plate that is seen or near it, of even size
    px0, py0 = min(max(0, x0 - left - near), w // 2), min(max(0, y0 - top - near), h // 2)
    px1, py1 = min(w, x1 - left + near), min(h, y1 - top + near)
    part = plate[py0 : max(py1, py0 + 16), px0 : max(px1, px0 + 16)]
    out = extend(part, left, right, top, bottom)
    # the cut begins at 0 where the plate is continued on that side
    return out[max(0, y0 - py0) : y1 - py0, max(0, x0 - px0) : x1 - px0]


@dataclass(frozen=True, kw_only=True)
class Floor:
    """The level ground under a subject that stands in a photo: it passes through pixel row ``row`` at depth ``near`` and meets the wall at ``far``.

    ``horizon`` is the row that the photo's axis meets: there level ground is endlessly far.
    """

    row: float
    near: float
    far: float
    horizon: float

    @classmethod
    def of(cls, picture: Picture, taken: Pinhole, near: float, far: float) -> Floor | None:
        """The ground of a picture, or None where none is seen or the camera is level with it."""
        row = ground_row(picture)
        if row is None or row - taken.cy < 0.04 * taken.height or far <= near * 1.05:
            return None
        return cls(row=row, near=near, far=far, horizon=taken.cy)

    def depth(self, rows: F64) -> F64:
        """Depth in metres of photo pixel rows: the ground's below the foot of the wall, else the wall's."""
        level = self.near * (self.row - self.horizon) / np.maximum(rows - self.horizon, 1e-6)
        return np.clip(level, self.near * 0.4, self.far)

    def nodes(self, corners: F64, taken: Pinhole) -> F32:
        """Offsets f32[gh gw 3] that bend a flat sheet at ``far`` with these photo pixels as corners."""
        rows = np.linspace(corners[0, 1], corners[3, 1], FLOOR_NODES)
        columns = np.linspace(corners[0, 0], corners[1, 0], 9)
        pixels = np.stack(np.meshgrid(columns, rows), axis=-1)
        return (taken.world(pixels, self.depth(pixels[..., 1])) - taken.world(pixels, self.far)).astype(np.float32)

    def seen(
        self, wall: tuple[float, float, float, float], cameras: list[CameraPose], taken: Pinhole, width: int, height: int
    ) -> tuple[float, float, float, float]:
        """The rectangle of photo pixels that the cameras see of wall and ground together."""
        low = EYE - (self.row - self.horizon) / taken.focal * self.near
        edge = np.array([[x, y] for x in (0, width) for y in np.linspace(0, height, 25)], np.float64)
        x0, y0, x1, y1 = wall
        for camera in cameras:
            rays = camera.rays(edge, width, height)
            drop = (low - camera.position[1]) / np.minimum(rays[:, 1], -1e-6)
            hit = camera.position + rays * drop[:, None]
            on_floor = (rays[:, 1] < 0) & (hit[:, 2] > -self.far) & (hit[:, 2] < -self.near * 0.4)
            if on_floor.any():
                at = taken.pixels(hit[on_floor])
                x0, x1, y1 = min(x0, float(at[:, 0].min())), max(x1, float(at[:, 0].max())), max(y1, float(at[:, 1].max()))
        return x0, y0, x1, y1


def scaled(texture: U8, scale: float) -> U8:
    """A texture at another size, within the pixels that one may have."""
    h, w = texture.shape[:2]
    scale = min(scale, (MAX_PIXELS / (h * w)) ** 0.5)
    if 0.97 < scale < 1.03:
        return texture
    size = (max(2, round(w * scale)), max(2, round(h * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(texture, size, interpolation=how)  # pyright: ignore[reportReturnType]


@dataclass(frozen=True, kw_only=True, eq=False)
class Cutout:
    """A subject cut from a picture: straight ``rgb`` u8[h w 3] and ``alpha`` u8[h w], the part ``box`` of the picture at ``scale``."""

    rgb: U8
    alpha: U8
    box: tuple[int, int, int, int]
    scale: tuple[float, float]
    faces: tuple[Face, ...]


def cut_out(picture: Picture, scale: float) -> Cutout:
    """The subject of a picture at ``scale`` times the picture's resolution, with its faces moved along."""
    x0, y0, x1, y1 = _alpha_box(picture.matte)
    source = picture.foreground if picture.foreground is not None else picture.image
    rgb = scaled(source[y0:y1, x0:x1], scale)
    h, w = rgb.shape[:2]
    alpha = cv2.resize(picture.matte[y0:y1, x0:x1], (w, h), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    sx, sy = w / (x1 - x0), h / (y1 - y0)
    faces = tuple(_moved(face, x0, y0, sx, sy) for face in picture.faces)
    return Cutout(rgb=rgb, alpha=alpha, box=(x0, y0, x1, y1), scale=(sx, sy), faces=faces)  # pyright: ignore[reportArgumentType]


def _alpha_box(matte: U8) -> tuple[int, int, int, int]:
    x, y, w, h = cv2.boundingRect(cv2.threshold(matte, 8, 255, cv2.THRESH_BINARY)[1])
    height, width = matte.shape
    if w == 0 or h == 0:
        return 0, 0, width, height
    return max(0, x - 2), max(0, y - 2), min(width, x + w + 2), min(height, y + h + 2)


def _moved(face: Face, x0: int, y0: int, sx: float, sy: float) -> Face:
    landmarks = (face.landmarks - np.array([x0, y0, 0], np.float32)) * np.array([sx, sy, sx], np.float32)
    a, b, c, d = face.box
    return replace(face, landmarks=landmarks, box=((a - x0) * sx, (b - y0) * sy, (c - x0) * sx, (d - y0) * sy))


def premultiplied(rgb: U8, alpha: U8) -> U8:
    """Colours times alpha."""
    return cv2.multiply(rgb, cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB), scale=1 / 255)  # pyright: ignore[reportReturnType]


def bulge(alpha: U8, depth: float) -> F32:
    """Relief f32[gh gw] in metres of a solid whose outline is ``alpha``: round towards its edge, ``depth`` metres in its middle."""
    small = cv2.resize(alpha, (NODES, NODES), interpolation=cv2.INTER_AREA)
    far = cv2.distanceTransform(cv2.threshold(small, 127, 255, cv2.THRESH_BINARY)[1], cv2.DIST_L2, 5)
    top = float(far.max())
    if top <= 0:
        return np.zeros((NODES, NODES), np.float32)
    share = np.clip(far / top, 0, 1)
    round_off = np.sqrt(1 - (1 - share) ** 2)
    return (cv2.GaussianBlur(round_off, (0, 0), 2.0) * depth).astype(np.float32)
