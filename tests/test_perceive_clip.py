"""Clips perceived: cuts, motion accents, faces, sound."""

import av
import numpy as np
import pytest
from PIL import Image

from media import picture
from phonofilm.clock import frame_start
from phonofilm.perceive.clip import accents, changes, perceive_clip


def photo(name, width=320, height=180):
    return np.asarray(Image.open(picture(name)).convert("RGB").resize((width * 2, height * 2)))


def glide(image, count, step=3, width=320, height=180):
    """A pan over a still."""
    for k in range(count):
        x = 10 + step * k
        yield np.ascontiguousarray(image[40 : 40 + height, x : x + width])


def written(path, frames, rate=24):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = frames[0].shape[1], frames[0].shape[0], "yuv420p"
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
