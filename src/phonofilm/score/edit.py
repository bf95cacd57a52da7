"""The edit: which picture is seen when. Cuts fall on beats, else in the voice's pauses, else evenly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND, nearest_frame_start

SHORTEST_SHOT = TICKS_PER_SECOND * 7 // 8
LIVELY = 6
"""Cuts that a music film of 15 seconds has at least, where its beats allow it."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """[start, end) of the film shows the reference ``tag`` ("" for a drawn place); ``shot`` is the prompt's shot that it belongs to, -1: none."""

    start: int
    end: int
    tag: str
    shot: int = -1


def cut_times(num_cuts: int, length: int, candidates: Sequence[int], *, preferred: Sequence[int] = ()) -> tuple[int, ...]:
    """Frame starts of ``num_cuts`` cuts in (0, length): each the candidate nearest to an even division, ``preferred`` ones first.

    A division with no candidate within a third of a shot is cut evenly.
    """
    cuts: list[int] = []
    liked = set(preferred)
    for k in range(1, num_cuts + 1):
        even = length * k // (num_cuts + 1)
        reach = length / (num_cuts + 1) * 0.45
        lowest = (cuts[-1] if cuts else 0) + SHORTEST_SHOT
        near = [c for c in candidates if abs(c - even) <= reach and c >= lowest and c <= length - SHORTEST_SHOT]
        best = min(near, key=lambda c: abs(c - even) * (0.45 if c in liked else 1.0), default=max(even, lowest))
        if best <= length - SHORTEST_SHOT:
            cuts.append(nearest_frame_start(best))
    return tuple(cuts)


def beat_cuts(length: int, beats: Sequence[int], downbeats: Sequence[int], *, target: int = TICKS_PER_SECOND * 2) -> tuple[int, ...]:
    """Cuts on downbeats, as many as make shots near to ``target`` ticks long; slow bars are also cut at a beat in their middle.

    Where shots are to be much shorter than a bar, beats inside of it are cut on as well.
    """
    bars = [d for d in downbeats if SHORTEST_SHOT <= d <= length - SHORTEST_SHOT]
    if len(bars) < 2:
        usable = [b for b in beats if SHORTEST_SHOT <= b <= length - SHORTEST_SHOT]
        return cut_times(max(1, round(length / target) - 1), length, usable)
    bar = (bars[-1] - bars[0]) / (len(bars) - 1)
    if target < 2 * TICKS_PER_SECOND and target * 4 < bar * 3:
        return _quick_cuts(length, beats, bars, target)
    chosen = bars[:: max(1, round(target / bar))]
    missing = -(-LIVELY * length // (15 * TICKS_PER_SECOND)) - len(chosen) if target <= 2 * TICKS_PER_SECOND else 0
    if missing > 0:
        halves = [min(beats, key=lambda b, m=(a + c) / 2: abs(b - m)) for a, c in pairwise([*chosen, length])]
        chosen = sorted({*chosen, *halves[:: max(1, len(halves) // missing)][:missing]})
    cuts: list[int] = []
    for at in chosen:
        if at - (cuts[-1] if cuts else 0) >= SHORTEST_SHOT:
            cuts.append(at // TICKS_PER_FRAME * TICKS_PER_FRAME)
    return tuple(cuts)


def _quick_cuts(length: int, beats: Sequence[int], bars: Sequence[int], target: int) -> tuple[int, ...]:
    """Cuts on every bar, and inside of it on every beat or every second one, whichever makes shots nearer to ``target``; none much shorter."""
    beat = (bars[-1] - bars[0]) / max(1, sum(bars[0] <= b < bars[-1] for b in beats))
    least = target * 5 // 8
    step = min((k for k in (1, 2) if k * beat >= least), key=lambda k: abs(k * beat - target), default=2)
    upbeat = [b for b in beats if b < bars[0] - TICKS_PER_FRAME]
    places = upbeat[len(upbeat) % step :: step]
    for begun, ended in pairwise([*bars, length]):
        places += [begun, *(b for b in beats if begun + TICKS_PER_FRAME < b < ended - TICKS_PER_FRAME)][::step]
    cuts: list[int] = []
    for at in places:
        bar = next((d for d in bars if d > at), length)
        if at - (cuts[-1] if cuts else 0) >= least and bar - at >= least:
            cuts.append(at)
    return tuple(at // TICKS_PER_FRAME * TICKS_PER_FRAME for at in cuts)


def pieces_between(cuts: Sequence[int], length: int, tags: Sequence[str]) -> tuple[Piece, ...]:
    """The film cut at ``cuts`` and shown in the order of ``tags``, which begins again when it is over."""
    edges = [0, *cuts, length]
    return tuple(Piece(start=a, end=b, tag=tags[k % len(tags)]) for k, (a, b) in enumerate(pairwise(edges)))


def order(presenters: Sequence[str], stills: Sequence[str], clips: Sequence[str], num_shots: int) -> list[str]:
    """Tags in the order in which an edit of that many shots shows them."""
    if clips and presenters:
        return [(presenters[k // 2 % len(presenters)] if k % 2 == 0 else clips[k // 2 % len(clips)]) for k in range(num_shots)]
    if presenters and stills:
        inner = [stills[k % len(stills)] for k in range(max(1, min(len(stills), num_shots - 1)))]
        closing = num_shots > len(inner) + 1
        return [presenters[0], *inner, *([presenters[0]] if closing else [])]
    every = [*presenters, *stills, *clips]
    return [every[k % len(every)] for k in range(num_shots)]
