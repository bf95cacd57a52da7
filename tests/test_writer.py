"""The film writer, measured on the files that it wrote, by PyAV and by the ffmpeg command."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND
from phonofilm.engines.test import BARS, TestEngine, flash_in, number_in
from phonofilm.errors import Cancelled, EncodeError, ReferenceError_
from phonofilm.media.colour import to_i420
from phonofilm.media.outputs import last_frame, poster, write_captions, write_png, write_wav
from phonofilm.media.provenance import provenance, read_provenance
from phonofilm.media.read import read_frames, read_picture, read_sound
from phonofilm.media.writer import FilmWriter
from phonofilm.progress import quiet
from phonofilm.request import SIZES
from phonofilm.score.materials import Materials
from phonofilm.score.model import Score

NO_MATERIALS = Materials(pictures={}, sounds={}, clips={})


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    start: int
    frames: NDArray[np.uint8]
    sound: NDArray[np.float32]


def play(
    out: Path, seconds: int, width: int, height: int, *, preset: str = "film", sound: bool = True, metadata: dict[str, str] | None = None
) -> Path:
    score = Score(length=seconds * TICKS_PER_SECOND, width=width, height=height, seed=0, shots=())
    with FilmWriter(out, width=width, height=height, length=score.length, metadata=metadata or {}, preset=preset, sound=sound) as film:
        for chunk in TestEngine().play(score, NO_MATERIALS, progress=quiet):
            film.write(chunk)
    assert film.finished.path == out
    return out


def pieces(sound: NDArray[np.float32], width: int = 64, height: int = 64, count: int = 12) -> Iterable[Piece]:
    """Grey frames to a sound."""
    grey = to_i420(np.full((height, width, 3), 100, np.uint8))
    num = len(sound) // TICKS_PER_FRAME
    for first in range(0, num, count):
        n = min(count, num - first)
        start = first * TICKS_PER_FRAME
        yield Piece(start=start, frames=np.repeat(grey[None], n, 0), sound=sound[start : start + n * TICKS_PER_FRAME])


def write(out: Path, sound: NDArray[np.float32], width: int = 64, height: int = 64, count: int = 12, preset: str = "draft") -> Path:
    with FilmWriter(out, width=width, height=height, length=len(sound), metadata={}, preset=preset) as film:
        for piece in pieces(sound, width, height, count):
            film.write(piece)
    return out


def decoded(path: Path) -> tuple[int, NDArray[np.float32]]:
    """Frames and samples as PyAV gives them."""
    with av.open(str(path)) as container:
        num = sum(1 for _ in container.decode(video=0))
    with av.open(str(path)) as container:
        sound = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)
    return num, sound.T


def ffmpeg(*arguments: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


def ffmpeg_decoded(path: Path) -> tuple[int, NDArray[np.float32]]:
    """Frames and samples as the ffmpeg command gives them."""
    lines = ffmpeg("-i", str(path), "-map", "0:v", "-fps_mode", "passthrough", "-f", "framecrc", "-").decode().splitlines()
    data = ffmpeg("-i", str(path), "-map", "0:a", "-f", "f32le", "-")
    return sum(not line.startswith("#") for line in lines), np.frombuffer(data, "<f4").reshape(-1, 2)


def onsets(sound: NDArray[np.float32]) -> list[int]:
    """The first loud sample of every beep of the test engine."""
    loud = np.flatnonzero(np.abs(sound[:, 0]) > 0.25)
    return [int(loud[0]), *(int(b) for a, b in pairwise(loud) if b - a > TICKS_PER_SECOND // 2)]


@pytest.mark.parametrize("seconds", range(4, 16))
def test_a_film_of_any_length_has_exactly_its_frames_and_samples_and_beeps_on_the_flash(seconds: int, tmp_path: Path) -> None:
    film = play(tmp_path / "film.mp4", seconds, 320, 180)
    for num, sound in (decoded(film), ffmpeg_decoded(film)):
        assert num == 24 * seconds
        assert sound.shape == (TICKS_PER_SECOND * seconds, 2)
        assert [abs(at - TICKS_PER_SECOND * i) <= 1 for i, at in enumerate(onsets(sound))] == [True] * seconds
    frames = list(read_frames(film))
    assert [number_in(f) for f in frames] == list(range(24 * seconds))
    assert [i for i, f in enumerate(frames) if flash_in(f)] == [24 * i for i in range(seconds)]


@pytest.mark.parametrize("resolution", list(SIZES))
@pytest.mark.parametrize("ratio", list(SIZES["480p"]))
def test_every_size_is_written_as_asked_and_of_exact_length(resolution: str, ratio: str, tmp_path: Path) -> None:
    width, height = SIZES[resolution][ratio]
    film = write(tmp_path / "film.mp4", np.zeros((4 * TICKS_PER_SECOND, 2), np.float32), width, height)
    num, sound = decoded(film)
    assert (num, len(sound)) == (96, 4 * TICKS_PER_SECOND)
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (width, height)


@pytest.mark.slow
@pytest.mark.parametrize("resolution", list(SIZES))
@pytest.mark.parametrize("ratio", list(SIZES["480p"]))
@pytest.mark.parametrize("seconds", range(4, 16))
def test_the_full_matrix_of_lengths_ratios_and_resolutions_is_exact(seconds: int, ratio: str, resolution: str, tmp_path: Path) -> None:
    film = play(tmp_path / "film.mp4", seconds, *SIZES[resolution][ratio], preset="draft")
    num, sound = decoded(film)
    assert (num, len(sound)) == (24 * seconds, TICKS_PER_SECOND * seconds)
    assert len(onsets(sound)) == seconds
    assert number_in(last_frame(film, seconds * TICKS_PER_SECOND)) == 24 * seconds - 1


@pytest.mark.parametrize("at", [0, 1023, 50_001, 4 * TICKS_PER_SECOND - 700])
def test_a_click_comes_out_within_one_sample_of_where_it_went_in(at: int, tmp_path: Path) -> None:
    sound = np.zeros((4 * TICKS_PER_SECOND, 2), np.float32)
    sound[at] = 0.9
    film = write(tmp_path / "film.mp4", sound, preset="film")
    for _, heard in (decoded(film), ffmpeg_decoded(film)):
        assert abs(int(np.argmax(np.abs(heard[:, 0]))) - at) <= 1


def test_the_same_film_has_the_same_bytes_whatever_the_chunks_and_the_cores(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    sound = rng.uniform(-0.5, 0.5, (4 * TICKS_PER_SECOND, 2)).astype(np.float32)
    first = write(tmp_path / "a.mp4", sound, 320, 180, preset="film").read_bytes()
    assert write(tmp_path / "b.mp4", sound, 320, 180, count=5, preset="film").read_bytes() == first
    assert write(tmp_path / "c.mp4", sound, 320, 180, preset="film").read_bytes() == first


@pytest.mark.skipif(sys.platform != "linux", reason="the number of cores can be set there")
def test_a_film_made_on_one_core_has_the_bytes_of_one_made_on_all(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]); import test_writer as t; t.play(Path(sys.argv[1]), 4, 496, 864)"
    digests = set[str]()
    for name, cores in (("one.mp4", {min(os.sched_getaffinity(0))}), ("all.mp4", os.sched_getaffinity(0))):
        out = tmp_path / name
        command = [sys.executable, "-c", f"import os; os.sched_setaffinity(0, {cores}); {code}", str(out), str(Path(__file__).parent)]
        subprocess.run(command, check=True)
        digests.add(hashlib.sha256(out.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_film_is_tagged_bt709_limited_starts_fast_and_carries_no_banner(tmp_path: Path) -> None:
    film = play(tmp_path / "film.mp4", 4, 640, 640)
    with av.open(str(film)) as container:
        context = container.streams.video[0].codec_context
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        assert context.pix_fmt == "yuv420p"
        assert container.streams.video[0].average_rate == 24
        sound = container.streams.audio[0]
        assert (sound.rate, sound.codec_context.layout.name) == (48_000, "stereo")
    data = film.read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")
    for banner in (b"x264", b"Lavf", b"Lavc", b"libx"):
        assert banner not in data


def test_colours_come_back_as_they_went_in(tmp_path: Path) -> None:
    film = play(tmp_path / "film.mp4", 4, 1280, 720)
    still = tmp_path / "still.png"
    ffmpeg("-i", str(film), "-vf", "select=eq(n\\,5)", "-frames:v", "1", "-pix_fmt", "rgb24", str(still))
    for rgb in (poster(film, 5 * TICKS_PER_FRAME), read_picture(still).rgb):
        for i, colour in enumerate(BARS):
            assert np.abs(rgb[60, (2 * i + 1) * 1280 // 14].astype(int) - colour).max() <= 3


def test_a_film_without_sound_has_no_sound_track(tmp_path: Path) -> None:
    film = play(tmp_path / "film.mp4", 4, 320, 180, sound=False)
    with av.open(str(film)) as container:
        assert not container.streams.audio
    with pytest.raises(ReferenceError_, match="no sound"):
        read_sound(film)


@pytest.mark.parametrize("error", [Cancelled("stopped"), KeyboardInterrupt(), RuntimeError("an engine broke")])
def test_an_interrupted_film_leaves_nothing_and_an_older_one_as_it_was(error: BaseException, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    out.write_bytes(b"an older film")
    sound = np.zeros((4 * TICKS_PER_SECOND, 2), np.float32)
    with pytest.raises(type(error)), FilmWriter(out, width=64, height=64, length=len(sound), metadata={}) as film:
        for i, piece in enumerate(pieces(sound)):
            film.write(piece)
            if i == 3:
                raise error
    assert list(tmp_path.iterdir()) == [out]
    assert out.read_bytes() == b"an older film"


def spoiled(kind: str, piece: Piece) -> Piece:
    sound = piece.sound.copy()
    if kind == "not numbers":
        sound[7, 1] = np.nan
    return Piece(
        start=piece.start + (TICKS_PER_FRAME if kind == "a gap" else 0),
        frames=piece.frames[:, :-2] if kind == "another size" else piece.frames,
        sound=sound[:-1] if kind == "short sound" else sound,
    )


@pytest.mark.parametrize("kind", ["not numbers", "a gap", "another size", "short sound", "too few", "too many"])
def test_chunks_that_do_not_make_the_film_are_a_named_error_and_leave_nothing(kind: str, tmp_path: Path) -> None:
    sound = np.zeros((4 * TICKS_PER_SECOND, 2), np.float32)
    given = list(pieces(sound))
    given = given[:-1] if kind == "too few" else given + given[-1:] if kind == "too many" else [spoiled(kind, given[0])]
    with pytest.raises(EncodeError), FilmWriter(tmp_path / "film.mp4", width=64, height=64, length=len(sound), metadata={}) as film:
        for piece in given:
            film.write(piece)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("place", ["no/such/folder/film.mp4", "folder", "x" * 300 + ".mp4", "file.txt/film.mp4"])
def test_a_place_that_takes_no_film_is_a_named_error_before_any_work(place: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.txt").write_text("a file")
    with pytest.raises(EncodeError), FilmWriter(tmp_path / place, width=64, height=64, length=96_000, metadata={}):
        pytest.fail("the writer opened")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file.txt", "folder"]
    assert not list((tmp_path / "folder").iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full device is there on Linux")
def test_a_full_disk_is_a_named_error() -> None:
    with pytest.raises(EncodeError):
        write_wav(Path("/dev/full/a.wav"), np.zeros((10, 2), np.float32))


def test_provenance_comes_back_from_the_film(tmp_path: Path) -> None:
    request = {"prompt": "她说：“你好” 😀 \0" + chr(0xD800) + "long " * 4000, "references": [{"tag": "face", "sha256": "ab" * 32}]}
    header = provenance(engine="test", seed=7, request=request, score_sha256="cd" * 32, title="Ein Film")
    found = read_provenance(play(tmp_path / "film.mp4", 4, 320, 180, metadata=header))
    assert found["ai_generated"] is True and found["engine"] == "test" and found["seed"] == 7 and found["score_sha256"] == "cd" * 32
    assert found["request"] == json.loads(json.dumps(request))
    assert found["digital_source_type"].endswith("trainedAlgorithmicMedia")


def test_a_film_that_is_not_ours_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReferenceError_, match="does not say how"):
        read_provenance(play(tmp_path / "film.mp4", 4, 320, 180, metadata={"comment": "holiday"}))
    (tmp_path / "x.mp4").write_bytes(b"nothing")
    with pytest.raises(ReferenceError_):
        read_provenance(tmp_path / "x.mp4")


def test_stills_sounds_and_captions_come_back_as_they_were_written(tmp_path: Path) -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    write_png(tmp_path / "a.png", rgb)
    assert np.array_equal(read_picture(tmp_path / "a.png").rgb, rgb)
    sound = np.random.default_rng(2).uniform(-1, 1, (4800, 2)).astype(np.float32)
    write_wav(tmp_path / "a.wav", sound)
    heard, _ = read_sound(tmp_path / "a.wav")
    assert np.abs(heard - sound).max() < 1e-6
    captions = [(72_000, 120_000, "二"), (0, 48_048, "One -->\n\ntwo")]
    write_captions(tmp_path / "a.srt", captions)
    assert (tmp_path / "a.srt").read_text("utf-8") == "1\n00:00:00,000 --> 00:00:01,001\nOne →\ntwo\n\n2\n00:00:01,500 --> 00:00:02,500\n二\n"
    write_captions(tmp_path / "a.vtt", captions)
    assert (tmp_path / "a.vtt").read_text("utf-8").startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.001\nOne →")
    with pytest.raises(EncodeError, match=r"\.srt or \.vtt"):
        write_captions(tmp_path / "a.txt", captions)


def test_the_poster_and_the_last_frame_are_those_frames(tmp_path: Path) -> None:
    film = play(tmp_path / "film.mp4", 5, 640, 360)
    assert [number_in(poster(film, t)) for t in (0, 1999, 2000, 100_500)] == [0, 0, 1, 50]
    assert number_in(last_frame(film, 5 * TICKS_PER_SECOND)) == 119
    with pytest.raises(EncodeError, match="no frame"):
        poster(film, 5 * TICKS_PER_SECOND)
