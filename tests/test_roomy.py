"""A thing alone on an even ground is seen whole in a film of another shape than its picture."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from phonofilm.engines.stage.stage import Stage
from phonofilm.generate import score_of
from phonofilm.media.reference import open_references
from phonofilm.request import Request


def bottle(folder: Path) -> Path:
    """A tall bottle before a white ground."""
    image = np.full((1000, 800, 3), 242, np.uint8)
    cv2.rectangle(image, (280, 260), (520, 900), (120, 130, 20), -1)
    cv2.rectangle(image, (350, 140), (450, 260), (35, 30, 30), -1)
    cv2.rectangle(image, (280, 450), (520, 650), (210, 235, 250), -1)
    cv2.imwrite(str(folder / "bottle.png"), image)
    return folder / "bottle.png"


@pytest.mark.parametrize(("ratio", "whole"), [("16:9", True), ("9:16", False)])
def test_a_tall_thing_is_not_cut_off_by_a_wide_film(tmp_path: Path, ratio: str, whole: bool) -> None:
    references = open_references((f"thing={bottle(tmp_path)}",))
    score, _ = score_of(Request(prompt="@thing turns slowly.", references=references, resolution="480p", ratio=ratio, seconds=4), Stage())
    assert [shot.setting.kind == "studio" for shot in score.shots] == [whole]


def test_a_thing_in_a_place_stays_in_it(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "rocket.png"), data.rocket()[:, :, ::-1])
    references = open_references((f"thing={tmp_path / 'rocket.png'}",))
    score, _ = score_of(Request(prompt="@thing at night.", references=references, resolution="480p", ratio="21:9", seconds=4), Stage())
    assert [shot.setting.kind for shot in score.shots] == ["photo"]
