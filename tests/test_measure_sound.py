"""What is measured of a film's sound: closed forms, and sounds that were spoilt by a known amount."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from phonofilm.measure import hearing, measure
from phonofilm.measure.distort import distort
from phonofilm.measure.finding import Finding
from phonofilm.measure.hearing import Recogniser, distance, errors, units
from phonofilm.measure.levels import balance, block_levels, clipping, likeness, longest, silent
from phonofilm.measure.talk import SURE, modulated, talk
from phonofilm.media.meter import metered
from phonofilm.media.rewrite import rewrite
from phonofilm.media.stream import Decoded
from phonofilm.score.model import CameraPath, Key, Line, Recipe, Score, Setting, Shot
from phonofilm.voice import speak

SECOND = 48_000


def tone(dbfs: float, hertz: float, seconds: float, *, phase: float = 0.0) -> np.ndarray:
    t = np.arange(round(seconds * SECOND)) / SECOND
    x = (10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * t + phase)).astype(np.float32)
    return np.stack([x, x], 1)


def grey(seconds: float) -> list[Decoded]:
    planes = np.full((96 * 3 // 2, 128), 128, np.uint8)
    return [Decoded(at=k * 2000, i420=planes) for k in range(round(seconds * 24))]


@pytest.fixture(scope="module")
def spoken() -> np.ndarray:
    """An English sentence with room around it, f32[s 2]."""
    line = speak("The rain stopped, and she walked slowly across the old stone bridge.", "en", voice="af_heart")
    mono = np.pad(line.samples, (SECOND // 2, SECOND // 2)).astype(np.float32)
    mono = mono[: len(mono) // 2000 * 2000]
    return np.stack([mono, mono], 1) * np.float32(0.7 / np.abs(mono).max())


@pytest.fixture(scope="module")
def film(spoken: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "film.mp4"
    return rewrite(path, grey(len(spoken) / SECOND), spoken, rate=24)


@pytest.fixture(scope="module")
def spoilt(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Finding]:
    folder = tmp_path_factory.mktemp("spoilt")
    done: dict[tuple[str, float], Finding] = {}

    def look(kind: str, amount: float) -> Finding:
        if (kind, amount) not in done:
            done[kind, amount] = measure(distort(film, folder / "out.mp4", kind=kind, amount=amount), only=("sound",)).finding("sound")
        return done[kind, amount]

    return look


def number(finding: Finding, name: str) -> float:
    value = finding.number(name)
    assert isinstance(value, int | float), (name, value)
    return value


@pytest.mark.parametrize("dbfs", [-23.0, -33.0, -40.0])
def test_the_meter_reads_a_steady_tone_as_ebu_tech_3341_asks(dbfs: float) -> None:
    found = metered(tone(dbfs, 1000, 20))
    assert found.integrated == pytest.approx(dbfs, abs=0.1)
    assert found.momentary[-1] == pytest.approx(dbfs, abs=0.1) and found.short_term[-1] == pytest.approx(dbfs, abs=0.1)


def test_the_meter_gates_as_ebu_tech_3341_asks() -> None:
    steps = [tone(level, 1000, seconds) for level, seconds in ((-36, 10), (-23, 60), (-36, 10))]
    assert metered(np.concatenate(steps)).integrated == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(("low", "lu"), [(-30.0, 10.0), (-25.0, 5.0)])
def test_the_loudness_range_is_that_of_ebu_tech_3342(low: float, lu: float) -> None:
    assert metered(np.concatenate([tone(-20, 1000, 20), tone(low, 1000, 20)])).spread == pytest.approx(lu, abs=1.0)


def test_a_peak_between_the_samples_is_a_true_peak() -> None:
    sound = tone(-6.02, SECOND / 4, 1, phase=np.pi / 4)
    sound[:4800] *= np.linspace(0, 1, 4800, dtype=np.float32)[:, None]
    sound[-4800:] *= np.linspace(1, 0, 4800, dtype=np.float32)[:, None]
    assert 20 * np.log10(np.abs(sound).max()) < -8.9
    assert metered(sound).true_peak == pytest.approx(-6.02, abs=0.3)


def test_silence_and_a_blink_of_sound_have_no_loudness() -> None:
    assert metered(np.zeros((SECOND, 2), np.float32)).integrated == -120
    assert metered(tone(-20, 1000, 0.1)).integrated is None


def test_only_what_stays_at_full_scale_is_clipped() -> None:
    driven = np.clip(tone(12, 200, 1), -1, 1)
    found = clipping(driven)
    assert found.runs == 2 * 2 * 200 and found.share == pytest.approx(1 - 2 / np.pi * np.arcsin(10**-0.6), abs=0.02)
    assert clipping(tone(-1, 200, 1)).runs == 0
    one = np.zeros((100, 2), np.float32)
    one[50] = 1.0
    assert clipping(one).runs == 0


def test_levels_of_blocks_are_those_of_their_power() -> None:
    levels = block_levels(np.concatenate([tone(-20, 1000, 0.2), np.zeros((SECOND // 5, 2), np.float32)]))
    assert levels[:10] == pytest.approx(-23.01, abs=0.1) and (levels[10:] == -120).all()
    assert silent(levels).sum() == 10 and longest(silent(levels)) == (10, 10)
    assert longest(np.zeros(4, bool)) == (0, 0)


def test_the_sides_are_compared() -> None:
    random = np.random.default_rng(0).standard_normal((SECOND, 2)).astype(np.float32) * 0.1
    assert balance(random * np.array([1, 2], np.float32)) == pytest.approx(6.02, abs=0.2)
    alone = random[:, :1]
    assert likeness(np.repeat(alone, 2, 1)) == pytest.approx(1) and likeness(np.concatenate([alone, -alone], 1)) == pytest.approx(-1)
    assert likeness(random) == pytest.approx(0, abs=0.05) and likeness(random * np.array([1, 0], np.float32)) is None


def test_speech_is_told_from_tones_and_noise_with_and_without_the_detector(spoken: np.ndarray) -> None:
    t = np.arange(len(spoken)) / SECOND
    chord = sum(0.1 * np.sin(2 * np.pi * f * t) for f in (220, 277, 330)).astype(np.float32)
    noise = 0.1 * np.random.default_rng(0).standard_normal(len(spoken)).astype(np.float32)
    found = talk(spoken[:, 0])
    assert found.by == "Silero VAD" and found.share > 0.6
    assert talk(chord).share == 0 and talk(noise).share < 0.05
    assert (modulated(spoken[:, 0]) >= SURE).mean() > 0.5
    assert (modulated(chord) >= SURE).mean() == 0 and (modulated(noise) >= SURE).mean() == 0


@pytest.mark.parametrize("below", [6.0, 15.0, 30.0])
def test_how_far_speech_stands_above_noise_is_measured(spoken: np.ndarray, below: float) -> None:
    mono = spoken[:, 0]
    speaking = talk(mono).probability >= SURE
    power = np.square(mono[: len(mono) // 1536 * 1536]).reshape(-1, 1536).mean(1)[speaking[: len(mono) // 1536]].mean()
    noise = np.random.default_rng(0).standard_normal(len(mono)).astype(np.float32) * np.float32(np.sqrt(power / 10 ** (below / 10)))
    assert talk(mono + noise).above == pytest.approx(below, abs=3)


@pytest.mark.parametrize("decibels", [-12.0, -6.0, 2.0])
def test_a_gain_is_measured_to_a_tenth_of_a_decibel(spoilt: Callable[..., Finding], decibels: float) -> None:
    before, after = (number(spoilt("gain", by), "loudness") for by in (0, decibels))
    assert after - before == pytest.approx(decibels, abs=0.1)


def test_a_sound_beyond_full_scale_is_measured_at_its_own_level(tmp_path: Path) -> None:
    path = tmp_path / "loud.mov"
    sound = tone(6.02, 1000, 2)
    with av.open(str(path), "w") as out:
        video, audio = out.add_stream("libx264", rate=24), out.add_stream("pcm_f32le", rate=SECOND, layout="stereo")
        video.width, video.height, video.pix_fmt = 128, 96, "yuv420p"
        for shown in grey(2):
            out.mux(video.encode(av.VideoFrame.from_ndarray(shown.i420, format="yuv420p")))
        out.mux(video.encode(None))
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="flt", layout="stereo")
        frame.sample_rate, frame.pts = SECOND, 0
        out.mux(audio.encode(frame))
        out.mux(audio.encode(None))
    loud = measure(path, only=("sound",)).finding("sound")
    assert number(loud, "loudness") == pytest.approx(6.02, abs=0.1)
    assert number(loud, "true peak") == pytest.approx(6.02, abs=0.2)


@pytest.mark.parametrize(("share", "least", "most"), [(0.5, 0.5, 0.75), (1.0, 1.0, 1.0)])
def test_the_share_that_was_silenced_is_silent(spoilt: Callable[..., Finding], share: float, least: float, most: float) -> None:
    assert least - 0.02 <= number(spoilt("silence", share), "silent share") <= most
    if share == 1:
        assert spoilt("silence", 1).number("loudness") is None and spoilt("silence", 1).number("speech share") == 0


def test_clipping_is_measured_and_a_clean_sound_has_none(spoilt: Callable[..., Finding]) -> None:
    assert number(spoilt("clip", 0), "clipped runs") == 0
    light, strong = (number(spoilt("clip", by), "clipped share") for by in (6, 18))
    assert 5e-5 < light and strong > 10 * light
    assert spoilt("clip", 6).passed is False


def test_noise_an_offset_and_a_side_are_measured(spoilt: Callable[..., Finding]) -> None:
    assert number(spoilt("noise", -40), "noise floor") == pytest.approx(-40, abs=1)
    assert number(spoilt("noise", -40), "speech above the rest by") < number(spoilt("gain", 0), "speech above the rest by")
    assert number(spoilt("offset", 0.05), "constant offset") == pytest.approx(0.05, abs=0.002)
    assert number(spoilt("balance", 6), "right louder than left by") == pytest.approx(6, abs=0.1)
    assert number(spoilt("balance", -6), "right louder than left by") == pytest.approx(-6, abs=0.1)


def test_a_film_without_sound_says_so(spoilt: Callable[..., Finding]) -> None:
    finding = spoilt("mute", 1)
    assert not finding.applies and finding.why == "the film has no sound"


@pytest.mark.parametrize(
    ("language", "asked", "heard", "wrong", "of"),
    [
        ("en", "Don't stop, please!", "dont stop please", 0, 3),
        ("en", "one two three", "one too", 2, 3),
        ("de", "Die Straßenbahn kommt.", "die Strassen Bahn kommt", 0, 3),
        ("fr", "Où êtes-vous ?", "ou etes vous", 0, 3),
        ("es", "¿Qué año es?", "que año es", 0, 3),
        ("zh", "他们在那里。", "她们在那里", 0, 5),
        ("ja", "今日は雨です", "きょうは雨です", 0, 8),
        ("ko", "안녕 하세요", "안녕하세요", 0, 5),
    ],
)
def test_words_are_compared_as_they_sound(language: str, asked: str, heard: str, wrong: int, of: int) -> None:
    assert errors(asked, heard, language) == (wrong, of), (units(asked, language), units(heard, language))


def test_the_distance_is_that_of_levenshtein() -> None:
    assert distance("kitten", "sitting") == 3 and distance("", "abc") == 3 and distance("abc", "abc") == 0


def asked(film_ticks: int, text: str, language: str = "en") -> Score:
    shot = Shot(start=0, end=film_ticks, camera=CameraPath(keys=(Key(tick=0, position=(0, 1.5, 3)),)), setting=Setting(kind="studio"))
    line = Line(
        start=SECOND // 2, end=film_ticks - SECOND // 2, actor="", text=text, language=language, recipe=Recipe(text=text, language=language, voice="")
    )
    return Score(length=film_ticks, width=128, height=96, seed=0, shots=(shot,), cues=(line,))


def test_without_a_recogniser_nothing_is_claimed(film: Path, spoken: np.ndarray, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(os.environ, "PHONOFILM_WHISPER", str(tmp_path))
    finding = measure(film, score=asked(len(spoken), "The rain stopped."), only=("sound",)).finding("sound")
    value = next(v for v in finding.values if v.name == "speech not understood")
    assert value.value is None and value.passed is None
    assert value.why in ("the recogniser has no weights on this machine", "no recogniser is installed (pip install 'phonofilm[verify]')")
    cantonese = measure(film, score=asked(len(spoken), "落雨", "yue"), only=("sound",)).finding("sound")
    assert next(v for v in cantonese.values if v.name == "speech not understood").why == "no recogniser for its language"


@pytest.mark.slow
@pytest.mark.skipif(bool(Recogniser.missing()), reason="no recogniser here")
def test_the_right_words_are_understood_and_other_words_are_not(film: Path, spoken: np.ndarray) -> None:
    right = "The rain stopped, and she walked slowly across the old stone bridge."
    wrong = "My uncle never buys green apples from strangers at the market on Monday."
    shares = [number(measure(film, score=asked(len(spoken), t), only=("sound",)).finding("sound"), "speech not understood") for t in (right, wrong)]
    assert shares[0] <= 0.1 and shares[1] > 0.7
    assert hearing.weights_folder() is not None
