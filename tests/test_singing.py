"""The singer's part of a song, and what a mouth does with it."""

from pathlib import Path

import numpy as np
import pytest

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.generate import singers
from phonofilm.perceive.sound import hear
from phonofilm.perceive.unmix import voice_of
from phonofilm.phones import VISEMES
from phonofilm.prompt import read
from phonofilm.request import Reference, Request
from phonofilm.score.mouthing import phones_in
from phonofilm.voice import align_sung, speak
from tracks import track

NOTES = ((0.5, 1.0), (1.1, 1.6), (1.7, 2.6), (3.4, 4.0), (4.1, 4.6))


def sung(seconds: float = 5.0) -> np.ndarray:
    """Held notes, harmonics with the formants of an open vowel, each swelling in 50 ms and dying away in 60."""
    time = np.arange(round(seconds * TICKS_PER_SECOND)) / TICKS_PER_SECOND
    out = np.zeros(len(time))
    for k, (start, end) in enumerate(NOTES):
        pitch = 180.0 * 2 ** (k / 12) * (1 + 0.004 * np.sin(2 * np.pi * 5.5 * time))
        phase = 2 * np.pi * np.cumsum(pitch) / TICKS_PER_SECOND
        shape = np.clip(np.minimum((time - start) / 0.05, (end - time) / 0.06), 0.0, 1.0)
        for harmonic in range(1, 20):
            hertz = 180.0 * harmonic
            gain = sum(np.exp(-(((hertz - formant) / 120.0) ** 2)) for formant in (730.0, 1090.0, 2440.0)) + 0.02
            out += shape * gain * np.sin(harmonic * phase)
    return (0.3 * out / np.abs(out).max()).astype(np.float32)


def opened(phones, seconds: float) -> np.ndarray:
    """Opening that phones ask for, every 10 ms."""
    row = np.zeros(round(seconds * 100))
    for phone in phones:
        row[phone.start // 480 : -(-phone.end // 480)] = VISEMES[phone.viseme].jaw
    return row


def test_every_sung_note_opens_the_mouth_and_every_rest_closes_it() -> None:
    voice = sung()
    made = align_sung(voice, [(0, len(voice))])
    assert made.syllables == len(NOTES)
    assert made.phones[0].start == 0
    assert all(type(p.start) is int and type(p.end) is int for p in made.phones)
    assert made.phones[-1].end == len(voice)
    assert all(a.end == b.start for a, b in zip(made.phones, made.phones[1:], strict=False))
    row = opened(made.phones, 5.0)
    openings = np.flatnonzero((row[1:] >= 0.4) & (row[:-1] < 0.4)) + 1
    assert len(openings) == len(NOTES)
    for (start, end), opening in zip(NOTES, openings, strict=True):
        assert row[round(start * 100) + 8 : round(end * 100) - 8].min() >= 0.4
        assert abs(opening - start * 100) <= 4
    assert row[290:330].max() == 0.0
    assert row[:40].max() == 0.0


def test_nothing_is_mouthed_outside_of_the_singing() -> None:
    voice = sung()
    made = align_sung(voice, [(0, round(2.8 * TICKS_PER_SECOND))])
    assert made.syllables == 3
    assert opened(made.phones, 5.0)[282:].max() == 0.0
    silent = align_sung(np.zeros_like(voice), [(0, len(voice))])
    assert silent.syllables == 0
    assert {p.viseme for p in silent.phones} == {"sil"}


def song() -> tuple[np.ndarray, np.ndarray]:
    """A voice over a band that is louder than it, and the band alone, stereo."""
    said = [speak(text, "en").samples for text in ("Over the hills and far away we go.", "Down to the sea and home again.")]
    voice = np.concatenate([said[0], np.zeros(TICKS_PER_SECOND, np.float32), said[1]])
    band, _, _ = track("usual", len(voice) / TICKS_PER_SECOND)
    voice = voice * np.float32(0.07 / voice.std())
    band = band[: len(voice)] * np.float32(0.21 / band.std())
    top = np.abs(voice + band).max() / 0.9
    return np.stack([voice + band] * 2, axis=1) / top, np.stack([band] * 2, axis=1) / top


def test_a_voice_is_drawn_out_of_music_louder_than_itself() -> None:
    mixed, band = song()
    voice = (mixed - band)[:, 0]
    drawn = voice_of(mixed)
    assert drawn.shape == mixed.shape
    assert np.corrcoef(mixed[:, 0], voice)[0, 1] < 0.5
    assert np.corrcoef(drawn[:, 0], voice)[0, 1] > 0.85
    assert np.std(voice_of(band)) < 0.1 * np.std(drawn)


def test_a_voice_over_a_band_is_singing_with_its_words_or_without_and_the_band_alone_is_not() -> None:
    mixed, band = song()
    heard = hear(mixed, "a")
    assert heard.kind == "singing"
    assert heard.voice is not None
    assert heard.beats
    half = len(mixed) // 2
    phones, said = phones_in(heard, 0, len(mixed), sung=True)
    assert "syllables" in said
    assert sum(p.viseme == "aa" or VISEMES[p.viseme].jaw > 0.4 for p in phones) >= 6
    words, nothing = phones_in(heard, 0, half, text="Over the hills and far away we go.", language="en", sung=True)
    assert nothing == ""
    assert {p.ipa for p in words} >= {"h", "l", "z"}
    alone = hear(band, "b")
    assert alone.kind == "music"
    assert alone.voice is None


def test_a_singer_whom_nobody_mouths_is_not_looked_for() -> None:
    mixed, _ = song()
    heard, plain = hear(mixed, "a"), hear(mixed, "a", voice=False)
    assert plain.voice is None
    assert (plain.beats, plain.downbeats, plain.tempo, plain.loudness) == (heard.beats, heard.downbeats, heard.tempo, heard.loudness)


def test_beats_are_not_sought_in_what_plainly_is_speech() -> None:
    said = np.concatenate([speak(text, "en").samples for text in ("We saw the sea.", "Then it rained for days.")])
    heard = hear(np.stack([said, said], axis=1), "s")
    assert heard.kind == "speech"
    assert (heard.beats, heard.onsets) == ((), ())
    assert len(heard.speech) >= 1


@pytest.mark.parametrize(
    ("prompt", "asked"),
    [
        ("@face sings @music.", {"face", "music"}),
        ('@face says: "Hello there." to @music.', set()),
        ("@face speaks @voiceover over @music.", {"voiceover"}),
        ("A film about the sea to @music.", set()),
    ],
)
def test_a_singer_is_sought_where_a_face_could_mouth_the_song(prompt: str, asked: set[str]) -> None:
    kinds = {"face": "image", "music": "audio", "voiceover": "audio"}
    given = tuple(Reference(tag=t, path=Path(f"{t}.bin"), kind=k, sha256=t) for t, k in kinds.items() if f"@{t}" in prompt)
    request = Request(prompt=prompt, references=given)
    assert singers(read(prompt, given), request) == asked
