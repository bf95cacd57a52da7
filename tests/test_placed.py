"""A subject before another picture: the role of a background, from the prompt to the drawn frame."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

import phonofilm
from media import picture as picture_of
from phonofilm.clock import TICKS_PER_FRAME
from phonofilm.engines.stage.stage import Stage, draw_frame
from phonofilm.generate import score_of
from phonofilm.media.colour import to_i420
from phonofilm.media.read import read_frames
from phonofilm.media.reference import open_references
from phonofilm.media.rewrite import rewrite
from phonofilm.media.stream import Decoded
from phonofilm.perceive.picture import perceive_picture
from phonofilm.perceive.placed import placed
from phonofilm.prompt.reader import read
from phonofilm.request import Request
from phonofilm.score.document import dumps, loads
from phonofilm.score.model import Caption
from phonofilm.vision.face import FaceFinder


def picture_file(folder: Path, name: str, colours: tuple[tuple[int, int, int], ...]) -> Path:
    """A picture of upright stripes, a little noisy."""
    wide = np.repeat(np.array([colours], np.float32), 90, axis=1)
    image = cv2.resize(wide, (1600, 900), interpolation=cv2.INTER_NEAREST) + np.random.default_rng(1).normal(0, 4, (900, 1600, 3))
    path = folder / f"{name}.png"
    cv2.imwrite(str(path), np.clip(image, 0, 255)[..., ::-1].astype(np.uint8))
    return path


def requested(prompt: str, **files: Path) -> Request:
    given = open_references(tuple(f"{tag}={path}" for tag, path in files.items()))
    return Request(prompt=prompt, references=given, resolution="480p", ratio="16:9", seconds=4)


@pytest.mark.parametrize(
    "prompt",
    [
        '@me stands in front of @temple as the background and says: "We came a long way."',
        "@me está delante del fondo @temple y dice: «Hemos venido de lejos.»",
        "@me steht vor dem Hintergrund @temple und sagt: „Wir sind weit gereist.“",
        "@me站在背景@temple前，说：“我们走了很远的路。”",
    ],
)
def test_a_line_beside_a_background_is_said_by_the_person(tmp_path: Path, prompt: str) -> None:
    files = open_references((f"me={picture_of('smile')}", f"temple={picture_file(tmp_path, 'temple', ((90, 120, 200), (200, 60, 60)))}"))
    script = read(prompt, files)
    assert (script.role("temple"), [line.speaker for line in script.lines], script.role("me")) == ("background", ["me"], "face")


def test_a_person_is_filmed_before_the_background_and_none_of_their_own_is_left(tmp_path: Path) -> None:
    behind = picture_file(tmp_path, "hall", ((30, 160, 60), (40, 60, 200)))
    request = requested("@me in front of the background @hall. Static camera. No music.", me=picture_of("smile"), hall=behind)
    score, materials = score_of(request, Stage())
    assert {shot.setting.behind.name for shot in score.shots if shot.setting.behind} == {"hall.png"} and len(score.shots) == 1
    assert loads(dumps(score)) == score
    frame = draw_frame(score, materials, 0)
    height, width = frame.shape[:2]
    left, right = frame[: height // 3, : width // 6].reshape(-1, 3).mean(axis=0), frame[: height // 3, -width // 6 :].reshape(-1, 3).mean(axis=0)
    assert np.abs(left - (30, 160, 60)).max() < 12 and np.abs(right - (40, 60, 200)).max() < 12  # his own curtains are red
    mesh = FaceFinder().find(frame)[0]
    assert 0.3 * width < mesh.landmarks[:, 0].mean() < 0.7 * width and 0.15 < np.ptp(mesh.landmarks[:, 1]) / height < 0.5


def test_an_orbit_around_a_placed_person_never_leaves_the_picture_behind(tmp_path: Path) -> None:
    behind = picture_file(tmp_path, "hall", ((30, 160, 60), (40, 60, 200)))
    score, materials = score_of(requested("@me in front of the background @hall. Orbit left.", me=picture_of("closed"), hall=behind), Stage())
    shot = score.shots[0]
    assert shot.camera.delivered >= 12
    for number in (0, 95):
        frame = draw_frame(score, materials, number)
        height, width = frame.shape[:2]
        for part, colour in ((frame[: height // 4, : width // 12], (30, 160, 60)), (frame[: height // 4, -width // 12 :], (40, 60, 200))):
            assert np.abs(part.reshape(-1, 3).mean(axis=0) - colour).max() < 14


def test_what_stands_free_gets_ground_and_a_shadow_under_its_feet(tmp_path: Path) -> None:
    alone = np.zeros((400, 400, 4), np.uint8)
    cv2.circle(alone, (200, 200), 120, (40, 90, 200, 255), -1, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "ball.png"), alone)
    ball = perceive_picture(tmp_path / "ball.png", "0" * 64)
    together = placed(ball, np.full((900, 1600, 3), 150, np.uint8), (1280, 720))
    rows = np.flatnonzero((together.matte > 128).any(axis=1))
    height = together.image.shape[0]
    assert 0.88 < rows[-1] / height < 0.96 and 0.4 < len(rows) / height < 0.6 and together.image.shape[1] <= 1.6 * 1280 + 1
    middle = together.plate.shape[1] // 2
    foot = together.plate[together.beyond[1] + rows[-1], middle - 4 : middle + 4]
    assert foot.max() < 100 and together.plate[4:20, 4:20].min() > 145


def test_a_picture_that_is_one_whole_is_not_put_before_another_and_that_is_said(tmp_path: Path) -> None:
    flat = picture_file(tmp_path, "card", ((200, 200, 40), (200, 200, 40)))
    behind = picture_file(tmp_path, "hall", ((30, 160, 60), (40, 60, 200)))
    score, _ = score_of(requested("@card in front of the background @hall. No music.", card=flat, hall=behind), Stage())
    assert not any(shot.setting.behind for shot in score.shots)
    assert any("@card" in remark and "@hall" in remark for remark in score.remarks)


def test_a_shot_that_names_the_background_alone_shows_it(tmp_path: Path) -> None:
    behind = picture_file(tmp_path, "hall", ((30, 160, 60), (40, 60, 200)))
    prompt = 'Shot 1: a wide shot of @hall. Shot 2: @me in front of the background @hall says: "Welcome."'
    score, _ = score_of(requested(prompt, me=picture_of("smile"), hall=behind), Stage())
    assert [(shot.setting.source.name, bool(shot.setting.behind)) for shot in score.shots if shot.setting.source] == [
        ("hall.png", False),
        (picture_of("smile").name, True),
    ]


def test_a_background_that_one_shot_names_is_not_behind_the_others_and_one_named_for_all_is(tmp_path: Path) -> None:
    behind = picture_file(tmp_path, "hall", ((30, 160, 60), (40, 60, 200)))
    prompt = "Shot 1: @me, push in. Shot 2: @me in front of the background @hall, pull out. No music."
    score, _ = score_of(requested(prompt, me=picture_of("smile"), hall=behind), Stage())
    assert [bool(shot.setting.behind) for shot in score.shots] == [False, True]
    prompt = "The background is @hall. Shot 1: @me, push in. Shot 2: @me, pull out. No music."
    score, _ = score_of(requested(prompt, me=picture_of("smile"), hall=behind), Stage())
    assert [bool(shot.setting.behind) for shot in score.shots] == [True, True]


def test_a_title_leaves_the_face_free(tmp_path: Path) -> None:
    score, materials = score_of(requested("@me. Static camera. Title 'A VERY LARGE SALE'. No music.", me=picture_of("smile")), Stage())
    (title,) = [c for c in score.cues if isinstance(c, Caption)]
    bare = replace(score, cues=tuple(c for c in score.cues if c is not title))
    k = (title.start + title.end) // 2 // TICKS_PER_FRAME
    written = np.abs(draw_frame(score, materials, k).astype(int) - draw_frame(bare, materials, k)).max(axis=2) > 60
    face = FaceFinder().find(draw_frame(bare, materials, k))[0].landmarks[:468, :2]
    inside = np.zeros(written.shape, np.uint8)
    cv2.fillConvexPoly(inside, cv2.convexHull(face.astype(np.float32)).astype(np.int32), 1)
    assert written.sum() > 2000 and written[inside > 0].mean() < 0.02


def test_a_place_that_is_named_but_not_shown_behind_a_photograph_is_remarked(tmp_path: Path) -> None:
    behind = picture_file(tmp_path, "hall", ((30, 160, 60), (40, 60, 200)))
    alone, _ = score_of(requested("@me on the beach at sunset. No music.", me=picture_of("smile")), Stage())
    assert [r for r in alone.remarks if r.startswith("Beach") and "background" in r]
    given, _ = score_of(requested("@me on the beach, @hall is the background. No music.", me=picture_of("smile"), hall=behind), Stage())
    assert not [r for r in given.remarks if r.startswith("Beach")]


def clip_file(folder: Path, num_frames: int) -> Path:
    """A clip that is blue to the left and goes from black to green to the right, by two levels a frame."""

    def frames() -> Iterator[Decoded]:
        for k in range(num_frames):
            image = np.full((360, 640, 3), (0, 2 * k, 0), np.uint8)
            image[:, :320] = (30, 40, 180)
            yield Decoded(at=k * TICKS_PER_FRAME, i420=to_i420(image))

    return rewrite(folder / "clip.mp4", frames(), None, rate=24)


def test_a_clip_is_played_behind_the_person_who_speaks_before_it(tmp_path: Path) -> None:
    prompt = '@me in front of the background @wall says: "We came a long way." Static camera. No music.'
    given = {"me": picture_of("smile"), "wall": clip_file(tmp_path, 96)}
    film = phonofilm.make(prompt, tmp_path / "film.mp4", references=given, seconds=4, resolution="480p", ratio="16:9")
    assert not any("@wall" in remark for remark in film.remarks)
    shown = list(read_frames(film.path))
    height, width = shown[0].shape[:2]
    for number in (2, 50, 90):
        left, right = (shown[number][: height // 3, part].reshape(-1, 3).mean(axis=0) for part in (np.s_[: width // 8], np.s_[-width // 8 :]))
        assert np.abs(left - (30, 40, 180)).max() < 14 and np.abs(right - (0, 2 * number, 0)).max() < 14
    assert 0.3 * width < FaceFinder().find(shown[50])[0].landmarks[:, 0].mean() < 0.7 * width
    score, materials = score_of(requested(prompt, **given), Stage())
    assert loads(dumps(score)) == score and [s.setting.behind.kind for s in score.shots if s.setting.behind] == ["video"]
    drawn = draw_frame(score, materials, 50)  # alone, as in the film
    assert np.abs(drawn.astype(int) - shown[50]).mean() < 3


def test_a_thing_stands_with_its_shadow_before_a_clip_that_is_too_short(tmp_path: Path) -> None:
    alone = np.zeros((400, 400, 4), np.uint8)
    cv2.circle(alone, (200, 200), 120, (40, 90, 200, 255), -1, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "ball.png"), alone)
    request = requested("The @ball before the background @wall. Static camera. No music.", ball=tmp_path / "ball.png", wall=clip_file(tmp_path, 72))
    score, materials = score_of(request, Stage())
    assert score.shots[0].setting.rate == 0.75 and any("@wall" in r and "75%" in r for r in score.remarks)
    frame = draw_frame(score, materials, 0)
    height, width = frame.shape[:2]
    ball = (frame[..., 0] > 150).nonzero()
    assert 0.4 < np.ptp(ball[0]) / height < 0.6 and 0.8 < ball[0].max() / height < 0.97
    foot = frame[min(ball[0].max() + 2, height - 1), width // 2 - 40 : width // 2 - 20]
    assert foot.mean(axis=0)[2] < 150 < frame[height // 2, 10, 2]


def test_a_picture_of_a_place_is_not_told_to_be_somewhere_else_nor_to_be_silent(tmp_path: Path) -> None:
    prompt = 'Thunder over the mountains @peaks, tilt down. A narrator whispers: "Nobody came back."'
    score, _ = score_of(requested(prompt, peaks=picture_of("mountains")), Stage())
    assert not [r for r in score.remarks if r.startswith("Mountain") or "does not speak" in r]


@pytest.mark.parametrize(("name", "top"), [("long-hair", True), ("smile", False)])
def test_subtitles_do_not_hide_the_mouth_that_says_them(name: str, top: bool) -> None:
    given = open_references((f"me={picture_of(name)}",))
    prompt = '@me says: "We came a long way." Static camera. Add captions. No music.'
    score, materials = score_of(Request(prompt=prompt, references=given, resolution="480p", ratio="1:1", seconds=4), Stage())
    (caption,) = [c for c in score.cues if isinstance(c, Caption)]
    assert caption.top is top
    k = (caption.start + caption.end) // 2 // TICKS_PER_FRAME
    bare = draw_frame(replace(score, cues=tuple(c for c in score.cues if c is not caption)), materials, k)
    written = np.abs(draw_frame(score, materials, k).astype(int) - bare).max(axis=2) > 60
    lips = FaceFinder().find(bare)[0].landmarks[[61, 291, 0, 17], :2]
    (x0, y0), (x1, y1) = lips.min(axis=0).astype(int), lips.max(axis=0).astype(int)
    assert written.sum() > 1000 and not written[y0:y1, x0:x1].any()
