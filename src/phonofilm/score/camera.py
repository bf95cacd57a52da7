"""The camera: a pinhole on a path, and the families of moves as data.

Axes: x right, y up, z towards the viewer. An identity orientation looks along -z. A focal length is in mm on a frame whose
width is 36 mm for landscape films and whose height is 36 mm for upright ones, so that a lens frames alike either way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phonofilm.score.model import CameraPath, Key, Quaternion, Vector

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


def looking_at(position: Vector, target: Vector, *, roll: float = 0.0) -> Quaternion:
    """Orientation of a camera at ``position`` that has ``target`` in the middle of its frame."""
    dx, dy, dz = (t - p for t, p in zip(target, position, strict=True))
    yaw = math.degrees(math.atan2(dx, -dz))
    pitch = math.degrees(math.atan2(dy, math.hypot(dx, dz)))
    return quaternion(yaw=yaw, pitch=pitch, roll=roll)


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
    keys = path.keys
    if len(keys) == 1 or tick <= keys[0].tick:
        position, orientation, focal = keys[0].position, keys[0].orientation, keys[0].focal
    elif tick >= keys[-1].tick:
        position, orientation, focal = keys[-1].position, keys[-1].orientation, keys[-1].focal
    else:
        first, last = keys[0].tick, keys[-1].tick
        at = first + _eased((tick - first) / (last - first), path.easing) * (last - first)
        k = max(i for i in range(len(keys) - 1) if keys[i].tick <= at)
        a, b = keys[k], keys[k + 1]
        share = (at - a.tick) / (b.tick - a.tick)
        position = tuple(p + (q - p) * share for p, q in zip(a.position, b.position, strict=True))
        orientation = _slerp(a.orientation, b.orientation, share)
        focal = a.focal * (b.focal / a.focal) ** share if path.family != "dolly_zoom" else a.focal + (b.focal - a.focal) * share
    if path.handheld:
        sway = _sway(tick, path.handheld)
        orientation = _multiply(orientation, quaternion(yaw=sway[0], pitch=sway[1], roll=sway[2]))
    return CameraPose(position=np.asarray(position, np.float64), rotation=_matrix(orientation), focal=float(focal))


def _sway(tick: int, strength: float) -> tuple[float, float, float]:
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
    settle: tuple[float, float] | None = None


def build_path(family: str, stand: Stand, start: int, end: int, *, amount: float | None = None, handheld: float = 0.0) -> CameraPath:
    """The exact path of one move over [start, end), the framing of ``stand`` in the middle of moves that go sideways and at the
    wide end of those that go in or out.

    ``amount`` is in the family's unit; None is its default.
    """
    size = FAMILIES[family].amount if amount is None else amount
    distance = math.dist(stand.position, stand.subject)
    num_keys = 2 if family in ("static", "pan_left", "pan_right", "tilt_up", "tilt_down", "roll_left", "roll_right") else 33
    base = Key(tick=start, position=stand.position, orientation=quaternion(yaw=stand.yaw, pitch=stand.pitch), focal=stand.focal)
    path = CameraPath(keys=(base,), family=family, asked=size, delivered=size, subject=stand.subject, handheld=handheld)
    if family in ("static", "handheld"):
        return replace(path, handheld=max(handheld, size if family == "handheld" else 0.0))
    keys = tuple(
        replace(_key(family, stand, base, k / (num_keys - 1), size, distance), tick=start + round((end - start) * k / (num_keys - 1)))
        for k in range(num_keys)
    )
    return replace(path, keys=keys)


def _key(family: str, stand: Stand, base: Key, share: float, size: float, distance: float) -> Key:
    """The key at ``share`` of a move; ``centred`` runs from -1/2 to 1/2."""
    centred = share - 0.5
    px, py, pz = stand.position
    sx, sy, sz = stand.subject
    if family in ("push_in", "pull_out"):
        part = share if family == "push_in" else 1 - share
        away = (pz - sz) * (1 - size * part)
        began = ((sx - px) / (pz - sz), (sy - py) / (pz - sz))
        ended = stand.settle or began
        x, y = (b + (e - b) * part for b, e in zip(began, ended, strict=True))
        return replace(base, position=(sx - x * away, sy - y * away, sz + away))
    if family in ("truck_left", "truck_right", "tracking"):
        sign = -1 if family == "truck_left" else 1
        return replace(base, position=(px + sign * centred * size * distance, py, pz))
    if family in ("pedestal_up", "pedestal_down"):
        sign = 1 if family == "pedestal_up" else -1
        return replace(base, position=(px, py + sign * centred * size * distance, pz))
    if family in ("pan_left", "pan_right"):
        sign = -1 if family == "pan_left" else 1
        return replace(base, orientation=quaternion(yaw=stand.yaw + sign * centred * size, pitch=stand.pitch))
    if family in ("tilt_up", "tilt_down"):
        sign = 1 if family == "tilt_up" else -1
        return replace(base, orientation=quaternion(yaw=stand.yaw, pitch=stand.pitch + sign * centred * size))
    if family in ("roll_left", "roll_right"):
        sign = -1 if family == "roll_left" else 1
        return replace(base, orientation=quaternion(yaw=stand.yaw, pitch=stand.pitch, roll=sign * centred * size))
    if family in ("zoom_in", "zoom_out"):
        gone = share if family == "zoom_in" else 1 - share
        return replace(base, focal=stand.focal * size**gone)
    if family == "dolly_zoom":
        far = 1 + share * size / (1 - size)
        return replace(base, position=(sx + (px - sx) * far, sy + (py - sy) * far, sz + (pz - sz) * far), focal=stand.focal * far)
    if family in ("orbit_left", "orbit_right"):
        angle = math.radians(size * centred) * (-1 if family == "orbit_left" else 1)
        dx, dz = px - sx, pz - sz
        x, z = sx + dx * math.cos(angle) + dz * math.sin(angle), sz - dx * math.sin(angle) + dz * math.cos(angle)
        return replace(base, position=(x, py, z), orientation=quaternion(yaw=stand.yaw - math.degrees(angle), pitch=stand.pitch))
    if family in ("crane_up", "crane_down"):
        rise = centred * size * distance * (1 if family == "crane_up" else -1)
        position = (px, py + rise, pz)
        swing = math.degrees(math.atan2(sy - py - rise, pz - sz) - math.atan2(sy - py, pz - sz))
        return replace(base, position=position, orientation=quaternion(yaw=stand.yaw, pitch=stand.pitch + swing * 0.85))
    raise AssertionError(family)
