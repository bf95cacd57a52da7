"""When a line of a score is heard and when it is seen to be spoken: the whole of its phones against the sound and against the mouth.

One onset says little of speech; all phones together place it to a few milliseconds. Axes: t steps of 2.5 ms, m mel bands, f frames.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.measure.film import Film, Shown
from phonofilm.measure.strikes import STEP
from phonofilm.phones import VISEMES, Phone
from phonofilm.score.model import Line, Score

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

SEARCH = TICKS_PER_SECOND // 2
ALIKE = 0.3  # correlation from which the phones are in the sound,
ALIKE_SEEN = 0.45  # and on the face
LIPS, FACE = (13, 14), (10, 152)  # inner lips, and forehead and chin, of MediaPipe's mesh
#: how a phone sounds by what it looks like: level of the voice's bands and of the hiss above them
HISS = frozenset({"SS", "CH", "FF"})
QUIET = frozenset({"PP", "kk", "DD", "TH", "FF", "SS", "CH"})


def said(phones: Sequence[Phone], bands: F32) -> tuple[int | None, float]:
    """By how many ticks later than in the score its phones are heard, within ±``SEARCH``; None where they are not; and the correlation."""
    if not len(bands):
        return None, 0.0
    room = SEARCH // STEP
    start, end = phones[0].start // STEP, phones[-1].end // STEP
    voice, hiss = np.zeros(end - start + 2 * room), np.zeros(end - start + 2 * room)
    for phone in phones:
        a, b = phone.start // STEP - start + room, max(phone.end // STEP, phone.start // STEP + 1) - start + room
        if phone.viseme in HISS:
            hiss[a:b] = 1.0
        if phone.viseme != "sil":
            voice[a:b] = 0.35 if phone.viseme in QUIET else 1.0
    level = bands[:, 4:22].mean(axis=1).astype(np.float64)
    high = bands[:, 30:].mean(axis=1).astype(np.float64)
    values: list[float] = []
    shifts = np.arange(-room, room + 1)
    for shift in shifts:
        first = start - room + int(shift)
        values.append(_alike(voice, _cut(level, first, len(voice))) + 0.35 * _alike(hiss, _cut(high, first, len(hiss))))
    best = int(np.argmax(values))
    if values[best] < ALIKE or best in (0, len(values) - 1):
        return None, values[best]
    bend = values[best - 1] - 2 * values[best] + values[best + 1]
    fine = 0.5 * (values[best - 1] - values[best + 1]) / bend if bend < 0 else 0.0
    return round((int(shifts[best]) + fine) * STEP), values[best]


def begun(bands: F32, near: int) -> int | None:
    """Where a voice sets in within ±120 ms of a tick: its level rises well over what was there before. None where something else covers that."""
    level = bands[:, 4:30].mean(axis=1).astype(np.float64)
    first, last = near // STEP - 48, near // STEP + 48
    before = _cut(level, first - 60, 60)
    part = _cut(level, first, last - first + 8)
    floor = float(np.percentile(before, 80))
    over = part > floor + max(5.0, 0.15 * (float(part.max()) - floor))
    runs = np.convolve(over, np.ones(8), "valid") >= 8  # for 20 ms on end
    if not runs.any() or float(part.max()) < floor + 10 or runs[0]:
        return None
    return (first + int(np.argmax(runs))) * STEP


class Mouth:
    """The mouth's opening, frame by frame, while the lines of a score are spoken by somebody on screen."""

    def __init__(self, score: Score | None) -> None:
        lines = [c for c in score.cues if isinstance(c, Line) and c.actor and c.phones] if score is not None else []
        self._spans = [(c.start - SEARCH, c.end + SEARCH) for c in lines]
        self._opening: dict[int, float] = {}

    def see(self, shown: Shown) -> None:
        """Measure the largest face of a frame in which somebody should speak."""
        if any(a <= shown.at < b for a, b in self._spans) and shown.faces:
            points = shown.faces[0].landmarks[:, :2]
            tall = float(np.linalg.norm(points[FACE[0]] - points[FACE[1]]))
            self._opening[shown.index] = float(np.linalg.norm(points[LIPS[0]] - points[LIPS[1]])) / max(tall, 1.0)

    def offset(self, line: Line, film: Film) -> tuple[int | None, str]:
        """By how many ticks later than in the score a line is seen to be spoken; or None, and why."""
        if not line.actor:
            return None, ""
        until = line.end
        frames = [k for k in sorted(self._opening) if line.start - SEARCH <= film.times[k] < until + SEARCH]
        if len(frames) < 12:
            return None, "no face is seen while the line is spoken"
        seen = np.array([self._opening[k] for k in frames])
        at = np.array([film.middle(k) for k in frames], np.float64)
        step = TICKS_PER_SECOND // 200
        grid = np.arange(line.start - 2 * SEARCH, until + 2 * SEARCH, step, dtype=np.float64)
        jaw = np.zeros(len(grid))
        for phone in line.phones:
            jaw[(grid >= phone.start) & (grid < phone.end)] = VISEMES[phone.viseme].jaw
        width = 16  # 80 ms: how softly a mouth goes from one phone to the next
        soft = np.hanning(width + 2).astype(np.float64)
        jaw = np.asarray(np.convolve(jaw, soft / soft.sum(), "same"), np.float64)
        shifts = np.arange(-SEARCH, SEARCH + 1, step)
        spoken = [p for p in line.phones if p.viseme != "sil"]
        values: list[float] = []
        for shift in shifts:
            # a mouth at rest says nothing: some smile
            inside = (at - shift >= spoken[0].start) & (at - shift < spoken[-1].end)
            values.append(_alike(np.interp(at[inside] - shift, grid, jaw), seen[inside]) if inside.sum() >= 12 else 0.0)
        best = int(np.argmax(values))
        if values[best] < ALIKE_SEEN or best in (0, len(values) - 1):
            return None, "the mouth does not move with the line"
        return int(shifts[best]), ""


def _cut(values: F64, first: int, length: int) -> F64:
    out = np.zeros(length)
    a, b = max(first, 0), min(first + length, len(values))
    if b > a:
        out[a - first : b - first] = values[a:b]
    return out


def _alike(a: F64, b: F64) -> float:
    """Pearson's correlation, 0 where one of them is constant."""
    x, y = a - a.mean(), b - b.mean()
    scale = float(np.linalg.norm(x) * np.linalg.norm(y))
    return float((x * y).sum()) / scale if scale > 1e-9 else 0.0
