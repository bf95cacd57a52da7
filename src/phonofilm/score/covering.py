"""What words must not cover: the heads and products that shots show under a title, the mouth under a subtitle; as boxes of the frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.percepts import Picture
from phonofilm.perceive.wider import columns
from phonofilm.score.breaks import is_wide
from phonofilm.score.camera import camera_at, carried
from phonofilm.score.draft import Draft
from phonofilm.score.model import Caption, Setting, Shot
from phonofilm.score.view import Box, View, face_part, view_of, widened

F64 = NDArray[np.float64]
#: the corners of the mouth, and the outer edges of its lips
LIPS = (61, 291, 0, 17)
#: moments of a shot at which it is looked at
MOMENTS = 5
#: from which row to which subtitles stand, at the bottom and at the top, in wide films and in tall ones
WIDE_SUBTITLES = ((0.78, 1.0), (0.0, 0.2))
TALL_SUBTITLES = ((0.7, 0.82), (0.11, 0.23))
TALL = 1.2
#: the least size that a title at a place of its own takes, as a share of the film's shorter side, and how wide its letters are in that
SMALLEST_TITLE, NARROW, WIDE_LETTER = 0.045, 0.56, 1.0


def kept_free(draft: Draft, shots: Sequence[Shot], start: int, end: int) -> tuple[Box, ...]:
    """Boxes (x0, y0, x1, y1 in shares of the frame) that something written over [start, end) should not cover, one a shot, and the subtitles'."""
    boxes: list[Box] = []
    for shot in shots:
        first, last = max(shot.start, start), min(shot.end, end)
        corners = _corners(draft, shot) if first < last else None
        if corners is None:
            continue
        box = _seen(draft, shot, corners, first, last)
        if box[0] < box[2] and box[1] < box[3]:
            boxes.append(box)
    for top in sorted({c.top for c in draft.cues if isinstance(c, Caption) and c.style == "subtitle" and c.start < end and start < c.end}):
        boxes.append(_subtitles(draft.size, top=top))
    return tuple(boxes)


def hides_features(draft: Draft, shots: Sequence[Shot], start: int, end: int) -> bool:
    """Whether a subtitle over [start, end) would hide the features of who is seen at the bottom of the frame, and none at the top of it."""
    hidden = False
    for shot in shots:
        first, last = max(shot.start, start), min(shot.end, end)
        picture = picture_in(draft, shot.setting) if first < last and shot.setting.kind == "photo" and shot.seen else None
        if picture is None or not picture.faces:
            continue
        face = draft.cast[shot.seen[0]].face
        view = view_of(picture, face, shot.setting.lens)
        _, low, _, high = _seen(draft, shot, _world(view, shot.setting, face_part(picture, face, "features")), first, last)
        bottom, above = _subtitles(draft.size, top=False), _subtitles(draft.size, top=True)
        if low < above[3]:
            return False
        hidden = hidden or (high > bottom[1] and low < bottom[3])
    return hidden


def title_hides_mouth(draft: Draft, shots: Sequence[Shot], title: Caption) -> str:
    """The name of whose mouth a title must cover where it stands at its place, even set small; empty where it need not."""
    width, height = draft.size
    em = SMALLEST_TITLE * min(width, height) / width
    long = sum(WIDE_LETTER if is_wide(c) else NARROW for c in title.text) * em
    side = "left" in title.place or "right" in title.place
    wide = min(long, 0.42 if side else 0.86)
    tall = max(1, -(-long // wide)) * 1.2 * SMALLEST_TITLE * min(width, height) / height
    x0 = 0.05 if "left" in title.place else 0.95 - wide if "right" in title.place else 0.5 - wide / 2
    y0 = 0.06 if "top" in title.place else 0.94 - tall if "bottom" in title.place else 0.5 - tall / 2
    for shot in shots:
        first, last = max(shot.start, title.start), min(shot.end, title.end)
        picture = picture_in(draft, shot.setting) if first < last and shot.setting.kind == "photo" else None
        if picture is None or not picture.faces:
            continue
        face = draft.cast[shot.seen[0]].face if shot.seen else 0
        lips = picture.faces[face].landmarks[list(LIPS), :2]
        box = _seen(draft, shot, _world(view_of(picture, face, shot.setting.lens), shot.setting, (*lips.min(axis=0), *lips.max(axis=0))), first, last)
        if box[0] < x0 + wide and x0 < box[2] and box[1] < y0 + tall and y0 < box[3]:
            return f"@{shot.seen[0]}" if shot.seen else shot.setting.source.name if shot.setting.source else ""
    return ""


def _subtitles(size: tuple[int, int], *, top: bool) -> Box:
    low, high = (TALL_SUBTITLES if size[1] > TALL * size[0] else WIDE_SUBTITLES)[top]
    return 0.0, low, 1.0, high


def picture_in(draft: Draft, setting: Setting) -> Picture | None:
    """The picture that a photo's shot films, its subject before another picture where the setting says so."""
    tags = {r.sha256: tag for tag, r in draft.references.items()}
    tag = tags.get(setting.source.sha256) if setting.source else None
    if tag is None or tag not in draft.percepts.pictures:
        return None
    return draft.placed[tag] if setting.moved else draft.percepts.pictures[tag]


def _corners(draft: Draft, shot: Shot) -> F64 | None:
    """World points f64[4 3] around the head or the thing that a shot shows; None where it shows none."""
    setting = shot.setting
    if setting.kind == "studio" and shot.seen:
        actor = draft.cast[shot.seen[0]]
        box = draft.percepts.pictures[actor.name].subject_box
        if box is None:
            return None
        half = actor.height * (box[2] - box[0]) / max(1, box[3] - box[1]) / 2
        x, y, z = actor.place
        return np.array([[x - half, y, z], [x + half, y, z], [x - half, y + actor.height, z], [x + half, y + actor.height, z]])
    picture = picture_in(draft, setting) if setting.kind == "photo" else None
    if picture is None or not (picture.faces or picture.subject_box):
        return None
    face = draft.cast[shot.seen[0]].face if shot.seen else 0
    view = view_of(picture, face, setting.lens)
    return _world(view, setting, view.focus)


def _world(photo: View, setting: Setting, box: Box) -> F64:
    """World points f64[4 3] of a box of a photo's pixels, at its subject."""
    view = widened(photo, *setting.wider)
    before = columns(setting.wider, photo.width)[0]
    box = (box[0] + before, box[1], box[2] + before, box[3])
    return view.world(box, setting.principal[0] * view.width, setting.principal[1] * view.height, setting.near)


def _seen(draft: Draft, shot: Shot, corners: F64, first: int, last: int) -> Box:
    """The box, in shares of the frame, in which a shot shows world points f64[n 3] in [first, last), at its moments together."""
    cameras = [carried(shot.camera, camera_at(shot.camera, first + (last - 1 - first) * k // (MOMENTS - 1))) for k in range(MOMENTS)]
    seen = np.concatenate([camera.project(corners, *draft.size) for camera in cameras]) / np.array(draft.size, np.float64)
    (x0, y0), (x1, y1) = (np.clip(edge, 0, 1).round(3).tolist() for edge in (seen.min(axis=0), seen.max(axis=0)))
    return x0, y0, x1, y1
