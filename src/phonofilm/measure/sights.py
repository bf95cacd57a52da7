"""What is seen of a cue: the flash, the jolt or the cut that goes with its sound, or nothing where the film draws nothing.

The film's own edits are no sight of a sound that merely lies near them, nor is a movement of a kind that is seen all the time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND
from phonofilm.measure.events import Seen
from phonofilm.measure.film import Film
from phonofilm.score.model import Score

NEAR = TICKS_PER_SECOND // 4  # how far from its cue something may be seen
TOGETHER = TICKS_PER_SECOND * 0.06
ON_THE_CUT = TICKS_PER_FRAME * 3 // 2  # ticks between a cue and a shot's start that are one instant
ALIKE = 0.8  # of its strength: what counts as such an event
RARE = 0.2  # such events that chance would put near a cue, beyond which one there says nothing


def seen_of(ticks: Sequence[int], score: Score, film: Film, seen: Sequence[Seen]) -> list[int | None]:
    """For each cue's tick, the tick at which something of it comes on screen: the strongest within ±250 ms by how near it is. None: not drawn."""
    at = {e: film.middle(e.frame) for e in seen}
    return [_seen(tick, _candidates(tick, ticks, score, film, at), film) for tick in ticks]


def _seen(tick: int, near: dict[Seen, int], film: Film) -> int | None:
    def weight(event: Seen) -> float:
        return event.strength * (0.3 + 0.7 * float(np.exp(-0.5 * ((near[event] - tick) / TOGETHER) ** 2)))

    best = max(near, key=weight, default=None)
    return None if best is None else film.times[best.frame]


def _candidates(tick: int, ticks: Sequence[int], score: Score, film: Film, at: dict[Seen, int]) -> dict[Seen, int]:
    edits = [shot.start for shot in score.shots if shot.start]
    out: dict[Seen, int] = {}
    for event, middle in at.items():
        if abs(middle - tick) > NEAR:
            continue
        if event.kind == "cut":
            edit = min(edits, key=lambda e: abs(e - middle), default=None)
            if edit is not None and abs(edit - middle) <= NEAR and abs(edit - tick) > ON_THE_CUT:
                continue
        elif by_chance(event, ticks, film, at) > RARE:
            continue
        out[event] = middle
    return out


def by_chance(event: Seen, ticks: Sequence[int], film: Film, at: dict[Seen, int]) -> float:
    """How many events such as this one would lie near a cue if they had nothing to do with it: as many as lie elsewhere in as long a time."""
    free = np.ones(max(film.length, 1) * 100 // TICKS_PER_SECOND, bool)
    for tick in ticks:
        free[max(tick - NEAR, 0) * 100 // TICKS_PER_SECOND : (tick + NEAR) * 100 // TICKS_PER_SECOND] = False
    elsewhere = float(free.sum()) / 100
    if elsewhere < 2 * NEAR / TICKS_PER_SECOND:
        return 0.0  # cues everywhere: nothing is elsewhere
    alike = [
        e for e, middle in at.items()
        if e.kind == event.kind and e.strength >= ALIKE * event.strength and all(abs(middle - t) > NEAR for t in ticks)
    ]  # fmt: skip
    return len(alike) * 2 * NEAR / TICKS_PER_SECOND / elsewhere
