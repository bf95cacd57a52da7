"""Which mouth shape is heard in each hundredth of a second of a recording, in any language. Axes: t steps of 10 ms, n shapes.

The recogniser of ``recognise`` names sounds as English has them and says when they begin, not how long they last. Two small networks (two hidden
layers over mel cepstra; Davis and Mermelstein 1980) tell of every moment how the mouth that made it stood: one hears the sound alone, the other
also what the recogniser makes of it, the doubtful names included, and has learnt what those names stand for in seven languages. Where the words
are not known, two others are asked, which are told the language as well: a sound that closes to [u] through the nose is an open vowel in Quebec
and none in Madrid. The language is heard by how often the recogniser names what (a logistic regression). All were trained by
``scripts/voice_shapes.py`` on lines of this package's own voices and mixtures of them, with band, room, noise, pitch and pace varied; no
recording was used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.media.resample import resample
from phonofilm.phones import VISEMES

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
#: weights and biases
Layers = tuple[tuple[F64, F64], ...]

TABLE = "shapes.npz"
#: ticks of a step
STEP = 480
#: names of the shapes, in the order of their columns
NAMES: tuple[str, ...] = tuple(VISEMES)
#: steps before and after a moment that are seen with it
AROUND = range(-8, 9, 2)
CEPSTRA = 13
#: languages that were learnt
TONGUES = ("en", "es", "fr", "de", "ja", "ko", "zh")
_CLOSED = NAMES.index("PP")

_RATE, _WINDOW, _FFT = 16_000, 400, 512
_HOP = _RATE * STEP // TICKS_PER_SECOND
_BANDS, _LOWEST, _HIGHEST = 26, 100.0, 3800.0  # telephones carry no more
_QUIET_SHARE = 0.3  # of the steps, which the usual sound is not taken from
_PRIOR = 0.5  # how far common shapes are held back
_LEAST = 1e-4
#: steps of the recogniser, of two steps each, that are seen with a moment: it names a sound after it has begun
_NAMES_AROUND = range(-2, 9)
#: how much more surely closed lips are heard by the network that hears the sound alone: the other takes a p that is not breathed for a t
_CLOSING, _CLOSING_FREE = 0.7, 1.3
#: how far the language that is heard is believed: the power of its chance
_SURE = 2.0
_RARE = 2e-3
_DECIMALS = 6  # so that the last bits, which depend on the number of cores, decide nothing


@dataclass(frozen=True, kw_only=True, eq=False)
class _Kept:
    """The two networks, the middle [191] and the axes [191 24] of the recogniser's rows, and how common every shape is: [15], or [7 15] in each of
    ``TONGUES``, which the networks are then told."""

    alone: Layers
    told: Layers
    mean: F64
    basis: F64
    usual: F64


def evidence(mono: F32, named: F32 | None = None, *, words: bool = True) -> F64:
    """How much is heard of every shape: f64[t n] for f32[s] at 48 kHz, logarithms of chances beside the usual ones.

    ``named`` are what the recogniser makes of it, f32[k 191] log probabilities, a row every 20 ms. Where the ``words`` are not known, the networks
    are told the language that is heard.
    """
    if not len(mono):
        return np.zeros((0, len(NAMES)))
    sound = features(mono)
    if named is None or not len(named):
        kept = _kept("")
        return np.round(_heard(sound, kept.alone, kept.usual), _DECIMALS)
    kept = _kept("" if words else "free_")
    beside = named_features(named, len(sound), kept.mean, kept.basis)
    usual, tongue = kept.usual, np.zeros((len(sound), 0), np.float32)
    if not words:
        chance = tongues_of(named)
        usual, tongue = chance @ kept.usual, np.tile(chance, (len(sound), 1)).astype(np.float32)
    alone = _heard(np.concatenate([sound, tongue], axis=1), kept.alone, usual)
    both = (alone + _heard(np.concatenate([sound, beside, tongue], axis=1), kept.told, usual)) / 2
    both[:, _CLOSED] = np.maximum(both[:, _CLOSED], alone[:, _CLOSED] + (_CLOSING if words else _CLOSING_FREE))
    return np.round(both, _DECIMALS)


def tongues_of(named: F32) -> F64:
    """The chance of each of ``TONGUES``, by what the recogniser names."""
    weight, bias = _tongues()
    row = named_shares(named) @ weight + bias
    chance = np.exp(_SURE * (row - row.max()))
    return chance / chance.sum()


def named_shares(named: F32) -> F64:
    """Logarithms of how often the recogniser names each symbol, f64[191], beside the commonest, which says that nothing is new."""
    often = np.exp(named.astype(np.float64)).sum(axis=0)
    often[often.argmax()] = 0.0
    return np.log(often / max(float(often.sum()), 1e-9) + _RARE)


def _heard(x: F32, layers: Layers, usual: F64) -> F64:
    rows = x.astype(np.float64)
    for k, (weight, bias) in enumerate(layers):
        rows = rows @ weight + bias
        rows = np.maximum(rows, 0.0) if k + 1 < len(layers) else rows
    chance = np.exp(rows - rows.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    return np.log(chance / usual**_PRIOR + _LEAST)


def named_features(named: F32, num: int, mean: F64, basis: F64) -> F32:
    """What the second network sees beside the sound: f32[num 265], the recogniser's rows f32[k 191] around each step along the axes ``basis``."""
    rows = (named_logs(named) - mean) @ basis
    steps = np.arange(num)
    at = np.clip(steps[:, None] // 2 + np.array(_NAMES_AROUND), 0, len(rows) - 1)
    return np.concatenate([rows[at].reshape(num, -1), (steps % 2 * 2.0 - 1)[:, None]], axis=1).astype(np.float32)


def named_logs(named: F32) -> F64:
    """Log probabilities with a floor, under which they mean nothing."""
    return np.log(np.exp(named.astype(np.float64)) + _LEAST)


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
def _table() -> dict[str, F64]:
    with (files("phonofilm.voice") / TABLE).open("rb") as file, np.load(file) as kept:
        return {name: kept[name].astype(np.float64) for name in kept.files}


@cache
def _kept(which: str) -> _Kept:
    wide = _table()
    alone, told = (tuple((wide[f"{which}{kind}weight{k}"], wide[f"{which}{kind}bias{k}"]) for k in range(3)) for kind in ("", "told_"))
    return _Kept(alone=alone, told=told, mean=wide[f"{which}mean"], basis=wide[f"{which}basis"], usual=wide[f"{which}usual"])


@cache
def _tongues() -> tuple[F64, F64]:
    return _table()["tongue_weight"], _table()["tongue_bias"]
