"""What is measured of a picture and its file, held against closed forms and against films that were spoilt by a known amount."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import media
from phonofilm.errors import RequestError
from phonofilm.measure import measure
from phonofilm.measure.distort import KINDS, distort
from phonofilm.measure.document import Report
from phonofilm.measure.edges import edge_widths, sharpness
from phonofilm.measure.light import flicker, jumps
from phonofilm.measure.picture import blockiness, cadence, drops, frozen_runs, held_through
from phonofilm.measure.rim import rim
from phonofilm.measure.thresholds import GOALS
from phonofilm.media.colour import to_i420
from phonofilm.media.probe import probe
from phonofilm.media.rewrite import rewrite
from phonofilm.media.stream import Decoded, decoded_frames
from phonofilm.media.tracks import tracks
from phonofilm.score.model import CameraPath, Key, Score, Setting, Shot
from phonofilm.vision.segment import PersonMask, SubjectMask

WIDTH, HEIGHT, FRAMES = 512, 288, 48


def camera_over(name: str, frames: int = FRAMES, step: int = 2000) -> Iterator[Decoded]:
    """A slow, slightly uneven move over a photograph."""
    photo = cv2.cvtColor(cv2.imread(str(media.picture(name))), cv2.COLOR_BGR2RGB)
    scale = 1.25 * max(WIDTH / photo.shape[1], HEIGHT / photo.shape[0])
    for k in range(frames):
        t = k / frames
        zoom, dx, dy = scale * (1 + 0.1 * t), 8 * np.sin(5 * t), 20 * t
        middle = np.array([photo.shape[1] / 2 + dx, photo.shape[0] / 2 + dy - 40])
        matrix = np.array([[zoom, 0, WIDTH / 2 - zoom * middle[0]], [0, zoom, HEIGHT / 2 - zoom * middle[1]]])
        seen = cv2.warpAffine(photo, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC)
        yield Decoded(at=k * step, i420=to_i420(np.ascontiguousarray(seen)))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person filmed for 2.5 s, with a tone."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    t = np.arange(FRAMES * 2000) / 48_000
    tone = (0.1 * np.sin(2 * np.pi * 440 * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t))).astype(np.float32)
    return rewrite(path, camera_over("astronaut"), np.stack([tone, tone], 1), rate=24)


@pytest.fixture(scope="module")
def spoilt(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Report]:
    """The film, spoilt and measured; each only once."""
    folder = tmp_path_factory.mktemp("spoilt")
    done: dict[tuple[str, float], Report] = {}

    def look(kind: str, amount: float) -> Report:
        if (kind, amount) not in done:
            out = distort(film, folder / f"{kind}{amount}.mp4", kind=kind, amount=amount)
            done[kind, amount] = measure(out, only=("picture",))
        return done[kind, amount]

    return look


def number(report: Report, name: str) -> float:
    value = report.finding("picture").number(name)
    assert isinstance(value, int | float)
    return value


@pytest.mark.parametrize("sigma", [1.0, 1.5, 2.0, 3.0, 4.0])
def test_the_width_of_a_blurred_step_is_that_of_the_gauss_curve(sigma: float) -> None:
    steps = np.kron(np.random.default_rng(0).integers(30, 220, (12, 20)), np.ones((60, 60))).astype(np.float32)
    found = sharpness(np.round(cv2.GaussianBlur(steps, (0, 0), sigma)).astype(np.uint8))
    assert found is not None
    assert found[0] == pytest.approx(np.hypot(1, sigma * np.sqrt(2 * np.pi)), rel=0.17)  # the dead zone cuts the tails of weak edges
    assert found[1] == pytest.approx(np.hypot(1, sigma * np.sqrt(2 * np.pi)), rel=0.12)


def test_contrast_does_not_change_how_sharp_a_picture_is() -> None:
    steps = cv2.GaussianBlur(np.kron(np.random.default_rng(0).integers(20, 235, (12, 20)), np.ones((60, 60))).astype(np.float32), (0, 0), 2)
    full, half = (float(np.median(edge_widths(np.round(128 + (steps - 128) * c).astype(np.uint8)))) for c in (1.0, 0.5))
    assert half == pytest.approx(full, rel=0.08)


def test_an_empty_picture_has_no_sharpness() -> None:
    assert sharpness(np.full((200, 300), 90, np.uint8)) is None


@pytest.mark.parametrize(
    ("hertz", "fps", "seen"), [(12.0, 24.0, True), (10.0, 25.0, True), (8.0, 24.0, True), (2.0, 24.0, False), (1.0, 60.0, False)]
)
def test_only_fast_swings_of_the_light_are_flicker(hertz: float, fps: float, seen: bool) -> None:
    t = np.arange(round(5 * fps)) / fps
    level = 0.02 * np.sign(np.sin(2 * np.pi * hertz * t + 0.3)) if seen else 0.2 * np.sin(2 * np.pi * hertz * t)
    changes = np.repeat(np.diff(level, prepend=level[:1])[:, None], 84, axis=1).astype(np.float32)
    found = flicker(changes, fps)
    assert found is not None
    assert found.worst == pytest.approx(0.02 * 69.3, rel=0.35) if seen else found.worst < 0.25


def test_a_jump_of_the_light_is_no_flicker_and_flicker_is_no_jump() -> None:
    step = np.zeros((60, 84), np.float32)
    step[30] = 0.5
    swing = np.where(np.arange(60) % 2, 0.3, -0.3)[:, None] * np.ones((1, 84), np.float32)
    flat, shaken = flicker(step, 24), flicker(swing.astype(np.float32), 24)
    assert flat is not None and shaken is not None
    assert jumps(step) == [30] and flat.worst < 0.1
    assert jumps(swing.astype(np.float32)) == [] and shaken.worst > 5


def test_a_keyframe_inside_a_still_does_not_end_it() -> None:
    same = np.ones(60, bool)
    same[[0, 30]] = False
    assert frozen_runs(held_through(same, np.where(same, 0.1, 3.0))) == [(1, 59)]
    assert frozen_runs(held_through(same, np.where(same, 0.1, 30.0))) == [(1, 29), (31, 29)]


def test_the_rhythm_of_repeated_frames_is_found() -> None:
    regular, now_and_then = np.zeros(60, bool), np.zeros(60, bool)
    regular[4::5] = True
    now_and_then[[3, 30, 37, 50]] = True
    still = np.zeros(60, bool)
    assert (cadence(regular, still), cadence(now_and_then, still)) == (5, 0)


def test_a_sudden_softness_is_found_and_a_cut_to_a_soft_shot_is_not() -> None:
    widths: list[float | None] = [2.0 + 0.05 * (k % 3) for k in range(80)]
    soft = [4.0 if 40 <= k < 46 else w for k, w in enumerate(widths)]
    other = [4.0 if k >= 40 else w for k, w in enumerate(widths)]
    assert drops(widths, []) == []
    assert drops(soft, []) == [40]
    assert drops(other, [40]) == []


def test_blocks_of_strong_compression_are_seen() -> None:
    photo = cv2.imread(str(media.picture("coffee")), cv2.IMREAD_GRAYSCALE)
    _, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 8])
    assert blockiness(photo) < 0.3
    assert blockiness(np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)) > 1.0


def test_a_film_that_is_as_it_should_be_passes(spoilt: Callable[..., Report]) -> None:
    finding = spoilt("shift", 0).finding("picture")
    assert finding.passed, [v for v in finding.values if v.passed is False]
    assert finding.number("frozen share") == 0 and finding.number("repeated regularly") == "no" and finding.number("cuts") == 0


def test_blur_widens_the_edges_as_much_as_it_is(spoilt: Callable[..., Report]) -> None:
    sharp = number(spoilt("shift", 0), "edge width")
    widths = [number(spoilt("blur", sigma), "edge width") for sigma in (1, 2, 4)]
    assert sharp < widths[0] < widths[1] < widths[2]
    for sigma, width in zip((1, 2), widths, strict=False):
        assert width == pytest.approx(np.hypot(sharp, sigma * np.sqrt(2 * np.pi)), rel=0.25)


def test_a_picture_out_of_focus_for_a_moment_is_an_event(spoilt: Callable[..., Report]) -> None:
    events = [e for e in spoilt("blur once", 3).finding("picture").events if e.kind == "sharpness drop"]
    assert len(events) == 1 and abs(events[0].at - FRAMES // 2 * 2000) <= 4 * 2000


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_the_share_that_stands_still_is_the_share_that_was_frozen(spoilt: Callable[..., Report], share: float) -> None:
    report = spoilt("freeze", share)
    assert number(report, "frozen share") == pytest.approx(share, abs=0.04)
    assert number(report, "repeated share") == 0


def test_a_still_has_no_motion(spoilt: Callable[..., Report]) -> None:
    assert number(spoilt("freeze", 1), "motion") < 0.1 < number(spoilt("shift", 0), "motion")


@pytest.mark.parametrize("every", [4, 5])
def test_one_frame_in_some_that_is_repeated_is_told(spoilt: Callable[..., Report], every: int) -> None:
    report = spoilt("repeat", every)
    assert report.finding("picture").number("repeated regularly") == f"one in {every}"
    assert number(report, "repeated share") == pytest.approx(1 / every, abs=0.03)
    assert number(report, "frozen share") == 0


@pytest.mark.parametrize("percent", [2.0, 5.0])
def test_flicker_is_measured_as_strong_as_it_is(spoilt: Callable[..., Report], percent: float) -> None:
    assert number(spoilt("flicker", percent), "flicker") == pytest.approx(percent, rel=0.3, abs=number(spoilt("shift", 0), "flicker"))


def test_a_jump_of_the_light_is_found_where_it_is_and_is_no_cut(spoilt: Callable[..., Report]) -> None:
    report = spoilt("exposure", 0.5)
    events = [e for e in report.finding("picture").events if e.kind == "exposure jump"]
    assert [e.at for e in events] == [FRAMES // 2 * 2000]
    assert number(report, "largest jump") == pytest.approx(0.5, abs=0.1)
    assert report.finding("picture").number("cuts") == 0


def test_black_is_told(spoilt: Callable[..., Report]) -> None:
    assert number(spoilt("black", 0.25), "black share") == pytest.approx(0.25, abs=0.02)
    assert number(spoilt("shift", 0), "black share") == 0


def test_a_rim_around_a_person_is_seen_the_stronger_the_more(spoilt: Callable[..., Report]) -> None:
    clean, faint, strong = (number(spoilt("halo", levels), "halo") for levels in (0, 30, 60))
    assert clean < 10 < faint < strong
    assert number(spoilt("sharpen", 3), "halo") > 2 * clean


@pytest.mark.parametrize("who", ["astronaut", "glasses"])
def test_a_matte_cut_too_wide_is_seen_and_a_clean_one_is_not(who: str) -> None:
    photo = cv2.cvtColor(cv2.imread(str(media.picture(who))), cv2.COLOR_BGR2RGB)
    photo = cv2.resize(photo, None, fx=960 / max(photo.shape[:2]), fy=960 / max(photo.shape[:2]))
    h, w = photo.shape[0] // 2 * 2, photo.shape[1] // 2 * 2
    photo = np.ascontiguousarray(photo[:h, :w])
    behind = cv2.resize(cv2.cvtColor(cv2.imread(str(media.picture("coffee"))), cv2.COLOR_BGR2RGB), (w, h))
    behind = cv2.GaussianBlur(behind, (0, 0), 6)
    people, matte = PersonMask(), (SubjectMask()(photo) > 0.5).astype(np.uint8)

    def levels(by: int) -> float:
        around = np.ones((2 * abs(by) + 1,) * 2, np.uint8)
        cut = cv2.dilate(matte, around) if by > 0 else cv2.erode(matte, around)
        share = cv2.GaussianBlur(cut.astype(np.float32), (0, 0), 1.2)[..., None]
        laid = (photo * share + behind * (1 - share)).astype(np.uint8)
        found = rim(to_i420(laid)[:h], people(laid))
        assert found is not None
        return found.levels

    asked = GOALS["halo"]
    assert [asked.met(levels(by)) for by in (-2, 4, 8)] == [True, False, False]


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film's first frames."""
    tone = np.repeat(0.3 * np.sin(np.arange(10 * 2000, dtype=np.float32) / 20)[:, None], 2, 1)
    return rewrite(tmp_path_factory.mktemp("brief") / "brief.mp4", camera_over("astronaut", 10), tone, rate=24)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_frames_times_and_samples_stay_whatever_is_spoilt(brief: Path, kind: str, tmp_path: Path) -> None:
    out = distort(brief, tmp_path / "out.mp4", kind=kind, amount=KINDS[kind].usual)
    was, now = tracks(brief), tracks(out)
    assert [f.at for f in decoded_frames(out)] == [k * 2000 for k in range(10)]
    assert now.picture.stamps.wobble == 0 and now.picture.stamps.monotonic
    assert was.sound is not None
    if kind == "mute":
        assert now.sound is None
    else:
        assert now.sound is not None and now.sound.samples == was.sound.samples == 10 * 2000 and now.sound.starts == 0


def test_there_is_no_unknown_way_to_spoil_a_film(film: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no way 'melt'"):
        distort(film, tmp_path / "out.mp4", kind="melt", amount=1)
    assert not list(tmp_path.iterdir())


def test_a_film_of_another_rate_keeps_it(tmp_path: Path) -> None:
    film = rewrite(tmp_path / "film.mp4", camera_over("coffee", 30, 1601), None, rate=29.97)
    out = distort(film, tmp_path / "out.mp4", kind="blur", amount=1)
    assert [f.at for f in decoded_frames(out)] == [k * 1601 for k in range(30)]


def test_the_file_is_counted_as_another_decoder_counts_it(film: Path) -> None:
    import imageio_ffmpeg

    report = measure(film, only=("container",)).finding("container")
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    raw = subprocess.run([ffmpeg, "-v", "error", "-i", str(film), "-f", "s16le", "-ac", "1", "-"], capture_output=True, check=True).stdout
    frames = subprocess.run(
        [ffmpeg, "-v", "error", "-i", str(film), "-vf", "scale=2:2", "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert (report.number("frames"), report.number("samples")) == (len(frames) // 4, len(raw) // 2) == (FRAMES, FRAMES * 2000)
    assert report.number("colour tags") == "bt709 / bt709 / bt709 / limited"
    assert report.number("header before the media") is True and report.number("time stamps steady") is True
    assert report.number("sound is longer than the picture by") == 0


def score_of(frames: int) -> Score:
    camera = CameraPath(keys=(Key(tick=0, position=(0.0, 1.5, 3.0)),))
    shot = Shot(start=0, end=frames * 2000, camera=camera, setting=Setting(kind="studio"))
    return Score(length=frames * 2000, width=WIDTH, height=HEIGHT, seed=1, shots=(shot,))


def test_a_score_says_how_many_frames_and_samples_there_must_be(film: Path) -> None:
    right, wrong = (measure(film, score=score_of(n), only=("container",)).finding("container") for n in (FRAMES, FRAMES + 1))
    assert (right.number("frames beyond the score"), right.number("samples beyond the score"), right.passed) == (0, 0, True)
    assert (wrong.number("frames beyond the score"), wrong.number("samples beyond the score"), wrong.passed) == (-1, -2000, False)


def test_streams_that_end_apart_are_told(film: Path, tmp_path: Path) -> None:
    tone = np.zeros((FRAMES * 2000 - 12_000, 2), np.float32)
    short = rewrite(tmp_path / "short.mp4", decoded_frames(film), tone, rate=24)
    found = measure(short, only=("container",)).finding("container")
    assert found.number("sound ends after the picture by") == -6.0
    assert found.number("sound is longer than the picture by") == -12_000 and found.passed is False


def test_a_gap_and_missing_tags_are_told(tmp_path: Path) -> None:
    path = tmp_path / "gap.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for k in [*range(10), *range(15, 25)]:
            frame = av.VideoFrame.from_ndarray(np.full((240, 320, 3), 60 + 4 * k, np.uint8), format="rgb24")
            frame.pts = k
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    found = measure(path, only=("container", "picture"))
    container = found.finding("container")
    assert container.number("gaps in the picture") == 1 and container.number("time stamps steady") is False
    assert container.number("colour tagged") is False and container.number("sound codec") is None
    assert found.finding("picture").applies


@pytest.mark.parametrize("frames", [1, 3])
def test_a_film_of_hardly_a_frame_is_measured(frames: int, tmp_path: Path) -> None:
    film = rewrite(tmp_path / "film.mp4", camera_over("coffee", frames), None, rate=24)
    report = measure(film, only=("container", "picture", "sound"))
    assert report.finding("container").number("frames") == frames
    assert report.finding("picture").number("flicker") is None
    assert not report.finding("sound").applies and "no sound" in report.finding("sound").why


def test_ten_bit_hevc_on_its_side_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "film.mov"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx265", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p10le"
        stream.options = {"x265-params": "log-level=none"}
        for shown in camera_over("coffee", 20):
            picture = cv2.resize(shown.i420[:HEIGHT], (320, 240))
            frame = av.VideoFrame.from_ndarray(np.repeat(picture[..., None], 3, 2), format="rgb24").reformat(format="yuv420p10le")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    shutil.copy(path, tmp_path / "copy.mov")
    report = measure(path, only=("container", "picture"))
    assert report.finding("container").number("pixel format") == "yuv420p10le" and probe(path).depth == 10
    assert report.finding("picture").applies and number(report, "motion") > 0.1
