"""Noise that depends on nothing but a seed and a place: the grain, hills, clouds and ripples of the drawn world."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
Floats = NDArray[np.floating[Any]]
_TILE = 256


def source(seed: int, *names: object) -> np.random.Generator:
    """A generator for one purpose: the same seed and names give the same numbers everywhere."""
    digest = hashlib.blake2b("/".join(map(str, (seed, *names))).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))


@lru_cache(maxsize=16)
def _lattice(seed: int) -> F32:
    """Random values of a periodic lattice, with a border that wraps, for cubic interpolation."""
    return np.pad(source(seed, "lattice").random((_TILE, _TILE), np.float32), 2, mode="wrap")


def value(seed: int, x: Floats, y: Floats) -> F32:
    """Smooth noise 0…1 with features of size 1 at places ``x``, ``y`` (of one shape, or broadcast to one)."""
    x, y = np.broadcast_arrays(x, y)
    shape = x.shape
    u = np.mod(x, _TILE).astype(np.float32).reshape(shape[0], -1) if x.ndim else x
    v = np.mod(y, _TILE).astype(np.float32).reshape(shape[0], -1) if y.ndim else y
    if u.ndim == 2 and u.shape[0] > 32000:
        u, v = u.reshape(-1, 32000), v.reshape(-1, 32000)
    return _smooth_remap(_lattice(seed), u, v).reshape(shape)


def _smooth_remap(lattice: F32, u: Floats, v: Floats) -> F32:
    """Interpolated with the quintic fade of gradient noise, so that no lattice shows."""
    iu, iv = np.floor(u), np.floor(v)
    fu, fv = u - iu, v - iv
    fu = fu * fu * fu * (fu * (fu * 6 - 15) + 10)
    fv = fv * fv * fv * (fv * (fv * 6 - 15) + 10)
    return cv2.remap(lattice, iu + fu + 2, iv + fv + 2, cv2.INTER_LINEAR)  # pyright: ignore[reportReturnType]


def fbm(seed: int, x: Floats, y: Floats, octaves: int = 5, gain: float = 0.5, stretch: float = 2.03) -> F32:
    """Sum of octaves of noise, about 0…1 around 0.5; the first has features of size 1."""
    total = np.zeros((), np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        total = total + np.float32(weight) * value(seed + 101 * octave, x, y)
        norm += weight
        weight *= gain
        x, y = x * np.float32(stretch) + np.float32(17.3), y * np.float32(stretch) + np.float32(9.7)
    return (total / np.float32(norm)).astype(np.float32)


def ridged(seed: int, x: Floats, y: Floats, octaves: int = 5, gain: float = 0.5) -> F32:
    """Noise with sharp crests, 0…1: mountain ridges."""
    total = np.zeros((), np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        one = 1.0 - np.abs(2.0 * value(seed + 101 * octave, x, y) - 1.0)
        total = total + np.float32(weight) * one * one
        norm += weight
        weight *= gain
        x, y = x * np.float32(2.07) + np.float32(5.1), y * np.float32(2.07) + np.float32(31.7)
    return (total / np.float32(norm)).astype(np.float32)


def step(low: float, high: float, x: Floats) -> F32:
    """Smooth step: 0 below ``low``, 1 above ``high``."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def dithered(rgb: Floats, seed: int) -> U8:
    """Colours 0…1 as bytes, with triangular noise of one level before rounding, so that slow gradients do not band."""
    h, w = rgb.shape[:2]
    grain = source(seed, "dither").random((2, 128, 128, 1), np.float32)
    noise = np.tile(grain[0] - grain[1], (h // 128 + 1, w // 128 + 1, 1))[:h, :w]
    return np.clip(rgb * 255.0 + noise * 0.75 + 0.5, 0, 255).astype(np.uint8)
