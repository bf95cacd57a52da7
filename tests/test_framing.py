"""Framing: every move over every shape of photo in every ratio stays on filled picture and keeps the head."""

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest

from media import picture as media_picture
from phonofilm.engines.stage.photo import pinhole, plate_sheet
from phonofilm.engines.stage.scene import cameras_of
from phonofilm.engines.stage.sheet import Drawn, draw, flat_points, over
from phonofilm.media.read import read_picture
from phonofilm.perceive.percepts import Face, Picture
from phonofilm.perceive.picture import perceive_picture
from phonofilm.perceive.wider import columns, widen
from phonofilm.request import RATIOS, SIZES
from phonofilm.score.camera import FAMILIES, Step, camera_at, carried
from phonofilm.score.framing import frame_picture
from phonofilm.score.model import Shot, Source
from phonofilm.score.view import face_part, view_of
from tracked import made_picture

SOURCE = Source(sha256="1" * 64, name="made.png", kind="image")
SECONDS = 4
LENGTH = SECONDS * 48_000
MAGENTA = (255, 0, 255)
ASPECTS = (0.4, 1.0, 2.5)
#: where the head stands: share of the width, share of the height, its height as a share of the picture's shorter side
HEADS = {"middle": (0.5, 0.4, 0.3), "left": (0.28, 0.36, 0.24), "low": (0.6, 0.55, 0.26)}


def portrait(aspect: float, place: str) -> Picture:
    """A green picture with the astronaut's head and shoulders pasted in, down to the lower border; nothing of it is magenta."""
    width, height = (1500, round(1500 / aspect)) if aspect >= 1 else (round(1500 * aspect), 1500)
    astronaut = read_picture(media_picture("astronaut")).rgb
    x, y, tall = HEADS[place]
    face = round(tall * min(width, height))
    # in the astronaut's picture the face is 108 high, its middle at column 225, row 122
    k = face / 108
    body = cv2.resize(astronaut, None, fx=k, fy=k, interpolation=cv2.INTER_AREA if k < 1 else cv2.INTER_CUBIC)
    dx, dy = round(x * width - 225 * k), round(y * height - 122 * k)
    image = np.full((height, width, 3), (60, 140, 80), np.uint8)
    image[:, ::40] = (90, 160, 110)
    plate, matte = image.copy(), np.zeros((height, width), np.uint8)
    rows, columns = np.mgrid[0:height, 0:width]
    inside = (columns - dx >= 0) & (columns - dx < body.shape[1]) & (rows - dy >= 0) & (rows - dy < body.shape[0])
    head = np.hypot((columns - x * width) / (0.62 * face), (rows - y * height) / (0.95 * face)) < 1
    shoulders = (rows > y * height + 0.6 * face) & (np.abs(columns - x * width) < 1.3 * face)
    own = inside & head | shoulders
    matte[own] = 255
    image[inside & own] = body[(rows - dy)[inside & own], (columns - dx)[inside & own]]
    landmarks = np.zeros((478, 3), np.float32)
    turn = np.linspace(0, 2 * np.pi, 478)
    landmarks[:, 0], landmarks[:, 1] = x * width + 0.4 * face * np.cos(turn), y * height + 0.5 * face * np.sin(turn)
    box = (x * width - 0.4 * face, y * height - 0.5 * face, x * width + 0.4 * face, y * height + 0.5 * face)
    found = Face(landmarks=landmarks, box=box, yaw=0.0, pitch=0.0, roll=0.0, score=1.0, mouth_open=0.0)
    ys, xs = np.nonzero(matte)
    return Picture(
        source=SOURCE.sha256, image=image, matte=matte, plate=plate, scale=1.0, subject="person", ground=float(height), faces=(found,),
        palette=("#808080",),
        subject_box=(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1), pose=None, has_alpha=False, foreground=image,
    )  # fmt: skip


def check(picture: Picture, family: str, ratio: str, more: tuple[Step, ...] = ()) -> None:
    """No pixel without picture, nothing beyond a border that cuts the subject, and the head inside the frame, over the whole move."""
    size = SIZES["480p"][ratio]
    framed = frame_picture(picture, SOURCE, family, 0, LENGTH, size, more=more)
    shot = Shot(start=0, end=LENGTH, camera=framed.camera, setting=framed.setting)
    picture = widen(picture, *columns(framed.setting.wider, picture.image.shape[1]))
    view = view_of(picture, lens=framed.setting.lens)
    taken = pinhole(picture, framed.setting)
    sheet = plate_sheet(picture, taken, framed.setting.far, cameras_of(shot), *size, soft=0.0, near=framed.setting.near)
    # what lies beyond the sheet must not be taken from its border: lay it as a cut-out over magenta
    sheet = replace(sheet, alpha=np.full(sheet.texture.shape[:2], 255, np.uint8))
    x0, y0, x1, y1 = view.focus
    box = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    rim = np.zeros(picture.matte.shape, bool)
    rim[0], rim[-1], rim[:, 0], rim[:, -1] = True, True, True, True
    cut = taken.world(np.argwhere(rim & (picture.matte > 128))[:, ::-1] + 0.5, framed.setting.near)
    for tick in range(1000, LENGTH, LENGTH // 8):
        camera = camera_at(framed.camera, tick)
        frame = np.full((size[1], size[0], 3), MAGENTA, np.uint8)
        drawn = draw(sheet, camera, *size)
        assert drawn is not None
        over(frame, Drawn(x0=drawn.x0, y0=drawn.y0, rgb=drawn.rgb, alpha=drawn.alpha))
        assert not (cv2.inRange(frame, (200, 0, 200), (255, 90, 255)) > 0).any(), (family, ratio, tick)
        own = carried(framed.camera, camera)
        head = own.project(taken.world(box, framed.setting.near), *size)
        assert head.min() > -2 and head[:, 0].max() < size[0] + 2 and head[:, 1].max() < size[1] + 2, (family, ratio, tick, head)
        # where a border cuts the subject may not be seen
        at = own.project(cut, *size)
        assert not ((at > 3) & (at < np.array(size) - 3)).all(axis=1).any(), (family, ratio, tick)


#: every ratio and family that many places apart, with the shapes and heads in turn
PAIRS = [
    (ASPECTS[k % 3], list(HEADS)[(k // 3) % 3], ratio, family) for k, (ratio, family) in enumerate(itertools.product(RATIOS, FAMILIES)) if k % 5 == 0
]


@pytest.mark.parametrize(("aspect", "place", "ratio", "family"), PAIRS)
def test_a_move_stays_on_filled_picture_with_the_head_in_view(aspect, place, ratio, family):
    check(portrait(aspect, place), family, ratio)


@pytest.mark.slow
@pytest.mark.parametrize(("aspect", "place"), list(itertools.product(ASPECTS, HEADS)))
def test_every_move_in_every_ratio_stays_on_filled_picture_with_the_head_in_view(aspect, place):
    picture = portrait(aspect, place)
    for ratio, family in itertools.product(RATIOS, FAMILIES):
        check(picture, family, ratio)


@pytest.mark.parametrize("more", [("pan_left",), ("truck_right", "tilt_up"), ("dolly_zoom",)])
def test_moves_in_a_row_stay_on_filled_picture(more):
    check(portrait(1.0, "middle"), "push_in", "16:9", tuple(Step(family=f) for f in more))


@pytest.mark.parametrize("family", FAMILIES)
def test_an_ordinary_portrait_carries_every_default_move(family):
    framed = frame_picture(portrait(1.0, "middle"), SOURCE, family, 0, LENGTH, SIZES["1080p"]["16:9"])
    assert framed.camera.delivered == pytest.approx(framed.camera.asked)
    assert not framed.remarks


def test_a_move_that_the_picture_cannot_carry_is_shortened_and_said():
    framed = frame_picture(portrait(1.0, "middle"), SOURCE, "orbit_right", 0, LENGTH, SIZES["1080p"]["16:9"], amount=90.0, name="@me")
    assert framed.camera.asked == 90.0 and 5.0 < framed.camera.delivered <= 24.0
    assert any("of 90°" in r and "@me" in r for r in framed.remarks)


def test_feet_stay_on_the_ground_on_which_they_stand():
    picture = made_picture(1200, 900, standing=True)
    framed = frame_picture(picture, SOURCE, "truck_right", 0, LENGTH, (640, 480))
    taken = pinhole(picture, framed.setting)
    shot = Shot(start=0, end=LENGTH, camera=framed.camera, setting=framed.setting)
    sheet = plate_sheet(picture, taken, framed.setting.far, cameras_of(shot), 640, 480, soft=0.0, near=framed.setting.near)
    assert sheet.nodes is not None
    foot = np.array([[600.0, picture.ground]])
    stands = taken.world(foot, framed.setting.near)
    corners = taken.pixels(sheet.corners)
    gh, gw = sheet.nodes.shape[:2]
    u, v = (foot[0] - corners[0]) / (corners[2] - corners[0]) * [gw - 1, gh - 1]
    bent = (flat_points(sheet, gh, gw) + sheet.nodes).astype(np.float32)
    place = cv2.remap(bent, np.float32([[u]]), np.float32([[v]]), cv2.INTER_LINEAR)[0]
    seen = []
    for tick in (0, LENGTH // 2, LENGTH):
        camera = camera_at(framed.camera, tick)
        seen.append(camera.project(place.astype(float), 640, 480))
        assert seen[-1] == pytest.approx(camera.project(stands, 640, 480), abs=0.5)
    assert np.ptp([at[0, 0] for at in seen]) > 30


def animal() -> Picture:
    """A long body with legs, its head and ears high at the right, on grass: nothing of it touches a border."""
    height, width = 900, 1200
    matte = np.zeros((height, width), np.uint8)
    cv2.ellipse(matte, (520, 480), (420, 150), 0, 0, 360, 255, -1)
    for x in (200, 300, 760, 860):
        cv2.rectangle(matte, (x, 500), (x + 50, 850), 255, -1)
    cv2.ellipse(matte, (1000, 200), (90, 120), 0, 0, 360, 255, -1)
    cv2.fillPoly(matte, [np.array([[850, 450], [950, 250], [1040, 280], [940, 520]])], 255)
    for x in (940, 1050):
        cv2.fillPoly(matte, [np.array([[x - 25, 140], [x, 30], [x + 25, 140]])], 255)
    image = np.full((height, width, 3), (90, 140, 70), np.uint8)
    image[matte > 0] = (150, 110, 70)
    ys, xs = np.nonzero(matte)
    box = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    return Picture(
        source=SOURCE.sha256, image=image, matte=matte, plate=np.full_like(image, (90, 140, 70)), scale=1.0, subject="object", subject_box=box,
        ground=850.0, faces=(), palette=("#808080",), pose=None, has_alpha=False, foreground=image,
    )  # fmt: skip


@pytest.mark.parametrize("ratio", ["16:9", "9:16"])
@pytest.mark.parametrize("family", ["static", "push_in", "orbit_right", "crane_up", "truck_left", "zoom_in"])
def test_an_animals_head_and_ears_stay_in_the_frame(family, ratio):
    picture, size = animal(), SIZES["480p"][ratio]
    framed = frame_picture(picture, SOURCE, family, 0, LENGTH, size, name="@dog")
    taken = pinhole(picture, framed.setting)
    ears = np.array([[940.0, 30.0], [1050.0, 30.0], [1090.0, 200.0], [915.0, 140.0]])
    points = taken.world(ears, framed.setting.near)
    for tick in range(0, LENGTH, LENGTH // 8):
        at = carried(framed.camera, camera_at(framed.camera, tick)).project(points, *size)
        assert at.min() > -1 and (at < np.array(size) + 1).all(), (family, ratio, tick, at)
    less = framed.camera.asked and framed.camera.delivered < 0.95 * framed.camera.asked
    assert bool(less) == any("asked" in remark and "@dog" in remark for remark in framed.remarks)


def test_a_whole_animal_is_shown_where_the_film_can_hold_it():
    picture, size = animal(), SIZES["480p"]["16:9"]
    framed = frame_picture(picture, SOURCE, "static", 0, LENGTH, size)
    assert picture.subject_box is not None
    x0, y0, x1, y1 = (float(v) for v in picture.subject_box)
    points = pinhole(picture, framed.setting).world(np.array([[x0, y0], [x1, y1]]), framed.setting.near)
    at = camera_at(framed.camera, 0).project(points, *size)
    assert at.min() > -1 and (at < np.array(size) + 1).all()


@pytest.mark.parametrize("ratio", sorted(RATIOS))
def test_of_a_face_that_fills_its_photo_eyes_and_mouth_are_always_in_the_frame(ratio):
    seen = perceive_picture(media_picture("open"), SOURCE.sha256)
    for family, tight in itertools.product(("static", "push_in", "roll_right", "orbit_left", "tilt_up"), (1.0, 1.25, 1.7)):
        framed = frame_picture(seen, SOURCE, family, 0, LENGTH, SIZES["480p"][ratio], tight=tight)
        wide = widen(seen, *columns(framed.setting.wider, seen.image.shape[1]), plain=True)
        view = view_of(wide, 0, framed.setting.lens)
        x, y = framed.setting.principal[0] * view.width, framed.setting.principal[1] * view.height
        features = view.world(face_part(wide, 0, "features"), x, y, view.near)
        for tick in (0, LENGTH // 2, LENGTH - 1):
            at = carried(framed.camera, camera_at(framed.camera, tick)).project(features, *SIZES["480p"][ratio])
            assert (at > -2).all() and (at < np.array(SIZES["480p"][ratio]) + 2).all(), (family, tight, tick)
