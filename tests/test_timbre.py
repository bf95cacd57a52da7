"""Lines likened to a recording: voices that are not among the candidates in, the nearest by pitch and throat out."""

from pathlib import Path

import numpy as np
import pytest

import phonofilm
from phonofilm import weights
from phonofilm.engines.stage.stage import Stage
from phonofilm.errors import ConsentMissing
from phonofilm.generate import score_of
from phonofilm.media.outputs import write_wav
from phonofilm.media.reference import open_references
from phonofilm.request import Request
from phonofilm.score.consent import require_for_roles
from phonofilm.score.model import Line, Score
from phonofilm.score.revise import inputs_of
from phonofilm.score.spoken import say
from phonofilm.voice import speak, voices
from phonofilm.voice.timbre import MOST_PITCH, Traits, known, likest, traits_of

SAID = {
    "es": ("El tren de las nueve llega tarde, y nadie en el andén sabe por qué. Esperamos todavía un rato.", "em_alex"),
    "fr": ("Le train de neuf heures est en retard, et personne sur le quai ne sait pourquoi. Attendons encore.", "ff_siwis"),
}
PROMPT = "A room. A narrator says in English “The harbour is quiet today, and the boats are all at home.” in the voice of @voice_ref. No music."


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Traits]]:
    """A man of Spain and a woman of France, of whom no voice speaks English."""
    weights.pull("kokoro")
    made = {}
    for language, (text, voice) in SAID.items():
        samples = speak(text, language, voice=voice).samples
        path = tmp_path_factory.mktemp("voices") / f"{language}.wav"
        write_wav(path, np.stack([samples, samples], axis=1))
        traits = traits_of(samples)
        assert traits is not None
        made[language] = path, traits
    return made


def asked(prompt: str, recording: Path) -> Score:
    given = open_references((f"voice_ref={recording}",))
    return score_of(Request(prompt=prompt, references=given, resolution="480p", ratio="16:9"), Stage())[0]


def line_of(score: Score) -> Line:
    return next(cue for cue in score.cues if isinstance(cue, Line))


def test_the_pitch_of_a_voice_is_measured() -> None:
    time = np.arange(96_000) / 48_000
    for hertz in (95.0, 140.0, 220.0, 310.0):
        tone = sum(np.sin(2 * np.pi * hertz * k * time) / k for k in range(1, 12)) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))
        traits = traits_of(tone.astype(np.float32))
        assert traits is not None and traits.pitch == pytest.approx(hertz, rel=0.01)
        assert traits.pace == pytest.approx(4.0, abs=0.8)


def test_noise_and_silence_are_no_voice() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 96_000).astype(np.float32)
    assert traits_of(noise) is None and traits_of(noise * 0) is None and traits_of(noise[:9000]) is None


def test_every_voice_of_every_language_is_in_the_table() -> None:
    for voice in voices():
        traits = known(voice.language, voice.name)
        assert traits is not None and 70 < traits.pitch < 400, voice


@pytest.mark.parametrize("gender", ["male", "female"])
def test_without_itself_a_voice_is_likened_to_one_of_its_kind(gender: str) -> None:
    mine = [v for v in voices() if v.language == "en" and v.gender == gender and v.age in ("adult", "young")]
    right = 0
    for voice in mine:
        traits = known("en", voice.name)
        assert traits is not None
        own, other = likest(traits, "en"), likest(traits, "en", without=frozenset({voice.name}))
        assert own is not None and own.voice == voice and own.pitch == own.pace == 1.0
        assert other is not None and other.voice != voice and abs(np.log(other.pitch)) <= np.log(MOST_PITCH) + 1e-3
        right += other.voice.gender == gender
    assert right >= len(mine) - 1


@pytest.mark.parametrize(("language", "gender"), [("es", "male"), ("fr", "female")])
def test_a_line_is_spoken_by_the_nearest_voice_at_the_recordings_pitch(language, gender, recordings) -> None:
    path, traits = recordings[language]
    score = asked(PROMPT, path)
    line = line_of(score)
    assert line.recipe is not None
    assert next(v for v in voices() if v.name == line.recipe.voice and v.language == "en").gender == gender
    spoken = traits_of(say(line.recipe).samples)
    assert spoken is not None and spoken.pitch == pytest.approx(traits.pitch, rel=0.1)
    said = [remark for remark in score.remarks if "voice_ref" in remark]
    assert len(said) == 1 and "nearest of 12 voices" in said[0] and "not a copy" in said[0] and line.recipe.voice in said[0]
    assert line.inputs == inputs_of(line)


def test_the_gender_and_age_in_words_go_before_the_recordings(recordings) -> None:
    score = asked('A room. An old woman says in English: "The harbour is quiet today." The timbre of @voice_ref. No music.', recordings["es"][0])
    recipe = line_of(score).recipe
    assert recipe is not None and recipe.voice == "bf_isabella"


def test_a_recording_without_a_voice_is_remarked(tmp_path: Path) -> None:
    wave = np.sin(np.arange(144_000) * 0.3) * np.exp(-np.arange(144_000) / 9000)
    write_wav(tmp_path / "ding.wav", np.stack([wave, wave], axis=1).astype(np.float32))
    score = asked(PROMPT, tmp_path / "ding.wav")
    assert any("no voice can be likened" in remark for remark in score.remarks)
    recipe = line_of(score).recipe
    assert recipe is not None and recipe.pitch == 1.0


def test_where_statements_are_required_a_recording_to_liken_to_needs_one(recordings, tmp_path, monkeypatch) -> None:
    (tmp_path / "limits.toml").write_text('consent = "required"\n', "utf-8")
    monkeypatch.setenv("PHONOFILM_LIMITS", str(tmp_path / "limits.toml"))
    request = Request(prompt=PROMPT, references=open_references((f"voice_ref={recordings['es'][0]}",)))
    with pytest.raises(ConsentMissing):
        require_for_roles(request, {"voice_ref": "timbre"})


@pytest.mark.slow
def test_a_films_speech_has_the_recordings_pitch(recordings, tmp_path) -> None:
    from phonofilm.media.read import read_sound

    path, traits = recordings["es"]
    film = phonofilm.make(PROMPT, tmp_path / "film.mp4", references={"voice_ref": path}, resolution="480p", ratio="16:9")
    line = line_of(film.score)
    sound, _ = read_sound(film.path)
    heard = traits_of(sound[line.start : line.end].mean(axis=1))
    assert heard is not None and heard.pitch == pytest.approx(traits.pitch, rel=0.1)
