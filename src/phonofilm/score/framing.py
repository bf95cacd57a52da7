"""Framing, planned backwards: where the camera stands so that a whole move stays inside real or properly filled picture.

Crops are in pixels of the photo. A move that the picture cannot carry is shortened, never let run off the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.perceive.percepts import Picture
from phonofilm.perceive.wider import continuable
from phonofilm.score.camera import FAMILIES, SENSOR, CameraPose, Stand, Step, build_moves, build_path, camera_at, carried
from phonofilm.score.model import CameraPath, Setting, Source
from phonofilm.score.view import EYE, LENS, Box, View, face_part, guarded, view_of, widened

F64 = NDArray[np.float64]
#: share of a plate's side that may be continued beyond its border
OVERSCAN = 0.45
#: lenses that a photo may have been taken with and how much of it may be continued, the best first: a wide lens holds more degrees, and real
#: picture is better than continued picture
TRIES = (
    (50.0, 0.02), (40.0, 0.02), (32.0, 0.04), (50.0, 0.1), (40.0, 0.15), (26.0, 0.1), (50.0, 0.2), (32.0, 0.25), (50.0, 0.45), (26.0, 0.45),
)  # fmt: skip
#: the share of a wide frame's height that a head takes where its portrait has to be continued, and the most that it is continued by on a side
HEAD_ROOM, MOST_WIDER = 0.72, 0.75
#: how much closer than the widest framing a move may be filmed to find room
CLOSER = (1.0, 1.1, 1.2, 1.35, 1.55)
#: the most that a picture in relief is turned, in degrees over the whole move
MOST_ORBIT = 24.0
#: shares of the amount asked for that are tried, by halving
SHARES = 40
#: how far from the border that cuts who is put elsewhere a frame stays, in its heights by how much closer than the widest one it is
FLOOR_AIR = 0.12
#: a head's middle above the frame's middle, by how much of the height: eyes two fifths down first, lower where a move needs the room
EYE_LIFTS = (0.09, 0.05, 0.02, -0.01)
#: how far a head may go into the air that is kept around it, in heights of the face
AIR = 0.12
#: the chin in a face's mesh
CHIN = 152

#: the share of a move that is worth more than a part of a subject that leaves the frame
WORTH = 0.5


@dataclass(frozen=True, kw_only=True)
class Framed:
    """A camera path, the setting that it films, and what had to be given up."""

    camera: CameraPath
    setting: Setting
    remarks: tuple[str, ...] = ()


def frame_picture(
    picture: Picture, source: Source, family: str, start: int, end: int, size: tuple[int, int], *,
    amount: float | None = None, more: Sequence[Step] = (), handheld: float = 0.0, face: int = 0, tight: float = 1.0, name: str = "",
    asked: bool = True,
) -> Framed:  # fmt: skip
    """Film a picture in its own setting with one move, or with ``more`` of them after it. ``tight`` > 1 frames closer (a close-up).

    What is not ``asked`` for may be shortened without a remark.
    """
    wished = (Step(family=family, amount=amount), *more)
    most = tuple(replace(s, amount=min(s.size, MOST_ORBIT)) if s.family.startswith("orbit") else s for s in wished)
    wider = _wider(picture, face, size)
    free = views = {lens: widened(view_of(picture, face, lens), *wider) for lens, _ in TRIES}
    if picture.faces and free[LENS].spare:  # laid out as a portrait, with air where there is some
        free = views = {lens: replace(view, focus=_to_the_chin(picture, face, view)) for lens, view in free.items()}

    closeness, low = tight, False

    def planned(share: float) -> tuple[CameraPath, Setting] | None:
        return _planned(views, tuple(s.part(share) for s in most), start, end, size, source, handheld, closeness, low=low)

    share, found = 1.0, None
    # what is guarded as the picture would be framed anyway, else in a frame with much of the rest, else in the middle of the frame
    for box, how in product(guarded(picture, views[LENS], size), ("free", "much", "middle")):
        if how == "free":
            views = {lens: replace(view, guard=box) for lens, view in free.items()}
        else:
            views = {lens: replace(view, guard=box, focus=box, whole=view.focus if how == "much" else box) for lens, view in free.items()}
        found = planned(1.0)
        if found is not None:
            break
    if found is None:
        share, found = _most(planned)
    if share < WORTH and free[LENS].head and _pushed(most[0]):
        low = True
        views = {lens: replace(view, focus=_to_the_chin(picture, face, view)) for lens, view in free.items()}
        better = _most(planned)
        low, views = (True, views) if better[0] > share else (False, free)
        share, found = better if low else (share, found)
    if views is not free and share < WORTH:  # what is as wide all over has no part to keep
        views = free
        share, found = _most(planned)
    found = found or planned(0.0)
    if found is None and picture.faces:  # less close than asked, else without all of the hair, else what speaks of a face
        closeness = 1.0
        for part in ("head", "face", "features"):
            views = free if part == "head" else {lens: replace(view, focus=face_part(picture, face, part)) for lens, view in free.items()}
            share, found = _most(planned)
            found = found or planned(0.0)
            if found is not None:
                break
    path, setting = found or _last_resort(views[LENS], most, start, end, size, source, handheld, closeness)
    framed = _told(path, replace(setting, wider=wider), wished, tuple(s.part(share) for s in most), name)
    framed = framed if asked else replace(framed, remarks=())
    if not any(wider):
        return framed
    sides = " and ".join(side for side, by in zip(("left", "right"), wider, strict=True) if by)
    said = f"{name or 'the picture'} is too narrow for this film: shoulders and background are continued to the {sides}."
    return replace(framed, remarks=(*framed.remarks, said[0].upper() + said[1:]))


def _most(planned: Callable[[float], tuple[CameraPath, Setting] | None]) -> tuple[float, tuple[CameraPath, Setting] | None]:
    """The largest share of the moves that can be planned, and the plan."""
    found = planned(1.0)
    if found is not None:
        return 1.0, found
    low, high = 0, SHARES
    while high - low > 1:
        middle = (low + high) // 2
        better = planned(middle / SHARES)
        low, high, found = (middle, high, better) if better else (low, middle, found)
    return low / SHARES, found


def _wider(picture: Picture, face: int, size: tuple[int, int]) -> tuple[float, float]:
    """By how much of its width a portrait that its border cuts is to be continued to the left and right, so that the head has room in the frame."""
    if not picture.faces or any(picture.beyond):
        return 0.0, 0.0
    height, width = picture.image.shape[:2]
    x0, y0, x1, y1 = view_of(picture, face).focus
    tall = min((y1 - y0) / HEAD_ROOM, height)
    wanted = tall * size[0] / size[1] * 1.1
    if wanted <= width:
        return 0.0, 0.0
    can = continuable(picture, face)
    if any(can):  # beside a shoulder that is continued the plate goes on where nothing is cut
        cut = view_of(picture, face).cut
        can = (can[0] or cut[0] is None, can[1] or cut[2] is None)
    middle = (x0 + x1) / 2
    beyond = (max(0.0, wanted / 2 - middle), max(0.0, middle + wanted / 2 - width))
    left, right = (round(min(by / width, MOST_WIDER), 3) if ok else 0.0 for by, ok in zip(beyond, can, strict=True))
    return left, right


def _planned(
    views: dict[float, View], steps: tuple[Step, ...], start: int, end: int, size: tuple[int, int], source: Source, handheld: float, tight: float,
    *, low: bool = False,
) -> tuple[CameraPath, Setting] | None:  # fmt: skip
    """The first framing that carries the moves, or None. ``low``: a push comes to rest on the picture's lower border, below a head close to that."""
    moving = any(s.size != s.part(0.0).size for s in steps)
    for lens, overscan in TRIES:
        view = views[lens]
        widest = _widest_crop(view, size)
        carry = 1.0 if any(s.family == "tracking" for s in steps) and view.ground is None else 0.0
        for closer in CLOSER:
            crop = widest / (closer * tight)
            if moving and closer > 1.2 and view.head and not _head_fits(view, crop, size, steps):
                continue
            for lift in EYE_LIFTS if view.head else (0.0,):
                beyond, air = max(0.0, overscan - 0.1), (closer - 1) * FLOOR_AIR if view.spare else 0.0
                stand, setting = _stand(view, crop, size, source, lift, _pushed(steps[0]), beyond, air)
                if low:
                    stand = replace(stand, settle=_resting(stand, crop / size[0] * size[1] / view.focal, _pushed(steps[0])))
                # a push that takes the head to its best place in the frame, else one that keeps it where it is
                for own in (stand, replace(stand, settle=None)) if _pushed(steps[0]) else (replace(stand, settle=None),):
                    path = build_moves(steps, own, start, end, handheld=handheld, carry=carry)
                    if _inside(view, path, setting, size, overscan):
                        return path, setting
    return None


def _last_resort(
    view: View, steps: tuple[Step, ...], start: int, end: int, size: tuple[int, int], source: Source, handheld: float, tight: float,
) -> tuple[CameraPath, Setting]:  # fmt: skip
    """A still camera as close as one goes, for a picture that nothing else fits."""
    stand, setting = _stand(view, _widest_crop(view, size) / (CLOSER[-1] * tight), size, source, EYE_LIFTS[-1] if view.head else 0.0, 0.0, 0.0)
    return build_moves(tuple(s.part(0.0) for s in steps), stand, start, end, handheld=handheld), setting


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


def _told(path: CameraPath, setting: Setting, asked: tuple[Step, ...], parts: tuple[Step, ...], name: str) -> Framed:
    """The path with the amounts asked for beside those delivered, and a remark on each that was shortened."""
    remarks: list[str] = []
    for step, part in zip(asked, parts, strict=True):
        whole, given = step.size - step.part(0.0).size, part.size - part.part(0.0).size
        if whole and given < whole * 0.95:
            unit = FAMILIES[step.family].unit
            shown = (f"{part.size:.0f}° of {step.size:.0f}°") if unit == "degrees" else (f"{part.size:.2f} of {step.size:.2f} ({unit})")
            remarks.append(f"{step.family.replace('_', ' ')}{' on ' + name if name else ''}: {shown} asked; the picture carries no more.")
    legs = tuple(replace(leg, asked=s.size, delivered=p.size) for leg, s, p in zip(path.legs, asked, parts, strict=True)) if path.legs else ()
    by_lens = path.delivered / parts[0].size if parts[0].lens and parts[0].size else 1.0
    told = replace(path, asked=asked[0].size * by_lens, delivered=parts[0].size * by_lens, legs=legs)
    return Framed(camera=told, setting=setting, remarks=tuple(remarks))


def _widest_crop(view: View, size: tuple[int, int]) -> float:
    """Width in photo pixels of the widest frame wanted: a portrait's head fills a third of the height, a picture is shown whole."""
    aspect = size[0] / size[1]
    x0, y0, x1, y1 = view.focus
    fit = min(view.width, view.height * aspect)
    if view.head:
        wanted = max((y1 - y0) / 0.42 * aspect, (x1 - x0) / 0.62)
        sides = view.cut[0] is not None or view.cut[2] is not None
        limit = view.width if sides else view.width * (1 + OVERSCAN)
        if view.spare:  # somebody who is put elsewhere is seen as large as that was laid out for
            limit = min(limit, view.height * aspect)
        if view.cut[1] is not None and view.cut[3] is not None:
            limit = min(limit, view.height * aspect)
        least = max((y1 - y0) / 0.92 * aspect, (x1 - x0) / 0.95)
        return max(min(max(fit, wanted), limit, max(wanted, fit * 0.6)), min(least, limit))
    wanted = max((x1 - x0) / 0.8, (y1 - y0) / 0.8 * aspect)
    least = max(x1 - x0, (y1 - y0) * aspect) * 1.01 if view.whole else 0.0
    return min(max(fit, min(wanted, fit * 1.15), least), view.width * (1 + OVERSCAN))


def _head_fits(view: View, crop: float, size: tuple[int, int], steps: Sequence[Step]) -> bool:
    """Whether the head stays inside the frame where the moves are closest."""
    closest = 1.0
    for step in steps:
        closest *= 1 / (1 - step.size) if step.family in ("push_in", "pull_out") else step.size if step.family.startswith("zoom") else 1.0
    x0, y0, x1, y1 = view.focus
    height = crop * size[1] / size[0]
    return (y1 - y0) * closest <= 0.86 * height and (x1 - x0) * closest <= 0.9 * crop


def _pushed(step: Step) -> float:
    return step.size if step.family in ("push_in", "pull_out") else 0.0


def _stand(
    view: View, crop: float, size: tuple[int, int], source: Source, lift: float, closer: float, beyond: float, air: float = 0.0,
) -> tuple[Stand, Setting]:  # fmt: skip
    """The photo's own camera, its axis through the middle of the crop, its lens framing that crop; ``lift`` is how far above the middle of the frame
    a head's middle sits, as a share of the frame's height; ``closer`` is the share of the way to it that a push goes; ``beyond`` is how far the crop
    may pass a border that does not cut the subject, as a share of the picture's side; ``air``: how far it stays away from the lower one, in heights
    of the crop, where that cuts."""
    aspect = size[0] / size[1]
    tall = crop / aspect
    x0, y0, x1, y1 = view.focus
    left, top, right, bottom = (cut is not None for cut in view.cut)
    loose = view.head or view.whole == view.focus
    cx = _kept((x0 + x1) / 2, crop, view.width, left, right, beyond if loose else 0.0)
    cy = y0 + (y1 - y0) * 0.5 + lift * tall
    if view.whole is not None:
        # as much of the whole as the guarded part leaves room for
        cx = _kept(_between(view.whole[0], view.whole[2], x0, x1, crop), crop, view.width, left, right, beyond if loose else 0.0)
        cy = _between(view.whole[1], view.whole[3], y0, y1, tall)
    cy = _kept(cy, tall, view.height, top or not loose, bottom or not loose, beyond if loose else 0.0)
    if bottom:
        cy = min(cy, view.height - (0.5 + air) * tall)
    focal = view.focal
    film = focal * size[0] / crop * SENSOR / max(size)
    fx, fy = (x0 + x1) / 2, (y0 + y1) / 2
    subject = ((fx - cx) / focal * view.near, EYE - (fy - cy) / focal * view.near, -view.near)
    setting = Setting(kind="photo", source=source, principal=(cx / view.width, cy / view.height), lens=view.lens, near=view.near, far=view.far)
    settle = None
    if view.whole is not None:
        settle = ((fx - cx) / focal * 0.35, (cy - fy) / focal * 0.35)
    if view.head:
        began = ((fx - cx) / focal, (cy - fy) / focal)
        end_tall = tall * (1 - closer)
        # at the end of a push the head keeps its place in the frame, unless its hair would leave it
        highest = 0.46 * end_tall - 0.5 * (y1 - y0)
        settle = (began[0] * 0.6, min(began[1], max(highest, -0.06 * end_tall) / focal))
    return Stand(position=(0.0, EYE, 0.0), focal=film, subject=subject, settle=settle), setting


def _to_the_chin(picture: Picture, face: int, view: View) -> Box:
    """The box of a head without the air below its chin."""
    landmarks = picture.faces[face].landmarks[:468, 1]
    x0, y0, x1, y1 = view.focus
    return x0, y0, x1, min(y1, float(landmarks.max() + 0.02 * np.ptp(landmarks)))


def _resting(stand: Stand, tall: float, closer: float) -> tuple[float, float] | None:
    """Where a push over the share ``closer`` of its way ends, as tangents, if the lower edge of a frame ``tall`` (tangents) begins by resting."""
    if stand.settle is None:
        return None
    began = (stand.subject[1] - stand.position[1]) / (stand.position[2] - stand.subject[2])
    return stand.settle[0], began * (1 + closer) + tall * closer / 2


def _between(low: float, high: float, first: float, last: float, length: float) -> float:
    """The middle of ``low`` … ``high``, moved so that ``first`` … ``last`` lies well inside a crop of that length about it."""
    reach = max(0.44 * length, (last - first) / 2)
    return min(max((low + high) / 2, last - reach), first + reach)


def _kept(centre: float, length: float, whole: int, low: bool, high: bool, beyond: float) -> float:
    """A crop's centre moved so that it does not pass a border that cuts the subject, nor any other by more than ``beyond``; a crop longer than the
    picture is centred."""
    if length >= whole:
        return whole / 2 if low == high else length / 2 if low else whole - length / 2
    centre = max(centre, length / 2 - (0.0 if low else beyond * whole))
    return min(centre, whole - length / 2 + (0.0 if high else beyond * whole))


def _inside(view: View, path: CameraPath, setting: Setting, size: tuple[int, int], overscan: float) -> bool:
    """Whether every frame keeps the head, stays on the subject's picture where that is cut, and on the plate with its overscan."""
    cx, cy = setting.principal[0] * view.width, setting.principal[1] * view.height
    ticks = _sampled(path)
    # most moves that do not fit already fail where they begin or end
    return all(_holds(view, path, part, cx, cy, size, overscan) for part in ([ticks[0], ticks[-1]], ticks))


def _holds(view: View, path: CameraPath, ticks: Sequence[int], cx: float, cy: float, size: tuple[int, int], overscan: float) -> bool:
    cameras = [camera_at(path, tick) for tick in ticks]
    close = [carried(path, camera) for camera in cameras]
    seen = _seen(close, view.near, view.focal, cx, cy, size)
    sides = ((-seen[:, 0], 1, 3), (-seen[:, 1], 0, 2), (seen[:, 2] - view.width, 1, 3), (seen[:, 3] - view.height, 0, 2))
    for cut, (over, low, high) in zip(view.cut, sides, strict=True):
        if cut is not None and bool(((over > 1.0) & (seen[:, low] < cut[1]) & (seen[:, high] > cut[0])).any()):
            return False
    guard = view.focus if view.head else view.guard
    if guard is not None and not _box_seen(guard, view, close, cx, cy, size):
        return False
    wall = _seen(cameras, view.far, view.focal, cx, cy, size)
    low, high = wall.min(axis=0), wall.max(axis=0)
    bottom = float(high[3])
    if view.ground is not None:
        bottom = max(bottom, float(_seen(cameras, view.near, view.focal, cx, cy, size)[:, 3].max()))
    ox, oy = ((overscan + view.spare) * side + 1 for side in (view.width, view.height))
    return bool(low[0] >= -ox and low[1] >= -oy and high[2] <= view.width + ox and bottom <= view.height + oy)


def _sampled(path: CameraPath) -> list[int]:
    first, last = path.keys[0].tick, path.keys[-1].tick
    if path.handheld:
        return [first + k * TICKS_PER_SECOND // 6 for k in range(90)]
    if len(path.keys) == 1:
        return [first]
    num = 8 * max(1, len(path.legs))
    return [first + (last - first) * k // num for k in range(num + 1)]


def _box_seen(box: Box, view: View, cameras: Sequence[CameraPose], cx: float, cy: float, size: tuple[int, int]) -> bool:
    points = view.world(box, cx, cy, view.near)
    for camera in cameras:
        at = camera.project(points, *size)
        if at.min() < -1 or at[:, 0].max() > size[0] + 1 or at[:, 1].max() > size[1] + 1:
            return False
    return True


@dataclass(frozen=True, kw_only=True)
class Room:
    """The room of a head in the frames of a shot, in heights of the face: free at the nearer ``side`` and ``above`` it, and how much of the person is
    seen ``below`` the chin."""

    side: float
    above: float
    below: float

    @classmethod
    def least(cls, rooms: Sequence[Room]) -> Room:
        """What all of several shots have."""
        return cls(side=min(r.side for r in rooms), above=min(r.above for r in rooms), below=min(r.below for r in rooms))


def room_of(picture: Picture, face: int, setting: Setting, path: CameraPath, size: tuple[int, int]) -> Room:
    """The room of a picture's head where the shot is closest to it. The head's box has some air around it, so none is left out of it at 0."""
    view = widened(view_of(picture, face, setting.lens), *setting.wider)
    tall = float(np.ptp(picture.faces[face].landmarks[:468, 1]))
    cx, cy = setting.principal[0] * view.width, setting.principal[1] * view.height
    seen = _seen([carried(path, camera_at(path, tick)) for tick in _sampled(path)], view.near, view.focal, cx, cy, size)
    x0, y0, x1, _ = view.focus
    side = min(float((x0 - seen[:, 0]).min()), float((seen[:, 2] - x1).min()))
    chin = float(picture.faces[face].landmarks[CHIN, 1])
    inside = picture.matte > 128
    rows = np.flatnonzero(inside.any(axis=1))
    low = float(rows[-1]) + 1 if len(rows) else float(view.height)
    top = float(seen[:, 1].max())
    above = y0 - top + AIR * tall
    if len(rows) and (hat := float(rows[0]) - top) > 0:  # hair or a hat that is seen whole stays whole
        above = min(above, hat + 0.2 * AIR * tall)
    return Room(side=side / tall + AIR, above=above / tall, below=max(low - chin, 0.0) / tall)


def _seen(cameras: Sequence[CameraPose], depth: float, focal: float, cx: float, cy: float, size: tuple[int, int]) -> F64:
    """The boxes f64[n 4] of photo pixels that the cameras see of a plane at a depth."""
    edge = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64)
    position = np.stack([camera.position for camera in cameras])[:, None]
    rays = np.stack([camera.rays(edge, *size) for camera in cameras])
    hit = position + rays * ((-depth - position[..., 2:]) / np.minimum(rays[..., 2:], -1e-3))
    x, y = cx + hit[..., 0] / depth * focal, cy - (hit[..., 1] - EYE) / depth * focal
    return np.stack([x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1)], axis=1)
