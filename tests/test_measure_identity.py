"""The metric identity: the same picture in other sizes, light and codings is near, other people are far; shots agree or do not."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from media import clip, picture
from phonofilm.measure.film import Asked, Film, Heard, Shown, frames_of
from phonofilm.measure.finding import Finding, Value
from phonofilm.measure.identity import FIRST, Identity
from phonofilm.measure.likeness import Model
from phonofilm.measure.thresholds import GOALS
from phonofilm.media.colour import to_i420
from phonofilm.media.probe import probe
from phonofilm.vision.face import FaceFinder, Mesh

PEOPLE = ("closed", "smile", "glasses", "astronaut", "outdoors", "long-hair", "open", "beard")
MOST = GOALS["face look"].most


@dataclass(frozen=True)
class Face:
    luma: np.ndarray
    mesh: Mesh


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


@pytest.fixture(scope="module")
def people(finder) -> dict[str, Face]:
    return {name: face_of(rgb_of(name), finder) for name in PEOPLE}


def rgb_of(name: str) -> np.ndarray:
    image = Image.open(picture(name)).convert("RGB")
    image.thumbnail((800, 800))
    return np.asarray(image)


def face_of(rgb: np.ndarray, finder: FaceFinder) -> Face:
    found = finder.find(rgb)
    assert found
    return Face(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), found[0])


def look(a: Face, b: Face) -> float | None:
    return Model(a.luma, a.mesh.landmarks).compare(b.luma, b.mesh.landmarks).look


def smaller(rgb: np.ndarray) -> np.ndarray:
    return cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def coded(rgb: np.ndarray) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR)


def dimmed(rgb: np.ndarray) -> np.ndarray:
    return (255 * (rgb / 255) ** 1.6 * 0.8).astype(np.uint8)


def lit_from_the_side(rgb: np.ndarray) -> np.ndarray:
    return np.clip(rgb * np.linspace(0.6, 1.25, rgb.shape[1])[None, :, None], 0, 255).astype(np.uint8)


def tilted(rgb: np.ndarray) -> np.ndarray:
    turn = cv2.getRotationMatrix2D((rgb.shape[1] / 2, rgb.shape[0] / 2), 12, 1)
    return cv2.warpAffine(rgb, turn, (rgb.shape[1], rgb.shape[0]))


@pytest.mark.parametrize("change", [smaller, coded, dimmed, lit_from_the_side, tilted])
def test_the_same_picture_stays_near_in_another_form(change, people, finder):
    for name in ("closed", "smile", "glasses", "astronaut"):
        changed = face_of(np.ascontiguousarray(change(rgb_of(name))), finder)
        assert look(people[name], changed) < MOST, name


def test_other_people_are_far(people):
    models = {name: Model(p.luma, p.mesh.landmarks) for name, p in people.items()}
    looks = {(a, b): models[a].compare(people[b].luma, people[b].mesh.landmarks).look for a in PEOPLE for b in PEOPLE if a != b}
    near = {pair: value for pair, value in looks.items() if value is not None and value <= MOST}
    assert not near
    assert sum(value is not None for value in looks.values()) > len(looks) // 2


def test_a_face_is_of_its_own_shape_more_than_of_any_other(people, finder):
    for name in ("closed", "smile", "glasses"):
        model = Model(people[name].luma, people[name].mesh.landmarks)
        half = face_of(smaller(rgb_of(name)), finder)
        own = model.compare(half.luma, half.mesh.landmarks).shape
        others = [model.compare(p.luma, p.mesh.landmarks).shape for other, p in people.items() if other != name]
        assert own < 0.6 * min(others)


def test_heads_turned_too_differently_are_not_compared(people, finder):
    turned = face_of(rgb_of("three-quarter"), finder)
    found = Model(people["closed"].luma, people["closed"].mesh.landmarks).compare(turned.luma, turned.mesh.landmarks)
    assert found.look is None
    assert found.shape > 0


def measured(pictures: list[np.ndarray], finder: FaceFinder, **references: Path) -> Finding:
    metric = Identity(Asked(references=references))
    for k, rgb in enumerate(pictures):
        even = np.ascontiguousarray(rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2])
        metric.see(Shown(index=k, at=2000 * k, i420=to_i420(even), finder=finder))
    facts = probe(clip("address"))
    return metric.finding(
        Film(
            path=clip("address"),
            facts=facts,
            heard=Heard(sound=None),
            asked=Asked(),
            times=tuple(range(0, 2000 * len(pictures), 2000)),
            size=(320, 240),
        )
    )


def value(finding: Finding, name: str) -> Value:
    return {v.name: v for v in finding.values}[name]


def test_a_film_of_its_own_picture_passes_and_one_of_somebody_else_does_not(finder):
    frames = [cv2.resize(rgb_of("closed"), None, fx=s, fy=s, interpolation=cv2.INTER_AREA) for s in (0.8, 0.8, 0.8)]
    found = measured(frames, finder, alice=picture("closed"), bob=picture("smile"))
    assert value(found, "alice: look, median").passed is True
    assert value(found, "bob: look, median").passed is False
    assert value(found, "alice: frames with a look ≤ 0.12").value == 1.0
    assert value(found, "alice: look of the picture itself at that size").value < 0.05
    assert value(found, "bob: look, median").value > 2 * MOST
    series = {s.name: s for s in found.series}
    assert len(series["look against alice"].values) == 3


def test_of_several_faces_each_picture_takes_its_likest(finder):
    two = np.asarray(Image.open(picture("two")).convert("RGB"))
    found = measured([two, two], finder, left=picture("astronaut"), right=picture("smile"))
    assert value(found, "left: look, median").passed
    assert value(found, "right: look, median").passed


def test_shots_of_one_person_agree_and_shots_of_two_do_not(finder):
    def shot(name: str) -> list[np.ndarray]:
        canvas = np.full((600, 600, 3), 90, np.uint8)
        rgb = cv2.resize(rgb_of(name), (480, round(480 * rgb_of(name).shape[0] / rgb_of(name).shape[1])))[:600]
        canvas[: rgb.shape[0], 60:540] = rgb
        return [canvas] * 8

    bright = [np.clip(f.astype(int) + 50, 0, 255).astype(np.uint8) for f in shot("closed")]
    worst = "look from shot to the likest other, worst"
    same = measured([*shot("closed"), *bright], finder)
    other = measured([*shot("closed"), *shot("astronaut")], finder)
    assert value(same, "shots with a face").value == 2
    assert value(same, worst).value < MOST
    assert value(other, worst).value > MOST


def test_without_a_picture_the_first_face_stands_for_it_and_nothing_is_judged(finder):
    found = measured([rgb_of("glasses")] * 3, finder)
    assert value(found, f"{FIRST}: look, median").value < 0.01
    assert found.passed is None


def test_what_shows_no_face_is_said(finder):
    found = measured([rgb_of("closed")] * 2, finder, cup=picture("coffee"), alice=picture("closed"))
    assert "no face" in value(found, "cup: not compared").value
    assert value(found, "alice: look, median").passed
    empty = measured([rgb_of("coffee")] * 2, finder, alice=picture("closed"))
    assert not empty.applies
    assert "no face" in empty.why


def test_two_men_of_a_real_clip_are_told_apart_over_time(finder):
    frames = [s for s, _ in zip(frames_of(clip("address")), range(40), strict=False)][::8]
    faces = [sorted(s.faces, key=lambda m: m.landmarks[1, 0]) for s in frames]
    left = Model(frames[0].y, faces[0][0].landmarks)
    own = [left.compare(s.y, f[0].landmarks) for s, f in zip(frames[1:], faces[1:], strict=True)]
    other = [left.compare(s.y, f[1].landmarks) for s, f in zip(frames[1:], faces[1:], strict=True)]
    assert max(o.look for o in own) < min(o.look for o in other if o.look is not None)
    assert max(o.shape for o in own) < min(o.shape for o in other)
