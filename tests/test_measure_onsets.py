"""Onsets: what is heard against what is seen, on films whose times are known."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from happenings import knocks, times_of, write
from phonofilm.engines.test import TestEngine
from phonofilm.generate import render
from phonofilm.measure import measure
from phonofilm.measure.strikes import strikes
from phonofilm.score.camera import Stand, build_path
from phonofilm.score.materials import Materials
from phonofilm.score.model import Effect, Score, Setting, Shot

SECONDS = 6


def onsets(path: Path, score: Score | None = None):
    return measure(path, score=score, only=["onsets"]).finding("onsets")


def scored(times: list[float], sound: str = "knock") -> Score:
    length = SECONDS * 48_000
    path = build_path("static", Stand(position=(0.0, 1.5, 0.0), focal=50.0, subject=(0.0, 1.5, -2.0)), 0, length)
    cues = tuple(Effect(start=round(t * 48_000), sound=sound) for t in times)
    shot = Shot(start=0, end=length, camera=path, setting=Setting(kind="studio"))
    return Score(length=length, width=320, height=180, seed=0, shots=(shot,), cues=cues)


def test_onsets_of_clicks_beeps_and_thumps_are_placed_within_two_milliseconds():
    rng = np.random.default_rng(0)
    at = np.arange(9600) / 48_000
    click, beep, thump = rng.normal(0, 0.3, 9600), 0.5 * np.cos(6283 * at), 0.5 * np.sin(377 * at)
    sounds = (click * np.exp(-at * 60), beep * np.clip((0.2 - at) * 200, 0, 1), thump * np.exp(-at * 20))
    for sound in sounds:
        mono = rng.normal(0, 1e-4, 6 * 48_000).astype(np.float32)
        true = [20_000 + 27_000 * k + int(rng.integers(4000)) for k in range(9)]
        for t in true:
            mono[t : t + 9600] += sound.astype(np.float32)
        found = strikes(mono)
        assert len(found.at) == len(true)
        assert max(abs(a - t) for a, t in zip(found.at, true, strict=True)) < 96


def test_silence_and_steady_noise_have_no_onsets():
    assert strikes(np.zeros(96_000, np.float32)).at == ()
    assert len(strikes(np.random.default_rng(0).normal(0, 0.1, 4 * 48_000).astype(np.float32)).at) <= 2


@pytest.mark.parametrize(
    ("kind", "fps", "uneven"), [("flash", 24, False), ("flash", 60, False), ("cut", 25, False), ("cut", 30, True), ("ball", 30, False)]
)
def test_what_is_seen_and_heard_together_is_matched_at_any_frame_rate(kind, fps, uneven, tmp_path):
    times = times_of(SECONDS)
    found = onsets(write(tmp_path / "film.mp4", kind, times, SECONDS, knocks(times, SECONDS), fps=fps, uneven=uneven))
    assert found.number("onsets heard") == len(times)
    assert found.number("precision") >= 0.85
    assert found.number("recall 250 ms later") <= 0.3
    assert abs(found.number("correlated offset")) < 30 and found.number("correlation margin") > 0.2
    if kind != "ball":  # the top of a ball's flight, too, is a change of velocity
        assert found.number("recall") == 1.0 and found.number("events seen") == len(times)


@pytest.mark.parametrize("late", [-0.32, -0.08, 0.16])
def test_an_offset_between_sound_and_picture_is_recovered(late, tmp_path):
    times = times_of(SECONDS)
    still = onsets(write(tmp_path / "sync.mp4", "cut", times, SECONDS, knocks(times, SECONDS)))
    shifted = onsets(write(tmp_path / "late.mp4", "cut", times, SECONDS, knocks(times, SECONDS, late=late)))
    assert shifted.number("correlated offset") - still.number("correlated offset") == pytest.approx(late * 1000, abs=10)
    assert shifted.number("recall") < 0.5


def test_a_still_gets_no_offset_at_all(tmp_path):
    times = times_of(SECONDS)
    found = onsets(write(tmp_path / "still.mp4", "still", times, SECONDS, knocks(times, SECONDS)))
    assert not found.applies or found.number("correlated offset") is None


def test_a_film_without_sound_or_in_silence_says_so(tmp_path):
    times = times_of(SECONDS)
    silent = onsets(write(tmp_path / "none.mp4", "cut", times, SECONDS, None))
    assert not silent.applies and "sound" in silent.why
    quiet = onsets(write(tmp_path / "quiet.mp4", "cut", times, SECONDS, np.zeros(SECONDS * 48_000, np.float32)))
    assert not quiet.applies and "heard" in quiet.why


@pytest.mark.parametrize("late", [0.0, 0.32, -0.16])
def test_every_cue_of_a_score_is_found_wherever_within_half_a_second_it_is(late, tmp_path):
    times = times_of(SECONDS)
    film = write(tmp_path / "film.mp4", "cut", times, SECONDS, knocks(times, SECONDS, late=late))
    found = onsets(film, scored(times))
    assert found.number("answered") >= 0.95
    assert found.number("offset") == pytest.approx(late * 1000, abs=5)
    error = found.number("95th percentile of error to the score")
    assert error < 2 if not late else error > abs(late) * 1000 - 45
    assert found.passed is (late == 0.0)


def test_one_misplaced_cue_is_seen_though_all_others_are_in_place(tmp_path):
    times = times_of(SECONDS)
    moved = [*times[:2], times[2] + 0.2, *times[3:]]
    found = onsets(write(tmp_path / "film.mp4", "cut", times, SECONDS, knocks(moved, SECONDS)), scored(times))
    heard = {e.at: e.heard for e in found.events if e.kind == "effect"}
    assert heard[round(times[2] * 48_000)] == pytest.approx(round(moved[2] * 48_000), abs=240)


def test_cues_that_are_not_heard_are_not_answered(tmp_path):
    times = times_of(SECONDS)
    found = onsets(write(tmp_path / "film.mp4", "cut", times, SECONDS, knocks(times[:2], SECONDS)), scored(times[3:]))
    assert found.number("answered") < 0.5 and found.passed is False


def test_the_flash_and_the_beep_of_the_test_engine_are_in_sync(tmp_path):
    score = scored([1.0, 2.0, 3.0, 4.0, 5.0], "click")  # what the first frame shows is no change
    render(score, Materials(pictures={}, sounds={}, clips={}), tmp_path / "film.mp4", engine=TestEngine())
    found = onsets(tmp_path / "film.mp4", score)
    assert found.number("answered") >= 0.95
    assert found.number("95th percentile of error to the score") < 1
    assert found.number("cues seen and heard") >= 5
    assert found.number("95th percentile of picture to sound") < 1


def strokes(times: list[float], louder: tuple[float, ...] = (0.5, 1.0, 0.8), gap: float = 0.19) -> np.ndarray:
    """Knocks of several strokes, the loudest not the first; f32[s] over a faint noise."""
    out = np.random.default_rng(5).normal(0, 0.001, SECONDS * 48_000).astype(np.float32)
    for k, level in enumerate(louder):
        out += level * knocks([t + k * gap for t in times], SECONDS)
    return out


@pytest.mark.parametrize("late", [0.0, 0.16])
def test_a_knock_of_three_strokes_begins_with_its_first_and_not_with_its_loudest(late, tmp_path):
    times = [1.0, 3.1]
    found = onsets(write(tmp_path / "film.mp4", "still", times, SECONDS, strokes([t + late for t in times])), scored(times))
    heard = [e.heard for e in found.events if e.kind == "effect"]
    assert heard == pytest.approx([round((t + late) * 48_000) for t in times], abs=240)


def test_strokes_that_are_cues_of_their_own_are_left_to_them(tmp_path):
    times = [1.0, 1.19, 1.38, 3.0]
    found = onsets(write(tmp_path / "film.mp4", "still", times, SECONDS, knocks(times, SECONDS)), scored(times))
    assert [e.heard for e in found.events if e.kind == "effect"] == pytest.approx([round(t * 48_000) for t in times], abs=240)


def test_a_sound_that_nothing_draws_is_not_seen_in_a_cut_that_lies_near_it(tmp_path):
    cuts = [1.0, 3.0]
    heard = [1.12, 3.0]  # the second lies on the cut
    film = write(tmp_path / "film.mp4", "cut", cuts, SECONDS, knocks(heard, SECONDS))
    score = scored(heard)
    edges = [0, *(round(t * 48_000) for t in cuts), score.length]
    shots = tuple(replace(score.shots[0], start=a, end=b) for a, b in pairwise(edges))
    found = onsets(film, replace(score, shots=shots))
    assert found.number("cues not drawn") == 1 and found.number("cues seen and heard") == 1
    first, second = (e for e in found.events if e.kind == "effect")
    assert first.seen is None and first.text == "not drawn"
    assert second.seen is not None and abs(second.seen - 3 * 48_000) <= 2000


def test_a_movement_that_is_seen_all_the_time_is_no_sight_of_a_sound(tmp_path):
    bounces = times_of(SECONDS)
    film = write(tmp_path / "film.mp4", "ball", bounces, SECONDS, knocks([bounces[2] + 0.2], SECONDS))
    found = onsets(film, scored([bounces[2] + 0.2]))
    assert found.number("cues not drawn") == 1
