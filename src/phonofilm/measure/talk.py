"""Where somebody speaks, and how far the speech stands above what is heard with it.

By the Silero detector (MIT) where its weights are on this machine, else by how strongly the voice band swells and falls at the rate of syllables
(Scheirer and Slaney, 1997: speech has its modulation energy around 4 Hz).

Axes: ``s`` samples, ``b`` blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import ModelMissing
from phonofilm.measure.levels import BOTTOM, decibels
from phonofilm.vision.tensors import onnx_session
from phonofilm.weights import model_path

F32 = NDArray[np.float32]

_RATE, _WINDOW, _CONTEXT = 16_000, 512, 64  # of the detector
STEP = _WINDOW * TICKS_PER_SECOND // _RATE  # ticks a block: 32 ms
SURE, UNSURE = 0.5, 0.25  # probability from which a block is speech, and below which it is none
_NEAR = 10  # blocks around speech that show what is heard with it
_SILENT_POWER = 10 ** (BOTTOM / 10)


@dataclass(frozen=True, kw_only=True, eq=False)
class Talk:
    """``probability`` of speech f32[b] in blocks of ``STEP`` ticks; ``by`` names what found it; ``above`` dB by which the speech is louder than
    what is heard with it (None: there is no speech, or no pause to hear the rest in)."""

    probability: F32
    by: str
    above: float | None

    @property
    def share(self) -> float:
        """Share of the film in which somebody speaks."""
        return float((self.probability >= SURE).mean()) if len(self.probability) else 0.0


def talk(mono: F32) -> Talk:
    """Speech in mono samples f32[s] at 48 kHz."""
    try:
        path = str(model_path("speech_activity"))
    except ModelMissing:
        probability, by = modulated(mono), "4 Hz modulation"
    else:
        probability, by = _detected(mono, path), "Silero VAD"
    return Talk(probability=probability, by=by, above=_above(mono, probability))


def _detected(mono: F32, model: str) -> F32:
    session = onnx_session(model)
    low = np.asarray(signal.resample_poly(mono, 1, TICKS_PER_SECOND // _RATE), np.float32)
    count = -(-len(low) // _WINDOW)
    padded = np.zeros(_CONTEXT + count * _WINDOW, np.float32)
    padded[_CONTEXT : _CONTEXT + len(low)] = low
    state, rate = np.zeros((2, 1, 128), np.float32), np.array(_RATE, np.int64)
    found = np.zeros(count, np.float32)
    for k in range(count):
        window = padded[None, k * _WINDOW : (k + 1) * _WINDOW + _CONTEXT]
        said, state = session.run(None, {"input": window, "state": state, "sr": rate})
        found[k] = np.asarray(said)[0, 0]
    return found


def modulated(mono: F32) -> F32:
    """How much mono f32[s] behaves like speech, 0…1, f32[b], without any model."""
    if len(mono) < STEP:
        return np.zeros(-(-len(mono) // STEP), np.float32)
    band = signal.sosfilt(signal.butter(4, (300, 3400), "bandpass", fs=TICKS_PER_SECOND, output="sos"), mono)
    hop = STEP // 4  # 125 Hz
    power = np.square(band[: len(band) // hop * hop]).reshape(-1, hop).mean(axis=1)
    level = np.log10(power + 1e-9) * 10
    swell = signal.sosfilt(signal.butter(2, (2.5, 8), "bandpass", fs=TICKS_PER_SECOND / hop, output="sos"), level - level.mean())
    window = np.hanning(127)
    strength = np.sqrt(np.convolve(np.square(swell), window / window.sum(), "same"))
    loud = np.convolve(power, window / window.sum(), "same") > 1e-6
    near = np.clip((strength - 2.5) / 4.0, 0, 1) * loud  # dB of swelling: music and noise stay near 2, speech lies at 5 to 9
    count = -(-len(mono) // STEP)
    found = near[: len(near) // 4 * 4].reshape(-1, 4).mean(axis=1)
    return np.asarray(np.pad(found, (0, max(count - len(found), 0)), "edge")[:count], np.float32)


def _above(mono: F32, probability: F32) -> float | None:
    speech, near = probability >= SURE, np.convolve(probability >= SURE, np.ones(2 * _NEAR + 1), "same") > 0
    pauses = near & (probability < UNSURE)
    num = len(probability)
    power = np.square(np.pad(mono, (0, max(num * STEP - len(mono), 0)))[: num * STEP]).reshape(num, STEP).mean(axis=1, dtype=np.float64)
    if speech.sum() < 3 or pauses.sum() < 3:
        return None
    rest = max(float(np.median(power[pauses])), _SILENT_POWER)
    spoken = max(float(power[speech].mean()) - rest, _SILENT_POWER)
    return decibels(spoken) - decibels(rest)
