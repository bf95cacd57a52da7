"""A face recogniser that the user has: how its crop is cut, what files it may come from, and what a real one says of real people."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from media import RECOGNISER, clip, picture, recogniser
from onnx_made import means_of_cells
from phonofilm.cli.main import cli
from phonofilm.errors import RequestError
from phonofilm.measure import embedding, measure
from phonofilm.measure.embedding import PLACES, SIDE, Embed, aligned, distance, prepares_itself, vector
from phonofilm.measure.swap import swap_face
from phonofilm.measure.thresholds import GOALS
from phonofilm.media.read import read_picture
from phonofilm.vision.face import FaceFinder

ONE_MAN = ("smile", "speaking", "backlit", "cropped")
OTHERS = ("closed", "glasses", "astronaut", "beard", "outdoors", "open", "frown", "long-hair", "three-quarter")
MOST = GOALS["face embedding"].most or 0.0


def test_the_crop_holds_the_face_upright_at_its_places_wherever_it_was():
    rgb = read_picture(picture("astronaut")).rgb
    mesh = FaceFinder().find(rgb)[0]
    turn = cv2.getRotationMatrix2D((230.0, 130.0), 25, 2.2) + np.array([[0, 0, 220], [0, 0, 320]])
    turned = cv2.warpAffine(rgb, turn, (900, 900))
    moved = mesh.landmarks.copy()
    moved[:, :2] = mesh.landmarks[:, :2] @ turn[:, :2].T + turn[:, 2]
    plain, after = aligned(rgb, mesh.landmarks), aligned(turned, moved)
    assert plain.shape == (SIDE, SIDE, 3)
    assert np.abs(plain.astype(int) - after.astype(int))[8:104, 8:104].mean() < 4
    found = FaceFinder().find(np.asarray(cv2.resize(plain, (448, 448)), np.uint8))[0].landmarks[:, :2] / 4
    eyes = np.stack([found[[33, 133]].mean(axis=0), found[[362, 263]].mean(axis=0)])
    assert np.abs(eyes - PLACES[:2]).max() < 5


def test_an_onnx_file_gets_its_pixels_in_the_range_that_it_expects(tmp_path: Path):
    grey = np.full((SIDE, SIDE, 3), (255, 0, 102), np.uint8)
    for name, first, said in (
        ("plain", (), [1.0, -1.0, -0.2]),  # -1…1
        ("scaled", (("Sub", 100.0), ("Mul", 0.5)), [77.5, -50.0, 1.0]),  # 0…255, by its own graph
    ):
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(means_of_cells(28, first=first))
        assert prepares_itself(path.read_bytes()) is bool(first)
        found = np.asarray(embedding(str(path))(grey))
        assert found.shape == (3, 4, 4)
        assert found[:, 1, 2] == pytest.approx(said, abs=1e-4)
    (tmp_path / "larger.onnx").write_bytes(means_of_cells(80, side=160))
    assert np.asarray(embedding(str(tmp_path / "larger.onnx"))(grey)).shape == (3, 2, 2)


def test_a_function_of_the_users_is_asked_and_its_failures_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "own_faces.py").write_text(
        "def mean(crop): return crop.mean(axis=(0, 1))\ndef nothing(crop): return [0, 0]\ndef broken(crop): return 1 / 0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    rgb = read_picture(picture("astronaut")).rgb
    points = FaceFinder().find(rgb)[0].landmarks
    found = vector(embedding("own_faces:mean"), rgb, points)
    assert found.shape == (3,) and np.linalg.norm(found) == pytest.approx(1)
    for name in ("nothing", "broken"):
        with pytest.raises(RequestError):
            vector(embedding(f"own_faces:{name}"), rgb, points)
    sys.modules.pop("own_faces", None)


@pytest.mark.parametrize("named", ["nowhere.onnx", "no_such_module:face", "math:no_such_function", "math:pi", "words", "text.onnx", "text.tflite"])
def test_what_is_no_recogniser_is_a_named_error(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for kind in ("onnx", "tflite"):
        (tmp_path / f"text.{kind}").write_text("words")
    with pytest.raises(RequestError):
        embedding(named)


def test_a_film_is_held_against_its_reference_by_the_recogniser_that_is_given(tmp_path: Path):
    path = tmp_path / "cells.onnx"
    path.write_bytes(means_of_cells(14))
    found = measure(clip("address"), references={"him": picture("smile")}, only=["identity"], embed=embedding(str(path))).finding("identity")
    assert isinstance(found.number("him: embedding, median"), float)
    told = next(s for s in found.series if s.name == "embedding against him")
    assert len(told.values) >= 20 and all(v is not None and 0 <= v <= 2 for v in told.values)
    result = CliRunner().invoke(cli, ["measure", str(clip("address")), "--only", "identity", "--face-embedding", "gone.onnx", "--quiet"])
    assert isinstance(result.exception, RequestError) and "gone.onnx" in str(result.exception)


@pytest.fixture(scope="module")
def known() -> Embed:
    return embedding(str(recogniser()))


def vector_of(name: str, known: Embed, finder: FaceFinder) -> np.ndarray:
    rgb = read_picture(picture(name)).rgb
    return vector(known, rgb, finder.find(rgb)[0].landmarks)


@pytest.mark.slow
def test_a_real_recogniser_tells_one_mans_photographs_from_all_others(known: Embed):
    finder = FaceFinder()
    his = [vector_of(name, known, finder) for name in ONE_MAN]
    others = [vector_of(name, known, finder) for name in OTHERS]
    assert max(distance(a, b) for a in his for b in his) < MOST - 0.1, RECOGNISER
    assert min(distance(a, b) for a in his for b in others) > MOST + 0.1
    assert min(distance(a, b) for k, a in enumerate(others) for b in others[:k]) > MOST + 0.1


@pytest.mark.slow
def test_a_film_of_the_man_is_near_his_photograph_and_with_another_face_it_is_far(known: Embed, tmp_path: Path):
    references = {"him": picture("smile"), "other": picture("closed")}
    found = measure(clip("address"), references=references, only=["identity"], embed=known).finding("identity")
    assert found.number("him: embedding, median") <= MOST  # two men are in it
    swapped = swap_face(clip("address"), tmp_path / "swapped.mp4", other=picture("glasses"))
    after = measure(swapped, references={"him": picture("smile")}, only=["identity"], embed=known).finding("identity")
    assert after.number("him: embedding, median") > found.number("him: embedding, median")
