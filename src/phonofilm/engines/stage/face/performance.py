"""A performance: everything a speaking (or listening) face does over a film, as curves that are pure functions of the tick.

The head follows the voice (nods on accents, a new posture at phrases), eyes keep to the camera while the head turns, lids blink at uneven times
and rather where a phrase ends (Bentivoglio et al. 1997: 17 blinks a minute at rest, 26 in conversation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import FRAMES_PER_SECOND, TICKS_PER_SECOND, frame_at, frame_middle
from phonofilm.engines.stage.face.expression import Expression, HeadPose
from phonofilm.engines.stage.face.speech import CHANNELS, HOP, mouthing, pauses
from phonofilm.phones import Phone

Floats = NDArray[np.floating]

#: the curves that are the head's and the trunk's pose; those of the trunk are only there where it moves
POSE = tuple(f.name for f in fields(HeadPose))
#: seconds of a shot, from its cut on, in which nobody blinks
OPEN_EYED = 0.3


@dataclass(frozen=True, kw_only=True)
class Temper:
    """How a mood moves: size of the head's motion, smile while speaking and at the end, resting brow, frown, pace."""

    size: float = 1.0
    smile: float = 0.0
    last_smile: float = 0.25
    brow: float = 0.0
    frown: float = 0.0
    nod: float = 0.0


TEMPERS: dict[str, Temper] = {
    "": Temper(),
    "happy": Temper(size=1.15, smile=0.22, last_smile=0.5, brow=0.12),
    "excited": Temper(size=1.35, smile=0.25, last_smile=0.55, brow=0.25),
    "calm": Temper(size=0.85, smile=0.08, last_smile=0.3),
    "serious": Temper(size=0.9, last_smile=0.0, frown=0.15),
    "sad": Temper(size=0.8, smile=-0.15, last_smile=-0.15, brow=0.1, frown=0.2, nod=-2.0),
    "angry": Temper(size=1.2, smile=-0.1, last_smile=0.0, brow=-0.3, frown=0.5),
    "surprised": Temper(size=1.1, last_smile=0.1, brow=0.5),
}
#: words of a scene's mood that mean one of the tempers
MOOD_WORDS = {
    "warm": "happy", "cheerful": "happy", "joyful": "happy", "friendly": "happy", "playful": "excited", "energetic": "excited", "upbeat": "excited",
    "relaxed": "calm", "peaceful": "calm", "gentle": "calm", "soft": "calm", "solemn": "serious", "dramatic": "serious", "epic": "serious",
    "professional": "serious", "melancholy": "sad", "nostalgic": "sad", "furious": "angry", "tense": "serious",
}  # fmt: skip


def temper_of(mood: str) -> Temper:
    """The temper that a mood's words ask for; an unknown mood is the neutral one."""
    for word in mood.lower().replace(",", " ").split():
        word = MOOD_WORDS.get(word, word)
        if word in TEMPERS:
            return TEMPERS[word]
    return TEMPERS[""]


@dataclass(frozen=True, kw_only=True, eq=False)
class Performance:
    """The curves of a face over a film; ``blinks`` are the ticks at which the lids are shut."""

    curves: dict[str, Floats]
    shut: frozenset[int]
    blinks: tuple[int, ...]

    def at(self, tick: int) -> tuple[Expression, HeadPose]:
        """Expression and pose at a tick of the film."""
        place = np.clip(tick / HOP, 0, len(self.curves["jaw"]) - 1.001)
        k = int(place)
        share = float(place - k)
        value = {name: float(c[k] * (1 - share) + c[k + 1] * share) for name, c in self.curves.items()}
        if frame_at(tick) in self.shut:
            value["closed"], value["teeth"], value["rest"] = 1.0, 0.0, 0.0
        pose = HeadPose(**{name: value.pop(name) for name in POSE if name in value})
        return Expression(**value), pose


def _noise(at: Floats, rate: float, draw: np.random.Generator) -> Floats:
    """Smooth noise of unit spread, about ``rate`` swings a second: a few sines of random phase."""
    out = np.zeros_like(at)
    for k in range(5):
        f = rate * (0.45 + 0.32 * k) * draw.uniform(0.9, 1.1)
        out += np.sin(2 * np.pi * (f * at + draw.uniform())) / (1 + 0.55 * k)
    return out / 1.15


def _ease(t: Floats) -> Floats:
    t = np.clip(t, 0, 1)
    return t * t * t * (10 - 15 * t + 6 * t * t)


def _bump(at: Floats, peak: float, rise: float, fall: float) -> Floats:
    """A hill with its top at ``peak``: minimum-jerk up in ``rise`` seconds and down in ``fall``."""
    return np.where(at < peak, _ease((at - peak + rise) / rise), 1 - _ease((at - peak) / fall))


def accents(energy: Floats) -> list[tuple[float, float]]:
    """Times (seconds) and strengths 0…1 of the voice's accents: peaks of its loudness that stand out, at least 0.42 s apart."""
    if len(energy) < 3:
        return []
    kernel = np.array([1, 2, 3, 2, 1]) / 9
    e = np.convolve(np.pad(np.asarray(energy, float), 2, mode="edge"), kernel, mode="valid")
    peaks = [k for k in range(1, len(e) - 1) if e[k] >= e[k - 1] and e[k] > e[k + 1] and e[k] > 0.25]
    peaks.sort(key=lambda k: -e[k])
    kept: list[int] = []
    for k in peaks:
        if all(abs(k - other) >= 10 for other in kept):
            kept.append(k)
    top = max((e[k] for k in kept), default=1.0)
    return sorted(((k + 0.5) / FRAMES_PER_SECOND, float(e[k] / top)) for k in kept)


def _blink_times(length: float, rests: list[float], cuts: list[float], draw: np.random.Generator) -> list[float]:
    """Uneven blink times, seconds, drawn to phrase ends; between 8 and 30 a minute. None where a shot begins: its first frames show open eyes."""
    times: list[float] = []
    at = draw.uniform(0.7, 1.9)
    while at < length - 0.25:
        near = [r for r in rests if abs(r - at) < 0.6 and (not times or r - times[-1] > 1.0)]
        when = min(near, key=lambda r: abs(r - at)) if near else at
        when = next((cut + OPEN_EYED for cut in cuts if -0.08 < when - cut < OPEN_EYED), when)
        if when < length - 0.2:
            times.append(when)
        at = when + 1.5 + draw.gamma(2.2, 0.75)
        if at - when > 6.0:
            at = when + 6.0
    return times


def perform(
    line_phones: Sequence[Phone],
    energy: Floats,
    pitch: Floats | None,
    length_ticks: int,
    seed: int,
    *,
    mood: str = "",
    listening: bool = False,
    sung: bool = False,
    cuts: Sequence[int] = (),
) -> Performance:
    """Plan what the face does for phones (film ticks) under a voice whose loudness is ``energy`` f32[frames] 0…1.

    ``pitch`` f32[frames] 0…1, where known, adds the voice's own accents to those of its loudness.

    ``listening``: the face does not speak the phones; it listens to them (small nods, closed mouth). ``sung``: they are a song's.
    ``cuts``: ticks at which shots of the face begin.
    """
    n = length_ticks // HOP + 2
    at = np.arange(n) * (HOP / TICKS_PER_SECOND)
    seconds = length_ticks / TICKS_PER_SECOND
    temper = temper_of(mood)
    draw = np.random.Generator(np.random.Philox(key=[seed & 0xFFFFFFFF, 0x0FACE]))
    spoken = [] if listening else list(line_phones)
    energy = np.asarray(energy, np.float32)
    mouth = mouthing(spoken, energy, length_ticks, sung=sung)
    curves: dict[str, Floats] = {name: mouth.curves[name][:n].astype(float) for name in CHANNELS}
    speaking = mouth.speaking[:n].astype(float)
    curves["rest"] = 1 - speaking
    end = max((p.end for p in spoken if p.viseme != "sil"), default=0) / TICKS_PER_SECOND
    smile = temper.smile * np.ones(n)
    if spoken:
        smile = smile + (temper.last_smile - temper.smile) * _ease((at - end - 0.05) / 0.7)
    curves["smile"] = smile + 0.03 * _noise(at, 0.4, draw)

    # --- the head
    voice = energy if pitch is None else energy * 0.65 + np.asarray(pitch, np.float32)[: len(energy)] * 0.35
    beats = accents(voice) if len(line_phones) else []
    gaps = [g for g in pauses(line_phones, length_ticks) if g[1] - g[0] > 0.16 * TICKS_PER_SECOND]
    turns = [g[0] / TICKS_PER_SECOND for g in gaps if g[0] > 0]
    size = temper.size * (0.6 if listening else 1.0)
    posture_yaw, posture_roll, posture_pitch = (np.zeros(n) for _ in range(3))
    moments: list[float] = []
    when = draw.uniform(0.2, 0.5)
    while when < seconds:
        near = [t for t in turns if abs(t - when) < 0.45]
        moments.append(near[0] if near else when)
        when = moments[-1] + draw.uniform(0.9, 1.9)
    side = 1.0 if draw.uniform() < 0.5 else -1.0
    last = (0.0, 0.0, 0.0)
    for moment in moments:
        goal = (side * draw.uniform(1.8, 4.2), side * draw.uniform(-0.6, 1.6), draw.uniform(-1.6, 1.4))
        step = _ease((at - moment) / draw.uniform(0.45, 0.8))
        posture_yaw += (goal[0] - last[0]) * step
        posture_roll += (goal[1] - last[1]) * step
        posture_pitch += (goal[2] - last[2]) * step
        last = goal
        side = -side if draw.uniform() < 0.75 else side
    nods, lifts = np.zeros(n), np.zeros(n)
    for k, (t, strength) in enumerate(beats):
        depth = draw.uniform(2.4, 4.6) * (0.35 + 0.65 * strength) * (0.5 if listening else 1.0)
        lag = 0.55 if listening else 0.0
        nods -= depth * _bump(at, t + lag + 0.04, draw.uniform(0.20, 0.28), draw.uniform(0.26, 0.40))
        nods += 0.4 * depth * _bump(at, t + lag - 0.26, 0.22, 0.22)
        if k % 2 == 0 or strength > 0.92:
            lifts += draw.uniform(0.35, 0.7) * strength * _bump(at, t + lag - 0.02, 0.16, 0.34)
    yaw = size * (posture_yaw + 0.75 * _noise(at, 0.55, draw))
    pitch_curve = size * (posture_pitch + nods + 0.7 * _noise(at, 0.6, draw))
    inside = speaking > 0.5 if (speaking > 0.5).sum() > 40 else np.ones(n, bool)
    if not listening:
        yaw *= float(np.clip(2.5 / max(yaw[inside].std(), 1e-3), 0.75, 1.9))
        pitch_curve *= float(np.clip(2.3 / max(pitch_curve[inside].std(), 1e-3), 0.75, 1.9))
    pitch_curve = pitch_curve - pitch_curve[inside].mean() * 0.8 + temper.nod
    # the film opens on the photo itself and eases into motion
    begin = _ease((at + 0.15) / 0.8)
    curves["yaw"] = np.clip(yaw, -6.5, 6.5) * begin
    curves["pitch"] = np.clip(pitch_curve, -7, 6) * begin
    curves["roll"] = size * (posture_roll + 0.5 * _noise(at, 0.4, draw)) * begin
    curves["dx"] = 0.008 * _noise(at, 0.25, draw) * begin
    curves["dy"] = 0.004 * _noise(at, 0.3, draw) * begin
    curves["dz"] = 0.012 * _noise(at, 0.2, draw) * begin - 0.004 * nods * begin
    phase = draw.uniform()
    curves["breath"] = np.sin(2 * np.pi * (at / 3.7 + phase)) * 0.9

    # --- eyes and brows
    look_x, look_y = np.zeros(n), np.zeros(n)
    when = draw.uniform(0.9, 1.8)
    while when < seconds:
        stay = draw.uniform(0.35, 0.9)
        away = draw.uniform(2.0, 6.0) * (1 if draw.uniform() < 0.5 else -1), draw.uniform(-2.5, 3.0)
        shape = np.clip((at - when) / 0.035, 0, 1) - np.clip((at - when - stay) / 0.04, 0, 1)
        look_x += away[0] * shape
        look_y += away[1] * shape
        when += stay + draw.uniform(0.9, 2.6)
    tiny = np.floor(at / 0.37)
    jitter = np.array([np.sin(k * 12.9898 + seed % 1000) for k in range(int(tiny.max()) + 2)])
    curves["gaze_x"] = np.clip(look_x - 0.9 * curves["yaw"] + 0.35 * jitter[tiny.astype(int)], -16, 16)
    curves["gaze_y"] = np.clip(look_y + 0.9 * curves["pitch"], -12, 12)
    curves["brow"] = np.clip(lifts * (0.6 if listening else 1.0) + temper.brow + 0.06 * _noise(at, 0.5, draw), -1, 1)
    curves["frown"] = np.clip(temper.frown + 0.03 * _noise(at, 0.4, draw), 0, 1)

    # --- blinks: shut fast, open slowly, shut at the middle of a frame so that a frame shows it
    rests = [g[0] / TICKS_PER_SECOND + 0.06 for g in gaps if g[0] > 0]
    blinks = tuple(
        frame_middle(frame_at(int(t * TICKS_PER_SECOND))) for t in _blink_times(seconds, rests, [cut / TICKS_PER_SECOND for cut in cuts], draw)
    )
    lids = np.zeros(n)
    for tick in blinks:
        middle = tick / TICKS_PER_SECOND
        down, up = draw.uniform(0.075, 0.095), draw.uniform(0.14, 0.20)
        lids = np.maximum(lids, np.where(at < middle, _ease((at - middle + down) / down), 1 - _ease((at - middle - 0.02) / up)))
        curves["pitch"] -= 0.3 * _bump(at, middle, 0.12, 0.2)
    # lids follow the gaze up and down
    lids = np.clip(lids + 0.012 * curves["gaze_y"] * (1 - lids) - 0.05 * np.clip(curves["brow"], 0, 1), -0.12, 1)
    curves["lid_left"] = lids
    curves["lid_right"] = lids
    return Performance(curves={k: v.astype(np.float32) for k, v in curves.items()}, shut=mouth.shut, blinks=blinks)
