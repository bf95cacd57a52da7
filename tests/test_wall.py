"""The plain wall behind somebody: told, and taken out of the matte where hair was cut too wide."""

import cv2
import numpy as np
import pytest

from media import picture
from phonofilm.perceive import picture as pictures
from phonofilm.perceive.picture import perceive_picture
from phonofilm.perceive.wall import keyed, plain_around, without_wall


def bluish(matte: np.ndarray, image: np.ndarray, mesh: np.ndarray) -> float:
    """How much of what is cut out around a head has the blue of the wall, as a share of the face's area."""
    low, high = mesh.min(axis=0), mesh.max(axis=0)
    wide, tall = high - low
    x0, y0 = (max(0, int(v)) for v in (low[0] - 0.5 * wide, low[1] - 0.6 * tall))
    part = np.s_[y0 : int(high[1] + 0.05 * tall), x0 : int(high[0] + 0.5 * wide)]
    lab = cv2.cvtColor(image[part].astype(np.float32) / np.float32(255), cv2.COLOR_RGB2Lab)
    return float(((lab[..., 2] < -12) & (lab[..., 0] > 25) & (matte[part] > 128)).sum()) / (wide * tall)


@pytest.mark.parametrize(("name", "most"), [("frown", 0.3), ("open", 0.85)])
def test_hardly_anything_of_a_blue_wall_is_cut_out_with_the_hair(name: str, most: float, monkeypatch: pytest.MonkeyPatch) -> None:
    after = perceive_picture(picture(name), name, role="face")
    monkeypatch.setattr(pictures, "without_wall", lambda image, region, hair, faces: region)
    monkeypatch.setattr(pictures, "keyed", lambda image, matte, hair, faces: matte)
    before = perceive_picture(picture(name), name, role="face")
    mesh = after.faces[0].landmarks[:468, :2]
    left, was = (bluish(p.matte, p.image, mesh) for p in (after, before))
    assert was > 0.02 and left < most * was


def test_clothes_as_grey_as_the_wall_and_a_face_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    after = perceive_picture(picture("beard"), "beard", role="face")
    monkeypatch.setattr(pictures, "without_wall", lambda image, region, hair, faces: region)
    monkeypatch.setattr(pictures, "keyed", lambda image, matte, hair, faces: matte)
    before = perceive_picture(picture("beard"), "beard", role="face")
    chin = int(after.faces[0].landmarks[152, 1])
    assert (np.abs(after.matte[chin:].astype(int) - before.matte[chin:]) > 60).mean() < 0.001


def test_a_wall_with_a_pattern_tells_nothing() -> None:
    person = perceive_picture(picture("smile"), "smile", role="face")
    assert not plain_around(person.image, person.matte)
    region = person.matte.astype(np.float32) / np.float32(255)
    faces = [f.landmarks for f in person.faces]
    assert without_wall(person.image, region, np.ones_like(region), faces) is region
    assert keyed(person.image, person.matte, np.ones_like(region), faces) is person.matte
