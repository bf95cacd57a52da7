"""Beats found in music whose beats are known, and what kind of sound a recording is."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines.stage.sound.ambience import AIRS
from phonofilm.engines.stage.sound.dsp import random_of
from phonofilm.engines.stage.sound.effects import EFFECTS
from phonofilm.errors import ReferenceError_
from phonofilm.perceive.bars import find_bars, follow_bars
from phonofilm.perceive.beats import find_beats
from phonofilm.perceive.pulse import PULSES, pulse
from phonofilm.perceive.sound import hear, perceive_sound
from phonofilm.perceive.speech_activity import speech_spans
from phonofilm.voice.speech import speak
from tracks import TRACKS, share_hit, share_right, track


@pytest.mark.parametrize("name", TRACKS)
def test_nine_beats_in_ten_are_found_within_a_frame_and_the_bars_begin_where_they_begin(name: str) -> None:
    mono, beats, downbeats = track(name)
    found = find_beats(mono)
    assert share_hit(found.beats, beats) >= 0.9
    assert share_right(found.beats, beats) >= 0.9
    assert share_hit(found.downbeats, downbeats) >= 0.7
    assert share_right(found.downbeats, downbeats) >= 0.7


def test_bars_are_found_in_chances_with_a_beat_missing_and_a_false_one() -> None:
    chance = np.full((1200, 2), 0.01)
    for k, t in enumerate(range(40, 1200, 36)):
        chance[t, int(k % 4 == 2)] = 0.8 if k != 9 else 0.01
    chance[500] = 0.5, 0.2
    bars = find_bars(chance, 100)
    expected = np.arange(40, 1200, 36)
    assert np.abs(bars.frames[:, None] - expected[None]).min(axis=0).max() <= 2
    assert bars.metre == 4
    assert np.abs(bars.frames[bars.first :: 4][:, None] - expected[2::4][None]).min(axis=0).max() <= 2


@pytest.mark.parametrize("metre", [3, 4])
@pytest.mark.parametrize("slip", [-1, 0, 1])
def test_bars_after_a_beat_too_many_or_too_few_begin_where_they_begin_and_those_before_too(metre: int, slip: int) -> None:
    random = np.random.default_rng(slip + metre)
    starts = [*range(1, 60, metre), *range(61 + metre + slip, 120, metre)] if slip else [*range(1, 120, metre)]
    votes = random.normal(0.0, 0.6, 120)
    votes[starts] += 3.0
    found = follow_bars(votes - votes.mean(), metre)
    far = [k for k in found if abs(k - 61) > metre]
    assert far == [k for k in starts if abs(k - 61) > metre]


def test_one_bar_that_looks_begun_late_does_not_move_the_others() -> None:
    votes = np.full(80, -1.0)
    votes[2::4] = 3.0
    votes[42], votes[43] = -1.0, 4.0
    assert follow_bars(votes - votes.mean(), 4) == [*range(2, 80, 4)]


def test_the_networks_hear_a_click_a_beat_where_it_is() -> None:
    mono = np.zeros(8 * TICKS_PER_SECOND, np.float32)
    for t in np.arange(0.5, 8.0, 0.5):
        add_click(mono, t)
    likely = pulse(mono).sum(axis=1)
    on = [likely[round(t * PULSES) - 1 : round(t * PULSES) + 2].max() for t in np.arange(0.5, 7.6, 0.5)]
    off = [likely[round(t * PULSES) - 2 : round(t * PULSES) + 3].max() for t in np.arange(0.75, 7.6, 0.5)]
    assert min(on) > 0.4 > max(off)


def add_click(mono: np.ndarray, at: float) -> None:
    start = round(at * TICKS_PER_SECOND)
    mono[start : start + 480] = (np.hanning(960)[480:] * np.sin(np.arange(480) * 0.4))[: len(mono) - start]


def test_beats_moved_by_100_ms_are_not_taken_for_right() -> None:
    mono, beats, _ = track("usual")
    assert share_hit(find_beats(mono).beats, beats + 0.1) < 0.2


def test_the_start_of_the_drums_is_a_new_section() -> None:
    mono, _, downbeats = track("sparse intro")
    sections = find_beats(mono).sections
    entry = min(d for d in downbeats if d - 0.37 >= 5)
    assert any(abs(s / TICKS_PER_SECOND - entry) < 2.0 for s in sections[1:])


def test_clicks_are_found_as_onsets_within_10_ms() -> None:
    mono = np.zeros(6 * TICKS_PER_SECOND, np.float32)
    times = np.array([0.5, 1.1, 2.05, 3.333, 4.9])
    for t in times:
        add_click(mono, float(t))
    onsets = np.array(find_beats(mono).onsets) / TICKS_PER_SECOND
    assert len(onsets) == len(times)
    assert np.abs(onsets - times).max() < 0.010


def test_silence_has_no_beats_and_is_called_silence() -> None:
    assert find_beats(np.zeros(5 * TICKS_PER_SECOND, np.float32)).beats == ()
    sound = hear(np.zeros((5 * TICKS_PER_SECOND, 2), np.float32), "0")
    assert sound.kind == "silence"
    assert sound.remarks


def test_a_very_short_sound_is_an_effect_without_beats() -> None:
    click = EFFECTS["door"].make(random_of(1), 0.7)[:9600]
    sound = hear(np.stack([click, click], axis=1), "0")
    assert sound.kind == "effect"
    assert sound.beats == ()


@pytest.mark.parametrize("name", ["usual", "guitar alone", "swing", "waltz"])
def test_music_is_called_music(name: str) -> None:
    mono, _, _ = track(name, 8.0)
    sound = hear(np.stack([mono, mono], axis=1), "0")
    assert sound.kind == "music"
    assert len(sound.beats) > 8


@pytest.mark.parametrize("name", ["rain", "wind", "sea", "fire", "traffic"])
def test_the_air_of_a_place_is_not_called_music_or_speech(name: str) -> None:
    assert hear(AIRS[name].make(random_of(2, name), 6.0) * np.float32(0.1), "0").kind == "effect"


def test_sound_in_opposite_phase_is_still_heard() -> None:
    mono, _, _ = track("usual", 6.0)
    sound = hear(np.stack([mono, -mono], axis=1), "0")
    assert len(sound.beats) > 6


def test_speech_is_called_speech_also_over_quiet_music_and_a_pause_parts_it() -> None:
    one = speak("Good morning, and welcome to the harbour.", "en").samples
    two = speak("The next boat leaves at nine.", "en").samples
    pause = np.zeros(TICKS_PER_SECOND, np.float32)
    mono = np.concatenate([pause, one, pause, two, pause])
    alone = hear(np.stack([mono, mono], axis=1), "0")
    assert alone.kind == "speech"
    assert alone.beats == ()
    assert len(alone.speech) == 2
    first, second = TICKS_PER_SECOND, 2 * TICKS_PER_SECOND + len(one)
    assert abs(alone.speech[0][0] - first) < TICKS_PER_SECOND // 4
    assert abs(alone.speech[1][0] - second) < TICKS_PER_SECOND // 4
    song, _, _ = track("usual", len(mono) / TICKS_PER_SECOND)
    over = mono + song[: len(mono)] * np.float32(0.15 * np.abs(mono).max())
    assert hear(np.stack([over, over], axis=1), "0").kind == "speech"


def test_pauses_shorter_than_a_breath_do_not_part_speech() -> None:
    p = np.zeros(100, np.float32)
    p[10:30] = p[33:50] = p[70:90] = 0.9
    p[60] = 0.9  # too short to be speech
    spans = speech_spans(p, 100 * 1536)
    assert spans == ((9 * 1536, 51 * 1536), (69 * 1536, 91 * 1536))


def test_a_recording_is_perceived_from_its_file(tmp_path) -> None:
    mono, beats, _ = track("usual", 8.0)
    soundfile.write(tmp_path / "song.wav", mono, TICKS_PER_SECOND)
    steps: list[str] = []
    sound = perceive_sound(tmp_path / "song.wav", "abc", progress=lambda step, done=0.0: steps.append(step))
    assert sound.source == "abc"
    assert sound.samples.shape == (8 * TICKS_PER_SECOND, 2)
    assert share_hit(sound.beats, beats) >= 0.9
    assert "song.wav" in steps[0]


def test_a_file_without_sound_is_a_named_error(tmp_path) -> None:
    (tmp_path / "song.wav").write_bytes(b"RIFF this is not sound")
    with pytest.raises(ReferenceError_):
        perceive_sound(tmp_path / "song.wav", "abc")
