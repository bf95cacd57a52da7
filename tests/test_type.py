"""Words on the picture: broken, shaped, drawn and moved as readers of eight languages expect."""

import itertools
import unicodedata
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND, frame_middle
from phonofilm.engines.stage.finish import lay
from phonofilm.engines.stage.type.contrast import contrast, luminance_of, luminances
from phonofilm.engines.stage.type.faces import Family, script_tag
from phonofilm.engines.stage.type.marks import corner_logo, logo_card, watermark
from phonofilm.engines.stage.type.shape import shape
from phonofilm.engines.stage.type.title import Title, colour_of, split_title
from phonofilm.engines.stage.type.typesetter import SUBTITLE, Typesetter
from phonofilm.errors import ReferenceError_
from phonofilm.phones import Phone
from phonofilm.score.breaks import NO_END, NO_START, wrap
from phonofilm.score.captions import split_caption
from phonofilm.score.model import Caption

LINES = {
    "en": "Welcome back, everyone. Today I am going to show you how the new camera sees the world.",
    "es": "¿Sabías que el señor Muñoz llegó a la ciudad en pingüino? ¡Qué ocurrencia!",
    "fr": "L'été dernier, nous avons goûté un cœur d'artichaut à Besançon : c'était délicieux.",
    "de": "Größere Straßen führen über die Brücke zum Übungsplatz, wo wir uns treffen.",
    "zh": "大家好，今天我想给你们看一看这台新相机是怎么看世界的。",
    "yue": "今日嘅天氣好好，我哋喺度飲咗杯茶，之後就返屋企瞓覺嘞。",
    "ja": "皆さんこんにちは。今日は新しいカメラがどのように世界を見るのかをご紹介します。",
    "ko": "여러분 안녕하세요. 오늘은 새로운 카메라가 세상을 어떻게 보는지 보여 드리겠습니다.",
}


@pytest.mark.parametrize("language", LINES)
def test_no_character_of_any_language_falls_into_the_empty_box(language):
    line = shape(LINES[language], language, SUBTITLE, 50.0)
    assert all(glyph != 0 for run in line.runs for glyph in run.glyphs)
    assert line.width > 100


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (992, 432)])
@pytest.mark.parametrize("language", LINES)
def test_a_subtitle_stays_inside_the_title_safe_area(language, size):
    width, height = size
    overlay = Typesetter(width, height).subtitle(Caption(start=0, end=TICKS_PER_SECOND, text=LINES[language], language=language))
    h, w = overlay.rgba.shape[:2]
    assert overlay.x0 >= 0.05 * width and overlay.x0 + w <= 0.95 * width
    assert overlay.y0 >= 0.5 * height and overlay.y0 + h <= 0.97 * height
    assert abs((overlay.x0 + w / 2) - width / 2) <= 0.02 * width, "centred; a full stop of East Asia is half empty"
    assert (overlay.rgba[..., :3] <= overlay.rgba[..., 3:]).all(), "premultiplied"
    assert int(overlay.rgba[..., :3].min(axis=2).max()) > 250, "white letters"


def test_the_same_ideograph_takes_the_form_of_its_region():
    family = Family(weight=500, cjk_weight=500)
    forms = {language: shape("骨", language, family, 40.0).runs[0] for language in ("zh", "ja", "yue", "ko")}
    assert len({(run.face.key, run.glyphs) for run in forms.values()}) == 4
    assert forms["zh"].glyphs != forms["ja"].glyphs
    assert script_tag("讓我們說話", "zh") == "zh-Hant" and script_tag("让我们说话", "zh") == "zh-Hans" and script_tag("佢哋喺度", "zh") == "zh-HK"


def test_latin_words_are_kerned():
    family = Family(weight=500, cjk_weight=500)
    apart = shape("A", "en", family, 100).width + shape("V", "en", family, 100).width
    assert shape("AV", "en", family, 100).width < apart - 3


@given(text=st.text(alphabet="こんにちは世界「」、。（）ーァッカメラ新しい", min_size=2, max_size=40), width=st.integers(4, 20))
@settings(max_examples=150, deadline=None)
def test_no_line_of_japanese_begins_with_a_closing_mark_or_ends_with_an_opening_one(text, width):
    lines = wrap(text, lambda t: float(len(t)), float(width), 9)
    if lines is None:
        return
    assert "".join(lines) == "".join(text.split())
    for before, after in itertools.pairwise(lines):
        assert after[0] not in NO_START and before[-1] not in NO_END
    assert all(len(line) <= width for line in lines)


@given(words=st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=9), min_size=4, max_size=14))
@settings(max_examples=100, deadline=None)
def test_two_lines_come_out_nearly_equal_and_lose_no_word(words):
    text = " ".join(words)
    lines = wrap(text, lambda t: float(len(t)), 0.72 * len(text), 2)
    if lines is None or len(lines) == 1:
        return
    assert " ".join(lines).split() == words
    assert max(map(len, lines)) - min(map(len, lines)) <= 0.5 * len(text)


@given(language=st.sampled_from(sorted(LINES)), times=st.integers(1, 5), seconds=st.integers(2, 15))
@settings(max_examples=60, deadline=None)
def test_subtitles_cover_their_line_without_overlap_and_keep_every_letter(language, times, seconds):
    joint = "" if language in ("zh", "yue", "ja") else " "
    text = joint.join([LINES[language]] * times)
    pieces = split_caption(text, 1000, 1000 + seconds * TICKS_PER_SECOND, language)
    assert pieces[0][0] == 1000 and pieces[-1][1] == 1000 + seconds * TICKS_PER_SECOND
    assert all(a[1] == b[0] and a[0] < a[1] for a, b in itertools.pairwise(pieces))
    assert "".join(p[2] for p in pieces).replace(" ", "") == text.replace(" ", "")
    assert all(len(p[2]) <= 84 for p in pieces)


def test_a_cut_between_two_subtitles_falls_into_the_pause_of_the_voice():
    text = "We walked all the way down to the harbour in the rain. Nobody had told us that the last boat was already gone."
    second = TICKS_PER_SECOND
    phones = [Phone(start=i * second // 10, end=(i + 1) * second // 10, ipa="a", viseme="aa") for i in range(30)]
    phones += [Phone(start=3 * second, end=4 * second, ipa="", viseme="sil")]
    phones += [Phone(start=4 * second + i * second // 10, end=4 * second + (i + 1) * second // 10, ipa="a", viseme="aa") for i in range(30)]
    pieces = split_caption(text, 0, 7 * second, "en", phones)
    assert len(pieces) == 2
    assert 3 * second <= pieces[0][1] <= 4 * second


def test_a_title_arrives_word_by_word_stands_still_and_leaves():
    typesetter = Typesetter(960, 540)
    cue = Caption(start=4800, end=4800 + 4 * TICKS_PER_SECOND, text="The Light We Carry — a film about small things", style="title")
    assert typesetter.at(cue, cue.start - 1) is None and typesetter.at(cue, cue.end) is None
    seen = [typesetter.at(cue, cue.start + frame_middle(f)) for f in (1, 5, 12, 50, 60, 94)]
    light = [int(s[0].rgba[..., :3].astype(np.int64).sum()) for s in seen if s]
    assert light[0] < light[1] < light[2] <= light[3] * 1.02 and light[5] < 0.8 * light[4]
    assert seen[3][0] is seen[4][0], "a title at rest is one drawing"
    again = Typesetter(960, 540).at(cue, cue.start + frame_middle(5))
    assert np.array_equal(again[0].rgba, seen[1][0].rgba)


def test_a_title_keeps_off_a_face():
    typesetter = Typesetter(960, 540)
    cue = Caption(start=0, end=3 * TICKS_PER_SECOND, text="Morning", style="title")
    face = (380, 150, 580, 380)
    overlay = typesetter.at(cue, TICKS_PER_SECOND, avoid=(face,))[0]
    solid = np.zeros((540, 960), np.uint8)
    h, w = overlay.rgba.shape[:2]
    solid[overlay.y0 : overlay.y0 + h, overlay.x0 : overlay.x0 + w] = overlay.rgba[..., :3].min(axis=2) > 200
    assert solid.sum() > 500 and solid[150:380, 380:580].sum() < 0.1 * solid.sum()


PLACES = [f"{v} {h}".strip() for v in ("top", "", "bottom") for h in ("left", "", "right") if v or h] + ["middle"]


@pytest.mark.parametrize("size", [(864, 496), (496, 864)])
@pytest.mark.parametrize("place", PLACES)
def test_a_title_stands_where_it_is_told_inside_the_margins(place, size):
    width, height = size
    cue = Caption(start=0, end=4 * TICKS_PER_SECOND, text="Autumn Winter 26: the new collection", style="title", place=place)
    drawn = Title(cue, width, height, (255, 196, 84)).at_rest()
    solid = np.argwhere(drawn.rgba[..., 3] > 250)
    (y0, x0), (y1, x1) = solid.min(axis=0), solid.max(axis=0)
    left, right, top, bottom = drawn.x0 + x0, drawn.x0 + x1, drawn.y0 + y0, drawn.y0 + y1
    assert left >= 0.045 * width and right <= 0.955 * width and top >= 0.05 * height and bottom <= 0.95 * height
    assert ("left" in place) == (left < 0.08 * width and right < 0.92 * width) and ("right" in place) == (
        right > 0.92 * width and left > 0.08 * width
    )
    assert ("top" in place) == (bottom < 0.4 * height) and ("bottom" in place) == (top > 0.6 * height)


def test_a_title_keeps_off_a_face_in_the_middle_and_off_subtitles():
    cue = Caption(start=0, end=4 * TICKS_PER_SECOND, text="Andes Tours", style="title")
    face, subtitles = (330, 40, 600, 540), (0, 420, 960, 540)
    overlay = Typesetter(960, 540).at(cue, 2 * TICKS_PER_SECOND, avoid=(face, subtitles))[0]
    inked = np.nonzero(overlay.rgba[..., 3])
    columns, rows = inked[1] + overlay.x0, inked[0] + overlay.y0
    assert (columns.max() < face[0] or columns.min() > face[2]) and rows.max() < subtitles[1]


def test_a_title_at_the_bottom_stands_above_the_subtitles():
    subtitles = (0, 390, 864, 496)
    cue = Caption(start=0, end=4 * TICKS_PER_SECOND, text="SALE", style="title", place="bottom right")
    drawn = Title(cue, 864, 496, (255, 196, 84), (subtitles,)).at_rest()
    solid = np.argwhere(drawn.rgba[..., 3] > 250)
    assert drawn.y0 + solid[:, 0].max() <= 390
    third = replace(cue, style="lower third", text="Ann Lee, chemist")
    placed = Typesetter(864, 496).at(third, 2 * TICKS_PER_SECOND, (subtitles,))
    assert placed is not None and np.argwhere(placed[0].rgba[..., 3] > 250)[:, 0].max() + placed[0].y0 <= 390


def seen_contrast(ground, cue):
    """The contrast of a title's letters with the worst twentieth of the pixels right beside them, on a picture of one colour or of noise."""
    image = ground.copy()
    placed = Typesetter(image.shape[1], image.shape[0]).at(cue, (cue.start + cue.end) // 2)
    lay(image, *placed)
    overlay = placed[0]
    part = image[overlay.y0 : overlay.y0 + overlay.rgba.shape[0], overlay.x0 : overlay.x0 + overlay.rgba.shape[1]]
    ink = luminance_of(colour_of(cue.colour)) if cue.colour else 1.0
    told = np.abs(luminances(part) - ink) < 0.02
    letters = (told & (overlay.rgba[..., 3] > 250)).astype(np.uint8)
    around = (cv2.dilate(letters, np.ones((5, 5), np.uint8)) > 0) & (cv2.dilate(letters, np.ones((3, 3), np.uint8)) == 0)
    beside = luminances(part)[around]
    worst = np.quantile(beside, 0.95 if ink > 0.3 else 0.05)
    return contrast(float(worst), ink)


@pytest.mark.parametrize("colour", ["", "#f9c74f", "#000000"])
@pytest.mark.parametrize("level", [12, 90, 170, 235, 255])
def test_a_title_can_be_made_out_on_every_ground(level, colour):
    ground = np.full((496, 864, 3), level, np.uint8)
    cue = Caption(start=0, end=4 * TICKS_PER_SECOND, text="Spring Sale", style="title", colour=colour)
    assert seen_contrast(ground, cue) >= (4.5 if colour != "#f9c74f" or level < 235 else 4.4)


def test_on_a_dark_ground_a_title_is_laid_over_the_picture_as_it_is():
    ground = np.full((496, 864, 3), 20, np.uint8)
    placed = Typesetter(864, 496).at(Caption(start=0, end=4 * TICKS_PER_SECOND, text="NIGHT", style="title"), 2 * TICKS_PER_SECOND)
    with_halo, plain = ground.copy(), ground.copy()
    lay(with_halo, *placed)
    lay(plain, replace(placed[0], halo=None), *placed[1:])
    assert (with_halo == plain).all()


@pytest.mark.parametrize("place", ["top left", "bottom right", "top"])
def test_a_logo_stands_small_at_its_place_and_is_made_out_from_the_picture(place):
    mark = np.zeros((60, 200, 4), np.uint8)
    mark[20:40, 10:190] = (20, 20, 24, 255)
    overlay = corner_logo(mark, place, 864, 496)
    solid = np.argwhere(overlay.rgba[..., 3] > 250)
    (y0, x0), (y1, x1) = solid.min(axis=0) + (overlay.y0, overlay.x0), solid.max(axis=0) + (overlay.y0, overlay.x0)
    assert x0 >= 0.045 * 864 and x1 <= 0.955 * 864 and y0 >= 0.05 * 496 and y1 <= 0.95 * 496
    assert ("left" in place) == (x1 < 432) and ("right" in place) == (x0 > 432) and ("top" in place) == (y1 < 248)
    night = np.full((496, 864, 3), 20, np.uint8)
    lay(night, overlay, 1.0, 0.0, 0.0)
    assert luminances(night[y0 - 4 : y0 - 2, x0:x1]).mean() > 0.15


def test_a_title_is_split_into_headline_and_subline():
    assert split_title("光的重量：一部关于小事的电影") == ("光的重量", "一部关于小事的电影")
    assert split_title("Nova\nA story of light") == ("Nova", "A story of light")
    assert split_title("Just this") == ("Just this", "")


def test_a_subtitle_fades_in_and_out_within_its_span():
    typesetter = Typesetter(640, 360)
    cue = Caption(start=0, end=TICKS_PER_SECOND, text="Hello")
    assert typesetter.at(cue, 500)[1] < 0.3
    assert typesetter.at(cue, TICKS_PER_SECOND // 2)[1] == 1.0
    assert typesetter.at(cue, cue.end - TICKS_PER_FRAME // 4)[1] < 0.3


@pytest.mark.parametrize(
    "text", ["", " ", "🎬❤️ → ★", "שלום עולם", "مرحبا بالعالم", "x" * 300, "\u0000", "a\nb\nc\nd", "👩‍👩‍👧", "ⴰⵣⵓⵍ", "“", "—— ：\n"]
)
@pytest.mark.parametrize("style", ["subtitle", "title", "lower third"])
def test_nothing_that_a_person_can_type_breaks_the_typesetter(text, style):
    seen = Typesetter(640, 360).at(Caption(start=0, end=20 * TICKS_PER_SECOND, text=text, style=style), 10 * TICKS_PER_SECOND)
    if not text.strip():
        assert seen is None
        return
    overlay = seen[0]
    h, w = overlay.rgba.shape[:2]
    assert overlay.x0 >= 0 and overlay.y0 >= 0 and overlay.x0 + w <= 640 and overlay.y0 + h <= 360


def test_a_lower_third_slides_in_at_the_left():
    typesetter = Typesetter(1280, 720)
    cue = Caption(start=0, end=3 * TICKS_PER_SECOND, text="Amélie Laurent, astronaut", style="lower third")
    first, rest = typesetter.at(cue, 4000)[0], typesetter.at(cue, 2 * TICKS_PER_SECOND)[0]
    assert int(first.rgba.sum()) < int(rest.rgba.sum())
    assert rest.x0 < 0.12 * 1280 and rest.y0 > 0.6 * 720


def test_a_watermark_is_words_or_a_picture_in_the_lower_right_corner(tmp_path):
    words = watermark("© 映画 2026", 1280, 720)
    picture = np.zeros((60, 200, 4), np.uint8)
    picture[10:50, 10:190] = (40, 90, 220, 255)
    path = tmp_path / "mark.png"
    cv2.imwrite(str(path), picture)
    for mark in (words, watermark(str(path), 1280, 720)):
        h, w = mark.rgba.shape[:2]
        assert mark.x0 > 640 and mark.y0 > 500 and mark.x0 + w <= 1280 and mark.y0 + h <= 720
        assert 100 < int(mark.rgba[..., 3].max()) < 240
    with pytest.raises(ReferenceError_, match="watermark"):
        watermark(str(tmp_path / "none.png"), 1280, 720)


def test_a_logo_stands_in_the_middle_of_a_quiet_card_and_a_light_passes_over_it():
    logo = np.zeros((100, 300, 4), np.uint8)
    logo[20:80, 20:280] = (30, 30, 40, 255)
    card = logo_card(logo, ("#1e1e28", "#d04030"), 640, 360)
    start, swept, end = card.at(0.0), card.at(0.5), card.at(1.0)
    assert start.shape == (360, 640, 3) and start[170:190, 300:340].mean() > 200, "a bright ground under a dark logo"
    assert end[165:185, 300:340].mean() < 60
    assert swept[150:200, 200:440].mean() > end[150:200, 200:440].mean() + 1
    assert np.array_equal(card.at(0.37), card.at(0.37))


def test_a_logo_on_its_own_white_ground_is_cut_free_of_it():
    logo = np.full((100, 300, 4), 255, np.uint8)
    logo[30:70, 40:260, :3] = (200, 30, 30)
    card = logo_card(logo, ("#ffffff", "#c81e1e"), 640, 360)
    assert card.logo.shape[1] / card.logo.shape[0] == pytest.approx(220 / 40, rel=0.08)


def test_names_of_characters_used_in_the_tables_exist():
    assert all(unicodedata.name(c, "") for c in NO_START | NO_END)


def test_a_title_has_the_colour_that_its_cue_names():
    def ink(colour):
        drawn = Title(Caption(start=0, end=96_000, text="SALE", style="title", colour=colour), 640, 360, (255, 255, 255)).at_rest()
        solid = drawn.rgba[drawn.rgba[..., 3] > 250][:, :3]
        return tuple(int(v) for v in np.median(solid, axis=0))

    assert ink("") == (255, 255, 255)
    assert ink("#d4af37") == (0xD4, 0xAF, 0x37)
    assert ink("#000040") == (0, 0, 0x40)


def test_a_subtitle_is_not_cut_after_an_abbreviation_or_an_ordinal() -> None:
    german = split_caption(
        "Am 3. Oktober war es bei ca. 70 °C noch kalt, und Dr. Sommer fror. Dann kam der Mai und alles wurde gut.", 0, 480_000, "de"
    )
    assert not [words for _, _, words in german if words.endswith(("3.", "ca.", "Dr."))]
    assert len(german) == 2 or german[-1][2].startswith("Dann")


def test_a_subtitle_has_the_colour_that_is_named_and_stands_where_it_is_told():
    cue = Caption(start=0, end=TICKS_PER_SECOND, text="HELLO", colour="#f9c74f")
    low, high = (Typesetter(640, 360).subtitle(replace(cue, top=top)) for top in (False, True))
    assert low.y0 > 180 > high.y0 + high.rgba.shape[0] and (low.rgba == high.rgba).all()
    inked = low.rgba[low.rgba[..., 3] > 250][:, :3].astype(int)
    assert np.abs(inked[inked.sum(axis=1).argmax()] - (249, 199, 79)).max() < 6
