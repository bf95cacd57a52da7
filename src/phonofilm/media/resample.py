"""Sound at another rate, and the peaks of a row. Axes: s samples, c channels; s comes first.

As ``scipy.signal`` has them, the same filter and the same rules; loading that takes longer than hearing a recording.
"""

from __future__ import annotations

from functools import cache
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]

_REACH = 10  # periods of the lower rate on either side that the filter sees
_BETA = 5.0  # of its Kaiser window


def resample(x: F32, up: int, down: int) -> F32:
    """Sound s or s c at ``up / down`` times its rate: ⌈s · up / down⌉ samples, silence before and after taken for granted."""
    if x.ndim == 2:
        return np.ascontiguousarray(np.stack([resample(np.ascontiguousarray(one), up, down) for one in x.T], axis=1))
    common = gcd(up, down)
    up, down = up // common, down // common
    if up == down:
        return x.astype(np.float32)
    taps = _taps(up, down)
    half = len(taps) // 2
    count = -(-len(x) * up // down)
    width = -(-len(taps) // up)  # taps that meet samples, for one output
    around = np.pad(x.astype(np.float32), (width, 2 * width + down))
    out = np.empty(count, np.float32)
    for phase in range(min(up, count)):
        # output m lies at m · down / up samples; its last sample is the one at or before (m · down + half) / up
        last, rest = divmod(phase * down + half, up)
        meets = np.zeros(width, np.float32)
        some = taps[rest::up]
        meets[width - len(some) :] = some[::-1]
        rows = np.lib.stride_tricks.sliding_window_view(around[last + 1 :], width)[::down][: -(-(count - phase) // up)]
        out[phase::up] = np.einsum("nt,t->n", rows, meets)
    return out


@cache
def _taps(up: int, down: int) -> F32:
    """A windowed sinc that lets the lower rate's half pass, at ``up`` times the old rate; its middle tap is the middle one."""
    most = max(up, down)
    half = _REACH * most
    taps = np.sinc(np.arange(-half, half + 1) / most) * np.kaiser(2 * half + 1, _BETA)
    return (up * (taps / taps.sum())).astype(np.float32)


def peaks(row: NDArray[Any], *, distance: int = 1, height: float | None = None) -> NDArray[np.intp]:
    """Where a row s has its local maxima (the middle of a level top), at least ``distance`` apart, the higher ones first, and ``height`` high."""
    steps = np.diff(row)
    at = np.flatnonzero(steps)  # where it changes
    if len(at) < 2:
        return np.zeros(0, np.intp)
    tops = np.flatnonzero((steps[at[:-1]] > 0) & (steps[at[1:]] < 0))
    found = (at[tops] + 1 + at[tops + 1]) // 2
    if height is not None:
        found = found[row[found] >= height]
    kept = np.ones(len(found), bool)
    for k in np.argsort(row[found], kind="stable")[::-1]:
        if kept[k]:
            near = np.abs(found - found[k]) < distance
            near[k] = False
            kept &= ~near
    return found[kept]
