"""The phone recogniser: what is heard in each fiftieth of a second of a recording, in any language.

hama (Apache-2.0) carries a network trained with CTC: for every 20 ms it gives the probability of each of 191 symbols of IPA, of a seam between
words, and of nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from phonofilm.errors import EngineMissing, WorkError

Floats = NDArray[np.float32]

#: ticks of one step of the recogniser
STEP = 960
_RATE_DOWN = 3
#: the recogniser's memory grows with the square of the length; longer recordings are heard in pieces that overlap
_PIECE, _OVERLAP = 20 * 50, 50
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
    low = np.clip(np.asarray(resample_poly(mono, 1, _RATE_DOWN), np.float32), -1.0, 1.0)
    samples = STEP // _RATE_DOWN
    steps = -(-len(low) // samples)
    low = np.pad(low, (0, steps * samples - len(low)))
    rows: list[Floats] = []
    for start in range(0, max(steps, 1), _PIECE):
        first, last = max(0, start - _OVERLAP), min(steps, start + _PIECE + _OVERLAP)
        part = _listen(low[first * samples : last * samples])
        rows.append(part[start - first : min(start + _PIECE, steps) - first])
    symbols = tuple("" if symbol.startswith("<") or symbol in _MARKS else symbol.replace("͡", "").replace("g", "ɡ") for symbol in _model()[1])
    return Heard(log_probability=np.concatenate(rows), symbols=symbols)


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
