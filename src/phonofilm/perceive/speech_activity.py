"""Where somebody speaks in a recording: the Silero voice activity detector (MIT) on onnxruntime. Times in ticks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.media.resample import resample
from phonofilm.vision.tensors import onnx_session
from phonofilm.weights import model_path

F32 = NDArray[np.float32]

RATE = 16_000
_WINDOW, _CONTEXT = 512, 64
WINDOW_TICKS = _WINDOW * TICKS_PER_SECOND // RATE
_ON, _OFF = 0.5, 0.35
_MIN_SPEECH, _MIN_PAUSE, _PAD = 4, 6, 1536  # windows, windows, ticks


def speech_probability(mono: F32) -> F32:
    """Probability of speech 0…1 for each 32 ms window of mono samples s at 48 kHz.

    Raises:
        ModelMissing: the detector is not on this machine.
    """
    session = onnx_session(str(model_path("speech_activity")))
    low = resample(mono, 1, TICKS_PER_SECOND // RATE)
    count = -(-len(low) // _WINDOW)
    padded = np.zeros(_CONTEXT + count * _WINDOW, np.float32)
    padded[_CONTEXT : _CONTEXT + len(low)] = low
    state = np.zeros((2, 1, 128), np.float32)
    rate = np.array(RATE, np.int64)
    found = np.zeros(count, np.float32)
    for k in range(count):
        window = padded[None, k * _WINDOW : k * _WINDOW + _CONTEXT + _WINDOW]
        out, state = session.run(None, {"input": window, "state": state, "sr": rate})
        found[k] = np.asarray(out)[0, 0]
    return found


def speech_spans(probability: F32, length: int) -> tuple[tuple[int, int], ...]:
    """Spans of speech [start, end) in ticks from the windows' probabilities: with hysteresis, short gaps closed, a little room at both ends."""
    spans: list[list[int]] = []
    speaking = False
    for k, p in enumerate(probability):
        if not speaking and p >= _ON:
            spans.append([k, k + 1])
            speaking = True
        elif speaking and p < _OFF:
            speaking = False
        if speaking:
            spans[-1][1] = k + 1
    joined: list[list[int]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] < _MIN_PAUSE:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    kept = [(a, b) for a, b in joined if b - a >= _MIN_SPEECH]
    return tuple((max(0, a * WINDOW_TICKS - _PAD), min(length, b * WINDOW_TICKS + _PAD)) for a, b in kept)
