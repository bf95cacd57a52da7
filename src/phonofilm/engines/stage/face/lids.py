"""Eyes: lids that come down with their own skin, irises that turn, brows that lift.

A shut lid is made once from the skin around the eye (its colour flows in from all sides, its grain is the cheek's), with the lashes along its edge;
a blink slides it down over the eyeball, which stays where it is in the photo.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.lips import MM
from phonofilm.engines.stage.face.mesh import EYES, HeadFrame
from phonofilm.engines.stage.face.sheet import Sheet, make_sheet, pixel_plane
from phonofilm.engines.stage.face.skin import smooth, spread

Floats = NDArray[np.floating]
U8 = NDArray[np.uint8]

#: radius of an eyeball, head units
EYEBALL = 12 * MM
#: a lifted brow rises by this, head units
BROW_LIFT = 0.024


@dataclass(frozen=True, kw_only=True, eq=False)
class Eye:
    """One eye: its box, lid curves f32[9 2] in plane coordinates, the iris, and every pixel's plane coordinates f32[h w].

    ``shut`` f32[h w 3] is the box with the lid shut; ``rim`` f32[h w] is 1 where it covers
    the open eye, its lashes and lid edges.
    """

    box: Sheet
    upper: Floats
    lower: Floats
    closed: Floats
    iris: Floats
    radius: float
    px: Floats
    py: Floats
    brows: Floats
    shut: Floats
    rim: Floats


def brow_field(points: Floats, marks: Floats, frame: HeadFrame, damp: float) -> Floats:
    """Backward displacement f32[n 4], photo pixels, of plane points f32[n 2]: brows fully lifted (first two), drawn together (last two)."""
    p = frame.plane(marks[:, :2])
    controls: list[Floats] = []
    lift: list[Floats] = []
    knit: list[Floats] = []
    for side, eye in zip((1.0, -1.0), EYES, strict=True):
        brow = np.concatenate([p[list(eye["brow"])], p[list(eye["brow_top"])]])
        controls.append(brow)
        lift.append(np.tile(np.array([[0, -BROW_LIFT]], np.float32), (len(brow), 1)))
        inner = np.exp(-(((brow[:, 0] - brow[:, 0].max() if side > 0 else brow[:, 0] - brow[:, 0].min()) / 0.12) ** 2))
        knit.append(np.stack([inner * side * 0.010, inner * 0.008], 1).astype(np.float32))
        still = p[[*eye["upper"], *eye["lower"][2:7:2]]]
        controls.append(still)
        lift.append(np.zeros_like(still))
        knit.append(np.zeros_like(still))
    at = np.concatenate(controls)
    both = np.concatenate([np.concatenate(lift), np.concatenate(knit)], axis=1)
    out = spread(points, at, both, 0.26, 2e-2)
    flat = np.stack([out[:, 0], out[:, 1], np.zeros(len(out))], 1), np.stack([out[:, 2], out[:, 3], np.zeros(len(out))], 1)
    return np.concatenate([-frame.project(f.astype(np.float32)) for f in flat], axis=1) * damp


def build_eyes(image: U8, marks: Floats, frame: HeadFrame, damp: float) -> tuple[Eye, ...]:
    """Prepare both eyes of a face; one that the photo hardly shows (turned away) is left out."""
    eyes: list[Eye] = []
    plane = frame.plane(marks[:, :2])
    for names in EYES:
        upper, lower = plane[list(names["upper"])], plane[list(names["lower"])]
        width = float(np.linalg.norm(upper[-1] - upper[0]) * frame.height)
        if width < 9:
            continue
        low = np.concatenate([upper, lower, plane[list(names["brow"])]]).min(0) - [0.045, 0.0]
        high = np.concatenate([upper, lower]).max(0) + [0.045, 0.05]
        ring = np.array([[low[0], low[1]], [high[0], low[1]], [low[0], high[1]], [high[0], high[1]]], np.float32)
        ring2 = frame.project(np.concatenate([ring, np.zeros((4, 1), np.float32)], 1)) + frame.origin[:2]
        box = make_sheet(image, frame, (*ring2.min(0), *ring2.max(0)), max(1, round(frame.height / 150)), fade=False)
        px, py, _ = pixel_plane(box, frame)
        iris = plane[list(names["iris"])]
        closed = lower.copy()
        closed[:, 1] -= 0.14 * np.clip(lower[:, 1] - upper[:, 1], 0, None)
        shut, rim = _shut(image, box, px, py, upper, lower, closed, plane[list(names["brow"])], frame)
        eyes.append(
            Eye(
                box=box, upper=upper, lower=lower, closed=closed, iris=iris[0], radius=float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean()),
                px=px, py=py, brows=brow_field(box.plane, marks, frame, damp), shut=shut, rim=rim,
            )
        )  # fmt: skip
    return tuple(eyes)


def _at(px: Floats, curve: Floats) -> Floats:
    return np.interp(px, curve[:, 0], curve[:, 1]).astype(np.float32)


def _shut(
    image: U8, box: Sheet, px: Floats, py: Floats, upper: Floats, lower: Floats, closed: Floats, brow: Floats, frame: HeadFrame
) -> tuple[Floats, Floats]:
    """The box with a shut lid, and where the open eye's rim is."""
    picture = image[box.y0 : box.y0 + box.h, box.x0 : box.x0 + box.w].astype(np.float32)
    top, low = _at(px, upper), _at(px, lower)
    roof = np.minimum(_at(px, brow) + 2.5 * MM, top - 1.0 * MM)
    left, right = upper[0, 0] - 3.0 * MM, upper[-1, 0] + 3.0 * MM
    ends = np.clip(np.minimum(px - left, right - px) / (3.0 * MM), 0, 1)
    above = np.minimum(3.6 * MM, (top - roof) * 0.8)
    hole = np.clip((py - (top - above)) / (1.0 * MM), 0, 1) * np.clip((low + 2.0 * MM - py) / (1.0 * MM), 0, 1) * (ends > 0)
    # colour flows in from the skin around; brow hair and lashes are no skin
    keep = ((hole < 0.02) & (py > roof)).astype(np.float32)
    total, weight = np.zeros_like(picture), np.zeros_like(keep)
    for radius in (1.5, 3.0, 6.0, 12.0):
        sigma = radius * MM * frame.height
        w = cv2.GaussianBlur(keep, (0, 0), sigma)
        c = cv2.GaussianBlur(picture * keep[..., None], (0, 0), sigma)
        share = 10.0 ** -(2 * radius / 3)
        total += c * share
        weight += w * share
    fill = total / np.maximum(weight, 1e-9)[..., None]
    # the grain of the cheek below
    down = np.clip(np.arange(box.h) + int(0.10 * frame.height) + box.y0, 0, image.shape[0] - 1)
    cheek = image[down][:, box.x0 : box.x0 + box.w].astype(np.float32)
    fill = fill + 0.8 * (cheek - cv2.GaussianBlur(cheek, (0, 0), 2.5))
    line = _at(px, closed)
    half = (right - left) / 2
    across = np.clip(1 - np.abs((px - (left + right) / 2) / half) ** 3, 0, 1)
    # a lid is round: lit on its bulge, darker towards the lashes and into the fold above
    span = np.maximum(line - (top - above), 2 * MM)
    t = np.clip((line - py) / span, 0, 1)
    fill = fill * (1 + across * (0.05 * np.sin(np.pi * t) - 0.10 * np.exp(-(((line - py) / (2.2 * MM)) ** 2))))[..., None]
    eye = (py > top) & (py < low)
    dark = np.percentile(picture[eye], 12, axis=0) if eye.sum() > 20 else picture.min((0, 1))
    thin = max(0.75 * MM, 0.8 / frame.height)
    lash = np.exp(-(((py - line) / thin) ** 2)) * 0.75 + np.exp(-(((py - line - 1.2 * MM) / (1.5 * MM)) ** 2)) * 0.22
    lash = lash * np.clip(1 - np.abs((px - (left + right) / 2) / (half - 2.0 * MM)) ** 4, 0, 1)
    fill = fill + (dark - fill) * np.clip(lash, 0, 0.85)[..., None]
    rim = cv2.GaussianBlur((hole * ends).astype(np.float32), (0, 0), max(0.8, 0.6 * MM * frame.height))
    return fill.astype(np.float32), rim


def draw_eye(eye: Eye, image: U8, frame: HeadFrame, lid: float, gaze: tuple[float, float], brow: float, frown: float) -> U8:
    """The eye's box drawn with its lid down by ``lid`` 0…1, turned by ``gaze`` degrees (right, down), under moved brows."""
    box = eye.box
    lid = float(np.clip(lid, 0, 1))
    lift = eye.brows[:, :2] * brow + eye.brows[:, 2:] * frown
    skin = box.sample(image, lift.reshape(*box.shape, 2)).astype(np.float32)
    top, low, line = _at(eye.px, eye.upper), _at(eye.px, eye.lower), _at(eye.px, eye.closed)
    within = ((eye.px > eye.upper[0, 0]) & (eye.px < eye.upper[-1, 0])).astype(np.float32)
    if gaze != (0.0, 0.0) and lid < 0.97:
        inside = np.clip((eye.py - top) / (1.2 * MM) + 0.2, 0, 1) * np.clip((low - eye.py) / (1.2 * MM) + 0.2, 0, 1) * within
        skin += (_eyeball(eye, image, frame, gaze, lift) - skin) * inside[..., None]
    if lid > 0.01:
        margin = top + (line - top) * lid
        slid = cv2.remap(eye.shut, *_slide(eye, line - margin, frame), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        soft = max(0.5 * MM, 0.8 / frame.height)
        over = np.clip((margin + 1.4 * MM - eye.py) / soft * 0.5 + 0.5, 0, 1)
        come = float(smooth(lid, 0.02, 0.30))
        last = float(smooth(lid, 0.75, 1.0))
        cover = eye.rim * (over * come + (1 - over) * last)
        shadow = 1 - 0.28 * come * np.clip(1 - (eye.py - margin) / (2.5 * MM), 0, 1) * within * (eye.py < low) * (eye.py > margin)
        skin *= shadow[..., None]
        skin += (slid - skin) * cover[..., None]
    return np.clip(skin + 0.5, 0, 255).astype(np.uint8)


def _slide(eye: Eye, down: Floats, frame: HeadFrame) -> tuple[Floats, Floats]:
    """Maps that show the shut lid higher by ``down`` f32[h w], head units: its lashes lie on the lid's present edge."""
    along = frame.axes[1, :2] * frame.height
    gx, gy = np.meshgrid(np.arange(eye.box.w, dtype=np.float32), np.arange(eye.box.h, dtype=np.float32))
    return gx + down * along[0], gy + down * along[1]


def _eyeball(eye: Eye, image: U8, frame: HeadFrame, gaze: tuple[float, float], lift: Floats) -> Floats:
    """The eyeball turned: iris and pupil shift, the white between them and the corners gives way."""
    turn = np.clip(np.array(gaze, np.float32), -14, 14)
    shift = EYEBALL * np.sin(np.radians(turn)).astype(np.float32)
    shift[1] *= 0.8
    away = np.linalg.norm((eye.box.plane - eye.iris - shift) / np.array([1.0, 1.15], np.float32), axis=1) / eye.radius
    weight = 1 - smooth(away, 1.0, 2.3)
    back = -weight[:, None] * shift
    pixels = frame.project(np.concatenate([back, np.zeros((len(back), 1), np.float32)], 1)) + lift
    return eye.box.sample(image, pixels.reshape(*eye.box.shape, 2)).astype(np.float32)
