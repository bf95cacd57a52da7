"""Sheets before the camera: the homography to a fraction of a pixel, the bent sheet against the flat one and against the pinhole."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from phonofilm.engines.stage.sheet import Drawn, Sheet, draw, flat_points, homography, over
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
