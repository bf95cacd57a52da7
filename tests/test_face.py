"""The talking face, measured on what it draws: with the face tracker on rendered frames, and on the fields that move the skin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
import pytest

import media
from phonofilm.clock import TICKS_PER_FRAME, TICKS_PER_SECOND, frame_at, frame_middle
from phonofilm.engines.stage.face.expression import AS_IN_THE_PHOTO, Expression, HeadPose
from phonofilm.engines.stage.face.lips import MM, move_lips
from phonofilm.engines.stage.face.performance import Performance, perform
from phonofilm.engines.stage.face.rig import FaceNotUsable, Rig, build_rig
from phonofilm.engines.stage.face.speech import HOP, mouthing
from phonofilm.perceive.percepts import Face
from phonofilm.phones import VISEMES, Phone, is_bilabial, viseme_of
from phonofilm.vision.face import FaceFinder

#: "We make big films about my home and the bot. Pa saw a mapa, you do too." as a person would say it, about 12 phones a second
SAID = "w i m eɪ k b ɪ ɡ f ɪ l m z ə b aʊ t m aɪ h oʊ m _ æ n d ð ə b ɑ t _ p ɑ s ɔ ə m æ p ə _ j u d u t u"
VOWELS = frozenset(("aa", "E", "I", "O", "U"))


@cache
def finder() -> FaceFinder:
    return FaceFinder()


@cache
def photo(name: str) -> tuple[np.ndarray, Face]:
    image = cv2.cvtColor(cv2.imread(str(media.picture(name))), cv2.COLOR_BGR2RGB)
    if min(image.shape[:2]) < 520:
        image = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    mesh = finder().find(image)[0]
    face = Face(landmarks=mesh.landmarks, box=mesh.box, yaw=mesh.yaw, pitch=mesh.pitch, roll=mesh.roll, score=mesh.score, mouth_open=0.0)
    return image, face


@cache
def rig_of(name: str) -> Rig:
    return build_rig(*photo(name))


@cache
def spoken() -> tuple[Phone, ...]:
    at, phones = TICKS_PER_SECOND // 2, []
    for ipa in SAID.split():
        viseme = viseme_of(ipa)
        length = 0.22 if ipa == "_" else 0.125 if viseme in VOWELS else 0.07
        if ipa != "_":
            phones.append(Phone(start=at, end=at + round(length * TICKS_PER_SECOND), ipa=ipa, viseme=viseme))
        at += round(length * TICKS_PER_SECOND)
    return tuple(phones)


def length_of(phones: tuple[Phone, ...]) -> int:
    return (phones[-1].end + TICKS_PER_SECOND) // TICKS_PER_FRAME * TICKS_PER_FRAME


def loudness(phones: tuple[Phone, ...]) -> np.ndarray:
    """A voice's envelope: loud in vowels, with an accent every second or so."""
    energy = np.zeros(length_of(phones) // TICKS_PER_FRAME, np.float32)
    for k, phone in enumerate(phones):
        if phone.viseme in VOWELS:
            energy[phone.start // TICKS_PER_FRAME : phone.end // TICKS_PER_FRAME + 1] = 0.9 if k % 5 == 0 else 0.55
    return energy


@cache
def played(seed: int = 3) -> Performance:
    return perform(spoken(), loudness(spoken()), None, length_of(spoken()), seed)


def shown(rig: Rig, expression: Expression) -> np.ndarray:
    patch = rig.draw(expression)
    picture = rig.image.copy()
    picture[patch.y0 : patch.y0 + patch.rgb.shape[0], patch.x0 : patch.x0 + patch.rgb.shape[1]] = patch.rgb
    return picture


def of(viseme: str) -> Expression:
    v = VISEMES[viseme]
    return Expression(jaw=v.jaw, closed=v.closed, rounding=v.rounding, spread=v.spread, teeth=v.teeth, tongue=v.tongue)


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """What the tracker saw, one value a frame, in face heights; ``asked`` is the opening of the phone heard at the frame's middle."""

    gap: np.ndarray
    width: np.ndarray
    asked: np.ndarray
    phones: tuple[Phone | None, ...]


@cache
def tracked(name: str) -> Tracked:
    rig, mesh = rig_of(name), None
    gaps, widths, asked, heard = [], [], [], []
    for frame in range(length_of(spoken()) // TICKS_PER_FRAME):
        tick = frame_middle(frame)
        picture = shown(rig, played().at(tick)[0])
        mesh = finder().track(picture, mesh) if mesh is not None else finder().find(picture)[0]
        assert mesh is not None
        p = mesh.landmarks
        height = float(np.linalg.norm(p[10] - p[152]))
        gaps.append(np.mean([np.linalg.norm(p[a, :2] - p[b, :2]) for a, b in ((13, 14), (82, 87), (312, 317))]) / height)
        widths.append(float(np.linalg.norm(p[61, :2] - p[291, :2])) / height)
        now = next((q for q in spoken() if q.start <= tick < q.end), None)
        heard.append(now)
        asked.append(VISEMES[now.viseme].jaw if now else 0.0)
    return Tracked(gap=np.array(gaps), width=np.array(widths), asked=np.array(asked), phones=tuple(heard))


def speech_span() -> slice:
    return slice(frame_at(spoken()[0].start), frame_at(spoken()[-1].end) + 1)


def correlation(a: np.ndarray, b: np.ndarray, shift: float = 0.0) -> float:
    """Correlation over the speech of a signal, taken ``shift`` frames later, with another."""
    x = np.arange(len(a), dtype=float)
    return float(np.corrcoef(np.interp(x + shift, x, a)[speech_span()], b[speech_span()])[0, 1])


@pytest.mark.parametrize("name", ["astronaut", "closed", "tilted"])
def test_a_face_at_rest_is_the_photo_itself(name: str) -> None:
    assert np.array_equal(shown(rig_of(name), AS_IN_THE_PHOTO), rig_of(name).image)


@pytest.mark.parametrize("name", ["astronaut", "smile", "closed", "speaking", "tilted", "small"])
def test_the_border_of_the_patch_is_the_photo_for_every_viseme(name: str) -> None:
    rig = rig_of(name)
    for viseme in VISEMES:
        patch = rig.draw(replace(of(viseme), brow=0.8, lid_left=0.5, lid_right=0.5, gaze_x=6.0))
        h, w = patch.rgb.shape[:2]
        there = rig.image[patch.y0 : patch.y0 + h, patch.x0 : patch.x0 + w]
        for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
            assert np.array_equal(patch.rgb[edge], there[edge]), (viseme, edge)


@pytest.mark.parametrize("name", ["closed", "smile"])
def test_the_mouth_opens_with_the_phones_and_in_time(name: str) -> None:
    seen = tracked(name)
    shifts = np.arange(-2.0, 2.01, 0.25)
    found = [correlation(seen.gap, seen.asked, s) for s in shifts]
    assert max(found) >= 0.8
    assert abs(shifts[int(np.argmax(found))]) * 1000 / 24 <= 20
    assert np.percentile(seen.gap[speech_span()], 95) >= 0.08


def test_a_jaw_driven_by_loudness_would_fail_the_same_measure() -> None:
    assert correlation(loudness(spoken()).astype(float), tracked("closed").asked) < 0.75


@pytest.mark.parametrize("name", ["astronaut", "closed", "smile"])
def test_open_vowels_open_three_times_as_far_as_close_ones_and_round_ones_are_narrower(name: str) -> None:
    seen = tracked(name)

    def values(series: np.ndarray, viseme: str) -> np.ndarray:
        return np.array([v for v, q in zip(series, seen.phones, strict=True) if q and q.viseme == viseme])

    assert np.percentile(values(seen.gap, "aa"), 75) >= 3 * np.median(values(seen.gap, "I"))
    assert np.median(values(seen.width, "U")) < 0.97 * np.median(values(seen.width, "I"))


def test_a_drawings_lips_are_narrower_on_u_than_on_i_where_no_tracker_sees_it() -> None:
    rig = rig_of("portrait")

    def red(viseme: str) -> int:
        """Columns in which the lower lip's red is seen."""
        rgb = rig.draw(of(viseme)).rgb.astype(int)
        return int(((rgb[..., 0] > 190) & (rgb[..., 1] < 140) & (rgb[..., 2] < 140)).any(axis=0).sum())

    def corners(viseme: str) -> float:
        lip = rig.frame.seen(move_lips(rig.lips, of(viseme)).upper_outer)
        return float(np.linalg.norm(lip[0] - lip[-1]))

    assert 0 < red("U") < 0.85 * red("I")
    assert corners("U") < 0.8 * corners("I")


def test_bilabials_are_seen_closed_and_open_vowels_are_not() -> None:
    seen = tracked("closed")
    middles = [frame_at((q.start + q.end) // 2) for q in spoken() if is_bilabial(q)]
    assert np.mean([seen.gap[k] < 0.012 for k in middles]) >= 0.95
    inner = [k for k, q in enumerate(seen.phones) if q and q.viseme == "aa" and q.start + 1500 < frame_middle(k) < q.end - 1500]
    assert np.mean([seen.gap[k] < 0.012 for k in inner]) <= 0.05


@pytest.mark.parametrize("name", ["astronaut", "smile", "speaking", "backlit", "closed", "tilted"])
def test_a_bilabial_leaves_no_gap_between_the_lips_whatever_the_photo_shows(name: str) -> None:
    rig = rig_of(name)
    mouth = move_lips(rig.lips, of("PP"))
    assert (mouth.lower_inner - mouth.upper_inner)[:, 1].max() <= 1e-4


def test_a_line_without_open_vowels_is_opened_as_far_as_another_and_its_close_sounds_are_not() -> None:
    step = TICKS_PER_SECOND // 10
    phones = [Phone(start=k * step, end=(k + 1) * step, ipa=i, viseme=viseme_of(i)) for k, i in enumerate("t e n i d e s i k e l i t e n i".split())]
    curves = mouthing(phones, np.full(48, 0.5, np.float32), 2 * TICKS_PER_SECOND).curves["jaw"]
    middles = {v: [curves[(p.start + p.end) // 2 // HOP] for p in phones if p.viseme == v] for v in ("E", "I")}
    assert np.percentile(curves, 95) >= 0.75
    assert max(middles["I"]) <= 0.35


def test_a_jaw_is_no_faster_than_a_person_and_opens_less_far_in_a_short_vowel_than_in_a_long_one() -> None:
    def line(seconds: float) -> list[Phone]:
        at, phones = TICKS_PER_SECOND // 2, []
        for ipa in "p a p i t a k i".split() * 3:
            length = round((seconds if ipa in "ai" else 0.07) * TICKS_PER_SECOND)
            phones.append(Phone(start=at, end=at + length, ipa=ipa, viseme=viseme_of(ipa)))
            at += length
        return phones

    tops = []
    for seconds in (0.05, 0.2):
        phones = line(seconds)
        jaw = mouthing(phones, np.full(120, 0.6, np.float32), 5 * TICKS_PER_SECOND).curves["jaw"]
        # a wide /a/ is 0.155 of a face's height: people part their lips by up to 1.9 heights a second, and a jaw has its share of that
        assert np.abs(np.diff(jaw)).max() * TICKS_PER_SECOND / HOP <= 16.0
        tops.append(np.median([jaw[(p.start + p.end) // 2 // HOP] for p in phones if p.viseme == "aa"]))
    assert tops[1] > 0.9
    assert 0.4 < tops[0] < 0.95 * tops[1]


def test_a_singer_waits_with_lips_nearly_shut_and_a_speaker_looks_as_in_the_photo_again() -> None:
    second = TICKS_PER_SECOND
    phones = [Phone(start=t * second, end=(t + 1) * second, ipa="a", viseme="aa") for t in (1, 4)]
    energy = np.full(144, 0.6, np.float32)
    sung, said = (perform(phones, energy, None, 6 * second, 3, sung=s).at(3 * second)[0] for s in (True, False))
    assert sung.rest < 0.02
    assert sung.jaw < 0.05
    assert said.rest > 0.9


def test_a_lip_drawn_in_black_ink_is_no_open_mouth() -> None:
    assert rig_of("portrait").lips.gap == 0
    assert photo("portrait")[1].landmarks[14, 1] - photo("portrait")[1].landmarks[13, 1] > 0.03 * rig_of("portrait").frame.height


def test_the_lower_teeth_of_a_laugh_are_no_part_of_the_lip() -> None:
    rig = rig_of("beard")
    shut = rig.draw(of("PP"))
    ring = rig.frame.to_image(move_lips(rig.lips, of("PP")).lower_inner)[3:8, :2] - (shut.x0, shut.y0)
    below = [shut.rgb[int(y) + down, int(x)].astype(float) for x, y in ring for down in range(3, 16)]
    # lips are redder than teeth
    assert np.percentile([c[0] / c[1] for c in below], 10) > 1.18


def stretch(back: np.ndarray, step: float) -> np.ndarray:
    """Largest stretch of the skin at each point of a backward field f32[h w 2]."""
    jacobian = np.stack([np.gradient(back[..., c], axis=a) for c in (0, 1) for a in (1, 0)], -1).reshape(*back.shape[:2], 2, 2) / step
    return 1 / np.maximum(np.linalg.svd(np.eye(2) + jacobian, compute_uv=False)[..., 1], 1e-3)


@pytest.mark.parametrize("name", ["astronaut", "closed", "smile", "glasses", "portrait"])
def test_skin_is_never_stretched_by_more_than_a_third(name: str) -> None:
    rig = rig_of(name)
    plane = rig.face.plane
    worst = []
    for frame in range(speech_span().start, speech_span().stop, 2):
        expression = played().at(frame_middle(frame))[0]
        lips = move_lips(rig.lips, expression)
        ring = np.concatenate([rig.frame.seen(lips.upper_outer), rig.frame.seen(lips.lower_outer)[::-1]]).astype(np.float32)
        # skin begins 4.5 mm beyond the red of the lips: nearer, the grid's differences reach into it
        near = ((plane > ring.min(0) - 5 * MM) & (plane < ring.max(0) + 5 * MM)).all(1)
        skin = ~near
        skin[near] = [cv2.pointPolygonTest(ring, (float(x), float(y)), True) < -4.5 * MM for x, y in plane[near]]
        skin = skin.reshape(rig.face.shape)
        worst.append(stretch(rig.skin_field(expression), rig.face.step)[skin].max())
    assert max(worst) <= 1.3, max(worst)


def test_the_head_lives_while_it_speaks() -> None:
    for seed in range(6):
        performance = played(seed)
        poses = [performance.at(frame_middle(k))[1] for k in range(length_of(spoken()) // TICKS_PER_FRAME)]
        yaw, pitch = (np.array([getattr(p, name) for p in poses]) for name in ("yaw", "pitch"))
        assert 2.0 <= yaw[speech_span()].std() <= 5.0
        assert 2.0 <= pitch[speech_span()].std() <= 5.0
        for start in range(12, len(yaw) - 24):
            assert np.ptp(yaw[start : start + 24]) + np.ptp(pitch[start : start + 24]) > 0.3


def test_eyes_blink_8_to_30_times_a_minute_at_uneven_times() -> None:
    length = 15 * TICKS_PER_SECOND
    gaps = []
    for seed in range(12):
        blinks = perform(spoken(), loudness(spoken()), None, length, seed).blinks
        assert 8 <= len(blinks) * 4 <= 32
        gaps += list(np.diff(blinks))
    assert np.std(gaps) > 0.25 * np.mean(gaps)


def test_no_shot_of_a_face_begins_with_shut_eyes() -> None:
    length = 15 * TICKS_PER_SECOND
    for seed in range(12):
        without = perform(spoken(), loudness(spoken()), None, length, seed)
        cuts = without.blinks[::2]
        blinks = perform(spoken(), loudness(spoken()), None, length, seed, cuts=cuts).blinks
        assert len(blinks) * 4 >= 8
        assert not [b for b in blinks for cut in cuts if -0.05 <= (b - cut) / TICKS_PER_SECOND < 0.2]


def test_a_blink_shuts_the_eyes_in_a_frame() -> None:
    performance = played()
    for tick in performance.blinks:
        assert performance.at(frame_middle(frame_at(tick)))[0].lid_left > 0.95


def test_a_shut_lid_hides_the_iris() -> None:
    for name in ("astronaut", "closed"):
        image, face = photo(name)
        picture = shown(rig_of(name), Expression(rest=1.0, lid_left=1.0, lid_right=1.0))
        for k in (468, 473):
            x, y = (int(v) for v in face.landmarks[k, :2])
            r = int(np.linalg.norm(face.landmarks[k + 1, :2] - face.landmarks[k, :2]) * 0.5)
            before, after = image[y - r : y + r, x - r : x + r].mean(), picture[y - r : y + r, x - r : x + r].mean()
            assert after > before * 1.15


def test_a_listener_keeps_its_mouth_shut() -> None:
    performance = perform(spoken(), loudness(spoken()), None, length_of(spoken()), 1, listening=True)
    assert all(performance.at(t)[0].rest > 0.99 for t in range(0, length_of(spoken()), TICKS_PER_FRAME))


def test_the_head_turns_as_a_solid_and_the_neck_follows_without_tearing() -> None:
    rig = rig_of("smile")
    step = 6
    h, w = rig.image.shape[:2]
    gx, gy = np.meshgrid(np.arange(0, w, step), np.arange(0, h, step))
    points = np.stack([gx, gy], -1).reshape(-1, 2).astype(np.float32)
    for pose in (HeadPose(yaw=5), HeadPose(yaw=-5), HeadPose(pitch=-5), HeadPose(roll=4)):
        moved = rig.head_field(points, pose)[:, :2].reshape(*gx.shape, 2)
        jacobian = np.stack([np.gradient(moved[..., c], axis=a) for c in (0, 1) for a in (1, 0)], -1).reshape(*gx.shape, 2, 2) / step
        assert np.linalg.svd(np.eye(2) + jacobian, compute_uv=False)[..., 0].max() <= 1.3
        assert np.abs(moved[-3:]).max() < 0.02 * rig.frame.height
    nose, far = photo("smile")[1].landmarks[4, :2], np.array([5.0, h - 5.0], np.float32)
    turned = rig.head_field(np.stack([nose, far]).astype(np.float32), HeadPose(yaw=5))
    assert turned[0, 0] > 0.03 * rig.frame.height
    assert np.abs(turned[1]).max() == 0
    assert rig.head_field(np.stack([nose, far]).astype(np.float32), HeadPose(pitch=5))[0, 1] < 0


def test_the_nose_is_nearer_than_the_ears() -> None:
    rig, face = rig_of("smile"), photo("smile")[1]
    nose, left, right = rig.relief(face.landmarks[[4, 234, 454], :2])
    assert nose > left + 0.2 * rig.frame.height
    assert nose > right + 0.2 * rig.frame.height


def test_drawing_is_the_same_with_one_thread_and_with_two() -> None:
    rig = rig_of("astronaut")
    expression = replace(of("E"), lid_left=0.4, lid_right=0.4, gaze_x=3.0, brow=0.5)
    before = cv2.getNumThreads()
    try:
        cv2.setNumThreads(1)
        one = rig.draw(expression).rgb
        cv2.setNumThreads(2)
        two = rig.draw(expression).rgb
    finally:
        cv2.setNumThreads(before)
    assert np.array_equal(one, two)


def test_the_same_seed_plays_the_same_and_another_seed_otherwise() -> None:
    again = perform(spoken(), loudness(spoken()), None, length_of(spoken()), 3)
    assert all(again.at(t) == played().at(t) for t in range(0, length_of(spoken()), 3777))
    assert again.at(96_000)[1] != played(4).at(96_000)[1]


def test_a_face_too_small_to_speak_is_refused_with_its_reason() -> None:
    image, face = photo("smile")
    small = cv2.resize(image, None, fx=0.15, fy=0.15, interpolation=cv2.INTER_AREA)
    with pytest.raises(FaceNotUsable, match="pixels high"):
        build_rig(small, replace(face, landmarks=face.landmarks * np.float32(0.15)))
