"""The grade changes the light of a picture and leaves the people in it alone."""

import cv2
import numpy as np
import pytest
from skimage import data

from phonofilm.engines.stage.grade import LOOKS, Grade, look_of


@pytest.fixture(scope="module")
def portrait():
    return np.ascontiguousarray(cv2.resize(data.astronaut(), (640, 640), interpolation=cv2.INTER_AREA)[:360])


def _hue(rgb):
    return cv2.cvtColor(np.asarray(rgb, np.uint8).reshape(1, 1, 3), cv2.COLOR_RGB2HSV)[0, 0, 0] * 2.0


def _skin(image):
    return image[70:140, 260:300].reshape(-1, 3).mean(axis=0)


def test_words_without_a_look_leave_the_picture_as_it_is(portrait):
    assert np.array_equal(Grade.of("", 640, 360).apply(portrait), portrait)
    assert np.array_equal(Grade.of("a woman reads", 640, 360).apply(portrait), portrait)


def test_warm_is_warmer_and_cool_is_cooler(portrait):
    warm, cool = (Grade.of(w, 640, 360).apply(portrait).astype(float).mean(axis=(0, 1)) for w in ("warm", "cool"))
    plain = portrait.astype(float).mean(axis=(0, 1))
    assert warm[0] - warm[2] > plain[0] - plain[2] + 8
    assert cool[0] - cool[2] < plain[0] - plain[2] - 4


@pytest.mark.parametrize("words", ["warm evening light", "golden", "candle", "cinematic", "romantic", "cozy", "dramatic", "epic", "cool", "dusk"])
def test_skin_keeps_the_hue_of_skin(portrait, words):
    graded = _skin(Grade.of(words, 640, 360, 3).apply(portrait))
    hue = _hue(graded)
    assert 4 <= hue <= 42, f"{words}: hue {hue}"
    saturation = 1 - graded.min() / graded.max()
    assert saturation < 0.72, "not orange paint"


def test_night_is_darker_and_noir_has_no_colour(portrait):
    assert Grade.of("night", 640, 360).apply(portrait).mean() < 0.8 * portrait.mean()
    noir = Grade.of("film noir", 640, 360, 1).apply(portrait).astype(int)
    assert np.abs(noir[..., 0] - noir[..., 2]).max() <= 2


def test_grain_moves_from_frame_to_frame_and_is_the_same_for_the_same_frame(portrait):
    grade = Grade.of("vintage", 640, 360, 5)
    one, same, other = grade.apply(portrait, 3), grade.apply(portrait, 3), grade.apply(portrait, 4)
    assert np.array_equal(one, same)
    assert 1.0 < np.abs(one.astype(int) - other).mean() < 12
    assert np.array_equal(Grade.of("vintage", 640, 360, 5).apply(portrait, 3), one)


def test_black_stays_black_and_white_stays_bright():
    for words in LOOKS:
        grade = Grade.of(words, 320, 180)
        black = grade.apply(np.zeros((180, 320, 3), np.uint8))
        white = grade.apply(np.full((180, 320, 3), 255, np.uint8))
        assert black.mean() < 26, words
        assert white[80:100, 150:170].mean() > (140 if words == "night" else 175), words


def test_several_words_add_up_and_their_names_are_told():
    look, names = look_of("soft warm evening light")
    assert names == ("soft", "warm", "evening")
    assert look.warmth > LOOKS["evening"].warmth
    assert look_of("golden hour")[1] == ("golden",)


def test_a_picture_of_another_size_is_graded_without_the_light_map(portrait):
    small = np.ascontiguousarray(portrait[:100, :100])
    assert Grade.of("dramatic cinematic", 640, 360).apply(small).shape == small.shape
