"""A subject taken out of its own photograph and put before another picture, as one photograph of both.

So a face may speak in front of a place that it never saw. Everything that is known of the subject (matte, faces, pose) is moved along; the other
picture, fitted behind, is its plate. Axes: ``h w`` rows and columns, ``c`` channels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.percepts import Face, Picture
from phonofilm.perceive.wall import plain_around
from phonofilm.perceive.wider import continuable, widen

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]

#: a head's share of the height of the picture, and how much air lies above it by its height; the most where its photograph shows little of the
#: trunk, and how much more in a film without width, which it must not fill
HEAD_SHARE, AIR, MOST_AIR, TALL_AIR = 0.36, 0.42, 0.55, 0.7
#: a head's height by its face's; at how many heads somebody is whole who stands free; how much of a cut-out portrait's foot is left out, in heads
HEAD, LEAST_HEADS, ROUND = 1.5, 4.0, 0.22
#: the height that a whole person, and anything else that stands free, takes of the picture; and the row on which it stands
PERSON_TALL, THING_TALL, FOOT = 0.78, 0.52, 0.92
#: how far a portrait's shoulders are continued where its border cuts them, as a share of its width
SHOULDERS = 0.45
#: how far the picture behind goes on beyond each border, for moves, as a share of its side
BEYOND = 0.14
#: the most pixels of the picture's width for one of the film's
DETAIL = 1.6
#: how far colours follow the new light, and the most that one channel may change; how far the brightness of somebody does, and of a thing, whose
#: colours are its maker's; and the most that it may change
COLOUR, MOST_COLOUR = 0.3, 1.12
LEVEL, THING_LEVEL, MOST_LEVEL = 0.4, 0.15, 1.35
#: the light on what was cut out already: that of a grey day
NEUTRAL = np.full(3, 0.2, np.float32)
#: a subject takes at least and at most such a share of its photograph
LEAST_SEEN, MOST_SEEN = 0.005, 0.9
#: how much of the light behind wraps around the outline, and over what share of the picture's height
WRAP, WRAP_REACH = 0.3, 0.006


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A picture of ``width`` times ``height`` pixels in which the subject's own photograph begins at ``left``, ``top`` (which may lie outside)."""

    width: int
    height: int
    left: int
    top: int


def placed(picture: Picture, behind: U8, size: tuple[int, int], face: int = 0) -> Picture:
    """The picture's subject before ``behind`` u8[h w 3], for a film of ``size``. Its light is taken part of the way to the new one."""
    own_light = NEUTRAL if picture.has_alpha else _light(picture.image)
    level = LEVEL if picture.faces else THING_LEVEL
    picture = standing(picture, size, face)
    assert picture.foreground is not None
    height, width = picture.image.shape[:2]
    x, y = picture.beyond
    plate = _fitted(behind, width + 2 * x, height + 2 * y)
    inner = np.s_[y : y + height, x : x + width]
    gain = _gain(own_light, _light(plate[inner]), level)
    own = _wrapped(np.clip(picture.foreground * gain, 0, 255).astype(np.uint8), picture.matte, plate[inner])
    seen = picture.matte > 128
    if seen.any() and not seen[-2:].any():
        plate[inner] = _shaded(plate[inner], seen)
    share = picture.matte.astype(np.float32)[..., None] / np.float32(255)
    image = (own * share + plate[inner] * (1 - share) + np.float32(0.5)).astype(np.uint8)
    return replace(picture, image=image, plate=plate, foreground=own)


def standing(picture: Picture, size: tuple[int, int], face: int = 0) -> Picture:
    """All of ``placed`` but its colours: where the subject stands before another picture, its own colours standing in for that and for the plate.

    Its size follows from where its photograph cuts it: a portrait is seen down to its chest and stays at the lower border, shoulders cut at the
    sides are continued, what stands free gets ground under its feet.
    """
    shares = tuple(round(SHOULDERS * picture.image.shape[1]) if can else 0 for can in continuable(picture, face))
    picture = widen(picture, *shares, face=face, plain=True)
    layout = _layout(picture, size, face)
    if layout.width > DETAIL * size[0]:
        picture = _smaller(picture, DETAIL * size[0] / layout.width)
        layout = _layout(picture, size, face)
    own = _moved(picture.foreground if picture.foreground is not None else picture.image, layout)
    by = np.array([layout.left, layout.top, 0], np.float32)
    box = picture.subject_box
    return replace(
        picture, image=own, matte=_moved(picture.matte, layout), plate=own, foreground=own, ground=picture.ground + layout.top,
        beyond=(round(BEYOND * layout.width), round(BEYOND * layout.height)),
        subject_box=None if box is None else _clipped(box, layout),
        faces=tuple(_shifted(f, by) for f in picture.faces),
        pose=None if picture.pose is None else picture.pose + np.array([*by, 0], np.float32),
    )  # fmt: skip


def placeable(picture: Picture) -> bool:
    """Whether a picture has a subject that can be put elsewhere: one that was cut out of it."""
    seen = float((picture.matte > 128).mean())
    return LEAST_SEEN < seen < MOST_SEEN and picture.subject != "none"


def plain_behind(picture: Picture) -> bool:
    """Whether there is nothing to be seen behind a picture's subject."""
    return plain_around(picture.image, picture.matte)


def _smaller(picture: Picture, share: float) -> Picture:
    """The picture at a share of its size; its plate, which another takes the place of, is left as it is."""
    height, width = picture.image.shape[:2]
    size = (max(2, round(share * width)), max(2, round(share * height)))
    sx, sy = size[0] / width, size[1] / height
    by = np.array([sx, sy, sx], np.float32)
    box = picture.subject_box
    own = picture.foreground

    def sized(values: U8) -> U8:
        return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.uint8)

    return replace(
        picture, image=sized(picture.image), matte=sized(picture.matte), foreground=None if own is None else sized(own),
        ground=picture.ground * sy, pose=None if picture.pose is None else picture.pose * np.array([*by, 1], np.float32),
        subject_box=None if box is None else (round(box[0] * sx), round(box[1] * sy), round(box[2] * sx), round(box[3] * sy)),
        faces=tuple(replace(f, landmarks=f.landmarks * by, box=(f.box[0] * sx, f.box[1] * sy, f.box[2] * sx, f.box[3] * sy)) for f in picture.faces),
    )  # fmt: skip


def _layout(picture: Picture, size: tuple[int, int], face: int) -> Layout:
    """Where the photograph lies in a picture of the film's shape."""
    seen = picture.matte > 128
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    high, low, left, right = (int(v) for v in (rows[0], rows[-1] + 1, columns[0], columns[-1] + 1))
    tall, wide = picture.matte.shape
    aspect = size[0] / size[1]
    middle = (left + right) / 2
    bust = 0 if seen[-2:].any() else _bust(picture, face, high, low)
    if seen[-2:].any() or bust:
        tall = bust or tall
        height, low = (tall - high) * 1.15, tall
        if picture.faces:
            head, middle = _head(picture, face)
            # the head and what of the trunk belongs to its size; the rest of the photograph lies below the picture
            low = min(tall, round(high - AIR * head + head / HEAD_SHARE))
            height = min(head / HEAD_SHARE, low - high + (MOST_AIR + TALL_AIR * max(0.0, 1 - aspect)) * head)
        height = min(height, float(low)) if high <= 1 else height  # a head that its photograph cuts has no air above it
    else:
        share = PERSON_TALL if picture.subject == "person" else THING_TALL
        height = max((low - high) / share, (right - left) / (0.6 * aspect))
        low = round(low + (1 - FOOT) * height)
    width = max(height * aspect, 1.05 * (right - left))
    x0, x1 = middle - width / 2, middle + width / 2
    shown = seen[: min(low, tall)]
    if shown[:, :2].any():  # what a side of the photograph cuts stays at that side
        x0 = 0.0
    if shown[:, -2:].any():
        x1 = float(wide)
    return Layout(width=max(16, round(x1 - x0)), height=max(16, round(height)), left=round(-x0), top=round(height) - low)


def _head(picture: Picture, face: int) -> tuple[float, float]:
    """The height of a head, and the column of its middle, in pixels."""
    landmarks = picture.faces[min(face, len(picture.faces) - 1)].landmarks[:468]
    return HEAD * float(np.ptp(landmarks[:, 1])), float(landmarks[:, 0].mean())


def _bust(picture: Picture, face: int, high: int, low: int) -> int:
    """The row above which a person is whole whose outline, from row ``high`` to ``low``, ends below the chest though no border cuts it, as cut-out
    portraits do: the edge is level, or round at its corners. 0 for whoever stands free."""
    if not picture.faces:
        return 0
    head, _ = _head(picture, face)
    if low - high > LEAST_HEADS * head:
        return 0
    return max(low - round(ROUND * head), round(high + head))


def _moved(values: U8, layout: Layout) -> U8:
    """A picture's pixels u8[h w] or u8[h w c] where the layout has them, 0 elsewhere (colours: those of the nearest border)."""
    h, w = values.shape[:2]
    y0, x0 = max(0, -layout.top), max(0, -layout.left)
    y1, x1 = min(h, layout.height - layout.top), min(w, layout.width - layout.left)
    part = values[y0:y1, x0:x1]
    top, left = max(0, layout.top), max(0, layout.left)
    how = cv2.BORDER_CONSTANT if values.ndim == 2 else cv2.BORDER_REPLICATE
    return cv2.copyMakeBorder(part, top, layout.height - top - part.shape[0], left, layout.width - left - part.shape[1], how)  # pyright: ignore[reportReturnType]


def _fitted(behind: U8, width: int, height: int) -> U8:
    """The picture behind, cut about its middle to a shape and sized to fill it."""
    h, w = behind.shape[:2]
    scale = max(width / w, height / h)
    cut_w, cut_h = min(w, round(width / scale)), min(h, round(height / scale))
    x0, y0 = (w - cut_w) // 2, (h - cut_h) // 2
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(behind[y0 : y0 + cut_h, x0 : x0 + cut_w], (width, height), interpolation=how)  # pyright: ignore[reportReturnType]


def _light(image: U8) -> F32:
    """The light of a place, f32[3]: the mean of its colours in linear light, highlights counted no more than the rest."""
    small = cv2.resize(image, (48, 48), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return np.asarray((small**2.2).mean(axis=(0, 1)) + np.float32(0.01), np.float32)


def _gain(old: F32, new: F32, level: float) -> F32:
    """What to multiply a subject's channels by, f32[3], part of the way from the old light to the new one; brightness is followed by ``level``."""
    ratio = new / old
    grey = float(np.exp(np.log(ratio).mean()))
    colour = np.clip((ratio / np.float32(grey)) ** np.float32(COLOUR / 2.2), 1 / MOST_COLOUR, MOST_COLOUR)
    return np.asarray(colour * np.clip(grey ** (level / 2.2), 1 / MOST_LEVEL, MOST_LEVEL), np.float32)


def _wrapped(own: U8, matte: U8, plate: U8) -> U8:
    """The subject's colours with the light behind it bleeding over its outline."""
    reach = max(1.5, WRAP_REACH * matte.shape[0])
    small = 4
    size = (max(2, matte.shape[1] // small), max(2, matte.shape[0] // small))
    outside = cv2.resize(cv2.bitwise_not(matte), size, interpolation=cv2.INTER_AREA)
    rim = cv2.GaussianBlur(outside, (0, 0), reach / small).astype(np.float32) * np.float32(2 * WRAP / 255)
    light = cv2.GaussianBlur(cv2.resize(plate, size, interpolation=cv2.INTER_AREA), (0, 0), 3 * reach / small)
    whole = (matte.shape[1], matte.shape[0])
    share = np.minimum(cv2.resize(rim, whole, interpolation=cv2.INTER_LINEAR), np.float32(WRAP))[..., None]
    light = cv2.resize(light, whole, interpolation=cv2.INTER_LINEAR)
    return (own * (1 - share) + light * share + np.float32(0.5)).astype(np.uint8)


def _shaded(plate: U8, seen: NDArray[np.bool_]) -> U8:
    """The plate with a soft shadow where something stands on it: dark at its foot, wide and faint around."""
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    foot, wide = float(rows[-1]), float(columns[-1] - columns[0] + 1)
    low = seen[max(0, rows[-1] - round(0.04 * len(rows))) : rows[-1] + 1].any(axis=0)
    on = np.flatnonzero(low)
    y, x = np.mgrid[0 : plate.shape[0] : 4, 0 : plate.shape[1] : 4].astype(np.float32)
    shade = np.zeros(y.shape, np.float32)
    for middle, half, deep, strength in (
        ((on[0] + on[-1]) / 2, 0.62 * (on[-1] - on[0] + 1), 0.018, 0.55),
        ((columns[0] + columns[-1]) / 2, 0.6 * wide, 0.06, 0.32),
    ):
        far = ((x - middle) / max(half, 4)) ** 2 + ((y - foot) / max(deep * wide * 2, 3)) ** 2
        shade = np.maximum(shade, strength * np.exp(-far))
    keep = cv2.resize(1 - shade, (plate.shape[1], plate.shape[0]), interpolation=cv2.INTER_LINEAR)[..., None]
    return (plate * keep + np.float32(0.5)).astype(np.uint8)


def _clipped(box: tuple[int, int, int, int], layout: Layout) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box[0] + layout.left, box[1] + layout.top, box[2] + layout.left, box[3] + layout.top
    return max(0, x0), max(0, y0), min(layout.width, x1), min(layout.height, y1)


def _shifted(face: Face, by: F32) -> Face:
    x0, y0, x1, y1 = face.box
    left, top = float(by[0]), float(by[1])
    return replace(face, landmarks=face.landmarks + by, box=(x0 + left, y0 + top, x1 + left, y1 + top))
