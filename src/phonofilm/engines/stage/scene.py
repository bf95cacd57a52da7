"""One shot's scene: what stands where, drawn far to near before its camera."""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND, frame_at
from phonofilm.engines.stage.backdrop import Backdrop
from phonofilm.engines.stage.compositor import compose
from phonofilm.engines.stage.face.mesh import CHIN, head_frame
from phonofilm.engines.stage.face.performance import Performance
from phonofilm.engines.stage.face.rig import FaceNotUsable, Rig, build_rig
from phonofilm.engines.stage.face.trunk import Trunk, build_trunk
from phonofilm.engines.stage.living import Living, node_pixels
from phonofilm.engines.stage.photo import (
    NODES,
    Cutout,
    Pinhole,
    bulge,
    cut_out,
    enlargement,
    pinhole,
    plate_sheet,
    premultiplied,
)
from phonofilm.engines.stage.rays import Rays
from phonofilm.engines.stage.sheet import Drawn, Sheet, Warped, joined, look
from phonofilm.engines.stage.table import STEEP, cast_shadow, table
from phonofilm.engines.stage.world.falling import around
from phonofilm.engines.stage.world.place import Place
from phonofilm.engines.stage.world.places import build_place
from phonofilm.engines.stage.world.studio import studio_backdrop
from phonofilm.media.read import read_frames
from phonofilm.perceive.fitted import laid_out
from phonofilm.perceive.percepts import Face, Picture
from phonofilm.perceive.placed import placed
from phonofilm.perceive.wider import columns, widen
from phonofilm.score.camera import CameraPose, camera_at, carried
from phonofilm.score.materials import Materials
from phonofilm.score.model import Actor, Score, Setting, Shot
from phonofilm.score.view import EYE

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

#: kinds of subject that are round, and how deep they are by their width
SOLID = {"object": 0.35, "animal": 0.4, "person": 0.22, "drawing": 0.0, "none": 0.0}


#: over what share of a cut-out its relief ends towards a border that cuts it
LEVEL = 0.15
#: frames over which a pinned photo gives way to its scene
PIN_FRAMES = 12


class Layer(Protocol):
    """Something that a camera sees."""

    def draw(self, camera: CameraPose, tick: int, width: int, height: int) -> Drawn | Warped | None: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Still:
    """A sheet that does not change."""

    sheet: Sheet

    @classmethod
    def of(cls, sheet: Sheet) -> Still:
        """The sheet, made ready to be drawn fast."""
        return cls(sheet=joined(sheet))

    def draw(self, camera: CameraPose, tick: int, width: int, height: int) -> Warped | None:
        """The sheet at any tick."""
        return look(self.sheet, camera, width, height)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """The layers of a shot, far to near; ``actors`` are those of them that a tracking camera takes along."""

    shot: Shot
    layers: tuple[Layer, ...]
    actors: tuple[Layer, ...] = ()
    pin: U8 | None = None

    def draw(self, tick: int, width: int, height: int) -> U8:
        """The frame u8[h w 3] that shows a tick."""
        frame = compose(self.parts(tick, width, height), width, height)
        return frame if self.pin is None else self._pinned(frame, tick)

    def parts(self, tick: int, width: int, height: int) -> list[Drawn | Warped]:
        """What the camera sees of the layers at a tick, far to near."""
        camera = camera_at(self.shot.camera, tick)
        own = carried(self.shot.camera, camera)
        seen = [layer.draw(own if layer in self.actors else camera, tick, width, height) for layer in self.layers]
        return [part for part in seen if part is not None]

    def _pinned(self, frame: U8, tick: int) -> U8:
        """The frame on its way from (or to) the photo itself: wholly the photo in the pinned frame, wholly the scene half a second off."""
        assert self.pin is not None
        end = self.shot.start if self.shot.setting.pinned == "first" else self.shot.end - TICKS_PER_FRAME
        away = min(1.0, abs(frame_at(tick) - frame_at(end)) / PIN_FRAMES)
        share = away * away * (3 - 2 * away)
        return cv2.addWeighted(self.pin, 1 - share, frame, share, 0)  # pyright: ignore[reportReturnType]


def build_scene(score: Score, shot: Shot, materials: Materials, performances: Mapping[str, Performance]) -> Scene:
    """The scene of a shot that is not footage; where a clip is behind it, what is before that. Raises MissingMaterial."""
    cameras = cameras_of(shot)
    cast = {actor.name: actor for actor in score.cast}
    seen = [cast[name] for name in shot.seen]
    setting = shot.setting
    width, height = score.width, score.height
    layers: list[Layer] = []
    actors: list[Layer] = []
    falling: list[Layer] = []
    if setting.kind == "photo":
        assert setting.source is not None
        picture = materials.picture(setting.source)
        if setting.fitted:
            picture = laid_out(picture, (width, height))
        soft = unsharpness(setting, width, height)
        backdrop = None
        if setting.place:
            backdrop = Backdrop.of(_built(setting, score), cameras, width, height, soft)
            layers.append(backdrop)
        if setting.moved:
            who = next((c.face for c in seen if c.source.sha256 == setting.source.sha256), 0)
            view = backdrop.picture(cameras[0], shot.start, width, height) if backdrop else _behind(setting, materials, (width, height))
            picture = placed(picture, view, (width, height), who)
        if any(setting.wider):
            picture = widen(picture, *columns(setting.wider, picture.image.shape[1]), face=next((c.face for c in seen), 0))
        taken = pinhole(picture, setting)
        near = None if picture.matte.all() else setting.near
        own = [actor for actor in seen if actor.source.sha256 == setting.source.sha256]
        with ThreadPoolExecutor(1) as other:  # neither depends on the other, so the order of work does not matter
            plate = None
            if not elsewhere(setting):
                plate = other.submit(plate_sheet, picture, taken, setting.far, cameras, width, height, soft=soft, near=near)
            if own or (picture.matte.any() and not picture.matte.all()):
                actors.extend(_own_subject(picture, taken, setting.near, cameras, own, performances, width, height, shaded=elsewhere(setting)))
            if plate is not None:
                layers.append(Still.of(plate.result()))
        # only a face tells how far away somebody is
        behind, before = around(setting.near if picture.faces else math.inf, setting.hour, setting.weather, score.seed)
        layers.extend(behind)
        falling.extend(before)
        seen = [actor for actor in seen if actor not in own]
    elif setting.kind == "studio":
        layers.extend(_studio(shot, cameras, score))
    elif setting.kind == "place":
        layers.extend(_place(shot, score, cameras))
    for actor in sorted(seen, key=lambda a: a.place[2]):
        ground = setting.elevation if setting.kind == "studio" else None
        actors.extend(_standing(actor, materials.picture(actor.source), cameras, performances, width, height, ground=ground))
    return Scene(shot=shot, layers=(*layers, *actors, *falling), actors=tuple(actors), pin=_pin(score, shot, materials) if setting.pinned else None)


def unsharpness(setting: Setting, width: int, height: int) -> float:
    """The standard deviation in pixels of a frame by which what is behind the subject of a photo is out of focus."""
    if setting.pinned:
        return 0.0
    return (0.003 if setting.behind or setting.place else 0.0016) * max(width, height) * (1 - setting.near / setting.far)


def live(setting: Setting) -> bool:
    """Whether a clip is played behind the subject of a photo."""
    return setting.behind is not None and setting.behind.kind == "video"


def elsewhere(setting: Setting) -> bool:
    """Whether the subject of a photo is before something that is filmed on its own, so that the photo has no plate."""
    return live(setting) or bool(setting.place)


def _behind(setting: Setting, materials: Materials, size: tuple[int, int]) -> U8:
    """What is behind the subject of a photo: a picture, or the first that a shot shows of a clip."""
    source = setting.behind
    assert source is not None
    if source.kind != "video":
        return materials.picture(source).image
    clip = materials.clip(source)
    share = min(1.0, max(size[0] / clip.width, size[1] / clip.height))
    size = (max(2, round(clip.width * share / 2) * 2), max(2, round(clip.height * share / 2) * 2))
    return next(iter(read_frames(clip.path, setting.start % max(clip.length, TICKS_PER_FRAME), 1, size)))


def _pin(score: Score, shot: Shot, materials: Materials) -> U8:
    """The photo of a pinned shot, fitted to the film: cut to its shape about its middle, at its size."""
    assert shot.setting.source is not None
    picture = materials.picture(shot.setting.source)
    image = picture.image
    if picture.scale > 1:  # what was estimated in enlarging is not in the photo
        size = (round(image.shape[1] / picture.scale), round(image.shape[0] / picture.scale))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    height, width = image.shape[:2]
    scale = max(score.width / width, score.height / height)
    cut_w, cut_h = score.width / scale, score.height / scale
    x0, y0 = round((width - cut_w) / 2), round((height - cut_h) / 2)
    part = image[y0 : y0 + round(cut_h), x0 : x0 + round(cut_w)]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(part, (score.width, score.height), interpolation=how)  # pyright: ignore[reportReturnType]


def cameras_of(shot: Shot) -> list[CameraPose]:
    """The camera at all keys of a shot, where its extremes are; a held camera's unrest all along it."""
    every = range(shot.start, shot.end, TICKS_PER_SECOND // 12) if shot.camera.handheld else ()
    ticks = sorted({shot.start, shot.end - 1, *every, *(k.tick for k in shot.camera.keys if shot.start <= k.tick < shot.end)})
    return [camera_at(shot.camera, t) for t in ticks]


def _own_subject(
    picture: Picture, taken: Pinhole, depth: float, cameras: list[CameraPose], actors: list[Actor],
    performances: Mapping[str, Performance], width: int, height: int, *, shaded: bool,
) -> list[Layer]:  # fmt: skip
    """The subject of the photo that is the setting, where the photo shows it; ``shaded``: with a shadow at its foot, if the photo shows that."""
    cutout = cut_out(picture, enlargement(cameras, taken, depth, width, height))
    x0, y0, x1, y1 = cutout.box
    corners = taken.world(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64), depth)
    metres = depth / taken.focal / cutout.scale[0]
    actor = next((a for a in actors if a.name in performances), None)
    layers: list[Layer] = []
    if shaded and y1 < picture.matte.shape[0]:
        layers.append(Still.of(_shadow(cutout.alpha, corners, float(corners[2, 1]))))
    rays = Rays(x=0.0, y=EYE, depth=depth)
    return [*layers, _layer(cutout, corners, metres, picture, actor, performances, rays)]


def _standing(
    actor: Actor, picture: Picture, cameras: list[CameraPose], performances: Mapping[str, Performance],
    width: int, height: int, *, ground: float | None,
) -> list[Layer]:  # fmt: skip
    """An actor cut from its picture, standing at its place; with its shadow where there is a floor, seen from ``ground`` degrees above."""
    x, y, z = actor.place
    box = cut_out(picture, 1.0).box if not picture.matte.all() else (0, 0, picture.image.shape[1], picture.image.shape[0])
    tall = actor.height
    wide = tall * (box[2] - box[0]) / (box[3] - box[1])
    closest = min(max(float(c.position[2]) - z, 0.05) / c.focal_pixels(width, height) for c in cameras)
    cutout = cut_out(picture, tall / (box[3] - box[1]) / closest)
    low = y - tall * max(0.0, box[3] - picture.ground) / (box[3] - box[1])  # its faint rim reaches below the line on which it stands
    high = low + tall
    corners = np.array([[x - wide / 2, high, z], [x + wide / 2, high, z], [x + wide / 2, low, z], [x - wide / 2, low, z]], np.float64)
    metres = tall / cutout.rgb.shape[0]
    layers: list[Layer] = []
    if ground is not None:
        layers.append(Still.of(cast_shadow(cutout.alpha, corners, ground) if ground >= STEEP else _shadow(cutout.alpha, corners, y)))
    layers.append(_layer(cutout, corners, metres, picture, actor if actor.name in performances else None, performances))
    return layers


def _layer(
    cutout: Cutout, corners: F64, metres: float, picture: Picture, actor: Actor | None, performances: Mapping[str, Performance],
    rays: Rays | None = None,
) -> Layer:  # fmt: skip
    """A cut-out in relief, living where its actor performs; ``rays``: where its photo was taken from, if it is seen from there."""
    h, w = cutout.rgb.shape[:2]
    texture = premultiplied(cutout.rgb, cutout.alpha)
    pixels = node_pixels(w, h, NODES, NODES)
    rig = _rig_of(cutout, actor)
    if actor is not None and rig is not None:
        nodes = np.zeros((NODES, NODES, 3), np.float32)
        nodes[..., 2] = rig.relief(pixels.reshape(-1, 2)).reshape(NODES, NODES) * metres * _level(picture, cutout)
        sheet = _on_rays(Sheet(texture=texture, alpha=cutout.alpha, corners=corners, nodes=nodes), rays)
        trunk = None if picture.matte.all() else _trunk_of(cutout, cutout.faces[actor.face], pixels, picture.image.shape[1])
        return Living(sheet=joined(sheet), rig=rig, performance=performances[actor.name], metres=metres, pixels=pixels, trunk=trunk, rays=rays)
    deep = SOLID[picture.subject] * metres * min(h, w)
    nodes = None
    if deep > 0:
        nodes = np.zeros((NODES, NODES, 3), np.float32)
        nodes[..., 2] = bulge(cutout.alpha, deep)
    return Still.of(_on_rays(Sheet(texture=texture, alpha=cutout.alpha, corners=corners, nodes=nodes), rays))


def _level(picture: Picture, cutout: Cutout) -> F32:
    """How much of a cut-out's relief stays, f32[gh gw]: none at the border that cuts who is put elsewhere, whose edge is then where framing takes it
    to be; nothing of the same picture lies behind it."""
    keep = np.ones((NODES, NODES), np.float32)
    if any(picture.beyond):
        ramp = np.minimum(np.arange(NODES, dtype=np.float32) / np.float32(LEVEL * NODES), np.float32(1))
        for border, edge in ((keep[::-1], cutout.alpha[-2:]), (keep.T, cutout.alpha[:, :2]), (keep.T[::-1], cutout.alpha[:, -2:])):
            if bool((edge > 128).any()):
                border *= ramp[:, None]
    return keep


def _on_rays(sheet: Sheet, rays: Rays | None) -> Sheet:
    """The sheet with its relief on the rays of its photo, where those are known."""
    return sheet if rays is None or sheet.nodes is None else replace(sheet, nodes=rays.nodes(sheet, sheet.nodes[..., 2]))


def _rig_of(cutout: Cutout, actor: Actor | None) -> Rig | None:
    """The rig of an actor's face; None where there is none, or it is too small in this film to be moved."""
    if actor is None or actor.face >= len(cutout.faces):
        return None
    try:
        return build_rig(cutout.rgb, cutout.faces[actor.face])
    except FaceNotUsable:
        return None


def _trunk_of(cutout: Cutout, face: Face, pixels: F32, width: int) -> Trunk:
    """The trunk of a cut-out person, from a picture so many pixels wide."""
    sides = (cutout.box[0] <= 0, cutout.alpha[:, :2]), (cutout.box[2] >= width, cutout.alpha[:, -2:])
    cut = tuple(at_border and bool((edge > 128).any()) for at_border, edge in sides)
    return build_trunk(pixels.reshape(-1, 2), cutout.alpha, face.landmarks[CHIN, :2], head_frame(face.landmarks).height, (cut[0], cut[1]))


def _shadow(alpha: U8, corners: F64, floor: float) -> Sheet:
    """A soft contact shadow on the floor: the foot of the outline, laid down and blurred."""
    wide = float(corners[1, 0] - corners[0, 0])
    small = cv2.resize(alpha, (256, 256), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    foot, body = small[-14:].max(axis=0), small.mean(axis=0)
    down = np.linspace(-1, 1, 160)[:, None]
    near = cv2.GaussianBlur(np.exp(-((down / 0.07) ** 2)) * np.pad(foot, 128)[None], (0, 0), 3)
    round_it = cv2.GaussianBlur(np.exp(-((down / 0.42) ** 2)) * np.pad(np.maximum(body, foot * 0.5), 128)[None], (0, 0), 22)
    mask = (np.clip(0.75 * near + 0.6 * round_it, 0, 1) * 165).astype(np.uint8)
    x0, x1 = float(corners[0, 0]) - wide / 2, float(corners[1, 0]) + wide / 2
    z, deep = float(corners[2, 2]), wide * 0.42
    place = np.array([[x0, floor, z - deep], [x1, floor, z - deep], [x1, floor, z + deep], [x0, floor, z + deep]], np.float64)
    return Sheet(texture=np.zeros((*mask.shape, 3), np.uint8), alpha=mask, corners=place)


def _studio(shot: Shot, cameras: list[CameraPose], score: Score) -> list[Layer]:
    """A lit sweep at the setting's far distance, large enough for all that the shot sees; before it the table, where there is one."""
    setting = shot.setting
    if setting.elevation >= STEEP:
        return [Still.of(table(shot, cameras, score.width, score.height, score.seed))]
    if setting.place:
        soft = unsharpness(setting, score.width, score.height)
        backdrop = Backdrop.of(_built(setting, score), cameras, score.width, score.height, soft, lift=EYE)
        return [backdrop, Still.of(table(shot, cameras, score.width, score.height, score.seed))]
    if setting.surface:
        return [_sweep(shot, cameras, score), Still.of(table(shot, cameras, score.width, score.height, score.seed))]
    return [_sweep(shot, cameras, score)]


def _sweep(shot: Shot, cameras: list[CameraPose], score: Score) -> Layer:
    """The sweep alone."""
    far = shot.setting.far
    taken = Pinhole(width=1, height=1, focal=1.0, cx=0.0, cy=0.0)
    edge = np.array([[x, y] for x in (0, score.width) for y in (0, score.height)], np.float64)
    found: list[F64] = []
    for camera in cameras:
        rays = camera.rays(edge, score.width, score.height)
        reach = (-far - camera.position[2]) / np.minimum(rays[:, 2], -1e-3)
        found.append(camera.position + rays * reach[:, None])
    every = np.concatenate(found)
    x0, y0, x1, y1 = every[:, 0].min() - 0.05, every[:, 1].min() - 0.05, every[:, 0].max() + 0.05, every[:, 1].max() + 0.05
    scale = enlargement(cameras, taken, far, score.width, score.height) / far
    size = (min(3200, max(64, round((x1 - x0) * scale))), min(3200, max(64, round((y1 - y0) * scale))))
    texture = studio_backdrop(shot.setting.colours, shot.setting.mood, *size)
    corners = np.array([[x0, y1, -far], [x1, y1, -far], [x1, y0, -far], [x0, y0, -far]], np.float64)
    return Still.of(Sheet(texture=texture, alpha=None, corners=corners))


def _built(setting: Setting, score: Score) -> Place:
    """The place of a setting, ready to be drawn."""
    return build_place(setting.place, setting.hour, setting.weather, setting.mood, setting.colours, score.seed, max(score.width, score.height))


def _place(shot: Shot, score: Score, cameras: list[CameraPose]) -> list[Layer]:
    """A drawn place: its layers far to near, then what falls before the camera."""
    place = _built(shot.setting, score)
    return [*place.layers(cameras, score.width, score.height), *place.falling]
