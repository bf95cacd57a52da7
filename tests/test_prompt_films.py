"""Prompts that films were made of, in languages other than English: what was meant is read, or remarked."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from phonofilm.prompt import read
from phonofilm.prompt.script import Script
from prompt_corpus import FOLDER, compare, references

ROWS: list[dict[str, Any]] = tomllib.loads((FOLDER / "films.toml").read_text(encoding="utf-8"))["prompt"]


def script_of(text: str, files: str = "") -> Script:
    return read(text, references({"refs": files}))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:16] for row in ROWS])
def test_a_prompt_of_a_film_is_read_as_meant(row: dict[str, Any]) -> None:
    assert {name: (want, got) for name, right, want, got in compare(row) if not right} == {}
    script = read(row["text"], references(row))
    assert script.ratio == row.get("ratio", "") and script.scene.music == row.get("music", "")
    told = ["-" if not line.gender else line.gender[0] for line in script.lines]
    assert told == row.get("gender", " ".join("-" * len(script.lines))).split()


@pytest.mark.parametrize(
    ("prompt", "ratio"),
    [
        ("竖屏短视频，@a 说：“你好。”", "9:16"),
        ("縦型動画。@aが「やあ」と言う。", "9:16"),
        ('@a가 "안녕"이라고 말한다. 세로 영상.', "9:16"),
        ('Vídeo vertical: @a dice "hola".', "9:16"),
        ("Format carré, @a dit : « Salut. »", "1:1"),
        ("Im Hochformat sagt @a: „Hallo.“", "9:16"),
        ("Vertical video. @a says 'hi there.'", "9:16"),
        ("@a waves. 4:5 for Instagram.", "3:4"),
        ("@a kommt um 9:16 Uhr an.", ""),
        ("At 9:16 am @a waits. No vertical video.", ""),
        ("A vertical pan along the tower @a.", ""),
        ("Plano de grúa que sube en vertical, @a.", ""),
        ("A square table stands beside @a.", ""),
    ],
)
def test_the_ratio_that_a_prompt_names_is_read(prompt: str, ratio: str) -> None:
    assert script_of(prompt, "a:image").ratio == ratio


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("生成一个8秒的竖屏视频，@a微笑", 8),
        ("@aの10秒間のショート動画", 10),
        ("@a로 12초 영상을 만들어줘", 12),
        ("Un vídeo de 9 segundos con @a", 9),
        ("Une vidéo de 6 secondes de @a", 6),
        ("Ein 7-sekündiges Video von @a", 7),
        ("A 10 second ad for @a", 10),
        ("@a waits 10 seconds, then smiles.", 0),
        ("At 3 seconds @a smiles.", 0),
    ],
)
def test_the_length_that_a_prompt_names_is_read(prompt: str, seconds: int) -> None:
    assert script_of(prompt, "a:image").seconds == seconds


@pytest.mark.parametrize(
    "prompt",
    [
        "@me拿着@it，笑着说：“买它！”",
        "@meが@itを手に「これ、最高！」と言う。",
        '@me가 @it을 들고 "이거 최고야!"라고 말한다.',
        'Con @it en la mano, @me mira a cámara. Sujeta @it y dice: "¡Es genial!"',
        "@me montre @it et dit : « C'est génial ! »",
        "@me hält @it in die Kamera und ruft: „Großartig!“",
        '@me holds up @it and says: "This is great!"',
    ],
)
def test_not_what_is_held_speaks_but_who_holds_it(prompt: str) -> None:
    assert [line.speaker for line in script_of(prompt, "me:image it:image").lines] == ["me"]


def test_who_is_said_to_be_somebody_speaks_as_that() -> None:
    assert script_of('@p 는 제품이고 @m는 모델이야. 모델이 "안녕하세요!"라고 말한다.', "p:image m:image").lines[0].speaker == "m"
    assert script_of("@a是老师，@b是学生。学生问：“为什么？”", "a:image b:image").lines[0].speaker == "b"


@pytest.mark.parametrize(
    "prompt",
    [
        "@a : « Bonjour à tous. » Sous-titres en français.",
        "ナレーション：「すべてが変わる。」最後に@bのロゴを表示。",
        "Voix off : « Tout change. » Slogan à la fin : « PARIS »",
    ],
)
def test_words_after_a_line_do_not_make_it_a_title(prompt: str) -> None:
    script = script_of(prompt, "a:image b:image")
    assert len(script.lines) == 1 and script.lines[0].text not in {t.text for t in script.titles}


def test_the_name_of_a_work_is_not_said_shown_or_read_as_words() -> None:
    script = script_of("@a唱着《后来》走来，好像《重庆森林》一样。", "a:image")
    assert not script.lines and not script.titles and not script.scene.place
    assert any("重庆森林" in r.text for r in script.remarks)
    assert [t.text for t in script_of("@a微笑，片名《归来》浮现。", "a:image").titles] == ["归来"]


def test_what_stands_beside_a_word_that_asks_for_nothing_is_remarked() -> None:
    assert any("王家卫" in r.text for r in script_of("@a微笑，王家卫风格。", "a:image").remarks)
    assert not [r for r in script_of("@a微笑，高清画面。", "a:image").remarks if "Not understood" in r.text]


def test_each_of_several_times_in_a_sentence_belongs_to_the_sound_beside_it() -> None:
    at = {s.sound: s.at for s in script_of("2초에 천둥소리, 5초에 문 닫히는 소리.").sounds}
    assert at == {"thunder": 2 * 48000, "door": 5 * 48000}
    assert {s.sound: s.at for s in script_of("À 2 secondes, on entend un téléphone qui sonne.").sounds} == {"phone_ring": 2 * 48000}
    assert {s.sound: s.at for s in script_of("Bei Sekunde 4 klingelt es an der Tür.").sounds} == {"doorbell": 4 * 48000}


def test_names_of_places_and_brands_are_neither_mountains_nor_colours() -> None:
    assert script_of("夜の渋谷の街を@aが歩く。", "a:image").scene.place == "street"
    assert script_of("@aが青山で微笑む。", "a:image").scene.place == ""
    assert script_of("小红书种草风格，@a微笑。", "a:image").scene.colours == ()
    assert script_of("Fundido a negro. @a en blanco y negro.", "a:image").scene.colours == ()


@pytest.mark.parametrize("prompt", ["@a、手ブレなし。", "@a，不要镜头晃动。", "@a, no camera movement.", "@a, sans mouvement de caméra."])
def test_a_refused_movement_is_a_camera_that_stands_still(prompt: str) -> None:
    assert {m.move for s in script_of(prompt, "a:image").shots for m in s.moves} == {"static"}


def test_a_name_in_brackets_behind_a_file_labels_its_lines() -> None:
    script = script_of("@a (la abuela) y @b (el nieto). Abuela: «¿Ya comiste?» Nieto: «Sí, abuela.» Abuela: «¡Bien!»", "a:image b:image")
    assert [line.speaker for line in script.lines] == ["a", "b", "a"] and [line.gender for line in script.lines] == ["female", "male", "female"]
    assert [line.speaker for line in script_of("@a（阿妈）：「起身喇！」@b（个仔）：「等阵啦。」", "a:image b:image").lines] == ["a", "b"]


def test_who_comes_behind_a_line_may_belong_to_the_next_one() -> None:
    script = script_of("女性（@a）「うそ、もう自動なの？」／ナレーター「ラクラク。」", "a:image")
    assert [(line.speaker, line.narration) for line in script.lines] == [("a", False), ("", True)]


def test_a_title_that_fades_in_is_no_cut() -> None:
    assert len(script_of("@a转身。片名“归来”淡入，钢琴收尾。", "a:image").shots) == 1


@pytest.mark.parametrize(
    "prompt", ["@a sourit, sous-titres, musique douce.", "@a lächelt in die Kamera und winkt. Untertitel an.", "@a smiles, subtitles, soft music."]
)
def test_subtitles_named_in_a_list_are_wished(prompt: str) -> None:
    assert script_of(prompt, "a:image").captions is True


def test_a_sound_that_is_not_known_is_remarked_and_a_possessive_is_no_sound() -> None:
    assert any("물방울" in r.text for r in script_of("@a 클로즈업, 물방울 떨어지는 소리.", "a:image").remarks)
    assert not [r for r in script_of("@a répare son filet.", "a:image").remarks if "sound" in r.text]


def test_words_that_hold_other_words_are_not_read_as_those() -> None:
    assert script_of("无人机航拍雪山。").refused == frozenset()
    assert script_of("赛博朋克风的街头。").scene.music == ""
    assert script_of("@aを見上げるティルトアップ。", "a:image").shots[0].framing == ()
