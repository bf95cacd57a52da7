"""What the face does at one instant: the expression (drawn on the photo) and the pose of the head (in 3D)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Expression:
    """The moving parts of a face. Left and right are sides of the picture.

    ``jaw`` … ``tongue`` are those of :class:`phonofilm.phones.Viseme`, 0…1. ``rest`` 1 shows the mouth exactly as the photo has it
    (a smile stays a smile), 0 the spoken shape alone. ``smile`` −1…1 lifts the corners. ``lid_*``: 0 as in the photo, 1 shut.
    ``gaze_x`` to the right and ``gaze_y`` down, in degrees away from the photo's own gaze. ``brow`` −1…1 lifts, ``frown`` 0…1
    draws the brows together.
    """

    jaw: float = 0.0
    closed: float = 0.0
    rounding: float = 0.0
    spread: float = 0.0
    teeth: float = 0.0
    tongue: float = 0.0
    rest: float = 0.0
    smile: float = 0.0
    lid_left: float = 0.0
    lid_right: float = 0.0
    gaze_x: float = 0.0
    gaze_y: float = 0.0
    brow: float = 0.0
    frown: float = 0.0


#: the face exactly as the photo shows it
AS_IN_THE_PHOTO = Expression(rest=1.0)


@dataclass(frozen=True, kw_only=True)
class HeadPose:
    """The head away from its pose in the photo: ``yaw`` to the picture's right, ``pitch`` up, ``roll`` clockwise, degrees.

    ``dx dy dz`` move it, in parts of the face's height (right, down, towards the viewer). ``breath`` −1…1 lifts the shoulders.
    ``sway bob`` move trunk and head together (right, down; the same unit), ``lean`` tilts the shoulders clockwise, degrees.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    dx: float = 0.0
    dy: float = 0.0
    dz: float = 0.0
    breath: float = 0.0
    sway: float = 0.0
    bob: float = 0.0
    lean: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Patch:
    """A rectangle of the photo drawn anew: its corner in the photo, and ``rgb`` u8[h w 3]."""

    x0: int
    y0: int
    rgb: NDArray[np.uint8]
