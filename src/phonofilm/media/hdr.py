"""High dynamic range brought to an ordinary screen: PQ and HLG in BT.2020 primaries to bt709-coded RGB.

Sources: SMPTE ST 2084 (PQ), ITU-R BT.2100-2 (HLG and its system gamma), ITU-R BT.2408-7 (reference white at 203 cd/m²), ITU-R BT.2087-0 (primaries).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Transfer = Literal["pq", "hlg"]
TRANSFERS: dict[int, Transfer] = {16: "pq", 18: "hlg"}  # ITU-T H.273 codes
WHITE, PEAK, KNEE = 203.0, 1000.0, 0.75
_TO_709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
_LUMA_2020 = np.array([0.2627, 0.6780, 0.0593])


def to_sdr(coded: NDArray[np.float64], transfer: Transfer) -> NDArray[np.float64]:
    """RGB coded 0…1 ``[… 3]`` as sRGB-coded 0…1: reference white comes out near white, what is brighter is rolled off, hue kept."""
    light = _nits(coded, transfer) / WHITE
    light = np.maximum(light @ _TO_709.T, 0.0)
    most = np.maximum(light.max(-1, keepdims=True), 1e-9)
    top = PEAK / WHITE
    over = np.clip((most - KNEE) / (top - KNEE), 0.0, 1.0)
    rolled = KNEE + (1 - KNEE) * np.log1p(over * 20) / np.log1p(20)
    light = light * np.where(most > KNEE, rolled / most, 1.0)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055).clip(0, 1)


def _nits(coded: NDArray[np.float64], transfer: Transfer) -> NDArray[np.float64]:
    if transfer == "pq":
        p = np.clip(coded, 0, 1) ** (1 / 78.84375)
        return 10_000 * (np.maximum(p - 0.8359375, 0) / (18.8515625 - 18.6875 * p)) ** (1 / 0.1593017578125)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    e = np.where(coded <= 0.5, coded**2 / 3, (np.exp((coded - c) / a) + b) / 12)
    luma = np.maximum(e @ _LUMA_2020, 1e-9)[..., None]
    return PEAK * luma**0.2 * e


def write_cube(path: Path, transfer: Transfer, size: int = 49) -> None:
    """The same as a 3D table (``.cube``, red fastest) for FFmpeg's ``lut3d``."""
    axis = np.linspace(0, 1, size)
    b, g, r = np.meshgrid(axis, axis, axis, indexing="ij")
    rows = to_sdr(np.stack([r, g, b], -1).reshape(-1, 3), transfer)
    path.write_text(f"LUT_3D_SIZE {size}\n" + "\n".join(f"{x:.6f} {y:.6f} {z:.6f}" for x, y, z in rows) + "\n")
