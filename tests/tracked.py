"""The camera of a film, measured by points tracked through its decoded frames.

Axes: h w pixels, n points. A made photo of two textures (a slab near, a wall far) is filmed; corners are followed by pyramidal Lucas-Kanade
(Bouguet, 2000) forth and back, and the camera's way is solved from them by OpenCV's perspective-n-point, which knows nothing of the stage.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from phonofilm.clock import FRAMES_PER_SECOND, TICKS_PER_SECOND, frame_middle
from phonofilm.engines.stage.photo import Pinhole, pinhole
from phonofilm.engines.stage.scene import build_scene
from phonofilm.engines.stage.stage import Stage
from phonofilm.generate import render
from phonofilm.perceive.percepts import Picture
from phonofilm.score.camera import FAMILIES, camera_at, carried
from phonofilm.score.framing import frame_picture
from phonofilm.score.materials import Materials
from phonofilm.score.model import Score, Shot, Source

SOURCE = Source(sha256="0" * 64, name="made.png", kind="image")


def textured(height: int, width: int, seed: int, low: int, high: int) -> np.ndarray:
    """Blobs of several sizes in colour, u8[h w 3] between two levels: corners everywhere, nothing that repeats."""
    rng = np.random.default_rng(seed)
    out = np.zeros((height, width, 3), np.float32)
    for sigma, weight in ((4.0, 1.0), (9.0, 1.0), (24.0, 0.8)):
        noise = cv2.GaussianBlur(rng.standard_normal((height, width, 3)).astype(np.float32), (0, 0), sigma)
        out += weight * noise / noise.std()
    out = (out - out.min()) / (out.max() - out.min())
    return (low + out * (high - low)).astype(np.uint8)


def made_picture(width: int = 1600, height: int = 1200, *, standing: bool = False) -> Picture:
    """A near slab before a far wall; ``standing``: the slab ends on a visible ground, else the picture's lower border cuts it."""
    wall, slab = textured(height, width, 1, 90, 250), textured(height, width, 2, 0, 190)
    matte = np.zeros((height, width), np.uint8)
    x0, x1, y0, y1 = int(width * 0.42), int(width * 0.58), int(height * 0.3), int(height * (0.86 if standing else 1.0))
    matte[y0:y1, x0:x1] = 255
    matte = cv2.GaussianBlur(matte, (0, 0), 1.5) if standing else matte
    share = matte[..., None] / 255
    image = (slab * share + wall * (1 - share) + 0.5).astype(np.uint8)
    return Picture(
        source=SOURCE.sha256, image=image, matte=matte, plate=wall, scale=1.0, subject="drawing", subject_box=(x0, y0, x1, y1), ground=float(y1),
        faces=(), palette=("#808080",), pose=None, has_alpha=False, foreground=slab,
    )  # fmt: skip


def score_of(picture: Picture, family: str, size: tuple[int, int], seconds: int, amount: float | None = None, source: Source = SOURCE) -> Score:
    """One shot of a picture under one move."""
    length = seconds * TICKS_PER_SECOND
    framed = frame_picture(picture, source, family, 0, length, size, amount=amount)
    shot = Shot(start=0, end=length, camera=framed.camera, setting=framed.setting)
    return Score(length=length, width=size[0], height=size[1], seed=0, shots=(shot,), remarks=framed.remarks)


def filmed(score: Score, picture: Picture, out: Path, *, workers: int = 2) -> Path:
    """The film of a score on disk."""
    materials = Materials(pictures={picture.source: picture}, sounds={}, clips={})
    render(score, materials, out, engine=Stage(workers=workers), sound=False)
    return out


def grey_frames(film: Path):
    """The decoded luma of every frame, u8[h w]."""
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            yield np.frombuffer(plane, np.uint8).reshape(frame.height, plane.line_size)[:, : frame.width].copy()


def drawn_frames(score: Score, picture: Picture, every: int):
    """The luma of every so many frames as the stage draws them, u8[h w], the last one included; nothing is encoded."""
    scene = build_scene(score, score.shots[0], Materials(pictures={picture.source: picture}, sounds={}, clips={}), {})
    last = score.length // 2000 - 1
    for k in sorted({*range(0, last, every), last}):
        yield cv2.cvtColor(scene.draw(frame_middle(k), score.width, score.height), cv2.COLOR_RGB2GRAY)


def tracks(frames) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Corners f32[n 2] of the first frame and where they are in the last, those only that were never lost; and both frames."""
    frames = iter(frames)
    first = before = next(frames)
    start = cv2.goodFeaturesToTrack(before, 600, 0.01, 10).reshape(-1, 2)
    start = cv2.cornerSubPix(before, start.copy(), (5, 5), (-1, -1), (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 0.01))
    options = {"winSize": (21, 21), "maxLevel": 3, "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 0.003)}
    at = start.copy()
    for image in frames:
        there, found, _ = cv2.calcOpticalFlowPyrLK(before, image, at, None, **options)
        back, returned, _ = cv2.calcOpticalFlowPyrLK(image, before, there, None, **options)
        kept = (found.ravel() > 0) & (returned.ravel() > 0) & (np.abs(back - at).max(axis=1) < 0.3)
        start, at, before = start[kept], there[kept], image
    return start, at, first, before


def refined(begun: np.ndarray, ended: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Where the points of one plane end, found again with the last frame warped back onto the first: no drift of many small steps remains."""
    if len(begun) < 12:
        return ended
    matrix, _ = cv2.findHomography(begun, ended, cv2.RANSAC, 1.5)
    size = (first.shape[1], first.shape[0])
    back = cv2.warpPerspective(last, matrix, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    there, found, _ = cv2.calcOpticalFlowPyrLK(first, back, begun, begun.copy(), winSize=(21, 21), maxLevel=1, flags=cv2.OPTFLOW_USE_INITIAL_FLOW)
    sure = (found.ravel() > 0) & (np.abs(there - begun).max(axis=1) < 2.5)
    better = cv2.perspectiveTransform(there.reshape(-1, 1, 2), matrix).reshape(-1, 2)
    return np.where(sure[:, None], better, ended).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the points of a film say. ``amount`` in the family's unit beside ``asked`` and ``delivered``; ``near`` and ``far`` are the median ways of
    the points in pixels, ``ratio`` theirs beside what the pinhole predicts; ``residual`` the RMS distance in pixels of the solved camera."""

    family: str
    asked: float
    delivered: float
    amount: float
    near: float
    far: float
    ratio: float
    predicted: float
    residual: float
    near_scale: float
    far_scale: float
    drift: float
    right: float
    up: float
    forward: float
    yaw: float
    pitch: float
    roll: float
    points: tuple[int, int]

    @property
    def error(self) -> float:
        """How far the amount is from the delivered one, as a share of it (of 1 where nothing was asked)."""
        whole = self.delivered - 1 if FAMILIES[self.family].unit == "ratio" else self.delivered
        return abs(self.amount - self.delivered) / abs(whole) if whole else abs(self.amount)


def measure(frames, score: Score, picture: Picture) -> Measured:
    """The move of a one-shot film of ``made_picture``, from its frames u8[h w] in order."""
    shot = score.shots[0]
    size = (score.width, score.height)
    num_frames = score.length // 2000
    taken = pinhole(picture, shot.setting)
    first, last = (camera_at(shot.camera, frame_middle(k)) for k in (0, num_frames - 1))
    begun, ended, image0, image1 = tracks(frames)
    is_near, is_far = _sides(begun, picture, taken, carried(shot.camera, first), first, shot.setting.near, shot.setting.far, size)
    near0, far0 = begun[is_near], begun[is_far]
    near1, far1 = refined(near0, ended[is_near], image0, image1), refined(far0, ended[is_far], image0, image1)
    # the pixel of OpenCV has its middle at a whole number, the stage's at a half
    world = np.concatenate(
        [_on_plane(near0 + 0.5, carried(shot.camera, first), shot.setting.near, size), _on_plane(far0 + 0.5, first, shot.setting.far, size)]
    )
    pixels = np.concatenate([near1, far1]) + 0.5
    to_camera = np.diag([1.0, -1.0, -1.0]) @ first.rotation
    local = (world - first.position) @ to_camera.T
    turn, move, residual = _solved(local, pixels, last.focal_pixels(*size), size)
    place = -turn.T @ move
    yaw, pitch, roll = _angles(turn)
    middle = camera_at(shot.camera, score.length // 2)
    stand = middle.position if shot.camera.family not in ("push_in", "pull_out", "dolly_zoom") else first.position
    away = math.dist(stand, shot.camera.subject)
    near_away = float(first.position[2]) - shot.camera.subject[2]
    near_way, far_way = (float(np.median(np.hypot(*(b - a).T))) for a, b in ((near0, near1), (far0, far1)))
    said0, said1 = carried(shot.camera, first), carried(shot.camera, last)
    near_said = np.hypot(*(said1.project(_on_plane(near0 + 0.5, said0, shot.setting.near, size), *size) - near0 - 0.5).T)
    far_said = np.hypot(*(last.project(_on_plane(far0 + 0.5, first, shot.setting.far, size), *size) - far0 - 0.5).T)
    near_scale, far_scale = _scale(near0, near1), _scale(far0, far1)
    amounts = {
        "push_in": math.hypot(place[0], place[1], place[2]) / away,
        "pull_out": math.hypot(place[0], place[1], place[2]) / (away / (1 - shot.camera.delivered)) if shot.camera.delivered < 1 else 0.0,
        "truck_left": -place[0] / away, "truck_right": place[0] / away, "tracking": place[0] / away,
        "pedestal_up": -place[1] / away, "pedestal_down": place[1] / away,
        "pan_left": -yaw, "pan_right": yaw, "tilt_up": pitch, "tilt_down": -pitch, "roll_left": -roll, "roll_right": roll,
        "orbit_left": yaw, "orbit_right": -yaw, "zoom_in": near_scale, "zoom_out": 1 / near_scale,
        "crane_up": _rise(place, to_camera) / away, "crane_down": -_rise(place, to_camera) / away,
        "dolly_zoom": 1 - near_away / (near_away + math.hypot(*place)),
    }  # fmt: skip
    if shot.camera.carry:
        way = float(np.median((far0 - far1)[:, 0])) * shot.setting.far / first.focal_pixels(*size)
        amounts["tracking"], place, residual = way / away, np.array([way, 0.0, 0.0]), 0.0
    seconds = (num_frames - 1) / FRAMES_PER_SECOND
    return Measured(
        family=shot.camera.family, asked=shot.camera.asked, delivered=shot.camera.delivered, amount=float(amounts.get(shot.camera.family, 0.0)),
        near=near_way, far=far_way, ratio=near_way / max(far_way, 1e-6), predicted=float(np.median(near_said) / max(np.median(far_said), 1e-6)),
        residual=residual, near_scale=near_scale, far_scale=far_scale, drift=float(np.hypot(*(ended - begun).T).max()) / seconds,
        right=float(place[0]), up=float(-place[1]), forward=float(place[2]), yaw=yaw, pitch=pitch, roll=roll,
        points=(int(is_near.sum()), int(is_far.sum())),
    )  # fmt: skip


def _rise(place: np.ndarray, to_camera: np.ndarray) -> float:
    return float((to_camera.T @ place)[1])


def _on_plane(pixels: np.ndarray, camera, depth: float, size: tuple[int, int]) -> np.ndarray:
    rays = camera.rays(np.asarray(pixels, np.float64), *size)
    return camera.position + rays * ((-depth - camera.position[2]) / rays[:, 2])[:, None]


def _sides(points, picture: Picture, taken: Pinhole, near_camera, far_camera, near: float, far: float, size) -> tuple[np.ndarray, np.ndarray]:
    """Which points of the first frame lie well inside the slab, and which on the real wall well outside it."""
    height, width = picture.matte.shape
    inside = cv2.erode(picture.matte, np.ones((31, 31), np.uint8))
    outside = cv2.dilate(picture.matte, np.ones((31, 31), np.uint8))
    seen = np.asarray(points, np.float64) + 0.5
    at = np.round(taken.pixels(_on_plane(seen, near_camera, near, size))).astype(int)
    held = (at >= 0).all(axis=1) & (at[:, 0] < width) & (at[:, 1] < height)
    at = np.clip(at, 0, [width - 1, height - 1])
    on_slab, off_slab = held & (inside[at[:, 1], at[:, 0]] > 250), outside[at[:, 1], at[:, 0]] < 5
    wall = taken.pixels(_on_plane(seen, far_camera, far, size))
    real = (wall > 20).all(axis=1) & (wall[:, 0] < width - 20) & (wall[:, 1] < height - 20)
    return on_slab, off_slab & real


def _solved(local: np.ndarray, pixels: np.ndarray, focal: float, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, float]:
    """Rotation and translation of the last camera to the first, and the RMS distance in pixels."""
    matrix = np.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1.0]])
    _, turn, move, inside = cv2.solvePnPRansac(local, pixels.astype(np.float64), matrix, None, reprojectionError=2.0, iterationsCount=500)
    kept = inside.ravel()
    turn, move = cv2.solvePnPRefineLM(local[kept], pixels[kept].astype(np.float64), matrix, None, turn, move)
    shown = cv2.projectPoints(local[kept], turn, move, matrix, None)[0].reshape(-1, 2)
    return cv2.Rodrigues(turn)[0], move.ravel(), float(np.sqrt(((shown - pixels[kept]) ** 2).sum(axis=1).mean()))


def _angles(turn: np.ndarray) -> tuple[float, float, float]:
    """How far the last camera is turned right, up and clockwise from the first, in degrees (axes of OpenCV: x right, y down, z ahead)."""
    ahead, right = turn.T @ [0.0, 0.0, 1.0], turn.T @ [1.0, 0.0, 0.0]
    yaw, pitch = math.degrees(math.atan2(ahead[0], ahead[2])), math.degrees(math.asin(-ahead[1]))
    return yaw, pitch, math.degrees(math.asin(right[1]))


def _scale(begun: np.ndarray, ended: np.ndarray) -> float:
    """The size of the last frame's points by the first's: the scale of the best similarity."""
    matrix, _ = cv2.estimateAffinePartial2D(begun, ended, method=cv2.RANSAC, ransacReprojThreshold=2.0)
    return float(math.hypot(matrix[0, 0], matrix[1, 0]))
