"""The phone recogniser: what is heard in each fiftieth of a second of a recording, in any language.

hama (Apache-2.0) carries a network trained with CTC: for every 20 ms it gives the probability of each of 191 symbols of IPA, of a seam between
words, and of nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.errors import EngineMissing, WorkError
from phonofilm.media.resample import resample
from phonofilm.voice import lines

Floats = NDArray[np.float32]

#: ticks of one step of the recogniser
STEP = 960
_RATE_DOWN = 3
_SAMPLES = STEP // _RATE_DOWN
#: a recording is heard in stretches between pauses: steps of the longest stretch, of the shortest pause, of room around a stretch
_LONGEST, _PAUSE, _ROOM = 12 * 50, 8, 5
#: the network sometimes answers a stretch with nothing but ə and m; then it is asked again about its halves, down to this many steps
_SMALLEST = 50
_ASTRAY = frozenset("əm")
_ASTRAY_SHARE, _ASTRAY_LEAST = 0.45, 8
_QUIET = 0.03
#: grows when the same recording is heard otherwise
_EDITION = 1
_MARKS = frozenset("~²³¹⁰⁴⁵⁻⁽⁾˕˞ˤ˥˦˧˨˩꜔‿,% ")


@dataclass(frozen=True, kw_only=True)
class Heard:
    """``log_probability`` f32[t n] of n symbols at t steps of 960 ticks; ``symbols`` are their names in IPA, empty for "nothing new"."""

    log_probability: Floats
    symbols: tuple[str, ...]


def recognise(mono: Floats) -> Heard:
    """Hear a recording (f32[s] mono at 48 kHz).

    Raises:
        EngineMissing: the recogniser has no build for this system.
    """
    low = np.clip(resample(mono, 1, _RATE_DOWN), -1.0, 1.0)
    steps = max(1, -(-len(low) // _SAMPLES))
    low = np.pad(low, (0, steps * _SAMPLES - len(low)))
    level = np.sqrt((low.reshape(steps, _SAMPLES).astype(np.float64) ** 2).mean(axis=1))
    name = lines.key("heard", _EDITION, version("hama"), sha256(low.data).hexdigest())
    rows, names = lines.heard(name, lambda: (np.concatenate([_heard(low, level, a, b) for a, b in _stretches(level)]), _model()[1]))
    symbols = tuple("" if symbol.startswith("<") or symbol in _MARKS else symbol.replace("͡", "").replace("g", "ɡ") for symbol in names)
    return Heard(log_probability=rows, symbols=symbols)


def _stretches(level: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Spans of steps between pauses that tile the recording."""
    quiet = level <= _QUIET * float(np.quantile(level, 0.95))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    cuts = [int(start + end) // 2 for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start >= _PAUSE]
    spans: list[tuple[int, int]] = []
    first = 0
    while len(level) - first > _LONGEST or any(first < cut < len(level) for cut in cuts):
        near = [cut for cut in cuts if first < cut <= first + _LONGEST]
        if not near:
            half = first + _LONGEST // 2
            near = [half + int(level[half : first + _LONGEST].argmin())]
        spans.append((first, near[0]))
        first = near[0]
    return [span for span in (*spans, (first, len(level))) if span[1] > span[0]]


def _heard(low: Floats, level: NDArray[np.float64], first: int, last: int) -> Floats:
    """Log probabilities of the steps [first, last)."""
    start, end = max(0, first - _ROOM), min(len(level), last + _ROOM)
    rows = _listen(low[start * _SAMPLES : end * _SAMPLES])[first - start : last - start]
    rows = np.pad(rows, ((0, last - first - len(rows)), (0, 0)), mode="edge")
    if not _astray(rows):
        return rows
    if last - first < 2 * _SMALLEST:
        return _murmur(level[first:last], rows.shape[1])
    third = (last - first) // 3
    middle = first + third + int(level[first + third : last - third].argmin())
    return np.concatenate([_heard(low, level, first, middle), _heard(low, level, middle, last)])


def _astray(rows: Floats) -> bool:
    """Whether the network has lost the thread."""
    names = _model()[1]
    best = rows.argmax(axis=1)
    said = [names[symbol] for symbol in best[np.flatnonzero(np.diff(best, prepend=-1))] if not names[symbol].startswith("<")]
    return len(said) >= _ASTRAY_LEAST and sum(symbol in _ASTRAY for symbol in said) > _ASTRAY_SHARE * len(said)


def _murmur(level: NDArray[np.float64], num_symbols: int) -> Floats:
    """In place of an answer that makes no sense: a vowel at every swell of the voice, so that the mouth still moves with it."""
    names = _model()[1]
    rows = np.full((len(level), num_symbols), -20.0, np.float32)
    rows[:, names.index("<blank>")] = 0.0
    smooth = np.convolve(level, np.hanning(9) / np.hanning(9).sum(), "same")
    for step in range(1, len(level) - 1):
        if smooth[step] == smooth[max(0, step - 4) : step + 5].max() and smooth[step] > 0.2 * smooth.max():
            rows[max(0, step - 3)] = -20.0
            rows[max(0, step - 3), names.index("ə")] = 0.0
    return rows


def _listen(low: Floats) -> Floats:
    session, _ = _model()
    try:
        found: Any = session.run(["log_probs", "out_lengths"], {"waveform": low[None], "waveform_lengths": np.array([len(low)], np.int64)})
    except Exception as error:
        raise WorkError(f"The phone recogniser failed: {error}") from error
    return np.asarray(found[0][0], np.float32)


@cache
def _model() -> tuple[Any, tuple[str, ...]]:
    try:
        from hama import ASRModel

        model = ASRModel()
    except (ImportError, OSError, RuntimeError) as error:
        raise EngineMissing("phone recogniser", known=["none on this system: hama has builds for Linux and macOS"]) from error
    return model.session, tuple(model.decoder_tokens)
