"""The rig: one photo and its landmarks, prepared once; then any expression is drawn on it as a patch of the photo."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.expression import Expression, HeadPose, Patch
from phonofilm.engines.stage.face.light import read_light
from phonofilm.engines.stage.face.lips import MM, Lips, Mouth, move_lips, read_lips
from phonofilm.engines.stage.face.mesh import CHIN, EYES, NOSE_BASE, OVAL, HeadFrame, head_frame
from phonofilm.engines.stage.face.mouth import Inside, build_inside, draw_inside
from phonofilm.engines.stage.face.skin import Jaw, invert_jaw, smooth, spread
from phonofilm.engines.stage.face.skull import Skull, build_skull, head_displacement, rest_depth
from phonofilm.engines.stage.face.trace import CELL, OwnMouth, trace_lips
from phonofilm.perceive.percepts import Face

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

SMALLEST = 60
#: lips' residual motion ends this far from them, in face heights
REACH = 0.24


class FaceNotUsable(ValueError):
    """The face cannot carry an animation; the message says why."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """A grid of points over a rectangle of the photo with everything that moves them linearly.

    ``plane`` f32[n 2] head coordinates of its points, ``window`` f32[n] fades the motion out, ``below`` f32[n] is 1 below the mouth's line at rest.
    """

    x0: int
    y0: int
    w: int
    h: int
    step: int
    shape: tuple[int, int]
    plane: F32
    window: F32
    below: F32


def _grid(x0: int, y0: int, cols: int, rows: int, step: int) -> F32:
    gx, gy = np.meshgrid(x0 + (np.arange(cols) + 0.5) * step - 0.5, y0 + (np.arange(rows) + 0.5) * step - 0.5)
    return np.stack([gx, gy], -1).reshape(-1, 2).astype(np.float32)


def _line(x: F32, xs: F32, ys: F32) -> F32:
    return np.interp(x, xs, ys).astype(np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Own:
    """What the photo shows between its open lips, over the mouth's box: its pixels f32[h w 3], cover of the upper teeth and of the whole opening f32[h w 1]."""

    pixels: F32
    teeth: F32
    all: F32
    top: F32


@dataclass(frozen=True, kw_only=True, eq=False)
class Rig:
    """A face ready to be drawn. Pure: the same expression gives the same patch."""

    image: U8
    frame: HeadFrame
    lips: Lips
    chin: float
    rest_upper: F32
    rest_lower: F32
    nose: F32
    jaw: Jaw
    face: Sheet
    mouth: Sheet
    inside: Inside
    skull: Skull
    own: Own | None
    softness: float

    # --- fields -----------------------------------------------------------------------------------------------------
    def _sheets(self, sheet: Sheet, mouth: Mouth) -> tuple[F32, F32]:
        """Where the points of a grid come from under the motion of the upper and of the lower sheet of skin: displacements f32[h w 2], pixels."""
        jaw = self.frame.project(np.array([[0, mouth.drop, -0.15 * mouth.drop]], np.float32))[0]
        base = invert_jaw(sheet.plane, self.jaw, jaw, self.frame)
        shape = (*sheet.shape, 2)
        both: list[F32] = []
        for rest, moved in (
            (self.rest_upper, np.concatenate([mouth.upper_outer, mouth.upper_inner, self.nose])),
            (self.rest_lower, np.concatenate([mouth.lower_outer, mouth.lower_inner])),
        ):
            there = self.frame.to_image(moved)[:, :2]
            at = self.frame.plane(there)
            left = rest - there - invert_jaw(at, self.jaw, jaw, self.frame)
            both.append((base + spread(sheet.plane, at, left, REACH) * sheet.window[:, None]).reshape(shape))
        return both[0], both[1]

    def _sample(self, sheet: Sheet, back: F32) -> U8:
        full = cv2.resize(back, (sheet.w, sheet.h), interpolation=cv2.INTER_LINEAR)
        gx = np.arange(sheet.x0, sheet.x0 + sheet.w, dtype=np.float32)[None, :]
        gy = np.arange(sheet.y0, sheet.y0 + sheet.h, dtype=np.float32)[:, None]
        return cv2.remap(self.image, full[..., 0] + gx, full[..., 1] + gy, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    # --- drawing ----------------------------------------------------------------------------------------------------
    def draw(self, expression: Expression) -> Patch:
        """The face with an expression: a rectangle whose border equals the photo."""
        sheet = self.face
        mouth = move_lips(self.lips, expression)
        up, low = self._sheets(sheet, mouth)
        t = sheet.below.reshape(*sheet.shape, 1)
        out = self._sample(sheet, up + (low - up) * t)
        self._draw_mouth(out, mouth, expression)
        return Patch(x0=sheet.x0, y0=sheet.y0, rgb=out)

    def _draw_mouth(self, out: U8, mouth: Mouth, e: Expression) -> None:
        box = self.mouth
        up, low = self._sheets(box, mouth)
        upper, lower = self._sample(box, up), self._sample(box, low)
        px, py, to_box = _box_plane(box, self.frame)
        xs = (mouth.upper_inner[:, 0] + mouth.lower_inner[:, 0]) / 2
        middle = (mouth.upper_inner[:, 1] + mouth.lower_inner[:, 1]) / 2
        line = _line(px, xs, middle)
        beyond = np.maximum(np.maximum(xs[0] - px, px - xs[-1]), 0)
        width = 0.8 / self.frame.height + 0.6 * beyond
        t = np.clip((py - line) / width * 0.5 + 0.5, 0, 1)[..., None]
        blend = upper + (lower.astype(np.float32) - upper) * t

        polygon = self._opening(mouth)
        mask = np.zeros((box.h, box.w), np.uint8)
        shifted = np.round((polygon - [box.x0, box.y0]) * 16).astype(np.int32)
        cv2.fillPoly(mask, [shifted], 255, cv2.LINE_AA, 4)
        soft = max(0.7, self.softness * self.frame.height)
        cover = cv2.GaussianBlur(mask, (0, 0), soft).astype(np.float32)[..., None] / 255
        apart = _line(px, xs, mouth.lower_inner[:, 1] - mouth.upper_inner[:, 1]) * self.frame.height
        cover *= np.clip(apart - 0.3, 0, 1)[..., None]
        cover *= 1 - float(smooth(e.rest, 0.8, 1.0))
        blend = self._press(blend, py - line, px, xs, mouth.gap)
        if cover.max() > 0.02:
            within = draw_inside(self.inside, mouth, e.tongue, e.jaw)
            i = self.inside
            grid = np.array([[i.cell, 0, i.x0], [0, i.cell, i.y0], [0, 0, 1]], np.float64)
            inner = cv2.warpAffine(within, (to_box @ grid)[:2], (box.w, box.h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            if self.own is not None:
                inner = self._with_own(inner, mouth, px, py, e.rest)
            blend += (inner - blend) * cover
        self._paste(out, np.clip(blend + 0.5, 0, 255).astype(np.uint8), box)

    def _press(self, skin: F32, off: F32, px: F32, xs: F32, gap: float) -> F32:
        """The shadow line where lips touch that were apart in the photo (closed lips bring their own)."""
        touch = float(np.clip(1 - gap / (2 * MM), 0, 1)) * float(np.clip(self.lips.gap / 0.03, 0, 1))
        if touch < 0.01:
            return skin
        side = np.clip(1 - np.abs((px - (xs[0] + xs[-1]) / 2) / ((xs[-1] - xs[0]) / 2 + 1e-6)) ** 6, 0, 1)
        line = np.exp(-((off / max(0.75 * MM, 0.9 / self.frame.height)) ** 2)) * 0.5 + np.exp(-((off / (2.2 * MM)) ** 2)) * 0.16
        return skin * (1 - touch * side * line)[..., None]

    def _with_own(self, inner: F32, mouth: Mouth, px: F32, py: F32, rest: float) -> F32:
        """The photo's own teeth over the drawn inside, under the shadow of the lip that came down over them."""
        own = self.own
        assert own is not None
        top = _line(px, mouth.upper_inner[:, 0], mouth.upper_inner[:, 1])
        moved = np.clip((top - own.top) / (3 * MM), 0, 1)
        shadow = 1 - 0.34 * moved * np.clip(1 - (py - top) / (4 * MM), 0, 1)
        cover = own.teeth + (own.all - own.teeth) * rest
        return inner + (own.pixels * shadow[..., None] - inner) * cover

    def _opening(self, mouth: Mouth) -> F32:
        def dense(curve: F32) -> F32:
            at = np.linspace(0, 10, 61)
            from scipy.interpolate import CubicSpline

            return CubicSpline(np.arange(11), curve, axis=0)(at).astype(np.float32)

        a, b = dense(mouth.upper_inner), dense(mouth.lower_inner)
        b[:, 1] = np.maximum(a[:, 1], b[:, 1])
        # the surface of the contours is that of the photo: their own depth at rest moves along
        ring = np.concatenate([a, b[::-1]])
        return self.frame.to_image(ring)[:, :2]

    def _paste(self, out: U8, picture: U8, box: Sheet) -> None:
        x, y = box.x0 - self.face.x0, box.y0 - self.face.y0
        target = out[y : y + box.h, x : x + box.w]
        edge = max(2, int(0.02 * self.frame.height))
        ramp = np.ones((box.h, box.w), np.float32)
        rx = np.clip(np.minimum(np.arange(box.w) + 0.5, box.w - np.arange(box.w) - 0.5) / edge, 0, 1)
        ry = np.clip(np.minimum(np.arange(box.h) + 0.5, box.h - np.arange(box.h) - 0.5) / edge, 0, 1)
        ramp *= (ry[:, None] * rx[None, :]).astype(np.float32)
        target[:] = (target + (picture.astype(np.float32) - target) * ramp[..., None] + 0.5).astype(np.uint8)

    # --- the head in 3D ---------------------------------------------------------------------------------------------
    def head_field(self, points_xy: F32, pose: HeadPose) -> F32:
        """Displacement f32[n 3] of photo points f32[n 2] for a pose of the head: photo pixels, x right, y down, z towards the viewer."""
        return head_displacement(self.skull, points_xy, pose)

    def relief(self, points_xy: F32) -> F32:
        """Depth f32[n] of photo points at rest, photo pixels towards the viewer."""
        return rest_depth(self.skull, points_xy)


def _sheet(image: U8, frame: HeadFrame, lips: Lips, bounds: tuple[float, float, float, float], step: int, fade: bool) -> Sheet:
    height, width = image.shape[:2]
    x0, y0 = max(0, int(bounds[0])), max(0, int(bounds[1]))
    cols = max(4, int((min(width, bounds[2]) - x0) // step))
    rows = max(4, int((min(height, bounds[3]) - y0) // step))
    points = _grid(x0, y0, cols, rows, step)
    xy = frame.plane(points)
    xs, ys = lips.seam[:, 0], lips.seam[:, 1]
    line = _line(xy[:, 0], xs, ys)
    beyond = np.maximum(np.maximum(xs[0] - xy[:, 0], xy[:, 0] - xs[-1]), 0)
    below = np.clip((xy[:, 1] - line) / (0.01 + 0.6 * beyond) * 0.5 + 0.5, 0, 1).astype(np.float32)
    window = np.ones(cols * rows, np.float32)
    if fade:
        gx = np.minimum(np.arange(cols), cols - 1 - np.arange(cols)) / max(2.0, cols * 0.07)
        gy = np.minimum(np.arange(rows), rows - 1 - np.arange(rows)) / max(2.0, rows * 0.07)
        window = (smooth(gy.astype(np.float32), 0, 1)[:, None] * smooth(gx.astype(np.float32), 0, 1)[None, :]).reshape(-1)
    return Sheet(x0=x0, y0=y0, w=cols * step, h=rows * step, step=step, shape=(rows, cols), plane=xy, window=window, below=below)


def _box_plane(box: Sheet, frame: HeadFrame) -> tuple[F32, F32, NDArray[np.float64]]:
    """Plane coordinates of every pixel of a box, and the matrix from plane coordinates to its pixels."""
    o, ex, ey = frame.plane(np.array([[box.x0, box.y0], [box.x0 + 1, box.y0], [box.x0, box.y0 + 1]], np.float32)).astype(np.float64)
    gx, gy = np.meshgrid(np.arange(box.w, dtype=np.float32), np.arange(box.h, dtype=np.float32))
    px = o[0] + gx * (ex - o)[0] + gy * (ey - o)[0]
    py = o[1] + gx * (ex - o)[1] + gy * (ey - o)[1]
    matrix = np.linalg.inv(np.array([[(ex - o)[0], (ey - o)[0], o[0]], [(ex - o)[1], (ey - o)[1], o[1]], [0, 0, 1]]))
    return px.astype(np.float32), py.astype(np.float32), matrix


def _own(image: U8, box: Sheet, frame: HeadFrame, seen: OwnMouth, lips: Lips) -> tuple[Own, float]:
    """The photo's own opening brought into the mouth's box, and the share of it that is upper teeth."""
    px, _, to_box = _box_plane(box, frame)
    grid = np.array([[CELL, 0, seen.canvas.x0], [0, CELL, seen.canvas.y0], [0, 0, 1]])
    matrix = (to_box @ grid)[:2]

    def bring(mask: F32) -> F32:
        soft = cv2.GaussianBlur(cv2.copyMakeBorder(mask, 2, 2, 2, 2, cv2.BORDER_CONSTANT)[2:-2, 2:-2], (0, 0), 1.4)
        return cv2.warpAffine(soft, matrix, (box.w, box.h), flags=cv2.INTER_LINEAR)[..., None]

    pixels = image[box.y0 : box.y0 + box.h, box.x0 : box.x0 + box.w].astype(np.float32)
    top = _line(px, lips.upper_inner[:, 0], lips.upper_inner[:, 1])
    share = float(seen.teeth.sum() / max(float(seen.all.sum()), 1.0))
    return Own(pixels=pixels, teeth=bring(seen.teeth), all=bring(seen.all), top=top), share


def build_rig(image: U8, face: Face) -> Rig:
    """Prepare a photo u8[h w 3] RGB and one of its faces. Raises :class:`FaceNotUsable` for a face too small or not seen well enough."""
    marks = face.landmarks.astype(np.float32)
    frame = head_frame(marks)
    if frame.height < SMALLEST:
        raise FaceNotUsable(f"The face is {frame.height:.0f} pixels high; it takes {SMALLEST} to make it speak.")
    heads = frame.to_head(marks)
    left, right = (heads[list(e["upper"])].mean(0) for e in EYES)
    pupils = float(np.linalg.norm(right - left))
    lips = read_lips(marks, frame, pupils)
    light = read_light(image, marks, frame)
    lips, seen = trace_lips(image, frame, lips, light.softness)
    chin = float(heads[CHIN, 1])
    half_jaw = float(np.abs(heads[list(OVAL), 0]).max())
    nose = heads[list(NOSE_BASE)]
    upper3 = np.concatenate([lips.upper_outer, lips.upper_inner, nose])
    lower3 = np.concatenate([lips.lower_outer, lips.lower_inner])
    upper, lower = (frame.to_image(c)[:, :2] for c in (upper3, lower3))
    oval = marks[list(OVAL), :2]
    fh = frame.height
    neck = frame.project(np.array([[0, 0.46, 0]], np.float32))[0] + marks[CHIN, :2]
    top = marks[list(OVAL), :2].min(0)
    bounds = (
        min(oval[:, 0].min(), neck[0]) - 0.06 * fh,
        top[1] - 0.02 * fh,
        max(oval[:, 0].max(), neck[0]) + 0.06 * fh,
        max(oval[:, 1].max(), neck[1]) + 0.02 * fh,
    )
    step = max(2, round(fh / 60))
    sheet = _sheet(image, frame, lips, bounds, step, True)
    xs = lips.seam[:, 0]
    ring = np.array([[xs[0] - 0.07, -0.10, 0], [xs[-1] + 0.07, -0.10, 0], [xs[0] - 0.07, 0.21, 0], [xs[-1] + 0.07, 0.21, 0]], np.float32)
    ring = frame.project(ring) + frame.origin[:2]
    box = _sheet(image, frame, lips, (*ring.min(0), *ring.max(0)), max(1, round(fh / 160)), False)
    own, share = None, 0.0
    if seen is not None:
        own, share = _own(image, box, frame, seen, lips)
        light = replace(light, teeth=seen.colour * (0.95 if seen.colour.mean() > 90 else 1.2))
    return Rig(
        image=image, frame=frame, lips=lips, chin=chin, rest_upper=upper, rest_lower=lower, nose=nose,
        jaw=Jaw(chin=chin, half=half_jaw), face=sheet, mouth=box,
        inside=build_inside(lips, light, fh, upper=share <= 0.08), skull=build_skull(marks, frame), own=own, softness=light.softness,
    )  # fmt: skip
