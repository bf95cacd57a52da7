"""What prompts ask for beside shots and lines, as films were once made without: ends, colours, transitions for all cuts, moves nobody asked for."""

from pathlib import Path

import pytest

from media import picture
from phonofilm.engines.stage.stage import Stage
from phonofilm.generate import score_of
from phonofilm.media.reference import open_references
from phonofilm.prompt.reader import read
from phonofilm.request import Reference, Request
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


@pytest.mark.parametrize(
    "prompt",
    [
        '@bottle on a white ground. The title says "Fresh every morning".',
        '@bottle. A text saying "Fresh every morning" appears.',
        "@bottle. El texto dice: «Fresh every morning».",
        "@bottle. Le titre dit « Fresh every morning ».",
        "@bottle. Der Titel sagt „Fresh every morning“.",
        "@bottle。标题说“Fresh every morning”。",
        "@bottle。テロップで「Fresh every morning」と言う。",
        '@bottle. 제목은 "Fresh every morning"라고 말한다.',
        "@bottle。標題話「Fresh every morning」。",
    ],
)
def test_what_a_title_says_is_written_and_nobody_says_it(prompt: str) -> None:
    script = read(prompt, [Reference(tag="bottle", path=Path("bottle.png"), kind="image", sha256="")])
    assert ([t.text for t in script.titles], script.lines, script.role("bottle")) == (["Fresh every morning"], (), "product")


def test_who_speaks_beside_a_title_is_heard() -> None:
    script = read('The title is on screen, and she says "Fresh every morning."', [])
    assert [line.text for line in script.lines] == ["Fresh every morning."] and not script.titles
