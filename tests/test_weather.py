"""Weather that words name over photographs: seen falling, heard, and only where it should be."""

import cv2
import numpy as np
import pytest

from media import picture as picture_of
from phonofilm.engines.stage.stage import Stage, draw_frame
from phonofilm.engines.stage.world.falling import FALLS, around
from phonofilm.generate import score_of
from phonofilm.media.reference import open_references
from phonofilm.request import Request
from phonofilm.score.model import Ambience
from phonofilm.vision.face import FaceFinder


def directed(prompt: str):
    given = open_references((f"me={picture_of('outdoors')}",))
    return score_of(Request(prompt=prompt, references=given, resolution="480p", ratio="1:1", seconds=4), Stage())


def heard(score) -> set[str]:
    return {c.sound for c in score.cues if isinstance(c, Ambience)}


def test_snow_falls_behind_a_face_and_not_over_it():
    score, materials = directed("Snowfall around @me. Static camera. No music.")
    bare, same = directed("@me. Static camera. No music.")
    snowy, clear = (draw_frame(s, m, 40).astype(int) for s, m in ((score, materials), (bare, same)))
    changed = np.abs(snowy - clear).max(axis=2) > 25
    face = np.zeros(changed.shape, np.uint8)
    mesh = FaceFinder().find(clear.astype(np.uint8))[0].landmarks[:468, :2]
    cv2.fillConvexPoly(face, cv2.convexHull(mesh.astype(np.float32)).astype(np.int32), 1)
    assert changed.mean() > 0.002 and changed[face > 0].mean() < 0.001
    later = draw_frame(score, materials, 46).astype(int)
    assert (np.abs(later - snowy).max(axis=2) > 25)[: changed.shape[0] // 4].mean() > 0.002  # the flakes went on


def test_rain_is_heard_and_seen_outdoors_and_only_heard_in_a_room():
    outside, _ = directed("@me in the pouring rain. No music.")
    inside, _ = directed("@me in a living room, it is a rainy day. No music.")
    assert "rain" in heard(outside) and "rain" in heard(inside)
    assert outside.shots[0].setting.weather == "rain" and inside.shots[0].setting.weather == "clear"


def test_the_weather_of_one_shot_is_not_that_of_the_others():
    score, _ = directed("Shot 1 (0-2s): @me on a sunny day. Shot 2 (2-4s): @me in heavy rain. No music.")
    assert [shot.setting.weather for shot in score.shots] == ["clear", "rain"]
    (rain,) = [c for c in score.cues if isinstance(c, Ambience) and c.sound == "rain"]
    assert (rain.start, rain.end) == (score.shots[1].start, score.length)


def test_each_sheet_of_a_fall_is_either_behind_or_before_somebody():
    for weather in ("rain", "snow"):
        depths = FALLS[weather].depths
        for distance in (0.5, 3.0, 50.0):
            behind, before = around(distance, "day", weather, 1)
            drawn = [k for part in (*behind, *before) for k in part._drawn]
            assert sorted(drawn) == [0, 1, 2] and len(before) == (distance > depths[0]) and len(behind) == (distance < depths[-1])
    assert around(1.0, "day", "clear", 1) == ((), ())


@pytest.mark.parametrize(
    "prompt",
    [
        "@me, rain outside the window. No music.",
        "@me，窗外下着雨。不要音乐。",
        "@me、窓の外は雨。音楽なし。",
        "@me, draußen Regen am Fenster. Ohne Musik.",
    ],
)
def test_rain_behind_a_window_is_heard_and_does_not_fall_in_the_room(prompt: str):
    score, _ = directed(prompt)
    assert "rain" in heard(score) and score.shots[0].setting.weather == "clear"
