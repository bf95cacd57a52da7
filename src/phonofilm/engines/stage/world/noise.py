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
_TILE, _FINE, _LATTICES = 128, 4, 12


def source(seed: int, *names: object) -> np.random.Generator:
    """A generator for one purpose: the same seed and names give the same numbers everywhere."""
    digest = hashlib.blake2b("/".join(map(str, (seed, *names))).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))


@lru_cache(maxsize=_LATTICES)
def _lattice(number: int) -> F32:
    """Random values of a periodic lattice, interpolated with the quintic fade of gradient noise to ``_FINE`` samples a cell, with a border
    that wraps. What is left between samples is linear."""
    rough = source(number, "lattice").random((_TILE, _TILE), np.float32)
    t = np.arange(_FINE, dtype=np.float32) / _FINE
    fade = t * t * t * (t * (t * 6 - 15) + 10)
    along = rough[:, :, None] + (np.roll(rough, -1, axis=1) - rough)[:, :, None] * fade
    along = along.reshape(_TILE, -1)
    full = along[:, None, :] + (np.roll(along, -1, axis=0) - along)[:, None, :] * fade[None, :, None]
    return np.ascontiguousarray(np.pad(full.reshape(_TILE * _FINE, -1), ((0, 2), (0, 2)), mode="wrap"), dtype=np.float32)


def value(seed: int, x: Floats, y: Floats) -> F32:
    """Smooth noise 0…1 with features of size 1 at places ``x``, ``y`` (of one shape, or broadcast to one, of two axes)."""
    mixed = (seed * 2654435761 + 97) & 0xFFFFFFFF
    u = _wrapped(x, ((mixed >> 4) & 1023) / 8.0)
    v = _wrapped(y, ((mixed >> 15) & 1023) / 8.0)
    if u.shape != v.shape:
        shape = np.broadcast_shapes(u.shape, v.shape)
        u, v = np.ascontiguousarray(np.broadcast_to(u, shape)), np.ascontiguousarray(np.broadcast_to(v, shape))
    return cv2.remap(_lattice(mixed % _LATTICES), u, v, cv2.INTER_LINEAR)  # pyright: ignore[reportReturnType]


def _wrapped(x: Floats, shift: float) -> F32:
    """Samples of the lattice for places: shifted, and folded into its period."""
    period = np.float32(_TILE * _FINE)
    at = np.asarray(x, np.float32) * np.float32(_FINE)
    at += np.float32(shift * _FINE)
    turns = at * (1 / period)
    np.floor(turns, out=turns)
    turns *= period
    at -= turns
    return at


def fbm(seed: int, x: Floats, y: Floats, octaves: int = 5, gain: float = 0.5, stretch: float = 2.03) -> F32:
    """Sum of octaves of noise, about 0…1 around 0.5; the first has features of size 1."""
    total = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        one = value(seed + 101 * octave, x, y)
        one *= np.float32(weight)
        total += one
        norm += weight
        weight *= gain
        x, y = x * np.float32(stretch) + np.float32(17.3), y * np.float32(stretch) + np.float32(9.7)
    total /= np.float32(norm)
    return total


def ridged(seed: int, x: Floats, y: Floats, octaves: int = 5, gain: float = 0.5) -> F32:
    """Noise with sharp crests, 0…1: mountain ridges."""
    total = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        one = value(seed + 101 * octave, x, y)
        one *= 2
        one -= 1
        np.abs(one, out=one)
        np.subtract(1, one, out=one)
        one *= one
        one *= np.float32(weight)
        total += one
        norm += weight
        weight *= gain
        x, y = x * np.float32(2.07) + np.float32(5.1), y * np.float32(2.07) + np.float32(31.7)
    total /= np.float32(norm)
    return total


def step(low: float | Floats, high: float | Floats, x: Floats) -> F32:
    """Smooth step: 0 below ``low``, 1 above ``high``."""
    t = np.asarray((x - low) / (high - low), np.float32)
    np.clip(t, 0, 1, out=t)
    return t * t * (3 - 2 * t)


def dithered(rgb: Floats, seed: int) -> U8:
    """Colours 0…1 as bytes, with triangular noise of one level before rounding, so that slow gradients do not band."""
    h, w = rgb.shape[:2]
    grain = source(seed, "dither").random((2, 128, 128, 1), np.float32)
    noise = np.tile(grain[0] - grain[1], (h // 128 + 1, w // 128 + 1, 1))[:h, :w]
    return np.clip(rgb * 255.0 + noise * 0.75 + 0.5, 0, 255).astype(np.uint8)
