"""One reference picture, prepared: faces, body, matte, plate, palette."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive import matte as mattes
from phonofilm.perceive import plate as plates
from phonofilm.perceive.percepts import Face, Picture, SubjectKind
from phonofilm.progress import Progress, quiet
from phonofilm.vision.face import FaceFinder, Mesh
from phonofilm.vision.pose import Body, BodyFinder
from phonofilm.vision.segment import PersonMask, SubjectMask

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

SEEN_SIDE = 1536  # longest side at which the networks look


def perceive_picture(path: Path, sha256: str, progress: Progress = quiet, *, role: str = "") -> Picture:
    """Everything seen in a picture file. ``role`` (``logo``, ``background`` …) leaves out what that role does not need.

    Raises:
        ReferenceError_: it cannot be read.
        ModelMissing: a model file is not in the cache.
    """
    name = path.name
    progress(f"reading {name}", 0.0)
    image, alpha, remarks = _read(path)
    small = mattes.fit(image, SEEN_SIDE)
    scale = image.shape[1] / small.shape[1]
    progress(f"faces of {name}", 0.1)
    meshes = FaceFinder().find(small)
    body = BodyFinder().find(small)
    progress(f"matte of {name}", 0.3)
    matte = _matte(small, image, alpha, meshes, body)
    own = mattes.foreground(image, matte.astype(np.float32) / np.float32(255))
    kind: SubjectKind = "person" if meshes or body is not None else "object"
    box = _box(matte)
    if box is None:
        kind = "none"
    progress(f"plate of {name}", 0.6)
    hole = np.asarray(cv2.dilate((matte > 5).astype(np.uint8), np.ones((9, 9), np.uint8)), np.uint8) > 0
    plate = plates.fill(image, hole)
    progress(f"plate of {name}", 1.0)
    return Picture(
        source=sha256,
        image=image,
        matte=matte,
        plate=plate,
        scale=1.0,
        subject=kind,
        subject_box=box,
        ground=float(box[3] if box else image.shape[0]),
        faces=tuple(_face(m, scale) for m in meshes),
        palette=palette(image),
        pose=None if body is None else (body.landmarks * np.array([scale, scale, scale, 1], np.float32)),
        has_alpha=alpha is not None,
        remarks=remarks,
        foreground=own,
    )


def _read(path: Path) -> tuple[U8, U8 | None, tuple[str, ...]]:
    from PIL import Image, ImageOps

    with Image.open(path) as file:
        upright = ImageOps.exif_transpose(file)
        rgba = np.asarray(upright.convert("RGBA"), np.uint8)
    alpha = rgba[..., 3] if rgba[..., 3].min() < 255 else None
    return np.ascontiguousarray(rgba[..., :3]), alpha, ()


def _matte(small: U8, image: U8, alpha: U8 | None, meshes: list[Mesh], body: Body | None) -> U8:
    if alpha is not None:
        return alpha
    subject, person = SubjectMask(), PersonMask()
    coarse = subject(small)
    if meshes or body is not None:
        coarse = np.maximum(coarse, person(small) * (coarse > 0.2))
    hair = np.zeros(coarse.shape, np.float32)
    for mesh in meshes[:2]:
        coarse = _closer(small, coarse, _head(mesh, small), subject)
        _around_head(hair, mesh)
    return (mattes.refine(image, coarse, hair=hair) * 255 + 0.5).astype(np.uint8)


def _head(mesh: Mesh, picture: U8) -> tuple[int, int, int, int]:
    """The part of a picture around a head and its shoulders: x0 y0 x1 y1."""
    top, chin = mesh.landmarks[10, :2], mesh.landmarks[152, :2]
    height, middle = float(np.hypot(*(chin - top))), 0.6 * top + 0.4 * chin
    x0, y0 = np.maximum(middle - 1.4 * height, 0).astype(int)
    x1, y1 = np.minimum(middle + 1.4 * height, (picture.shape[1], picture.shape[0])).astype(int)
    return int(x0), int(y0), int(x1), int(y1)


def _closer(picture: U8, coarse: F32, part: tuple[int, int, int, int], subject: SubjectMask) -> F32:
    """The coarse map with its rim inside ``part`` seen again from close by. What is far from the rim stays as it was."""
    x0, y0, x1, y1 = part
    if x1 - x0 < 32 or y1 - y0 < 32:
        return coarse
    before = coarse[y0:y1, x0:x1]
    after = subject(picture[y0:y1, x0:x1])
    both, either = np.minimum(before, after).sum(), np.maximum(before, after).sum()
    if both < 0.8 * either:
        return coarse
    side = max(x1 - x0, y1 - y0)
    rim = cv2.morphologyEx((before > 0.5).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    near = np.asarray(cv2.distanceTransform(1 - np.asarray(rim, np.uint8), cv2.DIST_L2, 3), np.float32)
    weight = np.clip(2 - near / (0.03 * side), 0, 1)
    h, w = before.shape
    fade = 0.08 * side
    right = np.where(x1 < picture.shape[1], (w - 1 - np.arange(w)) / fade, 1)
    below = np.where(y1 < picture.shape[0], (h - 1 - np.arange(h)) / fade, 1)
    left, above = np.where(x0 > 0, np.arange(w) / fade, 1), np.where(y0 > 0, np.arange(h) / fade, 1)
    weight *= np.clip(np.minimum(left, right), 0, 1)[None] * np.clip(np.minimum(above, below), 0, 1)[:, None]
    out = coarse.copy()
    out[y0:y1, x0:x1] = before + (after - before) * weight
    return out.astype(np.float32)


def _around_head(hair: F32, mesh: Mesh) -> None:
    """Mark where a head's hair may be: an ellipse around it down to the jaw, turned with it."""
    top, chin = mesh.landmarks[10, :2], mesh.landmarks[152, :2]
    height = float(np.hypot(*(chin - top)))
    middle = top + 0.25 * (chin - top)
    axes = (round(1.15 * height), round(1.05 * height))
    cv2.ellipse(hair, (round(float(middle[0])), round(float(middle[1]))), axes, mesh.roll, 0, 360, 1.0, -1)


def _box(matte: U8) -> tuple[int, int, int, int] | None:
    rows, columns = np.flatnonzero((matte > 127).any(1)), np.flatnonzero((matte > 127).any(0))
    if rows.size == 0:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _face(mesh: Mesh, scale: float) -> Face:
    landmarks = mesh.landmarks * np.float32(scale)
    x0, y0, x1, y1 = (v * scale for v in mesh.box)
    height = float(np.linalg.norm(landmarks[10] - landmarks[152]))
    gap = float(np.linalg.norm(landmarks[13, :2] - landmarks[14, :2]))
    return Face(
        landmarks=landmarks,
        box=(x0, y0, x1, y1),
        yaw=mesh.yaw,
        pitch=mesh.pitch,
        roll=mesh.roll,
        score=mesh.score,
        mouth_open=gap / height,
    )


def palette(image: U8, count: int = 5) -> tuple[str, ...]:
    """The picture's main colours as #rrggbb, most of the picture first: k-means in CIE Lab."""
    small = np.asarray(cv2.resize(image, (72, 72), interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32).reshape(-1, 3)
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.2)
    _, labels, centres = cv2.kmeans(lab, count, None, stop, 3, cv2.KMEANS_PP_CENTERS)  # pyright: ignore[reportCallIssue, reportArgumentType]
    order = np.argsort(-np.bincount(np.asarray(labels).ravel(), minlength=count), kind="stable")
    rgb = np.asarray(cv2.cvtColor(np.asarray(centres, np.float32)[None], cv2.COLOR_LAB2RGB))[0][order]
    return tuple("#{:02x}{:02x}{:02x}".format(*np.clip(c * 255 + 0.5, 0, 255).astype(int)) for c in rgb)
