"""The stage draws the same pixels whoever draws them, in whatever order, on however many cores."""

import hashlib
import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from media import picture as media_picture
from phonofilm.engines.stage.stage import Stage, draw_frame
from phonofilm.media.colour import to_i420
from phonofilm.perceive.picture import perceive_picture
from phonofilm.progress import quiet
from phonofilm.score.framing import frame_picture
from phonofilm.score.materials import Materials
from phonofilm.score.model import Actor, Caption, Score, Shot, Source
from phonofilm.weights import cache_dir
from tracked import made_picture, score_of

FILM = """
import sys
from pathlib import Path
import phonofilm.generate as g
from phonofilm.engines.stage.stage import Stage
from phonofilm.media.reference import sha256_of
from phonofilm.request import Reference, Request
photo = Path(sys.argv[1])
me = Reference(tag="me", path=photo, kind="image", sha256=sha256_of(photo))
request = Request(prompt="@me pan left, rain outside", references=(me,), seconds=4, resolution="480p", seed=3)
g.generate(request, Path(sys.argv[2]), engine=Stage(workers=int(sys.argv[3])))
"""


def film_of(out: Path, workers: int, *, cores: str = "", cache: Path | None = None) -> str:
    """sha256 of a film that another process makes of the astronaut."""
    command = [sys.executable, "-c", FILM, str(media_picture("astronaut")), str(out), str(workers)]
    if cores:
        command = ["taskset", "-c", cores, *command]
    made = subprocess.run(command, capture_output=True, text=True, env=os.environ | ({"PHONOFILM_CACHE": str(cache)} if cache else {}), check=False)
    assert made.returncode == 0, made.stderr[-2000:]
    return hashlib.sha256(out.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def living() -> tuple[Score, Materials]:
    """Two short shots of a living face that dissolve, with words on the picture."""
    photo = media_picture("astronaut")
    source = Source(sha256=hashlib.sha256(photo.read_bytes()).hexdigest(), name=photo.name, kind="image")
    picture = perceive_picture(photo, source.sha256)
    shots = []
    for k, family in enumerate(("truck_right", "orbit_left")):
        framed = frame_picture(picture, source, family, k * 48_000, (k + 1) * 48_000, (432, 248))
        shots.append(Shot(start=k * 48_000, end=(k + 1) * 48_000, camera=framed.camera, setting=framed.setting, seen=("me",), grade="warm evening"))
    shots[1] = replace(shots[1], transition="dissolve")
    score = Score(
        length=96_000, width=432, height=248, seed=5, shots=tuple(shots), cast=(Actor(name="me", source=source, role="face"),),
        cues=(Caption(start=10_000, end=60_000, text="Hello there"),),
    )  # fmt: skip
    return score, Materials(pictures={source.sha256: picture}, sounds={}, clips={})


def frames_of(score: Score, materials: Materials, workers: int) -> np.ndarray:
    return np.concatenate([chunk.frames for chunk in Stage(workers=workers).play(score, materials, progress=quiet)])


def test_one_worker_and_three_draw_the_same_frames(living):
    score, materials = living
    assert np.array_equal(frames_of(score, materials, 1), frames_of(score, materials, 3))


def test_frames_drawn_alone_and_shuffled_are_those_of_the_film(living):
    score, materials = living
    film = frames_of(score, materials, 2)
    wanted = [0, 1, 23, 24, 25, 29, 36, 47]
    random.Random(1).shuffle(wanted)
    for frame in wanted:
        assert np.array_equal(to_i420(draw_frame(score, materials, frame)), film[frame]), frame


def test_frames_of_a_made_picture_do_not_depend_on_their_order():
    picture = made_picture(800, 600, standing=True)
    score = score_of(picture, "push_in", (320, 240), 4)
    materials = Materials(pictures={picture.source: picture}, sounds={}, clips={})
    film = frames_of(score, materials, 2)
    for frame in (95, 3, 50):
        assert np.array_equal(to_i420(draw_frame(score, materials, frame)), film[frame])


def test_chunks_tile_the_film_with_sound_of_the_same_span():
    picture = made_picture(800, 600)
    score = score_of(picture, "static", (320, 240), 4)
    at = 0
    for chunk in Stage(workers=2).play(score, Materials(pictures={picture.source: picture}, sounds={}, clips={}), progress=quiet):
        assert chunk.start == at and chunk.sound.shape == (len(chunk.frames) * 2000, 2)
        at += len(chunk.frames) * 2000
    assert at == score.length


@pytest.mark.slow
def test_the_same_request_gives_the_same_bytes_with_other_workers_cores_and_caches(tmp_path):
    fresh = tmp_path / "cache"
    fresh.mkdir()
    (fresh / "models").symlink_to(cache_dir() / "models", target_is_directory=True)
    first = film_of(tmp_path / "a.mp4", 2)
    assert film_of(tmp_path / "b.mp4", 1) == first, "one worker"
    assert film_of(tmp_path / "c.mp4", 2, cache=fresh) == first, "cold cache"
    assert film_of(tmp_path / "d.mp4", 2, cache=fresh) == first, "warm cache"
    if shutil.which("taskset") and (os.cpu_count() or 1) > 1:
        assert film_of(tmp_path / "e.mp4", 0, cores="0") == first, "one core"
        assert film_of(tmp_path / "f.mp4", 0, cores="0,1") == first, "two cores"
