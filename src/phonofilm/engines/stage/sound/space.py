"""Where a sound is: its pan and distance before the camera, and the room around it. Metres, the camera looks along its -z."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sound.dsp import RATE, Random, add, band, db, random_of
from phonofilm.media.filters import convolved
from phonofilm.score.model import CameraPath, Key, Quaternion, Score, Setting, Shot, Vector

Wave = NDArray[np.floating[Any]]


class View(Protocol):
    """Where the camera stands and how it is turned (w x y z)."""

    @property
    def position(self) -> Vector: ...
    @property
    def orientation(self) -> Quaternion: ...


CameraAt = Callable[[int], View]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """``pan`` -1 left … 1 right; ``gain`` in dB by distance; ``dull`` the Hz above which the air has taken the sound."""

    pan: float
    gain: float
    dull: float


HERE = Heard(pan=0.0, gain=0.0, dull=RATE / 2)
_NEARER, _FARTHER = 6.0, -18.0  # dB that distance may add and take


def shot_at(score: Score, tick: int) -> Shot | None:
    """The shot that is seen at a tick; the last one after the end."""
    for shot in score.shots:
        if shot.start <= tick < shot.end:
            return shot
    return score.shots[-1] if score.shots else None


def heard_from(place: Vector, tick: int, score: Score, camera_at: CameraAt | None) -> Heard:
    """How a sound at ``place`` is heard at ``tick``. The shot's subject is the distance that keeps its level."""
    shot = shot_at(score, tick)
    if shot is None or not shot.camera.keys:
        return HERE
    view = camera_at(tick) if camera_at is not None else _key_at(shot.camera, tick)
    away = np.subtract(place, view.position)
    reach = float(np.linalg.norm(away))
    if reach < 1e-6:
        return HERE
    right, forward = (float(away @ axis) for axis in _axes(view.orientation))
    usual = max(0.5, float(np.linalg.norm(np.subtract(shot.camera.subject, view.position))))
    side = float(np.clip(np.arctan2(right, max(abs(forward), 1e-6)) / np.radians(50.0), -1.0, 1.0))
    gain = float(np.clip(-20.0 * np.log10(max(reach, 0.3) / usual), _FARTHER, _NEARER))
    return Heard(pan=0.85 * side, gain=gain, dull=float(np.clip(160_000.0 / max(reach, 1.0), 1500.0, RATE / 2)))


def _key_at(path: CameraPath, tick: int) -> Key:
    return min(path.keys, key=lambda key: abs(key.tick - tick))


def _axes(q: Quaternion) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The camera's right and its direction of view in the world."""
    w, x, y, z = q
    right = np.array([1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)])
    back = np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])
    return right, -back


def panned(x: Wave, pan: float) -> Wave:
    """Constant-power pan of mono s, or balance of stereo s 2; -1 left … 1 right. A centred mono sound keeps its level in each channel."""
    angle = (pan + 1) * np.pi / 4
    sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(np.sqrt(2))
    if x.ndim == 1:
        return x[:, None] * sides[None]
    return x * np.minimum(sides, 1.0)[None]


def placed(x: Wave, heard: Heard) -> Wave:
    """A sound s or s 2 as it is heard from its place, s 2."""
    y = panned(x, heard.pan) * np.float32(db(heard.gain))
    return band(y, high=heard.dull, order=1) if heard.dull < 16_000 else y


@dataclass(frozen=True, kw_only=True)
class Room:
    """``seconds`` of reverberation (T60), ``near`` the first reflection in ms, ``bright`` its top in Hz.

    ``voice``, ``recording`` and ``effect``: what the room adds to made speech, recorded speech and effects, in dB beside the dry sound.
    """

    seconds: float
    near: float
    bright: float
    voice: float
    recording: float
    effect: float


ROOMS: dict[str, Room] = {
    "outdoors": Room(seconds=0.25, near=22.0, bright=3500.0, voice=-27.0, recording=-34.0, effect=-22.0),
    "studio": Room(seconds=0.22, near=4.0, bright=7000.0, voice=-24.0, recording=-34.0, effect=-22.0),
    "room": Room(seconds=0.42, near=6.0, bright=6000.0, voice=-19.0, recording=-28.0, effect=-17.0),
    "hall": Room(seconds=1.6, near=18.0, bright=5000.0, voice=-18.0, recording=-24.0, effect=-15.0),
}
_OUTDOORS = frozenset(
    (
        "beach sea ocean coast street city road park garden forest wood woods mountain mountains field meadow desert river lake snow sky rooftop "
        "harbour bridge night_city"
    ).split()
)
_HALLS = frozenset("hall church cathedral stage theatre museum station gallery warehouse cave".split())


def room_of(setting: Setting) -> Room:
    """The room that a shot's setting sounds like."""
    words = set(setting.place.lower().replace("-", "_").replace("_", " ").split()) | {setting.place.lower()}
    if words & _HALLS:
        return ROOMS["hall"]
    if words & _OUTDOORS or setting.weather not in ("", "clear"):
        return ROOMS["outdoors"]
    return ROOMS["studio"] if setting.kind == "studio" else ROOMS["outdoors"] if setting.kind == "place" else ROOMS["room"]


@cache
def reflections(room: Room) -> Wave:
    """The room's answer to a click without the click itself, s 2, of energy 1: a few early reflections, then a dying tail."""
    random = random_of("room", room)
    count = round((room.seconds + 0.05) * RATE)
    out = np.zeros((count, 2), np.float32)
    first = room.near / 1000.0
    for k in range(10):
        at = first * (1 + 0.55 * k + 0.3 * random.random())
        for c in range(2):
            n = round((at + 0.0011 * random.random()) * RATE)
            if n < count:
                out[n, c] += (0.75**k) * (1 if random.random() > 0.4 else -1)
    t = np.arange(count) / RATE
    tail = random.standard_normal((count, 2), np.float32) * np.exp(-6.9 * t / room.seconds).astype(np.float32)[:, None]
    tail *= np.clip((t - first * 1.5) / 0.02, 0, 1).astype(np.float32)[:, None]
    out += tail * np.float32(0.09)
    out = band(out, 180.0, room.bright, order=1)
    return np.asarray(out / np.sqrt(np.square(out).sum() / 2), np.float32)


def in_room(dry: Wave, room: Room, wet: float) -> Wave:
    """What the room adds to a dry sound s 2, longer by its tail; ``wet`` in dB."""
    answer = reflections(room)
    mono = dry.mean(axis=1)
    return np.stack([np.asarray(convolved(mono, answer[:, c]), np.float32) for c in range(2)], axis=1) * np.float32(db(wet))


def add_rooms(bus: Wave, score: Score, wet: Callable[[Room], float]) -> Wave:
    """What the rooms of all shots add to a bus s 2; a tail crosses the cut into the next shot."""
    out = np.zeros_like(bus)
    for shot in score.shots:
        part = bus[shot.start : shot.end]
        if len(part) and np.abs(part).max() > 1e-6:
            room = room_of(shot.setting)
            add(out, in_room(part, room, wet(room)), shot.start)
    return out


def spread(random: Random, count: int) -> Wave:
    """Pans for a crowd of small sounds, more of them in the middle."""
    return np.clip(random.standard_normal(count) * 0.5, -1, 1).astype(np.float32)
