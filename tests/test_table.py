"""What products stand on."""

import math

import cv2
import numpy as np
import pytest

from phonofilm.engines.stage.table import STEEP, table
from phonofilm.engines.stage.world.surface import SURFACES, surface
from phonofilm.prompt import read
from phonofilm.score.camera import FAMILIES, Stand, build_path, camera_at
from phonofilm.score.model import Setting, Shot
from phonofilm.score.shots import elevation

SAID = {
    "en": "The bottle stands on a wooden table.",
    "de": "Die Flasche steht auf einem Holztisch.",
    "es": "La botella sobre una mesa de madera.",
    "fr": "La bouteille sur une table en bois.",
    "zh": "瓶子放在木桌上。",
    "yue": "個樽放喺木枱上面。",
    "ja": "ボトルは木のテーブルの上。",
    "ko": "병이 나무 테이블 위에 있다.",
}


def thing(steep: float) -> np.ndarray:
    """The outline of a round thing of 400 pixels, its foot seen from so many degrees above."""
    matte = np.zeros((900, 900), np.uint8)
    matte[300:600, 250:650] = 255
    cv2.ellipse(matte, (450, 600), (200, round(200 * math.sin(math.radians(steep)))), 0, 0, 360, 255, -1)
    return matte


@pytest.mark.parametrize("steep", [20, 35, 50, 70])
def test_the_foot_of_a_round_thing_tells_from_how_far_above_it_was_taken(steep: float) -> None:
    assert elevation(thing(steep)) == pytest.approx(steep, abs=4)


def test_a_thing_with_a_level_foot_was_taken_from_the_side() -> None:
    matte = np.zeros((600, 400), np.uint8)
    matte[50:550, 100:300] = 255
    assert elevation(matte) == 0.0
    assert elevation(np.zeros((10, 10), np.uint8)) == 0.0


@pytest.mark.parametrize("language", SAID)
def test_the_surface_is_read_in_every_language(language: str) -> None:
    assert read(SAID[language], ()).scene.surface == "wood"


@pytest.mark.parametrize("name", SURFACES)
def test_a_surface_has_texture_and_stays_within_the_range(name: str) -> None:
    made = surface(name, 3, 300, 200, 0.6, 0.4)
    assert made.shape == (200, 300, 3) and 0.0 <= made.min() and made.max() <= 1.0
    assert made.std() > 0.01
    assert np.array_equal(made, surface(name, 3, 300, 200, 0.6, 0.4))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_table_seen_from_above_fills_the_frame_of_every_move(family: str) -> None:
    stand = Stand(position=(0.0, 0.33, 0.0), focal=60.0, subject=(0.0, 0.23, -1.9), pitch=-3.0)
    camera = build_path(family, stand, 0, 96_000)
    shot = Shot(start=0, end=96_000, camera=camera, setting=Setting(kind="studio", near=1.9, far=3.5, surface="wood", elevation=STEEP + 20))
    cameras = [camera_at(camera, t) for t in range(0, 96_001, 12_000)]
    sheet = table(shot, cameras, 432, 248, 1)
    assert sheet.alpha is None
    for pose in cameras:
        outline = pose.project(sheet.corners, 432, 248).astype(np.float32)
        inside = [cv2.pointPolygonTest(outline, corner, True) for corner in ((0, 0), (432, 0), (432, 248), (0, 248))]
        assert min(inside) >= -0.5, family
