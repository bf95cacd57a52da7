"""Sounds at their place in the film."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from phonofilm.clock import ticks
from phonofilm.engines.stage.sound.effects import supported
from phonofilm.engines.stage.stage import Stage, draw_frame
from phonofilm.generate import score_of
from phonofilm.media.outputs import write_wav
from phonofilm.media.reference import open_references
from phonofilm.request import Request
from phonofilm.score.heard import APART, LASTS, SINGLE
from phonofilm.score.model import Ambience, Caption, Effect, Line, Score


def scored(prompt: str, references: tuple[str, ...] = ()) -> Score:
    return score_of(Request(prompt=prompt, seconds=8, references=open_references(references)), Stage())[0]


def starts(score: Score) -> dict[str, float]:
    return {c.sound or "file": c.start / 48_000 for c in score.cues if isinstance(c, Effect)}


def test_a_sound_is_heard_in_the_shot_that_names_it() -> None:
    score = scored("A forest in the morning, push in. Then cut to the sea, crane up, a bell rings.")
    cut = score.shots[1].start / 48_000
    assert cut <= starts(score)["bell"] <= cut + 1


def test_several_sounds_of_a_shot_share_it_out() -> None:
    heard = starts(scored("A street at night. A door slams, a dog barks and a bell rings."))
    times = sorted(heard.values())
    assert len(times) == 3 and min(b - a for a, b in pairwise(times)) > 1.5


def test_a_time_in_the_sentence_places_a_sound_and_a_file(tmp_path: Path) -> None:
    ding = tmp_path / "ding.wav"
    wave = np.sin(np.arange(24_000) * 0.1) * np.exp(-np.arange(24_000) / 3000)
    write_wav(ding, np.stack([wave, wave], axis=1).astype(np.float32))
    score = scored("The sea at noon. At 0:03 thunder. At 0:05 the sound effect @ding.", (f"ding={ding}",))
    assert starts(score) == {"thunder": 3.0, "file": 5.0}


def test_between_words_there_is_the_tone_of_a_room_unless_it_is_refused() -> None:
    spoken = 'A narrator says: "It was late." White studio.'
    assert [c.sound for c in scored(spoken).cues if isinstance(c, Ambience)] == ["room"]
    assert not [c for c in scored(spoken + " No ambience.").cues if isinstance(c, Ambience)]


def test_a_sound_after_the_end_of_the_film_is_remarked() -> None:
    score = scored("The sea. Thunder at 12 seconds.")
    assert not starts(score) and any("thunder at 12 s" in r for r in score.remarks)


@pytest.mark.parametrize(
    "prompt",
    [
        "A house at night. The doorbell rings.",
        "Una casa de noche. Suena el timbre.",
        "Une maison la nuit. La sonnette retentit.",
        "Ein Haus bei Nacht. Die Türklingel.",
        "夜の家。チャイムが鳴る。",
        "밤의 집. 초인종이 울린다.",
        "夜晚的房子。门铃声响起。",
        "夜晚嘅屋。门钟响。",
    ],
)
def test_a_doorbell_is_not_a_church_bell(prompt: str) -> None:
    assert set(starts(scored(prompt))) == {"doorbell"}


def titled(score: Score) -> list[tuple[str, float, float, str]]:
    return [(c.text, c.start / 48_000, c.end / 48_000, c.colour) for c in score.cues if isinstance(c, Caption) and c.style == "title"]


def test_a_title_comes_when_and_in_what_colour_the_prompt_says() -> None:
    score = scored("A quiet sea, push in. Then the title 'Café Lumière' in gold.")
    ((text, start, end, colour),) = titled(score)
    assert text == "Café Lumière" and colour == "#d4af37"
    assert score.length / 48_000 - 4 < start < end <= score.length / 48_000 and end - start > 1.5
    ((_, start, end, colour),) = titled(scored("A quiet sea. At 0:03 the title 'Now' appears."))
    assert start == 3.0 and end - start > 1.5 and colour == ""


def test_a_title_belongs_to_its_own_shot() -> None:
    score = scored("Shot 1: a forest in the morning, title 'One'. Shot 2: the sea at noon, title 'Two'.")
    cut = score.shots[1].start / 48_000
    (_, first, gone, _), (_, second, _, _) = titled(score)
    assert first < 1 and gone <= cut <= second < cut + 1


@pytest.mark.parametrize(
    "prompt",
    [
        "El mar en calma. Al final aparece el título «Adiós».",
        "La mer calme. À la fin, le titre « Adieu ».",
        "Das ruhige Meer. Am Ende erscheint der Titel „Ade“.",
        "平静的大海。最后出现标题“再见”。",
        "静かな海。最後にタイトル「さよなら」。",
        "고요한 바다. 마지막에 제목 “안녕”.",
    ],
)
def test_a_title_at_the_end_is_at_the_end_in_every_language(prompt: str) -> None:
    score = scored(prompt)
    ((_, start, end, _),) = titled(score)
    assert start > 4 and end > 7.5


CARDS = [
    'A calm rooftop at dusk. A voice says "The city sleeps now." End card: "Café Luna"',
    "Eine ruhige Dachterrasse am Abend. Eine Stimme sagt: „Die Stadt schläft jetzt.“ Schlusstafel: „Café Luna“",
    "Una azotea tranquila al atardecer. Una voz dice: «La ciudad duerme ahora». Tarjeta final: «Café Luna»",
    "Un toit calme au crépuscule. Une voix dit : « La ville dort maintenant. » Carton de fin : « Café Luna »",
    "黄昏时安静的屋顶。旁白：“城市已经睡了。”结尾字卡：“Café Luna”",
    "黃昏嘅天台。旁白：「城市瞓咗喇。」片尾字卡：「Café Luna」",
    "夕暮れの静かな屋上。ナレーション「街は眠っている。」エンドカード「Café Luna」",
    '해 질 녘의 조용한 옥상. 내레이션: "도시가 잠들었다." 마지막 화면에 "Café Luna" 글자.',
]


@pytest.mark.parametrize("prompt", CARDS)
def test_an_end_card_stands_on_dark_by_itself_behind_the_last_word_to_the_end(prompt: str) -> None:
    score = scored(prompt)
    (title,) = [c for c in score.cues if isinstance(c, Caption) and c.text == "Café Luna"]
    spoken = max(c.end for c in score.cues if isinstance(c, Line))
    assert spoken < score.closed < score.length - ticks(0.9)
    assert score.closes > spoken - ticks(0.5)
    assert score.closed - ticks(0.3) <= title.start <= score.closed + ticks(0.3)
    assert title.end > score.length and not title.free


def test_an_end_card_fits_an_asked_length_and_a_title_is_none() -> None:
    score = scored('8 seconds. A calm rooftop at dusk. A voice says "The city sleeps now." Then the end card with the text "Café Luna".')
    assert score.length == ticks(8) and ticks(4.5) < score.closed < ticks(7)
    assert not scored('A calm rooftop at dusk. A voice says "The city sleeps now." The title: "Café Luna"').closed
    score = scored('A calm rooftop at dusk. The title "Evening". A voice says "The city sleeps now." End card: "Café Luna", "Open daily".')
    words = {c.text: c for c in score.cues if isinstance(c, Caption)}
    assert words["Evening"].end <= score.closes < words["Café Luna"].start < words["Café Luna"].end < words["Open daily"].start


def told(score: Score) -> list[tuple[str, float, float]]:
    """Lines (by their first word) and effects, in order, with their start and, of lines, their end in seconds."""
    found = [(c.text.split()[0], c.start / 48_000, c.end / 48_000) for c in score.cues if isinstance(c, Line)]
    found += [(c.sound, c.start / 48_000, c.start / 48_000) for c in score.cues if isinstance(c, Effect)]
    return sorted(found, key=lambda row: row[1])


def test_a_sound_named_before_a_line_comes_before_it_and_one_named_after_it_after_it() -> None:
    rows = told(scored('A knock at the door, then a narrator says: "Come in." The dog barks three times. She says: "Quiet!"'))
    assert [name for name, _, _ in rows] == ["knock", "Come", "woof", "woof", "woof", "Quiet!"]
    assert rows[1][1] - rows[0][1] >= 0.7, "the knocking is over when the voice begins"
    assert rows[2][1] >= rows[1][2] and rows[5][1] >= rows[4][1] + 0.35


@pytest.mark.parametrize(
    ("prompt", "sound", "times"),
    [
        ("A house at night. A dog barks twice.", "woof", 2),
        ("Una casa de noche. Suenan cinco campanadas.", "bell", 5),
        ("Ein Haus bei Nacht. Es klopft dreimal an der Tür.", "rap", 3),
        ("夜晚的房间，敲门声响了四下。", "rap", 4),
        ("A stage. The crowd claps 3 times.", "hand_clap", 3),
        ("A house at night. A dog barks.", "dog_bark", 1),
        ("A corridor. Footsteps.", "footsteps", 4),
    ],
)
def test_a_sound_is_heard_as_often_as_the_words_say(prompt: str, sound: str, times: int) -> None:
    starts = [c.start for c in scored(prompt).cues if isinstance(c, Effect) and c.sound == sound]
    assert len(starts) == times and all(b - a >= 48_000 * 0.3 for a, b in pairwise(starts))


def test_in_a_shot_with_a_time_a_line_waits_for_the_sound_before_it_as_far_as_it_fits() -> None:
    rows = told(scored('0-4s: three knocks, a narrator says: "Who is there?" 4-8s: a narrator says: "Nobody." A door slams.'))
    assert [name for name, _, _ in rows] == ["rap", "rap", "rap", "Who", "Nobody.", "door"]
    assert rows[3][1] >= rows[2][1] + 0.25 and rows[3][2] < 4 <= rows[4][1] and rows[5][1] >= rows[4][2]


def test_a_sound_said_to_go_along_with_words_does_not_hold_them_up() -> None:
    plain, along = (told(scored(f'A narrator says: "It rains again{more}')) for more in ('."', '" while thunder rolls in the distance.'))
    assert plain[0][1] == next(row for row in along if row[0] == "It")[1]


def test_every_wished_sound_can_be_heard_and_its_course_is_known() -> None:
    assert {*SINGLE.values(), *APART, *LASTS} <= {*supported(), "footsteps"} and set(SINGLE.values()) <= set(APART) & set(LASTS)


def test_sounds_that_do_not_fit_an_asked_length_do_not_push_words_out_of_the_film() -> None:
    score = score_of(
        Request(prompt='Twenty knocks on the door. Thunder. A bell rings 9 times. She says: "I am here now."', seconds=4, references=()), Stage()
    )[0]
    line = next(c for c in score.cues if isinstance(c, Line))
    assert line.end <= score.length and all(0 <= c.start < score.length for c in score.cues)


@pytest.mark.parametrize(("words", "name"), [("with a British accent", "bf_emma"), ("", "af_heart"), ("with a Welsh accent", "af_heart")])
def test_a_british_accent_is_a_british_voice_and_one_that_no_voice_has_is_remarked(words: str, name: str) -> None:
    score = scored(f'A woman {words} says: "Good evening."')
    assert [c.recipe.voice for c in score.cues if isinstance(c, Line) and c.recipe] == [name]
    assert any("No voice has the accent" in r for r in score.remarks) == ("Welsh" in words)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("The sea. Then cut to a forest.", "No zoom."),
        ("El mar. Corte a un bosque.", "Nada de zoom."),
        ("La mer. Coupe sur une forêt.", "Sans zoom."),
        ("Das Meer. Schnitt auf einen Wald.", "Kein Zoom."),
        ("大海。切到森林。", "不要变焦。"),
        ("夜の海。カット、森。", "ズームなし。"),
        ("바다. 숲으로 컷.", "줌 없이."),
    ],
)
def test_a_move_that_is_refused_is_no_usual_move_either(prompt: str, words: str) -> None:
    refused = {"push_in", "pull_out", "zoom_in", "zoom_out"}
    plain, without = (scored(f"{prompt} {more}") for more in ("", words))
    assert any(shot.camera.family in refused for shot in plain.shots)
    assert not any(shot.camera.family in refused for shot in without.shots)


def test_bars_lie_over_the_picture_where_the_words_want_them_and_the_film_is_not_as_wide_itself() -> None:
    score, materials = score_of(Request(prompt="The sea at noon, letterbox 2.39:1. Format 16:9.", seconds=4, references=()), Stage())
    assert score.bars == 2.39 and score.width / score.height < 1.8
    frame = draw_frame(score, materials, 12)
    high = round((score.height - score.width / 2.39) / 2)
    assert frame[: high - 2].max() == 0 == frame[-high + 2 :].max() and frame[high + 2 : -high - 2].max() > 100
    wide = scored("The sea at noon, letterbox 1.85:1. Format 21:9.")
    assert wide.bars == 0 and any("bars of 1.85:1 are left out" in r for r in wide.remarks)


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("A dragon flies over a castle by the sea.", ["dragon", "castle"]),
        ("Ein Hund läuft am Meer.", ["Hund"]),
        ("夜晚，一只猫在街上，月亮很亮。", ["猫"]),
        ("Mountains at sunrise, a river, trees. Slow crane up.", []),
    ],
)
def test_what_only_pictures_could_show_is_said_where_none_is_given(prompt: str, told: list[str]) -> None:
    remarks = [r for r in scored(prompt).remarks if r.startswith("Not drawn")]
    assert all(name in remarks[0] for name in told) and len(remarks) == bool(told)


@pytest.mark.parametrize(("prompt", "place"), [("Dusk, waves crash.", "beach"), ("Night, crickets.", "field"), ("A calm voice says: “Hello.”", "")])
def test_a_place_is_drawn_where_only_its_sound_is_named(prompt: str, place: str) -> None:
    score = scored(prompt)
    assert {shot.setting.place for shot in score.shots} == {place}
    assert any("No place that can be drawn" in r for r in score.remarks) == (not place)
