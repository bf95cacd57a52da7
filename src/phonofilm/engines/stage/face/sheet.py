"""A rectangle of the photo with a coarse grid of points over it: fields are computed on the points, pixels are drawn through them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.mesh import HeadFrame
from phonofilm.engines.stage.face.skin import smooth

Floats = NDArray[np.floating]
U8 = NDArray[np.uint8]


#: smaller displacements are not drawn, pixels
STILL = 0.03
#: a value half-way between two pixels, from four: the cubic of OpenCV
HALF = np.array([[-1.5, 9.5, 9.5, -1.5]], np.float32) / 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """Corner and size of the rectangle in photo pixels, the grid's ``step`` and ``shape`` (rows, columns).

    ``plane`` f32[n 2] head coordinates of the points, ``window`` f32[n] fades motion out towards the rectangle's border.
    ``fine`` u8[h w 4] is the photo around the rectangle, from the pixel ``fine_x fine_y`` on, with pixels put half-way between its own: linear
    steps in it draw like cubic ones in the photo, four times as fast.
    """

    x0: int
    y0: int
    w: int
    h: int
    step: int
    shape: tuple[int, int]
    plane: Floats
    window: Floats
    fine: U8
    fine_x: int
    fine_y: int

    def sample(self, image: U8, back: Floats, within: tuple[int, int] | None = None) -> U8:
        """The photo drawn through backward displacements f32[rows cols 2], pixels. The photo is copied where nothing moves and
        outside the rows ``within``.
        """
        out = image[self.y0 : self.y0 + self.h, self.x0 : self.x0 + self.w].copy()
        moving = np.abs(back).max(-1) > STILL
        if within is not None:
            moving[: max(0, within[0])] = False
            moving[max(0, within[1]) :] = False
        rows, columns = np.flatnonzero(moving.any(1)), np.flatnonzero(moving.any(0))
        if not len(rows):
            return out
        # still rows between two moving parts (mouth and brows) are left alone too
        breaks = np.flatnonzero(np.diff(rows) > 4)
        for part in np.split(rows, breaks + 1):
            r0, r1 = max(0, int(part[0]) - 1), min(self.shape[0], int(part[-1]) + 2)
            c0, c1 = max(0, int(columns[0]) - 1), min(self.shape[1], int(columns[-1]) + 2)
            full = cv2.resize(2 * back[r0:r1, c0:c1], ((c1 - c0) * self.step, (r1 - r0) * self.step), interpolation=cv2.INTER_LINEAR)
            y, x = r0 * self.step, c0 * self.step
            left, top = 2 * (self.x0 + x - self.fine_x), 2 * (self.y0 + y - self.fine_y)
            full[..., 0] += np.arange(left, left + 2 * full.shape[1], 2, dtype=np.float32)
            full[..., 1] += np.arange(top, top + 2 * full.shape[0], 2, dtype=np.float32)[:, None]
            drawn = cv2.remap(self.fine, full, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # pyright: ignore[reportCallIssue, reportArgumentType]
            cv2.cvtColor(drawn, cv2.COLOR_RGBA2RGB, dst=out[y : y + full.shape[0], x : x + full.shape[1]])
        return out


def make_sheet(image: U8, frame: HeadFrame, bounds: tuple[float, float, float, float], step: int, *, fade: bool) -> Sheet:
    """A sheet over bounds x0 y0 x1 y1 cut to the photo; ``fade`` lets motion end before its border."""
    height, width = image.shape[:2]
    x0, y0 = max(0, int(bounds[0])), max(0, int(bounds[1]))
    cols = max(2, int((min(width, bounds[2]) - x0) // step))
    rows = max(2, int((min(height, bounds[3]) - y0) // step))
    gx, gy = np.meshgrid(x0 + (np.arange(cols) + 0.5) * step - 0.5, y0 + (np.arange(rows) + 0.5) * step - 0.5)
    points = np.stack([gx, gy], -1).reshape(-1, 2).astype(np.float32)
    window = np.ones(cols * rows, np.float32)
    if fade:
        wx = np.minimum(np.arange(cols), cols - 1 - np.arange(cols)).astype(np.float32) / max(2.0, cols * 0.03)
        wy = np.minimum(np.arange(rows), rows - 1 - np.arange(rows)).astype(np.float32) / max(2.0, rows * 0.05)
        window = (smooth(wy, 0, 1)[:, None] * smooth(wx, 0, 1)[None, :]).reshape(-1)
    w, h = cols * step, rows * step
    room = max(8, round(0.25 * frame.height))
    fine_x, fine_y = max(0, x0 - room), max(0, y0 - room)
    return Sheet(
        x0=x0, y0=y0, w=w, h=h, step=step, shape=(rows, cols), plane=frame.plane(points), window=window,
        fine=_fine(image[fine_y : y0 + h + room, fine_x : x0 + w + room]), fine_x=fine_x, fine_y=fine_y,
    )  # fmt: skip


def _fine(image: U8) -> U8:
    """A picture u8[h w 3] as u8[2h 2w 4] with pixels half-way between its own."""
    rgba = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA), np.uint8)
    h, w = rgba.shape[:2]
    wide = np.empty((h, 2 * w, 4), np.uint8)
    wide[:, 0::2], wide[:, 1::2] = rgba, cv2.filter2D(rgba, -1, HALF, anchor=(1, 0), borderType=cv2.BORDER_REPLICATE)
    out = np.empty((2 * h, 2 * w, 4), np.uint8)
    out[0::2], out[1::2] = wide, cv2.filter2D(wide, -1, HALF.T, anchor=(0, 1), borderType=cv2.BORDER_REPLICATE)
    return out


def pixel_plane(box: Sheet, frame: HeadFrame) -> tuple[Floats, Floats, NDArray[np.float64]]:
    """Plane coordinates x and y f32[h w] of every pixel of a sheet, and the matrix f64[3 3] from plane coordinates to its pixels."""
    o, ex, ey = frame.plane(np.array([[box.x0, box.y0], [box.x0 + 1, box.y0], [box.x0, box.y0 + 1]], np.float32)).astype(np.float64)
    ax, ay = ex - o, ey - o
    gx, gy = np.meshgrid(np.arange(box.w, dtype=np.float32), np.arange(box.h, dtype=np.float32))
    px, py = o[0] + gx * ax[0] + gy * ay[0], o[1] + gx * ax[1] + gy * ay[1]
    matrix = np.linalg.inv(np.array([[ax[0], ay[0], o[0]], [ax[1], ay[1], o[1]], [0, 0, 1]]))
    return px.astype(np.float32), py.astype(np.float32), matrix


def paste(out: U8, picture: U8, box: Sheet, into: Sheet, edge: int) -> None:
    """Lay a box's picture into a larger sheet's, its border blended over ``edge`` pixels."""
    x, y = box.x0 - into.x0, box.y0 - into.y0
    x1, y1 = max(0, x), max(0, y)
    x2, y2 = min(into.w, x + box.w), min(into.h, y + box.h)
    if x2 <= x1 or y2 <= y1:
        return
    if edge <= 1:
        out[y1:y2, x1:x2] = picture[y1 - y : y2 - y, x1 - x : x2 - x]
        return
    rx, ry = (np.clip(np.minimum(np.arange(n) + 0.5, n - np.arange(n) - 0.5) / edge, 0, 1).astype(np.float32) for n in (box.w, box.h))
    rim = edge + 1
    # inside its border the picture is laid as it is
    inner_y, inner_x = slice(max(y1, y + rim), min(y2, y + box.h - rim)), slice(max(x1, x + rim), min(x2, x + box.w - rim))
    if inner_y.stop <= inner_y.start or inner_x.stop <= inner_x.start:
        inner_y, inner_x = slice(y2, y2), slice(x2, x2)
    out[inner_y, inner_x] = picture[inner_y.start - y : inner_y.stop - y, inner_x.start - x : inner_x.stop - x]
    parts = [(y1, inner_y.start, x1, x2), (inner_y.stop, y2, x1, x2)]
    parts += [(inner_y.start, inner_y.stop, x1, inner_x.start), (inner_y.start, inner_y.stop, inner_x.stop, x2)]
    for top, bottom, left, right in parts:
        if bottom <= top or right <= left:
            continue
        rows, columns = slice(top - y, bottom - y), slice(left - x, right - x)
        ramp = np.round(ry[rows, None] * rx[None, columns] * 256).astype(np.uint16)[..., None]
        target = out[top:bottom, left:right]
        mixed = target * (256 - ramp) + picture[rows, columns] * ramp + np.uint16(128)
        target[:] = (mixed >> 8).astype(np.uint8)
