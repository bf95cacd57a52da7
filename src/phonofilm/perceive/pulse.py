"""How likely each moment of a recording is a beat or a downbeat: a small recurrent network on its spectrum. Axes: s samples, t frames, b bands.

The weights are BeatNet's (Heydari, Cwitkowitz and Duan, 2021, CC BY 4.0), three networks trained on different music; their answers are averaged.
They are read as arrays from the archives they come in, so nothing of the program that trained them is needed.
"""

from __future__ import annotations

import zipfile

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.media.resample import resample
from phonofilm.weights import model_path

F32 = NDArray[np.float32]

PULSES = 50
"""Frames a second of what ``pulse`` returns."""

_RATE = 22_050
_HOP = _RATE // PULSES
_WINDOW = 1411
_PER_OCTAVE, _LOWEST, _HIGHEST, _TUNING = 24, 30.0, 17_000.0, 440.0
_KERNEL, _HIDDEN = 10, 150
_LEAD = 8 * PULSES  # frames heard first to warm the networks up, and not answered for
_NETWORKS = ("beats_1", "beats_2", "beats_3")


def pulse(mono: F32) -> F32:
    """Probability 0…1 of a beat that is no downbeat and of a downbeat, t 2 at ``PULSES`` frames a second, of mono samples s at 48 kHz.

    Raises:
        ModelMissing: the networks are not on this machine.
    """
    low = resample(mono, _RATE // 150, TICKS_PER_SECOND // 150)
    heard = spectrum(low)
    lead = np.resize(heard, (max(_LEAD, 1), heard.shape[1])) if len(heard) < _LEAD else heard[:_LEAD]
    answers = _answers(np.concatenate([lead, heard]))[len(lead) :]
    return np.asarray(answers[:, :2], np.float32)


def spectrum(low: F32) -> F32:
    """What the networks hear of samples s at 22.05 kHz: log magnitude in bands of a quarter tone, and its rise since the frame before, t 2b."""
    size = _WINDOW // 2
    padded = np.concatenate([np.zeros(size, np.float32), low, np.zeros(_WINDOW, np.float32)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[: len(low) : _HOP]
    magnitude = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW).astype(np.float32), axis=1))[:, :size].astype(np.float32)
    bands = np.log10(1.0 + magnitude @ _filters(size))
    rise = np.zeros_like(bands)
    rise[1:] = np.maximum(bands[1:] - bands[:-1], 0.0)
    return np.concatenate([bands, rise], axis=1).astype(np.float32)


def _filters(bins: int) -> F32:
    """Overlapping triangles between neighbouring quarter tones, each of sum 1, on bins of the spectrum, as the networks were trained on."""
    first = int(np.floor(np.log2(_LOWEST / _TUNING) * _PER_OCTAVE))
    last = int(np.ceil(np.log2(_HIGHEST / _TUNING) * _PER_OCTAVE))
    tones = _TUNING * 2.0 ** (np.arange(first, last) / _PER_OCTAVE)
    tones = tones[(tones >= _LOWEST) & (tones <= _HIGHEST)]
    width = _RATE / 2 / bins
    edges = np.unique(np.minimum(np.round(tones / width).astype(int), bins - 1))
    bank = np.zeros((bins, len(edges) - 2), np.float32)
    for k, (low, middle, high) in enumerate(zip(edges[:-2], edges[1:-1], edges[2:], strict=True)):
        low, middle, high = (low, low, low + 1) if high - low < 2 else (low, middle, high)
        up, down = middle - low, high - middle
        bank[low:middle, k] = np.arange(up) / max(up, 1)
        bank[middle:high, k] = 1.0 - np.arange(down) / down
    return bank / np.maximum(bank.sum(axis=0), 1e-9)


def _answers(heard: F32) -> F32:
    """Probabilities of beat, downbeat and neither, the mean of the networks, t 3."""
    networks = [_weights(name) for name in _NETWORKS]
    windows = np.lib.stride_tricks.sliding_window_view(heard, _KERNEL, axis=1)
    inputs: list[F32] = []
    for w in networks:
        shape = np.maximum(np.einsum("tnk,ck->tcn", windows, w[0]) + w[1][:, None], 0.0)
        pooled = shape[:, :, : shape.shape[2] // 2 * 2].reshape(len(shape), 2, -1, 2).max(axis=3)
        inputs.append(pooled.reshape(len(shape), -1) @ w[2].T + w[3])
    layer = np.stack(inputs)
    for k in (4, 7):
        layer = _recurrent(layer, *(np.stack([w[k + part] for w in networks]) for part in range(3)))
    logits = np.stack([x @ w[10].T + w[11] for x, w in zip(layer, networks, strict=True)])
    odds = np.exp(logits - logits.max(axis=2, keepdims=True))
    return np.asarray((odds / odds.sum(axis=2, keepdims=True)).mean(axis=0), np.float32)


def _recurrent(x: F32, inward: F32, around: F32, bias: F32) -> F32:
    """One long short-term memory layer of each network over x n t b."""
    driven = np.matmul(x, inward.transpose(0, 2, 1)) + bias[:, None]
    turn = np.ascontiguousarray(around.transpose(0, 2, 1))
    state, cell = np.zeros((len(x), 1, _HIDDEN), np.float32), np.zeros((len(x), _HIDDEN), np.float32)
    out = np.empty((*x.shape[:2], _HIDDEN), np.float32)
    for t in range(x.shape[1]):
        gates = driven[:, t] + np.matmul(state, turn)[:, 0]
        opened = 1.0 / (1.0 + np.exp(-gates))
        cell = opened[:, _HIDDEN : 2 * _HIDDEN] * cell + opened[:, :_HIDDEN] * np.tanh(gates[:, 2 * _HIDDEN : 3 * _HIDDEN])
        out[:, t] = opened[:, 3 * _HIDDEN :] * np.tanh(cell)
        state = out[:, t, None]
    return out


def _weights(name: str) -> list[F32]:
    """Weights and bias of the convolution and of the layer after it; in, around and bias of both memories; weights and bias of the answer."""
    with zipfile.ZipFile(model_path(name)) as archive:
        flat = [np.frombuffer(archive.read(f"archive/data/{k}"), np.float32) for k in range(7)]
    gates, square = 4 * _HIDDEN, 4 * _HIDDEN * _HIDDEN
    memory, biases = flat[4][: 4 * square].reshape(4, gates, _HIDDEN), flat[4][4 * square :].reshape(2, 2, gates).sum(axis=1)
    return [
        flat[0].reshape(2, _KERNEL), flat[1], flat[2].reshape(_HIDDEN, -1), flat[3],
        memory[0], memory[1], biases[0], memory[2], memory[3], biases[1], flat[5].reshape(3, _HIDDEN), flat[6],
    ]  # fmt: skip
