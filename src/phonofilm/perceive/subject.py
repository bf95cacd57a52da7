"""Which part of a picture is its subject, as a coarse map, and what kind of thing it is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.percepts import SubjectKind
from phonofilm.vision.face import Mesh
from phonofilm.vision.pose import Body
from phonofilm.vision.segment import PersonMask, SubjectMask

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
Part = tuple[int, int, int, int]

LEAST = 0.015  # least share of the picture that a subject covers
MISSED = 0.12  # share of a person that the salient map may miss before the person mask is believed over it (its edge is worse)
DOUBT = 0.5  # mean of the map inside its own region, below which there is no one subject


@dataclass(frozen=True, kw_only=True, eq=False)
class Salience:
    """What stands out in a picture, ``found`` f32[h w] 0…1, and the network that said so."""

    network: SubjectMask
    found: F32

    @classmethod
    def of(cls, picture: U8, network: SubjectMask | None = None) -> Salience:
        """That of u8[h w 3], at its size."""
        network = network or SubjectMask()
        return cls(network=network, found=network(picture))


def coarse_map(picture: U8, meshes: list[Mesh], body: Body | None, salience: Salience | None = None) -> tuple[F32, F32]:
    """How likely each pixel of u8[h w 3] is the subject's, and where its edge is hair: both f32[h w] 0…1.

    With people: everybody whose face is seen, and what they hold; else what stands out. ``salience`` may have been looked for before, at another
    size of the same picture.
    """
    salience = salience or Salience.of(picture)
    subject, salient = salience.network, salience.found
    if salient.shape != picture.shape[:2]:
        salient = np.asarray(cv2.resize(salient, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
    hair = np.zeros(salient.shape, np.float32)
    if meshes or body is not None:
        person = PersonMask()(picture)
        # the less a person is seen, the more must it stand out: what one holds does, the flag beside one does not
        agreed = np.clip((person - 0.15) / 0.45, 0, 1)
        held, body_ = salient * np.clip((salient - 0.5) * 2.5, 0, 1), np.maximum(salient, person * np.clip(3 * salient, 0, 1))
        coarse = _people((held + (body_ - held) * agreed).astype(np.float32), picture, person, meshes)
        for mesh in meshes[:2]:
            coarse = _closer(picture, coarse, around_head(mesh, picture, 1.4), subject)
            coarse = _locks(coarse, picture, person, mesh)
            _mark_head(hair, mesh)
    else:
        coarse = salient
        box = _box(coarse > 0.5)
        if box is not None:
            coarse = _closer(picture, coarse, _grown(box, picture, 0.12), subject)
    return _whole_parts(coarse, meshes), hair


def around_head(mesh: Mesh, picture: U8, reach: float) -> Part:
    """The part of a picture around a head, ``reach`` face heights to each side: x0 y0 x1 y1."""
    top, chin = mesh.landmarks[10, :2], mesh.landmarks[152, :2]
    height, middle = float(np.hypot(*(chin - top))), 0.6 * top + 0.4 * chin
    x0, y0 = np.maximum(middle - reach * height, 0).astype(int)
    x1, y1 = np.minimum(middle + reach * height, (picture.shape[1], picture.shape[0])).astype(int)
    return int(x0), int(y0), int(x1), int(y1)


def kind_of(picture: U8, coarse: F32, meshes: list[Mesh], body: Body | None) -> SubjectKind:
    """What the subject is. A face makes a person, drawn or not; a ``drawing`` has none. Animals are not told from things: both are ``object``."""
    if meshes or (body is not None and body.score > 0.8):
        return "person"
    inside = coarse > 0.5
    if inside.mean() < LEAST or inside.mean() > 0.98 or float(coarse[inside].mean()) < DOUBT:
        return "none"
    return "drawing" if drawn(picture) > 0.5 else "object"


def fills(coarse: F32) -> bool:
    """Whether a thing is cut by the picture's upper side, or by three sides: a close-up, of which no whole can be cut out."""
    inside = coarse > 0.5
    top, bottom, left, right = (float(side.mean()) for side in (inside[0], inside[-1], inside[:, 0], inside[:, -1]))
    return top > 0.2 or sum(share > 0.1 for share in (top, bottom, left, right)) >= 3


def drawn(picture: U8) -> float:
    """How much a picture looks drawn rather than photographed, 0…1: large areas of exactly one colour, few tones."""
    height, width = picture.shape[:2]
    side = 256
    y, x = max(0, (height - side) // 2), max(0, (width - side) // 2)
    grey = picture[..., 0].astype(np.uint16) + picture[..., 1] + picture[..., 2]
    flat_x, flat_y = (grey[:, 1:] == grey[:, :-1])[:-1], (grey[1:] == grey[:-1])[:, :-1]
    flat = float((flat_x & flat_y).mean())
    middle = picture[y : y + side, x : x + side] >> 3
    codes = (middle[..., 0].astype(np.int64) << 10) + (middle[..., 1].astype(np.int64) << 5) + middle[..., 2]
    counts = np.sort(np.bincount(codes.ravel()))[::-1]
    few = float(counts[:8].sum() / counts.sum())
    return float(np.clip((flat - 0.35) / 0.3, 0, 1) * np.clip((few - 0.4) / 0.3, 0, 1))


def _people(coarse: F32, picture: U8, person: F32, meshes: list[Mesh]) -> F32:
    """Every face's person in the map with the whole body, though the salient map may have chosen a part or one of them."""
    sure = np.clip((person - 0.55) / 0.3, 0, 1)
    _, labels = cv2.connectedComponents((np.maximum(sure, coarse) > 0.5).astype(np.uint8), connectivity=4)
    out = coarse.copy()
    for mesh in meshes:
        x0, y0, x1, _ = around_head(mesh, picture, 2.2)
        x, y = (int(v) for v in np.clip(mesh.landmarks[4, :2], 0, (coarse.shape[1] - 1, coarse.shape[0] - 1)))
        if labels[y, x] == 0:
            continue
        part = np.s_[y0:, x0:x1]
        body = sure[part] * (labels[part] == labels[y, x])
        missed = float((body > 0.5)[coarse[part] < 0.5].sum()) / max(float((body > 0.5).sum()), 1.0)
        if missed > MISSED:
            out[part] = np.maximum(out[part], body)
    return out


def _locks(coarse: F32, picture: U8, person: F32, mesh: Mesh) -> F32:
    """The map with whole locks of hair (or a hat) that the salient map lost and the person mask sees clearly; no thin rims."""
    x0, y0, x1, y1 = around_head(mesh, picture, 1.7)
    part = np.s_[y0:y1, x0:x1]
    lost = ((person[part] > 0.8) & (coarse[part] < 0.5)).astype(np.uint8)
    reach = max(2, round(0.04 * float(np.hypot(*(mesh.landmarks[152, :2] - mesh.landmarks[10, :2])))))
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)), np.uint8)
    thick = np.asarray(cv2.morphologyEx(lost, cv2.MORPH_OPEN, disc), np.uint8)
    if not thick.any():
        return coarse
    near = np.asarray(cv2.GaussianBlur(cv2.dilate(thick, disc, iterations=2).astype(np.float32), (0, 0), reach / 2), np.float32)
    out = coarse.copy()
    out[part] = np.maximum(coarse[part], person[part] * near)
    return out


def _whole_parts(coarse: F32, meshes: list[Mesh]) -> F32:
    """The map without its small islands: parts that hold a face stay, and parts at least a twelfth as large as the largest."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((coarse > 0.5).astype(np.uint8), connectivity=4)
    if count <= 2:
        return coarse
    areas = stats[1:, cv2.CC_STAT_AREA]
    keep = {int(k) + 1 for k in np.flatnonzero(areas >= areas.max() / 12)}
    if meshes:
        keep = set[int]()
        for mesh in meshes:
            x, y = (int(v) for v in np.clip(mesh.landmarks[4, :2], 0, (coarse.shape[1] - 1, coarse.shape[0] - 1)))
            keep.add(int(labels[y, x]))
        keep.discard(0)
        faces_area = max((int(stats[k, cv2.CC_STAT_AREA]) for k in keep), default=0)
        keep |= {int(k) + 1 for k in np.flatnonzero(areas >= max(faces_area / 6, 1))}
    lost = (~np.isin(labels, [0, *keep])).astype(np.uint8)
    if not lost.any():
        return coarse
    grown = np.asarray(cv2.dilate(lost, np.ones((9, 9), np.uint8))) > 0
    kept = np.asarray(cv2.dilate(np.isin(labels, list(keep)).astype(np.uint8), np.ones((9, 9), np.uint8))) > 0
    return np.where(grown & ~kept, 0, coarse).astype(np.float32)


def _box(mask: NDArray[np.bool_]) -> Part | None:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if rows.size == 0:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _grown(box: Part, picture: U8, share: float) -> Part:
    x0, y0, x1, y1 = box
    more = int(share * max(x1 - x0, y1 - y0))
    return max(0, x0 - more), max(0, y0 - more), min(picture.shape[1], x1 + more), min(picture.shape[0], y1 + more)


def _mark_head(hair: F32, mesh: Mesh) -> None:
    """Mark where a head's hair may be: an ellipse around it, turned with it, without the face and the ears."""
    top, chin = mesh.landmarks[10, :2], mesh.landmarks[152, :2]
    height = float(np.hypot(*(chin - top)))
    middle = top + 0.25 * (chin - top)
    axes = (round(1.15 * height), round(1.05 * height))
    cv2.ellipse(hair, (round(float(middle[0])), round(float(middle[1]))), axes, mesh.roll, 0, 360, 1.0, -1)
    hull = np.asarray(cv2.convexHull(np.ascontiguousarray(mesh.landmarks[:468, :2]))).reshape(-1, 2)
    centre = hull.mean(0)
    level = hull @ ((chin - top) / height)  # how far down the face each point lies
    wider = np.where(level > level.min() + 0.25 * np.ptp(level), 1.3, 1.0)[:, None]
    cv2.fillPoly(hair, [np.round(centre + (hull - centre) * wider).astype(np.int32)], 0.0)


def _closer(picture: U8, coarse: F32, part: Part, subject: SubjectMask) -> F32:
    """The coarse map with its rim inside ``part`` seen again from close by. What is far from the rim stays as it was."""
    x0, y0, x1, y1 = part
    if min(x1 - x0, y1 - y0) < 32 or (x1 - x0) * (y1 - y0) > 0.8 * picture.shape[0] * picture.shape[1]:
        return coarse
    before = coarse[y0:y1, x0:x1]
    after = subject(picture[y0:y1, x0:x1])
    if np.minimum(before, after).sum() < 0.8 * np.maximum(before, after).sum():
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
