"""The camera: a pinhole on a path, and the families of moves as data.

Axes: x right, y up, z towards the viewer. An identity orientation looks along -z. A focal length is in mm on a frame whose
width is 36 mm for landscape films and whose height is 36 mm for upright ones, so that a lens frames alike either way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phonofilm.score.model import CameraPath, Key, Leg, Quaternion, Vector

F64 = NDArray[np.float64]
SENSOR = 36.0


@dataclass(frozen=True, kw_only=True, eq=False)
class CameraPose:
    """The camera at one instant. ``rotation``: f64[3 3], world to camera; ``position``: f64[3] metres; ``focal``: mm."""

    position: F64
    rotation: F64
    focal: float

    def focal_pixels(self, width: int, height: int) -> float:
        """Focal length in pixels of a film of that size."""
        return self.focal / SENSOR * max(width, height)

    def project(self, points: F64, width: int, height: int) -> F64:
        """World points f64[... 3] to pixels f64[... 2] (y down, origin at the top left corner of the frame)."""
        seen = (points - self.position) @ self.rotation.T
        depth = np.maximum(-seen[..., 2], 1e-6)
        scale = self.focal_pixels(width, height) / depth
        return np.stack([width / 2 + seen[..., 0] * scale, height / 2 - seen[..., 1] * scale], axis=-1)

    def rays(self, pixels: F64, width: int, height: int) -> F64:
        """Directions f64[... 3] in the world through pixels f64[... 2], with unit depth along the view axis."""
        focal = self.focal_pixels(width, height)
        x = (pixels[..., 0] - width / 2) / focal
        y = (height / 2 - pixels[..., 1]) / focal
        return np.stack([x, y, -np.ones_like(x)], axis=-1) @ self.rotation


def quaternion(*, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Quaternion:
    """Orientation of a camera turned right by ``yaw``, up by ``pitch``, then rolled clockwise by ``roll`` (degrees)."""
    h = [math.radians(a) / 2 for a in (-yaw, pitch, -roll)]
    qy: Quaternion = (math.cos(h[0]), 0.0, math.sin(h[0]), 0.0)
    qx: Quaternion = (math.cos(h[1]), math.sin(h[1]), 0.0, 0.0)
    qz: Quaternion = (math.cos(h[2]), 0.0, 0.0, math.sin(h[2]))
    return _multiply(_multiply(qy, qx), qz)


def _multiply(a: Quaternion, b: Quaternion) -> Quaternion:
    aw, ax, ay, az = a
    bw, bx, by, bz = b
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def _matrix(q: Quaternion) -> F64:
    """World-to-camera rotation of an orientation."""
    w, x, y, z = np.asarray(q, np.float64) / math.sqrt(sum(v * v for v in q))
    to_world = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    return to_world.T


def _eased(share: float, easing: str) -> float:
    if easing == "smooth":  # constant speed with soft ends over the first and last fifth
        soft = 0.2
        full = 1.0 - soft
        if share < soft:
            return share * share / (2 * soft) / full
        if share > 1 - soft:
            return 1.0 - (1 - share) ** 2 / (2 * soft) / full
        return (share - soft / 2) / full
    if easing == "settle":
        return 1.0 - (1.0 - share) ** 3
    return share


def camera_at(path: CameraPath, tick: int) -> CameraPose:
    """The camera of a path at a tick; before the first key and after the last it stands still."""
    position, orientation, focal = _pose(path, tick)
    if path.handheld:
        yaw, pitch, roll = sway(tick, path.handheld)
        orientation = _multiply(orientation, quaternion(yaw=yaw, pitch=pitch, roll=roll))
    return CameraPose(position=np.asarray(position, np.float64), rotation=_matrix(orientation), focal=float(focal))


def _pose(path: CameraPath, tick: int) -> tuple[Vector, Quaternion, float]:
    """Position, orientation and focal length of a path at a tick, without a hand's unrest."""
    keys = path.keys
    if len(keys) == 1 or tick <= keys[0].tick:
        return keys[0].position, keys[0].orientation, keys[0].focal
    if tick >= keys[-1].tick:
        return keys[-1].position, keys[-1].orientation, keys[-1].focal
    first, last = keys[0].tick, keys[-1].tick
    at = first + _eased((tick - first) / (last - first), path.easing) * (last - first)
    k = max(i for i in range(len(keys) - 1) if keys[i].tick <= at)
    a, b = keys[k], keys[k + 1]
    share = (at - a.tick) / (b.tick - a.tick)
    (ax, ay, az), (bx, by, bz) = a.position, b.position
    focal = a.focal * (b.focal / a.focal) ** share if path.family != "dolly_zoom" else a.focal + (b.focal - a.focal) * share
    return (ax + (bx - ax) * share, ay + (by - ay) * share, az + (bz - az) * share), _slerp(a.orientation, b.orientation, share), focal


def sway(tick: int, strength: float) -> tuple[float, float, float]:
    """A held camera's unrest in degrees: a few incommensurate slow waves (0.3 to 2.3 Hz)."""
    t = tick / 48_000
    yaw = 0.55 * math.sin(2.1 * t + 0.4) + 0.28 * math.sin(5.3 * t + 1.9) + 0.08 * math.sin(13.7 * t + 0.7)
    pitch = 0.45 * math.sin(1.7 * t + 2.2) + 0.25 * math.sin(6.1 * t + 0.3) + 0.07 * math.sin(14.3 * t + 2.8)
    roll = 0.25 * math.sin(1.3 * t + 1.1) + 0.1 * math.sin(4.3 * t + 0.2)
    return strength * yaw, strength * pitch, strength * roll


def _slerp(a: Quaternion, b: Quaternion, share: float) -> Quaternion:
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    if dot < 0:
        b, dot = (-b[0], -b[1], -b[2], -b[3]), -dot
    if dot > 0.9999995:
        w, x, y, z = (p + (q - p) * share for p, q in zip(a, b, strict=True))
        return (w, x, y, z)
    angle = math.acos(dot)
    s, t = math.sin((1 - share) * angle) / math.sin(angle), math.sin(share * angle) / math.sin(angle)
    w, x, y, z = (p * s + q * t for p, q in zip(a, b, strict=True))
    return (w, x, y, z)


@dataclass(frozen=True, kw_only=True)
class Family:
    """A family of moves. ``amount`` is the default amplitude in ``unit``: share of the subject's distance, degrees, or focal ratio."""

    amount: float
    unit: str
    about: str


FAMILIES: dict[str, Family] = {
    "static": Family(amount=0.0, unit="share", about="the camera stands still"),
    "push_in": Family(amount=0.30, unit="share", about="dolly towards the subject"),
    "pull_out": Family(amount=0.30, unit="share", about="dolly away from the subject"),
    "tracking": Family(amount=0.22, unit="share", about="travel sideways with the subject"),
    "truck_left": Family(amount=0.16, unit="share", about="travel to the left"),
    "truck_right": Family(amount=0.16, unit="share", about="travel to the right"),
    "pedestal_up": Family(amount=0.12, unit="share", about="rise without tilting"),
    "pedestal_down": Family(amount=0.12, unit="share", about="sink without tilting"),
    "pan_left": Family(amount=12.0, unit="degrees", about="turn to the left"),
    "pan_right": Family(amount=12.0, unit="degrees", about="turn to the right"),
    "tilt_up": Family(amount=7.0, unit="degrees", about="turn upwards"),
    "tilt_down": Family(amount=7.0, unit="degrees", about="turn downwards"),
    "crane_up": Family(amount=0.22, unit="share", about="rise while keeping the subject in view"),
    "crane_down": Family(amount=0.22, unit="share", about="sink while keeping the subject in view"),
    "dolly_zoom": Family(amount=0.38, unit="share", about="dolly away as the lens lengthens: the subject keeps its size"),
    "orbit_left": Family(amount=16.0, unit="degrees", about="circle the subject towards the left"),
    "orbit_right": Family(amount=16.0, unit="degrees", about="circle the subject towards the right"),
    "roll_left": Family(amount=6.0, unit="degrees", about="roll anticlockwise"),
    "roll_right": Family(amount=6.0, unit="degrees", about="roll clockwise"),
    "zoom_in": Family(amount=1.35, unit="ratio", about="the lens lengthens"),
    "zoom_out": Family(amount=1.35, unit="ratio", about="the lens widens"),
    "handheld": Family(amount=1.0, unit="strength", about="a held camera's unrest"),
}


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where a move begins from: the camera's place and lens for the framing wanted, and the point it is about.

    ``settle``: where that point ends in the frame of a push in, as tangents from its middle (right, up); None: where it began.
    """

    position: Vector
    focal: float
    subject: Vector
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    settle: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One move of several: a family and its amount in the family's unit (None: its default).

    ``pace``: how much of it is done at evenly spaced instants, 0…1; empty: as moves usually begin and end. ``lens``: the one (mm) that the amount
    is meant for; by another lens it is changed so that as much is seen of it. 0: for any.
    """

    family: str
    amount: float | None = None
    pace: tuple[float, ...] = ()
    lens: float = 0.0

    @property
    def size(self) -> float:
        """The amount, or the family's own."""
        return FAMILIES[self.family].amount if self.amount is None else self.amount

    def part(self, share: float) -> Step:
        """The same move, shortened to a share of its amount."""
        least = 1.0 if FAMILIES[self.family].unit == "ratio" else 0.0
        return replace(self, amount=least + (self.size - least) * share)


#: the most of the way to the subject that a move goes
MOST_SHARE = 0.62
#: families whose exact path is a straight line between two keys
STRAIGHT = frozenset({"static", "handheld", "pan_left", "pan_right", "tilt_up", "tilt_down", "roll_left", "roll_right"})


def build_path(
    family: str, stand: Stand, start: int, end: int, *, amount: float | None = None, handheld: float = 0.0, carry: float = 0.0,
    opening: bool = False, pace: Sequence[float] = (), lens: float = 0.0,
) -> CameraPath:  # fmt: skip
    """The exact path of one move over [start, end), the framing of ``stand`` in the middle of moves that go sideways and at the
    wide end of those that go in or out. With ``opening`` every move begins at the stand.

    ``amount`` is in the family's unit; None is its default. ``pace`` and ``lens`` are those of ``Step``.
    """
    size = Step(family=family, amount=amount).size * (lens / stand.focal if lens else 1.0)
    num_keys = 49 if pace else 2 if family in STRAIGHT else 33
    base = Key(tick=start, position=stand.position, orientation=_facing(stand), focal=stand.focal)
    path = CameraPath(keys=(base,), family=family, asked=size, delivered=size, subject=stand.subject, handheld=handheld, carry=carry)
    if family in ("static", "handheld"):
        return replace(path, handheld=max(handheld, size if family == "handheld" else 0.0))
    shares = [k / (num_keys - 1) for k in range(num_keys)]
    done = np.interp(shares, np.linspace(0.0, 1.0, len(pace)), pace).tolist() if pace else shares
    keys = tuple(
        replace(_key(family, stand, base, gone, size, opening), tick=start + round((end - start) * k / (num_keys - 1))) for k, gone in enumerate(done)
    )
    return replace(path, keys=keys, easing="linear" if pace else path.easing)


def build_moves(steps: Sequence[Step], stand: Stand, start: int, end: int, *, handheld: float = 0.0, carry: float = 0.0) -> CameraPath:
    """The path of one move or of several in a row, each beginning where the one before ends, for an equal part of [start, end)."""
    if len(steps) == 1:
        step = steps[0]
        return build_path(
            step.family, stand, start, end, amount=step.amount, handheld=handheld, carry=carry, pace=step.pace, lens=step.lens
        )  # fmt: skip
    edges = [start + (end - start) * k // len(steps) for k in range(len(steps) + 1)]
    paths: list[CameraPath] = []
    for k, step in enumerate(steps):
        path = build_path(
            step.family, stand, edges[k], edges[k + 1], amount=step.amount, handheld=handheld, carry=carry, opening=k > 0, pace=step.pace
        )
        paths.append(path)
        stand = _after(stand, step, path.keys[-1])
    return chain(paths, end)


def chain(paths: Sequence[CameraPath], until: int) -> CameraPath:
    """Several moves as one path up to tick ``until``: each comes to rest before the next begins. Every path must begin where the one before ends."""
    keys: list[Key] = []
    legs: list[Leg] = []
    for path, following in zip(paths, [*paths[1:], None], strict=True):
        first, last = path.keys[0], path.keys[-1]
        end = last.tick if len(path.keys) > 1 else following.keys[0].tick if following else until
        if keys:
            assert math.dist(keys[-1].position, first.position) < 1e-6 * (1 + math.dist(first.position, path.subject)), "the moves do not join"
        own = replace(path, handheld=0.0)
        num = 65 if len(path.keys) > 1 else 2
        ticks = [first.tick + (end - first.tick) * k // (num - 1) for k in range(num)] if end > first.tick else [first.tick]
        keys += [_key_at(own, tick) for tick in ticks if not keys or tick > keys[-1].tick]
        legs.append(Leg(start=first.tick, end=end, family=path.family, asked=path.asked, delivered=path.delivered))
    return replace(paths[0], keys=tuple(keys), easing="linear", legs=tuple(legs))


def carried(path: CameraPath, camera: CameraPose) -> CameraPose:
    """The camera as the actors of a shot meet it, who share ``carry`` of its way along x (counted from the middle of the path)."""
    if not path.carry:
        return camera
    middle = (path.keys[0].position[0] + path.keys[-1].position[0]) / 2
    way = path.carry * (float(camera.position[0]) - middle)
    return replace(camera, position=camera.position - np.array([way, 0.0, 0.0]))


def _key_at(path: CameraPath, tick: int) -> Key:
    position, orientation, focal = _pose(path, tick)
    return Key(tick=tick, position=position, orientation=orientation, focal=focal)


def _facing(stand: Stand) -> Quaternion:
    return quaternion(yaw=stand.yaw, pitch=stand.pitch, roll=stand.roll)


def _after(stand: Stand, step: Step, last: Key) -> Stand:
    """The stand from which the next move begins: the last key's place and lens, turned as the move has turned it."""
    w, x, y, z = last.orientation
    yaw = -math.degrees(math.atan2(2 * (w * y + x * z), 1 - 2 * (x * x + y * y)))
    pitch = math.degrees(math.asin(max(-1.0, min(1.0, 2 * (w * x - y * z)))))
    roll = -math.degrees(math.atan2(2 * (w * z + x * y), 1 - 2 * (x * x + z * z)))
    return replace(stand, position=last.position, focal=last.focal, yaw=yaw, pitch=pitch, roll=roll, settle=None)


def _key(family: str, stand: Stand, base: Key, share: float, size: float, opening: bool) -> Key:
    """The key at ``share`` of a move; ``way`` runs from -1/2 to 1/2, or from 0 to 1 where the move begins at the stand."""
    way = share if opening else share - 0.5
    px, py, pz = stand.position
    sx, sy, sz = stand.subject
    distance = math.dist(stand.position, stand.subject)
    if family in ("push_in", "pull_out"):
        part = share if family == "push_in" else 1 - share
        left = 1 + share * size / (1 - size) if opening and family == "pull_out" else 1 - size * part
        if stand.settle is None:
            return replace(base, position=(sx + (px - sx) * left, sy + (py - sy) * left, sz + (pz - sz) * left))
        away = (pz - sz) * left
        began = ((sx - px) / (pz - sz), (sy - py) / (pz - sz))
        x, y = (b + (e - b) * part for b, e in zip(began, stand.settle, strict=True))
        return replace(base, position=(sx - x * away, sy - y * away, sz + away))
    if family in ("truck_left", "truck_right", "tracking"):
        gone, yaw = way * size * distance * (-1 if family == "truck_left" else 1), math.radians(stand.yaw)
        return replace(base, position=(px + gone * math.cos(yaw), py, pz + gone * math.sin(yaw)))
    if family in ("pedestal_up", "pedestal_down"):
        sign = 1 if family == "pedestal_up" else -1
        return replace(base, position=(px, py + sign * way * size * distance, pz))
    if family in ("pan_left", "pan_right"):
        turn = way * size * (-1 if family == "pan_left" else 1)
        return replace(base, orientation=_facing(replace(stand, yaw=stand.yaw + turn)))
    if family in ("tilt_up", "tilt_down"):
        turn = way * size * (1 if family == "tilt_up" else -1)
        return replace(base, orientation=_facing(replace(stand, pitch=stand.pitch + turn)))
    if family in ("roll_left", "roll_right"):
        turn = way * size * (-1 if family == "roll_left" else 1)
        return replace(base, orientation=_facing(replace(stand, roll=stand.roll + turn)))
    if family in ("zoom_in", "zoom_out"):
        gone = share if family == "zoom_in" else -share if opening else 1 - share
        return replace(base, focal=stand.focal * size**gone)
    if family == "dolly_zoom":
        # straight back along its own axis: only so do place and size of the subject both cancel
        far = 1 + share * size / (1 - size)
        yaw, pitch = math.radians(stand.yaw), math.radians(stand.pitch)
        ax, ay, az = math.sin(yaw) * math.cos(pitch), math.sin(pitch), -math.cos(yaw) * math.cos(pitch)
        back = ((sx - px) * ax + (sy - py) * ay + (sz - pz) * az) * (far - 1)
        return replace(base, position=(px - ax * back, py - ay * back, pz - az * back), focal=stand.focal * far)
    if family in ("orbit_left", "orbit_right"):
        angle = math.radians(size * way) * (-1 if family == "orbit_left" else 1)
        dx, dz = px - sx, pz - sz
        x, z = sx + dx * math.cos(angle) + dz * math.sin(angle), sz - dx * math.sin(angle) + dz * math.cos(angle)
        return replace(base, position=(x, py, z), orientation=_facing(replace(stand, yaw=stand.yaw - math.degrees(angle))))
    if family in ("crane_up", "crane_down"):
        rise = way * size * distance * (1 if family == "crane_up" else -1)
        level = math.hypot(px - sx, pz - sz)
        swing = math.degrees(math.atan2(sy - py - rise, level) - math.atan2(sy - py, level))
        return replace(base, position=(px, py + rise, pz), orientation=_facing(replace(stand, pitch=stand.pitch + swing * 0.85)))
    raise AssertionError(family)
