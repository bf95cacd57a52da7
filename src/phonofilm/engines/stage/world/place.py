"""A place: layers that are drawn for the cameras of a shot, its light and its weather."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sheet import Drawn, Warped
from phonofilm.engines.stage.world.air import Air, Light
from phonofilm.engines.stage.world.pane import EYE, Kind, Pane, PlaceLayer
from phonofilm.score.camera import CameraPose

F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
Painter = Callable[[Pane], U8]


class Seen(Protocol):
    """Something of a place that a camera sees."""

    def draw(self, camera: CameraPose, tick: int, width: int, height: int) -> Drawn | Warped | None: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Ply:
    """A layer to be drawn: its surface, the tangents between which it has anything (``left`` … ``right``, ``bottom`` … ``top``), its painter.

    ``detail``: resolution against the film's own, 1 where edges must be crisp.
    """

    name: str
    kind: Kind
    paint: Painter
    distance: float = 1e4
    left: float = -9.0
    right: float = 9.0
    bottom: float = -3.0
    top: float = 3.0
    detail: float = 1.0
    drift: float = 0.0
    pulse: tuple[float, float, float] = (0.0, 1.0, 0.0)
    glow: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """A drawn place. ``plies`` far to near; ``air`` its sky and haze; ``falling`` what falls before the camera; ``focal`` a lens that suits it."""

    name: str
    air: Air
    plies: tuple[Ply, ...]
    size: int
    falling: tuple[Seen, ...] = ()
    focal: float = 35.0

    @property
    def light(self) -> Light:
        """The light on what stands here."""
        return self.air.light

    def sheets(self, shot: object, cameras: Sequence[CameraPose], width: int = 0, height: int = 0) -> tuple[Seen, ...]:
        """Everything that the cameras of a shot see, far to near, drawn as finely as they need it; what falls comes last."""
        del shot
        return (*self.layers(cameras, width or self.size, height or self.size), *self.falling)

    def layers(self, cameras: Sequence[CameraPose], width: int, height: int) -> tuple[PlaceLayer, ...]:
        """The layers for these cameras on a film of ``width`` x ``height`` pixels."""
        panes = [(ply, pane) for ply in self.plies if (pane := window(ply, cameras, width, height)) is not None]

        def drawn(seen: tuple[Ply, Pane]) -> PlaceLayer:
            ply, pane = seen
            rgba = ply.paint(pane)
            rgba, pane = trimmed(rgba, pane, ply.glow)
            return PlaceLayer(
                name=ply.name, kind=ply.kind, distance=ply.distance, pane=pane, rgba=rgba, drift=ply.drift, pulse=ply.pulse, glow=ply.glow
            )

        with ThreadPoolExecutor(max_workers=2) as workers:  # a layer depends on no other, so the order of work does not matter
            return tuple(workers.map(drawn, panes))


def trimmed(rgba: U8, pane: Pane, glow: bool) -> tuple[U8, Pane]:
    """A drawn layer without its empty edges, and the pane of what is left: what is not there need not be filmed."""
    if rgba.shape[:2] != (pane.height, pane.width):
        return rgba, pane
    seen = rgba[..., :3].max(axis=2) > 1 if glow else rgba[..., 3] > 0
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not rows.size:
        return np.zeros((1, 1, 4), np.uint8), pane
    y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    if (y1 - y0) * (x1 - x0) > 0.92 * seen.size:
        return rgba, pane
    k = 1.0 / pane.scale
    cut = Pane(left=pane.left + x0 * k, right=pane.left + x1 * k, bottom=pane.top - y1 * k, top=pane.top - y0 * k, scale=pane.scale)
    return np.ascontiguousarray(rgba[y0:y1, x0:x1]), cut


def window(ply: Ply, cameras: Sequence[CameraPose], width: int, height: int) -> Pane | None:
    """The pane through which all that these cameras see of a ply is drawn; None where they see nothing of it."""
    edge = np.linspace(0.0, 1.0, 9)
    pixels = np.stack(np.meshgrid(edge * width, edge * height), axis=-1).reshape(-1, 2)
    spots: list[F64] = []
    scale = 0.0
    for camera in cameras:
        rays = camera.rays(pixels, width, height)
        rays = rays[rays[:, 2] < -0.05]
        focal = camera.focal_pixels(width, height)
        x, y, z = (float(v) for v in camera.position)
        if ply.kind == "sky":
            spots.append(rays[:, :2] / -rays[:, 2:])
            scale = max(scale, focal)
        elif ply.kind == "card":
            if z - 0.2 < -ply.distance:
                continue
            reach = (ply.distance + z) / -rays[:, 2:]
            at = np.array([[x, y - EYE]]) + rays[:, :2] * reach
            spots.append(at / ply.distance)
            scale = max(scale, focal * min(ply.distance / max(ply.distance + z, 0.3), 2.0))
        elif ply.kind == "wall":
            c = ply.distance
            towards = rays[:, 0] * c > 1e-3
            reach = (c - x) / rays[towards, 0]
            py, pz = y + rays[towards, 1] * reach, z + rays[towards, 2] * reach
            before = (pz < -0.4) & (reach > 0)
            spots.append(np.stack([c / -pz[before], (py[before] - EYE) / -pz[before]], axis=-1))
            far = rays[:, :2] / -rays[:, 2:]
            spots.append(np.stack([np.zeros(len(far)), far[:, 1]], axis=-1))
            scale = max(scale, focal)
        else:
            # the ground as the reference camera sees it: points where rays meet it, and the horizon
            down = rays[:, 1] < -1e-3
            reach = max(y, 0.05) / -rays[down, 1]
            px, pz = x + rays[down, 0] * reach, z + rays[down, 2] * reach
            before = pz < -0.4
            spots.append(np.stack([px[before] / -pz[before], -EYE / -pz[before]], axis=-1))
            spots.append(np.stack([rays[:, 0] / -rays[:, 2], np.zeros(len(rays))], axis=-1))
            scale = max(scale, focal)
    if not spots:
        return None
    every = np.concatenate(spots)
    drift = abs(ply.drift) * 15.0 / (ply.distance if ply.kind == "card" else 1.0 if ply.kind == "sky" else 4.0)
    pad = 0.02
    left, right = max(ply.left, float(every[:, 0].min()) - pad - drift), min(ply.right, float(every[:, 0].max()) + pad + drift)
    bottom, top = max(ply.bottom, float(every[:, 1].min()) - pad), min(ply.top, float(every[:, 1].max()) + pad)
    if ply.kind == "wall":
        left, right = (max(left, 0.004), min(right, 3.0)) if ply.distance > 0 else (max(left, -3.0), min(right, -0.004))
        bottom, top = max(bottom, -2.5), min(top, 3.0)
    if ply.kind == "ground":
        bottom, top = max(bottom, -1.6), min(top, 0.0)
        left, right = max(left, -3.5), min(right, 3.5)
    if right <= left or top <= bottom:
        return None
    scale *= ply.detail
    most = 3.4e6 * (max(width, height) / 1920) ** 2
    area = (right - left) * (top - bottom) * scale * scale
    if area > most:
        scale *= float(np.sqrt(most / area))
    return Pane(left=left, right=right, bottom=bottom, top=top, scale=min(scale, 3600 / (right - left)))
