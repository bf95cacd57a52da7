"""The rig: one photo and its landmarks, prepared once; then any expression is drawn on it as a patch of the photo."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.bearing import ROUNDINGS, widest
from phonofilm.engines.stage.face.expression import Expression, HeadPose, Patch
from phonofilm.engines.stage.face.lids import Eye, brow_field, build_eyes, draw_eye
from phonofilm.engines.stage.face.light import read_light
from phonofilm.engines.stage.face.lips import Lips, move_lips, read_lips
from phonofilm.engines.stage.face.mesh import CHIN, EYES, OVAL, HeadFrame, head_frame
from phonofilm.engines.stage.face.mouth import build_inside
from phonofilm.engines.stage.face.opening import Opening, build_opening, draw_opening
from phonofilm.engines.stage.face.sheet import Sheet, make_sheet, paste
from phonofilm.engines.stage.face.skull import Bound, Skull, bind, build_skull, head_displacement, rest_depth
from phonofilm.engines.stage.face.tissue import Tissue, moves_of, tissue_of
from phonofilm.engines.stage.face.trace import trace_lips
from phonofilm.perceive.percepts import Face

Floats = NDArray[np.floating]
U8 = NDArray[np.uint8]

#: a lower face cannot be animated, pixels from forehead to chin
SMALLEST = 60
#: the mouths that stretch skin most: wide open, round, half open and round, shut
HARD = (
    Expression(jaw=1.1),
    Expression(jaw=0.22, rounding=1.0),
    Expression(jaw=0.6, rounding=0.65),
    Expression(closed=1.0),
    Expression(jaw=1.0, spread=0.5),
)
#: point sets kept bound to a head
KEPT = 8
#: the patch goes this far below the chin, head units
NECK = 0.36


class FaceNotUsable(ValueError):
    """The face cannot carry an animation; the message says why."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rig:
    """A face ready to be drawn. Pure: the same expression gives the same patch."""

    image: U8
    frame: HeadFrame
    lips: Lips
    tissue: Tissue
    face: Sheet
    below: Floats
    brows: Floats
    opening: Opening
    eyes: tuple[Eye, ...]
    skull: Skull
    #: point sets bound to the head before: the same grid is asked for in every frame
    bound: dict[bytes, Bound] = field(default_factory=dict[bytes, Bound])
    #: the widest jaw that the skin bears, by rounding
    bears: tuple[float, ...] = (9.0,) * len(ROUNDINGS)

    def draw(self, expression: Expression) -> Patch:
        """The face with an expression: a rectangle whose border equals the photo."""
        e, sheet = self._borne(expression), self.face
        mouth = move_lips(self.lips, e)
        tissue = self.tissue.backward(moves_of(mouth, self.lips, self.frame)) if e.rest < 0.9995 else None
        back = self._skin(e, tissue)
        out = sheet.sample(self.image, back)
        edge = max(2, int(0.02 * self.frame.height))
        if tissue is not None:
            box = self.opening.box
            up, low = self._sheets(box, tissue)
            line = self.frame.to_image(np.concatenate([mouth.upper_inner, mouth.lower_inner]))[:, 1]
            room = 0.07 * self.frame.height  # the sheets are blended over more rows beyond the corners
            first, last = (int((y - box.y0) // box.step) for y in (line.min() - room, line.max() + room))
            over, under = (box.sample(self.image, back, rows) for back, rows in ((up, (0, last + 3)), (low, (first - 2, box.shape[0]))))
            picture = draw_opening(self.opening, over, under, mouth, self.frame, e.tongue, e.rest)
            paste(out, picture, box, sheet, edge)
        for eye, lid in zip(self.eyes, (e.lid_left, e.lid_right) if len(self.eyes) == 2 else (e.lid_left,), strict=True):
            if lid > 0.01 or e.gaze_x or e.gaze_y:
                picture = draw_eye(eye, self.image, self.frame, lid, (e.gaze_x, e.gaze_y), e.brow, e.frown)
                paste(out, picture, eye.box, sheet, edge)
        return Patch(x0=sheet.x0, y0=sheet.y0, rgb=out)

    def skin_field(self, expression: Expression) -> Floats:
        """Where the skin of the face comes from: backward displacements f32[rows cols 2], pixels, on the grid of ``face``."""
        e = self._borne(expression)
        return self._skin(e, self.tissue.backward(moves_of(move_lips(self.lips, e), self.lips, self.frame)) if e.rest < 0.9995 else None)

    def _borne(self, e: Expression) -> Expression:
        """The expression with its jaw only as wide as the skin bears."""
        most = float(np.interp(e.rounding, ROUNDINGS, self.bears))
        return replace(e, jaw=most) if e.jaw > most else e

    def _skin(self, e: Expression, tissue: tuple[Floats, Floats] | None) -> Floats:
        sheet = self.face
        back = np.zeros((*sheet.shape, 2), np.float32)
        if tissue is not None:
            up, low = self._sheets(sheet, tissue)
            back = up + (low - up) * self.below
        if e.brow or e.frown:
            back = back + (self.brows[:, :2] * e.brow + self.brows[:, 2:] * e.frown).reshape(back.shape)
        return back

    def _sheets(self, sheet: Sheet, tissue: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        """Where a grid's points come from with the upper and with the lower lip: displacements f32[rows cols 2], pixels."""
        window = sheet.window.reshape(*sheet.shape, 1)
        up, low = (self.tissue.onto(sheet, field) * window for field in tissue)
        return up, low

    def head_field(self, points_xy: Floats, pose: HeadPose) -> Floats:
        """Displacement f32[n 3] of photo points f32[n 2] for a pose of the head: photo pixels, x right, y down, z towards the viewer."""
        key = points_xy.tobytes()
        bound = self.bound.get(key)
        if bound is None:
            bound = bind(self.skull, points_xy)
            if len(self.bound) >= KEPT:
                self.bound.clear()
            self.bound[key] = bound
        return head_displacement(self.skull, bound, pose)

    def relief(self, points_xy: Floats) -> Floats:
        """Depth f32[n] of photo points f32[n 2] at rest: photo pixels towards the viewer, 0 at the shoulders and far away."""
        return rest_depth(self.skull, points_xy)


def build_rig(image: U8, face: Face) -> Rig:
    """Prepare a photo u8[h w 3] RGB and one of its faces. Raises :class:`FaceNotUsable` for a face too small or not seen well enough."""
    marks = face.landmarks.astype(np.float32)
    frame = head_frame(marks)
    fh = frame.height
    if fh < SMALLEST:
        raise FaceNotUsable(f"The face is {fh:.0f} pixels high; it takes {SMALLEST} to make it speak.")
    mouth = marks[[61, 291, 0, 17], :2]
    if (mouth < 0).any() or (mouth >= [image.shape[1], image.shape[0]]).any():
        raise FaceNotUsable("The mouth is outside the picture.")
    image = np.ascontiguousarray(image)
    heads = frame.to_head(marks)
    left, right = (heads[list(e["upper"])].mean(0) for e in EYES)
    light = read_light(image, marks, frame)
    lips, seen = trace_lips(image, frame, read_lips(marks, frame, float(np.linalg.norm(right - left))), light.softness)
    own_teeth = seen is not None and bool(seen.teeth.any())
    if seen is not None:
        light = replace(light, teeth=seen.colour * (0.95 if seen.colour.mean() > 90 else 1.2))

    oval = marks[list(OVAL), :2]
    neck = frame.project(np.array([[0, NECK, 0]], np.float32))[0] + marks[CHIN, :2]
    low, high = np.minimum(oval.min(0), neck), np.maximum(oval.max(0), neck)
    bounds = (low[0] - 0.08 * fh, low[1] - 0.02 * fh, high[0] + 0.08 * fh, high[1] + 0.02 * fh)
    sheet = make_sheet(image, frame, bounds, max(2, round(fh / 44)), fade=True)
    seam = frame.seen(lips.seam)
    xs = seam[:, 0]
    y0, y1 = float(seam[5, 1]) - 0.11, float(seam[5, 1]) + 0.20
    ring = np.array([[xs[0] - 0.07, y0], [xs[-1] + 0.07, y0], [xs[0] - 0.07, y1], [xs[-1] + 0.07, y1]], np.float32)
    ring = frame.project(np.concatenate([ring, np.zeros((4, 1), np.float32)], 1)) + frame.origin[:2]
    box = make_sheet(image, frame, (*ring.min(0), *ring.max(0)), max(1, round(fh / 112)), fade=False)
    xy = sheet.plane
    line = np.interp(xy[:, 0], xs, seam[:, 1])
    beyond = np.maximum(np.maximum(xs[0] - xy[:, 0], xy[:, 0] - xs[-1]), 0)
    below = np.clip((xy[:, 1] - line) / (0.01 + 0.6 * beyond) * 0.5 + 0.5, 0, 1).astype(np.float32)
    # brows lift as far as the skin over the eyes can bear, and hardly behind spectacles
    brows = brow_field(xy, marks, frame, 1.0)
    slope = np.stack(np.gradient(brows[:, :2].reshape(*sheet.shape, 2), axis=(0, 1)), -1) / sheet.step
    damp = min(1 - 0.7 * float(np.clip(face.glasses, 0, 1)), 0.2 / max(float(np.linalg.norm(slope, axis=(-2, -1)).max()), 1e-6))
    rig = Rig(
        image=image,
        frame=frame,
        lips=lips,
        tissue=tissue_of(marks, frame, lips, [moves_of(move_lips(lips, e), lips, frame) for e in HARD]),
        face=sheet,
        below=below.reshape(*sheet.shape, 1),
        brows=brows * damp * sheet.window[:, None],
        opening=build_opening(image, frame, lips, box, build_inside(seam, light, fh, upper=not own_teeth), seen, light),
        eyes=build_eyes(image, marks, frame, damp),
        skull=build_skull(marks, frame),
    )
    return replace(rig, bears=widest(rig.skin_field, sheet, lips, frame))
