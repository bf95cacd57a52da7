"""The camera of a clip, perceived and copied: films of known moves in, their family, amount and pace out; and what cannot be told is said."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

import phonofilm
from media import picture as picture_of
from phonofilm import weights
from phonofilm.engines.stage.stage import Stage
from phonofilm.generate import score_of as scored
from phonofilm.measure import measure
from phonofilm.media.read import read_frames
from phonofilm.media.reference import open_references
from phonofilm.perceive.camera_way import camera_way, longest_shot, unrest
from phonofilm.perceive.percepts import CameraWay
from phonofilm.perceive.points import SIDE
from phonofilm.request import Request
from phonofilm.score.camera import FAMILIES, Stand, build_path, camera_at, sway
from phonofilm.score.model import Score
from tracked import filmed, made_picture, score_of

SIZE, SECONDS = (640, 368), 3
QUICK = ("push_in", "pan_left", "dolly_zoom")
STAND = Stand(position=(0.0, 1.5, 0.0), focal=50.0, subject=(0.0, 1.5, -2.0))


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory):
    """Clips of a near slab before a far wall, by the family of their move."""
    weights.pull("person_mask")
    folder, picture, made = tmp_path_factory.mktemp("clips"), made_picture(1200, 900), {}

    def clip(family: str) -> Path:
        if family not in made:
            made[family] = filmed(score_of(picture, family, SIZE, SECONDS), picture, folder / f"{family}.mp4")
        return made[family]

    return clip


def seen(path: Path) -> CameraWay:
    return camera_way(read_frames(path, size=(SIDE, round(SIDE * SIZE[1] / SIZE[0] / 2) * 2)), (0, 24 * SECONDS))


def check_family(path: Path, family: str) -> None:
    way = seen(path)
    assert way.family == family, way
    if FAMILIES[family].unit == "degrees":
        assert way.amount == pytest.approx(FAMILIES[family].amount, rel=0.35 if family.startswith("orbit") else 0.15)
    if family in ("push_in", "pull_out", "zoom_in", "zoom_out"):
        assert way.amount == pytest.approx(FAMILIES[family].amount, rel=0.05)
    if way.pace:
        assert way.pace[0] == 0.0 and way.pace[-1] == pytest.approx(1.0, abs=0.01)
        assert all(b >= a for a, b in pairwise(way.pace))


@pytest.mark.parametrize("family", QUICK)
def test_the_camera_of_a_clip_is_told(family, clips):
    check_family(clips(family), family)


@pytest.mark.slow
@pytest.mark.parametrize("family", [f for f in FAMILIES if f not in (*QUICK, "tracking")])
def test_every_other_camera_of_a_clip_is_told(family, clips):
    check_family(clips(family), family)


def asked(prompt: str, references: dict[str, Path], **options: object) -> Score:
    given = open_references(tuple(f"{tag}={path}" for tag, path in references.items()))
    return scored(Request(prompt=prompt, references=given, resolution="480p", ratio="16:9", **options), Stage())[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("family", [pytest.param("push_in", marks=pytest.mark.slow), "truck_left"])
def test_a_film_moves_as_the_clip_and_the_measure_agrees(family, clips, tmp_path):
    film = phonofilm.make(
        "@person stands there, with the camera movement of @camera_ref. No speech.", tmp_path / "film.mp4",
        references={"person": picture_of("astronaut"), "camera_ref": clips(family)}, seconds=4, resolution="480p", ratio="4:3",
    )  # fmt: skip
    assert [shot.setting.kind for shot in film.score.shots] == ["photo"], "the clip itself is not shown"
    assert not any("camera_ref" in remark for remark in film.remarks)
    alone, with_score, clip = (
        measure(path, score=score, only=["camera"]).finding("camera")
        for path, score in ((film.path, None), (film.path, film.score), (clips(family), None))
    )
    assert alone.number("moves") == clip.number("moves") == family
    assert with_score.number("families right") == 1.0 and with_score.passed
    if family == "push_in":
        assert film.score.shots[0].camera.delivered == pytest.approx(FAMILIES[family].amount, rel=0.15)


def test_what_cannot_be_told_is_said_and_the_film_keeps_its_own_move(tmp_path):
    clip = grey(tmp_path / "bare.mp4")
    score = asked("A beach at noon, with the camera movement of @camera_ref.", {"camera_ref": clip}, seconds=4)
    assert any("cannot be told" in remark and "camera_ref" in remark for remark in score.remarks)
    assert score.shots[0].camera.family != "static" and score.shots[0].setting.kind == "place"


def grey(path: Path) -> Path:
    """Two and a half seconds of nothing."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 304, "yuv420p"
        for k in range(60):
            frame = av.VideoFrame.from_ndarray(np.full((304, 320, 3), 128, np.uint8), format="rgb24")
            frame.pts, frame.time_base = k, Fraction(1, 24)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def test_a_move_in_words_goes_before_the_clips_with_a_remark(clips):
    score = asked("A beach at noon. Orbit right, with the camera movement of @camera_ref.", {"camera_ref": clips("push_in")}, seconds=4)
    assert score.shots[0].camera.family == "orbit_right"
    assert any("push in" in remark and "orbit right" in remark for remark in score.remarks)


def test_a_path_keeps_the_pace_that_it_is_given():
    usual = build_path("push_in", STAND, 0, 96_000, amount=0.2, pace=(0.0, 0.0, 0.0, 1.0, 1.0))
    gone = [(camera_at(usual, tick).position[2]) / -0.4 for tick in (24_000, 48_000, 60_000, 72_000, 96_000)]
    assert gone == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0], abs=1e-6)


def test_an_amount_seen_through_one_lens_shows_as_much_through_another():
    paths = [build_path("truck_left", replace(STAND, focal=focal), 0, 96_000, amount=0.2, lens=43.0) for focal in (43.0, 86.0)]
    shown = [abs(camera_at(p, 96_000).project(np.array([[0.0, 1.5, -2.0]]), 640, 368)[0, 0] - 320) for p in paths]
    assert shown[0] == pytest.approx(shown[1])


def test_the_longest_shot_is_the_one_that_is_looked_at():
    assert longest_shot([10, 50], 70) == (10, 50)
    assert longest_shot([], 70) == (0, 70)


def test_unrest_tells_a_held_camera_from_a_smooth_one():
    held = np.array([sway(k * 2000, 1.0) for k in range(72)])
    smooth = np.linspace(0, 12, 72)[:, None] * np.array([[1.0, 0.2, 0.0]])
    assert unrest(smooth) < 1e-6 < 0.1 < unrest(held)
    assert unrest(smooth + 0.5 * held) == pytest.approx(0.5 * unrest(held), rel=1e-6)
