"""The beats of music that is still to be composed: every beat starts on a frame, and the last bar ends in time to ring out.

The director places cuts and moves on them, the composer plays to them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from phonofilm.clock import FRAMES_PER_SECOND, TICKS_PER_FRAME


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Frames a beat that a style may take, the usual one first, and the seconds that its last chord rings."""

    frames: tuple[int, ...]
    ring: float
    metre: int = 4


PACES: dict[str, Pace] = {
    "upbeat": Pace(frames=(12, 11, 13), ring=1.0),
    "calm": Pace(frames=(18, 20, 17, 16), ring=2.0),
    "epic": Pace(frames=(16, 15, 14, 17), ring=2.0),
    "piano": Pace(frames=(18, 16, 20, 17), ring=2.2),
    "electronic": Pace(frames=(12, 11), ring=1.0),
    "lofi": Pace(frames=(18, 17, 19), ring=1.6),
    "jazz": Pace(frames=(11, 12, 10), ring=1.4),
    "ambient": Pace(frames=(24, 22, 20), ring=2.6),
}


def compose_beats(style: str, length: int, seed: int) -> tuple[float, tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Tempo in beats a minute, beats, downbeats and sections of composed music, in ticks from its start.

    ``length`` is in ticks; an unknown style is paced as ``calm``. The last downbeat is the final chord; sections are intro, body parts and outro.
    """
    pace = PACES.get(style, PACES["calm"])
    frames = length // TICKS_PER_FRAME
    first = int.from_bytes(hashlib.blake2b(f"{style} {seed}".encode(), digest_size=4).digest(), "big")
    options = [*pace.frames[first % len(pace.frames) :], *pace.frames[: first % len(pace.frames)]]

    def misfit(beat: int) -> float:
        left = frames - bars(beat) * beat * pace.metre
        return abs(left / FRAMES_PER_SECOND - pace.ring) + 0.25 * options.index(beat)

    def bars(beat: int) -> int:
        return max(1, round((frames - pace.ring * FRAMES_PER_SECOND) / (beat * pace.metre)))

    beat = min((b for b in options if bars(b) * b * pace.metre < frames), key=misfit, default=min(options))
    count = bars(beat)
    step = beat * TICKS_PER_FRAME
    last = min(count * pace.metre, max(0, length - 1) // step)
    beats = tuple(k * step for k in range(last + 1))
    downbeats = beats[:: pace.metre]
    return round(60.0 * FRAMES_PER_SECOND / beat, 3), beats, downbeats, tuple(downbeats[k] for k in _section_bars(len(downbeats) - 1))


def _section_bars(count: int) -> tuple[int, ...]:
    """Bars at which the parts of a piece of ``count`` bars and a final chord begin: intro, first part, second part, final chord."""
    if count < 2:
        return (0,)
    if count < 4:
        return (0, 1, count)
    intro = 1 if count < 8 else 2
    middle = intro + max(1, (count - intro + 1) // 2)
    return (0, intro, *((middle,) if middle < count else ()), count)
