"""What falls or floats between the camera and the place: rain, snow, motes of dust. And banks of fog.

Three sheets of drops at three depths, each a pattern that repeats; a frame shows each sheet moved by the fall, the wind and the camera.
So a frame costs three additions of bytes, and depends on nothing but its tick.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines.stage.sheet import Drawn
from phonofilm.engines.stage.world.air import Air, air_of
from phonofilm.engines.stage.world.colour import Rgb, mix
from phonofilm.engines.stage.world.noise import fbm, source, step
from phonofilm.engines.stage.world.pane import Pane, layered
from phonofilm.engines.stage.world.place import Ply
from phonofilm.score.camera import CameraPose

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Fall:
    """``speed`` m/s downwards, ``count`` drops a sheet, ``size`` m across, ``sway`` m from side to side, ``shutter`` s that a drop is drawn over,
    ``strength`` 0…1 of its light, ``depths`` of the three sheets in metres."""

    speed: float
    count: int
    size: float
    sway: float
    shutter: float
    strength: float
    depths: tuple[float, float, float] = (2.4, 4.8, 9.5)


FALLS = {
    "rain": Fall(speed=8.5, count=150, size=0.0026, sway=0.0, shutter=1 / 40, strength=0.34),
    "snow": Fall(speed=1.1, count=190, size=0.013, sway=0.16, shutter=0.0, strength=0.85),
    "dust": Fall(speed=-0.05, count=60, size=0.005, sway=0.10, shutter=0.0, strength=0.42, depths=(2.0, 3.4, 6.0)),
}  # fmt: skip


class Falling:
    """Sheets of one kind of fall for films of one size; nothing is drawn before the first frame that needs it."""

    def __init__(self, kind: str, air: Air, seed: int, tone: Rgb | None = None, sheets: tuple[int, ...] = (0, 1, 2)) -> None:
        """``sheets``: which of the three are drawn, the nearest first."""
        self._drawn = sheets
        self._fall, self._air, self._seed = FALLS[kind], air, seed
        self._wind = (0.25 + 1.6 * max(0.0, air.wind - 0.3)) * (1.0 if seed % 2 else -1.0)
        self._tone = tone or mix(mix(air.cloud_light, air.haze, 0.4), (1.0, 1.0, 1.0), 0.35 if kind == "rain" else 0.75 * (1 - 0.5 * air.dark))
        self._sheets: dict[tuple[int, int, int], tuple[tuple[U8, int, int], ...]] = {}
        self._clear: U8 | None = None

    def draw(self, camera: CameraPose, tick: int, width: int, height: int) -> Drawn | None:
        """The fall at a tick, as light to be added."""
        focal = camera.focal_pixels(width, height)
        # the pattern is drawn for one lens; a zoom only moves it
        sheets = self._made(width, height, 100 * round(0.97 * max(width, height) / 100))
        forward = -camera.rotation[2]
        yaw, pitch = math.atan2(float(forward[0]), -float(forward[2])), math.asin(max(-1.0, min(1.0, float(forward[1]))))
        seconds = tick / TICKS_PER_SECOND
        total: U8 | None = None
        for k in self._drawn:
            sheet, period_x, period_y = sheets[k]
            depth = self._fall.depths[k]
            metre = 0.97 * max(width, height) / depth
            sway = self._fall.sway * math.sin(2 * math.pi * seconds / (3.1 + 0.8 * k) + 2.0 * k)
            across = (self._wind * seconds * (0.25 if self._fall.speed < 2 else 1.0) + sway - float(camera.position[0])) * metre - yaw * focal
            down = (self._fall.speed * seconds + float(camera.position[1])) * metre + pitch * focal
            x0, y0 = int(-across) % period_x, int(-down) % period_y
            part = sheet[y0 : y0 + height, x0 : x0 + width]
            total = part if total is None else cv2.add(total, part)  # pyright: ignore[reportAssignmentType]
        if self._clear is None or self._clear.shape != (height, width):
            self._clear = np.zeros((height, width), np.uint8)
        assert total is not None
        return Drawn(x0=0, y0=0, rgb=np.ascontiguousarray(total), alpha=self._clear)

    def _made(self, width: int, height: int, focal: int) -> tuple[tuple[U8, int, int], ...]:
        key = (width, height, focal)
        if key not in self._sheets:
            self._sheets[key] = tuple(self._sheet(k, width, height, focal) for k in range(3))
        return self._sheets[key]

    def _sheet(self, k: int, width: int, height: int, focal: int) -> tuple[U8, int, int]:
        """One repeating pattern, large enough that any offset of it covers the film: u8[h w 3], and its periods in pixels."""
        fall, depth = self._fall, self._fall.depths[k]
        metre = focal / depth
        px, py = round(max(width, height) * (0.31 + 0.03 * k)), round(max(width, height) * (0.37 - 0.04 * k))
        numbers = source(self._seed, "fall", k)
        tile = np.zeros((py, px, 4), np.uint8)
        canvas = skia.Canvas(tile, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)
        count = round(fall.count * (0.35 + 0.35 * k))
        strength = fall.strength * (0.62, 0.85, 0.7)[k]
        for x, y, s, a in numbers.uniform(0, 1, (count, 4)):
            paint = skia.Paint(AntiAlias=True)
            paint.setColor4f(skia.Color4f(1, 1, 1, float(strength * (0.35 + 0.65 * a))))
            if fall.shutter:
                dy, dx = fall.speed * fall.shutter * metre, self._wind * fall.shutter * metre
                paint.setStrokeWidth(max(0.8, fall.size * metre * (0.7 + 0.6 * float(s))))
                paint.setStrokeCap(skia.Paint.kRound_Cap)
                paint.setStyle(skia.Paint.kStroke_Style)
            else:
                dy = dx = 0.0
                soft = fall.size * metre * (0.2, 0.10, 0.06)[k]
                paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(0.5, soft)))
            for ox in (-px, 0, px):  # what leaves the tile on one side comes in on the other
                for oy in (-py, 0, py):
                    cx, cy = float(x) * px + ox, float(y) * py + oy
                    if fall.shutter:
                        if -abs(dx) - 9 < cx < px + abs(dx) + 9 and -dy - 9 < cy < py + dy + 9:
                            canvas.drawLine(cx, cy, cx + dx, cy + dy, paint)
                    else:
                        r = max(0.7, 0.5 * fall.size * metre * (0.45 + 0.9 * float(s) ** 2))
                        if -4 * r < cx < px + 4 * r and -4 * r < cy < py + 4 * r:
                            canvas.drawCircle(cx, cy, r, paint)
        grey = tile[..., 3].astype(np.float32)
        coloured = (grey[..., None] * np.array(self._tone, np.float32)).astype(np.uint8)
        rows, columns = -(-height // py) + 1, -(-width // px) + 1
        return np.tile(coloured, (rows, columns, 1)), px, py


def around(distance: float, hour: str, weather: str, seed: int) -> tuple[tuple[Falling, ...], tuple[Falling, ...]]:
    """What falls behind and before somebody who stands ``distance`` metres away, in an hour and a weather; nothing where nothing falls in that."""
    air = air_of(hour, weather)
    if air.fall not in FALLS:
        return (), ()
    behind = tuple(k for k, depth in enumerate(FALLS[air.fall].depths) if depth > distance)
    before = tuple(k for k in range(len(FALLS[air.fall].depths)) if k not in behind)
    parts = ((Falling(air.fall, air, seed, sheets=own),) if own else () for own in (behind, before))
    return next(parts), next(parts)


def fog_banks(air: Air, seed: int) -> tuple[Ply, ...]:
    """Drifting banks of fog, for the end of a place's plies."""
    return tuple(
        Ply(name=f"fog {round(d)}", kind="card", distance=d, detail=0.2, drift=v, top=0.7, paint=lambda p, d=d: _bank(air, seed + round(d), p, d))
        for d, v in ((24.0, 0.35), (9.0, -0.18))
    )


def _bank(air: Air, seed: int, pane: Pane, distance: float) -> U8:
    x, y = pane.xs() * distance, pane.ys() * distance
    body = fbm(seed, x / np.float32(0.45 * distance), y / np.float32(0.14 * distance), 4, 0.5)
    low = np.exp(-np.maximum(pane.ys() + 0.02, 0) / 0.16) * step(-0.9, -0.12, pane.ys())
    amount = np.clip((body - 0.34) * 1.5, 0, 1) * low * (0.55 if distance > 15 else 0.32)
    colour = np.ones((*amount.shape, 3), np.float32) * np.array(air.haze, np.float32)
    return layered(colour, amount.astype(np.float32), seed)
