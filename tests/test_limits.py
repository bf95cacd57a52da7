"""Both profiles of limits: every row at its edges, and the counts on real files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import odd_files as odd
from phonofilm.clock import ticks
from phonofilm.errors import LimitError, RequestError
from phonofilm.limits import MB, PROFILES, profile, read_profiles
from phonofilm.media.check import check, check_one
from phonofilm.media.probe import Facts
from phonofilm.media.reference import open_references
from phonofilm.request import Reference

IMAGE = Facts(kind="image", format="jpeg", bytes=MB, width=1200, height=900)
VIDEO = Facts(kind="video", format="mp4", bytes=MB, width=1280, height=720, length=ticks(5), fps=24.0, frames=120)
AUDIO = Facts(kind="audio", format="wav", bytes=MB, length=ticks(5), channels=2, rate=48_000)

#: the allowed and the refused side of every edge of the seedance profile
EDGES = [
    (IMAGE, {"bytes": 30 * MB}, {"bytes": 30 * MB + 1}, "size"),
    (IMAGE, {"width": 300, "height": 300}, {"width": 299, "height": 300}, "size of the picture"),
    (IMAGE, {"width": 6000, "height": 6000}, {"width": 6001, "height": 6000}, "size of the picture"),
    (IMAGE, {"width": 400, "height": 1000}, {"width": 399, "height": 1000}, "aspect"),
    (IMAGE, {"width": 1000, "height": 400}, {"width": 1001, "height": 400}, "aspect"),
    (IMAGE, {"format": "tiff"}, {"format": "heic"}, "format"),
    (VIDEO, {"bytes": 50 * MB}, {"bytes": 50 * MB + 1}, "size"),
    (VIDEO, {"length": ticks(2)}, {"length": ticks(2) - 1}, "length"),
    (VIDEO, {"length": ticks(15)}, {"length": ticks(15) + 1}, "length"),
    (VIDEO, {"height": 300}, {"height": 298}, "size of the picture"),
    (VIDEO, {"fps": 23.976}, {"fps": 23.0}, "frames a second"),
    (VIDEO, {"fps": 60.0}, {"fps": 61.0}, "frames a second"),
    (VIDEO, {"format": "mov"}, {"format": "matroska"}, "format"),
    (AUDIO, {"bytes": 15 * MB}, {"bytes": 15 * MB + 1}, "size"),
    (AUDIO, {"length": ticks(2)}, {"length": ticks(2) - 1}, "length"),
    (AUDIO, {"length": ticks(15)}, {"length": ticks(15) + 1}, "length"),
    (AUDIO, {"format": "mp3"}, {"format": "flac"}, "format"),
]


@pytest.mark.parametrize(("facts", "allowed", "refused", "rule"), EDGES)
def test_each_row_of_the_seedance_profile_holds_at_its_edge(facts: Facts, allowed: dict, refused: dict, rule: str) -> None:
    rules = profile("seedance")
    check_one("a.file", replace(facts, **allowed), rules)
    with pytest.raises(LimitError) as caught:
        check_one("a.file", replace(facts, **refused), rules)
    assert caught.value.file == "a.file" and caught.value.rule.startswith(rule)
    assert "allowed" in str(caught.value) and "--limits local" in str(caught.value)


REAL = [
    replace(IMAGE, format="heic", bytes=40 * MB, width=9000, height=6700),
    replace(IMAGE, width=200, height=2000),
    replace(VIDEO, fps=29.97, length=ticks(300), format="matroska", bytes=900 * MB),
    replace(VIDEO, fps=240.0, width=3840, height=2160),
    replace(AUDIO, length=ticks(0.2), format="ogg"),
    replace(AUDIO, length=ticks(180), format="flac", bytes=40 * MB),
]


@pytest.mark.parametrize("facts", REAL)
def test_the_local_profile_takes_what_phones_and_cameras_make(facts: Facts) -> None:
    check_one("a.file", facts, profile("local"))


TOO_MUCH = [
    replace(IMAGE, width=15_000, height=15_000),
    replace(IMAGE, width=4, height=4),
    replace(VIDEO, width=16_000, height=100),
    replace(VIDEO, bytes=5_000 * MB),
    replace(AUDIO, length=ticks(2 * 3600)),
    replace(AUDIO, length=10),
]


@pytest.mark.parametrize("facts", TOO_MUCH)
def test_the_local_profile_still_protects_the_machine(facts: Facts) -> None:
    with pytest.raises(LimitError) as caught:
        check_one("a.file", facts, profile("local"))
    assert "--limits local" not in str(caught.value)


@given(
    kind=st.sampled_from(["image", "video", "audio"]),
    width=st.integers(1, 20_000),
    height=st.integers(1, 20_000),
    length=st.integers(0, ticks(7200)),
    size=st.integers(1, 10**10),
    fps=st.floats(0.1, 2000),
)
def test_whatever_the_seedance_profile_takes_the_local_one_takes_too(kind: str, width: int, height: int, length: int, size: int, fps: float) -> None:
    base = {"image": IMAGE, "video": VIDEO, "audio": AUDIO}[kind]
    facts = replace(base, width=width, height=height, length=length, bytes=size, fps=fps)
    try:
        check_one("a.file", facts, PROFILES["seedance"])
    except LimitError:
        return
    check_one("a.file", facts, PROFILES["local"])


def several(folder: Path, images: int, sounds: int, clips: int = 0) -> tuple[Reference, ...]:
    photo = odd.written(folder, "a.jpg", odd.jpeg_bytes())
    sound = odd.sound(folder, "a.wav", 8000, 1)
    specs = [*(f"i{n}={photo}" for n in range(images)), *(f"s{n}={sound}" for n in range(sounds))]
    if clips:
        video = odd.clip(folder)
        specs += [f"c{n}={video}" for n in range(clips)]
    return open_references(specs)


@pytest.mark.parametrize("name", list(PROFILES))
@pytest.mark.parametrize(
    ("images", "sounds", "clips", "rule"),
    [(10, 0, 0, "number of image files"), (0, 4, 0, "number of audio files"), (0, 0, 4, "number of video files"), (9, 3, 1, "number of files")],
)
def test_the_counts_hold_in_both_profiles(name: str, images: int, sounds: int, clips: int, rule: str, tmp_path: Path) -> None:
    with pytest.raises(LimitError) as caught:
        check(several(tmp_path, images, sounds, clips), name)
    assert caught.value.rule == rule


def test_twelve_files_are_taken_and_no_file_is_fine(tmp_path: Path) -> None:
    assert check((), "seedance") == ()
    assert check(several(tmp_path, 9, 3), "seedance") == ()


def test_sounds_may_not_exceed_fifteen_seconds_together(tmp_path: Path) -> None:
    long = odd.sound(tmp_path, "long.wav", 8000, 1, 8.0)
    references = open_references([f"a={long}", f"b={long}"])
    check(references, "local")
    with pytest.raises(LimitError, match=r"together is 16\.00 s, allowed at most 15 s"):
        check(references, "seedance")


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(RequestError, match="seedance, local"):
        profile("strict")


def test_an_operator_changes_rows_and_adds_profiles_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text('[local]\nfiles = 4\n[local.image]\ncount = 2\n[kiosk.video]\nlength = [96000, 480000]\nformats = ["mp4"]\n', "utf-8")
    profiles = read_profiles(file)
    assert profiles["local"].files == 4 and profiles["local"].image.count == 2 and profiles["seedance"] == PROFILES["seedance"]
    with pytest.raises(LimitError, match="length"):
        check_one("a", replace(VIDEO, length=ticks(11)), profiles["kiosk"])
    with pytest.raises(LimitError, match="format"):
        check_one("a", replace(VIDEO, format="mov"), profiles["kiosk"])


@pytest.mark.parametrize(
    "text",
    [
        "[local.image]\ncolour = 1\n",
        "[local]\nimages = 3\n",
        "not toml",
        "local = 3\n",
        '[local.image]\ncount = "x"\n',
        "[local.video]\nlength = [1]\n",
    ],
)
def test_a_wrong_row_in_that_file_is_a_named_error(text: str, tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(RequestError, match=r"limits\.toml"):
        read_profiles(file)
