"""The look of a style picture on a film."""

from pathlib import Path

import numpy as np

import phonofilm
from media import picture
from phonofilm.engines.stage.style import Style
from phonofilm.media.colour import to_i420
from phonofilm.media.read import read_frames, read_picture


def test_a_grey_style_makes_a_grey_film() -> None:
    photo = read_picture(picture("astronaut")).rgb
    grey = np.repeat(photo.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    frame = to_i420(photo)
    chroma = Style.of(grey).apply(frame)[512:].astype(float) - 128
    assert np.abs(chroma).mean() < 0.1 * np.abs(frame[512:].astype(float) - 128).mean()


def test_tones_never_fall_and_black_and_white_stay(tmp_path: Path) -> None:
    for name in ("rocket", "coffee", "astronaut", "cat"):
        tone = Style.of(read_picture(picture(name)).rgb).tone
        assert (np.diff(tone.astype(int)) >= 0).all()
        assert tone[16] == 16 and tone[235] == 235


def test_a_film_takes_the_colours_of_its_style_and_says_what_it_cannot_take(tmp_path: Path) -> None:
    means = {}
    for name in ("rocket", "coffee"):
        references = {"product": picture("cat"), "style_ref": picture(name)}
        film = phonofilm.make(
            "@product in the style of @style_ref, static camera.",
            tmp_path / "a.mp4",
            references=references,
            seconds=4,
            resolution="480p",
            ratio="16:9",
        )
        assert film.score.style is not None and any("@style_ref" in r for r in film.remarks)
        assert len(film.score.shots) == 1
        means[name] = next(iter(read_frames(film.path, 48_000, 1))).reshape(-1, 3).mean(axis=0)
    # a night sky makes it darker and bluer than a cup of coffee does
    assert means["rocket"].mean() < means["coffee"].mean() - 8
    assert means["rocket"][2] - means["rocket"][0] > means["coffee"][2] - means["coffee"][0] + 15
