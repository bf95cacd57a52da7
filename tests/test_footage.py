"""Clips that are shorter than their shot."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

import phonofilm
from phonofilm.clock import TICKS_PER_FRAME
from phonofilm.media.colour import to_i420
from phonofilm.media.read import read_frames
from phonofilm.media.rewrite import rewrite
from phonofilm.media.stream import Decoded
from phonofilm.score.edit import Piece
from phonofilm.score.shots import NEARER, _span_of, _tightness
from phonofilm.vision.flow import between
from tracked import textured


def moving(frame: float) -> np.ndarray:
    """A texture that moves by six pixels a frame to the right, and three down."""
    shift = np.array([[1, 0, 6 * frame], [0, 1, 3 * frame]], np.float32)
    return cv2.warpAffine(textured(360, 640, 3, 30, 220), shift, (640, 360), borderMode=cv2.BORDER_REFLECT)


def test_the_picture_between_two_frames_is_nearer_to_the_truth_than_their_mixture() -> None:
    before, after, truth = moving(0), moving(1), moving(0.5).astype(float)
    made, mixed = between(before, after, 0.5).astype(float), (before.astype(float) + after) / 2
    inner = np.s_[30:-30, 30:-30]
    assert np.square(made - truth)[inner].mean() < 0.2 * np.square(mixed - truth)[inner].mean()


def test_a_clip_that_is_too_short_is_slowed_smoothly_and_it_is_said(tmp_path: Path) -> None:
    def frames() -> Iterator[Decoded]:
        for k in range(60):
            yield Decoded(at=k * 2000, i420=to_i420(moving(k)))

    clip = rewrite(tmp_path / "clip.mp4", frames(), None, rate=24)
    film = phonofilm.make("@clip, static camera.", tmp_path / "film.mp4", references={"clip": clip}, seconds=4, resolution="480p", ratio="16:9")
    assert any("62% of its speed" in r for r in film.remarks)
    shown = [cv2.resize(f, (216, 124), interpolation=cv2.INTER_AREA).astype(float)[20:-20, 20:-20] for f in read_frames(film.path)]
    steps = [float(np.abs(b - a).mean()) for a, b in pairwise(shown)]
    middle = steps[4:-4]  # no frame stands still, none jumps
    assert min(middle) > 0.5 * np.median(middle)
    assert max(middle) < 2 * np.median(middle)


@pytest.mark.parametrize(
    ("length", "used", "cuts", "lasts", "start"),
    [(240, 0, (100,), 60, 0), (240, 60, (100,), 60, 100), (240, 200, (100,), 60, 0), (100, 0, (50,), 90, 0)],
)
def test_a_clip_is_shown_from_where_no_cut_of_its_own_comes_between(length: int, used: int, cuts: tuple[int, ...], lasts: int, start: int) -> None:
    piece = Piece(start=0, end=lasts * TICKS_PER_FRAME, tag="clip")
    found, rate = _span_of(piece, length * TICKS_PER_FRAME, used * TICKS_PER_FRAME, [c * TICKS_PER_FRAME for c in cuts])
    assert (found // TICKS_PER_FRAME, rate) == (start, 1.0)


def test_a_clip_of_short_passages_is_shown_where_fewest_of_its_cuts_fall() -> None:
    piece = Piece(start=0, end=48 * TICKS_PER_FRAME, tag="ride")
    cuts = [at * TICKS_PER_FRAME for at in (10, 20, 30, 60)]
    start, rate = _span_of(piece, 90 * TICKS_PER_FRAME, 0, cuts)
    assert (start, rate) == (30 * TICKS_PER_FRAME, 1.0)


def test_a_face_is_seen_nearer_every_second_time_whatever_lies_between() -> None:
    assert [_tightness(None, "face", shown) for shown in range(4)] == [1.0, NEARER, 1.0, NEARER]
    assert _tightness(None, "picture", 1) == 1.0
