"""Text to letters in eight languages: figures, spelling, the sound changes, and which language a text is in."""

import json
from pathlib import Path

import pytest

from phonofilm.errors import RequestError
from phonofilm.voice import detect_language
from phonofilm.voice.g2p import READERS, japanese, korean, letters_of, spanish
from phonofilm.voice.g2p.figures import spell
from phonofilm.voice.g2p.french import _FIGURES as FRENCH
from phonofilm.voice.g2p.german import _FIGURES as GERMAN
from phonofilm.voice.g2p.han import cardinal
from phonofilm.voice.g2p.mandarin import _FIGURES as MANDARIN
from phonofilm.voice.symbols import NUMBER

SENTENCES = Path(__file__).parent / "sentences"


def sentences(language: str) -> list[str]:
    return json.loads((SENTENCES / f"{language}.json").read_text(encoding="utf-8"))["sentences"]


@pytest.mark.parametrize("language", READERS)
def test_every_sentence_is_read_in_letters_that_the_model_has(language) -> None:
    for sentence in sentences(language):
        letters = letters_of(sentence, language)
        assert len(letters) > 10
        assert set(letters) <= set(NUMBER)
        assert not any(sign.isdigit() for sign in letters)


@pytest.mark.parametrize("language", READERS)
def test_a_text_is_known_for_its_language(language) -> None:
    known = [detect_language(sentence) == language for sentence in sentences(language)]
    assert sum(known) >= (16 if language == "yue" else 20)  # some Cantonese sentences are written as Mandarin would be


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(RequestError, match="'tlh'"):
        letters_of("nuqneH", "tlh")


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("3.776 metros", "tres mil setecientos setenta y seis metros"),
        ("12,50 €", "doce euros cincuenta céntimos"),
        ("21", "veintiuno"),
        ("100", "cien"),
    ],
)
def test_spanish_reads_figures(figure, words) -> None:
    assert spell(figure, spanish._FIGURES) == words


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("9h30", "neuf heures trente"),
        ("12,50 €", "douze euros cinquante"),
        ("12,50 euros", "douze euros cinquante"),
        ("2,5 millions d'euros", "deux virgule cinq millions d'euros"),
        ("71", "soixante et onze"),
        ("80", "quatre-vingt"),
        ("20 %", "vingt pour cent"),
    ],
)
def test_french_reads_figures(figure, words) -> None:
    assert spell(figure, FRENCH) == words


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("9:30 Uhr", "neun Uhr dreißig"),
        ("1998", "neunzehn hundert acht und neunzig"),
        ("3. Mai", "dritten Mai"),
        ("3.776 m", "drei tausend sieben hundert sechs und siebzig Meter"),
        ("0.5 l", "null Komma fünf Liter"),
        ("030 12", "null drei null zwölf"),
        ("am 3.5.", "am dritten Mai"),
    ],
)
def test_german_reads_figures(figure, words) -> None:
    assert spell(figure, GERMAN) == words


@pytest.mark.parametrize(
    ("figure", "words"), [("1998年", "一九九八年"), ("9:30", "九点半"), ("20%", "百分之二十"), ("2个", "两个"), ("12.5元", "十二点五元")]
)
def test_mandarin_reads_figures(figure, words) -> None:
    assert spell(figure, MANDARIN) == words


@pytest.mark.parametrize(
    ("n", "words"), [(0, "零"), (10, "十"), (105, "一百零五"), (1050, "一千零五十"), (10005, "一万零五"), (250_000_000, "二亿五千万")]
)
def test_chinese_numbers_have_their_zeros(n, words) -> None:
    assert cardinal(n) == words


@pytest.mark.parametrize(
    ("n", "counter", "said"),
    [
        (9, "時", "クジ"),
        (30, "分", "サンジュップン"),
        (3, "本", "サンボン"),
        (10, "本", "ジュッポン"),
        (300, "円", "サンビャクエン"),
        (1, "人", "ヒトリ"),
        (20, "日", "ハツカ"),
    ],
)
def test_japanese_counters_change_the_number(n, counter, said) -> None:
    assert japanese.counted(n, counter) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("국물", "궁물"), ("신라", "실라"), ("같이", "가치"), ("굳이", "구지"), ("좋다", "조타"), ("않는", "안는"),
        ("값이", "갑씨"), ("읽다", "익따"), ("읽고", "일꼬"), ("밟다", "밥따"), ("학교", "학꾜"), ("법률", "범뉼"),
        ("독립", "동닙"), ("축하", "추카"), ("꽃이", "꼬치"), ("꽃만", "꼰만"), ("닭이", "달기"), ("싫어", "시러"),
        ("많이", "마니"), ("칼날", "칼랄"), ("심리", "심니"), ("못하다", "모타다"), ("희망", "히망"), ("닫히다", "다치다"),
        ("넓다", "널따"), ("젊다", "점따"), ("없다", "업따"), ("있습니다", "읻씀니다"), ("사월의", "사워레"), ("회의", "회이"),
    ],
)  # fmt: skip
def test_korean_sound_changes(written, said) -> None:
    assert korean.pronounced(written) == said


@pytest.mark.parametrize(
    ("word", "letters"),
    [("perro", "pˈero"), ("viejo", "bjˈexo"), ("guitarra", "ɡitˈara"), ("lluvia", "ʝˈuβja"), ("canción", "kansjˈon"), ("pingüino", "piŋɡwˈino")],
)
def test_spanish_spelling(word, letters) -> None:
    assert spanish.read(word) == letters


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("les amis", "lez amˈi"),
        ("les héros", "le eʁˈo"),
        ("ils parlent", "il pˈaʁl"),
        ("l'eau", "lˈo"),
        ("un enfant", "œ̃n ɑ̃fˈɑ̃"),
        ("monsieur", "məsjˈø"),
    ],
)
def test_french_liaison_elision_and_silent_ends(text, letters) -> None:
    assert letters_of(text, "fr") == letters


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("Steinbrücke", "ʃtˈInbɾykə"),
        ("nicht", "nˈɪçt"),
        ("Nacht", "nˈaxt"),
        ("lieben", "lˈiːbən"),
        ("verstehen", "fɛɾʃtˈeːən"),
        ("zwanzig", "ʦvˈanʦɪç"),
        ("schwer", "ʃvˈeːɾ"),
        ("besser", "bˈɛsɐ"),
        ("andere", "ˈandəɾə"),
        ("unserem", "ˈʊnzəɾəm"),
        ("bequem", "bəkvˈeːm"),
        ("spürt", "ʃpˈyːɾt"),
        ("Hintergrund", "hˈɪntɛɾɡɾʊnt"),
        ("Wochenende", "vˈɔxənɛndə"),
        ("Qualität", "kvalitˈɛːt"),
    ],
)
def test_german_spelling(word, letters) -> None:
    assert letters_of(word, "de") == letters
