"""Loudness by FFmpeg's own meter (``ebur128``: ITU-R BS.1770-4, EBU Tech 3341 and 3342), a tool that has nothing to do with how films are mixed.

Axes: ``s`` samples at 48 kHz.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND

STEP = TICKS_PER_SECOND // 10  # the meter says something every 100 ms
SILENT = -120.0  # LUFS or dB: what stands for silence
_LEAST = 4 * STEP  # below 400 ms there is not one block to measure


@dataclass(frozen=True, kw_only=True)
class Metered:
    """Loudness of a sound. ``integrated`` LUFS (None: shorter than 400 ms), ``spread`` its loudness range in LU (None: shorter than 3 s),
    ``true_peak`` dBTP; ``momentary`` LUFS over the last 400 ms and ``short_term`` over the last 3 s at the ticks ``at``."""

    integrated: float | None
    spread: float | None
    true_peak: float
    at: tuple[int, ...]
    momentary: tuple[float, ...]
    short_term: tuple[float, ...]


def metered(sound: NDArray[np.float32]) -> Metered:
    """``f32[s 2]`` measured. Silence has an integrated loudness of ``SILENT``."""
    graph = Graph()
    source = graph.add_abuffer(format="flt", layout="stereo", sample_rate=TICKS_PER_SECOND, time_base=Fraction(1, TICKS_PER_SECOND))
    meter = graph.add("ebur128", "metadata=1:peak=true:framelog=quiet")
    graph.link_nodes(source, meter, graph.add("abuffersink")).configure()
    at: list[int] = []
    momentary: list[float] = []
    short_term: list[float] = []
    last: dict[str, str] = {}
    peak = 0.0
    whole = -len(sound) % STEP
    padded = np.pad(sound, ((0, whole), (0, 0))) if whole else sound
    for start in range(0, len(padded), STEP):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(padded[start : start + STEP].reshape(1, -1)), format="flt", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = TICKS_PER_SECOND, start, Fraction(1, TICKS_PER_SECOND)
        graph.push(frame)
        for told in _pulled(graph):
            last = told
            peak = max(peak, float(told.get("lavfi.r128.true_peak", 0.0)))
            at.append(min(start + STEP, len(sound)))
            momentary.append(_level(told, "M"))
            short_term.append(_level(told, "S"))
    return Metered(
        integrated=_level(last, "I") if len(sound) >= _LEAST else None,
        spread=float(last.get("lavfi.r128.LRA", 0.0)) if len(sound) >= 3 * TICKS_PER_SECOND else None,
        true_peak=max(20 * float(np.log10(peak)), SILENT) if peak > 0 else SILENT,
        at=tuple(at),
        momentary=tuple(momentary),
        short_term=tuple(short_term),
    )


def _pulled(graph: Graph) -> list[dict[str, str]]:
    """What the meter said of every block that is ready."""
    said: list[dict[str, str]] = []
    while True:
        try:
            said.append(dict(graph.pull().metadata))
        except (BlockingIOError, EOFError):
            return said


def _level(told: dict[str, str], name: str) -> float:
    value = float(told.get(f"lavfi.r128.{name}", "nan"))
    return value if np.isfinite(value) and value > -70.0 else SILENT
