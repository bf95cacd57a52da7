"""Who acts when: each actor's lines and their loudness, and the motions that they follow, made into one performance over the film."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND
from phonofilm.engines.stage.face.performance import Performance, perform
from phonofilm.engines.stage.face.speech import HOP
from phonofilm.phones import Phone
from phonofilm.score.materials import Materials
from phonofilm.score.model import MOST, Line, Motion, Score

F32 = NDArray[np.float32]

#: ticks in which one way of moving passes into another
HANDOVER = TICKS_PER_SECOND // 3
#: the share of a turn of the head that the eyes make up for in the usual acting, and in a motion; and how far they go, degrees
EYES_HELD, GAZE = (0.9, 0.6), 11.0


def performances_of(score: Score, materials: Materials) -> dict[str, Performance]:
    """The performance of every actor with a face, by name; one without lines listens and lives."""
    found: dict[str, Performance] = {}
    num_frames = score.length // TICKS_PER_FRAME
    for number, actor in enumerate(score.cast):
        if actor.role != "face":
            continue
        phones: list[Phone] = []
        energy = np.zeros(num_frames, np.float32)
        sung = False
        for cue in score.cues:
            if isinstance(cue, Line) and cue.actor == actor.name:
                phones.extend(cue.phones)
                sung = sung or cue.sung
                heard = loudness_by_frame(materials.line(cue), cue.start, num_frames)
                energy = np.maximum(energy, heard)
        phones.sort(key=lambda p: p.start)
        cuts = [shot.start for shot in score.shots if shot.start and actor.name in shot.seen]
        acted = perform(phones, energy, None, score.length, score.seed + number, mood=score.mood, listening=not phones, sung=sung, cuts=cuts)
        for cue in score.cues:
            if isinstance(cue, Motion) and cue.actor == actor.name:
                acted = following(acted, cue, score.length)
        found[actor.name] = acted
    return found


def following(acted: Performance, motion: Motion, length: int) -> Performance:
    """A performance that over the span of a motion moves as its poses say, in a film of ``length`` ticks; the mouth keeps to the phones.

    Where a motion begins or ends inside the film, one way of moving passes into the other.
    """
    curves = dict(acted.curves)
    at = np.arange(len(curves["yaw"]), dtype=np.float64) * HOP
    share = np.clip(np.minimum(at - motion.start, motion.end - at) / HANDOVER, 0, 1)
    share = np.where((motion.start <= 0) & (at < motion.end - HANDOVER) | (motion.end >= length) & (at > motion.start + HANDOVER), 1.0, share)
    share = share * share * (3 - 2 * share)
    ticks = np.array([pose.tick for pose in motion.poses], np.float64)
    posed = {name: np.interp(at, ticks, [getattr(pose, name) for pose in motion.poses]) for name in MOST}
    ways: dict[str, NDArray[np.float64]] = {}
    if "trunk" in motion.parts:
        ways |= {name: posed[name] for name in ("sway", "bob", "lean")}
    if "face" in motion.parts:
        ways |= {"brow": posed["brow"], "lid_left": posed["lids"], "lid_right": posed["lids"]}
    if "head" in motion.parts:
        ways |= {name: posed[name] for name in ("yaw", "pitch", "roll")}
        # eyes hold on to what they look at while the head turns, as far as eyes go
        for gaze, turn, sign in (("gaze_x", "yaw", 1.0), ("gaze_y", "pitch", -1.0)):
            own = curves[gaze] + sign * EYES_HELD[0] * curves[turn]
            ways[gaze] = np.clip(own - sign * EYES_HELD[1] * posed[turn], -GAZE, GAZE)
    for name, way in ways.items():
        before = curves.get(name, np.zeros(len(at), np.float32))
        curves[name] = (before + (way - before) * share).astype(np.float32)
    blinks = tuple(b for b in acted.blinks if not ("face" in motion.parts and motion.start <= b < motion.end))
    return replace(acted, curves=curves, blinks=blinks)


def loudness_by_frame(samples: F32, start: int, num_frames: int) -> F32:
    """RMS f32[num_frames] of speech that begins at tick ``start``, by frame, 1 at its loud syllables (95th percentile)."""
    padded = np.zeros(num_frames * TICKS_PER_FRAME, np.float32)
    part = samples[: max(0, len(padded) - start)]
    padded[start : start + len(part)] = part
    level = np.sqrt((padded.reshape(num_frames, TICKS_PER_FRAME) ** 2).mean(axis=1))
    voiced = level[level > 0.02 * max(float(level.max()), 1e-9)]
    top = float(np.percentile(voiced, 95)) if len(voiced) else 1.0
    return np.clip(level / max(top, 1e-6), 0, 1).astype(np.float32)
