"""Two curves on one clock: how alike they are, and by how much one is late against the other.

Axes: ``t`` instants 10 ms apart, the first at tick 0; NaN where there was nothing to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

F64 = NDArray[np.float64]

STEP = 480  # ticks from one instant to the next: 10 ms
REACH = 50  # instants searched on each side: ±500 ms
APART = 12  # a second peak nearer than this is the same one
LEAST_OVERLAP = 100  # instants that both curves must have: one second
SLOWEST = 0.4  # Hz; slower swings (a smile, a head that turns) are no articulation


@dataclass(frozen=True, kw_only=True)
class Peak:
    """Where two curves are most alike. ``offset``: ms by which the picture is late, None where nothing stands out, and ``why``.

    ``correlation``: at that offset (or the highest found); ``margin``: above the next peak at least 120 ms away; ``at_zero``: at no offset.
    """

    offset: float | None
    correlation: float | None = None
    margin: float | None = None
    at_zero: float | None = None
    why: str = ""


def on_grid(at: Sequence[int], values: Sequence[float], length: int, hole: int) -> F64:
    """Values at ticks as a curve f64[t] over ``length`` ticks, straight between them; NaN outside and where more than ``hole`` ticks lie between."""
    instants = np.arange(length // STEP + 1, dtype=np.float64) * STEP
    known = [(tick, value) for tick, value in zip(at, values, strict=True) if np.isfinite(value)]
    if len(known) < 2:
        return np.full(len(instants), np.nan)
    ticks, numbers = np.array([k[0] for k in known], np.float64), np.array([k[1] for k in known], np.float64)
    out = np.interp(instants, ticks, numbers, left=np.nan, right=np.nan)
    after = np.clip(np.searchsorted(ticks, instants), 1, len(ticks) - 1)
    out[(ticks[after] - ticks[after - 1] > hole) & (instants > ticks[after - 1]) & (instants < ticks[after])] = np.nan
    return out


def swing(row: F64) -> F64:
    """A curve without its slow drift; NaN stays NaN."""
    known = np.isfinite(row)
    if known.sum() < LEAST_OVERLAP:
        return row
    instants = np.arange(len(row))
    filled = np.interp(instants, instants[known], row[known])
    moved = sosfiltfilt(butter(1, SLOWEST, "high", fs=100, output="sos"), filled)
    return np.where(known, moved, np.nan)


def correlation(a: F64, b: F64) -> float | None:
    """Pearson's r of two curves where both are known; None where that is too little, or one of them stands still."""
    n = min(len(a), len(b))
    a, b = a[:n], b[:n]
    both = np.isfinite(a) & np.isfinite(b)
    if both.sum() < LEAST_OVERLAP:
        return None
    u, v = a[both] - a[both].mean(), b[both] - b[both].mean()
    size = float(np.sqrt((u @ u) * (v @ v)))
    return float(u @ v) / size if size > 1e-9 else None


def alike(seen: F64, told: F64, *, least: float, margin: float) -> Peak:
    """Search ±500 ms for the offset at which ``seen`` follows ``told``, see ``peak``."""
    curve = likeness(seen, told)
    if curve is None:
        return Peak(offset=None, why="less than a second of both can be compared, or one of them stands still")
    return peak(curve, least=least, margin=margin)


def likeness(seen: F64, told: F64) -> F64 | None:
    """Correlation at every offset from -500 to +500 ms, f64[101]; None where too little can be compared."""
    n = min(len(seen), len(told))
    a, b = told[:n], seen[:n]
    curve = np.full(2 * REACH + 1, np.nan)
    for lag in range(-REACH, REACH + 1):
        if n > abs(lag):
            r = correlation(a[: n - lag], b[lag:]) if lag >= 0 else correlation(a[-lag:], b[: n + lag])
            curve[lag + REACH] = np.nan if r is None else r
    return None if np.isnan(curve).sum() > REACH else np.where(np.isnan(curve), -1.0, curve)


def peak(curve: F64, *, least: float, margin: float) -> Peak:
    """Where a curve of ``likeness`` is highest, on the parabola through the neighbours.

    An offset is given only where the correlation reaches ``least`` and stands ``margin`` above the next peak.
    """
    at = int(np.argmax(curve))
    top, zero = float(curve[at]), float(curve[REACH])
    away = np.abs(np.arange(len(curve)) - at) >= APART
    above = top - float(curve[away].max())
    why = ""
    if top < least:
        why = f"the best correlation is {top:.2f}, an answer needs {least:.2g}"
    elif above < margin:
        why = f"the best correlation stands only {above:.2f} above the next, an answer needs {margin:g}"
    elif at in (0, len(curve) - 1):
        why = "the best correlation lies at the edge of the ±500 ms that are searched"
    if why:
        return Peak(offset=None, correlation=top, margin=above, at_zero=zero, why=why)
    left, right = float(curve[at - 1]), float(curve[at + 1])
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return Peak(offset=(at - REACH + shift) * 10.0, correlation=top, margin=above, at_zero=zero)
