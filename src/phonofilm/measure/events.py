"""What is seen to happen in a film: cuts, flashes, and things that start, stop or turn back. Axes: f frames, g cells of a coarse grid.

From the decoded frames alone. A cut or a flash is a change that stands out over those around it; a start, a stop or a bounce is a sudden change of
velocity (dense inverse search flow, Kroeger et al., 2016) somewhere in the frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.measure.cuts import Cuts
from phonofilm.measure.film import Film, Shown

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

LONGEST = 240  # longer side of the luma that is looked at
CELLS = (8, 5)
SPIKE = 1.2  # of 255, mean over the frame: the least change that is a flash,
OVER = 3.0  # and by how much it stands out over the changes around
JOLT = 0.006  # of the longer side a frame, in one cell: the least change of velocity that is an event,
JOLT_OVER = 3.0  # and by how much it stands out
SLOWEST_LOOK = TICKS_PER_SECOND // 32  # ticks between two looks at velocities: those of faster films are too small a frame
AROUND = 5  # frames on each side that are looked at


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Something seen: the number of the frame that shows it first, what it is, and how strongly 0…1."""

    frame: int
    kind: Literal["cut", "flash", "accent"]
    strength: float


class Events:
    """Fed every frame in order; keeps two numbers a frame and one little picture."""

    def __init__(self) -> None:
        self.cuts = Cuts()
        self._change: list[float] = []
        self._jolt: list[float] = []
        self._back: list[float] = []
        self._past: list[U8] = []
        self._looked: tuple[U8, int, int] | None = None
        self._velocity: F32 | None = None
        self._jolt_frames: list[int] = []
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)

    def see(self, shown: Shown) -> None:
        """Look at the next frame."""
        cut = self.cuts.see(shown)
        now = _little(shown.small)
        if not self._past or self._past[-1].shape != now.shape:
            self._past = []
            change, back = 0.0, 0.0
        else:
            change = float(cv2.absdiff(now, self._past[-1]).mean())
            back = float(cv2.absdiff(now, self._past[0]).mean())
        if self._looked is None or shown.at - self._looked[1] >= SLOWEST_LOOK - 30 or cut:
            self._look(shown, now, cut or change > 25)
        self._change.append(0.0 if cut or self.cuts.returned == shown.index else change)
        self._back.append(back)
        self._past = [*self._past[-2:], now]

    def _look(self, shown: Shown, now: U8, new: bool) -> None:
        """Compare velocities with those of the look before; ``new``: the picture is another one."""
        if self._looked is None or new or self._looked[0].shape != now.shape:
            self._velocity = None
        else:
            velocity = self._velocities(self._looked[0], now)
            jolt = 0.0
            if self._velocity is not None:
                off = np.linalg.norm(velocity - self._velocity, axis=1)
                jolt = float(np.partition(off, -2)[-2]) / max(now.shape)
            self._jolt.append(jolt)
            self._jolt_frames.append(self._looked[2])
            self._velocity = velocity
        self._looked = (now, shown.at, shown.index)

    def found(self) -> list[Seen]:
        """All that was seen, in order; a flash counts where it begins."""
        out = [Seen(frame=k, kind="cut", strength=1.0) for k in self.cuts.found]
        out += [Seen(frame=k, kind="flash", strength=1.0) for k in self.cuts.flashes]
        taken = {e.frame + d for e in out for d in (-1, 0, 1)}
        change = np.array(self._change)
        for k in range(1, len(change)):
            around = np.concatenate([change[max(k - AROUND, 1) : k], change[k + 2 : k + 1 + AROUND]])
            usual = float(np.median(around)) if len(around) else 0.0
            if change[k] < max(SPIKE, OVER * usual + 0.3) or change[k] < change[k - 1] or k in taken:
                continue
            if self._back[k] < 0.4 * change[k] and k >= 2:
                continue  # the picture before the flash comes back
            out.append(Seen(frame=k, kind="flash", strength=min(change[k] / 40, 1.0)))
            taken |= {k - 1, k, k + 1}
        jolt = np.array(self._jolt)
        for k in range(2, len(jolt) - 1):
            around = np.concatenate([jolt[max(k - AROUND, 0) : k - 1], jolt[k + 2 : k + 2 + AROUND]])
            usual = float(np.median(around)) if len(around) else 0.0
            frame = self._jolt_frames[k]  # velocity changed between the ways into it and out of it
            if jolt[k] > max(JOLT, JOLT_OVER * usual) and jolt[k] == jolt[max(k - 2, 0) : k + 3].max() and not {frame - 1, frame, frame + 1} & taken:
                out.append(Seen(frame=frame, kind="accent", strength=float(min(jolt[k] / (10 * JOLT), 1.0))))
                taken.add(frame)
        return sorted(out, key=lambda e: e.frame)

    def strength(self, film: Film) -> F64:
        """How strongly something happens in each frame, f64[f]."""
        out = np.zeros(film.num_frames)
        for event in self.found():
            out[event.frame] = max(out[event.frame], 0.3 + 0.7 * event.strength)
        return out

    @property
    def motion(self) -> tuple[float, ...]:
        """Mean change from the frame before (0…255), 0 at cuts."""
        return tuple(self._change)

    def _velocities(self, before: U8, now: U8) -> F32:
        """How far each cell moves, in pixels: f32[g 2], of its pixels that change."""
        columns, rows = CELLS if now.shape[1] >= now.shape[0] else CELLS[::-1]
        difference = np.asarray(cv2.absdiff(now, before), np.uint8)
        if int(difference.max()) < 8:
            return np.zeros((columns * rows, 2), np.float32)
        flow = np.asarray(self._flow.calc(before, now, np.zeros((*now.shape, 2), np.float32)), np.float32)
        moving = cv2.dilate((difference > 8).astype(np.float32), np.ones((3, 3), np.uint8))
        size = (columns, rows)
        share = np.asarray(cv2.resize(moving, size, interpolation=cv2.INTER_AREA))[..., None]
        way = np.asarray(cv2.resize(flow * moving[..., None], size, interpolation=cv2.INTER_AREA))
        return (way / np.maximum(share, 0.04)).reshape(-1, 2).astype(np.float32)


def _little(small: U8) -> U8:
    h, w = small.shape
    factor = min(LONGEST / max(h, w), 1.0)
    size = (max(round(w * factor), 16), max(round(h * factor), 16))
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.uint8)
