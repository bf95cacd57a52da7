"""Framing, planned backwards: where the camera stands so that a whole move stays inside real or properly filled picture.

Crops are in pixels of the photo. A move that the picture cannot carry is shortened, never let run off the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.perceive.percepts import Picture
from phonofilm.score.camera import FAMILIES, SENSOR, CameraPose, Stand, build_path, camera_at
from phonofilm.score.model import CameraPath, Setting, Source

EYE = 1.5
#: what a face measures from brow line to chin mesh, in metres; it sets the scale of a portrait
FACE_METRES = 0.185
LENS = 50.0
#: share of a plate's side that may be continued beyond its border
OVERSCAN = 0.45
#: the most that a picture in relief is turned, in degrees over the whole move
MOST_ORBIT = 24.0
#: a head's middle above the frame's middle, by how much of the height: eyes two fifths down first, lower where a move needs the room
EYE_LIFTS = (0.09, 0.05, 0.02, -0.01)


@dataclass(frozen=True, kw_only=True)
class View:
    """What must be seen of a picture: ``focus`` box (a head, a product) in pixels, and which of its sides the subject is cut off by."""

    width: int
    height: int
    focus: tuple[float, float, float, float]
    cut: tuple[bool, bool, bool, bool]
    near: float
    far: float
    head: bool


@dataclass(frozen=True, kw_only=True)
class Framed:
    """A camera path, the setting that it films, and what had to be given up."""

    camera: CameraPath
    setting: Setting
    remarks: tuple[str, ...] = ()


def view_of(picture: Picture, face: int = 0) -> View:
    """What a picture shows, in metres where a face gives the scale."""
    height, width = picture.image.shape[:2]
    focal = LENS / SENSOR * max(width, height)
    matte = picture.matte
    cut = (
        bool((matte[:, :2] > 128).any()), bool((matte[:2] > 128).any()),
        bool((matte[:, -2:] > 128).any()), bool((matte[-2:] > 128).any()),
    ) if matte.any() else (False, False, False, False)  # fmt: skip
    if picture.faces:
        seen = picture.faces[face]
        x0, y0, x1, y1 = _face_box(seen.landmarks)
        tall, wide = y1 - y0, x1 - x0
        near = float(np.clip(focal * FACE_METRES / tall, 0.35, 12.0))
        focus = (x0 - 0.25 * wide, y0 - 0.45 * tall, x1 + 0.25 * wide, y1 + 0.12 * tall)
        return View(width=width, height=height, focus=focus, cut=cut, near=near, far=near * 2.5, head=True)
    if picture.subject_box is not None:
        x0, y0, x1, y1 = (float(v) for v in picture.subject_box)
        return View(width=width, height=height, focus=(x0, y0, x1, y1), cut=cut, near=2.0, far=5.0, head=False)
    middle = (width * 0.3, height * 0.3, width * 0.7, height * 0.7)
    return View(width=width, height=height, focus=middle, cut=cut, near=2.0, far=5.0, head=False)


def _face_box(landmarks: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[float, float, float, float]:
    low, high = landmarks[:468, :2].min(axis=0), landmarks[:468, :2].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def frame_picture(
    picture: Picture, source: Source, family: str, start: int, end: int, size: tuple[int, int], *,
    amount: float | None = None, handheld: float = 0.0, face: int = 0, tight: float = 1.0, name: str = "",
) -> Framed:  # fmt: skip
    """Film a picture in its own setting with one move. ``tight`` > 1 frames closer (a close-up)."""
    view = view_of(picture, face)
    asked = FAMILIES[family].amount if amount is None else amount
    most = min(asked, MOST_ORBIT) if family.startswith("orbit") else asked
    widest = _widest_crop(view, size)
    for share in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0):
        part = 1 + (most - 1) * share if FAMILIES[family].unit == "ratio" else most * share
        for closer in (1.0, 1.06, 1.12, 1.2, 1.3, 1.42, 1.55):
            crop = widest / (closer * tight)
            if share > 0 and closer > 1.2 and view.head and not _head_fits(view, crop, size, family, part):
                continue
            for lift in EYE_LIFTS if view.head else (0.0,):
                stand, setting = _stand(view, crop, size, source, lift, part if family in ("push_in", "pull_out") else 0.0)
                path = build_path(family, stand, start, end, amount=part, handheld=handheld)
                if _inside(view, path, setting, size) or (share == 0 and closer == 1.55):
                    return _told(path, setting, asked, part, family, name)
    raise AssertionError("the last candidate is always taken")


def frame_whole(picture: Picture, source: Source, start: int, end: int, size: tuple[int, int], *, last: bool, amount: float = 0.16) -> Framed:
    """Film a picture that is the film's first or last frame: fitted about its middle, a push away from it or back to it."""
    view = view_of(picture)
    crop = min(view.width, view.height * size[0] / size[1])
    focal = LENS / SENSOR * max(view.width, view.height)
    fx, fy = (view.focus[0] + view.focus[2]) / 2, (view.focus[1] + view.focus[3]) / 2
    centre = (view.width / 2, view.height / 2)
    subject = ((fx - centre[0]) / focal * view.near, EYE - (fy - centre[1]) / focal * view.near, -view.near)
    stand = Stand(position=(0.0, EYE, 0.0), focal=focal * size[0] / crop * SENSOR / max(size), subject=subject)
    setting = Setting(kind="photo", source=source, lens=LENS, near=view.near, far=view.far, pinned="last" if last else "first")
    family = "pull_out" if last else "push_in"
    return Framed(camera=build_path(family, stand, start, end, amount=amount), setting=setting)


def _told(path: CameraPath, setting: Setting, asked: float, part: float, family: str, name: str) -> Framed:
    remarks = ()
    if asked and part < asked * 0.95:
        unit = FAMILIES[family].unit
        shown = (f"{part:.0f}° of {asked:.0f}°") if unit == "degrees" else (f"{part:.2f} of {asked:.2f} ({unit})")
        remarks = (f"{family.replace('_', ' ')}{' on ' + name if name else ''}: {shown} asked; the picture carries no more.",)
    return Framed(camera=replace(path, asked=asked, delivered=part), setting=setting, remarks=remarks)


def _widest_crop(view: View, size: tuple[int, int]) -> float:
    """Width in photo pixels of the widest frame wanted: a portrait's head fills a third of the height, a picture is shown whole."""
    aspect = size[0] / size[1]
    x0, y0, x1, y1 = view.focus
    fit = min(view.width, view.height * aspect)
    if view.head:
        wanted = max((y1 - y0) / 0.42 * aspect, (x1 - x0) / 0.62)
        sides = view.cut[0] or view.cut[2]
        limit = view.width if sides else view.width * (1 + OVERSCAN)
        if view.cut[1] and view.cut[3]:
            limit = min(limit, view.height * aspect)
        least = max((y1 - y0) / 0.92 * aspect, (x1 - x0) / 0.95)
        return max(min(max(fit, wanted), limit, max(wanted, fit * 0.6)), min(least, limit))
    wanted = max((x1 - x0) / 0.8, (y1 - y0) / 0.8 * aspect)
    return min(max(fit, min(wanted, fit * 1.15)), view.width * (1 + OVERSCAN))


def _head_fits(view: View, crop: float, size: tuple[int, int], family: str, part: float) -> bool:
    """Whether the head stays inside the frame where the move is closest."""
    closest = 1 / (1 - part) if family in ("push_in", "pull_out") else part if family.startswith("zoom") else 1.0
    x0, y0, x1, y1 = view.focus
    height = crop * size[1] / size[0]
    return (y1 - y0) * closest <= 0.86 * height and (x1 - x0) * closest <= 0.9 * crop


def _stand(view: View, crop: float, size: tuple[int, int], source: Source, lift: float, closer: float) -> tuple[Stand, Setting]:
    """The photo's own camera, its axis through the middle of the crop, its lens framing that crop; ``lift`` is how far above the middle of the frame
    a head's middle sits, as a share of the frame's height; ``closer`` is the share of the way to it that a push goes."""
    aspect = size[0] / size[1]
    tall = crop / aspect
    x0, y0, x1, y1 = view.focus
    cx = (x0 + x1) / 2
    cy = y0 + (y1 - y0) * 0.5 + lift * tall
    cx = _kept(cx, crop, view.width, view.cut[0], view.cut[2])
    cy = _kept(cy, tall, view.height, view.cut[1] or not view.head, view.cut[3] or not view.head)
    focal = LENS / SENSOR * max(view.width, view.height)
    film = focal * size[0] / crop * SENSOR / max(size)
    fx, fy = (x0 + x1) / 2, (y0 + y1) / 2
    subject = ((fx - cx) / focal * view.near, EYE - (fy - cy) / focal * view.near, -view.near)
    setting = Setting(kind="photo", source=source, principal=(cx / view.width, cy / view.height), lens=LENS, near=view.near, far=view.far)
    settle = None
    if view.head:
        began = ((fx - cx) / focal, (cy - fy) / focal)
        end_tall = tall * (1 - closer)
        # at the end of a push the head keeps its place in the frame, unless its hair would leave it
        highest = 0.46 * end_tall - 0.5 * (y1 - y0)
        settle = (began[0] * 0.6, min(began[1], max(highest, -0.06 * end_tall) / focal))
    return Stand(position=(0.0, EYE, 0.0), focal=film, subject=subject, settle=settle), setting


def _kept(centre: float, length: float, whole: int, low: bool, high: bool) -> float:
    """A crop's centre moved so that it does not pass a border that cuts the subject; a crop longer than the picture is centred."""
    if length >= whole:
        return whole / 2 if low == high else length / 2 if low else whole - length / 2
    centre = max(centre, length / 2)
    return min(centre, whole - length / 2)


def _inside(view: View, path: CameraPath, setting: Setting, size: tuple[int, int]) -> bool:
    """Whether every frame stays on the subject's picture where it is cut, and on the plate with its overscan."""
    focal = setting.lens / SENSOR * max(view.width, view.height)
    cx, cy = setting.principal[0] * view.width, setting.principal[1] * view.height
    keys = path.keys
    first, last = keys[0].tick, keys[-1].tick
    ticks = [first + (last - first) * k // 8 for k in range(9)] if len(keys) > 1 else [first]
    if path.handheld:
        ticks = [first + k * TICKS_PER_SECOND // 6 for k in range(90)]
    slack = 1.0
    for tick in ticks:
        camera = camera_at(path, tick)
        x0, y0, x1, y1 = _seen(camera, view.near, focal, cx, cy, size)
        over = (x0 < -slack, y0 < -slack, x1 > view.width + slack, y1 > view.height + slack)
        if any(o and c for o, c in zip(over, view.cut, strict=True)):
            return False
        if view.head and tick in (first, last):
            fx0, fy0, fx1, fy1 = view.focus
            if fx0 < x0 - 1 or fx1 > x1 + 1 or fy1 > y1 + 1 or (fy0 < y0 - 1 and fy0 > 0):
                return False
        x0, y0, x1, y1 = _seen(camera, view.far, focal, cx, cy, size)
        ox, oy = OVERSCAN * view.width, OVERSCAN * view.height
        if x0 < -ox or y0 < -oy or x1 > view.width + ox or y1 > view.height + oy:
            return False
    return True


def _seen(camera: CameraPose, depth: float, focal: float, cx: float, cy: float, size: tuple[int, int]) -> tuple[float, float, float, float]:
    edge = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64)
    rays = camera.rays(edge, *size)
    reach = (-depth - camera.position[2]) / np.minimum(rays[:, 2], -1e-3)
    hit = camera.position + rays * reach[:, None]
    x, y = cx + hit[:, 0] / depth * focal, cy - (hit[:, 1] - EYE) / depth * focal
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())
