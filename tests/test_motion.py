"""The motion of a clip, followed and copied: a person who is filmed moving in a known way is the clip, and a photographed person moves after them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import phonofilm
from media import clip as clip_of
from media import picture as picture_of
from phonofilm.clock import TICKS_PER_SECOND, frame_middle
from phonofilm.engines.stage.acting import performances_of
from phonofilm.engines.stage.stage import Stage, draw_frame
from phonofilm.errors import ScoreError
from phonofilm.generate import Film, render, score_of
from phonofilm.media.read import read_frames
from phonofilm.media.reference import open_references
from phonofilm.perceive.percepts import Performer
from phonofilm.perceive.performer import performer
from phonofilm.request import Request
from phonofilm.score.document import check, dumps, loads
from phonofilm.score.materials import Materials
from phonofilm.score.model import Motion, Pose, Score
from phonofilm.score.moving import TURN, within
from phonofilm.vision.face import FaceFinder

SECONDS = 4
SIZE = (864, 496)


def requested(prompt: str, references: dict[str, Path], seconds: int = SECONDS) -> Request:
    given = open_references(tuple(f"{tag}={path}" for tag, path in references.items()))
    return Request(prompt=prompt, references=given, resolution="480p", ratio="16:9", seconds=seconds)


def known(tick: int) -> Pose:
    """How the person of the clip moves: turns, nods, tilts and sways, each at its own pace, and shuts the eyes twice."""
    t = tick / TICKS_PER_SECOND
    shut = 1.0 if 20 <= tick // 2000 < 24 or 61 <= tick // 2000 < 65 else 0.0
    return Pose(
        tick=tick, yaw=round(11 * np.sin(2 * np.pi * t / 1.6), 2), pitch=round(7 * np.sin(2 * np.pi * t / 1.1 + 1), 2),
        roll=round(7 * np.sin(2 * np.pi * t / 2.3 + 2), 2), sway=round(0.2 * np.sin(2 * np.pi * t / 2.0 + 0.5), 4), lids=shut,
    )  # fmt: skip


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clip: a film of a man who moves as ``known`` says."""
    score, materials = score_of(requested("@person is here. Static camera. No music.", {"person": picture_of("smile")}), Stage())
    poses = tuple(known(frame_middle(k)) for k in range(24 * SECONDS))
    score = replace(score, cues=(Motion(start=0, end=score.length, actor="person", poses=poses),))
    out = tmp_path_factory.mktemp("motion") / "dance.mp4"
    return render(score, materials, out, engine=Stage(), sound=False).path


@pytest.fixture(scope="module")
def copied(driver: Path, tmp_path_factory: pytest.TempPathFactory) -> Film:
    """A woman in a photograph moves after the clip, two seconds longer than it lasts."""
    out = tmp_path_factory.mktemp("motion") / "copied.mp4"
    return phonofilm.make(
        "@person moves like in @dance_video. Static camera. No music.", out, references={"person": picture_of("astronaut"), "dance_video": driver},
        seconds=SECONDS + 2, resolution="480p", ratio="16:9",
    )  # fmt: skip


def heads(path: Path) -> np.ndarray:
    """Yaw, pitch and roll of the head of a film, and where it is across (pixels), frame by frame."""
    finder, rows, face = FaceFinder(), [], None
    for frame in read_frames(path, size=SIZE):
        face = finder.find(frame, thorough=False)[0] if face is None else finder.track(frame, face)
        assert face is not None
        rows.append((face.yaw, face.pitch, face.roll, face.landmarks[168, 0]))
    return np.array(rows)


def motion_of(score: Score) -> Motion:
    return next(cue for cue in score.cues if isinstance(cue, Motion))


def test_a_photographed_head_turns_nods_and_tilts_as_the_clips_in_time(driver, copied):
    wanted, shown = heads(driver), heads(copied.path)
    num = len(wanted)
    for k, name in enumerate(("yaw", "pitch", "roll")):
        alike = [np.corrcoef(wanted[8 : num - 8, k], shown[8 + lag : num - 8 + lag, k])[0, 1] for lag in range(-3, 4)]
        assert alike[3] >= 0.8, name
        assert abs(int(np.argmax(alike)) - 3) <= 1, f"{name} is early or late"
        assert 0.5 < shown[:num, k].std() / wanted[:, k].std() < 1.5, name
    assert np.corrcoef(wanted[:, 3], shown[:num, 3])[0, 1] >= 0.8, "the body sways"


def test_blinks_are_copied_where_they_are_seen(copied):
    poses = motion_of(copied.score).poses
    lids = np.interp([frame_middle(k) for k in range(24 * SECONDS)], [p.tick for p in poses], [p.lids for p in poses])
    assert lids[20:24].max() > 0.8 and lids[61:65].max() > 0.8
    assert np.delete(lids, [*range(16, 29), *range(57, 70)]).max() < 0.3


def test_the_motion_is_in_the_score_and_can_be_edited_there(copied, tmp_path):
    score = loads(dumps(copied.score))
    motion = motion_of(score)
    assert motion.actor == "person" and motion.source is not None and motion.source.name == "dance.mp4" and motion.end == score.length
    pictures = {actor.source.sha256 for actor in score.cast}
    alone = Materials(pictures={k: v for k, v in copied.materials.pictures.items() if k in pictures}, sounds={}, clips={})
    turned = replace(score, cues=(replace(motion, poses=(Pose(tick=0, yaw=14.0),)),))
    away = replace(score, cues=(replace(motion, poses=(Pose(tick=0, yaw=-14.0),)),))
    shown = [FaceFinder().find(draw_frame(s, alone, 30), thorough=False)[0].yaw for s in (turned, away)]
    assert shown[0] - shown[1] > 18, "what the score says is what is drawn, without the clip"


def test_a_clip_that_is_over_is_played_back_without_a_jump(copied):
    motion = motion_of(copied.score)
    at = [frame_middle(k) for k in range(24 * (SECONDS + 2))]
    yaw = np.interp(at, [p.tick for p in motion.poses], [p.yaw for p in motion.poses])
    assert np.abs(np.diff(yaw)).max() < 2.6
    assert np.corrcoef(yaw[24 * SECONDS - 24 : 24 * SECONDS - 6], yaw[24 * SECONDS + 5 : 24 * SECONDS + 23][::-1])[0, 1] > 0.95
    assert any("back and forth" in remark for remark in copied.remarks)


def test_a_remark_says_what_is_copied_and_what_is_not(copied):
    said = next(remark for remark in copied.remarks if remark.startswith("@dance_video"))
    assert all(word in said for word in ("head", "blinks", "sway", "not arms", "legs"))
    assert not any("cannot use yet" in remark for remark in copied.remarks)
    assert [shot.setting.kind for shot in copied.score.shots] == ["photo"], "the clip itself is not shown"


def test_lips_still_follow_the_phones_while_the_head_follows_the_clip(driver):
    request = requested('@person says: "Mama, papa, baby." moving like in @dance_video.', {"person": picture_of("astronaut"), "dance_video": driver})
    score, materials = score_of(request, Stage())
    after = performances_of(score, materials)["person"]
    own = performances_of(replace(score, cues=tuple(c for c in score.cues if not isinstance(c, Motion))), materials)["person"]
    for name in ("jaw", "closed", "rounding", "spread", "teeth", "tongue", "rest"):
        assert np.array_equal(after.curves[name], own.curves[name]), name
    assert after.shut == own.shut and after.shut
    motion = motion_of(score)
    pose = after.at(motion.poses[20].tick)[1]
    assert pose.yaw == pytest.approx(motion.poses[20].yaw, abs=0.6) and abs(after.curves["yaw"] - own.curves["yaw"]).max() > 4


def test_what_a_photo_cannot_show_is_made_smaller_and_said():
    wide = 60 * np.sin(np.linspace(0, 20, 200))
    held = within(wide, TURN["yaw"])
    assert np.abs(held).max() <= TURN["yaw"] and np.corrcoef(wide, held)[0, 1] > 0.93
    small = 6 * np.sin(np.linspace(0, 20, 200))
    assert within(small, TURN["yaw"]) == pytest.approx(small), "what fits is as filmed"


def test_a_clip_without_a_person_is_told():
    frames = (np.full((304, 320, 3), 60 + k, np.uint8) for k in range(30))
    seen = performer(frames, (0, 30))
    assert seen.head is None and seen.trunk is None and "nobody" in seen.why


def test_a_score_whose_motion_cannot_be_played_is_refused(copied):
    motion = motion_of(copied.score)
    for broken in (
        replace(motion, actor="nobody"), replace(motion, poses=()), replace(motion, end=motion.start),
        replace(motion, poses=(Pose(tick=0, yaw=80.0),)), replace(motion, poses=motion.poses[::-1]),
    ):  # fmt: skip
        with pytest.raises(ScoreError):
            check(replace(copied.score, cues=(broken,)))


def followed(name: str, count: int, first: int = 0, size: tuple[int, int] | None = None) -> Performer:
    frames = read_frames(clip_of(name), first * 2000, count, size)
    return performer(frames, (0, count))


def test_a_dancer_seen_whole_is_followed_though_her_face_is_often_turned_away():
    seen = followed("dancer", 72, first=600)
    assert not seen.why and seen.frames == 72 and seen.head is not None and seen.trunk is not None
    assert np.isfinite(seen.head).all() and np.isfinite(seen.trunk).all()
    # her head goes back and comes forward again, in one sweep each: no jumps between what tells it from near and from afar
    assert np.ptp(seen.head[:, 1]) > 25 and np.abs(np.diff(seen.head, axis=0)).max() < 12


def test_of_a_body_far_away_the_trunk_alone_is_followed_and_of_one_still_farther_nothing():
    far = followed("dancer", 30, size=(180, 172))
    assert far.head is None and far.lids is None and far.trunk is not None
    farther = followed("dancer", 30, size=(96, 92))
    assert farther.trunk is None and "too small" in farther.why, farther


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vlog", "moods", "desk", "office"])
def test_real_people_are_followed_without_gaps_or_jitter(name):
    seen = followed(name, 96)
    assert seen.frames == 96 and seen.head is not None and seen.lids is not None and seen.trunk is not None
    unrest = np.abs(np.diff(seen.head, n=2, axis=0))
    assert np.median(unrest) < 0.25, "degrees a frame a frame"
    assert 0 <= seen.lids.min() and seen.lids.max() <= 1
