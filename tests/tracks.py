"""Music made for the tests, whose beats are known: drums, bass and chords at a tempo, in several manners."""

from __future__ import annotations

import numpy as np

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines.stage.sound.dsp import add
from phonofilm.engines.stage.sound.instruments import DRUMS, note

CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))

# name: tempo, manner, beats a bar, swing, start in s, seconds without drums, drift of the tempo
TRACKS: dict[str, tuple[float, str, int, float, float, float, float]] = {
    "slow": (70, "pop", 4, 0, 0.37, 0, 0),
    "usual": (100, "pop", 4, 0, 0.37, 0, 0),
    "brisk": (128, "pop", 4, 0, 0.37, 0, 0),
    "syncopated kick": (118, "rock", 4, 0, 0.37, 0, 0),
    "bass between the beats": (124, "house", 4, 0, 0.37, 0, 0),
    "guitar alone": (95, "guitar", 4, 0, 0.37, 0, 0),
    "swing": (110, "pop", 4, 0.33, 0.37, 0, 0),
    "waltz": (90, "pop", 3, 0, 0.37, 0, 0),
    "sparse intro": (126, "pop", 4, 0, 0.37, 5, 0),
    "starts at once": (112, "pop", 4, 0, 0.0, 0, 0),
    "silent start": (105, "pop", 4, 0, 2.6, 0, 0),
    "fast": (174, "pop", 4, 0, 0.37, 0, 0),
    "very fast": (190, "house", 4, 0, 0.37, 0, 0),
    "tempo that drifts": (92, "pop", 4, 0, 0.37, 0, 0.05),
}


def track(name: str, seconds: float = 15.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mono samples at 48 kHz, and the seconds of its beats and downbeats."""
    bpm, manner, metre, swing, start, intro, drift = TRACKS[name]
    random = np.random.default_rng(len(name))
    out = np.zeros(round(seconds * TICKS_PER_SECOND), np.float32)
    beats: list[float] = []
    t = start
    while t < seconds - 0.05:
        beats.append(t)
        t += 60 / (bpm * (1 + drift * np.sin(2 * np.pi * t / 12)))
    kick, snare, hat = (DRUMS[k]() for k in ("kick", "snare", "hat"))

    def play(sound: np.ndarray, at: float, level: float) -> None:
        add(out, sound, round(at * TICKS_PER_SECOND), level)

    for k, beat in enumerate(beats):
        step, place, chord = 60 / bpm, k % metre, CHORDS[k // metre % 4]
        low = 36 + chord[0] - (12 if chord[0] > 6 else 0)
        if manner == "guitar":
            for half in (0.0, 0.5):
                play(note("guitar", 60 + chord[int(random.integers(3))], step, 0.6), beat + half * step + random.normal(0, 0.006), 0.35)
            if place == 0:
                play(note("guitar", 48 + chord[0], step * 1.5, 0.8), beat, 0.5)
        elif beat - start >= intro:
            if manner == "house" or place == 0 or (place == 2 and metre == 4 and manner == "pop"):
                play(kick, beat, 0.8)
            if manner == "rock" and place == 2:
                play(kick, beat + step / 2, 0.8)
            if place in (1, 3) or (metre == 3 and place == 2):
                play(snare, beat, 0.4 if metre == 4 else 0.15)
            for half in (0.0, 0.5 + swing / 2):
                play(hat, beat + half * step, 0.5)
            if manner == "house":
                play(note("synth_bass", low, step * 0.4, 0.8), beat + step / 2, 0.7)
        if place == 0:
            for pitch in chord:
                play(note("piano", 60 + pitch, step * metre, 0.7), beat, 0.25)
            if manner != "house":
                play(note("bass", low, step * metre * 0.8, 0.8), beat, 0.5)
    out += random.standard_normal(len(out)).astype(np.float32) * 0.001
    return out / np.abs(out).max() * 0.8, np.array(beats), np.array(beats[::metre])


def share_hit(found: tuple[int, ...], true: np.ndarray, within: float = 1 / 24) -> float:
    """Share of the true times (s) that have a found one (ticks) within a frame."""
    if not found:
        return 0.0
    away = np.abs(np.array(found)[:, None] / TICKS_PER_SECOND - true[None]).min(axis=0)
    return float((away < within).mean())


def share_right(found: tuple[int, ...], true: np.ndarray, within: float = 1 / 24) -> float:
    """Share of the found times (ticks) that are within a frame of a true one (s)."""
    if not found:
        return 0.0
    away = np.abs(np.array(found)[:, None] / TICKS_PER_SECOND - true[None]).min(axis=1)
    return float((away < within).mean())
