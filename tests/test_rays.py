"""Relief along the rays of a photo."""

import numpy as np
import pytest

from media import picture
from phonofilm.engines.stage.stage import Stage, draw_frame
from phonofilm.generate import score_of
from phonofilm.media.reference import open_references
from phonofilm.perceive.wider import columns, widen
from phonofilm.request import Request
from phonofilm.score.camera import camera_at
from phonofilm.score.view import EYE, view_of
from phonofilm.vision.face import FaceFinder


@pytest.mark.parametrize("ratio", ["1:1", "9:16"])
def test_a_face_close_to_its_camera_looks_as_in_its_photo(ratio):
    """However deep its relief, from where it was taken a head is seen as the photo shows it."""
    given = open_references((f"me={picture('long-hair')}",))
    score, materials = score_of(Request(prompt="@me. Static camera. No music.", references=given, resolution="480p", ratio=ratio, seconds=4), Stage())
    shot = score.shots[0]
    own = next(iter(materials.pictures.values()))
    wide = widen(own, *columns(shot.setting.wider, own.image.shape[1]), plain=True)
    view = view_of(wide, 0, shot.setting.lens)
    marks = wide.faces[0].landmarks[:468]
    cx, cy = shot.setting.principal[0] * view.width, shot.setting.principal[1] * view.height
    depth = np.full(len(marks), -view.near)
    world = np.column_stack([(marks[:, 0] - cx) / view.focal * view.near, EYE - (marks[:, 1] - cy) / view.focal * view.near, depth])
    expected = camera_at(shot.camera, 0).project(world, score.width, score.height)
    found = FaceFinder().find(draw_frame(score, materials, 0))[0].landmarks[:468, :2]
    away = np.linalg.norm(found - expected, axis=1) / np.ptp(expected[:, 1])
    assert np.median(away) < 0.02 and np.percentile(away, 95) < 0.06
