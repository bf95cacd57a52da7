"""The metric lips: curves against each other, a real talking face, a made film with its score, and what must get no answer."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import phonofilm
from media import clip, picture
from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.measure.alike import alike, correlation, on_grid, swing
from phonofilm.measure.articulation import asked_openness, heard_openness, num_syllables
from phonofilm.measure.calibrate import SHIFTS
from phonofilm.measure.film import Asked, Film, Heard, Shown, frames_of, sound_of
from phonofilm.measure.finding import Finding, Value
from phonofilm.measure.lips import Lips
from phonofilm.media.probe import probe
from phonofilm.phones import Phone
from phonofilm.score.model import Line, Score
from phonofilm.vision.face import FaceFinder


def wobble(seed: int, instants: int = 600) -> np.ndarray:
    """A curve that moves as lips do, some five times a second."""
    row = np.random.default_rng(seed).standard_normal(instants)
    return np.convolve(row, np.hanning(25), "same")


@pytest.mark.parametrize("late", [-32, -8, 0, 3, 16, 40])
def test_a_curve_that_comes_late_is_found_late_by_as_much(late):
    told = wobble(1)
    peak = alike(np.roll(told, late) + 0.2 * wobble(2), told, least=0.4, margin=0.1)
    assert peak.offset is not None
    assert abs(peak.offset - 10 * late) < 5
    assert peak.correlation > 0.9


def test_half_a_step_is_found_between_the_steps():
    fine = np.convolve(np.random.default_rng(3).standard_normal(1200), np.hanning(50), "same")
    peak = alike(fine[5::2][:590], fine[::2][:590], least=0.4, margin=0.1)
    assert abs(peak.offset - -25) < 2


def test_curves_that_have_nothing_to_do_with_each_other_get_no_offset():
    answered = [alike(wobble(k), wobble(100 + k), least=0.4, margin=0.15).offset is not None for k in range(20)]
    assert sum(answered) <= 1


def test_a_curve_that_stands_still_gets_no_offset_and_says_so():
    peak = alike(np.ones(600), wobble(1), least=0.4, margin=0.1)
    assert peak.offset is None
    assert "stands still" in peak.why


def test_readings_far_apart_leave_a_hole():
    row = on_grid([0, 2000, 20000, 22000], [0.0, 1.0, 1.0, 0.0], 24000, hole=8000)
    assert np.isfinite(row[[0, 4, 42, 45]]).all()
    assert np.isnan(row[[10, 30, 48]]).all()


def test_a_slow_smile_is_no_articulation():
    t = np.arange(800) / 100
    moved = swing(np.sin(2 * np.pi * 5 * t) + 4 * np.sin(2 * np.pi * 0.1 * t))
    assert correlation(moved, np.sin(2 * np.pi * 5 * t)) > 0.9


def test_an_open_vowel_sounds_more_open_than_a_closed_one_as_loud():
    t = np.arange(TICKS_PER_SECOND) / TICKS_PER_SECOND
    source = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 30))
    a = resonant(source, 750, 1200)
    i = resonant(source, 280, 2300)
    assert heard_openness(a).mean() > 2 * heard_openness(i).mean()
    assert num_syllables(heard_openness(np.zeros(TICKS_PER_SECOND, np.float32))) == 0


def resonant(source: np.ndarray, *formants: float) -> np.ndarray:
    from scipy.signal import iirpeak, lfilter

    out = source
    for f in formants:
        b, a = iirpeak(f, f / 90, fs=TICKS_PER_SECOND)
        out = lfilter(b, a, out) + 0.05 * out
    return (out / np.sqrt((out**2).mean()) * 0.1).astype(np.float32)


def test_what_is_heard_is_heard_when_it_sounds():
    t = np.arange(2 * TICKS_PER_SECOND) / TICKS_PER_SECOND
    sound = (0.3 * np.sin(2 * np.pi * 900 * t) * (np.abs(t - 1.0) < 0.05)).astype(np.float32)
    row = heard_openness(sound)
    middle = float((np.arange(len(row)) * row).sum() / row.sum())
    assert abs(middle - 100) < 0.3


def test_phones_ask_for_an_open_mouth_while_they_last():
    row = asked_openness([Phone(start=9600, end=19200, ipa="a", viseme="aa")], 48000, 2000)
    assert row[30] == pytest.approx(1.0)
    assert row[10] == 0.0
    assert row[20] == pytest.approx(0.5, abs=0.1)


class Looked:
    """A film that was looked through once and can be given other sounds."""

    def __init__(self, path: Path, score: Score | None, frames: Iterator[Shown]) -> None:
        facts = probe(path)
        asked = Asked(score=score)
        self.metric = Lips(asked)
        times: list[int] = []
        size = (0, 0)
        for shown in frames:
            self.metric.see(shown)
            times.append(shown.at)
            size = (shown.y.shape[1], shown.y.shape[0])
        self.film = Film(path=path, facts=facts, heard=sound_of(path, facts), asked=asked, times=tuple(times), size=size)

    def finding(self, sound: np.ndarray | None = None) -> Finding:
        return self.metric.finding(self.film if sound is None else replace(self.film, heard=Heard(sound=sound)))


def value(finding: Finding, name: str) -> Value:
    return {v.name: v for v in finding.values}[name]


@pytest.fixture(scope="module")
def address() -> Looked:
    return Looked(clip("address"), None, frames_of(clip("address")))


def test_a_real_man_who_speaks_is_told_from_the_one_beside_him(address):
    face = value(address.finding(), "speaking face").value
    assert face.startswith("at 6")
    assert "of 2" in face


def test_a_real_talking_face_is_in_sync_by_tracker_and_by_pixels(address):
    found = address.finding()
    tracker, pixels = value(found, "lips late against the sound"), value(found, "lips late against the sound, by pixels")
    assert tracker.passed
    assert abs(tracker.value - pixels.value) < 25
    assert value(found, "correlation with the sound").value > 0.4
    assert value(found, "margin over the next peak (the sound)").value > 0.2


@pytest.mark.parametrize("ms", SHIFTS)
def test_sound_that_is_shifted_under_a_real_face_is_found_shifted(address, ms):
    rest = value(address.finding(), "lips late against the sound").value
    found = value(address.finding(shifted(address.film.heard.sound, ms)), "lips late against the sound").value
    assert abs(found - (rest - ms)) < 10


def shifted(sound: np.ndarray, ms: int) -> np.ndarray:
    out = np.zeros_like(sound)
    by = ms * 48
    out[max(by, 0) : len(sound) + min(by, 0)] = sound[max(-by, 0) : len(sound) - max(by, 0)]
    return out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["office", "desk", "vlog", "talk"])
def test_sound_that_is_shifted_under_other_real_people_is_found_shifted(name):
    looked = Looked(clip(name), None, frames_of(clip(name)))
    found = looked.finding()
    rest = value(found, "lips late against the sound").value
    assert value(found, "lips late against the sound").passed
    assert abs(rest - value(found, "lips late against the sound, by pixels").value) < 30
    answers = {ms: value(looked.finding(shifted(looked.film.heard.sound, ms)), "lips late against the sound").value for ms in SHIFTS}
    assert sum(late is not None for late in answers.values()) >= 9
    assert all(abs(late - (rest - ms)) < 10 for ms, late in answers.items() if late is not None)
    assert value(looked.finding(looked.film.heard.sound[::-1].copy()), "lips late against the sound").value is None


def test_silence_and_a_steady_tone_are_no_speech_to_follow(address):
    sound = address.film.heard.sound
    tone = np.repeat(0.3 * np.sin(np.arange(len(sound)) * 0.06)[:, None], 2, 1).astype(np.float32)
    for other in (np.zeros_like(sound), tone):
        found = address.finding(other)
        assert not found.applies
        assert "syllables" in found.why


@pytest.mark.slow
def test_a_real_mouth_that_moves_under_somebody_elses_speech_is_never_in_sync(address):
    weeping = Looked(clip("moods"), None, frames_of(clip("moods")))
    assert not weeping.finding().applies  # nobody speaks
    speech = np.tile(address.film.heard.sound, (4, 1))
    for start in (0, 60_000, 120_000):
        found = weeping.finding(speech[start : start + weeping.film.length].copy())
        assert value(found, "lips late against the sound").value is None
        for name in ("correlation with the sound", "correlation with the sound, by pixels"):
            assert value(found, name).value < 0.25 and not value(found, name).passed


def test_speech_played_backwards_is_not_in_sync(address):
    late = value(address.finding(address.film.heard.sound[::-1].copy()), "lips late against the sound")
    assert not late.passed


def test_a_still_of_a_real_face_never_gets_a_good_sync(address):
    frame = next(iter(frames_of(clip("address"))))
    faces = frame.faces

    def still() -> Iterator[Shown]:
        for k in range(100):
            shown = replace(frame, index=k, at=4000 * k)
            shown.__dict__["faces"] = faces
            yield shown

    found = Looked(clip("address"), None, still()).finding()
    late = value(found, "lips late against the sound")
    assert late.value is None
    assert not late.passed
    assert "stir" in late.why
    assert not value(found, "correlation with the sound").passed


def test_a_film_without_sound_or_without_a_face_says_that_lips_do_not_apply(address):
    mute = Looked(clip("address"), None, iter(()))
    assert not mute.finding().applies
    assert "face" in mute.finding().why
    silent = address.metric.finding(replace(address.film, heard=Heard(sound=None, why="the film has no sound")))
    assert not silent.applies
    assert silent.why == "the film has no sound"


@pytest.fixture(scope="module")
def spoken(tmp_path_factory) -> tuple[Looked, Score]:
    out = tmp_path_factory.mktemp("lips") / "film.mp4"
    prompt = "@face_photo says: “My brother bought a purple bike and paid for it with his own money.” Static camera."
    film = phonofilm.make(prompt, out, references={"face_photo": picture("closed")}, ratio="3:4", resolution="480p")
    return Looked(out, film.score, frames_of(out)), film.score


def test_a_made_film_follows_the_phones_of_its_score_by_tracker_and_by_pixels(spoken):
    found = spoken[0].finding()
    for name in ("lips late against phones", "correlation with phones", "bilabials seen closed", "open vowels seen closed"):
        assert value(found, name).passed, value(found, name)
    assert abs(value(found, "lips late against phones, by pixels").value) < 20
    assert value(found, "correlation with phones, by pixels").value > 0.75
    assert value(found, "correlation with phones").value > value(found, "correlation with loudness (control)").value + 0.3
    assert value(found, "opening of /a/ over /i/").value > 2
    assert value(found, "width of /u/ over /i/").value < 1


def test_another_lines_phones_are_not_followed(spoken):
    looked, score = spoken
    line = next(c for c in score.cues if isinstance(c, Line))
    turned = tuple(
        replace(p, start=line.start + line.end - p.end, end=line.start + line.end - p.start) for p in reversed(line.phones)
    )  # the line backwards
    other = replace(score, cues=(replace(line, phones=turned),))
    metric = Lips(Asked(score=other))
    metric._mouths = looked.metric._mouths
    found = metric.finding(looked.film)
    assert not value(found, "correlation with phones").passed
    assert not value(found, "lips late against phones").passed


def test_a_narrator_has_no_lips(spoken):
    looked, score = spoken
    line = next(c for c in score.cues if isinstance(c, Line))
    metric = Lips(Asked(score=replace(score, cues=(replace(line, actor=""),))))
    metric._mouths = looked.metric._mouths
    found = metric.finding(looked.film)
    assert not found.applies
    assert "narrator" in found.why


def test_a_face_too_small_or_cut_by_the_frame_is_not_read():
    from phonofilm.measure.mouth import readable

    mesh = FaceFinder().find(np.asarray(frame_of("closed")))[0]
    assert readable(mesh, frame_of("closed").shape)
    low = int(mesh.landmarks[17, 1])
    assert not readable(mesh, (low, 4000))
    tiny = replace(mesh, landmarks=mesh.landmarks * np.float32(20 / np.linalg.norm(mesh.landmarks[10] - mesh.landmarks[152])))
    assert not readable(tiny, (4000, 4000))


def frame_of(name: str) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(picture(name)).convert("RGB"))
