"""What is to be read is seen whole in a film of another shape."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage

from phonofilm.clock import TICKS_PER_FRAME
from phonofilm.engines.stage.scene import build_scene
from phonofilm.engines.stage.stage import Stage
from phonofilm.generate import score_of
from phonofilm.media.reference import open_references
from phonofilm.perceive.fitted import SHARE, ill_shaped, laid_out
from phonofilm.perceive.picture import perceive_picture
from phonofilm.prompt import read
from phonofilm.request import Request
from prompt_corpus import references

PAGE = Path(skimage.__file__).parent / "data" / "page.png"


@pytest.mark.parametrize(
    ("prompt", "legible"),
    [
        ("@me explains. Then we see the slide @a.", ["a"]),
        ("@me explica dónde estamos y luego vemos el mapa @a.", ["a"]),
        ("@me explique où nous sommes et ensuite on voit la carte @a.", ["a"]),
        ("@me erklärt, wo wir sind, und dann sehen wir die Landkarte @a.", ["a"]),
        ("@me 讲解，然后出现地图@a。", ["a"]),
        ("@me が説明する。次に地図@a。", ["a"]),
        ("@me 가 설명한다. 그다음 지도 @a.", ["a"]),
        ("@me reads the page. @a is the view from her window.", []),
        ("@me shows @sales_chart and @a.", ["sales_chart"]),
    ],
)
def test_what_is_to_be_read_is_told_by_its_name(prompt: str, legible: list[str]) -> None:
    refs = "me:image a:image" + (" sales_chart:image" if "sales" in prompt else "")
    assert list(read(prompt, references({"text": prompt, "refs": refs})).legible) == legible


@pytest.mark.parametrize("size", [(270, 480), (480, 480), (864, 480)])
def test_the_whole_picture_lies_on_a_sheet_of_the_films_shape(size: tuple[int, int]) -> None:
    page = perceive_picture(PAGE, "0" * 64)
    sheet = laid_out(page, size)
    height, width = sheet.image.shape[:2]
    assert abs(width / height - size[0] / size[1]) < 0.01 and sheet.matte.min() == 255
    scale = min(size[0] / page.image.shape[1], size[1] / page.image.shape[0])
    whole = cv2.resize(page.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = cv2.matchTemplate(sheet.image, whole[2:-2, 2:-2], cv2.TM_CCOEFF_NORMED)
    assert found.max() > 0.98 and whole.shape[1] <= SHARE * width + 2
    assert not ill_shaped(page, (page.image.shape[1], page.image.shape[0]))


def test_a_page_is_whole_in_every_frame_of_an_upright_film() -> None:
    request = Request(
        prompt='A narrator says: "This is the page." Show @page.', ratio="9:16", resolution="480p", references=open_references([f"page={PAGE}"])
    )
    score, materials = score_of(request, Stage())
    (shot,) = score.shots
    assert shot.setting.fitted and any("shown whole" in r for r in score.remarks)
    scene = build_scene(score, shot, materials, {})
    assert shot.setting.source is not None
    page = materials.picture(shot.setting.source).image
    for tick in (0, score.length - TICKS_PER_FRAME):
        frame = scene.draw(tick, score.width, score.height)
        best = 0.0
        for wide in np.arange(0.76, 1.0, 0.01) * score.width:
            scale = wide / page.shape[1]
            whole = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            best = max(best, float(cv2.matchTemplate(frame, whole, cv2.TM_CCOEFF_NORMED).max()))
        assert best > 0.9


@pytest.mark.parametrize(("name", "ratio", "whole"), [("chelsea", "9:16", True), ("chelsea", "1:1", False), ("rocket", "9:16", False)])
def test_a_face_that_fills_its_picture_is_not_cut_to_an_eye(name: str, ratio: str, whole: bool) -> None:
    file = next((PAGE.parent).glob(f"{name}.*"))
    request = Request(prompt="Show @it. Slow push in.", ratio=ratio, resolution="480p", references=open_references([f"it={file}"]))
    score, _ = score_of(request, Stage())
    assert [shot.setting.fitted for shot in score.shots] == [whole]
