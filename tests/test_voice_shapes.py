"""Mouth shapes that are heard in a recording, and the paths of phones through them."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import butter, fftconvolve, sosfiltfilt

from phonofilm.phones import VISEMES, Phone
from phonofilm.voice import align, speak
from phonofilm.voice.paths import Onset, shaped, timed
from phonofilm.voice.recognise import recognise
from phonofilm.voice.shapes import NAMES, STEP, TONGUES, evidence, features, tongues_of

#: voices that the network was not trained on, and lines that it never heard
SAID = {
    ("es", "em_santa"): "Mañana abrimos la ventana y dejamos pasar a todas las palomas del barrio, una a una.",
    ("en", "af_bella"): "My father bought a box of apples at the market and carried them home before it rained.",
}


def _opening(phones: tuple[Phone, ...], length: int) -> np.ndarray:
    row = np.zeros(length // STEP)
    for phone in phones:
        row[phone.start // STEP : max(phone.end // STEP, phone.start // STEP + 1)] = VISEMES[phone.viseme].jaw
    return np.convolve(row, np.hanning(9) / np.hanning(9).sum(), "same")


def _told(runs: list[tuple[str, int]], sure: float = 4.0) -> np.ndarray:
    rows = [np.where(np.array(NAMES) == name, sure, -sure) for name, steps in runs for _ in range(steps)]
    return np.array(rows, np.float64)


@pytest.mark.parametrize(("language", "voice"), SAID)
def test_a_mouth_opens_when_the_speakers_does_and_better_with_the_words(language: str, voice: str) -> None:
    text = SAID[language, voice]
    line = speak(text, language, voice=voice)
    telephone = sosfiltfilt(butter(4, (300, 3400), "band", fs=48_000, output="sos"), line.samples).astype(np.float32)
    true = _opening(line.phones, len(line.samples))
    free, told = (_opening(align(telephone, transcript=words, language=language), len(line.samples)) for words in (None, text))
    without, with_words = np.corrcoef(true, free)[0, 1], np.corrcoef(true, told)[0, 1]
    assert without > 0.65
    assert with_words > 0.8
    assert with_words > without
    assert np.corrcoef(true, np.roll(free, 100))[0, 1] < 0.4


@pytest.mark.parametrize(("language", "voice"), SAID)
def test_who_is_told_what_the_recogniser_heard_hears_more_shapes_rightly(language: str, voice: str) -> None:
    line = speak(SAID[language, voice], language, voice=voice)
    true = np.zeros(len(line.samples) // STEP, np.int64)
    for phone in line.phones:
        true[phone.start // STEP : phone.end // STEP] = NAMES.index(phone.viseme)
    named = recognise(line.samples).log_probability
    alone, told, astray = (
        float((evidence(line.samples, rows)[: len(true)].argmax(axis=1) == true).mean()) for rows in (None, named, np.roll(named, 40, axis=0))
    )
    assert told > alone + 0.03 > 0.4
    assert astray < told - 0.1


@pytest.mark.parametrize(("language", "voice"), SAID)
def test_the_language_of_a_recording_is_heard(language: str, voice: str) -> None:
    chance = tongues_of(recognise(speak(SAID[language, voice], language, voice=voice).samples).log_probability)
    assert TONGUES[int(chance.argmax())] == language
    assert chance.sum() == pytest.approx(1.0)


def test_without_words_the_language_that_is_heard_decides_what_a_sound_is() -> None:
    french = speak("Cette conférence est présentement fermée, et personne n'y entre avant dimanche.", "fr", voice="fm_alex")
    spanish = speak(SAID["es", "em_santa"], "es", voice="em_santa")
    own, other = (recognise(line.samples).log_probability for line in (french, spanish))
    true = np.zeros(len(french.samples) // STEP, np.int64)
    for phone in french.phones:
        true[phone.start // STEP : phone.end // STEP] = NAMES.index(phone.viseme)
    right = evidence(french.samples, own, words=False)[: len(true)].argmax(axis=1)
    astray = evidence(french.samples, np.resize(other, own.shape), words=False)[: len(true)].argmax(axis=1)
    assert (right == true).mean() > 0.55
    assert (right == true).mean() > (astray == true).mean() + 0.1


def test_a_doubtful_vowel_is_mouthed_between_those_that_it_may_be() -> None:
    heard = _told([("sil", 10), ("aa", 14), ("sil", 10)])
    heard[10:24, [NAMES.index("aa"), NAMES.index("I")]] = 4.1, 4.0
    assert [one.ipa for one in shaped([Onset(at=10, ipa="ɹ")], heard) if one.ipa] == ["ɛ"]
    heard[10:24, NAMES.index("I")] = -4.0
    assert [one.ipa for one in shaped([Onset(at=10, ipa="ɹ")], heard) if one.ipa] == ["a"]


def test_phones_last_as_long_as_their_shape_is_heard() -> None:
    heard = _told([("sil", 10), ("aa", 12), ("sil", 20), ("PP", 8), ("I", 15), ("sil", 5)])
    onsets = [Onset(at=11, ipa="a"), Onset(at=41, ipa="m"), Onset(at=52, ipa="i")]
    found = [(one.ipa, one.start, one.end) for one in timed(onsets, heard)]
    assert found == [("", 0, 10), ("a", 10, 22), ("", 22, 42), ("m", 42, 50), ("i", 50, 65), ("", 65, 70)]


def test_a_phone_does_not_leave_the_place_where_it_was_heard() -> None:
    heard = _told([("aa", 60)], sure=0.5)
    found = timed([Onset(at=20, ipa="a"), Onset(at=40, ipa="e")], heard)
    starts = {one.ipa: one.start for one in found if one.ipa}
    assert abs(starts["a"] - 20) <= 4 and abs(starts["e"] - 40) <= 8


def test_a_vowel_that_was_named_wrongly_is_mouthed_as_it_is_heard() -> None:
    heard = _told([("sil", 10), ("nn", 8), ("aa", 14), ("DD", 6), ("sil", 10)])
    onsets = [Onset(at=10, ipa="n"), Onset(at=18, ipa="ɹ"), Onset(at=32, ipa="d")]
    found = [(one.ipa, one.start, one.end) for one in shaped(onsets, heard)]
    assert found == [("", 0, 10), ("n", 10, 18), ("a", 18, 32), ("d", 32, 38), ("", 38, 48)]


def test_where_the_recogniser_hears_nobody_the_mouth_stays_shut() -> None:
    heard = _told([("sil", 10), ("aa", 10), ("sil", 60), ("aa", 8)])
    found = shaped([Onset(at=10, ipa="a")], heard)
    assert [(one.ipa, one.start, one.end) for one in found] == [("", 0, 10), ("a", 10, 20), ("", 20, 88)]
    assert [one.ipa for one in shaped([], heard)] == [""]


def test_closed_lips_are_closed_long_enough_to_be_seen() -> None:
    heard = _told([("aa", 15), ("PP", 1), ("aa", 15)])
    found = shaped([Onset(at=0, ipa="a"), Onset(at=15, ipa="b"), Onset(at=16, ipa="a")], heard)
    assert [(one.ipa, one.end - one.start) for one in found if one.ipa == "b"] == [("b", 4)]
    assert found[0].start == 0 and found[-1].end == 31
    assert all(one.end == two.start for one, two in pairwise(found))


def test_an_open_vowel_beside_closed_lips_lasts_a_frame() -> None:
    heard = _told([("DD", 9), ("E", 3), ("PP", 6), ("aa", 10)])
    found = shaped([Onset(at=0, ipa="t"), Onset(at=9, ipa="ɛ"), Onset(at=12, ipa="p"), Onset(at=18, ipa="a")], heard)
    assert [(one.ipa, one.end - one.start) for one in found] == [("t", 8), ("ɛ", 4), ("p", 6), ("a", 10)]


@pytest.mark.parametrize("length", [1, 479, 480, 481, 4_801])
def test_every_hundredth_of_a_second_has_its_evidence(length: int) -> None:
    sound = np.random.default_rng(0).normal(size=length).astype(np.float32) * 0.1
    assert evidence(sound).shape == (-(-length // STEP), len(NAMES))
    assert np.isfinite(evidence(np.zeros(length, np.float32))).all()


def test_what_is_heard_does_not_depend_on_loudness() -> None:
    sound = np.random.default_rng(0).normal(size=24_000).astype(np.float32)
    assert np.allclose(features(sound * 0.5), features(sound * 0.05), atol=0.05)


def test_outside_the_speech_that_is_known_nobody_speaks() -> None:
    line = speak("One, two, three, four.", "en")
    half = len(line.samples) // 2
    found = align(line.samples, speech=[(0, half)])
    assert any(phone.ipa for phone in found)
    assert all(not phone.ipa for phone in found if phone.start >= half + STEP)
    assert found[0].start == 0 and found[-1].end == len(line.samples)


#: ticks of a rest; words, how many of their phones are said before it, language
REST = 72_000
RESTING = (
    ("My grandmother gives every child a small present.", 17, "en"),
    ("We found the keys in the garden.", 12, "en"),
    ("我们今天去看一部电影。", 12, "zh"),
)


def _in_a_hall(samples: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=28_800) * np.exp(-np.arange(28_800) / 5_760)
    noise[0] = 0
    return samples + 0.35 * fftconvolve(samples, noise / np.linalg.norm(noise))[: len(samples)]


def _in_noise(samples: np.ndarray) -> np.ndarray:
    return samples + np.random.default_rng(1).normal(size=len(samples)) * 0.01 * np.abs(samples).max()


def _with_a_rest(text: str, before: int, language: str) -> tuple[np.ndarray, int]:
    line = speak(text, language)
    at = [phone for phone in line.phones if phone.ipa][before - 1].end
    return np.concatenate([line.samples[:at], np.zeros(REST, np.float32), line.samples[at:]]), at


@pytest.mark.parametrize("heard", [_in_a_hall, _in_noise])
@pytest.mark.parametrize(("text", "before", "language"), RESTING)
def test_a_rest_lies_between_the_words_that_it_parts(text: str, before: int, language: str, heard) -> None:
    samples, at = _with_a_rest(text, before, language)
    found = [phone for phone in align(heard(samples).astype(np.float32), transcript=text, language=language) if phone.ipa]
    assert max(phone.end for phone in found[:before]) <= at + 6_000
    assert min(phone.start for phone in found[before:]) >= at + REST - 4_800


def test_a_rest_inside_a_word_stays_there_where_its_halves_are_heard() -> None:
    text, before = "Every beautiful summer we remember the mountains.", 8
    samples, at = _with_a_rest(text, before, "en")
    found = [phone for phone in align(samples, transcript=text, language="en") if phone.ipa]
    assert [phone.ipa for phone in found[before - 3 : before + 2]] == ["b", "j", "u", "ɾ", "ə"]
    assert max(phone.end for phone in found[:before]) <= at + 6_000
    assert min(phone.start for phone in found[before:]) >= at + REST - 4_800


def test_phones_of_a_song_last_long_enough_to_be_seen_and_those_of_speech_as_they_are_heard() -> None:
    line = speak("Friends of the old village still live near the river.", "en")
    said = [phone for phone in align(line.samples, transcript=line.text, language="en") if phone.ipa]
    sung = [phone for phone in align(line.samples, transcript=line.text, language="en", speech=[(0, len(line.samples))]) if phone.ipa]
    assert [phone.ipa for phone in said] == [phone.ipa for phone in sung]
    assert min(phone.end - phone.start for phone in sung) >= 4 * STEP > min(phone.end - phone.start for phone in said)
    assert sung[0].start == said[0].start and sung[-1].end == said[-1].end


def test_short_sounds_are_given_time_by_the_nearest_that_has_it_but_never_by_a_silence() -> None:
    heard = _told([("sil", 30), ("I", 40), ("FF", 1), ("SS", 1), ("sil", 30)])
    onsets = [Onset(at=30, ipa="i"), Onset(at=70, ipa="v"), Onset(at=71, ipa="z")]
    assert [one.end - one.start for one in timed(onsets, heard)] == [30, 40, 1, 1, 30]
    assert [one.end - one.start for one in timed(onsets, heard, least=4)] == [30, 34, 4, 4, 30]


def test_a_sound_that_was_surely_heard_stays_before_the_echo_of_a_vowel() -> None:
    heard = _told([("I", 30), ("sil", 5), ("aa", 40), ("sil", 20)], sure=2.0)
    for sure, least, most in ((True, 28, 36), (False, 60, 75)):
        found = timed([Onset(at=0, ipa="a"), Onset(at=30, ipa="z", sure=sure)], heard)
        assert least <= next(one.start for one in found if one.ipa == "z") <= most
