"""One reference picture, prepared: faces, body, matte, plate, palette."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive import matte as mattes
from phonofilm.perceive import plate as plates
from phonofilm.perceive.look import Look, Networks, look
from phonofilm.perceive.palette import palette
from phonofilm.perceive.percepts import WHOLE, Picture, SubjectKind
from phonofilm.perceive.subject import Salience, coarse_map, drawn, fills, kind_of
from phonofilm.perceive.traits import face_of
from phonofilm.perceive.wall import keyed, without_wall
from phonofilm.perceive.wisps import wisps
from phonofilm.progress import Progress, quiet
from phonofilm.vision.face import Mesh
from phonofilm.vision.pose import Body

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def perceive_picture(path: Path, sha256: str, progress: Progress = quiet, *, role: str = "") -> Picture:
    """Everything seen in a picture file. A picture whose ``role`` is in ``WHOLE`` is not cut out: its matte is its alpha (or 255), its plate itself.

    Raises:
        ReferenceError_: it cannot be read.
        ModelMissing: a model file is not in the cache.
    """
    with ThreadPoolExecutor(1) as other:
        return sketch_picture(look(path, progress, role=role, networks=Networks()), sha256, progress, role=role, other=other)[1]()


def sketch_picture(seen: Look, sha256: str, progress: Progress, *, role: str, other: Executor | None) -> tuple[Picture, Callable[[], Picture]]:
    """All of ``perceive_picture`` that a film is directed by, of what was ``seen``, and what finishes it: the plate, and the subject's own colours.

    Until then the picture is its own plate and has no foreground. The plate is begun by ``other`` as soon as the region is known, where one is given.
    """
    name, image, alpha, small, meshes, body = seen.name, seen.image, seen.alpha, seen.small, seen.meshes, seen.body
    remarks, factor, scale = list(seen.remarks), seen.factor, image.shape[1] / small.shape[1]
    progress(f"matte of {name}", 0.3)
    heads = [_scaled(m, scale).landmarks for m in meshes]
    begun: Future[U8] | None = None
    reach: U8 | None = None
    side = mattes.EDGE_SIDE if factor == 1 else mattes.ENLARGED_SIDE
    if role in WHOLE:
        kind: SubjectKind = "person" if meshes else "none"
        matte = alpha if alpha is not None else np.full(image.shape[:2], 255, np.uint8)
    else:
        region, hair, kind = _region(small, image, alpha, meshes, body, seen.salience)
        if region is not None:  # the plate is made of what no matte of this region reaches, so it can be made beside the matte
            reach = mattes.reach_of(image, region, hair)
            begun = other.submit(_filled, image, reach, heads) if other else None
        matte = _matte(image, alpha, region, hair, side)
        matte = matte if region is None or hair is None else keyed(image, matte, hair, heads)
        whole = bool(matte.min() > 0)
        remarks += _told(name, kind, whole, len(meshes))
        if meshes and drawn(small) > 0.5:
            remarks.append(f"{name}: looks drawn; its face is moved as a photographed one is.")
    box = _box(matte)
    sketch = Picture(
        source=sha256,
        image=image,
        matte=matte,
        plate=image,
        scale=factor,
        subject=kind,
        subject_box=box,
        ground=float(box[3] if box else image.shape[0]),
        faces=tuple(face_of(_scaled(m, scale), image) for m in meshes),
        palette=palette(image, None if alpha is None else alpha > 127),
        pose=None if body is None else body.landmarks * np.array([scale, scale, scale, 1], np.float32),
        has_alpha=alpha is not None,
        remarks=tuple(remarks),
    )

    def finish() -> Picture:
        if role in WHOLE or matte.min() == 255:
            return replace(sketch, foreground=image)
        progress(f"plate of {name}", 0.7)
        own = mattes.foreground(image, matte.astype(np.float32) / np.float32(255), side)
        plate = image if matte.min() > 0 else begun.result() if begun else _filled(image, matte if reach is None else reach, heads)
        progress(f"plate of {name}", 1.0)
        return replace(sketch, plate=plate, foreground=own)

    return sketch, finish


def _filled(image: U8, matte: U8, heads: Sequence[F32]) -> U8:
    """The plate of a picture with this matte and the landmarks of the ``heads`` in it, whose loose hair goes with them."""
    return plates.fill(image, plates.hole_of(matte) | wisps(image, matte, heads))


def _region(
    small: U8, image: U8, alpha: U8 | None, meshes: list[Mesh], body: Body | None, salience: Salience | None
) -> tuple[F32 | None, F32 | None, SubjectKind]:
    """The region of ``image`` that is cut out (see ``matte.region_of``; None where all of it stays), where its edge is hair, and what it is."""
    if alpha is not None:
        inside = np.asarray(cv2.resize(alpha, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
        kind = kind_of(small, inside, meshes, body)
        return None, None, "object" if kind == "none" else kind
    coarse, hair = coarse_map(small, meshes, body, salience)
    kind = kind_of(small, coarse, meshes, body)
    if kind == "none" or (kind != "person" and fills(coarse)):
        return None, None, kind
    scale = image.shape[1] / small.shape[1]
    region = mattes.region_of(image, coarse)
    return without_wall(image, region, hair, [m.landmarks * np.float32(scale) for m in meshes]), hair, kind


def _matte(image: U8, alpha: U8 | None, region: F32 | None, hair: F32 | None, side: int) -> U8:
    """The matte u8[h w] of ``image``, its edge seen at ``side``. A picture's own alpha is believed; where nothing stands out the matte is whole."""
    if alpha is not None:
        return alpha
    if region is None:
        return np.full(image.shape[:2], 255, np.uint8)
    return (mattes.edged(image, region, hair=hair, side=side) * 255 + np.float32(0.5)).astype(np.uint8)


def _told(name: str, kind: SubjectKind, whole: bool, faces: int) -> list[str]:
    if kind == "none":
        return [f"{name}: nothing stands out from the rest, so it is filmed whole."]
    if whole and kind in ("object", "drawing"):
        return [f"{name}: no human face found, and its subject fills the picture, so it is filmed whole."]
    if kind == "person" and faces == 0:
        return [f"{name}: no human face found, so no mouth can be drawn."]
    if kind in ("object", "drawing"):
        return [f"{name}: no human face found; its subject is filmed as a thing."]
    if faces > 1:
        return [f"{name}: {faces} faces; the largest is the first."]
    return []


def _scaled(mesh: Mesh, scale: float) -> Mesh:
    return replace(mesh, landmarks=mesh.landmarks * np.float32(scale))


def _box(matte: U8) -> tuple[int, int, int, int] | None:
    rows, columns = np.flatnonzero((matte > 127).any(1)), np.flatnonzero((matte > 127).any(0))
    if rows.size == 0:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
