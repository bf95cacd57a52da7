"""What must be seen of a picture: its subject's box, where its borders cut it, where it stands, and how far away that is.

Boxes are in pixels of the photo.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.percepts import Picture
from phonofilm.perceive.wider import columns
from phonofilm.score.camera import SENSOR

EYE = 1.5
#: what a face measures from brow line to chin mesh, in metres; it sets the scale of a portrait
FACE_METRES = 0.185
LENS = 50.0
#: how many times farther than the subject the plate is
BEHIND = 2.5
#: the lowest row at which a standing subject's feet count as on visible ground, as a share of the picture's height
GROUND_SEEN = 0.97
#: shares of a subject's height that may be its upper part, and how far below its top that part may begin
UPPER, TOP_PART = (0.75, 0.6, 0.5, 0.4, 0.3, 0.22, 0.15), 0.1

#: the tops of the brows and the dent below the lower lip in a face's mesh
BROWS, BELOW_LIPS = (105, 334), 18

Border = tuple[float, float] | None
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class View:
    """What must be seen of a picture: ``focus`` box (a head, a product) in pixels, and where each of its sides (left, top, right, bottom) cuts the
    subject: from which row or column to which, or None.

    ``guard``: a box that may not leave the frame, of a subject without a human head: all of it or its upper part, where an animal has its head.
    ``whole``: such a subject's box where ``focus`` is that part. ``spare``: how far the plate really goes on beyond the borders, as a share.

    ``lens`` is the one it is taken to be made with (mm), which sets the distances ``near`` and ``far``. ``ground`` is the row on which the subject
    stands, or None.
    """

    width: int
    height: int
    focus: tuple[float, float, float, float]
    cut: tuple[Border, Border, Border, Border]
    lens: float
    near: float
    far: float
    head: bool
    ground: float | None = None
    guard: Box | None = None
    whole: Box | None = None
    spare: float = 0.0

    @property
    def focal(self) -> float:
        """Focal length in pixels of the photo."""
        return self.lens / SENSOR * max(self.width, self.height)

    def world(self, box: Box, cx: float, cy: float, depth: float) -> NDArray[np.float64]:
        """World points f64[4 3] of a box's corners at a depth, where the photo's axis meets pixel ``cx``, ``cy``."""
        x0, y0, x1, y1 = box
        edge = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64)
        return np.column_stack([(edge[:, 0] - cx) / self.focal * depth, EYE - (edge[:, 1] - cy) / self.focal * depth, np.full(4, -depth)])


def view_of(picture: Picture, face: int = 0, lens: float = LENS) -> View:
    """What a picture shows, in metres where a face gives the scale."""
    height, width = picture.image.shape[:2]
    focal = lens / SENSOR * max(width, height)
    seen = picture.matte > 128
    whole = bool(seen.all())
    cut: tuple[Border, Border, Border, Border] = (None, None, None, None)
    if not whole:
        cut = (_border(seen[:, :2]), _border(seen[:2].T), _border(seen[:, -2:]), _border(seen[-2:].T))
    near, head = 2.0, False
    focus = (width * 0.3, height * 0.3, width * 0.7, height * 0.7)
    if picture.faces:
        x0, y0, x1, y1 = _face_box(picture.faces[face].landmarks)
        tall, wide = y1 - y0, x1 - x0
        near, head = float(np.clip(focal * FACE_METRES / tall, 0.25, 12.0)), True
        focus = (x0 - 0.25 * wide, y0 - 0.45 * tall, x1 + 0.25 * wide, y1 + 0.12 * tall)
        focus = (max(focus[0], 0.0), max(focus[1], 0.0), min(focus[2], float(width)), min(focus[3], float(height)))
    elif picture.subject_box is not None and not whole:
        x0, y0, x1, y1 = (float(v) for v in picture.subject_box)
        focus = (x0, y0, x1, y1)
    far = near if whole else near * BEHIND
    ground = None if whole else ground_row(picture)
    spare = min(picture.beyond[0] / width, picture.beyond[1] / height)
    return View(width=width, height=height, focus=focus, cut=cut, lens=lens, near=near, far=far, head=head, ground=ground, spare=spare)


def _border(seen: NDArray[np.bool_]) -> Border:
    """From where to where a picture's border cuts the subject; ``seen`` bool[n 2] are the pixels along it."""
    at = np.flatnonzero(seen.any(axis=1))
    return (float(at[0]), float(at[-1]) + 1) if at.size else None


def ground_row(picture: Picture) -> float | None:
    """The row on which a subject visibly stands, or None where its feet are not seen."""
    height = picture.image.shape[0]
    if not picture.matte.any() or picture.ground > GROUND_SEEN * height or bool((picture.matte[-2:] > 128).any()):
        return None
    return float(picture.ground)


def _face_box(landmarks: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[float, float, float, float]:
    low, high = landmarks[:468, :2].min(axis=0), landmarks[:468, :2].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def face_part(picture: Picture, face: int, part: str) -> Box:
    """The box of a ``face`` from the hairline to the chin, or of its ``features``, from the brows to below the lips."""
    landmarks = picture.faces[face].landmarks
    x0, y0, x1, y1 = _face_box(landmarks)
    room = 0.04 * (y1 - y0)
    if part == "features":
        y0, y1 = float(landmarks[BROWS, 1].min()), float(landmarks[BELOW_LIPS, 1])
        x0, x1 = x0 + 0.08 * (x1 - x0), x1 - 0.08 * (x1 - x0)
    return max(x0 - room, 0.0), max(y0 - room, 0.0), min(x1 + room, float(picture.image.shape[1])), min(y1 + room, float(picture.image.shape[0]))


def guarded(picture: Picture, view: View, size: tuple[int, int]) -> list[Box]:
    """Which box of a photographed subject without a human face is kept in the frame, the best first: all of it, else its upper part, the more the
    better. A drawing is a flat whole, over which a camera moves as it likes, unless it stands before another picture."""
    flat = picture.subject == "drawing" and not any(picture.beyond)
    if view.head or flat or picture.subject == "none" or picture.subject_box is None or picture.matte.all():
        return []
    x0, y0, x1, y1 = picture.subject_box
    small = max(1, (y1 - y0) // 240)
    inside = (picture.matte[y0:y1:small, x0:x1:small] > 128).astype(np.uint8)
    fit = min(view.width, view.height * size[0] / size[1])
    boxes = [_aired((float(x0), float(y0), float(x1), float(y1)), view)]
    for share in UPPER:
        band = inside[: max(2, round(share * len(inside)))]
        count, _, stats, _ = cv2.connectedComponentsWithStats(band, connectivity=4)
        # of the parts that begin near the top the largest: a raised tail is thinner than a head
        parts = [stats[k] for k in range(1, count) if stats[k, cv2.CC_STAT_TOP] <= TOP_PART * len(inside)]
        if not parts:
            continue
        part = max(parts, key=lambda k: int(k[cv2.CC_STAT_AREA]))
        left, top = x0 + small * int(part[cv2.CC_STAT_LEFT]), y0 + small * int(part[cv2.CC_STAT_TOP])
        box = (left, top, left + small * int(part[cv2.CC_STAT_WIDTH]), top + small * int(part[cv2.CC_STAT_HEIGHT]))
        box = _aired((float(box[0]), float(box[1]), float(box[2]), float(box[3])), view)
        if box[2] - box[0] <= 0.97 * fit and box[3] - box[1] <= 0.97 * fit * size[1] / size[0] and box not in boxes:
            boxes.append(box)
    return boxes


def _aired(box: Box, view: View) -> Box:
    """A box with a little room around it, inside the picture."""
    x0, y0, x1, y1 = box
    room = 0.02 * max(x1 - x0, y1 - y0)
    return max(x0 - room, 0.0), max(y0 - room, 0.0), min(x1 + room, float(view.width)), min(y1 + room, float(view.height))


def widened(view: View, left: float, right: float) -> View:
    """The view of a picture that is continued by those shares of its width; a continued side cuts nothing any more."""
    if not left and not right:
        return view
    before, after = columns((left, right), view.width)
    x0, y0, x1, y1 = view.focus
    cut_left, top, cut_right, bottom = view.cut

    def moved(border: Border) -> Border:
        # the bottom cuts what the sides no longer do
        return None if border is None else (border[0] + before if cut_left is None else border[0], border[1] + before + (after if cut_right else 0))

    return replace(
        view, width=view.width + before + after, focus=(x0 + before, y0, x1 + before, y1),
        cut=(None if left else cut_left, moved(top), None if right else cut_right, moved(bottom)),
    )  # fmt: skip
