"""The film's sound: what is heard when, where from and how loud, in the mix and after AAC."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from phonofilm.clock import TICKS_PER_SECOND as SECOND
from phonofilm.engines.stage.sound import mix as mixing
from phonofilm.engines.stage.sound.ambience import AIRS
from phonofilm.engines.stage.sound.composer import compose, compose_beats
from phonofilm.engines.stage.sound.dsp import random_of
from phonofilm.engines.stage.sound.effects import EFFECTS, air_named, effect_named, made, supported
from phonofilm.engines.stage.sound.mix import Mix, mix
from phonofilm.engines.stage.sound.space import panned
from phonofilm.engines.stage.sound.styles import QUALITIES, STYLES
from phonofilm.perceive.beats import find_beats
from phonofilm.perceive.loudness import integrated, true_peak
from phonofilm.score.beat_grid import PACES
from phonofilm.score.model import (
    Actor,
    Ambience,
    CameraPath,
    Contact,
    Cue,
    Effect,
    Impact,
    Key,
    Line,
    Music,
    Quaternion,
    Score,
    Setting,
    Shot,
    Source,
    Vector,
)  # fmt: skip

SHA = "a" * 64
SOURCE = Source(sha256=SHA, name="take.wav", kind="audio")


def score(*cues: Cue, seconds: float = 6, seed: int = 1, cast: tuple[Actor, ...] = (), kind: str = "studio") -> Score:
    length = round(seconds * SECOND)
    camera = CameraPath(keys=(Key(tick=0, position=(0.0, 1.5, 3.0)),), subject=(0.0, 1.5, 0.0))
    shot = Shot(start=0, end=length, camera=camera, setting=Setting(kind=kind))  # type: ignore[arg-type]
    return Score(length=length, width=1920, height=1080, seed=seed, shots=(shot,), cast=cast, cues=tuple(cues))


def babble(seconds: float, seed: int = 3) -> np.ndarray:
    """Something like speech: a buzz in syllables, with a pause in its middle."""
    random = np.random.default_rng(seed)
    t = np.arange(round(seconds * SECOND)) / SECOND
    buzz = sum(np.sin(2 * np.pi * 130 * k * t + random.uniform(0, 6)) / k for k in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 4 * t), 0, 1) ** 0.5
    return (0.08 * buzz * syllables + 0.001 * random.standard_normal(len(t))).astype(np.float32)


def spoken(start: float, end: float, **more: object) -> Line:
    return Line(start=round(start * SECOND), end=round(end * SECOND), actor="", text="", language="en", source=SOURCE, **more)  # type: ignore[arg-type]


def music(style: str, seconds: float, seed: int = 1) -> Music:
    length = round(seconds * SECOND)
    tempo, beats, downbeats, sections = compose_beats(style, length, seed)
    return Music(start=0, end=length, style=style, tempo=tempo, beats=beats, downbeats=downbeats, sections=sections)


def level(x: np.ndarray, start: float, end: float) -> float:
    part = x[round(start * SECOND) : round(end * SECOND)]
    return 10 * np.log10(np.mean(np.square(part)) + 1e-12)


def through_aac(mixed: Mix, path: Path) -> np.ndarray:
    """The samples as they come out of AAC in MP4; silence goes before them to fill the last block, as in a film."""
    lead = -len(mixed.samples) % 1024
    data = np.concatenate([np.zeros((lead, 2), np.float32), mixed.samples])
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=SECOND, layout="stereo", bit_rate=192_000)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(data.T), format="fltp", layout="stereo")
        frame.sample_rate = SECOND
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with av.open(str(path)) as back:
        return np.concatenate([f.to_ndarray() for f in back.decode(audio=0)], axis=1).T


@pytest.mark.parametrize(("dbfs", "hertz"), [(-23.0, 1000), (-33.0, 1000), (-40.0, 1000)])
def test_a_steady_tone_has_the_loudness_that_ebu_tech_3341_asks(dbfs: float, hertz: int) -> None:
    tone = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * np.arange(20 * SECOND) / SECOND)
    assert integrated(np.stack([tone, tone], axis=1).astype(np.float32)) == pytest.approx(dbfs, abs=0.1)


def test_loudness_is_gated_as_ebu_tech_3341_asks() -> None:
    t = np.arange(60 * SECOND) / SECOND
    steps = 10 ** (np.where((t >= 10) & (t < 50), -23.0, -36.0) / 20)
    tone = (steps * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    assert integrated(np.stack([tone, tone], axis=1)) == pytest.approx(-23.0, abs=0.1)


def test_a_peak_between_the_samples_is_seen() -> None:
    tone = 0.5 * np.sin(2 * np.pi * 12_000 * np.arange(SECOND) / SECOND + np.pi / 4)
    tone[:2000] *= np.linspace(0, 1, 2000)
    assert np.abs(tone).max() < 0.36
    assert true_peak(tone.astype(np.float32)) == pytest.approx(-6.02, abs=0.2)


@pytest.mark.parametrize("name", sorted(k for k, e in EFFECTS.items() if e.anchor == "onset"))
def test_an_effect_is_heard_at_its_tick_within_2_ms(name: str) -> None:
    at = 2 * SECOND + 1234
    heard = np.abs(mix(score(Effect(start=at, sound=name)), {}, {}).stems["effects"]).max(axis=1)
    within = 0.02 if name in ("pour", "fire_crackle") else 0.002  # these two swell, they do not begin with a blow
    assert abs(int(np.argmax(heard >= 0.1 * heard.max())) - at) <= within * SECOND


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_an_effect_neither_starts_nor_stops_with_a_click(name: str) -> None:
    heard = np.abs(made(EFFECTS[name], random_of(1, name)).samples)
    assert heard[0].max() < 0.003 * heard.max()
    assert heard[-8:].max() < 0.01 * heard.max()


def test_a_whoosh_is_loudest_and_a_riser_ends_at_its_tick() -> None:
    at = 3 * SECOND
    whoosh = np.square(mix(score(Effect(start=at, sound="whoosh")), {}, {}).stems["effects"]).sum(axis=1)
    smooth = np.convolve(whoosh, np.hanning(SECOND // 20), "same")
    assert abs(int(smooth.argmax()) - at) < 0.02 * SECOND
    riser = mix(score(Effect(start=at, sound="riser")), {}, {}).stems["effects"]
    assert level(riser, 2.8, 2.97) > level(riser, 3.1, 3.3) + 12


def test_steps_and_blows_are_heard_on_their_ticks_and_harder_ones_are_louder() -> None:
    ticks = [SECOND, 2 * SECOND, 3 * SECOND]
    steps = tuple(Contact(start=t, actor="", limb="left foot", surface="gravel", strength=s) for t, s in zip(ticks, (0.3, 0.7, 1.0), strict=True))
    blow = Impact(start=4 * SECOND, actor="", material="wood", energy=1.0)
    heard = mix(score(*steps, blow), {}, {}).stems["effects"]
    levels = [level(heard, t / SECOND, t / SECOND + 0.3) for t in ticks]
    assert levels[0] < levels[1] - 1 < levels[2] - 2
    for t in (*ticks, blow.start):
        part = np.abs(heard[t - 4800 : t + 14400]).max(axis=1)
        assert abs(int(np.argmax(part >= 0.1 * part.max())) - 4800) <= 0.002 * SECOND


def test_a_given_effect_file_has_its_onset_on_the_tick() -> None:
    recording = np.zeros((SECOND, 2), np.float32)
    recording[20_000:30_000] = np.random.default_rng(0).standard_normal((10_000, 1)) * np.exp(-np.arange(10_000) / 2000)[:, None] * 0.1
    heard = np.abs(mix(score(Effect(start=SECOND, sound="", source=SOURCE)), {SHA: recording}, {}).stems["effects"]).max(axis=1)
    assert abs(int(np.argmax(heard >= 0.1 * heard.max())) - SECOND) <= 0.002 * SECOND


@pytest.mark.parametrize("sung", [False, True])
def test_a_recording_is_heard_sample_for_sample_where_its_line_stands(sung: bool) -> None:
    take = babble(8)
    line = spoken(1.5, 4.5, offset=2 * SECOND + 77, sung=sung)
    voice = mix(score(line), {SHA: np.stack([take, take], axis=1)}, {}).stems["voice"].mean(axis=1)
    heard, wanted = voice[line.start : line.end], take[line.offset : line.offset + line.end - line.start]
    lags = np.arange(-40, 41)
    match = [float(np.dot(heard[100:-100], wanted[100 + lag : len(wanted) - 100 + lag])) for lag in lags]
    assert lags[int(np.argmax(match))] == 0
    assert level(voice, 0, 1.45) < -80


def test_made_speech_starts_on_its_line() -> None:
    line = Line(start=SECOND + 500, end=3 * SECOND, actor="", text="hello", language="en")
    speech = babble(1.5)
    voice = mix(score(line), {}, {0: speech}).stems["voice"].mean(axis=1)
    match = [float(np.dot(voice[line.start + lag : line.start + lag + len(speech)], speech)) for lag in range(-30, 31)]
    assert int(np.argmax(match)) == 30


def test_a_split_recording_has_no_seam() -> None:
    take = babble(6)
    sources = {SHA: np.stack([take, take], axis=1)}
    whole = mix(score(spoken(0, 6)), sources, {}).stems["voice"]
    parts = mix(score(spoken(0, 3), spoken(3, 6, offset=3 * SECOND)), sources, {}).stems["voice"]
    assert np.abs(whole - parts).max() < 1e-3


def test_the_song_that_a_face_sings_is_heard_once() -> None:
    song = np.stack([babble(6), babble(6, 5)], axis=1)
    cues = (Music(start=0, end=6 * SECOND, source=SOURCE), spoken(1, 4, offset=SECOND, sung=True))
    stems = mix(score(*cues), {SHA: song}, {}).stems
    assert np.abs(stems["voice"]).max() == 0
    assert np.abs(stems["music"]).max() > 0.05


def test_music_goes_down_by_12_db_under_speech_ahead_of_it_and_comes_back() -> None:
    take = np.stack([babble(3), babble(3)], axis=1)
    tone = (0.2 * np.sin(2 * np.pi * 440 * np.arange(8 * SECOND) / SECOND)).astype(np.float32)
    other = Source(sha256="b" * 64, name="song.wav", kind="audio")
    sources = {SHA: take, other.sha256: np.stack([tone, tone], axis=1)}
    bed = Music(start=0, end=8 * SECOND, source=other)
    mixed = mix(score(bed, spoken(3, 6), seconds=8), sources, {}).stems["music"]
    before, under, after = level(mixed, 1, 2.8), level(mixed, 3.1, 5.7), level(mixed, 6.6, 7.4)
    # The limiter of the whole mix may take a little more while somebody speaks.
    assert -14.5 < under - before < -11.5
    assert abs(after - before) < 1.0
    assert level(mixed, 3.0, 3.05) - before < -11
    sung = mix(score(bed, spoken(3, 6, sung=True), seconds=8), sources, {}).stems["music"]
    assert abs(level(sung, 3.1, 5.7) - level(sung, 1, 2.8)) < 3.5


def test_music_from_a_file_starts_at_its_offset_to_the_sample() -> None:
    song = np.random.default_rng(1).standard_normal((8 * SECOND, 2)).astype(np.float32) * 0.1
    cue = Music(start=SECOND, end=5 * SECOND, source=SOURCE, offset=SECOND + 333)
    heard = mix(score(cue), {SHA: song}, {}).stems["music"]
    part = heard[2 * SECOND : 3 * SECOND, 0]
    match = [float(np.dot(part, song[2 * SECOND + 333 + lag : 3 * SECOND + 333 + lag, 0])) for lag in range(-20, 21)]
    assert int(np.argmax(match)) == 20
    assert np.abs(heard[: SECOND - 100]).max() == 0


def busy(seconds: float = 6) -> tuple[Score, dict[str, np.ndarray]]:
    take = babble(3)
    cues = (
        spoken(2, 5),
        music("upbeat", seconds),
        Ambience(start=0, end=round(seconds * SECOND), sound="rain"),
        Effect(start=SECOND, sound="door"),
        Effect(start=3 * SECOND, sound="explosion"),
    )
    return score(*cues, seconds=seconds), {SHA: np.stack([take, take], axis=1)}


FILMS = {
    "everything": busy(),
    "speech alone": (score(spoken(1, 5)), {SHA: np.stack([babble(5), babble(5)], axis=1)}),
    "rain alone": (score(Ambience(start=0, end=6 * SECOND, sound="rain")), {}),
    "piano": (score(music("piano", 8), seconds=8), {}),
    "drums at the first sample": (score(music("lofi", 8, 2), seconds=8, seed=2), {}),
    "epic": (score(music("epic", 6), Effect(start=2 * SECOND, sound="thunder")), {}),
}


@pytest.mark.parametrize("name", FILMS)
def test_a_film_is_at_minus_14_lufs_and_under_minus_1_dbtp_after_aac(name: str, tmp_path: Path) -> None:
    film, sources = FILMS[name]
    heard = through_aac(mix(film, sources, {}), tmp_path / "sound.mp4").astype(np.float32)
    assert integrated(heard) == pytest.approx(-14.0, abs=0.5)
    assert true_peak(heard) <= -1.0


def test_stems_add_up_to_the_mix() -> None:
    film, sources = busy()
    mixed = mix(film, sources, {})
    assert mixed.samples.shape == (film.length, 2)
    assert mixed.samples.dtype == np.float32
    assert np.abs(sum(mixed.stems.values()) - mixed.samples).max() < 1e-6
    assert set(mixed.stems) == {"voice", "music", "effects", "ambience"}


def test_silence_stays_silence_and_a_lone_click_is_not_crushed() -> None:
    assert np.abs(mix(score(), {}, {}).samples).max() == 0
    mixed = mix(score(Effect(start=SECOND, sound="click"), seconds=15), {}, {}).samples
    assert np.isfinite(mixed).all()
    assert -3.5 < true_peak(mixed) <= -1.9
    peak = np.abs(mixed).max()
    assert peak / np.sqrt(np.mean(np.square(mixed[SECOND : SECOND + SECOND // 5]))) > 4
    room = mix(score(Ambience(start=0, end=6 * SECOND, sound="room")), {}, {}).samples
    assert integrated(room) < -24


def test_the_same_score_gives_the_same_bytes_and_another_seed_another_sound() -> None:
    film, sources = busy()
    first, again = mix(film, sources, {}).samples, mix(film, sources, {}).samples
    assert first.tobytes() == again.tobytes()
    other = mix(Score(**{**film.__dict__, "seed": 2}), sources, {}).samples
    assert np.abs(first - other).max() > 0.01


@dataclass(frozen=True)
class Stand:
    position: Vector
    orientation: Quaternion = (1.0, 0.0, 0.0, 0.0)


def balance(cue: Cue, view: Stand) -> tuple[float, float]:
    """Right over left in dB, and the level, before mastering."""
    heard = mixing._effects(score(cue), {}, lambda tick: view, [])
    return level(heard[:, 1], 1, 1.5) - level(heard[:, 0], 1, 1.5), level(heard, 1, 1.5)


def test_a_sound_is_heard_from_where_it_is_seen() -> None:
    def knock(x: float, z: float = 0.0) -> Effect:
        return Effect(start=SECOND, sound="knock", place=(x, 1.5, z))

    front = Stand((0.0, 1.5, 3.0))
    right, middle, left = (balance(knock(x), front)[0] for x in (2.0, 0.001, -2.0))
    assert right > 6 and left < -6 and abs(middle) < 0.2
    behind = Stand((0.0, 1.5, -3.0), (0.0, 0.0, 1.0, 0.0))
    assert balance(knock(2.0), behind)[0] < -6
    near, far = balance(knock(0.001, 0.0), front)[1], balance(knock(0.001, -9.0), front)[1]
    assert near - far == pytest.approx(12.0, abs=1.0)


def test_panning_keeps_the_power() -> None:
    tone = np.ones(1000, np.float32)
    for pan in np.linspace(-1, 1, 9):
        assert np.square(panned(tone, float(pan))).sum() == pytest.approx(2000, rel=1e-4)


def test_a_sound_that_there_is_none_of_is_remarked() -> None:
    mixed = mix(score(Effect(start=0, sound="frobnication"), Ambience(start=0, end=SECOND, sound="nowhere")), {}, {})
    assert mixed.remarks == ("There is no sound for 'frobnication'.", "There is no sound for 'nowhere'.")


def test_every_supported_name_is_heard() -> None:
    for name in supported():
        assert effect_named(name) is not None or air_named(name)
    for name, effect in EFFECTS.items():
        sound = made(effect, random_of(5, name)).samples
        assert np.isfinite(sound).all() and np.abs(sound).max() > 0.005
    for name, air in AIRS.items():
        sound = air.make(random_of(5, name), 1.5)
        assert sound.shape[1] == 2 and np.isfinite(sound).all() and sound.std() > 0.005


@pytest.mark.parametrize("style", STYLES)
def test_composed_beats_are_on_frames_and_the_piece_ends_in_time(style: str) -> None:
    assert set(STYLES) == set(PACES)
    for seconds in range(4, 16):
        for seed in (0, 1, 2):
            tempo, beats, downbeats, sections = compose_beats(style, seconds * SECOND, seed)
            assert all(b % 2000 == 0 for b in beats)
            assert np.allclose(np.diff(beats) / SECOND, 60 / tempo, atol=1e-3)
            assert set(downbeats) <= set(beats) and set(sections) <= set(downbeats) and sections[0] == 0
            assert 0.2 <= seconds - beats[-1] / SECOND < 4.5


@pytest.mark.parametrize("style", [s for s in STYLES if s != "ambient"])
def test_the_beats_of_composed_music_can_be_heard(style: str) -> None:
    cue = music(style, 12)
    heard = find_beats(compose(cue, 12 * SECOND, 1).mean(axis=1).astype(np.float32))
    away = np.abs(np.array(heard.beats)[:, None] - np.array(cue.beats)[None]).min(axis=0)
    assert (away <= 2000).mean() >= 0.9


@pytest.mark.parametrize("style", STYLES)
def test_composed_music_stays_in_its_key(style: str) -> None:
    """The pitch classes that sound are those of the style's chords and scale on some key, and next to nothing between them."""
    tone = compose(music(style, 8), 8 * SECOND, 1).mean(axis=1)
    size = 16384
    frames = np.lib.stride_tricks.sliding_window_view(tone, size)[:: size // 2]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(size), axis=1))).mean(axis=0)
    hertz = np.fft.rfftfreq(size, 1 / SECOND)
    use = (hertz > 180) & (hertz < 1200)
    semitone = 12 * np.log2(hertz[use] / 440)
    near = np.abs(semitone - np.round(semitone)) < 0.25
    classes = np.zeros(12)
    np.add.at(classes, np.round(semitone).astype(int)[near] % 12, power[use][near])
    allowed = {(root + i) % 12 for chords in STYLES[style].chords for root, quality in chords for i in QUALITIES[quality]} | set(STYLES[style].scale)
    best = max(sum(classes[(k + a) % 12] for a in allowed) for k in range(12)) / classes.sum()
    top = np.sort(classes)[::-1]
    assert best > 0.93
    assert top[:7].sum() / classes.sum() > 0.85
    assert power[use][near].sum() / power[use].sum() > 0.6
