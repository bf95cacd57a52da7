"""End to end: real files in, the written film decoded and measured with other tools than those that made it."""

from __future__ import annotations

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import phonofilm
from media import picture
from phonofilm.errors import InputError, PhonofilmError
from phonofilm.generate import Film
from phonofilm.media.provenance import read_provenance
from phonofilm.media.read import read_frames
from phonofilm.phones import VISEMES
from phonofilm.score.document import dumps, loads
from phonofilm.score.model import Line
from phonofilm.vision.face import FaceFinder


def decoded(path: Path) -> tuple[list[np.ndarray], int]:
    """Frames and the number of samples of a film, decoded by PyAV."""
    with av.open(str(path)) as container:
        frames = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    with av.open(str(path)) as container:
        num = sum(f.samples for f in container.decode(audio=0))
    return frames, num


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Film:
    out = tmp_path_factory.mktemp("film") / "spoken.mp4"
    prompt = "@face_photo says: “Papa made a big pie. My mother may buy apples.” Static camera."
    return phonofilm.make(prompt, out, references={"face_photo": picture("closed")}, ratio="3:4", resolution="480p")


def test_the_film_has_exactly_its_frames_and_samples(spoken: Film) -> None:
    frames, samples = decoded(spoken.path)
    seconds = spoken.score.length // 48_000
    assert len(frames) == 24 * seconds and samples == 48_000 * seconds
    assert frames[0].shape == (752, 560, 3)


def test_the_lips_of_the_film_follow_the_phones_of_its_score(spoken: Film) -> None:
    line = next(c for c in spoken.score.cues if isinstance(c, Line))
    finder = FaceFinder()
    frames = list(read_frames(spoken.path))
    gap: list[float] = []
    mesh = None
    for frame in frames:
        found = finder.find(frame) if mesh is None else [finder.track(frame, mesh)]
        mesh = found[0]
        assert mesh is not None
        marks = mesh.landmarks
        gap.append(float(np.linalg.norm(marks[14, :2] - marks[13, :2]) / np.linalg.norm(marks[10, :2] - marks[152, :2])))
    middles = np.arange(len(frames)) * 2000 + 1000
    asked = np.array([next((VISEMES[p.viseme].jaw for p in line.phones if p.start <= t < p.end), 0.0) for t in middles])
    speaking = slice(line.start // 2000, line.end // 2000 + 1)
    asked = cv2.GaussianBlur(asked[None, :], (0, 0), 0.7)[0]
    shown = np.array(gap)

    def alike(shift: int) -> float:
        return float(np.corrcoef(np.roll(asked, shift)[speaking], shown[speaking])[0, 1])

    best = max(range(-5, 6), key=alike)
    assert abs(best) <= 1, best
    assert alike(0) >= 0.7, alike(0)
    closed = [shown[(p.start + p.end) // 4000] for p in line.phones if p.viseme == "PP"]
    assert float(np.mean(np.array(closed) < 0.25 * np.percentile(shown, 95))) >= 0.9


def test_the_film_says_where_it_comes_from(spoken: Film) -> None:
    document = read_provenance(spoken.path)
    assert document["ai_generated"] is True
    assert document["request"]["references"][0]["sha256"]
    assert "/" not in document["request"]["references"][0]["file"]


def test_the_score_of_a_film_reads_back_as_itself(spoken: Film) -> None:
    assert loads(dumps(spoken.score)) == spoken.score


def test_a_given_first_and_last_frame_are_those_pictures(tmp_path: Path) -> None:
    out = tmp_path / "ends.mp4"
    references = {"first_frame": picture("astronaut"), "last_frame": picture("coffee")}
    phonofilm.make("Begin on @first_frame, end on @last_frame.", out, references=references, seconds=4, ratio="1:1", resolution="480p")
    frames, _ = decoded(out)
    for frame, name in ((frames[0], "astronaut"), (frames[-1], "coffee")):
        photo = cv2.cvtColor(cv2.imread(str(picture(name))), cv2.COLOR_BGR2RGB)
        side = min(photo.shape[:2])
        y, x = (photo.shape[0] - side) // 2, (photo.shape[1] - side) // 2
        fitted = cv2.resize(photo[y : y + side, x : x + side], (640, 640), interpolation=cv2.INTER_CUBIC)
        assert cv2.PSNR(fitted, frame) >= 35, name


def test_words_alone_give_a_film_that_is_seen_and_heard(tmp_path: Path) -> None:
    out = tmp_path / "sea.mp4"
    film = phonofilm.make("The sea at dusk. Slow push in. The title reads “Low Tide”.", out, seconds=4, ratio="16:9", resolution="480p")
    frames, samples = decoded(out)
    assert len(frames) == 96 and samples == 4 * 48_000
    assert film.score.shots[0].setting.kind == "place"
    assert {c.kind for c in film.score.cues} >= {"ambience", "caption"}
    assert frames[48].std() > 15 and np.abs(frames[0].astype(int) - frames[95]).mean() > 1


def test_a_product_is_cut_out_and_the_logo_closes_the_film(tmp_path: Path) -> None:
    out = tmp_path / "shop.mp4"
    references = {"product1": picture("coffee"), "logo": picture("rocket")}
    film = phonofilm.make("@product1, orbit right. Close on @logo.", out, references=references, seconds=4, resolution="480p", ratio="16:9")
    assert film.score.shots[-1].end == film.score.length and any(c.kind == "logo" for c in film.score.cues)
    assert film.score.shots[0].setting.kind in ("studio", "photo")
    assert film.score.shots[0].camera.family.startswith("orbit_right")


def test_the_same_request_gives_the_same_bytes(tmp_path: Path) -> None:
    made: list[bytes] = []
    for name in ("a.mp4", "b.mp4"):
        phonofilm.make("A lake in fog at dawn. Truck left.", tmp_path / name, seconds=4, ratio="1:1", resolution="480p", seed=5)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]


def test_a_stopped_film_leaves_nothing(tmp_path: Path) -> None:
    from phonofilm.generate import generate
    from phonofilm.request import Request

    def stop(step: str, done: float = 0.0) -> None:
        if step == "filming" and done > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(Request(prompt="A lake", seconds=4, resolution="480p", ratio="1:1"), tmp_path / "film.mp4", progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        ("@nobody speaks", {}),
        ("A lake", {"seconds": 3}),
        ("A lake", {"ratio": "2:1"}),
        ("A lake", {"resolution": "8k"}),
        ("A lake", {"limits": "none"}),
        ("A lake", {"engine": "none"}),
    ],
)
def test_what_cannot_be_met_is_a_named_error_before_work(prompt: str, options: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(PhonofilmError) as caught:
        phonofilm.make(prompt, tmp_path / "film.mp4", **options)
    assert caught.value.code != "error" and len(str(caught.value)) > 20
    assert list(tmp_path.iterdir()) == []


def test_strict_refuses_what_it_would_only_remark(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="strict"):
        phonofilm.make("@face_photo says: “Hi.”", tmp_path / "f.mp4", references={"face_photo": picture("coffee")}, strict=True, resolution="480p")
    assert json.dumps([p.name for p in tmp_path.iterdir()]) == "[]"
