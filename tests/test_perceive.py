"""Pictures perceived: mattes, plates, kinds, traits, and the cache that keeps them."""

import hashlib
import shutil

import cv2
import numpy as np
import pytest
from PIL import Image

from media import picture
from phonofilm import weights
from phonofilm.errors import ReferenceError_
from phonofilm.perceive import cache, perceive, shifts
from phonofilm.perceive.enlarge import factor_for
from phonofilm.perceive.matte import edged, foreground, region_of
from phonofilm.perceive.palette import palette
from phonofilm.perceive.percepts import Sound
from phonofilm.perceive.picture import perceive_picture
from phonofilm.perceive.plate import extend, fill, hole_of
from phonofilm.perceive.traits import face_of
from phonofilm.perceive.wisps import wisps
from phonofilm.request import Reference
from phonofilm.vision.face import FaceFinder


def perceived(name, **options):
    return perceive_picture(picture(name), name, **options)


@pytest.fixture(scope="module")
def smile():
    return perceived("smile")


@pytest.fixture
def private_cache(tmp_path, monkeypatch):
    """An empty cache that holds the models of the real one."""
    real = weights.cache_dir() / "models"
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "models").symlink_to(real, target_is_directory=True)
    monkeypatch.setenv("PHONOFILM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def reference(path, tag="photo", kind="image"):
    return Reference(tag=tag, path=path, kind=kind, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def disc(size=240, radius=70, inside=(200, 60, 40), outside=(40, 90, 160), blur=1.5):
    """A soft disc of one colour on another, and its true matte."""
    y, x = np.mgrid[0:size, 0:size]
    alpha = np.clip((radius - np.hypot(y - size / 2, x - size / 2)) / blur / 2 + 0.5, 0, 1).astype(np.float32)
    image = alpha[..., None] * np.array(inside) + (1 - alpha[..., None]) * np.array(outside)
    return (image + 0.5).astype(np.uint8), alpha


def test_a_coarse_map_becomes_the_true_edge():
    image, truth = disc()
    coarse = cv2.GaussianBlur(np.roll((truth > 0.5).astype(np.float32), (2, -2), (0, 1)), (0, 0), 4)
    before, after = np.abs(coarse - truth).sum(), np.abs(edged(image, region_of(image, coarse)) - truth).sum()
    assert after < 0.2 * before


def test_nothing_of_the_old_background_is_left_in_the_subjects_colours():
    image, truth = disc(blur=4)
    own = foreground(image, truth)
    rim = (truth > 0.05) & (truth < 0.95)
    assert np.abs(own[rim].astype(int) - (200, 60, 40)).mean() < 6
    assert np.abs(image[rim].astype(int) - (200, 60, 40)).mean() > 40


def test_a_man_is_cut_out_with_his_head_and_attached_to_the_picture_below(smile):
    assert smile.subject == "person" and len(smile.faces) == 1
    face = smile.faces[0]
    for mark in (10, 152, 234, 454, 4):
        x, y = face.landmarks[mark, :2].astype(int)
        assert smile.matte[y, x] > 230
    assert smile.matte[:25].max() < 40 and smile.matte[300, 60] < 20 and smile.matte[300, 850] < 20
    assert (smile.matte[-40] > 127).mean() > 0.5
    soft = ((smile.matte > 12) & (smile.matte < 243)).mean()
    assert 0.002 < soft < 0.05


def test_a_plate_keeps_the_picture_outside_the_subject_and_shows_nobody_inside(smile):
    hole = hole_of(smile.matte)
    far = cv2.dilate(hole.astype(np.uint8), np.ones((21, 21), np.uint8)) == 0
    assert np.array_equal(smile.plate[far], smile.image[far])
    assert FaceFinder().find(smile.plate) == []


def test_a_smooth_background_is_filled_as_if_nothing_had_stood_there():
    y, x = np.mgrid[0:300, 0:400]
    truth = np.stack([90 + x / 5, 120 + y / 6, 150 - x / 8], 2)
    hole = np.hypot(y - 150, x - 200) < 80
    picture_ = np.where(hole[..., None], 255, truth).astype(np.uint8)
    assert np.abs(fill(picture_, hole).astype(float) - truth)[hole].mean() < 6


def test_a_continued_plate_keeps_its_middle_and_has_no_seam_and_no_black():
    plate = np.asarray(Image.open(picture("coffee")).convert("RGB"))[:200, 300:600]
    out = extend(plate, 40, 30, 20, 10)
    assert out.shape == (230, 370, 3)
    assert np.array_equal(out[20:220, 40:340], plate)
    seam = np.abs(out[20:220, 40].astype(int) - out[20:220, 39]).mean()
    inner = np.abs(np.diff(plate.astype(int), axis=1)).mean()
    assert seam < 3 * inner
    assert out[:, :35].mean() > 0.6 * plate[:, :40].mean()


def detail(image, where):
    """The middle and the upper quarter of the gradients' strength inside a part."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    strength = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    return np.percentile(strength[where], (50, 75))


@pytest.mark.parametrize("name", ["coffee", "outdoors"])
def test_a_continued_photo_has_the_detail_of_what_was_there(name):
    photo = np.asarray(Image.open(picture(name)).convert("RGB"))
    cut = round(0.15 * photo.shape[1])
    made = extend(np.ascontiguousarray(photo[:, cut:-cut]), cut, cut, 0, 0)
    beyond = np.ones(photo.shape[:2], bool)
    beyond[:, cut - 3 : -cut + 3] = False
    assert np.array_equal(made[:, cut:-cut], photo[:, cut:-cut])
    ratio = detail(made, beyond) / detail(photo, beyond)
    assert ratio.min() > 0.45 and ratio.max() < 1.6
    # neither a mirror at the border nor a repetition of its line
    inner, outer = made[:, cut : 2 * cut].astype(float), made[:, :cut].astype(float)
    assert np.abs(outer[:, ::-1] - inner).mean() > 10 and np.abs(outer - made[:, cut : cut + 1]).mean() > 10


def test_a_hole_in_a_busy_ground_is_filled_as_busily_and_the_known_stays():
    photo = np.asarray(Image.open(picture("outdoors")).convert("RGB"))[:300]
    y, x = np.mgrid[0:300, 0 : photo.shape[1]]
    hole = np.hypot(y - 110, x - 70) < 50
    made = fill(photo, hole)
    assert np.array_equal(made[~hole], photo[~hole])
    ratio = detail(made, np.hypot(y - 110, x - 70) < 46) / detail(photo, hole)
    assert ratio.min() > 0.5 and ratio.max() < 2.0


def test_no_object_is_copied_into_a_hole_in_a_wall():
    draw = np.random.default_rng(0)
    wall = (np.array([150, 140, 130]) + 6 * cv2.GaussianBlur(draw.standard_normal((400, 600, 1)), (0, 0), 1.5)[..., None]).astype(np.uint8)
    cv2.circle(wall, (120, 150), 45, (220, 30, 30), -1)
    cv2.rectangle(wall, (480, 80), (540, 260), (20, 20, 90), -1)
    y, x = np.mgrid[0:400, 0:600]
    hole = (np.abs(x - 320) < 100) & (y > 120)
    made = fill(wall, hole)
    assert np.abs(made[hole].astype(int) - (150, 140, 130)).max() < 40


def test_a_firm_edge_over_a_busy_ground_is_found_and_nothing_of_the_ground_shines_through():
    photo = cv2.resize(np.asarray(Image.open(picture("coffee")).convert("RGB")), (800, 800)).astype(np.float32)
    y, x = np.mgrid[0:800, 0:800]
    truth = np.clip((1 - np.hypot((x - 400) / 260, (y - 460) / 220)) * 150 + 0.5, 0, 1).astype(np.float32)
    colour = np.array([60, 120, 200], np.float32) * (0.6 + 0.4 * np.sin(x / 200))[..., None].astype(np.float32)
    image = (colour * truth[..., None] + photo * (1 - truth[..., None]) + 0.5).astype(np.uint8)
    coarse = cv2.resize(cv2.GaussianBlur(cv2.resize(truth, (256, 256), interpolation=cv2.INTER_AREA), (0, 0), 1.5), (800, 800))
    alpha = edged(image, region_of(image, coarse))
    near = cv2.dilate(((truth > 0.02) & (truth < 0.98)).astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    assert np.abs(alpha - truth)[near].mean() < 0.03
    over, true = ((c.astype(np.float32) * a[..., None]) for c, a in ((foreground(image, alpha), alpha), (colour, truth)))
    assert np.abs(over - true)[near].mean() < 5


def test_a_whole_lock_of_long_hair_stays():
    photo = perceived("long-hair")
    h, w = photo.matte.shape
    for x, y in ((0.17, 0.6), (0.17, 0.8), (0.2, 0.9), (0.84, 0.7)):
        assert photo.matte[round(y * h), round(x * w)] > 200
    assert photo.matte[round(0.6 * h), round(0.04 * w)] < 20


def test_a_cup_is_a_thing_with_a_clean_edge():
    cup = perceived("coffee")
    assert cup.subject == "object" and cup.faces == () and cup.pose is None
    x0, y0, x1, y1 = (v / cup.scale for v in cup.subject_box)
    assert 60 < x0 < 90 and 5 < y0 < 30 and 465 < x1 < 495 and 375 < y1 < 400
    assert cup.ground == cup.subject_box[3]
    assert any("no human face" in r for r in cup.remarks)


def test_a_close_up_of_a_cat_is_filmed_whole_with_a_remark():
    cat = perceived("cat")
    assert cat.subject == "object" and cat.matte.min() == 255
    assert np.array_equal(cat.plate, cat.image)
    assert any("filmed whole" in r for r in cat.remarks)


def test_a_small_picture_is_enlarged_and_says_so():
    small = perceived("small")
    assert small.scale == 4.0 and small.image.shape == (1500, 1200, 3) and small.matte.shape == (1500, 1200)
    assert any("enlarged" in r for r in small.remarks)
    assert factor_for(910, 1137) == 1.0 and factor_for(512, 512) == pytest.approx(3.125)


def test_a_picture_that_is_already_cut_out_keeps_its_own_matte(tmp_path):
    rgba = np.zeros((1000, 1000, 4), np.uint8)
    rgba[200:800, 300:700] = (200, 40, 30, 255)
    path = tmp_path / "cut out.png"
    Image.fromarray(rgba).save(path)
    found = perceive_picture(path, "x")
    assert found.has_alpha and found.subject_box == (300, 200, 700, 800)
    assert np.array_equal(found.matte, rgba[..., 3])


def test_a_background_is_not_cut_out():
    whole = perceived("smile", role="background")
    assert whole.matte.min() == 255 and np.array_equal(whole.plate, whole.image)


MEN = ("backlit", "beard", "closed", "cropped", "outdoors", "smile", "speaking", "three-quarter")


def first_face(name):
    photo = np.asarray(Image.open(picture(name)).convert("RGB"))
    return face_of(FaceFinder().find(photo)[0], photo)


def test_spectacles_are_seen_and_not_invented():
    assert first_face("glasses").glasses > 0.8 and first_face("outdoors").glasses < 0.2


def test_a_face_looks_a_womans_or_a_mans():
    """Also turned, drawn, half out of the picture, against the light; the uniform of "glasses" misleads it."""
    seen = {name: first_face(name).masculine for name in ("astronaut", "frown", "long-hair", "open", "medallion", *MEN)}
    assert {name for name, masculine in seen.items() if masculine > 0.8} == set(MEN)
    assert all(seen[name] < 0.2 for name in seen.keys() - set(MEN))


def test_an_open_mouth_is_more_open_than_a_closed_one():
    assert first_face("frown").mouth_open < 0.03
    assert first_face("open").mouth_open > 0.09


def test_both_of_two_people_are_cut_out_and_the_larger_comes_first():
    two = perceived("two")
    assert len(two.faces) == 2 and two.faces[0].box[0] > two.faces[1].box[0]
    for face in two.faces:
        x, y = face.landmarks[4, :2].astype(int)
        assert two.matte[y, x] > 230
        assert two.matte[min(690, int(face.box[3]) + 150), x] > 200


def test_the_palette_names_the_colours_most_first():
    image = np.zeros((100, 100, 3), np.uint8)
    image[:70], image[70:] = (200, 30, 40), (20, 60, 210)
    first, second = (tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in palette(image, count=2))
    assert np.abs(np.subtract(first, (200, 30, 40))).max() < 16 and np.abs(np.subtract(second, (20, 60, 210))).max() < 16


def test_the_same_picture_is_perceived_the_same_twice(smile):
    again = perceived("smile")
    for name in ("image", "matte", "plate", "foreground"):
        assert np.array_equal(getattr(again, name), getattr(smile, name))
    assert np.array_equal(again.faces[0].landmarks, smile.faces[0].landmarks)


def test_a_file_is_perceived_once_and_then_remembered(private_cache, tmp_path):
    path = tmp_path / "p.jpg"
    shutil.copy(picture("outdoors"), path)
    steps = []
    first = perceive([reference(path)], {"photo": "face"}, progress=lambda step, done=0.0: steps.append(step))
    assert any(s.startswith("faces") for s in steps)
    steps.clear()
    again = perceive([reference(path)], {"photo": "face"}, progress=lambda step, done=0.0: steps.append(step))
    assert steps == []
    a, b = first.pictures["photo"], again.pictures["photo"]
    assert np.array_equal(a.matte, b.matte) and np.array_equal(a.faces[0].landmarks, b.faces[0].landmarks)
    assert (a.remarks, a.palette, a.subject_box, a.scale) == (b.remarks, b.palette, b.subject_box, b.scale)
    [entry] = cache.entries()
    assert entry.kind == "picture"
    assert (private_cache / "percepts").stat().st_mode & 0o077 == 0 and entry.path.stat().st_mode & 0o077 == 0


def test_what_directs_a_film_is_told_before_plates_are_made_and_the_rest_is_the_same_in_the_end(private_cache, tmp_path):
    given = []
    for name in ("outdoors", "coffee", "cat"):
        path = tmp_path / f"{name}.jpg"
        Image.open(picture(name)).convert("RGB").save(path, quality=95)
        given.append(reference(path, name))
    early = perceive(given, {"outdoors": "face"}, wait=False)
    assert set(early.later) == {r.sha256 for r in given}
    whole = early.whole()
    assert not whole.later
    for r in given:
        sketch, done, alone = early.pictures[r.tag], whole.pictures[r.tag], perceive_picture(r.path, r.sha256)
        assert sketch.foreground is None
        assert np.array_equal(sketch.matte, done.matte)
        assert sketch.subject_box == done.subject_box and sketch.remarks == done.remarks and sketch.palette == done.palette
        assert done.foreground is not None and np.array_equal(done.plate, done.image) == bool((done.matte == 255).all())
        for part in ("image", "matte", "plate", "foreground"):
            assert np.array_equal(getattr(done, part), getattr(alone, part))
    again = perceive(given, {"outdoors": "face"}, wait=False)
    assert not again.later
    assert all(np.array_equal(again.pictures[r.tag].plate, whole.pictures[r.tag].plate) for r in given)


def test_one_picture_that_cannot_be_read_ends_the_looking_at_all(private_cache, tmp_path):
    good, bad = tmp_path / "good.jpg", tmp_path / "bad.jpg"
    shutil.copy(picture("outdoors"), good)
    bad.write_bytes(good.read_bytes()[:300])
    with pytest.raises(ReferenceError_, match=r"bad\.jpg"):
        perceive([reference(good, "a"), reference(bad, "b")], {}, wait=False)


def sound(samples=1000):
    return Sound(
        source="s", samples=np.zeros((samples, 2), np.float32), kind="effect", speech=((0, 5),), tempo=0.0,
        beats=(), downbeats=(), sections=(0,), onsets=(3,), loudness=-20.0, remarks=("one",),
    )  # fmt: skip


def test_a_damaged_entry_is_made_again(private_cache):
    made = []

    def make(_):
        made.append(1)
        return sound()

    cache.remembered("sound", "h", 1, make)
    [entry] = cache.entries()
    content = bytearray(entry.path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    entry.path.write_bytes(content)
    again = cache.remembered("sound", "h", 1, make)
    assert len(made) == 2 and again.speech == ((0, 5),)
    entry.path.write_bytes(b"PK")
    cache.remembered("sound", "h", 1, make)
    assert len(made) == 3


def test_the_key_depends_on_content_version_and_parameters(private_cache):
    for sha, version, parameters in (("h", 1, {}), ("g", 1, {}), ("h", 2, {}), ("h", 1, {"whole": True})):
        cache.remembered("sound", sha, version, lambda _: sound(), parameters=parameters)
    assert len(cache.entries()) == 4
    assert cache.purge() == 4 and cache.entries() == []


def test_the_least_recently_used_entries_go_first(private_cache):
    import os

    for k in range(4):
        cache.remembered("sound", f"h{k}", 1, lambda _: sound(10_000))
    for age, entry in enumerate(sorted(cache.entries(), key=lambda e: e.name)):
        os.utime(entry.path, (1_000_000 + age, 1_000_000 + age))
    oldest = cache.entries()[0]
    size = oldest.bytes
    assert cache.trim(limit=2 * size + 10) == 2
    assert oldest.path not in [e.path for e in cache.entries()] and len(cache.entries()) == 2


def test_what_was_prepared_is_made_once_and_anew_for_other_inputs(tmp_path, monkeypatch):
    monkeypatch.setenv("PHONOFILM_CACHE", str(tmp_path))
    made: list[int] = []

    def asked(picture):
        def make():
            made.append(1)
            return {"half": picture / 2, "size": np.asarray(picture.shape)}

        return cache.prepared("plate", (picture, 3), (shifts,), make)

    picture = np.arange(12.0).reshape(3, 4)
    first, again = asked(picture), asked(picture.copy())
    assert len(made) == 1 and (first["half"] == again["half"]).all() and again["size"].tolist() == [3, 4]
    asked(picture + 1)
    assert len(made) == 2
    assert [e.kind for e in cache.entries()] == ["plate", "plate"]
    (tmp_path / "percepts" / cache.entries()[0].name).write_bytes(b"damaged")
    asked(picture)
    asked(picture + 1)
    assert len(made) == 3


def _wisped(background: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A head with strands before a background: the picture, its matte, where the strands are, and the landmarks of its face."""
    image, strands = background.copy(), np.zeros(background.shape[:2], np.uint8)
    for turn in np.linspace(-2.6, -0.5, 9):
        inner, outer = ((400 + r * np.cos(turn), 420 + r * np.sin(turn)) for r in (170, 235))
        cv2.line(strands, tuple(int(v) for v in inner), tuple(int(v) for v in outer), 255, 3)
    image[strands > 0] = (50, 35, 30)
    matte = np.zeros(background.shape[:2], np.uint8)
    cv2.circle(matte, (400, 420), 180, 255, -1)
    image[matte > 0] = (90, 60, 50)
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:, 0] = 400 + 110 * np.cos(np.linspace(0, 2 * np.pi, 478))
    landmarks[:, 1] = 440 + 130 * np.sin(np.linspace(0, 2 * np.pi, 478))
    return image, matte, (strands > 0) & (matte == 0), landmarks


def test_loose_hair_is_taken_out_of_the_plate_and_a_line_of_the_room_is_not():
    room = np.full((700, 800, 3), (120, 150, 190), np.uint8)
    room[140:146] = (70, 70, 80)
    image, matte, strands, landmarks = _wisped(room)
    found = wisps(image, matte, [landmarks])
    assert found[strands].mean() > 0.85
    assert found[:, :100].mean() == 0 and found[:, -100:].mean() == 0 and found.mean() < 0.08
    plate = fill(image, hole_of(matte) | found)
    assert np.abs(plate.astype(int) - room)[strands].max() < 30


def test_before_a_pattern_no_hair_is_looked_for():
    curtain = np.full((700, 800, 3), (120, 150, 190), np.uint8)
    curtain[:, ::12] = curtain[:, 1::12] = (60, 70, 90)
    image, matte, _, landmarks = _wisped(curtain)
    assert not wisps(image, matte, [landmarks]).any()
