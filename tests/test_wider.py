"""Portraits that are too narrow for their film."""

import numpy as np
import pytest

from media import picture
from phonofilm.clock import frame_middle
from phonofilm.media.reference import open_references
from phonofilm.perceive import perceive
from phonofilm.perceive.percepts import Picture
from phonofilm.perceive.wider import continuable, widen
from phonofilm.score.camera import camera_at
from phonofilm.score.framing import frame_picture
from phonofilm.score.model import Source


def seen(name: str) -> Picture:
    return perceive(open_references([f"{name.replace('-', '_')}={picture(name)}"]), {}).pictures[name.replace("-", "_")]


@pytest.mark.parametrize("name", ["glasses", "outdoors"])
def test_cut_shoulders_come_to_an_end_and_the_photo_stays_as_it_is(name: str) -> None:
    photo = seen(name)
    left, right = continuable(photo)
    assert right
    by = round(0.4 * photo.image.shape[1])
    wide = widen(photo, by if left else 0, by)
    before = by if left else 0
    height, width = photo.image.shape[:2]
    assert wide.image.shape == (height, width + before + by, 3) == wide.plate.shape
    assert np.array_equal(wide.image[:, before : before + width], photo.image)
    assert np.array_equal(wide.matte[:, before : before + width], photo.matte)
    assert not (wide.matte[: int(0.97 * height), -3:] > 128).any()
    # no step where the photo ends: the outline goes on
    edge = before + width
    inner, outer = ((wide.matte[:, edge + k] > 128).argmax() for k in (-2, 2))
    assert 0 <= outer - inner < 0.03 * height
    assert np.allclose(wide.faces[0].landmarks[:, 0], photo.faces[0].landmarks[:, 0] + before)


def test_what_is_no_shoulder_is_not_continued() -> None:
    assert continuable(seen("cat")) == (False, False)
    assert continuable(seen("coffee")) == (False, False)


@pytest.mark.parametrize("name", ["glasses", "outdoors"])
def test_a_narrow_portrait_keeps_its_whole_head_in_a_wide_film(name: str) -> None:
    photo = seen(name)
    source = Source(sha256=photo.source, name=name, kind="image")
    framed = frame_picture(photo, source, "push_in", 0, 192_000, (1920, 1080), name="@me")
    assert any(framed.setting.wider) and any("continued" in r for r in framed.remarks)
    assert framed.camera.delivered > 0.1
    wide = photo.image.shape[1] * (1 + sum(framed.setting.wider))
    before = photo.image.shape[1] * framed.setting.wider[0]
    points = photo.faces[0].landmarks[[10, 152, 234, 454], :2] + [before, 0]
    focal = framed.setting.lens / 36 * max(wide, photo.image.shape[0])
    near = framed.setting.near
    cx, cy = framed.setting.principal[0] * wide, framed.setting.principal[1] * photo.image.shape[0]
    world = np.column_stack([(points[:, 0] - cx) / focal * near, 1.5 - (points[:, 1] - cy) / focal * near, np.full(4, -near)])
    for frame in (0, 48, 95):
        at = camera_at(framed.camera, frame_middle(frame)).project(world, 1920, 1080)
        assert (at > 0).all() and (at < (1920, 1080)).all()


def test_a_film_as_narrow_as_its_portrait_needs_nothing() -> None:
    photo = seen("glasses")
    framed = frame_picture(photo, Source(sha256=photo.source, name="me", kind="image"), "push_in", 0, 192_000, (1080, 1440))
    assert framed.setting.wider == (0.0, 0.0)
