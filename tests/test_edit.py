from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND
from phonofilm.phones import Phone
from phonofilm.score.beat_grid import compose_beats
from phonofilm.score.edit import SHORTEST_SHOT, beat_cuts, cut_times, order, pieces_between
from phonofilm.score.model import Line
from phonofilm.score.speech import said_at


@given(st.integers(4, 15), st.integers(1, 8), st.lists(st.integers(0, 15 * TICKS_PER_SECOND), max_size=30))
def test_cuts_are_frame_starts_in_order_and_no_shot_is_a_flash(seconds: int, num: int, candidates: list[int]) -> None:
    length = seconds * TICKS_PER_SECOND
    cuts = cut_times(num, length, sorted(candidates))
    edges = [0, *cuts, length]
    assert all(c % TICKS_PER_FRAME == 0 for c in cuts)
    assert all(b - a >= SHORTEST_SHOT - TICKS_PER_FRAME for a, b in pairwise(edges))


@given(st.sampled_from(["upbeat", "calm", "epic", "electronic", "jazz", "lofi"]), st.integers(8, 15), st.integers(0, 50))
def test_cuts_to_music_fall_on_its_beats_and_mostly_on_downbeats(style: str, seconds: int, seed: int) -> None:
    length = seconds * TICKS_PER_SECOND
    _, beats, downbeats, _ = compose_beats(style, length, seed)
    cuts = beat_cuts(length, beats, downbeats)
    assert cuts
    assert all(min(abs(c - b) for b in beats) < TICKS_PER_FRAME for c in cuts)
    assert sum(min(abs(c - d) for d in downbeats) < TICKS_PER_FRAME for c in cuts) >= 0.5 * len(cuts)


def test_pieces_tile_the_film() -> None:
    pieces = pieces_between((48_000, 96_000), 144_000, ("a", "b"))
    assert [(p.start, p.end, p.tag) for p in pieces] == [(0, 48_000, "a"), (48_000, 96_000, "b"), (96_000, 144_000, "a")]


def test_a_music_video_shows_face_and_footage_in_turn() -> None:
    assert order(["face"], [], ["x", "y"], 5) == ["face", "x", "face", "y", "face"]


def test_a_talk_comes_back_to_its_presenter() -> None:
    assert order(["face"], ["a", "b"], [], 4) == ["face", "a", "b", "face"]


def test_a_name_is_found_where_it_is_spoken() -> None:
    text = "First a cup, then a cat."
    letters = [c for c in text if c.isalpha()]
    phones = tuple(Phone(start=k * 1000, end=k * 1000 + 1000, ipa=c, viseme="aa") for k, c in enumerate(letters))
    line = Line(start=0, end=len(letters) * 1000, actor="", text=text, language="en", phones=phones)
    at = said_at((line,), {"cat"})
    assert at is not None and abs(at - 15_000) <= 1000
    assert said_at((line,), {"dog"}) is None
    assert said_at((line,), {"concat"}) is None


@pytest.mark.parametrize("tempo", [70, 90, 120, 140, 174])
def test_quick_cuts_fall_on_beats_about_a_second_apart(tempo: int) -> None:
    length = 15 * TICKS_PER_SECOND
    beats = [round(k * 60 / tempo * TICKS_PER_SECOND) for k in range(15 * tempo // 60)]
    cuts = beat_cuts(length, beats, beats[::4], target=TICKS_PER_SECOND)
    shots = [b - a for a, b in pairwise([0, *cuts, length])]
    assert all(0.65 * TICKS_PER_SECOND <= shot <= 1.5 * TICKS_PER_SECOND for shot in shots)
    assert all(min(abs(cut - b) for b in beats) <= TICKS_PER_FRAME for cut in cuts)
    assert len(cuts) > len(beat_cuts(length, beats, beats[::4])) > len(beat_cuts(length, beats, beats[::4], target=4 * TICKS_PER_SECOND))
