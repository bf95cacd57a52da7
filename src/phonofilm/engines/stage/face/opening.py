"""The mouth's box: the two sheets of skin along the lips, and between them the inside, the photo's own teeth or drawn ones."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.lips import MM, Lips, Mouth
from phonofilm.engines.stage.face.mesh import HeadFrame
from phonofilm.engines.stage.face.mouth import Inside, Light, draw_inside
from phonofilm.engines.stage.face.sheet import Sheet, pixel_plane
from phonofilm.engines.stage.face.skin import smooth, through
from phonofilm.engines.stage.face.trace import CELL, OwnMouth

Floats = NDArray[np.floating]
U8 = NDArray[np.uint8]

#: what an upper lip loses of its red, green and blue when it turns down out of a smile
TURNED = (0.10, 0.21, 0.18)
#: lips' curves are drawn through this many points
DENSE = 61


@dataclass(frozen=True, kw_only=True, eq=False)
class Own:
    """What the photo shows between open lips, over the box: its pixels, cover of the upper teeth and of all f32[h w 1], upper edge f32[h w]."""

    pixels: Floats
    teeth: Floats
    all: Floats
    top: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Opening:
    """The mouth's box prepared: plane coordinates of its pixels, the matrix to them, the inside, the photo's own opening, the spline f32[61 11]."""

    box: Sheet
    px: Floats
    py: Floats
    to_box: NDArray[np.float64]
    inside: Inside
    own: Own | None
    spline: Floats
    lips: Lips
    softness: float
    grain: Floats


def build_opening(image: U8, frame: HeadFrame, lips: Lips, box: Sheet, inside: Inside, seen: OwnMouth | None, light: Light) -> Opening:
    """Prepare the box of the mouth."""
    px, py, to_box = pixel_plane(box, frame)
    spline = through(DENSE).astype(np.float32)
    noise = np.random.Generator(np.random.Philox(key=box.w * 4099 + box.h)).standard_normal((box.h, box.w)).astype(np.float32)
    grain = np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.6), np.float32)[..., None] * np.float32(2.2 * light.grain)
    own = None
    if seen is not None:
        grid = np.array([[CELL, 0, seen.canvas.x0], [0, CELL, seen.canvas.y0], [0, 0, 1]])
        matrix = (to_box @ grid)[:2]

        def bring(mask: Floats) -> Floats:
            soft = cv2.warpAffine(cv2.GaussianBlur(mask, (0, 0), 1.4), matrix, (box.w, box.h), flags=cv2.INTER_LINEAR)
            return np.asarray(soft, np.float32)[..., None]

        pixels = image[box.y0 : box.y0 + box.h, box.x0 : box.x0 + box.w].astype(np.float32)
        edge = frame.seen(lips.upper_inner)
        top = np.interp(px, edge[:, 0], edge[:, 1]).astype(np.float32)
        own = Own(pixels=pixels, teeth=bring(seen.teeth), all=bring(seen.all), top=top)
    return Opening(box=box, px=px, py=py, to_box=to_box, inside=inside, own=own, spline=spline, lips=lips, softness=light.softness, grain=grain)


def draw_opening(o: Opening, upper: U8, lower: U8, mouth: Mouth, frame: HeadFrame, tongue: float, rest: float) -> U8:
    """The box of the mouth from its two drawn sheets of skin."""
    box, px, py = o.box, o.px, o.py
    seen_up, seen_low = (frame.seen(o.spline @ c) for c in (mouth.upper_inner, mouth.lower_inner))
    gap = np.maximum(seen_low[:, 1] - seen_up[:, 1], 0)
    xs = np.maximum.accumulate((seen_up[:, 0] + seen_low[:, 0]) / 2)
    line = np.interp(px, xs, (seen_up[:, 1] + seen_low[:, 1]) / 2).astype(np.float32)
    beyond = np.maximum(np.maximum(xs[0] - px, px - xs[-1]), 0)
    width = 0.8 / frame.height + 0.6 * beyond
    t = np.clip((py - line) / width * 0.5 + 0.5, 0, 1)[..., None]
    skin = upper + (lower.astype(np.float32) - upper) * t
    came = float(np.clip((mouth.upper_inner[4:7, 1] - o.lips.upper_inner[4:7, 1]).mean() / 0.03, 0, 1))
    if came > 0.02:
        skin *= _under(o, frame.seen(o.spline @ mouth.upper_outer), seen_up, came)
    skin = _press(o, skin, py - line, xs, mouth.gap, frame)
    if rest > 0.999 or float(gap.max()) * frame.height < 0.4:
        return np.clip(skin + 0.5, 0, 255).astype(np.uint8)

    b = seen_low.copy()
    b[:, 1] = np.maximum(seen_up[:, 1], b[:, 1])
    ring = np.concatenate([seen_up, b[::-1], np.zeros((0, 2), np.float32)])
    pixels = ring @ o.to_box[:2, :2].T + o.to_box[:2, 2]
    mask = np.zeros((box.h, box.w), np.uint8)
    cv2.fillPoly(mask, [np.round(pixels * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    cover = cv2.GaussianBlur(mask, (0, 0), max(0.7, o.softness * frame.height)).astype(np.float32) / 255
    cover *= np.clip(np.interp(px, xs, gap * frame.height).astype(np.float32) - 0.3, 0, 1)
    cover *= 1 - float(smooth(rest, 0.8, 1.0))
    within = draw_inside(o.inside, seen_up, seen_low, mouth.fall, tongue)
    i = o.inside
    grid = np.array([[i.cell, 0, i.x0], [0, i.cell, i.y0], [0, 0, 1]], np.float64)
    inner = cv2.warpAffine(within, (o.to_box @ grid)[:2], (box.w, box.h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inner = inner + o.grain * (0.35 + 0.65 * inner.mean(-1, keepdims=True) / 255)
    if o.own is not None:
        top = np.interp(px, seen_up[:, 0], seen_up[:, 1]).astype(np.float32)
        moved = np.clip((top - o.own.top) / (3 * MM), 0, 1)
        shadow = 1 - 0.22 * moved * np.clip(1 - (py - top) / (4 * MM), 0, 1)
        teeth = o.own.teeth + (o.own.all - o.own.teeth) * rest
        inner += (o.own.pixels * shadow[..., None] - inner) * teeth
    skin += (inner - skin) * cover[..., None]
    return np.clip(skin + 0.5, 0, 255).astype(np.uint8)


def _under(o: Opening, outer: Floats, inner: Floats, came: float) -> Floats:
    """Light f32[h w 3] on an upper lip that came down from a smile by ``came`` 0…1: it faces down again, darker and redder."""
    border = np.interp(o.px, outer[:, 0], outer[:, 1]).astype(np.float32)
    edge = np.interp(o.px, inner[:, 0], inner[:, 1], left=9, right=9).astype(np.float32)
    into = np.clip((o.py - border) / np.maximum(edge - border, 2 * MM) * 1.6, 0, 1) * (o.py < edge + 0.5 * MM) * (edge < 5)
    into = cv2.GaussianBlur((into * came).astype(np.float32), (0, 0), 1.2)
    return 1 - into[..., None] * np.array(TURNED, np.float32)


def _press(o: Opening, skin: Floats, off: Floats, xs: Floats, gap: float, frame: HeadFrame) -> Floats:
    """The shadow line where lips touch that were apart in the photo (closed lips bring their own)."""
    touch = float(np.clip(1 - gap / (2 * MM), 0, 1)) * float(np.clip(o.lips.gap / 0.03, 0, 1))
    if touch < 0.01:
        return skin
    side = np.clip(1 - np.abs((o.px - (xs[0] + xs[-1]) / 2) / ((xs[-1] - xs[0]) / 2 + 1e-6)) ** 6, 0, 1)
    thin = max(0.75 * MM, 0.9 / frame.height)
    line = np.exp(-((off / thin) ** 2)) * 0.42 + np.exp(-((off / (2.2 * MM)) ** 2)) * 0.16
    return skin * (1 - touch * side * line)[..., None]
