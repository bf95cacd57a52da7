"""Who acts when: each actor's lines and their loudness, made into one performance over the film."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_FRAME
from phonofilm.engines.stage.face.performance import Performance, perform
from phonofilm.phones import Phone
from phonofilm.score.materials import Materials
from phonofilm.score.model import Line, Score

F32 = NDArray[np.float32]


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
        found[actor.name] = perform(phones, energy, None, score.length, score.seed + number, mood=score.mood, listening=not phones, sung=sung)
    return found


def loudness_by_frame(samples: F32, start: int, num_frames: int) -> F32:
    """RMS f32[num_frames] of speech that begins at tick ``start``, by frame, 1 at its loud syllables (95th percentile)."""
    padded = np.zeros(num_frames * TICKS_PER_FRAME, np.float32)
    part = samples[: max(0, len(padded) - start)]
    padded[start : start + len(part)] = part
    level = np.sqrt((padded.reshape(num_frames, TICKS_PER_FRAME) ** 2).mean(axis=1))
    voiced = level[level > 0.02 * max(float(level.max()), 1e-9)]
    top = float(np.percentile(voiced, 95)) if len(voiced) else 1.0
    return np.clip(level / max(top, 1e-6), 0, 1).astype(np.float32)
