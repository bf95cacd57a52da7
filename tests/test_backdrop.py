"""A place that words name, drawn behind photographs: from the prompt to the drawn frame."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from media import picture as picture_of
from phonofilm.engines.stage.stage import Stage, draw_frame
from phonofilm.generate import score_of
from phonofilm.media.reference import open_references
from phonofilm.perceive.loudness import loudness_of, strength
from phonofilm.perceive.picture import perceive_picture
from phonofilm.perceive.placed import plain_behind, standing
from phonofilm.prompt.reader import read
from phonofilm.request import Request
from phonofilm.score.document import dumps, loads
from phonofilm.vision.face import FaceFinder


def requested(prompt: str, ratio: str = "16:9", **files: Path) -> Request:
    given = open_references(tuple(f"{tag}={path}" for tag, path in files.items()))
    return Request(prompt=prompt, references=given, resolution="480p", ratio=ratio, seconds=4)


@pytest.mark.parametrize(
    ("prompt", "place", "behind"),
    [
        ("She talks. The background is a beach at sunset.", "beach", True),
        ("She waves with a city street at night in the background", "street", True),
        ("Soft piano in the background, she walks in a park", "park", False),
        ("Soft music in the background of a park", "park", False),
        ("Background music. She is in a park", "park", False),
        ("背景换成海边的日落", "beach", True),
        ("背景は海。", "beach", True),
        ("배경을 숲으로 바꿔 주세요", "forest", True),
        ("背景係海灘", "beach", True),
        ("Hintergrund: ein Wald. Sie spricht", "forest", True),
        ("Ella habla con una playa de fondo", "beach", True),
        ("Música de fondo en un parque", "park", False),
        ("Elle parle, avec la plage en arrière-plan", "beach", True),
    ],
)
def test_a_place_is_told_from_one_that_is_said_to_be_the_background(prompt: str, place: str, behind: bool) -> None:
    scene = read(prompt, ()).scene
    assert (scene.place, scene.behind) == (place, behind)


def test_a_snowy_forest_is_a_forest_in_which_snow_falls() -> None:
    scene = read("A snowy forest at dusk", ()).scene
    assert (scene.place, scene.weather) == ("forest", "snow")


def test_a_plain_wall_is_told_from_a_place() -> None:
    plain = {name: plain_behind(perceive_picture(picture_of(name), "0" * 64, role="face")) for name in ("long-hair", "beard", "outdoors", "smile")}
    assert plain == {"long-hair": True, "beard": True, "outdoors": False, "smile": False}


def test_somebody_before_a_plain_wall_is_filmed_in_the_place_that_the_words_name() -> None:
    files = {"me": picture_of("long-hair")}
    score, materials = score_of(requested("@me on a beach at sunset. Static camera.", **files), Stage())
    (shot,) = score.shots
    assert (shot.setting.kind, shot.setting.place, shot.setting.hour, shot.grade) == ("photo", "beach", "golden", "")
    assert loads(dumps(score)) == score and any(getattr(c, "sound", "") == "sea" for c in score.cues)
    frame = draw_frame(score, materials, 0)
    alone = draw_frame(*score_of(requested("A beach at sunset. Static camera."), Stage()), 0)
    for part in (np.s_[:60, :120], np.s_[:60, -120:]):  # the evening's sky, where her grey wall was
        own, drawn = frame[part].reshape(-1, 3).mean(axis=0), alone[part].reshape(-1, 3).mean(axis=0)
        assert np.ptp(own) > 40 and np.abs(own - drawn).max() < 40
    mesh = FaceFinder().find(frame)[0]
    height, width = frame.shape[:2]
    assert 0.3 < mesh.landmarks[:, 0].mean() / width < 0.7 and 0.3 < np.ptp(mesh.landmarks[:468, 1]) / height < 0.6


def test_somebody_is_darker_by_night_than_at_noon() -> None:
    faces: list[float] = []
    for hour in ("at noon", "at night"):
        score, materials = score_of(requested(f"@me in a city street {hour}. Static camera.", me=picture_of("long-hair")), Stage())
        frame = draw_frame(score, materials, 0)
        x, y = FaceFinder().find(frame)[0].landmarks[4, :2].astype(int)
        faces.append(float(frame[y - 20 : y + 20, x - 20 : x + 20].mean()))
    assert faces[1] < 0.9 * faces[0]


def test_a_photograph_of_a_place_keeps_it_unless_the_words_name_another_as_the_background() -> None:
    files = {"me": picture_of("outdoors")}
    score, _ = score_of(requested("@me on a beach. Static camera.", **files), Stage())
    assert not score.shots[0].setting.place and any(r.startswith("Beach: ") and "background" in r for r in score.remarks)
    score, _ = score_of(requested("@me speaks. The background is a beach. Static camera.", **files), Stage())
    assert score.shots[0].setting.place == "beach" and not any(r.startswith("Beach: ") for r in score.remarks)


def test_who_looks_at_the_sky_is_not_in_it_and_of_two_only_who_keeps_a_place_is_remarked() -> None:
    score, _ = score_of(requested("@me looks up at the sky. Static camera.", me=picture_of("long-hair")), Stage())
    assert not score.shots[0].setting.place
    score, _ = score_of(requested("Shot 1: @me on a beach. Shot 2: @you smiles.", me=picture_of("long-hair"), you=picture_of("outdoors")), Stage())
    assert [s.setting.place for s in score.shots] == ["beach", ""]
    assert any(r.startswith("Beach: ") and picture_of("outdoors").name in r for r in score.remarks)


def test_a_cut_out_portrait_does_not_float_above_the_lower_border() -> None:
    portrait = perceive_picture(picture_of("beard"), "0" * 64, role="face")
    assert portrait.matte[-1].max() < 128  # his shirt ends above the border of its picture
    own = standing(portrait, (854, 480)).matte > 128
    assert own[-1].sum() > 0.8 * own.sum(axis=1)[-own.shape[0] // 4 :].max()


def test_a_head_close_to_its_lower_border_is_pushed_in_on_as_far_as_asked() -> None:
    score, _ = score_of(requested("@me on a beach. Push in.", me=picture_of("open")), Stage())
    camera = score.shots[0].camera
    assert camera.delivered == pytest.approx(camera.asked) and camera.asked > 0.15


def test_who_is_put_elsewhere_is_orbited_without_showing_where_the_photograph_ends() -> None:
    score, materials = score_of(requested("@me in an office. Orbit right.", me=picture_of("long-hair")), Stage())
    assert score.shots[0].camera.delivered > 12
    for number in (0, 48, 95):
        frame = draw_frame(score, materials, number)
        mesh = FaceFinder().find(frame)[0].landmarks
        chin = mesh[152, :2].astype(int)
        column = cv2.cvtColor(frame, cv2.COLOR_RGB2Lab)[:, chin[0]].astype(int)
        below = column[min(chin[1] + 25, 470) :]
        assert np.abs(below - below[0]).max() < 60  # her throat, down to the frame's last row


def test_a_product_stands_on_sand_before_the_sea() -> None:
    image = np.zeros((600, 400, 4), np.uint8)
    cv2.rectangle(image, (120, 80), (280, 560), (90, 140, 20, 255), -1)
    path = Path(picture_of("long-hair")).parent / "made-bottle.png"
    cv2.imwrite(str(path), image)
    score, materials = score_of(requested("@bottle, our product, on a beach at noon. Static camera.", bottle=path), Stage())
    (shot,) = score.shots
    assert (shot.setting.kind, shot.setting.place, shot.setting.surface) == ("studio", "beach", "sand")
    frame = draw_frame(score, materials, 0).astype(int)
    sky, sand = frame[10:40, 20:80].reshape(-1, 3).mean(axis=0), frame[-60:-20, 20:80].reshape(-1, 3).mean(axis=0)
    assert sky[2] > sky[0] and sand[0] > sand[2] + 20


def test_a_short_line_in_a_quiet_park_is_as_loud_as_any_film() -> None:
    score, materials = score_of(requested('@me in a park says "Good morning."', me=picture_of("frown")), Stage())
    samples = Stage().sound(score, materials).samples
    assert loudness_of(strength(samples)) == pytest.approx(-14.0, abs=0.4)
