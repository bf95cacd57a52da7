"""The one run of bars that explains best when beats and downbeats are likely. Axes: t frames, n beat lengths, b places in the bar.

A beat of n frames begun at frame t at place b of a bar earns the evidence in its first sixteenth, and follows the beat that earned most before it, at
a price for the change of tempo (the bar pointer model of Whiteley, Cemgil and Godsill, 2006, with the tempi of Krebs, Böck and Widmer, 2015, solved
beat by beat instead of frame by frame, which is exact and quicker).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

_SLOWEST, _FASTEST = 55.0, 215.0  # beats a minute
_WIDTH = 16  # the beat is in the first 1/16 of its length
_STEADY = 100.0  # price of a change of tempo, in nats a unit of the ratio of lengths
_RARER = 1.05  # how much more a run in bars of three must earn than one in bars of four
_REACH = 7
_MOVED = 24.0  # price of a bar that begins on another place than the one before says, in the units of ``follow_bars``
_NEVER = -1e12


@dataclass(frozen=True, kw_only=True, eq=False)
class Bars:
    """Frames of the beats, how many make a bar, which of the beats is the first downbeat, and what the run earned a frame over silence."""

    frames: NDArray[np.int64]
    metre: int
    first: int
    worth: float


def find_bars(chance: F64, frames_per_second: int) -> Bars:
    """The best run through ``chance`` t 2: probability of a beat that is no downbeat, and of a downbeat, at each frame."""
    chance = np.clip(chance, 1e-4, 1 - 1e-4)
    quiet = np.log(np.maximum(1.0 - chance.sum(axis=1), 1e-4) / (_WIDTH - 1))
    gain = np.log(chance) - quiet[:, None]
    lengths = np.arange(int(np.ceil(frames_per_second * 60 / _FASTEST)), int(frames_per_second * 60 / _SLOWEST) + 1)
    four, three = (_run(gain, lengths, metre) for metre in (4, 3))
    return three if three.worth > _RARER * max(four.worth, 0.0) else four


def _run(gain: F64, lengths: NDArray[np.int64], metre: int) -> Bars:
    count, longest = len(gain), int(lengths[-1])
    total = np.concatenate([np.zeros((1, 2)), np.cumsum(gain, axis=0)])
    ends = np.maximum(1, -(-lengths // _WIDTH))
    # A beat is compared with those whose length is at most ``_REACH`` frames away: further ones cost more than any evidence.
    index = np.arange(len(lengths))
    near = index[None, :] + np.arange(-_REACH, _REACH + 1)[:, None]
    inside = (near >= 0) & (near < len(lengths))
    near = np.clip(near, 0, len(lengths) - 1)
    price = np.where(inside, -_STEADY * np.abs(lengths[None, :] / lengths[near] - 1.0), _NEVER)[:, :, None]
    # earned[t, n, b]: of the best run whose last beat begins at frame t, of the frames that a beat can reach back to.
    earned = np.full((longest, len(lengths), metre), _NEVER)
    came = np.full((count, len(lengths), metre), -1, np.int16)
    kinds = np.array([1] + [0] * (metre - 1))
    places = np.roll(np.arange(metre), 1)
    for t in range(count):
        before = earned[(t - lengths) % longest, index][:, places]  # the beat before, one place earlier in the bar
        ways = before[near] + price
        best = ways.argmax(axis=0)
        reached = ways.max(axis=0)
        if t < longest:
            first = reached < 0.0
            reached[first] = 0.0
            came[t] = np.where(first, -1, near[best, index[:, None]])
        else:
            came[t] = near[best, index[:, None]]
        earned[t % longest] = reached + (total[np.minimum(t + ends, count)] - total[t])[:, kinds]
    # The last beat is one whose next would begin after the end.
    last = np.arange(max(0, count - longest), count)
    final = np.where((last[:, None] + lengths[None, :] >= count)[:, :, None], earned[last % longest], _NEVER)
    at, n, b = (int(k) for k in np.unravel_index(int(final.argmax()), final.shape))
    t, worth = int(last[at]), float(final[at, n, b]) / count
    frames, place = [t], b
    while came[t, n, b] >= 0:
        n = int(came[t, n, b])
        t, b = t - int(lengths[n]), (b - 1) % metre
        frames.append(t)
    frames.reverse()
    place = (place - (len(frames) - 1)) % metre
    return Bars(frames=np.array(frames), metre=metre, first=-place % metre, worth=worth)


def follow_bars(votes: F64, metre: int) -> list[int]:
    """Indices of the beats that begin a bar. ``votes`` b says how much each beat looks like one, with mean 0 over the run.

    A beat that begins a bar earns its vote, and the others lose theirs in equal parts. Bars follow each other every ``metre`` beats, and may begin
    anew at any beat for a price, so that a short bar or a beat too many moves the bars after it and not those before.
    """
    gain = np.repeat((-votes / (metre - 1))[:, None], metre, axis=1)
    gain[:, 0] = votes
    before = np.roll(np.arange(metre), 1)
    earned, came = gain[0], np.zeros((len(votes), metre), np.int64)
    for k in range(1, len(votes)):
        best = int(earned.argmax())
        on = earned[before]
        moved = earned[best] - _MOVED > on
        came[k] = np.where(moved, best, before)
        earned = np.where(moved, earned[best] - _MOVED, on) + gain[k]
    place = int(earned.argmax())
    starts: list[int] = []
    for k in range(len(votes) - 1, -1, -1):
        if place == 0:
            starts.append(k)
        place = int(came[k, place])
    return starts[::-1]
