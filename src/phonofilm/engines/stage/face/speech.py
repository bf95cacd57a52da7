"""From phones to the mouth's curves: coarticulation by dominance (Cohen & Massaro 1993), in a smoothed form.

Every phone pulls each channel towards its viseme's value with a weight of its own; its pull over time is its span blurred by a
Gaussian, so neighbours blend, lips anticipate, and a short weak sound gives way to a strong one. Symmetric kernels keep the peak of
every sound where it is heard. The jaw, which is heavy, goes its own way (``jaw.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND, frame_at
from phonofilm.engines.stage.face.jaw import HOP, jaw_of
from phonofilm.phones import VISEMES, Phone, is_bilabial

Floats = NDArray[np.floating]

CHANNELS = ("jaw", "closed", "rounding", "spread", "teeth", "tongue")
#: blur of a phone's pull, seconds; how much earlier a channel starts than the sound
BLUR = {"closed": 0.009, "rounding": 0.042, "spread": 0.036, "teeth": 0.020, "tongue": 0.024}
LEAD = {"rounding": 0.030, "spread": 0.012, "teeth": 0.008}
#: the jaw of a murmur by that of the phones' targets, and what a shout adds
LOUD = (0.80, 0.34)
#: seconds by which a mouth leaves the photo's look before it speaks and comes back to it after, halfway, and how slowly (sigma)
READY, DONE = (0.26, 0.09), (0.55, 0.15)
#: a pause shorter than this, seconds, is spent with the lips at ease, not with the photo's smile
PAUSE = 0.9
#: and a rest shorter than this between sung phrases: a singer waits with the lips nearly shut
REST = 5.0
#: pull of a viseme on a channel where it is not 1
PULL: dict[str, dict[str, float]] = {
    "sil": {"rounding": 0.4, "spread": 0.4},
    "PP": {"closed": 2.0, "rounding": 0.25, "spread": 0.25},
    "FF": {"teeth": 4.0, "rounding": 0.3, "spread": 0.4},
    "TH": {"rounding": 0.2, "spread": 0.2, "tongue": 2.0},
    "DD": {"rounding": 0.15, "spread": 0.25},
    "kk": {"rounding": 0.10, "spread": 0.15},
    "CH": {"rounding": 1.2, "spread": 0.5},
    "SS": {"rounding": 0.25, "spread": 0.8},
    "nn": {"rounding": 0.15, "spread": 0.2},
    "RR": {"rounding": 0.7, "spread": 0.4},
    "aa": {},
    "E": {},
    "I": {},
    "U": {"rounding": 1.6},
    "O": {"rounding": 1.4},
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Mouthing:
    """The mouth over time: one f32[n] a channel, n samples ``HOP`` ticks apart; ``shut`` are the frames that a bilabial's middle falls into."""

    curves: dict[str, Floats]
    speaking: Floats
    shut: frozenset[int]


def _normal(x: Floats) -> Floats:
    """The normal distribution function."""
    return np.array([0.5 * erfc(-v / sqrt(2)) for v in x.tolist()])


def pauses(phones: Sequence[Phone], length: int) -> list[tuple[int, int]]:
    """Spans of [0, length) without speech, ticks."""
    spoken = sorted((p.start, p.end) for p in phones if p.viseme != "sil" and p.end > p.start)
    out: list[tuple[int, int]] = []
    at = 0
    for start, end in spoken:
        if start > at:
            out.append((at, start))
        at = max(at, end)
    if at < length:
        out.append((at, length))
    return out


def _phrases(phones: Sequence[Phone], length: int, pause: float) -> list[tuple[int, int]]:
    """Spans of speech; a gap shorter than ``pause`` seconds, in which the photo's look would only flash, does not end one."""
    gaps = [(a, b) for a, b in pauses(phones, length) if a == 0 or b == length or b - a >= pause * TICKS_PER_SECOND]
    edges = [0, *(t for gap in gaps for t in gap), length]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def mouthing(phones: Sequence[Phone], energy: Floats, length: int, *, sung: bool = False) -> Mouthing:
    """Curves of the mouth for phones in film ticks; ``energy`` f32[frames] 0…1 scales the opening between a murmur and a shout."""
    n = length // HOP + 2
    at = np.arange(n) * (HOP / TICKS_PER_SECOND)
    spans = [(p.start, p.end, p.viseme) for p in phones if p.viseme != "sil" and p.end > p.start]
    spans += [(a, b, "sil") for a, b in pauses(phones, length + TICKS_PER_SECOND)]
    spans.append((-TICKS_PER_SECOND, 0, "sil"))
    curves: dict[str, Floats] = {}
    for name in CHANNELS[1:]:
        blur, lead = BLUR[name], LEAD.get(name, 0.0)
        above, below = np.zeros(n), np.full(n, 1e-6)
        for start, end, viseme in spans:
            a, b = start / TICKS_PER_SECOND - lead, end / TICKS_PER_SECOND - lead
            low, high = np.searchsorted(at, (a - 5 * blur, b + 5 * blur))
            t = at[low:high]
            pull = (_normal((t - a) / blur) - _normal((t - b) / blur)) * PULL.get(viseme, {}).get(name, 1.0)
            # in a pause the lips are at ease
            above[low:high] += pull * (0.0 if viseme == "sil" else getattr(VISEMES[viseme], name))
            below[low:high] += pull
        curves[name] = (above / below).astype(np.float32)
    frames = np.arange(len(energy)) * (2000 / TICKS_PER_SECOND) + 1000 / TICKS_PER_SECOND
    loud = np.interp(at, frames, energy) if len(energy) else np.full(n, 0.6)
    kernel = np.exp(-0.5 * (np.arange(-24, 25) / 9.0) ** 2)
    loud = np.convolve(np.pad(loud, 24, mode="edge"), kernel / kernel.sum(), mode="valid")
    scale = LOUD[0] + LOUD[1] * np.clip(loud, 0, 1)
    curves["jaw"] = jaw_of(spans, scale, curves["rounding"]).astype(np.float32)
    curves["closed"] = np.clip(curves["closed"] * 1.35, 0, 1).astype(np.float32)
    speaking = np.zeros(n)
    for start, end in _phrases(phones, length, REST if sung else PAUSE):
        a, b = start / TICKS_PER_SECOND - READY[0], end / TICKS_PER_SECOND + DONE[0]
        speaking = np.maximum(speaking, _normal((at - a) / READY[1]) - _normal((at - b) / DONE[1]))
    shut = frozenset(frame_at((p.start + p.end) // 2) for p in phones if is_bilabial(p))
    return Mouthing(curves=curves, speaking=speaking.astype(np.float32), shut=shut)
