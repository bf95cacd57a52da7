"""What a title must not cover: the heads and products that shots show while it stands, as boxes of the frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.percepts import Picture
from phonofilm.score.camera import camera_at, carried
from phonofilm.score.draft import Draft
from phonofilm.score.model import Caption, Setting, Shot
from phonofilm.score.view import view_of, widened

F64 = NDArray[np.float64]
Box = tuple[float, float, float, float]
#: moments of a shot at which it is looked at
MOMENTS = 5
#: where subtitles stand
SUBTITLES: Box = (0.0, 0.78, 1.0, 1.0)


def kept_free(draft: Draft, shots: Sequence[Shot], start: int, end: int) -> tuple[Box, ...]:
    """Boxes (x0, y0, x1, y1 in shares of the frame) that something written over [start, end) should not cover, one a shot, and the subtitles'."""
    boxes: list[Box] = []
    for shot in shots:
        first, last = max(shot.start, start), min(shot.end, end)
        corners = _corners(draft, shot) if first < last else None
        if corners is None:
            continue
        cameras = [carried(shot.camera, camera_at(shot.camera, first + (last - 1 - first) * k // (MOMENTS - 1))) for k in range(MOMENTS)]
        seen = np.concatenate([camera.project(corners, *draft.size) for camera in cameras]) / np.array(draft.size, np.float64)
        low, high = np.clip(seen.min(axis=0), 0, 1), np.clip(seen.max(axis=0), 0, 1)
        if (high > low).all():
            boxes.append((*(round(float(v), 3) for v in low), *(round(float(v), 3) for v in high)))  # type: ignore[arg-type]
    if any(isinstance(c, Caption) and c.style == "subtitle" and c.start < end and start < c.end for c in draft.cues):
        boxes.append(SUBTITLES)
    return tuple(boxes)


def picture_in(draft: Draft, setting: Setting) -> Picture | None:
    """The picture that a photo's shot films, its subject before another picture where the setting says so."""
    tags = {r.sha256: tag for tag, r in draft.references.items()}
    tag = tags.get(setting.source.sha256) if setting.source else None
    if tag is None or tag not in draft.percepts.pictures:
        return None
    behind = tags.get(setting.behind.sha256) if setting.behind else None
    return draft.placed.get((tag, behind or ""), draft.percepts.pictures[tag])


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
    view = widened(view_of(picture, face, setting.lens), *setting.wider)
    return view.world(view.focus, setting.principal[0] * view.width, setting.principal[1] * view.height, setting.near)
