"""Levels of a sound, each a plain function of its samples: clipping, silence, offset, sides, floor.

Axes: ``s`` samples at 48 kHz, ``b`` blocks. Levels are in dB of full scale, 0 being the power of a square wave from -1 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND

F32 = NDArray[np.float32]

BLOCK = TICKS_PER_SECOND // 50  # ticks: 20 ms, short enough for the pauses between words
QUIET = -60.0  # dB of full scale below which nothing is heard beside speech at its usual level
BOTTOM = -120.0  # what stands for digital silence
_FULL, _FLAT = 0.985, 3  # a sample at full scale (codecs move it a little), and how many in a row are no mere peak


@dataclass(frozen=True, kw_only=True)
class Clipping:
    """``runs`` of samples held at full scale, and the ``share`` of all samples that lie in them."""

    runs: int
    share: float


def block_levels(sound: F32, block: int = BLOCK) -> F32:
    """Level of each whole block of ``f32[s 2]`` or ``f32[s]``, f32[b]; the rest at the end is one more block if it is at least half as long."""
    num = len(sound) // block
    power = np.square(sound, dtype=np.float32).reshape(len(sound), -1).mean(axis=1)
    means = list(power[: num * block].reshape(num, block).mean(axis=1, dtype=np.float64))
    if len(sound) - num * block >= block / 2 or not num:
        means.append(float(power[num * block :].mean(dtype=np.float64)) if len(sound) > num * block else 0.0)
    return np.asarray(10 * np.log10(np.maximum(means, 10 ** (BOTTOM / 10))), np.float32)


def clipping(sound: F32) -> Clipping:
    """Where ``f32[s 2]`` stays at full scale for three samples or more on one side."""
    runs = flat = 0
    for channel in sound.T:
        for sign in (1, -1):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], channel * sign >= _FULL, [False]]).astype(np.int8)))
            long = edges[1::2] - edges[::2]
            runs += int((long >= _FLAT).sum())
            flat += int(long[long >= _FLAT].sum())
    return Clipping(runs=runs, share=flat / max(sound.size, 1))


def silent(levels: F32) -> NDArray[np.bool_]:
    """Which blocks b are silent."""
    return levels < QUIET


def longest(flags: NDArray[np.bool_]) -> tuple[int, int]:
    """Start and length of the longest run of True; (0, 0) where there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    if not len(edges):
        return 0, 0
    long = edges[1::2] - edges[::2]
    k = int(long.argmax())
    return int(edges[2 * k]), int(long[k])


def decibels(power: float) -> float:
    """A power (1: full scale) in dB, never below ``BOTTOM``."""
    return 10 * float(np.log10(max(power, 10 ** (BOTTOM / 10))))


def balance(sound: F32) -> float:
    """How much louder the right side of ``f32[s 2]`` is, in dB; 0 for silence."""
    left, right = (float(np.square(sound[:, k], dtype=np.float64).mean()) for k in (0, 1))
    return decibels(right) - decibels(left)


def likeness(sound: F32) -> float | None:
    """Correlation of the two sides, -1…1: 1 is mono, below 0 cancels itself in mono; None where a side is silent."""
    sides = sound.astype(np.float64) - sound.mean(axis=0, dtype=np.float64)
    spread = np.sqrt(np.square(sides).mean(axis=0))
    if spread.min() < 1e-6:
        return None
    return float((sides[:, 0] * sides[:, 1]).mean() / (spread[0] * spread[1]))
