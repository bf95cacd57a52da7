"""The operator's own limits, and the consent that they can ask for, on real files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import phonofilm
from media import picture
from phonofilm import weights
from phonofilm.cli.main import cli
from phonofilm.errors import ConsentMissing, LimitError, RequestError
from phonofilm.generate import Film, render
from phonofilm.limits import PROFILES, profile
from phonofilm.media.provenance import read_provenance
from phonofilm.voice import speak

SAID = "Eileen Collins agreed on 3 May to a film of her portrait."


def operator(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Path:
    file = folder / "limits.toml"
    file.write_text(text, "utf-8")
    monkeypatch.setenv("PHONOFILM_LIMITS", str(file))
    return file


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    operator(tmp_path, monkeypatch, 'consent = "required"\n')


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import soundfile

    weights.pull("kokoro")
    path = tmp_path_factory.mktemp("voice") / "take3.wav"
    soundfile.write(path, speak("The book tells of a small island and of the people who live there.", "en").samples, 48_000)
    return path


def make(out: Path, prompt: str, references: dict[str, Path], **options: object) -> Film:
    return phonofilm.make(prompt, out, references=references, seconds=4, resolution="480p", ratio="1:1", engine="test", **options)


def test_without_the_operators_file_no_statement_is_asked_for() -> None:
    assert not any(limits.consent for limits in PROFILES.values())
    assert profile("local") == PROFILES["local"]


@pytest.mark.parametrize("limits", ["local", "seedance"])
def test_a_face_without_a_statement_is_refused_before_work_in_every_profile(asked: None, limits: str, tmp_path: Path) -> None:
    steps: list[str] = []
    from phonofilm.generate import generate
    from phonofilm.media.reference import open_references
    from phonofilm.request import Request

    given = open_references([f"face_photo={picture('astronaut')}"])
    with pytest.raises(ConsentMissing, match=r"astronaut\.png \(@face_photo\) holds a face.*--consent face_photo=") as caught:
        generate(
            Request(prompt="@face_photo smiles.", references=given, limits=limits),
            tmp_path / "f.mp4",
            progress=lambda step, _done=0.0: steps.append(step),
        )
    assert caught.value.tag == "face_photo" and caught.value.code == "consent_missing" and caught.value.exit_status == 2
    assert steps == [] and not (tmp_path / "f.mp4").exists()


def test_a_face_is_seen_whatever_the_file_is_called(asked: None, tmp_path: Path) -> None:
    with pytest.raises(ConsentMissing, match="holds a face"):
        make(tmp_path / "f.mp4", "@shelf is the background.", {"shelf": picture("astronaut")})
    assert make(tmp_path / "cup.mp4", "@cup is the background.", {"cup": picture("coffee")}).path.exists()


def test_a_voice_is_heard_whatever_the_file_is_called(asked: None, recording: Path, tmp_path: Path) -> None:
    with pytest.raises(ConsentMissing, match="holds a voice"):
        make(tmp_path / "f.mp4", "@voiceover is heard.", {"voiceover": recording})
    with pytest.raises(ConsentMissing, match="holds a voice"):
        make(tmp_path / "f.mp4", "@door is an effect.", {"door": recording})


def test_the_statement_is_written_into_the_film_and_repeated_with_it(asked: None, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    film = make(out, "@face_photo smiles.", {"face_photo": picture("astronaut")}, consent={"face_photo": SAID})
    assert read_provenance(out)["request"]["consent"] == {"face_photo": SAID}
    again = CliRunner().invoke(
        cli,
        ["make", "--again", str(out), "-r", f"face_photo={picture('astronaut')}", "-o", str(tmp_path / "again.mp4"), "--engine", "test", "--quiet"],
        catch_exceptions=False,
    )
    assert again.exit_code == 0 and (tmp_path / "again.mp4").read_bytes() == out.read_bytes()
    assert film.score.request["consent"] == {"face_photo": SAID}


def test_a_score_from_which_the_statement_was_taken_is_not_played(asked: None, tmp_path: Path) -> None:
    from phonofilm.engines import make_engine

    film = make(tmp_path / "film.mp4", "@face_photo smiles.", {"face_photo": picture("astronaut")}, consent={"face_photo": SAID})
    request = {key: value for key, value in film.score.request.items() if key != "consent"}
    with pytest.raises(ConsentMissing, match="@face_photo"):
        render(replace(film.score, request=request), film.materials, tmp_path / "again.mp4", engine=make_engine("test"))


def test_a_statement_is_given_by_tag_as_words_or_as_a_text_file(asked: None, tmp_path: Path) -> None:
    note = tmp_path / "consent.txt"
    note.write_text(f"{SAID}\n", "utf-8")
    photo = f"face_photo={picture('astronaut')}"
    out = tmp_path / "score.json"
    done = CliRunner().invoke(
        cli, ["score", "@face_photo smiles.", "-r", photo, "--consent", f"@face_photo={note}", "-o", str(out), "--quiet", "--engine", "test"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(out.read_text("utf-8"))["request"]["consent"] == {"face_photo": SAID}
    wrong = CliRunner().invoke(cli, ["score", "@face_photo smiles.", "-r", photo, "--consent", "face=yes", "-o", str(out)])
    assert isinstance(wrong.exception, RequestError) and "tags: face_photo" in str(wrong.exception)


@pytest.mark.parametrize(("consent", "problem"), [({"somebody": "yes"}, "no reference"), ({"face_photo": " "}, "is empty")])
def test_a_statement_for_nobody_and_an_empty_one_are_named_errors(consent: dict[str, str], problem: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=problem):
        make(tmp_path / "f.mp4", "@face_photo smiles.", {"face_photo": picture("astronaut")}, consent=consent)


def test_the_operators_file_reaches_make_and_its_profiles_have_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = operator(tmp_path, monkeypatch, '[local.image]\ncount = 1\n[kiosk]\nconsent = "required"\n[kiosk.image]\nside = [600, 4000]\n')
    cups = {"a": picture("coffee"), "b": picture("coffee")}
    with pytest.raises(LimitError, match="number of image files is 2, allowed at most 1"):
        make(tmp_path / "f.mp4", "@a and @b.", cups)
    with pytest.raises(LimitError, match="sides of 600 to 4000"):
        make(tmp_path / "f.mp4", "@a.", {"a": picture("coffee")}, limits="kiosk")
    with pytest.raises(RequestError, match="seedance, local, kiosk"):
        make(tmp_path / "f.mp4", "@a.", {"a": picture("coffee")}, limits="shop")
    monkeypatch.delenv("PHONOFILM_LIMITS")
    shown = CliRunner().invoke(cli, ["limits", "kiosk", "--file", str(file)])
    assert "of seedance, local, kiosk" in shown.output and "600 to 4000" in shown.output
    assert [row.split() for row in shown.output.splitlines() if row.startswith("consent")] == [["consent", "required"]]


def test_limits_are_shown_as_json_and_a_wrong_file_is_a_named_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = json.loads(CliRunner().invoke(cli, ["limits", "seedance", "--json"]).output)
    assert shown["image"]["formats"] == sorted(PROFILES["seedance"].image.formats) and shown["consent"] is False
    file = operator(tmp_path, monkeypatch, 'consent = "perhaps"\n')
    with pytest.raises(RequestError, match=r"limits\.toml: consent .*required or none"):
        profile("local")
    asked = CliRunner().invoke(cli, ["limits", "--file", str(file)])
    assert isinstance(asked.exception, RequestError)
