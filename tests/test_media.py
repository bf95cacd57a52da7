"""Reading, seeking, colour and the sandbox."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import odd_files as odd
from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND
from phonofilm.engines.test import number_in
from phonofilm.errors import ReferenceError_
from phonofilm.media import hdr, sandbox
from phonofilm.media.colour import from_i420, to_i420
from phonofilm.media.probe import probe
from phonofilm.media.read import read_frames, read_picture, read_sound, transcode_clip
from phonofilm.media.reference import fit_tag, open_reference, open_references, split
from phonofilm.media.sniff import sniff
from phonofilm.media.sounds import resample
from test_writer import play


@pytest.fixture(scope="module")
def bars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return play(tmp_path_factory.mktemp("bars") / "bars.mp4", 6, 640, 360)


def exact_yuv(rgb: np.ndarray) -> np.ndarray:
    """BT.709 as the recommendation writes it, in floating point."""
    r, g, b = (rgb[..., i] / 255.0 for i in range(3))
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return np.stack([16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748], -1)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=40)
def test_colour_goes_to_bt709_within_one_level_and_without_bias(seed: int, rows: int, columns: int) -> None:
    rgb = np.random.default_rng(seed).integers(0, 256, (2 * rows, 2 * columns, 3), dtype=np.uint8)
    frame = to_i420(rgb)
    want = exact_yuv(rgb)
    luma = frame[: 2 * rows] - want[..., 0]
    assert np.abs(luma).max() <= 1.01 and (abs(luma.mean()) < 0.25 or luma.size < 400)
    chroma = want[..., 1:].reshape(rows, 2, columns, 2, 2).mean((1, 3))
    planes = frame[2 * rows :].reshape(2, rows, columns)
    assert np.abs(planes - chroma.transpose(2, 0, 1)).max() <= 1.51


@given(st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)))
def test_a_plain_colour_comes_back_within_two_levels(colour: tuple[int, int, int]) -> None:
    rgb = np.full((8, 8, 3), colour, np.uint8)
    assert np.abs(from_i420(to_i420(rgb)).astype(int) - rgb).max() <= 3


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
def test_a_grey_ramp_in_high_dynamic_range_comes_back_as_it_was_up_to_its_highlights(transfer: hdr.Transfer) -> None:
    grey = np.linspace(0, 1, 256)
    light = np.where(grey <= 0.04045, grey / 12.92, ((grey + 0.055) / 1.055) ** 2.4) * 203  # cd/m², white at 203 (BT.2408)
    if transfer == "pq":
        y = (light / 10_000) ** 0.1593017578125
        coded = ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375
    else:
        e = (light / 1000) ** (1 / 1.2)
        coded = np.where(e <= 1 / 12, np.sqrt(3 * e), 0.17883277 * np.log(np.maximum(12 * e - 0.28466892, 1e-9)) + 0.55991073)
    back = hdr.to_sdr(np.repeat(coded[:, None], 3, 1), transfer)
    assert np.abs(back[:220] - grey[:220, None]).max() < 0.01
    assert (np.diff(back[:, 0]) >= 0).all() and 0.88 < back[-1, 0] < 0.95
    assert hdr.to_sdr(np.ones((1, 3)), transfer).min() > 0.99


def test_black_and_white_are_the_ends_of_the_limited_range() -> None:
    assert set(to_i420(np.zeros((4, 4, 3), np.uint8))[:4].ravel()) == {16}
    assert set(to_i420(np.full((4, 4, 3), 255, np.uint8))[:4].ravel()) == {235}


@pytest.mark.parametrize("frame", [0, 1, 11, 12, 13, 47, 48, 49, 100, 143])
def test_seeking_is_exact_to_the_frame(frame: int, bars: Path) -> None:
    for tick in (frame * TICKS_PER_FRAME, frame * TICKS_PER_FRAME + TICKS_PER_FRAME - 1):
        found = [number_in(f) for f in read_frames(bars, tick, 3)]
        assert found == list(range(frame, min(frame + 3, 144)))


def test_frames_come_at_the_size_asked_for(bars: Path) -> None:
    assert [f.shape for f in read_frames(bars, 0, 2, (320, 180))] == [(180, 320, 3)] * 2


def test_a_copy_of_a_part_of_a_clip_starts_at_the_tick_asked_for(bars: Path, tmp_path: Path) -> None:
    copy = transcode_clip(bars, tmp_path / "part.mp4", start=50 * TICKS_PER_FRAME, most=2 * TICKS_PER_SECOND)
    assert [number_in(f) for f in read_frames(copy.path)] == list(range(50, 98))
    whole, _ = read_sound(bars)
    part, _ = read_sound(copy.path)
    assert len(part) == 2 * TICKS_PER_SECOND
    assert np.abs(part - whole[100_000:196_000]).max() < 0.05
    assert "only 2 s of its 6.0 s" in " ".join(copy.remarks)
    with pytest.raises(ReferenceError_, match="it ends before"):
        transcode_clip(bars, tmp_path / "none.mp4", start=7 * TICKS_PER_SECOND)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["part.mp4"]


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 44_100, 96_000, 192_000])
def test_resampling_shifts_nothing_and_keeps_the_length(rate: int) -> None:
    t = np.arange(rate) / rate
    tone = np.sin(2 * np.pi * 440 * t) * np.hanning(rate)
    made = resample(np.repeat(tone[:, None], 2, 1).astype(np.float32), rate)
    at = np.arange(TICKS_PER_SECOND) / TICKS_PER_SECOND
    want = np.sin(2 * np.pi * 440 * at) * np.interp(at, t, np.hanning(rate))
    assert len(made) == TICKS_PER_SECOND
    assert np.abs(made[2000:-2000, 0] - want[2000:-2000]).max() < 0.003


def test_the_centre_of_a_surround_sound_is_heard_on_both_sides_and_its_left_on_the_left(tmp_path: Path) -> None:
    import soundfile

    data = np.zeros((48_000, 6))
    data[10_000:12_000, 2] = 0.5  # centre
    data[20_000:22_000, 0] = 0.5  # front left
    data[30_000:32_000, 5] = 0.5  # surround right
    data[40_000:42_000, 3] = 0.5  # low frequencies
    soundfile.write(tmp_path / "six.wav", data, 48_000, subtype="PCM_16", format="WAVEX")
    sound, _ = read_sound(tmp_path / "six.wav")
    assert sound[11_000] == pytest.approx([0.354, 0.354], abs=0.01)
    assert sound[21_000] == pytest.approx([0.5, 0], abs=0.01)
    assert sound[31_000] == pytest.approx([0, 0.354], abs=0.01)
    assert sound[41_000] == pytest.approx([0, 0], abs=0.01)


def test_a_mono_sound_keeps_its_level_on_both_sides(tmp_path: Path) -> None:
    sound, _ = read_sound(odd.sound(tmp_path, "mono.wav", 48_000, 1))
    assert np.array_equal(sound[:, 0], sound[:, 1]) and np.abs(sound).max() == pytest.approx(0.7, abs=0.01)


def test_only_so_much_of_a_long_sound_is_read_and_it_is_said(tmp_path: Path) -> None:
    sound, remarks = read_sound(odd.sound(tmp_path, "long.wav", 8000, 1, 20.0), most=5 * TICKS_PER_SECOND)
    assert len(sound) == 5 * TICKS_PER_SECOND and "only its first 5 s" in remarks[0]


def test_facts_tell_a_clip_as_it_is_seen(tmp_path: Path) -> None:
    found = probe(odd.rotated_clip(tmp_path, 1))
    assert (found.kind, found.width, found.height, found.frames, found.steady, found.sound) == ("video", 320, 480, 60, True, True)
    assert abs(found.fps - 24) < 0.01 and found.length == 2.5 * TICKS_PER_SECOND


def test_a_job_that_takes_too_long_is_stopped_and_the_next_one_works(tmp_path: Path) -> None:
    big = odd.picture(tmp_path, "big.png", "PNG", size=(9000, 9000))
    begin = time.monotonic()
    with pytest.raises(ReferenceError_, match=r"longer than 0\.2 s"):
        sandbox.run("picture", big, seconds=0.2)
    assert time.monotonic() - begin < 5
    assert read_picture(odd.picture(tmp_path, "small.png", "PNG")).rgb.shape == (360, 480, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")
def test_a_job_that_takes_too_much_memory_is_a_named_error(tmp_path: Path) -> None:
    big = odd.picture(tmp_path, "big.png", "PNG", size=(9000, 9000))
    with pytest.raises(ReferenceError_, match="memory"):
        sandbox.run("picture", big, seconds=20, memory=400 << 20)


def test_a_worker_that_dies_between_two_jobs_is_replaced(tmp_path: Path) -> None:
    path = odd.picture(tmp_path, "a.png", "PNG")
    read_picture(path)
    for worker in sandbox._idle.workers:
        worker.process.kill()
        worker.process.wait()
    assert read_picture(path).rgb.shape == (360, 480, 3)


def test_jobs_of_several_threads_do_not_mix(tmp_path: Path) -> None:
    paths = [odd.picture(tmp_path, f"{n}.png", "PNG", size=(100 + 10 * n, 100)) for n in range(6)]
    widths: dict[int, int] = {}

    def read(n: int) -> None:
        widths[n] = read_picture(paths[n]).rgb.shape[1]

    threads = [threading.Thread(target=read, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert widths == {n: 100 + 10 * n for n in range(6)}


def test_a_program_that_read_a_file_ends_at_once_and_leaves_no_process_or_folder(tmp_path: Path) -> None:
    path = odd.picture(tmp_path, "a.png", "PNG")
    code = (
        "import sys; from pathlib import Path; from phonofilm.media import read, sandbox; read.read_picture(Path(sys.argv[1]));"
        "w = sandbox._idle.workers[0]; print(w.process.pid, w.folder)"
    )
    begin = time.monotonic()
    pid, folder = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True).stdout.split()
    assert time.monotonic() - begin < 10
    assert not Path(folder).exists()
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are not the same there")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL])
def test_a_program_stopped_while_it_reads_leaves_no_process_and_no_folder(kind: signal.Signals, tmp_path: Path) -> None:
    big = odd.picture(tmp_path, "big.png", "PNG", size=(9000, 9000))
    own = tmp_path / "temporary"
    own.mkdir()
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "  # a parent in the background may have it ignored
        "from pathlib import Path; from phonofilm.media.read import read_picture; print(1, flush=True); read_picture(Path(sys.argv[1]))"
    )
    env = os.environ | {"TMPDIR": str(own)}
    with subprocess.Popen([sys.executable, "-c", code, str(big)], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout and process.stdout.readline()
        time.sleep(0.5)
        process.send_signal(kind)
        assert process.wait(15) != 0
    for _ in range(100):
        if not list(own.iterdir()):
            break
        time.sleep(0.1)
    assert not list(own.iterdir())


@given(st.binary(max_size=600))
def test_no_bytes_crash_the_sniffer(head: bytes) -> None:
    sniff(head)


@given(st.text(max_size=300))
def test_a_tag_made_from_any_name_is_one_that_may_be_given(stem: str) -> None:
    tag = fit_tag(stem)
    assert not tag or split(f"{tag}=x.jpg")[0] == tag


def test_tags_are_the_ones_given_or_the_names_of_the_files(tmp_path: Path) -> None:
    names = ["my photo (1).jpg", "صورة.jpg", "李雷.png", "😀.jpg", "hindi_हिन्दी.jpg"]
    for name in names:
        odd.written(tmp_path, name, odd.jpeg_bytes())
    references = open_references([*(str(tmp_path / n) for n in names), f"face_photo={tmp_path / names[0]}"])
    assert [r.tag for r in references] == ["my_photo_1", "صورة", "李雷", "file4", "hindi_हिन्दी", "face_photo"]
    assert len({r.sha256 for r in references}) == 1
    assert open_reference(f"@x={tmp_path / names[0]}").tag == "x"
