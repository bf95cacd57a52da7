"""Where the lips go: from an expression to the four contours of the mouth, in head coordinates (unit: face height)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.face.expression import Expression
from phonofilm.engines.stage.face.mesh import LOWER_INNER, LOWER_OUTER, UPPER_INNER, UPPER_OUTER, HeadFrame

Floats = NDArray[np.floating]

#: one millimetre of a face of usual size, in face heights (trichion-less mesh height is about 175 mm)
MM = 1 / 175
#: inner gap of jaw = 1, in face heights: a wide /a/ (Abry & Boë 1986 give 15 to 20 mm for open vowels)
WIDE = 0.168
#: share of the gap that the upper lip gives
UPPER_SHARE = 0.14
#: the chin follows the lower lip by this share
CHIN_SHARE = 0.66
#: corners of a relaxed mouth are this many pupil distances apart
RELAXED_WIDTH = 0.84

#: a head turned by more than this has a far side: sine of the angle
TURNED = 0.42


@dataclass(frozen=True, kw_only=True, eq=False)
class Lips:
    """The mouth in the photo: contours f32[11 3] from the picture's left corner to the right, head coordinates.

    ``gap`` is how far the photo's lips are open, ``seam`` f32[11 3] where they would meet, ``relaxed`` the width factor of
    the mouth at ease, ``ajar`` how far the photo's jaw is down, head units.
    """

    upper_outer: Floats
    upper_inner: Floats
    lower_inner: Floats
    lower_outer: Floats
    seam: Floats
    gap: float
    relaxed: float
    ajar: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Mouth:
    """The mouth of an expression: the same contours moved; ``drop`` of the chin from the photo's place,
    ``fall`` of the jaw from closed, ``gap`` at the middle; head coordinates."""

    upper_outer: Floats
    upper_inner: Floats
    lower_inner: Floats
    lower_outer: Floats
    drop: float
    fall: float
    gap: float


def read_lips(landmarks: Floats, frame: HeadFrame, pupils: float) -> Lips:
    """The photo's mouth; ``pupils`` is the distance between the pupils in face heights."""
    uo, ui, li, lo = (frame.to_head(landmarks[list(rows)]) for rows in (UPPER_OUTER, UPPER_INNER, LOWER_INNER, LOWER_OUTER))
    if abs(float(frame.axes[0, 2])) > TURNED:
        # the far half of a mouth that is turned away is hardly seen: it moves in the face's plane, as far as it is seen
        uo, ui, li, lo = (_flat(frame.seen(c)) for c in (uo, ui, li, lo))
    gap = max(0.0, float(np.mean((li - ui)[4:7, 1])))
    width = float(uo[-1, 0] - uo[0, 0])
    relaxed = float(np.clip(RELAXED_WIDTH * pupils / max(width, 1e-3), 0.88, 1.0))
    relaxed = 1 + (relaxed - 1) * min(1.0, gap / 0.03)
    middle = seam_of(ui, li, gap, 0.0)
    return Lips(upper_outer=uo, upper_inner=ui, lower_inner=li, lower_outer=lo, seam=middle, gap=gap, relaxed=relaxed)


def _flat(seen: Floats) -> Floats:
    """A contour f32[11 2] in the plane, its points from left to right."""
    x = np.maximum.accumulate(seen[:, 0] + np.arange(len(seen)) * 1e-4)
    return np.stack([x, seen[:, 1], np.zeros(len(seen))], axis=1).astype(np.float32)


def seam_of(ui: Floats, li: Floats, gap: float, ajar: float) -> Floats:
    """Where the lips of a photo would meet, f32[11 3]. ``ajar`` 0…1: how far it is the jaw that holds them apart, not a smile.

    A smile's lips meet near the edge of the upper teeth, which it shows at its lower end; a dropped jaw brings the lower lip up to the upper one.
    """
    share = (0.52 + 0.08 * min(1.0, gap / 0.06)) * (1 - ajar) + 0.16 * ajar
    middle = (ui * (1 - share) + li * share).copy()
    corner = (middle[0, 1] + middle[-1, 1]) / 2
    smile = float(np.clip((middle[5, 1] - corner) / 0.05, 0, 1)) * min(1.0, gap / 0.03)
    # a relaxed mouth is flatter than a smile: its corners come down, its middle up
    level = corner + (middle[5, 1] - corner) * 0.62
    middle[:, 1] += (level - middle[:, 1]) * 0.62 * smile
    # a dropped jaw draws the corners down; closed, the line is nearly straight
    bow = float(middle[5, 1]) - float(middle[0, 1] + middle[-1, 1]) / 2
    middle[:, 1] += (float(middle[5, 1]) - 0.35 * bow - middle[:, 1]) * 0.8 * ajar * (bow < 0)
    return middle


def _profile(s: Floats, power: float, round_: float) -> Floats:
    return np.power(np.clip(1 - np.abs(s) ** power, 0, 1), round_).astype(np.float32)


def opened(jaw: Floats, rounding: Floats) -> Floats:
    """Gap between lips that a jaw and a rounding give, in parts of that of a wide /a/. Round lips leave less."""
    return np.minimum(jaw, 1.0) ** 1.2 * np.maximum(jaw, 1.0) * (1 - 0.18 * rounding)


def move_lips(lips: Lips, e: Expression) -> Mouth:
    """The contours that the expression asks for. Thickness is kept: outer contours follow the inner ones."""
    xs = lips.seam[:, 0]
    centre = float(xs[0] + xs[-1]) / 2
    half = float(xs[-1] - xs[0]) / 2
    s = ((xs - centre) / half).astype(np.float32)

    bite = e.teeth
    # a smile parts the lips by itself: there a close sound must bring them nearer for the eye to see it
    smiles = min(1.0, lips.gap / 0.06)
    jaw = min(max(e.jaw, 0.0), 1.0)
    opening = WIDE * float(opened(np.array(max(e.jaw, 0.0)), np.array(e.rounding))) * (1 - smiles * (1 - jaw) ** 1.4) * (1 - e.closed)
    # cheeks that smile hold the jaw up
    opening *= 1 - 0.02 * smiles
    press = e.closed
    rise = UPPER_SHARE * opening + (0.010 * e.spread + 0.004 * e.rounding) * min(1.0, opening / 0.02)
    fall = opening - UPPER_SHARE * opening
    # pressed lips are drawn in, not pushed out
    round_ = float(np.clip(e.rounding, 0, 1)) * (1 - 0.5 * press)
    shape = _profile(s, 2.0 - 0.2 * round_, 0.88 - 0.28 * round_)
    flat = _profile(s, 3.5, 0.8)

    narrow = lips.relaxed * (1 - (0.27 - (1 - lips.relaxed)) * round_ + 0.07 * e.spread * (1 - round_) - 0.05 * e.jaw + 0.06 * e.smile)
    x = centre + (xs - centre) * narrow
    lift = -(0.010 * e.spread + 0.03 * e.smile) * np.abs(s) ** 1.5
    lift += fall * 0.25 * np.abs(s) ** 2  # corners sink a little with the jaw
    seam = lips.seam[:, 1] + lift
    # f and v: the lower lip rises under the upper teeth, the upper lip lifts off them
    inner_up = seam - shape * rise - flat * bite * 3.0 * MM
    inner_low = seam + shape * fall - flat * bite * 1.0 * MM
    # closed lips overlap a hair, so that nothing shines through
    over = 0.0015 * press
    inner_up += over * flat
    inner_low -= over * flat

    def follow(outer: Floats, inner: Floats, moved: Floats, out: float, back: float, sign: int, roll: float) -> Floats:
        delta = moved - inner[:, 1]
        outwards = delta * sign > 0
        y = outer[:, 1] + np.where(outwards, delta * out, delta * back)
        thickness = (y - moved) * sign
        y = moved + sign * thickness * (1 - roll)
        return y.astype(np.float32)

    # a lip comes back nearly whole; what a smile drew thin swells a little
    back = 0.9 + 0.05 * min(1.0, lips.ajar / max(lips.gap, 1e-3) / 0.8)
    roll = 0.25 * press + 0.05 * e.spread
    swell = 0.14 * round_
    uo_y = follow(lips.upper_outer, lips.upper_inner, inner_up, 0.9, 0.9, -1, roll - swell)
    lo_y = follow(lips.lower_outer, lips.lower_inner, inner_low, 0.95, back, 1, roll - swell + 0.3 * bite)

    def outer_x(outer: Floats) -> Floats:
        return centre + (outer[:, 0] - centre) * (narrow * 0.9 + 0.1)

    keep = 1 - e.rest
    forward = 0.035 * round_ * _profile(s, 2.0, 1.0)

    def blend(base: Floats, bx: Floats, by: Floats) -> Floats:
        moved = np.stack([bx, by, base[:, 2] + forward], axis=1)
        return (base + (moved - base) * keep).astype(np.float32)

    uo = blend(lips.upper_outer, outer_x(lips.upper_outer), uo_y)
    ui = blend(lips.upper_inner, x, inner_up)
    li = blend(lips.lower_inner, x, inner_low)
    lo = blend(lips.lower_outer, outer_x(lips.lower_outer), lo_y)
    # a corner is one point: its inner and its outer landmark move as one
    rest = (lips.upper_outer, lips.upper_inner, lips.lower_inner, lips.lower_outer)
    for end in (0, -1):
        by = np.mean([moved[end] - still[end] for moved, still in zip((uo, ui, li, lo), rest, strict=True)], axis=0)
        for moved, still in zip((uo, ui, li, lo), rest, strict=True):
            moved[end] = still[end] + by
    shown = max(0.0, lips.gap * e.rest + (opening + bite * 2 * MM) * keep)
    return Mouth(
        upper_outer=uo,
        upper_inner=ui,
        lower_inner=li,
        lower_outer=lo,
        drop=(fall - lips.ajar) * CHIN_SHARE * keep,
        fall=fall * keep + lips.ajar * e.rest,
        gap=shown,
    )
