"""The measuring tool measured: a film is spoilt in known ways, and every metric has to answer as it must."""

from pathlib import Path

import pytest

import phonofilm
from happenings import knocks, times_of, write
from media import picture
from phonofilm.generate import Film
from phonofilm.measure.calibrate import SHIFTS, WITHIN, calibrate
from phonofilm.measure.distort import distort
from phonofilm.measure.film import Asked, sound_of
from phonofilm.measure.look import look
from phonofilm.media.probe import probe

SAID = '@face_photo says: "Our new roast arrives on Monday. Come and taste it, my friends!" Truck right.'


def made(folder: Path, name: str, prompt: str, seconds: int) -> Film:
    return phonofilm.make(
        prompt, folder / f"{name}.mp4", references={"face_photo": picture("astronaut")}, seconds=seconds, ratio="3:4", resolution="480p"
    )


def test_a_short_calibration_is_passed(tmp_path: Path) -> None:
    film = made(tmp_path, "film", SAID, 4)
    found = calibrate(film.path, score=film.score, references={"face_photo": picture("astronaut")}, other_face=picture("glasses"), short=True)
    assert [a for a in found.answers if a.passed is False] == []
    assert {a.metric for a in found.answers if a.passed} == {"lips", "onsets", "picture", "camera", "sound", "beats", "identity"}
    assert {"lips", "onsets"} == set(found.curves)


def test_what_was_seen_serves_again_where_only_the_sound_is_spoilt(tmp_path: Path) -> None:
    times = times_of(4)
    film = write(tmp_path / "film.mp4", "cut", times, 4, knocks(times, 4))
    metrics = ("onsets", "beats", "sound")
    plain = look(film, Asked(), only=metrics)
    for kind, amount in (("silence", 1.0), ("gain", -6.0), ("mute", 1.0)):
        path = distort(film, tmp_path / "spoilt.mp4", kind=kind, amount=amount)
        anew = look(path, Asked(), only=metrics).report()
        again = plain.with_sound(sound_of(path, probe(path)), path=path).report_of(metrics)
        assert again.findings == anew.findings, kind


@pytest.mark.slow
def test_the_whole_calibration_is_passed(tmp_path: Path) -> None:
    film = made(tmp_path, "film", SAID, 5)
    other = made(tmp_path, "other", '@face_photo says: "A very different sentence is spoken here, about boats and rivers." Pan left.', 6)
    found = calibrate(
        film.path, score=film.score, references={"face_photo": picture("astronaut")}, other_face=picture("glasses"), other_score=other.score
    )
    assert [a for a in found.answers if a.passed is False] == []
    for curve in found.curves.values():
        assert [ms for ms, _ in curve] == list(SHIFTS)
        assert all(by is not None and abs(by - ms) <= WITHIN for ms, by in curve)
    assert {a.metric for a in found.answers if a.passed} >= {"lips", "onsets", "picture", "camera", "sound", "identity", "container"}


@pytest.mark.slow
def test_cuts_on_beats_are_off_them_when_the_sound_is_late(tmp_path: Path) -> None:
    references = {"one": picture("coffee"), "two": picture("astronaut"), "three": picture("rocket"), "four": picture("cat")}
    prompt = "A fast montage of @one, @two, @three and @four cut to electronic music."
    film = phonofilm.make(prompt, tmp_path / "film.mp4", references=references, seconds=12, ratio="16:9", resolution="480p")
    found = calibrate(film.path, score=film.score)
    beats = [a for a in found.answers if a.metric == "beats" and a.done == "sound 100 ms late"]
    assert beats and beats[0].passed
