"""What prompts ask for beside shots and lines, as films were once made without: ends, colours, transitions for all cuts, moves nobody asked for."""

import pytest

from media import picture
from phonofilm.engines.stage.stage import Stage
from phonofilm.generate import score_of
from phonofilm.media.reference import open_references
from phonofilm.request import Request
from phonofilm.score.model import Caption, Effect, Score


def film_score(prompt: str, me: str = "smile", **others: str) -> Score:
    given = open_references(tuple(f"{tag}={picture(name)}" for tag, name in {"me": me, **others}.items()))
    return score_of(Request(prompt=prompt, references=given, resolution="480p", ratio="16:9"), Stage())[0]


@pytest.mark.parametrize(
    "prompt",
    [
        "@me waves. Applause at the end. No music.",
        "@me挥手，最后响起掌声。不要音乐。",
        "@me saluda. Al final, aplausos. Sin música.",
        "@me winkt, am Ende Applaus. Ohne Musik.",
    ],
)
def test_a_sound_at_the_end_comes_at_the_end(prompt: str) -> None:
    (effect,) = [c for c in film_score(prompt).cues if isinstance(c, Effect)]
    assert effect.sound == "applause" and 2 * 48_000 < effect.start < 4 * 48_000


def test_captions_have_the_colour_that_is_named_for_them() -> None:
    score = film_score('@me says: "We came a long way." Word-by-word captions in yellow. No music.')
    assert [c.colour for c in score.cues if isinstance(c, Caption)] == ["#f9c74f"]


def test_the_transition_named_for_all_cuts_joins_them_all() -> None:
    score = film_score("@me, @other and @third, whip transitions.", other="closed", third="glasses")
    assert len(score.shots) >= 3 and {shot.transition for shot in score.shots[1:]} == {"whip"}


def test_a_film_that_starts_on_a_picture_still_has_its_own_shots() -> None:
    score = film_score('Start on @me, dissolve to @other, pan left, dissolve to @third. Voice-over: "Welcome home."', other="closed", third="glasses")
    assert [shot.setting.source.name.split(".")[0] for shot in score.shots if shot.setting.source] == ["smile", "closed", "glasses"]
    assert score.shots[0].setting.pinned == "first" and [s.transition for s in score.shots[1:]] == ["dissolve", "dissolve"]
    assert score.shots[1].camera.family == "pan_left"


def test_only_a_move_that_was_asked_for_is_said_to_be_shortened() -> None:
    assert any("asked" in r for r in film_score("@me, push in. No music.", me="long-hair").remarks)
    assert not any("asked" in r for r in film_score("@me. No music.", me="long-hair").remarks)
