"""A recording, prepared: what kind of sound it is, where somebody speaks, its beats and its loudness."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.media.read import read_sound
from phonofilm.media.resample import resample
from phonofilm.perceive.beats import find_beats
from phonofilm.perceive.loudness import SILENT, integrated, momentary
from phonofilm.perceive.percepts import Sound, SoundKind
from phonofilm.perceive.speech_activity import WINDOW_TICKS, speech_probability, speech_spans
from phonofilm.perceive.unmix import voice_of
from phonofilm.progress import Progress, quiet

F32 = NDArray[np.float32]

#: how much of a song its beats and voices are sought in: four times the longest film
BEATS_WITHIN = 60 * TICKS_PER_SECOND
_SILENCE = -60.0  # LUFS
_SPOKEN, _BACKED = 0.35, 0.5  # least share of speech in what is spoken, and how loud what is sung to stays between the words
#: how much of a song a voice is drawn out of: what a film can hold
VOICE_WITHIN = 16 * TICKS_PER_SECOND
_MIXED = -14.0  # LUFS of a song as the networks that draw out its voice know it
_SUNG = 0.12  # share of that in which the detector must hear somebody in the drawn out voice
_NEAR = 31  # windows: singing that the detector misses beside singing that it hears
_FAINT = 0.05  # of the voice's loud level: below it nobody sings
_BREATH = 4  # windows: pauses that part nothing


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What tells kinds of sound apart, all 0…1.

    ``speech``: share of the audible time with speech; ``pulse``: how regular the onsets are; ``held``: share of voiced time on a steady pitch;
    ``backing``: how loud it stays where nobody speaks; ``gaps``: share of time far below the usual level.
    """

    speech: float
    backing: float
    gaps: float
    seconds: float
    pulse: float = 0.0
    held: float = 0.0


def perceive_sound(path: Path, sha256: str, *, voice: bool = True, progress: Progress = quiet) -> Sound:
    """Decode and prepare a recording, or the sound of a clip; ``voice``: as of ``hear``.

    Raises:
        ReferenceError_: the file holds no sound that can be read.
        ModelMissing: the speech detector is not on this machine.
    """
    name = path.name
    progress(f"sound of {name}", 0.0)
    samples, remarks = read_sound(path)
    progress(f"sound of {name}", 0.4)
    sound = hear(samples, sha256, remarks=tuple(remarks), voice=voice)
    progress(f"sound of {name}", 1.0)
    return sound


def hear(samples: F32, sha256: str, *, remarks: tuple[str, ...] = (), voice: bool = True) -> Sound:
    """Prepare stereo samples s 2 at 48 kHz. ``voice``: a singer's voice is looked for in what is music, and drawn out of it."""
    mono = samples.mean(axis=1, dtype=np.float32)
    if len(mono) and np.abs(mono).max() < 0.25 * np.abs(samples).max():  # channels in opposite phase
        mono = np.ascontiguousarray(samples[:, 0])
    loudness = integrated(samples)
    if loudness <= _SILENCE:
        return Sound(
            source=sha256,
            samples=samples,
            kind="silence",
            speech=(),
            tempo=0.0,
            beats=(),
            downbeats=(),
            sections=(0,),
            onsets=(),
            loudness=loudness,
            remarks=(*remarks, "The recording is silent."),
        )
    level = 10.0 ** ((-23.0 - loudness) / 20.0)
    heard = np.asarray(np.clip(mono * level, -1, 1), np.float32)
    probability = speech_probability(heard)
    said = said_in(heard, probability)
    plain = said.speech > _SPOKEN and said.backing <= _BACKED and said.seconds >= 1.0  # somebody speaks in a quiet room: no beats are sought
    beats = find_beats(np.zeros(0, np.float32) if plain else heard[:BEATS_WITHIN])
    kind: SoundKind = "speech" if plain else kind_of(replace(said, pulse=beats.strength if len(beats.beats) >= 6 else 0.0, held=held_pitch(heard)))
    own: F32 | None = None
    if voice and kind in ("music", "singing"):
        drawn = voice_of(samples[:VOICE_WITHIN] * np.float32(10.0 ** ((_MIXED - loudness) / 20.0))).mean(axis=1, dtype=np.float32)
        sung = speech_probability(np.clip(drawn, -1, 1))
        if float((sung > 0.5).mean()) > _SUNG:
            kind, own, probability = "singing", drawn, singing(drawn, sung)
    spoken = speech_spans(probability, len(mono)) if kind in ("speech", "singing", "music") else ()
    musical = kind in ("music", "singing")
    return Sound(
        source=sha256,
        samples=samples,
        kind=kind,
        speech=spoken,
        tempo=beats.tempo if musical else 0.0,
        beats=beats.beats if musical else (),
        downbeats=beats.downbeats if musical else (),
        sections=beats.sections if musical else (0,),
        onsets=beats.onsets,
        loudness=loudness,
        remarks=remarks,
        voice=own,
    )


def singing(voice: F32, speech: F32) -> F32:
    """0 or 1 for each 32 ms window of a drawn out voice s: loud there, and near to where the detector hears somebody (``speech``).

    The detector alone loses notes that are held; the level alone takes what the networks leave of a guitar's solo.
    """
    level = np.sqrt(np.add.reduceat(np.square(voice.astype(np.float64)), np.arange(0, len(voice), WINDOW_TICKS)) / WINDOW_TICKS)[: len(speech)]
    near = ndimage.maximum_filter1d(speech[: len(level)], 2 * _NEAR + 1) > 0.5
    sure = np.asarray(speech[: len(level)] > 0.5)
    loud = level > _FAINT * float(np.quantile(level[sure], 0.9)) if sure.any() else np.zeros(len(level), bool)
    whole = np.asarray(ndimage.binary_closing(loud, np.ones(_BREATH)), bool) | loud
    return np.asarray(near & whole, np.float32)


def said_in(mono: F32, probability: F32) -> Traits:
    """What the level and the ``probability`` of speech, one each 32 ms window, tell; without ``pulse`` and ``held``."""
    blocks = momentary(mono, block=WINDOW_TICKS * 2, step=WINDOW_TICKS)
    count = min(len(blocks), len(probability))
    blocks, spoken = blocks[:count], probability[:count]
    usual = float(np.percentile(blocks, 80)) if count else SILENT
    audible = blocks > usual - 25.0
    quiet_part = blocks[spoken < 0.2]
    return Traits(
        speech=float((spoken[audible] > 0.5).mean()) if audible.any() else 0.0,
        backing=float(np.clip(1 + (np.median(quiet_part) - usual) / 30.0, 0.0, 1.0)) if len(quiet_part) >= 5 else 0.0,
        gaps=float((blocks < usual - 20.0).mean()) if count else 0.0,
        seconds=len(mono) / TICKS_PER_SECOND,
    )


def held_pitch(mono: F32) -> float:
    """Share of the tonal time in which the strongest partials stay put for a quarter of a second: high for music and singing, low for speech."""
    rate, size, hop = 12_000, 2048, 512
    low = resample(mono, 1, TICKS_PER_SECOND // rate)
    if len(low) < size * 4:
        return 0.0
    frames = np.lib.stride_tricks.sliding_window_view(low, size)[::hop]
    magnitude = np.abs(np.fft.rfft(frames * np.hanning(size).astype(np.float32), axis=1))[:, 12:340]
    floor = ndimage.median_filter(magnitude, (1, 31)) + 1e-6
    peaky = np.clip(np.log(magnitude / floor + 1e-9), 0.0, 4.0)
    peaky[magnitude < 0.02 * magnitude.max()] = 0.0
    span = 6
    held = ndimage.minimum_filter1d(peaky, span, axis=0).sum(axis=1)
    total = peaky.sum(axis=1)
    tonal = total > 0.3 * np.percentile(total, 90)
    return float((held[tonal] / total[tonal]).mean()) if tonal.any() else 0.0


def kind_of(t: Traits) -> SoundKind:
    """Speech, singing, music or effect."""
    musical = 1.2 * t.held + 0.9 * t.pulse - 0.3 * t.gaps
    if t.speech > _SPOKEN and t.seconds >= 1.0:
        return "singing" if musical > 0.42 and t.backing > _BACKED else "speech"
    if t.seconds >= 2.0 and musical > 0.22:
        return "singing" if t.speech > 0.15 else "music"
    return "speech" if t.speech > 0.2 and t.seconds >= 1.0 else "effect"
