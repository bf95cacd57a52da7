"""Beats: the tracker of the measure on music whose beats are known, and cuts on and off them."""

import numpy as np
import pytest

from happenings import knocks, times_of, write
from phonofilm.measure import measure
from phonofilm.measure.beats import pulse_of
from phonofilm.measure.strikes import strikes
from phonofilm.score.camera import Stand, build_path
from phonofilm.score.model import Music, Score, Setting, Shot
from tracks import TRACKS, share_hit, share_right, track

SECONDS = 10


def beats(path, score=None):
    return measure(path, score=score, only=["beats"]).finding("beats")


@pytest.mark.parametrize("name", [n for n in TRACKS if TRACKS[n][0] < 150])
def test_the_beats_of_made_music_are_found(name):
    sound, true, bars = track(name)
    pulse = pulse_of(strikes(sound))
    assert pulse.sure
    assert share_hit(pulse.beats, true) > 0.9 and share_right(pulse.beats, true) > 0.9
    if pulse.downbeats:
        assert share_right(pulse.downbeats, bars) > 0.9


def test_what_has_no_pulse_has_no_beats():
    rng = np.random.default_rng(0)
    at = np.arange(8 * 48_000) / 48_000
    hum, noise = 0.3 * np.sin(2 * np.pi * 100 * at), rng.normal(0, 0.1, len(at))
    uneven = knocks(times_of(8, seed=3), 8)
    for sound in (hum, noise, np.zeros(len(at)), uneven):
        assert not pulse_of(strikes(sound.astype(np.float32))).sure


@pytest.mark.parametrize("fps", [24, 30])
def test_cuts_on_the_beats_are_told_from_cuts_beside_them(fps, tmp_path):
    sound, true, _ = track("usual", SECONDS)
    on = [float(t) for t in true[2:-2:3]]
    found = beats(write(tmp_path / "on.mp4", "cut", on, SECONDS, sound, fps=fps))
    assert found.number("cuts") == len(on)
    assert found.number("cuts on beats") == 1.0 and found.passed
    assert found.number("cuts on beats 100 ms later") <= 0.4
    assert found.number("cuts from beats") < 20
    off = beats(write(tmp_path / "off.mp4", "cut", [t + 0.1 for t in on], SECONDS, sound, fps=fps))
    assert off.number("cuts on beats") <= 0.2 and off.passed is False


def test_a_film_without_music_or_without_cuts_says_so(tmp_path):
    times = times_of(6, seed=3)
    assert "pulse" in beats(write(tmp_path / "knocks.mp4", "cut", times, 6, knocks(times, 6))).why
    assert "sound" in beats(write(tmp_path / "silent.mp4", "cut", times, 6, None)).why
    sound, _, _ = track("usual", 6)
    still = beats(write(tmp_path / "still.mp4", "still", times, 6, sound))
    assert still.applies and still.number("cuts on beats") is None and still.passed is None


def test_the_beats_of_a_score_are_held_against_those_that_are_heard(tmp_path):
    sound, true, _ = track("usual", SECONDS)
    film = write(tmp_path / "film.mp4", "cut", [float(t) for t in true[2:-2:3]], SECONDS, sound)
    length = SECONDS * 48_000
    path = build_path("static", Stand(position=(0.0, 1.5, 0.0), focal=50.0, subject=(0.0, 1.5, -2.0)), 0, length)
    shot = Shot(start=0, end=length, camera=path, setting=Setting(kind="studio"))

    def score(late: float) -> Score:
        music = Music(start=0, end=length, tempo=100.0, beats=tuple(round((t + late) * 48_000) for t in true))
        return Score(length=length, width=320, height=180, seed=0, shots=(shot,), cues=(music,))

    right, wrong = beats(film, score(0.0)), beats(film, score(0.15))
    assert right.number("the score's beats heard") == 1.0 and right.number("cuts on the score's beats") == 1.0
    assert wrong.number("the score's beats heard") < 0.2 and wrong.number("cuts on the score's beats") < 0.2
