"""Speech and its phones. Needs the speech model: phonofilm models pull kokoro."""

import itertools

import numpy as np
import pytest

from phonofilm import weights
from phonofilm.phones import is_bilabial
from phonofilm.voice import align, models_for, speak, voice_for, voices


@pytest.fixture(scope="module", autouse=True)
def _model() -> None:
    weights.pull("kokoro")


def assert_phones_tile(phones, length) -> None:
    assert phones[0].start == 0
    assert phones[-1].end == length
    assert all(before.end == after.start for before, after in itertools.pairwise(phones))
    assert all(phone.end > phone.start for phone in phones)


def test_phones_tile_the_samples_of_a_line() -> None:
    line = speak("Bob may pay my bill.", "en")
    assert line.samples.dtype == np.float32
    assert line.samples.ndim == 1
    assert_phones_tile(line.phones, len(line.samples))
    assert 0.1 < np.abs(line.samples).max() <= 1.0


def test_lips_close_for_every_p_b_and_m_and_for_at_least_50_ms() -> None:
    closed = [phone for phone in speak("Bob may pay my bill.", "en").phones if is_bilabial(phone)]
    assert "".join(phone.ipa for phone in closed) == "bbmpmb"
    assert all(phone.end - phone.start >= 2400 - 240 for phone in closed)


def test_the_same_line_is_the_same_samples_with_and_without_the_cache(tmp_path, monkeypatch) -> None:
    first = speak("Once more.", "en")
    again = speak("Once more.", "en")
    monkeypatch.setattr("phonofilm.voice.lines._file", lambda name: tmp_path / f"{name}.npz")
    fresh = speak("Once more.", "en")
    assert np.array_equal(first.samples, again.samples)
    assert np.array_equal(first.samples, fresh.samples)
    assert first.phones == again.phones == fresh.phones


def test_a_line_is_hurried_to_the_time_it_may_take_and_says_when_it_cannot() -> None:
    text = "We will meet again at the harbour tomorrow."
    own = len(speak(text, "en").samples)
    hurried = speak(text, "en", length=round(own * 0.85))
    assert hurried.fits
    assert len(hurried.samples) <= round(own * 0.85)
    assert not speak(text, "en", length=own // 3).fits
    assert len(speak(text, "en", length=own * 3).samples) == own


def test_a_line_can_be_slowed_to_fill_its_time() -> None:
    text = "We will meet again at the harbour tomorrow."
    own = len(speak(text, "en").samples)
    filled = speak(text, "en", length=round(own * 1.2), fill=True)
    assert filled.fits
    assert abs(len(filled.samples) - round(own * 1.2)) <= 4800


def test_the_best_voice_fits_the_speaker() -> None:
    assert voice_for("en").name == "af_heart"
    assert voice_for("en", "male").gender == "male"
    assert voice_for("en", "male", "old").age == "old"
    assert {voice.model for voice in voices() if voice.language == "en"} == set(models_for("en"))


def test_a_blend_speaks_between_the_pitches_of_its_voices() -> None:
    from phonofilm.voice import kokoro
    from phonofilm.voice.tones import base_pitch

    assert set(kokoro.BLENDS) <= set(kokoro.voice_names())
    assert {voice.name for voice in voices()} <= set(kokoro.voice_names())
    for name, parts in kokoro.BLENDS.items():
        assert sum(share for _, share in parts) == pytest.approx(1.0)
        pitches = [base_pitch(part) for part, _ in parts]
        assert min(pitches) < base_pitch(name) < max(pitches)


def test_a_recording_is_aligned_to_its_words() -> None:
    line = speak("Please open the window because it is getting very warm in here.", "en")
    found = align(np.stack([line.samples, line.samples], axis=1), transcript=line.text, language="en")
    assert_phones_tile(found, len(line.samples))
    true = [phone for phone in line.phones if phone.ipa]
    heard = [phone for phone in found if phone.ipa]
    assert [phone.ipa for phone in heard] == [phone.ipa for phone in true]
    assert np.median([abs(a.start - b.start) for a, b in zip(true, heard, strict=True)]) <= 1200


def test_a_recording_without_words_gives_the_phones_that_are_heard() -> None:
    line = speak("Please open the window because it is getting very warm in here.", "en")
    found = align(line.samples)
    assert_phones_tile(found, len(line.samples))
    assert sum(is_bilabial(phone) for phone in found) == sum(is_bilabial(phone) for phone in line.phones)


LIPS = {
    "en": ("Bob may pay.", 4),
    "zh": ("爸爸跑步买面包。", 7),
    "yue": ("爸爸買麵包。", 5),
    "ja": ("ピアノと桃。", 3),
    "ko": ("밥을 봐요.", 3),
    "es": ("Mi papá bebe.", 5),
    "fr": ("Papa boit, madame.", 5),
    "de": ("Papa mag mein Brot.", 5),
}


@pytest.mark.parametrize("language", LIPS)
def test_every_language_is_spoken_with_its_lips_closing(language) -> None:
    text, closures = LIPS[language]
    line = speak(text, language)
    assert_phones_tile(line.phones, len(line.samples))
    assert sum(is_bilabial(phone) for phone in line.phones) == closures
    assert line.voice == voice_for(language).name
    assert models_for(language) == ("kokoro",)
    assert 0.05 < np.abs(line.samples).max() <= 1.0


def test_cantonese_tones_are_heard_in_the_pitch() -> None:
    def middle_pitch(text: str) -> float:
        line = speak(text, "yue")
        start, end = next((phone.start, phone.end) for phone in line.phones if phone.ipa.startswith("iː"))
        part = line.samples[start:end] * np.hanning(end - start)
        echo = np.fft.irfft(np.abs(np.fft.rfft(part, 1 << 16)) ** 2)[: 48_000 // 60]
        lag = 48_000 // 400 + int(np.argmax(echo[48_000 // 400 :]))
        return 48_000 / lag

    assert middle_pitch("詩。") > 1.2 * middle_pitch("時。")  # si1, high and level; si4, low and falling


def test_an_experimental_voice_is_marked_and_a_film_says_so() -> None:
    from phonofilm.engines import make_engine
    from phonofilm.generate import score_of
    from phonofilm.request import Request

    assert {voice.language for voice in voices() if voice.experimental} == {"yue"}
    remarks = {
        prompt: score_of(Request(prompt=prompt, seconds=4), make_engine("test"))[0].remarks
        for prompt in ("A narrator says in Cantonese: “多謝大家收睇。”", "A narrator says: “Thank you.”")
    }
    assert [any("experimental" in remark for remark in found) for found in remarks.values()] == [True, False]
