"""Clips perceived: cuts, motion accents, faces, sound."""

import hashlib

import av
import numpy as np
import pytest
from PIL import Image

from media import picture
from phonofilm import weights
from phonofilm.clock import frame_start
from phonofilm.media.read import glance, read_frames
from phonofilm.perceive import perceive
from phonofilm.perceive.clip import accents, changes, perceive_clip
from phonofilm.request import Reference


def photo(name, width=320, height=180):
    return np.asarray(Image.open(picture(name)).convert("RGB").resize((width * 2, height * 2)))


def glide(image, count, step=3, width=320, height=180):
    """A pan over a still."""
    for k in range(count):
        x = 10 + step * k
        yield np.ascontiguousarray(image[40 : 40 + height, x : x + width])


def written(path, frames, rate=24, samples=None):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = frames[0].shape[1], frames[0].shape[0], "yuv420p"
        if samples is not None:
            track = container.add_stream("aac", rate=48_000, layout="mono")
            sound = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
            sound.sample_rate, sound.pts = 48_000, 0
            for packet in (*track.encode(sound), *track.encode()):
                container.mux(packet)
        for frame in frames:
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def test_cuts_are_found_on_their_frame_and_pans_and_flashes_are_none():
    shots = [*glide(photo("coffee"), 30), *glide(photo("smile"), 25), *glide(photo("cat"), 35, step=8)]
    shots[70] = np.clip(shots[70].astype(int) + 90, 0, 255).astype(np.uint8)
    cuts, motion = changes(iter(shots))
    assert cuts == [30, 55]
    assert motion[5:25].mean() == pytest.approx(3 / 320, rel=0.5)


def test_a_jerk_is_an_accent_and_steady_motion_is_none():
    steady = np.full(60, 0.01, np.float32)
    assert accents(steady, []) == []
    steady[30:33] = (0.03, 0.06, 0.03)
    assert accents(steady, []) == [31]


def test_a_clip_gets_a_copy_with_cuts_in_ticks_and_its_faces_counted(tmp_path):
    frames = [*glide(photo("coffee"), 30), *glide(photo("group"), 30, step=1)]
    path = written(tmp_path / "clip.mp4", frames)
    clip = perceive_clip(path, "x", copy=tmp_path / "copy.mp4")
    assert clip.path.is_file() and (clip.width, clip.height) == (320, 180)
    assert clip.length == frame_start(60) and clip.cuts == (frame_start(30),)
    assert clip.sound is None and clip.faces >= 1


def test_a_clip_with_sound_is_heard_and_remembered_with_its_copy(tmp_path, monkeypatch):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "models").symlink_to(weights.cache_dir() / "models", target_is_directory=True)
    monkeypatch.setenv("PHONOFILM_CACHE", str(tmp_path / "cache"))
    noise = np.random.default_rng(1).standard_normal(96_000).astype(np.float32) * 0.1
    path = written(tmp_path / "clip.mp4", list(glide(photo("cat"), 48)), samples=noise)
    reference = Reference(tag="clip", path=path, kind="video", sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    first = perceive([reference], {}).clips["clip"]
    assert first.sound is not None and abs(len(first.sound.samples) - 96_000) <= 2_000
    steps = []
    again = perceive([reference], {}, progress=lambda step, done=0.0: steps.append(step)).clips["clip"]
    assert steps == [] and again.path == first.path and again.path.is_file()
    again.path.unlink()
    perceive([reference], {}, progress=lambda step, done=0.0: steps.append(step))
    assert steps and again.path.is_file()


def test_a_clip_directs_a_film_before_its_copy_is_written_and_the_copy_shows_what_was_seen(tmp_path, monkeypatch):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "models").symlink_to(weights.cache_dir() / "models", target_is_directory=True)
    monkeypatch.setenv("PHONOFILM_CACHE", str(tmp_path / "cache"))
    path = written(tmp_path / "clip.mp4", [*glide(photo("coffee"), 30), *glide(photo("cat"), 30, step=1)])
    reference = Reference(tag="clip", path=path, kind="video", sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    early = perceive([reference], {}, wait=False)
    sketch = early.clips["clip"]
    assert sketch.cuts == (frame_start(30),) and not sketch.path.exists()
    done = early.whole()
    assert not done.copies and done.clips["clip"] is not None and done.clips["clip"].path.is_file()
    small = glance(path, every=12, wide=64, side=128).small
    shown = list(read_frames(sketch.path, size=(64, 36)))
    assert len(shown) == len(small) == 60
    assert max(np.abs(a.astype(int) - b).mean() for a, b in zip(shown, small, strict=True)) < 3
    assert not perceive([reference], {}, wait=False).copies
