"""The camera against projective geometry, and on film by tracked points."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonofilm.score.camera import FAMILIES, CameraPose, Stand, Step, build_moves, build_path, camera_at, carried, chain, quaternion
from tracked import drawn_frames, filmed, grey_frames, made_picture, measure, score_of

SIZE = (864, 496)
SECOND = 48_000
STAND = Stand(position=(0.3, 1.5, 0.2), focal=50.0, subject=(0.4, 1.6, -2.0))
#: family -> which way the middle of the picture's content goes in the frame (x right, y down), 0 where it stays
WAYS = {
    "pan_right": (-1, 0), "pan_left": (1, 0), "tilt_up": (0, 1), "tilt_down": (0, -1), "truck_right": (-1, 0), "truck_left": (1, 0),
    "tracking": (-1, 0), "pedestal_up": (0, 1), "pedestal_down": (0, -1),
}  # fmt: skip
SUBJECT = np.array([STAND.subject])


def ends(path) -> tuple[CameraPose, CameraPose]:
    return camera_at(path, path.keys[0].tick), camera_at(path, path.keys[-1].tick)


angles = st.floats(-80, 80)


@settings(deadline=None)
@given(yaw=angles, pitch=angles, roll=angles, x=st.floats(-400, 1264), y=st.floats(-200, 700), depth=st.floats(0.2, 50), focal=st.floats(14, 200))
def test_a_ray_through_a_pixel_comes_back_to_that_pixel(yaw, pitch, roll, x, y, depth, focal):
    key = replace(build_path("static", STAND, 0, SECOND).keys[0], orientation=quaternion(yaw=yaw, pitch=pitch, roll=roll), focal=focal)
    camera = camera_at(replace(build_path("static", STAND, 0, SECOND), keys=(key,)), 0)
    pixel = np.array([[x, y]])
    point = camera.position + camera.rays(pixel, *SIZE) * depth
    assert np.abs(camera.project(point, *SIZE) - pixel).max() < 1e-5


@settings(deadline=None)
@given(yaw=angles, pitch=angles, roll=angles)
def test_an_orientation_is_a_rotation_without_mirror(yaw, pitch, roll):
    key = replace(build_path("static", STAND, 0, SECOND).keys[0], orientation=quaternion(yaw=yaw, pitch=pitch, roll=roll))
    matrix = camera_at(replace(build_path("static", STAND, 0, SECOND), keys=(key,)), 0).rotation
    assert np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1.0)


def test_a_camera_turned_right_up_and_clockwise_looks_there():
    def ahead(**turn):
        key = replace(build_path("static", STAND, 0, SECOND).keys[0], orientation=quaternion(**turn))
        camera = camera_at(replace(build_path("static", STAND, 0, SECOND), keys=(key,)), 0)
        return camera.rotation.T @ [0, 0, -1], camera.rotation.T @ [1, 0, 0]

    assert ahead(yaw=30)[0] == pytest.approx([0.5, 0, -math.cos(math.radians(30))])
    assert ahead(pitch=30)[0] == pytest.approx([0, 0.5, -math.cos(math.radians(30))])
    assert ahead(roll=30)[1] == pytest.approx([math.cos(math.radians(30)), -0.5, 0])


@pytest.mark.parametrize("family", WAYS)
def test_what_the_camera_sees_goes_the_other_way(family):
    first, last = ends(build_path(family, STAND, 0, SECOND))
    way = (last.project(SUBJECT, *SIZE) - first.project(SUBJECT, *SIZE))[0]
    for moved, sign in zip(way, WAYS[family], strict=True):
        assert moved * sign > 20 if sign else abs(moved) < 3


def test_a_clockwise_roll_turns_the_picture_anticlockwise():
    first, last = ends(build_path("roll_right", STAND, 0, SECOND, amount=10.0))
    right_of_it = SUBJECT + [0.5, 0, 0]
    before, after = (c.project(right_of_it, *SIZE)[0] - c.project(SUBJECT, *SIZE)[0] for c in (first, last))
    turned = math.degrees(math.atan2(after[1], after[0]) - math.atan2(before[1], before[0]))
    assert turned == pytest.approx(-10.0, abs=1e-6)


@pytest.mark.parametrize("amount", [5.0, 16.0, 60.0])
@pytest.mark.parametrize("side", [("orbit_right", 1), ("orbit_left", -1)])
def test_an_orbit_keeps_its_distance_and_its_aim_and_goes_to_its_side(side, amount):
    family, sign = side
    path = build_path(family, STAND, 0, SECOND, amount=amount)
    begun = camera_at(path, 0).project(SUBJECT, *SIZE)[0]
    for tick in range(0, SECOND + 1, 1500):
        camera = camera_at(path, tick)
        # between two of its 33 keys the path is a chord
        assert math.dist(camera.position, STAND.subject) == pytest.approx(math.dist(STAND.position, STAND.subject), rel=2e-4)
        assert camera.project(SUBJECT, *SIZE)[0] == pytest.approx(begun, abs=0.2)
    first, last = ends(path)
    assert (last.position - first.position)[0] * sign > 0
    sides = [np.asarray(c.position)[[0, 2]] - np.asarray(STAND.subject)[[0, 2]] for c in (first, last)]
    turned = math.degrees(math.acos(np.dot(*sides) / np.linalg.norm(sides[0]) / np.linalg.norm(sides[1])))
    assert turned == pytest.approx(amount, abs=1e-6)


@settings(deadline=None)
@given(amount=st.floats(0.05, 0.6))
def test_a_dolly_zoom_cancels_on_the_subject_and_opens_the_background(amount):
    path = build_path("dolly_zoom", STAND, 0, SECOND, amount=amount)
    near = SUBJECT + [[0.2, 0.3, 0], [-0.2, -0.3, 0]]
    far = np.array([[0.0, 1.0, -6.0], [1.0, 2.0, -6.0]])
    begun = camera_at(path, 0)
    for tick in range(0, SECOND + 1, 4000):
        assert camera_at(path, tick).project(near, *SIZE) == pytest.approx(begun.project(near, *SIZE), abs=1e-6)
    last = camera_at(path, SECOND)
    back = float(last.position[2]) - STAND.position[2]
    assert 1 - 2.2 / (2.2 + back) == pytest.approx(amount)
    grown = math.dist(*last.project(far, *SIZE)) / math.dist(*begun.project(far, *SIZE))
    assert grown == pytest.approx(1 / (1 - amount) * 6.2 / (6.2 + back))
    assert grown > 1


@pytest.mark.parametrize("family", ["push_in", "pull_out"])
def test_a_push_changes_the_distance_by_its_share_and_not_the_lens(family):
    first, last = ends(build_path(family, STAND, 0, SECOND, amount=0.3))
    wide, close = (first, last) if family == "push_in" else (last, first)
    assert wide.position == pytest.approx(STAND.position)
    assert math.dist(close.position, STAND.subject) / math.dist(wide.position, STAND.subject) == pytest.approx(0.7)
    assert first.focal == last.focal == 50.0


@pytest.mark.parametrize("family", ["zoom_in", "zoom_out"])
def test_a_zoom_changes_the_lens_and_not_the_place(family):
    first, last = ends(build_path(family, STAND, 0, SECOND, amount=1.5))
    assert first.position == pytest.approx(last.position)
    assert (last.focal / first.focal) == pytest.approx(1.5 if family == "zoom_in" else 1 / 1.5)


@pytest.mark.parametrize("side", [("crane_up", 1), ("crane_down", -1)])
def test_a_crane_rises_by_its_share_and_keeps_the_subject_in_view(side):
    family, sign = side
    first, last = ends(build_path(family, STAND, 0, SECOND))
    assert (last.position - first.position)[1] == pytest.approx(sign * 0.22 * math.dist(STAND.position, STAND.subject))
    moved = last.project(SUBJECT, *SIZE)[0] - first.project(SUBJECT, *SIZE)[0]
    straight = 0.22 * 50 / 36 * 864
    assert abs(moved[1]) < 0.2 * straight and abs(moved[0]) < 6


@pytest.mark.parametrize("family", [f for f in FAMILIES if f not in ("static", "handheld")])
@pytest.mark.parametrize("easing", ["linear", "smooth", "settle"])
def test_a_move_goes_one_way_without_a_jump_and_softly(family, easing):
    path = replace(build_path(family, STAND, 0, 4 * SECOND), easing=easing)
    cameras = [camera_at(path, t) for t in range(0, 4 * SECOND + 1, 2000)]
    steps = [
        math.dist(a.position, b.position) + float(np.abs(a.rotation - b.rotation).max()) + abs(math.log(b.focal / a.focal))
        for a, b in itertools.pairwise(cameras)
    ]
    assert min(steps) > 0
    assert max(steps) < 3.2 * sum(steps) / len(steps)
    if easing == "smooth":
        assert steps[0] < 0.2 * max(steps) and steps[-1] < 0.2 * max(steps)


def test_before_its_first_key_and_after_its_last_a_camera_stands_still():
    path = build_path("push_in", STAND, SECOND, 2 * SECOND)
    assert np.array_equal(camera_at(path, 0).position, camera_at(path, SECOND).position)
    assert np.array_equal(camera_at(path, 3 * SECOND).position, camera_at(path, 2 * SECOND).position)


def test_a_held_camera_is_never_still_and_never_far():
    path = build_path("handheld", STAND, 0, 4 * SECOND)
    seen = np.array([camera_at(path, t).project(SUBJECT, *SIZE)[0] for t in range(0, 4 * SECOND, 2000)])
    steps = np.hypot(*np.diff(seen, axis=0).T)
    assert np.median(steps) > 0.1 and steps.max() < 6
    assert np.ptp(seen, axis=0).max() < 60


@settings(deadline=None, max_examples=40)
@given(names=st.lists(st.sampled_from([f for f in FAMILIES if f != "handheld"]), min_size=2, max_size=4))
def test_moves_in_a_row_join_without_a_jump_and_each_goes_its_way(names):
    path = build_moves([Step(family=n) for n in names], STAND, 0, 4 * SECOND)
    assert [leg.family for leg in path.legs] == names
    assert path.legs[0].start == 0 and path.legs[-1].end == 4 * SECOND
    assert all(a.end == b.start for a, b in itertools.pairwise(path.legs))
    assert all(a.tick < b.tick for a, b in itertools.pairwise(path.keys))
    cameras = [camera_at(path, t) for t in range(0, 4 * SECOND + 1, 500)]
    for a, b in itertools.pairwise(cameras):
        assert (
            math.dist(a.position, b.position) < 0.025 * max(2.0, math.dist(a.position, STAND.subject))
            and np.abs(a.rotation - b.rotation).max() < 0.02
            and abs(math.log(b.focal / a.focal)) < 0.02
        )
    for leg in path.legs:
        first, last = camera_at(path, leg.start), camera_at(path, leg.end)
        turned = math.degrees(math.acos(max(-1.0, min(1.0, (np.trace(first.rotation @ last.rotation.T) - 1) / 2))))
        if FAMILIES[leg.family].unit == "degrees":
            assert turned == pytest.approx(leg.delivered, abs=0.05)
        if leg.family == "zoom_in":
            assert last.focal / first.focal == pytest.approx(1.35)


def test_a_push_in_before_a_pan_comes_to_rest_between_them():
    path = build_moves([Step(family="push_in"), Step(family="pan_left", amount=10.0)], STAND, 0, 4 * SECOND)
    middle = camera_at(path, 2 * SECOND)
    assert math.dist(middle.position, STAND.subject) == pytest.approx(0.7 * math.dist(STAND.position, STAND.subject))
    assert middle.rotation == pytest.approx(camera_at(path, 0).rotation)
    last = camera_at(path, 4 * SECOND)
    assert last.position == pytest.approx(middle.position)
    assert last.project(SUBJECT, *SIZE)[0, 0] > middle.project(SUBJECT, *SIZE)[0, 0] + 100
    assert chain([build_path("push_in", STAND, 0, SECOND)], SECOND).keys[-1].position == pytest.approx(
        build_path("push_in", STAND, 0, SECOND).keys[-1].position
    )


def test_actors_that_are_carried_keep_their_place_in_the_frame():
    path = build_path("tracking", STAND, 0, SECOND, carry=1.0)
    begun = carried(path, camera_at(path, 0)).project(SUBJECT, *SIZE)[0]
    ended = carried(path, camera_at(path, SECOND)).project(SUBJECT, *SIZE)[0]
    assert ended == pytest.approx(begun, abs=1e-6)
    assert camera_at(path, SECOND).project(SUBJECT, *SIZE)[0, 0] < camera_at(path, 0).project(SUBJECT, *SIZE)[0, 0] - 100


def check_measured(found):
    """What every filmed move must be: the amount within 5 %, near and far as the pinhole says, and what its family promises."""
    assert found.points[0] > 60
    if found.family in ("static", "handheld"):
        assert found.family == "handheld" or found.drift <= 0.5
        return
    assert found.error < 0.05, found
    if found.family == "tracking":
        assert found.near < 1.0 < 20.0 < found.far
        return
    assert found.residual < 1.0, found
    if min(found.near, found.far) > 8:
        assert found.ratio == pytest.approx(found.predicted, rel=0.05)
    if found.family == "dolly_zoom":
        assert found.near_scale == pytest.approx(1.0, abs=0.02)
        assert found.far_scale > 1.25


@pytest.mark.parametrize("family", ["push_in", "truck_right", "orbit_left", "dolly_zoom", "tracking"])
def test_a_drawn_move_is_the_move_asked_for(family):
    picture = made_picture()
    score = score_of(picture, family, SIZE, 4)
    check_measured(measure(drawn_frames(score, picture, 8), score, picture))


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_a_filmed_move_is_the_move_asked_for(family, tmp_path):
    picture = made_picture()
    score = score_of(picture, family, SIZE, 4)
    check_measured(measure(grey_frames(filmed(score, picture, tmp_path / "film.mp4")), score, picture))


def test_a_static_film_does_not_drift(tmp_path):
    picture = made_picture(1200, 900)
    score = score_of(picture, "static", (640, 480), 4)
    assert measure(grey_frames(filmed(score, picture, tmp_path / "film.mp4")), score, picture).drift <= 0.5
