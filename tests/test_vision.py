"""The runners of the vision models, on real pictures."""

from math import cos, radians, sin

import cv2
import numpy as np
import pytest
from PIL import Image

from media import picture
from phonofilm.vision.anchors import Found, Grid, centres, merge
from phonofilm.vision.face import FaceFinder
from phonofilm.vision.flow import flow, warp
from phonofilm.vision.pose import BodyFinder
from phonofilm.vision.region import Region
from phonofilm.vision.upscale import Upscaler


def shown(name):
    return np.asarray(Image.open(picture(name)).convert("RGB"))


@pytest.fixture(scope="module")
def finder():
    return FaceFinder()


def turned(photo, degrees):
    """The photo turned clockwise on the screen about its middle, and the matrix that did it."""
    h, w = photo.shape[:2]
    matrix = cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), -degrees, 1)
    return cv2.warpAffine(photo, matrix, (w, h)), matrix


def test_a_region_brings_points_back_to_where_they_were_cut_from():
    region = Region(x=300.0, y=200.0, side=120.0, angle=radians(30))
    matrix = region.matrix(64)
    corner = matrix @ np.array([0.0, 0.0, 1.0])
    back = region.place(np.array([[0.5, 0.5]], np.float32), 64)[0]
    assert np.allclose(corner, back, atol=1e-3)
    middle = region.place(np.array([[32.0, 32.0]], np.float32), 64)[0]
    assert np.allclose(middle, (300, 200), atol=1e-3)
    right = region.place(np.array([[64.0, 32.0]], np.float32), 64)[0]
    assert np.allclose(right, (300 + 60 * cos(radians(30)), 200 + 60 * sin(radians(30))), atol=1e-3)


def test_the_detectors_have_as_many_anchors_as_their_models_have_outputs():
    assert len(centres((Grid(cells=48, anchors=1),))) == 2304
    assert len(centres((Grid(cells=16, anchors=2), Grid(cells=8, anchors=6)))) == 896


def test_doubles_are_merged_and_strangers_are_kept():
    points = np.zeros((6, 2), np.float32)
    found = [Found(box=b, points=points, score=s) for b, s in (((0, 0, 10, 10), 0.9), ((1, 0, 11, 10), 0.8), ((50, 50, 60, 60), 0.7))]
    assert [round(f.score, 1) for f in merge(found)] == [0.9, 0.7]


def test_the_astronauts_face_is_found_where_it_is(finder):
    [face] = finder.find(shown("astronaut"))
    x0, y0, x1, y1 = face.box
    assert 165 < x0 < 190 and 55 < y0 < 85 and 260 < x1 < 285 and 165 < y1 < 190
    assert face.landmarks.shape == (478, 3) and face.landmarks.dtype == np.float32
    eyes = face.landmarks[[468, 473], :2]
    assert np.allclose(eyes, [[204, 104], [245, 105]], atol=5)


@pytest.mark.parametrize("degrees", [-90, -40, 25, 60, 180])
def test_landmarks_turn_with_the_picture(finder, degrees):
    photo = shown("astronaut")
    [straight] = finder.find(photo)
    after, matrix = turned(photo, degrees)
    faces = finder.find(after)
    assert faces
    expected = straight.landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    height = np.hypot(*(straight.landmarks[152, :2] - straight.landmarks[10, :2]))
    assert np.median(np.hypot(*(faces[0].landmarks[:, :2] - expected).T)) < 0.04 * height
    assert abs((faces[0].roll - straight.roll - degrees + 180) % 360 - 180) < 5


def test_a_mirrored_face_looks_the_other_way(finder):
    photo = shown("three-quarter")
    [face], [mirrored] = finder.find(photo), finder.find(np.ascontiguousarray(photo[:, ::-1]))
    assert face.yaw < -25
    assert mirrored.yaw == pytest.approx(-face.yaw, abs=8)


def test_a_small_face_and_one_that_fills_the_picture_are_found(finder):
    small = cv2.resize(shown("backlit"), None, fx=0.12, fy=0.12, interpolation=cv2.INTER_AREA)
    assert len(finder.find(small)) == 1
    assert len(finder.find(np.ascontiguousarray(shown("smile")[130:420, 370:610]))) == 1


def test_five_people_have_five_faces_and_a_cup_has_none(finder):
    assert len(finder.find(shown("group"))) == 5
    assert finder.find(shown("coffee")) == []
    assert finder.find(shown("cat")) == []


def test_a_face_is_tracked_into_a_shifted_frame(finder):
    photo = shown("smile")
    [face] = finder.find(photo)
    moved = finder.track(np.roll(photo, (6, 9), (0, 1)), face)
    assert moved is not None
    assert np.allclose(np.median(moved.landmarks[:, :2] - face.landmarks[:, :2], axis=0), (9, 6), atol=2)


def test_a_body_is_found_with_its_shoulders_left_and_right():
    body = BodyFinder().find(shown("smile"))
    assert body is not None and body.score > 0.9
    left, right, nose = body.landmarks[11], body.landmarks[12], body.landmarks[0]
    assert left[0] > right[0] + 200 and left[1] > nose[1] and right[1] > nose[1]
    assert BodyFinder().find(shown("coffee")) is None


def test_enlarging_gives_four_times_the_size_and_the_same_picture_when_made_small_again():
    part = shown("astronaut")[60:180, 170:290]
    big = Upscaler("upscale_fast")(part)
    assert big.shape == (480, 480, 3)
    again = cv2.resize(big, (120, 120), interpolation=cv2.INTER_AREA)
    error = np.sqrt(np.mean((again.astype(float) - part) ** 2))
    assert error < 8


def test_flow_finds_the_shift_of_a_picture():
    photo = shown("coffee")
    after = np.roll(photo, (3, 5), (0, 1))
    motion = flow(photo, after)
    assert np.allclose(np.median(motion[50:-50, 50:-50].reshape(-1, 2), axis=0), (5, 3), atol=0.3)
    left = np.abs(warp(after, motion).astype(int) - photo)[50:-50, 50:-50].mean()
    assert left < 0.3 * np.abs(after.astype(int) - photo)[50:-50, 50:-50].mean()


def test_faces_are_found_again_in_the_same_picture_at_another_size(finder):
    photo = shown("astronaut")
    larger = cv2.resize(photo, None, fx=2.0, fy=2.0, interpolation=cv2.INTER_CUBIC)
    found = finder.find(photo)
    [again] = finder.again(larger, found, 2.0)
    [sought] = finder.find(larger)
    height = sought.box[3] - sought.box[1]
    assert np.abs(again.landmarks[:, :2] - sought.landmarks[:, :2]).max() < 0.01 * height
    assert finder.again(np.zeros_like(larger), found, 2.0) == []
