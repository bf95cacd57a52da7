"""Drawn places: whole pictures under a real camera, the same every time."""

import itertools

import numpy as np
import pytest

from phonofilm.engines.stage.sheet import over
from phonofilm.engines.stage.world.air import HOURS, WEATHERS, air_of
from phonofilm.engines.stage.world.colour import mix, named
from phonofilm.engines.stage.world.falling import Falling
from phonofilm.engines.stage.world.noise import fbm, value
from phonofilm.engines.stage.world.pane import EYE, Pane, PlaceLayer
from phonofilm.engines.stage.world.places import build_place, supported_places
from phonofilm.engines.stage.world.studio import studio_backdrop
from phonofilm.score.camera import CameraPose

SIZE = (384, 216)


def camera(x=0.0, y=EYE, z=0.0, focal=35.0, yaw=0.0):
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    return CameraPose(position=np.array([x, y, z]), rotation=np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]), focal=focal)


def film(place, cameras, at, tick=0, size=SIZE):
    width, height = size
    frame = np.zeros((height, width, 3), np.uint8)
    frame[:] = (255, 0, 255)
    for layer in place.sheets(None, cameras, width, height):
        drawn = layer.draw(at, tick, width, height)
        if drawn is not None:
            over(frame, drawn)
    return frame


def holes(frame):
    return int(((frame[..., 0] == 255) & (frame[..., 1] == 0) & (frame[..., 2] == 255)).sum())


@pytest.mark.parametrize("name", supported_places())
def test_a_place_fills_the_frame_at_both_ends_of_a_move(name):
    ends = [camera(x=-1.5, y=1.2), camera(x=1.5, y=2.6, z=-1.5, yaw=8)]
    place = build_place(name, "golden", "clear", "", (), 3, SIZE[0])
    assert place.name == name
    for at in ends:
        frame = film(place, ends, at, 48_000)
        assert holes(frame) == 0
        assert frame.std() > 8, "a picture, not one colour"


@pytest.mark.parametrize("size", [(216, 384), (420, 180), (240, 240)])
@pytest.mark.parametrize("name", ["sea", "street", "room", "stage", "forest"])
def test_a_place_fills_frames_of_every_shape(name, size):
    place = build_place(name, "day", "clear", "", (), 1, max(size))
    assert holes(film(place, [camera()], camera(), size=size)) == 0


@pytest.mark.parametrize("weather", WEATHERS)
@pytest.mark.parametrize("hour", ["day", "night"])
def test_every_weather_can_be_drawn_by_day_and_by_night(hour, weather):
    frame = film(build_place("field", hour, weather, "", (), 2, SIZE[0]), [camera()], camera())
    assert holes(frame) == 0


def test_the_same_request_gives_the_same_bytes_and_another_seed_another_place():
    def drawn(seed):
        return film(build_place("lake", "dawn", "clear", "calm", (), seed, SIZE[0]), [camera()], camera(), 20_000)

    assert np.array_equal(drawn(4), drawn(4))
    assert not np.array_equal(drawn(4), drawn(5))


def test_night_is_darker_than_day_and_evening_warmer():
    frames = {
        hour: film(build_place("sea", hour, "clear", "", (), 1, SIZE[0]), [camera()], camera()).astype(float) for hour in ("day", "evening", "night")
    }
    assert frames["night"].mean() < 0.5 * frames["day"].mean()
    assert frames["evening"][..., 0].mean() - frames["evening"][..., 2].mean() > frames["day"][..., 0].mean() - frames["day"][..., 2].mean() + 20


@pytest.mark.parametrize(
    "kind,distance,point", [("card", 7.0, (1.2, 2.0, -7.0)), ("ground", 1.0, (2.0, 0.0, -9.0)), ("wall", 4.0, (4.0, 3.0, -11.0))]
)
def test_a_moving_camera_sees_each_surface_where_the_pinhole_puts_it(kind, distance, point):
    pane = Pane(left=-1.0, right=1.0, bottom=-0.8, top=0.8, scale=500)
    layer = PlaceLayer(name="", kind=kind, distance=distance, pane=pane, rgba=np.zeros((pane.height, pane.width, 4), np.uint8))
    x, y, z = point
    u = (x / -z - pane.left) * pane.scale - 0.5
    v = (pane.top - (y - EYE) / -z) * pane.scale - 0.5
    at = camera(x=0.7, y=2.1, z=-1.3, focal=40, yaw=11)
    seen = layer.homography(at, 0, 1920, 1080) @ np.array([u, v, 1.0])
    assert seen[2] > 0
    expected = at.project(np.array(point), 1920, 1080)
    assert seen[:2] / seen[2] == pytest.approx(expected - 0.5, abs=0.02)


def test_near_layers_move_more_than_far_ones_and_the_sky_not_at_all():
    pane = Pane(left=-1.0, right=1.0, bottom=-0.5, top=0.5, scale=300)
    blank = np.zeros((pane.height, pane.width, 4), np.uint8)

    def shift(kind, distance):
        layer = PlaceLayer(name="", kind=kind, distance=distance, pane=pane, rgba=blank)
        a, b = (layer.homography(camera(x=x), 0, 1920, 1080) @ np.array([300.0, 100.0, 1.0]) for x in (0.0, 1.0))
        return a[0] / a[2] - b[0] / b[2]

    assert shift("card", 4.0) == pytest.approx(10 * shift("card", 40.0), rel=1e-6)
    assert shift("sky", 1e4) == pytest.approx(0.0, abs=1e-9)


def test_rain_falls_and_snow_falls_more_slowly():
    air = air_of("day", "rain")
    rain, snow = Falling("rain", air, 1), Falling("snow", air_of("day", "snow"), 1)
    for fall in (rain, snow):
        first, again, later = (fall.draw(camera(), t, 384, 216).rgb for t in (1000, 1000, 3000))
        assert np.array_equal(first, again) and not np.array_equal(first, later)
        assert first.any() and first.mean() < 60


def test_what_glows_only_adds_light():
    place = build_place("stage", "night", "clear", "", (), 1, SIZE[0])
    layers = place.layers([camera()], *SIZE)
    drawn = [layer.draw(camera(), 0, *SIZE) for layer in layers if layer.glow]
    assert drawn and all(d is None or not d.alpha.any() for d in drawn)


def test_an_unknown_place_is_abstract_and_says_so():
    place = build_place("the inside of a clock", "dusk", "", "dreamy", ("teal",), 1, SIZE[0])
    assert place.name == "abstract"
    assert holes(film(place, [camera()], camera())) == 0


def test_other_words_for_a_place_an_hour_and_a_weather_are_known():
    assert build_place("beach", "sunset", "sunny", "", (), 1, 200).name == "sea"
    assert air_of("midnight", "thunderstorm").dark == 1.0
    assert air_of("sunrise", "").hour == "dawn"
    assert set(HOURS) == {"dawn", "morning", "day", "noon", "golden", "evening", "dusk", "night"}


def test_light_on_an_actor_comes_from_the_sun_and_weakens_under_cloud():
    clear, cloudy = air_of("golden", "clear").light, air_of("golden", "rain").light
    assert np.linalg.norm(clear.direction) == pytest.approx(1.0)
    assert clear.direction[0] > 0 and clear.direction[1] > 0
    assert clear.strength > 3 * cloudy.strength
    assert clear.colour[0] > clear.colour[2]


@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
def test_a_studio_is_lit_in_the_middle_and_has_no_bands(size):
    sweep = studio_backdrop(("#6c7a89",), "soft", *size)
    assert sweep.shape == (size[1], size[0], 3)
    h, w = sweep.shape[:2]
    assert sweep[int(0.4 * h) : int(0.5 * h), int(0.45 * w) : int(0.55 * w)].mean() > sweep[: h // 12, : w // 12].mean() + 8
    row = sweep[h // 3].astype(int)[:, 0]
    longest, run = 0, 1
    for a, b in itertools.pairwise(row):
        run = run + 1 if a == b else 1
        longest = max(longest, run)
    assert longest < 40, "dither breaks up every flat band"
    assert np.array_equal(sweep, studio_backdrop(("#6c7a89",), "soft", *size))


def test_a_studio_takes_the_colours_it_is_given():
    red, blue = studio_backdrop(("red",), "", 160, 90).mean(axis=(0, 1)), studio_backdrop(("#1d4ed8",), "", 160, 90).mean(axis=(0, 1))
    assert red[0] > red[2] + 40 and blue[2] > blue[0] + 40
    assert studio_backdrop((), "dramatic", 160, 90).mean() < 0.6 * studio_backdrop((), "bright", 160, 90).mean()


def test_colours_are_named_by_words_and_codes():
    assert named("#ff0000") == (1.0, 0.0, 0.0)
    assert named("warm blue") == named("blue") and named("cucumber") is None
    assert mix((0, 0, 0), (1, 1, 1), 0.5)[0] == pytest.approx(0.389, abs=0.02), "perceived middle grey"


def test_noise_stays_in_its_range_and_is_continuous():
    x = np.linspace(-900, 900, 4000, dtype=np.float32)[None, :]
    y = np.full_like(x, 3.25)
    values = value(7, x, y)
    assert values.min() >= 0 and values.max() <= 1 and values.std() > 0.1
    step = np.float32(0.01)
    assert np.abs(value(7, x + step, y) - values).max() < 0.06
    assert 0.3 < float(fbm(3, x, y).mean()) < 0.7
