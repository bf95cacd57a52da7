"""Lines in the shots that say them, who is seen while heard, and the dark at a film's beginning and end."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import soundfile

from media import picture
from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines.stage.stage import Stage, draw_frame
from phonofilm.generate import score_of
from phonofilm.media.reference import open_references
from phonofilm.request import Request
from phonofilm.score.model import Caption, Line, Score
from phonofilm.score.speech import spoken_at
from phonofilm.voice import speak, voices


def scored(prompt: str, *references: str, seconds: int | None = None) -> Score:
    request = Request(prompt=prompt, seconds=seconds, resolution="480p", references=open_references(references))
    return score_of(request, Stage())[0]


def people() -> tuple[str, str]:
    return f"m={picture('glasses')}", f"f={picture('smile')}"


def lines(score: Score) -> list[Line]:
    return [c for c in score.cues if isinstance(c, Line)]


def seen_while_heard(score: Score) -> list[bool]:
    found: list[bool] = []
    for line in lines(score):
        shown = [s for s in score.shots if s.start < line.end and line.start < s.end]
        found.append(all(s.seen == (line.actor,) for s in shown))
    return found


def test_lines_of_untimed_shots_are_said_in_their_own_shots() -> None:
    score = scored("镜头一：雪山风景。镜头二：@m说：“你为什么不接电话？”镜头三：@f微笑。镜头四：@m说：“再见。”", *people())
    starts = [shot.start for shot in score.shots]
    first, second = lines(score)
    assert len(score.shots) == 4 and starts[1] <= first.start < first.end <= starts[2] and starts[3] <= second.start
    assert all(b - a >= 40_000 for a, b in pairwise([*starts, score.length]))


def test_who_speaks_in_turn_is_seen_while_heard() -> None:
    score = scored('@m dice: "¿Por qué no contestas?" @f dice: "No." @m dice: "Entonces me voy de aquí para siempre."', *people())
    assert [line.actor for line in lines(score)] == ["m", "f", "m"] and all(seen_while_heard(score))


def test_two_who_speak_in_one_shot_are_each_seen_while_heard() -> None:
    score = scored("カット1：@mが「どうして電話に出ないの？」と言う。@fが「ごめん。」と答える。カット2：@fのアップ。", *people())
    assert [line.actor for line in lines(score)] == ["m", "f"] and all(seen_while_heard(score))


def test_one_speaker_has_one_voice() -> None:
    score = scored("镜头一：@f说：“大家好。”镜头二：@f，她说：“再见。”", *people())
    assert len({line.recipe.voice for line in lines(score) if line.recipe}) == 1


@pytest.mark.parametrize(
    ("prompt", "photo", "expected"),
    [
        ('@x says: "Hello there."', "beard", "male"),
        ('@x, she says: "Hello there."', "beard", "female"),
        ('@x says: "Hello there."', "open", "female"),
        ("@x sagt: „Guten Tag.“", "outdoors", "male"),
        ("@x说：“大家好。”", "outdoors", "male"),
        ("@x dit : « Bonjour à tous. »", "open", "female"),
    ],
)
def test_a_voice_is_that_of_the_face_unless_words_say_otherwise(prompt: str, photo: str, expected: str) -> None:
    gender = {v.name: v.gender for v in voices()}
    assert {gender[line.recipe.voice] for line in lines(scored(prompt, f"x={picture(photo)}")) if line.recipe} == {expected}


def test_a_prompt_that_names_a_ratio_and_a_length_has_them_unless_the_request_says_otherwise() -> None:
    score = scored("生成一个7秒的竖屏视频：清晨的森林。")
    assert (score.width, score.height, score.length) == (496, 864, 7 * 48_000)
    score = scored("生成一个7秒的竖屏视频：清晨的森林。", seconds=5)
    assert score.length == 5 * 48_000 and any("length of 7 s" in r for r in score.remarks)


def test_a_title_after_a_fade_to_black_stands_in_the_dark() -> None:
    score = scored("0-3秒：@f微笑。3-6秒：镜头拉远，画面渐黑，片尾出现金色大字「归来」。", people()[1])
    (title,) = [c for c in score.cues if isinstance(c, Caption)]
    assert 3 * 48_000 < score.closed < score.length and title.start >= score.closes and title.end - title.start > 48_000


def test_a_film_comes_out_of_the_dark_and_goes_into_it() -> None:
    request = Request(prompt="Fundido desde negro. El mar al mediodía, travelling. Fundido a negro.", seconds=4, resolution="480p")
    score, materials = score_of(request, Stage())
    assert score.opens and score.closed
    middle, first, last = (float(draw_frame(score, materials, frame).mean()) for frame in (48, 0, 95))
    assert first < 0.1 * middle and last < 0.1 * middle


def test_a_shot_that_is_only_a_title_is_a_shot_and_the_prompts_shots_are_kept() -> None:
    score = scored("Escena 1: @f dice: «Hola.» Escena 2: @m sonríe. Escena 3: pantalla negra con el texto «Verano 2026».", *people())
    (title,) = [c for c in score.cues if isinstance(c, Caption)]
    assert len(score.shots) == 3 and score.closed and title.start >= score.closes


def test_two_of_whom_nothing_is_told_do_not_have_one_voice() -> None:
    score = scored('@m dice: "Hola." @f dice: "Adiós."', *people())
    assert len({line.recipe.voice for line in lines(score) if line.recipe}) == 2


@pytest.mark.parametrize("prompt", ['@m dice: "Hola a todos." @f dice: "Adiós."', "@m dit : « Bonjour à tous. » @f dit : « Au revoir. »"])
def test_two_men_are_told_apart_where_a_language_has_few_voices(prompt: str) -> None:
    gender = {v.name: v.gender for v in voices()}
    recipes = [line.recipe for line in lines(scored(prompt, f"m={picture('outdoors')}", f"f={picture('smile')}")) if line.recipe]
    assert [gender[r.voice] for r in recipes] == ["male", "male"]
    assert len({(r.voice, r.pitch) for r in recipes}) == 2


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ('@m says: "First the coast. Then the little harbour with its boats. And home." Show @o when she says "harbour".', "harbour"),
        ('@m says: "We look at the coast. Then comes the harbour." Show @o when she says "the harbour" and @n at the end.', "the harbour"),
        ("@m sagt: „Zuerst die Küste. Dann der kleine Hafen mit Booten.“ Wenn sie „kleine Hafen“ sagt, zeige @o.", "kleine hafen"),
        ("@m说：“先看大海，然后我们来到一个小港口，那里有很多船。”当她说到“小港口”时，出现@o。", "小港口"),
    ],
)
def test_a_picture_comes_at_the_words_that_the_prompt_gives_it(prompt: str, words: str) -> None:
    more = (f"n={picture('coffee')}",) if "@n" in prompt else ()
    score = scored(prompt, f"m={picture('astronaut')}", f"o={picture('rocket')}", *more)
    at = spoken_at(lines(score), (words,))
    seen = {shot.setting.source.name: shot.start for shot in score.shots if shot.setting.source and shot.start}
    assert at is not None and abs(seen["rocket.jpg"] - at) <= 2000
    assert not more or seen["coffee.png"] > seen["rocket.jpg"]


@pytest.mark.parametrize("asked", [None, 8])
def test_who_speaks_after_a_given_first_frame_is_seen_while_heard(asked: int | None) -> None:
    score = scored('Start on @cup. The barista @f says "Every cup is roasted here."', f"cup={picture('coffee')}", people()[1], seconds=asked)
    assert score.shots[0].setting.pinned == "first" and score.shots[0].end >= 42_000 and seen_while_heard(score) == [True]


def test_who_speaks_a_recording_after_a_given_first_frame_is_seen_while_heard(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "take.wav", speak("Every single cup is roasted here, by hand.", "en").samples, TICKS_PER_SECOND)
    files = (f"cup={picture('coffee')}", people()[1], f"take={tmp_path / 'take.wav'}")
    score = scored("Start on @cup, then @f says what is on @take.", *files)
    assert score.shots[0].setting.pinned == "first" and seen_while_heard(score) == [True]


def test_who_speaks_between_given_frames_is_seen_while_heard() -> None:
    score = scored(
        'First frame @a, last frame @b. @f says "Every single cup is roasted here, by hand."',
        f"a={picture('coffee')}",
        f"b={picture('rocket')}",
        people()[1],
    )
    assert [shot.setting.pinned for shot in score.shots] == ["first", "", "last"] and seen_while_heard(score) == [True]


def test_an_asked_length_is_shared_out_among_the_shots() -> None:
    score = scored(
        "Escena 1: la playa al atardecer, olas. Escena 2: @f dice: «Hola.» Escena 3: pantalla negra con el texto «Verano».", people()[1], seconds=10
    )
    long = [shot.end - shot.start for shot in score.shots]
    assert len(long) == 3 and min(long) > 1.5 * 48_000 and max(long) < 5.5 * 48_000


def test_two_women_and_a_narrator_are_three_voices() -> None:
    score = scored("女性（@m）「え、まだ手で書いてるの？」女性（@f）「うそ、もう自動なの？」ナレーター「経費精算なら、ラクラク。」", *people())
    assert len({line.recipe.voice for line in lines(score) if line.recipe}) == 3


def test_who_speaks_comes_back_from_what_the_words_mention() -> None:
    score = scored('@f says "This is @cup, which is my favourite cup of all that I have."', people()[1], f"cup={picture('coffee')}")
    seen = [shot.setting.source.name if shot.setting.source else "cup" for shot in score.shots]
    assert len(seen) == 3 and seen[0] == seen[2] != seen[1]
