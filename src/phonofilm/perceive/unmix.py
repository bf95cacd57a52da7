"""The voice of a mixed song, by trained networks. Axes: s samples, c channels 2, t frames, f frequencies, k channels of a layer.

Two networks (Spleeter's two stems: Hennequin, Khlif, Voituret and Moussallam, 2020, MIT; each a U of convolutions after Jansson and others, 2017) say
from the spectrum of a mix how large the voice in it is and how large the rest; each bin is shared out by their squares. The weights are read as
arrays from the file that they come in, so nothing of the program that trained them is needed.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.media.resample import resample
from phonofilm.weights import model_path

F32 = NDArray[np.float32]
C64 = NDArray[np.complex64]

_RATE = 44_100
_WINDOW, _HOP = 4096, 1024
_BINS = 1024  # below 11 kHz; there is no voice above for a mouth
_SPAN = 512  # frames that are heard at once: 11.9 s
_LEVELS = 6
_WIDTHS = (16, 32, 64, 128, 256, 512)
_KERNEL, _LAST = 5, 4
_AT_ONCE = 4_000_000  # numbers that a convolution lays out before it multiplies
_LAID = 300_000  # … that its reverse lays out after it multiplied: what a core keeps near
_STEADY = 1e-3  # what the networks were trained to add to a variance


def voice_of(samples: F32) -> F32:
    """The voice in stereo samples s 2 at 48 kHz, likewise s 2, without what lies above 11 kHz.

    Raises:
        ModelMissing: the networks are not on this machine.
    """
    if len(samples) < TICKS_PER_SECOND // 4:
        return np.zeros_like(samples)
    low = resample(samples, _RATE // 300, TICKS_PER_SECOND // 300)
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    padded = np.pad(low, ((_WINDOW, _WINDOW + -len(low) % _HOP), (0, 0)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW, axis=0)[::_HOP]
    out = np.zeros_like(padded)
    for first in range(0, len(frames), _SPAN):
        heard = np.fft.rfft(frames[first : first + _SPAN] * window, axis=2).astype(np.complex64).transpose(0, 2, 1)
        kept = np.zeros_like(heard)
        kept[:, :_BINS] = heard[:, :_BINS] * _share(np.abs(heard[:, :_BINS]))
        back = np.fft.irfft(kept.transpose(0, 2, 1), axis=2).astype(np.float32) * window
        for k, frame in enumerate(back):
            at = (first + k) * _HOP
            out[at : at + _WINDOW] += frame.T / 1.5  # the squares of four windows together
    full = resample(out[_WINDOW : _WINDOW + len(low)], TICKS_PER_SECOND // 300, _RATE // 300)
    voice = np.zeros_like(samples)
    voice[: len(full)] = full[: len(voice)]
    return voice


def _share(size: F32) -> F32:
    """How much of each bin is voice, 0…1, of magnitudes t f c."""
    whole = np.pad(size, ((0, -len(size) % 2**_LEVELS), (0, 0), (0, 0)))
    voice, rest = (np.square(_heard(whole, network)) for network in range(2))
    return np.asarray((voice + 5e-11) / (voice + rest + 1e-10), np.float32)[: len(size)]


def _heard(size: F32, network: int) -> F32:
    """Magnitudes t f c of what a network listens for: 0 the voice, 1 the rest."""
    w = _weights()
    x = size
    down: list[F32] = []
    for k in range(_LEVELS):
        x = _down(x, *w["conv2d", network * (_LEVELS + 1) + k])
        down.append(x)
        if k + 1 < _LEVELS:
            x = _even(x, w["batch_normalization", network * 2 * _LEVELS + k])
            x = np.maximum(x, 0.2 * x)
    for k in range(_LEVELS):
        x = np.maximum(_up(x, *w["conv2d_transpose", network * _LEVELS + k]), 0.0)
        x = _even(x, w["batch_normalization", network * 2 * _LEVELS + _LEVELS + k])
        if k + 1 < _LEVELS:
            x = np.concatenate([down[_LEVELS - 2 - k], x], axis=2)
    kernel, bias = w["conv2d", network * (_LEVELS + 1) + _LEVELS]
    around = np.pad(x[..., 0], 3)
    rows, columns = x.shape[:2]
    logit = np.empty((rows, columns, 2), np.float32)
    for channel in range(2):
        total = np.full((rows, columns), bias[channel], np.float32)
        for a in range(_LAST):
            for b in range(_LAST):
                total += around[2 * a : 2 * a + rows, 2 * b : 2 * b + columns] * kernel[a, b, 0, channel]
        logit[..., channel] = total
    return np.asarray(size / (1.0 + np.exp(np.minimum(-logit, 80.0))), np.float32)


def _down(x: F32, kernel: F32, bias: F32) -> F32:
    """Every other place of a convolution of x t f k."""
    around = np.pad(x, ((1, 2), (1, 2), (0, 0)))
    fed, made = kernel.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(around, (_KERNEL, _KERNEL), axis=(0, 1))[::2, ::2].transpose(0, 1, 3, 4, 2)
    rows, columns = windows.shape[:2]
    flat = kernel.reshape(-1, made)
    out = np.empty((rows, columns, made), np.float32)
    several = max(1, _AT_ONCE // (columns * _KERNEL * _KERNEL * fed))
    for top in range(0, rows, several):
        part = windows[top : top + several]
        out[top : top + several] = (part.reshape(-1, len(flat)) @ flat).reshape(*part.shape[:2], made)
    return out + bias


def _up(x: F32, kernel: F32, bias: F32) -> F32:
    """The reverse of ``_down``: x t f k laid out at every other place."""
    rows, columns, fed = x.shape
    if rows * columns <= fed:
        return _gathered(x, kernel, bias)
    made = len(bias)
    flat = np.ascontiguousarray(kernel.transpose(3, 0, 1, 2).reshape(fed, -1))
    out = np.zeros((2 * rows + _KERNEL - 2, 2 * columns + _KERNEL - 2, made), np.float32)
    several = max(1, _LAID // (columns * flat.shape[1]))
    for top in range(0, rows, several):
        part = x[top : top + several]
        laid = (part.reshape(-1, fed) @ flat).reshape(*part.shape[:2], _KERNEL, _KERNEL, made)
        for a in range(_KERNEL):
            for b in range(_KERNEL):
                out[2 * top + a : 2 * (top + len(part)) + a - 1 : 2, b : b + 2 * columns - 1 : 2] += laid[:, :, a, b]
    return out[1 : 1 + 2 * rows, 1 : 1 + 2 * columns] + bias


def _gathered(x: F32, kernel: F32, bias: F32) -> F32:
    """``_up`` of few places: what each of the four places that come of one is made of, put together before it is multiplied."""
    rows, columns, _ = x.shape
    around = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    taps = (((1, 1), (3, 0)), ((0, 2), (2, 1), (4, 0)))  # of an even and an odd place: the kernel's row, and of ``around`` the first
    out = np.empty((2 * rows, 2 * columns, len(bias)), np.float32)
    for y, x0 in np.ndindex(2, 2):
        weights = np.concatenate([kernel[a, b].T for a, _ in taps[y] for b, _ in taps[x0]])
        read = np.concatenate([around[top : top + rows, left : left + columns] for _, top in taps[y] for _, left in taps[x0]], axis=2)
        out[y::2, x0::2] = (read.reshape(-1, len(weights)) @ weights).reshape(rows, columns, -1)
    return out + bias


def _even(x: F32, row: tuple[F32, ...]) -> F32:
    """x with each channel at the mean and spread that its row asks for."""
    shift, scale, mean, variance = row
    factor = scale / np.sqrt(variance + _STEADY)
    return np.asarray(x * factor + (shift - mean * factor), np.float32)


@cache
def _weights() -> dict[tuple[str, int], tuple[F32, ...]]:
    """The arrays of each layer, by its kind and number."""
    flat = np.fromfile(model_path("unmix"), np.float32)
    up = (*_WIDTHS[-2::-1], 1)
    shapes: dict[tuple[str, str], tuple[int, ...]] = {}
    names: dict[str, tuple[str, int]] = {}
    for network in range(2):
        for k in range(_LEVELS):
            size = (_KERNEL, _KERNEL)
            fed = _WIDTHS[-1] if k == 0 else 2 * up[k - 1]
            layers = {
                ("conv2d", network * (_LEVELS + 1) + k): ((_WIDTHS[k],), (*size, _WIDTHS[k - 1] if k else 2, _WIDTHS[k])),
                ("conv2d_transpose", network * _LEVELS + k): ((up[k],), (*size, up[k], fed)),
            }
            for (kind, number), (bias, kernel) in layers.items():
                name = f"{kind}_{number}" if number else kind
                names[name] = (kind, number)
                shapes[name, "bias"], shapes[name, "kernel"] = bias, kernel
            for number, width in ((network * 2 * _LEVELS + k, _WIDTHS[k]), (network * 2 * _LEVELS + _LEVELS + k, up[k])):
                name = f"batch_normalization_{number}" if number else "batch_normalization"
                names[name] = ("batch_normalization", number)
                shapes |= {(name, part): (width,) for part in ("beta", "gamma", "moving_mean", "moving_variance")}
        number = network * (_LEVELS + 1) + _LEVELS
        names[f"conv2d_{number}"] = ("conv2d", number)
        shapes[f"conv2d_{number}", "bias"], shapes[f"conv2d_{number}", "kernel"] = (2,), (_LAST, _LAST, 1, 2)
    # The file holds the arrays one after another, in the order of their names "layer/part".
    parts: dict[str, dict[str, F32]] = {}
    at = 0
    for name, part in sorted(shapes, key="/".join):
        size = int(np.prod(shapes[name, part]))
        parts.setdefault(name, {})[part] = flat[at : at + size].reshape(shapes[name, part])
        at += size
    order = ("kernel", "bias", "beta", "gamma", "moving_mean", "moving_variance")
    return {names[name]: tuple(row[part] for part in order if part in row) for name, row in parts.items()}
