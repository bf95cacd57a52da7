"""Which mouth shape is heard in each hundredth of a second of a recording, in any language. Axes: t steps of 10 ms, n shapes.

The recogniser of ``recognise`` names sounds as English has them and says when they begin, not how long they last. This small network (two hidden
layers over mel cepstra; Davis and Mermelstein 1980) knows nothing of words and tells of every moment how the mouth that made it stood. It was
trained by ``scripts/voice_shapes.py`` on lines of this package's own voices, with band, noise, pitch and pace varied; no recording was used.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.media.resample import resample
from phonofilm.phones import VISEMES

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

TABLE = "shapes.npz"
#: ticks of a step
STEP = 480
#: names of the shapes, in the order of their columns
NAMES: tuple[str, ...] = tuple(VISEMES)
#: steps before and after a moment that are seen with it
AROUND = range(-8, 9, 2)
CEPSTRA = 13

_RATE, _WINDOW, _FFT = 16_000, 400, 512
_HOP = _RATE * STEP // TICKS_PER_SECOND
_BANDS, _LOWEST, _HIGHEST = 26, 100.0, 3800.0  # telephones carry no more
_QUIET_SHARE = 0.3  # of the steps, which the usual sound is not taken from
_PRIOR = 0.5  # how far common shapes are held back
_LEAST = 1e-4
_DECIMALS = 6  # so that the last bits, which depend on the number of cores, decide nothing


def evidence(mono: F32) -> F64:
    """How much is heard of every shape: f64[t n] for f32[s] at 48 kHz, logarithms of chances beside the usual ones."""
    if not len(mono):
        return np.zeros((0, len(NAMES)))
    layers, usual = _network()
    x = features(mono).astype(np.float64)
    for k, (weight, bias) in enumerate(layers):
        x = x @ weight + bias
        x = np.maximum(x, 0.0) if k + 1 < len(layers) else x
    chance = np.exp(x - x.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    return np.round(np.log(chance / usual**_PRIOR + _LEAST), _DECIMALS)


def features(mono: F32) -> F32:
    """What the network sees: f32[t 117] for f32[s] at 48 kHz, cepstra of the steps around each, free of the recording's own colour."""
    low = resample(mono, 1, TICKS_PER_SECOND // _RATE)
    low = np.append(low[:1], low[1:] - np.float32(0.97) * low[:-1])
    num = -(-len(mono) // STEP)
    padded = np.pad(low, ((_WINDOW - _HOP) // 2, _WINDOW + _HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[: num * _HOP : _HOP] * np.hamming(_WINDOW).astype(np.float32)
    power = np.square(np.abs(np.fft.rfft(frames, _FFT))).astype(np.float64)
    least = 1e-7 * float(power.mean()) + 1e-9
    bands = np.log(power @ _mel() + least)
    rows = bands @ _cosines()
    loud = bands.mean(axis=1)
    sounding = loud > np.log(least) + 0.1
    usual = rows[loud >= np.quantile(loud[sounding], _QUIET_SHARE)] if sounding.any() else rows
    rows = (rows - usual.mean(axis=0)) / (usual.std(axis=0) + 1e-3)
    reach = AROUND[-1]
    wide = np.pad(rows, ((reach, reach), (0, 0)), mode="edge")
    return np.concatenate([wide[reach + k : reach + k + num] for k in AROUND], axis=1).astype(np.float32)


@cache
def _mel() -> F64:
    """Triangles [257 26] that are evenly spaced on the mel scale."""
    ends = 2595 * np.log10(1 + np.array([_LOWEST, _HIGHEST]) / 700)
    edges = 700 * (10 ** (np.linspace(ends[0], ends[1], _BANDS + 2) / 2595) - 1)
    hertz = np.fft.rfftfreq(_FFT, 1 / _RATE)[:, None]
    rise = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    return np.asarray(np.clip(np.minimum(rise, fall), 0.0, None), np.float64)


@cache
def _cosines() -> F64:
    """The first cosines [26 13] of the discrete cosine transform, of length one each."""
    angle = np.pi / _BANDS * (np.arange(_BANDS)[:, None] + 0.5) * np.arange(CEPSTRA)
    out = np.cos(angle) * np.sqrt(2 / _BANDS)
    out[:, 0] /= np.sqrt(2)
    return np.asarray(out, np.float64)


@cache
def _network() -> tuple[tuple[tuple[F64, F64], ...], F64]:
    """Weights and biases of the layers, and how common every shape is."""
    with (files("phonofilm.voice") / TABLE).open("rb") as file, np.load(file) as kept:
        layers = tuple((kept[f"weight{k}"].astype(np.float64), kept[f"bias{k}"].astype(np.float64)) for k in range(3))
        return layers, kept["usual"].astype(np.float64)
