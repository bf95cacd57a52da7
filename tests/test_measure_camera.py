"""The camera as the measure recovers it from decoded frames, against paths that are known."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import phonofilm
from happenings import times_of, write
from media import picture as picture_of
from phonofilm.measure import measure
from phonofilm.measure.camera import SLACK
from phonofilm.measure.cuts import Cuts
from phonofilm.measure.film import frames_of
from phonofilm.measure.motion import explain
from phonofilm.score.camera import FAMILIES, Stand, Step, build_moves, build_path, camera_at
from phonofilm.score.model import Score
from tracked import filmed, made_picture, score_of

SIZE, SECONDS = (640, 368), 3
QUICK = ("static", "push_in", "dolly_zoom", "orbit_left", "pan_right", "tracking", "zoom_out", "crane_up")
STAND = Stand(position=(0.3, 1.5, 0.2), focal=43.0, subject=(0.4, 1.6, -2.0))


@pytest.fixture(scope="module")
def picture():
    return made_picture(1200, 900)


def camera(path, score=None):
    return measure(path, score=score, only=["camera"]).finding("camera")


def check_scored(family, picture, folder):
    score = score_of(picture, family, SIZE, SECONDS)
    found = camera(filmed(score, picture, folder / "film.mp4"), score)
    assert found.number("families right") == 1.0, found.number("move 1")
    if family == "static":
        assert found.number("static drift") <= 0.5
    else:
        assert found.number("amount error") < 0.05
        assert found.number("angle error") < 0.2
    assert found.passed


def seen_through(path, num_points: int = 150, *, moving: float = 0.0) -> tuple[np.ndarray, float]:
    """Points in the pixels of a camera on a path, f64[n v 2] from the middle of the frame; a share of them move by themselves."""
    rng = np.random.default_rng(4)
    first = camera_at(path, 0)
    depths = np.where(np.arange(num_points) % 3 == 0, 2.2, 5.5)
    rays = first.rays(rng.uniform([100, 60], [860, 480], (num_points, 2)), 960, 540)
    world = first.position + rays * depths[:, None]
    views = [camera_at(path, t).project(world, 960, 540) - [480, 270] for t in range(0, 96_001, 12_000)]
    xy = np.stack(views, axis=1) + rng.normal(0, 0.08, (num_points, len(views), 2))
    astray = rng.random(num_points) < moving
    xy[astray] += np.cumsum(rng.normal(0, 4, (int(astray.sum()), len(views), 2)), axis=1)
    return xy, first.focal_pixels(960, 540)


@pytest.mark.parametrize("moving", [0.0, 0.3])
@pytest.mark.parametrize("family", ["push_in", "orbit_right", "crane_down", "pan_left", "truck_left", "roll_right", "zoom_in"])
def test_a_cameras_way_is_solved_from_points_though_some_move_by_themselves(family, moving):
    path = build_path(family, STAND, 0, 96_000)
    xy, focal = seen_through(path, moving=moving)
    solved, _ = explain(xy, focal)
    assert solved.trusted.mean() > 0.9 * (1 - moving)
    first, last = camera_at(path, 0), camera_at(path, 96_000)
    axes = np.diag([1.0, -1.0, -1.0])
    true = axes @ last.rotation @ first.rotation.T @ axes
    off = math.degrees(math.acos(min(1.0, (np.trace(solved.turn[-1] @ true.T) - 1) / 2)))
    assert off < 0.25
    assert math.exp(solved.zoom[-1]) == pytest.approx(last.focal / first.focal, rel=0.01)
    way = axes @ first.rotation @ (last.position - first.position)
    if np.linalg.norm(way) > 0.01:  # its length is in units of its own; with the depths it is in metres
        scale = 1 / np.median(solved.points[::3, 2][solved.trusted[::3]] / (1 / 2.2))
        assert solved.place[-1] / scale == pytest.approx(way, abs=0.03 * np.linalg.norm(way))


@pytest.mark.parametrize("family", QUICK)
def test_the_family_and_the_amount_of_a_filmed_move_are_recovered(family, picture, tmp_path):
    check_scored(family, picture, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("family", [f for f in FAMILIES if f not in QUICK])
def test_every_other_family_is_recovered(family, picture, tmp_path):
    check_scored(family, picture, tmp_path)


@pytest.mark.parametrize("family", ["push_in", "truck_left", "pan_left", "static"])
def test_without_a_score_the_family_is_told_by_parallax(family, picture, tmp_path):
    found = camera(filmed(score_of(picture, family, SIZE, SECONDS), picture, tmp_path / "film.mp4"))
    assert found.number("moves") == family
    assert "mm" in found.number("lens")


def living(family: str, folder: Path) -> tuple[Path, Score]:
    """A film of a photographed woman who breathes, sways and blinks while the camera moves."""
    words = {"static": "The camera is static"}.get(family, family.replace("_", " ").capitalize())
    film = phonofilm.make(
        f"@person stands there. {words}. No speech.", folder / "film.mp4", references={"person": picture_of("astronaut")}, seconds=4, ratio="4:3",
        resolution="480p",
    )  # fmt: skip
    return film.path, film.score


def check_living(family: str, folder: Path):
    path, score = living(family, folder)
    scored, alone = camera(path, score), camera(path)
    assert scored.number("families right") == 1.0 and scored.passed, scored.number("move 1")
    assert alone.number("moves") == family
    if family.startswith("zoom"):  # she stands before a wall: her parallax would have shown
        assert "same picture" not in str(scored.number("move 1"))
        other = camera(path, replace(score, shots=(replace(score.shots[0], camera=replace(score.shots[0].camera, family="push_in")),)))
        assert other.number("families right") == 0.0


def test_a_zoom_on_a_living_person_is_no_way_ahead(tmp_path):
    check_living("zoom_in", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["zoom_out", "static", "push_in", "pull_out", "dolly_zoom"])
def test_a_living_person_hides_no_move_and_makes_none(family, tmp_path):
    check_living(family, tmp_path)


def test_people_who_sway_are_no_way_through_space_and_people_who_are_passed_are():
    rng = np.random.default_rng(3)
    for family, model in (("zoom_in", "turn and zoom"), ("static", "still"), ("push_in", "place")):
        xy, focal = seen_through(build_path(family, STAND, 0, 96_000))
        near = np.arange(len(xy)) % 3 == 0
        xy[near] += 4 * np.sin(np.linspace(0.3, 2.9, xy.shape[1]))[None, :, None] * rng.uniform(0.6, 1, (int(near.sum()), 1, 2))
        solved, _ = explain(xy, focal, np.where(near, SLACK, 1.0))
        assert solved.model == model, family


def test_a_film_of_another_move_than_asked_is_not_passed(picture, tmp_path):
    film = filmed(score_of(picture, "pan_right", SIZE, SECONDS), picture, tmp_path / "film.mp4")
    found = camera(film, score_of(picture, "push_in", SIZE, SECONDS))
    assert found.number("families right") == 0.0 and found.passed is False


def test_a_move_of_half_its_amount_is_told(picture, tmp_path):
    film = filmed(score_of(picture, "truck_right", SIZE, SECONDS, amount=0.08), picture, tmp_path / "film.mp4")
    found = camera(film, score_of(picture, "truck_right", SIZE, SECONDS))
    assert found.number("families right") == 1.0
    assert found.number("amount error") == pytest.approx(0.5, abs=0.03) and found.passed is False


def test_moves_in_a_row_are_told_one_by_one(picture, tmp_path):
    score = score_of(picture, "pan_left", SIZE, 4)
    key = score.shots[0].camera.keys[0]
    stand = Stand(position=key.position, focal=key.focal, subject=score.shots[0].camera.subject)
    path = build_moves([Step(family="pan_left", amount=4.0), Step(family="push_in", amount=0.15)], stand, 0, score.length)
    score = replace(score, shots=(replace(score.shots[0], camera=path),))
    film = filmed(score, picture, tmp_path / "film.mp4")
    found = camera(film, score)
    assert found.number("moves") == "pan_left, push_in"
    assert found.number("amount error") < 0.05
    assert camera(film).number("moves") == "pan_left, push_in"


def test_something_that_moves_before_a_still_camera_is_no_move(tmp_path):
    found = camera(write(tmp_path / "ball.mp4", "ball", times_of(4), 4, None))
    assert found.number("moves") == "static" and found.number("static drift") <= 0.5


def test_cuts_are_found_and_flashes_are_not_taken_for_them(tmp_path):
    times = times_of(6)
    for kind, found, flashes in (("cut", len(times), 0), ("flash", 0, len(times))):
        cuts = Cuts()
        for shown in frames_of(write(tmp_path / f"{kind}.mp4", kind, times, 6, None)):
            cuts.see(shown)
        assert (len(cuts.found), len(cuts.flashes)) == (found, flashes)


def test_a_film_of_one_frame_or_of_nothing_to_follow_says_so(tmp_path):
    assert not camera(write(tmp_path / "one.mp4", "still", [0.0], 1 / 24, None)).applies
