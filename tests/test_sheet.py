"""Sheets before the camera: the homography to a fraction of a pixel, the bent sheet against the flat one and against the pinhole."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from phonofilm.engines.stage.compositor import compose
from phonofilm.engines.stage.sheet import Drawn, Sheet, Warped, cover, draw, flat_points, homography, joined, look, over
from phonofilm.score.camera import CameraPose, Stand, build_path, camera_at, quaternion
from tracked import textured

WIDTH, HEIGHT = 640, 360
CORNERS = np.array([[-1.0, 2.1, -2.0], [1.0, 2.1, -2.0], [1.0, 0.9, -2.0], [-1.0, 0.9, -2.0]])


def camera(x: float = 0.0, y: float = 1.5, z: float = 0.0, **turn: float) -> CameraPose:
    key = build_path("static", Stand(position=(x, y, z), focal=40.0, subject=(0.0, 1.5, -2.0)), 0, 48_000).keys[0]
    path = build_path("static", Stand(position=(x, y, z), focal=40.0, subject=(0.0, 1.5, -2.0)), 0, 48_000)
    return camera_at(replace(path, keys=(replace(key, orientation=quaternion(**turn)),)), 0)


VIEWS = [camera(), camera(yaw=14.0, pitch=-6.0, roll=9.0), camera(x=0.4, y=1.3, z=-0.5, yaw=-8.0)]


def dots(num: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """A dark texture with soft bright dots, and their places in texture pixels."""
    texture, places = np.zeros((480, 800, 3), np.uint8), []
    y, x = np.mgrid[0:480, 0:800]
    for u in np.linspace(240, 560, num):
        for v in np.linspace(160, 320, 5):
            texture += (np.exp(-((x - u) ** 2 + (y - v) ** 2) / 32)[..., None] * 250).astype(np.uint8)
            places.append((u, v))
    return texture, np.array(places)


def centroid(image: np.ndarray, at: np.ndarray) -> np.ndarray:
    x0, y0 = np.round(at).astype(int) - 9
    part = image[y0 : y0 + 19, x0 : x0 + 19, 0].astype(float)
    y, x = np.mgrid[y0 : y0 + 19, x0 : x0 + 19]
    return np.array([(part * x).sum(), (part * y).sum()]) / part.sum()


def drawn_whole(sheet: Sheet, view: CameraPose) -> np.ndarray:
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    part = draw(sheet, view, WIDTH, HEIGHT)
    assert part is not None
    over(frame, part)
    return frame


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("bent", [False, True])
def test_dots_of_a_sheet_are_drawn_where_the_pinhole_says(view, bent):
    texture, places = dots()
    nodes = np.zeros((40, 60, 3), np.float32) if bent else None
    sheet = Sheet(texture=texture, alpha=None, corners=CORNERS, nodes=nodes)
    share = (places + 0.5) / [800, 480]
    world = CORNERS[0] + share[:, :1] * (CORNERS[1] - CORNERS[0]) + share[:, 1:] * (CORNERS[3] - CORNERS[0])
    wanted = view.project(world, WIDTH, HEIGHT) - 0.5
    image = drawn_whole(sheet, view)
    inside = (wanted > 12).all(axis=1) & (wanted[:, 0] < WIDTH - 12) & (wanted[:, 1] < HEIGHT - 12)
    assert inside.sum() >= 20
    far = [np.hypot(*(centroid(image, w) - w)) for w in wanted[inside]]
    assert max(far) < 0.2 and np.mean(far) < 0.08


@pytest.mark.parametrize("view", VIEWS)
def test_a_bent_sheet_without_bend_is_the_flat_sheet(view):
    texture = textured(480, 800, 3, 0, 255)
    alpha = np.full((480, 800), 255, np.uint8)
    flat = draw(Sheet(texture=texture, alpha=alpha, corners=CORNERS), view, WIDTH, HEIGHT)
    bent = draw(Sheet(texture=texture, alpha=alpha, corners=CORNERS, nodes=np.zeros((33, 49, 3), np.float32)), view, WIDTH, HEIGHT)
    assert flat is not None and bent is not None
    assert abs(flat.x0 - bent.x0) <= 1 and abs(flat.y0 - bent.y0) <= 1
    images, alphas = [], []
    for part in (flat, bent):
        whole = np.zeros((HEIGHT + 2, WIDTH + 2, 4), np.uint8)
        h, w = part.alpha.shape
        whole[part.y0 : part.y0 + h, part.x0 : part.x0 + w] = np.dstack([part.rgb, part.alpha])
        images.append(whole[..., :3].astype(int))
        alphas.append(whole[..., 3])
    inner = cv2.erode(np.minimum(*alphas), np.ones((9, 9), np.uint8)) == 255
    assert inner.sum() > 50_000
    away = np.abs(images[0] - images[1])[inner]
    assert away.max() <= 6 and away.mean() < 0.5


def test_relief_moves_as_the_pinhole_says():
    texture, places = dots()
    nodes = np.zeros((60, 80, 3), np.float32)
    nodes[..., 2] = 0.3
    sheet = Sheet(texture=texture, alpha=None, corners=CORNERS, nodes=nodes)
    share = (places + 0.5) / [800, 480]
    world = CORNERS[0] + share[:, :1] * (CORNERS[1] - CORNERS[0]) + share[:, 1:] * (CORNERS[3] - CORNERS[0]) + [0, 0, 0.3]
    for x in (-0.2, 0.0, 0.25):
        view = camera(x=x)
        wanted = view.project(world, WIDTH, HEIGHT) - 0.5
        inside = (wanted > 12).all(axis=1) & (wanted[:, 0] < WIDTH - 12) & (wanted[:, 1] < HEIGHT - 12)
        image = drawn_whole(sheet, view)
        assert max(np.hypot(*(centroid(image, w) - w)) for w in wanted[inside]) < 0.15


def test_the_corners_of_a_sheet_fall_on_their_projections():
    sheet = Sheet(texture=np.zeros((480, 800, 3), np.uint8), alpha=None, corners=CORNERS)
    for view in VIEWS:
        matrix = homography(sheet, view, WIDTH, HEIGHT)
        ends = np.array([[-0.5, -0.5], [799.5, -0.5], [799.5, 479.5], [-0.5, 479.5]]).reshape(-1, 1, 2)
        seen = cv2.perspectiveTransform(ends, matrix).reshape(-1, 2)
        assert np.abs(seen - (view.project(CORNERS, WIDTH, HEIGHT) - 0.5)).max() < 0.01
    points = flat_points(sheet, 3, 3)
    assert points[1, 1] == pytest.approx(CORNERS.mean(axis=0))


def test_a_sheet_behind_the_frame_is_not_drawn():
    away = CORNERS + [50.0, 0, 0]
    assert draw(Sheet(texture=np.zeros((4, 4, 3), np.uint8), alpha=None, corners=away), VIEWS[0], WIDTH, HEIGHT) is None


def test_laying_a_premultiplied_part_over_a_frame_is_the_over_operator():
    frame = np.full((6, 8, 3), 100, np.uint8)
    alpha = np.array([[0, 128, 255]], np.uint8)
    rgb = np.full((1, 3, 3), 200, np.uint8) * (alpha[..., None] > 0)
    rgb = (rgb * (alpha[..., None] / 255) + 0.5).astype(np.uint8)
    over(frame, Drawn(x0=2, y0=3, rgb=rgb, alpha=alpha))
    assert frame[3, 2:5, 0].tolist() == pytest.approx([100, 150, 200], abs=1)
    assert (np.delete(frame, 3, axis=0) == 100).all()


def cut_out_sheet(bent: bool) -> Sheet:
    """A disc with a soft rim, nearer than the wall, bulging where it is bent."""
    y, x = np.mgrid[0:420, 0:500]
    alpha = (np.clip((190 - np.hypot(x - 250, y - 210)) / 12, 0, 1) * 255).astype(np.uint8)
    texture = (textured(420, 500, 5, 40, 255) * (alpha[..., None] / 255)).astype(np.uint8)
    nodes = np.zeros((30, 30, 3), np.float32)
    nodes[..., 2] = np.hypot(*np.meshgrid(np.linspace(-1, 1, 30), np.linspace(-1, 1, 30))) * 0.05
    near = CORNERS * [0.5, 1, 1] + [0.1, 0, 0.4]
    return Sheet(texture=texture, alpha=alpha, corners=near, nodes=nodes if bent else None)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("bent", [False, True])
def test_layers_composed_in_bands_are_layers_laid_whole_over_one_another(view, bent):
    wall = Sheet(texture=textured(480, 800, 3, 0, 255), alpha=None, corners=CORNERS)
    near = cut_out_sheet(bent)
    light = Drawn(x0=30, y0=50, rgb=np.full((90, 200, 3), 40, np.uint8), alpha=np.zeros((90, 200), np.uint8))
    wanted = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for sheet in (wall, near):
        part = draw(sheet, view, WIDTH, HEIGHT)
        assert part is not None
        over(wanted, part)
    over(wanted, light)
    seen = [look(joined(sheet), view, WIDTH, HEIGHT) for sheet in (wall, near)]
    assert seen[0] is not None and seen[1] is not None
    assert (seen[1].cells == 255).any(), "the disc hides squares of the wall"
    made = compose([*seen, light], WIDTH, HEIGHT)
    assert np.abs(made.astype(int) - wanted).max() <= 2


def test_what_is_not_covered_is_black():
    assert not compose([], 50, 30).any()
    small = look(joined(Sheet(texture=np.full((40, 40, 3), 255, np.uint8), alpha=None, corners=CORNERS * [0.1, 1, 1])), VIEWS[0], WIDTH, HEIGHT)
    assert small is not None
    made = compose([small], WIDTH, HEIGHT)
    x0, y0, x1, y1 = small.box
    assert (made[y0:y1, x0:x1] == 255).all() and made.astype(int).sum() == 255 * 3 * (x1 - x0) * (y1 - y0)


@pytest.mark.parametrize("bent", [False, True])
def test_a_part_of_a_sheet_is_the_same_as_cut_from_the_whole(bent):
    seen = look(joined(cut_out_sheet(bent)), VIEWS[1], WIDTH, HEIGHT)
    assert isinstance(seen, Warped)
    x0, y0, x1, y1 = seen.box
    whole = seen.part(x0, y0, x1, y1)
    part = seen.part(x0 + 40, y0 + 16, x0 + 101, y0 + 75)
    assert np.abs(whole[16:75, 40:101].astype(int) - part).max() <= 1


def test_squares_are_told_apart_by_what_they_cover():
    alpha = np.zeros((160, 208), np.uint8)
    alpha[48:, 64:] = 255
    found = cover(alpha)
    assert found.shape == (10, 13)
    assert (found[5:-1, 6:-1] == 255).all() and (found[:2] == 0).all() and (found[3, 5:] == 128).all()


def test_a_soft_sheet_is_drawn_at_every_second_pixel_and_nobody_sees_it():
    sharp = textured(480, 800, 3, 0, 255)
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 2.2), np.uint8)
    sheet = Sheet(texture=soft, alpha=None, corners=CORNERS)
    fine, coarse = (look(joined(replace(sheet, soft=v)), VIEWS[1], WIDTH, HEIGHT) for v in (0.0, 2.0))
    assert fine is not None and coarse is not None and coarse.coarse and not fine.coarse
    off = (fine.part(*fine.box).astype(float) - coarse.part(*coarse.box))[..., :3]
    inside = off[40:-40, 40:-40]
    assert 10 * np.log10(255**2 / (inside**2).mean()) > 40
